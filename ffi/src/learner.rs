//! What all bandits do alike at the border.
//!
//! An object is \[mark, number of arms, scalars\], worked on where it lies; the memory, of a loss and more for each arm,
//! is the caller's and is handed in with every call.

use crate::checks::{self, Ledger};
use crate::objects::{InPlace, Kind, Object, mark, words_for};
use crate::status::{Refusal, size};
use tinysolve::bandit::Learner;
use tinysolve::{Error, Field};

/// One bandit.
pub(crate) trait Bandit {
    const KIND: Kind;
    type State: InPlace + 'static;
    type Config: Copy;
    type Of<'a>: Learner;

    /// Elements of memory.
    fn memory_len(arms: usize) -> usize;
    /// Whether these are the elements of some number of arms.
    fn check_memory(len: usize) -> Result<(), Error>;
    fn start(config: &Self::Config) -> Result<Self::State, Error>;
    fn resume<'a>(memory: &'a mut [f32], state: &'a mut Self::State) -> Result<Self::Of<'a>, Error>;
    /// Puts a learner into a container and answers its bytes.
    fn store(learner: &Self::Of<'_>, bytes: &mut [u8]) -> Result<usize, Error>;
    /// Takes the scalars and the memory of a learner from a container, or writes nothing.
    fn load(state: &mut Self::State, memory: &mut [f32], bytes: &[u8]) -> Result<(), Error>;
}

/// The memory of one call, as it came.
#[derive(Clone, Copy)]
pub(crate) struct Arguments {
    pub(crate) object: *mut u64,
    pub(crate) memory: *mut f32,
    pub(crate) memory_len: usize,
}

impl Arguments {
    /// Enters object and memory, both of which are written.
    fn enter<B: Bandit>(&self, ledger: &mut Ledger) {
        ledger.enter(Field::Object, self.object, words_for::<B::State>());
        ledger.enter(Field::Workspace, self.memory, self.memory_len);
    }

    fn object<B: Bandit>(&self) -> *mut Object<B::State> {
        self.object.cast()
    }

    /// As much of the memory as so many arms need.
    ///
    /// # Safety
    /// A ledger took the memory, and it meets nothing else.
    unsafe fn memory<'a, B: Bandit>(&self, arms: u32) -> Result<&'a mut [f32], Error> {
        let (need, got) = (B::memory_len(size(arms)), self.memory_len);
        if need > got {
            return Err(Error::Length { field: Field::Workspace, need, got });
        }
        // SAFETY: the promise above.
        Ok(unsafe { checks::slice_mut(self.memory, need) })
    }

    /// The learner in an initialised object.
    ///
    /// # Safety
    /// A ledger took object and memory, and they meet nothing else.
    unsafe fn learner<'a, B: Bandit>(&self) -> Result<B::Of<'a>, Refusal> {
        // SAFETY: the promise above; any words are an object.
        unsafe {
            let object = &mut *self.object::<B>();
            checks::marked(Field::Object, mark::<f32>(B::KIND), object.mark)?;
            Ok(B::resume(self.memory::<B>(object.size)?, &mut object.state)?)
        }
    }
}

/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn init<B: Bandit>(
    arguments: &Arguments,
    arms: u32,
    config: *const B::Config,
) -> Result<(), Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
    arguments.enter::<B>(ledger);
    ledger.enter(Field::Configuration, config, 1);
    ledger.settle(&[Field::Object, Field::Workspace])?;
    // SAFETY: the ledger took everything; a configuration is made of numbers.
    unsafe {
        let memory = arguments.memory::<B>(arms)?;
        B::check_memory(memory.len())?;
        let state = B::start(&*config)?;
        memory.fill(0.0);
        arguments.object::<B>().write(Object { mark: mark::<f32>(B::KIND), size: arms, state });
    }
    Ok(())
}

/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn select<B: Bandit>(arguments: &Arguments, context: f32, arm: *mut u32) -> Result<(), Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
    arguments.enter::<B>(ledger);
    ledger.enter(Field::Output, arm, 1);
    ledger.settle(&[Field::Object, Field::Workspace, Field::Output])?;
    // SAFETY: the ledger took everything.
    unsafe {
        let drawn = arguments.learner::<B>()?.select(context);
        arm.write(u32::try_from(drawn).unwrap_or(u32::MAX));
    }
    Ok(())
}

/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn update<B: Bandit>(arguments: &Arguments, cost: f32) -> Result<(), Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
    arguments.enter::<B>(ledger);
    ledger.settle(&[Field::Object, Field::Workspace])?;
    // SAFETY: the ledger took object and memory.
    unsafe { arguments.learner::<B>()? }.update(cost);
    Ok(())
}

/// What a question about a learner is answered with.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn ask<B: Bandit, V>(
    arguments: &Arguments,
    out: *mut V,
    answer: impl FnOnce(&B::Of<'_>) -> V,
) -> Result<(), Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
    ledger.enter(Field::Output, out, 1);
    arguments.enter::<B>(ledger);
    ledger.settle(&[Field::Output, Field::Object, Field::Workspace])?;
    // SAFETY: the ledger took everything.
    unsafe { out.write(answer(&arguments.learner::<B>()?)) };
    Ok(())
}

/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn store<B: Bandit>(
    arguments: &Arguments,
    bytes: *mut u8,
    bytes_len: usize,
    stored: *mut usize,
) -> Result<(), Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 4]>::new();
    ledger.enter(Field::Bytes, bytes, bytes_len);
    ledger.enter(Field::Output, stored, 1);
    arguments.enter::<B>(ledger);
    ledger.settle(&[Field::Bytes, Field::Output, Field::Object, Field::Workspace])?;
    // SAFETY: the ledger took everything.
    unsafe { stored.write(B::store(&arguments.learner::<B>()?, checks::slice_mut(bytes, bytes_len))?) };
    Ok(())
}

/// Looks at the pointers of a load. Apart, so that the ledger does not lie on the stack while a container is read.
#[inline(never)]
fn look_at_stored<B: Bandit>(arguments: &Arguments, bytes: *const u8, bytes_len: usize) -> Result<(), Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 3]>::new();
    arguments.enter::<B>(ledger);
    ledger.enter(Field::Bytes, bytes, bytes_len);
    ledger.settle(&[Field::Object, Field::Workspace])
}

/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn load<B: Bandit>(
    arguments: &Arguments,
    arms: u32,
    bytes: *const u8,
    bytes_len: usize,
) -> Result<(), Refusal> {
    look_at_stored::<B>(arguments, bytes, bytes_len)?;
    // SAFETY: the ledger took everything.
    unsafe {
        let memory = arguments.memory::<B>(arms)?;
        // Where it lies, so that a small stack is enough. Any words are an object.
        let object = &mut *arguments.object::<B>();
        B::load(&mut object.state, memory, checks::slice(bytes, bytes_len))?;
        object.mark = mark::<f32>(B::KIND);
        object.size = arms;
    }
    Ok(())
}
