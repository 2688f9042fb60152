/* The body of qp.c for one precision. */

enum { NAME(Q_LEN) = TS_QP_WORKSPACE_LEN(2, 3, 2, 2, 4, 2) };

/* Everything a call might touch lies here, so that one comparison finds whatever was written. */
typedef struct NAME(qp_arena) {
    TS(qp_t) qp;
    TS(qp_config_t) config;
    TS(qp_report_t) report;
    REAL workspace[NAME(Q_LEN) + 1];
    REAL p[2];
    REAL q[2];
    REAL a[4];
    REAL lower[3];
    REAL upper[3];
    REAL x[2];
    REAL y[3];
} NAME(qp_arena);

static NAME(qp_arena) NAME(qn);
static NAME(qp_arena) NAME(qp_before);

#define KEEPS(kind, field, call)                                                                                       \
    do {                                                                                                               \
        memcpy(&NAME(qp_before), &NAME(qn), sizeof NAME(qn));                                                          \
        CHECK(REFUSED((call), TS_ERROR_##kind, TS_FIELD_##field));                                                     \
        CHECK(memcmp(&NAME(qp_before), &NAME(qn), sizeof NAME(qn)) == 0);                                              \
    } while (0)

#define ASKEW(type, pointer) ((type *)((uintptr_t)(pointer) + 1u))

static int NAME(near)(REAL value, double wanted)
{
    const double distance = (double)value - wanted;
    return distance < 1e-3 && distance > -1e-3;
}

static int32_t NAME(count_to_three)(void *context, const TS(report_t) *report)
{
    CHECK(report->step == TS_STEP_RUNNING);
    *(int32_t *)context += 1;
    return *(int32_t *)context < 3 ? 1 : 0;
}

static int32_t NAME(solved)(const ts_qp_shape_t *shape, double x0, double x1)
{
    NAME(qp_arena) *s = &NAME(qn);
    const int32_t outcome = TS(qp_run)(&s->qp, shape, s->workspace, NAME(Q_LEN));
    CHECK(TS(qp_primal)(&s->qp, shape, s->workspace, NAME(Q_LEN), s->x) == TS_OK);
    CHECK(outcome != TS_STEP_CONVERGED || (NAME(near)(s->x[0], x0) && NAME(near)(s->x[1], x1)));
    return outcome;
}

/* What every function that takes the workspace is refused for; CALL(qp, shape, workspace, len). */
#define QP_DEFECTS(CALL)                                                                                               \
    do {                                                                                                               \
        KEEPS(NULL, OBJECT, CALL(NULL, &shape, s->workspace, NAME(Q_LEN)));                                            \
        KEEPS(NULL, MATRIX, CALL(&s->qp, NULL, s->workspace, NAME(Q_LEN)));                                            \
        KEEPS(NULL, WORKSPACE, CALL(&s->qp, &shape, NULL, NAME(Q_LEN)));                                               \
        KEEPS(MISALIGNED, OBJECT, CALL(ASKEW(TS(qp_t), &s->qp), &shape, s->workspace, NAME(Q_LEN)));                   \
        KEEPS(MISALIGNED, MATRIX, CALL(&s->qp, ASKEW(const ts_qp_shape_t, &shape), s->workspace, NAME(Q_LEN)));        \
        KEEPS(MISALIGNED, WORKSPACE, CALL(&s->qp, &shape, ASKEW(REAL, s->workspace), NAME(Q_LEN)));                    \
        KEEPS(LENGTH, WORKSPACE, CALL(&s->qp, &shape, s->workspace, NAME(Q_LEN) - 1));                                 \
        KEEPS(LENGTH, WORKSPACE, CALL(&s->qp, &shape, NULL, 0));                                                       \
        KEEPS(TOO_LARGE, WORKSPACE, CALL(&s->qp, &shape, s->workspace, SIZE_MAX / 2u));                                \
        KEEPS(OVERLAP, OBJECT, CALL(&s->qp, &shape, (REAL *)(void *)&s->qp, NAME(Q_LEN)));                             \
        KEEPS(OVERLAP, WORKSPACE, CALL(&s->qp, &shape, (REAL *)(void *)indices, 2));                                  \
        other = shape;                                                                                                 \
        other.symbolic = NULL;                                                                                         \
        KEEPS(NULL, SYMBOLIC, CALL(&s->qp, &other, s->workspace, NAME(Q_LEN)));                                        \
        other = shape;                                                                                                 \
        other.symbolic_len -= 1;                                                                                       \
        KEEPS(LENGTH, SYMBOLIC, CALL(&s->qp, &other, s->workspace, NAME(Q_LEN)));                                      \
        other = shape;                                                                                                 \
        other.p_columns = ASKEW(const uint16_t, p_columns);                                                            \
        KEEPS(MISALIGNED, COLUMNS, CALL(&s->qp, &other, s->workspace, NAME(Q_LEN)));                                   \
    } while (0)

/* The same for an array of its own. */
#define QP_ARRAY(CALL, FIELD)                                                                                          \
    do {                                                                                                               \
        KEEPS(NULL, FIELD, CALL(NULL));                                                                                \
        KEEPS(MISALIGNED, FIELD, CALL(ASKEW(REAL, s->x)));                                                             \
    } while (0)

#define Q_HEAD &s->qp, &shape, s->workspace, NAME(Q_LEN)
#define Q_INIT(qp, shape, w, len) TS(qp_init)(qp, shape, &data, w, len, &s->config)
#define Q_WHILE(qp, shape, w, len) TS(qp_run_while)(qp, shape, w, len, NAME(count_to_three), &asked)
#define Q_LINEAR(qp, shape, w, len) TS(qp_update_linear)(qp, shape, w, len, s->q)
#define Q_BOUNDS(qp, shape, w, len) TS(qp_update_bounds)(qp, shape, w, len, s->lower, s->upper)
#define Q_P(qp, shape, w, len) TS(qp_update_p)(qp, shape, w, len, s->p)
#define Q_A(qp, shape, w, len) TS(qp_update_a)(qp, shape, w, len, s->a)
#define Q_WARM(qp, shape, w, len) TS(qp_warm_start)(qp, shape, w, len, s->x, s->y)
#define Q_PRIMAL(qp, shape, w, len) TS(qp_primal)(qp, shape, w, len, s->x)
#define Q_DUAL(qp, shape, w, len) TS(qp_dual)(qp, shape, w, len, s->y)
#define Q_PROOF(qp, shape, w, len) TS(qp_certificate)(qp, shape, w, len, s->y, 3)
#define Q_ARRAY_LINEAR(array) TS(qp_update_linear)(Q_HEAD, array)
#define Q_ARRAY_LOWER(array) TS(qp_update_bounds)(Q_HEAD, array, s->upper)
#define Q_ARRAY_UPPER(array) TS(qp_update_bounds)(Q_HEAD, s->lower, array)
#define Q_ARRAY_P(array) TS(qp_update_p)(Q_HEAD, array)
#define Q_ARRAY_A(array) TS(qp_update_a)(Q_HEAD, array)
#define Q_ARRAY_X(array) TS(qp_warm_start)(Q_HEAD, array, s->y)
#define Q_ARRAY_Y(array) TS(qp_warm_start)(Q_HEAD, s->x, array)
#define Q_ARRAY_PRIMAL(array) TS(qp_primal)(Q_HEAD, array)
#define Q_ARRAY_DUAL(array) TS(qp_dual)(Q_HEAD, array)
#define Q_ARRAY_PROOF(array) TS(qp_certificate)(Q_HEAD, array, 3)

static void NAME(solve)(uint32_t symbolic_len)
{
    NAME(qp_arena) *s = &NAME(qn);
    const REAL p[2] = {R(2.0), R(2.0)};
    const REAL q[2] = {R(-1.0), R(-2.0)};
    const REAL a[4] = {R(1.0), R(1.0), R(1.0), R(1.0)};
    const REAL lower[3] = {R(1.0), R(0.0), R(0.0)};
    const REAL upper[3] = {R(1.0), R(0.7), R(0.7)};
    ts_qp_shape_t shape = shape_of();
    ts_qp_shape_t other;
    TS(qp_data_t) data = {s->p, s->q, s->a, s->lower, s->upper};
    TS(qp_data_t) bad;
    uint32_t k;
    uint32_t state = 7;
    int32_t asked = 0;
    shape.symbolic = indices;
    shape.symbolic_len = symbolic_len;
    memset(s, 0, sizeof *s);
    memcpy(s->p, p, sizeof p);
    memcpy(s->q, q, sizeof q);
    memcpy(s->a, a, sizeof a);
    memcpy(s->lower, lower, sizeof lower);
    memcpy(s->upper, upper, sizeof upper);
    s->workspace[NAME(Q_LEN)] = R(3.25);
    CHECK(TS(qp_config_default)(&s->config) == TS_OK && s->config.adapt_every == 25);
    KEEPS(NULL, OUTPUT, TS(qp_config_default)(NULL));
    KEEPS(MISALIGNED, OUTPUT, TS(qp_config_default)(ASKEW(TS(qp_config_t), &s->config)));

    /* Before it is initialised. */
    KEEPS(UNINITIALISED, OBJECT, TS(qp_step)(Q_HEAD));
    KEEPS(UNINITIALISED, OBJECT, TS(qp_report)(&s->qp, &s->report));
    QP_DEFECTS(Q_INIT);
    KEEPS(NULL, VALUES, TS(qp_init)(&s->qp, &shape, NULL, s->workspace, NAME(Q_LEN), &s->config));
    KEEPS(NULL, CONFIGURATION, TS(qp_init)(&s->qp, &shape, &data, s->workspace, NAME(Q_LEN), NULL));
    bad = data;
    bad.p = NULL;
    KEEPS(NULL, VALUES, TS(qp_init)(&s->qp, &shape, &bad, s->workspace, NAME(Q_LEN), &s->config));
    bad = data;
    bad.a = ASKEW(const REAL, s->a);
    KEEPS(MISALIGNED, CONSTRAINT_VALUES, TS(qp_init)(&s->qp, &shape, &bad, s->workspace, NAME(Q_LEN), &s->config));
    bad = data;
    bad.q = s->workspace;
    KEEPS(OVERLAP, WORKSPACE, TS(qp_init)(&s->qp, &shape, &bad, s->workspace, NAME(Q_LEN), &s->config));
    bad = data;
    bad.lower = s->upper;
    bad.upper = s->lower;
    KEEPS(OUT_OF_RANGE, BOUNDS, TS(qp_init)(&s->qp, &shape, &bad, s->workspace, NAME(Q_LEN), &s->config));
    s->config.penalty = R(0.0);
    KEEPS(OUT_OF_RANGE, PENALTY, Q_INIT(&s->qp, &shape, s->workspace, NAME(Q_LEN)));
    CHECK(TS(qp_config_default)(&s->config) == TS_OK);
    /* A symbolic part with a wrong index. */
    indices[4] ^= 1u;
    KEEPS(CORRUPT, SYMBOLIC, Q_INIT(&s->qp, &shape, s->workspace, NAME(Q_LEN)));
    indices[4] ^= 1u;

    CHECK(Q_INIT(&s->qp, &shape, s->workspace, NAME(Q_LEN)) == TS_OK);
    CHECK(TS(qp_step)(Q_HEAD) == TS_STEP_RUNNING);
    CHECK(Q_WHILE(&s->qp, &shape, s->workspace, NAME(Q_LEN)) == TS_STEP_INTERRUPTED && asked == 3);
    CHECK(NAME(solved)(&shape, 0.3, 0.7) == TS_STEP_CONVERGED);
    CHECK(TS(qp_report)(&s->qp, &s->report) == TS_OK && s->report.step == TS_STEP_CONVERGED);
    CHECK(s->report.refactorisations > 0 && s->report.iterations > 0 && NAME(near)(s->report.objective, -1.12));
    CHECK(s->report.primal <= s->report.primal_target && s->report.dual <= s->report.dual_target);
    /* P x + q + A'y = 0: y0 = 0.4, y2 = 0.2. */
    CHECK(TS(qp_dual)(Q_HEAD, s->y) == TS_OK);
    CHECK(NAME(near)(s->y[0], 0.4) && NAME(near)(s->y[1], 0.0) && NAME(near)(s->y[2], 0.2));
    CHECK(TS(qp_certificate)(Q_HEAD, s->y, 3) == TS_OK);

    /* Every part can be changed. */
    s->upper[2] = R(0.6);
    CHECK(Q_BOUNDS(&s->qp, &shape, s->workspace, NAME(Q_LEN)) == TS_OK && TS(qp_restart)(Q_HEAD) == TS_OK);
    CHECK(NAME(solved)(&shape, 0.4, 0.6) == TS_STEP_CONVERGED);
    s->q[0] = R(-3.0);
    CHECK(Q_LINEAR(&s->qp, &shape, s->workspace, NAME(Q_LEN)) == TS_OK && TS(qp_restart)(Q_HEAD) == TS_OK);
    CHECK(NAME(solved)(&shape, 0.7, 0.3) == TS_STEP_CONVERGED);
    s->p[0] = R(6.0);
    CHECK(Q_P(&s->qp, &shape, s->workspace, NAME(Q_LEN)) == TS_OK && TS(qp_restart)(Q_HEAD) == TS_OK);
    CHECK(NAME(solved)(&shape, 0.4, 0.6) == TS_STEP_CONVERGED);
    s->a[0] = R(2.0);
    CHECK(Q_A(&s->qp, &shape, s->workspace, NAME(Q_LEN)) == TS_OK);
    s->x[0] = R(0.25);
    s->x[1] = R(0.5);
    memset(s->y, 0, sizeof s->y);
    CHECK(Q_WARM(&s->qp, &shape, s->workspace, NAME(Q_LEN)) == TS_OK);
    CHECK(TS(qp_primal)(Q_HEAD, s->x) == TS_OK && NAME(near)(s->x[0], 0.25) && NAME(near)(s->x[1], 0.5));
    CHECK(NAME(solved)(&shape, 3.0 / 14.0, 8.0 / 14.0) == TS_STEP_CONVERGED);

    /* x + y = 3 within the unit square: no point, with a proof. */
    CHECK(TS(qp_config_default)(&s->config) == TS_OK);
    memcpy(s->a, a, sizeof a);
    s->lower[0] = R(3.0);
    s->upper[0] = R(3.0);
    CHECK(Q_INIT(&s->qp, &shape, s->workspace, NAME(Q_LEN)) == TS_OK);
    CHECK(TS(qp_run)(Q_HEAD) == TS_STEP_PRIMAL_INFEASIBLE);
    CHECK(TS(qp_certificate)(Q_HEAD, s->y, 3) == TS_STEP_PRIMAL_INFEASIBLE);
    CHECK(NAME(near)(s->y[0] + s->y[1], 0.0) && NAME(near)(s->y[0] + s->y[2], 0.0));
    KEEPS(LENGTH, OUTPUT, TS(qp_certificate)(Q_HEAD, s->y, 2));

    /* Step by step one is found where it is asked for. */
    CHECK(Q_INIT(&s->qp, &shape, s->workspace, NAME(Q_LEN)) == TS_OK);
    CHECK(TS(qp_prove)(Q_HEAD) == TS_STEP_RUNNING);
    for (k = 0; k < 500 && (k % 25 != 0 || TS(qp_prove)(Q_HEAD) == TS_STEP_RUNNING); k++) {
        CHECK(TS(qp_step)(Q_HEAD) == TS_STEP_RUNNING);
    }
    CHECK(TS(qp_step)(Q_HEAD) == TS_STEP_PRIMAL_INFEASIBLE && TS(qp_prove)(Q_HEAD) == TS_STEP_PRIMAL_INFEASIBLE);
    /* Asked again, the proof is still there, with largest magnitude 1. */
    CHECK(TS(qp_certificate)(Q_HEAD, s->y, 3) == TS_STEP_PRIMAL_INFEASIBLE);
    CHECK(NAME(near)(s->y[0] + s->y[1], 0.0) && NAME(near)(s->y[0] + s->y[2], 0.0));
    CHECK(NAME(near)(s->y[0] * s->y[0], 1.0));

    QP_DEFECTS(TS(qp_step));
    QP_DEFECTS(TS(qp_prove));
    QP_DEFECTS(TS(qp_run));
    QP_DEFECTS(Q_WHILE);
    QP_DEFECTS(TS(qp_restart));
    QP_DEFECTS(Q_LINEAR);
    QP_DEFECTS(Q_BOUNDS);
    QP_DEFECTS(Q_P);
    QP_DEFECTS(Q_A);
    QP_DEFECTS(Q_WARM);
    QP_DEFECTS(Q_PRIMAL);
    QP_DEFECTS(Q_DUAL);
    QP_DEFECTS(Q_PROOF);
    QP_ARRAY(Q_ARRAY_LINEAR, LINEAR_TERM);
    QP_ARRAY(Q_ARRAY_LOWER, BOUNDS);
    QP_ARRAY(Q_ARRAY_UPPER, BOUNDS);
    QP_ARRAY(Q_ARRAY_P, VALUES);
    QP_ARRAY(Q_ARRAY_A, CONSTRAINT_VALUES);
    QP_ARRAY(Q_ARRAY_X, ITERATE);
    QP_ARRAY(Q_ARRAY_Y, DUAL);
    QP_ARRAY(Q_ARRAY_PRIMAL, OUTPUT);
    QP_ARRAY(Q_ARRAY_DUAL, OUTPUT);
    QP_ARRAY(Q_ARRAY_PROOF, OUTPUT);
    KEEPS(NULL, FUNCTION, TS(qp_run_while)(Q_HEAD, NULL, NULL));
    KEEPS(OVERLAP, WORKSPACE, Q_ARRAY_PRIMAL(s->workspace));
    KEEPS(OVERLAP, OUTPUT, Q_ARRAY_PRIMAL((REAL *)(void *)indices));
    KEEPS(OVERLAP, WORKSPACE, Q_ARRAY_X(s->workspace));
    KEEPS(NULL, OBJECT, TS(qp_report)(NULL, &s->report));
    KEEPS(NULL, OUTPUT, TS(qp_report)(&s->qp, NULL));
    KEEPS(OVERLAP, OUTPUT, TS(qp_report)(&s->qp, (TS(qp_report_t) *)(void *)&s->qp));
    other = shape;
    other.variables = 1;
    other.p_entries = 1;
    KEEPS(LENGTH, MATRIX, TS(qp_step)(&s->qp, &other, s->workspace, NAME(Q_LEN)));
    s->q[1] = s->lower[1] / s->lower[1];
    KEEPS(NOT_FINITE, LINEAR_TERM, Q_LINEAR(&s->qp, &shape, s->workspace, NAME(Q_LEN)));

    /* Scrambled indices and objects lead to wrong numbers, no worse. */
    s->q[1] = R(0.0);
    CHECK(Q_INIT(&s->qp, &shape, s->workspace, NAME(Q_LEN)) == TS_OK);
    for (k = 0; k < 400; k++) {
        const uint32_t place = 4u + scramble_next(&state) % (symbolic_len - 4u);
        const uint16_t kept = indices[place];
        indices[place] = (uint16_t)scramble_next(&state);
        (void)TS(qp_step)(Q_HEAD);
        (void)Q_P(&s->qp, &shape, s->workspace, NAME(Q_LEN));
        (void)TS(qp_step)(Q_HEAD);
        indices[place] = kept;
        s->qp.words[1u + scramble_next(&state) % (sizeof s->qp / 8u - 1u)] ^= (uint64_t)1 << (scramble_next(&state) % 64u);
        (void)TS(qp_step)(Q_HEAD);
        (void)TS(qp_certificate)(Q_HEAD, s->y, 3);
    }
    CHECK(s->workspace[NAME(Q_LEN)] > R(3.0) && s->workspace[NAME(Q_LEN)] < R(3.5));
}

#undef KEEPS
#undef ASKEW
#undef QP_DEFECTS
#undef QP_ARRAY
#undef Q_HEAD
#undef Q_INIT
#undef Q_WHILE
#undef Q_LINEAR
#undef Q_BOUNDS
#undef Q_P
#undef Q_A
#undef Q_WARM
#undef Q_PRIMAL
#undef Q_DUAL
#undef Q_PROOF
#undef Q_ARRAY_LINEAR
#undef Q_ARRAY_LOWER
#undef Q_ARRAY_UPPER
#undef Q_ARRAY_P
#undef Q_ARRAY_A
#undef Q_ARRAY_X
#undef Q_ARRAY_Y
#undef Q_ARRAY_PRIMAL
#undef Q_ARRAY_DUAL
#undef Q_ARRAY_PROOF
