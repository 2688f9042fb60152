//! The values of an alternating minimisation.

use crate::error::{Error, Field};
use crate::linear::Stopping;
use crate::real::Real;

/// Inner steps at most.
pub(super) const STEPS: u32 = 1000;

/// How a row is solved.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Inner<T> {
    /// By r x r normal equations: r (r + 5) / 2 multiplications an entry. Less work up to a rank of about 8.
    Exact,
    /// By conjugate gradients from the row of the last sweep: 2 r multiplications an entry and step.
    Inexact {
        /// Steps at most, 1 to 1000; r of them would do without rounding.
        steps: u32,
        /// Ends a row when the preconditioned residual has fallen to this share of what it was; in [0, 1).
        accuracy: T,
    },
}

/// Values of an alternating minimisation.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CompletionConfig<T> {
    /// Rank r of the factors, at least 1.
    pub rank: u32,
    /// When to stop; the residual is the 2-norm over all known entries, what `relative` refers to that of their values.
    pub stopping: Stopping<T>,
    /// How a row is solved.
    pub inner: Inner<T>,
    /// Seed of the start, a few rounds of subspace iteration on the known entries from a random right factor; none to start
    /// from the factors as they are.
    pub seed: Option<u64>,
}

impl<T: Real> CompletionConfig<T> {
    /// Exact row solves, 1e-5 relative, at most 500 sweeps, a seeded start.
    #[must_use]
    pub fn new(rank: u32) -> Self {
        let stopping = Stopping { max_iterations: 500, ..Stopping::default() };
        Self { rank, stopping, inner: Inner::Exact, seed: Some(0) }
    }

    pub(super) fn check(&self, largest: usize) -> Result<(), Error> {
        if self.rank == 0 || self.rank as usize > largest {
            return Err(Error::OutOfRange { field: Field::Rank, index: largest });
        }
        self.stopping.check()?;
        if let Inner::Inexact { steps, accuracy } = self.inner {
            if steps == 0 || steps > STEPS {
                return Err(Error::OutOfRange { field: Field::Iterations, index: 1 });
            }
            if !(accuracy >= T::ZERO && accuracy < T::ONE) {
                return Err(Error::OutOfRange { field: Field::Tolerance, index: 3 });
            }
        }
        Ok(())
    }
}
