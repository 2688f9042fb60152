/* Names of one precision: include with SINGLE or DOUBLE defined. A test of both includes its body twice. */
#undef REAL
#undef TS
#undef NAME
#undef R
#if defined(DOUBLE)
#define REAL double
#define TS(name) ts_f64_##name
#define NAME(name) name##_double
#define R(number) number
#else
#define REAL float
#define TS(name) ts_##name
#define NAME(name) name##_single
#define R(number) number##f
#endif
