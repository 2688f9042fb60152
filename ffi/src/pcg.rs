//! Conjugate gradients with a preconditioner.

use core::ffi::c_void;

use crate::cg::ts_cg_config_t;
use crate::checks::Ledger;
use crate::method::{self, Arguments, Method, Vectors};
use crate::objects::{Kind, words_for};
use crate::operator::{View, required, ts_operator_t};
use crate::preconditioner::{Lent, Preconditioner, PreconditionerRoom, ts_preconditioner_t};
use crate::solve::{ts_go_on_t, ts_report_t};
use crate::status::{self, Refusal, ts_status_t};
use tinysolve::Error;
use tinysolve::linear::conjugate::Checkpoint;
use tinysolve::linear::{Pcg, PcgConfig};
use tinysolve::operator::LinearOperator;
use tinysolve::solve::{Report, Solver, Step};

/// `uint64_t` words of a `ts_pcg_t`.
pub const TS_PCG_WORDS: usize = 13; // f64: 21

/// A conjugate gradient solve under way: counters and scalars, no pointer, so it may be copied, moved and saved together
/// with x and the workspace.
#[repr(C)]
pub struct ts_pcg_t {
    words: [u64; TS_PCG_WORDS],
}

const _: () = assert!(words_for::<Checkpoint<f32>>() == TS_PCG_WORDS);

enum PcgMethod {}

impl Method for PcgMethod {
    const KIND: Kind = Kind::Pcg;
    type State = Checkpoint<f32>;
    type Given = ts_cg_config_t;
    type Config = PcgConfig<f32>;
    type With<'a> = &'a Preconditioner;

    fn config(given: &ts_cg_config_t) -> Result<PcgConfig<f32>, Error> {
        given.get()
    }

    fn enter(with: &Preconditioner, ledger: &mut Ledger) -> Result<(), Refusal> {
        // SAFETY: `open` found the descriptor.
        unsafe { with.enter(ledger) }
    }

    fn check(
        view: View<'_>,
        with: &Preconditioner,
        vectors: &Vectors<'_>,
        config: &PcgConfig<f32>,
    ) -> Result<(), Error> {
        let (a, mut room) = (required(view.product)?, PreconditionerRoom::new());
        // SAFETY: `open` found the descriptor.
        let direction = Lent(unsafe { with.view(a.dim(), &mut room)? });
        Pcg::check(a, &direction, vectors.b, vectors.x, config)
    }

    fn workspace_len(view: View<'_>, config: &PcgConfig<f32>) -> Result<usize, Error> {
        let n = required(view.product)?.dim();
        Ok(Pcg::<f32, dyn LinearOperator<f32>, Lent<'_>>::workspace_len(n, config.keep_best))
    }

    fn start(config: &PcgConfig<f32>) -> Checkpoint<f32> {
        Pcg::<f32, dyn LinearOperator<f32>, Lent<'_>>::start(config)
    }

    fn step(
        view: View<'_>,
        with: &Preconditioner,
        vectors: Vectors<'_>,
        state: &mut Checkpoint<f32>,
    ) -> Result<Step, Error> {
        let (a, mut room) = (required(view.product)?, PreconditionerRoom::new());
        // SAFETY: `open` found the descriptor.
        let direction = Lent(unsafe { with.view(a.dim(), &mut room)? });
        Ok(Pcg::resume(a, direction, vectors.b, vectors.x, vectors.workspace, state)?.step())
    }

    fn report(state: &Checkpoint<f32>) -> Report<f32> {
        state.report()
    }
}

/// Checks everything and starts a solve of A x = b, A symmetric and positive definite, from the starting guess `x`; `b`
/// and `x` have the dimension of `a`. `workspace_len` elements: at least `TS_PCG_WORKSPACE_LEN`. Only `pcg` is written. O(n).
///
/// Errors: `LENGTH` (workspace), `NOT_FINITE` (b, x, tolerance), `OUT_OF_RANGE` (tolerance, iterations,
/// configuration), `UNINITIALISED` (matrix).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pcg_init(
    pcg: *mut ts_pcg_t,
    a: *const ts_operator_t,
    preconditioner: *const ts_preconditioner_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
    config: *const ts_cg_config_t,
) -> ts_status_t {
    let arguments = Arguments { object: pcg.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::done((|| unsafe {
        let with = Preconditioner::open(preconditioner)?;
        method::init::<PcgMethod>(&arguments, config, with)
    })())
}

/// Does one iteration: one product, and at the end of the solve one more. The arguments are those of
/// `ts_pcg_init`, with what is in them now. Answers `TS_STEP_RUNNING` or the outcome, which it then repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pcg_step(
    pcg: *mut ts_pcg_t,
    a: *const ts_operator_t,
    preconditioner: *const ts_preconditioner_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { object: pcg.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome((|| unsafe {
        let with = Preconditioner::open(preconditioner)?;
        method::step::<PcgMethod>(&arguments, with)
    })())
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pcg_run(
    pcg: *mut ts_pcg_t,
    a: *const ts_operator_t,
    preconditioner: *const ts_preconditioner_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { object: pcg.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome((|| unsafe {
        let with = Preconditioner::open(preconditioner)?;
        method::run::<PcgMethod>(&arguments, with)
    })())
}

/// Steps to the outcome or until `go_on` answers 0, then `TS_STEP_INTERRUPTED`: the solve can go on later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pcg_run_while(
    pcg: *mut ts_pcg_t,
    a: *const ts_operator_t,
    preconditioner: *const ts_preconditioner_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> ts_status_t {
    let arguments = Arguments { object: pcg.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome((|| unsafe {
        let with = Preconditioner::open(preconditioner)?;
        method::run_while::<PcgMethod>(&arguments, with, go_on, context)
    })())
}

/// Writes what the solve can say of itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pcg_report(pcg: *const ts_pcg_t, out: *mut ts_report_t) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { method::report::<PcgMethod>(pcg.cast(), out) })
}
