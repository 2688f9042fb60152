/* The body of masked.c, in one precision. */

DRIVEN(masked, TS(entries_t))
DRIVEN(completion, TS(entries_t))

/* Whether X fits the truth at every entry. */
static int NAME(fits)(const TS(recovery_memory_t) *memory, uint32_t rank, double within)
{
    uint32_t k;
    uint32_t c;
    for (k = 0; k < ALL; k++) {
        double sum = -truth(k);
        for (c = 0; c < rank; c++) {
            sum += (double)memory->left[k / COLUMNS * rank + c] * (double)memory->right[k % COLUMNS * rank + c];
        }
        if (sum > within || sum < -within) {
            return 0;
        }
    }
    return 1;
}

static void NAME(entries)(void)
{
    TS(entries_t) known;
    TS(entries_t) strange;
    TS(recovery_memory_t) memory;
    TS(recovery_memory_t) other;
    TS(masked_config_t) config;
    TS(completion_config_t) exact;
    TS(masked_t) masked;
    TS(completion_t) completion;
    TS(report_t) report;
    uint32_t rank = 99;
    uint32_t k;
    uint32_t count = 0;
    REAL *values = NAME(reals)(ALL);
    REAL *list = NAME(reals)(ALL);
    uint8_t *mask = (uint8_t *)malloc(ALL);
    uint32_t *starts = (uint32_t *)malloc((ROWS + 1u) * sizeof(uint32_t));
    uint16_t *indices = (uint16_t *)malloc(ALL * sizeof(uint16_t));
    CHECK(mask && starts && indices);
    for (k = 0; k < ALL; k++) {
        values[k] = (REAL)(truth(k) + (k % 9u == 4u ? 30.0 : 0.0));
        mask[k] = (uint8_t)(k % 8u != 1u);
    }
    /* What the mask hides may be anything. */
    memset(&values[1], 0xff, sizeof values[1]);
    memset(&known, 0, sizeof known);
    known.rows = ROWS;
    known.columns = COLUMNS;
    known.count = ALL;
    known.values = values;
    known.mask = mask;
    memset(&memory, 0, sizeof memory);
    memory.left_len = ROWS * RANK_MAX;
    memory.left = NAME(reals)(memory.left_len);
    memory.right_len = COLUMNS * RANK_MAX;
    memory.right = NAME(reals)(memory.right_len);
    memory.workspace_len = ts_masked_workspace_len(ROWS, COLUMNS, RANK_MAX);
    memory.workspace = NAME(reals)(memory.workspace_len);

    CHECK(TS(masked_config_default)(NULL, 1) < 0);
    CHECK(TS(masked_config_default)(&config, 1) == TS_OK);
    config.rank_max = RANK_MAX;
    NAME(drive_masked)(&known, &memory, &config, TS_STEP_CONVERGED);
    CHECK(TS(masked_init)(&masked, &known, &memory, &config) == TS_OK);
    CHECK(TS(masked_run)(&masked, &known, &memory) == TS_STEP_CONVERGED);
    CHECK(TS(masked_rank)(&masked, &rank) == TS_OK && rank == 1 && TS(masked_rank)(&masked, NULL) < 0);
    CHECK(NAME(fits)(&memory, rank, 1e-4));
    CHECK(TS(masked_report)(&masked, &report) == TS_OK);
    /* The entries in error are those beyond the target. */
    for (k = 0; k < ALL; k++) {
        const double miss = (double)values[k] - (double)memory.left[k / COLUMNS] * (double)memory.right[k % COLUMNS];
        CHECK(mask[k] == 0 || (miss > (double)report.target) == (k % 9u == 4u));
    }

    other = memory;
    other.right_len -= 1;
    CHECK(REFUSED(TS(masked_init)(&masked, &known, &other, &config), TS_ERROR_LENGTH, TS_FIELD_FACTORS));
    other = memory;
    other.right = values;
    CHECK(REFUSED(TS(masked_init)(&masked, &known, &other, &config), TS_ERROR_OVERLAP, TS_FIELD_FACTORS));
    strange = known;
    strange.values = NULL;
    CHECK(REFUSED(TS(masked_init)(&masked, &strange, &memory, &config), TS_ERROR_NULL, TS_FIELD_VALUES));
    strange = known;
    strange.count -= 1;
    CHECK(REFUSED(TS(masked_init)(&masked, &strange, &memory, &config), TS_ERROR_LENGTH, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(masked_step)(&masked, &strange, &memory), TS_ERROR_LENGTH, TS_FIELD_MATRIX));
    strange = known;
    strange.rows = 0;
    CHECK(TS_ERROR_KIND(TS(masked_init)(&masked, &strange, &memory, &config)) == TS_ERROR_OUT_OF_RANGE);
    strange = known;
    strange.rows = strange.columns = UINT32_MAX;
    CHECK(TS(masked_init)(&masked, &strange, &memory, &config) < 0);
    strange = known;
    strange.mask = NULL;
    CHECK(REFUSED(TS(masked_init)(&masked, &strange, &memory, &config), TS_ERROR_NOT_FINITE, TS_FIELD_VALUES));
    config.tolerance = (REAL)0.0;
    CHECK(REFUSED(TS(masked_init)(&masked, &known, &memory, &config), TS_ERROR_OUT_OF_RANGE, TS_FIELD_TOLERANCE));
    config.rank = 0;
    CHECK(REFUSED(TS(masked_init)(&masked, &known, &memory, &config), TS_ERROR_OUT_OF_RANGE, TS_FIELD_RANK));

    /* Without the errors, as a list, by least squares. */
    for (k = 0; k < ALL; k++) {
        if (k % COLUMNS == 0) {
            starts[k / COLUMNS] = count;
        }
        if (mask[k] != 0) {
            indices[count] = (uint16_t)(k % COLUMNS);
            list[count++] = (REAL)truth(k);
        }
    }
    starts[ROWS] = count;
    known.count = count;
    known.values = list;
    known.mask = NULL;
    known.starts = starts;
    known.indices = indices;
    free(memory.workspace);
    memory.workspace_len = ts_completion_workspace_len(1);
    memory.workspace = NAME(reals)(memory.workspace_len);
    memory.left_len = ROWS;
    memory.right_len = COLUMNS;
    CHECK(TS(completion_config_default)(NULL, 1) < 0);
    CHECK(TS(completion_config_default)(&exact, 1) == TS_OK);
    NAME(drive_completion)(&known, &memory, &exact, TS_STEP_CONVERGED);
    exact.inner_steps = 2;
    CHECK(TS(completion_init)(&completion, &known, &memory, &exact) == TS_OK);
    CHECK(TS(completion_run)(&completion, &known, &memory) == TS_STEP_CONVERGED && NAME(fits)(&memory, 1, 1e-2));
    indices[1] = indices[0];
    CHECK(REFUSED(TS(completion_init)(&completion, &known, &memory, &exact), TS_ERROR_UNORDERED, TS_FIELD_COLUMNS));
    indices[1] = 999;
    CHECK(REFUSED(TS(completion_init)(&completion, &known, &memory, &exact), TS_ERROR_OUT_OF_RANGE, TS_FIELD_COLUMNS));
    /* A list that changes after it was looked at does no harm. */
    NAME(sane)(TS(completion_step)(&completion, &known, &memory));
    exact.seeded = 1;
    strange = known;
    strange.indices = NULL;
    CHECK(REFUSED(TS(completion_init)(&completion, &strange, &memory, &exact), TS_ERROR_NULL, TS_FIELD_COLUMNS));
    exact.accuracy = (REAL)1.0;
    indices[1] = (uint16_t)(indices[0] + 1u);
    CHECK(TS_ERROR_KIND(TS(completion_init)(&completion, &known, &memory, &exact)) == TS_ERROR_OUT_OF_RANGE);
    exact.seeded = 2;
    CHECK(REFUSED(TS(completion_init)(&completion, &known, &memory, &exact), TS_ERROR_OUT_OF_RANGE,
                  TS_FIELD_CONFIGURATION));
    free(values);
    free(list);
    free(mask);
    free(starts);
    free(indices);
    free(memory.left);
    free(memory.right);
    free(memory.workspace);
}

/* Columns that are multiples of one another with a little noise, but for an entry in each, one that is always wrong and one
   that is never known. */
static void NAME(streams)(void)
{
    TS(recovery_memory_t) memory;
    TS(recovery_memory_t) other;
    TS(online_config_t) config;
    TS(online_t) online;
    TS(online_t) moved;
    TS(observation_t) seen;
    uint32_t seed = 3;
    uint32_t column;
    uint32_t k;
    REAL z[ROWS];
    REAL c[1];
    REAL *clean = NAME(reals)(ROWS);
    memset(&memory, 0, sizeof memory);
    memset(&online, 0, sizeof online);
    memory.left_len = ROWS;
    memory.left = NAME(reals)(ROWS);
    memory.workspace_len = ts_online_workspace_len(ROWS, 1);
    memory.workspace = NAME(reals)(memory.workspace_len);
    memset(z, 0, sizeof z);
    CHECK(TS(online_config_default)(NULL, 1) < 0);
    CHECK(TS(online_config_default)(&config, 1) == TS_OK);
    CHECK(TS_ERROR_KIND(TS(online_observe)(&online, &memory, z, clean, ROWS, &seen)) == TS_ERROR_UNINITIALISED);
    CHECK(REFUSED(TS(online_init)(NULL, ROWS, &memory, &config), TS_ERROR_NULL, TS_FIELD_OBJECT));
    CHECK(REFUSED(TS(online_init)(&online, ROWS, NULL, &config), TS_ERROR_NULL, TS_FIELD_SCRATCH));
    CHECK(REFUSED(TS(online_init)(&online, ROWS, &memory, NULL), TS_ERROR_NULL, TS_FIELD_CONFIGURATION));
    CHECK(REFUSED(TS(online_init)(&online, 0, &memory, &config), TS_ERROR_OUT_OF_RANGE, TS_FIELD_SIZE));
    other = memory;
    other.workspace_len -= 1;
    CHECK(REFUSED(TS(online_init)(&online, ROWS, &other, &config), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
    other = memory;
    other.left = memory.workspace;
    CHECK(REFUSED(TS(online_init)(&online, ROWS, &other, &config), TS_ERROR_OVERLAP, TS_FIELD_FACTORS));
    CHECK(TS(online_init)(&online, ROWS, &memory, &config) == TS_OK);
    for (column = 0; column < 200; column++) {
        const double size = 1.0 + (double)(scramble_next(&seed) % 100u) / 50.0;
        for (k = 0; k < ROWS; k++) {
            const double noise = ((double)(scramble_next(&seed) % 1000u) / 1000.0 - 0.5) * 0.02;
            z[k] = (REAL)(size * truth(k * COLUMNS + 2u) + noise);
        }
        z[5] += (REAL)((scramble_next(&seed) % 2u == 0 ? 10.0 : -10.0) - (double)(scramble_next(&seed) % 100u) / 10.0);
        z[scramble_next(&seed) % 5u] -= (REAL)20.0;
        /* One that is not known. */
        memset(&z[9], 0xff, sizeof z[9]);
        moved = online;
        memset(&online, 0xff, sizeof online);
        CHECK(TS(online_observe)(&moved, &memory, z, clean, ROWS, &seen) == TS_OK);
        online = moved;
    }
    CHECK(seen.trusted == 1 && seen.errors >= 2);
    for (k = 0; k < ROWS; k++) {
        /* The broken one and the one never known have nothing to go by. */
        const double miss = (double)(clean[k] / clean[6]) - truth(k * COLUMNS + 2u) / truth(6u * COLUMNS + 2u);
        CHECK((k == 5u || k == 9u) || (miss < 0.03 && miss > -0.03));
    }
    CHECK(TS(online_coefficients)(&online, &memory, c, 1) == TS_OK);
    /* The basis has learned since. */
    CHECK((double)(c[0] * memory.left[6] / clean[6]) > 0.99 && (double)(c[0] * memory.left[6] / clean[6]) < 1.01);
    CHECK(TS(online_error_rates)(&online, &memory, clean, ROWS) == TS_OK);
    CHECK(clean[5] > (REAL)0.9 && clean[6] < (REAL)0.5);
    CHECK(REFUSED(TS(online_error_rates)(&online, &memory, clean, ROWS - 1u), TS_ERROR_LENGTH, TS_FIELD_OUTPUT));
    CHECK(REFUSED(TS(online_coefficients)(&online, &memory, NULL, 1), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(TS(online_observe)(&online, &memory, NULL, clean, ROWS, &seen), TS_ERROR_NULL, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(online_observe)(&online, &memory, z, clean, ROWS - 1u, &seen), TS_ERROR_LENGTH, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(online_observe)(&online, &memory, z, z, ROWS, &seen), TS_ERROR_OVERLAP, TS_FIELD_OUTPUT));
    CHECK(REFUSED(TS(online_observe)(&online, &memory, z, clean, ROWS, NULL), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    for (k = 4; k < sizeof online; k++) {
        unsigned char *byte = (unsigned char *)&online;
        moved = online;
        byte[k] = (unsigned char)scramble_next(&seed);
        NAME(sane)(TS(online_observe)(&online, &memory, z, clean, ROWS, &seen));
        online = moved;
    }
    free(clean);
    free(memory.left);
    free(memory.workspace);
}
