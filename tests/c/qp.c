/* Quadratic programs through C: every function with an answer that is known, and everything that is refused. */
#include "check.h"

/* min x² + y² - x - 2 y, 1 <= x + y <= 1, 0 <= x, y <= 0.7: P and A by rows. */
static const uint16_t p_starts[3] = {0, 1, 2};
static const uint16_t p_columns[2] = {0, 1};
static const uint16_t a_starts[4] = {0, 2, 3, 4};
static const uint16_t a_columns[4] = {0, 1, 0, 1};
/* Aligned for any element, so that it can be mistaken for any array. */
static union {
    uint64_t word;
    uint16_t index[64];
} store;
#define indices store.index
static uint32_t scratch[64];

static ts_qp_shape_t shape_of(void)
{
    ts_qp_shape_t shape;
    memset(&shape, 0, sizeof shape);
    shape.variables = 2;
    shape.constraints = 3;
    shape.p_entries = 2;
    shape.a_entries = 4;
    shape.p_starts = p_starts;
    shape.p_columns = p_columns;
    shape.a_starts = a_starts;
    shape.a_columns = a_columns;
    return shape;
}

/* Elements of indices. */
static uint32_t analyse(void)
{
    const uint16_t descending[3] = {0, 2, 1};
    ts_qp_shape_t shape = shape_of();
    ts_qp_size_t sizes;
    size_t need = 0;
    memset(&sizes, 0, sizeof sizes);
    CHECK(ts_qp_scratch_len(&shape, &need) == TS_OK && need > 0 && need <= 64);
    CHECK(ts_qp_analyse(&shape, scratch, need, NULL, 0, &sizes) == TS_OK);
    CHECK(sizes.bound_rows == 2 && sizes.fill == 2 && sizes.symbolic_len <= 64);
    CHECK(sizes.workspace_len == TS_QP_WORKSPACE_LEN(2, 3, 2, 2, 4, 2));
    CHECK(sizes.workspace_len == ts_qp_workspace_len(2, 3, 2, 2, 4, 2));
    indices[sizes.symbolic_len] = 54321;
    CHECK(ts_qp_analyse(&shape, scratch, need, indices, sizes.symbolic_len, &sizes) == TS_OK);
    CHECK(indices[sizes.symbolic_len] == 54321);

    CHECK(REFUSED(ts_qp_scratch_len(NULL, &need), TS_ERROR_NULL, TS_FIELD_MATRIX));
    CHECK(REFUSED(ts_qp_scratch_len(&shape, NULL), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(ts_qp_scratch_len(&shape, (size_t *)((uintptr_t)&need + 1u)), TS_ERROR_MISALIGNED, TS_FIELD_OUTPUT));
    CHECK(REFUSED(ts_qp_analyse(NULL, scratch, need, NULL, 0, &sizes), TS_ERROR_NULL, TS_FIELD_MATRIX));
    CHECK(REFUSED(ts_qp_analyse(&shape, NULL, need, NULL, 0, &sizes), TS_ERROR_NULL, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(ts_qp_analyse(&shape, scratch, 0, NULL, 0, &sizes), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(ts_qp_analyse(&shape, scratch, need - 1, NULL, 0, &sizes), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(ts_qp_analyse(&shape, scratch, need, NULL, 64, &sizes), TS_ERROR_NULL, TS_FIELD_SYMBOLIC));
    CHECK(REFUSED(ts_qp_analyse(&shape, scratch, need, indices, 3, &sizes), TS_ERROR_LENGTH, TS_FIELD_SYMBOLIC));
    CHECK(REFUSED(ts_qp_analyse(&shape, scratch, need, NULL, 0, NULL), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(ts_qp_analyse(&shape, scratch, need, (uint16_t *)(void *)scratch, 64, &sizes), TS_ERROR_OVERLAP,
                  TS_FIELD_WORKSPACE));
    shape.p_starts = descending;
    CHECK(REFUSED(ts_qp_analyse(&shape, scratch, need, NULL, 0, &sizes), TS_ERROR_LENGTH, TS_FIELD_COLUMNS));
    shape = shape_of();
    shape.a_columns = NULL;
    CHECK(REFUSED(ts_qp_scratch_len(&shape, &need), TS_ERROR_NULL, TS_FIELD_CONSTRAINT_COLUMNS));
    return sizes.symbolic_len;
}

#define DOUBLE
#include "precision.h"
#include "qp.h"
#undef DOUBLE
#define SINGLE
#include "precision.h"
#include "qp.h"

int main(void)
{
    const uint32_t len = analyse();
    solve_single(len);
    solve_double(len);
    return 0;
}
