/* The body of splitting.c for one precision. */

typedef struct NAME(method) {
    int32_t (*init)(TS(splitting_t) *, const TS(splitting_problem_t) *, const TS(splitting_config_t) *);
    int32_t (*step)(TS(splitting_t) *, const TS(splitting_problem_t) *);
    int32_t (*run)(TS(splitting_t) *, const TS(splitting_problem_t) *);
    size_t workspace_len;
    /* Where the answer is, from the workspace on; 99 for x itself. */
    size_t answer;
    /* Whether it is given least squares and g; else f and g. */
    int least_squares;
    int dual;
    /* Terms of f: the functions of consensus. */
    uint32_t functions;
    /* Whether the least squares stand beside f and g. */
    int smooth;
    REAL x[2];
} NAME(method);

static const NAME(method) NAME(methods)[METHODS] = {
    {TS(proximal_gradient_init), TS(proximal_gradient_step), TS(proximal_gradient_run),
     TS_PROXIMAL_GRADIENT_WORKSPACE_LEN(2), 99, 1, 0, 0, 0, {R(0.875), R(2.5)}},
    {TS(panoc_init), TS(panoc_step), TS(panoc_run), TS_PANOC_WORKSPACE_LEN(2, 3), 99, 1, 0, 0, 0, {R(0.875), R(2.5)}},
    {TS(douglas_rachford_init), TS(douglas_rachford_step), TS(douglas_rachford_run),
     TS_DOUGLAS_RACHFORD_WORKSPACE_LEN(2), 2, 0, 0, 1, 0, {R(1.5), R(2.5)}},
    {TS(admm_init), TS(admm_step), TS(admm_run), TS_ADMM_WORKSPACE_LEN(2), 99, 0, 1, 1, 0, {R(1.5), R(2.5)}},
    {TS(lasso_init), TS(lasso_step), TS(lasso_run), TS_LASSO_WORKSPACE_LEN(2, 2), 99, 1, 1, 0, 0, {R(0.875), R(2.5)}},
    {TS(chambolle_pock_init), TS(chambolle_pock_step), TS(chambolle_pock_run), TS_CHAMBOLLE_POCK_WORKSPACE_LEN(2, 2),
     99, 0, 1, 1, 0, {R(1.5), R(2.5)}},
    /* Twice the same function: it counts twice. */
    {TS(consensus_init), TS(consensus_step), TS(consensus_run), TS_CONSENSUS_WORKSPACE_LEN(2, 2), 99, 0, 0, 2, 0,
     {R(1.75), R(2.75)}},
    /* f and the least squares, both. */
    {TS(condat_vu_init), TS(condat_vu_step), TS(condat_vu_run), TS_CONDAT_VU_WORKSPACE_LEN(2, 2), 99, 0, 1, 1, 1,
     {R(1.1), R(2.75)}},
};

/* Everything a call might write lies here, so that one comparison finds whatever was written. */
static struct {
    TS(splitting_t) solve;
    TS(splitting_t) blank;
    REAL x[2];
    REAL dual[2];
    /* Where terms could stand. */
    REAL workspace[64];
    TS(splitting_report_t) report;
} NAME(now), NAME(before);

static const REAL NAME(squares)[4] = {R(2.0), R(0.0), R(0.0), R(1.0)};
static const REAL NAME(identity)[4] = {R(1.0), R(0.0), R(0.0), R(1.0)};
static const REAL NAME(rhs)[2] = {R(2.0), R(3.0)};
static REAL NAME(offset)[2] = {R(2.0), R(3.0)};

static int NAME(near)(REAL value, REAL wanted)
{
    return value - wanted < R(1e-3) && wanted - value < R(1e-3);
}

static void NAME(check)(const NAME(method) *of)
{
    TS(prox_term_t) first[2];
    TS(prox_term_t) second[2];
    TS(splitting_problem_t) problem;
    TS(splitting_problem_t) bad;
    TS(splitting_config_t) config;
    TS(splitting_config_t) wrong;
    uint32_t state = 7;
    uint32_t k;
    const REAL *answer = of->answer == 99 ? NAME(now).x : NAME(now).workspace + of->answer;
    memset(&NAME(now), 0, sizeof NAME(now));
    memset(first, 0, sizeof first);
    memset(second, 0, sizeof second);
    memset(&problem, 0, sizeof problem);
    /* f = |x - (2, 3)|² / 2; g = |x|_1 / 2, in two parts. */
    first[0].kind = TS_PROX_SQUARED_L2;
    first[0].len = 2;
    first[0].factor = R(1.0);
    first[0].offset = NAME(offset);
    first[1] = first[0];
    second[0].kind = TS_PROX_L1;
    second[0].len = 1;
    second[0].factor = R(0.5);
    second[1] = second[0];
    problem.n = 2;
    problem.m = 2;
    problem.first_count = of->functions;
    problem.second_count = 2;
    problem.memory = 3;
    problem.first = of->least_squares != 0 ? NULL : first;
    problem.second = second;
    problem.matrix = of->least_squares != 0 ? NAME(squares) : NAME(identity);
    problem.rhs = NAME(rhs);
    problem.smooth_rows = of->smooth != 0 ? 2u : 0u;
    problem.smooth = NAME(squares);
    problem.target = NAME(rhs);
    problem.x = NAME(now).x;
    problem.dual = of->dual != 0 ? NAME(now).dual : NULL;
    problem.workspace = NAME(now).workspace;
    problem.workspace_len = of->workspace_len;
    bad = problem;
    CHECK(TS(splitting_config_default)(&config) == TS_OK);
    config.dual_step = R(0.9);
    if (of->smooth != 0) {
        config.step = R(0.3);
    }
    NAME(now).workspace[of->workspace_len] = R(3.25);
    NAME(now).x[0] = R(3.0);
    CHECK(TS(prox_terms)(NAME(now).x, 2, R(1.0), second, 2) == TS_OK);
    CHECK(NAME(near)(NAME(now).x[0], R(2.5)) && NAME(near)(NAME(now).x[1], R(0.0)));

    EXPECT(UNINITIALISED, OBJECT, of->step(&NAME(now).solve, &problem));
    EXPECT(UNINITIALISED, OBJECT, TS(splitting_report)(&NAME(now).solve, &NAME(now).report));
    CHECK(of->init(&NAME(now).solve, &problem, &config) == TS_OK);
    CHECK(of->step(&NAME(now).solve, &problem) == TS_STEP_RUNNING);
    CHECK(of->run(&NAME(now).solve, &problem) == TS_STEP_CONVERGED);
    CHECK(NAME(near)(answer[0], of->x[0]) && NAME(near)(answer[1], of->x[1]));
    CHECK(TS(splitting_report)(&NAME(now).solve, &NAME(now).report) == TS_OK && NAME(now).report.step == TS_STEP_CONVERGED);
    CHECK(NAME(now).report.iterations > 0 && NAME(now).report.primal <= NAME(now).report.primal_target);
    CHECK(NAME(now).report.dual <= NAME(now).report.dual_target);
    CHECK(NAME(near)(NAME(now).workspace[of->workspace_len], R(3.25)));

    EXPECT(NULL, OBJECT, of->init(NULL, &problem, &config));
    EXPECT(NULL, MATRIX, of->init(&NAME(now).solve, NULL, &config));
    EXPECT(NULL, CONFIGURATION, of->init(&NAME(now).solve, &problem, NULL));
    EXPECT(NULL, OBJECT, of->step(NULL, &problem));
    EXPECT(NULL, MATRIX, of->step(&NAME(now).solve, NULL));
    EXPECT(MISALIGNED, OBJECT, of->step(OFF(TS(splitting_t), &NAME(now).solve), &problem));
    EXPECT(MISALIGNED, MATRIX, of->run(&NAME(now).solve, OFF(TS(splitting_problem_t), &problem)));
    bad.x = NULL;
    BOTH(NULL, ITERATE);
    bad.x = OFF(REAL, NAME(now).x);
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
    bad.workspace = NAME(now).x;
    BOTH(OVERLAP, ITERATE);
    bad.second = NULL;
    BOTH(NULL, CONFIGURATION);
    bad.second_count = 1;
    BOTH(LENGTH, GROUPS);
    bad.second = (const TS(prox_term_t) *)(const void *)NAME(now).workspace;
    bad.second_count = 1;
    BOTH(OVERLAP, WORKSPACE);
    second[1].kind = 99;
    BOTH(OUT_OF_RANGE, CONFIGURATION);
    second[1] = second[0];
    second[1].offset = NAME(now).x;
    BOTH(OVERLAP, ITERATE);
    second[1] = second[0];
    if (of->least_squares != 0) {
        bad.matrix = NULL;
        BOTH(NULL, VALUES);
        bad.rhs = OFF(const REAL, NAME(rhs));
        BOTH(MISALIGNED, RIGHT_HAND_SIDE);
        bad.matrix = NAME(now).workspace;
        BOTH(OVERLAP, WORKSPACE);
    } else {
        bad.first = NULL;
        BOTH(NULL, CONFIGURATION);
        bad.first_count = 0;
        BOTH(LENGTH, GROUPS);
        first[of->functions - 1].len = 1;
        BOTH(LENGTH, GROUPS);
        first[of->functions - 1].len = 2;
    }
    if (of->smooth != 0) {
        bad.smooth = NULL;
        BOTH(NULL, VALUES);
        bad.target = OFF(const REAL, NAME(rhs));
        BOTH(MISALIGNED, RIGHT_HAND_SIDE);
    }
    if (of->dual != 0) {
        bad.dual = NULL;
        BOTH(NULL, DUAL);
        bad.dual = NAME(now).workspace;
        BOTH(OVERLAP, WORKSPACE);
    }
    wrong = config;
    wrong.max_iterations = 0;
    EXPECT(OUT_OF_RANGE, ITERATIONS, of->init(&NAME(now).solve, &problem, &wrong));
    wrong = config;
    wrong.step = -R(1.0);
    CHECK(of->init(&NAME(now).solve, &problem, &wrong) < 0);
    wrong = config;
    wrong.absolute = NAME(rhs)[0] / R(0.0);
    EXPECT(NOT_FINITE, TOLERANCE, of->init(&NAME(now).solve, &problem, &wrong));

    /* Scrambled objects lead to wrong numbers or a refusal, no worse. */
    CHECK(of->init(&NAME(now).solve, &problem, &config) == TS_OK);
    for (k = 0; k < 2000; k++) {
        TS(splitting_t) kept = NAME(now).solve;
        ts_status_t status;
        kept.words[scramble_next(&state) % (sizeof kept / 8u)] ^= (uint64_t)1 << (scramble_next(&state) % 64u);
        status = of->step(&kept, &problem);
        CHECK(status <= TS_STEP_HANDED_OVER);
        status = of->step(&kept, &problem);
        CHECK(status <= TS_STEP_HANDED_OVER);
    }
    CHECK(NAME(near)(NAME(now).workspace[of->workspace_len], R(3.25)));
}

static void NAME(all)(void)
{
    uint32_t k;
    uint32_t other;
    TS(splitting_config_t) config;
    for (k = 0; k < METHODS; k++) {
        NAME(check)(&NAME(methods)[k]);
        /* An object of another method is none. */
        for (other = 0; other < METHODS; other++) {
            TS(splitting_problem_t) problem;
            TS(prox_term_t) terms[2];
            memset(&problem, 0, sizeof problem);
            memset(terms, 0, sizeof terms);
            if (other == k) {
                continue;
            }
            terms[0].kind = terms[1].kind = TS_PROX_ZERO;
            terms[0].len = terms[1].len = 2;
            terms[0].factor = terms[1].factor = R(1.0);
            problem.first = NAME(methods)[other].least_squares != 0 ? NULL : &terms[0];
            problem.first_count = NAME(methods)[other].least_squares != 0 ? 0u : 1u;
            problem.second = &terms[1];
            problem.second_count = 1;
            problem.m = 2;
            problem.memory = 3;
            problem.n = 2;
            problem.x = NAME(now).x;
            problem.dual = NAME(now).dual;
            problem.workspace = NAME(now).workspace;
            problem.workspace_len = 60;
            problem.matrix = NAME(identity);
            problem.rhs = NAME(rhs);
            CHECK(REFUSED(NAME(methods)[other].step(&NAME(now).solve, &problem), TS_ERROR_UNINITIALISED, TS_FIELD_OBJECT));
        }
    }
    CHECK(REFUSED(TS(splitting_config_default)(NULL), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(TS(splitting_config_default)(OFF(TS(splitting_config_t), &config)), TS_ERROR_MISALIGNED, TS_FIELD_OUTPUT));
    CHECK(REFUSED(TS(splitting_report)(NULL, &NAME(now).report), TS_ERROR_NULL, TS_FIELD_OBJECT));
    CHECK(REFUSED(TS(splitting_report)(&NAME(now).solve, NULL), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(TS(splitting_report)(&NAME(now).solve, (TS(splitting_report_t) *)(void *)&NAME(now).solve), TS_ERROR_OVERLAP,
                  TS_FIELD_OUTPUT));
}
