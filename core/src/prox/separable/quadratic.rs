//! Squares.

use crate::prox::penalty::{Penalty, separable};
use crate::real::Real;

/// f(x) = |x|² / 2: v / (1 + step). 1 multiplication.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SquaredL2;

impl<T: Real> Penalty<T> for SquaredL2 {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let shrink = T::ONE / (T::ONE + step);
        move |v| v * shrink
    }

    fn cost(&self, x: T) -> T {
        x * x / T::TWO
    }
}

separable! {
    impl [T: Real] SquaredL2;
}
