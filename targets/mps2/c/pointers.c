/* What proximal operators say of pointers and steps that are none, against a model: on chips that is asked in assembly. */
#include "../../../tests/c/check.h"

#include <float.h>
#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define STATUS(kind, field) (-(ts_status_t)((kind) << 24 | (field) << 16))
#define LARGEST 0x1fffffffu

static float numbers[12];

static ts_status_t of_step(float step)
{
    return step > 0.0f && step <= FLT_MAX ? TS_OK : STATUS(TS_ERROR_OUT_OF_RANGE, TS_FIELD_STEP);
}

static ts_status_t of_span(uintptr_t start, uint32_t n, uint32_t field, int ends)
{
    if (start == 0) {
        return STATUS(TS_ERROR_NULL, field);
    }
    if (start % sizeof(float) != 0) {
        return STATUS(TS_ERROR_MISALIGNED, field);
    }
    if (n > LARGEST || (ends && (uint64_t)start + 4u * (uint64_t)n > 0xffffffffu)) {
        return STATUS(TS_ERROR_TOO_LARGE, field);
    }
    return TS_OK;
}

static ts_status_t model(uintptr_t x, uint32_t n, float step, uintptr_t array, uint32_t len, uint32_t field)
{
    ts_status_t status = of_step(step);
    if (status == TS_OK && n != 0) {
        status = of_span(x, n, TS_FIELD_ITERATE, 0);
    }
    if (status == TS_OK && field != 0 && len == 0 && field == TS_FIELD_VALUES) {
        return STATUS(TS_ERROR_LENGTH, field);
    }
    if (status == TS_OK && field != 0 && len != 0) {
        status = of_span(array, len, field, 1);
        if (status == TS_OK && n != 0 && array < x + 4u * (uint64_t)n && x < array + 4u * (uint64_t)len) {
            status = STATUS(TS_ERROR_OVERLAP, TS_FIELD_ITERATE);
        }
    }
    return status;
}

/* Whether an operator may be let loose on this. */
static int is_ours(uintptr_t start, uint32_t n)
{
    const uintptr_t first = (uintptr_t)numbers;
    return n == 0 || (start >= first && start + 4u * (uint64_t)n <= first + sizeof numbers);
}

static int differs(ts_status_t found, ts_status_t expected)
{
    if (found != expected) {
        printf("found %08lx, not %08lx\n", (unsigned long)found, (unsigned long)expected);
    }
    return found != expected;
}

int main(void)
{
    const uintptr_t first = (uintptr_t)numbers;
    const uintptr_t starts[] = {0, 1, 2, first, first + 1, first + 2, first + 4, first + 16, first + 32, 0xfffffff0u, 0xfffffff8u, 0xfffffffcu};
    const uint32_t lengths[] = {0, 1, 2, 4, LARGEST, LARGEST + 1, 0x3fffffffu, 0x40000000u, 0x80000000u, 0xffffffffu};
    const float steps[] = {1.0f, 0.0f, -0.0f, -1.0f, FLT_MIN / 8388608.0f, FLT_MAX, INFINITY, -INFINITY, NAN, -NAN};
    unsigned asked = 0;
    int failures = 0;
    size_t i, j, k, l;
    for (i = 0; i < COUNT(starts); i++) {
        for (j = 0; j < COUNT(lengths); j++) {
            for (k = 0; k < COUNT(steps); k++) {
                float *x = (float *)starts[i];
                const uint32_t n = lengths[j];
                ts_status_t expected = model(starts[i], n, steps[k], 0, 0, 0);
                if (expected != TS_OK || is_ours(starts[i], n)) {
                    failures += differs(ts_prox_l1(x, n, steps[k]), expected);
                    failures += differs(ts_prox_capped_l1(x, n, steps[k], 1.0f), expected);
                    asked += 2;
                }
                for (l = 0; l < COUNT(starts); l++) {
                    const float *array = (const float *)starts[l];
                    expected = model(starts[i], n, steps[k], starts[l], n, TS_FIELD_WEIGHTS);
                    if (expected != TS_OK || (is_ours(starts[i], n) && is_ours(starts[l], n))) {
                        failures += differs(ts_prox_weighted_l1(x, n, steps[k], array), expected);
                        asked++;
                    }
                    expected = model(starts[i], n, steps[k], starts[l], n, TS_FIELD_BOUNDS);
                    if (expected != TS_OK || (is_ours(starts[i], n) && is_ours(starts[l], n))) {
                        failures += differs(ts_prox_bounds(x, n, steps[k], array, array), expected);
                        asked++;
                    }
                    expected = model(starts[i], n, steps[k], starts[l], 3, TS_FIELD_VALUES);
                    if (expected != TS_OK || (is_ours(starts[i], n) && is_ours(starts[l], 3))) {
                        failures += differs(ts_prox_finite_set(x, n, steps[k], array, 3), expected);
                        asked++;
                    }
                }
            }
        }
    }
    failures += differs(ts_prox_finite_set(numbers, 4, 1.0f, NULL, 0), STATUS(TS_ERROR_LENGTH, TS_FIELD_VALUES));
    CHECK(asked > 20000);
    printf("statuses: %s\n", failures == 0 ? "as in the model" : "DIFFERENT");
    return failures != 0;
}
