//! What of a solve by deep conjugate directions outlives a step.

use super::config::{Conjugation, DcdConfig};
use crate::error::Error;
use crate::linear::monitor::Monitor;
use crate::real::Real;
use crate::solve::words::{Code, Codec, Plain, words_of};
use crate::solve::{Report, Step};

/// Iterations in which the residual has to halve while the direction is trusted.
pub(super) const WINDOW: usize = 8;

/// A solve put away: values, counters and scalars, no pointer. The vectors stay with the caller.
///
/// It is made of numbers alone, in the order of [`to_words`](Self::to_words): any bits are a state, and those that no
/// solve has left lead to wrong numbers and an outcome, no worse.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Checkpoint<T> {
    pub(super) monitor: Monitor<T>,
    pub(super) refine_at: T,
    /// r'd of the scaled recurrence.
    pub(super) rho: T,
    /// Power of two between r and the residual.
    pub(super) scale: T,
    /// Recomputed residual at the last verification.
    pub(super) verified: T,
    /// p'Ap of the directions kept.
    pub(super) curvature: [T; 2],
    /// Norms of the last iterations, one in each place modulo the window.
    pub(super) norms: [T; WINDOW],
    pub(super) conjugation: Code<Conjugation>,
    pub(super) two_words: Code<bool>,
    pub(super) safeguard: Code<bool>,
    /// Whether r and p hold a recurrence.
    pub(super) running: Code<bool>,
    /// Whether the second word of x has begun.
    pub(super) refined: Code<bool>,
    /// Whether r was replaced since the last direction, so that r'd is not r'p.
    pub(super) replaced: Code<bool>,
    /// Which pair of vectors holds the newest direction, and how many hold one.
    pub(super) newest: u32,
    pub(super) kept: u32,
    /// Iterations since the safeguard began to look.
    pub(super) age: u32,
    /// One more than the iteration after which the direction was left; 0 while it is trusted.
    pub(super) handed_over: u32,
    /// The first iteration whose recursive residual met the target; 0 before it.
    pub(super) claimed: u32,
    reserved: u32,
}

impl<T: Real> Plain for Checkpoint<T> {
    const WORDS: usize = Monitor::<T>::WORDS + 12 + (6 + WINDOW) * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        self.monitor.visit(codec)?;
        let scalars = [&mut self.refine_at, &mut self.rho, &mut self.scale, &mut self.verified];
        for real in scalars.into_iter().chain(&mut self.curvature).chain(&mut self.norms) {
            codec.real(real)?;
        }
        codec.code(&mut self.conjugation)?;
        for flag in [&mut self.two_words, &mut self.safeguard, &mut self.running, &mut self.refined, &mut self.replaced]
        {
            codec.code(flag)?;
        }
        for number in [&mut self.newest, &mut self.kept, &mut self.age, &mut self.handed_over, &mut self.claimed] {
            codec.number(number)?;
        }
        codec.number(&mut self.reserved)?;
        codec.require(self.newest < 2 && self.kept <= 2)
    }
}

impl<T: Real> Checkpoint<T> {
    #[inline]
    pub(super) fn with(config: &DcdConfig<T>) -> Self {
        Self {
            monitor: Monitor::new(&config.stopping),
            refine_at: config.refine_at,
            rho: T::ZERO,
            scale: T::ONE,
            verified: T::INFINITY,
            curvature: [T::ONE; 2],
            norms: [T::INFINITY; WINDOW],
            conjugation: Code::new(config.conjugation),
            two_words: Code::new(config.two_words),
            safeguard: Code::new(config.safeguard),
            running: Code::new(false),
            refined: Code::new(false),
            replaced: Code::new(false),
            newest: 0,
            kept: 0,
            age: 0,
            handed_over: 0,
            claimed: 0,
            reserved: 0,
        }
    }

    /// The state of no solve: a step answers `Breakdown` and does nothing.
    #[must_use]
    pub fn idle() -> Self {
        let mut state = Self::with(&DcdConfig::default());
        let _ = state.monitor.end(Step::Breakdown);
        state
    }

    /// What the solve could say of itself when it was put away.
    #[must_use]
    pub fn report(&self) -> Report<T> {
        self.monitor.report()
    }

    /// The iterations done with the direction, if the solve has gone on without it.
    #[must_use]
    pub fn handed_over(&self) -> Option<u32> {
        self.handed_over.checked_sub(1)
    }

    /// The first iteration whose recursive residual met the target, whatever the recomputed one then said.
    #[must_use]
    pub fn claimed(&self) -> Option<u32> {
        if self.claimed == 0 { None } else { Some(self.claimed) }
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
        Self::with(&DcdConfig::default()).read(words)
    }
}
