/* The macros are the functions, and objects have the sizes the header says. */
#include "check.h"

/* These must be constant expressions: a static of that size is what the macros are for. */
static float workspace[TS_SSOR_CG_WORKSPACE_LEN(10, 10, 1)];
static float memory[TS_CHEB_CB_MEMORY_LEN(20)];

int main(void)
{
    uint32_t n;
    uint32_t keep;
    for (n = 1; n <= 4096; n++) {
        for (keep = 0; keep < 2; keep++) {
            CHECK(TS_SOR_WORKSPACE_LEN(n, n, keep) == ts_sor_workspace_len(n, n, keep));
            CHECK(TS_SOR_WORKSPACE_LEN(n, 0, keep) == ts_sor_workspace_len(n, 0, keep));
            CHECK(TS_CG_WORKSPACE_LEN(n, keep) == ts_cg_workspace_len(n, keep));
            CHECK(TS_PCG_WORKSPACE_LEN(n, keep) == ts_pcg_workspace_len(n, keep));
            CHECK(TS_SSOR_CG_WORKSPACE_LEN(n, n, keep) == ts_ssor_cg_workspace_len(n, n, keep));
            CHECK(TS_SSOR_CG_WORKSPACE_LEN(n, 0, keep) == ts_ssor_cg_workspace_len(n, 0, keep));
        }
        CHECK(TS_QP_WORKSPACE_LEN(n, 2 * n, n / 2, n + 1, 3 * n, n) ==
              ts_qp_workspace_len(n, 2 * n, n / 2, n + 1, 3 * n, n));
        CHECK(TS_PROXIMAL_GRADIENT_WORKSPACE_LEN(n) == ts_proximal_gradient_workspace_len(n));
        CHECK(TS_PANOC_WORKSPACE_LEN(n, 5) == ts_panoc_workspace_len(n, 5));
        CHECK(TS_DOUGLAS_RACHFORD_WORKSPACE_LEN(n) == ts_douglas_rachford_workspace_len(n));
        CHECK(TS_ADMM_WORKSPACE_LEN(n) == ts_admm_workspace_len(n));
        CHECK(TS_LASSO_WORKSPACE_LEN(n, 100) == ts_lasso_workspace_len(n, 100));
        CHECK(TS_CONSENSUS_WORKSPACE_LEN(n, 7) == ts_consensus_workspace_len(n, 7));
        CHECK(TS_CONDAT_VU_WORKSPACE_LEN(n, 7) == ts_condat_vu_workspace_len(n, 7));
        CHECK(TS_CHAMBOLLE_POCK_WORKSPACE_LEN(n, 7) == ts_chambolle_pock_workspace_len(n, 7));
        CHECK(TS_MASKED_WORKSPACE_LEN(n, 2 * n, n % 9) == ts_masked_workspace_len(n, 2 * n, n % 9));
        CHECK(TS_COMPLETION_WORKSPACE_LEN(n % 50) == ts_completion_workspace_len(n % 50));
        CHECK(TS_ONLINE_WORKSPACE_LEN(n, n % 20) == ts_online_workspace_len(n, n % 20));
        CHECK(TS_TSALLIS_INF_MEMORY_LEN(n) == ts_tsallis_inf_memory_len(n));
        CHECK(TS_CHEB_CB_MEMORY_LEN(n) == ts_cheb_cb_memory_len(n));
        CHECK(TS_CONTEXTUAL_TSALLIS_INF_MEMORY_LEN(n, 7) == ts_contextual_tsallis_inf_memory_len(n, 7));
    }
    workspace[0] = 0.0f;
    memory[0] = 0.0f;
    CHECK(sizeof workspace == 60 * sizeof workspace[0]);
    CHECK(sizeof memory == 660 * sizeof memory[0]);
    CHECK(sizeof(ts_operator_t) == 8 * TS_OPERATOR_WORDS);
    CHECK(sizeof(ts_sor_t) == 8 * TS_SOR_WORDS);
    CHECK(sizeof(ts_cg_t) == 8 * TS_CG_WORDS);
    CHECK(sizeof(ts_pcg_t) == 8 * TS_PCG_WORDS);
    CHECK(sizeof(ts_ssor_cg_t) == 8 * TS_SSOR_CG_WORDS);
    CHECK(sizeof(ts_tsallis_inf_t) == 8 * TS_TSALLIS_INF_WORDS);
    CHECK(sizeof(ts_qp_t) == 8 * TS_QP_WORDS);
    CHECK(sizeof(ts_splitting_t) == 8 * TS_SPLITTING_WORDS);
    CHECK(sizeof(ts_ladder_t) == 8 * TS_LADDER_WORDS);
    CHECK(sizeof(ts_subgm_t) == 8 * TS_SUBGM_WORDS);
    CHECK(sizeof(ts_masked_t) == 8 * TS_MASKED_WORDS);
    CHECK(sizeof(ts_completion_t) == 8 * TS_COMPLETION_WORDS);
    CHECK(sizeof(ts_online_t) == 8 * TS_ONLINE_WORDS);
    CHECK(sizeof(ts_record_t) == 16);
    /* What a learner of 20 arms takes. */
    CHECK(sizeof(ts_tsallis_inf_t) + sizeof(float) * TS_TSALLIS_INF_MEMORY_LEN(20) <= 256);
    CHECK(sizeof(ts_cheb_cb_t) + sizeof(float) * TS_CHEB_CB_MEMORY_LEN(20) <= 2867);
#if SIZE_MAX == UINT32_MAX
    CHECK(ts_ssor_cg_workspace_len(UINT32_MAX, UINT32_MAX, 1) == 0);
#else
    CHECK(ts_ssor_cg_workspace_len(UINT32_MAX, UINT32_MAX, 1) == (size_t)UINT32_MAX * 6);
#endif
    return 0;
}
