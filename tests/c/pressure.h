/* The body of pressure.c, in one precision. */

/* A channel of SIDE x SIDE cells, open at y = 0, with a wall across it and a block in a corner. */
static void NAME(region)(uint8_t *cells, REAL *b)
{
    uint32_t k;
    for (k = 0; k < CELLS; k++) {
        const uint32_t x = k % SIDE;
        const uint32_t y = k / SIDE;
        const int solid = (y == 9u && x < 17u) || (x > 18u && y > 18u);
        cells[k] = solid ? (uint8_t)TS_CELL_SOLID : (uint8_t)TS_CELL_FLUID;
        b[k] = solid ? R(0.0) : ((REAL)((k * 37u) % 101u) - R(50.0)) / R(64.0);
    }
}

static int NAME(is_fluid)(const uint8_t *cells, uint32_t x, uint32_t y)
{
    return x < SIDE && y < SIDE && cells[y * SIDE + x] == TS_CELL_FLUID;
}

/* max |b - A x| from the definition. */
static double NAME(worst)(const uint8_t *cells, const REAL *b, const REAL *x, const REAL *low)
{
    double worst = 0.0;
    uint32_t k;
    for (k = 0; k < CELLS; k++) {
        const uint32_t column = k % SIDE;
        const uint32_t row = k / SIDE;
        const uint32_t xs[4] = {column - 1u, column + 1u, column, column};
        const uint32_t ys[4] = {row, row, row - 1u, row + 1u};
        const double own = (double)x[k] + (low == NULL ? 0.0 : (double)low[k]);
        double sum = (double)b[k];
        uint32_t j;
        if (cells[k] != TS_CELL_FLUID) {
            CHECK(own < 1e-30 && own > -1e-30);
            continue;
        }
        for (j = 0; j < 4u; j++) {
            if (NAME(is_fluid)(cells, xs[j], ys[j])) {
                const uint32_t other = ys[j] * SIDE + xs[j];
                sum -= own - (double)x[other] - (low == NULL ? 0.0 : (double)low[other]);
            } else if (j == 2u && row == 0u) {
                sum -= own;
            }
        }
        sum = sum < 0.0 ? -sum : sum;
        worst = sum > worst ? sum : worst;
    }
    return worst;
}

static int32_t NAME(until_three)(void *context, const TS(report_t) *report)
{
    ++*(uint32_t *)context;
    return report->iterations < 3u;
}

/* The functions of a form of the cycle: as it is, and with coefficients in 16 bits. */
typedef struct {
    ts_status_t (*sizes)(const TS(pressure_config_t) *, TS(pressure_sizes_t) *);
    ts_status_t (*build)(TS(pressure_t) *, const TS(pressure_memory_t) *, const TS(pressure_config_t) *,
                         const uint8_t *, const ts_gates_t *);
    ts_status_t (*step)(TS(pressure_t) *, const TS(pressure_memory_t) *);
    ts_status_t (*run)(TS(pressure_t) *, const TS(pressure_memory_t) *);
    ts_status_t (*run_while)(TS(pressure_t) *, const TS(pressure_memory_t) *, TS(go_on_t), void *);
} NAME(form);

static const NAME(form) NAME(full) = {TS(pressure_sizes), TS(pressure_build), TS(pressure_step), TS(pressure_run),
                                      TS(pressure_run_while)};
static const NAME(form) NAME(compact) = {TS(pressure_compact_sizes), TS(pressure_compact_build),
                                         TS(pressure_compact_step), TS(pressure_compact_run),
                                         TS(pressure_compact_run_while)};

/* Iterations with trained gates. */
static uint32_t NAME(by_pressure)(const NAME(form) *form, const NAME(form) *stranger, uint32_t shape, uint32_t pieces,
                                  uint32_t two_words, double tolerance)
{
    static uint8_t codes[CELLS + 64u];
    static uint16_t indices[8192];
    static REAL workspace[16384];
    static uint8_t cells[CELLS];
    static REAL b[CELLS];
    static REAL x[CELLS];
    static REAL low[CELLS];
    TS(pressure_t) pressure;
    TS(pressure_config_t) config;
    TS(pressure_sizes_t) sizes;
    TS(pressure_memory_t) memory;
    TS(pressure_memory_t) other;
    TS(report_t) report;
    ts_gates_t gates;
    uint32_t asked = 0;
    uint32_t iterations[2];
    uint32_t which;
    uint32_t k;
    memset(&pressure, 0, sizeof pressure);
    memset(x, 0, sizeof x);
    memset(low, 0, sizeof low);
    NAME(region)(cells, b);
    CHECK(TS(pressure_config_default)(NULL, SIDE, SIDE) < 0);
    CHECK(TS(pressure_config_default)(&config, SIDE, SIDE) == TS_OK);
    CHECK(config.pieces == CELLS / 12u && config.open == TS_OPEN_BELOW && config.shape == TS_SHAPE_W);
    config.shape = shape;
    config.pieces = pieces;
    config.two_words = two_words;
    config.stopping.relative = (REAL)tolerance;
    CHECK(form->sizes(&config, &sizes) == TS_OK);
    CHECK(sizes.codes <= sizeof codes && sizes.indices <= 8192u && sizes.workspace < 16384u);
    memory.codes = codes;
    memory.codes_len = sizes.codes;
    memory.indices = sizes.indices == 0u ? NULL : indices;
    memory.indices_len = sizes.indices;
    memory.workspace = workspace;
    memory.workspace_len = sizes.workspace;
    workspace[sizes.workspace] = R(12345.0);
    codes[sizes.codes] = 77u;

    CHECK(ts_gates_hand_set(&gates) == TS_OK);
    /* Before it is built, and with what does not fit. */
    CHECK(REFUSED(form->step(&pressure, &memory), TS_ERROR_UNINITIALISED, TS_FIELD_OBJECT));
    CHECK(REFUSED(TS(pressure_start)(&pressure, &memory, &config, b, x), TS_ERROR_UNINITIALISED, TS_FIELD_OBJECT));
    CHECK(REFUSED(TS(pressure_report)(&pressure, &report), TS_ERROR_UNINITIALISED, TS_FIELD_OBJECT));
    CHECK(REFUSED(form->build(&pressure, NULL, &config, cells, &gates), TS_ERROR_NULL, TS_FIELD_SCRATCH));
    CHECK(REFUSED(form->build(&pressure, &memory, &config, NULL, &gates), TS_ERROR_NULL, TS_FIELD_MASK));
    CHECK(REFUSED(form->build(&pressure, &memory, &config, cells, NULL), TS_ERROR_NULL, TS_FIELD_VALUES));
    other = memory;
    other.workspace_len--;
    CHECK(REFUSED(form->build(&pressure, &other, &config, cells, &gates), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
    other = memory;
    other.codes_len--;
    CHECK(REFUSED(form->build(&pressure, &other, &config, cells, &gates), TS_ERROR_LENGTH, TS_FIELD_MASK));
    other = memory;
    other.codes = cells;
    CHECK(REFUSED(form->build(&pressure, &other, &config, cells, &gates), TS_ERROR_OVERLAP, TS_FIELD_MASK));
    if (sizes.indices > 0u) {
        other = memory;
        other.indices_len--;
        CHECK(REFUSED(form->build(&pressure, &other, &config, cells, &gates), TS_ERROR_LENGTH, TS_FIELD_ORDER));
    }
    cells[5] = 3u;
    CHECK(REFUSED(form->build(&pressure, &memory, &config, cells, &gates), TS_ERROR_OUT_OF_RANGE, TS_FIELD_MASK));
    cells[5] = TS_CELL_FLUID;
    config.nx = 0u;
    CHECK(REFUSED(form->sizes(&config, &sizes), TS_ERROR_OUT_OF_RANGE, TS_FIELD_SIZE));
    config.nx = UINT32_MAX;
    CHECK(REFUSED(form->build(&pressure, &memory, &config, cells, &gates), TS_ERROR_TOO_LARGE, TS_FIELD_SIZE));
    config.nx = SIDE;

    for (which = 0; which < 2u; which++) {
        CHECK((which == 0u ? ts_gates_hand_set(&gates) : ts_gates_trained(&gates)) == TS_OK);
        CHECK(form->build(&pressure, &memory, &config, cells, &gates) == TS_OK);
        CHECK(form->step(&pressure, &memory) == TS_STEP_BREAKDOWN);
        CHECK(TS(pressure_finish)(&pressure, &memory, &config, b, x, two_words == 1u ? low : NULL) == TS_OK);
        memset(x, 0, sizeof x);
        CHECK(TS(pressure_start)(&pressure, &memory, &config, b, x) == TS_OK);
        /* Before the first step: the starting guess, and nothing of an earlier solve. */
        CHECK(TS(pressure_finish)(&pressure, &memory, &config, b, x, two_words == 1u ? low : NULL) == TS_OK);
        for (k = 0; k < CELLS; k++) {
            CHECK(low[k] >= R(0.0) && low[k] <= R(0.0));
        }
        memset(x, 0, sizeof x);
        CHECK(TS(pressure_start)(&pressure, &memory, &config, b, x) == TS_OK);
        /* The functions of the other form do not take it. */
        other = memory;
        other.indices = indices;
        other.indices_len = sizeof indices / sizeof indices[0];
        other.workspace_len = sizeof workspace / sizeof workspace[0];
        CHECK(REFUSED(stranger->step(&pressure, &other), TS_ERROR_CORRUPT, TS_FIELD_OBJECT));
        CHECK(REFUSED(stranger->run(&pressure, &other), TS_ERROR_CORRUPT, TS_FIELD_OBJECT));
        CHECK(form->step(&pressure, &memory) == TS_STEP_RUNNING);
        CHECK(form->run_while(&pressure, &memory, NAME(until_three), &asked) == TS_STEP_INTERRUPTED);
        CHECK(asked > 0u && form->run_while(&pressure, &memory, NULL, NULL) < 0);
        CHECK(form->run(&pressure, &memory) == TS_STEP_CONVERGED);
        CHECK(TS(pressure_report)(&pressure, &report) == TS_OK && report.step == TS_STEP_CONVERGED);
        iterations[which] = report.iterations;
        CHECK(TS(pressure_finish)(&pressure, &memory, &config, b, x, two_words == 1u ? low : NULL) == TS_OK);
        CHECK(NAME(worst)(cells, b, x, two_words == 1u ? low : NULL) < 30.0 * tolerance);
        if (two_words == 1u && sizeof(REAL) == 4u) {
            /* One word alone is not as near. */
            CHECK(NAME(worst)(cells, b, x, low) < 0.6 * NAME(worst)(cells, b, x, NULL));
        }
        memset(x, 0, sizeof x);
        memset(low, 0, sizeof low);
    }
    CHECK(iterations[0] < 25u && iterations[1] <= iterations[0]);

    /* Gates that are garbage: the answer is right all the same. */
    for (which = 0; which < TS_GATES; which++) {
        gates.numbers[which] = which % 2u == 0u ? -3.0f : 900.0f;
    }
    CHECK(form->build(&pressure, &memory, &config, cells, &gates) == TS_OK);
    CHECK(TS(pressure_start)(&pressure, &memory, &config, b, x) == TS_OK);
    {
        const ts_status_t status = form->run(&pressure, &memory);
        CHECK(status == TS_STEP_CONVERGED || status == TS_STEP_HANDED_OVER);
    }
    CHECK(TS(pressure_finish)(&pressure, &memory, &config, b, x, NULL) == TS_OK);
    CHECK(workspace[sizes.workspace] > R(12344.0) && codes[sizes.codes] == 77u);

    /* Another region than that of the hierarchy, and an object or memory that was scrambled. */
    for (config.nx = SIDE - 2u; config.nx <= SIDE + 1u; config.nx++) {
        if (config.nx != SIDE) {
            CHECK(REFUSED(TS(pressure_start)(&pressure, &memory, &config, b, x), TS_ERROR_LENGTH, TS_FIELD_SIZE));
            CHECK(REFUSED(TS(pressure_finish)(&pressure, &memory, &config, b, x, NULL), TS_ERROR_LENGTH, TS_FIELD_SIZE));
        }
    }
    config.nx = SIDE;
    config.pieces++;
    CHECK(REFUSED(TS(pressure_finish)(&pressure, &memory, &config, b, x, NULL), TS_ERROR_OUT_OF_RANGE,
                  TS_FIELD_CONFIGURATION));
    config.pieces--;
    CHECK(REFUSED(TS(pressure_finish)(&pressure, &memory, NULL, b, x, NULL), TS_ERROR_NULL, TS_FIELD_CONFIGURATION));
    CHECK(REFUSED(TS(pressure_finish)(&pressure, &memory, &config, NULL, x, NULL), TS_ERROR_NULL, TS_FIELD_RIGHT_HAND_SIDE));
    CHECK(REFUSED(TS(pressure_finish)(&pressure, &memory, &config, b, NULL, NULL), TS_ERROR_NULL, TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(pressure_finish)(&pressure, &memory, &config, b, x, x), TS_ERROR_OVERLAP, TS_FIELD_OUTPUT));
    CHECK(REFUSED(TS(pressure_finish)(&pressure, &memory, &config, workspace, x, NULL), TS_ERROR_OVERLAP,
                  TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(pressure_finish)(&pressure, &memory, &config, b, workspace, NULL), TS_ERROR_OVERLAP,
                  TS_FIELD_ITERATE));
    config.stopping.max_iterations = 20u;
    for (which = 1; which < 400u; which++) {
        TS(pressure_t) scrambled = pressure;
        uint32_t state = which;
        scrambled.words[which % (sizeof pressure / 8u)] ^= (uint64_t)scramble_next(&state) << (which % 41u);
        codes[scramble_next(&state) % sizes.codes] = (uint8_t)scramble_next(&state);
        if (sizes.indices > 0u) {
            indices[scramble_next(&state) % sizes.indices] = (uint16_t)scramble_next(&state);
        }
        (void)TS(pressure_start)(&scrambled, &memory, &config, b, x);
        (void)form->step(&scrambled, &memory);
        (void)form->step(&scrambled, &memory);
        (void)TS(pressure_finish)(&scrambled, &memory, &config, b, x, NULL);
    }
    CHECK(workspace[sizes.workspace] > R(12344.0));
    return iterations[1];
}

/* z = r / 4.25 with every other element reversed: not positive. */
static void NAME(wrong)(void *context, const REAL *r, REAL *z, uint32_t n)
{
    uint32_t k;
    CHECK(context == NULL);
    for (k = 0; k < n; k++) {
        z[k] = k % 2u == 0u ? r[k] / R(4.25) : -r[k];
    }
}

static void NAME(scaled)(void *context, const REAL *r, REAL *z, uint32_t n)
{
    uint32_t k;
    CHECK(context == NULL);
    for (k = 0; k < n; k++) {
        z[k] = r[k] / R(4.25);
    }
}

static void NAME(by_dcd)(double tolerance)
{
    static NAME(grid) grid;
    static REAL x[N];
    static REAL workspace[7u * N];
    TS(operator_t) a;
    TS(preconditioner_t) good;
    TS(preconditioner_t) bad;
    TS(dcd_config_t) config;
    TS(dcd_t) dcd;
    TS(report_t) report;
    uint32_t variant;
    uint32_t calls = 0;
    NAME(fill)(&grid);
    CHECK(NAME(describe)(&a, STENCIL, &grid, &calls) == TS_OK);
    CHECK(TS(function_preconditioner_init)(&good, N, NAME(scaled), NULL) == TS_OK);
    CHECK(TS(function_preconditioner_init)(&bad, N, NAME(wrong), NULL) == TS_OK);
    CHECK(TS(dcd_config_default)(&config) == TS_OK && config.safeguard == 1u);
    CHECK(TS(dcd_workspace_len)(N, 3u, 0u) == 0u);
    config.stopping.relative = (REAL)(tolerance / 10.0);
    for (variant = 0; variant < 6u; variant++) {
        uint32_t asked = 0;
        size_t len;
        config.conjugation = variant % 3u;
        config.two_words = variant / 3u;
        len = TS(dcd_workspace_len)(N, config.conjugation, config.two_words);
        CHECK(len == N * ((config.conjugation == TS_CONJUGATION_RECURRENCE    ? 3u
                           : config.conjugation == TS_CONJUGATION_PREVIOUS ? 4u
                                                                            : 6u) +
                          config.two_words));
        memset(x, 0, sizeof x);
        CHECK(REFUSED(TS(dcd_init)(&dcd, &a, &good, grid.b, x, workspace, len - 1u, &config), TS_ERROR_LENGTH,
                      TS_FIELD_WORKSPACE));
        CHECK(TS(dcd_init)(&dcd, &a, &good, grid.b, x, workspace, len, &config) == TS_OK);
        CHECK(TS(dcd_step)(&dcd, &a, &good, grid.b, x, workspace, len) == TS_STEP_RUNNING);
        CHECK(TS(dcd_run_while)(&dcd, &a, &good, grid.b, x, workspace, len, NAME(until_three), &asked) ==
              TS_STEP_INTERRUPTED);
        CHECK(TS(dcd_run)(&dcd, &a, &good, grid.b, x, workspace, len) == TS_STEP_CONVERGED);
        CHECK(TS(dcd_report)(&dcd, &report) == TS_OK && report.residual <= report.target);
        CHECK(NAME(defect)(&grid, x) < tolerance);
        memset(x, 0, sizeof x);
        CHECK(TS(dcd_init)(&dcd, &a, &bad, grid.b, x, workspace, len, &config) == TS_OK);
        CHECK(TS(dcd_run)(&dcd, &a, &bad, grid.b, x, workspace, len) == TS_STEP_HANDED_OVER);
        CHECK(NAME(defect)(&grid, x) < tolerance);
    }
    config.conjugation = 3u;
    CHECK(REFUSED(TS(dcd_init)(&dcd, &a, &good, grid.b, x, workspace, 6u * N, &config), TS_ERROR_OUT_OF_RANGE,
                  TS_FIELD_CONFIGURATION));
}

static void NAME(pressures)(double tolerance)
{
    const NAME(form) *const full = &NAME(full);
    const NAME(form) *const compact = &NAME(compact);
    uint32_t iterations;
    NAME(by_dcd)(tolerance);
    iterations = NAME(by_pressure)(full, compact, TS_SHAPE_W, 72u, 0u, tolerance);
    CHECK(NAME(by_pressure)(compact, full, TS_SHAPE_W, 72u, 0u, tolerance) <= iterations + 1u);
    (void)NAME(by_pressure)(full, compact, TS_SHAPE_V, 0u, 0u, tolerance);
    (void)NAME(by_pressure)(compact, full, TS_SHAPE_V, 0u, 0u, tolerance);
    (void)NAME(by_pressure)(full, compact, TS_SHAPE_W, 0u, 1u, sizeof(REAL) == 4u ? 1e-7 : tolerance / 10.0);
    (void)NAME(by_pressure)(compact, full, TS_SHAPE_W, 0u, 1u, sizeof(REAL) == 4u ? 1e-7 : tolerance / 10.0);
}
