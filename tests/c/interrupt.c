/* A solve may be stopped, moved to other memory, and taken up again, without a bit of difference. */
#include "check.h"

#define SINGLE
#include "precision.h"
#include "grid.h"
#include "interrupt.h"
#undef SINGLE
#define DOUBLE
#include "precision.h"
#include "grid.h"
#include "interrupt.h"

int main(void)
{
    interrupt_single();
    interrupt_double();
    return 0;
}
