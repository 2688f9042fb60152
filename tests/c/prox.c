/* Proximal operators: every function once with an answer that is known, and the arguments that are refused. */
#include "check.h"

#define N 4u

static float x[8];
static float scratch[64];

static const float ones[4] = {1.0f, 1.0f, 1.0f, 1.0f};
static const float zeros[4] = {0.0f, 0.0f, 0.0f, 0.0f};

static void set(float a, float b, float c, float d)
{
    x[0] = a;
    x[1] = b;
    x[2] = c;
    x[3] = d;
    x[4] = 77.0f;
}

static int is(float a, float b, float c, float d)
{
    const float want[4] = {a, b, c, d};
    uint32_t k;
    for (k = 0; k < 4; k++) {
        const float off = x[k] - want[k];
        if (!(off < 2e-4f && off > -2e-4f)) {
            (void)fprintf(stderr, "element %lu: %g, %g expected\n", (unsigned long)k, (double)x[k], (double)want[k]);
            return 0;
        }
    }
    return x[4] > 76.0f && x[4] < 78.0f;
}

#define GIVES(call, a, b, c, d)                                                                                        \
    do {                                                                                                               \
        set(3.0f, -0.5f, 0.0f, -2.0f);                                                                                 \
        CHECK((call) == TS_OK);                                                                                        \
        CHECK(is((a), (b), (c), (d)));                                                                                 \
    } while (0)

static void separable(void)
{
    GIVES(ts_prox_l1(x, N, 1.0f), 2.0f, 0.0f, 0.0f, -1.0f);
    GIVES(ts_prox_weighted_l1(x, N, 1.0f, ones), 2.0f, 0.0f, 0.0f, -1.0f);
    GIVES(ts_prox_positive_part(x, N, 1.0f), 2.0f, -0.5f, 0.0f, -2.0f);
    GIVES(ts_prox_elastic_net(x, N, 1.0f, 1.0f, 1.0f), 1.0f, 0.0f, 0.0f, -0.5f);
    GIVES(ts_prox_squared_l2(x, N, 1.0f), 1.5f, -0.25f, 0.0f, -1.0f);
    GIVES(ts_prox_linear(x, N, 1.0f, ones), 2.0f, -1.5f, -1.0f, -3.0f);
    GIVES(ts_prox_nonnegative(x, N, 1.0f), 3.0f, 0.0f, 0.0f, 0.0f);
    GIVES(ts_prox_nonpositive(x, N, 1.0f), 0.0f, -0.5f, 0.0f, -2.0f);
    GIVES(ts_prox_interval(x, N, 1.0f, -1.0f, 1.0f), 1.0f, -0.5f, 0.0f, -1.0f);
    GIVES(ts_prox_bounds(x, N, 1.0f, zeros, ones), 1.0f, 0.0f, 0.0f, 0.0f);
    GIVES(ts_prox_binary(x, N, 1.0f, -1.0f, 1.0f), 1.0f, -1.0f, -1.0f, -1.0f);
    GIVES(ts_prox_huber(x, N, 1.0f, 1.0f), 2.0f, -0.25f, 0.0f, -1.0f);
    GIVES(ts_prox_hinge(x, N, 1.0f, ones), 3.0f, 0.5f, 1.0f, -1.0f);
    GIVES(ts_prox_squared_hinge(x, N, 1.0f, ones), 3.0f, 0.5f, 0.66667f, 0.0f);
    GIVES(ts_prox_logistic(x, N, 1.0f), 2.10829f, -0.80826f, -0.40106f, -2.10829f);
    GIVES(ts_prox_exponential(x, N, 1.0f), 0.79206f, -0.90467f, -0.56714f, -2.12003f);
    GIVES(ts_prox_entropy(x, N, 1.0f), 1.55715f, 0.18537f, 0.27846f, 0.04748f);
    GIVES(ts_prox_negative_log(x, N, 1.0f), 3.30278f, 0.78078f, 1.0f, 0.41421f);
    GIVES(ts_prox_reciprocal(x, N, 1.0f), 3.1038f, 0.85809f, 1.0f, 0.61803f);
    GIVES(ts_prox_power(x, N, 1.0f, 1), 1.29381f, -0.07884f, 0.0f, -0.72383f);
    GIVES(ts_prox_kullback_leibler(x, N, 1.0f, ones), 2.41421f, 0.5f, 0.61803f, 0.30278f);
    GIVES(ts_prox_cross_entropy(x, N, 1.0f, zeros), 0.58579f, 0.0f, 0.0f, 0.0f);
}

static void nonconvex(void)
{
    GIVES(ts_prox_l0(x, N, 1.0f), 3.0f, 0.0f, 0.0f, -2.0f);
    GIVES(ts_prox_square_root(x, N, 1.0f), 2.69545f, 0.0f, 0.0f, -1.60538f);
    GIVES(ts_prox_two_thirds(x, N, 1.0f), 2.50941f, 0.0f, 0.0f, -1.40473f);
    GIVES(ts_prox_log_sum(x, N, 1.0f, 1.0f), 2.73205f, 0.0f, 0.0f, -1.61803f);
    GIVES(ts_prox_mcp(x, N, 1.0f, 1.0f, 2.0f), 3.0f, 0.0f, 0.0f, -2.0f);
    GIVES(ts_prox_scad(x, N, 1.0f, 1.0f, 3.0f), 3.0f, 0.0f, 0.0f, -1.0f);
    GIVES(ts_prox_capped_l1(x, N, 1.0f, 1.0f), 3.0f, 0.0f, 0.0f, -2.0f);
    GIVES(ts_prox_geman(x, N, 1.0f, 1.0f), 2.93543f, 0.0f, 0.0f, -1.87939f);
    GIVES(ts_prox_exponential_type(x, N, 1.0f, 1.0f), 2.91418f, 0.0f, 0.0f, -1.71542f);
    GIVES(ts_prox_cauchy(x, N, 1.0f, 1.0f), 2.25992f, -0.16984f, 0.0f, -1.0f);
}

static void norms(void)
{
    GIVES(ts_prox_l2(x, N, 1.0f), 2.17588f, -0.36265f, 0.0f, -1.45058f);
    GIVES(ts_prox_nonnegative_l2(x, N, 1.0f), 2.0f, 0.0f, 0.0f, 0.0f);
    GIVES(ts_prox_huber_norm(x, N, 1.0f, 1.0f), 2.17588f, -0.36265f, 0.0f, -1.45058f);
    GIVES(ts_prox_l_infinity(x, N, 1.0f), 2.0f, -0.5f, 0.0f, -2.0f);
    GIVES(ts_prox_largest(x, N, 1.0f), 2.0f, -0.5f, 0.0f, -2.0f);
    GIVES(ts_prox_squared_l1(x, N, 1.0f), 1.33333f, 0.0f, 0.0f, -0.33333f);
    GIVES(ts_prox_l1_minus_l2(x, N, 1.0f, 0.0f), 2.0f, 0.0f, 0.0f, -1.0f);
    GIVES(ts_prox_group_lasso(x, N, 1.0f, 2), 2.01361f, -0.33560f, 0.0f, -1.0f);
    GIVES(ts_prox_sparse_group_lasso(x, N, 1.0f, 2, 1.0f), 1.0f, 0.0f, 0.0f, 0.0f);
    GIVES(ts_prox_sparse_groups(x, N, 1.0f, 2, 1, scratch, 2), 3.0f, -0.5f, 0.0f, 0.0f);
    GIVES(ts_prox_wgsef(x, N, 1.0f, 1, 1, scratch, 4), 1.33333f, 0.0f, 0.0f, -0.33333f);
    GIVES(ts_prox_sum_of_largest(x, N, 1.0f, 4), 2.0f, -1.5f, -1.0f, -3.0f);
    GIVES(ts_prox_sum_of_largest_magnitudes(x, N, 1.0f, 4), 2.0f, 0.0f, 0.0f, -1.0f);
    GIVES(ts_prox_sorted_l1(x, N, 1.0f, ones, scratch, 12), 2.0f, 0.0f, 0.0f, -1.0f);
    GIVES(ts_prox_isotonic(x, N, 1.0f, scratch, 4), 0.125f, 0.125f, 0.125f, 0.125f);
    GIVES(ts_prox_total_variation(x, N, 1.0f), 2.0f, -0.25f, -0.25f, -1.0f);
    GIVES(ts_prox_total_variation_linear(x, N, 1.0f, scratch, 20), 2.0f, -0.25f, -0.25f, -1.0f);
    GIVES(ts_prox_fused_lasso(x, N, 1.0f, 1.0f, 1.0f), 1.0f, 0.0f, 0.0f, 0.0f);
    GIVES(ts_prox_plane_total_variation(x, N, 1.0f, 1, 4, 50, 1e-6f, scratch, 12), 2.0f, -0.25f, -0.25f, -1.0f);
}

static void sets(void)
{
    static const float identity[16] = {1.0f, 0.0f, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f, 0.0f,
                                       0.0f, 0.0f, 1.0f, 0.0f, 0.0f, 0.0f, 0.0f, 1.0f};
    static const float packed[10] = {1.0f, 0.0f, 1.0f, 0.0f, 0.0f, 1.0f, 0.0f, 0.0f, 0.0f, 1.0f};
    float factor[3];
    GIVES(ts_prox_simplex(x, N, 1.0f, 1.0f), 1.0f, 0.0f, 0.0f, 0.0f);
    GIVES(ts_prox_extended_simplex(x, N, 1.0f, 5.0f), 3.0f, 0.0f, 0.0f, 0.0f);
    GIVES(ts_prox_capped_simplex(x, N, 1.0f, 1.0f, 0.0f, 1.0f), 1.0f, 0.0f, 0.0f, 0.0f);
    GIVES(ts_prox_l1_ball(x, N, 1.0f, 3.0f), 2.0f, 0.0f, 0.0f, -1.0f);
    GIVES(ts_prox_weighted_l1_ball(x, N, 1.0f, ones, 3.0f), 2.0f, 0.0f, 0.0f, -1.0f);
    GIVES(ts_prox_l2_ball(x, N, 1.0f, 1.0f), 0.82413f, -0.13735f, 0.0f, -0.54942f);
    GIVES(ts_prox_sphere(x, N, 1.0f, 1.0f), 0.82413f, -0.13735f, 0.0f, -0.54942f);
    GIVES(ts_prox_sparse_vectors(x, N, 1.0f, 1), 3.0f, 0.0f, 0.0f, 0.0f);
    GIVES(ts_prox_halfspace(x, N, 1.0f, ones, 0.0f), 2.875f, -0.625f, -0.125f, -2.125f);
    GIVES(ts_prox_hyperplane(x, N, 1.0f, ones, 1.5f), 3.25f, -0.25f, 0.25f, -1.75f);
    GIVES(ts_prox_hyperslab(x, N, 1.0f, ones, 0.0f, 1.0f), 3.0f, -0.5f, 0.0f, -2.0f);
    CHECK(ts_prox_affine_factor(identity, 2, N, factor) == TS_OK);
    GIVES(ts_prox_affine(x, N, 1.0f, 2, identity, ones, factor, scratch, 2), 1.0f, 1.0f, 0.0f, -2.0f);
    GIVES(ts_prox_second_order_cone(x, N, 1.0f, 1.0f), 3.0f, -0.5f, 0.0f, -2.0f);
    GIVES(ts_prox_rotated_cone(x, N, 1.0f), 3.11111f, 0.38889f, 0.0f, -1.55556f);
    GIVES(ts_prox_exponential_cone(x, 3, 1.0f), 0.27511f, 0.21775f, 0.7703f, -2.0f);
    GIVES(ts_prox_dual_exponential_cone(x, 3, 1.0f), 0.0f, 0.0f, 0.00124f, -2.0f);
    GIVES(ts_prox_semidefinite(x, N, 1.0f, 2, scratch, 10), 3.0f, 0.0f, 0.0f, 0.0f);
    GIVES(ts_prox_nuclear_norm(x, N, 1.0f, 1, 4, scratch, 6), 2.17588f, -0.36265f, 0.0f, -1.45058f);
    GIVES(ts_prox_rank(x, N, 1.0f, 1, 4, 1, scratch, 6), 3.0f, -0.5f, 0.0f, -2.0f);
    GIVES(ts_prox_quadratic(x, N, 1.0f, packed, zeros, scratch, 10), 1.5f, -0.25f, 0.0f, -1.0f);
    GIVES(ts_prox_least_squares(x, N, 1.0f, 4, identity, zeros, scratch, 14), 1.5f, -0.25f, 0.0f, -1.0f);
}

static void terms(void)
{
    ts_prox_term_t parts[2];
    memset(parts, 0, sizeof parts);
    parts[0].kind = TS_PROX_L1;
    parts[0].len = 1;
    parts[0].factor = 2.0f;
    parts[1].kind = TS_PROX_NONNEGATIVE;
    parts[1].len = 3;
    parts[1].factor = 1.0f;
    GIVES(ts_prox_terms(x, N, 1.0f, parts, 2), 1.0f, 0.0f, 0.0f, 0.0f);
    parts[1].offset = ones;
    GIVES(ts_prox_terms(x, N, 1.0f, parts, 2), 1.0f, 1.0f, 1.0f, 1.0f);
    parts[1].offset = NULL;
    parts[1].slope = ones;
    parts[1].kind = TS_PROX_ZERO;
    GIVES(ts_prox_terms(x, N, 1.0f, parts, 2), 1.0f, -1.5f, -1.0f, -3.0f);
    set(3.0f, -0.5f, 0.0f, -2.0f);
    CHECK(REFUSED(ts_prox_terms(x, 3, 1.0f, parts, 2), TS_ERROR_LENGTH, TS_FIELD_GROUPS));
    CHECK(REFUSED(ts_prox_terms(x, N, 1.0f, NULL, 2), TS_ERROR_NULL, TS_FIELD_CONFIGURATION));
    parts[0].factor = 0.0f;
    CHECK(REFUSED(ts_prox_terms(x, N, 1.0f, parts, 2), TS_ERROR_OUT_OF_RANGE, TS_FIELD_CONFIGURATION));
    parts[0].factor = 1.0f;
    parts[0].kind = 99;
    CHECK(REFUSED(ts_prox_terms(x, N, 1.0f, parts, 2), TS_ERROR_OUT_OF_RANGE, TS_FIELD_CONFIGURATION));
    parts[0].kind = TS_PROX_L1;
    parts[0].first = x;
    CHECK(REFUSED(ts_prox_terms(x, N, 1.0f, parts, 2), TS_ERROR_OVERLAP, TS_FIELD_ITERATE));
    CHECK(is(3.0f, -0.5f, 0.0f, -2.0f));
}

static void refusals(void)
{
    const float nan = (float)strtod("nan", NULL);
    set(3.0f, -0.5f, 0.0f, -2.0f);
    CHECK(REFUSED(ts_prox_l1(NULL, N, 1.0f), TS_ERROR_NULL, TS_FIELD_ITERATE));
    CHECK(REFUSED(ts_prox_l1((float *)((uintptr_t)x + 1u), 2, 1.0f), TS_ERROR_MISALIGNED, TS_FIELD_ITERATE));
    CHECK(REFUSED(ts_prox_l1(x, N, 0.0f), TS_ERROR_OUT_OF_RANGE, TS_FIELD_STEP));
    CHECK(REFUSED(ts_prox_l1(x, N, -1.0f), TS_ERROR_OUT_OF_RANGE, TS_FIELD_STEP));
    CHECK(REFUSED(ts_prox_l1(x, N, nan), TS_ERROR_OUT_OF_RANGE, TS_FIELD_STEP));
    CHECK(REFUSED(ts_prox_simplex(x, N, 1.0f, nan), TS_ERROR_NOT_FINITE, TS_FIELD_CONFIGURATION));
    CHECK(REFUSED(ts_prox_simplex(x, N, 1.0f, 0.0f), TS_ERROR_OUT_OF_RANGE, TS_FIELD_CONFIGURATION));
    CHECK(REFUSED(ts_prox_interval(x, N, 1.0f, 1.0f, -1.0f), TS_ERROR_OUT_OF_RANGE, TS_FIELD_BOUNDS));
    CHECK(REFUSED(ts_prox_bounds(x, N, 1.0f, NULL, ones), TS_ERROR_NULL, TS_FIELD_BOUNDS));
    CHECK(REFUSED(ts_prox_bounds(x, N, 1.0f, x, ones), TS_ERROR_OVERLAP, TS_FIELD_ITERATE));
    CHECK(REFUSED(ts_prox_weighted_l1(x, N, 1.0f, x + 2), TS_ERROR_OVERLAP, TS_FIELD_ITERATE));
    CHECK(REFUSED(ts_prox_isotonic(x, N, 1.0f, scratch, 3), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(ts_prox_isotonic(x, N, 1.0f, x, 4), TS_ERROR_OVERLAP, TS_FIELD_ITERATE));
    CHECK(REFUSED(ts_prox_isotonic(x, N, 1.0f, NULL, 4), TS_ERROR_NULL, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(ts_prox_sorted_l1(x, N, 1.0f, scratch, scratch, 12), TS_ERROR_OVERLAP, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(ts_prox_group_lasso(x, N, 1.0f, 0), TS_ERROR_OUT_OF_RANGE, TS_FIELD_GROUPS));
    CHECK(REFUSED(ts_prox_power(x, N, 1.0f, 4), TS_ERROR_OUT_OF_RANGE, TS_FIELD_CONFIGURATION));
    CHECK(REFUSED(ts_prox_exponential_cone(x, N, 1.0f), TS_ERROR_OUT_OF_RANGE, TS_FIELD_SIZE));
    CHECK(is(3.0f, -0.5f, 0.0f, -2.0f));
    CHECK(ts_prox_l1(NULL, 0, 1.0f) == TS_OK);
    CHECK(ts_prox_isotonic(NULL, 0, 1.0f, NULL, 0) == TS_OK);
}

int main(void)
{
    separable();
    nonconvex();
    norms();
    sets();
    terms();
    refusals();
    return 0;
}
