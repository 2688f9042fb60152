//! Low-rank matrices from entries of which some are grossly wrong and some unknown.

use core::ffi::c_void;

use crate::checks;
use crate::entries::{Slices, ts_entries_t};
use crate::objects::{Kind, words_for};
use crate::recovery::{self, Arguments, Lent, Recovery, ts_recovery_memory_t};
use crate::solve::{ts_go_on_t, ts_report_t};
use crate::status::{self, ts_status_t};
use tinysolve::recovery::masked::Checkpoint;
use tinysolve::recovery::{Masked, MaskedConfig};
use tinysolve::solve::{Report, Solver, Step};
use tinysolve::{Error, Field};

/// Values of a robust matrix completion.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_masked_config_t {
    /// Rank to begin with, at least 1.
    pub rank: u32,
    /// Largest rank to try, at least `rank`: what memory allows.
    pub rank_max: u32,
    /// Attempts at each rank, at least 1.
    pub attempts: u32,
    /// An entry fits when it is this near, in units of the median magnitude; in (0, 0.5]. Set it to a few times the noise.
    pub tolerance: f32,
    /// Share of the known entries of each row and each column that has to fit; in (0, 1).
    pub share: f32,
    /// Share of all known entries that has to fit; in (0, 1).
    pub share_of_all: f32,
}

/// `uint64_t` words of a `ts_masked_t`.
pub const TS_MASKED_WORDS: usize = 12; // f64: 16

/// A robust matrix completion under way: counters and scalars, no pointer, so it may be copied, moved and saved together with
/// the factors and the workspace.
#[repr(C)]
pub struct ts_masked_t {
    words: [u64; TS_MASKED_WORDS],
}

const _: () = assert!(words_for::<Checkpoint<f32>>() == TS_MASKED_WORDS);

enum MaskedMethod {}

impl Recovery for MaskedMethod {
    const KIND: Kind = Kind::Masked;
    type Data = ts_entries_t;
    type State = Checkpoint<f32>;
    type Given = ts_masked_config_t;
    type Config = MaskedConfig<f32>;

    fn config(given: &ts_masked_config_t) -> Result<MaskedConfig<f32>, Error> {
        let ts_masked_config_t { rank, rank_max, attempts, tolerance, share, share_of_all } = *given;
        Ok(MaskedConfig { rank, rank_max, attempts, tolerance, share, share_of_all })
    }

    fn start(of: Slices<'_>, lent: Lent<'_>, config: &MaskedConfig<f32>) -> Result<Checkpoint<f32>, Error> {
        let entries = of.check()?;
        Masked::check(&entries, config)?;
        let mut state = Masked::start(config);
        Masked::resume(entries, lent.left, lent.right, lent.workspace, &mut state)?;
        Ok(state)
    }

    fn step(of: Slices<'_>, lent: Lent<'_>, state: &mut Checkpoint<f32>) -> Result<Step, Error> {
        Ok(Masked::resume(of.again()?, lent.left, lent.right, lent.workspace, state)?.step())
    }

    fn report(state: &Checkpoint<f32>) -> Report<f32> {
        state.report()
    }
}

/// This rank alone, eight attempts; entries fit within 1e-3, a third of each row and column, half of all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_masked_config_default(out: *mut ts_masked_config_t, rank: u32) -> ts_status_t {
    let MaskedConfig { rank, rank_max, attempts, tolerance, share, share_of_all } = MaskedConfig::<f32>::new(rank);
    let config = ts_masked_config_t { rank, rank_max, attempts, tolerance, share, share_of_all };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// Checks everything and starts a recovery of X = LR' from its known entries. `left` has rows x `rank_max` elements, `right`
/// columns x `rank_max`; at the end L and R lie there row after row, as many elements each as `ts_masked_rank` tells. What
/// they hold at the start does not matter. Only `masked` is written. O(count).
///
/// Limits, measured on 50 x 50 matrices of rank 3 with outliers that nobody chose against the method: 40 % of the entries may
/// be wrong where all are known, 20 % to 30 % where 60 % are. Where it cannot tell, it says `TS_STEP_NOT_CERTIFIED`.
///
/// Errors: `LENGTH` (values, mask, row pointers, columns, factors, workspace), `NOT_FINITE` (values), `UNORDERED` (row
/// pointers, columns), `OUT_OF_RANGE` (size, mask, rank, iterations, tolerance, configuration: index 0 share, 1 share of
/// all), `TOO_LARGE` (size).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_masked_init(
    masked: *mut ts_masked_t,
    entries: *const ts_entries_t,
    memory: *const ts_recovery_memory_t,
    config: *const ts_masked_config_t,
) -> ts_status_t {
    let arguments = Arguments { object: masked.cast(), data: entries, memory };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { recovery::init::<MaskedMethod>(&arguments, config) })
}

/// Does one sweep over the known entries, or one round of repair. The arguments are those of `ts_masked_init`, with what is in
/// them now. Answers `TS_STEP_RUNNING` or the outcome, which it then repeats: `TS_STEP_CONVERGED` is a certificate,
/// `TS_STEP_NOT_CERTIFIED` says that the factors hold a guess.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_masked_step(
    masked: *mut ts_masked_t,
    entries: *const ts_entries_t,
    memory: *const ts_recovery_memory_t,
) -> ts_status_t {
    let arguments = Arguments { object: masked.cast(), data: entries, memory };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { recovery::step::<MaskedMethod>(&arguments) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_masked_run(
    masked: *mut ts_masked_t,
    entries: *const ts_entries_t,
    memory: *const ts_recovery_memory_t,
) -> ts_status_t {
    let arguments = Arguments { object: masked.cast(), data: entries, memory };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { recovery::run::<MaskedMethod>(&arguments) })
}

/// Steps to the outcome or until `go_on` answers 0, then `TS_STEP_INTERRUPTED`: the recovery can go on later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_masked_run_while(
    masked: *mut ts_masked_t,
    entries: *const ts_entries_t,
    memory: *const ts_recovery_memory_t,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> ts_status_t {
    let arguments = Arguments { object: masked.cast(), data: entries, memory };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { recovery::run_while::<MaskedMethod>(&arguments, go_on, context) })
}

/// Writes what the recovery can say of itself: iterations are steps, the residual is the root mean square over the entries
/// below the threshold, the estimate the threshold, the reference the median magnitude, and the target the distance within
/// which an entry fits: one further from X is in error, once X is certified.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_masked_report(masked: *const ts_masked_t, out: *mut ts_report_t) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { recovery::report::<MaskedMethod>(masked.cast(), out) })
}

/// Writes the rank of the attempt: the certified one after `TS_STEP_CONVERGED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_masked_rank(masked: *const ts_masked_t, out: *mut u32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { recovery::tell::<MaskedMethod, _>(masked.cast(), out, |state| state.rank()) })
}
