/* What is tested of every recovery method alike, in one precision: it ends the same at once, step by step and in pieces, it
   refuses what does not fit before it writes, and a scrambled object does no harm. */

typedef struct NAME(watch) {
    uint32_t asked;
    uint32_t limit;
} NAME(watch);

static int32_t NAME(go_on)(void *context, const TS(report_t) *report)
{
    NAME(watch) *watch = (NAME(watch) *)context;
    CHECK(report->step == TS_STEP_RUNNING);
    return ++watch->asked < watch->limit;
}

/* Whatever a status says, it must be one there is. */
static void NAME(sane)(ts_status_t status)
{
    CHECK(status <= TS_STEP_HANDED_OVER);
    CHECK(status >= 0 || (TS_ERROR_KIND(status) >= 1 && TS_ERROR_KIND(status) <= TS_ERROR_UNSUPPORTED));
}

/* Memory for exactly so many elements, where the sanitizer knows the end. */
static REAL *NAME(reals)(size_t len)
{
    REAL *memory = (REAL *)malloc(len * sizeof(REAL));
    CHECK(memory != NULL);
    memset(memory, 0, len * sizeof(REAL));
    return memory;
}

#define DRIVEN(method, data_t)                                                                                         \
    static void NAME(refuse_##method)(const data_t *data, const TS(recovery_memory_t) *memory,                         \
                                      const TS(method##_config_t) *config)                                             \
    {                                                                                                                  \
        TS(method##_t) object;                                                                                         \
        TS(method##_t) before;                                                                                         \
        TS(recovery_memory_t) other;                                                                                   \
        TS(report_t) report;                                                                                           \
        memset(&object, 0x55, sizeof object);                                                                          \
        before = object;                                                                                               \
        CHECK(TS_ERROR_KIND(TS(method##_step)(&object, data, memory)) == TS_ERROR_UNINITIALISED);                      \
        CHECK(TS_ERROR_KIND(TS(method##_report)(&object, &report)) == TS_ERROR_UNINITIALISED);                         \
        CHECK(TS_ERROR_KIND(TS(method##_report)(&object, NULL)) == TS_ERROR_NULL);                                     \
        CHECK(TS_ERROR_KIND(TS(method##_init)(NULL, data, memory, config)) == TS_ERROR_NULL);                          \
        CHECK(TS_ERROR_KIND(TS(method##_init)(&object, NULL, memory, config)) == TS_ERROR_NULL);                       \
        CHECK(TS_ERROR_KIND(TS(method##_init)(&object, data, NULL, config)) == TS_ERROR_NULL);                         \
        CHECK(TS_ERROR_KIND(TS(method##_init)(&object, data, memory, NULL)) == TS_ERROR_NULL);                         \
        CHECK(TS_ERROR_KIND(TS(method##_run_while)(&object, data, memory, NULL, NULL)) == TS_ERROR_NULL);              \
        other = *memory;                                                                                               \
        other.workspace_len -= 1;                                                                                      \
        CHECK(REFUSED_KIND(TS(method##_init)(&object, data, &other, config), LENGTH, WORKSPACE));                      \
        other = *memory;                                                                                               \
        other.left_len -= 1;                                                                                           \
        CHECK(REFUSED_KIND(TS(method##_init)(&object, data, &other, config), LENGTH, FACTORS));                        \
        other = *memory;                                                                                               \
        other.left = NULL;                                                                                             \
        CHECK(REFUSED_KIND(TS(method##_init)(&object, data, &other, config), NULL, FACTORS));                          \
        other = *memory;                                                                                               \
        other.left = other.workspace;                                                                                  \
        CHECK(REFUSED_KIND(TS(method##_init)(&object, data, &other, config), OVERLAP, FACTORS));                       \
        other = *memory;                                                                                               \
        other.workspace = (REAL *)(void *)&object;                                                                     \
        CHECK(REFUSED_KIND(TS(method##_init)(&object, data, &other, config), OVERLAP, OBJECT));                        \
        other = *memory;                                                                                               \
        other.workspace = (REAL *)((uintptr_t)other.workspace + 1u);                                                   \
        CHECK(REFUSED_KIND(TS(method##_init)(&object, data, &other, config), MISALIGNED, WORKSPACE));                  \
        other = *memory;                                                                                               \
        other.left_len = SIZE_MAX / 2u;                                                                                \
        CHECK(REFUSED_KIND(TS(method##_init)(&object, data, &other, config), TOO_LARGE, FACTORS));                     \
        CHECK(memcmp(&object, &before, sizeof object) == 0);                                                           \
    }                                                                                                                  \
                                                                                                                       \
    static void NAME(scramble_##method)(const data_t *data, const TS(recovery_memory_t) *memory,                       \
                                        const TS(method##_config_t) *config)                                           \
    {                                                                                                                  \
        TS(method##_t) object;                                                                                         \
        TS(report_t) report;                                                                                           \
        uint32_t seed = 5;                                                                                             \
        uint32_t round;                                                                                                \
        uint32_t k;                                                                                                    \
        for (round = 0; round < 300; round++) {                                                                        \
            unsigned char *byte = (unsigned char *)&object;                                                            \
            CHECK(TS(method##_init)(&object, data, memory, config) == TS_OK);                                          \
            for (k = 0; k < round % 8u; k++) {                                                                         \
                (void)TS(method##_step)(&object, data, memory);                                                        \
            }                                                                                                          \
            for (k = 0; k <= round % 3u; k++) {                                                                        \
                byte[4u + scramble_next(&seed) % (sizeof object - 4u)] = (unsigned char)scramble_next(&seed);          \
            }                                                                                                          \
            for (k = 0; k < 4; k++) {                                                                                  \
                NAME(sane)(TS(method##_step)(&object, data, memory));                                                  \
            }                                                                                                          \
            NAME(sane)(TS(method##_report)(&object, &report));                                                         \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    static void NAME(drive_##method)(const data_t *data, const TS(recovery_memory_t) *memory,                          \
                                     const TS(method##_config_t) *config, ts_status_t wanted)                          \
    {                                                                                                                  \
        const size_t bytes = memory->left_len * sizeof(REAL);                                                          \
        REAL *whole = NAME(reals)(memory->left_len);                                                                   \
        REAL *start = NAME(reals)(memory->left_len);                                                                   \
        TS(method##_t) object[2];                                                                                      \
        TS(report_t) report;                                                                                           \
        TS(report_t) other;                                                                                            \
        NAME(watch) watch = {0, 0};                                                                                    \
        ts_status_t status;                                                                                            \
        uint32_t turns = 0;                                                                                            \
        memcpy(start, memory->left, bytes);                                                                            \
        NAME(refuse_##method)(data, memory, config);                                                                   \
        CHECK(memcmp(start, memory->left, bytes) == 0);                                                                \
        CHECK(TS(method##_init)(&object[0], data, memory, config) == TS_OK);                                           \
        CHECK(memcmp(start, memory->left, bytes) == 0);                                                                \
        CHECK(TS(method##_run)(&object[0], data, memory) == wanted);                                                   \
        CHECK(TS(method##_step)(&object[0], data, memory) == wanted);                                                  \
        CHECK(TS(method##_report)(&object[0], &report) == TS_OK && report.step == wanted);                             \
        memcpy(whole, memory->left, bytes);                                                                            \
                                                                                                                       \
        memcpy(memory->left, start, bytes);                                                                            \
        CHECK(TS(method##_init)(&object[0], data, memory, config) == TS_OK);                                           \
        do {                                                                                                           \
            status = TS(method##_step)(&object[0], data, memory);                                                      \
            CHECK(++turns < 100000);                                                                                   \
        } while (status == TS_STEP_RUNNING);                                                                           \
        CHECK(status == wanted && memcmp(whole, memory->left, bytes) == 0);                                            \
        CHECK(TS(method##_report)(&object[0], &other) == TS_OK && memcmp(&report, &other, sizeof report) == 0);        \
                                                                                                                       \
        memcpy(memory->left, start, bytes);                                                                            \
        CHECK(TS(method##_init)(&object[0], data, memory, config) == TS_OK);                                           \
        for (turns = 0;; turns++) {                                                                                    \
            watch.asked = 0;                                                                                           \
            watch.limit = turns % 3u + 1u;                                                                             \
            status = TS(method##_run_while)(&object[turns % 2u], data, memory, NAME(go_on), &watch);                   \
            object[1u - turns % 2u] = object[turns % 2u];                                                              \
            memset(&object[turns % 2u], 0xff, sizeof object[0]);                                                       \
            if (status != TS_STEP_INTERRUPTED) {                                                                       \
                CHECK(TS(method##_report)(&object[1u - turns % 2u], &other) == TS_OK);                                 \
                break;                                                                                                 \
            }                                                                                                          \
            CHECK(watch.asked == watch.limit && turns < 100000);                                                       \
        }                                                                                                              \
        CHECK(status == wanted && memcmp(whole, memory->left, bytes) == 0);                                            \
        CHECK(turns > 1 && memcmp(&report, &other, sizeof report) == 0);                                               \
        memcpy(memory->left, start, bytes);                                                                            \
        NAME(scramble_##method)(data, memory, config);                                                                 \
        memcpy(memory->left, whole, bytes);                                                                            \
        free(whole);                                                                                                   \
        free(start);                                                                                                   \
    }

#ifndef REFUSED_KIND
#define REFUSED_KIND(status, kind, field) REFUSED((status), TS_ERROR_##kind, TS_FIELD_##field)
#endif
