/* The body of recovery.c, in one precision. */

DRIVEN(ladder, ts_measurement_t)
DRIVEN(subgm, ts_measurement_t)

/* <A_i, xx'> with the signs of row i: off the diagonal sqrt(2) times. Every seventh one is wrong. */
static void NAME(measure)(uint64_t seed, REAL *y)
{
    uint32_t index;
    for (index = 0; index < COUNT; index++) {
        uint32_t row[(ENTRIES + 31u) / 32u];
        uint32_t place = 0;
        uint32_t i;
        uint32_t j;
        double sum = 0.0;
        CHECK(ts_measurement_signs(seed, index, row, sizeof row / sizeof row[0]) == TS_OK);
        for (i = 0; i < N; i++) {
            for (j = 0; j <= i; j++) {
                const double value = exact[i] * exact[j] * (i == j ? 1.0 : 1.4142135623730951);
                sum += ((row[place / 32u] >> (place % 32u)) & 1u) != 0u ? value : -value;
                place++;
            }
        }
        y[index] = (REAL)(index % 7u == 3u ? 50.0 + sum : sum);
    }
}

static void NAME(recoveries)(void)
{
    const ts_measurement_t signs = {42u, TS_MEASUREMENT_SIGNS, N, 0u, COUNT};
    ts_measurement_t strange = signs;
    TS(recovery_memory_t) memory;
    TS(recovery_memory_t) other;
    TS(ladder_config_t) config;
    TS(subgm_config_t) published;
    TS(ladder_t) ladder;
    TS(subgm_t) subgm;
    uint32_t rank = 99;
    double product;
    REAL *y = NAME(reals)(COUNT);
    memset(&memory, 0, sizeof memory);
    NAME(measure)(42u, y);
    memory.y = y;
    memory.left_len = N * RANK_MAX;
    memory.left = NAME(reals)(memory.left_len);
    memory.workspace_len = ts_ladder_workspace_len(TS_MEASUREMENT_SIGNS, N, 0, RANK_MAX);
    memory.workspace = NAME(reals)(memory.workspace_len);
    memory.words_len = ts_measurement_words_len(TS_MEASUREMENT_SIGNS, N, 0, COUNT);
    memory.words = (uint32_t *)malloc(memory.words_len * sizeof(uint32_t));
    CHECK(memory.words != NULL);

    CHECK(TS(ladder_config_default)(NULL, RANK_MAX) < 0);
    CHECK(TS(ladder_config_default)(&config, RANK_MAX) == TS_OK);
    config.measurements_per_step = 100;
    NAME(drive_ladder)(&signs, &memory, &config, TS_STEP_CONVERGED);
    CHECK(TS(ladder_init)(&ladder, &signs, &memory, &config) == TS_OK);
    CHECK(TS(ladder_run)(&ladder, &signs, &memory) == TS_STEP_CONVERGED);
    CHECK(TS(ladder_rank)(&ladder, &rank) == TS_OK && rank == 1);
    CHECK(TS(ladder_rank)(&ladder, NULL) < 0);
    product = (double)(memory.left[0] * memory.left[3]);
    CHECK(product > 2.9999 && product < 3.0001);
    other = memory;
    other.words_len -= 1;
    CHECK(REFUSED(TS(ladder_init)(&ladder, &signs, &other, &config), TS_ERROR_LENGTH, TS_FIELD_BYTES));
    other = memory;
    other.y = (const REAL *)((uintptr_t)y + 1u);
    CHECK(REFUSED(TS(ladder_init)(&ladder, &signs, &other, &config), TS_ERROR_MISALIGNED, TS_FIELD_MEASUREMENTS));
    other = memory;
    other.y = memory.left;
    CHECK(TS_ERROR_KIND(TS(ladder_init)(&ladder, &signs, &other, &config)) == TS_ERROR_OVERLAP);
    strange.kind = 4;
    CHECK(REFUSED(TS(ladder_init)(&ladder, &strange, &memory, &config), TS_ERROR_OUT_OF_RANGE, TS_FIELD_MATRIX));
    strange.kind = TS_MEASUREMENT_PAIRED;
    strange.columns = 4;
    CHECK(REFUSED(TS(ladder_init)(&ladder, &strange, &memory, &config), TS_ERROR_OUT_OF_RANGE, TS_FIELD_MATRIX));
    strange = signs;
    strange.count -= 8;
    CHECK(REFUSED(TS(ladder_step)(&ladder, &strange, &memory), TS_ERROR_LENGTH, TS_FIELD_MATRIX));
    config.rank_max = 0;
    CHECK(REFUSED(TS(ladder_init)(&ladder, &signs, &memory, &config), TS_ERROR_OUT_OF_RANGE, TS_FIELD_RANK));
    config.rank_max = RANK_MAX;
    memset(&y[7], 0xff, sizeof y[7]);
    CHECK(REFUSED(TS(ladder_init)(&ladder, &signs, &memory, &config), TS_ERROR_NOT_FINITE, TS_FIELD_MEASUREMENTS));
    NAME(measure)(42u, y);

    /* The published method, over-parameterised: close, without a certificate. */
    free(memory.workspace);
    CHECK(TS(subgm_config_default)(NULL, RANK_MAX) < 0);
    CHECK(TS(subgm_config_default)(&published, RANK_MAX) == TS_OK);
    published.tolerance = (REAL)1e-3;
    memory.workspace_len = ts_subgm_workspace_len(TS_MEASUREMENT_SIGNS, N, RANK_MAX, published.start);
    memory.workspace = NAME(reals)(memory.workspace_len);
    NAME(drive_subgm)(&signs, &memory, &published, TS_STEP_CONVERGED);
    product = (double)(memory.left[0] * memory.left[3] + memory.left[N] * memory.left[N + 3u]);
    CHECK(product > 2.9 && product < 3.1);
    published.start = 3;
    CHECK(REFUSED(TS(subgm_init)(&subgm, &signs, &memory, &published), TS_ERROR_OUT_OF_RANGE, TS_FIELD_CONFIGURATION));
    published.start = TS_SUBGM_START_RANDOM;
    published.schedule = 3;
    CHECK(REFUSED(TS(subgm_init)(&subgm, &signs, &memory, &published), TS_ERROR_OUT_OF_RANGE, TS_FIELD_CONFIGURATION));
    published.schedule = TS_SUBGM_GEOMETRIC;
    published.decay = (REAL)1.0;
    CHECK(REFUSED(TS(subgm_init)(&subgm, &signs, &memory, &published), TS_ERROR_OUT_OF_RANGE, TS_FIELD_CONFIGURATION));
    published.decay = (REAL)0.98;
    published.columns = 0;
    CHECK(REFUSED(TS(subgm_init)(&subgm, &signs, &memory, &published), TS_ERROR_OUT_OF_RANGE, TS_FIELD_RANK));
    free(y);
    free(memory.left);
    free(memory.workspace);
    free(memory.words);
}
