/* Every method solves with every kind of operator, in both precisions, and writes nothing but what it may. */
#include "check.h"

#define SINGLE
#include "precision.h"
#include "grid.h"
#include "methods.h"
#undef SINGLE
#define DOUBLE
#include "precision.h"
#include "grid.h"
#include "methods.h"

int main(void)
{
    methods_single(1e-4);
    methods_double(1e-9);
    return 0;
}
