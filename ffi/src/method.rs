//! What all solvers do alike at the border: gather, check, hand over.
//!
//! A step works on the state where it lies, in the words of the object. No reference into the caller's memory outlives a
//! step, and a function of the caller's that is asked in between may read x.

use core::ffi::c_void;
use core::ptr;

use crate::checks::{self, Ledger};
use crate::objects::{InPlace, Kind, Object, mark, words_for};
use crate::operator::{Descriptor, Room, View, ts_operator_t};
use crate::solve::{ts_go_on_t, ts_report_t};
use crate::status::{Refusal, TS_ERROR_LENGTH, size};
use tinysolve::solve::{Report, Step};
use tinysolve::{Error, Field};

/// The vectors of a linear system.
pub(crate) struct Vectors<'a> {
    pub(crate) b: &'a [f32],
    pub(crate) x: &'a mut [f32],
    pub(crate) workspace: &'a mut [f32],
}

/// One solver.
pub(crate) trait Method {
    const KIND: Kind;
    type State: InPlace + 'static;
    /// The configuration, as C gives it and as the library takes it.
    type Given: Copy;
    type Config: Copy;
    /// What it needs beside the operator.
    type With<'a>: Copy;

    fn config(given: &Self::Given) -> Result<Self::Config, Error>;

    /// Enters the memory of what it needs beside the operator.
    fn enter(with: Self::With<'_>, ledger: &mut Ledger) -> Result<(), Refusal>;

    /// Looks at everything but the workspace.
    fn check(view: View<'_>, with: Self::With<'_>, vectors: &Vectors<'_>, config: &Self::Config) -> Result<(), Error>;
    /// Elements of workspace.
    fn workspace_len(view: View<'_>, config: &Self::Config) -> Result<usize, Error>;
    fn start(config: &Self::Config) -> Self::State;
    fn step(view: View<'_>, with: Self::With<'_>, vectors: Vectors<'_>, state: &mut Self::State)
    -> Result<Step, Error>;
    fn report(state: &Self::State) -> Report<f32>;
}

/// The arguments of a solver function, as they came.
#[derive(Clone, Copy)]
pub(crate) struct Arguments {
    pub(crate) object: *mut u64,
    pub(crate) a: *const ts_operator_t,
    pub(crate) b: *const f32,
    pub(crate) x: *mut f32,
    pub(crate) workspace: *mut f32,
    pub(crate) workspace_len: usize,
}

impl Arguments {
    fn object<M: Method>(&self) -> *mut Object<M::State> {
        self.object.cast()
    }

    /// The vectors for `n` unknowns.
    ///
    /// # Safety
    /// A ledger took the pointers for these lengths, and what is written meets nothing else.
    unsafe fn vectors<'a>(&self, n: u32) -> Vectors<'a> {
        let n = size(n);
        // SAFETY: the promise above.
        unsafe {
            Vectors {
                b: checks::slice(self.b, n),
                x: checks::slice_mut(self.x, n),
                workspace: checks::slice_mut(self.workspace, self.workspace_len),
            }
        }
    }
}

/// Looks at every pointer; nothing is written. `more` enters what else will be read.
///
/// # Safety
/// Pointers that are neither null nor misaligned show what the header says.
unsafe fn open<'a, M: Method>(
    arguments: &Arguments,
    config: *const M::Given,
    with: M::With<'_>,
) -> Result<&'a Descriptor, Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 20]>::new();
    ledger.enter(Field::Object, arguments.object, words_for::<M::State>());
    // SAFETY: the promise above.
    let a = unsafe { open_vectors(arguments, ledger)? };
    if !config.is_null() {
        ledger.enter(Field::Configuration, config, 1);
    }
    M::enter(with, ledger)?;
    ledger.settle(&[Field::Object, Field::Iterate, Field::Workspace])?;
    Ok(a)
}

/// Enters what all methods are given: x, workspace, b, and the operator, which it finds.
///
/// # Safety
/// Pointers that are neither null nor misaligned show what the header says.
#[inline(never)]
unsafe fn open_vectors<'a>(arguments: &Arguments, ledger: &mut Ledger) -> Result<&'a Descriptor, Refusal> {
    let Arguments { a, b, x, workspace, workspace_len, .. } = *arguments;
    ledger.so_far()?;
    // SAFETY: the promise above.
    let descriptor = unsafe { Descriptor::open(a)? };
    let n = size(descriptor.n);
    ledger.enter(Field::Iterate, x, n);
    ledger.enter(Field::Workspace, workspace, workspace_len);
    ledger.enter(Field::RightHandSide, b, n);
    descriptor.enter(ledger);
    Ok(descriptor)
}

/// Starts a solve.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn init<M: Method>(
    arguments: &Arguments,
    config: *const M::Given,
    with: M::With<'_>,
) -> Result<(), Refusal> {
    checks::usable(Field::Configuration, config)?;
    let mut room = Room::new();
    // SAFETY: `open` takes all pointers before they are followed; a configuration is made of numbers.
    unsafe {
        let a = open::<M>(arguments, config, with)?;
        let config = M::config(&*config)?;
        let view = a.view(&mut room)?;
        M::check(view, with, &arguments.vectors(a.n), &config)?;
        let (need, got) = (M::workspace_len(view, &config)?, arguments.workspace_len);
        if got < need {
            return Err(Error::Length { field: Field::Workspace, need, got }.into());
        }
        let object = arguments.object::<M>();
        object.write(Object { mark: mark::<f32>(M::KIND), size: a.n, state: M::start(&config) });
    }
    Ok(())
}

/// Does one step.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn step<M: Method>(arguments: &Arguments, with: M::With<'_>) -> Result<Step, Refusal> {
    let mut room = Room::new();
    // SAFETY: `open` takes all pointers before they are followed; any words are an object.
    unsafe {
        let a = open::<M>(arguments, ptr::null(), with)?;
        let object = &mut *arguments.object::<M>();
        checks::marked(Field::Object, mark::<f32>(M::KIND), object.mark)?;
        if object.size != a.n {
            return Err(Refusal::new(TS_ERROR_LENGTH, Field::Matrix as u32, a.n.min(0xffff)));
        }
        Ok(M::step(a.view(&mut room)?, with, arguments.vectors(a.n), &mut object.state)?)
    }
}

/// Steps to the end.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn run<M: Method>(arguments: &Arguments, with: M::With<'_>) -> Result<Step, Refusal> {
    // SAFETY: the promise above.
    to_the_end(|| unsafe { step::<M>(arguments, with) })
}

/// Steps to the end, or until the caller's function says no.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn run_while<M: Method>(
    arguments: &Arguments,
    with: M::With<'_>,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> Result<Step, Refusal> {
    // SAFETY: the promise above; a step found the object before its report is asked for.
    unsafe { until_told(go_on, context, || step::<M>(arguments, with), || report_of::<M>(arguments.object)) }
}

/// Takes steps to the end.
#[inline]
pub(crate) fn to_the_end(mut step: impl FnMut() -> Result<Step, Refusal>) -> Result<Step, Refusal> {
    loop {
        let step = step()?;
        if step.is_final() {
            return Ok(step);
        }
    }
}

/// Takes steps to the end, or until the caller's function says no.
///
/// # Safety
/// The function was given to be asked, with this context.
#[inline]
pub(crate) unsafe fn until_told(
    go_on: ts_go_on_t,
    context: *mut c_void,
    mut step: impl FnMut() -> Result<Step, Refusal>,
    report: impl Fn() -> ts_report_t,
) -> Result<Step, Refusal> {
    let go_on = go_on.ok_or(Error::Null { field: Field::Function })?;
    loop {
        let step = step()?;
        if step.is_final() {
            return Ok(step);
        }
        // SAFETY: the promise above.
        if !unsafe { asks(&report, go_on, context) } {
            return Ok(Step::Interrupted);
        }
    }
}

/// Asks the caller's function whether to go on. Apart, so that the report does not lie on the stack during a step.
///
/// # Safety
/// The function was given to be asked, with this context.
#[inline(never)]
unsafe fn asks(
    report: &impl Fn() -> ts_report_t,
    go_on: unsafe extern "C" fn(*mut c_void, *const ts_report_t) -> i32,
    context: *mut c_void,
) -> bool {
    // SAFETY: the promise above.
    unsafe { go_on(context, &report()) != 0 }
}

/// # Safety
/// A ledger took `object`.
unsafe fn report_of<M: Method>(object: *const u64) -> ts_report_t {
    // SAFETY: the promise above; any words are an object, and nobody writes it meanwhile.
    M::report(unsafe { &(*object.cast::<Object<M::State>>()).state }).into()
}

/// Writes the report.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn report<M: Method>(object: *const u64, out: *mut ts_report_t) -> Result<(), Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 2]>::new();
    ledger.enter(Field::Output, out, 1);
    ledger.enter(Field::Object, object, words_for::<M::State>());
    ledger.settle(&[Field::Output])?;
    // SAFETY: the ledger took both.
    unsafe {
        checks::marked(Field::Object, mark::<f32>(M::KIND), object.cast::<u32>().read())?;
        out.write(report_of::<M>(object));
    }
    Ok(())
}
