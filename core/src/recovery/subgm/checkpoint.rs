//! What of a subgradient method outlives a step.

use super::{Schedule, Start, SubgmConfig};
use crate::error::Error;
use crate::real::Real;
use crate::recovery::histogram::Window;
use crate::solve::words::{Choice, Code, Codec, Plain, words_of};
use crate::solve::{Report, Step};

/// A schedule without its values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rule {
    Polyak = 0,
    Geometric = 1,
    Quantile = 2,
}

impl Choice for Rule {
    const OTHERWISE: Self = Self::Quantile;

    #[inline]
    fn number(self) -> u32 {
        self as u32
    }

    #[inline]
    fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Polyak),
            1 => Some(Self::Geometric),
            2 => Some(Self::Quantile),
            _ => None,
        }
    }
}

/// A start without its seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Begin {
    Spectral = 0,
    Random = 1,
    Given = 2,
}

impl Choice for Begin {
    const OTHERWISE: Self = Self::Given;

    #[inline]
    fn number(self) -> u32 {
        self as u32
    }

    #[inline]
    fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Spectral),
            1 => Some(Self::Random),
            2 => Some(Self::Given),
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
    pub(super) size: T,
    /// Of the next step, for a geometric schedule.
    pub(super) gain: T,
    pub(super) decay: T,
    pub(super) tolerance: T,
    pub(super) fit: T,
    pub(super) mean: T,
    pub(super) best: T,
    pub(super) initial: T,
    pub(super) reference: T,
    reserved: T,
    pub(super) columns: u32,
    pub(super) begin: Code<Begin>,
    seed_low: u32,
    seed_high: u32,
    pub(super) rule: Code<Rule>,
    pub(super) max_iterations: u32,
    pub(super) step: Code<Step>,
    pub(super) iterations: u32,
    pub(super) window: u32,
    pub(super) begun: Code<bool>,
}

impl<T: Real> Plain for Checkpoint<T> {
    const WORDS: usize = 10 + 10 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        let rules = [&mut self.size, &mut self.gain, &mut self.decay, &mut self.tolerance];
        let found = [&mut self.fit, &mut self.mean, &mut self.best, &mut self.initial, &mut self.reference];
        for real in rules.into_iter().chain(found).chain([&mut self.reserved]) {
            codec.real(real)?;
        }
        codec.number(&mut self.columns)?;
        codec.code(&mut self.begin)?;
        codec.number(&mut self.seed_low)?;
        codec.number(&mut self.seed_high)?;
        codec.code(&mut self.rule)?;
        codec.number(&mut self.max_iterations)?;
        codec.code(&mut self.step)?;
        codec.number(&mut self.iterations)?;
        codec.number(&mut self.window)?;
        codec.code(&mut self.begun)?;
        codec.require(self.window < 1 << 12)
    }
}

impl<T: Real> Checkpoint<T> {
    pub(super) fn with(config: &SubgmConfig<T>) -> Self {
        let (begin, seed) = match config.start {
            Start::Spectral => (Begin::Spectral, 0),
            Start::Random { seed } => (Begin::Random, seed),
            Start::Given => (Begin::Given, 0),
        };
        let (rule, gain, decay) = match config.schedule {
            Schedule::Polyak { gain } => (Rule::Polyak, gain, T::ONE),
            Schedule::Geometric { first, decay } => (Rule::Geometric, first, decay),
            Schedule::Quantile { gain } => (Rule::Quantile, gain, T::ONE),
        };
        let infinite = T::INFINITY;
        Self {
            size: config.size,
            gain,
            decay,
            tolerance: config.tolerance,
            fit: infinite,
            mean: infinite,
            best: infinite,
            initial: infinite,
            reference: T::ZERO,
            reserved: T::ZERO,
            columns: config.columns,
            begin: Code::new(begin),
            seed_low: u32::try_from(seed & 0xffff_ffff).unwrap_or(0),
            seed_high: u32::try_from(seed >> 32).unwrap_or(0),
            rule: Code::new(rule),
            max_iterations: config.max_iterations,
            step: Code::new(Step::Running),
            iterations: 0,
            window: 0,
            begun: Code::new(false),
        }
    }

    pub(super) fn seed(&self) -> u64 {
        u64::from(self.seed_high) << 32 | u64::from(self.seed_low)
    }

    /// The histogram's window; scrambled bits are one too.
    pub(super) const fn window(&self) -> Window {
        Window(self.window & 0xfff)
    }

    pub(super) fn end(&mut self, step: Step) -> Step {
        self.step.set(step);
        step
    }

    /// What the recovery could say of itself when it was put away.
    #[must_use]
    pub fn report(&self) -> Report<T> {
        Report {
            step: self.step.get(),
            iterations: self.iterations,
            residual: self.fit,
            estimate: self.mean,
            best: self.best,
            initial: self.initial,
            reference: self.reference,
            target: self.tolerance * self.reference,
        }
    }

    /// Columns of the factor.
    #[must_use]
    pub const fn columns(&self) -> u32 {
        self.columns
    }

    /// Number of 32-bit words that hold it; the same on every target.
    pub const WORDS: usize = <Self as Plain>::WORDS;

    /// Writes it as words, for flash.
    ///
    /// # Errors
    /// `Length` unless `words` has exactly [`WORDS`](Self::WORDS) elements, `Corrupt` if the window cannot be true.
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
        Self::with(&SubgmConfig::new(1)).read(words)
    }
}
