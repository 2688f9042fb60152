/* The body of scramble.c, in one precision. */

#define ROUNDS 400
#define LEN (6u * N)

typedef struct NAME(bench) {
    TS(operator_t) a;
    TS(sor_t) sor;
    TS(cg_t) cg;
    TS(ssor_cg_t) ssor_cg;
    TS(pcg_t) pcg;
    REAL *x;
    REAL *workspace;
    REAL *scaling;
} NAME(bench);

/* Whatever a status says, it must be one there is. */
static void NAME(sane)(ts_status_t status)
{
    CHECK(status <= TS_STEP_HANDED_OVER);
    CHECK(status >= 0 || (TS_ERROR_KIND(status) >= 1 && TS_ERROR_KIND(status) <= TS_ERROR_UNINITIALISED));
}

static void NAME(start)(NAME(bench) *bench, const NAME(grid) *grid)
{
    TS(sor_config_t) sor_config;
    TS(cg_config_t) cg_config;
    TS(ssor_cg_config_t) ssor_cg_config;
    uint32_t k;
    CHECK(TS(sor_config_default)(&sor_config) == TS_OK);
    CHECK(TS(cg_config_default)(&cg_config) == TS_OK);
    CHECK(TS(ssor_cg_config_default)(&ssor_cg_config) == TS_OK);
    sor_config.keep_best = cg_config.keep_best = ssor_cg_config.keep_best = 1;
    sor_config.rows_per_step = 20;
    for (k = 0; k < N; k++) {
        bench->x[k] = R(0.0);
    }
    CHECK(TS(sor_init)(&bench->sor, &bench->a, grid->b, bench->x, bench->workspace, LEN, &sor_config) == TS_OK);
    CHECK(TS(cg_init)(&bench->cg, &bench->a, grid->b, bench->x, bench->workspace, LEN, &cg_config) == TS_OK);
    CHECK(TS(ssor_cg_init)(&bench->ssor_cg, &bench->a, grid->b, bench->x, bench->workspace, LEN, &ssor_cg_config) ==
          TS_OK);
}

/* A few steps of everything; nothing is promised but that no byte outside is touched, which the sanitizer sees. */
static void NAME(exercise)(NAME(bench) *bench, const NAME(grid) *grid)
{
    TS(preconditioner_t) m;
    TS(cg_config_t) config;
    TS(report_t) report;
    uint32_t k;
    for (k = 0; k < 6; k++) {
        NAME(sane)(TS(sor_step)(&bench->sor, &bench->a, grid->b, bench->x, bench->workspace, LEN));
    }
    for (k = 0; k < 4; k++) {
        NAME(sane)(TS(cg_step)(&bench->cg, &bench->a, grid->b, bench->x, bench->workspace, LEN));
    }
    for (k = 0; k < 4; k++) {
        NAME(sane)(TS(ssor_cg_step)(&bench->ssor_cg, &bench->a, grid->b, bench->x, bench->workspace, LEN));
    }
    NAME(sane)(TS(sor_report)(&bench->sor, &report));
    NAME(sane)(TS(cg_report)(&bench->cg, &report));
    NAME(sane)(TS(ssor_cg_report)(&bench->ssor_cg, &report));
    if (TS(ssor_preconditioner_init)(&m, &bench->a, R(1.2), bench->scaling, N) == TS_OK) {
        CHECK(TS(cg_config_default)(&config) == TS_OK);
        for (k = 0; k < N; k++) {
            bench->x[k] = R(0.0);
        }
        if (TS(pcg_init)(&bench->pcg, &bench->a, &m, grid->b, bench->x, bench->workspace, LEN, &config) == TS_OK) {
            for (k = 0; k < 4; k++) {
                NAME(sane)(TS(pcg_step)(&bench->pcg, &bench->a, &m, grid->b, bench->x, bench->workspace, LEN));
            }
        }
    }
}

static void NAME(scramble_bytes)(void *bytes, size_t first, size_t len, uint32_t *seed)
{
    unsigned char *byte = (unsigned char *)bytes;
    uint32_t hits = 1u + scramble_next(seed) % 4u;
    while (hits-- > 0) {
        byte[first + scramble_next(seed) % (len - first)] = (unsigned char)scramble_next(seed);
    }
}

static void NAME(scramble)(void)
{
    static NAME(grid) original;
    NAME(bench) bench;
    uint32_t seed = 7;
    uint32_t round;
    int kind;
    /* On the heap, where the sanitizer knows the ends. */
    NAME(grid) *grid = (NAME(grid) *)malloc(sizeof *grid);
    uint16_t *starts16 = (uint16_t *)malloc(sizeof original.starts16);
    uint16_t *columns16 = (uint16_t *)malloc(sizeof original.columns16);
    uint32_t *starts32 = (uint32_t *)malloc(sizeof original.starts32);
    uint32_t *columns32 = (uint32_t *)malloc(sizeof original.columns32);
    REAL *values = (REAL *)malloc(sizeof original.values);
    bench.x = (REAL *)malloc(N * sizeof(REAL));
    bench.workspace = (REAL *)malloc(LEN * sizeof(REAL));
    bench.scaling = (REAL *)malloc(N * sizeof(REAL));
    CHECK(grid && starts16 && columns16 && starts32 && columns32 && values);
    CHECK(bench.x && bench.workspace && bench.scaling);
    memset(bench.workspace, 0, LEN * sizeof(REAL));
    NAME(fill)(&original);
    *grid = original;
    memset(values, 0, sizeof original.values);
    memcpy(values, original.values, sizeof original.values);

    /* Indices that change after they were checked. */
    for (round = 0; round < ROUNDS; round++) {
        memcpy(starts16, original.starts16, sizeof original.starts16);
        memcpy(columns16, original.columns16, sizeof original.columns16);
        memcpy(starts32, original.starts32, sizeof original.starts32);
        memcpy(columns32, original.columns32, sizeof original.columns32);
        if (round % 2u == 0) {
            CHECK(TS(csr16_init)(&bench.a, N, starts16, NONZEROS, columns16, values) == TS_OK);
            NAME(start)(&bench, grid);
            NAME(scramble_bytes)(starts16, 0, sizeof original.starts16, &seed);
            NAME(scramble_bytes)(columns16, 0, sizeof original.columns16, &seed);
        } else {
            CHECK(TS(csr32_init)(&bench.a, N, starts32, NONZEROS, columns32, values) == TS_OK);
            NAME(start)(&bench, grid);
            NAME(scramble_bytes)(starts32, 0, sizeof original.starts32, &seed);
            NAME(scramble_bytes)(columns32, 0, sizeof original.columns32, &seed);
        }
        NAME(exercise)(&bench, grid);
    }

    /* Objects that change between two steps, their first word apart. */
    for (kind = 0; kind < KINDS; kind++) {
        uint32_t calls = 0;
        if (kind == FUNCTION) {
            continue;
        }
        for (round = 0; round < ROUNDS; round++) {
            CHECK(NAME(describe)(&bench.a, (enum kind)kind, grid, &calls) == TS_OK);
            NAME(start)(&bench, grid);
            (void)TS(sor_step)(&bench.sor, &bench.a, grid->b, bench.x, bench.workspace, LEN);
            (void)TS(ssor_cg_step)(&bench.ssor_cg, &bench.a, grid->b, bench.x, bench.workspace, LEN);
            NAME(scramble_bytes)(&bench.sor, 4, sizeof bench.sor, &seed);
            NAME(scramble_bytes)(&bench.cg, 4, sizeof bench.cg, &seed);
            NAME(scramble_bytes)(&bench.ssor_cg, 4, sizeof bench.ssor_cg, &seed);
            NAME(exercise)(&bench, grid);
        }
    }
    free(grid);
    free(starts16);
    free(columns16);
    free(starts32);
    free(columns32);
    free(values);
    free(bench.x);
    free(bench.workspace);
    free(bench.scaling);
}

#undef ROUNDS
#undef LEN
