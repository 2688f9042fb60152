/* A heated plate of 9 x 7 cells, described in every way there is. Include after precision.h, once a precision. */
#ifndef GRID_SIZE_H
#define GRID_SIZE_H
#define NX 9u
#define NY 7u
#define N (NX * NY)
#define NONZEROS (5u * N - 2u * NX - 2u * NY)
#define GUARD 4u
enum kind { CSR16, CSR32, PLANE, STENCIL, MASKED, VARIABLE, DENSE_ROWS, DENSE_COLUMNS, FUNCTION, KINDS };
#endif

typedef struct NAME(grid) {
    uint16_t starts16[N + 1];
    uint16_t columns16[NONZEROS];
    uint32_t starts32[N + 1];
    uint32_t columns32[NONZEROS];
    REAL values[NONZEROS];
    REAL dense[N * N];
    REAL centre[N];
    REAL east[N];
    REAL north[N];
    REAL coupling[3];
    uint8_t mask[N];
    REAL b[N];
} NAME(grid);

static inline void NAME(apply)(void *context, const REAL *x, REAL *y, uint32_t n)
{
    uint32_t k;
    CHECK(n == N);
    ++*(uint32_t *)context;
    for (k = 0; k < N; k++) {
        const uint32_t column = k % NX;
        y[k] = R(4.25) * x[k];
        y[k] -= column > 0 ? x[k - 1] : R(0.0);
        y[k] -= column + 1 < NX ? x[k + 1] : R(0.0);
        y[k] -= k >= NX ? x[k - NX] : R(0.0);
        y[k] -= k + NX < N ? x[k + NX] : R(0.0);
    }
}

static inline void NAME(fill)(NAME(grid) *grid)
{
    uint32_t k;
    uint32_t entry = 0;
    memset(grid, 0, sizeof *grid);
    for (k = 0; k < N; k++) {
        const int32_t offsets[5] = {-(int32_t)NX, -1, 0, 1, (int32_t)NX};
        const uint32_t column = k % NX;
        uint32_t j;
        for (j = 0; j < 5; j++) {
            const int32_t other = (int32_t)k + offsets[j];
            const REAL value = j == 2 ? R(4.25) : R(-1.0);
            if (other < 0 || other >= (int32_t)N || (j == 1 && column == 0) || (j == 3 && column + 1 == NX)) {
                continue;
            }
            grid->columns16[entry] = (uint16_t)other;
            grid->columns32[entry] = (uint32_t)other;
            grid->values[entry] = value;
            grid->dense[k * N + (uint32_t)other] = value;
            entry++;
        }
        grid->starts16[k + 1] = (uint16_t)entry;
        grid->starts32[k + 1] = entry;
        grid->centre[k] = R(4.25);
        grid->east[k] = column + 1 < NX ? R(-1.0) : R(0.0);
        grid->north[k] = k + NX < N ? R(-1.0) : R(0.0);
        grid->mask[k] = 1;
        grid->b[k] = ((REAL)((k * 37u) % 101u) - R(50.0)) / R(64.0);
    }
    CHECK(entry == NONZEROS);
    grid->coupling[0] = R(-1.0);
    grid->coupling[1] = R(-1.0);
}

static inline ts_status_t NAME(describe)(TS(operator_t) *a, enum kind kind, const NAME(grid) *grid, uint32_t *calls)
{
    switch (kind) {
    case CSR16:
        return TS(csr16_init)(a, N, grid->starts16, NONZEROS, grid->columns16, grid->values);
    case CSR32:
        return TS(csr32_init)(a, N, grid->starts32, NONZEROS, grid->columns32, grid->values);
    case PLANE:
        return TS(plane_init)(a, NX, NY, R(4.25), R(-1.0), R(-1.0));
    case STENCIL:
        return TS(stencil_init)(a, NX, NY, 1, R(4.25), grid->coupling, NULL);
    case MASKED:
        return TS(stencil_init)(a, NX, NY, 1, R(4.25), grid->coupling, grid->mask);
    case VARIABLE:
        return TS(variable_stencil_init)(a, NX, NY, 1, grid->centre, grid->east, grid->north, NULL, grid->mask);
    case DENSE_ROWS:
        return TS(dense_init)(a, N, grid->dense, N, 1);
    case DENSE_COLUMNS:
        return TS(dense_init)(a, N, grid->dense, 1, N);
    case FUNCTION:
        return TS(function_operator_init)(a, N, NAME(apply), calls);
    case KINDS:
        break;
    }
    return -1;
}

/* The largest element of b - A x, computed in double. */
static inline double NAME(defect)(const NAME(grid) *grid, const REAL *x)
{
    double largest = 0.0;
    uint32_t row;
    for (row = 0; row < N; row++) {
        double sum = (double)grid->b[row];
        uint32_t k;
        for (k = grid->starts32[row]; k < grid->starts32[row + 1]; k++) {
            sum -= (double)grid->values[k] * (double)x[grid->columns32[k]];
        }
        sum = sum < 0.0 ? -sum : sum;
        largest = sum > largest ? sum : largest;
    }
    return largest;
}

/* A buffer of the caller's between guard words: len elements that a call may write, and no more. */
typedef struct NAME(guarded) {
    REAL memory[6u * N + 2u * GUARD];
    size_t len;
} NAME(guarded);

static inline REAL *NAME(lend)(NAME(guarded) *buffer, size_t len, REAL fill)
{
    size_t k;
    CHECK(len <= 6u * N);
    buffer->len = len;
    for (k = 0; k < len + 2u * GUARD; k++) {
        buffer->memory[k] = k < GUARD || k >= len + GUARD ? R(12345.0) : fill;
    }
    return buffer->memory + GUARD;
}

static inline int NAME(intact)(const NAME(guarded) *buffer)
{
    size_t k;
    for (k = 0; k < GUARD; k++) {
        const REAL before = buffer->memory[k];
        const REAL after = buffer->memory[buffer->len + GUARD + k];
        if (before < R(12345.0) || before > R(12345.0) || after < R(12345.0) || after > R(12345.0)) {
            return 0;
        }
    }
    return 1;
}
