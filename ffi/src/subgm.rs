//! The subgradient method as published, for symmetric matrices from linear measurements.

use core::ffi::c_void;

use crate::checks;
use crate::measurement::ts_measurement_t;
use crate::objects::{Kind, words_for};
use crate::recovery::{self, Arguments, Lent, Recovery, ts_recovery_memory_t};
use crate::solve::{ts_go_on_t, ts_report_t};
use crate::status::{self, size, ts_status_t};
use crate::subgm_values::{
    TS_SUBGM_GEOMETRIC, TS_SUBGM_POLYAK, TS_SUBGM_QUANTILE, TS_SUBGM_START_GIVEN, TS_SUBGM_START_RANDOM,
    TS_SUBGM_START_SPECTRAL,
};
use tinysolve::recovery::subgm::Checkpoint;
use tinysolve::recovery::{Measurement, Schedule, Start, Subgm, SubgmConfig};
use tinysolve::solve::{Report, Solver, Step};
use tinysolve::{Error, Field};

/// Values of the subgradient method.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_subgm_config_t {
    /// Of a random start.
    pub seed: u64,
    /// Columns of the factor, 1 to n: the rank of X or more.
    pub columns: u32,
    /// One of `TS_SUBGM_START_...`.
    pub start: u32,
    /// One of `TS_SUBGM_POLYAK`, `TS_SUBGM_GEOMETRIC`, `TS_SUBGM_QUANTILE`.
    pub schedule: u32,
    /// Passes at most, at least 1.
    pub max_iterations: u32,
    /// Size of the start relative to X, positive.
    pub size: f32,
    /// Factor of the step, or the first step of a geometric schedule; positive. 0.5 is safe.
    pub gain: f32,
    /// Of a geometric schedule, in (0, 1).
    pub decay: f32,
    /// `TS_STEP_CONVERGED` when the 30 % quantile of |residual| falls below this, in units of the typical measurement; at
    /// least 0.
    pub tolerance: f32,
}

/// `uint64_t` words of a `ts_subgm_t`.
pub const TS_SUBGM_WORDS: usize = 11; // f64: 16

/// A subgradient method under way: counters and scalars, no pointer, so it may be copied, moved and saved together with the
/// factor, the workspace and the words.
#[repr(C)]
pub struct ts_subgm_t {
    words: [u64; TS_SUBGM_WORDS],
}

const _: () = assert!(words_for::<Checkpoint<f32>>() == TS_SUBGM_WORDS);

type Method = Subgm<'static, f32, dyn Measurement<f32>>;

enum SubgmMethod {}

impl Recovery for SubgmMethod {
    const KIND: Kind = Kind::Subgm;
    type Data = ts_measurement_t;
    type State = Checkpoint<f32>;
    type Given = ts_subgm_config_t;
    type Config = SubgmConfig<f32>;

    fn config(given: &ts_subgm_config_t) -> Result<SubgmConfig<f32>, Error> {
        let ts_subgm_config_t { seed, columns, start, schedule, max_iterations, size, gain, decay, tolerance } = *given;
        let out = |index| Error::OutOfRange { field: Field::Configuration, index };
        let start = match start {
            TS_SUBGM_START_SPECTRAL => Start::Spectral,
            TS_SUBGM_START_RANDOM => Start::Random { seed },
            TS_SUBGM_START_GIVEN => Start::Given,
            _ => return Err(out(2)),
        };
        let schedule = match schedule {
            TS_SUBGM_POLYAK => Schedule::Polyak { gain },
            TS_SUBGM_GEOMETRIC => Schedule::Geometric { first: gain, decay },
            TS_SUBGM_QUANTILE => Schedule::Quantile { gain },
            _ => return Err(out(0)),
        };
        if columns == 0 {
            return Err(Error::OutOfRange { field: Field::Rank, index: 0 });
        }
        Ok(SubgmConfig { columns, size, start, schedule, max_iterations, tolerance })
    }

    fn start(of: ts_measurement_t, lent: Lent<'_>, config: &SubgmConfig<f32>) -> Result<Checkpoint<f32>, Error> {
        let Lent { y, left, workspace, words, .. } = lent;
        let spectral = config.start == Start::Spectral;
        let need = Method::workspace_len(size(of.rows), size(config.columns), spectral);
        of.with(config.columns, need, workspace, words, |measurement, workspace| {
            Subgm::check(&*measurement, y, left, config)?;
            let mut state = Method::start(config);
            Subgm::resume(measurement, y, left, workspace, &mut state).map(|_| ())
        })?;
        Ok(Method::start(config))
    }

    fn step(of: ts_measurement_t, lent: Lent<'_>, state: &mut Checkpoint<f32>) -> Result<Step, Error> {
        let Lent { y, left, workspace, words, .. } = lent;
        let columns = state.columns();
        // How much a spectral start needs is seen where the method takes up its memory.
        let need = Method::workspace_len(size(of.rows), size(columns), false);
        of.with(columns, need, workspace, words, |measurement, workspace| {
            Ok(Subgm::resume(measurement, y, left, workspace, state)?.step())
        })
    }

    fn report(state: &Checkpoint<f32>) -> Report<f32> {
        state.report()
    }
}

/// A spectral start of size 1e-3, quantile steps of gain 0.5, 1000 passes, tolerance 1e-5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_subgm_config_default(out: *mut ts_subgm_config_t, columns: u32) -> ts_status_t {
    let SubgmConfig { columns, size, max_iterations, tolerance, .. } = SubgmConfig::<f32>::new(columns);
    let config = ts_subgm_config_t {
        seed: 0,
        columns,
        start: TS_SUBGM_START_SPECTRAL,
        schedule: TS_SUBGM_QUANTILE,
        max_iterations,
        size,
        gain: 0.5,
        decay: 0.98,
        tolerance,
    };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// Checks everything and starts a recovery of a symmetric X from the measurements. `left` takes the columns of U one after the
/// other, n x `columns` elements, and is the start where the configuration says so. Only `subgm` is written. O(count).
///
/// Kept for comparison and for ranks that are not known at all: there is no certificate here, `TS_STEP_CONVERGED` only says
/// that 30 % of the measurements fit. The error at the end falls with the size of the start and grows with the share of
/// outliers; `ts_ladder_init` is faster and exact.
///
/// Errors: `LENGTH` (factors, workspace, bytes: the words), `NOT_FINITE` (measurements, or factors where they are the start),
/// `OUT_OF_RANGE` (rank, iterations, tolerance, configuration: index 0 schedule, 1 size, 2 start; size, also for a
/// rectangular X; measurements, or matrix for an unknown kind), `TOO_LARGE` (size, measurements).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_subgm_init(
    subgm: *mut ts_subgm_t,
    measurement: *const ts_measurement_t,
    memory: *const ts_recovery_memory_t,
    config: *const ts_subgm_config_t,
) -> ts_status_t {
    let arguments = Arguments { object: subgm.cast(), data: measurement, memory };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { recovery::init::<SubgmMethod>(&arguments, config) })
}

/// Does one pass over the measurements. The arguments are those of `ts_subgm_init`, with what is in them now. Answers
/// `TS_STEP_RUNNING` or the outcome, which it then repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_subgm_step(
    subgm: *mut ts_subgm_t,
    measurement: *const ts_measurement_t,
    memory: *const ts_recovery_memory_t,
) -> ts_status_t {
    let arguments = Arguments { object: subgm.cast(), data: measurement, memory };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { recovery::step::<SubgmMethod>(&arguments) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_subgm_run(
    subgm: *mut ts_subgm_t,
    measurement: *const ts_measurement_t,
    memory: *const ts_recovery_memory_t,
) -> ts_status_t {
    let arguments = Arguments { object: subgm.cast(), data: measurement, memory };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { recovery::run::<SubgmMethod>(&arguments) })
}

/// Steps to the outcome or until `go_on` answers 0, then `TS_STEP_INTERRUPTED`: the recovery can go on later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_subgm_run_while(
    subgm: *mut ts_subgm_t,
    measurement: *const ts_measurement_t,
    memory: *const ts_recovery_memory_t,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> ts_status_t {
    let arguments = Arguments { object: subgm.cast(), data: measurement, memory };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { recovery::run_while::<SubgmMethod>(&arguments, go_on, context) })
}

/// Writes what the recovery can say of itself: iterations are passes, the residual is the 30 % quantile of |residual|, the
/// estimate its mean.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_subgm_report(subgm: *const ts_subgm_t, out: *mut ts_report_t) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { recovery::report::<SubgmMethod>(subgm.cast(), out) })
}
