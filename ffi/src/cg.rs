//! Conjugate gradients.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::method::{self, Arguments, Method, Vectors};
use crate::objects::{Kind, words_for};
use crate::operator::{View, required, ts_operator_t};
use crate::solve::{ts_go_on_t, ts_report_t, ts_stopping_t};
use crate::status::{self, Refusal, flag, ts_status_t};
use tinysolve::linear::conjugate::Checkpoint;
use tinysolve::linear::{Cg, PcgConfig};
use tinysolve::operator::LinearOperator;
use tinysolve::solve::{Report, Solver, Step};
use tinysolve::{Error, Field};

/// `uint64_t` words of a `ts_cg_t`.
pub const TS_CG_WORDS: usize = 13; // f64: 21

/// A conjugate gradient solve under way: counters and scalars, no pointer, so it may be copied, moved and saved together
/// with x and the workspace.
#[repr(C)]
pub struct ts_cg_t {
    words: [u64; TS_CG_WORDS],
}

const _: () = assert!(words_for::<Checkpoint<f32>>() == TS_CG_WORDS);

/// Values of a conjugate gradient solve, with or without a preconditioner.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_cg_config_t {
    /// When to stop.
    pub stopping: ts_stopping_t,
    /// 1 to hold a copy of the best iterate in the workspace, put back when the solve ends without convergence.
    pub keep_best: u32,
}

impl ts_cg_config_t {
    pub(crate) fn get(&self) -> Result<PcgConfig<f32>, Error> {
        Ok(PcgConfig { stopping: self.stopping.get()?, keep_best: flag(self.keep_best, 1)? })
    }
}

enum CgMethod {}

impl Method for CgMethod {
    const KIND: Kind = Kind::Cg;
    type State = Checkpoint<f32>;
    type Given = ts_cg_config_t;
    type Config = PcgConfig<f32>;
    type With<'a> = ();

    fn config(given: &ts_cg_config_t) -> Result<PcgConfig<f32>, Error> {
        given.get()
    }

    fn enter((): (), _: &mut Ledger) -> Result<(), Refusal> {
        Ok(())
    }

    fn check(view: View<'_>, (): (), vectors: &Vectors<'_>, config: &PcgConfig<f32>) -> Result<(), Error> {
        Cg::check(required(view.product)?, vectors.b, vectors.x, config)
    }

    fn workspace_len(view: View<'_>, config: &PcgConfig<f32>) -> Result<usize, Error> {
        let a = required(view.product)?;
        Ok(Cg::<f32, dyn LinearOperator<f32>>::workspace_len(a.dim(), config.keep_best))
    }

    fn start(config: &PcgConfig<f32>) -> Checkpoint<f32> {
        Cg::<f32, dyn LinearOperator<f32>>::start(config)
    }

    fn step(view: View<'_>, (): (), vectors: Vectors<'_>, state: &mut Checkpoint<f32>) -> Result<Step, Error> {
        let Vectors { b, x, workspace } = vectors;
        Ok(Cg::resume(required(view.product)?, b, x, workspace, state)?.step())
    }

    fn report(state: &Checkpoint<f32>) -> Report<f32> {
        state.report()
    }
}

/// No copy of the best iterate, 1e-5 relative to |b|.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cg_config_default(out: *mut ts_cg_config_t) -> ts_status_t {
    let config = ts_cg_config_t { stopping: ts_stopping_t::default(), keep_best: 0 };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// Checks everything and starts a solve of A x = b, A symmetric and positive definite, from the starting guess `x`; `b`
/// and `x` have the dimension of `a`. `workspace_len` elements: at least `TS_CG_WORKSPACE_LEN`. Only `cg` is written. O(n).
///
/// Errors: `LENGTH` (workspace), `NOT_FINITE` (b, x, tolerance), `OUT_OF_RANGE` (tolerance, iterations,
/// configuration), `UNINITIALISED` (matrix).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cg_init(
    cg: *mut ts_cg_t,
    a: *const ts_operator_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
    config: *const ts_cg_config_t,
) -> ts_status_t {
    let arguments = Arguments { object: cg.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { method::init::<CgMethod>(&arguments, config, ()) })
}

/// Does one iteration: one product, and at the end of the solve one more. The arguments are those of
/// `ts_cg_init`, with what is in them now. Answers `TS_STEP_RUNNING` or the outcome, which it then repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cg_step(
    cg: *mut ts_cg_t,
    a: *const ts_operator_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { object: cg.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { method::step::<CgMethod>(&arguments, ()) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cg_run(
    cg: *mut ts_cg_t,
    a: *const ts_operator_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { object: cg.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { method::run::<CgMethod>(&arguments, ()) })
}

/// Steps to the outcome or until `go_on` answers 0, then `TS_STEP_INTERRUPTED`: the solve can go on later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cg_run_while(
    cg: *mut ts_cg_t,
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
    status::outcome(unsafe { method::run_while::<CgMethod>(&arguments, (), go_on, context) })
}

/// Writes what the solve can say of itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cg_report(cg: *const ts_cg_t, out: *mut ts_report_t) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { method::report::<CgMethod>(cg.cast(), out) })
}
