/* Learners, policies and the recorder, with null, misaligned, short, overlapping and uninitialised arguments. */
#include "check.h"

#define ARMS 5u
#define BINS 3u
#define LEN (TS_CHEB_CB_MEMORY_LEN(ARMS) + 8u)

static struct {
    ts_tsallis_inf_t tsallis;
    ts_tsallis_inf_t bins[BINS];
    ts_contextual_tsallis_inf_t contextual;
    ts_cheb_cb_t cheb;
    ts_tsallis_inf_config_t tsallis_config;
    ts_cheb_cb_config_t cheb_config;
    ts_recorder_t recorder;
    ts_record_t ring[4];
    ts_record_t record;
    ts_guard_t guard;
    ts_young_model_t model;
    ts_prediction_t prediction;
    float memory[LEN];
    uint8_t bytes[2048];
    size_t stored;
    float number;
    uint32_t arm;
    uint64_t behind[64];
} now, before;

#define EXPECT(kind, field, call)                                                                                      \
    do {                                                                                                               \
        memcpy(&before, &now, sizeof now);                                                                             \
        CHECK(REFUSED((call), TS_ERROR_##kind, TS_FIELD_##field));                                                     \
        CHECK(memcmp(&before, &now, sizeof now) == 0);                                                                 \
    } while (0)

#define OFF(type, pointer) ((type *)((uintptr_t)(pointer) + 1u))
#define IN(type, pointer) ((type *)(((uintptr_t)(pointer) + 7u) & ~(uintptr_t)7u))

/* CALL(object, memory, len) */
#define DEFECTS(CALL, object_t, o, need)                                                                               \
    do {                                                                                                               \
        EXPECT(NULL, OBJECT, CALL(NULL, now.memory, LEN));                                                             \
        EXPECT(NULL, WORKSPACE, CALL(o, NULL, LEN));                                                                   \
        EXPECT(MISALIGNED, OBJECT, CALL(OFF(object_t, o), now.memory, LEN));                                           \
        EXPECT(MISALIGNED, WORKSPACE, CALL(o, OFF(float, now.memory), LEN));                                           \
        EXPECT(LENGTH, WORKSPACE, CALL(o, now.memory, (need)-1u));                                                     \
        EXPECT(TOO_LARGE, WORKSPACE, CALL(o, now.memory, SIZE_MAX / 4u));                                              \
        EXPECT(OVERLAP, OBJECT, CALL(IN(object_t, now.memory), now.memory, LEN));                                      \
        EXPECT(OVERLAP, OBJECT, CALL(o, (float *)(void *)(o), LEN));                                                   \
    } while (0)

#define UNINITIALISED(CALL, o)                                                                                         \
    do {                                                                                                               \
        before = now;                                                                                                  \
        memset((o), 0, sizeof *(o));                                                                                   \
        CHECK(REFUSED(CALL(o, now.memory, LEN), TS_ERROR_UNINITIALISED, TS_FIELD_OBJECT));                             \
        now = before;                                                                                                  \
        memset((o), 0xff, sizeof *(o));                                                                                \
        CHECK(REFUSED(CALL(o, now.memory, LEN), TS_ERROR_UNINITIALISED, TS_FIELD_OBJECT));                             \
        now = before;                                                                                                  \
    } while (0)

#define TSALLIS_INIT(o, memory, len) ts_tsallis_inf_init(o, ARMS, memory, len, &now.tsallis_config)
#define TSALLIS_SELECT(o, memory, len) ts_tsallis_inf_select(o, memory, len, &now.arm)
#define TSALLIS_UPDATE(o, memory, len) ts_tsallis_inf_update(o, memory, len, 2.0f)
#define TSALLIS_ROUNDS(o, memory, len) ts_tsallis_inf_rounds(o, memory, len, &now.arm)
#define TSALLIS_STORE(o, memory, len) ts_tsallis_inf_store(o, memory, len, now.bytes, sizeof now.bytes, &now.stored)
#define TSALLIS_LOAD(o, memory, len) ts_tsallis_inf_load(o, ARMS, memory, len, kept, kept_len)
#define CHEB_STORE(o, memory, len) ts_cheb_cb_store(o, memory, len, now.bytes, sizeof now.bytes, &now.stored)
#define CHEB_LOAD(o, memory, len) ts_cheb_cb_load(o, ARMS, memory, len, kept, kept_len)
#define CHEB_INIT(o, memory, len) ts_cheb_cb_init(o, ARMS, memory, len, &now.cheb_config)
#define CHEB_SELECT(o, memory, len) ts_cheb_cb_select(o, memory, len, 0.5f, &now.arm)
#define CHEB_UPDATE(o, memory, len) ts_cheb_cb_update(o, memory, len, 2.0f)
#define CHEB_ROUNDS(o, memory, len) ts_cheb_cb_rounds(o, memory, len, &now.arm)
#define CHEB_PREDICT(o, memory, len) ts_cheb_cb_predict(o, memory, len, 1, 0.5f, &now.number)
#define CONTEXTUAL_INIT(o, memory, len)                                                                                \
    ts_contextual_tsallis_inf_init(o, now.bins, BINS, ARMS, memory, len, 0.0f, 1.0f, &now.tsallis_config)
#define CONTEXTUAL_SELECT(o, memory, len)                                                                              \
    ts_contextual_tsallis_inf_select(o, now.bins, BINS, memory, len, 0.5f, &now.arm)
#define CONTEXTUAL_UPDATE(o, memory, len) ts_contextual_tsallis_inf_update(o, now.bins, BINS, memory, len, 2.0f)
#define CONTEXTUAL_STORE(o, memory, len)                                                                               \
    ts_contextual_tsallis_inf_store(o, now.bins, BINS, memory, len, now.bytes, sizeof now.bytes, &now.stored)
#define CONTEXTUAL_LOAD(o, memory, len)                                                                                \
    ts_contextual_tsallis_inf_load(o, now.bins, BINS, ARMS, memory, len, kept, kept_len)

/* A container outside of what is compared. */
static uint8_t kept[2048];
static size_t kept_len;

static void tsallis(void)
{
    ts_tsallis_inf_t *o = &now.tsallis;
    const size_t need = TS_TSALLIS_INF_MEMORY_LEN(ARMS);
    EXPECT(NULL, OUTPUT, ts_tsallis_inf_config_default(NULL));
    EXPECT(MISALIGNED, OUTPUT, ts_tsallis_inf_config_default(OFF(ts_tsallis_inf_config_t, &now.tsallis_config)));
    CHECK(ts_tsallis_inf_config_default(&now.tsallis_config) == TS_OK);
    DEFECTS(TSALLIS_INIT, ts_tsallis_inf_t, o, need);
    EXPECT(NULL, CONFIGURATION, ts_tsallis_inf_init(o, ARMS, now.memory, LEN, NULL));
    EXPECT(MISALIGNED, CONFIGURATION,
           ts_tsallis_inf_init(o, ARMS, now.memory, LEN, OFF(ts_tsallis_inf_config_t, &now.tsallis_config)));
    EXPECT(OVERLAP, OBJECT, ts_tsallis_inf_init(o, ARMS, now.memory, LEN, (const void *)o));
    EXPECT(LENGTH, WORKSPACE, ts_tsallis_inf_init(o, 0, now.memory, LEN, &now.tsallis_config));
    EXPECT(LENGTH, WORKSPACE, ts_tsallis_inf_init(o, UINT32_MAX, now.memory, LEN, &now.tsallis_config));
    now.tsallis_config.reduced_variance = 2;
    EXPECT(OUT_OF_RANGE, CONFIGURATION, TSALLIS_INIT(o, now.memory, LEN));
    now.tsallis_config.reduced_variance = 1;
    now.tsallis_config.cost_cap = 0.5f;
    EXPECT(OUT_OF_RANGE, COST, TSALLIS_INIT(o, now.memory, LEN));
    now.tsallis_config.cost_cap = 100.0f;
    CHECK(TSALLIS_INIT(o, now.memory, LEN) == TS_OK);
    DEFECTS(TSALLIS_SELECT, ts_tsallis_inf_t, o, need);
    DEFECTS(TSALLIS_UPDATE, ts_tsallis_inf_t, o, need);
    DEFECTS(TSALLIS_ROUNDS, ts_tsallis_inf_t, o, need);
    UNINITIALISED(TSALLIS_SELECT, o);
    UNINITIALISED(TSALLIS_UPDATE, o);
    UNINITIALISED(TSALLIS_ROUNDS, o);
    EXPECT(NULL, OUTPUT, ts_tsallis_inf_select(o, now.memory, LEN, NULL));
    EXPECT(MISALIGNED, OUTPUT, ts_tsallis_inf_select(o, now.memory, LEN, OFF(uint32_t, &now.arm)));
    EXPECT(OVERLAP, WORKSPACE, ts_tsallis_inf_select(o, now.memory, LEN, (uint32_t *)(void *)now.memory));
    EXPECT(NULL, OUTPUT, ts_tsallis_inf_rounds(o, now.memory, LEN, NULL));
    EXPECT(MISALIGNED, OUTPUT, ts_tsallis_inf_rounds(o, now.memory, LEN, OFF(uint32_t, &now.arm)));
    DEFECTS(TSALLIS_STORE, ts_tsallis_inf_t, o, need);
    UNINITIALISED(TSALLIS_STORE, o);
    EXPECT(NULL, BYTES, ts_tsallis_inf_store(o, now.memory, LEN, NULL, 10, &now.stored));
    EXPECT(NULL, OUTPUT, ts_tsallis_inf_store(o, now.memory, LEN, now.bytes, sizeof now.bytes, NULL));
    EXPECT(LENGTH, OUTPUT, ts_tsallis_inf_store(o, now.memory, LEN, now.bytes, 100, &now.stored));
    EXPECT(OVERLAP, BYTES, ts_tsallis_inf_store(o, now.memory, LEN, (uint8_t *)now.memory, 100, &now.stored));
    EXPECT(OVERLAP, BYTES, ts_tsallis_inf_store(o, now.memory, LEN, (uint8_t *)o, 100, &now.stored));
    CHECK(ts_tsallis_inf_store(o, now.memory, LEN, kept, sizeof kept, &kept_len) == TS_OK);
    DEFECTS(TSALLIS_LOAD, ts_tsallis_inf_t, o, need);
    EXPECT(NULL, BYTES, ts_tsallis_inf_load(o, ARMS, now.memory, LEN, NULL, 100));
    EXPECT(OVERLAP, OBJECT, ts_tsallis_inf_load(o, ARMS, now.memory, LEN, (const uint8_t *)o, 8));
    EXPECT(LENGTH, HEADER, ts_tsallis_inf_load(o, ARMS, now.memory, LEN, kept, 8));
    kept[0] = 0;
    EXPECT(CORRUPT, HEADER, ts_tsallis_inf_load(o, ARMS, now.memory, LEN, kept, kept_len));
}

static void contextual(void)
{
    ts_contextual_tsallis_inf_t *o = &now.contextual;
    const size_t need = TS_CONTEXTUAL_TSALLIS_INF_MEMORY_LEN(ARMS, BINS);
    DEFECTS(CONTEXTUAL_INIT, ts_contextual_tsallis_inf_t, o, need);
    EXPECT(NULL, CONTEXT,
           ts_contextual_tsallis_inf_init(o, NULL, BINS, ARMS, now.memory, LEN, 0.0f, 1.0f, &now.tsallis_config));
    EXPECT(MISALIGNED, CONTEXT,
           ts_contextual_tsallis_inf_init(o, OFF(ts_tsallis_inf_t, now.bins), BINS, ARMS, now.memory, LEN, 0.0f, 1.0f,
                                          &now.tsallis_config));
    EXPECT(NULL, CONFIGURATION,
           ts_contextual_tsallis_inf_init(o, now.bins, BINS, ARMS, now.memory, LEN, 0.0f, 1.0f, NULL));
    EXPECT(LENGTH, CONTEXT,
           ts_contextual_tsallis_inf_init(o, now.bins, 0, ARMS, now.memory, LEN, 0.0f, 1.0f, &now.tsallis_config));
    EXPECT(OUT_OF_RANGE, CONTEXT,
           ts_contextual_tsallis_inf_init(o, now.bins, BINS, ARMS, now.memory, LEN, 1.0f, 1.0f, &now.tsallis_config));
    CHECK(CONTEXTUAL_INIT(o, now.memory, LEN) == TS_OK);
    DEFECTS(CONTEXTUAL_SELECT, ts_contextual_tsallis_inf_t, o, need);
    DEFECTS(CONTEXTUAL_UPDATE, ts_contextual_tsallis_inf_t, o, need);
    UNINITIALISED(CONTEXTUAL_SELECT, o);
    UNINITIALISED(CONTEXTUAL_UPDATE, o);
    EXPECT(NULL, OUTPUT, ts_contextual_tsallis_inf_select(o, now.bins, BINS, now.memory, LEN, 0.5f, NULL));
    EXPECT(NULL, CONTEXT, ts_contextual_tsallis_inf_select(o, NULL, BINS, now.memory, LEN, 0.5f, &now.arm));
    EXPECT(LENGTH, CONTEXT, ts_contextual_tsallis_inf_select(o, now.bins, BINS - 1, now.memory, LEN, 0.5f, &now.arm));
    EXPECT(NULL, CONTEXT, ts_contextual_tsallis_inf_update(o, NULL, BINS, now.memory, LEN, 2.0f));
    DEFECTS(CONTEXTUAL_STORE, ts_contextual_tsallis_inf_t, o, need);
    UNINITIALISED(CONTEXTUAL_STORE, o);
    EXPECT(NULL, CONTEXT,
           ts_contextual_tsallis_inf_store(o, NULL, BINS, now.memory, LEN, now.bytes, sizeof now.bytes, &now.stored));
    EXPECT(LENGTH, CONTEXT, ts_contextual_tsallis_inf_store(o, now.bins, BINS - 1, now.memory, LEN, now.bytes,
                                                            sizeof now.bytes, &now.stored));
    EXPECT(NULL, BYTES, ts_contextual_tsallis_inf_store(o, now.bins, BINS, now.memory, LEN, NULL, 10, &now.stored));
    EXPECT(NULL, OUTPUT,
           ts_contextual_tsallis_inf_store(o, now.bins, BINS, now.memory, LEN, now.bytes, sizeof now.bytes, NULL));
    EXPECT(LENGTH, OUTPUT,
           ts_contextual_tsallis_inf_store(o, now.bins, BINS, now.memory, LEN, now.bytes, 100, &now.stored));
    EXPECT(OVERLAP, BYTES, ts_contextual_tsallis_inf_store(o, now.bins, BINS, now.memory, LEN, (uint8_t *)now.bins, 100,
                                                           &now.stored));
    CHECK(ts_contextual_tsallis_inf_store(o, now.bins, BINS, now.memory, LEN, kept, sizeof kept, &kept_len) == TS_OK);
    CHECK(kept_len == ts_contextual_tsallis_inf_container_len(ARMS, BINS));
    DEFECTS(CONTEXTUAL_LOAD, ts_contextual_tsallis_inf_t, o, need);
    EXPECT(NULL, CONTEXT, ts_contextual_tsallis_inf_load(o, NULL, BINS, ARMS, now.memory, LEN, kept, kept_len));
    EXPECT(LENGTH, CONTEXT, ts_contextual_tsallis_inf_load(o, now.bins, 0, ARMS, now.memory, LEN, kept, kept_len));
    EXPECT(LENGTH, WORKSPACE, ts_contextual_tsallis_inf_load(o, now.bins, BINS, 0, now.memory, LEN, kept, kept_len));
    EXPECT(LENGTH, SECTIONS,
           ts_contextual_tsallis_inf_load(o, now.bins, BINS - 1, ARMS, now.memory, LEN, kept, kept_len));
    EXPECT(NULL, BYTES, ts_contextual_tsallis_inf_load(o, now.bins, BINS, ARMS, now.memory, LEN, NULL, 100));
    EXPECT(OVERLAP, CONTEXT, ts_contextual_tsallis_inf_load(o, now.bins, BINS, ARMS, now.memory, LEN,
                                                            (const uint8_t *)now.bins, 8));
    kept[0] = 0;
    EXPECT(CORRUPT, HEADER, CONTEXTUAL_LOAD(o, now.memory, LEN));
}

static void cheb(void)
{
    ts_cheb_cb_t *o = &now.cheb;
    const size_t need = TS_CHEB_CB_MEMORY_LEN(ARMS);
    EXPECT(NULL, OUTPUT, ts_cheb_cb_config_default(NULL));
    EXPECT(MISALIGNED, OUTPUT, ts_cheb_cb_config_default(OFF(ts_cheb_cb_config_t, &now.cheb_config)));
    CHECK(ts_cheb_cb_config_default(&now.cheb_config) == TS_OK);
    DEFECTS(CHEB_INIT, ts_cheb_cb_t, o, need);
    EXPECT(NULL, CONFIGURATION, ts_cheb_cb_init(o, ARMS, now.memory, LEN, NULL));
    now.cheb_config.high = now.cheb_config.low;
    EXPECT(OUT_OF_RANGE, CONTEXT, CHEB_INIT(o, now.memory, LEN));
    now.cheb_config.high = 2.0f;
    CHECK(CHEB_INIT(o, now.memory, LEN) == TS_OK);
    DEFECTS(CHEB_SELECT, ts_cheb_cb_t, o, need);
    DEFECTS(CHEB_UPDATE, ts_cheb_cb_t, o, need);
    DEFECTS(CHEB_ROUNDS, ts_cheb_cb_t, o, need);
    DEFECTS(CHEB_PREDICT, ts_cheb_cb_t, o, need);
    UNINITIALISED(CHEB_SELECT, o);
    UNINITIALISED(CHEB_UPDATE, o);
    UNINITIALISED(CHEB_ROUNDS, o);
    UNINITIALISED(CHEB_PREDICT, o);
    EXPECT(NULL, OUTPUT, ts_cheb_cb_select(o, now.memory, LEN, 0.5f, NULL));
    EXPECT(NULL, OUTPUT, ts_cheb_cb_rounds(o, now.memory, LEN, NULL));
    EXPECT(NULL, OUTPUT, ts_cheb_cb_predict(o, now.memory, LEN, 1, 0.5f, NULL));
    /* One learner is not another. */
    EXPECT(UNINITIALISED, OBJECT, ts_tsallis_inf_update((ts_tsallis_inf_t *)(void *)o, now.memory, LEN, 2.0f));
    DEFECTS(CHEB_STORE, ts_cheb_cb_t, o, need);
    UNINITIALISED(CHEB_STORE, o);
    EXPECT(NULL, BYTES, ts_cheb_cb_store(o, now.memory, LEN, NULL, 10, &now.stored));
    EXPECT(NULL, OUTPUT, ts_cheb_cb_store(o, now.memory, LEN, now.bytes, sizeof now.bytes, NULL));
    EXPECT(LENGTH, OUTPUT, ts_cheb_cb_store(o, now.memory, LEN, now.bytes, 100, &now.stored));
    EXPECT(OVERLAP, BYTES, ts_cheb_cb_store(o, now.memory, LEN, (uint8_t *)now.memory, 100, &now.stored));
    EXPECT(OVERLAP, BYTES, ts_cheb_cb_store(o, now.memory, LEN, (uint8_t *)o, 100, &now.stored));
    CHECK(ts_cheb_cb_store(o, now.memory, LEN, kept, sizeof kept, &kept_len) == TS_OK);
    DEFECTS(CHEB_LOAD, ts_cheb_cb_t, o, need);
    EXPECT(NULL, BYTES, ts_cheb_cb_load(o, ARMS, now.memory, LEN, NULL, 100));
    EXPECT(OVERLAP, OBJECT, ts_cheb_cb_load(o, ARMS, now.memory, LEN, (const uint8_t *)o, 8));
    EXPECT(LENGTH, HEADER, ts_cheb_cb_load(o, ARMS, now.memory, LEN, kept, 8));
    kept[0] = 0;
    EXPECT(CORRUPT, HEADER, ts_cheb_cb_load(o, ARMS, now.memory, LEN, kept, kept_len));
}

static void policies(void)
{
    EXPECT(NULL, OBJECT, ts_young_model_probe(NULL, 0.5f, 4.0f));
    EXPECT(MISALIGNED, OBJECT, ts_young_model_probe(OFF(ts_young_model_t, &now.model), 0.5f, 4.0f));
    EXPECT(NULL, OBJECT, ts_young_model_omega(NULL, 4.0f, &now.number));
    EXPECT(NULL, OUTPUT, ts_young_model_omega(&now.model, 4.0f, NULL));
    EXPECT(OVERLAP, OUTPUT, ts_young_model_omega(&now.model, 4.0f, (float *)(void *)&now.model));
    EXPECT(NULL, OBJECT, ts_guard_propose(NULL, &now.prediction, &now.number));
    EXPECT(NULL, COST, ts_guard_propose(&now.guard, NULL, &now.number));
    EXPECT(NULL, OUTPUT, ts_guard_propose(&now.guard, &now.prediction, NULL));
    EXPECT(OVERLAP, OUTPUT, ts_guard_propose(&now.guard, &now.prediction, &now.prediction.cost));
    EXPECT(NULL, OBJECT, ts_guard_tell(NULL, &now.prediction, TS_OUTCOME_VOID, 1.0f));
    EXPECT(NULL, COST, ts_guard_tell(&now.guard, NULL, TS_OUTCOME_VOID, 1.0f));
    EXPECT(OVERLAP, OBJECT, ts_guard_tell(&now.guard, (const void *)&now.guard, TS_OUTCOME_VOID, 1.0f));
    EXPECT(OUT_OF_RANGE, COST, ts_guard_tell(&now.guard, &now.prediction, 3, 1.0f));
}

static void recorder(void)
{
    ts_recorder_t *o = &now.recorder;
    EXPECT(NULL, OBJECT, ts_recorder_init(NULL, now.ring, 4));
    EXPECT(NULL, OUTPUT, ts_recorder_init(o, NULL, 4));
    EXPECT(MISALIGNED, OBJECT, ts_recorder_init(OFF(ts_recorder_t, o), now.ring, 4));
    EXPECT(MISALIGNED, OUTPUT, ts_recorder_init(o, OFF(ts_record_t, now.ring), 4));
    EXPECT(OVERLAP, OBJECT, ts_recorder_init(IN(ts_recorder_t, now.ring), now.ring, 4));
    EXPECT(LENGTH, OUTPUT, ts_recorder_init(o, now.ring, 0));
    EXPECT(UNINITIALISED, OBJECT, ts_recorder_push(o, now.ring, 4, &now.record));
    EXPECT(UNINITIALISED, OBJECT, ts_recorder_count(o, &now.arm));
    EXPECT(UNINITIALISED, OBJECT, ts_recorder_get(o, now.ring, 4, 0, &now.record));
    CHECK(ts_recorder_init(o, now.ring, 4) == TS_OK);
    EXPECT(NULL, OBJECT, ts_recorder_push(NULL, now.ring, 4, &now.record));
    EXPECT(NULL, OUTPUT, ts_recorder_push(o, NULL, 4, &now.record));
    EXPECT(NULL, COST, ts_recorder_push(o, now.ring, 4, NULL));
    EXPECT(LENGTH, OUTPUT, ts_recorder_push(o, now.ring, 3, &now.record));
    EXPECT(OVERLAP, OUTPUT, ts_recorder_push(o, now.ring, 4, &now.ring[1]));
    CHECK(ts_recorder_push(o, now.ring, 4, &now.record) == TS_OK);
    EXPECT(NULL, OBJECT, ts_recorder_count(NULL, &now.arm));
    EXPECT(NULL, OUTPUT, ts_recorder_count(o, NULL));
    EXPECT(OVERLAP, OUTPUT, ts_recorder_count(o, (uint32_t *)(void *)o));
    EXPECT(NULL, OBJECT, ts_recorder_get(NULL, now.ring, 4, 0, &now.record));
    EXPECT(NULL, BYTES, ts_recorder_get(o, NULL, 4, 0, &now.record));
    EXPECT(NULL, OUTPUT, ts_recorder_get(o, now.ring, 4, 0, NULL));
    EXPECT(LENGTH, OUTPUT, ts_recorder_get(o, now.ring, 3, 0, &now.record));
    EXPECT(OUT_OF_RANGE, OUTPUT, ts_recorder_get(o, now.ring, 4, 1, &now.record));
    EXPECT(OVERLAP, OUTPUT, ts_recorder_get(o, now.ring, 4, 0, &now.ring[2]));
}

int main(void)
{
    tsallis();
    contextual();
    cheb();
    policies();
    recorder();
    return 0;
}
