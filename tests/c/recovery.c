/* The rank ladder through C: what it recovers, what it refuses, and that it writes nothing else. */
#include "check.h"

#define N 10u
#define COUNT 240u
#define RANK_MAX 2u
#define ENTRIES (N * (N + 1u) / 2u)

static float y[COUNT];
static float left[N * RANK_MAX + 1u];
static float workspace[1024];
static uint32_t words[256];

/* <A_i, xx'> with the signs of row i: off the diagonal sqrt(2) times. */
static void measure(uint64_t seed, const float *x)
{
    uint32_t index;
    for (index = 0; index < COUNT; index++) {
        uint32_t row[(ENTRIES + 31u) / 32u];
        uint32_t place = 0;
        uint32_t i;
        uint32_t j;
        float sum = 0.0f;
        CHECK(ts_measurement_signs(seed, index, row, sizeof row / sizeof row[0]) == TS_OK);
        for (i = 0; i < N; i++) {
            for (j = 0; j <= i; j++) {
                const float value = x[i] * x[j] * (i == j ? 1.0f : 1.41421356f);
                sum += ((row[place / 32u] >> (place % 32u)) & 1u) != 0u ? value : -value;
                place++;
            }
        }
        y[index] = index % 7u == 3u ? 50.0f + sum : sum;
    }
}

int main(void)
{
    const float x[N] = {1.0f, -2.0f, 0.5f, 3.0f, 0.0f, -1.0f, 2.0f, 1.5f, -0.5f, 0.25f};
    const ts_measurement_t signs = {42u, TS_MEASUREMENT_SIGNS, N, 0u, COUNT};
    ts_ladder_memory_t memory;
    ts_ladder_memory_t other;
    ts_ladder_config_t config;
    ts_ladder_t ladder;
    ts_report_t report;
    uint32_t rank = 99;
    const size_t need = ts_ladder_workspace_len(TS_MEASUREMENT_SIGNS, N, 0, RANK_MAX);
    const size_t need_words = ts_ladder_words_len(TS_MEASUREMENT_SIGNS, N, 0, COUNT);
    memset(&memory, 0, sizeof memory);
    memset(&ladder, 0, sizeof ladder);
    CHECK(need > 0 && need <= 1024 && need_words > 0 && need_words <= 256);
    measure(42u, x);
    memory.y = y;
    memory.left = left;
    memory.left_len = N * RANK_MAX;
    memory.workspace = workspace;
    memory.workspace_len = need;
    memory.words = words;
    memory.words_len = need_words;
    CHECK(ts_ladder_config_default(&config, RANK_MAX) == TS_OK);

    /* Before it is initialised, and with what does not fit. */
    CHECK(TS_ERROR_KIND(ts_ladder_step(&ladder, &signs, &memory)) == TS_ERROR_UNINITIALISED);
    CHECK(TS_ERROR_KIND(ts_ladder_init(NULL, &signs, &memory, &config)) == TS_ERROR_NULL);
    CHECK(TS_ERROR_KIND(ts_ladder_init(&ladder, NULL, &memory, &config)) == TS_ERROR_NULL);
    CHECK(TS_ERROR_KIND(ts_ladder_init(&ladder, &signs, NULL, &config)) == TS_ERROR_NULL);
    CHECK(TS_ERROR_KIND(ts_ladder_init(&ladder, &signs, &memory, NULL)) == TS_ERROR_NULL);
    other = memory;
    other.workspace_len = need - 1;
    CHECK(TS_ERROR_FIELD(ts_ladder_init(&ladder, &signs, &other, &config)) == TS_FIELD_WORKSPACE);
    other = memory;
    other.words_len = need_words - 1;
    CHECK(TS_ERROR_FIELD(ts_ladder_init(&ladder, &signs, &other, &config)) == TS_FIELD_BYTES);
    other = memory;
    other.left_len = N;
    CHECK(TS_ERROR_FIELD(ts_ladder_init(&ladder, &signs, &other, &config)) == TS_FIELD_FACTORS);
    other = memory;
    other.left = workspace;
    CHECK(TS_ERROR_KIND(ts_ladder_init(&ladder, &signs, &other, &config)) == TS_ERROR_OVERLAP);
    other = memory;
    other.y = (const float *)(const void *)((const char *)(const void *)y + 1);
    CHECK(TS_ERROR_KIND(ts_ladder_init(&ladder, &signs, &other, &config)) == TS_ERROR_MISALIGNED);

    left[N * RANK_MAX] = 12345.0f;
    CHECK(ts_ladder_init(&ladder, &signs, &memory, &config) == TS_OK);
    CHECK(ts_ladder_step(&ladder, &signs, &memory) == TS_STEP_RUNNING);
    CHECK(ts_ladder_run(&ladder, &signs, &memory) == TS_STEP_CONVERGED);
    CHECK(ts_ladder_rank(&ladder, &rank) == TS_OK && rank == 1);
    CHECK(ts_ladder_report(&ladder, &report) == TS_OK && report.iterations > 10u && report.iterations < 200u);
    CHECK(left[0] * left[3] > 2.999f && left[0] * left[3] < 3.001f);
    CHECK(left[N * RANK_MAX] > 12344.0f && left[N * RANK_MAX] < 12346.0f);
    /* An object whose largest rank was scrambled reads no further than the lengths that were given. */
    ladder.words[sizeof ladder / 16u] ^= 0xffffffffffffffffu;
    (void)ts_ladder_step(&ladder, &signs, &memory);
    return 0;
}
