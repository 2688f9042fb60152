/* The body of rules.c for one precision. */

/* Everything a call might write lies here. */
static struct {
    REAL x[N + 1];
    REAL scratch[16];
    REAL out[N];
    REAL value;
    TS(prox_term_t) terms[2];
} NAME(now), NAME(before);

static const REAL NAME(point)[N] = {R(3.0), -R(0.5), R(0.25), -R(2.0)};
static const REAL NAME(centre)[N] = {R(1.0), -R(1.0), R(0.5), R(2.0)};
static const REAL NAME(weights)[N] = {R(0.5), R(0.0), R(2.0), R(1.25)};
static const REAL NAME(labels)[N] = {-R(1.0), R(1.0), -R(2.0), R(0.5)};
/* Rows of squared length 2. */
static const REAL NAME(rows)[ROWS * N] = {R(1.0), R(1.0), R(0.0), R(0.0), R(0.0), R(0.0), R(1.0), -R(1.0)};
static double NAME(want)[N];

/* x, and one term: twice the sum of |x_i|. */
static void NAME(set)(void)
{
    memset(&NAME(now), 0, sizeof NAME(now));
    memcpy(NAME(now).x, NAME(point), sizeof NAME(point));
    NAME(now).x[N] = R(77.0);
    NAME(now).terms[0].kind = TS_PROX_L1;
    NAME(now).terms[0].len = N;
    NAME(now).terms[0].factor = R(2.0);
    NAME(now).terms[1] = NAME(now).terms[0];
}

static void NAME(close)(const REAL *found, int line)
{
    uint32_t k;
    for (k = 0; k < N; k++) {
        const double off = (double)found[k] - NAME(want)[k];
        if (!(off < 1e-5 && off > -1e-5)) {
            (void)fprintf(stderr, "line %d, element %lu: %g, %g expected\n", line, (unsigned long)k, (double)found[k],
                          NAME(want)[k]);
            exit(1);
        }
    }
    CHECK(NAME(now).x[N] > R(76.0) && NAME(now).x[N] < R(78.0));
}

#undef GIVES
#define GIVES(call)                                                                                                    \
    do {                                                                                                               \
        CHECK((call) == TS_OK);                                                                                        \
        NAME(close)(NAME(now).x, __LINE__);                                                                            \
    } while (0)
#undef EACH
#define EACH(k, expression)                                                                                            \
    do {                                                                                                               \
        for (k = 0; k < N; k++) {                                                                                      \
            const double v = (double)NAME(point)[k];                                                                   \
            NAME(want)[k] = (expression);                                                                              \
        }                                                                                                              \
    } while (0)
#undef X
#define X NAME(now).x, N, (REAL)step
#undef MEMORY
#define MEMORY NAME(now).scratch, N

static void NAME(changed)(double step)
{
    TS(prox_term_t) *terms = NAME(now).terms;
    const double width = 0.75;
    uint32_t k;
    EACH(k, soft((v + step * 0.5 * (double)NAME(centre)[k]) / (1.0 + 0.5 * step), 2.0 * step / (1.0 + 0.5 * step)));
    NAME(set)();
    GIVES(TS(prox_regularise)(X, terms, 1, R(0.5), NAME(centre)));
    EACH(k, soft(v / (1.0 + 0.5 * step), 2.0 * step / (1.0 + 0.5 * step)));
    NAME(set)();
    GIVES(TS(prox_regularise)(X, terms, 1, R(0.5), NULL));
    /* |-3 x| is 3 |x|. */
    EACH(k, soft(v, 6.0 * step));
    NAME(set)();
    GIVES(TS(prox_dilate)(X, terms, 1, -R(3.0)));
    /* The two sums and differences, moved by twice the threshold; then back. */
    EACH(k, v);
    for (k = 0; k < ROWS; k++) {
        const double sign = k == 0 ? 1.0 : -1.0;
        const double image = NAME(want)[2 * k] + sign * NAME(want)[2 * k + 1];
        const double change = (soft(image, 4.0 * step) - image) / 2.0;
        NAME(want)[2 * k] += change;
        NAME(want)[2 * k + 1] += sign * change;
    }
    NAME(set)();
    terms[0].len = ROWS;
    GIVES(TS(prox_orthogonal)(X, terms, 1, ROWS, NAME(rows), R(2.0), NAME(now).scratch, 2 * ROWS));
    /* The conjugate is the box of half-width 2, whatever the step. */
    EACH(k, clamped(v, -2.0, 2.0));
    NAME(set)();
    GIVES(TS(prox_conjugate)(X, terms, 1, MEMORY));
    EACH(k, v + step / (step + width) * (soft(v, 2.0 * (step + width)) - v));
    NAME(set)();
    GIVES(TS(prox_envelope)(X, terms, 1, (REAL)width, MEMORY));
    /* Two simplices of two elements: the difference stays, as far as it can. */
    EACH(k, 0.5 + clamped((v - (double)NAME(point)[k ^ 1u]) / 2.0, -0.5, 0.5));
    NAME(set)();
    terms[0].kind = TS_PROX_SIMPLEX;
    terms[0].a = R(1.0);
    terms[0].len = 2;
    GIVES(TS(prox_repeated)(X, terms, 1, 2));
    /* One term a slice element by element: the same as two terms of single elements. */
    EACH(k, k % 2 == 0 ? soft(v, 2.0 * step) : v < 0.0 ? 0.0 : v);
    NAME(set)();
    terms[0].len = terms[1].len = 1;
    terms[1].kind = TS_PROX_NONNEGATIVE;
    GIVES(TS(prox_repeated)(X, terms, 2, 2));
}

static void NAME(single)(double step)
{
    TS(prox_term_t) *terms = NAME(now).terms;
    uint32_t k;
    EACH(k, soft(v, 2.0 * step * (double)NAME(weights)[k]));
    NAME(set)();
    terms[0].len = 1;
    GIVES(TS(prox_weighted)(X, terms, NAME(weights)));
    /* Huber's function of width 1/2: x / (1 + 2 t) within, or moved by t. */
    EACH(k, v - clamped(v * 2.0 * (double)NAME(weights)[k] * step / (1.0 + 2.0 * (double)NAME(weights)[k] * step),
                        -step * (double)NAME(weights)[k], step * (double)NAME(weights)[k]));
    NAME(set)();
    terms[0].len = 1;
    terms[0].kind = TS_PROX_HUBER;
    terms[0].a = R(0.5);
    terms[0].factor = R(1.0);
    GIVES(TS(prox_weighted)(X, terms, NAME(weights)));
    EACH(k, soft(v, 2.0 * step * fabs((double)NAME(labels)[k])));
    NAME(set)();
    terms[0].len = 1;
    GIVES(TS(prox_labelled)(X, terms, NAME(labels)));
    EACH(k, (double)NAME(labels)[k] * v < 0.0 ? 0.0 : v);
    NAME(set)();
    terms[0].len = 1;
    terms[0].kind = TS_PROX_NONNEGATIVE;
    GIVES(TS(prox_labelled)(X, terms, NAME(labels)));
}

/* Q is 2 on the diagonal and 1 beside it: (I + step Q) y = x - step q, by elimination. */
static void NAME(quadratic)(double step)
{
    static const REAL matrix[10] = {R(2.0), R(1.0), R(2.0), R(0.0), R(1.0), R(2.0), R(0.0), R(0.0), R(1.0), R(2.0)};
    REAL factor[10];
    double pivot[N];
    uint32_t k;
    EACH(k, v - step * (double)NAME(centre)[k]);
    for (k = 0; k < N; k++) {
        pivot[k] = 1.0 + 2.0 * step - (k > 0 ? step * step / pivot[k - 1] : 0.0);
        NAME(want)[k] -= k > 0 ? step / pivot[k - 1] * NAME(want)[k - 1] : 0.0;
    }
    for (k = N; k-- > 0;) {
        NAME(want)[k] = (NAME(want)[k] - (k + 1 < N ? step * NAME(want)[k + 1] : 0.0)) / pivot[k];
    }
    NAME(set)();
    CHECK(TS(prox_quadratic_factor)(matrix, N, (REAL)step, factor) == TS_OK);
    GIVES(TS(prox_prepared_quadratic)(X, factor, NAME(centre)));
    NAME(set)();
    GIVES(TS(prox_quadratic)(X, matrix, NAME(centre), NAME(now).scratch, 10));
}

#undef VALUE
#define VALUE(expected, call)                                                                                          \
    do {                                                                                                               \
        CHECK((call) == TS_OK);                                                                                        \
        CHECK(fabs((double)NAME(now).value - (expected)) < 1e-5);                                                      \
    } while (0)

static void NAME(values)(void)
{
    TS(prox_term_t) *terms = NAME(now).terms;
    REAL *value = &NAME(now).value;
    uint32_t k;
    NAME(set)();
    VALUE(11.5, TS(prox_terms_value)(NAME(now).x, N, terms, 1, value, NULL, 0));
    terms[0].slope = NAME(centre);
    VALUE(11.5 - 0.375, TS(prox_terms_value)(NAME(now).x, N, terms, 1, value, NULL, 0));
    /* The offset is of the function alone, not of the slope: |x - c| is 2, 0.5, 0.25, 4. */
    terms[0].offset = NAME(centre);
    VALUE(13.5 - 0.375, TS(prox_terms_value)(NAME(now).x, N, terms, 1, value, MEMORY));
    EXPECT(LENGTH, WORKSPACE, TS(prox_terms_value)(NAME(now).x, N, terms, 1, value, NAME(now).scratch, N - 1));
    EXPECT(OVERLAP, OUTPUT, TS(prox_terms_value)(NAME(now).x, N, terms, 1, NAME(now).x + 1, MEMORY));
    EXPECT(OVERLAP, WORKSPACE, TS(prox_terms_value)(NAME(now).x, N, terms, 1, value, NAME(now).x, N));
    EXPECT(NULL, OUTPUT, TS(prox_terms_value)(NAME(now).x, N, terms, 1, NULL, MEMORY));
    EXPECT(NULL, ITERATE, TS(prox_terms_value)(NULL, N, terms, 1, value, MEMORY));
    EXPECT(LENGTH, GROUPS, TS(prox_terms_value)(NAME(now).x, N - 1, terms, 1, value, MEMORY));
    NAME(set)();
    terms[0].len = terms[1].len = 2;
    terms[1].kind = TS_PROX_NONNEGATIVE;
    CHECK(TS(prox_terms_value)(NAME(now).x, N, terms, 2, value, NULL, 0) == TS_OK && *value > R(1e30));
    NAME(now).x[3] = R(0.0);
    VALUE(7.0, TS(prox_terms_value)(NAME(now).x, N, terms, 2, value, NULL, 0));
    terms[1].kind = TS_PROX_FUNCTION;
    EXPECT(NULL, FUNCTION, TS(prox_terms_value)(NAME(now).x, N, terms, 2, value, NULL, 0));
    VALUE(0.0, TS(prox_terms_value)(NULL, 0, NULL, 0, value, NULL, 0));

    /* The envelope of 2 |x| of width 1/2: x² up to 1, then 2 |x| - 1. */
    NAME(set)();
    VALUE(5.0 + 0.25 + 0.0625 + 3.0, TS(prox_envelope_value)(NAME(now).x, N, terms, 1, R(0.5), value, MEMORY));
    CHECK(TS(prox_envelope_gradient)(NAME(now).x, N, terms, 1, R(0.5), NAME(now).out, MEMORY) == TS_OK);
    EACH(k, clamped(2.0 * v, -2.0, 2.0));
    NAME(close)(NAME(now).out, __LINE__);
#define GRADIENT(width, out, ...) TS(prox_envelope_gradient)(NAME(now).x, N, terms, 1, (width), (out), __VA_ARGS__)
    EXPECT(OUT_OF_RANGE, CONFIGURATION, GRADIENT(R(0.0), NAME(now).out, MEMORY));
    EXPECT(NOT_FINITE, CONFIGURATION, GRADIENT((REAL)strtod("nan", NULL), NAME(now).out, MEMORY));
    EXPECT(LENGTH, WORKSPACE, GRADIENT(R(1.0), NAME(now).out, NAME(now).scratch, N - 1));
    EXPECT(NULL, OUTPUT, GRADIENT(R(1.0), NULL, MEMORY));
    EXPECT(OVERLAP, OUTPUT, GRADIENT(R(1.0), NAME(now).x, MEMORY));
    EXPECT(OVERLAP, OUTPUT, GRADIENT(R(1.0), NAME(now).scratch, MEMORY));
    EXPECT(OUT_OF_RANGE, CONFIGURATION, TS(prox_envelope_value)(NAME(now).x, N, terms, 1, -R(1.0), value, MEMORY));
    EXPECT(LENGTH, WORKSPACE, TS(prox_envelope_value)(NAME(now).x, N, terms, 1, R(1.0), value, NAME(now).scratch, 0));
    EXPECT(OVERLAP, OUTPUT, TS(prox_envelope_value)(NAME(now).x, N, terms, 1, R(1.0), NAME(now).scratch, MEMORY));
    terms[0].slope = NAME(now).out;
    EXPECT(OVERLAP, OUTPUT, GRADIENT(R(1.0), NAME(now).out, MEMORY));
}

/* An operator that wants scratch, which it finds in its context. */
static ts_status_t NAME(isotonic)(void *context, REAL *x, uint32_t n, REAL step)
{
    return TS(prox_isotonic)(x, n, step, (REAL *)context, n);
}

static ts_status_t NAME(refusing)(void *context, REAL *x, uint32_t n, REAL step)
{
    (void)context;
    x[0] = R(1.0);
    return n > 0 && step > R(0.0) ? -1 : TS_OK;
}

static void NAME(functions)(void)
{
    REAL memory[N];
    TS(prox_term_t) *terms = NAME(now).terms;
    uint32_t k;
    const double step = 1.0;
    /* 3, -0.5, 0.25, -2 ascending: their mean. Shifted by the centre: 2, 0.5, -0.25, -4. */
    for (k = 0; k < N; k++) {
        NAME(want)[k] = 0.1875;
    }
    NAME(set)();
    terms[0].kind = TS_PROX_FUNCTION;
    EXPECT(NULL, FUNCTION, TS(prox_terms)(X, terms, 1));
    terms[0].function = NAME(isotonic);
    terms[0].context = memory;
    GIVES(TS(prox_terms)(X, terms, 1));
    for (k = 0; k < N; k++) {
        NAME(want)[k] = -0.4375 + (double)NAME(centre)[k];
    }
    memcpy(NAME(now).x, NAME(point), sizeof NAME(point));
    terms[0].offset = NAME(centre);
    GIVES(TS(prox_terms)(X, terms, 1));
    /* One that refuses leaves no number behind; its neighbours are as they should be. */
    NAME(set)();
    terms[0].kind = TS_PROX_FUNCTION;
    terms[0].function = NAME(refusing);
    terms[0].len = terms[1].len = 2;
    CHECK(TS(prox_terms)(X, terms, 2) == TS_OK);
    CHECK(NAME(now).x[0] != NAME(now).x[0] && NAME(now).x[1] != NAME(now).x[1]);
    CHECK(NAME(now).x[2] == R(0.0) && NAME(now).x[3] == R(0.0));
    CHECK(TS(prox_terms_value)(NAME(now).x + 2, 2, terms, 1, &NAME(now).value, NULL, 0) == TS_OK);
    CHECK(NAME(now).value != NAME(now).value);
}

static void NAME(refusals)(void)
{
    const REAL nan = (REAL)strtod("nan", NULL);
    const double step = 1.0;
    REAL bad[10];
    TS(prox_term_t) *terms = NAME(now).terms;
    NAME(set)();
    EXPECT(OUT_OF_RANGE, CONFIGURATION, TS(prox_regularise)(X, terms, 1, -R(1.0), NULL));
    EXPECT(NOT_FINITE, CONFIGURATION, TS(prox_regularise)(X, terms, 1, nan, NULL));
    EXPECT(OVERLAP, ITERATE, TS(prox_regularise)(X, terms, 1, R(1.0), NAME(now).x));
    EXPECT(LENGTH, GROUPS, TS(prox_regularise)(X, terms, 2, R(1.0), NULL));
    EXPECT(NULL, CONFIGURATION, TS(prox_regularise)(X, NULL, 1, R(1.0), NULL));
    memcpy(bad, NAME(centre), sizeof NAME(centre));
    bad[2] = nan;
    EXPECT(NOT_FINITE, VALUES, TS(prox_regularise)(X, terms, 1, R(1.0), bad));
    EXPECT(OUT_OF_RANGE, STEP, TS(prox_regularise)(NAME(now).x, N, nan, terms, 1, R(1.0), NULL));
    EXPECT(OUT_OF_RANGE, CONFIGURATION, TS(prox_dilate)(X, terms, 1, R(0.0)));
    EXPECT(NOT_FINITE, CONFIGURATION, TS(prox_dilate)(X, terms, 1, nan));
    EXPECT(NULL, ITERATE, TS(prox_dilate)(NULL, N, R(1.0), terms, 1, R(1.0)));
    EXPECT(LENGTH, WORKSPACE, TS(prox_conjugate)(X, terms, 1, NAME(now).scratch, N - 1));
    EXPECT(OVERLAP, ITERATE, TS(prox_conjugate)(X, terms, 1, NAME(now).x, N));
    EXPECT(NULL, WORKSPACE, TS(prox_conjugate)(X, terms, 1, NULL, N));
    EXPECT(LENGTH, WORKSPACE, TS(prox_envelope)(X, terms, 1, R(1.0), NAME(now).scratch, N - 1));
    EXPECT(OUT_OF_RANGE, CONFIGURATION, TS(prox_envelope)(X, terms, 1, R(0.0), MEMORY));
    EXPECT(NOT_FINITE, CONFIGURATION, TS(prox_envelope)(X, terms, 1, nan, MEMORY));
    EXPECT(LENGTH, GROUPS, TS(prox_repeated)(X, terms, 1, 2));
    terms[0].len = 3;
    EXPECT(OUT_OF_RANGE, GROUPS, TS(prox_repeated)(X, terms, 1, 3));
    EXPECT(OUT_OF_RANGE, GROUPS, TS(prox_repeated)(X, NULL, 0, 0));
    terms[0].len = ROWS;
#define ORTHOGONAL(matrix, factor, ...)                                                                                \
    TS(prox_orthogonal)(X, terms, 1, ROWS, (matrix), (factor), __VA_ARGS__)
    EXPECT(OUT_OF_RANGE, MATRIX, ORTHOGONAL(NAME(rows), R(1.0), NAME(now).scratch, 2 * ROWS));
    EXPECT(OUT_OF_RANGE, CONFIGURATION, ORTHOGONAL(NAME(rows), R(0.0), NAME(now).scratch, 2 * ROWS));
    EXPECT(LENGTH, WORKSPACE, ORTHOGONAL(NAME(rows), R(2.0), NAME(now).scratch, 2 * ROWS - 1));
    EXPECT(NULL, MATRIX, ORTHOGONAL(NULL, R(2.0), NAME(now).scratch, 2 * ROWS));
    EXPECT(OVERLAP, WORKSPACE, ORTHOGONAL(NAME(now).scratch, R(2.0), NAME(now).scratch, 2 * ROWS));
    memcpy(bad, NAME(rows), sizeof NAME(rows));
    bad[5] = R(1.0);
    CHECK(TS_ERROR_INDEX(ORTHOGONAL(bad, R(2.0), NAME(now).scratch, 2 * ROWS)) == 1);
    EXPECT(LENGTH, GROUPS, TS(prox_weighted)(X, terms, NAME(weights)));
    EXPECT(LENGTH, GROUPS, TS(prox_labelled)(X, terms, NAME(labels)));
    terms[0].len = 1;
    EXPECT(NULL, WEIGHTS, TS(prox_weighted)(X, terms, NULL));
    EXPECT(OVERLAP, ITERATE, TS(prox_labelled)(X, terms, NAME(now).x));
    memcpy(bad, NAME(weights), sizeof NAME(weights));
    bad[3] = -R(1.0);
    EXPECT(OUT_OF_RANGE, WEIGHTS, TS(prox_weighted)(X, terms, bad));
    CHECK(TS_ERROR_INDEX(TS(prox_weighted)(X, terms, bad)) == 3);
    bad[3] = nan;
    EXPECT(NOT_FINITE, WEIGHTS, TS(prox_weighted)(X, terms, bad));
    EXPECT(OUT_OF_RANGE, WEIGHTS, TS(prox_labelled)(X, terms, NAME(weights)));
    CHECK(TS_ERROR_INDEX(TS(prox_labelled)(X, terms, NAME(weights))) == 1);
    CHECK(TS(prox_weighted)(NULL, 0, R(1.0), terms, NULL) == TS_OK);

    memset(bad, 0, sizeof bad);
    EXPECT(PIVOT, MATRIX, TS(prox_prepared_quadratic)(X, bad, NAME(centre)));
    EXPECT(OUT_OF_RANGE, STEP, TS(prox_quadratic_factor)(bad, N, R(0.0), NAME(now).scratch));
    EXPECT(NULL, OUTPUT, TS(prox_quadratic_factor)(bad, N, R(1.0), NULL));
    EXPECT(OVERLAP, OUTPUT, TS(prox_quadratic_factor)(NAME(now).scratch, N, R(1.0), NAME(now).scratch));
    bad[4] = nan;
    EXPECT(NOT_FINITE, VALUES, TS(prox_quadratic_factor)(bad, N, R(1.0), NAME(now).scratch));
    EXPECT(NOT_FINITE, VALUES, TS(prox_prepared_quadratic)(X, bad, NAME(centre)));
    EXPECT(NULL, RIGHT_HAND_SIDE, TS(prox_prepared_quadratic)(X, NAME(rows), NULL));
    memset(bad, 0, sizeof bad);
    bad[0] = -R(2.0);
    CHECK(REFUSED(TS(prox_quadratic_factor)(bad, N, R(1.0), NAME(now).scratch), TS_ERROR_PIVOT, TS_FIELD_MATRIX));
}

static void NAME(all)(void)
{
    static const double steps[4] = {0.125, 0.5, 1.0, 2.5};
    uint32_t k;
    for (k = 0; k < 4; k++) {
        NAME(changed)(steps[k]);
        NAME(single)(steps[k]);
        NAME(quadratic)(steps[k]);
    }
    NAME(values)();
    NAME(functions)();
    NAME(refusals)();
}
#undef GRADIENT
#undef ORTHOGONAL
