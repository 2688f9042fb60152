//! The squared L1 norm.

use crate::error::Error;
use crate::operator::Prox;
use crate::prox::root::michelot;
use crate::real::Real;
use crate::vector;

/// f(x) = (sum of |x_i|)² / 2, half the squared 1-support norm, WGSEF with k = 1: the soft threshold by tau = step times the L1
/// norm of the result. About 5 passes, n + 2 at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SquaredL1;

impl<T: Real> Prox<T> for SquaredL1 {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        Ok(())
    }

    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        // step sum of (|v| - tau)+ = tau: from the largest magnitude alone, tau = step m / (1 + step), which is below.
        let largest = vector::max_abs(x);
        let share = step / (T::ONE + step);
        let tau = michelot(share * largest, T::ZERO, x.len(), |tau| {
            let (sum, count) = x.iter().fold((T::ZERO, T::ZERO), |(sum, count), x| {
                let above = x.abs() - tau;
                if above > T::ZERO { (sum + above, count + T::ONE) } else { (sum, count) }
            });
            (sum - tau / step, count + T::ONE / step)
        });
        for x in x {
            *x = x.soft_threshold(tau);
        }
    }

    fn value(&self, x: &[T]) -> T {
        let sum = x.iter().fold(T::ZERO, |sum, x| sum + x.abs());
        sum * sum / T::TWO
    }
}
