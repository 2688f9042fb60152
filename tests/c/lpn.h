/* The body of lpn.c for one precision. */

static int NAME(close)(REAL value, double wanted)
{
    const double distance = (double)value - wanted;
    return distance < 1e-6 && distance > -1e-6;
}

/* The network makes 2.85 of 0.3, where psi is 2 (0.9 / 2)² + 0.09 / 4. */
static void NAME(prior)(uint32_t bytes)
{
    struct {
        REAL x[1];
        REAL y[1];
        REAL value;
        REAL scratch[10];
    } now, before;
    const REAL nan = (REAL)strtod("nan", NULL);
    uint32_t inputs;
    uint32_t need;
    const unsigned char *from = container.byte;
    CHECK(TS(lpn_size)(from, bytes, &inputs, &need) == TS_OK);
    need += inputs;
    memset(&now, 0, sizeof now);
    now.x[0] = now.y[0] = R(2.85);
    CHECK(TS(lpn_prior)(now.x, 1, now.y, from, bytes, R(1e-6), 200, &now.value, now.scratch, need) == TS_STEP_CONVERGED);
    CHECK((double)now.y[0] > 0.29999 && (double)now.y[0] < 0.30001);
    CHECK((double)now.value > -3.63376 && (double)now.value < -3.63374);
    now.y[0] = now.x[0];
    CHECK(TS(lpn_prior)(now.x, 1, now.y, from, bytes, R(1e-6), 1, &now.value, now.scratch, need) == TS_STEP_ITERATION_CAP);
    before = now;
#define PRIOR(x, n, y, relative, most, value, scratch, len)                                                            \
    TS(lpn_prior)((x), (n), (y), from, bytes, (relative), (most), (value), (scratch), (len))
    CHECK(REFUSED(PRIOR(NULL, 1, now.y, R(0.1), 9, &now.value, now.scratch, need), TS_ERROR_NULL, TS_FIELD_RIGHT_HAND_SIDE));
    CHECK(REFUSED(PRIOR(now.x, 1, NULL, R(0.1), 9, &now.value, now.scratch, need), TS_ERROR_NULL, TS_FIELD_ITERATE));
    CHECK(REFUSED(PRIOR(now.x, 1, now.x, R(0.1), 9, &now.value, now.scratch, need), TS_ERROR_OVERLAP, TS_FIELD_ITERATE));
    CHECK(REFUSED(PRIOR(now.x, 0, now.y, R(0.1), 9, &now.value, now.scratch, need), TS_ERROR_LENGTH, TS_FIELD_RIGHT_HAND_SIDE));
    CHECK(REFUSED(PRIOR(now.x, 1, now.y, -R(0.1), 9, &now.value, now.scratch, need), TS_ERROR_OUT_OF_RANGE, TS_FIELD_TOLERANCE));
    CHECK(REFUSED(PRIOR(now.x, 1, now.y, nan, 9, &now.value, now.scratch, need), TS_ERROR_NOT_FINITE, TS_FIELD_TOLERANCE));
    CHECK(REFUSED(PRIOR(now.x, 1, now.y, R(0.1), 0, &now.value, now.scratch, need), TS_ERROR_OUT_OF_RANGE, TS_FIELD_ITERATIONS));
    CHECK(REFUSED(PRIOR(now.x, 1, now.y, R(0.1), 9, NULL, now.scratch, need), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(PRIOR(now.x, 1, now.y, R(0.1), 9, now.scratch, now.scratch, need), TS_ERROR_OVERLAP, TS_FIELD_OUTPUT));
    CHECK(REFUSED(PRIOR(now.x, 1, now.y, R(0.1), 9, &now.value, now.scratch, need - 1), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
    CHECK(memcmp(&now, &before, sizeof now) == 0);
    now.x[0] = before.x[0] = nan;
    CHECK(REFUSED(PRIOR(now.x, 1, now.y, R(0.1), 9, &now.value, now.scratch, need), TS_ERROR_NOT_FINITE, TS_FIELD_RIGHT_HAND_SIDE));
    CHECK(memcmp(&now, &before, sizeof now) == 0);
#undef PRIOR
}

/* The network as an operator among others: plug and play. */
typedef struct NAME(played) {
    uint32_t bytes;
    size_t need;
    REAL scratch[8];
} NAME(played);

static ts_status_t NAME(play)(void *context, REAL *x, uint32_t n, REAL step)
{
    NAME(played) *played = (NAME(played) *)context;
    /* What it was trained for is its step. */
    (void)step;
    return TS(lpn_prox)(x, n, container.byte, played->bytes, played->scratch, played->need);
}

/* Below 0 the network halves what it is given, which is the operator of half the squares with step 1: with half the squared
 * distance to a signal, half that signal is best. */
static void NAME(plug)(uint32_t bytes)
{
    static const REAL signal[3] = {R(-1.0), R(-2.5), R(-4.0)};
    REAL x[3] = {R(-1.0), R(-1.0), R(-1.0)};
    REAL dual[3] = {R(0.0), R(0.0), R(0.0)};
    REAL workspace[TS_ADMM_WORKSPACE_LEN(3)];
    TS(prox_term_t) terms[2];
    TS(splitting_problem_t) problem;
    TS(splitting_config_t) config;
    TS(splitting_t) solve;
    NAME(played) played;
    uint32_t inputs;
    uint32_t need;
    uint32_t k;
    memset(terms, 0, sizeof terms);
    memset(&problem, 0, sizeof problem);
    memset(&played, 0, sizeof played);
    CHECK(TS(lpn_size)(container.byte, bytes, &inputs, &need) == TS_OK && need <= 8);
    played.bytes = bytes;
    played.need = need;
    terms[0].kind = TS_PROX_SQUARED_L2;
    terms[0].offset = signal;
    terms[1].kind = TS_PROX_FUNCTION;
    terms[1].function = NAME(play);
    terms[1].context = &played;
    terms[0].len = terms[1].len = 3;
    terms[0].factor = terms[1].factor = R(1.0);
    problem.n = 3;
    problem.first = &terms[0];
    problem.second = &terms[1];
    problem.first_count = problem.second_count = 1;
    problem.x = x;
    problem.dual = dual;
    problem.workspace = workspace;
    problem.workspace_len = TS_ADMM_WORKSPACE_LEN(3);
    CHECK(TS(splitting_config_default)(&config) == TS_OK);
    config.adapt_every = 0;
    CHECK(TS(admm_init)(&solve, &problem, &config) == TS_OK);
    CHECK(TS(admm_run)(&solve, &problem) == TS_STEP_CONVERGED);
    for (k = 0; k < 3; k++) {
        CHECK(x[k] - signal[k] / R(2.0) < R(1e-3) && signal[k] / R(2.0) - x[k] < R(1e-3));
    }
    /* A network that is none is found out in the first step. */
    played.bytes = bytes - 1;
    CHECK(TS(admm_init)(&solve, &problem, &config) == TS_OK);
    CHECK(TS(admm_run)(&solve, &problem) == TS_STEP_DIVERGED);
}

static void NAME(network)(uint32_t bytes)
{
    REAL x[4] = {R(2.0), R(0.25), R(-1.0), R(9.0)};
    REAL scratch[9] = {R(0.0)};
    uint32_t inputs = 77;
    uint32_t need = 77;
    const unsigned char *from = container.byte;
    CHECK(TS(lpn_size)(from, bytes, &inputs, &need) == TS_OK && inputs == 1 && need >= 1 && need <= 8);
    scratch[need] = R(3.25);
    /* The gradient: 6 s'(3 x - 1) + x / 2, s' = 1 above 1, 0 below -1, linear in between. */
    CHECK(TS(lpn_prox)(x, 3, from, bytes, scratch, need) == TS_OK);
    CHECK(NAME(close)(x[0], 7.0) && NAME(close)(x[1], 6.0 * 0.375 + 0.125) && NAME(close)(x[2], -0.5));
    CHECK(NAME(close)(x[3], 9.0) && NAME(close)(scratch[need], 3.25));

    CHECK(REFUSED(TS(lpn_size)(NULL, bytes, &inputs, &need), TS_ERROR_NULL, TS_FIELD_BYTES));
    CHECK(REFUSED(TS(lpn_size)(from, bytes, NULL, &need), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(TS(lpn_size)(from, bytes, &inputs, NULL), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(TS(lpn_size)(from, bytes, &inputs, &inputs), TS_ERROR_OVERLAP, TS_FIELD_OUTPUT));
    CHECK(TS(lpn_size)(from, bytes - 1, &inputs, &need) < 0);
    CHECK(TS(lpn_size)(from, 0, &inputs, &need) < 0);
    CHECK(REFUSED(TS(lpn_prox)(NULL, 3, from, bytes, scratch, need), TS_ERROR_NULL, TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(lpn_prox)(x, 0, from, bytes, scratch, need), TS_ERROR_LENGTH, TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(lpn_prox)((REAL *)((uintptr_t)x + 1u), 3, from, bytes, scratch, need), TS_ERROR_MISALIGNED,
                  TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(lpn_prox)(x, 3, NULL, bytes, scratch, need), TS_ERROR_NULL, TS_FIELD_BYTES));
    CHECK(REFUSED(TS(lpn_prox)(x, 3, from, bytes, NULL, need), TS_ERROR_NULL, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(lpn_prox)(x, 3, from, bytes, scratch, need - 1), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(lpn_prox)(x, 3, from, bytes, scratch, 0), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(lpn_prox)(x, 3, from, bytes, x, need), TS_ERROR_OVERLAP, TS_FIELD_ITERATE));
    CHECK(NAME(close)(x[0], 7.0));
    /* A changed byte is found out. */
    container.byte[70] ^= 1u;
    CHECK(TS(lpn_prox)(x, 3, from, bytes, scratch, need) < 0);
    container.byte[70] ^= 1u;
    container.byte[bytes - 16] ^= 1u;
    CHECK(TS(lpn_prox)(x, 3, from, bytes, scratch, need) < 0);
    container.byte[bytes - 16] ^= 1u;
    CHECK(NAME(close)(x[0], 7.0));
}
