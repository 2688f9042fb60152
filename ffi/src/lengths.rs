//! Elements of workspace, as functions. The header has a macro beside each, for arrays whose size the compiler must know.

use tinysolve::linear::{Cg, Pcg, Sor, SsorCg};
use tinysolve::matrix::Differences;
use tinysolve::operator::Sweep;
use tinysolve::prox::separable::Zero;
use tinysolve::splitting::{
    Admm, ChambollePock, Consensus, DouglasRachford, Lasso, NoSmooth, Panoc, ProximalGradient, qp,
};

use crate::status::size;

/// Only types: the lengths of a workspace do not depend on what is solved.
type Operator = dyn Sweep<f32>;
type Identity = tinysolve::linear::cg::Identity;

/// Elements as a size, 0 if that many doubles do not fit the address space.
pub(crate) const fn fitting(len: usize) -> usize {
    if len > isize::MAX.unsigned_abs() / size_of::<f64>() { 0 } else { len }
}

/// Elements of workspace of `ts_sor_init` for `n` unknowns; `scaling_len` is `n`, or 0 for a constant stencil. 0 where
/// none is needed, or where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_sor_workspace_len(n: u32, scaling_len: u32, keep_best: u32) -> usize {
    fitting(Sor::<f32, Operator>::workspace_len(size(n), size(scaling_len), keep_best != 0))
}

/// Elements of workspace of `ts_cg_init` for `n` unknowns; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_cg_workspace_len(n: u32, keep_best: u32) -> usize {
    fitting(Cg::<f32, Operator>::workspace_len(size(n), keep_best != 0))
}

/// Elements of workspace of `ts_pcg_init` for `n` unknowns, preconditioner apart; 0 where they do not fit the address
/// space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_pcg_workspace_len(n: u32, keep_best: u32) -> usize {
    fitting(Pcg::<f32, Operator, Identity>::workspace_len(size(n), keep_best != 0))
}

/// Elements of workspace of `ts_ssor_cg_init` for `n` unknowns; `scaling_len` is `n`, or 0 for a constant stencil. 0 where
/// they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_ssor_cg_workspace_len(n: u32, scaling_len: u32, keep_best: u32) -> usize {
    fitting(SsorCg::<f32, Operator>::workspace_len(size(n), size(scaling_len), keep_best != 0))
}

/// Elements of workspace of `ts_qp_init`; `bound_rows` and `fill` are what `ts_qp_analyse` told. 0 where they do not fit
/// the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_qp_workspace_len(
    variables: u32,
    constraints: u32,
    bound_rows: u32,
    p_entries: u32,
    a_entries: u32,
    fill: u32,
) -> usize {
    let [n, m, bound_rows, p, a, fill] = [variables, constraints, bound_rows, p_entries, a_entries, fill].map(size);
    fitting(qp::workspace_len(n, m, bound_rows, p, a, fill))
}

/// Elements of workspace of `ts_proximal_gradient_init`; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_proximal_gradient_workspace_len(n: u32) -> usize {
    fitting(ProximalGradient::<f32, NoSmooth, Zero>::workspace_len(size(n), 0))
}

/// Elements of workspace of `ts_panoc_init`; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_panoc_workspace_len(n: u32, memory: u32) -> usize {
    fitting(Panoc::<f32, NoSmooth, Zero>::workspace_len(size(n), size(memory), 0))
}

/// Elements of workspace of `ts_douglas_rachford_init`; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_douglas_rachford_workspace_len(n: u32) -> usize {
    fitting(DouglasRachford::<f32, Zero, Zero>::workspace_len(size(n), 0))
}

/// Elements of workspace of `ts_admm_init`; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_admm_workspace_len(n: u32) -> usize {
    fitting(Admm::<f32, Zero, Zero>::workspace_len(size(n), 0))
}

/// Elements of workspace of `ts_lasso_init` for m rows and n columns; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_lasso_workspace_len(m: u32, n: u32) -> usize {
    fitting(Lasso::<f32, Zero>::workspace_len(size(m), size(n), 0))
}

/// Elements of workspace of `ts_consensus_init` for so many functions; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_consensus_workspace_len(n: u32, functions: u32) -> usize {
    fitting(Consensus::<f32, Zero, Zero>::workspace_len(size(n), size(functions), 0))
}

/// Elements of workspace of `ts_condat_vu_init` for m rows and n columns; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_condat_vu_workspace_len(m: u32, n: u32) -> usize {
    ts_chambolle_pock_workspace_len(m, n)
}

/// Elements of workspace of `ts_chambolle_pock_init` for m rows and n columns; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_chambolle_pock_workspace_len(m: u32, n: u32) -> usize {
    fitting(ChambollePock::<f32, Zero, Zero, Differences>::workspace_len(size(n), size(m), 0))
}
