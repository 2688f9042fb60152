/* The body of refusals.c for what depends on precision. */

#define LEN (6u * N)

/* Everything a call might touch lies here, so that one comparison finds whatever was written. */
typedef struct NAME(arena) {
    NAME(grid) grid;
    TS(operator_t) a;
    TS(operator_t) blank_operator;
    TS(preconditioner_t) m;
    TS(preconditioner_t) blank_preconditioner;
    TS(sor_t) sor;
    TS(cg_t) cg;
    TS(ssor_cg_t) ssor_cg;
    TS(pcg_t) pcg;
    TS(sor_config_t) sor_config;
    TS(cg_config_t) cg_config;
    TS(ssor_cg_config_t) ssor_cg_config;
    TS(report_t) report;
    REAL x[N];
    REAL workspace[LEN];
    REAL scaling[N];
    uint32_t number;
    /* A run of elements after every object, for pointers that begin in one. */
    REAL behind[LEN];
} NAME(arena);

static NAME(arena) NAME(now);
static NAME(arena) NAME(before);

#define EXPECT(kind, field, call)                                                                                      \
    do {                                                                                                               \
        memcpy(&NAME(before), &NAME(now), sizeof NAME(now));                                                           \
        CHECK(REFUSED((call), TS_ERROR_##kind, TS_FIELD_##field));                                                     \
        CHECK(memcmp(&NAME(before), &NAME(now), sizeof NAME(now)) == 0);                                               \
    } while (0)

/* Off its alignment. */
#define OFF(type, pointer) ((type *)((uintptr_t)(pointer) + 1u))

/* An object where something else lies. */
#define IN(type, pointer) ((type *)(((uintptr_t)(pointer) + 7u) & ~(uintptr_t)7u))

/* The defects of what all solver functions are given; CALL(object, a, b, x, workspace, len). */
#define DEFECTS(CALL, object_t, o)                                                                                     \
    do {                                                                                                               \
        EXPECT(NULL, OBJECT, CALL(NULL, &s->a, s->grid.b, s->x, s->workspace, LEN));                                   \
        EXPECT(NULL, MATRIX, CALL(o, NULL, s->grid.b, s->x, s->workspace, LEN));                                       \
        EXPECT(NULL, RIGHT_HAND_SIDE, CALL(o, &s->a, NULL, s->x, s->workspace, LEN));                                  \
        EXPECT(NULL, ITERATE, CALL(o, &s->a, s->grid.b, NULL, s->workspace, LEN));                                     \
        EXPECT(NULL, WORKSPACE, CALL(o, &s->a, s->grid.b, s->x, NULL, LEN));                                           \
        EXPECT(MISALIGNED, OBJECT, CALL(OFF(object_t, o), &s->a, s->grid.b, s->x, s->workspace, LEN));                 \
        EXPECT(MISALIGNED, MATRIX, CALL(o, OFF(TS(operator_t), &s->a), s->grid.b, s->x, s->workspace, LEN));           \
        EXPECT(MISALIGNED, RIGHT_HAND_SIDE, CALL(o, &s->a, OFF(REAL, s->grid.b), s->x, s->workspace, LEN));            \
        EXPECT(MISALIGNED, ITERATE, CALL(o, &s->a, s->grid.b, OFF(REAL, s->x), s->workspace, LEN));                    \
        EXPECT(MISALIGNED, WORKSPACE, CALL(o, &s->a, s->grid.b, s->x, OFF(REAL, s->workspace), LEN));                  \
        EXPECT(LENGTH, WORKSPACE, CALL(o, &s->a, s->grid.b, s->x, s->workspace, N - 1));                               \
        EXPECT(LENGTH, WORKSPACE, CALL(o, &s->a, s->grid.b, s->x, NULL, 0));                                           \
        EXPECT(TOO_LARGE, WORKSPACE, CALL(o, &s->a, s->grid.b, s->x, s->workspace, SIZE_MAX / 2u));                    \
        EXPECT(TOO_LARGE, WORKSPACE, CALL(o, &s->a, s->grid.b, s->x, s->workspace, SIZE_MAX / sizeof(REAL)));          \
        EXPECT(UNINITIALISED, MATRIX, CALL(o, &s->blank_operator, s->grid.b, s->x, s->workspace, LEN));                \
        EXPECT(OVERLAP, OBJECT, CALL(IN(object_t, s->x), &s->a, s->grid.b, s->x, s->workspace, LEN));                    \
        EXPECT(OVERLAP, OBJECT, CALL(IN(object_t, s->workspace), &s->a, s->grid.b, s->x, s->workspace, LEN));            \
        EXPECT(OVERLAP, OBJECT, CALL(IN(object_t, &s->a), &s->a, s->grid.b, s->x, s->workspace, LEN));                   \
        EXPECT(OVERLAP, OBJECT, CALL(IN(object_t, s->grid.values), &s->a, s->grid.b, s->x, s->workspace, LEN));          \
        EXPECT(OVERLAP, ITERATE, CALL(o, &s->a, s->grid.b, s->grid.b, s->workspace, LEN));                             \
        EXPECT(OVERLAP, ITERATE, CALL(o, &s->a, s->workspace + LEN - 1, s->workspace + LEN - N, s->workspace, LEN));   \
        EXPECT(OVERLAP, ITERATE, CALL(o, &s->a, s->grid.b, s->workspace, s->workspace, LEN));                          \
        EXPECT(OVERLAP, ITERATE, CALL(o, &s->a, s->grid.b, s->grid.values, s->workspace, LEN));                        \
        EXPECT(OVERLAP, ITERATE, CALL(o, &s->a, s->x + N - 1, s->x, s->workspace, LEN));                               \
        EXPECT(OVERLAP, WORKSPACE, CALL(o, &s->a, s->workspace + LEN - 1, s->x, s->workspace, LEN));                   \
        EXPECT(OVERLAP, WORKSPACE, CALL(o, &s->a, s->grid.b, s->x, s->grid.b, N));                                     \
        EXPECT(OVERLAP, WORKSPACE, CALL(o, &s->a, s->grid.b, s->x, (REAL *)s->grid.columns32, N));                     \
        EXPECT(OVERLAP, WORKSPACE, CALL(o, &s->a, s->grid.b, s->x, (REAL *)s->grid.starts32, 1));                      \
        EXPECT(OVERLAP, WORKSPACE, CALL(o, &s->a, s->grid.b, s->x, (REAL *)&s->a, 1));                                 \
    } while (0)

/* What only an initialised object can be refused for. */
#define DEFECTS_OF_STATE(CALL, object_t, o)                                                                            \
    do {                                                                                                               \
        object_t kept = *(o);                                                                                          \
        TS(operator_t) other;                                                                                          \
        memset((o), 0, sizeof *(o));                                                                                   \
        EXPECT(UNINITIALISED, OBJECT, CALL(o, &s->a, s->grid.b, s->x, s->workspace, LEN));                             \
        memset((o), 0xff, sizeof *(o));                                                                                \
        EXPECT(UNINITIALISED, OBJECT, CALL(o, &s->a, s->grid.b, s->x, s->workspace, LEN));                             \
        *(o) = kept;                                                                                                   \
        CHECK(TS(stencil_init)(&other, 3, 2, 1, R(4.0), s->grid.coupling, NULL) == TS_OK);                             \
        EXPECT(LENGTH, MATRIX, CALL(o, &other, s->grid.b, s->x, s->workspace, LEN));                                   \
    } while (0)

static int32_t NAME(never)(void *context, const TS(report_t) *report)
{
    (void)context;
    (void)report;
    return 0;
}


#define SOR_INIT(o, a, b, x, w, len) TS(sor_init)(o, a, b, x, w, len, &NAME(now).sor_config)
#define SOR_WHILE(o, a, b, x, w, len) TS(sor_run_while)(o, a, b, x, w, len, NAME(never), NULL)
#define CG_INIT(o, a, b, x, w, len) TS(cg_init)(o, a, b, x, w, len, &NAME(now).cg_config)
#define CG_WHILE(o, a, b, x, w, len) TS(cg_run_while)(o, a, b, x, w, len, NAME(never), NULL)
#define SSOR_INIT(o, a, b, x, w, len) TS(ssor_cg_init)(o, a, b, x, w, len, &NAME(now).ssor_cg_config)
#define SSOR_WHILE(o, a, b, x, w, len) TS(ssor_cg_run_while)(o, a, b, x, w, len, NAME(never), NULL)
#define PCG_INIT(o, a, b, x, w, len) TS(pcg_init)(o, a, &NAME(now).m, b, x, w, len, &NAME(now).cg_config)
#define PCG_STEP(o, a, b, x, w, len) TS(pcg_step)(o, a, &NAME(now).m, b, x, w, len)
#define PCG_RUN(o, a, b, x, w, len) TS(pcg_run)(o, a, &NAME(now).m, b, x, w, len)
#define PCG_WHILE(o, a, b, x, w, len) TS(pcg_run_while)(o, a, &NAME(now).m, b, x, w, len, NAME(never), NULL)

static void NAME(refuse_solvers)(void)
{
    NAME(arena) *s = &NAME(now);
    TS(sor_t) *sor = &s->sor;
    TS(cg_t) *cg = &s->cg;
    TS(ssor_cg_t) *ssor_cg = &s->ssor_cg;
    TS(pcg_t) *pcg = &s->pcg;

    DEFECTS(SOR_INIT, TS(sor_t), sor);
    CHECK(SOR_INIT(sor, &s->a, s->grid.b, s->x, s->workspace, LEN) == TS_OK);
    DEFECTS(TS(sor_step), TS(sor_t), sor);
    DEFECTS(TS(sor_run), TS(sor_t), sor);
    DEFECTS(SOR_WHILE, TS(sor_t), sor);
    DEFECTS_OF_STATE(TS(sor_step), TS(sor_t), sor);
    DEFECTS_OF_STATE(TS(sor_run), TS(sor_t), sor);
    DEFECTS_OF_STATE(SOR_WHILE, TS(sor_t), sor);
    EXPECT(NULL, FUNCTION, TS(sor_run_while)(sor, &s->a, s->grid.b, s->x, s->workspace, LEN, NULL, NULL));
    EXPECT(UNINITIALISED, OBJECT, TS(cg_step)((TS(cg_t) *)(void *)sor, &s->a, s->grid.b, s->x, s->workspace, LEN));

    DEFECTS(CG_INIT, TS(cg_t), cg);
    CHECK(CG_INIT(cg, &s->a, s->grid.b, s->x, s->workspace, LEN) == TS_OK);
    DEFECTS(TS(cg_step), TS(cg_t), cg);
    DEFECTS(TS(cg_run), TS(cg_t), cg);
    DEFECTS(CG_WHILE, TS(cg_t), cg);
    DEFECTS_OF_STATE(TS(cg_step), TS(cg_t), cg);
    DEFECTS_OF_STATE(TS(cg_run), TS(cg_t), cg);
    DEFECTS_OF_STATE(CG_WHILE, TS(cg_t), cg);
    EXPECT(NULL, FUNCTION, TS(cg_run_while)(cg, &s->a, s->grid.b, s->x, s->workspace, LEN, NULL, NULL));

    DEFECTS(SSOR_INIT, TS(ssor_cg_t), ssor_cg);
    CHECK(SSOR_INIT(ssor_cg, &s->a, s->grid.b, s->x, s->workspace, LEN) == TS_OK);
    DEFECTS(TS(ssor_cg_step), TS(ssor_cg_t), ssor_cg);
    DEFECTS(TS(ssor_cg_run), TS(ssor_cg_t), ssor_cg);
    DEFECTS(SSOR_WHILE, TS(ssor_cg_t), ssor_cg);
    DEFECTS_OF_STATE(TS(ssor_cg_step), TS(ssor_cg_t), ssor_cg);
    DEFECTS_OF_STATE(TS(ssor_cg_run), TS(ssor_cg_t), ssor_cg);
    DEFECTS_OF_STATE(SSOR_WHILE, TS(ssor_cg_t), ssor_cg);
    EXPECT(NULL, FUNCTION, TS(ssor_cg_run_while)(ssor_cg, &s->a, s->grid.b, s->x, s->workspace, LEN, NULL, NULL));

    CHECK(TS(ssor_preconditioner_init)(&s->m, &s->a, R(1.3), s->scaling, N) == TS_OK);
    DEFECTS(PCG_INIT, TS(pcg_t), pcg);
    CHECK(PCG_INIT(pcg, &s->a, s->grid.b, s->x, s->workspace, LEN) == TS_OK);
    DEFECTS(PCG_STEP, TS(pcg_t), pcg);
    DEFECTS(PCG_RUN, TS(pcg_t), pcg);
    DEFECTS(PCG_WHILE, TS(pcg_t), pcg);
    DEFECTS_OF_STATE(PCG_STEP, TS(pcg_t), pcg);
    DEFECTS_OF_STATE(PCG_RUN, TS(pcg_t), pcg);
    DEFECTS_OF_STATE(PCG_WHILE, TS(pcg_t), pcg);
    EXPECT(NULL, FUNCTION, TS(pcg_run_while)(pcg, &s->a, &s->m, s->grid.b, s->x, s->workspace, LEN, NULL, NULL));
    EXPECT(NULL, PRECONDITIONER, TS(pcg_step)(pcg, &s->a, NULL, s->grid.b, s->x, s->workspace, LEN));
    EXPECT(MISALIGNED, PRECONDITIONER,
           TS(pcg_step)(pcg, &s->a, OFF(TS(preconditioner_t), &s->m), s->grid.b, s->x, s->workspace, LEN));
    EXPECT(UNINITIALISED, PRECONDITIONER,
           TS(pcg_run)(pcg, &s->a, &s->blank_preconditioner, s->grid.b, s->x, s->workspace, LEN));
    EXPECT(OVERLAP, ITERATE, PCG_STEP(pcg, &s->a, s->grid.b, s->scaling, s->workspace, LEN));
    EXPECT(OVERLAP, WORKSPACE, PCG_STEP(pcg, &s->a, s->grid.b, s->x, (REAL *)&s->m, 1));
    EXPECT(NULL, PRECONDITIONER, TS(pcg_init)(pcg, &s->a, NULL, s->grid.b, s->x, s->workspace, LEN, &s->cg_config));
    {
        /* A preconditioner of another dimension. */
        TS(preconditioner_t) other;
        CHECK(TS(function_preconditioner_init)(&other, N - 1, NAME(apply), NULL) == TS_OK);
        EXPECT(LENGTH, PRECONDITIONER, TS(pcg_step)(pcg, &s->a, &other, s->grid.b, s->x, s->workspace, LEN));
        /* One whose operator is no longer what it was. */
        other = s->m;
        memset(&s->a, 0, sizeof s->a);
        CHECK(NAME(describe)(&s->blank_operator, CSR32, &s->grid, NULL) == TS_OK);
        EXPECT(UNINITIALISED, MATRIX,
               TS(pcg_step)(pcg, &s->blank_operator, &other, s->grid.b, s->x, s->workspace, LEN));
        CHECK(NAME(describe)(&s->a, CSR32, &s->grid, NULL) == TS_OK);
        memset(&s->blank_operator, 0, sizeof s->blank_operator);
    }
}

#define CONFIG_DEFECTS(method, o, config)                                                                              \
    do {                                                                                                               \
        const REAL *b = s->grid.b;                                                                                     \
        EXPECT(NULL, CONFIGURATION, TS(method##_init)(o, &s->a, b, s->x, s->workspace, LEN, NULL));                    \
        EXPECT(MISALIGNED, CONFIGURATION,                                                                              \
               TS(method##_init)(o, &s->a, b, s->x, s->workspace, LEN, (const void *)OFF(char, config)));              \
        (config)->keep_best = 2;                                                                                       \
        EXPECT(OUT_OF_RANGE, CONFIGURATION, TS(method##_init)(o, &s->a, b, s->x, s->workspace, LEN, config));          \
        (config)->keep_best = 0;                                                                                       \
        (config)->stopping.reference = 2;                                                                              \
        EXPECT(OUT_OF_RANGE, CONFIGURATION, TS(method##_init)(o, &s->a, b, s->x, s->workspace, LEN, config));          \
        (config)->stopping.reference = 0;                                                                              \
        (config)->stopping.max_iterations = 0;                                                                         \
        EXPECT(OUT_OF_RANGE, ITERATIONS, TS(method##_init)(o, &s->a, b, s->x, s->workspace, LEN, config));             \
        (config)->stopping.max_iterations = 100;                                                                       \
        (config)->stopping.relative = R(-1.0);                                                                         \
        EXPECT(OUT_OF_RANGE, TOLERANCE, TS(method##_init)(o, &s->a, b, s->x, s->workspace, LEN, config));              \
        (config)->stopping.relative = R(1e-4);                                                                         \
    } while (0)

static void NAME(refuse_configurations)(void)
{
    NAME(arena) *s = &NAME(now);
    const REAL zero = R(0.0);
    CONFIG_DEFECTS(sor, &s->sor, &s->sor_config);
    CONFIG_DEFECTS(cg, &s->cg, &s->cg_config);
    CONFIG_DEFECTS(ssor_cg, &s->ssor_cg, &s->ssor_cg_config);
    s->sor_config.symmetric = 7;
    EXPECT(OUT_OF_RANGE, CONFIGURATION, SOR_INIT(&s->sor, &s->a, s->grid.b, s->x, s->workspace, LEN));
    s->sor_config.symmetric = 0;
    s->sor_config.omega = R(2.0);
    EXPECT(OUT_OF_RANGE, OMEGA, SOR_INIT(&s->sor, &s->a, s->grid.b, s->x, s->workspace, LEN));
    s->sor_config.omega = zero / zero;
    EXPECT(NOT_FINITE, OMEGA, SOR_INIT(&s->sor, &s->a, s->grid.b, s->x, s->workspace, LEN));
    s->sor_config.omega = R(1.0);
    s->sor_config.residual_every = 0;
    EXPECT(OUT_OF_RANGE, ITERATIONS, SOR_INIT(&s->sor, &s->a, s->grid.b, s->x, s->workspace, LEN));
    s->sor_config.residual_every = 1;
    s->x[17] = zero / zero;
    EXPECT(NOT_FINITE, ITERATE, SOR_INIT(&s->sor, &s->a, s->grid.b, s->x, s->workspace, LEN));
    CHECK(TS_ERROR_INDEX(SOR_INIT(&s->sor, &s->a, s->grid.b, s->x, s->workspace, LEN)) == 17);
    s->x[17] = zero;
    s->grid.b[5] = R(1.0) / zero;
    EXPECT(NOT_FINITE, RIGHT_HAND_SIDE, CG_INIT(&s->cg, &s->a, s->grid.b, s->x, s->workspace, LEN));
    CHECK(TS_ERROR_INDEX(CG_INIT(&s->cg, &s->a, s->grid.b, s->x, s->workspace, LEN)) == 5);
    s->grid.b[5] = zero;

    EXPECT(NULL, OUTPUT, TS(sor_config_default)(NULL));
    EXPECT(NULL, OUTPUT, TS(cg_config_default)(NULL));
    EXPECT(NULL, OUTPUT, TS(ssor_cg_config_default)(NULL));
    EXPECT(MISALIGNED, OUTPUT, TS(sor_config_default)(OFF(TS(sor_config_t), &s->sor_config)));
    EXPECT(MISALIGNED, OUTPUT, TS(cg_config_default)(OFF(TS(cg_config_t), &s->cg_config)));
    EXPECT(MISALIGNED, OUTPUT, TS(ssor_cg_config_default)(OFF(TS(ssor_cg_config_t), &s->ssor_cg_config)));
}

#define REPORT_DEFECTS(method, o)                                                                                      \
    do {                                                                                                               \
        EXPECT(NULL, OBJECT, TS(method##_report)(NULL, &s->report));                                                   \
        EXPECT(NULL, OUTPUT, TS(method##_report)(o, NULL));                                                            \
        EXPECT(MISALIGNED, OBJECT, TS(method##_report)(OFF(TS(method##_t), o), &s->report));                           \
        EXPECT(MISALIGNED, OUTPUT, TS(method##_report)(o, OFF(TS(report_t), &s->report)));                             \
        EXPECT(OVERLAP, OUTPUT, TS(method##_report)(o, IN(TS(report_t), o)));                                  \
        EXPECT(UNINITIALISED, OBJECT, TS(method##_report)(IN(TS(method##_t), s->grid.b), &s->report));           \
    } while (0)

static void NAME(refuse_operators)(void)
{
    NAME(arena) *s = &NAME(now);
    NAME(grid) *g = &s->grid;
    TS(operator_t) *a = &s->blank_operator;
    TS(operator_t) *off = OFF(TS(operator_t), a);
    uint32_t slim;
    for (slim = 0; slim < 2; slim++) {
        ts_status_t (*csr16)(TS(operator_t) *, uint32_t, const uint16_t *, uint32_t, const uint16_t *, const REAL *) =
            slim ? TS(csr16_init_sor) : TS(csr16_init);
        ts_status_t (*csr32)(TS(operator_t) *, uint32_t, const uint32_t *, uint32_t, const uint32_t *, const REAL *) =
            slim ? TS(csr32_init_sor) : TS(csr32_init);
        ts_status_t (*stencil)(TS(operator_t) *, uint32_t, uint32_t, uint32_t, REAL, const REAL *, const uint8_t *) =
            slim ? TS(stencil_init_sor) : TS(stencil_init);
        ts_status_t (*plane)(TS(operator_t) *, uint32_t, uint32_t, REAL, REAL, REAL) =
            slim ? TS(plane_init_sor) : TS(plane_init);
        ts_status_t (*variable)(TS(operator_t) *, uint32_t, uint32_t, uint32_t, const REAL *, const REAL *,
                                const REAL *, const REAL *, const uint8_t *) =
            slim ? TS(variable_stencil_init_sor) : TS(variable_stencil_init);
        ts_status_t (*dense)(TS(operator_t) *, uint32_t, const REAL *, uint32_t, uint32_t) =
            slim ? TS(dense_init_sor) : TS(dense_init);

        EXPECT(NULL, OBJECT, csr16(NULL, N, g->starts16, NONZEROS, g->columns16, g->values));
        EXPECT(NULL, ROW_POINTERS, csr16(a, N, NULL, NONZEROS, g->columns16, g->values));
        EXPECT(NULL, COLUMNS, csr16(a, N, g->starts16, NONZEROS, NULL, g->values));
        EXPECT(NULL, VALUES, csr16(a, N, g->starts16, NONZEROS, g->columns16, NULL));
        EXPECT(MISALIGNED, OBJECT, csr16(off, N, g->starts16, NONZEROS, g->columns16, g->values));
        EXPECT(MISALIGNED, ROW_POINTERS, csr16(a, N, OFF(uint16_t, g->starts16), NONZEROS, g->columns16, g->values));
        EXPECT(MISALIGNED, COLUMNS, csr16(a, N, g->starts16, NONZEROS, OFF(uint16_t, g->columns16), g->values));
        EXPECT(MISALIGNED, VALUES, csr16(a, N, g->starts16, NONZEROS, g->columns16, OFF(REAL, g->values)));
        EXPECT(OVERLAP, OBJECT, csr16(IN(TS(operator_t), g->values), N, g->starts16, NONZEROS, g->columns16, g->values));
        EXPECT(LENGTH, COLUMNS, csr16(a, N, g->starts16, NONZEROS - 1, g->columns16, g->values));
        EXPECT(LENGTH, COLUMNS, csr16(a, N - 1, g->starts16, NONZEROS, g->columns16, g->values));

        EXPECT(NULL, OBJECT, csr32(NULL, N, g->starts32, NONZEROS, g->columns32, g->values));
        EXPECT(NULL, ROW_POINTERS, csr32(a, N, NULL, NONZEROS, g->columns32, g->values));
        EXPECT(NULL, COLUMNS, csr32(a, N, g->starts32, NONZEROS, NULL, g->values));
        EXPECT(NULL, VALUES, csr32(a, N, g->starts32, NONZEROS, g->columns32, NULL));
        EXPECT(MISALIGNED, COLUMNS, csr32(a, N, g->starts32, NONZEROS, OFF(uint32_t, g->columns32), g->values));
        EXPECT(OVERLAP, OBJECT, csr32(IN(TS(operator_t), g->columns32), N, g->starts32, NONZEROS, g->columns32, g->values));
#if SIZE_MAX == UINT32_MAX
        EXPECT(TOO_LARGE, ROW_POINTERS, csr32(a, UINT32_MAX, g->starts32, NONZEROS, g->columns32, g->values));
#endif

        EXPECT(NULL, OBJECT, plane(NULL, NX, NY, R(4.0), R(-1.0), R(-1.0)));
        EXPECT(MISALIGNED, OBJECT, plane(off, NX, NY, R(4.0), R(-1.0), R(-1.0)));
        EXPECT(OUT_OF_RANGE, SIZE, plane(a, 0, NY, R(4.0), R(-1.0), R(-1.0)));
        EXPECT(TOO_LARGE, SIZE, plane(a, UINT32_MAX, 2, R(4.0), R(-1.0), R(-1.0)));
        EXPECT(ZERO_DIAGONAL, DIAGONAL, plane(a, NX, NY, R(0.0), R(-1.0), R(-1.0)));
        EXPECT(NOT_FINITE, VALUES, plane(a, NX, NY, R(4.0), R(1.0) / s->behind[0], R(-1.0)));

        EXPECT(NULL, OBJECT, stencil(NULL, NX, NY, 1, R(4.0), g->coupling, NULL));
        EXPECT(NULL, VALUES, stencil(a, NX, NY, 1, R(4.0), NULL, NULL));
        EXPECT(MISALIGNED, OBJECT, stencil(off, NX, NY, 1, R(4.0), g->coupling, NULL));
        EXPECT(MISALIGNED, VALUES, stencil(a, NX, NY, 1, R(4.0), OFF(REAL, g->coupling), NULL));
        EXPECT(OUT_OF_RANGE, SIZE, stencil(a, NX, 0, 1, R(4.0), g->coupling, NULL));
        EXPECT(TOO_LARGE, SIZE, stencil(a, UINT32_MAX, 2, 1, R(4.0), g->coupling, NULL));
        EXPECT(ZERO_DIAGONAL, DIAGONAL, stencil(a, NX, NY, 1, R(0.0), g->coupling, NULL));
        EXPECT(OVERLAP, OBJECT, stencil(IN(TS(operator_t), g->coupling), NX, NY, 1, R(4.0), g->coupling, NULL));
        EXPECT(OVERLAP, OBJECT, stencil(a, NX, NY, 1, R(4.0), g->coupling, (const uint8_t *)a));

        EXPECT(NULL, OBJECT, variable(NULL, NX, NY, 1, g->centre, g->east, g->north, NULL, NULL));
        EXPECT(NULL, VALUES, variable(a, NX, NY, 1, NULL, g->east, g->north, NULL, NULL));
        EXPECT(NULL, VALUES, variable(a, NX, NY, 1, g->centre, NULL, g->north, NULL, NULL));
        EXPECT(NULL, VALUES, variable(a, NX, NY, 1, g->centre, g->east, NULL, NULL, NULL));
        EXPECT(NULL, VALUES, variable(a, NX, 1, NY, g->centre, g->east, g->north, NULL, NULL));
        EXPECT(MISALIGNED, VALUES, variable(a, NX, NY, 1, g->centre, OFF(REAL, g->east), g->north, NULL, NULL));
        EXPECT(OVERLAP, OBJECT, variable(IN(TS(operator_t), g->east), NX, NY, 1, g->centre, g->east, g->north, NULL, NULL));
        EXPECT(OUT_OF_RANGE, VALUES, variable(a, NX, NY, 1, g->centre, g->centre, g->north, NULL, NULL));

        EXPECT(NULL, OBJECT, dense(NULL, N, g->dense, N, 1));
        EXPECT(NULL, VALUES, dense(a, N, NULL, N, 1));
        EXPECT(MISALIGNED, OBJECT, dense(off, N, g->dense, N, 1));
        EXPECT(MISALIGNED, VALUES, dense(a, N, OFF(REAL, g->dense), N, 1));
        EXPECT(OVERLAP, OBJECT, dense(IN(TS(operator_t), g->dense), N, g->dense, N, 1));
        EXPECT(OUT_OF_RANGE, SIZE, dense(a, N, g->dense, 0, 1));
        EXPECT(ZERO_DIAGONAL, DIAGONAL, dense(a, 2, s->behind, 2, 1));
    }
    {
        const REAL kept = g->values[7];
        g->values[7] = R(1.0) / s->behind[0];
        EXPECT(NOT_FINITE, VALUES, TS(csr16_init)(a, N, g->starts16, NONZEROS, g->columns16, g->values));
        CHECK(TS_ERROR_INDEX(TS(csr16_init)(a, N, g->starts16, NONZEROS, g->columns16, g->values)) == 7);
        g->values[7] = kept;
    }
    {
        const uint16_t kept = g->columns16[9];
        g->columns16[9] = N;
        EXPECT(OUT_OF_RANGE, COLUMNS, TS(csr16_init)(a, N, g->starts16, NONZEROS, g->columns16, g->values));
        g->columns16[9] = g->columns16[8];
        EXPECT(UNORDERED, COLUMNS, TS(csr16_init)(a, N, g->starts16, NONZEROS, g->columns16, g->values));
        CHECK(TS_ERROR_INDEX(TS(csr16_init)(a, N, g->starts16, NONZEROS, g->columns16, g->values)) == 9);
        g->columns16[9] = kept;
    }

    EXPECT(NULL, OBJECT, TS(function_operator_init)(NULL, N, NAME(apply), NULL));
    EXPECT(MISALIGNED, OBJECT, TS(function_operator_init)(off, N, NAME(apply), NULL));
    EXPECT(NULL, FUNCTION, TS(function_operator_init)(a, N, NULL, NULL));

    EXPECT(NULL, OBJECT, TS(function_preconditioner_init)(NULL, N, NAME(apply), NULL));
    EXPECT(MISALIGNED, OBJECT,
           TS(function_preconditioner_init)(OFF(TS(preconditioner_t), &s->m), N, NAME(apply), NULL));
    EXPECT(NULL, FUNCTION, TS(function_preconditioner_init)(&s->m, N, NULL, NULL));

    EXPECT(NULL, OBJECT, TS(ssor_preconditioner_init)(NULL, &s->a, R(1.0), s->scaling, N));
    EXPECT(MISALIGNED, OBJECT,
           TS(ssor_preconditioner_init)(OFF(TS(preconditioner_t), &s->m), &s->a, R(1.0), s->scaling, N));
    EXPECT(NULL, MATRIX, TS(ssor_preconditioner_init)(&s->m, NULL, R(1.0), s->scaling, N));
    EXPECT(MISALIGNED, MATRIX,
           TS(ssor_preconditioner_init)(&s->m, OFF(TS(operator_t), &s->a), R(1.0), s->scaling, N));
    EXPECT(UNINITIALISED, MATRIX, TS(ssor_preconditioner_init)(&s->m, a, R(1.0), s->scaling, N));
    EXPECT(NULL, WORKSPACE, TS(ssor_preconditioner_init)(&s->m, &s->a, R(1.0), NULL, N));
    EXPECT(MISALIGNED, WORKSPACE, TS(ssor_preconditioner_init)(&s->m, &s->a, R(1.0), OFF(REAL, s->scaling), N));
    EXPECT(LENGTH, WORKSPACE, TS(ssor_preconditioner_init)(&s->m, &s->a, R(1.0), s->scaling, N - 1));
    EXPECT(OVERLAP, WORKSPACE, TS(ssor_preconditioner_init)(&s->m, &s->a, R(1.0), g->values, N));
    EXPECT(OVERLAP, WORKSPACE, TS(ssor_preconditioner_init)(&s->m, &s->a, R(1.0), (REAL *)&s->a, 1));
    EXPECT(OVERLAP, OBJECT,
           TS(ssor_preconditioner_init)(IN(TS(preconditioner_t), s->scaling), &s->a, R(1.0), s->scaling, N));
    EXPECT(OUT_OF_RANGE, OMEGA, TS(ssor_preconditioner_init)(&s->m, &s->a, R(0.0), s->scaling, N));

    EXPECT(NULL, MATRIX, TS(operator_dim)(NULL, &s->number));
    EXPECT(NULL, OUTPUT, TS(operator_dim)(&s->a, NULL));
    EXPECT(MISALIGNED, MATRIX, TS(operator_dim)(OFF(TS(operator_t), &s->a), &s->number));
    EXPECT(MISALIGNED, OUTPUT, TS(operator_dim)(&s->a, OFF(uint32_t, &s->number)));
    EXPECT(UNINITIALISED, MATRIX, TS(operator_dim)(a, &s->number));
    EXPECT(NULL, MATRIX, TS(operator_scaling_len)(NULL, &s->number));
    EXPECT(NULL, OUTPUT, TS(operator_scaling_len)(&s->a, NULL));
    EXPECT(MISALIGNED, OUTPUT, TS(operator_scaling_len)(&s->a, OFF(uint32_t, &s->number)));
    EXPECT(UNINITIALISED, MATRIX, TS(operator_scaling_len)(a, &s->number));
    EXPECT(OVERLAP, OUTPUT, TS(operator_dim)(&s->a, (uint32_t *)(void *)&s->a));
    EXPECT(OVERLAP, OUTPUT, TS(operator_scaling_len)(&s->a, (uint32_t *)(void *)&s->a));
}

static void NAME(refusals)(void)
{
    NAME(arena) *s = &NAME(now);
    NAME(fill)(&s->grid);
    CHECK(NAME(describe)(&s->a, CSR32, &s->grid, NULL) == TS_OK);
    CHECK(TS(sor_config_default)(&s->sor_config) == TS_OK);
    CHECK(TS(cg_config_default)(&s->cg_config) == TS_OK);
    CHECK(TS(ssor_cg_config_default)(&s->ssor_cg_config) == TS_OK);
    s->sor_config.keep_best = 1;
    NAME(refuse_solvers)();
    NAME(refuse_configurations)();
    REPORT_DEFECTS(sor, &s->sor);
    REPORT_DEFECTS(cg, &s->cg);
    REPORT_DEFECTS(ssor_cg, &s->ssor_cg);
    REPORT_DEFECTS(pcg, &s->pcg);
    NAME(refuse_operators)();
}

#undef LEN
#undef EXPECT
#undef OFF
#undef IN
#undef DEFECTS
#undef DEFECTS_OF_STATE
#undef SOR_INIT
#undef SOR_WHILE
#undef CG_INIT
#undef CG_WHILE
#undef SSOR_INIT
#undef SSOR_WHILE
#undef PCG_INIT
#undef PCG_STEP
#undef PCG_RUN
#undef PCG_WHILE
#undef CONFIG_DEFECTS
#undef REPORT_DEFECTS
