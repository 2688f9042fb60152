/* The body of varying.c, in one precision. */

/* A plate of two materials that conduct 1 and 50, harmonic means at the faces, cold at y = 0, with a wall and fixed cells. */
static void NAME(plate)(REAL *centre, REAL *east, REAL *north, uint8_t *mask, REAL *b, REAL shift)
{
    uint32_t k;
    for (k = 0; k < PLATE; k++) {
        centre[k] = shift;
        east[k] = R(0.0);
        north[k] = R(0.0);
        mask[k] = (uint8_t)(k != 47u && k != 211u);
        b[k] = mask[k] == 0u ? R(0.0) : ((REAL)((k * 37u) % 101u) - R(50.0)) / R(64.0);
    }
    for (k = 0; k < PLATE; k++) {
        const uint32_t x = k % WIDE;
        const uint32_t y = k / WIDE;
        const REAL own = x > 6u && y > 4u ? R(50.0) : R(1.0);
        const REAL beside = x + 1u > 6u && y > 4u ? R(50.0) : R(1.0);
        const REAL above = x > 6u && y + 1u > 4u ? R(50.0) : R(1.0);
        if (x + 1u < WIDE) {
            const REAL weight = R(2.0) / (R(1.0) / own + R(1.0) / beside);
            east[k] = -weight;
            centre[k] += weight;
            centre[k + 1u] += weight;
        }
        if (y + 1u < HIGH && !(y == 9u && x < 15u)) {
            const REAL weight = R(2.0) / (R(1.0) / own + R(1.0) / above);
            north[k] = -weight;
            centre[k] += weight;
            centre[k + WIDE] += weight;
        }
        if (y == 0u) {
            centre[k] += R(2.0) * own;
        }
    }
}

/* max |b - A x| over the free cells, from the definition. */
static double NAME(off)(const REAL *centre, const REAL *east, const REAL *north, const uint8_t *mask, const REAL *b,
                        const REAL *x)
{
    double worst = 0.0;
    uint32_t k;
    for (k = 0; k < PLATE; k++) {
        double sum = (double)b[k] - (double)centre[k] * (double)x[k];
        sum -= k % WIDE + 1u < WIDE ? (double)east[k] * (double)x[k + 1u] : 0.0;
        sum -= k % WIDE > 0u ? (double)east[k - 1u] * (double)x[k - 1u] : 0.0;
        sum -= k + WIDE < PLATE ? (double)north[k] * (double)x[k + WIDE] : 0.0;
        sum -= k >= WIDE ? (double)north[k - WIDE] * (double)x[k - WIDE] : 0.0;
        sum = sum < 0.0 ? -sum : sum;
        worst = mask[k] != 0u && sum > worst ? sum : worst;
    }
    return worst;
}

static void NAME(varying)(double shift, double tolerance)
{
    static REAL centre[PLATE];
    static REAL east[PLATE];
    static REAL north[PLATE];
    static REAL b[PLATE];
    static REAL x[PLATE];
    static REAL vectors[5u * PLATE];
    static REAL memory[8192];
    static uint8_t mask[PLATE];
    TS(operator_t) a;
    TS(preconditioner_t) cycle;
    TS(varying_config_t) config;
    TS(cg_config_t) cg_config;
    TS(dcd_config_t) dcd_config;
    TS(cg_t) cg;
    TS(pcg_t) pcg;
    TS(dcd_t) dcd;
    TS(report_t) report;
    ts_gates_t gates;
    const uint32_t infinity = 0x7F800000u;
    uint32_t plain;
    uint32_t variant;
    uint32_t k;
    NAME(plate)(centre, east, north, mask, b, (REAL)shift);
    CHECK(TS(variable_stencil_init)(&a, WIDE, HIGH, 1, centre, east, north, NULL, mask) == TS_OK);
    CHECK(TS(cg_config_default)(&cg_config) == TS_OK && TS(dcd_config_default)(&dcd_config) == TS_OK);
    cg_config.stopping.relative = dcd_config.stopping.relative = (REAL)tolerance;
    memset(x, 0, sizeof x);
    CHECK(TS(cg_init)(&cg, &a, b, x, vectors, 5u * PLATE, &cg_config) == TS_OK);
    CHECK(TS(cg_run)(&cg, &a, b, x, vectors, 5u * PLATE) == TS_STEP_CONVERGED);
    CHECK(TS(cg_report)(&cg, &report) == TS_OK);
    plain = report.iterations;

    CHECK(ts_gates_hand_set(&gates) == TS_OK);
    CHECK(TS(varying_config_default)(NULL, WIDE, HIGH) < 0);
    CHECK(TS(varying_workspace_len)(WIDE, HIGH, 2u, 0u) == 0u);
    for (variant = 0; variant < 4u; variant++) {
        size_t len;
        CHECK(TS(varying_config_default)(&config, WIDE, HIGH) == TS_OK);
        CHECK(config.shape == TS_SHAPE_V && config.pieces == PLATE / 12u);
        config.shift = (REAL)shift;
        config.shape = variant % 2u == 0u ? TS_SHAPE_V : TS_SHAPE_W;
        config.pieces = variant < 2u ? 0u : config.pieces;
        len = TS(varying_workspace_len)(WIDE, HIGH, config.shape, config.pieces);
        CHECK(len > 0u && len < 8192u);
        memory[len] = R(3.25);
        CHECK(REFUSED(TS(varying_preconditioner_init)(&cycle, WIDE, HIGH, centre, east, north, mask, &config, &gates, memory,
                                                      len - 1u), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
        CHECK(TS(varying_preconditioner_init)(&cycle, WIDE, HIGH, centre, east, north, mask, &config, &gates, memory, len) ==
              TS_OK);
        memset(x, 0, sizeof x);
        CHECK(TS(pcg_init)(&pcg, &a, &cycle, b, x, vectors, 5u * PLATE, &cg_config) == TS_OK);
        CHECK(TS(pcg_run)(&pcg, &a, &cycle, b, x, vectors, 5u * PLATE) == TS_STEP_CONVERGED);
        CHECK(TS(pcg_report)(&pcg, &report) == TS_OK && report.iterations * 2u < plain);
        CHECK(NAME(off)(centre, east, north, mask, b, x) < 100.0 * tolerance);
        memset(x, 0, sizeof x);
        CHECK(TS(dcd_init)(&dcd, &a, &cycle, b, x, vectors, 5u * PLATE, &dcd_config) == TS_OK);
        CHECK(TS(dcd_step)(&dcd, &a, &cycle, b, x, vectors, 5u * PLATE) == TS_STEP_RUNNING);
        CHECK(TS(dcd_run)(&dcd, &a, &cycle, b, x, vectors, 5u * PLATE) == TS_STEP_CONVERGED);
        CHECK(NAME(off)(centre, east, north, mask, b, x) < 100.0 * tolerance);
        CHECK(memory[len] >= R(3.25) && memory[len] <= R(3.25));
        /* Its memory is written: it may lie on nothing else. */
        CHECK(REFUSED(TS(dcd_step)(&dcd, &a, &cycle, memory, x, vectors, 5u * PLATE), TS_ERROR_OVERLAP, TS_FIELD_SCRATCH));

        /* Gates that are garbage: the answer is right all the same. */
        for (k = 0; k < TS_GATES; k++) {
            gates.numbers[k] = k % 2u == 0u ? -3.0f : 900.0f;
        }
        CHECK(TS(varying_preconditioner_init)(&cycle, WIDE, HIGH, centre, east, north, mask, &config, &gates, memory, len) ==
              TS_OK);
        memset(x, 0, sizeof x);
        CHECK(TS(dcd_init)(&dcd, &a, &cycle, b, x, vectors, 5u * PLATE, &dcd_config) == TS_OK);
        {
            const ts_status_t status = TS(dcd_run)(&dcd, &a, &cycle, b, x, vectors, 5u * PLATE);
            CHECK(status == TS_STEP_CONVERGED || status == TS_STEP_HANDED_OVER);
        }
        CHECK(NAME(off)(centre, east, north, mask, b, x) < 100.0 * tolerance);
        CHECK(ts_gates_hand_set(&gates) == TS_OK);

        /* Memory that changes between calls gives wrong numbers or a refusal, and touches nothing else. */
        CHECK(TS(varying_preconditioner_init)(&cycle, WIDE, HIGH, centre, east, north, mask, &config, &gates, memory, len) ==
              TS_OK);
        for (k = 1; k < 300u; k++) {
            unsigned char *byte = (unsigned char *)memory;
            uint32_t state = k;
            byte[scramble_next(&state) % (k % 2u == 0u ? 600u : len * sizeof(REAL))] = (unsigned char)scramble_next(&state);
            memset(x, 0, sizeof x);
            (void)TS(dcd_init)(&dcd, &a, &cycle, b, x, vectors, 5u * PLATE, &dcd_config);
            (void)TS(dcd_step)(&dcd, &a, &cycle, b, x, vectors, 5u * PLATE);
            (void)TS(dcd_step)(&dcd, &a, &cycle, b, x, vectors, 5u * PLATE);
        }
        CHECK(memory[len] >= R(3.25) && memory[len] <= R(3.25));
    }

    /* What is refused. */
#define INIT(cycle, nx, ny, centre, mask, config, gates, memory) \
    TS(varying_preconditioner_init)(cycle, nx, ny, centre, east, north, mask, config, gates, memory, 8192)
    CHECK(REFUSED(INIT(NULL, WIDE, HIGH, centre, mask, &config, &gates, memory), TS_ERROR_NULL, TS_FIELD_OBJECT));
    CHECK(REFUSED(INIT(&cycle, WIDE, HIGH, NULL, mask, &config, &gates, memory), TS_ERROR_NULL, TS_FIELD_VALUES));
    CHECK(REFUSED(INIT(&cycle, WIDE, HIGH, centre, mask, NULL, &gates, memory), TS_ERROR_NULL, TS_FIELD_CONFIGURATION));
    CHECK(REFUSED(INIT(&cycle, WIDE, HIGH, centre, mask, &config, NULL, memory), TS_ERROR_NULL, TS_FIELD_VALUES));
    CHECK(REFUSED(INIT(&cycle, WIDE, HIGH, centre, mask, &config, &gates, NULL), TS_ERROR_NULL, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(INIT(&cycle, WIDE, HIGH, memory, mask, &config, &gates, memory), TS_ERROR_OVERLAP, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(INIT(&cycle, UINT32_MAX, 2u, centre, mask, &config, &gates, memory), TS_ERROR_TOO_LARGE, TS_FIELD_SIZE));
    CHECK(INIT(&cycle, 0u, HIGH, centre, mask, &config, &gates, memory) < 0);
    config.shift = R(-1.0);
    CHECK(REFUSED(INIT(&cycle, WIDE, HIGH, centre, mask, &config, &gates, memory), TS_ERROR_OUT_OF_RANGE, TS_FIELD_VALUES));
    config.shift = R(1e6);
    CHECK(REFUSED(INIT(&cycle, WIDE, HIGH, centre, mask, &config, &gates, memory), TS_ERROR_OUT_OF_RANGE, TS_FIELD_MATRIX));
    config.shift = (REAL)shift;
    config.shape = 2u;
    CHECK(REFUSED(INIT(&cycle, WIDE, HIGH, centre, mask, &config, &gates, memory), TS_ERROR_OUT_OF_RANGE,
                  TS_FIELD_CONFIGURATION));
    config.shape = TS_SHAPE_W;
    memcpy(&gates.numbers[3], &infinity, sizeof infinity);
    CHECK(REFUSED(INIT(&cycle, WIDE, HIGH, centre, mask, &config, &gates, memory), TS_ERROR_NOT_FINITE, TS_FIELD_VALUES));
    CHECK(ts_gates_hand_set(&gates) == TS_OK);
    CHECK(INIT(&cycle, WIDE, HIGH, centre, NULL, &config, &gates, memory) == TS_OK);
#undef INIT
    /* Of another dimension than the operator. */
    CHECK(TS(varying_preconditioner_init)(&cycle, WIDE, HIGH - 1u, centre, east, north, mask, &config, &gates, memory, 8192) <
              0 ||
          REFUSED(TS(dcd_init)(&dcd, &a, &cycle, b, x, vectors, 5u * PLATE, &dcd_config), TS_ERROR_LENGTH,
                  TS_FIELD_PRECONDITIONER));
}
