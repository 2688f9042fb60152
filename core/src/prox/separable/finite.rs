//! Finite sets: the nearest element. Not convex.

use crate::error::{self, Error, Field};
use crate::prox::penalty::{Penalty, finite, separable};
use crate::real::Real;

/// Every x_i is one of two numbers: the nearer one, at the middle the first.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Binary<T> {
    /// One number.
    pub first: T,
    /// The other.
    pub second: T,
}

impl<T: Real> Penalty<T> for Binary<T> {
    fn map(&self, _step: T) -> impl Fn(T) -> T {
        let (first, second) = (self.first, self.second);
        move |v| if (v - second).abs() < (v - first).abs() { second } else { first }
    }

    fn cost(&self, x: T) -> T {
        if x == self.first || x == self.second { T::ZERO } else { T::INFINITY }
    }

    fn validate(&self) -> Result<(), Error> {
        finite(0, self.first)?;
        finite(1, self.second)
    }
}

/// Every x_i is one of a list of numbers: the nearest one, of two that are equally near the one that stands first in the
/// list. One comparison a number of the list and element.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FiniteSet<'a, T> {
    /// The numbers, at least one.
    pub members: &'a [T],
}

impl<T: Real> Penalty<T> for FiniteSet<'_, T> {
    fn map(&self, _step: T) -> impl Fn(T) -> T {
        |v| {
            let nearer = |best: T, other: T| if (v - other).abs() < (v - best).abs() { other } else { best };
            self.members.iter().copied().reduce(nearer).unwrap_or(v)
        }
    }

    fn cost(&self, x: T) -> T {
        if self.members.contains(&x) { T::ZERO } else { T::INFINITY }
    }

    fn validate(&self) -> Result<(), Error> {
        error::at_least(Field::Values, 1, self.members.len())?;
        error::finite(Field::Values, self.members)
    }
}

separable! {
    impl [T: Real] Binary<T>;
    impl [T: Real] FiniteSet<'_, T>;
}
