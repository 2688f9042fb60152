//! Conjugate gradients with the SSOR preconditioner folded in by Eisenstat's trick.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::method::{self, Arguments, Method, Vectors};
use crate::objects::{Kind, words_for};
use crate::operator::{View, required, ts_operator_t};
use crate::solve::{ts_go_on_t, ts_report_t, ts_stopping_t};
use crate::status::{self, Refusal, flag, ts_status_t};
use tinysolve::linear::ssor_cg::Checkpoint;
use tinysolve::linear::{SsorCg, SsorCgConfig};
use tinysolve::operator::Sweep;
use tinysolve::solve::{Report, Solver, Step};
use tinysolve::{Error, Field};

/// `uint64_t` words of a `ts_ssor_cg_t`.
pub const TS_SSOR_CG_WORDS: usize = 19; // f64: 31

/// An SSOR-preconditioned conjugate gradient solve under way: counters and scalars, no pointer, so it may be copied, moved and saved together
/// with x and the workspace.
#[repr(C)]
pub struct ts_ssor_cg_t {
    words: [u64; TS_SSOR_CG_WORDS],
}

const _: () = assert!(words_for::<Checkpoint<f32>>() == TS_SSOR_CG_WORDS);

/// Values of an SSOR-preconditioned conjugate gradient solve.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_ssor_cg_config_t {
    /// Relaxation parameter of the preconditioner, in (0, 2).
    pub omega: f32,
    /// When to stop.
    pub stopping: ts_stopping_t,
    /// Rows one step may visit, rounded up to whole grid lines for a stencil; 0 for a whole iteration. The bits are those of
    /// whole iterations. The first step, the last one and those that judge a claim of convergence also pass over vectors as a
    /// whole.
    pub rows_per_step: u32,
    /// 1 to hold a copy of the best iterate in the workspace, put back when the solve ends without convergence.
    pub keep_best: u32,
}

enum SsorCgMethod {}

impl Method for SsorCgMethod {
    const KIND: Kind = Kind::SsorCg;
    type State = Checkpoint<f32>;
    type Given = ts_ssor_cg_config_t;
    type Config = SsorCgConfig<f32>;
    type With<'a> = ();

    fn config(given: &ts_ssor_cg_config_t) -> Result<SsorCgConfig<f32>, Error> {
        Ok(SsorCgConfig {
            omega: given.omega,
            stopping: given.stopping.get()?,
            rows_per_step: given.rows_per_step,
            keep_best: flag(given.keep_best, 1)?,
        })
    }

    fn enter((): (), _: &mut Ledger) -> Result<(), Refusal> {
        Ok(())
    }

    fn check(view: View<'_>, (): (), vectors: &Vectors<'_>, config: &SsorCgConfig<f32>) -> Result<(), Error> {
        SsorCg::check(required(view.sweep)?, vectors.b, vectors.x, config)
    }

    fn workspace_len(view: View<'_>, config: &SsorCgConfig<f32>) -> Result<usize, Error> {
        let a = required(view.sweep)?;
        Ok(SsorCg::<f32, dyn Sweep<f32>>::workspace_len(a.dim(), a.scaling_len(), config.keep_best))
    }

    fn start(config: &SsorCgConfig<f32>) -> Checkpoint<f32> {
        SsorCg::<f32, dyn Sweep<f32>>::start(config)
    }

    fn step(view: View<'_>, (): (), vectors: Vectors<'_>, state: &mut Checkpoint<f32>) -> Result<Step, Error> {
        let Vectors { b, x, workspace } = vectors;
        Ok(SsorCg::resume(required(view.sweep)?, b, x, workspace, state)?.step())
    }

    fn report(state: &Checkpoint<f32>) -> Report<f32> {
        state.report()
    }
}

/// Omega 1, no copy of the best iterate, 1e-5 relative to |b|.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ssor_cg_config_default(out: *mut ts_ssor_cg_config_t) -> ts_status_t {
    let config = ts_ssor_cg_config_t { omega: 1.0, stopping: ts_stopping_t::default(), rows_per_step: 0, keep_best: 0 };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// Checks everything and starts a solve of A x = b, A symmetric and positive definite, from the starting guess `x`; `b`
/// and `x` have the dimension of `a`. `workspace_len` elements: at least `TS_SSOR_CG_WORKSPACE_LEN`. Only `cg` is written. O(n).
///
/// Errors: `LENGTH` (workspace), `NOT_FINITE` (b, x, omega, tolerance), `OUT_OF_RANGE` (omega, tolerance, iterations,
/// configuration, or matrix for an operator without rows), `ZERO_DIAGONAL`, `NEGATIVE_DIAGONAL`, `UNINITIALISED` (matrix).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ssor_cg_init(
    cg: *mut ts_ssor_cg_t,
    a: *const ts_operator_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
    config: *const ts_ssor_cg_config_t,
) -> ts_status_t {
    let arguments = Arguments { object: cg.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { method::init::<SsorCgMethod>(&arguments, config, ()) })
}

/// Does one iteration: both triangles once, the lower one again, and at the end of the solve one product. The arguments are those of
/// `ts_ssor_cg_init`, with what is in them now. Answers `TS_STEP_RUNNING` or the outcome, which it then repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ssor_cg_step(
    cg: *mut ts_ssor_cg_t,
    a: *const ts_operator_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { object: cg.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { method::step::<SsorCgMethod>(&arguments, ()) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ssor_cg_run(
    cg: *mut ts_ssor_cg_t,
    a: *const ts_operator_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { object: cg.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { method::run::<SsorCgMethod>(&arguments, ()) })
}

/// Steps to the outcome or until `go_on` answers 0, then `TS_STEP_INTERRUPTED`: the solve can go on later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ssor_cg_run_while(
    cg: *mut ts_ssor_cg_t,
    a: *const ts_operator_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> ts_status_t {
    let arguments = Arguments { object: cg.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { method::run_while::<SsorCgMethod>(&arguments, (), go_on, context) })
}

/// Writes what the solve can say of itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ssor_cg_report(cg: *const ts_ssor_cg_t, out: *mut ts_report_t) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { method::report::<SsorCgMethod>(cg.cast(), out) })
}
