/* Low-rank matrices from their entries through C: with gross errors, without them, and column by column. */
#include "check.h"

#define ROWS 14u
#define COLUMNS 11u
#define ALL (ROWS * COLUMNS)
#define RANK_MAX 2u

/* A matrix of rank 1. */
static double truth(uint32_t k)
{
    return (1.0 + 0.25 * (double)(k / COLUMNS % 5u)) * (0.5 * (double)(k % COLUMNS % 7u) - 2.25);
}

#define SINGLE
#include "precision.h"
#include "driven.h"
#include "masked.h"
#undef SINGLE
#define DOUBLE
#include "precision.h"
#include "driven.h"
#include "masked.h"

int main(void)
{
    entries_single();
    entries_double();
    streams_single();
    streams_double();
    return 0;
}
