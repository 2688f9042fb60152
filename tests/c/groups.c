/* Groups of any lengths with weights, weights of elements, finite sets, losses with labels: each against what is computed
 * here another way, and what must be refused. */
#include <math.h>

#include "check.h"

enum { N = 7, GROUPS = 3 };

/* A refusal that leaves everything as it was. */
#define EXPECT(kind, field, index, call)                                                                               \
    do {                                                                                                               \
        ts_status_t answer;                                                                                            \
        memcpy(&NAME(before), &NAME(now), sizeof NAME(now));                                                           \
        answer = (call);                                                                                               \
        CHECK(REFUSED(answer, TS_ERROR_##kind, TS_FIELD_##field));                                                     \
        CHECK(TS_ERROR_INDEX(answer) == (index));                                                                      \
        CHECK(memcmp(&NAME(before), &NAME(now), sizeof NAME(now)) == 0);                                               \
    } while (0)

static const uint32_t ends[GROUPS] = {1, 4, 7};

static double positive(double x)
{
    return x > 0.0 ? x : 0.0;
}

static double soft(double x, double by)
{
    return x > 0.0 ? positive(x - by) : -positive(-x - by);
}

static double clamped(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

#define DOUBLE
#include "precision.h"
#include "groups.h"
#undef DOUBLE
#define SINGLE
#include "precision.h"
#include "groups.h"

int main(void)
{
    all_single();
    all_double();
    return 0;
}
