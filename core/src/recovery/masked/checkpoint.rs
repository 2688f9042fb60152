//! What of a robust matrix completion outlives a step.

use super::MaskedConfig;
use crate::error::Error;
use crate::real::Real;
use crate::recovery::entries::{entry, near, row};
use crate::solve::words::{Choice, Code, Codec, Plain, words_of};
use crate::solve::{Report, Step};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    Begin = 0,
    Start = 1,
    Descend = 2,
    Repair = 3,
    Polish = 4,
}

impl Choice for Phase {
    const OTHERWISE: Self = Self::Begin;

    #[inline]
    fn number(self) -> u32 {
        self as u32
    }

    #[inline]
    fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Begin),
            1 => Some(Self::Start),
            2 => Some(Self::Descend),
            3 => Some(Self::Repair),
            4 => Some(Self::Polish),
            _ => None,
        }
    }
}

/// A certified attempt, to be run again if the next rank is no better.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Candidate {
    /// 0 for none.
    pub(super) rank: u32,
    pub(super) attempt: u32,
    /// Entries that fit.
    pub(super) fitting: u32,
}

/// A robust matrix completion put away: values, counters and scalars, no pointer. Factors and workspace stay with the caller.
///
/// It is made of numbers alone, in the order of [`to_words`](Self::to_words): any bits are a state, and those that no
/// recovery has left are refused or lead to wrong numbers and an outcome, no worse.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Checkpoint<T> {
    pub(super) tolerance: T,
    pub(super) share: T,
    pub(super) share_of_all: T,
    pub(super) residual: T,
    /// The threshold of the last sweep.
    pub(super) estimate: T,
    pub(super) best: T,
    pub(super) initial: T,
    pub(super) median: T,
    pub(super) threshold: T,
    pub(super) rank_max: u32,
    pub(super) attempts: u32,
    pub(super) step: Code<Step>,
    pub(super) iterations: u32,
    pub(super) phase: Code<Phase>,
    /// Steps done in this phase.
    pub(super) round: u32,
    pub(super) rank: u32,
    pub(super) attempt: u32,
    /// Entries that fit, as the last certificate found them.
    pub(super) fitting: u32,
    pub(super) candidate: Candidate,
}

impl<T: Real> Plain for Checkpoint<T> {
    const WORDS: usize = 12 + 9 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        let rules = [&mut self.tolerance, &mut self.share, &mut self.share_of_all];
        let reported = [&mut self.residual, &mut self.estimate, &mut self.best, &mut self.initial];
        for real in rules.into_iter().chain(reported).chain([&mut self.median, &mut self.threshold]) {
            codec.real(real)?;
        }
        codec.number(&mut self.rank_max)?;
        codec.number(&mut self.attempts)?;
        codec.code(&mut self.step)?;
        codec.number(&mut self.iterations)?;
        codec.code(&mut self.phase)?;
        let here = [&mut self.round, &mut self.rank, &mut self.attempt, &mut self.fitting];
        let Candidate { rank, attempt, fitting } = &mut self.candidate;
        for number in here.into_iter().chain([rank, attempt, fitting]) {
            codec.number(number)?;
        }
        let holds = self.holds();
        codec.require(holds)
    }
}

impl<T: Real> Checkpoint<T> {
    pub(super) fn with(config: &MaskedConfig<T>) -> Self {
        let infinite = T::INFINITY;
        Self {
            tolerance: config.tolerance,
            share: config.share,
            share_of_all: config.share_of_all,
            residual: infinite,
            estimate: infinite,
            best: infinite,
            initial: infinite,
            median: T::ZERO,
            threshold: T::ZERO,
            rank_max: config.rank_max,
            attempts: config.attempts,
            step: Code::new(Step::Running),
            iterations: 0,
            phase: Code::new(Phase::Begin),
            round: 0,
            rank: config.rank,
            attempt: 0,
            fitting: 0,
            candidate: Candidate { rank: 0, attempt: 0, fitting: 0 },
        }
    }

    /// Whether the ranks can be true.
    pub(super) const fn holds(&self) -> bool {
        self.rank > 0 && self.rank <= self.rank_max && self.candidate.rank <= self.rank_max
    }

    pub(super) fn end(&mut self, step: Step) -> Step {
        self.step.set(step);
        step
    }

    pub(super) fn enter(&mut self, phase: Phase) {
        self.phase.set(phase);
        self.round = 0;
    }

    /// Takes note of the root mean square over the entries that count.
    pub(super) fn note(&mut self, squares: T, kept: u32) {
        self.residual = (squares / T::from_u32(kept.max(1))).sqrt();
        self.best = self.best.min(self.residual);
    }

    /// The distance within which an entry fits; 0 before the first step.
    #[must_use]
    pub fn fit(&self) -> T {
        self.tolerance * self.median
    }

    /// The element (i, j) of X = L R', from the factors that lie row after row; 0 beyond their ends.
    #[must_use]
    pub fn element(&self, left: &[T], right: &[T], i: usize, j: usize) -> T {
        row(left, i, self.rank as usize).map_or(T::ZERO, |l| entry(right, j, l))
    }

    /// Whether a value is in error: further from X than the tolerance, or no number. Of use once certified.
    #[must_use]
    pub fn is_outlier(&self, left: &[T], right: &[T], i: usize, j: usize, value: T) -> bool {
        !near(value, self.element(left, right, i, j), self.fit())
    }

    /// What the recovery could say of itself when it was put away.
    #[must_use]
    pub fn report(&self) -> Report<T> {
        Report {
            step: self.step.get(),
            iterations: self.iterations,
            residual: self.residual,
            estimate: self.estimate,
            best: self.best,
            initial: self.initial,
            reference: self.median,
            target: self.fit(),
        }
    }

    /// Largest rank to try.
    #[must_use]
    pub const fn rank_max(&self) -> u32 {
        self.rank_max
    }

    /// Rank of the attempt; the certified one once the outcome is `Converged`.
    #[must_use]
    pub const fn rank(&self) -> u32 {
        self.rank
    }

    /// Number of 32-bit words that hold it; the same on every target.
    pub const WORDS: usize = <Self as Plain>::WORDS;

    /// Writes it as words, for flash.
    ///
    /// # Errors
    /// `Length` unless `words` has exactly [`WORDS`](Self::WORDS) elements, `Corrupt` if the ranks cannot be true.
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
        Self::with(&MaskedConfig::new(1)).read(words)
    }
}
