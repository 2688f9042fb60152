/* Splitting methods through C: each finds an answer that is known, and refuses what it must. */
#include "check.h"

enum { METHODS = 8 };

#define EXPECT(kind, field, call) UNCHANGED(TS_ERROR_##kind, TS_FIELD_##field, call)
#define UNCHANGED(kind, field, call)                                                                                   \
    do {                                                                                                               \
        memcpy(&NAME(before), &NAME(now), sizeof NAME(now));                                                           \
        CHECK(REFUSED((call), kind, field));                                                                           \
        CHECK(memcmp(&NAME(before), &NAME(now), sizeof NAME(now)) == 0);                                               \
    } while (0)

#define OFF(type, pointer) ((type *)((uintptr_t)(pointer) + 1u))

/* Both the start and a step refuse it. */
#define BOTH(kind, field)                                                                                              \
    do {                                                                                                               \
        UNCHANGED(TS_ERROR_##kind, TS_FIELD_##field, of->init(&NAME(now).solve, &bad, &config));                       \
        UNCHANGED(TS_ERROR_##kind, TS_FIELD_##field, of->step(&NAME(now).solve, &bad));                                \
        UNCHANGED(TS_ERROR_##kind, TS_FIELD_##field, of->run(&NAME(now).solve, &bad));                                 \
        bad = problem;                                                                                                 \
    } while (0)

#define DOUBLE
#include "precision.h"
#include "splitting.h"
#undef DOUBLE
#define SINGLE
#include "precision.h"
#include "splitting.h"

int main(void)
{
    all_single();
    all_double();
    return 0;
}
