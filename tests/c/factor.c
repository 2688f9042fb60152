/* Factorisations, eigenvalues and singular values: right, refused by kind and field, and within their memory. */
#include "check.h"

#define SINGLE
#include "precision.h"
#include "factor.h"
#undef SINGLE
#define DOUBLE
#include "precision.h"
#include "factor.h"

int main(void)
{
    factor_single(1e-5);
    factor_double(1e-13);
    spectrum_single(2e-5);
    spectrum_double(1e-12);
    return 0;
}
