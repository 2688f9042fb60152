//! The largest element and the largest magnitude.

use crate::error::Error;
use crate::operator::Prox;
use crate::prox::root::michelot;
use crate::prox::sets::{excesses, threshold_of_magnitudes};
use crate::real::Real;
use crate::vector;

/// f(x) = max |x_i|: all magnitudes are cut at the height tau at which step is cut off in sum; 0 if the sum is not more.
/// About 4 passes, n + 1 at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LInfinity;

impl<T: Real> Prox<T> for LInfinity {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        Ok(())
    }

    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        let tau = threshold_of_magnitudes(x, step);
        for x in x {
            if x.abs() > tau {
                *x = tau.with_sign_of(*x);
            }
        }
    }

    fn value(&self, x: &[T]) -> T {
        vector::max_abs(x)
    }
}

/// f(x) = max x_i: elements are cut at the height at which step is cut off in sum. About 4 passes, n + 1 at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Largest;

impl<T: Real> Prox<T> for Largest {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        Ok(())
    }

    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        let Some(first) = x.first().copied() else { return };
        let largest = x.iter().fold(first, |largest, x| largest.max(*x));
        if !largest.is_finite() {
            return;
        }
        // Relative to the largest, so that an offset costs no digits.
        let tau = michelot(-step, step, x.len(), |tau| excesses(x, |x| (x - largest) - tau));
        let height = largest + tau;
        for x in x {
            *x = x.min(height);
        }
    }

    fn value(&self, x: &[T]) -> T {
        x.iter().copied().reduce(Real::max).unwrap_or(-T::INFINITY)
    }
}
