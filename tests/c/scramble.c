/* Index arrays and objects that change behind the library's back: wrong numbers or a refusal, no more. Meant for the
 * sanitizers. */
#include "check.h"

#define SINGLE
#include "precision.h"
#include "grid.h"
#include "scramble.h"
#undef SINGLE
#define DOUBLE
#include "precision.h"
#include "grid.h"
#include "scramble.h"

static void learners(void)
{
    uint32_t seed = 3;
    uint32_t round;
    for (round = 0; round < 3000; round++) {
        float memory[TS_CHEB_CB_MEMORY_LEN(5)] = {0.0f};
        ts_tsallis_inf_t tsallis;
        ts_cheb_cb_t cheb;
        ts_tsallis_inf_config_t tsallis_config;
        ts_cheb_cb_config_t cheb_config;
        uint32_t k;
        CHECK(ts_tsallis_inf_config_default(&tsallis_config) == TS_OK);
        CHECK(ts_cheb_cb_config_default(&cheb_config) == TS_OK);
        CHECK(ts_tsallis_inf_init(&tsallis, 5, memory, TS_TSALLIS_INF_MEMORY_LEN(5), &tsallis_config) == TS_OK);
        scramble_bytes_single(&tsallis, 4, sizeof tsallis, &seed);
        scramble_bytes_single(memory, 0, sizeof(float) * TS_TSALLIS_INF_MEMORY_LEN(5), &seed);
        for (k = 0; k < 3; k++) {
            uint32_t arm = 0;
            sane_single(ts_tsallis_inf_select(&tsallis, memory, TS_TSALLIS_INF_MEMORY_LEN(5), &arm));
            CHECK(arm < 5);
            sane_single(ts_tsallis_inf_update(&tsallis, memory, TS_TSALLIS_INF_MEMORY_LEN(5), 3.0f));
        }
        CHECK(ts_cheb_cb_init(&cheb, 5, memory, TS_CHEB_CB_MEMORY_LEN(5), &cheb_config) == TS_OK);
        scramble_bytes_single(&cheb, 4, sizeof cheb, &seed);
        scramble_bytes_single(memory, 0, sizeof memory, &seed);
        for (k = 0; k < 3; k++) {
            uint32_t arm = 0;
            sane_single(ts_cheb_cb_select(&cheb, memory, TS_CHEB_CB_MEMORY_LEN(5), 0.5f, &arm));
            CHECK(arm < 5);
            sane_single(ts_cheb_cb_update(&cheb, memory, TS_CHEB_CB_MEMORY_LEN(5), 3.0f));
        }
    }
}

int main(void)
{
    scramble_single();
    scramble_double();
    learners();
    return 0;
}
