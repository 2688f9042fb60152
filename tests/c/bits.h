/* The bits every method must give on every target: from C here and on simulated chips, from Rust in
 * ffi/tests/bits.rs, which reads the numbers below. Include after grid.h in single precision. */
#ifndef BITS_H
#define BITS_H

#define BITS_SOR_CSR UINT64_C(0x7a33ce4028120780)
#define BITS_SOR_STENCIL UINT64_C(0x7d35f8a42d89f33a)
#define BITS_CG UINT64_C(0xb7e6a879d02b0a41)
#define BITS_SSOR_CG UINT64_C(0x8af470172fbca9e0)
#define BITS_TSALLIS_INF UINT64_C(0x1604c832185b580a)
#define BITS_CONDAT_VU UINT64_C(0xd9d5c655bb024b89)
#define BITS_CHEB_CB UINT64_C(0x5eb6ba984f4f99f8)

static inline uint64_t bits_of_sor(enum kind kind)
{
    static grid_single grid;
    static float x[N];
    static float workspace[TS_SOR_WORKSPACE_LEN(N, N, 0)];
    ts_operator_t a;
    ts_sor_config_t config;
    ts_sor_t sor;
    memset(x, 0, sizeof x);
    fill_single(&grid);
    CHECK(describe_single(&a, kind, &grid, NULL) == TS_OK);
    CHECK(ts_sor_config_default(&config) == TS_OK);
    config.omega = 1.25f;
    CHECK(ts_sor_init(&sor, &a, grid.b, x, workspace, N, &config) == TS_OK);
    CHECK(ts_sor_run(&sor, &a, grid.b, x, workspace, N) == TS_STEP_CONVERGED);
    return hash_of(x, sizeof x);
}

static inline uint64_t bits_of_cg(void)
{
    static grid_single grid;
    static float x[N];
    static float workspace[TS_CG_WORKSPACE_LEN(N, 0)];
    ts_operator_t a;
    ts_cg_config_t config;
    ts_cg_t cg;
    memset(x, 0, sizeof x);
    fill_single(&grid);
    CHECK(describe_single(&a, CSR16, &grid, NULL) == TS_OK);
    CHECK(ts_cg_config_default(&config) == TS_OK);
    CHECK(ts_cg_init(&cg, &a, grid.b, x, workspace, TS_CG_WORKSPACE_LEN(N, 0), &config) == TS_OK);
    CHECK(ts_cg_run(&cg, &a, grid.b, x, workspace, TS_CG_WORKSPACE_LEN(N, 0)) == TS_STEP_CONVERGED);
    return hash_of(x, sizeof x);
}

static inline uint64_t bits_of_ssor_cg(void)
{
    static grid_single grid;
    static float x[N];
    static float workspace[TS_SSOR_CG_WORKSPACE_LEN(N, N, 0)];
    ts_operator_t a;
    ts_ssor_cg_config_t config;
    ts_ssor_cg_t cg;
    memset(x, 0, sizeof x);
    fill_single(&grid);
    CHECK(describe_single(&a, CSR16, &grid, NULL) == TS_OK);
    CHECK(ts_ssor_cg_config_default(&config) == TS_OK);
    config.omega = 1.25f;
    CHECK(ts_ssor_cg_init(&cg, &a, grid.b, x, workspace, TS_SSOR_CG_WORKSPACE_LEN(N, N, 0), &config) == TS_OK);
    CHECK(ts_ssor_cg_run(&cg, &a, grid.b, x, workspace, TS_SSOR_CG_WORKSPACE_LEN(N, N, 0)) == TS_STEP_CONVERGED);
    return hash_of(x, sizeof x);
}

/* Half the squared distance to what the context shows. Only the gradient is asked for. */
static inline float bits_distance(void *context, const float *x, float *gradient, uint32_t n)
{
    const float *target = (const float *)context;
    uint32_t k;
    for (k = 0; k < n; k++) {
        gradient[k] += x[k] - target[k];
    }
    return 0.0f;
}

/* Differences of neighbours. */
static inline void bits_apart(void *context, const float *x, float *y, uint32_t n, uint32_t m, uint32_t transposed)
{
    uint32_t k;
    (void)context;
    (void)n;
    for (k = 0; k < m; k++) {
        if (transposed != 0) {
            y[k] -= x[k];
            y[k + 1] += x[k];
        } else {
            y[k] = x[k + 1] - x[k];
        }
    }
}

static inline ts_status_t bits_threshold(void *context, float *x, uint32_t n, float step)
{
    *(uint32_t *)context += 1;
    return ts_prox_l1(x, n, step);
}

/* Total variation by functions of the caller's: how numbers are handed over and back is another thing on every chip. */
static inline uint64_t bits_of_condat_vu(void)
{
    static grid_single grid;
    static float x[N];
    static float dual[N - 1];
    static float workspace[TS_CONDAT_VU_WORKSPACE_LEN(N - 1, N)];
    uint32_t calls = 0;
    ts_prox_term_t nothing;
    ts_prox_term_t threshold;
    ts_splitting_problem_t problem;
    ts_splitting_config_t config;
    ts_splitting_t solve;
    memset(x, 0, sizeof x);
    memset(dual, 0, sizeof dual);
    memset(&nothing, 0, sizeof nothing);
    memset(&problem, 0, sizeof problem);
    fill_single(&grid);
    nothing.kind = TS_PROX_ZERO;
    nothing.len = N;
    nothing.factor = 1.0f;
    threshold = nothing;
    threshold.kind = TS_PROX_FUNCTION;
    threshold.len = N - 1;
    threshold.factor = 0.125f;
    threshold.function = bits_threshold;
    threshold.context = &calls;
    problem.n = N;
    problem.m = N - 1;
    problem.first = &nothing;
    problem.second = &threshold;
    problem.first_count = problem.second_count = 1;
    problem.x = x;
    problem.dual = dual;
    problem.workspace = workspace;
    problem.workspace_len = TS_CONDAT_VU_WORKSPACE_LEN(N - 1, N);
    problem.gradient = bits_distance;
    problem.gradient_context = grid.b;
    problem.map = bits_apart;
    CHECK(ts_splitting_config_default(&config) == TS_OK);
    CHECK(ts_splitting_config_steps(&config, 2.0f, 1.0f, 1.0f) == TS_OK);
    CHECK(ts_condat_vu_init(&solve, &problem, &config) == TS_OK);
    CHECK(ts_condat_vu_run(&solve, &problem) == TS_STEP_CONVERGED);
    CHECK(calls > 10);
    return hash_of(x, sizeof x);
}

/* The arms drawn in 500 rounds. */
static inline uint64_t bits_of_tsallis_inf(void)
{
    static float memory[TS_TSALLIS_INF_MEMORY_LEN(20)];
    static uint32_t arms[500];
    ts_tsallis_inf_t learner;
    ts_tsallis_inf_config_t config;
    uint32_t round;
    CHECK(ts_tsallis_inf_config_default(&config) == TS_OK);
    config.seed = 42;
    CHECK(ts_tsallis_inf_init(&learner, 20, memory, TS_TSALLIS_INF_MEMORY_LEN(20), &config) == TS_OK);
    for (round = 0; round < 500; round++) {
        CHECK(ts_tsallis_inf_select(&learner, memory, TS_TSALLIS_INF_MEMORY_LEN(20), &arms[round]) == TS_OK);
        CHECK(ts_tsallis_inf_update(&learner, memory, TS_TSALLIS_INF_MEMORY_LEN(20),
                                    10.0f + 2.0f * (float)(arms[round] ^ 13u)) == TS_OK);
    }
    return hash_of(arms, sizeof arms);
}

static inline uint64_t bits_of_cheb_cb(void)
{
    static float memory[TS_CHEB_CB_MEMORY_LEN(20)];
    static uint32_t arms[500];
    ts_cheb_cb_t learner;
    ts_cheb_cb_config_t config;
    uint32_t round;
    CHECK(ts_cheb_cb_config_default(&config) == TS_OK);
    config.seed = 42;
    CHECK(ts_cheb_cb_init(&learner, 20, memory, TS_CHEB_CB_MEMORY_LEN(20), &config) == TS_OK);
    for (round = 0; round < 500; round++) {
        const float context = (float)(round % 64u) / 32.0f - 1.0f;
        CHECK(ts_cheb_cb_select(&learner, memory, TS_CHEB_CB_MEMORY_LEN(20), context, &arms[round]) == TS_OK);
        CHECK(ts_cheb_cb_update(&learner, memory, TS_CHEB_CB_MEMORY_LEN(20),
                                10.0f + 2.0f * (float)(arms[round] ^ 13u)) == TS_OK);
    }
    return hash_of(arms, sizeof arms);
}

typedef struct bits_case {
    const char *name;
    uint64_t expected;
    uint64_t found;
} bits_case;

#define BITS_CASES 7u

static inline void bits_of_all(bits_case cases[BITS_CASES])
{
    const bits_case all[BITS_CASES] = {
        {"SOR, CSR", BITS_SOR_CSR, bits_of_sor(CSR16)},
        {"SOR, stencil", BITS_SOR_STENCIL, bits_of_sor(STENCIL)},
        {"CG", BITS_CG, bits_of_cg()},
        {"SSOR-CG", BITS_SSOR_CG, bits_of_ssor_cg()},
        {"Condat-Vu, functions", BITS_CONDAT_VU, bits_of_condat_vu()},
        {"Tsallis-INF", BITS_TSALLIS_INF, bits_of_tsallis_inf()},
        {"ChebCB", BITS_CHEB_CB, bits_of_cheb_cb()},
    };
    memcpy(cases, all, sizeof all);
}

#endif
