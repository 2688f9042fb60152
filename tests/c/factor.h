/* The body of factor.c for one precision. */

enum { NAME(F_N) = 6, NAME(F_BAND) = 2, NAME(F_LEN) = 4, NAME(F_COUNT) = 3 };

/* Of a diagonally dominant matrix of bandwidth 2. */
static REAL NAME(element)(uint32_t row, uint32_t column)
{
    const uint32_t distance = row > column ? row - column : column - row;
    if (distance == 0) {
        return R(5.0) + (REAL)row;
    }
    return distance <= (uint32_t)NAME(F_BAND) ? R(-1.0) / (REAL)distance : R(0.0);
}

static void NAME(product)(const REAL *x, REAL *y)
{
    uint32_t row;
    uint32_t column;
    for (row = 0; row < (uint32_t)NAME(F_N); row++) {
        y[row] = R(0.0);
        for (column = 0; column < (uint32_t)NAME(F_N); column++) {
            y[row] += NAME(element)(row, column) * x[column];
        }
    }
}

static void NAME(apply)(void *context, const REAL *x, REAL *y, uint32_t n)
{
    CHECK(n == (uint32_t)NAME(F_N));
    *(uint32_t *)context += 1u;
    NAME(product)(x, y);
}

static void NAME(check_solution)(const REAL *x, double tolerance)
{
    uint32_t k;
    for (k = 0; k < (uint32_t)NAME(F_N); k++) {
        const double distance = (double)x[k] - ((double)k - 2.5);
        CHECK(distance < tolerance && distance > -tolerance);
    }
}

static void NAME(factor)(double tolerance)
{
    enum { N_ = NAME(F_N), M_ = NAME(F_BAND) };
    /* One element behind each array must stay as it is. */
    REAL packed[TS_PACKED_LEN(N_) + 1];
    REAL band[TS_BAND_LEN(N_, M_) + 1];
    REAL b[N_];
    REAL x[N_ + 1];
    REAL wanted[N_];
    uint32_t positive = 77;
    uint32_t row;
    uint32_t column;
    uint32_t round;
    size_t next;
    for (row = 0; row < N_; row++) {
        wanted[row] = (REAL)row - R(2.5);
    }
    NAME(product)(wanted, b);
    for (round = 0; round < 4; round++) {
        next = 0;
        for (row = 0; row < N_; row++) {
            for (column = 0; column <= row; column++) {
                packed[next++] = NAME(element)(row, column);
            }
            for (column = 0; column <= M_; column++) {
                band[row * (M_ + 1) + column] =
                    row + column >= M_ ? NAME(element)(row, row + column - M_) : R(9.0);
            }
        }
        packed[TS_PACKED_LEN(N_)] = R(3.25);
        band[TS_BAND_LEN(N_, M_)] = R(3.25);
        memcpy(x, b, sizeof b);
        x[N_] = R(3.25);
        switch (round) {
        case 0:
            CHECK(TS(cholesky_factor)(N_, packed) == TS_OK);
            CHECK(TS(cholesky_solve)(N_, packed, x) == TS_OK);
            break;
        case 1:
            CHECK(TS(band_cholesky_factor)(N_, M_, band) == TS_OK);
            CHECK(TS(band_cholesky_solve)(N_, M_, band, x) == TS_OK);
            break;
        case 2:
            CHECK(TS(ldlt_factor)(N_, packed, &positive) == TS_OK && positive == N_);
            CHECK(TS(ldlt_solve)(N_, packed, x) == TS_OK);
            break;
        default:
            CHECK(TS(band_ldlt_factor)(N_, M_, band, NULL) == TS_OK);
            CHECK(TS(band_ldlt_solve)(N_, M_, band, x) == TS_OK);
            break;
        }
        NAME(check_solution)(x, tolerance);
        CHECK(packed[TS_PACKED_LEN(N_)] >= R(3.25) && packed[TS_PACKED_LEN(N_)] <= R(3.25));
        CHECK(band[TS_BAND_LEN(N_, M_)] >= R(3.25) && band[TS_BAND_LEN(N_, M_)] <= R(3.25));
        CHECK(x[N_] >= R(3.25) && x[N_] <= R(3.25));
    }
    /* A matrix that is not positive definite, quasi-definite, singular. */
    packed[0] = R(2.0);
    packed[1] = R(1.0);
    packed[2] = R(-3.0);
    CHECK(TS(cholesky_factor)(2, packed) < 0);
    CHECK(TS_ERROR_INDEX(TS(cholesky_factor)(2, packed)) <= 1u);
    packed[0] = R(2.0);
    packed[1] = R(1.0);
    packed[2] = R(-3.0);
    CHECK(TS(ldlt_factor)(2, packed, &positive) == TS_OK && positive == 1);
    packed[0] = R(0.0);
    CHECK(REFUSED(TS(ldlt_factor)(2, packed, NULL), TS_ERROR_PIVOT, TS_FIELD_MATRIX));
    CHECK(REFUSED(TS(ldlt_solve)(1, packed, x), TS_ERROR_PIVOT, TS_FIELD_MATRIX));
    CHECK(REFUSED(TS(cholesky_solve)(1, packed, x), TS_ERROR_PIVOT, TS_FIELD_MATRIX));
    CHECK(TS(cholesky_factor)(0, NULL) == TS_OK);

    /* Refusals; what was there is still there. */
    memcpy(x, b, sizeof b);
    CHECK(REFUSED(TS(cholesky_factor)(N_, NULL), TS_ERROR_NULL, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(cholesky_factor)(N_, (REAL *)((uintptr_t)packed + 1u)), TS_ERROR_MISALIGNED, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(cholesky_factor)(UINT32_MAX, packed), TS_ERROR_TOO_LARGE, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(cholesky_solve)(N_, NULL, x), TS_ERROR_NULL, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(cholesky_solve)(N_, packed, NULL), TS_ERROR_NULL, TS_FIELD_RIGHT_HAND_SIDE));
    CHECK(REFUSED(TS(cholesky_solve)(N_, packed, packed + 1), TS_ERROR_OVERLAP, TS_FIELD_RIGHT_HAND_SIDE));
    CHECK(REFUSED(TS(band_cholesky_factor)(N_, N_, band), TS_ERROR_OUT_OF_RANGE, TS_FIELD_SIZE));
    CHECK(REFUSED(TS(band_cholesky_factor)(N_, M_, NULL), TS_ERROR_NULL, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(band_cholesky_solve)(N_, UINT32_MAX, band, x), TS_ERROR_OUT_OF_RANGE, TS_FIELD_SIZE));
    CHECK(REFUSED(TS(band_cholesky_solve)(N_, M_, band, band), TS_ERROR_OVERLAP, TS_FIELD_RIGHT_HAND_SIDE));
    CHECK(REFUSED(TS(ldlt_factor)(N_, NULL, &positive), TS_ERROR_NULL, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(ldlt_factor)(N_, packed, (uint32_t *)((uintptr_t)&positive + 1u)), TS_ERROR_MISALIGNED,
                  TS_FIELD_OUTPUT));
    CHECK(REFUSED(TS(ldlt_factor)(N_, packed, (uint32_t *)(void *)packed), TS_ERROR_OVERLAP, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(ldlt_solve)(N_, packed, NULL), TS_ERROR_NULL, TS_FIELD_RIGHT_HAND_SIDE));
    CHECK(REFUSED(TS(band_ldlt_factor)(N_, N_, band, NULL), TS_ERROR_OUT_OF_RANGE, TS_FIELD_SIZE));
    CHECK(REFUSED(TS(band_ldlt_factor)(N_, M_, NULL, NULL), TS_ERROR_NULL, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(band_ldlt_solve)(N_, N_, band, x), TS_ERROR_OUT_OF_RANGE, TS_FIELD_SIZE));
    CHECK(REFUSED(TS(band_ldlt_solve)(N_, M_, band, NULL), TS_ERROR_NULL, TS_FIELD_RIGHT_HAND_SIDE));
    CHECK(memcmp(x, b, sizeof b) == 0);
}

static void NAME(spectrum)(double tolerance)
{
    enum { N_ = NAME(F_N), L_ = NAME(F_LEN), C_ = NAME(F_COUNT) };
    REAL a[N_ * N_];
    REAL values[N_];
    REAL vectors[N_ * N_];
    REAL image[N_];
    REAL rows[C_ * L_];
    REAL copy[C_ * L_];
    REAL x[N_] = {R(1.0), R(0.5), R(0.25), R(0.125), R(1.0), R(1.0)};
    REAL work[N_];
    TS(eigenvalue_t) found;
    uint32_t calls = 0;
    uint32_t i;
    uint32_t j;
    uint32_t k;
    for (i = 0; i < N_; i++) {
        for (j = 0; j < N_; j++) {
            a[i * N_ + j] = NAME(element)(i, j);
        }
    }
    CHECK(REFUSED(TS(symmetric_jacobi)(N_, NULL, values, vectors, 30), TS_ERROR_NULL, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(symmetric_jacobi)(N_, a, NULL, vectors, 30), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(TS(symmetric_jacobi)(N_, a, values, a, 30), TS_ERROR_OVERLAP, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(symmetric_jacobi)(N_, a, a + 3, NULL, 30), TS_ERROR_OVERLAP, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(symmetric_jacobi)(N_, a, values, (REAL *)((uintptr_t)vectors + 1u), 30), TS_ERROR_MISALIGNED,
                  TS_FIELD_OUTPUT));
    CHECK(TS(symmetric_jacobi)(UINT32_MAX, a, values, NULL, 30) < 0);
    CHECK(TS(symmetric_jacobi)(N_, a, values, vectors, 30) == TS_STEP_CONVERGED);
    for (k = 0; k < N_; k++) {
        NAME(product)(vectors + k * N_, image);
        for (i = 0; i < N_; i++) {
            const double off = (double)image[i] - (double)values[k] * (double)vectors[k * N_ + i];
            CHECK(off < tolerance && off > -tolerance);
        }
        CHECK(k == 0 || values[k - 1] <= values[k]);
    }
    /* The largest of them by power iteration. */
    CHECK(TS(power_iteration)(N_, NAME(apply), &calls, 2000, R(1e-5), R(0.0), x, work, &found) == TS_STEP_CONVERGED);
    CHECK(calls == found.iterations);
    CHECK((double)found.value - (double)values[N_ - 1] < 1e-4 && (double)values[N_ - 1] - (double)found.value < 1e-4);
    CHECK(REFUSED(TS(power_iteration)(N_, NULL, &calls, 9, R(1e-5), R(0.0), x, work, &found), TS_ERROR_NULL,
                  TS_FIELD_FUNCTION));
    CHECK(REFUSED(TS(power_iteration)(N_, NAME(apply), &calls, 9, R(-1.0), R(0.0), x, work, &found),
                  TS_ERROR_OUT_OF_RANGE, TS_FIELD_TOLERANCE));
    CHECK(REFUSED(TS(power_iteration)(N_, NAME(apply), &calls, 9, R(1.0), R(0.0), NULL, work, &found), TS_ERROR_NULL,
                  TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(power_iteration)(N_, NAME(apply), &calls, 9, R(1.0), R(0.0), x, x, &found), TS_ERROR_OVERLAP,
                  TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(power_iteration)(N_, NAME(apply), &calls, 9, R(1.0), R(0.0), x, work, NULL), TS_ERROR_NULL,
                  TS_FIELD_OUTPUT));
    CHECK(calls == found.iterations);

    for (i = 0; i < C_ * L_; i++) {
        rows[i] = (REAL)((i * 7u) % 5u) - R(1.75);
    }
    memcpy(copy, rows, sizeof rows);
    CHECK(REFUSED(TS(one_sided_jacobi)(C_, L_, NULL, values, NULL, 30), TS_ERROR_NULL, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(one_sided_jacobi)(C_, L_, rows, rows, NULL, 30), TS_ERROR_OVERLAP, TS_FIELD_VALUES));
    CHECK(REFUSED(TS(one_sided_jacobi)(L_, C_, rows, values, NULL, 30), TS_ERROR_OUT_OF_RANGE, TS_FIELD_SIZE));
    CHECK(memcmp(copy, rows, sizeof rows) == 0);
    CHECK(TS(one_sided_jacobi)(C_, L_, rows, values, vectors, 30) == TS_STEP_CONVERGED);
    for (i = 0; i < C_; i++) {
        CHECK(i == 0 || values[i - 1] >= values[i]);
        for (j = 0; j < L_; j++) {
            double sum = 0.0;
            for (k = 0; k < C_; k++) {
                sum += (double)values[k] * (double)vectors[k * C_ + i] * (double)rows[k * L_ + j];
            }
            CHECK(sum - (double)copy[i * L_ + j] < tolerance && (double)copy[i * L_ + j] - sum < tolerance);
        }
    }
}
