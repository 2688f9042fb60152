//! What of an SSOR-preconditioned conjugate gradient solve outlives a step.

use crate::error::Error;
use crate::linear::conjugate;
use crate::linear::ssor_cg::SsorCgConfig;
use crate::real::Real;
use crate::solve::Report;
use crate::solve::words::{Choice, Code, Codec, Plain, words_of};

/// What the next rows are for. An iteration runs from `Backward` to `Direction`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// Nothing has been looked at.
    Begin = 0,
    /// v = b - A x.
    Residual = 1,
    /// g = K⁻¹ v, of which g holds v so far.
    Restart = 2,
    /// z and rho of that.
    RestartUpdate = 3,
    /// t = K'⁻¹ p and the right-hand side of the next one.
    Backward = 4,
    /// v = K⁻¹ (p + (1 - 2/omega) D t).
    Lower = 5,
    /// p't.
    DotT = 6,
    /// p'v.
    DotV = 7,
    /// x += alpha t.
    Advance = 8,
    /// g -= alpha (t + v), and what follows from it.
    Update = 9,
    /// p = v + beta p.
    Direction = 10,
    /// t = b - A x, to be held against a claim of convergence.
    Verify = 11,
}

impl Choice for Phase {
    /// It ends a solve sooner or later.
    const OTHERWISE: Self = Self::Verify;

    #[inline]
    fn number(self) -> u32 {
        self as u32
    }

    #[inline]
    fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            0 => Self::Begin,
            1 => Self::Residual,
            2 => Self::Restart,
            3 => Self::RestartUpdate,
            4 => Self::Backward,
            5 => Self::Lower,
            6 => Self::DotT,
            7 => Self::DotV,
            8 => Self::Advance,
            9 => Self::Update,
            10 => Self::Direction,
            11 => Self::Verify,
            _ => return None,
        })
    }
}

/// How far an iteration came.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Blocks<T> {
    /// The lanes of an inner product.
    pub(super) lanes: [T; 4],
    /// The product before; then the step along t, in the units of x.
    pub(super) product: T,
    /// The same in those of the recurrence; then beta for the next direction.
    pub(super) factor: T,
    /// g'z and |K g|² so far.
    pub(super) sums: [T; 2],
    pub(super) rows_per_step: u32,
    pub(super) phase: Code<Phase>,
    /// Rows done in this phase, counted in its own order.
    pub(super) cursor: u32,
    reserved: u32,
}

/// A solve put away: values, counters and scalars, no pointer. The vectors stay with the caller.
///
/// It is made of numbers alone, in the order of [`to_words`](Self::to_words): any bits are a state, and those that no
/// solve has left lead to wrong numbers and an outcome, no worse.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Checkpoint<T> {
    pub(super) common: conjugate::Checkpoint<T>,
    pub(super) blocks: Blocks<T>,
}

impl<T: Real> Plain for Checkpoint<T> {
    const WORDS: usize = conjugate::Checkpoint::<T>::WORDS + 4 + 8 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        self.common.visit(codec)?;
        let Blocks { lanes, product, factor, sums, rows_per_step, phase, cursor, reserved } = &mut self.blocks;
        for value in lanes.iter_mut().chain([product, factor]).chain(sums) {
            codec.real(value)?;
        }
        codec.number(rows_per_step)?;
        codec.code(phase)?;
        codec.number(cursor)?;
        codec.number(reserved)
    }
}

impl<T: Real> Checkpoint<T> {
    #[inline]
    pub(super) fn with(config: &SsorCgConfig<T>) -> Self {
        Self {
            common: conjugate::Checkpoint::with(&config.stopping, config.keep_best, config.omega),
            blocks: Blocks {
                lanes: [T::ZERO; 4],
                product: T::ZERO,
                factor: T::ZERO,
                sums: [T::ZERO; 2],
                rows_per_step: config.rows_per_step,
                phase: Code::new(Phase::Begin),
                cursor: 0,
                reserved: 0,
            },
        }
    }

    /// What the solve could say of itself when it was put away.
    #[must_use]
    pub fn report(&self) -> Report<T> {
        self.common.report()
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
        Self::with(&SsorCgConfig::default()).read(words)
    }
}
