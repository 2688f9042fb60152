//! The values of the subgradient method.

use crate::error::{Error, Field};
use crate::real::Real;

/// The step size; all gains are in units in which a step of 1 removes the whole error of X along its largest direction.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Schedule<T> {
    /// `gain` times the mean |residual|, like Polyak's step: published for measurements without outliers.
    Polyak {
        /// Positive; 0.5 is safe.
        gain: T,
    },
    /// `first` times `decay` to the power t: published for measurements with outliers. Rate and first step have to be found
    /// for each kind of problem: too fast a decay stops before the small start has grown.
    Geometric {
        /// Positive, relative to the typical measurement.
        first: T,
        /// In (0, 1).
        decay: T,
    },
    /// `gain` times the 30 % quantile of |residual|: no rate to find, whatever the outliers.
    Quantile {
        /// Positive; 0.5 is safe.
        gain: T,
    },
}

/// The small start.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Start {
    /// `size` times B, BB' the positive semidefinite part of rank r' of the sum of sgn(y_i) A_i / m.
    Spectral,
    /// `size` times random columns.
    Random {
        /// Of the generator.
        seed: u64,
    },
    /// The factor as it is.
    Given,
}

/// Values of the subgradient method.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SubgmConfig<T> {
    /// Columns r' of the factor, 1 to n.
    pub columns: u32,
    /// Size alpha of the start relative to X*, positive.
    pub size: T,
    /// What the start is.
    pub start: Start,
    /// The step size.
    pub schedule: Schedule<T>,
    /// Passes at most, at least 1.
    pub max_iterations: u32,
    /// `Converged` when the 30 % quantile of |residual| falls below this, in units of the typical measurement; at least 0.
    pub tolerance: T,
}

impl<T: Real> SubgmConfig<T> {
    /// A spectral start of size 1e-3, quantile steps of gain 0.5, 1000 passes, tolerance 1e-5.
    #[must_use]
    pub fn new(columns: u32) -> Self {
        Self {
            columns,
            size: T::from_f64(1e-3),
            start: Start::Spectral,
            schedule: Schedule::Quantile { gain: T::from_f64(0.5) },
            max_iterations: 1000,
            tolerance: T::from_f64(1e-5),
        }
    }

    pub(super) fn check(&self, n: usize) -> Result<(), Error> {
        if self.columns == 0 || self.columns as usize > n {
            return Err(Error::OutOfRange { field: Field::Rank, index: n });
        }
        if self.max_iterations == 0 {
            return Err(Error::OutOfRange { field: Field::Iterations, index: 0 });
        }
        let positive = |value: T| value > T::ZERO && value.is_finite();
        let schedule = match self.schedule {
            Schedule::Polyak { gain } | Schedule::Quantile { gain } => positive(gain),
            Schedule::Geometric { first, decay } => positive(first) && decay > T::ZERO && decay < T::ONE,
        };
        if !schedule || !positive(self.size) {
            return Err(Error::OutOfRange { field: Field::Configuration, index: usize::from(schedule) });
        }
        if !(self.tolerance >= T::ZERO && self.tolerance.is_finite()) {
            return Err(Error::OutOfRange { field: Field::Tolerance, index: 0 });
        }
        Ok(())
    }
}
