/* Splitting methods through C: each finds an answer that is known, and refuses what it must. */
#include "check.h"

typedef struct method {
    int32_t (*init)(ts_splitting_t *, const ts_splitting_problem_t *, const ts_splitting_config_t *);
    int32_t (*step)(ts_splitting_t *, const ts_splitting_problem_t *);
    int32_t (*run)(ts_splitting_t *, const ts_splitting_problem_t *);
    size_t workspace_len;
    /* Where the answer is, from the workspace on; 99 for x itself. */
    size_t answer;
    /* Whether it is given least squares and g; else f and g. */
    int least_squares;
    int dual;
    float x[2];
} method;

static const method methods[6] = {
    {ts_proximal_gradient_init, ts_proximal_gradient_step, ts_proximal_gradient_run,
     TS_PROXIMAL_GRADIENT_WORKSPACE_LEN(2), 99, 1, 0, {0.875f, 2.5f}},
    {ts_panoc_init, ts_panoc_step, ts_panoc_run, TS_PANOC_WORKSPACE_LEN(2, 3), 99, 1, 0, {0.875f, 2.5f}},
    {ts_douglas_rachford_init, ts_douglas_rachford_step, ts_douglas_rachford_run, TS_DOUGLAS_RACHFORD_WORKSPACE_LEN(2),
     2, 0, 0, {1.5f, 2.5f}},
    {ts_admm_init, ts_admm_step, ts_admm_run, TS_ADMM_WORKSPACE_LEN(2), 99, 0, 1, {1.5f, 2.5f}},
    {ts_lasso_init, ts_lasso_step, ts_lasso_run, TS_LASSO_WORKSPACE_LEN(2, 2), 99, 1, 1, {0.875f, 2.5f}},
    {ts_chambolle_pock_init, ts_chambolle_pock_step, ts_chambolle_pock_run, TS_CHAMBOLLE_POCK_WORKSPACE_LEN(2, 2), 99, 0,
     1, {1.5f, 2.5f}},
};

/* Everything a call might write lies here, so that one comparison finds whatever was written. */
static struct {
    ts_splitting_t solve;
    ts_splitting_t blank;
    ts_splitting_report_t report;
    float x[2];
    float dual[2];
    float workspace[64];
} now, before;

static const float squares[4] = {2.0f, 0.0f, 0.0f, 1.0f};
static const float identity[4] = {1.0f, 0.0f, 0.0f, 1.0f};
static const float rhs[2] = {2.0f, 3.0f};
static float offset[2] = {2.0f, 3.0f};

#define EXPECT(kind, field, call) UNCHANGED(TS_ERROR_##kind, TS_FIELD_##field, call)
#define UNCHANGED(kind, field, call)                                                                                   \
    do {                                                                                                               \
        memcpy(&before, &now, sizeof now);                                                                             \
        CHECK(REFUSED((call), kind, field));                                                                           \
        CHECK(memcmp(&before, &now, sizeof now) == 0);                                                                 \
    } while (0)

#define OFF(type, pointer) ((type *)((uintptr_t)(pointer) + 1u))

/* Both the start and a step refuse it. */
#define BOTH(kind, field)                                                                                              \
    do {                                                                                                               \
        UNCHANGED(TS_ERROR_##kind, TS_FIELD_##field, of->init(&now.solve, &bad, &config));                             \
        UNCHANGED(TS_ERROR_##kind, TS_FIELD_##field, of->step(&now.solve, &bad));                                      \
        UNCHANGED(TS_ERROR_##kind, TS_FIELD_##field, of->run(&now.solve, &bad));                                       \
        bad = problem;                                                                                                 \
    } while (0)

static int near(float value, float wanted)
{
    return value - wanted < 1e-3f && wanted - value < 1e-3f;
}

static void check(const method *of)
{
    ts_prox_term_t first[1];
    ts_prox_term_t second[2];
    ts_splitting_problem_t problem;
    ts_splitting_problem_t bad;
    ts_splitting_config_t config;
    ts_splitting_config_t wrong;
    uint32_t state = 7;
    uint32_t k;
    const float *answer = of->answer == 99 ? now.x : now.workspace + of->answer;
    memset(&now, 0, sizeof now);
    memset(first, 0, sizeof first);
    memset(second, 0, sizeof second);
    memset(&problem, 0, sizeof problem);
    /* f = |x - (2, 3)|² / 2; g = |x|_1 / 2, in two parts. */
    first[0].kind = TS_PROX_SQUARED_L2;
    first[0].len = 2;
    first[0].factor = 1.0f;
    first[0].offset = offset;
    second[0].kind = TS_PROX_L1;
    second[0].len = 1;
    second[0].factor = 0.5f;
    second[1] = second[0];
    problem.n = 2;
    problem.m = 2;
    problem.first_count = 1;
    problem.second_count = 2;
    problem.memory = 3;
    problem.first = of->least_squares != 0 ? NULL : first;
    problem.second = second;
    problem.matrix = of->least_squares != 0 ? squares : identity;
    problem.rhs = rhs;
    problem.x = now.x;
    problem.dual = of->dual != 0 ? now.dual : NULL;
    problem.workspace = now.workspace;
    problem.workspace_len = of->workspace_len;
    bad = problem;
    CHECK(ts_splitting_config_default(&config) == TS_OK);
    config.dual_step = 0.9f;
    now.workspace[of->workspace_len] = 3.25f;

    EXPECT(UNINITIALISED, OBJECT, of->step(&now.solve, &problem));
    EXPECT(UNINITIALISED, OBJECT, ts_splitting_report(&now.solve, &now.report));
    CHECK(of->init(&now.solve, &problem, &config) == TS_OK);
    CHECK(of->step(&now.solve, &problem) == TS_STEP_RUNNING);
    CHECK(of->run(&now.solve, &problem) == TS_STEP_CONVERGED);
    CHECK(near(answer[0], of->x[0]) && near(answer[1], of->x[1]));
    CHECK(ts_splitting_report(&now.solve, &now.report) == TS_OK && now.report.step == TS_STEP_CONVERGED);
    CHECK(now.report.iterations > 0 && now.report.primal <= now.report.primal_target);
    CHECK(now.report.dual <= now.report.dual_target);
    CHECK(near(now.workspace[of->workspace_len], 3.25f));

    EXPECT(NULL, OBJECT, of->init(NULL, &problem, &config));
    EXPECT(NULL, MATRIX, of->init(&now.solve, NULL, &config));
    EXPECT(NULL, CONFIGURATION, of->init(&now.solve, &problem, NULL));
    EXPECT(NULL, OBJECT, of->step(NULL, &problem));
    EXPECT(NULL, MATRIX, of->step(&now.solve, NULL));
    EXPECT(MISALIGNED, OBJECT, of->step(OFF(ts_splitting_t, &now.solve), &problem));
    EXPECT(MISALIGNED, MATRIX, of->run(&now.solve, OFF(ts_splitting_problem_t, &problem)));
    bad.x = NULL;
    BOTH(NULL, ITERATE);
    bad.x = OFF(float, now.x);
    BOTH(MISALIGNED, ITERATE);
    bad.n = 0;
    BOTH(LENGTH, ITERATE);
    bad.n = 1;
    BOTH(LENGTH, GROUPS);
    bad.workspace = NULL;
    BOTH(NULL, WORKSPACE);
    bad.workspace_len = 0;
    BOTH(LENGTH, WORKSPACE);
    bad.workspace_len = of->workspace_len - 1;
    BOTH(LENGTH, WORKSPACE);
    bad.workspace_len = SIZE_MAX / 2u;
    BOTH(TOO_LARGE, WORKSPACE);
    bad.workspace = now.x;
    BOTH(OVERLAP, ITERATE);
    bad.second = NULL;
    BOTH(NULL, CONFIGURATION);
    bad.second_count = 1;
    BOTH(LENGTH, GROUPS);
    bad.second = (const ts_prox_term_t *)(const void *)now.workspace;
    bad.second_count = 1;
    BOTH(OVERLAP, WORKSPACE);
    second[1].kind = 99;
    BOTH(OUT_OF_RANGE, CONFIGURATION);
    second[1] = second[0];
    second[1].offset = now.x;
    BOTH(OVERLAP, ITERATE);
    second[1] = second[0];
    if (of->least_squares != 0) {
        bad.matrix = NULL;
        BOTH(NULL, VALUES);
        bad.rhs = OFF(const float, rhs);
        BOTH(MISALIGNED, RIGHT_HAND_SIDE);
        bad.matrix = now.workspace;
        BOTH(OVERLAP, WORKSPACE);
    } else {
        bad.first = NULL;
        BOTH(NULL, CONFIGURATION);
        bad.first_count = 0;
        BOTH(LENGTH, GROUPS);
    }
    if (of->dual != 0) {
        bad.dual = NULL;
        BOTH(NULL, DUAL);
        bad.dual = now.workspace;
        BOTH(OVERLAP, WORKSPACE);
    }
    wrong = config;
    wrong.max_iterations = 0;
    EXPECT(OUT_OF_RANGE, ITERATIONS, of->init(&now.solve, &problem, &wrong));
    wrong = config;
    wrong.step = -1.0f;
    CHECK(of->init(&now.solve, &problem, &wrong) < 0);
    wrong = config;
    wrong.absolute = rhs[0] / 0.0f;
    EXPECT(NOT_FINITE, TOLERANCE, of->init(&now.solve, &problem, &wrong));

    /* Scrambled objects lead to wrong numbers or a refusal, no worse. */
    CHECK(of->init(&now.solve, &problem, &config) == TS_OK);
    for (k = 0; k < 2000; k++) {
        ts_splitting_t kept = now.solve;
        ts_status_t status;
        kept.words[scramble_next(&state) % (sizeof kept / 8u)] ^= (uint64_t)1 << (scramble_next(&state) % 64u);
        status = of->step(&kept, &problem);
        CHECK(status <= TS_STEP_HANDED_OVER);
        status = of->step(&kept, &problem);
        CHECK(status <= TS_STEP_HANDED_OVER);
    }
    CHECK(near(now.workspace[of->workspace_len], 3.25f));
}

int main(void)
{
    uint32_t k;
    uint32_t other;
    ts_splitting_config_t config;
    for (k = 0; k < 6; k++) {
        check(&methods[k]);
        /* An object of another method is none. */
        for (other = 0; other < 6; other++) {
            ts_splitting_problem_t problem;
            ts_prox_term_t terms[2];
            memset(&problem, 0, sizeof problem);
            memset(terms, 0, sizeof terms);
            if (other == k) {
                continue;
            }
            terms[0].kind = terms[1].kind = TS_PROX_ZERO;
            terms[0].len = terms[1].len = 2;
            terms[0].factor = terms[1].factor = 1.0f;
            problem.first = methods[other].least_squares != 0 ? NULL : &terms[0];
            problem.first_count = methods[other].least_squares != 0 ? 0u : 1u;
            problem.second = &terms[1];
            problem.second_count = 1;
            problem.m = 2;
            problem.memory = 3;
            problem.n = 2;
            problem.x = now.x;
            problem.dual = now.dual;
            problem.workspace = now.workspace;
            problem.workspace_len = 60;
            problem.matrix = identity;
            problem.rhs = rhs;
            CHECK(REFUSED(methods[other].step(&now.solve, &problem), TS_ERROR_UNINITIALISED, TS_FIELD_OBJECT));
        }
    }
    CHECK(REFUSED(ts_splitting_config_default(NULL), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(ts_splitting_config_default(OFF(ts_splitting_config_t, &config)), TS_ERROR_MISALIGNED, TS_FIELD_OUTPUT));
    CHECK(REFUSED(ts_splitting_report(NULL, &now.report), TS_ERROR_NULL, TS_FIELD_OBJECT));
    CHECK(REFUSED(ts_splitting_report(&now.solve, NULL), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(ts_splitting_report(&now.solve, (ts_splitting_report_t *)(void *)&now.solve), TS_ERROR_OVERLAP,
                  TS_FIELD_OUTPUT));
    return 0;
}
