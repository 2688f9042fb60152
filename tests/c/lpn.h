/* The body of lpn.c for one precision. */

static int NAME(close)(REAL value, double wanted)
{
    const double distance = (double)value - wanted;
    return distance < 1e-6 && distance > -1e-6;
}

static void NAME(network)(uint32_t bytes)
{
    REAL x[4] = {R(2.0), R(0.25), R(-1.0), R(9.0)};
    REAL scratch[9] = {R(0.0)};
    uint32_t inputs = 77;
    uint32_t need = 77;
    const unsigned char *from = container.byte;
    CHECK(TS(lpn_size)(from, bytes, &inputs, &need) == TS_OK && inputs == 1 && need >= 1 && need <= 8);
    scratch[need] = R(3.25);
    /* The gradient: 6 s'(3 x - 1) + x / 2, s' = 1 above 1, 0 below -1, linear in between. */
    CHECK(TS(lpn_prox)(x, 3, from, bytes, scratch, need) == TS_OK);
    CHECK(NAME(close)(x[0], 7.0) && NAME(close)(x[1], 6.0 * 0.375 + 0.125) && NAME(close)(x[2], -0.5));
    CHECK(NAME(close)(x[3], 9.0) && NAME(close)(scratch[need], 3.25));

    CHECK(REFUSED(TS(lpn_size)(NULL, bytes, &inputs, &need), TS_ERROR_NULL, TS_FIELD_BYTES));
    CHECK(REFUSED(TS(lpn_size)(from, bytes, NULL, &need), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(TS(lpn_size)(from, bytes, &inputs, NULL), TS_ERROR_NULL, TS_FIELD_OUTPUT));
    CHECK(REFUSED(TS(lpn_size)(from, bytes, &inputs, &inputs), TS_ERROR_OVERLAP, TS_FIELD_OUTPUT));
    CHECK(TS(lpn_size)(from, bytes - 1, &inputs, &need) < 0);
    CHECK(TS(lpn_size)(from, 0, &inputs, &need) < 0);
    CHECK(REFUSED(TS(lpn_prox)(NULL, 3, from, bytes, scratch, need), TS_ERROR_NULL, TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(lpn_prox)(x, 0, from, bytes, scratch, need), TS_ERROR_LENGTH, TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(lpn_prox)((REAL *)((uintptr_t)x + 1u), 3, from, bytes, scratch, need), TS_ERROR_MISALIGNED,
                  TS_FIELD_ITERATE));
    CHECK(REFUSED(TS(lpn_prox)(x, 3, NULL, bytes, scratch, need), TS_ERROR_NULL, TS_FIELD_BYTES));
    CHECK(REFUSED(TS(lpn_prox)(x, 3, from, bytes, NULL, need), TS_ERROR_NULL, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(lpn_prox)(x, 3, from, bytes, scratch, need - 1), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(lpn_prox)(x, 3, from, bytes, scratch, 0), TS_ERROR_LENGTH, TS_FIELD_WORKSPACE));
    CHECK(REFUSED(TS(lpn_prox)(x, 3, from, bytes, x, need), TS_ERROR_OVERLAP, TS_FIELD_ITERATE));
    CHECK(NAME(close)(x[0], 7.0));
    /* A changed byte is found out. */
    container.byte[70] ^= 1u;
    CHECK(TS(lpn_prox)(x, 3, from, bytes, scratch, need) < 0);
    container.byte[70] ^= 1u;
    container.byte[bytes - 16] ^= 1u;
    CHECK(TS(lpn_prox)(x, 3, from, bytes, scratch, need) < 0);
    container.byte[bytes - 16] ^= 1u;
    CHECK(NAME(close)(x[0], 7.0));
}
