//! What of a rank ladder outlives a step.

use super::LadderConfig;
use crate::error::Error;
use crate::real::Real;
use crate::recovery::histogram::Window;
use crate::solve::words::{Choice, Code, Codec, Plain, words_of};
use crate::solve::{Report, Step};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// A pass of which a step follows.
    Pass = 0,
    /// A pass that collects S for a new column.
    Collect = 1,
}

impl Choice for Phase {
    const OTHERWISE: Self = Self::Pass;

    #[inline]
    fn number(self) -> u32 {
        self as u32
    }

    #[inline]
    fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Pass),
            1 => Some(Self::Collect),
            _ => None,
        }
    }
}

/// A recovery put away: values, counters and scalars, no pointer. All vectors stay with the caller.
///
/// It is made of numbers alone, in the order of [`to_words`](Self::to_words): any bits are a state, and those that no
/// recovery has left lead to wrong numbers and an outcome, no worse.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Checkpoint<T> {
    pub(super) certificate: T,
    pub(super) target: T,
    pub(super) fit: T,
    pub(super) smallest: T,
    pub(super) initial: T,
    pub(super) reference: T,
    /// Smallest fit at this rank that was a gain.
    pub(super) best: T,
    reserved: T,
    pub(super) rank_max: u32,
    pub(super) passes_per_rank: u32,
    pub(super) measurements_per_step: u32,
    pub(super) step: Code<Step>,
    pub(super) iterations: u32,
    pub(super) phase: Code<Phase>,
    /// Measurements visited in this pass.
    pub(super) cursor: u32,
    pub(super) rank: u32,
    pub(super) window: u32,
    /// Passes since the last gain, and passes at this rank.
    pub(super) waited: u32,
    pub(super) passes: u32,
    /// Times the step has been halved at this rank.
    pub(super) halvings: u32,
    /// Columns taken off again.
    pub(super) trims: u32,
    reserved_number: u32,
}

impl<T: Real> Plain for Checkpoint<T> {
    const WORDS: usize = 14 + 8 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        let rules = [&mut self.certificate, &mut self.target];
        let fits = [&mut self.fit, &mut self.smallest, &mut self.initial, &mut self.reference, &mut self.best];
        for real in rules.into_iter().chain(fits).chain([&mut self.reserved]) {
            codec.real(real)?;
        }
        codec.number(&mut self.rank_max)?;
        codec.number(&mut self.passes_per_rank)?;
        codec.number(&mut self.measurements_per_step)?;
        codec.code(&mut self.step)?;
        codec.number(&mut self.iterations)?;
        codec.code(&mut self.phase)?;
        for number in [&mut self.cursor, &mut self.rank, &mut self.window] {
            codec.number(number)?;
        }
        let counts = [&mut self.waited, &mut self.passes, &mut self.halvings];
        for number in counts.into_iter().chain([&mut self.trims, &mut self.reserved_number]) {
            codec.number(number)?;
        }
        codec.require(self.window < 1 << 12)
    }
}

impl<T: Real> Checkpoint<T> {
    pub(super) fn with(config: &LadderConfig<T>) -> Self {
        let infinite = T::INFINITY;
        Self {
            certificate: config.certificate,
            target: config.target,
            fit: infinite,
            smallest: infinite,
            initial: infinite,
            reference: T::ZERO,
            best: infinite,
            reserved: T::ZERO,
            rank_max: config.rank_max,
            passes_per_rank: config.passes_per_rank,
            measurements_per_step: config.measurements_per_step,
            step: Code::new(Step::Running),
            iterations: 0,
            phase: Code::new(Phase::Pass),
            cursor: 0,
            rank: 0,
            window: 0,
            waited: 0,
            passes: 0,
            halvings: 0,
            trims: 0,
            reserved_number: 0,
        }
    }

    pub(super) fn end(&mut self, step: Step) -> Step {
        self.step.set(step);
        step
    }

    pub(super) fn window(&self) -> Window {
        // Scrambled numbers must not overflow where bins are counted.
        Window(self.window & 0xfff)
    }

    pub(super) fn take_rank(&mut self) {
        self.rank = self.rank.saturating_add(1);
        self.begin_rank();
    }

    pub(super) fn leave_rank(&mut self) {
        self.rank = self.rank.saturating_sub(1);
        self.begin_rank();
    }

    fn begin_rank(&mut self) {
        self.phase.set(Phase::Pass);
        self.best = T::INFINITY;
        self.waited = 0;
        self.passes = 0;
        self.halvings = 0;
    }

    /// What the recovery could say of itself when it was put away.
    #[must_use]
    pub fn report(&self) -> Report<T> {
        Report {
            step: self.step.get(),
            iterations: self.iterations,
            residual: self.fit,
            estimate: self.fit,
            best: self.smallest,
            initial: self.initial,
            reference: self.reference,
            target: self.certificate * self.reference,
        }
    }

    /// Largest rank to try.
    #[must_use]
    pub const fn rank_max(&self) -> u32 {
        self.rank_max
    }

    /// Rank reached so far.
    #[must_use]
    pub const fn rank(&self) -> u32 {
        self.rank
    }

    /// Number of 32-bit words that hold it; the same on every target.
    pub const WORDS: usize = <Self as Plain>::WORDS;

    /// Writes it as words, for flash.
    ///
    /// # Errors
    /// `Length` unless `words` has exactly [`WORDS`](Self::WORDS) elements.
    #[inline]
    pub fn to_words(self, words: &mut [u32]) -> Result<(), Error> {
        self.write(words)
    }

    /// Takes it from words.
    ///
    /// # Errors
    /// `Length` unless `words` has exactly [`WORDS`](Self::WORDS) elements, `Corrupt` where a word cannot be true.
    #[inline]
    pub fn from_words(words: &[u32]) -> Result<Self, Error> {
        Self::with(&LadderConfig::new(1)).read(words)
    }
}
