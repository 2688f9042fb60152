//! What all bandits do alike at the border.
//!
//! An object is \[mark, number of arms, scalars\]; the memory, of a loss and more for each arm, is the caller's and is
//! handed in with every call.

use crate::checks::{self, Ledger};
use crate::objects::{Kind, mark};
use crate::status::{Refusal, size};
use tinysolve::bandit::Learner;
use tinysolve::{Error, Field};

/// One bandit.
pub(crate) trait Bandit {
    const KIND: Kind;
    /// 32-bit words of its scalars.
    const STATE: usize;
    type Config: Copy;
    type Of<'a>: Learner;

    /// Elements of memory.
    fn memory_len(arms: usize) -> usize;
    fn create<'a>(memory: &'a mut [f32], config: &Self::Config) -> Result<Self::Of<'a>, Error>;
    fn resume<'a>(memory: &'a mut [f32], state: &[u32]) -> Result<Self::Of<'a>, Error>;
    fn suspend(learner: &Self::Of<'_>, state: &mut [u32]) -> Result<(), Error>;
}

/// The memory of one call, as it came.
#[derive(Clone, Copy)]
pub(crate) struct Arguments {
    pub(crate) object: *mut u64,
    pub(crate) memory: *mut f32,
    pub(crate) memory_len: usize,
}

/// The same, checked.
struct Opened<'a> {
    head: &'a mut [u32; 2],
    state: &'a mut [u32],
    memory: &'a mut [f32],
}

/// 64-bit words of an object.
pub(crate) const fn words<B: Bandit>() -> usize {
    (B::STATE + 2).div_ceil(2)
}

impl Arguments {
    /// Enters object and memory, both of which are written.
    fn enter<B: Bandit>(&self, ledger: &mut Ledger) {
        ledger.enter(Field::Object, self.object, words::<B>());
        ledger.enter(Field::Workspace, self.memory, self.memory_len);
    }

    /// # Safety
    /// A ledger took object and memory, and they meet nothing else.
    unsafe fn open<'a, B: Bandit>(&self) -> Result<Opened<'a>, Refusal> {
        // SAFETY: the promise above.
        let (words, memory): (&mut [u32], _) = unsafe {
            (checks::slice_mut(self.object.cast(), 2 * words::<B>()), checks::slice_mut(self.memory, self.memory_len))
        };
        let uninitialised = Error::Uninitialised { field: Field::Object };
        let (head, rest) = words.split_first_chunk_mut::<2>().ok_or(uninitialised)?;
        let state = rest.get_mut(..B::STATE).ok_or(uninitialised)?;
        Ok(Opened { head, state, memory })
    }

    /// The same of an initialised object, with just its memory.
    ///
    /// # Safety
    /// As for `open`.
    unsafe fn open_marked<'a, B: Bandit>(&self) -> Result<Opened<'a>, Refusal> {
        // SAFETY: the promise above.
        let Opened { head, state, memory } = unsafe { self.open::<B>()? };
        checks::marked(Field::Object, mark::<f32>(B::KIND), head[0])?;
        let memory = of_arms::<B>(memory, head[1])?;
        Ok(Opened { head, state, memory })
    }
}

/// As much of the memory as so many arms need.
fn of_arms<B: Bandit>(memory: &mut [f32], arms: u32) -> Result<&mut [f32], Error> {
    let (need, got) = (B::memory_len(size(arms)), memory.len());
    memory.get_mut(..need).ok_or(Error::Length { field: Field::Workspace, need, got })
}

/// What is answered for words that no learner can have left.
fn scrambled(_: Error) -> Error {
    Error::Uninitialised { field: Field::Object }
}

/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn init<B: Bandit>(
    arguments: &Arguments,
    arms: u32,
    config: *const B::Config,
) -> Result<(), Refusal> {
    let mut ledger = Ledger::new();
    arguments.enter::<B>(&mut ledger);
    ledger.enter(Field::Configuration, config, 1);
    ledger.settle(&[Field::Object, Field::Workspace])?;
    // SAFETY: the ledger took everything; a configuration is made of numbers.
    let (opened, config) = unsafe { (arguments.open::<B>()?, &*config) };
    let learner = B::create(of_arms::<B>(opened.memory, arms)?, config)?;
    B::suspend(&learner, opened.state)?;
    *opened.head = [mark::<f32>(B::KIND), arms];
    Ok(())
}

/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn select<B: Bandit>(arguments: &Arguments, context: f32, arm: *mut u32) -> Result<(), Refusal> {
    let mut ledger = Ledger::new();
    arguments.enter::<B>(&mut ledger);
    ledger.enter(Field::Output, arm, 1);
    ledger.settle(&[Field::Object, Field::Workspace, Field::Output])?;
    // SAFETY: the ledger took object and memory.
    let opened = unsafe { arguments.open_marked::<B>()? };
    let mut learner = B::resume(opened.memory, opened.state).map_err(scrambled)?;
    let drawn = learner.select(context);
    B::suspend(&learner, opened.state)?;
    // SAFETY: the ledger took the pointer.
    unsafe { arm.write(u32::try_from(drawn).unwrap_or(u32::MAX)) };
    Ok(())
}

/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn update<B: Bandit>(arguments: &Arguments, cost: f32) -> Result<(), Refusal> {
    let mut ledger = Ledger::new();
    arguments.enter::<B>(&mut ledger);
    ledger.settle(&[Field::Object, Field::Workspace])?;
    // SAFETY: the ledger took object and memory.
    let opened = unsafe { arguments.open_marked::<B>()? };
    let mut learner = B::resume(opened.memory, opened.state).map_err(scrambled)?;
    learner.update(cost);
    B::suspend(&learner, opened.state)?;
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
    let mut ledger = Ledger::new();
    ledger.enter(Field::Output, out, 1);
    arguments.enter::<B>(&mut ledger);
    ledger.settle(&[Field::Output, Field::Object, Field::Workspace])?;
    // SAFETY: the ledger took object and memory.
    let opened = unsafe { arguments.open_marked::<B>()? };
    let answer = answer(&B::resume(opened.memory, opened.state).map_err(scrambled)?);
    // SAFETY: the ledger took the pointer.
    unsafe { out.write(answer) };
    Ok(())
}
