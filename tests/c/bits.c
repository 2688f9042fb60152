/* The same bits from C as from Rust, on the host as on every chip. */
#include "check.h"

#define SINGLE
#include "precision.h"
#include "grid.h"
#include "bits.h"

int main(void)
{
    bits_case cases[BITS_CASES];
    uint32_t k;
    int failures = 0;
    bits_of_all(cases);
    for (k = 0; k < BITS_CASES; k++) {
        if (cases[k].found != cases[k].expected) {
            (void)fprintf(stderr, "%s: 0x%08lx%08lx\n", cases[k].name, (unsigned long)(cases[k].found >> 32),
                          (unsigned long)(cases[k].found & 0xffffffffu));
            failures++;
        }
    }
    return failures;
}
