//! The flight recorder: the last records of a run in a ring that the caller owns.

use crate::checks::{self, Span};
use crate::objects::{Kind, mark};
use crate::status::{self, size, ts_status_t};
use tinysolve::solve::{Record, Recorder};
use tinysolve::{Error, Field};

/// One line of the flight recorder; 16 bytes on every target.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_record_t {
    /// Which solve, counted by the caller.
    pub solve: u32,
    /// Iterations done.
    pub iteration: u32,
    /// The bandit's arm, or any other mark of the caller's.
    pub arm: u32,
    /// Residual norm in single precision.
    pub residual: f32,
}

const _: () = assert!(size_of::<ts_record_t>() == 16 && align_of::<ts_record_t>() == align_of::<Record>());

/// `uint64_t` words of a `ts_recorder_t`.
pub const TS_RECORDER_WORDS: usize = 2;

/// Counts what went into a ring. Put it and the ring in memory that a reset does not clear, and read it after a fault.
#[repr(C)]
pub struct ts_recorder_t {
    words: [u64; TS_RECORDER_WORDS],
}

/// What is in the words.
#[derive(Clone, Copy)]
#[repr(C)]
struct State {
    mark: u32,
    len: u32,
    written: u32,
}

const _: () = assert!(size_of::<State>() <= size_of::<ts_recorder_t>());

const MARK: u32 = mark::<f32>(Kind::Recorder);

/// Empties the recorder over a ring of `len` records. The ring is not written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_recorder_init(
    recorder: *mut ts_recorder_t,
    ring: *mut ts_record_t,
    len: u32,
) -> ts_status_t {
    status::done((|| {
        let object = Span::of(Field::Object, recorder, 1)?;
        checks::disjoint(&[object], &[Span::of(Field::Output, ring, size(len))?])?;
        if len == 0 || len >= 1 << 31 {
            return Err(Error::Length { field: Field::Output, need: 1, got: size(len) });
        }
        // SAFETY: checked above.
        unsafe { recorder.cast::<State>().write(State { mark: MARK, len, written: 0 }) };
        Ok(())
    })())
}

/// Adds a record, over the oldest one when the ring is full.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_recorder_push(
    recorder: *mut ts_recorder_t,
    ring: *mut ts_record_t,
    len: u32,
    record: *const ts_record_t,
) -> ts_status_t {
    status::done((|| {
        // SAFETY: the pointers are as the header demands; a record is made of numbers.
        let (state, record) = unsafe { (open(recorder, ring, len)?, checks::read(Field::Configuration, record)?) };
        let written = [Span::of(Field::Object, recorder, 1)?, Span::of(Field::Output, ring, size(len))?];
        checks::disjoint(&written, &[])?;
        let ts_record_t { solve, iteration, arm, residual } = record;
        // SAFETY: the ring was checked and meets nothing else; the two record types have one layout.
        let ring = unsafe { checks::slice_mut(ring.cast(), size(len)) };
        let mut ours = Recorder::resume(ring, state.written)?;
        ours.push(Record { solve, iteration, arm, residual });
        // SAFETY: checked above.
        unsafe { recorder.cast::<State>().write(State { written: ours.written(), ..state }) };
        Ok(())
    })())
}

/// Writes how many records the ring holds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_recorder_count(recorder: *const ts_recorder_t, out: *mut u32) -> ts_status_t {
    status::done((|| {
        // SAFETY: the pointers are as the header demands.
        unsafe {
            let state = state(recorder)?;
            checks::disjoint(&[Span::of(Field::Output, out, 1)?], &[Span::of(Field::Object, recorder, 1)?])?;
            checks::write(Field::Output, out, state.written.min(state.len))
        }
    })())
}

/// Writes the record of this age: 0 is the oldest one kept. `OUT_OF_RANGE` (output) when there are not so many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_recorder_get(
    recorder: *const ts_recorder_t,
    ring: *const ts_record_t,
    len: u32,
    age: u32,
    out: *mut ts_record_t,
) -> ts_status_t {
    status::done((|| {
        // SAFETY: the pointers are as the header demands.
        let state = unsafe { open(recorder, ring, len)? };
        let read = [Span::of(Field::Object, recorder, 1)?, Span::of(Field::Output, ring, size(len))?];
        checks::disjoint(&[Span::of(Field::Output, out, 1)?], &read)?;
        let kept = state.written.min(state.len);
        if age >= kept {
            return Err(Error::OutOfRange { field: Field::Output, index: size(age) });
        }
        let oldest = if state.written > state.len { state.written % state.len } else { 0 };
        let place = (u64::from(oldest) + u64::from(age)) % u64::from(state.len);
        // SAFETY: the ring was checked and `place` is below its length.
        unsafe { out.write(ring.add(usize::try_from(place).unwrap_or(0)).read()) };
        Ok(())
    })())
}

/// # Safety
/// A pointer that is neither null nor misaligned shows a `ts_recorder_t`.
unsafe fn state(recorder: *const ts_recorder_t) -> Result<State, Error> {
    Span::of(Field::Object, recorder, 1)?;
    // SAFETY: the promise above; the state is made of numbers and no longer than the object.
    let state = unsafe { recorder.cast::<State>().read() };
    checks::marked(Field::Object, MARK, state.mark)?;
    // A ring is never empty: what divides by its length may.
    if state.len == 0 { Err(Error::Uninitialised { field: Field::Object }) } else { Ok(state) }
}

/// The state, if the ring is the one it counts.
///
/// # Safety
/// As for `state`.
unsafe fn open(recorder: *const ts_recorder_t, ring: *const ts_record_t, len: u32) -> Result<State, Error> {
    // SAFETY: the promise above.
    let state = unsafe { state(recorder)? };
    Span::of(Field::Output, ring, size(len))?;
    if state.len == len {
        Ok(state)
    } else {
        Err(Error::Length { field: Field::Output, need: size(state.len), got: size(len) })
    }
}
