// The C header from C++11: structures, enumerations of status, calls.
#include "tinysolve.h"

#include <cstdio>

int main()
{
    const float coupling[3] = {-1.0f, -1.0f, 0.0f};
    float b[64];
    float x[64] = {0.0f};
    ts_operator_t plate;
    ts_sor_config_t config;
    ts_sor_t sor;
    for (float &value : b) {
        value = 1.0f;
    }
    if (ts_stencil_init(&plate, 8, 8, 1, 4.0f, coupling, nullptr) != TS_OK || ts_sor_config_default(&config) != TS_OK) {
        return 1;
    }
    config.omega = 1.5f;
    if (ts_sor_init(&sor, &plate, b, x, nullptr, 0, &config) != TS_OK) {
        return 2;
    }
    if (ts_sor_run(&sor, &plate, b, x, nullptr, 0) != TS_STEP_CONVERGED) {
        return 3;
    }
    const ts_status_t refused = ts_sor_run(&sor, nullptr, b, x, nullptr, 0);
    if (TS_ERROR_KIND(refused) != TS_ERROR_NULL || TS_ERROR_FIELD(refused) != TS_FIELD_MATRIX) {
        std::fprintf(stderr, "status %ld\n", static_cast<long>(refused));
        return 4;
    }
    return ts_version() == TS_VERSION ? 0 : 5;
}
