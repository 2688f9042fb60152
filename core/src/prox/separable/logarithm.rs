//! Barriers: -ln x and 1 / x.

use crate::math::cube_root;
use crate::prox::penalty::{Penalty, separable};
use crate::prox::scalar::{newton, positive_root};
use crate::real::Real;

/// f(x) = -sum of ln x_i, x_i > 0: the positive root of x² - v x - step = 0, in the form that does not cancel. 1 square root,
/// 2 divisions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct NegativeLog;

impl<T: Real> Penalty<T> for NegativeLog {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        move |v| positive_root(-v, step)
    }

    fn cost(&self, x: T) -> T {
        if x > T::ZERO { -x.ln() } else { T::INFINITY }
    }
}

/// f(x) = sum of 1 / x_i, x_i > 0: the positive root of x³ - v x² - step = 0 by Newton's method from above, where it is
/// monotone; at most 24 steps, about 5 as a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reciprocal;

impl<T: Real> Penalty<T> for Reciprocal {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let root = cube_root(step);
        let three = T::TWO + T::ONE;
        move |v| {
            // Both are above the root for v < 0, and v + root is for v >= 0.
            let start = if v > T::ZERO { v + root } else { root.min((step / -v).sqrt()) };
            newton(start, |x| (x - v - (step / x) / x) / (three - T::TWO * (v / x)))
        }
    }

    fn cost(&self, x: T) -> T {
        if x > T::ZERO { T::ONE / x } else { T::INFINITY }
    }
}

separable! {
    impl [T: Real] NegativeLog;
    impl [T: Real] Reciprocal;
}
