//! Huber's function, element by element.

use crate::error::Error;
use crate::prox::penalty::{Penalty, nonnegative, separable};
use crate::real::Real;

/// f(x) = sum of x_i² / (2 m) for |x_i| <= m, |x_i| - m / 2 beyond (P. J. Huber, Ann. Math. Stat. 35 (1964), 73-101); with
/// m = 0 the L1 norm. v m / (m + step) up to m + step, v less step beyond.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Huber<T> {
    /// m, at least 0.
    pub width: T,
}

impl<T: Real> Penalty<T> for Huber<T> {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let bound = self.width + step;
        // Not at the bound itself, where both agree: so a bound of 0, which has no quotient, is never asked for it.
        let shrink = self.width / bound;
        move |v| if v.abs() < bound { v * shrink } else { v - step.with_sign_of(v) }
    }

    fn cost(&self, x: T) -> T {
        let size = x.abs();
        if size < self.width { size * size / (T::TWO * self.width) } else { size - self.width / T::TWO }
    }

    fn validate(&self) -> Result<(), Error> {
        nonnegative(0, self.width)
    }
}

separable! {
    impl [T: Real] Huber<T>;
}
