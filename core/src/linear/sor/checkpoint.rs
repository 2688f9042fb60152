//! What of a successive over-relaxation outlives a step.

use crate::error::Error;
use crate::linear::SorConfig;
use crate::linear::monitor::{Monitor, Stopping};
use crate::real::Real;
use crate::solve::Report;
use crate::solve::words::{Codec, Plain, words_of};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    Begin = 0,
    Forward = 1,
    Backward = 2,
    Residual = 3,
}

impl Phase {
    const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Begin),
            1 => Some(Self::Forward),
            2 => Some(Self::Backward),
            3 => Some(Self::Residual),
            _ => None,
        }
    }
}

/// A solve put away: configuration, counters and scalars, no pointer. The vectors stay with the caller.
#[derive(Clone, Copy, Debug)]
pub struct Checkpoint<T> {
    pub(super) config: SorConfig<T>,
    pub(super) monitor: Monitor<T>,
    pub(super) phase: Phase,
    /// Rows done in this phase, counted in its own order.
    pub(super) cursor: usize,
    /// Sweeps since the last residual.
    pub(super) sweeps: u32,
    /// Power of two that keeps squares of residuals in range.
    pub(super) scale: T,
    pub(super) squares: T,
    pub(super) rhs: T,
}

impl<T: Real> Plain for Checkpoint<T> {
    const WORDS: usize = Stopping::<T>::WORDS + Monitor::<T>::WORDS + 8 + 4 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        codec.real(&mut self.config.omega)?;
        self.config.stopping.visit(codec)?;
        codec.number(&mut self.config.rows_per_step)?;
        codec.number(&mut self.config.residual_every)?;
        codec.flag(&mut self.config.symmetric)?;
        codec.flag(&mut self.config.keep_best)?;
        self.monitor.visit(codec)?;
        self.phase = codec.choice(self.phase as u32, Phase::from_number)?;
        codec.size(&mut self.cursor)?;
        codec.number(&mut self.sweeps)?;
        codec.real(&mut self.scale)?;
        codec.real(&mut self.squares)?;
        codec.real(&mut self.rhs)
    }
}

impl<T: Real> Checkpoint<T> {
    pub(super) fn new(config: SorConfig<T>) -> Self {
        Self {
            config,
            monitor: Monitor::new(),
            phase: Phase::Begin,
            cursor: 0,
            sweeps: 0,
            scale: T::ONE,
            squares: T::ZERO,
            rhs: T::ZERO,
        }
    }

    /// What the solve could say of itself when it was put away.
    #[must_use]
    pub fn report(&self) -> Report<T> {
        self.monitor.report()
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

    /// Takes it from words. Words that `to_words` did not write are an error or a solve with wrong numbers, no worse.
    ///
    /// # Errors
    /// `Length` unless `words` has exactly [`WORDS`](Self::WORDS) elements, `Corrupt` where a word cannot be true.
    #[inline]
    pub fn from_words(words: &[u32]) -> Result<Self, Error> {
        Self::new(SorConfig::default()).read(words)
    }
}
