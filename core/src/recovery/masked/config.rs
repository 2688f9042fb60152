//! The values of a robust matrix completion.

use crate::error::{Error, Field};
use crate::real::Real;

/// Values of a robust matrix completion.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct MaskedConfig<T> {
    /// Rank to begin with, at least 1.
    pub rank: u32,
    /// Largest rank to try, at least `rank`: what memory allows.
    pub rank_max: u32,
    /// Attempts at each rank, at least 1.
    pub attempts: u32,
    /// An entry fits when it is this near, in units of the median |Y|; in (0, 0.5]. Set it to a few times the noise.
    pub tolerance: T,
    /// Share of the known entries of each row and each column that has to fit; in (0, 1).
    pub share: T,
    /// Share of all known entries that has to fit; in (0, 1).
    pub share_of_all: T,
}

impl<T: Real> MaskedConfig<T> {
    /// This rank alone, eight attempts; entries fit within 1e-3, a third of each row and column, half of all.
    #[must_use]
    pub fn new(rank: u32) -> Self {
        Self {
            rank,
            rank_max: rank,
            attempts: 8,
            tolerance: T::from_f64(1e-3),
            share: T::from_f64(0.34),
            share_of_all: T::from_f64(0.5),
        }
    }

    pub(super) fn check(&self, largest: usize) -> Result<(), Error> {
        if self.rank == 0 || self.rank > self.rank_max || self.rank_max as usize > largest {
            return Err(Error::OutOfRange { field: Field::Rank, index: largest });
        }
        if self.attempts == 0 {
            return Err(Error::OutOfRange { field: Field::Iterations, index: 0 });
        }
        if !(self.tolerance > T::ZERO && self.tolerance <= T::from_f64(0.5)) {
            return Err(Error::OutOfRange { field: Field::Tolerance, index: 0 });
        }
        for (index, share) in [self.share, self.share_of_all].into_iter().enumerate() {
            if !(share > T::ZERO && share < T::ONE) {
                return Err(Error::OutOfRange { field: Field::Configuration, index });
            }
        }
        Ok(())
    }
}
