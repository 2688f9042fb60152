/* The body of steps.c for one precision. */

static const REAL NAME(signal)[N] = {R(1.0), R(1.5), R(0.75), -R(2.0), -R(1.5), R(0.25)};
static REAL NAME(differences)[M * N];
static REAL NAME(identity)[N * N];

static struct {
    TS(splitting_t) solve;
    TS(splitting_config_t) config;
    REAL x[N];
    REAL dual[N];
    REAL workspace[16 * N];
    REAL norm;
} NAME(now), NAME(before);

#undef EXPECT
#define EXPECT(kind, field, index, call)                                                                               \
    do {                                                                                                               \
        ts_status_t answer;                                                                                            \
        memcpy(&NAME(before), &NAME(now), sizeof NAME(now));                                                           \
        answer = (call);                                                                                               \
        CHECK(REFUSED(answer, TS_ERROR_##kind, TS_FIELD_##field));                                                     \
        CHECK(TS_ERROR_INDEX(answer) == (index));                                                                      \
        CHECK(memcmp(&NAME(before), &NAME(now), sizeof NAME(now)) == 0);                                               \
    } while (0)

static int NAME(near)(REAL value, REAL wanted, REAL by)
{
    return value - wanted < by && wanted - value < by;
}

static void NAME(norms)(void)
{
    /* Singular values 3 and 1. */
    static const REAL matrix[6] = {R(1.8), -R(0.8), R(0.0), R(2.4), R(0.6), R(0.0)};
    const REAL nan = (REAL)strtod("nan", NULL);
    REAL bad[6];
    REAL root;
    TS(splitting_config_t) *config = &NAME(now).config;
    CHECK(TS(matrix_norm)(matrix, 2, 3, 30, &NAME(now).norm, NAME(now).workspace, 5) == TS_OK);
    CHECK(NAME(near)(NAME(now).norm, R(3.0), R(1e-4)));
    CHECK(TS(matrix_norm)(matrix, 3, 2, 1, &NAME(now).norm, NAME(now).workspace, 5) == TS_OK);
    CHECK(NAME(now).norm <= R(3.3) && NAME(now).norm > R(0.0));
    memset(bad, 0, sizeof bad);
    CHECK(TS(matrix_norm)(bad, 2, 3, 30, &NAME(now).norm, NAME(now).workspace, 5) == TS_OK && NAME(now).norm == R(0.0));
    CHECK(TS(matrix_norm)(NULL, 0, 0, 30, &NAME(now).norm, NULL, 0) == TS_OK && NAME(now).norm == R(0.0));
#define NORM(from, norm, scratch, len) TS(matrix_norm)((from), 2, 3, 30, (norm), (scratch), (len))
    EXPECT(OUT_OF_RANGE, ITERATIONS, 0, TS(matrix_norm)(matrix, 2, 3, 0, &NAME(now).norm, NAME(now).workspace, 5));
    EXPECT(LENGTH, WORKSPACE, 4, NORM(matrix, &NAME(now).norm, NAME(now).workspace, 4));
    EXPECT(NULL, VALUES, 0, NORM(NULL, &NAME(now).norm, NAME(now).workspace, 5));
    EXPECT(NULL, OUTPUT, 0, NORM(matrix, NULL, NAME(now).workspace, 5));
    EXPECT(OVERLAP, OUTPUT, 0, NORM(matrix, NAME(now).workspace, NAME(now).workspace, 5));
    EXPECT(OVERLAP, WORKSPACE, 0, NORM(NAME(now).workspace, &NAME(now).norm, NAME(now).workspace, 6));
    EXPECT(TOO_LARGE, VALUES, 0,
           TS(matrix_norm)(matrix, UINT32_MAX, UINT32_MAX, 1, &NAME(now).norm, NAME(now).workspace, 5));
    bad[4] = nan;
    EXPECT(NOT_FINITE, VALUES, 4, NORM(bad, &NAME(now).norm, NAME(now).workspace, 5));

    CHECK(TS(splitting_config_default)(config) == TS_OK);
    CHECK(TS(splitting_config_steps)(config, R(2.0), R(6.0), R(4.0)) == TS_OK);
    /* 0.99 sqrt(ratio) / norm, and 1 / (sqrt(ratio) norm + lipschitz / 2). */
    root = R(2.0);
    CHECK(NAME(near)(config->dual_step, R(0.99) * root / R(2.0), R(1e-6)));
    CHECK(NAME(near)(config->step, R(1.0) / (root * R(2.0) + R(3.0)), R(1e-6)));
    CHECK(config->max_iterations == 4000 && config->check_every == 1);
    EXPECT(NULL, OUTPUT, 0, TS(splitting_config_steps)(NULL, R(1.0), R(0.0), R(1.0)));
    EXPECT(NOT_FINITE, CONFIGURATION, 0, TS(splitting_config_steps)(config, nan, R(0.0), R(1.0)));
    EXPECT(OUT_OF_RANGE, CONFIGURATION, 0, TS(splitting_config_steps)(config, -R(1.0), R(0.0), R(1.0)));
    EXPECT(OUT_OF_RANGE, CONFIGURATION, 1, TS(splitting_config_steps)(config, R(1.0), -R(1.0), R(1.0)));
    EXPECT(NOT_FINITE, CONFIGURATION, 1, TS(splitting_config_steps)(config, R(1.0), nan, R(1.0)));
    EXPECT(OUT_OF_RANGE, CONFIGURATION, 2, TS(splitting_config_steps)(config, R(1.0), R(0.0), R(0.0)));
}

/* Counts its calls, and finds its scratch, in its context. */
typedef struct NAME(memory) {
    uint32_t calls;
    uint32_t refuse_from;
    REAL scratch[5 * N];
} NAME(memory);

static ts_status_t NAME(variation)(void *context, REAL *x, uint32_t n, REAL step)
{
    NAME(memory) *memory = (NAME(memory) *)context;
    memory->calls++;
    if (memory->calls >= memory->refuse_from) {
        return -1;
    }
    return TS(prox_total_variation_linear)(x, n, step, memory->scratch, 5 * N);
}

typedef ts_status_t (*NAME(init))(TS(splitting_t) *, const TS(splitting_problem_t) *, const TS(splitting_config_t) *);
typedef ts_status_t (*NAME(run))(TS(splitting_t) *, const TS(splitting_problem_t) *);

static ts_status_t NAME(solved)(NAME(init) init, NAME(run) run, const TS(splitting_problem_t) *problem)
{
    memset(NAME(now).x, 0, sizeof NAME(now).x);
    memset(NAME(now).dual, 0, sizeof NAME(now).dual);
    CHECK(init(&NAME(now).solve, problem, &NAME(now).config) == TS_OK);
    return run(&NAME(now).solve, problem);
}

static void NAME(methods)(void)
{
    TS(splitting_problem_t) problem;
    TS(splitting_report_t) report;
    TS(prox_term_t) fidelity;
    TS(prox_term_t) variation;
    TS(prox_term_t) nothing;
    NAME(memory) memory;
    REAL want[N];
    uint32_t k;
    uint32_t j;
    memset(&memory, 0, sizeof memory);
    memory.refuse_from = UINT32_MAX;
    memset(&problem, 0, sizeof problem);
    memset(&fidelity, 0, sizeof fidelity);
    fidelity.kind = TS_PROX_SQUARED_L2;
    fidelity.len = N;
    fidelity.factor = R(1.0);
    fidelity.offset = NAME(signal);
    variation = fidelity;
    variation.offset = NULL;
    variation.factor = R(0.5);
    nothing = variation;
    nothing.kind = TS_PROX_ZERO;
    for (k = 0; k < M; k++) {
        NAME(differences)[k * N + k] = -R(1.0);
        NAME(differences)[k * N + k + 1] = R(1.0);
    }
    for (k = 0; k < N; k++) {
        NAME(identity)[k * N + k] = R(1.0);
    }
    memcpy(want, NAME(signal), sizeof want);
    CHECK(TS(prox_total_variation)(want, N, R(0.5)) == TS_OK);
    problem.n = N;
    problem.first = &fidelity;
    problem.second = &variation;
    problem.first_count = problem.second_count = 1;
    problem.x = NAME(now).x;
    problem.workspace = NAME(now).workspace;
    problem.workspace_len = sizeof NAME(now).workspace / sizeof(REAL);
    problem.rhs = problem.target = NAME(signal);
    problem.memory = 3;
    problem.dual = NAME(now).dual;
    CHECK(TS(splitting_config_default)(&NAME(now).config) == TS_OK);
    CHECK(TS(matrix_norm)(NAME(differences), M, N, 60, &NAME(now).norm, NAME(now).workspace, N + M) == TS_OK);
    /* 2 cos(pi / 12) */
    CHECK(NAME(near)(NAME(now).norm, R(1.93185), R(2e-3)));
    CHECK(TS(splitting_config_steps)(&NAME(now).config, NAME(now).norm, R(1.0), R(1.0)) == TS_OK);
    for (j = 0; j < 5; j++) {
        ts_status_t outcome;
        /* The norms of differences by a matrix; then the operator as the caller's function. */
        variation.kind = j < 2 ? TS_PROX_L1 : TS_PROX_FUNCTION;
        variation.len = j < 2 ? M : N;
        variation.function = NAME(variation);
        variation.context = &memory;
        problem.matrix = j < 2 ? NAME(differences) : NAME(identity);
        problem.m = j < 2 ? M : N;
        problem.smooth = NAME(identity);
        problem.smooth_rows = j == 1 ? N : 0u;
        problem.first = j == 1 ? &nothing : &fidelity;
        memory.calls = 0;
        switch (j) {
        case 0:
            outcome = NAME(solved)(TS(chambolle_pock_init), TS(chambolle_pock_run), &problem);
            break;
        case 1:
            outcome = NAME(solved)(TS(condat_vu_init), TS(condat_vu_run), &problem);
            break;
        case 2:
            outcome = NAME(solved)(TS(admm_init), TS(admm_run), &problem);
            break;
        case 3:
            outcome = NAME(solved)(TS(panoc_init), TS(panoc_run), &problem);
            break;
        default:
            /* Halved from 8 to where half the step is safe. */
            NAME(now).config.step = R(8.0);
            outcome = NAME(solved)(TS(proximal_gradient_init), TS(proximal_gradient_run), &problem);
            CHECK(TS(splitting_report)(&NAME(now).solve, &report) == TS_OK);
            CHECK(report.step_or_penalty <= R(2.0) && report.step_or_penalty >= R(0.25));
            break;
        }
        CHECK(outcome == TS_STEP_CONVERGED);
        CHECK((memory.calls > 0) == (j >= 2));
        for (k = 0; k < N; k++) {
            CHECK(NAME(near)(NAME(now).x[k], want[k], R(2e-3)));
        }
    }
    /* A function that refuses, at once or later, ends the solve. */
    for (k = 1; k < 4; k++) {
        memory.calls = 0;
        memory.refuse_from = k;
        CHECK(NAME(solved)(TS(admm_init), TS(admm_run), &problem) == TS_STEP_DIVERGED);
        memory.calls = 0;
        CHECK(NAME(solved)(TS(proximal_gradient_init), TS(proximal_gradient_run), &problem) == TS_STEP_DIVERGED);
    }
    variation.function = NULL;
    EXPECT(NULL, FUNCTION, 0, TS(admm_init)(&NAME(now).solve, &problem, &NAME(now).config));
    EXPECT(NULL, FUNCTION, 0, TS(admm_step)(&NAME(now).solve, &problem));
}

/* |x - signal|² / 2, so often asked. */
static REAL NAME(squares)(void *context, const REAL *x, REAL *gradient, uint32_t n)
{
    REAL sum = R(0.0);
    uint32_t k;
    *(uint32_t *)context += 1;
    for (k = 0; k < n; k++) {
        const REAL off = x[k] - NAME(signal)[k];
        sum += off * off;
        if (gradient != NULL) {
            gradient[k] += off;
        }
    }
    return sum / R(2.0);
}

/* (x² - 1)² / 4 of every element, which has two minima. */
static REAL NAME(wells)(void *context, const REAL *x, REAL *gradient, uint32_t n)
{
    REAL sum = R(0.0);
    uint32_t k;
    *(uint32_t *)context += 1;
    for (k = 0; k < n; k++) {
        const REAL off = x[k] * x[k] - R(1.0);
        sum += off * off;
        if (gradient != NULL) {
            gradient[k] += off * x[k];
        }
    }
    return sum / R(4.0);
}

static REAL NAME(nowhere)(void *context, const REAL *x, REAL *gradient, uint32_t n)
{
    *(uint32_t *)context += n;
    if (gradient != NULL) {
        gradient[0] += (REAL)strtod("nan", NULL);
    }
    return x[0] + (REAL)strtod("nan", NULL);
}

/* Differences of neighbours. */
static void NAME(apart)(void *context, const REAL *x, REAL *y, uint32_t n, uint32_t m, uint32_t transposed)
{
    uint32_t k;
    *(uint32_t *)context += 1;
    CHECK(n == N && m == M);
    for (k = 0; k < m; k++) {
        if (transposed != 0) {
            y[k] -= x[k];
            y[k + 1] += x[k];
        } else {
            y[k] = x[k + 1] - x[k];
        }
    }
}

/* What matrices can do, by functions; and what they cannot. */
static void NAME(called)(void)
{
    TS(splitting_problem_t) problem;
    TS(prox_term_t) first;
    TS(prox_term_t) second;
    REAL want[N];
    uint32_t gradients = 0;
    uint32_t products = 0;
    uint32_t k;
    uint32_t j;
    memset(&problem, 0, sizeof problem);
    memset(&first, 0, sizeof first);
    first.kind = TS_PROX_ZERO;
    first.len = N;
    first.factor = R(1.0);
    second = first;
    second.factor = R(0.5);
    memcpy(want, NAME(signal), sizeof want);
    CHECK(TS(prox_total_variation)(want, N, R(0.5)) == TS_OK);
    problem.n = N;
    problem.m = M;
    problem.first = &first;
    problem.second = &second;
    problem.first_count = problem.second_count = 1;
    problem.x = NAME(now).x;
    problem.dual = NAME(now).dual;
    problem.workspace = NAME(now).workspace;
    problem.workspace_len = sizeof NAME(now).workspace / sizeof(REAL);
    problem.memory = 3;
    problem.gradient = NAME(squares);
    problem.gradient_context = &gradients;
    problem.map = NAME(apart);
    problem.map_context = &products;
    CHECK(TS(splitting_config_default)(&NAME(now).config) == TS_OK);
    CHECK(TS(splitting_config_steps)(&NAME(now).config, R(2.0), R(1.0), R(1.0)) == TS_OK);
    for (j = 0; j < 4; j++) {
        ts_status_t outcome;
        gradients = products = 0;
        second.kind = j < 2 ? TS_PROX_TOTAL_VARIATION : TS_PROX_L1;
        second.len = j < 2 ? N : M;
        if (j == 3) {
            first.kind = TS_PROX_SQUARED_L2;
            first.offset = NAME(signal);
        }
        outcome = j == 0   ? NAME(solved)(TS(proximal_gradient_init), TS(proximal_gradient_run), &problem)
                  : j == 1 ? NAME(solved)(TS(panoc_init), TS(panoc_run), &problem)
                  : j == 2 ? NAME(solved)(TS(condat_vu_init), TS(condat_vu_run), &problem)
                           : NAME(solved)(TS(chambolle_pock_init), TS(chambolle_pock_run), &problem);
        CHECK(outcome == TS_STEP_CONVERGED);
        CHECK((gradients > 0) == (j < 3) && (products > 0) == (j > 1));
        for (k = 0; k < N; k++) {
            CHECK(NAME(near)(NAME(now).x[k], want[k], R(2e-3)));
        }
    }
    /* A lasso has no use for functions, and wants its matrix. */
    second.len = N;
    EXPECT(NULL, VALUES, 0, TS(lasso_init)(&NAME(now).solve, &problem, &NAME(now).config));
    problem.map = NULL;
    second.len = M;
    EXPECT(NULL, VALUES, 0, TS(chambolle_pock_init)(&NAME(now).solve, &problem, &NAME(now).config));
    EXPECT(NULL, VALUES, 0, TS(condat_vu_init)(&NAME(now).solve, &problem, &NAME(now).config));
    /* Not convex: each element goes to the minimum on its side, or to its bound. */
    second.kind = TS_PROX_BOUNDS;
    second.factor = R(1.0);
    second.len = N;
    second.a = -R(2.0);
    second.b = R(0.75);
    problem.gradient = NAME(wells);
    for (k = 0; k < N; k++) {
        NAME(now).x[k] = k % 2 == 0 ? R(0.5) : -R(0.5);
    }
    CHECK(TS(panoc_init)(&NAME(now).solve, &problem, &NAME(now).config) == TS_OK);
    CHECK(TS(panoc_run)(&NAME(now).solve, &problem) == TS_STEP_CONVERGED);
    for (k = 0; k < N; k++) {
        CHECK(NAME(near)(NAME(now).x[k], k % 2 == 0 ? R(0.75) : -R(1.0), R(1e-3)));
    }
    problem.gradient = NAME(nowhere);
    CHECK(NAME(solved)(TS(proximal_gradient_init), TS(proximal_gradient_run), &problem) == TS_STEP_DIVERGED);
    CHECK(NAME(solved)(TS(panoc_init), TS(panoc_run), &problem) == TS_STEP_DIVERGED);
}

static void NAME(all)(void)
{
    NAME(norms)();
    NAME(methods)();
    NAME(called)();
}
#undef NORM
