//! `ChebCB`: learn the best arm for each context.

use crate::checks;
use crate::learner::{self, Arguments, Bandit};
use crate::objects::{Kind, words_for};
use crate::status::{self, size, ts_status_t};
use tinysolve::bandit::cheb_cb::State;
use tinysolve::bandit::{ChebCb, ChebCbConfig};
use tinysolve::{Error, Field};

/// `uint64_t` words of a `ts_cheb_cb_t`.
pub const TS_CHEB_CB_WORDS: usize = 8;

/// A `ChebCB` learner: the generator, a few numbers on all costs and the arm drawn last, no pointer. What it knows of the
/// arms is in the memory of the caller, who may copy, move or save both.
#[repr(C)]
pub struct ts_cheb_cb_t {
    words: [u64; TS_CHEB_CB_WORDS],
}

const _: () = assert!(words_for::<State>() == TS_CHEB_CB_WORDS);

/// Values of a `ChebCB` learner.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_cheb_cb_config_t {
    /// Seed of the draws.
    pub seed: u64,
    /// Smallest context; below it the fit is that of the end.
    pub low: f32,
    /// Largest context.
    pub high: f32,
    /// Costs above this are learned as this; at least 1.
    pub cost_cap: f32,
}

pub(crate) enum Cheb {}

impl Bandit for Cheb {
    const KIND: Kind = Kind::ChebCb;
    type State = State;
    type Config = ts_cheb_cb_config_t;
    type Of<'a> = ChebCb<&'a mut [f32], &'a mut State>;

    fn memory_len(arms: usize) -> usize {
        ChebCb::workspace_len(arms)
    }

    fn check_memory(len: usize) -> Result<(), Error> {
        ChebCb::check_memory(len)
    }

    fn start(config: &ts_cheb_cb_config_t) -> Result<State, Error> {
        let ts_cheb_cb_config_t { seed, low, high, cost_cap } = *config;
        State::new(ChebCbConfig { seed, low, high, cost_cap })
    }

    fn resume<'a>(memory: &'a mut [f32], state: &'a mut State) -> Result<Self::Of<'a>, Error> {
        ChebCb::resume(memory, state)
    }

    fn store(learner: &Self::Of<'_>, bytes: &mut [u8]) -> Result<usize, Error> {
        learner.store(bytes).map(|container| container.len())
    }

    fn load(state: &mut State, memory: &mut [f32], bytes: &[u8]) -> Result<(), Error> {
        state.load(memory, bytes)
    }
}

/// Seed 1, contexts from -1 to 1, costs capped at a million.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cheb_cb_config_default(out: *mut ts_cheb_cb_config_t) -> ts_status_t {
    let ChebCbConfig { seed, low, high, cost_cap } = ChebCbConfig::default();
    let config = ts_cheb_cb_config_t { seed, low, high, cost_cap };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// A learner of 1 to 65,535 `arms` that knows nothing yet. `memory_len` elements: at least
/// `TS_CHEB_CB_MEMORY_LEN(arms)`, which are cleared.
///
/// Errors: `LENGTH` or `TOO_LARGE` (workspace), `NOT_FINITE` or `OUT_OF_RANGE` (context, cost cap).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cheb_cb_init(
    learner: *mut ts_cheb_cb_t,
    arms: u32,
    memory: *mut f32,
    memory_len: usize,
    config: *const ts_cheb_cb_config_t,
) -> ts_status_t {
    let arguments = Arguments { object: learner.cast(), memory, memory_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { learner::init::<Cheb>(&arguments, arms, config) })
}

/// Draws an arm, counted from 0, for a context; NaN counts as the middle of the range. O(arms).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cheb_cb_select(
    learner: *mut ts_cheb_cb_t,
    memory: *mut f32,
    memory_len: usize,
    context: f32,
    arm: *mut u32,
) -> ts_status_t {
    let arguments = Arguments { object: learner.cast(), memory, memory_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { learner::select::<Cheb>(&arguments, context, arm) })
}

/// Tells what the arm drawn last has cost, at least 1. Ignored are a second cost for the same arm, and a cost that is
/// negative, NaN or infinite. A solve that failed is told as its cap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cheb_cb_update(
    learner: *mut ts_cheb_cb_t,
    memory: *mut f32,
    memory_len: usize,
    cost: f32,
) -> ts_status_t {
    let arguments = Arguments { object: learner.cast(), memory, memory_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { learner::update::<Cheb>(&arguments, cost) })
}

/// Writes how many costs were learned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cheb_cb_rounds(
    learner: *mut ts_cheb_cb_t,
    memory: *mut f32,
    memory_len: usize,
    out: *mut u32,
) -> ts_status_t {
    let arguments = Arguments { object: learner.cast(), memory, memory_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { learner::ask::<Cheb, u32>(&arguments, out, |learner| learner.rounds()) })
}

/// Writes the cost this arm is predicted to have in this context; 1 for an arm never drawn.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cheb_cb_predict(
    learner: *mut ts_cheb_cb_t,
    memory: *mut f32,
    memory_len: usize,
    arm: u32,
    context: f32,
    out: *mut f32,
) -> ts_status_t {
    let arguments = Arguments { object: learner.cast(), memory, memory_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { learner::ask::<Cheb, f32>(&arguments, out, |learner| learner.predict(size(arm), context)) })
}

/// Puts all the learner knows, scalars and memory, into a container at the start of `bytes`, with version and checksum;
/// `bytes_len`: at least `ts_cheb_cb_container_len(arms)`, which `stored` gets. Keep two slots and write them in turn: a
/// power cut then costs the newer one.
///
/// Errors: `LENGTH` (output, workspace), `UNINITIALISED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cheb_cb_store(
    learner: *mut ts_cheb_cb_t,
    memory: *mut f32,
    memory_len: usize,
    bytes: *mut u8,
    bytes_len: usize,
    stored: *mut usize,
) -> ts_status_t {
    let arguments = Arguments { object: learner.cast(), memory, memory_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { learner::store::<Cheb>(&arguments, bytes, bytes_len, stored) })
}

/// A learner of so many arms as it was stored, to the bit; in the place of `ts_cheb_cb_init`. Nothing is written unless
/// the container is sound and of such a learner. `bytes` may lie anywhere, in flash too.
///
/// Errors: `LENGTH` (workspace, sections), `OUT_OF_RANGE` (header), `CORRUPT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cheb_cb_load(
    learner: *mut ts_cheb_cb_t,
    arms: u32,
    memory: *mut f32,
    memory_len: usize,
    bytes: *const u8,
    bytes_len: usize,
) -> ts_status_t {
    let arguments = Arguments { object: learner.cast(), memory, memory_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { learner::load::<Cheb>(&arguments, arms, bytes, bytes_len) })
}

/// Bytes of a stored learner of so many arms.
#[unsafe(no_mangle)]
pub extern "C" fn ts_cheb_cb_container_len(arms: u32) -> usize {
    ChebCb::container_len(size(arms))
}

/// Elements of memory for so many arms.
#[unsafe(no_mangle)]
pub extern "C" fn ts_cheb_cb_memory_len(arms: u32) -> usize {
    ChebCb::workspace_len(size(arms))
}
