//! Tsallis-INF with a context: one learner for each part of the context's range.

use crate::checks::{self, Ledger};
use crate::learner;
use crate::objects::{Kind, Object, mark};
use crate::status::{self, Refusal, TS_ERROR_LENGTH, TS_ERROR_UNINITIALISED, TS_FIELD_OBJECT, size, ts_status_t};
use crate::tsallis_inf::{Tsallis, ts_tsallis_inf_config_t, ts_tsallis_inf_t};
use tinysolve::bandit::contextual::{self, Place};
use tinysolve::bandit::tsallis_inf;
use tinysolve::bandit::{ContextualTsallisInf, TsallisInf, check_range};
use tinysolve::{Error, Field};

/// `uint64_t` words of a `ts_contextual_tsallis_inf_t`.
pub const TS_CONTEXTUAL_TSALLIS_INF_WORDS: usize = 3;

/// Learners for equal parts of the range of a context, and which of them drew last. The learners themselves and their
/// memory are arrays of the caller's.
#[repr(C)]
pub struct ts_contextual_tsallis_inf_t {
    words: [u64; TS_CONTEXTUAL_TSALLIS_INF_WORDS],
}

/// What is in the words.
#[derive(Clone, Copy)]
#[repr(C)]
struct State {
    mark: u32,
    arms: u32,
    bins: u32,
    /// Which drew last.
    bin: u32,
    low: f32,
    high: f32,
}

const _: () = assert!(size_of::<State>() <= size_of::<ts_contextual_tsallis_inf_t>());

// So an array of them is one of learners with their marks.
const _: () = assert!(size_of::<Object<tsallis_inf::State>>() == size_of::<ts_tsallis_inf_t>());

const MARK: u32 = mark::<f32>(Kind::ContextualTsallisInf);

/// The memory of one call, as it came.
#[derive(Clone, Copy)]
struct Arguments {
    object: *mut ts_contextual_tsallis_inf_t,
    learners: *mut ts_tsallis_inf_t,
    bins: u32,
    memory: *mut f32,
    memory_len: usize,
}

impl Arguments {
    fn enter(&self, ledger: &mut Ledger) {
        ledger.enter(Field::Object, self.object, 1);
        ledger.enter(Field::Context, self.learners, size(self.bins));
        ledger.enter(Field::Workspace, self.memory, self.memory_len);
    }

    /// The arguments of the learner of one part of the range, and with them its memory.
    fn of_bin(&self, arms: u32, bin: u32) -> Result<learner::Arguments, Error> {
        let memory_len = TsallisInf::workspace_len(size(arms));
        let (need, got) = (memory_len.saturating_mul(size(self.bins)), self.memory_len);
        if need > got {
            return Err(Error::Length { field: Field::Workspace, need, got });
        }
        // Within the caller's arrays: `bin` is below `bins`.
        let object = self.learners.wrapping_add(size(bin)).cast();
        Ok(learner::Arguments { object, memory: self.memory.wrapping_add(memory_len * size(bin)), memory_len })
    }

    /// The memory of all learners.
    ///
    /// # Safety
    /// A ledger took the memory, and nobody else sees it meanwhile.
    unsafe fn whole_memory<'a>(&self, arms: u32) -> Result<&'a mut [f32], Error> {
        let need = ContextualTsallisInf::workspace_len(size(arms), size(self.bins));
        let got = self.memory_len;
        if need > got {
            return Err(Error::Length { field: Field::Workspace, need, got });
        }
        // SAFETY: the promise above.
        Ok(unsafe { checks::slice_mut(self.memory, need) })
    }

    /// The state of an initialised object with so many learners.
    ///
    /// # Safety
    /// A ledger took the object.
    unsafe fn state(&self) -> Result<State, Refusal> {
        // SAFETY: the promise above; the state is made of numbers and no longer than the object.
        let state = unsafe { self.object.cast::<State>().read() };
        checks::marked(Field::Object, MARK, state.mark)?;
        if state.bins != self.bins {
            return Err(Refusal::new(TS_ERROR_LENGTH, Field::Context as u32, self.bins.min(0xffff)));
        }
        if state.bin >= state.bins {
            return Err(Refusal::new(TS_ERROR_UNINITIALISED, TS_FIELD_OBJECT, 0));
        }
        Ok(state)
    }
}

/// Learners that know nothing yet: `bins` of them, of `arms` arms each, for contexts from `low` to `high`; outside, the
/// nearest is taken. `memory_len` elements: at least `TS_CONTEXTUAL_TSALLIS_INF_MEMORY_LEN(arms, bins)`, which are cleared.
/// Each learner has a seed of its own, counted on from that of the configuration.
///
/// Errors: `OUT_OF_RANGE` or `NOT_FINITE` (context), and those of `ts_tsallis_inf_init`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_contextual_tsallis_inf_init(
    learner: *mut ts_contextual_tsallis_inf_t,
    learners: *mut ts_tsallis_inf_t,
    bins: u32,
    arms: u32,
    memory: *mut f32,
    memory_len: usize,
    low: f32,
    high: f32,
    config: *const ts_tsallis_inf_config_t,
) -> ts_status_t {
    let arguments = Arguments { object: learner, learners, bins, memory, memory_len };
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        arguments.enter(ledger);
        ledger.enter(Field::Configuration, config, 1);
        ledger.settle(&[Field::Object, Field::Context, Field::Workspace])?;
        check_range(low, high)?;
        if bins == 0 {
            return Err(Refusal::new(TS_ERROR_LENGTH, Field::Context as u32, 0));
        }
        // SAFETY: the ledger took the configuration, which is made of numbers.
        let config = unsafe { config.read() };
        for bin in 0..bins {
            let arguments = arguments.of_bin(arms, bin)?;
            let config = ts_tsallis_inf_config_t { seed: config.seed.wrapping_add(u64::from(bin)), ..config };
            // SAFETY: the ledger took all memory. The first learner refuses what any would: after it nothing fails.
            unsafe { learner::init::<Tsallis>(&arguments, arms, &raw const config)? };
        }
        // SAFETY: the ledger took the pointer.
        unsafe { learner.cast::<State>().write(State { mark: MARK, arms, bins, bin: 0, low, high }) };
        Ok(())
    })())
}

/// Draws an arm, counted from 0, for a context; NaN counts as the middle of the range. O(arms).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_contextual_tsallis_inf_select(
    learner: *mut ts_contextual_tsallis_inf_t,
    learners: *mut ts_tsallis_inf_t,
    bins: u32,
    memory: *mut f32,
    memory_len: usize,
    context: f32,
    arm: *mut u32,
) -> ts_status_t {
    let arguments = Arguments { object: learner, learners, bins, memory, memory_len };
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        arguments.enter(ledger);
        ledger.enter(Field::Output, arm, 1);
        ledger.settle(&[Field::Object, Field::Context, Field::Workspace, Field::Output])?;
        // SAFETY: the ledger took everything.
        unsafe {
            let state = arguments.state()?;
            let bin = u32::try_from(contextual::bin(context, [state.low, state.high], size(state.bins))).unwrap_or(0);
            learner::select::<Tsallis>(&arguments.of_bin(state.arms, bin)?, context, arm)?;
            learner.cast::<State>().write(State { bin, ..state });
        }
        Ok(())
    })())
}

/// Tells what the arm drawn last has cost, as `ts_tsallis_inf_update` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_contextual_tsallis_inf_update(
    learner: *mut ts_contextual_tsallis_inf_t,
    learners: *mut ts_tsallis_inf_t,
    bins: u32,
    memory: *mut f32,
    memory_len: usize,
    cost: f32,
) -> ts_status_t {
    let arguments = Arguments { object: learner, learners, bins, memory, memory_len };
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        arguments.enter(ledger);
        ledger.settle(&[Field::Object, Field::Context, Field::Workspace])?;
        // SAFETY: the ledger took everything.
        unsafe {
            let state = arguments.state()?;
            learner::update::<Tsallis>(&arguments.of_bin(state.arms, state.bin)?, cost)
        }
    })())
}

/// Puts all the learners know into one container at the start of `bytes`, as `ts_tsallis_inf_store` does for one;
/// `bytes_len`: at least `ts_contextual_tsallis_inf_container_len(arms, bins)`, which `stored` gets.
///
/// Errors: `LENGTH` (output, workspace, context), `UNINITIALISED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_contextual_tsallis_inf_store(
    learner: *const ts_contextual_tsallis_inf_t,
    learners: *const ts_tsallis_inf_t,
    bins: u32,
    memory: *const f32,
    memory_len: usize,
    bytes: *mut u8,
    bytes_len: usize,
    stored: *mut usize,
) -> ts_status_t {
    let (object, learners, memory) = (learner.cast_mut(), learners.cast_mut(), memory.cast_mut());
    let arguments = Arguments { object, learners, bins, memory, memory_len };
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        ledger.enter(Field::Bytes, bytes, bytes_len);
        ledger.enter(Field::Output, stored, 1);
        arguments.enter(ledger);
        ledger.settle(&[Field::Bytes, Field::Output, Field::Object, Field::Context, Field::Workspace])?;
        // SAFETY: the ledger took everything; any words are objects.
        unsafe {
            let State { arms, bin, low, high, .. } = arguments.state()?;
            let objects = checks::slice(learners.cast::<Object<tsallis_inf::State>>(), size(bins));
            for object in objects {
                checks::marked(Field::Context, mark::<f32>(Kind::TsallisInf), object.mark)?;
            }
            let memory = arguments.whole_memory(arms)?;
            let place = Place { range: [low, high], bin: size(bin) };
            let states = objects.iter().map(|object| &object.state);
            stored.write(contextual::store_bins(states, memory, place, checks::slice_mut(bytes, bytes_len))?.len());
        }
        Ok(())
    })())
}

/// Learners as they were stored, to the bit; in the place of `ts_contextual_tsallis_inf_init`. Nothing is written unless the
/// container is sound and of so many learners of so many arms. `bytes` may lie anywhere, in flash too.
///
/// Errors: `LENGTH` (workspace, context, sections), `OUT_OF_RANGE` (header, context), `NOT_FINITE` (context), `CORRUPT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_contextual_tsallis_inf_load(
    learner: *mut ts_contextual_tsallis_inf_t,
    learners: *mut ts_tsallis_inf_t,
    bins: u32,
    arms: u32,
    memory: *mut f32,
    memory_len: usize,
    bytes: *const u8,
    bytes_len: usize,
) -> ts_status_t {
    let arguments = Arguments { object: learner, learners, bins, memory, memory_len };
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        arguments.enter(ledger);
        ledger.enter(Field::Bytes, bytes, bytes_len);
        ledger.settle(&[Field::Object, Field::Context, Field::Workspace])?;
        if bins == 0 {
            return Err(Refusal::new(TS_ERROR_LENGTH, Field::Context as u32, 0));
        }
        TsallisInf::check_memory(TsallisInf::workspace_len(size(arms)))?;
        // SAFETY: the ledger took everything; any words are objects, and nobody else sees them meanwhile.
        unsafe {
            let memory = arguments.whole_memory(arms)?;
            let objects = checks::slice_mut(learners.cast::<Object<tsallis_inf::State>>(), size(bins));
            let states = objects.iter_mut().map(|object| &mut object.state);
            let Place { range: [low, high], bin } =
                contextual::load_bins(states, memory, checks::slice(bytes, bytes_len))?;
            for object in objects {
                object.mark = mark::<f32>(Kind::TsallisInf);
                object.size = arms;
            }
            let bin = u32::try_from(bin).unwrap_or(0).min(bins - 1);
            learner.cast::<State>().write(State { mark: MARK, arms, bins, bin, low, high });
        }
        Ok(())
    })())
}

/// Bytes of so many stored learners of so many arms.
#[unsafe(no_mangle)]
pub extern "C" fn ts_contextual_tsallis_inf_container_len(arms: u32, bins: u32) -> usize {
    crate::lengths::fitting(ContextualTsallisInf::container_len(size(arms), size(bins)))
}

/// Elements of memory for so many arms in each of so many parts; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_contextual_tsallis_inf_memory_len(arms: u32, bins: u32) -> usize {
    crate::lengths::fitting(ContextualTsallisInf::workspace_len(size(arms), size(bins)))
}
