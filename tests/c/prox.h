/* The body of prox.c for one precision. */

static REAL NAME(x)[8];
static REAL NAME(scratch)[64];

static const REAL NAME(ones)[4] = {R(1.0), R(1.0), R(1.0), R(1.0)};
static const REAL NAME(zeros)[4] = {R(0.0), R(0.0), R(0.0), R(0.0)};

static void NAME(set)(REAL a, REAL b, REAL c, REAL d)
{
    NAME(x)[0] = a;
    NAME(x)[1] = b;
    NAME(x)[2] = c;
    NAME(x)[3] = d;
    NAME(x)[4] = R(77.0);
}

static int NAME(is)(REAL a, REAL b, REAL c, REAL d)
{
    const REAL want[4] = {a, b, c, d};
    uint32_t k;
    for (k = 0; k < 4; k++) {
        const REAL off = NAME(x)[k] - want[k];
        if (!(off < R(2e-4) && off > -R(2e-4))) {
            (void)fprintf(stderr, "element %lu: %g, %g expected\n", (unsigned long)k, (double)NAME(x)[k], (double)want[k]);
            return 0;
        }
    }
    return NAME(x)[4] > R(76.0) && NAME(x)[4] < R(78.0);
}

#undef GIVES
#define GIVES(call, a, b, c, d)                                                                                        \
    do {                                                                                                               \
        NAME(set)(R(3.0), -R(0.5), R(0.0), -R(2.0));                                                                                 \
        CHECK((call) == TS_OK);                                                                                        \
        CHECK(NAME(is)((a), (b), (c), (d)));                                                                                 \
    } while (0)

static void NAME(separable)(void)
{
    GIVES(TS(prox_l1)(NAME(x), N, R(1.0)), R(2.0), R(0.0), R(0.0), -R(1.0));
    GIVES(TS(prox_weighted_l1)(NAME(x), N, R(1.0), NAME(ones)), R(2.0), R(0.0), R(0.0), -R(1.0));
    GIVES(TS(prox_positive_part)(NAME(x), N, R(1.0)), R(2.0), -R(0.5), R(0.0), -R(2.0));
    GIVES(TS(prox_elastic_net)(NAME(x), N, R(1.0), R(1.0), R(1.0)), R(1.0), R(0.0), R(0.0), -R(0.5));
    GIVES(TS(prox_squared_l2)(NAME(x), N, R(1.0)), R(1.5), -R(0.25), R(0.0), -R(1.0));
    GIVES(TS(prox_linear)(NAME(x), N, R(1.0), NAME(ones)), R(2.0), -R(1.5), -R(1.0), -R(3.0));
    GIVES(TS(prox_nonnegative)(NAME(x), N, R(1.0)), R(3.0), R(0.0), R(0.0), R(0.0));
    GIVES(TS(prox_nonpositive)(NAME(x), N, R(1.0)), R(0.0), -R(0.5), R(0.0), -R(2.0));
    GIVES(TS(prox_interval)(NAME(x), N, R(1.0), -R(1.0), R(1.0)), R(1.0), -R(0.5), R(0.0), -R(1.0));
    GIVES(TS(prox_bounds)(NAME(x), N, R(1.0), NAME(zeros), NAME(ones)), R(1.0), R(0.0), R(0.0), R(0.0));
    GIVES(TS(prox_binary)(NAME(x), N, R(1.0), -R(1.0), R(1.0)), R(1.0), -R(1.0), -R(1.0), -R(1.0));
    GIVES(TS(prox_huber)(NAME(x), N, R(1.0), R(1.0)), R(2.0), -R(0.25), R(0.0), -R(1.0));
    GIVES(TS(prox_hinge)(NAME(x), N, R(1.0), NAME(ones)), R(3.0), R(0.5), R(1.0), -R(1.0));
    GIVES(TS(prox_squared_hinge)(NAME(x), N, R(1.0), NAME(ones)), R(3.0), R(0.5), R(0.66667), R(0.0));
    GIVES(TS(prox_logistic)(NAME(x), N, R(1.0)), R(2.10829), -R(0.80826), -R(0.40106), -R(2.10829));
    GIVES(TS(prox_exponential)(NAME(x), N, R(1.0)), R(0.79206), -R(0.90467), -R(0.56714), -R(2.12003));
    GIVES(TS(prox_entropy)(NAME(x), N, R(1.0)), R(1.55715), R(0.18537), R(0.27846), R(0.04748));
    GIVES(TS(prox_negative_log)(NAME(x), N, R(1.0)), R(3.30278), R(0.78078), R(1.0), R(0.41421));
    GIVES(TS(prox_reciprocal)(NAME(x), N, R(1.0)), R(3.1038), R(0.85809), R(1.0), R(0.61803));
    GIVES(TS(prox_power)(NAME(x), N, R(1.0), 1), R(1.29381), -R(0.07884), R(0.0), -R(0.72383));
    GIVES(TS(prox_kullback_leibler)(NAME(x), N, R(1.0), NAME(ones)), R(2.41421), R(0.5), R(0.61803), R(0.30278));
    GIVES(TS(prox_cross_entropy)(NAME(x), N, R(1.0), NAME(zeros)), R(0.58579), R(0.0), R(0.0), R(0.0));
}

static void NAME(nonconvex)(void)
{
    GIVES(TS(prox_l0)(NAME(x), N, R(1.0)), R(3.0), R(0.0), R(0.0), -R(2.0));
    GIVES(TS(prox_square_root)(NAME(x), N, R(1.0)), R(2.69545), R(0.0), R(0.0), -R(1.60538));
    GIVES(TS(prox_two_thirds)(NAME(x), N, R(1.0)), R(2.50941), R(0.0), R(0.0), -R(1.40473));
    GIVES(TS(prox_log_sum)(NAME(x), N, R(1.0), R(1.0)), R(2.73205), R(0.0), R(0.0), -R(1.61803));
    GIVES(TS(prox_mcp)(NAME(x), N, R(1.0), R(1.0), R(2.0)), R(3.0), R(0.0), R(0.0), -R(2.0));
    GIVES(TS(prox_scad)(NAME(x), N, R(1.0), R(1.0), R(3.0)), R(3.0), R(0.0), R(0.0), -R(1.0));
    GIVES(TS(prox_capped_l1)(NAME(x), N, R(1.0), R(1.0)), R(3.0), R(0.0), R(0.0), -R(2.0));
    GIVES(TS(prox_geman)(NAME(x), N, R(1.0), R(1.0)), R(2.93543), R(0.0), R(0.0), -R(1.87939));
    GIVES(TS(prox_exponential_type)(NAME(x), N, R(1.0), R(1.0)), R(2.91418), R(0.0), R(0.0), -R(1.71542));
    GIVES(TS(prox_cauchy)(NAME(x), N, R(1.0), R(1.0)), R(2.25992), -R(0.16984), R(0.0), -R(1.0));
}

static void NAME(norms)(void)
{
    GIVES(TS(prox_l2)(NAME(x), N, R(1.0)), R(2.17588), -R(0.36265), R(0.0), -R(1.45058));
    GIVES(TS(prox_nonnegative_l2)(NAME(x), N, R(1.0)), R(2.0), R(0.0), R(0.0), R(0.0));
    GIVES(TS(prox_huber_norm)(NAME(x), N, R(1.0), R(1.0)), R(2.17588), -R(0.36265), R(0.0), -R(1.45058));
    GIVES(TS(prox_l_infinity)(NAME(x), N, R(1.0)), R(2.0), -R(0.5), R(0.0), -R(2.0));
    GIVES(TS(prox_largest)(NAME(x), N, R(1.0)), R(2.0), -R(0.5), R(0.0), -R(2.0));
    GIVES(TS(prox_squared_l1)(NAME(x), N, R(1.0)), R(1.33333), R(0.0), R(0.0), -R(0.33333));
    GIVES(TS(prox_l1_minus_l2)(NAME(x), N, R(1.0), R(0.0)), R(2.0), R(0.0), R(0.0), -R(1.0));
    GIVES(TS(prox_group_lasso)(NAME(x), N, R(1.0), 2), R(2.01361), -R(0.33560), R(0.0), -R(1.0));
    GIVES(TS(prox_sparse_group_lasso)(NAME(x), N, R(1.0), 2, R(1.0)), R(1.0), R(0.0), R(0.0), R(0.0));
    GIVES(TS(prox_sparse_groups)(NAME(x), N, R(1.0), 2, 1, NAME(scratch), 2), R(3.0), -R(0.5), R(0.0), R(0.0));
    GIVES(TS(prox_wgsef)(NAME(x), N, R(1.0), 1, 1, NAME(scratch), 4), R(1.33333), R(0.0), R(0.0), -R(0.33333));
    GIVES(TS(prox_sum_of_largest)(NAME(x), N, R(1.0), 4), R(2.0), -R(1.5), -R(1.0), -R(3.0));
    GIVES(TS(prox_sum_of_largest_magnitudes)(NAME(x), N, R(1.0), 4), R(2.0), R(0.0), R(0.0), -R(1.0));
    GIVES(TS(prox_sorted_l1)(NAME(x), N, R(1.0), NAME(ones), NAME(scratch), 12), R(2.0), R(0.0), R(0.0), -R(1.0));
    GIVES(TS(prox_isotonic)(NAME(x), N, R(1.0), NAME(scratch), 4), R(0.125), R(0.125), R(0.125), R(0.125));
    GIVES(TS(prox_total_variation)(NAME(x), N, R(1.0)), R(2.0), -R(0.25), -R(0.25), -R(1.0));
    GIVES(TS(prox_total_variation_linear)(NAME(x), N, R(1.0), NAME(scratch), 20), R(2.0), -R(0.25), -R(0.25), -R(1.0));
    GIVES(TS(prox_fused_lasso)(NAME(x), N, R(1.0), R(1.0), R(1.0)), R(1.0), R(0.0), R(0.0), R(0.0));
    GIVES(TS(prox_plane_total_variation)(NAME(x), N, R(1.0), 1, 4, 50, R(1e-6), NAME(scratch), 12), R(2.0), -R(0.25), -R(0.25), -R(1.0));
}

static void NAME(sets)(void)
{
    static const REAL identity[16] = {R(1.0), R(0.0), R(0.0), R(0.0), R(0.0), R(1.0), R(0.0), R(0.0),
                                       R(0.0), R(0.0), R(1.0), R(0.0), R(0.0), R(0.0), R(0.0), R(1.0)};
    static const REAL packed[10] = {R(1.0), R(0.0), R(1.0), R(0.0), R(0.0), R(1.0), R(0.0), R(0.0), R(0.0), R(1.0)};
    REAL factor[3];
    GIVES(TS(prox_simplex)(NAME(x), N, R(1.0), R(1.0)), R(1.0), R(0.0), R(0.0), R(0.0));
    GIVES(TS(prox_extended_simplex)(NAME(x), N, R(1.0), R(5.0)), R(3.0), R(0.0), R(0.0), R(0.0));
    GIVES(TS(prox_capped_simplex)(NAME(x), N, R(1.0), R(1.0), R(0.0), R(1.0)), R(1.0), R(0.0), R(0.0), R(0.0));
    GIVES(TS(prox_l1_ball)(NAME(x), N, R(1.0), R(3.0)), R(2.0), R(0.0), R(0.0), -R(1.0));
    GIVES(TS(prox_weighted_l1_ball)(NAME(x), N, R(1.0), NAME(ones), R(3.0)), R(2.0), R(0.0), R(0.0), -R(1.0));
    GIVES(TS(prox_l2_ball)(NAME(x), N, R(1.0), R(1.0)), R(0.82413), -R(0.13735), R(0.0), -R(0.54942));
    GIVES(TS(prox_sphere)(NAME(x), N, R(1.0), R(1.0)), R(0.82413), -R(0.13735), R(0.0), -R(0.54942));
    GIVES(TS(prox_sparse_vectors)(NAME(x), N, R(1.0), 1), R(3.0), R(0.0), R(0.0), R(0.0));
    GIVES(TS(prox_halfspace)(NAME(x), N, R(1.0), NAME(ones), R(0.0)), R(2.875), -R(0.625), -R(0.125), -R(2.125));
    GIVES(TS(prox_hyperplane)(NAME(x), N, R(1.0), NAME(ones), R(1.5)), R(3.25), -R(0.25), R(0.25), -R(1.75));
    GIVES(TS(prox_hyperslab)(NAME(x), N, R(1.0), NAME(ones), R(0.0), R(1.0)), R(3.0), -R(0.5), R(0.0), -R(2.0));
    CHECK(TS(prox_affine_factor)(identity, 2, N, factor) == TS_OK);
    GIVES(TS(prox_affine)(NAME(x), N, R(1.0), 2, identity, NAME(ones), factor, NAME(scratch), 2), R(1.0), R(1.0), R(0.0), -R(2.0));
    GIVES(TS(prox_second_order_cone)(NAME(x), N, R(1.0), R(1.0)), R(3.0), -R(0.5), R(0.0), -R(2.0));
    GIVES(TS(prox_rotated_cone)(NAME(x), N, R(1.0)), R(3.11111), R(0.38889), R(0.0), -R(1.55556));
    GIVES(TS(prox_exponential_cone)(NAME(x), 3, R(1.0)), R(0.27511), R(0.21775), R(0.7703), -R(2.0));
    GIVES(TS(prox_dual_exponential_cone)(NAME(x), 3, R(1.0)), R(0.0), R(0.0), R(0.00124), -R(2.0));
    GIVES(TS(prox_semidefinite)(NAME(x), N, R(1.0), 2, NAME(scratch), 10), R(3.0), R(0.0), R(0.0), R(0.0));
    GIVES(TS(prox_nuclear_norm)(NAME(x), N, R(1.0), 1, 4, NAME(scratch), 6), R(2.17588), -R(0.36265), R(0.0), -R(1.45058));
    GIVES(TS(prox_spectral_norm)(NAME(x), N, R(1.0), 1, 4, NAME(scratch), 6), R(2.17588), -R(0.36265), R(0.0), -R(1.45058));
    GIVES(TS(prox_rank)(NAME(x), N, R(1.0), 1, 4, 1, NAME(scratch), 6), R(3.0), -R(0.5), R(0.0), -R(2.0));
    GIVES(TS(prox_quadratic)(NAME(x), N, R(1.0), packed, NAME(zeros), NAME(scratch), 10), R(1.5), -R(0.25), R(0.0), -R(1.0));
    GIVES(TS(prox_least_squares)(NAME(x), N, R(1.0), 4, identity, NAME(zeros), NAME(scratch), 14), R(1.5), -R(0.25), R(0.0), -R(1.0));
}

/* x >= 0 within the unit ball, and distances to the first. */
static void NAME(intersections)(void)
{
    TS(prox_term_t) both[2];
    memset(both, 0, sizeof both);
    both[0].kind = TS_PROX_NONNEGATIVE;
    both[1].kind = TS_PROX_L2_BALL;
    both[1].a = R(1.0);
    both[0].len = both[1].len = N;
    both[0].factor = both[1].factor = R(1.0);
    GIVES(TS(prox_dykstra)(NAME(x), N, R(1.0), both, 2, 1000, R(1e-6), NAME(scratch), 12), R(1.0), R(0.0), R(0.0), R(0.0));
    GIVES(TS(prox_distance)(NAME(x), N, R(1.0), both, 1, NAME(scratch), 4), R(3.0), -R(0.25746), R(0.0), -R(1.02986));
    GIVES(TS(prox_squared_distance)(NAME(x), N, R(1.0), both, 1, NAME(scratch), 4), R(3.0), -R(0.25), R(0.0), -R(1.0));
    NAME(set)(R(3.0), -R(0.5), R(0.0), -R(2.0));
    CHECK(REFUSED(TS(prox_dykstra)(NAME(x), N, R(1.0), both, 2, 0, R(1e-6), NAME(scratch), 12), TS_ERROR_OUT_OF_RANGE, TS_FIELD_ITERATIONS));
    CHECK(REFUSED(TS(prox_dykstra)(NAME(x), N, R(1.0), both, 2, 9, -R(1.0), NAME(scratch), 12), TS_ERROR_OUT_OF_RANGE, TS_FIELD_TOLERANCE));
    CHECK(REFUSED(TS(prox_dykstra)(NAME(x), N, R(1.0), both, 0, 9, R(1e-6), NAME(scratch), 12), TS_ERROR_LENGTH, TS_FIELD_GROUPS));
    CHECK(REFUSED(TS(prox_dykstra)(NAME(x), N, R(1.0), both, 2, 9, R(1e-6), NAME(scratch), 11), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(prox_dykstra)(NAME(x), N, R(1.0), both, 2, 9, R(1e-6), NAME(x), 12), TS_ERROR_OVERLAP, TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(prox_distance)(NAME(x), 3, R(1.0), both, 1, NAME(scratch), 3), TS_ERROR_LENGTH, TS_FIELD_GROUPS));
    CHECK(REFUSED(TS(prox_distance)(NAME(x), N, R(0.0), both, 1, NAME(scratch), 4), TS_ERROR_OUT_OF_RANGE, TS_FIELD_STEP));
    CHECK(REFUSED(TS(prox_squared_distance)(NAME(x), N, R(1.0), both, 1, NULL, 4), TS_ERROR_NULL, TS_FIELD_WORKSPACE));
    both[1].len = 3;
    CHECK(REFUSED(TS(prox_dykstra)(NAME(x), N, R(1.0), both, 2, 9, R(1e-6), NAME(scratch), 12), TS_ERROR_LENGTH, TS_FIELD_GROUPS));
    CHECK(NAME(is)(R(3.0), -R(0.5), R(0.0), -R(2.0)));
}

static void NAME(refusals)(void)
{
    const REAL nan = (REAL)strtod("nan", NULL);
    NAME(set)(R(3.0), -R(0.5), R(0.0), -R(2.0));
    CHECK(REFUSED(TS(prox_l1)(NULL, N, R(1.0)), TS_ERROR_NULL, TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(prox_l1)((REAL *)((uintptr_t)NAME(x) + 1u), 2, R(1.0)), TS_ERROR_MISALIGNED, TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(prox_l1)(NAME(x), N, R(0.0)), TS_ERROR_OUT_OF_RANGE, TS_FIELD_STEP));
    CHECK(REFUSED(TS(prox_l1)(NAME(x), N, -R(1.0)), TS_ERROR_OUT_OF_RANGE, TS_FIELD_STEP));
    CHECK(REFUSED(TS(prox_l1)(NAME(x), N, nan), TS_ERROR_OUT_OF_RANGE, TS_FIELD_STEP));
    CHECK(REFUSED(TS(prox_simplex)(NAME(x), N, R(1.0), nan), TS_ERROR_NOT_FINITE, TS_FIELD_CONFIGURATION));
    CHECK(REFUSED(TS(prox_simplex)(NAME(x), N, R(1.0), R(0.0)), TS_ERROR_OUT_OF_RANGE, TS_FIELD_CONFIGURATION));
    CHECK(REFUSED(TS(prox_interval)(NAME(x), N, R(1.0), R(1.0), -R(1.0)), TS_ERROR_OUT_OF_RANGE, TS_FIELD_BOUNDS));
    CHECK(REFUSED(TS(prox_bounds)(NAME(x), N, R(1.0), NULL, NAME(ones)), TS_ERROR_NULL, TS_FIELD_BOUNDS));
    CHECK(REFUSED(TS(prox_bounds)(NAME(x), N, R(1.0), NAME(x), NAME(ones)), TS_ERROR_OVERLAP, TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(prox_weighted_l1)(NAME(x), N, R(1.0), NAME(x) + 2), TS_ERROR_OVERLAP, TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(prox_isotonic)(NAME(x), N, R(1.0), NAME(scratch), 3), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(prox_isotonic)(NAME(x), N, R(1.0), NAME(x), 4), TS_ERROR_OVERLAP, TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(prox_isotonic)(NAME(x), N, R(1.0), NULL, 4), TS_ERROR_NULL, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(prox_sorted_l1)(NAME(x), N, R(1.0), NAME(scratch), NAME(scratch), 12), TS_ERROR_OVERLAP, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(prox_group_lasso)(NAME(x), N, R(1.0), 0), TS_ERROR_OUT_OF_RANGE, TS_FIELD_GROUPS));
    CHECK(REFUSED(TS(prox_power)(NAME(x), N, R(1.0), 4), TS_ERROR_OUT_OF_RANGE, TS_FIELD_CONFIGURATION));
    CHECK(REFUSED(TS(prox_exponential_cone)(NAME(x), N, R(1.0)), TS_ERROR_OUT_OF_RANGE, TS_FIELD_SIZE));
    CHECK(NAME(is)(R(3.0), -R(0.5), R(0.0), -R(2.0)));
    CHECK(TS(prox_l1)(NULL, 0, R(1.0)) == TS_OK);
    CHECK(TS(prox_isotonic)(NULL, 0, R(1.0), NULL, 0) == TS_OK);
}

static void NAME(operators)(void)
{
    NAME(separable)();
    NAME(nonconvex)();
    NAME(norms)();
    NAME(sets)();
    NAME(intersections)();
    NAME(refusals)();
}
