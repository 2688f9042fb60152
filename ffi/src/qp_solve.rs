//! Quadratic programs: taken up, stepped, run.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::objects::{Kind, Object, mark};
use crate::qp::{ts_qp_config_t, ts_qp_data_t, ts_qp_t};
use crate::qp_arguments::{Act, Arguments, Count};
use crate::qp_shape::ts_qp_shape_t;
use crate::solve::ts_go_on_t;
use crate::status::{self, Refusal, TS_OK, size, ts_status_t};
use tinysolve::factor::Symbolic;
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::qp::{Qp, QpCheckpoint, QpData, QpPattern};
use tinysolve::{Error, Field};

/// Checks everything and takes a problem up, scaled, into `workspace` (`TS_QP_WORKSPACE_LEN` elements), which from then on
/// belongs to the solve; `data` is not needed after that. x and the multipliers are 0 to begin with. O(entries x rounds of
/// scaling).
///
/// Errors: `LENGTH` (workspace, symbolic), `NOT_FINITE` (values, constraint values, linear term), `OUT_OF_RANGE` (bounds,
/// penalty, omega, tolerance, iterations, columns), `UNORDERED` and `OUT_OF_RANGE` for indices that are none, `CORRUPT`
/// (symbolic).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_init(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    data: *const ts_qp_data_t,
    workspace: *mut f32,
    workspace_len: usize,
    config: *const ts_qp_config_t,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(&arguments, data, config) })
}

/// # Safety
/// As the header says of all pointers.
unsafe fn init(arguments: &Arguments, data: *const ts_qp_data_t, config: *const ts_qp_config_t) -> Result<(), Refusal> {
    // SAFETY: the promise above; data and configuration are made of pointers and numbers.
    unsafe {
        let ts_qp_data_t { p, q, a, lower, upper } = checks::read(Field::Values, data)?;
        let given = checks::read(Field::Configuration, config)?.get();
        let arrays = [
            (Field::Values, p, arguments.count(Count::PEntries)),
            (Field::LinearTerm, q, arguments.count(Count::Variables)),
            (Field::ConstraintValues, a, arguments.count(Count::AEntries)),
            (Field::Bounds, lower, arguments.count(Count::Constraints)),
            (Field::Bounds, upper, arguments.count(Count::Constraints)),
        ];
        let ledger: &mut Ledger = &mut Ledger::<[_; 16]>::new();
        arguments.enter(&arrays, false, ledger)?;
        ledger.enter_known(data.cast(), 1);
        ledger.enter_known(config.cast(), 1);
        ledger.settle_known()?;
        let shape = &*arguments.shape;
        let [p_starts, p_columns, a_starts, a_columns] = shape.arrays();
        let pattern = QpPattern::new(p_starts, p_columns, a_starts, a_columns)?;
        let symbolic = Symbolic::new(checks::slice(shape.symbolic, size(shape.symbolic_len)))?;
        let [p, q, a, lower, upper] = arrays.map(|(_, pointer, len)| checks::slice(pointer, size(*len)));
        let data = QpData { p, q, a, lower, upper };
        Qp::check(&pattern, &symbolic, &data, arguments.workspace_len, &given)?;
        let object = arguments.object();
        object.write(Object { mark: mark::<f32>(Kind::Qp), size: shape.variables, state: QpCheckpoint::new(&given) });
        let workspace = checks::slice_mut(arguments.workspace, arguments.workspace_len);
        Qp::resume(pattern, symbolic, workspace, &mut (*object).state)?.begin(&data, given.scaling_rounds);
    }
    Ok(())
}

/// Does one bounded piece of work: an iteration, or a factorisation when values, bounds or rho demand it (the first step
/// is one). Answers `TS_STEP_RUNNING` or the outcome, which it then repeats until a restart. It does not look for a proof that
/// there is no solution, see `ts_qp_prove`: a controller whose problems have one need not link that.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_step(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    unsafe { arguments.with(&[], false, &mut |solver| solver.advance() as ts_status_t) }
}

/// Whether the way the iterate has gone since this was asked last proves that there is no solution: then
/// `TS_STEP_PRIMAL_INFEASIBLE` or `TS_STEP_DUAL_INFEASIBLE`, which is the outcome from now on, with a `ts_qp_certificate`; else
/// what it was, `TS_STEP_CONVERGED` in any case. `ts_qp_run` asks every 25 iterations, and where it ends without a solution.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_prove(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    unsafe { arguments.with(&[], false, &mut |solver| solver.prove() as ts_status_t) }
}

/// Steps to the outcome, proofs included.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_run(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    unsafe { arguments.with(&[], false, &mut |solver| solver.run().step as ts_status_t) }
}

/// Steps to the outcome, proofs included, or until `go_on` answers 0, then `TS_STEP_INTERRUPTED`: the solve can go on later. The residual of
/// the report is the larger of the two, in units of its target.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_run_while(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    let Some(go_on) = go_on else { return status::outcome(Err(Error::Null { field: Field::Function }.into())) };
    loop {
        let mut report = None;
        let step: Act<'_> = &mut |solver| {
            let step = solver.step();
            report = Some(solver.report()).filter(|_| !step.is_final());
            step as ts_status_t
        };
        // SAFETY: the pointers are as the header demands; no reference outlives the call.
        let status = unsafe { arguments.with(&[], false, step) };
        let Some(report) = report else { return status };
        // SAFETY: the function was given to be asked, with this context.
        if unsafe { go_on(context, &report.into()) } == 0 {
            return Step::Interrupted as ts_status_t;
        }
    }
}

/// Begins anew from the iterate that is there, which is the warm start, after an update as a rule: iterations count from 0
/// again, and rho stays where it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_restart(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    unsafe {
        arguments.with(&[], false, &mut |solver| {
            solver.restart();
            TS_OK
        })
    }
}
