//! What of a successive over-relaxation outlives a step.

use super::SorConfig;
use crate::error::Error;
use crate::linear::monitor::Monitor;
use crate::real::Real;
use crate::solve::Report;
use crate::solve::words::{Choice, Code, Codec, Plain, words_of};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    Begin = 0,
    Forward = 1,
    Backward = 2,
    Residual = 3,
}

impl Choice for Phase {
    /// The phase that ends a solve sooner or later.
    const OTHERWISE: Self = Self::Residual;

    #[inline]
    fn number(self) -> u32 {
        self as u32
    }

    #[inline]
    fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Begin),
            1 => Some(Self::Forward),
            2 => Some(Self::Backward),
            3 => Some(Self::Residual),
            _ => None,
        }
    }
}

/// A solve put away: values, counters and scalars, no pointer. The vectors stay with the caller.
///
/// It is made of numbers alone, in the order of [`to_words`](Self::to_words): any bits are a state, and those that no
/// solve has left lead to wrong numbers and an outcome, no worse.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Checkpoint<T> {
    pub(super) monitor: Monitor<T>,
    pub(super) omega: T,
    /// Power of two that keeps squares of residuals in range.
    pub(super) scale: T,
    pub(super) squares: T,
    pub(super) rhs: T,
    pub(super) rows_per_step: u32,
    pub(super) residual_every: u32,
    pub(super) symmetric: Code<bool>,
    pub(super) keep_best: Code<bool>,
    pub(super) phase: Code<Phase>,
    /// Rows done in this phase, counted in its own order.
    pub(super) cursor: u32,
    /// Sweeps since the last residual.
    pub(super) sweeps: u32,
    reserved: u32,
}

impl<T: Real> Plain for Checkpoint<T> {
    const WORDS: usize = Monitor::<T>::WORDS + 8 + 4 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        self.monitor.visit(codec)?;
        codec.real(&mut self.omega)?;
        codec.real(&mut self.scale)?;
        codec.real(&mut self.squares)?;
        codec.real(&mut self.rhs)?;
        codec.number(&mut self.rows_per_step)?;
        codec.number(&mut self.residual_every)?;
        codec.code(&mut self.symmetric)?;
        codec.code(&mut self.keep_best)?;
        codec.code(&mut self.phase)?;
        codec.number(&mut self.cursor)?;
        codec.number(&mut self.sweeps)?;
        codec.number(&mut self.reserved)
    }
}

impl<T: Real> Checkpoint<T> {
    #[inline]
    pub(super) fn with(config: &SorConfig<T>) -> Self {
        Self {
            monitor: Monitor::new(&config.stopping),
            omega: config.omega,
            scale: T::ONE,
            squares: T::ZERO,
            rhs: T::ZERO,
            rows_per_step: config.rows_per_step,
            residual_every: config.residual_every,
            symmetric: Code::new(config.symmetric),
            keep_best: Code::new(config.keep_best),
            phase: Code::new(Phase::Begin),
            cursor: 0,
            sweeps: 0,
            reserved: 0,
        }
    }

    /// What the solve could say of itself when it was put away.
    #[must_use]
    pub fn report(&self) -> Report<T> {
        self.monitor.report()
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
        Self::with(&SorConfig::default()).read(words)
    }
}
