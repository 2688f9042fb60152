//! What a caller says about the end of a solve.

use crate::error::{Error, Field};
use crate::real::Real;
use crate::solve::words::Choice;

/// What the relative tolerance refers to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(u32)]
pub enum Reference {
    /// |b|: a warm start pays off.
    #[default]
    RightHandSide = 0,
    /// The residual norm of the starting guess.
    InitialResidual = 1,
}

impl Reference {
    /// The choice with this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::RightHandSide),
            1 => Some(Self::InitialResidual),
            _ => None,
        }
    }
}

/// When to stop. The target is max(`absolute`, `relative` x reference), in the unpreconditioned 2-norm.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct Stopping<T> {
    /// Relative tolerance, at least 0. Below about 10 epsilon x condition number it cannot be met: `Stagnated` follows.
    pub relative: T,
    /// Absolute tolerance in units of b, at least 0.
    pub absolute: T,
    /// A residual beyond this factor times the initial one is `Diverged`; more than 1. Sweeps may grow at first.
    pub divergence: T,
    /// Iterations at most; at least 1.
    pub max_iterations: u32,
    /// `Stagnated` after this many iterations without a gain of 2 %; 0 chooses max(50, n / 50) for sweeps and
    /// max(50, n) for conjugate gradients, whose residual may rest for long and then fall. A residual that rises is given
    /// another window for each rise by a quarter.
    pub stagnation_window: u32,
    /// What `relative` refers to.
    pub reference: Reference,
}

impl<T: Real> Default for Stopping<T> {
    /// 1e-5 relative to |b|, 10,000 iterations at most.
    fn default() -> Self {
        Self {
            relative: T::from_f32(1e-5),
            absolute: T::ZERO,
            divergence: T::from_f32(1e4),
            max_iterations: 10_000,
            stagnation_window: 0,
            reference: Reference::RightHandSide,
        }
    }
}

impl Choice for Reference {
    const OTHERWISE: Self = Self::RightHandSide;

    #[inline]
    fn number(self) -> u32 {
        self as u32
    }

    #[inline]
    fn from_number(number: u32) -> Option<Self> {
        Self::from_number(number)
    }
}

impl<T: Real> Stopping<T> {
    /// The same with another relative tolerance.
    #[must_use]
    pub fn with_relative(self, relative: T) -> Self {
        Self { relative, ..self }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        for (index, tolerance) in [self.relative, self.absolute, self.divergence].into_iter().enumerate() {
            if !tolerance.is_finite() {
                return Err(Error::NotFinite { field: Field::Tolerance, index });
            }
            let smallest = if index == 2 { T::ONE } else { T::ZERO };
            if tolerance < smallest {
                return Err(Error::OutOfRange { field: Field::Tolerance, index });
            }
        }
        if self.max_iterations == 0 {
            return Err(Error::OutOfRange { field: Field::Iterations, index: 0 });
        }
        Ok(())
    }
}
