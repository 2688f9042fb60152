//! The values of a solve by deep conjugate directions.

use crate::error::{Error, Field};
use crate::linear::monitor::Stopping;
use crate::real::Real;
use crate::solve::words::Choice;

/// How a new direction is made A-orthogonal to those before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(u32)]
pub enum Conjugation {
    /// By the ratio of two values of r'd, as in preconditioned conjugate gradients: for directions that are linear,
    /// symmetric and positive definite, where it makes the new direction orthogonal to all before. The cheapest.
    #[default]
    Recurrence = 0,
    /// By a projection against the last direction: m = 1. In exact arithmetic this is flexible conjugate gradients in the
    /// form of Polak and Ribiere, since r_old - r = alpha A p.
    Previous = 1,
    /// By projections against the last two directions, both of the raw direction: m = 2, as published.
    PreviousTwo = 2,
}

impl Choice for Conjugation {
    const OTHERWISE: Self = Self::Recurrence;

    #[inline]
    fn number(self) -> u32 {
        self as u32
    }

    #[inline]
    fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Recurrence),
            1 => Some(Self::Previous),
            2 => Some(Self::PreviousTwo),
            _ => None,
        }
    }
}

impl Conjugation {
    /// The choice with this number, if there is one.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        <Self as Choice>::from_number(number)
    }

    /// Vectors of n elements this choice needs: r and, for each direction kept, p and A p; a projection also needs the
    /// raw direction.
    pub(super) const fn vectors(self) -> usize {
        match self {
            Self::Recurrence => 3,
            Self::Previous => 4,
            Self::PreviousTwo => 6,
        }
    }
}

/// Values of a solve by deep conjugate directions.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct DcdConfig<T> {
    /// When to stop.
    pub stopping: Stopping<T>,
    /// Where x is kept in two words: the relative residual at which the first word is left as it is, the residual is
    /// recomputed from it, and the second word begins; in (0, 1).
    pub refine_at: T,
    /// How directions are made A-orthogonal.
    pub conjugation: Conjugation,
    /// Whether the workspace holds a second word of x. In f32 one word of x alone leaves a relative residual of about 4e-6
    /// on 64 x 64 cells and 1.5e-5 on 128 x 128; two leave less than 1e-7.
    pub two_words: bool,
    /// Whether a direction that fails is left for good. Without it a failure ends the solve.
    pub safeguard: bool,
}

impl<T: Real> Default for DcdConfig<T> {
    /// The recurrence, x in one word, with the safeguard.
    fn default() -> Self {
        Self {
            stopping: Stopping::default(),
            refine_at: T::from_f32(1e-4),
            conjugation: Conjugation::Recurrence,
            two_words: false,
            safeguard: true,
        }
    }
}

impl<T: Real> DcdConfig<T> {
    /// Looks at the values, for a direction that is symmetric or not.
    ///
    /// # Errors
    /// `NotFinite` (tolerance; index 3 is `refine_at`), `OutOfRange` (tolerance, iterations, or `Field::Preconditioner`: the
    /// recurrence needs a direction that says it is symmetric).
    pub fn check(&self, is_symmetric: bool) -> Result<(), Error> {
        self.stopping.check()?;
        if !self.refine_at.is_finite() {
            return Err(Error::NotFinite { field: Field::Tolerance, index: 3 });
        }
        if self.refine_at <= T::ZERO || self.refine_at >= T::ONE {
            return Err(Error::OutOfRange { field: Field::Tolerance, index: 3 });
        }
        if self.conjugation == Conjugation::Recurrence && !is_symmetric {
            return Err(Error::OutOfRange { field: Field::Preconditioner, index: 0 });
        }
        Ok(())
    }
}
