/* Steps from the norm of a matrix, and splitting methods over functions of the caller's, operators, gradients and linear maps:
 * total variation in nine ways, all of which must find what the operator itself finds. */
#include "check.h"

enum { N = 6, M = 5 };

#define DOUBLE
#include "precision.h"
#include "steps.h"
#undef DOUBLE
#define SINGLE
#include "precision.h"
#include "steps.h"

int main(void)
{
    all_single();
    all_double();
    return 0;
}
