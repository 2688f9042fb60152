//! Vectors with few nonzero elements.

use super::indicator;
use crate::error::{Error, Field};
use crate::operator::Prox;
use crate::prox::root::bound_of_largest;
use crate::real::Real;

/// At most k elements are not 0: the k largest magnitudes stay; of equal ones those that stand first. Not convex. At most 33 passes of
/// a comparison an element (f64: 65), as a rule 25, fewer where the k-th largest is well apart from the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SparseVectors {
    /// k, at least 1.
    pub count: usize,
}

impl<T: Real> Prox<T> for SparseVectors {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        if self.count > 0 { Ok(()) } else { Err(Error::OutOfRange { field: Field::Configuration, index: 0 }) }
    }

    fn prox(&self, x: &mut [T], _step: T, _scratch: &mut [T]) {
        if self.count >= x.len() {
            return;
        }
        let least = bound_of_largest(self.count, |bound: T| x.iter().filter(|x| !(x.abs() < bound)).count());
        let larger = x.iter().filter(|x| !(x.abs() <= least)).count();
        let mut places = self.count.saturating_sub(larger);
        for x in x {
            if x.abs() < least || x.abs() == least && places == 0 {
                *x = T::ZERO;
            } else if x.abs() == least {
                places -= 1;
            }
        }
    }

    fn value(&self, x: &[T]) -> T {
        indicator(x.iter().filter(|x| **x != T::ZERO).count() <= self.count)
    }
}
