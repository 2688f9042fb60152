//! What all solvers do alike at the border: gather, check, hand over, put away.
//!
//! An object is \[mark, dimension, state\]. A step takes the state from the words and puts it back, so no reference into
//! the caller's memory outlives a step, and a function of the caller's that is asked in between may read x.

use core::ffi::c_void;
use core::ptr;

use crate::checks::{self, Ledger};
use crate::objects::{Kind, mark};
use crate::operator::{Descriptor, Room, View, ts_operator_t};
use crate::solve::{ts_go_on_t, ts_report_t};
use crate::status::{Refusal, TS_ERROR_LENGTH, TS_ERROR_UNINITIALISED, size};
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
    /// 32-bit words of its checkpoint.
    const STATE: usize;
    type Config: Copy;
    /// What it needs beside the operator.
    type With<'a>: Copy;

    /// Enters the memory of what it needs beside the operator.
    fn enter(with: Self::With<'_>, ledger: &mut Ledger) -> Result<(), Refusal>;

    fn start(
        view: View<'_>,
        with: Self::With<'_>,
        vectors: &mut Vectors<'_>,
        config: &Self::Config,
        state: &mut [u32],
    ) -> Result<(), Error>;
    fn step(view: View<'_>, with: Self::With<'_>, vectors: &mut Vectors<'_>, state: &mut [u32]) -> Result<Step, Error>;
    fn report(state: &[u32]) -> Result<Report<f32>, Error>;
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

/// The same, checked.
struct Opened<'a> {
    a: &'a Descriptor,
    words: &'a mut [u32],
    vectors: Vectors<'a>,
}

/// Looks at every pointer; nothing is written. `more` enters what else will be read.
///
/// # Safety
/// Pointers that are neither null nor misaligned show what the header says.
unsafe fn open<'a, M: Method>(
    arguments: &Arguments,
    config: *const M::Config,
    with: M::With<'_>,
) -> Result<Opened<'a>, Refusal> {
    let mut ledger = Ledger::new();
    // Every object is made of whole `u64` words, and this many of them.
    ledger.enter(Field::Object, arguments.object, words::<M>() / 2);
    // SAFETY: the promise above.
    let a = unsafe { open_vectors(arguments, &mut ledger)? };
    if !config.is_null() {
        ledger.enter(Field::Configuration, config, 1);
    }
    M::enter(with, &mut ledger)?;
    ledger.settle(&[Field::Object, Field::Iterate, Field::Workspace])?;
    let Arguments { object, b, x, workspace, workspace_len, .. } = *arguments;
    let n = size(a.n);
    // SAFETY: the ledger took each pointer for its length, and what is written meets nothing else.
    unsafe {
        Ok(Opened {
            a,
            words: checks::slice_mut(object.cast(), words::<M>()),
            vectors: Vectors {
                b: checks::slice(b, n),
                x: checks::slice_mut(x, n),
                workspace: checks::slice_mut(workspace, workspace_len),
            },
        })
    }
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

/// 32-bit words of an object.
const fn words<M: Method>() -> usize {
    (M::STATE + 2).next_multiple_of(2)
}

/// Err unless the words are those of an initialised object of dimension `n`.
fn check_head(words: &[u32], expected: u32, n: u32) -> Result<(), Refusal> {
    let [found, dimension, ..] = *words else { return Err(scrambled_words()) };
    checks::marked(Field::Object, expected, found)?;
    if dimension == n { Ok(()) } else { Err(Refusal::new(TS_ERROR_LENGTH, Field::Matrix as u32, n.min(0xffff))) }
}

/// Starts a solve.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn init<M: Method>(
    arguments: &Arguments,
    config: *const M::Config,
    with: M::With<'_>,
) -> Result<(), Refusal> {
    checks::usable(Field::Configuration, config)?;
    // SAFETY: the promise above.
    let Opened { a, words, mut vectors } = unsafe { open::<M>(arguments, config, with)? };
    let [head, n, state @ ..] = words else { return Err(scrambled_words()) };
    let state = state.get_mut(..M::STATE).unwrap_or(&mut []);
    let mut room = Room::new();
    // SAFETY: `open` found the descriptor and took the configuration, which is made of numbers.
    unsafe { M::start(a.view(&mut room)?, with, &mut vectors, &*config, state)? };
    (*head, *n) = (mark::<f32>(M::KIND), a.n);
    Ok(())
}

/// Does one step.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn step<M: Method>(arguments: &Arguments, with: M::With<'_>) -> Result<Step, Refusal> {
    // SAFETY: the promise above.
    let Opened { a, words, mut vectors } = unsafe { open::<M>(arguments, ptr::null(), with)? };
    check_head(words, mark::<f32>(M::KIND), a.n)?;
    let state = words.get_mut(2..M::STATE + 2).unwrap_or(&mut []);
    let mut room = Room::new();
    // SAFETY: `open` found the descriptor.
    Ok(unsafe { M::step(a.view(&mut room)?, with, &mut vectors, state)? })
}

/// Steps to the end.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn run<M: Method>(arguments: &Arguments, with: M::With<'_>) -> Result<Step, Refusal> {
    loop {
        // SAFETY: the promise above.
        let step = unsafe { step::<M>(arguments, with)? };
        if step.is_final() {
            return Ok(step);
        }
    }
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
    let go_on = go_on.ok_or(Error::Null { field: Field::Function })?;
    loop {
        // SAFETY: the promise above.
        let step = unsafe { step::<M>(arguments, with)? };
        if step.is_final() {
            return Ok(step);
        }
        // SAFETY: the step found the object; the function was given to be asked, with this context.
        let more = unsafe { go_on(context, &report_of::<M>(arguments.object)?) };
        if more == 0 {
            return Ok(Step::Interrupted);
        }
    }
}

/// # Safety
/// `object` was checked.
unsafe fn report_of<M: Method>(object: *const u64) -> Result<ts_report_t, Error> {
    // SAFETY: the promise above; nobody writes the object meanwhile.
    let words: &[u32] = unsafe { checks::slice(object.cast(), words::<M>()) };
    let state = words.get(2..M::STATE + 2).unwrap_or(&[]);
    M::report(state).map(ts_report_t::from)
}

/// Writes the report.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn report<M: Method>(object: *const u64, out: *mut ts_report_t) -> Result<(), Refusal> {
    let mut ledger = Ledger::new();
    ledger.enter(Field::Output, out, 1);
    ledger.enter(Field::Object, object, words::<M>() / 2);
    ledger.settle(&[Field::Output])?;
    // SAFETY: the ledger took both.
    unsafe {
        checks::marked(Field::Object, mark::<f32>(M::KIND), object.cast::<u32>().read())?;
        out.write(report_of::<M>(object)?);
    }
    Ok(())
}

/// What is answered for words that no solve can have left.
pub(crate) fn scrambled(_: Error) -> Error {
    Error::Uninitialised { field: Field::Object }
}

const fn scrambled_words() -> Refusal {
    Refusal::new(TS_ERROR_UNINITIALISED, Field::Object as u32, 0)
}
