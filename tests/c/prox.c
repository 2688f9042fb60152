/* Proximal operators: every function once with an answer that is known, and the arguments that are refused, in both
 * precisions; terms in single. */
#include "check.h"

#define N 4u

#define DOUBLE
#include "precision.h"
#include "prox.h"
#undef DOUBLE
#define SINGLE
#include "precision.h"
#include "prox.h"

static void terms(void)
{
    ts_prox_term_t parts[2];
    memset(parts, 0, sizeof parts);
    parts[0].kind = TS_PROX_L1;
    parts[0].len = 1;
    parts[0].factor = 2.0f;
    parts[1].kind = TS_PROX_NONNEGATIVE;
    parts[1].len = 3;
    parts[1].factor = 1.0f;
    GIVES(ts_prox_terms(x_single, N, 1.0f, parts, 2), 1.0f, 0.0f, 0.0f, 0.0f);
    parts[1].offset = ones_single;
    GIVES(ts_prox_terms(x_single, N, 1.0f, parts, 2), 1.0f, 1.0f, 1.0f, 1.0f);
    parts[1].offset = NULL;
    parts[1].slope = ones_single;
    parts[1].kind = TS_PROX_ZERO;
    GIVES(ts_prox_terms(x_single, N, 1.0f, parts, 2), 1.0f, -1.5f, -1.0f, -3.0f);
    set_single(3.0f, -0.5f, 0.0f, -2.0f);
    CHECK(REFUSED(ts_prox_terms(x_single, 3, 1.0f, parts, 2), TS_ERROR_LENGTH, TS_FIELD_GROUPS));
    CHECK(REFUSED(ts_prox_terms(x_single, N, 1.0f, NULL, 2), TS_ERROR_NULL, TS_FIELD_CONFIGURATION));
    parts[0].factor = 0.0f;
    CHECK(REFUSED(ts_prox_terms(x_single, N, 1.0f, parts, 2), TS_ERROR_OUT_OF_RANGE, TS_FIELD_CONFIGURATION));
    parts[0].factor = 1.0f;
    parts[0].kind = 99;
    CHECK(REFUSED(ts_prox_terms(x_single, N, 1.0f, parts, 2), TS_ERROR_OUT_OF_RANGE, TS_FIELD_CONFIGURATION));
    parts[0].kind = TS_PROX_L1;
    parts[0].first = x_single;
    CHECK(REFUSED(ts_prox_terms(x_single, N, 1.0f, parts, 2), TS_ERROR_OVERLAP, TS_FIELD_ITERATE));
    CHECK(is_single(3.0f, -0.5f, 0.0f, -2.0f));
}

int main(void)
{
    operators_single();
    operators_double();
    terms();
    return 0;
}
