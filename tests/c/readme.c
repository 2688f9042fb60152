/* The C example of the README, word for word, and a check that it solves. */
/* README */
#include "tinysolve.h"

int solve_plate(const float b[64], float x[64])
{
    const float coupling[3] = {-1.0f, -1.0f, 0.0f}; /* the Laplacian on 8 x 8 cells */
    ts_operator_t plate;
    ts_sor_config_t config;
    ts_sor_t sor;
    ts_stencil_init(&plate, 8, 8, 1, 4.0f, coupling, NULL);
    ts_sor_config_default(&config);
    config.omega = 1.5f;
    if (ts_sor_init(&sor, &plate, b, x, NULL, 0, &config) != TS_OK) return -1;
    return ts_sor_run(&sor, &plate, b, x, NULL, 0) == TS_STEP_CONVERGED ? 0 : -1;
}
/* end */

#include <stdio.h>

int main(void)
{
    float b[64];
    float x[64] = {0.0f};
    int k;

    for (k = 0; k < 64; ++k) {
        b[k] = 1.0f;
    }
    if (solve_plate(b, x) != 0) {
        (void)puts("the example of the README does not converge");
        return 1;
    }
    /* The middle of an 8 x 8 plate under a unit load. */
    if (x[27] < 5.0f || x[27] > 7.0f) {
        (void)printf("x[27] = %g\n", (double)x[27]);
        return 1;
    }
    return 0;
}
