//! Low-rank matrices from few measurements, some of them grossly wrong: the rank ladder over measurements with signs or
//! random vectors from a seed.

use crate::checks::{self, Ledger};
use crate::lengths::fitting;
use crate::objects::{Kind, Object, mark, words_for};
use crate::solve::ts_report_t;
use crate::status::{self, Refusal, TS_ERROR_UNINITIALISED, size, ts_status_t};
use tinysolve::recovery::ladder::Checkpoint;
use tinysolve::recovery::{
    Ladder, LadderConfig, Measurement, RankOneMeasurement, SeededMeasurement, Shape, SignMeasurement,
};
use tinysolve::solve::{Solver, Step};
use tinysolve::{Error, Field};

/// Coefficients +1 and -1: the cheapest on a chip.
pub const TS_MEASUREMENT_SIGNS: u32 = 0;
/// Nearly Gaussian coefficients.
pub const TS_MEASUREMENT_SEEDED: u32 = 1;
/// (a'X a - b'X b) / 2 with nearly Gaussian vectors; a symmetric X only.
pub const TS_MEASUREMENT_PAIRED: u32 = 2;
/// a'X a / sqrt(2); a symmetric X only.
pub const TS_MEASUREMENT_SINGLE: u32 = 3;

/// Linear measurements of a matrix X, drawn again from a seed whenever they are needed. Numbers alone: fill it in.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_measurement_t {
    /// Of the streams the rows are drawn from.
    pub seed: u64,
    /// One of `TS_MEASUREMENT_...`.
    pub kind: u32,
    /// Rows of X.
    pub rows: u32,
    /// Columns of X; 0 for a symmetric positive semidefinite X.
    pub columns: u32,
    /// Number of measurements, at most 2 to the power 24.
    pub count: u32,
}

impl ts_measurement_t {
    const fn shape(&self) -> Shape {
        match self.columns {
            0 => Shape::Symmetric { n: size(self.rows) },
            columns => Shape::Rectangular { rows: size(self.rows), columns: size(columns) },
        }
    }

    const fn scratch_len(&self, rank_max: u32) -> usize {
        let shape = self.shape();
        match self.kind {
            TS_MEASUREMENT_SIGNS => SignMeasurement::<f32>::scratch_len(shape),
            TS_MEASUREMENT_SEEDED => SeededMeasurement::<f32>::scratch_len(shape),
            _ => RankOneMeasurement::<f32>::scratch_len(size(self.rows), size(rank_max)),
        }
    }

    const fn words_len(&self) -> usize {
        if self.kind == TS_MEASUREMENT_SIGNS {
            SignMeasurement::<f32>::words_len(self.shape(), size(self.count))
        } else {
            0
        }
    }

    /// Of the ladder and the operator together.
    const fn workspace_len(&self, rank_max: u32) -> usize {
        Ladder::<f32, dyn Measurement<f32>>::workspace_len(self.shape(), size(rank_max))
            .saturating_add(self.scratch_len(rank_max))
    }
}

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

impl ts_ladder_config_t {
    const fn get(&self) -> LadderConfig<f32> {
        LadderConfig {
            rank_max: self.rank_max,
            passes_per_rank: self.passes_per_rank,
            measurements_per_step: self.measurements_per_step,
            certificate: self.certificate,
            target: self.target,
        }
    }
}

/// `uint64_t` words of a `ts_ladder_t`.
pub const TS_LADDER_WORDS: usize = 12;

/// A rank ladder under way: counters and scalars, no pointer, so it may be copied, moved and saved together with the
/// factors, the workspace and the words.
#[repr(C)]
pub struct ts_ladder_t {
    words: [u64; TS_LADDER_WORDS],
}

const _: () = assert!(words_for::<Checkpoint<f32>>() == TS_LADDER_WORDS);

/// Ranks up to `rank_max`, 300 passes each, certificate 1e-5, target 1e-7.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ladder_config_default(out: *mut ts_ladder_config_t, rank_max: u32) -> ts_status_t {
    let LadderConfig { rank_max, passes_per_rank, measurements_per_step, certificate, target } =
        LadderConfig::<f32>::new(rank_max);
    let config = ts_ladder_config_t { rank_max, passes_per_rank, measurements_per_step, certificate, target };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// Elements of workspace of `ts_ladder_init` for measurements of this kind and size (`columns` 0 for a symmetric X); 0
/// where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_ladder_workspace_len(kind: u32, rows: u32, columns: u32, rank_max: u32) -> usize {
    fitting(ts_measurement_t { seed: 0, kind, rows, columns, count: 1 }.workspace_len(rank_max))
}

/// Elements of `words` of `ts_ladder_init`: 0 for all kinds but signs, and where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_ladder_words_len(kind: u32, rows: u32, columns: u32, count: u32) -> usize {
    fitting(ts_measurement_t { seed: 0, kind, rows, columns, count }.words_len())
}

/// The memory of a recovery, for all calls: fill it in once.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_ladder_memory_t {
    /// The measurements, as many as `ts_measurement_t` says; only read.
    pub y: *const f32,
    /// Columns of U (X = UU') or L (X = LR') one after the other: rows x rank_max elements.
    pub left: *mut f32,
    /// Elements of `left`.
    pub left_len: usize,
    /// Columns of R: columns x rank_max elements; none where X is symmetric.
    pub right: *mut f32,
    /// Elements of `right`.
    pub right_len: usize,
    /// At least `ts_ladder_workspace_len` elements.
    pub workspace: *mut f32,
    /// Elements of `workspace`.
    pub workspace_len: usize,
    /// At least `ts_ladder_words_len` elements.
    pub words: *mut u32,
    /// Elements of `words`.
    pub words_len: usize,
}

/// The arguments of a call, as they came.
#[derive(Clone, Copy)]
struct Arguments {
    ladder: *mut ts_ladder_t,
    measurement: *const ts_measurement_t,
    memory: *const ts_ladder_memory_t,
}

/// Slices of that memory.
struct Lent<'a> {
    measurement: ts_measurement_t,
    y: &'a [f32],
    left: &'a mut [f32],
    right: &'a mut [f32],
    workspace: &'a mut [f32],
    words: &'a mut [u32],
}

/// Looks at every pointer; nothing is written.
///
/// # Safety
/// Pointers that are neither null nor misaligned show what the header says.
unsafe fn open<'a>(arguments: &Arguments, config: *const ts_ladder_config_t) -> Result<Lent<'a>, Refusal> {
    let Arguments { ladder, measurement, memory } = *arguments;
    // SAFETY: the promise above.
    let given = unsafe { checks::read(Field::Scratch, memory)? };
    let ts_ladder_memory_t { y, left, left_len, right, right_len, workspace, workspace_len, words, words_len } = given;
    // SAFETY: the promise above.
    let of = unsafe { checks::read(Field::Matrix, measurement)? };
    let shape = of.shape();
    if of.kind > TS_MEASUREMENT_SINGLE || (of.kind >= TS_MEASUREMENT_PAIRED && !shape.is_symmetric()) {
        return Err(Error::OutOfRange { field: Field::Matrix, index: 0 }.into());
    }
    let ledger: &mut Ledger = &mut Ledger::<[_; 12]>::new();
    ledger.enter(Field::Object, ladder, 1);
    ledger.enter(Field::Factors, left, left_len);
    ledger.enter(Field::Workspace, workspace, workspace_len);
    ledger.enter(Field::Factors, right, right_len);
    ledger.enter(Field::Bytes, words, words_len);
    ledger.enter(Field::Measurements, y, size(of.count));
    ledger.enter(Field::Matrix, measurement, 1);
    ledger.enter(Field::Scratch, memory, 1);
    if !config.is_null() {
        ledger.enter(Field::Configuration, config, 1);
    }
    // Of no elements nothing was entered: the written ones are those that are left, in their order.
    let lens = [1, left_len, workspace_len, right_len, words_len];
    let fields = [Field::Object, Field::Factors, Field::Workspace, Field::Factors, Field::Bytes];
    let mut written = [Field::Object; 5];
    let mut count = 0;
    for (field, _) in fields.iter().zip(lens).filter(|(_, len)| *len > 0) {
        if let Some(place) = written.get_mut(count) {
            *place = *field;
            count += 1;
        }
    }
    ledger.settle(written.get(..count).unwrap_or(&[]))?;
    // SAFETY: the ledger took the pointers for these lengths, and what is written meets nothing else.
    Ok(unsafe {
        Lent {
            measurement: of,
            y: checks::slice(y, size(of.count)),
            left: checks::slice_mut(left, left_len),
            right: checks::slice_mut(right, right_len),
            workspace: checks::slice_mut(workspace, workspace_len),
            words: checks::slice_mut(words, words_len),
        }
    })
}

impl Lent<'_> {
    /// Hands the operator and what is left of the memory to `work`.
    fn with<R>(
        self,
        rank_max: u32,
        work: impl FnOnce(&mut dyn Measurement<f32>, Memory<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let Self { measurement: of, y, left, right, workspace, words } = self;
        let (need, got) = (of.workspace_len(rank_max), workspace.len());
        let short = Error::Length { field: Field::Workspace, need, got };
        let (scratch, workspace) = workspace.split_at_mut_checked(of.scratch_len(rank_max)).ok_or(short)?;
        if got < need {
            return Err(short);
        }
        let (shape, count, seed) = (of.shape(), size(of.count), of.seed);
        let memory = Memory { y, left, right, workspace };
        match of.kind {
            TS_MEASUREMENT_SIGNS => work(&mut SignMeasurement::new(shape, count, seed, scratch, words)?, memory),
            TS_MEASUREMENT_SEEDED => work(&mut SeededMeasurement::new(shape, count, seed, scratch)?, memory),
            kind => {
                let (n, paired) = (size(of.rows), kind == TS_MEASUREMENT_PAIRED);
                work(&mut RankOneMeasurement::new(n, count, size(rank_max), paired, seed, scratch)?, memory)
            }
        }
    }
}

struct Memory<'a> {
    y: &'a [f32],
    left: &'a mut [f32],
    right: &'a mut [f32],
    workspace: &'a mut [f32],
}

/// # Safety
/// As the header says of all pointers.
unsafe fn init(arguments: &Arguments, config: *const ts_ladder_config_t) -> Result<(), Refusal> {
    // SAFETY: the promise above; a configuration is made of numbers.
    unsafe {
        let given = config;
        let config = checks::read(Field::Configuration, given)?.get();
        if config.rank_max == 0 {
            return Err(Error::OutOfRange { field: Field::Rank, index: 0 }.into());
        }
        let lent = open(arguments, given)?;
        let count = lent.measurement.count;
        lent.with(config.rank_max, |measurement, memory| {
            Ladder::check(&*measurement, memory.y, &config)?;
            // All lengths, too: nothing has been written, and a fresh state is thrown away.
            let Memory { y, left, right, workspace } = memory;
            Ladder::resume(measurement, y, left, right, workspace, Ladder::<f32, dyn Measurement<f32>>::start(&config))
                .map(|_| ())
        })?;
        let state = Ladder::<f32, dyn Measurement<f32>>::start(&config);
        arguments.ladder.cast::<Object<Checkpoint<f32>>>().write(Object {
            mark: mark::<f32>(Kind::Ladder),
            size: count,
            state,
        });
    }
    Ok(())
}

/// # Safety
/// As the header says of all pointers.
unsafe fn step(arguments: &Arguments) -> Result<Step, Refusal> {
    // SAFETY: the promise above; any words are an object.
    unsafe {
        let rank_max = (*opened(arguments.ladder)?).state.rank_max();
        let lent = open(arguments, core::ptr::null())?;
        let object = &mut *arguments.ladder.cast::<Object<Checkpoint<f32>>>();
        if object.size != lent.measurement.count {
            return Err(Error::Length {
                field: Field::Measurements,
                need: size(object.size),
                got: size(lent.measurement.count),
            }
            .into());
        }
        Ok(lent.with(rank_max, |measurement, memory| {
            let Memory { y, left, right, workspace } = memory;
            Ok(Ladder::resume(measurement, y, left, right, workspace, &mut object.state)?.step())
        })?)
    }
}

/// The object of a ladder that was initialised.
///
/// # Safety
/// As the header says of all pointers.
unsafe fn opened(ladder: *const ts_ladder_t) -> Result<*const Object<Checkpoint<f32>>, Refusal> {
    checks::usable(Field::Object, ladder)?;
    let object = ladder.cast::<Object<Checkpoint<f32>>>();
    // SAFETY: usable, and any words are an object.
    if unsafe { (*object).mark } == mark::<f32>(Kind::Ladder) {
        Ok(object)
    } else {
        Err(Refusal::new(TS_ERROR_UNINITIALISED, Field::Object as u32, 0))
    }
}

/// Checks everything and starts a recovery of X from the measurements. What the factors hold at the start does not matter.
/// Only `ladder` is written. O(count).
///
/// Errors: `LENGTH` (factors, workspace, bytes: the words), `NOT_FINITE` (measurements, tolerance), `OUT_OF_RANGE` (rank,
/// iterations, tolerance, size, measurements, or matrix for an unknown kind), `TOO_LARGE` (size, measurements).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ladder_init(
    ladder: *mut ts_ladder_t,
    measurement: *const ts_measurement_t,
    memory: *const ts_ladder_memory_t,
    config: *const ts_ladder_config_t,
) -> ts_status_t {
    let arguments = Arguments { ladder, measurement, memory };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(&arguments, config) })
}

/// Does one bounded piece of work: a pass over the measurements, or a block of one. The arguments are those of
/// `ts_ladder_init`, with what is in them now. Answers `TS_STEP_RUNNING` or the outcome, which it then repeats:
/// `TS_STEP_CONVERGED` is a certificate, `TS_STEP_NOT_CERTIFIED` says that the factors hold a guess.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ladder_step(
    ladder: *mut ts_ladder_t,
    measurement: *const ts_measurement_t,
    memory: *const ts_ladder_memory_t,
) -> ts_status_t {
    let arguments = Arguments { ladder, measurement, memory };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { step(&arguments) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ladder_run(
    ladder: *mut ts_ladder_t,
    measurement: *const ts_measurement_t,
    memory: *const ts_ladder_memory_t,
) -> ts_status_t {
    let arguments = Arguments { ladder, measurement, memory };
    loop {
        // SAFETY: the pointers are as the header demands.
        let outcome = unsafe { step(&arguments) };
        if !matches!(outcome, Ok(Step::Running)) {
            return status::outcome(outcome);
        }
    }
}

/// Writes what the recovery can say of itself: iterations are passes, the residual is the 30 % quantile of |residual|.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ladder_report(ladder: *const ts_ladder_t, out: *mut ts_report_t) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe {
        opened(ladder).and_then(|object| checks::write(Field::Output, out, (*object).state.report().into()))
    })
}

/// Writes the rank reached so far: the certified one after `TS_STEP_CONVERGED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ladder_rank(ladder: *const ts_ladder_t, out: *mut u32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { opened(ladder).and_then(|object| checks::write(Field::Output, out, (*object).state.rank())) })
}

/// Writes the coefficients of measurement `index` with signs, 1 for +1, least significant bit first: rows of the lower
/// triangle of a symmetric X, or full rows; 32 in a word. Who measures draws them so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_measurement_signs(seed: u64, index: u32, words: *mut u32, words_len: usize) -> ts_status_t {
    let ledger: &mut Ledger = &mut Ledger::<[_; 12]>::new();
    ledger.enter(Field::Output, words, words_len);
    status::done(ledger.settle(&[]).map(|()| {
        // SAFETY: the ledger took the pointer for this length.
        SignMeasurement::<f32>::row(seed, size(index), unsafe { checks::slice_mut(words, words_len) });
    }))
}
