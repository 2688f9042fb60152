//! What of an alternating minimisation outlives a step.

use super::{CompletionConfig, Inner, START};
use crate::error::Error;
use crate::linear::monitor::Monitor;
use crate::real::Real;
use crate::solve::Report;
use crate::solve::words::{Code, Codec, Plain, words_of};

/// A completion put away: values, counters and scalars, no pointer. Factors and workspace stay with the caller.
///
/// It is made of numbers alone, in the order of [`to_words`](Self::to_words): any bits are a state, and those that no
/// completion has left lead to wrong numbers and an outcome, no worse.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Checkpoint<T> {
    pub(super) monitor: Monitor<T>,
    pub(super) accuracy: T,
    reserved: T,
    pub(super) rank: u32,
    /// Inner steps a row at most; 0 for exact solves.
    pub(super) steps: u32,
    /// Sweeps of a seeded start still to do.
    pub(super) start: u32,
    seed_low: u32,
    seed_high: u32,
    pub(super) begun: Code<bool>,
    /// Inner steps taken in all.
    pub(super) inner_steps: u32,
    reserved_number: u32,
}

impl<T: Real> Plain for Checkpoint<T> {
    const WORDS: usize = Monitor::<T>::WORDS + 8 + 2 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        self.monitor.visit(codec)?;
        codec.real(&mut self.accuracy)?;
        codec.real(&mut self.reserved)?;
        let counts = [&mut self.rank, &mut self.steps, &mut self.start, &mut self.seed_low, &mut self.seed_high];
        for number in counts {
            codec.number(number)?;
        }
        codec.code(&mut self.begun)?;
        codec.number(&mut self.inner_steps)?;
        codec.number(&mut self.reserved_number)
    }
}

impl<T: Real> Checkpoint<T> {
    pub(super) fn with(config: &CompletionConfig<T>) -> Self {
        let (steps, accuracy) = match config.inner {
            Inner::Exact => (0, T::ZERO),
            Inner::Inexact { steps, accuracy } => (steps, accuracy),
        };
        let seed = config.seed.unwrap_or(0);
        Self {
            monitor: Monitor::new(&config.stopping),
            accuracy,
            reserved: T::ZERO,
            rank: config.rank,
            steps,
            start: if config.seed.is_some() { START } else { 0 },
            seed_low: u32::try_from(seed & 0xffff_ffff).unwrap_or(0),
            seed_high: u32::try_from(seed >> 32).unwrap_or(0),
            begun: Code::new(false),
            inner_steps: 0,
            reserved_number: 0,
        }
    }

    pub(super) fn seed(&self) -> u64 {
        u64::from(self.seed_high) << 32 | u64::from(self.seed_low)
    }

    /// What the completion could say of itself when it was put away.
    #[must_use]
    pub fn report(&self) -> Report<T> {
        self.monitor.report()
    }

    /// Rank of the factors.
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
        Self::with(&CompletionConfig::new(1)).read(words)
    }
}
