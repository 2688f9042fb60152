/* The body of network.c for one precision. */

static void NAME(network)(uint32_t bytes)
{
    static REAL arena[1024];
    static REAL workspace[64 * 6];
    static REAL b[64];
    static REAL x[64];
    static uint8_t mask[64];
    const unsigned char *from = container.byte;
    const REAL minus[3] = {R(-1.0), R(-1.0), R(0.0)};
    TS(preconditioner_t) direction;
    TS(operator_t) a;
    TS(dcd_t) dcd;
    TS(dcd_config_t) config;
    TS(report_t) report;
    ts_status_t outcome;
    uint32_t need = 77;
    uint32_t k;
    size_t len;
    for (k = 0; k < 64u; k++) {
        mask[k] = (uint8_t)(k % 9u != 4u);
        b[k] = mask[k] == 0u ? R(0.0) : ((REAL)((k * 37u) % 101u) - R(50.0)) / R(64.0);
        x[k] = R(0.0);
    }
    CHECK(TS(direction_network_arena_len)(from, bytes, 8, 8, 1, &need) == TS_OK);
    CHECK(need == CHANNELS * (64u + 16u + 24u));
    len = need;
    arena[len] = R(3.25);
    CHECK(TS(stencil_init)(&a, 8, 8, 1, R(4.0), minus, mask) == TS_OK);
    CHECK(TS(direction_network_init)(&direction, from, bytes, 8, 8, 1, mask, arena, len) == TS_OK);
    CHECK(TS(dcd_config_default)(&config) == TS_OK);
    config.stopping.relative = R(1e-4);
    /* It is not symmetric. */
    CHECK(REFUSED(TS(dcd_init)(&dcd, &a, &direction, b, x, workspace, 384, &config), TS_ERROR_OUT_OF_RANGE,
                  TS_FIELD_PRECONDITIONER));
    config.conjugation = TS_CONJUGATION_PREVIOUS_TWO;
    CHECK(TS(dcd_init)(&dcd, &a, &direction, b, x, workspace, 384, &config) == TS_OK);
    CHECK(TS(dcd_step)(&dcd, &a, &direction, b, x, workspace, 384) == TS_STEP_RUNNING);
    outcome = TS(dcd_run)(&dcd, &a, &direction, b, x, workspace, 384);
    CHECK(outcome == TS_STEP_CONVERGED || outcome == TS_STEP_HANDED_OVER);
    CHECK(TS(dcd_report)(&dcd, &report) == TS_OK && report.residual <= report.target);
    CHECK(arena[len] >= R(3.25) && arena[len] <= R(3.25));
    /* The arena is written: it may lie on nothing else, and so may nothing that comes in later. */
    CHECK(REFUSED(TS(dcd_step)(&dcd, &a, &direction, arena, x, workspace, 384), TS_ERROR_OVERLAP, TS_FIELD_SCRATCH));
    CHECK(TS(dcd_step)(&dcd, &a, &direction, b, arena, workspace, 384) < 0);

    CHECK(REFUSED(TS(direction_network_arena_len)(NULL, bytes, 8, 8, 1, &need), TS_ERROR_NULL, TS_FIELD_BYTES));
    CHECK(REFUSED(TS(direction_network_arena_len)(from, bytes, 8, 8, 1, NULL), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(TS(direction_network_arena_len)(from, bytes - 16u, 8, 8, 1, &need) < 0);
    CHECK(REFUSED(TS(direction_network_arena_len)(from, bytes, UINT32_MAX, UINT32_MAX, 1, &need), TS_ERROR_TOO_LARGE,
                  TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(direction_network_init)(NULL, from, bytes, 8, 8, 1, mask, arena, len), TS_ERROR_NULL,
                  TS_FIELD_OBJECT));
    CHECK(REFUSED(TS(direction_network_init)(&direction, NULL, bytes, 8, 8, 1, mask, arena, len), TS_ERROR_NULL,
                  TS_FIELD_BYTES));
    CHECK(REFUSED(TS(direction_network_init)(&direction, from, bytes, 8, 8, 1, mask, NULL, len), TS_ERROR_NULL,
                  TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(direction_network_init)(&direction, from, bytes, 8, 8, 1, mask, arena, len - 1), TS_ERROR_LENGTH,
                  TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(direction_network_init)(&direction, from, bytes, 8, 8, 1, mask, arena, 0), TS_ERROR_LENGTH,
                  TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(direction_network_init)(&direction, from, bytes, 8, 7, 1, mask, arena, len), TS_ERROR_OUT_OF_RANGE,
                  TS_FIELD_SIZE));
    CHECK(REFUSED(TS(direction_network_init)(&direction, from, bytes, 8, 8, 2, mask, arena, len), TS_ERROR_OUT_OF_RANGE,
                  TS_FIELD_SIZE));
    CHECK(REFUSED(TS(direction_network_init)(&direction, from, bytes, UINT32_MAX, 8, 1, mask, arena, len),
                  TS_ERROR_TOO_LARGE, TS_FIELD_SIZE));
    CHECK(REFUSED(TS(direction_network_init)(&direction, from, bytes, 8, 8, 1, (uint8_t *)arena, arena, len),
                  TS_ERROR_OVERLAP, TS_FIELD_WORKSPACE));
    CHECK(TS(direction_network_init)(&direction, from, bytes, 8, 8, 1, NULL, arena, len) == TS_OK);
    /* A changed byte is found out. */
    container.byte[bytes - 64u] ^= 1u;
    CHECK(TS(direction_network_init)(&direction, from, bytes, 8, 8, 1, mask, arena, len) < 0);
    container.byte[bytes - 64u] ^= 1u;
}
