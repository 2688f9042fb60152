/* The C program of a simulated chip that solves and learns: the bits must be those of the host. */
#include "../../../tests/c/check.h"

#define SINGLE
#include "../../../tests/c/precision.h"
#include "../../../tests/c/grid.h"
#include "../../../tests/c/bits.h"

int main(void)
{
    static bits_case cases[BITS_CASES];
    uint32_t k;
    int failures = 0;
    CHECK(ts_fpenv_ok() == 1);
    bits_of_all(cases);
    for (k = 0; k < BITS_CASES; k++) {
        const int same = cases[k].found == cases[k].expected;
        printf("%s: %s %08lx%08lx\n", cases[k].name, same ? "as on the host," : "DIFFERENT,",
               (unsigned long)(cases[k].found >> 32), (unsigned long)(cases[k].found & 0xffffffffu));
        failures += same ? 0 : 1;
    }
    return failures;
}
