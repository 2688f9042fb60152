//! The rank ladder: low-rank matrices from few linear measurements, some of them grossly wrong.

use core::ffi::c_void;

use crate::checks;
use crate::measurement::ts_measurement_t;
use crate::objects::{Kind, words_for};
use crate::recovery::{self, Arguments, Data, Lent, Recovery, ts_recovery_memory_t};
use crate::solve::{ts_go_on_t, ts_report_t};
use crate::status::{self, size, ts_status_t};
use tinysolve::recovery::ladder::Checkpoint;
use tinysolve::recovery::{Ladder, LadderConfig, Measurement};
use tinysolve::solve::{Report, Solver, Step};
use tinysolve::{Error, Field};

/// Values of a rank ladder.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_ladder_config_t {
    /// Largest rank to try, at least 1: what memory allows.
    pub rank_max: u32,
    /// Passes at one rank at most, at least 1.
    pub passes_per_rank: u32,
    /// Measurements one step may visit, rounded up to eight for signs; 0 for a whole pass.
    pub measurements_per_step: u32,
    /// A fit is certified below this, in units of the typical measurement; in (0, 0.01].
    pub certificate: f32,
    /// The fit at which there is nothing more to gain; at most `certificate`.
    pub target: f32,
}

/// `uint64_t` words of a `ts_ladder_t`.
pub const TS_LADDER_WORDS: usize = 12; // f64: 16

/// A rank ladder under way: counters and scalars, no pointer, so it may be copied, moved and saved together with the
/// factors, the workspace and the words.
#[repr(C)]
pub struct ts_ladder_t {
    words: [u64; TS_LADDER_WORDS],
}

const _: () = assert!(words_for::<Checkpoint<f32>>() == TS_LADDER_WORDS);

type Method = Ladder<'static, f32, dyn Measurement<f32>>;

impl Data for ts_measurement_t {
    type View<'a> = Self;

    fn check(&self) -> Result<(), Error> {
        self.check()
    }

    fn measurements(&self) -> usize {
        size(self.count)
    }

    fn size(&self) -> u32 {
        self.count
    }

    fn enter(&self, _: &mut checks::Ledger) {}

    unsafe fn view<'a>(&self) -> Self::View<'a> {
        *self
    }
}

enum LadderMethod {}

impl Recovery for LadderMethod {
    const KIND: Kind = Kind::Ladder;
    type Data = ts_measurement_t;
    type State = Checkpoint<f32>;
    type Given = ts_ladder_config_t;
    type Config = LadderConfig<f32>;

    fn config(given: &ts_ladder_config_t) -> Result<LadderConfig<f32>, Error> {
        let ts_ladder_config_t { rank_max, passes_per_rank, measurements_per_step, certificate, target } = *given;
        if rank_max == 0 {
            return Err(Error::OutOfRange { field: Field::Rank, index: 0 });
        }
        Ok(LadderConfig { rank_max, passes_per_rank, measurements_per_step, certificate, target })
    }

    fn start(of: ts_measurement_t, lent: Lent<'_>, config: &LadderConfig<f32>) -> Result<Checkpoint<f32>, Error> {
        let Lent { y, left, right, workspace, words } = lent;
        let need = Method::workspace_len(of.shape(), size(config.rank_max));
        of.with(config.rank_max, need, workspace, words, |measurement, workspace| {
            Ladder::check(&*measurement, y, config)?;
            let mut state = Method::start(config);
            Ladder::resume(measurement, y, left, right, workspace, &mut state).map(|_| ())
        })?;
        Ok(Method::start(config))
    }

    fn step(of: ts_measurement_t, lent: Lent<'_>, state: &mut Checkpoint<f32>) -> Result<Step, Error> {
        let Lent { y, left, right, workspace, words } = lent;
        let rank_max = state.rank_max();
        let need = Method::workspace_len(of.shape(), size(rank_max));
        of.with(rank_max, need, workspace, words, |measurement, workspace| {
            Ok(Ladder::resume(measurement, y, left, right, workspace, state)?.step())
        })
    }

    fn report(state: &Checkpoint<f32>) -> Report<f32> {
        state.report()
    }
}

/// Ranks up to `rank_max`, 300 passes each, certificate 1e-5, target 1e-7.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ladder_config_default(out: *mut ts_ladder_config_t, rank_max: u32) -> ts_status_t {
    let LadderConfig { rank_max, passes_per_rank, measurements_per_step, certificate, target } =
        LadderConfig::<f32>::new(rank_max);
    let config = ts_ladder_config_t { rank_max, passes_per_rank, measurements_per_step, certificate, target };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// Checks everything and starts a recovery of X from the measurements. `left` takes the columns of U (X = UU') or L (X = LR')
/// one after the other, rows x `rank_max` elements, `right` those of R, columns x `rank_max`, or none where X is symmetric;
/// what they hold at the start does not matter. Only `ladder` is written. O(count).
///
/// Limits, measured at condition numbers 1 to 10 with outliers that nobody chose against the method: half of the measurements
/// may be wrong at 10 n r measurements, a third at 5 n r; relative errors are then below 1e-6, with still fewer measurements up
/// to about 1e-5. Where it cannot tell, it says `TS_STEP_NOT_CERTIFIED`.
///
/// Errors: `LENGTH` (factors, workspace, bytes: the words), `NOT_FINITE` (measurements, tolerance), `OUT_OF_RANGE` (rank,
/// iterations, tolerance, size, measurements, or matrix for an unknown kind), `TOO_LARGE` (size, measurements).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ladder_init(
    ladder: *mut ts_ladder_t,
    measurement: *const ts_measurement_t,
    memory: *const ts_recovery_memory_t,
    config: *const ts_ladder_config_t,
) -> ts_status_t {
    let arguments = Arguments { object: ladder.cast(), data: measurement, memory };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { recovery::init::<LadderMethod>(&arguments, config) })
}

/// Does one bounded piece of work: a pass over the measurements, or a block of one. The arguments are those of
/// `ts_ladder_init`, with what is in them now. Answers `TS_STEP_RUNNING` or the outcome, which it then repeats:
/// `TS_STEP_CONVERGED` is a certificate, `TS_STEP_NOT_CERTIFIED` says that the factors hold a guess.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ladder_step(
    ladder: *mut ts_ladder_t,
    measurement: *const ts_measurement_t,
    memory: *const ts_recovery_memory_t,
) -> ts_status_t {
    let arguments = Arguments { object: ladder.cast(), data: measurement, memory };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { recovery::step::<LadderMethod>(&arguments) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ladder_run(
    ladder: *mut ts_ladder_t,
    measurement: *const ts_measurement_t,
    memory: *const ts_recovery_memory_t,
) -> ts_status_t {
    let arguments = Arguments { object: ladder.cast(), data: measurement, memory };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { recovery::run::<LadderMethod>(&arguments) })
}

/// Steps to the outcome or until `go_on` answers 0, then `TS_STEP_INTERRUPTED`: the recovery can go on later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ladder_run_while(
    ladder: *mut ts_ladder_t,
    measurement: *const ts_measurement_t,
    memory: *const ts_recovery_memory_t,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> ts_status_t {
    let arguments = Arguments { object: ladder.cast(), data: measurement, memory };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { recovery::run_while::<LadderMethod>(&arguments, go_on, context) })
}

/// Writes what the recovery can say of itself: iterations are passes, the residual is the 30 % quantile of |residual|.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ladder_report(ladder: *const ts_ladder_t, out: *mut ts_report_t) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { recovery::report::<LadderMethod>(ladder.cast(), out) })
}

/// Writes the rank reached so far: the certified one after `TS_STEP_CONVERGED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ladder_rank(ladder: *const ts_ladder_t, out: *mut u32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { recovery::tell::<LadderMethod, _>(ladder.cast(), out, |state| state.rank()) })
}
