//! Nothing, a point, a slope.

use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::prox::penalty::{Penalty, each_with, finite, separable};
use crate::real::Real;
use crate::vector;

/// f = 0: prox is the identity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Zero;

impl<T: Real> Penalty<T> for Zero {
    fn map(&self, _step: T) -> impl Fn(T) -> T {
        |v| v
    }

    fn cost(&self, _x: T) -> T {
        T::ZERO
    }
}

/// The single point (b, b, ...): prox is b. Lifted to singular values with b = 1 it is the set of matrices with orthonormal
/// rows or columns.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point<T> {
    /// b.
    pub value: T,
}

impl<T: Real> Penalty<T> for Point<T> {
    fn map(&self, _step: T) -> impl Fn(T) -> T {
        |_| self.value
    }

    fn cost(&self, x: T) -> T {
        let tolerance = T::from_f64(16.0) * T::EPSILON * self.value.abs();
        if (x - self.value).abs() <= tolerance { T::ZERO } else { T::INFINITY }
    }

    fn validate(&self) -> Result<(), Error> {
        finite(0, self.value)
    }
}

/// f(x) = c'x: prox is v - step c.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Linear<'a, T> {
    /// c.
    pub slope: &'a [T],
}

impl<T: Real> Prox<T> for Linear<'_, T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
        error::exact(Field::Values, n, self.slope.len())?;
        error::finite(Field::Values, self.slope)
    }

    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        each_with(x, self.slope, move |v, slope| v - step * slope);
    }

    fn value(&self, x: &[T]) -> T {
        vector::dot(self.slope, x)
    }
}

separable! {
    impl [T: Real] Zero;
    impl [T: Real] Point<T>;
}
