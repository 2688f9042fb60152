/* The body of interrupt.c, in one precision. */

typedef struct NAME(watch) {
    uint32_t asked;
    uint32_t limit;
    const REAL *x;
    REAL seen;
} NAME(watch);

static int32_t NAME(go_on)(void *context, const TS(report_t) *report)
{
    NAME(watch) *watch = (NAME(watch) *)context;
    watch->asked++;
    CHECK(report->step == TS_STEP_RUNNING);
    /* The iterate may be looked at between two steps. */
    watch->seen = watch->x[N / 2];
    return watch->asked < watch->limit;
}

/* One method, run at once, step by step, and in pieces between which object and vectors move. */
#define METHOD(method, CONFIG, WORKSPACE_LEN)                                                                          \
    static void NAME(interrupt_##method)(const NAME(grid) *grid, const TS(operator_t) *a)                              \
    {                                                                                                                  \
        REAL whole[N] = {R(0.0)};                                                                                      \
        REAL stepped[N] = {R(0.0)};                                                                                    \
        REAL pieces[2][N] = {{R(0.0)}, {R(0.0)}};                                                                      \
        REAL workspace[2][WORKSPACE_LEN];                                                                              \
        TS(method##_t) object[2];                                                                                      \
        TS(CONFIG##_config_t) config;                                                                                  \
        TS(report_t) report;                                                                                           \
        TS(report_t) other;                                                                                            \
        NAME(watch) watch = {0, 0, NULL, R(0.0)};                                                                      \
        ts_status_t status;                                                                                            \
        uint32_t turns = 0;                                                                                            \
        CHECK(TS(CONFIG##_config_default)(&config) == TS_OK);                                                          \
        config.stopping.relative = R(1e-4);                                                                            \
        config.keep_best = 1;                                                                                          \
        CHECK(TS(method##_init)(&object[0], a, grid->b, whole, workspace[0], WORKSPACE_LEN, &config) == TS_OK);        \
        CHECK(TS(method##_run)(&object[0], a, grid->b, whole, workspace[0], WORKSPACE_LEN) == TS_STEP_CONVERGED);      \
        CHECK(TS(method##_report)(&object[0], &report) == TS_OK);                                                      \
                                                                                                                       \
        CHECK(TS(method##_init)(&object[0], a, grid->b, stepped, workspace[0], WORKSPACE_LEN, &config) == TS_OK);      \
        do {                                                                                                           \
            status = TS(method##_step)(&object[0], a, grid->b, stepped, workspace[0], WORKSPACE_LEN);                  \
            CHECK(++turns < 1000);                                                                                     \
        } while (status == TS_STEP_RUNNING);                                                                           \
        CHECK(status == TS_STEP_CONVERGED && memcmp(whole, stepped, sizeof whole) == 0);                               \
        CHECK(TS(method##_report)(&object[0], &other) == TS_OK && memcmp(&report, &other, sizeof report) == 0);        \
                                                                                                                       \
        CHECK(TS(method##_init)(&object[0], a, grid->b, pieces[0], workspace[0], WORKSPACE_LEN, &config) == TS_OK);    \
        for (turns = 0;; turns++) {                                                                                    \
            const uint32_t now = turns % 2u;                                                                           \
            const uint32_t next = 1u - now;                                                                            \
            watch.asked = 0;                                                                                           \
            watch.limit = turns % 3u + 1u;                                                                             \
            watch.x = pieces[now];                                                                                     \
            status = TS(method##_run_while)(&object[now], a, grid->b, pieces[now], workspace[now], WORKSPACE_LEN,      \
                                            NAME(go_on), &watch);                                                      \
            memcpy(pieces[next], pieces[now], sizeof pieces[0]);                                                       \
            memcpy(workspace[next], workspace[now], sizeof workspace[0]);                                              \
            memcpy(&object[next], &object[now], sizeof object[0]);                                                     \
            /* Whoever uses what was left behind would be found out. */                                                \
            memset(pieces[now], 0xff, sizeof pieces[0]);                                                               \
            memset(workspace[now], 0xff, sizeof workspace[0]);                                                         \
            memset(&object[now], 0xff, sizeof object[0]);                                                              \
            if (status != TS_STEP_INTERRUPTED) {                                                                       \
                CHECK(memcmp(pieces[next], whole, sizeof whole) == 0);                                                 \
                CHECK(TS(method##_report)(&object[next], &other) == TS_OK);                                            \
                break;                                                                                                 \
            }                                                                                                          \
            CHECK(watch.asked == watch.limit && turns < 1000);                                                         \
        }                                                                                                              \
        CHECK(status == TS_STEP_CONVERGED && turns > 1 && memcmp(&report, &other, sizeof report) == 0);                \
    }

METHOD(sor, sor, TS_SOR_WORKSPACE_LEN(N, N, 1))
METHOD(cg, cg, TS_CG_WORKSPACE_LEN(N, 1))
METHOD(ssor_cg, ssor_cg, TS_SSOR_CG_WORKSPACE_LEN(N, N, 1))
#undef METHOD

static void NAME(interrupt)(void)
{
    static NAME(grid) grid;
    TS(operator_t) a;
    NAME(fill)(&grid);
    CHECK(NAME(describe)(&a, CSR16, &grid, NULL) == TS_OK);
    NAME(interrupt_sor)(&grid, &a);
    NAME(interrupt_cg)(&grid, &a);
    NAME(interrupt_ssor_cg)(&grid, &a);
}
