/* Learners find the cheapest arm, write nothing but their memory, and go on where they were after a move. */
#include "check.h"

#define ARMS 6u
#define GUARD 4u

static float cost_of(uint32_t arm, uint32_t best)
{
    const uint32_t distance = arm > best ? arm - best : best - arm;
    return 10.0f + 10.0f * (float)distance;
}

static void guard(float *memory, size_t len)
{
    size_t k;
    for (k = 0; k < len + 2u * GUARD; k++) {
        memory[k] = 12345.0f;
    }
}

static int intact(const float *memory, size_t len)
{
    size_t k;
    for (k = 0; k < GUARD; k++) {
        if (memory[k] < 12345.0f || memory[k] > 12345.0f || memory[GUARD + len + k] < 12345.0f ||
            memory[GUARD + len + k] > 12345.0f) {
            return 0;
        }
    }
    return 1;
}

static void tsallis(uint32_t reduced_variance)
{
    const size_t len = TS_TSALLIS_INF_MEMORY_LEN(ARMS);
    float memory[2][TS_TSALLIS_INF_MEMORY_LEN(ARMS) + 2u * GUARD];
    ts_tsallis_inf_t learner[2];
    ts_tsallis_inf_config_t config;
    uint32_t hits = 0;
    uint32_t rounds = 0;
    uint32_t round;
    uint32_t arm = 99;
    guard(memory[0], len);
    guard(memory[1], len);
    CHECK(ts_tsallis_inf_config_default(&config) == TS_OK);
    config.reduced_variance = reduced_variance;
    CHECK(ts_tsallis_inf_init(&learner[0], ARMS, memory[0] + GUARD, len, &config) == TS_OK);
    for (round = 0; round < 4000; round++) {
        const uint32_t now = round % 2u;
        CHECK(ts_tsallis_inf_select(&learner[now], memory[now] + GUARD, len, &arm) == TS_OK && arm < ARMS);
        hits += round >= 2000 && arm == 4 ? 1u : 0u;
        CHECK(ts_tsallis_inf_update(&learner[now], memory[now] + GUARD, len, cost_of(arm, 4)) == TS_OK);
        /* A second cost is not learned. */
        CHECK(ts_tsallis_inf_update(&learner[now], memory[now] + GUARD, len, 1000.0f) == TS_OK);
        CHECK(intact(memory[now], len));
        memcpy(memory[1u - now], memory[now], sizeof memory[0]);
        learner[1u - now] = learner[now];
        memset(&learner[now], 0, sizeof learner[0]);
    }
    CHECK(hits > 1700);
    CHECK(ts_tsallis_inf_rounds(&learner[0], memory[0] + GUARD, len, &rounds) == TS_OK && rounds == 4000);
}

static void contextual(void)
{
    enum { BINS = 4 };
    const size_t len = TS_CONTEXTUAL_TSALLIS_INF_MEMORY_LEN(ARMS, BINS);
    float memory[TS_CONTEXTUAL_TSALLIS_INF_MEMORY_LEN(ARMS, BINS) + 2u * GUARD];
    ts_tsallis_inf_t learners[BINS];
    ts_contextual_tsallis_inf_t learner;
    ts_tsallis_inf_config_t config;
    uint32_t hits[BINS] = {0};
    uint32_t round;
    guard(memory, len);
    CHECK(ts_tsallis_inf_config_default(&config) == TS_OK);
    CHECK(ts_contextual_tsallis_inf_init(&learner, learners, BINS, ARMS, memory + GUARD, len, -1.0f, 1.0f, &config) ==
          TS_OK);
    for (round = 0; round < 8000; round++) {
        const uint32_t bin = round % BINS;
        const float context = -0.75f + 0.5f * (float)bin;
        uint32_t arm = 99;
        CHECK(ts_contextual_tsallis_inf_select(&learner, learners, BINS, memory + GUARD, len, context, &arm) == TS_OK);
        hits[bin] += round >= 4000 && arm == bin + 1 ? 1u : 0u;
        CHECK(ts_contextual_tsallis_inf_update(&learner, learners, BINS, memory + GUARD, len,
                                               cost_of(arm, bin + 1)) == TS_OK);
    }
    for (round = 0; round < BINS; round++) {
        CHECK(hits[round] > 700);
    }
    CHECK(intact(memory, len));
}

static void cheb(void)
{
    const size_t len = TS_CHEB_CB_MEMORY_LEN(ARMS);
    float memory[TS_CHEB_CB_MEMORY_LEN(ARMS) + 2u * GUARD];
    ts_cheb_cb_t learner;
    ts_cheb_cb_config_t config;
    uint32_t hits = 0;
    uint32_t rounds = 0;
    uint32_t round;
    float predicted = 0.0f;
    guard(memory, len);
    CHECK(ts_cheb_cb_config_default(&config) == TS_OK);
    config.low = 0.0f;
    CHECK(ts_cheb_cb_init(&learner, ARMS, memory + GUARD, len, &config) == TS_OK);
    for (round = 0; round < 3000; round++) {
        const float context = (float)((round * 37u) % 100u) / 100.0f;
        const uint32_t best = context < 0.5f ? 1u : 4u;
        uint32_t arm = 99;
        CHECK(ts_cheb_cb_select(&learner, memory + GUARD, len, context, &arm) == TS_OK && arm < ARMS);
        hits += round >= 2000 && arm == best ? 1u : 0u;
        CHECK(ts_cheb_cb_update(&learner, memory + GUARD, len, cost_of(arm, best)) == TS_OK);
    }
    CHECK(hits > 600);
    CHECK(ts_cheb_cb_rounds(&learner, memory + GUARD, len, &rounds) == TS_OK && rounds == 3000);
    CHECK(ts_cheb_cb_predict(&learner, memory + GUARD, len, 1, 0.2f, &predicted) == TS_OK);
    CHECK(predicted > 0.0f && predicted < 25.0f);
    CHECK(intact(memory, len));
}


static void tsallis_survives(void)
{
    enum { BYTES = 2048 };
    const size_t len = TS_TSALLIS_INF_MEMORY_LEN(ARMS);
    float memory[2][TS_TSALLIS_INF_MEMORY_LEN(ARMS)];
    uint8_t bytes[BYTES];
    ts_tsallis_inf_t learner[2];
    ts_tsallis_inf_config_t config;
    size_t stored = 0;
    size_t k;
    uint32_t round;
    uint32_t arm[2] = {98, 99};
    CHECK(ts_tsallis_inf_config_default(&config) == TS_OK);
    CHECK(ts_tsallis_inf_init(&learner[0], ARMS, memory[0], len, &config) == TS_OK);
    for (round = 0; round < 100; round++) {
        CHECK(ts_tsallis_inf_select(&learner[0], memory[0], len, &arm[0]) == TS_OK);
        CHECK(ts_tsallis_inf_update(&learner[0], memory[0], len, cost_of(arm[0], 2)) == TS_OK);
    }
    CHECK(ts_tsallis_inf_store(&learner[0], memory[0], len, bytes, sizeof bytes, &stored) == TS_OK);
    CHECK(stored == ts_tsallis_inf_container_len(ARMS) && stored <= sizeof bytes);
    CHECK(REFUSED(ts_tsallis_inf_store(&learner[0], memory[0], len, bytes, stored - 1, &stored), TS_ERROR_LENGTH,
                  TS_FIELD_OUTPUT));
    /* Another number of arms, a byte less, any flipped bit: refused, and nothing is written. */
    memset(memory[1], 0x5a, sizeof memory[1]);
    CHECK(ts_tsallis_inf_load(&learner[1], ARMS - 1, memory[1], len, bytes, stored) < 0);
    CHECK(ts_tsallis_inf_load(&learner[1], ARMS, memory[1], len, bytes, stored - 1) < 0);
    for (k = 0; k < 8 * stored; k++) {
        bytes[k / 8] = (uint8_t)(bytes[k / 8] ^ (1u << k % 8));
        CHECK(ts_tsallis_inf_load(&learner[1], ARMS, memory[1], len, bytes, stored) < 0);
        bytes[k / 8] = (uint8_t)(bytes[k / 8] ^ (1u << k % 8));
    }
    for (k = 0; k < sizeof memory[1]; k++) {
        CHECK(((const uint8_t *)memory[1])[k] == 0x5a);
    }
    CHECK(ts_tsallis_inf_load(&learner[1], ARMS, memory[1], len, bytes, stored) == TS_OK);
    CHECK(memcmp(&learner[0], &learner[1], sizeof learner[0]) == 0 && memcmp(memory[0], memory[1], sizeof memory[0]) == 0);
    for (round = 0; round < 100; round++) {
        for (k = 0; k < 2; k++) {
            CHECK(ts_tsallis_inf_select(&learner[k], memory[k], len, &arm[k]) == TS_OK);
            CHECK(ts_tsallis_inf_update(&learner[k], memory[k], len, cost_of(arm[k], 2)) == TS_OK);
        }
        CHECK(arm[0] == arm[1]);
    }
}

static void contextual_survives(void)
{
    enum { BINS = 4, BYTES = 2048 };
    const size_t len = TS_CONTEXTUAL_TSALLIS_INF_MEMORY_LEN(ARMS, BINS);
    float memory[2][TS_CONTEXTUAL_TSALLIS_INF_MEMORY_LEN(ARMS, BINS)];
    uint8_t bytes[BYTES];
    ts_tsallis_inf_t learners[2][BINS];
    ts_contextual_tsallis_inf_t learner[2];
    ts_tsallis_inf_config_t config;
    size_t stored = 0;
    size_t k;
    uint32_t round;
    uint32_t arm[2] = {98, 99};
    CHECK(ts_tsallis_inf_config_default(&config) == TS_OK);
    CHECK(ts_contextual_tsallis_inf_init(&learner[0], learners[0], BINS, ARMS, memory[0], len, 0.0f, 1.0f, &config) ==
          TS_OK);
    for (round = 0; round < 200; round++) {
        const float context = (float)(round % 10u) / 10.0f;
        CHECK(ts_contextual_tsallis_inf_select(&learner[0], learners[0], BINS, memory[0], len, context, &arm[0]) == TS_OK);
        CHECK(ts_contextual_tsallis_inf_update(&learner[0], learners[0], BINS, memory[0], len, cost_of(arm[0], 2)) ==
              TS_OK);
    }
    CHECK(ts_contextual_tsallis_inf_store(&learner[0], learners[0], BINS, memory[0], len, bytes, sizeof bytes,
                                          &stored) == TS_OK);
    CHECK(stored == ts_contextual_tsallis_inf_container_len(ARMS, BINS) && stored <= sizeof bytes);
    /* Another number of arms or bins, a byte less, any flipped bit: refused, and nothing is written. */
    memset(memory[1], 0x5a, sizeof memory[1]);
    memset(learners[1], 0x5a, sizeof learners[1]);
    CHECK(ts_contextual_tsallis_inf_load(&learner[1], learners[1], BINS, ARMS - 1, memory[1], len, bytes, stored) < 0);
    CHECK(ts_contextual_tsallis_inf_load(&learner[1], learners[1], BINS - 1, ARMS, memory[1], len, bytes, stored) < 0);
    CHECK(ts_contextual_tsallis_inf_load(&learner[1], learners[1], BINS, ARMS, memory[1], len, bytes, stored - 1) < 0);
    for (k = 0; k < 8 * stored; k++) {
        bytes[k / 8] = (uint8_t)(bytes[k / 8] ^ (1u << k % 8));
        CHECK(ts_contextual_tsallis_inf_load(&learner[1], learners[1], BINS, ARMS, memory[1], len, bytes, stored) < 0);
        bytes[k / 8] = (uint8_t)(bytes[k / 8] ^ (1u << k % 8));
    }
    for (k = 0; k < sizeof memory[1]; k++) {
        CHECK(((const uint8_t *)memory[1])[k] == 0x5a);
    }
    for (k = 0; k < sizeof learners[1]; k++) {
        CHECK(((const uint8_t *)learners[1])[k] == 0x5a);
    }
    CHECK(ts_contextual_tsallis_inf_load(&learner[1], learners[1], BINS, ARMS, memory[1], len, bytes, stored) == TS_OK);
    CHECK(memcmp(&learner[0], &learner[1], sizeof learner[0]) == 0);
    CHECK(memcmp(learners[0], learners[1], sizeof learners[0]) == 0 && memcmp(memory[0], memory[1], sizeof memory[0]) == 0);
    for (round = 0; round < 100; round++) {
        const float context = (float)(round % 10u) / 10.0f;
        for (k = 0; k < 2; k++) {
            CHECK(ts_contextual_tsallis_inf_select(&learner[k], learners[k], BINS, memory[k], len, context, &arm[k]) ==
                  TS_OK);
            CHECK(ts_contextual_tsallis_inf_update(&learner[k], learners[k], BINS, memory[k], len,
                                                   cost_of(arm[k], 2)) == TS_OK);
        }
        CHECK(arm[0] == arm[1]);
    }
}

static void cheb_survives(void)
{
    enum { BYTES = 2048 };
    const size_t len = TS_CHEB_CB_MEMORY_LEN(ARMS);
    float memory[2][TS_CHEB_CB_MEMORY_LEN(ARMS)];
    uint8_t bytes[BYTES];
    ts_cheb_cb_t learner[2];
    ts_cheb_cb_config_t config;
    size_t stored = 0;
    size_t k;
    uint32_t round;
    uint32_t arm[2] = {98, 99};
    CHECK(ts_cheb_cb_config_default(&config) == TS_OK);
    CHECK(ts_cheb_cb_init(&learner[0], ARMS, memory[0], len, &config) == TS_OK);
    for (round = 0; round < 100; round++) {
        CHECK(ts_cheb_cb_select(&learner[0], memory[0], len, 0.25f, &arm[0]) == TS_OK);
        CHECK(ts_cheb_cb_update(&learner[0], memory[0], len, cost_of(arm[0], 2)) == TS_OK);
    }
    CHECK(ts_cheb_cb_store(&learner[0], memory[0], len, bytes, sizeof bytes, &stored) == TS_OK);
    CHECK(stored == ts_cheb_cb_container_len(ARMS) && stored <= sizeof bytes);
    CHECK(REFUSED(ts_cheb_cb_store(&learner[0], memory[0], len, bytes, stored - 1, &stored), TS_ERROR_LENGTH,
                  TS_FIELD_OUTPUT));
    /* Another number of arms, a byte less, any flipped bit: refused, and nothing is written. */
    memset(memory[1], 0x5a, sizeof memory[1]);
    CHECK(ts_cheb_cb_load(&learner[1], ARMS - 1, memory[1], len, bytes, stored) < 0);
    CHECK(ts_cheb_cb_load(&learner[1], ARMS, memory[1], len, bytes, stored - 1) < 0);
    for (k = 0; k < 8 * stored; k++) {
        bytes[k / 8] = (uint8_t)(bytes[k / 8] ^ (1u << k % 8));
        CHECK(ts_cheb_cb_load(&learner[1], ARMS, memory[1], len, bytes, stored) < 0);
        bytes[k / 8] = (uint8_t)(bytes[k / 8] ^ (1u << k % 8));
    }
    for (k = 0; k < sizeof memory[1]; k++) {
        CHECK(((const uint8_t *)memory[1])[k] == 0x5a);
    }
    CHECK(ts_cheb_cb_load(&learner[1], ARMS, memory[1], len, bytes, stored) == TS_OK);
    CHECK(memcmp(&learner[0], &learner[1], sizeof learner[0]) == 0 && memcmp(memory[0], memory[1], sizeof memory[0]) == 0);
    for (round = 0; round < 100; round++) {
        for (k = 0; k < 2; k++) {
            CHECK(ts_cheb_cb_select(&learner[k], memory[k], len, 0.25f, &arm[k]) == TS_OK);
            CHECK(ts_cheb_cb_update(&learner[k], memory[k], len, cost_of(arm[k], 2)) == TS_OK);
        }
        CHECK(arm[0] == arm[1]);
    }
}

static int near(float value, double exact)
{
    const double distance = (double)value - exact;
    return distance < 1e-6 && distance > -1e-6;
}

static void policies(void)
{
    ts_guard_t watch = {{0}};
    ts_young_model_t model = {{0}};
    const ts_prediction_t prediction = {1.5f, 10.0f};
    const ts_prediction_t useless = {1.5f, 0.0f};
    uint32_t round;
    float omega = 0.0f;
    CHECK(near(ts_linear_arm(1.0f, 0.05f, 19), 1.95));
    CHECK(near(ts_young_omega(0.959493f), 2.0 / (1.0 + 0.281733)));
    CHECK(near(ts_young_omega(1.0f), 1.999));
    CHECK(near(ts_axelsson_omega(2.0f, 0.0f), 1.0));
    CHECK(near(ts_axelsson_omega(1e20f, 0.0f), 1.999));
    for (round = 0; round < 3; round++) {
        CHECK(REFUSED(ts_young_model_omega(&model, 4.0f, &omega), TS_ERROR_OUT_OF_RANGE, TS_FIELD_OBJECT));
        CHECK(ts_young_model_probe(&model, 1.5f, 4.0f) == TS_OK);
        CHECK(ts_young_model_probe(&model, 0.959493f * 0.959493f, 4.0f) == TS_OK);
    }
    CHECK(ts_young_model_omega(&model, 4.0f, &omega) == TS_OK);
    CHECK(near(omega, 2.0 / (1.0 + 0.281733)));

    CHECK(ts_guard_propose(&watch, &useless, &omega) == TS_OK && near(omega, 0.0));
    for (round = 0; round < 10; round++) {
        CHECK(ts_guard_propose(&watch, &prediction, &omega) == TS_OK && near(omega, 1.5));
        CHECK(ts_guard_tell(&watch, &prediction, TS_OUTCOME_SOLVED, 12.0f) == TS_OK);
    }
    CHECK(ts_guard_tell(&watch, &prediction, TS_OUTCOME_VOID, 99.0f) == TS_OK);
    for (round = 0; round < 3; round++) {
        CHECK(ts_guard_propose(&watch, &prediction, &omega) == TS_OK && near(omega, 1.5));
        CHECK(ts_guard_tell(&watch, &prediction, round == 1 ? TS_OUTCOME_FAILED : TS_OUTCOME_SOLVED, 30.0f) == TS_OK);
    }
    CHECK(ts_guard_propose(&watch, &prediction, &omega) == TS_OK && near(omega, 0.0));
}

int main(void)
{
    tsallis(0);
    tsallis(1);
    contextual();
    cheb();
    tsallis_survives();
    contextual_survives();
    cheb_survives();
    policies();
    return 0;
}
