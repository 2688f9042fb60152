//! The flight recorder: the last records of a run in a ring that the caller owns.

use crate::checks::{self, Ledger};
use crate::objects::{Kind, mark};
use crate::status::{self, Refusal, TS_ERROR_LENGTH, TS_ERROR_OUT_OF_RANGE, TS_FIELD_OUTPUT, size, ts_status_t};
use tinysolve::Field;
use tinysolve::solve::{Record, Recorder};

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
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        ledger.enter(Field::Object, recorder, 1);
        ledger.enter(Field::Output, ring, size(len));
        ledger.settle(&[Field::Object])?;
        if len == 0 || len >= 1 << 31 {
            return Err(wrong_length(len));
        }
        // SAFETY: the ledger took the pointer.
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
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        ledger.enter(Field::Object, recorder, 1);
        ledger.enter(Field::Output, ring, size(len));
        ledger.enter(Field::Cost, record, 1);
        ledger.settle(&[Field::Object, Field::Output])?;
        // SAFETY: the ledger took all three; a record is made of numbers.
        let (state, record) = unsafe { (state(recorder, Some(len))?, record.read()) };
        let ts_record_t { solve, iteration, arm, residual } = record;
        // SAFETY: the ledger took the ring for this length, and the two types of records have one layout.
        let ring: &mut [Record] = unsafe { checks::slice_mut(ring.cast(), size(len)) };
        let mut ours = Recorder::resume(ring, state.written)?;
        ours.push(Record { solve, iteration, arm, residual });
        // SAFETY: the ledger took the pointer.
        unsafe { recorder.cast::<State>().write(State { written: ours.written(), ..state }) };
        Ok(())
    })())
}

/// Writes how many records the ring holds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_recorder_count(recorder: *const ts_recorder_t, out: *mut u32) -> ts_status_t {
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        ledger.enter(Field::Output, out, 1);
        ledger.enter(Field::Object, recorder, 1);
        ledger.settle(&[Field::Output])?;
        // SAFETY: the ledger took both.
        unsafe { out.write(state(recorder, None)?.kept()) };
        Ok(())
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
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        ledger.enter(Field::Output, out, 1);
        ledger.enter(Field::Object, recorder, 1);
        ledger.enter(Field::Bytes, ring, size(len));
        ledger.settle(&[Field::Output])?;
        // SAFETY: the ledger took all three.
        let (state, ring) = unsafe { (state(recorder, Some(len))?, checks::slice(ring, size(len))) };
        let oldest = if state.written > state.len { state.written % state.len.max(1) } else { 0 };
        let place = (u64::from(oldest) + u64::from(age)) % u64::from(state.len.max(1));
        match usize::try_from(place).ok().and_then(|place| ring.get(place)) {
            // SAFETY: the ledger took the pointer.
            Some(record) if age < state.kept() => unsafe { out.write(*record) },
            _ => return Err(Refusal::new(TS_ERROR_OUT_OF_RANGE, TS_FIELD_OUTPUT, age.min(0xffff))),
        }
        Ok(())
    })())
}

impl State {
    fn kept(self) -> u32 {
        self.written.min(self.len)
    }
}

/// The state, if the ring has the length it was initialised with.
///
/// # Safety
/// A ledger took the pointer.
unsafe fn state(recorder: *const ts_recorder_t, len: Option<u32>) -> Result<State, Refusal> {
    // SAFETY: the promise above; the state is made of numbers and no longer than the object.
    let state = unsafe { recorder.cast::<State>().read() };
    checks::marked(Field::Object, MARK, state.mark)?;
    match len {
        Some(len) if len != state.len => Err(wrong_length(len)),
        _ => Ok(state),
    }
}

fn wrong_length(len: u32) -> Refusal {
    Refusal::new(TS_ERROR_LENGTH, TS_FIELD_OUTPUT, len.min(0xffff))
}
