//! Deep conjugate directions: a solve whose directions need not be trusted.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::method::{self, Arguments, Method, Vectors};
use crate::objects::{Kind, words_for};
use crate::operator::{View, required, ts_operator_t};
use crate::preconditioner::{Lent, Preconditioner, PreconditionerRoom, ts_preconditioner_t};
use crate::solve::{ts_go_on_t, ts_report_t, ts_stopping_t};
use crate::status::{self, Refusal, flag, size, ts_status_t};
use tinysolve::linear::dcd::Checkpoint;
use tinysolve::linear::{Conjugation, Dcd, DcdConfig};
use tinysolve::operator::LinearOperator;
use tinysolve::solve::{Report, Solver, Step};
use tinysolve::{Error, Field};

/// `uint64_t` words of a `ts_dcd_t`.
pub const TS_DCD_WORDS: usize = 23; // f64: 36

/// A solve by deep conjugate directions under way: counters and scalars, no pointer, so it may be copied, moved and saved
/// together with x and the workspace.
#[repr(C)]
pub struct ts_dcd_t {
    words: [u64; TS_DCD_WORDS],
}

const _: () = assert!(words_for::<Checkpoint<f32>>() == TS_DCD_WORDS);

/// By the ratio of two values of r'd, as in conjugate gradients: for directions that are linear, symmetric and positive
/// definite. The cheapest.
pub const TS_CONJUGATION_RECURRENCE: u32 = 0;
/// By a projection against the last direction, which any direction allows.
pub const TS_CONJUGATION_PREVIOUS: u32 = 1;
/// By projections against the last two directions, as published.
pub const TS_CONJUGATION_PREVIOUS_TWO: u32 = 2;

/// Values of a solve by deep conjugate directions.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_dcd_config_t {
    /// When to stop.
    pub stopping: ts_stopping_t,
    /// Where x is kept in two words: the relative residual at which the second word begins; in (0, 1).
    pub refine_at: f32,
    /// One of `TS_CONJUGATION_...`.
    pub conjugation: u32,
    /// 1 to keep a second word of x, the last n elements of the workspace that is needed: x is the sum of both.
    pub two_words: u32,
    /// 1 to leave a direction that fails for plain conjugate gradients; 0 to end the solve.
    pub safeguard: u32,
}

impl ts_dcd_config_t {
    pub(crate) fn default() -> Self {
        let DcdConfig::<f32> { refine_at, .. } = DcdConfig::default();
        let stopping = ts_stopping_t::default();
        Self { stopping, refine_at, conjugation: TS_CONJUGATION_RECURRENCE, two_words: 0, safeguard: 1 }
    }

    pub(crate) fn get(&self) -> Result<DcdConfig<f32>, Error> {
        let Self { stopping, refine_at, conjugation, two_words, safeguard } = *self;
        let conjugation =
            Conjugation::from_number(conjugation).ok_or(Error::OutOfRange { field: Field::Configuration, index: 1 })?;
        let (two_words, safeguard) = (flag(two_words, 2)?, flag(safeguard, 3)?);
        Ok(DcdConfig { stopping: stopping.get()?, refine_at, conjugation, two_words, safeguard })
    }
}

enum DcdMethod {}

impl Method for DcdMethod {
    const KIND: Kind = Kind::Dcd;
    type State = Checkpoint<f32>;
    type Given = ts_dcd_config_t;
    type Config = DcdConfig<f32>;
    type With<'a> = &'a Preconditioner;

    fn config(given: &ts_dcd_config_t) -> Result<DcdConfig<f32>, Error> {
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
        config: &DcdConfig<f32>,
    ) -> Result<(), Error> {
        let (a, mut room) = (required(view.product)?, PreconditionerRoom::new());
        // SAFETY: `open` found the descriptor.
        let direction = Lent(unsafe { with.view(a.dim(), &mut room)? });
        Dcd::check(a, &direction, vectors.b, vectors.x, config)
    }

    fn workspace_len(view: View<'_>, config: &DcdConfig<f32>) -> Result<usize, Error> {
        let n = required(view.product)?.dim();
        Ok(Dcd::<f32, dyn LinearOperator<f32>, Lent<'_>>::workspace_len(n, config.conjugation, config.two_words))
    }

    fn start(config: &DcdConfig<f32>) -> Checkpoint<f32> {
        Dcd::<f32, dyn LinearOperator<f32>, Lent<'_>>::start(config)
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
        Ok(Dcd::resume(a, direction, vectors.b, vectors.x, vectors.workspace, state)?.step())
    }

    fn report(state: &Checkpoint<f32>) -> Report<f32> {
        state.report()
    }
}

/// The recurrence, x in one word, with the safeguard, 1e-5 relative to |b|.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_dcd_config_default(out: *mut ts_dcd_config_t) -> ts_status_t {
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, ts_dcd_config_t::default()) })
}

/// Elements of workspace of `ts_dcd_init` for `n` unknowns, the preconditioner's own apart; 0 where they do not fit the
/// address space, and for an unknown conjugation.
#[unsafe(no_mangle)]
pub extern "C" fn ts_dcd_workspace_len(n: u32, conjugation: u32, two_words: u32) -> usize {
    let Some(conjugation) = Conjugation::from_number(conjugation) else { return 0 };
    let len = Dcd::<f32, dyn LinearOperator<f32>, Lent<'_>>::workspace_len(size(n), conjugation, two_words != 0);
    crate::lengths::fitting(len)
}

/// Checks everything and starts a solve of A x = b, A symmetric and positive definite, from the starting guess `x`; `b`
/// and `x` have the dimension of `a`. What `preconditioner` proposes is made A-orthogonal and searched along exactly, so
/// that it costs time at worst: a direction that fails is left for good, and a solve that ends well after that answers
/// `TS_STEP_HANDED_OVER`. At least `ts_dcd_workspace_len` elements. Only `dcd` is written. O(n).
///
/// Errors: `LENGTH` (workspace), `NOT_FINITE` (b, x, tolerance: 3 is `refine_at`), `OUT_OF_RANGE` (tolerance, iterations,
/// configuration), `UNINITIALISED` (matrix).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_dcd_init(
    dcd: *mut ts_dcd_t,
    a: *const ts_operator_t,
    preconditioner: *const ts_preconditioner_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
    config: *const ts_dcd_config_t,
) -> ts_status_t {
    let arguments = Arguments { object: dcd.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::done((|| unsafe {
        let with = Preconditioner::open(preconditioner)?;
        method::init::<DcdMethod>(&arguments, config, with)
    })())
}

/// Does one iteration: one product, one direction, at most one recomputed residual. The arguments are those of
/// `ts_dcd_init`, with what is in them now. Answers `TS_STEP_RUNNING` or the outcome, which it then repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_dcd_step(
    dcd: *mut ts_dcd_t,
    a: *const ts_operator_t,
    preconditioner: *const ts_preconditioner_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { object: dcd.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome((|| unsafe {
        let with = Preconditioner::open(preconditioner)?;
        method::step::<DcdMethod>(&arguments, with)
    })())
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_dcd_run(
    dcd: *mut ts_dcd_t,
    a: *const ts_operator_t,
    preconditioner: *const ts_preconditioner_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { object: dcd.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome((|| unsafe {
        let with = Preconditioner::open(preconditioner)?;
        method::run::<DcdMethod>(&arguments, with)
    })())
}

/// Steps to the outcome or until `go_on` answers 0, then `TS_STEP_INTERRUPTED`: the solve can go on later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_dcd_run_while(
    dcd: *mut ts_dcd_t,
    a: *const ts_operator_t,
    preconditioner: *const ts_preconditioner_t,
    b: *const f32,
    x: *mut f32,
    workspace: *mut f32,
    workspace_len: usize,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> ts_status_t {
    let arguments = Arguments { object: dcd.cast(), a, b, x, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome((|| unsafe {
        let with = Preconditioner::open(preconditioner)?;
        method::run_while::<DcdMethod>(&arguments, with, go_on, context)
    })())
}

/// Writes what the solve can say of itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_dcd_report(dcd: *const ts_dcd_t, out: *mut ts_report_t) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { method::report::<DcdMethod>(dcd.cast(), out) })
}
