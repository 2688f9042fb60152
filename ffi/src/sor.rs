//! Successive over-relaxation.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::method::{self, Arguments, Method, Vectors};
use crate::objects::{Kind, words_for};
use crate::operator::{View, required, ts_operator_t};
use crate::solve::{ts_go_on_t, ts_report_t, ts_stopping_t};
use crate::status::{self, Refusal, flag, ts_status_t};
use tinysolve::linear::sor::Checkpoint;
use tinysolve::linear::{Sor, SorConfig};
use tinysolve::operator::Relax;
use tinysolve::solve::{Report, Solver, Step};
use tinysolve::{Error, Field};

/// `uint64_t` words of a `ts_sor_t`.
pub const TS_SOR_WORDS: usize = 16; // f64: 24

/// A successive over-relaxation under way: counters and scalars, no pointer, so it may be copied, moved and saved
/// together with x and the workspace.
#[repr(C)]
pub struct ts_sor_t {
    words: [u64; TS_SOR_WORDS],
}

const _: () = assert!(words_for::<Checkpoint<f32>>() == TS_SOR_WORDS);

/// Values of a successive over-relaxation.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_sor_config_t {
    /// Relaxation parameter, in (0, 2); 1 is Gauss-Seidel.
    pub omega: f32,
    /// When to stop.
    pub stopping: ts_stopping_t,
    /// Rows one step may visit, rounded up to whole grid lines for a stencil; 0 for a whole sweep and its residual.
    pub rows_per_step: u32,
    /// Sweeps between two residuals; at least 1.
    pub residual_every: u32,
    /// 1 for a backward sweep after each forward one.
    pub symmetric: u32,
    /// 1 to hold a copy of the best iterate in the workspace, put back when the solve ends without convergence.
    pub keep_best: u32,
}

enum SorMethod {}

impl Method for SorMethod {
    const KIND: Kind = Kind::Sor;
    type State = Checkpoint<f32>;
    type Given = ts_sor_config_t;
    type Config = SorConfig<f32>;
    type With<'a> = ();

    fn config(given: &ts_sor_config_t) -> Result<SorConfig<f32>, Error> {
        Ok(SorConfig {
            omega: given.omega,
            stopping: given.stopping.get()?,
            rows_per_step: given.rows_per_step,
            residual_every: given.residual_every,
            symmetric: flag(given.symmetric, 1)?,
            keep_best: flag(given.keep_best, 2)?,
        })
    }

    fn enter((): (), _: &mut Ledger) -> Result<(), Refusal> {
        Ok(())
    }

    fn check(view: View<'_>, (): (), vectors: &Vectors<'_>, config: &SorConfig<f32>) -> Result<(), Error> {
        Sor::check(required(view.relax)?, vectors.b, vectors.x, config)
    }

    fn workspace_len(view: View<'_>, config: &SorConfig<f32>) -> Result<usize, Error> {
        let a = required(view.relax)?;
        Ok(Sor::<f32, dyn Relax<f32>>::workspace_len(a.dim(), a.scaling_len(), config.keep_best))
    }

    fn start(config: &SorConfig<f32>) -> Checkpoint<f32> {
        Sor::<f32, dyn Relax<f32>>::start(config)
    }

    fn step(view: View<'_>, (): (), vectors: Vectors<'_>, state: &mut Checkpoint<f32>) -> Result<Step, Error> {
        let Vectors { b, x, workspace } = vectors;
        Ok(Sor::resume(required(view.relax)?, b, x, workspace, state)?.step())
    }

    fn report(state: &Checkpoint<f32>) -> Report<f32> {
        state.report()
    }
}

/// Gauss-Seidel, whole sweeps, a residual after each, 1e-5 relative to |b|.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_sor_config_default(out: *mut ts_sor_config_t) -> ts_status_t {
    let config = ts_sor_config_t {
        omega: 1.0,
        stopping: ts_stopping_t::default(),
        rows_per_step: 0,
        residual_every: 1,
        symmetric: 0,
        keep_best: 0,
    };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// Checks everything and starts a solve of A x = b from the starting guess `x`; `b` and `x` have the dimension of `a`.
/// `workspace_len` elements: at least `TS_SOR_WORKSPACE_LEN`. Only `sor` is written. O(n).
///
/// Errors: `LENGTH` (workspace), `NOT_FINITE` (b, x, omega, tolerance), `OUT_OF_RANGE` (omega, tolerance, iterations,
/// configuration, or matrix for an operator without rows), `UNINITIALISED` (matrix).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_sor_init(
    sor: *mut ts_sor_t,
    a: *const ts_operator_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
    config: *const ts_sor_config_t,
) -> ts_status_t {
    let arguments = Arguments { object: sor.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { method::init::<SorMethod>(&arguments, config, ()) })
}

/// Does one bounded piece of work: a sweep and its residual, or a block of rows. The arguments are those of
/// `ts_sor_init`, with what is in them now. Answers `TS_STEP_RUNNING` or the outcome, which it then repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_sor_step(
    sor: *mut ts_sor_t,
    a: *const ts_operator_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { object: sor.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { method::step::<SorMethod>(&arguments, ()) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_sor_run(
    sor: *mut ts_sor_t,
    a: *const ts_operator_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { object: sor.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { method::run::<SorMethod>(&arguments, ()) })
}

/// Steps to the outcome or until `go_on` answers 0, then `TS_STEP_INTERRUPTED`: the solve can go on later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_sor_run_while(
    sor: *mut ts_sor_t,
    a: *const ts_operator_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> ts_status_t {
    let arguments = Arguments { object: sor.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { method::run_while::<SorMethod>(&arguments, (), go_on, context) })
}

/// Writes what the solve can say of itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_sor_report(sor: *const ts_sor_t, out: *mut ts_report_t) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { method::report::<SorMethod>(sor.cast(), out) })
}
