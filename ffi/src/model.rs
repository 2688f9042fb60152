//! Quantised networks in containers.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::objects::{InPlace, Kind, Object, mark, words_for};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::container::stored_len;
use tinysolve::net::{Inference, Model};
use tinysolve::solve::Step;
use tinysolve::{Error, Field};

/// `uint64_t` words of a `ts_model_t`.
pub const TS_MODEL_WORDS: usize = 2;

/// A network under way: which layer is next, and how long its container is; no pointer.
#[repr(C)]
pub struct ts_model_t {
    words: [u64; TS_MODEL_WORDS],
}

/// What is in the words behind the mark and the number of layers.
#[derive(Clone, Copy)]
#[repr(C)]
struct State {
    next: u32,
    len: u32,
}

// SAFETY: `repr(C)`, two numbers.
unsafe impl InPlace for State {}

const _: () = assert!(words_for::<State>() == TS_MODEL_WORDS);

/// Memory, input and output of a network.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_model_shape_t {
    /// Bytes of the arena.
    pub arena_len: u32,
    /// Where in the arena the input starts; it is filled before the first layer, and layers may write over it.
    pub input: u32,
    /// Bytes of the input.
    pub input_len: u32,
    /// Where in the arena the output starts, once the last layer has run.
    pub output: u32,
    /// Bytes of the output.
    pub output_len: u32,
    /// Number of layers.
    pub layers: u32,
    /// A byte q of the input stands for `input_scale` (q - `input_zero`).
    pub input_scale: f32,
    /// Zero point of the input.
    pub input_zero: i32,
    /// A byte q of the output stands for `output_scale` (q - `output_zero`).
    pub output_scale: f32,
    /// Zero point of the output.
    pub output_zero: i32,
}

/// Told before a layer runs (`done` 0) and after it (`done` 1).
pub type ts_model_hook_t = Option<unsafe extern "C" fn(context: *mut c_void, layer: u32, done: u32)>;

/// The checksum that a container bears in its header: which one it is.
fn stamp(container: &[u8]) -> u32 {
    container.get(20..).and_then(<[u8]>::first_chunk).map_or(0, |word| u32::from_le_bytes(*word))
}

/// Checks the container at `bytes` and writes what its network needs. `len` bytes are looked at, the container may be
/// shorter. The bytes start at a multiple of 16, or of 4 at least, and are looked at where they are, in flash as a rule.
/// One pass for the checksum and one over rows and weights.
///
/// Errors: `LENGTH` (header, bytes, sections), `CORRUPT` (header, bytes, sections), `OUT_OF_RANGE` (header, sections; layers,
/// weights or requantise with the index of the layer), `UNSUPPORTED` (layers), `UNORDERED` (sections), `MISALIGNED`
/// (bytes).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_model_shape(bytes: *const u8, len: usize, out: *mut ts_model_shape_t) -> ts_status_t {
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 2]>::new();
        ledger.enter(Field::Output, out, 1);
        ledger.enter(Field::Bytes, bytes, len);
        ledger.settle(&[Field::Output])?;
        // SAFETY: the ledger took both.
        let (model, _) = unsafe { open(bytes, len)? };
        let shape = model.shape();
        let number = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        let shape = ts_model_shape_t {
            arena_len: number(shape.arena_len()),
            input: shape.input,
            input_len: shape.input_len,
            output: shape.output,
            output_len: shape.output_len,
            layers: number(model.layer_count()),
            input_scale: shape.input_scale,
            input_zero: i32::from(shape.input_zero),
            output_scale: shape.output_scale,
            output_zero: i32::from(shape.output_zero),
        };
        // SAFETY: the ledger took the pointer.
        unsafe { out.write(shape) };
        Ok(())
    })())
}

/// A checked model and its container.
///
/// # Safety
/// A ledger took the bytes.
unsafe fn open<'a>(bytes: *const u8, len: usize) -> Result<(Model<'a>, &'a [u8]), Refusal> {
    // SAFETY: the promise above.
    let bytes = unsafe { checks::slice(bytes, len) };
    let stored = stored_len(bytes)?;
    let own = bytes.get(..stored).ok_or(Error::Length { field: Field::Bytes, need: stored, got: len })?;
    Ok((Model::new(own)?, own))
}

/// Checks the container at `bytes` as `ts_model_shape` does and starts: the first layer is next. The bytes must not change
/// while the object is in use; the other functions do not check them again, and on cores with the DSP extension what has
/// changed may lead them out of the arena.
///
/// Errors: those of `ts_model_shape`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_model_init(model: *mut ts_model_t, bytes: *const u8, len: usize) -> ts_status_t {
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 2]>::new();
        ledger.enter(Field::Object, model, 1);
        ledger.enter(Field::Bytes, bytes, len);
        ledger.settle(&[Field::Object])?;
        // SAFETY: the ledger took both.
        let (_, own) = unsafe { open(bytes, len)? };
        let len = u32::try_from(own.len()).map_err(|_| Error::TooLarge { field: Field::Bytes })?;
        let object = Object { mark: mark::<f32>(Kind::Model), size: stamp(own), state: State { next: 0, len } };
        // SAFETY: the ledger took the pointer.
        unsafe { model.cast::<Object<State>>().write(object) };
        Ok(())
    })())
}

/// The arguments of a function that runs layers.
#[derive(Clone, Copy)]
struct Arguments {
    object: *mut ts_model_t,
    bytes: *const u8,
    arena: *mut i8,
    arena_len: usize,
}

/// The network, where it stands, and its arena.
type Taken<'a> = (Model<'a>, &'a mut State, &'a mut [i8]);

/// Looks at everything. Out of line, because three functions have it.
///
/// # Safety
/// As the header says of all pointers; the container has not changed since `ts_model_init`.
#[inline(never)]
unsafe fn take_up<'a>(arguments: &Arguments) -> Result<Taken<'a>, Refusal> {
    let Arguments { object, bytes, arena, arena_len } = *arguments;
    let ledger: &mut Ledger = &mut Ledger::<[_; 3]>::new();
    ledger.enter(Field::Object, object, 1);
    ledger.enter(Field::Arena, arena, arena_len);
    ledger.so_far()?;
    // SAFETY: the ledger took the object; any words are one.
    let object = unsafe { &mut *object.cast::<Object<State>>() };
    checks::marked(Field::Object, mark::<f32>(Kind::Model), object.mark)?;
    let len = size(object.state.len);
    ledger.enter(Field::Bytes, bytes, len);
    ledger.settle(&[Field::Object, Field::Arena])?;
    // SAFETY: the ledger took all of them.
    let bytes = unsafe { checks::slice(bytes, len) };
    // Another container than that of the start, as after a swap of slots: not checked, and `next` is not its layer.
    checks::marked(Field::Bytes, object.size, stamp(bytes))?;
    // SAFETY: the container is the one that was checked, and has not changed, as the header demands.
    let model = unsafe { Model::checked_before(bytes)? };
    // SAFETY: the ledger took the arena, which meets nothing else.
    Ok((model, &mut object.state, unsafe { checks::slice_mut(arena, arena_len) }))
}

/// Looks at everything, then lets `work` run layers.
///
/// # Safety
/// As for [`take_up`].
unsafe fn with(arguments: Arguments, work: impl FnOnce(&mut Inference<'_, '_>) -> Step) -> Result<Step, Refusal> {
    // SAFETY: the promise above.
    let (model, state, arena) = unsafe { take_up(&arguments)? };
    let mut inference = Inference::resume(&model, arena, size(state.next))?;
    let step = work(&mut inference);
    state.next = u32::try_from(inference.next_layer()).unwrap_or(u32::MAX);
    Ok(step)
}

/// Runs the next layer. Answers `TS_STEP_RUNNING`, or `TS_STEP_CONVERGED` once the last one has run, which is repeated.
/// `arena` starts at a multiple of 4 and has at least `arena_len` of the shape; the input was put there before the first
/// step.
///
/// Errors: `LENGTH` or `MISALIGNED` (arena), `UNINITIALISED` (object, or bytes: a container other than that of
/// `ts_model_init`), `OVERLAP`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_model_step(
    model: *mut ts_model_t,
    bytes: *const u8,
    arena: *mut i8,
    arena_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { with(Arguments { object: model, bytes, arena, arena_len }, |inference| inference.step()) })
}

/// Runs all layers that are left; the output is in the arena then.
///
/// Errors: those of `ts_model_step`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_model_run(
    model: *mut ts_model_t,
    bytes: *const u8,
    arena: *mut i8,
    arena_len: usize,
) -> ts_status_t {
    let work = |inference: &mut Inference<'_, '_>| {
        inference.run();
        Step::Converged
    };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { with(Arguments { object: model, bytes, arena, arena_len }, work) })
}

/// As `ts_model_run`, telling `hook` of every layer before and after: it may read a clock or feed a watchdog, and touches
/// neither object nor arena.
///
/// Errors: those of `ts_model_step`, and `NULL` (function).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_model_profile(
    model: *mut ts_model_t,
    bytes: *const u8,
    arena: *mut i8,
    arena_len: usize,
    hook: ts_model_hook_t,
    context: *mut c_void,
) -> ts_status_t {
    let Some(hook) = hook else { return status::done(Err(Error::Null { field: Field::Function }.into())) };
    let work = |inference: &mut Inference<'_, '_>| {
        inference.run_profiled(|event| {
            let layer = u32::try_from(event.layer).unwrap_or(u32::MAX);
            // SAFETY: the function was given to be told, with this context.
            unsafe { hook(context, layer, u32::from(event.done)) };
        });
        Step::Converged
    };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { with(Arguments { object: model, bytes, arena, arena_len }, work) })
}

/// Starts again with the first layer: the input is put into the arena first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_model_restart(model: *mut ts_model_t) -> ts_status_t {
    status::done((|| {
        checks::usable(Field::Object, model)?;
        // SAFETY: usable; any words are an object.
        let object = unsafe { &mut *model.cast::<Object<State>>() };
        checks::marked(Field::Object, mark::<f32>(Kind::Model), object.mark)?;
        object.state.next = 0;
        Ok(())
    })())
}

/// Takes the other of two models into use, by one store to an aligned word: `slot` says 0 or 1, whoever starts an
/// inference reads it, and one owner calls this between inferences. Works on cores without atomic read and write.
///
/// Errors: `OUT_OF_RANGE` (object) unless the word is 0 or 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_model_swap(slot: *mut u32) -> ts_status_t {
    status::done((|| {
        // SAFETY: the pointer is as the header demands.
        let now = unsafe { checks::read(Field::Object, slot)? };
        if now > 1 {
            return Err(Error::OutOfRange { field: Field::Object, index: 0 }.into());
        }
        // SAFETY: read above.
        unsafe { slot.write_volatile(1 - now) };
        Ok(())
    })())
}
