//! Balls of the L1 norm.

use super::{indicator, rounding, threshold_of_magnitudes};
use crate::error::Error;
use crate::operator::Prox;
use crate::prox::penalty::{positive, weights};
use crate::prox::root::michelot;
use crate::real::Real;

/// sum of |x_i| <= r: the soft threshold by the tau of the simplex of the magnitudes; v if it is inside. About 4 passes, n + 2
/// at most.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct L1Ball<T> {
    /// r, above 0.
    pub radius: T,
}

impl<T: Real> Prox<T> for L1Ball<T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        positive(0, self.radius)
    }

    fn prox(&self, x: &mut [T], _step: T, _scratch: &mut [T]) {
        let tau = threshold_of_magnitudes(x, self.radius);
        if tau > T::ZERO {
            for x in x {
                *x = x.soft_threshold(tau);
            }
        }
    }

    fn value(&self, x: &[T]) -> T {
        let sum = x.iter().fold(T::ZERO, |sum, x| sum + x.abs());
        indicator(sum <= self.radius + rounding(x.len(), self.radius))
    }
}

/// sum of w_i |x_i| <= r: the soft threshold by tau w_i. About 5 passes of 2 multiplications an element, n + 1 at most; then
/// once more from where that ends, mostly 2 passes, which takes away the rounding of a long way.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct WeightedL1Ball<'a, T> {
    /// w_i, at least 0.
    pub weights: &'a [T],
    /// r, above 0.
    pub radius: T,
}

impl<T: Real> Prox<T> for WeightedL1Ball<'_, T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
        weights(n, self.weights)?;
        positive(0, self.radius)
    }

    fn prox(&self, x: &mut [T], _step: T, _scratch: &mut [T]) {
        for _ in 0..2 {
            // From the one element that needs the largest threshold to lie in the ball alone, which is below the root.
            let alone = x.iter().zip(self.weights).fold(T::ZERO, |most, (x, w)| {
                if *w > T::ZERO { most.max((x.abs() - self.radius / *w) / *w) } else { most }
            });
            let tau = michelot(alone, self.radius, x.len(), |tau| {
                x.iter().zip(self.weights).fold((T::ZERO, T::ZERO), |(sum, slope), (x, w)| {
                    let above = x.abs() - tau * *w;
                    if above > T::ZERO { (sum + *w * above, slope + *w * *w) } else { (sum, slope) }
                })
            });
            // It lies in the ball, or an element is infinite.
            if !(tau > T::ZERO && tau <= T::MAX) {
                return;
            }
            for (x, w) in x.iter_mut().zip(self.weights) {
                *x = x.soft_threshold(tau * *w);
            }
        }
    }

    fn value(&self, x: &[T]) -> T {
        let sum = x.iter().zip(self.weights).fold(T::ZERO, |sum, (x, w)| sum + *w * x.abs());
        indicator(sum <= self.radius + rounding(x.len(), self.radius))
    }
}
