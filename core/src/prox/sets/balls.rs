//! Ball and sphere of the Euclidean norm.

use super::{indicator, rounding};
use crate::error::Error;
use crate::operator::Prox;
use crate::prox::norms::norm;
use crate::prox::penalty::positive;
use crate::prox::vfp;
use crate::real::Real;
use crate::vector;

/// |x| <= r: v r / |v| if v is outside.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct L2Ball<T> {
    /// r, above 0.
    pub radius: T,
}

impl<T: Real> Prox<T> for L2Ball<T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        positive(0, self.radius)
    }

    fn prox(&self, x: &mut [T], _step: T, _scratch: &mut [T]) {
        let norm = norm(x);
        if norm > self.radius {
            vector::scale(self.radius / norm, x);
        }
    }

    fn value(&self, x: &[T]) -> T {
        indicator(vector::norm(x) <= self.radius + rounding(1, self.radius))
    }
}

/// |x| = r: v r / |v|; at 0 the first unit vector, times r. Not convex.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sphere<T> {
    /// r, above 0.
    pub radius: T,
}

impl<T: Real> Prox<T> for Sphere<T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        positive(0, self.radius)
    }

    fn prox(&self, x: &mut [T], _step: T, _scratch: &mut [T]) {
        if vfp::sphere(x, self.radius) {
            return;
        }
        let power = vector::max_abs(x).normalising_power_of_two();
        vector::scale(power, x);
        let norm = norm(x);
        if norm == T::ZERO {
            if let Some(first) = x.first_mut() {
                *first = self.radius;
            }
        } else {
            vector::scale(self.radius / norm, x);
        }
    }

    fn value(&self, x: &[T]) -> T {
        indicator((vector::norm(x) - self.radius).abs() <= rounding(1, self.radius))
    }
}
