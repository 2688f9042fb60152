/* The smallest C program: the archive links, the header compiles, the calling convention agrees. */
#include "tinysolve.h"

#include <inttypes.h>
#include <stdio.h>

int main(void)
{
    const uint32_t composed =
        (uint32_t)TS_VERSION_MAJOR << 16 | (uint32_t)TS_VERSION_MINOR << 8 | (uint32_t)TS_VERSION_PATCH;

    printf("version %" PRIu32 ".%" PRIu32 ".%" PRIu32 "\n", ts_version() >> 16, (ts_version() >> 8) & 0xFFu,
           ts_version() & 0xFFu);
    return ts_version() == composed ? 0 : 1;
}
