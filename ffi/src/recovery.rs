//! What all recovery methods do alike at the border: gather, check, hand over.
//!
//! A step works on the state where it lies, in the words of the object. No reference into the caller's memory outlives a
//! step, and a function of the caller's that is asked in between may read the factors.

use core::ffi::c_void;
use core::ptr;

use crate::checks::{self, Ledger};
use crate::method;
use crate::objects::{InPlace, Kind, Object, mark, words_for};
use crate::solve::{ts_go_on_t, ts_report_t};
use crate::status::{Refusal, TS_ERROR_LENGTH};
use tinysolve::solve::{Report, Step};
use tinysolve::{Error, Field};

/// The memory of a recovery, for all calls: fill it in once. A part that a method does not know may be null, its length 0.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_recovery_memory_t {
    /// The measurements, as many as `ts_measurement_t` says; only read. Methods on entries do not know it.
    pub y: *const f32,
    /// U, or the left factor L of X = LR', in the layout and of the length the method states.
    pub left: *mut f32,
    /// Elements of `left`.
    pub left_len: usize,
    /// R; none where X is symmetric.
    pub right: *mut f32,
    /// Elements of `right`.
    pub right_len: usize,
    /// At least `ts_..._workspace_len` elements.
    pub workspace: *mut f32,
    /// Elements of `workspace`.
    pub workspace_len: usize,
    /// At least `ts_measurement_words_len` elements. Methods on entries do not know them.
    pub words: *mut u32,
    /// Elements of `words`.
    pub words_len: usize,
}

/// Slices of that memory.
pub(crate) struct Lent<'a> {
    pub(crate) y: &'a [f32],
    pub(crate) left: &'a mut [f32],
    pub(crate) right: &'a mut [f32],
    pub(crate) workspace: &'a mut [f32],
    pub(crate) words: &'a mut [u32],
}

impl ts_recovery_memory_t {
    /// Enters what is written. The object has been entered before.
    pub(crate) fn enter(&self, ledger: &mut Ledger) {
        ledger.enter(Field::Factors, self.left, self.left_len);
        ledger.enter(Field::Workspace, self.workspace, self.workspace_len);
        ledger.enter(Field::Factors, self.right, self.right_len);
        ledger.enter(Field::Bytes, self.words, self.words_len);
    }

    /// # Safety
    /// A ledger took the pointers for these lengths, and what is written meets nothing else.
    pub(crate) unsafe fn lend<'a>(&self, measurements: usize) -> Lent<'a> {
        // SAFETY: the promise above.
        unsafe {
            Lent {
                y: checks::slice(self.y, measurements),
                left: checks::slice_mut(self.left, self.left_len),
                right: checks::slice_mut(self.right, self.right_len),
                workspace: checks::slice_mut(self.workspace, self.workspace_len),
                words: checks::slice_mut(self.words, self.words_len),
            }
        }
    }
}

/// What is known of X, as C describes it.
pub(crate) trait Data: Copy {
    /// The same with slices for pointers.
    type View<'a>: Copy;

    /// Looks at the numbers.
    fn check(&self) -> Result<(), Error>;
    /// Elements of y.
    fn measurements(&self) -> usize;
    /// What an object takes note of, to know the same data again.
    fn size(&self) -> u32;
    /// Enters what is behind its pointers.
    fn enter(&self, ledger: &mut Ledger);
    /// # Safety
    /// A ledger took what [`enter`](Self::enter) entered, and nobody writes it meanwhile.
    unsafe fn view<'a>(&self) -> Self::View<'a>;
}

/// One method.
pub(crate) trait Recovery {
    const KIND: Kind;
    type Data: Data;
    type State: InPlace + 'static;
    /// The configuration, as C gives it and as the library takes it.
    type Given: Copy;
    type Config: Copy;

    fn config(given: &Self::Given) -> Result<Self::Config, Error>;
    /// Looks at everything, all lengths too, and answers the state to begin with; writes nothing.
    fn start(data: <Self::Data as Data>::View<'_>, lent: Lent<'_>, config: &Self::Config)
    -> Result<Self::State, Error>;
    fn step(data: <Self::Data as Data>::View<'_>, lent: Lent<'_>, state: &mut Self::State) -> Result<Step, Error>;
    fn report(state: &Self::State) -> Report<f32>;
}

/// The arguments of a recovery function, as they came.
pub(crate) struct Arguments<R: Recovery> {
    pub(crate) object: *mut u64,
    pub(crate) data: *const R::Data,
    pub(crate) memory: *const ts_recovery_memory_t,
}

/// Looks at every pointer; nothing is written.
///
/// # Safety
/// Pointers that are neither null nor misaligned show what the header says.
unsafe fn open<'a, R: Recovery>(
    arguments: &Arguments<R>,
    config: *const R::Given,
) -> Result<(R::Data, Lent<'a>), Refusal> {
    // SAFETY: the promise above.
    let (memory, data) =
        unsafe { (checks::read(Field::Scratch, arguments.memory)?, checks::read(Field::Matrix, arguments.data)?) };
    data.check()?;
    let ledger: &mut Ledger = &mut Ledger::<[_; 13]>::new();
    ledger.enter(Field::Object, arguments.object, words_for::<R::State>());
    memory.enter(ledger);
    ledger.only_read_from_here();
    ledger.enter(Field::Measurements, memory.y, data.measurements());
    ledger.enter(Field::Matrix, arguments.data, 1);
    ledger.enter(Field::Scratch, arguments.memory, 1);
    data.enter(ledger);
    if !config.is_null() {
        ledger.enter(Field::Configuration, config, 1);
    }
    ledger.settle_known()?;
    // SAFETY: settled.
    Ok((data, unsafe { memory.lend(data.measurements()) }))
}

/// Starts a recovery.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn init<R: Recovery>(arguments: &Arguments<R>, config: *const R::Given) -> Result<(), Refusal> {
    // SAFETY: `open` takes all pointers before they are followed; a configuration is made of numbers.
    unsafe {
        let given = checks::read(Field::Configuration, config)?;
        let (data, lent) = open::<R>(arguments, config)?;
        let state = R::start(data.view(), lent, &R::config(&given)?)?;
        let object = arguments.object.cast::<Object<R::State>>();
        object.write(Object { mark: mark::<f32>(R::KIND), size: data.size(), state });
    }
    Ok(())
}

/// Does one step.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn step<R: Recovery>(arguments: &Arguments<R>) -> Result<Step, Refusal> {
    // SAFETY: `open` takes all pointers before they are followed; any words are an object.
    unsafe {
        let (data, lent) = open::<R>(arguments, ptr::null())?;
        let object = &mut *arguments.object.cast::<Object<R::State>>();
        checks::marked(Field::Object, mark::<f32>(R::KIND), object.mark)?;
        if object.size != data.size() {
            return Err(Refusal::new(TS_ERROR_LENGTH, Field::Matrix as u32, data.size().min(0xffff)));
        }
        Ok(R::step(data.view(), lent, &mut object.state)?)
    }
}

/// Steps to the end.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn run<R: Recovery>(arguments: &Arguments<R>) -> Result<Step, Refusal> {
    // SAFETY: the promise above.
    method::to_the_end(|| unsafe { step::<R>(arguments) })
}

/// Steps to the end, or until the caller's function says no.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn run_while<R: Recovery>(
    arguments: &Arguments<R>,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> Result<Step, Refusal> {
    // SAFETY: the promise above; a step found the object before its report is asked for.
    unsafe { method::until_told(go_on, context, || step::<R>(arguments), || report_of::<R>(arguments.object)) }
}

/// # Safety
/// A ledger took `object`.
unsafe fn report_of<R: Recovery>(object: *const u64) -> ts_report_t {
    // SAFETY: the promise above; any words are an object, and nobody writes it meanwhile.
    R::report(unsafe { &(*object.cast::<Object<R::State>>()).state }).into()
}

/// Writes the report.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn report<R: Recovery>(object: *const u64, out: *mut ts_report_t) -> Result<(), Refusal> {
    // SAFETY: the promise above.
    unsafe { tell::<R, _>(object, out, |state| R::report(state).into()) }
}

/// Writes what a state can tell.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn tell<R: Recovery, V>(
    object: *const u64,
    out: *mut V,
    what: impl FnOnce(&R::State) -> V,
) -> Result<(), Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 2]>::new();
    ledger.enter(Field::Output, out, 1);
    ledger.enter(Field::Object, object, words_for::<R::State>());
    ledger.settle(&[Field::Output])?;
    // SAFETY: the ledger took both; any words are an object.
    unsafe {
        checks::marked(Field::Object, mark::<f32>(R::KIND), object.cast::<u32>().read())?;
        out.write(what(&(*object.cast::<Object<R::State>>()).state));
    }
    Ok(())
}
