//! What of a rank ladder outlives a step.

use super::LadderConfig;
use crate::error::Error;
use crate::real::Real;
use crate::recovery::histogram::Window;
use crate::solve::words::{Codec, Plain, words_of};
use crate::solve::{Report, Step};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// A pass of which a step follows.
    Pass = 0,
    /// A pass that collects S for a new column.
    Collect = 1,
}

impl Phase {
    const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Pass),
            1 => Some(Self::Collect),
            _ => None,
        }
    }
}

/// A recovery put away: configuration, counters and scalars, no pointer. All vectors stay with the caller.
#[derive(Clone, Copy, Debug)]
pub struct Checkpoint<T> {
    pub(super) config: LadderConfig<T>,
    pub(super) report: Report<T>,
    pub(super) phase: Phase,
    /// Measurements visited in this pass.
    pub(super) cursor: usize,
    pub(super) rank: u32,
    pub(super) window: Window,
    /// Smallest fit at this rank, passes since, and passes at this rank.
    pub(super) best: T,
    pub(super) waited: u32,
    pub(super) passes: u32,
}

impl<T: Real> Plain for Checkpoint<T> {
    const WORDS: usize = Report::<T>::WORDS + 10 + 3 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        codec.number(&mut self.config.rank_max)?;
        codec.number(&mut self.config.passes_per_rank)?;
        codec.number(&mut self.config.measurements_per_step)?;
        codec.real(&mut self.config.certificate)?;
        codec.real(&mut self.config.target)?;
        self.report.visit(codec)?;
        self.phase = codec.choice(self.phase as u32, Phase::from_number)?;
        codec.size(&mut self.cursor)?;
        codec.number(&mut self.rank)?;
        codec.number(&mut self.window.0)?;
        codec.real(&mut self.best)?;
        codec.number(&mut self.waited)?;
        // Neither may be where counting up would overflow.
        codec.require(self.waited < 1 << 30)?;
        self.passes = codec.choice(self.passes, |number| (number < 1 << 30).then_some(number))?;
        codec.require(self.window.0 < 1 << 12)
    }
}

impl<T: Real> Checkpoint<T> {
    pub(super) fn new(config: LadderConfig<T>) -> Self {
        let passes_per_rank = config.passes_per_rank.min((1 << 30) - 1);
        let infinite = T::INFINITY;
        let report = Report {
            step: Step::Running,
            iterations: 0,
            residual: infinite,
            estimate: infinite,
            best: infinite,
            initial: infinite,
            reference: T::ZERO,
            target: T::ZERO,
        };
        Self {
            config: LadderConfig { passes_per_rank, ..config },
            report,
            phase: Phase::Pass,
            cursor: 0,
            rank: 0,
            window: Window::default(),
            best: infinite,
            waited: 0,
            passes: 0,
        }
    }

    pub(super) fn end(&mut self, step: Step) -> Step {
        self.report.step = step;
        step
    }

    pub(super) fn take_rank(&mut self) {
        self.rank += 1;
        self.phase = Phase::Pass;
        self.best = T::INFINITY;
        self.waited = 0;
        self.passes = 0;
    }

    /// What the recovery could say of itself when it was put away.
    #[must_use]
    pub fn report(&self) -> Report<T> {
        self.report
    }

    /// Rank reached so far.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.rank as usize
    }

    /// Number of 32-bit words that hold it; the same on every target.
    pub const WORDS: usize = <Self as Plain>::WORDS;

    /// Writes it as words, for flash or for C.
    ///
    /// # Errors
    /// `Length` unless `words` has exactly [`WORDS`](Self::WORDS) elements.
    #[inline]
    pub fn to_words(self, words: &mut [u32]) -> Result<(), Error> {
        self.write(words)
    }

    /// Takes it from words. Words that `to_words` did not write are an error or a recovery with wrong numbers, no worse.
    ///
    /// # Errors
    /// `Length` unless `words` has exactly [`WORDS`](Self::WORDS) elements, `Corrupt` where a word cannot be true.
    #[inline]
    pub fn from_words(words: &[u32]) -> Result<Self, Error> {
        Self::new(LadderConfig::new(1)).read(words)
    }
}
