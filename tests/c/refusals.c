/* Every function that depends on precision, with null, misaligned, short, overlapping and uninitialised arguments: each
 * is refused by kind and field, and nothing is written. */
#include "check.h"

#define SINGLE
#include "precision.h"
#include "grid.h"
#include "refusals.h"
#undef SINGLE
#define DOUBLE
#include "precision.h"
#include "grid.h"
#include "refusals.h"

int main(void)
{
    ts_operator_t single;
    double x[1] = {0.0};
    double b[1] = {1.0};
    const float coupling[3] = {0.0f, 0.0f, 0.0f};
    ts_f64_cg_t cg;
    ts_f64_cg_config_t config;
    refusals_single();
    refusals_double();
    /* One precision is not the other. */
    CHECK(ts_stencil_init(&single, 1, 1, 1, 1.0f, coupling, NULL) == TS_OK);
    CHECK(ts_f64_cg_config_default(&config) == TS_OK);
    CHECK(REFUSED(ts_f64_cg_init(&cg, (const ts_f64_operator_t *)(const void *)&single, b, x, NULL, 0, &config),
                  TS_ERROR_UNINITIALISED, TS_FIELD_MATRIX));
    return 0;
}
