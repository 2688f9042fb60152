//! Low-rank matrices from entries without gross errors, by alternating minimisation.

use core::ffi::c_void;

use crate::checks;
use crate::entries::{Slices, ts_entries_t};
use crate::objects::{Kind, words_for};
use crate::recovery::{self, Arguments, Lent, Recovery, ts_recovery_memory_t};
use crate::solve::{ts_go_on_t, ts_report_t, ts_stopping_t};
use crate::status::{self, flag, ts_status_t};
use tinysolve::recovery::completion::Checkpoint;
use tinysolve::recovery::{Completion, CompletionConfig, Inner};
use tinysolve::solve::{Report, Solver, Step};
use tinysolve::{Error, Field};

/// Values of an alternating minimisation.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_completion_config_t {
    /// Of a seeded start.
    pub seed: u64,
    /// Rank of the factors, at least 1.
    pub rank: u32,
    /// 1 for a seeded start, 0 to start from the factors as they are.
    pub seeded: u32,
    /// 0 to solve each row exactly; otherwise steps of conjugate gradients a row at most, up to 1000.
    pub inner_steps: u32,
    /// Ends an inexact row when its residual has fallen to this share of what it was; in [0, 1).
    pub accuracy: f32,
    /// When to stop: the residual is the 2-norm over all known entries, the reference that of their values.
    pub stopping: ts_stopping_t,
}

/// `uint64_t` words of a `ts_completion_t`.
pub const TS_COMPLETION_WORDS: usize = 15; // f64: 22

/// An alternating minimisation under way: counters and scalars, no pointer, so it may be copied, moved and saved together with
/// the factors.
#[repr(C)]
pub struct ts_completion_t {
    words: [u64; TS_COMPLETION_WORDS],
}

const _: () = assert!(words_for::<Checkpoint<f32>>() == TS_COMPLETION_WORDS);

enum CompletionMethod {}

impl Recovery for CompletionMethod {
    const KIND: Kind = Kind::Completion;
    type Data = ts_entries_t;
    type State = Checkpoint<f32>;
    type Given = ts_completion_config_t;
    type Config = CompletionConfig<f32>;

    fn config(given: &ts_completion_config_t) -> Result<CompletionConfig<f32>, Error> {
        let ts_completion_config_t { seed, rank, seeded, inner_steps, accuracy, stopping } = *given;
        let inner = match inner_steps {
            0 => Inner::Exact,
            steps => Inner::Inexact { steps, accuracy },
        };
        let seed = flag(seeded, 1)?.then_some(seed);
        Ok(CompletionConfig { rank, stopping: stopping.get()?, inner, seed })
    }

    fn start(of: Slices<'_>, lent: Lent<'_>, config: &CompletionConfig<f32>) -> Result<Checkpoint<f32>, Error> {
        let entries = of.check()?;
        Completion::check(&entries, lent.left, lent.right, config)?;
        let mut state = Completion::start(config);
        Completion::resume(entries, lent.left, lent.right, lent.workspace, &mut state)?;
        Ok(state)
    }

    fn step(of: Slices<'_>, lent: Lent<'_>, state: &mut Checkpoint<f32>) -> Result<Step, Error> {
        Ok(Completion::resume(of.again()?, lent.left, lent.right, lent.workspace, state)?.step())
    }

    fn report(state: &Checkpoint<f32>) -> Report<f32> {
        state.report()
    }
}

/// Exact row solves (and an accuracy of 0.1 for those who ask for inner steps), 1e-5 relative, at most 500 sweeps, a start
/// from seed 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_completion_config_default(out: *mut ts_completion_config_t, rank: u32) -> ts_status_t {
    let max_iterations = CompletionConfig::<f32>::new(rank).stopping.max_iterations;
    let stopping = ts_stopping_t { max_iterations, ..ts_stopping_t::default() };
    let config = ts_completion_config_t { seed: 0, rank, seeded: 1, inner_steps: 0, accuracy: 0.1, stopping };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// Checks everything and starts a completion of X = LR' from its known entries. `left` has rows x rank elements, `right`
/// columns x rank, both row after row; they are the start where it is not seeded. Only `completion` is written. O(count).
///
/// Least squares: every known value counts, so one gross error spoils its row and column; see `ts_masked_init` for those. With
/// fewer entries than free numbers any values have a fit.
///
/// Errors: `LENGTH` (values, mask, row pointers, columns, factors, workspace), `NOT_FINITE` (values, tolerance, or factors
/// where they are the start), `UNORDERED` (row pointers, columns), `OUT_OF_RANGE` (size, mask, rank, iterations, tolerance,
/// configuration), `TOO_LARGE` (size).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_completion_init(
    completion: *mut ts_completion_t,
    entries: *const ts_entries_t,
    memory: *const ts_recovery_memory_t,
    config: *const ts_completion_config_t,
) -> ts_status_t {
    let arguments = Arguments { object: completion.cast(), data: entries, memory };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { recovery::init::<CompletionMethod>(&arguments, config) })
}

/// Does one sweep over L and R. The arguments are those of `ts_completion_init`, with what is in them now. Answers
/// `TS_STEP_RUNNING` or the outcome, which it then repeats: `TS_STEP_STAGNATED` where the values have no fit of this rank,
/// as with noise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_completion_step(
    completion: *mut ts_completion_t,
    entries: *const ts_entries_t,
    memory: *const ts_recovery_memory_t,
) -> ts_status_t {
    let arguments = Arguments { object: completion.cast(), data: entries, memory };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { recovery::step::<CompletionMethod>(&arguments) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_completion_run(
    completion: *mut ts_completion_t,
    entries: *const ts_entries_t,
    memory: *const ts_recovery_memory_t,
) -> ts_status_t {
    let arguments = Arguments { object: completion.cast(), data: entries, memory };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { recovery::run::<CompletionMethod>(&arguments) })
}

/// Steps to the outcome or until `go_on` answers 0, then `TS_STEP_INTERRUPTED`: the recovery can go on later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_completion_run_while(
    completion: *mut ts_completion_t,
    entries: *const ts_entries_t,
    memory: *const ts_recovery_memory_t,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> ts_status_t {
    let arguments = Arguments { object: completion.cast(), data: entries, memory };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { recovery::run_while::<CompletionMethod>(&arguments, go_on, context) })
}

/// Writes what the completion can say of itself: iterations are sweeps.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_completion_report(
    completion: *const ts_completion_t,
    out: *mut ts_report_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { recovery::report::<CompletionMethod>(completion.cast(), out) })
}
