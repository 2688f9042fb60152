/* The version, in three parts and composed, is that of the library, and the processor computes as it assumes. */
#include "check.h"

int main(void)
{
    const uint32_t composed =
        ((uint32_t)TS_VERSION_MAJOR << 16) | ((uint32_t)TS_VERSION_MINOR << 8) | (uint32_t)TS_VERSION_PATCH;

    CHECK(TS_VERSION == composed);
    CHECK(ts_version() == TS_VERSION);
    CHECK(ts_abi_version() == TS_ABI_VERSION);
    CHECK(ts_fpenv_ok() == 1);
#if TS_VERSION_MAJOR == 0 && TS_VERSION_MINOR == 0
#error "the parts are numbers for the preprocessor"
#endif
    return 0;
}
