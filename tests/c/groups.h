/* The body of groups.c for one precision. */

/* Everything a call might write lies here. */
static struct {
    REAL x[N + 1];
    REAL scratch[8 * N];
    REAL weights[N];
    TS(prox_groups_t) groups;
} NAME(now), NAME(before);

static const REAL NAME(point)[N] = {R(1.5), -R(2.0), R(0.25), R(1.0), R(0.5), -R(0.75), R(0.1)};
static const REAL NAME(group_weights)[GROUPS] = {R(0.5), R(2.0), R(1.25)};
static const REAL NAME(element_weights)[N] = {R(1.0), R(0.5), R(2.0), R(1.5), R(0.25), R(1.0), R(3.0)};
static const REAL NAME(labels)[N] = {R(1.0), -R(1.0), R(2.0), -R(0.5), R(1.0), -R(1.0), R(1.0)};
static double NAME(want)[N];

static void NAME(set)(void)
{
    memset(&NAME(now), 0, sizeof NAME(now));
    memcpy(NAME(now).x, NAME(point), sizeof NAME(point));
    NAME(now).x[N] = R(77.0);
    NAME(now).groups.count = GROUPS;
    NAME(now).groups.ends = ends;
    NAME(now).groups.weights = NAME(group_weights);
}

static void NAME(found)(int line)
{
    uint32_t k;
    for (k = 0; k < N; k++) {
        const double off = (double)NAME(now).x[k] - NAME(want)[k];
        if (!(off < 2e-5 && off > -2e-5)) {
            (void)fprintf(stderr, "line %d, element %lu: %g, %g expected\n", line, (unsigned long)k,
                          (double)NAME(now).x[k], NAME(want)[k]);
            exit(1);
        }
    }
    CHECK(NAME(now).x[N] > R(76.0) && NAME(now).x[N] < R(78.0));
}

#undef GIVES
#define GIVES(call)                                                                                                    \
    do {                                                                                                               \
        CHECK((call) == TS_OK);                                                                                        \
        NAME(found)(__LINE__);                                                                                         \
    } while (0)

/* Norms of the groups of `want`, scaled by the square roots of the weights if asked for. */
static void NAME(norms)(const uint32_t *to, double *norm)
{
    uint32_t group;
    uint32_t k = 0;
    for (group = 0; group < GROUPS; group++) {
        double squares = 0.0;
        for (; k < to[group]; k++) {
            squares += NAME(want)[k] * NAME(want)[k];
        }
        norm[group] = sqrt(squares);
    }
}

/* `want` times a factor a group. */
static void NAME(times)(const uint32_t *to, const double *factor)
{
    uint32_t group;
    uint32_t k = 0;
    for (group = 0; group < GROUPS; group++) {
        for (; k < to[group]; k++) {
            NAME(want)[k] *= factor[group];
        }
    }
}

static void NAME(lasso)(const uint32_t *to, int weighted, double step, double absolute)
{
    double norm[GROUPS];
    uint32_t k;
    for (k = 0; k < N; k++) {
        NAME(want)[k] = soft((double)NAME(point)[k], step * absolute);
    }
    NAME(norms)(to, norm);
    for (k = 0; k < GROUPS; k++) {
        const double weight = weighted != 0 ? (double)NAME(group_weights)[k] : 1.0;
        norm[k] = norm[k] > 0.0 ? positive(1.0 - step * weight / norm[k]) : 0.0;
    }
    NAME(times)(to, norm);
}

/* By bisection for the number at which the shares sum up to `largest`. */
static void NAME(envelope)(double step, uint32_t largest)
{
    double norm[GROUPS];
    double low = 0.0;
    double high = 1e6;
    uint32_t k;
    uint32_t round;
    for (k = 0; k < N; k++) {
        NAME(want)[k] = (double)NAME(point)[k];
    }
    NAME(norms)(ends, norm);
    for (round = 0; round < 200; round++) {
        const double eta = (low + high) / 2.0;
        double sum = 0.0;
        for (k = 0; k < GROUPS; k++) {
            const double d = (double)NAME(group_weights)[k];
            sum += clamped(eta * sqrt(d) * norm[k] - step * d, 0.0, 1.0);
        }
        if (sum < (double)largest) {
            low = eta;
        } else {
            high = eta;
        }
    }
    for (k = 0; k < GROUPS; k++) {
        const double d = (double)NAME(group_weights)[k];
        const double share = clamped(high * sqrt(d) * norm[k] - step * d, 0.0, 1.0);
        norm[k] = share / (share + step * d);
    }
    NAME(times)(ends, norm);
}

static void NAME(grouped)(void)
{
    static const uint32_t threes[GROUPS] = {3, 6, 7};
    TS(prox_groups_t) *groups = &NAME(now).groups;
    uint32_t k;
    for (k = 1; k < 9; k++) {
        const double step = 0.3 * (double)k;
        NAME(lasso)(ends, 1, step, 0.0);
        NAME(set)();
        GIVES(TS(prox_group_lasso_of)(NAME(now).x, N, (REAL)step, groups));
        NAME(lasso)(ends, 0, step, 0.0);
        NAME(set)();
        groups->weights = NULL;
        GIVES(TS(prox_group_lasso_of)(NAME(now).x, N, (REAL)step, groups));
        NAME(lasso)(threes, 1, step, 0.0);
        NAME(set)();
        groups->ends = NULL;
        groups->len = 3;
        GIVES(TS(prox_group_lasso_of)(NAME(now).x, N, (REAL)step, groups));
        NAME(lasso)(ends, 1, step, 0.25);
        NAME(set)();
        GIVES(TS(prox_sparse_group_lasso_of)(NAME(now).x, N, (REAL)step, groups, R(0.25)));
        NAME(envelope)(step, 1 + k % 2);
        NAME(set)();
        GIVES(TS(prox_wgsef_of)(NAME(now).x, N, (REAL)step, groups, 1 + k % 2, NAME(now).scratch, GROUPS));
        /* All groups: half the weighted squared norm. */
        for (uint32_t j = 0; j < N; j++) {
            const uint32_t group = j < ends[0] ? 0u : j < ends[1] ? 1u : 2u;
            NAME(want)[j] = (double)NAME(point)[j] / (1.0 + step * (double)NAME(group_weights)[group]);
        }
        NAME(set)();
        GIVES(TS(prox_wgsef_of)(NAME(now).x, N, (REAL)step, groups, GROUPS, NAME(now).scratch, GROUPS));
    }
    /* Norms 1.5, 2.25, 0.907. */
    for (k = 1; k <= 3; k++) {
        for (uint32_t j = 0; j < N; j++) {
            const int stays = j >= ends[0] && j < ends[1] ? 1 : j < ends[0] ? k > 1 : k > 2;
            NAME(want)[j] = stays != 0 ? (double)NAME(point)[j] : 0.0;
        }
        NAME(set)();
        GIVES(TS(prox_sparse_groups_of)(NAME(now).x, N, R(1.0), groups, k, NAME(now).scratch, GROUPS));
    }
}

/* Where an increasing function of one number is 0. */
#undef ROOT
#define ROOT(z, from, to, expression)                                                                                  \
    do {                                                                                                               \
        double low = (from);                                                                                           \
        double high = (to);                                                                                            \
        uint32_t round;                                                                                                \
        for (round = 0; round < 200; round++) {                                                                        \
            z = (low + high) / 2.0;                                                                                    \
            if ((expression) > 0.0) {                                                                                  \
                high = z;                                                                                              \
            } else {                                                                                                   \
                low = z;                                                                                               \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

static double NAME(excess)(double mu, double total)
{
    double sum = 0.0;
    uint32_t k;
    for (k = 0; k < N; k++) {
        const double a = (double)NAME(element_weights)[k];
        sum += a * clamped((double)NAME(point)[k] - mu * a, -0.25, 0.75);
    }
    return total - sum;
}

static void NAME(elements)(void)
{
    static const REAL members[4] = {R(1.0), -R(1.0), R(0.0), R(0.5)};
    uint32_t k;
    uint32_t j;
    double z = 0.0;
    for (k = 0; k < 5; k++) {
        const double total = -1.0 + (double)k;
        ROOT(z, -100.0, 100.0, NAME(excess)(z, total));
        for (j = 0; j < N; j++) {
            NAME(want)[j] = clamped((double)NAME(point)[j] - z * (double)NAME(element_weights)[j], -0.25, 0.75);
        }
        NAME(set)();
        GIVES(TS(prox_weighted_capped_simplex)(NAME(now).x, N, R(1.0), NAME(element_weights), (REAL)total, -R(0.25),
                                               R(0.75)));
        for (j = 0; j < N; j++) {
            const double step = 0.5 * (double)(k + 1);
            const double v = (double)NAME(point)[j];
            const double y = (double)NAME(labels)[j];
            ROOT(z, -100.0, 100.0, z - v + step * y / (1.0 + exp(-y * z)));
            NAME(want)[j] = z;
        }
        NAME(set)();
        GIVES(TS(prox_labelled_logistic)(NAME(now).x, N, R(0.5) * (REAL)(k + 1), NAME(labels)));
    }
    for (j = 0; j < N; j++) {
        /* 0.25 and 0.75 lie in the middle: the one that stands first. */
        static const double nearest[N] = {1.0, -1.0, 0.0, 1.0, 0.5, -1.0, 0.0};
        NAME(want)[j] = nearest[j];
    }
    NAME(set)();
    GIVES(TS(prox_finite_set)(NAME(now).x, N, R(1.0), members, 4));
    for (j = 0; j < N; j++) {
        NAME(want)[j] = -1.25;
    }
    NAME(set)();
    GIVES(TS(prox_point)(NAME(now).x, N, R(1.0), -R(1.25)));
    /* The variation, then the soft threshold. */
    NAME(set)();
    CHECK(TS(prox_total_variation)(NAME(now).x, N, R(0.25)) == TS_OK);
    for (j = 0; j < N; j++) {
        NAME(want)[j] = soft((double)NAME(now).x[j], 0.125);
    }
    NAME(set)();
    GIVES(TS(prox_fused_lasso_linear)(NAME(now).x, N, R(0.5), R(0.5), R(0.25), NAME(now).scratch, 5 * N));
}

static void NAME(bad_groups)(void)
{
    static const uint32_t falling[GROUPS] = {1, 1, 7};
    static const uint32_t short_of[GROUPS] = {1, 4, 6};
    static const uint32_t beyond[GROUPS] = {1, 4, 8};
    const REAL nan = (REAL)strtod("nan", NULL);
    TS(prox_groups_t) *groups = &NAME(now).groups;
    NAME(set)();
#define LASSO TS(prox_group_lasso_of)(NAME(now).x, N, R(1.0), groups)
    EXPECT(NULL, ITERATE, 0, TS(prox_group_lasso_of)(NULL, N, R(1.0), groups));
    EXPECT(NULL, GROUPS, 0, TS(prox_group_lasso_of)(NAME(now).x, N, R(1.0), NULL));
    EXPECT(OUT_OF_RANGE, STEP, 0, TS(prox_group_lasso_of)(NAME(now).x, N, R(0.0), groups));
    EXPECT(OUT_OF_RANGE, STEP, 0, TS(prox_group_lasso_of)(NAME(now).x, N, nan, groups));
    groups->ends = falling;
    EXPECT(UNORDERED, GROUPS, 1, LASSO);
    groups->ends = short_of;
    EXPECT(OUT_OF_RANGE, GROUPS, 2, LASSO);
    groups->ends = beyond;
    EXPECT(OUT_OF_RANGE, GROUPS, 2, LASSO);
    groups->ends = (const uint32_t *)(const void *)NAME(now).x;
    EXPECT(OVERLAP, ITERATE, 0, LASSO);
    groups->ends = NULL;
    EXPECT(OUT_OF_RANGE, GROUPS, 0, LASSO);
    groups->len = 2;
    EXPECT(LENGTH, WEIGHTS, 3, LASSO);
    groups->count = 0;
    EXPECT(LENGTH, WEIGHTS, 0, LASSO);
    NAME(set)();
    groups->count = 0;
    EXPECT(LENGTH, WEIGHTS, 0, LASSO);
    groups->weights = NULL;
    EXPECT(OUT_OF_RANGE, GROUPS, 0, LASSO);
    NAME(set)();
    memcpy(NAME(now).weights, NAME(group_weights), sizeof NAME(group_weights));
    groups->weights = NAME(now).weights;
    NAME(now).weights[1] = nan;
    EXPECT(NOT_FINITE, WEIGHTS, 1, LASSO);
    NAME(now).weights[1] = -R(1.0);
    EXPECT(OUT_OF_RANGE, WEIGHTS, 1, LASSO);
    EXPECT(OUT_OF_RANGE, WEIGHTS, 1, TS(prox_sparse_group_lasso_of)(NAME(now).x, N, R(1.0), groups, R(1.0)));
    EXPECT(OUT_OF_RANGE, WEIGHTS, 1, TS(prox_wgsef_of)(NAME(now).x, N, R(1.0), groups, 1, NAME(now).scratch, GROUPS));
    NAME(now).weights[1] = R(0.0);
    EXPECT(OUT_OF_RANGE, WEIGHTS, 1, TS(prox_wgsef_of)(NAME(now).x, N, R(1.0), groups, 1, NAME(now).scratch, GROUPS));
    CHECK(LASSO == TS_OK);
    NAME(set)();
    groups->weights = NAME(now).x + 1;
    EXPECT(OVERLAP, ITERATE, 0, LASSO);
    NAME(set)();
    EXPECT(OUT_OF_RANGE, CONFIGURATION, 0, TS(prox_sparse_group_lasso_of)(NAME(now).x, N, R(1.0), groups, -R(1.0)));
    EXPECT(NOT_FINITE, CONFIGURATION, 0, TS(prox_sparse_group_lasso_of)(NAME(now).x, N, R(1.0), groups, nan));
    EXPECT(OUT_OF_RANGE, CONFIGURATION, 0,
           TS(prox_sparse_groups_of)(NAME(now).x, N, R(1.0), groups, 0, NAME(now).scratch, GROUPS));
    EXPECT(LENGTH, WORKSPACE, 2, TS(prox_sparse_groups_of)(NAME(now).x, N, R(1.0), groups, 1, NAME(now).scratch, 2));
    EXPECT(LENGTH, WORKSPACE, 2, TS(prox_wgsef_of)(NAME(now).x, N, R(1.0), groups, 1, NAME(now).scratch, 2));
    EXPECT(NULL, WORKSPACE, 0, TS(prox_wgsef_of)(NAME(now).x, N, R(1.0), groups, 1, NULL, GROUPS));
    EXPECT(OVERLAP, ITERATE, 0, TS(prox_wgsef_of)(NAME(now).x, N, R(1.0), groups, 1, NAME(now).x, GROUPS));
    groups->count = 0;
    CHECK(TS(prox_group_lasso_of)(NULL, 0, R(1.0), groups) == TS_OK);
}

static void NAME(bad_elements)(void)
{
    const REAL nan = (REAL)strtod("nan", NULL);
    const REAL *weights = NAME(now).weights;
    NAME(set)();
    memcpy(NAME(now).weights, NAME(element_weights), sizeof NAME(element_weights));
#define CAPPED(total, low, high)                                                                                       \
    TS(prox_weighted_capped_simplex)(NAME(now).x, N, R(1.0), weights, (total), (low), (high))
    NAME(now).weights[5] = R(0.0);
    EXPECT(OUT_OF_RANGE, WEIGHTS, 5, CAPPED(R(1.0), R(0.0), R(1.0)));
    NAME(now).weights[5] = -R(1.0);
    EXPECT(OUT_OF_RANGE, WEIGHTS, 5, CAPPED(R(1.0), R(0.0), R(1.0)));
    NAME(now).weights[5] = nan;
    EXPECT(NOT_FINITE, WEIGHTS, 5, CAPPED(R(1.0), R(0.0), R(1.0)));
    EXPECT(NOT_FINITE, WEIGHTS, 5, TS(prox_labelled_logistic)(NAME(now).x, N, R(1.0), weights));
    NAME(now).weights[5] = R(0.0);
    EXPECT(OUT_OF_RANGE, WEIGHTS, 5, TS(prox_labelled_logistic)(NAME(now).x, N, R(1.0), weights));
    NAME(now).weights[5] = R(1.0);
    EXPECT(NOT_FINITE, CONFIGURATION, 0, CAPPED(nan, R(0.0), R(1.0)));
    EXPECT(OUT_OF_RANGE, CONFIGURATION, 0, CAPPED(R(99.0), R(0.0), R(1.0)));
    EXPECT(OUT_OF_RANGE, BOUNDS, 0, CAPPED(R(1.0), R(1.0), R(1.0)));
    EXPECT(NOT_FINITE, BOUNDS, 1, CAPPED(R(1.0), R(0.0), nan));
    EXPECT(NULL, WEIGHTS, 0, TS(prox_weighted_capped_simplex)(NAME(now).x, N, R(1.0), NULL, R(1.0), R(0.0), R(1.0)));
    EXPECT(OVERLAP, ITERATE, 0, TS(prox_labelled_logistic)(NAME(now).x, N, R(1.0), NAME(now).x));
    EXPECT(LENGTH, VALUES, 0, TS(prox_finite_set)(NAME(now).x, N, R(1.0), weights, 0));
    EXPECT(NULL, VALUES, 0, TS(prox_finite_set)(NAME(now).x, N, R(1.0), NULL, 2));
    EXPECT(OVERLAP, ITERATE, 0, TS(prox_finite_set)(NAME(now).x, N, R(1.0), NAME(now).x + 3, 2));
    NAME(now).weights[1] = nan;
    EXPECT(NOT_FINITE, VALUES, 1, TS(prox_finite_set)(NAME(now).x, N, R(1.0), weights, 2));
    EXPECT(NOT_FINITE, CONFIGURATION, 0, TS(prox_point)(NAME(now).x, N, R(1.0), nan));
    EXPECT(OUT_OF_RANGE, STEP, 0, TS(prox_point)(NAME(now).x, N, -R(1.0), R(1.0)));
    EXPECT(LENGTH, WORKSPACE, 5 * N - 1,
           TS(prox_fused_lasso_linear)(NAME(now).x, N, R(1.0), R(1.0), R(0.0), NAME(now).scratch, 5 * N - 1));
    EXPECT(OUT_OF_RANGE, CONFIGURATION, 0,
           TS(prox_fused_lasso_linear)(NAME(now).x, N, R(1.0), R(0.0), R(0.0), NAME(now).scratch, 5 * N));
    EXPECT(OUT_OF_RANGE, CONFIGURATION, 1,
           TS(prox_fused_lasso_linear)(NAME(now).x, N, R(1.0), R(1.0), -R(1.0), NAME(now).scratch, 5 * N));
    CHECK(TS(prox_point)(NULL, 0, R(1.0), R(1.0)) == TS_OK);
}

static void NAME(all)(void)
{
    NAME(grouped)();
    NAME(elements)();
    NAME(bad_groups)();
    NAME(bad_elements)();
}
#undef LASSO
#undef CAPPED
