/* Functions of eigenvalues and of singular values: matrices that are made of known ones, with known rotations, so that the
 * answer is made of what the function does to the numbers. */
#include "check.h"

enum { SIDE = 3, ROWS = 2, N = 9 };

#define DOUBLE
#include "precision.h"
#include "spectral.h"
#undef DOUBLE
#define SINGLE
#include "precision.h"
#include "spectral.h"

int main(void)
{
    all_single();
    all_double();
    return 0;
}
