/* The body of methods.c, in one precision. */

/* z = D^-1 r, a preconditioner. */
static void NAME(jacobi)(void *context, const REAL *r, REAL *z, uint32_t n)
{
    uint32_t k;
    CHECK(context == NULL);
    for (k = 0; k < n; k++) {
        z[k] = r[k] / R(4.25);
    }
}

static void NAME(solved)(const NAME(grid) *grid, const NAME(guarded) *x, const NAME(guarded) *workspace,
                         const TS(report_t) *report, ts_status_t status, double tolerance)
{
    CHECK(status == TS_STEP_CONVERGED);
    CHECK(report->step == TS_STEP_CONVERGED);
    CHECK(report->iterations > 3 && report->iterations < 500);
    CHECK(report->residual <= report->target);
    CHECK(NAME(intact)(x) && NAME(intact)(workspace));
    CHECK(NAME(defect)(grid, x->memory + GUARD) < tolerance);
}

static void NAME(by_sor)(const NAME(grid) *grid, const TS(operator_t) *a, uint32_t scaling_len, double tolerance)
{
    uint32_t variant;
    for (variant = 0; variant < 8; variant++) {
        static NAME(guarded) x_memory;
        static NAME(guarded) workspace_memory;
        TS(sor_config_t) config;
        TS(sor_t) sor;
        TS(report_t) report;
        const uint32_t keep_best = variant & 1u;
        const size_t len = TS_SOR_WORKSPACE_LEN(N, scaling_len, keep_best);
        REAL *x = NAME(lend)(&x_memory, N, R(0.0));
        REAL *workspace = NAME(lend)(&workspace_memory, len, R(0.0));
        ts_status_t status;
        CHECK(TS(sor_config_default)(&config) == TS_OK);
        config.omega = R(1.3);
        config.stopping.relative = (REAL)(tolerance / 10.0);
        config.keep_best = keep_best;
        config.symmetric = (variant >> 1) & 1u;
        config.rows_per_step = variant >> 2 != 0 ? 17u : 0u;
        if (len > 0) {
            CHECK(REFUSED(TS(sor_init)(&sor, a, grid->b, x, workspace, len - 1, &config), TS_ERROR_LENGTH,
                          TS_FIELD_WORKSPACE));
        }
        CHECK(TS(sor_init)(&sor, a, grid->b, x, workspace, len, &config) == TS_OK);
        CHECK(TS(sor_report)(&sor, &report) == TS_OK && report.step == TS_STEP_RUNNING && report.iterations == 0);
        status = TS(sor_run)(&sor, a, grid->b, x, workspace, len);
        CHECK(TS(sor_report)(&sor, &report) == TS_OK);
        NAME(solved)(grid, &x_memory, &workspace_memory, &report, status, tolerance);
        CHECK(TS(sor_step)(&sor, a, grid->b, x, workspace, len) == TS_STEP_CONVERGED);
    }
}

static void NAME(by_ssor_cg)(const NAME(grid) *grid, const TS(operator_t) *a, uint32_t scaling_len, double tolerance)
{
    uint32_t variant;
    for (variant = 0; variant < 4; variant++) {
        static NAME(guarded) x_memory;
        static NAME(guarded) workspace_memory;
        const uint32_t keep_best = variant & 1u;
        TS(ssor_cg_config_t) config;
        TS(ssor_cg_t) cg;
        TS(report_t) report;
        const size_t len = TS_SSOR_CG_WORKSPACE_LEN(N, scaling_len, keep_best);
        REAL *x = NAME(lend)(&x_memory, N, R(0.0));
        REAL *workspace = NAME(lend)(&workspace_memory, len, R(0.0));
        ts_status_t status;
        CHECK(TS(ssor_cg_config_default)(&config) == TS_OK);
        config.omega = R(1.3);
        config.stopping.relative = (REAL)(tolerance / 10.0);
        config.keep_best = keep_best;
        config.rows_per_step = variant >> 1 != 0 ? 17u : 0u;
        CHECK(REFUSED(TS(ssor_cg_init)(&cg, a, grid->b, x, workspace, len - 1, &config), TS_ERROR_LENGTH,
                      TS_FIELD_WORKSPACE));
        CHECK(TS(ssor_cg_init)(&cg, a, grid->b, x, workspace, len, &config) == TS_OK);
        status = TS(ssor_cg_run)(&cg, a, grid->b, x, workspace, len);
        CHECK(TS(ssor_cg_report)(&cg, &report) == TS_OK);
        NAME(solved)(grid, &x_memory, &workspace_memory, &report, status, tolerance);
        CHECK(TS(ssor_cg_step)(&cg, a, grid->b, x, workspace, len) == TS_STEP_CONVERGED);
    }
}

static void NAME(by_cg)(const NAME(grid) *grid, const TS(operator_t) *a, double tolerance)
{
    uint32_t keep_best;
    for (keep_best = 0; keep_best < 2; keep_best++) {
        static NAME(guarded) x_memory;
        static NAME(guarded) workspace_memory;
        TS(cg_config_t) config;
        TS(cg_t) cg;
        TS(report_t) report;
        const size_t len = TS_CG_WORKSPACE_LEN(N, keep_best);
        REAL *x = NAME(lend)(&x_memory, N, R(0.0));
        REAL *workspace = NAME(lend)(&workspace_memory, len, R(0.0));
        ts_status_t status;
        CHECK(TS(cg_config_default)(&config) == TS_OK);
        config.stopping.relative = (REAL)(tolerance / 10.0);
        config.keep_best = keep_best;
        CHECK(REFUSED(TS(cg_init)(&cg, a, grid->b, x, workspace, len - 1, &config), TS_ERROR_LENGTH,
                      TS_FIELD_WORKSPACE));
        CHECK(TS(cg_init)(&cg, a, grid->b, x, workspace, len, &config) == TS_OK);
        status = TS(cg_run)(&cg, a, grid->b, x, workspace, len);
        CHECK(TS(cg_report)(&cg, &report) == TS_OK);
        NAME(solved)(grid, &x_memory, &workspace_memory, &report, status, tolerance);
        CHECK(TS(cg_step)(&cg, a, grid->b, x, workspace, len) == TS_STEP_CONVERGED);
    }
}

static void NAME(by_pcg)(const NAME(grid) *grid, const TS(operator_t) *a, const TS(preconditioner_t) *m,
                         double tolerance)
{
    uint32_t keep_best;
    for (keep_best = 0; keep_best < 2; keep_best++) {
        static NAME(guarded) x_memory;
        static NAME(guarded) workspace_memory;
        TS(cg_config_t) config;
        TS(pcg_t) pcg;
        TS(report_t) report;
        const size_t len = TS_PCG_WORKSPACE_LEN(N, keep_best);
        REAL *x = NAME(lend)(&x_memory, N, R(0.0));
        REAL *workspace = NAME(lend)(&workspace_memory, len, R(0.0));
        ts_status_t status;
        CHECK(TS(cg_config_default)(&config) == TS_OK);
        config.stopping.relative = (REAL)(tolerance / 10.0);
        config.keep_best = keep_best;
        CHECK(REFUSED(TS(pcg_init)(&pcg, a, m, grid->b, x, workspace, len - 1, &config), TS_ERROR_LENGTH,
                      TS_FIELD_WORKSPACE));
        CHECK(TS(pcg_init)(&pcg, a, m, grid->b, x, workspace, len, &config) == TS_OK);
        status = TS(pcg_run)(&pcg, a, m, grid->b, x, workspace, len);
        CHECK(TS(pcg_report)(&pcg, &report) == TS_OK);
        NAME(solved)(grid, &x_memory, &workspace_memory, &report, status, tolerance);
        CHECK(TS(pcg_step)(&pcg, a, m, grid->b, x, workspace, len) == TS_STEP_CONVERGED);
    }
}

/* An operator made for relaxation alone relaxes as the full one does, and refuses the rest. */
static void NAME(by_sor_alone)(const NAME(grid) *grid, double tolerance)
{
    TS(operator_t) slim[6];
    uint32_t k;
    CHECK(TS(csr16_init_sor)(&slim[0], N, grid->starts16, NONZEROS, grid->columns16, grid->values) == TS_OK);
    CHECK(TS(csr32_init_sor)(&slim[1], N, grid->starts32, NONZEROS, grid->columns32, grid->values) == TS_OK);
    CHECK(TS(stencil_init_sor)(&slim[2], NX, NY, 1, R(4.25), grid->coupling, NULL) == TS_OK);
    CHECK(TS(variable_stencil_init_sor)(&slim[3], NX, NY, 1, grid->centre, grid->east, grid->north, NULL, NULL) ==
          TS_OK);
    CHECK(TS(dense_init_sor)(&slim[4], N, grid->dense, N, 1) == TS_OK);
    CHECK(TS(plane_init_sor)(&slim[5], NX, NY, R(4.25), R(-1.0), R(-1.0)) == TS_OK);
    for (k = 0; k < 6; k++) {
        static REAL x[N];
        static REAL workspace[5u * N];
        TS(cg_config_t) config;
        TS(cg_t) cg;
        TS(ssor_cg_config_t) ssor_config;
        TS(ssor_cg_t) ssor_cg;
        uint32_t scaling_len = 1234;
        CHECK(TS(operator_scaling_len)(&slim[k], &scaling_len) == TS_OK);
        NAME(by_sor)(grid, &slim[k], scaling_len, tolerance);
        CHECK(TS(cg_config_default)(&config) == TS_OK);
        CHECK(REFUSED(TS(cg_init)(&cg, &slim[k], grid->b, x, workspace, 5u * N, &config), TS_ERROR_OUT_OF_RANGE,
                      TS_FIELD_MATRIX));
        CHECK(TS(ssor_cg_config_default)(&ssor_config) == TS_OK);
        CHECK(REFUSED(TS(ssor_cg_init)(&ssor_cg, &slim[k], grid->b, x, workspace, 5u * N, &ssor_config),
                      TS_ERROR_OUT_OF_RANGE, TS_FIELD_MATRIX));
    }
}

static void NAME(methods)(double tolerance)
{
    static NAME(grid) grid;
    int kind;
    NAME(fill)(&grid);
    for (kind = 0; kind < KINDS; kind++) {
        static REAL scaling[N + 1];
        TS(operator_t) a;
        TS(preconditioner_t) m;
        uint32_t calls = 0;
        uint32_t dim = 0;
        uint32_t scaling_len = 1234;
        CHECK(NAME(describe)(&a, (enum kind)kind, &grid, &calls) == TS_OK);
        CHECK(TS(operator_dim)(&a, &dim) == TS_OK && dim == N);
        if (kind == FUNCTION) {
            static REAL x[N];
            TS(sor_config_t) config;
            TS(sor_t) sor;
            CHECK(TS(sor_config_default)(&config) == TS_OK);
            CHECK(REFUSED(TS(operator_scaling_len)(&a, &scaling_len), TS_ERROR_OUT_OF_RANGE, TS_FIELD_MATRIX));
            CHECK(REFUSED(TS(sor_init)(&sor, &a, grid.b, x, scaling, N, &config), TS_ERROR_OUT_OF_RANGE,
                          TS_FIELD_MATRIX));
            CHECK(REFUSED(TS(ssor_preconditioner_init)(&m, &a, R(1.3), scaling, N), TS_ERROR_OUT_OF_RANGE,
                          TS_FIELD_MATRIX));
            CHECK(scaling_len == 1234);
        } else {
            CHECK(TS(operator_scaling_len)(&a, &scaling_len) == TS_OK);
            CHECK(scaling_len == (kind == PLANE || kind == STENCIL || kind == MASKED ? 0 : N));
            NAME(by_sor)(&grid, &a, scaling_len, tolerance);
            NAME(by_ssor_cg)(&grid, &a, scaling_len, tolerance);
            scaling[scaling_len] = R(77.0);
            if (scaling_len > 0) {
                CHECK(REFUSED(TS(ssor_preconditioner_init)(&m, &a, R(1.3), scaling, scaling_len - 1), TS_ERROR_LENGTH,
                              TS_FIELD_WORKSPACE));
            }
            CHECK(TS(ssor_preconditioner_init)(&m, &a, R(1.3), scaling, scaling_len) == TS_OK);
            NAME(by_pcg)(&grid, &a, &m, tolerance);
            CHECK(!(scaling[scaling_len] < R(77.0)) && !(scaling[scaling_len] > R(77.0)));
        }
        NAME(by_cg)(&grid, &a, tolerance);
        CHECK(TS(function_preconditioner_init)(&m, N, NAME(jacobi), NULL) == TS_OK);
        NAME(by_pcg)(&grid, &a, &m, tolerance);
        CHECK(kind != FUNCTION || calls > 40);
    }
    NAME(by_sor_alone)(&grid, tolerance);
}
