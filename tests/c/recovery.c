/* Low-rank matrices from linear measurements through C: what is recovered, what is refused, and that nothing else is
   written. */
#include "check.h"

#define N 10u
#define COUNT 240u
#define RANK_MAX 2u
#define ENTRIES (N * (N + 1u) / 2u)

static const double exact[N] = {1.0, -2.0, 0.5, 3.0, 0.0, -1.0, 2.0, 1.5, -0.5, 0.25};

#define SINGLE
#include "precision.h"
#include "driven.h"
#include "recovery.h"
#undef SINGLE
#define DOUBLE
#include "precision.h"
#include "driven.h"
#include "recovery.h"

int main(void)
{
    CHECK(ts_ladder_workspace_len(TS_MEASUREMENT_SIGNS, UINT32_MAX, 0, UINT32_MAX) == 0 || SIZE_MAX > UINT32_MAX);
    CHECK(ts_measurement_words_len(TS_MEASUREMENT_SEEDED, N, 0, COUNT) == 0);
    recoveries_single();
    recoveries_double();
    return 0;
}
