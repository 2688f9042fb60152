/* Rules over terms, terms of single numbers, functions of the caller's, values, the Moreau envelope: each against what is
 * computed here another way, and what must be refused. */
#include <math.h>

#include "check.h"

enum { N = 4, ROWS = 2 };

#define EXPECT(kind, field, call)                                                                                      \
    do {                                                                                                               \
        memcpy(&NAME(before), &NAME(now), sizeof NAME(now));                                                           \
        CHECK(REFUSED((call), TS_ERROR_##kind, TS_FIELD_##field));                                                     \
        CHECK(memcmp(&NAME(before), &NAME(now), sizeof NAME(now)) == 0);                                               \
    } while (0)

static double soft(double x, double by)
{
    return x > by ? x - by : x < -by ? x + by : 0.0;
}

static double clamped(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

#define DOUBLE
#include "precision.h"
#include "rules.h"
#undef DOUBLE
#define SINGLE
#include "precision.h"
#include "rules.h"

int main(void)
{
    all_single();
    all_double();
    return 0;
}
