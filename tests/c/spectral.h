/* The body of spectral.c for one precision. */

static REAL NAME(x)[N];
static REAL NAME(scratch)[2 * N + SIDE];

/* The reflection that takes (1, 2, 2) to its negative: orthogonal and symmetric. */
static const double NAME(reflection)[N] = {7.0 / 9.0, -4.0 / 9.0, -4.0 / 9.0, -4.0 / 9.0, 1.0 / 9.0,
                                           -8.0 / 9.0, -4.0 / 9.0, -8.0 / 9.0, 1.0 / 9.0};
/* A rotation by what has the sines 3, 4, 5. */
static const double NAME(rotation)[ROWS * ROWS] = {0.6, -0.8, 0.8, 0.6};

/* The symmetric matrix with these eigenvalues. */
static void NAME(symmetric)(double *to, double one, double two, double three)
{
    const double values[SIDE] = {one, two, three};
    uint32_t i;
    uint32_t j;
    uint32_t k;
    for (i = 0; i < SIDE; i++) {
        for (j = 0; j < SIDE; j++) {
            to[i * SIDE + j] = 0.0;
            for (k = 0; k < SIDE; k++) {
                to[i * SIDE + j] += values[k] * NAME(reflection)[i * SIDE + k] * NAME(reflection)[j * SIDE + k];
            }
        }
    }
}

/* The matrix of 2 rows, or with `tall` its transpose, with these singular values. */
static void NAME(rectangle)(double *to, double one, double two, int tall)
{
    const double values[ROWS] = {one, two};
    uint32_t i;
    uint32_t j;
    uint32_t k;
    for (i = 0; i < ROWS; i++) {
        for (j = 0; j < SIDE; j++) {
            double sum = 0.0;
            for (k = 0; k < ROWS; k++) {
                sum += values[k] * NAME(rotation)[i * ROWS + k] * NAME(reflection)[j * SIDE + k];
            }
            to[tall != 0 ? j * ROWS + i : i * SIDE + j] = sum;
        }
    }
}

static void NAME(set)(const double *from, uint32_t n)
{
    uint32_t k;
    for (k = 0; k < n; k++) {
        NAME(x)[k] = (REAL)from[k];
    }
}

static int NAME(is)(const double *want, uint32_t n)
{
    uint32_t k;
    for (k = 0; k < n; k++) {
        const double off = (double)NAME(x)[k] - want[k];
        if (!(off < 1e-5 && off > -1e-5)) {
            (void)fprintf(stderr, "element %lu: %g, %g expected\n", (unsigned long)k, (double)NAME(x)[k], want[k]);
            return 0;
        }
    }
    return 1;
}

#undef SYMMETRIC
#define SYMMETRIC(call, one, two, three)                                                                               \
    do {                                                                                                               \
        double given[N];                                                                                               \
        NAME(symmetric)(given, 3.0, 2.0, -1.0);                                                                        \
        NAME(set)(given, N);                                                                                           \
        CHECK((call) == TS_OK);                                                                                        \
        NAME(symmetric)(given, (one), (two), (three));                                                                 \
        CHECK(NAME(is)(given, N));                                                                                     \
    } while (0)

/* Both ways up: `rows` and `columns` are in reach of the call. */
#undef RECTANGLE
#define RECTANGLE(call, one, two)                                                                                      \
    do {                                                                                                               \
        double given[N];                                                                                               \
        int tall;                                                                                                      \
        for (tall = 0; tall < 2; tall++) {                                                                             \
            const uint32_t rows = tall != 0 ? SIDE : ROWS;                                                             \
            const uint32_t columns = tall != 0 ? ROWS : SIDE;                                                          \
            NAME(rectangle)(given, 3.0, 1.0, tall);                                                                    \
            NAME(set)(given, 6);                                                                                       \
            CHECK((call) == TS_OK);                                                                                    \
            NAME(rectangle)(given, (one), (two), tall);                                                                \
            CHECK(NAME(is)(given, 6));                                                                                 \
        }                                                                                                              \
    } while (0)

static ts_status_t NAME(largest)(void *context, REAL *x, uint32_t n, REAL step)
{
    *(uint32_t *)context += 1;
    return TS(prox_largest)(x, n, step);
}

static void NAME(all)(void)
{
    const REAL nan = (REAL)strtod("nan", NULL);
    TS(prox_term_t) term;
    uint32_t calls = 0;
    memset(&term, 0, sizeof term);
    term.kind = TS_PROX_L1;
    term.len = SIDE;
    term.factor = R(1.0);
#define X NAME(x), N, R(0.5)
#define TALL NAME(x), 6, R(0.5)
#define MEMORY NAME(scratch), 21
#define SMALL NAME(scratch), 12
    SYMMETRIC(TS(prox_largest_eigenvalue)(X, SIDE, MEMORY), 2.5, 2.0, -1.0);
    SYMMETRIC(TS(prox_largest_eigenvalue)(NAME(x), N, R(2.0), SIDE, MEMORY), 1.5, 1.5, -1.0);
    /* y with y - 1/2 / y what it was. */
    SYMMETRIC(TS(prox_negative_log_det)(X, SIDE, MEMORY), 3.1583123951777, 2.2247448713916, 0.3660254037844);
    SYMMETRIC(TS(prox_spectraplex)(X, SIDE, R(1.0), MEMORY), 1.0, 0.0, 0.0);
    SYMMETRIC(TS(prox_spectraplex)(X, SIDE, R(3.0), MEMORY), 2.0, 1.0, 0.0);
    SYMMETRIC(TS(prox_eigenvalues)(X, &term, 1, SIDE, MEMORY), 2.5, 1.5, -0.5);
    /* A function of the caller's in the middle of it. */
    term.kind = TS_PROX_FUNCTION;
    term.function = NAME(largest);
    term.context = &calls;
    SYMMETRIC(TS(prox_eigenvalues)(X, &term, 1, SIDE, MEMORY), 2.5, 2.0, -1.0);
    CHECK(calls == 1);
    term.kind = TS_PROX_L1;
    term.len = ROWS;
    RECTANGLE(TS(prox_nuclear_ball)(TALL, rows, columns, R(2.0), SMALL), 2.0, 0.0);
    RECTANGLE(TS(prox_nuclear_ball)(TALL, rows, columns, R(9.0), SMALL), 3.0, 1.0);
    RECTANGLE(TS(prox_spectral_ball)(TALL, rows, columns, R(1.5), SMALL), 1.5, 1.0);
    RECTANGLE(TS(prox_orthonormal)(TALL, rows, columns, SMALL), 1.0, 1.0);
    RECTANGLE(TS(prox_singular_values)(TALL, &term, 1, rows, columns, SMALL), 2.5, 0.5);
    RECTANGLE(TS(prox_nuclear_norm)(TALL, rows, columns, SMALL), 2.5, 0.5);

    {
        double given[N];
        NAME(symmetric)(given, 3.0, 2.0, -1.0);
        NAME(set)(given, N);
        CHECK(REFUSED(TS(prox_largest_eigenvalue)(X, 2, MEMORY), TS_ERROR_OUT_OF_RANGE, TS_FIELD_SIZE));
        CHECK(REFUSED(TS(prox_largest_eigenvalue)(X, SIDE, NAME(scratch), 20), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
        CHECK(REFUSED(TS(prox_largest_eigenvalue)(X, SIDE, NAME(x), 21), TS_ERROR_OVERLAP, TS_FIELD_ITERATE));
        CHECK(REFUSED(TS(prox_largest_eigenvalue)(X, UINT32_MAX, MEMORY), TS_ERROR_OUT_OF_RANGE, TS_FIELD_SIZE));
        CHECK(REFUSED(TS(prox_negative_log_det)(X, SIDE, NULL, 21), TS_ERROR_NULL, TS_FIELD_WORKSPACE));
        CHECK(REFUSED(TS(prox_spectraplex)(X, SIDE, R(0.0), MEMORY), TS_ERROR_OUT_OF_RANGE, TS_FIELD_CONFIGURATION));
        CHECK(REFUSED(TS(prox_spectraplex)(X, SIDE, nan, MEMORY), TS_ERROR_NOT_FINITE, TS_FIELD_CONFIGURATION));
        CHECK(REFUSED(TS(prox_nuclear_ball)(X, 3, 3, -R(1.0), MEMORY), TS_ERROR_OUT_OF_RANGE, TS_FIELD_CONFIGURATION));
        CHECK(REFUSED(TS(prox_nuclear_ball)(X, 3, 2, R(1.0), MEMORY), TS_ERROR_OUT_OF_RANGE, TS_FIELD_SIZE));
        CHECK(REFUSED(TS(prox_nuclear_ball)(X, 3, 3, R(1.0), NAME(scratch), 20), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
        CHECK(REFUSED(TS(prox_spectral_ball)(X, 3, 3, -R(1.0), MEMORY), TS_ERROR_OUT_OF_RANGE, TS_FIELD_BOUNDS));
        CHECK(REFUSED(TS(prox_spectral_ball)(X, 3, 3, nan, MEMORY), TS_ERROR_OUT_OF_RANGE, TS_FIELD_BOUNDS));
        CHECK(REFUSED(TS(prox_orthonormal)(X, 9, 2, MEMORY), TS_ERROR_OUT_OF_RANGE, TS_FIELD_SIZE));
        /* The term is of two numbers. */
        CHECK(REFUSED(TS(prox_eigenvalues)(X, &term, 1, SIDE, MEMORY), TS_ERROR_LENGTH, TS_FIELD_GROUPS));
        CHECK(REFUSED(TS(prox_singular_values)(X, &term, 1, 3, 3, MEMORY), TS_ERROR_LENGTH, TS_FIELD_GROUPS));
        CHECK(REFUSED(TS(prox_eigenvalues)(X, NULL, 1, SIDE, MEMORY), TS_ERROR_NULL, TS_FIELD_CONFIGURATION));
        term.len = SIDE;
        CHECK(REFUSED(TS(prox_singular_values)(X, &term, 1, 3, 3, NAME(scratch), 20), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
        term.factor = nan;
        CHECK(REFUSED(TS(prox_eigenvalues)(X, &term, 1, SIDE, MEMORY), TS_ERROR_NOT_FINITE, TS_FIELD_CONFIGURATION));
        CHECK(NAME(is)(given, N));
    }
#undef X
#undef TALL
#undef MEMORY
#undef SMALL
}
