//! The difference of the L1 and the L2 norm.

use crate::error::{Error, Field};
use crate::operator::Prox;
use crate::prox::norms::norm;
use crate::real::Real;
use crate::vector;

/// f(x) = sum of |x_i| - a |x| (Y. Lou, M. Yan, J. Sci. Comput. 74 (2018), 767-785); not convex.
///
/// With m the largest |v_i|: m > step: z = soft(v, step), times 1 + a step / |z|. (1 - a) step < m <= step: one element, the first
/// of magnitude m, becomes m + (a - 1) step with its sign, all others 0. m <= (1 - a) step: 0. Ties: the first element, and 0.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct L1MinusL2<T> {
    /// a, from 0 to 1.
    pub share: T,
}

impl<T: Real> Prox<T> for L1MinusL2<T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        if self.share >= T::ZERO && self.share <= T::ONE {
            Ok(())
        } else {
            Err(Error::OutOfRange { field: Field::Configuration, index: 0 })
        }
    }

    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        let largest = vector::max_abs(x);
        if largest > step {
            for x in &mut *x {
                *x = x.soft_threshold(step);
            }
            let norm = norm(x);
            vector::scale((norm + self.share * step) / norm, x);
            return;
        }
        let left = largest + (self.share - T::ONE) * step;
        let mut wanted = left > T::ZERO;
        for x in x {
            let chosen = wanted && x.abs() == largest;
            *x = if chosen { left.with_sign_of(*x) } else { T::ZERO };
            wanted &= !chosen;
        }
    }

    fn value(&self, x: &[T]) -> T {
        x.iter().fold(T::ZERO, |sum, x| sum + x.abs()) - self.share * norm(x)
    }
}
