/* The multigrid cycle for varying coefficients as a preconditioner, in both precisions. */
#include "check.h"

#define WIDE 20u
#define HIGH 15u
#define PLATE (WIDE * HIGH)

#define SINGLE
#include "precision.h"
#include "varying.h"
#undef SINGLE
#define DOUBLE
#include "precision.h"
#include "varying.h"

int main(void)
{
    varying_single(0.0, 1e-4);
    varying_single(0.25, 1e-4);
    varying_double(0.0, 1e-10);
    varying_double(0.25, 1e-10);
    return 0;
}
