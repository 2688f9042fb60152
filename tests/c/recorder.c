/* The flight recorder keeps the newest records, in order. */
#include "check.h"

#define LEN 5u

int main(void)
{
    ts_record_t ring[LEN + 1];
    ts_recorder_t recorder;
    ts_record_t out;
    uint32_t count = 99;
    uint32_t pushed;
    memset(ring, 0x5a, sizeof ring);
    memset(&recorder, 0, sizeof recorder);
    CHECK(REFUSED(ts_recorder_count(&recorder, &count), TS_ERROR_UNINITIALISED, TS_FIELD_OBJECT));
    CHECK(REFUSED(ts_recorder_init(&recorder, ring, 0), TS_ERROR_LENGTH, TS_FIELD_OUTPUT));
    CHECK(ts_recorder_init(&recorder, ring, LEN) == TS_OK);
    CHECK(ts_recorder_count(&recorder, &count) == TS_OK && count == 0);
    CHECK(REFUSED(ts_recorder_get(&recorder, ring, LEN, 0, &out), TS_ERROR_OUT_OF_RANGE, TS_FIELD_OUTPUT));
    for (pushed = 1; pushed <= 23; pushed++) {
        const ts_record_t record = {7, pushed, pushed * 2u, 0.5f};
        uint32_t age;
        CHECK(ts_recorder_push(&recorder, ring, LEN, &record) == TS_OK);
        CHECK(ts_recorder_count(&recorder, &count) == TS_OK && count == (pushed < LEN ? pushed : LEN));
        for (age = 0; age < count; age++) {
            CHECK(ts_recorder_get(&recorder, ring, LEN, age, &out) == TS_OK);
            CHECK(out.solve == 7 && out.iteration == pushed - count + age + 1 && out.arm == out.iteration * 2u);
        }
        CHECK(REFUSED(ts_recorder_get(&recorder, ring, LEN, count, &out), TS_ERROR_OUT_OF_RANGE, TS_FIELD_OUTPUT));
    }
    CHECK(REFUSED(ts_recorder_push(&recorder, ring, LEN + 1, &out), TS_ERROR_LENGTH, TS_FIELD_OUTPUT));
    CHECK(REFUSED(ts_recorder_push(&recorder, ring, LEN, &ring[2]), TS_ERROR_OVERLAP, TS_FIELD_OUTPUT));
    CHECK(ring[LEN].solve == 0x5a5a5a5au);
    return 0;
}
