//! Tsallis-INF: learn the best fixed arm.

use crate::checks;
use crate::learner::{self, Arguments, Bandit};
use crate::objects::{Kind, words_for};
use crate::status::{self, flag, size, ts_status_t};
use tinysolve::bandit::tsallis_inf::State;
use tinysolve::bandit::{TsallisInf, TsallisInfConfig};
use tinysolve::{Error, Field};

/// `uint64_t` words of a `ts_tsallis_inf_t`.
pub const TS_TSALLIS_INF_WORDS: usize = 6;

/// A Tsallis-INF learner: the generator, the mean cost and the arm drawn last, no pointer. What it knows of the arms is
/// in the memory of the caller, who may copy, move or save both.
#[repr(C)]
pub struct ts_tsallis_inf_t {
    words: [u64; TS_TSALLIS_INF_WORDS],
}

const _: () = assert!(words_for::<State>() == TS_TSALLIS_INF_WORDS);

/// Values of a Tsallis-INF learner.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_tsallis_inf_config_t {
    /// Seed of the draws.
    pub seed: u64,
    /// 1 for importance weighting with reduced variance, 0 for plain.
    pub reduced_variance: u32,
    /// Costs above this are learned as this; at least 1.
    pub cost_cap: f32,
}

impl ts_tsallis_inf_config_t {
    pub(crate) fn get(&self) -> Result<TsallisInfConfig, Error> {
        Ok(TsallisInfConfig {
            seed: self.seed,
            reduced_variance: flag(self.reduced_variance, 1)?,
            cost_cap: self.cost_cap,
        })
    }
}

pub(crate) enum Tsallis {}

impl Bandit for Tsallis {
    const KIND: Kind = Kind::TsallisInf;
    type State = State;
    type Config = ts_tsallis_inf_config_t;
    type Of<'a> = TsallisInf<&'a mut [f32], &'a mut State>;

    fn memory_len(arms: usize) -> usize {
        TsallisInf::workspace_len(arms)
    }

    fn check_memory(len: usize) -> Result<(), Error> {
        TsallisInf::check_memory(len)
    }

    fn start(config: &ts_tsallis_inf_config_t) -> Result<State, Error> {
        State::new(config.get()?)
    }

    fn resume<'a>(memory: &'a mut [f32], state: &'a mut State) -> Result<Self::Of<'a>, Error> {
        TsallisInf::resume(memory, state)
    }

    fn store(learner: &Self::Of<'_>, bytes: &mut [u8]) -> Result<usize, Error> {
        learner.store(bytes).map(|container| container.len())
    }

    fn load(state: &mut State, memory: &mut [f32], bytes: &[u8]) -> Result<(), Error> {
        state.load(memory, bytes)
    }
}

/// Seed 1, reduced variance, costs capped at a million.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_tsallis_inf_config_default(out: *mut ts_tsallis_inf_config_t) -> ts_status_t {
    let TsallisInfConfig { seed, reduced_variance, cost_cap } = TsallisInfConfig::default();
    let config = ts_tsallis_inf_config_t { seed, reduced_variance: u32::from(reduced_variance), cost_cap };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// A learner of 1 to 65,535 `arms` that knows nothing yet. `memory_len` elements: at least
/// `TS_TSALLIS_INF_MEMORY_LEN(arms)`, which are cleared.
///
/// Errors: `LENGTH` or `TOO_LARGE` (workspace), `NOT_FINITE` or `OUT_OF_RANGE` (cost cap), `OUT_OF_RANGE` (configuration).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_tsallis_inf_init(
    learner: *mut ts_tsallis_inf_t,
    arms: u32,
    memory: *mut f32,
    memory_len: usize,
    config: *const ts_tsallis_inf_config_t,
) -> ts_status_t {
    let arguments = Arguments { object: learner.cast(), memory, memory_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { learner::init::<Tsallis>(&arguments, arms, config) })
}

/// Draws an arm, counted from 0. O(arms), about four passes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_tsallis_inf_select(
    learner: *mut ts_tsallis_inf_t,
    memory: *mut f32,
    memory_len: usize,
    arm: *mut u32,
) -> ts_status_t {
    let arguments = Arguments { object: learner.cast(), memory, memory_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { learner::select::<Tsallis>(&arguments, 0.0, arm) })
}

/// Tells what the arm drawn last has cost, at least 1. Ignored are a second cost for the same arm, and a cost that is
/// negative, NaN or infinite. A solve that failed is told as its cap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_tsallis_inf_update(
    learner: *mut ts_tsallis_inf_t,
    memory: *mut f32,
    memory_len: usize,
    cost: f32,
) -> ts_status_t {
    let arguments = Arguments { object: learner.cast(), memory, memory_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { learner::update::<Tsallis>(&arguments, cost) })
}

/// Writes how many costs were learned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_tsallis_inf_rounds(
    learner: *mut ts_tsallis_inf_t,
    memory: *mut f32,
    memory_len: usize,
    out: *mut u32,
) -> ts_status_t {
    let arguments = Arguments { object: learner.cast(), memory, memory_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { learner::ask::<Tsallis, u32>(&arguments, out, |learner| learner.rounds()) })
}

/// Puts all the learner knows, scalars and memory, into a container at the start of `bytes`, with version and checksum;
/// `bytes_len`: at least `ts_tsallis_inf_container_len(arms)`, which `stored` gets. Keep two slots and write them in turn: a
/// power cut then costs the newer one.
///
/// Errors: `LENGTH` (output, workspace), `UNINITIALISED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_tsallis_inf_store(
    learner: *mut ts_tsallis_inf_t,
    memory: *mut f32,
    memory_len: usize,
    bytes: *mut u8,
    bytes_len: usize,
    stored: *mut usize,
) -> ts_status_t {
    let arguments = Arguments { object: learner.cast(), memory, memory_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { learner::store::<Tsallis>(&arguments, bytes, bytes_len, stored) })
}

/// A learner of so many arms as it was stored, to the bit; in the place of `ts_tsallis_inf_init`. Nothing is written unless
/// the container is sound and of such a learner. `bytes` may lie anywhere, in flash too.
///
/// Errors: `LENGTH` (workspace, sections), `OUT_OF_RANGE` (header), `CORRUPT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_tsallis_inf_load(
    learner: *mut ts_tsallis_inf_t,
    arms: u32,
    memory: *mut f32,
    memory_len: usize,
    bytes: *const u8,
    bytes_len: usize,
) -> ts_status_t {
    let arguments = Arguments { object: learner.cast(), memory, memory_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { learner::load::<Tsallis>(&arguments, arms, bytes, bytes_len) })
}

/// Bytes of a stored learner of so many arms.
#[unsafe(no_mangle)]
pub extern "C" fn ts_tsallis_inf_container_len(arms: u32) -> usize {
    TsallisInf::container_len(size(arms))
}

/// Elements of memory for so many arms.
#[unsafe(no_mangle)]
pub extern "C" fn ts_tsallis_inf_memory_len(arms: u32) -> usize {
    TsallisInf::workspace_len(size(arms))
}
