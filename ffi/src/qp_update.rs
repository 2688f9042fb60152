//! Quadratic programs: numbers in and out between two solves.

use crate::qp::ts_qp_t;
use crate::qp_arguments::{Arguments, Count, Lent};
use crate::qp_shape::ts_qp_shape_t;
use crate::status::ts_status_t;
use tinysolve::Field;
use tinysolve::solve::Step;

/// New linear term; takes effect with the next step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_update_linear(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    q: *const f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    let arrays = [(Field::LinearTerm, q, arguments.count(Count::Variables))];
    // SAFETY: the pointers are as the header demands.
    unsafe { arguments.update(arrays, |solver, [q]| solver.update_linear(q)) }
}

/// New bounds; they take effect with the next step. Where a row becomes an equality or ceases to be one, or its only bound
/// comes or goes, the next step is a factorisation.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_update_bounds(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    lower: *const f32,
    upper: *const f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    let arrays = [
        (Field::Bounds, lower, arguments.count(Count::Constraints)),
        (Field::Bounds, upper, arguments.count(Count::Constraints)),
    ];
    // SAFETY: the pointers are as the header demands.
    unsafe { arguments.update(arrays, |solver, [lower, upper]| solver.update_bounds(lower, upper)) }
}

/// New values of P, with the scaling that was found for the first ones; the next step is a factorisation.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_update_p(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    p: *const f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    unsafe {
        arguments.update([(Field::Values, p, arguments.count(Count::PEntries))], |solver, [p]| solver.update_p(p))
    }
}

/// New values of A, with the scaling that was found for the first ones; the next step is a factorisation.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_update_a(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    a: *const f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    unsafe {
        arguments
            .update([(Field::ConstraintValues, a, arguments.count(Count::AEntries))], |solver, [a]| solver.update_a(a))
    }
}

/// Begins anew from this x, an element a variable, and these multipliers, an element a constraint.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_warm_start(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    x: *const f32,
    y: *const f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    let arrays =
        [(Field::Iterate, x, arguments.count(Count::Variables)), (Field::Dual, y, arguments.count(Count::Constraints))];
    // SAFETY: the pointers are as the header demands.
    unsafe { arguments.update(arrays, |solver, [x, y]| solver.warm_start(x, y)) }
}

/// Writes x, an element a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_primal(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    x: *mut f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    unsafe {
        arguments.read(x, arguments.count(Count::Variables), |solver, x| solver.primal(x).map(|()| Step::Running))
    }
}

/// Writes the multipliers y, an element a constraint: P x + q + A'y = 0, y >= 0 at upper bounds, y <= 0 at lower ones.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_dual(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    y: *mut f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    unsafe {
        arguments.read(y, arguments.count(Count::Constraints), |solver, y| solver.dual(y).map(|()| Step::Running))
    }
}

/// Writes the proof of infeasibility, largest magnitude 1, and answers which: after `TS_STEP_PRIMAL_INFEASIBLE`, an element
/// a constraint, A'y = 0 and upper'max(y, 0) + lower'min(y, 0) < 0; after `TS_STEP_DUAL_INFEASIBLE`, an element a variable,
/// P x = 0, q'x < 0 and A x leads out of no bound. `TS_OK`, and nothing written, where there is none. `LENGTH` (output)
/// for another `out_len`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_certificate(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    out: *mut f32,
    out_len: u32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    let copied = |solver: &Lent<'_>, out: &mut [f32]| {
        if solver.certificate_len().is_none() {
            return Ok(Step::Running);
        }
        solver.certificate(out)?;
        Ok(solver.details().step)
    };
    // SAFETY: the pointers are as the header demands.
    unsafe { arguments.read(out, &raw const out_len, copied) }
}
