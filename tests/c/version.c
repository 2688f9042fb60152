/* The three parts of the version, and the number composed of them. */
#include "tinysolve.h"

#include <stdio.h>

int main(void)
{
    const uint32_t composed =
        ((uint32_t)TS_VERSION_MAJOR << 16) | ((uint32_t)TS_VERSION_MINOR << 8) | (uint32_t)TS_VERSION_PATCH;

    if (ts_version() != composed) {
        (void)puts("ts_version() is not what the header says");
        return 1;
    }
    return 0;
}
