//! The values of a rank ladder.

use crate::error::{Error, Field};
use crate::real::Real;

/// Values of a rank ladder; the default ones are meant to stay.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct LadderConfig<T> {
    /// Largest rank to try, at least 1: what memory allows.
    pub rank_max: u32,
    /// Passes at one rank at most, at least 1.
    pub passes_per_rank: u32,
    /// Measurements one `step` may visit, rounded up to the granule of the operator; 0 for a whole pass.
    pub measurements_per_step: u32,
    /// A fit is certified below this, in units of the typical measurement; in (0, 1e-2]. Set it to the noise of the
    /// measurements, a few times over, where they have some.
    pub certificate: T,
    /// The fit at which there is nothing more to gain, in the same units; at most `certificate`.
    pub target: T,
}

impl<T: Real> LadderConfig<T> {
    /// Ranks up to `rank_max`, 300 passes each, certificate 1e-5, target 1e-7 (f32) or 1e-8 (f64).
    #[must_use]
    pub fn new(rank_max: u32) -> Self {
        Self {
            rank_max,
            passes_per_rank: 300,
            measurements_per_step: 0,
            certificate: T::from_f64(1e-5),
            target: T::EPSILON.max(T::from_f64(1e-8)) * T::from_f64(0.84),
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if self.rank_max == 0 {
            return Err(Error::OutOfRange { field: Field::Rank, index: 0 });
        }
        if self.passes_per_rank == 0 {
            return Err(Error::OutOfRange { field: Field::Iterations, index: 0 });
        }
        for (index, tolerance) in [self.certificate, self.target].into_iter().enumerate() {
            if !tolerance.is_finite() {
                return Err(Error::NotFinite { field: Field::Tolerance, index });
            }
        }
        if !(self.certificate > T::ZERO && self.certificate <= T::from_f64(1e-2)) {
            return Err(Error::OutOfRange { field: Field::Tolerance, index: 0 });
        }
        if self.target < T::ZERO || self.target > self.certificate {
            return Err(Error::OutOfRange { field: Field::Tolerance, index: 1 });
        }
        Ok(())
    }
}
