//! Absolute values and what is made of them.

use crate::error::Error;
use crate::prox::penalty::{Penalty, nonnegative, separable};
use crate::prox::vfp;
use crate::real::Real;

/// f(x) = sum of |x_i|: soft threshold. +0 within the threshold; NaN stays NaN. 2 additions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct L1;

impl<T: Real> Penalty<T> for L1 {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        move |v| v.soft_threshold(step)
    }

    #[inline]
    fn ahead(&self, x: &mut [T], step: T) -> usize {
        vfp::soft_threshold(x, step)
    }

    fn cost(&self, x: T) -> T {
        x.abs()
    }
}

/// f(x) = sum of max(0, x_i): v - step above step, 0 from 0 to step, v below.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PositivePart;

impl<T: Real> Penalty<T> for PositivePart {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        move |v| {
            let above = v - step;
            if above > T::ZERO {
                above
            } else if v > T::ZERO {
                T::ZERO
            } else {
                v
            }
        }
    }

    fn cost(&self, x: T) -> T {
        if x < T::ZERO { T::ZERO } else { x }
    }
}

/// f(x) = sum of absolute |x_i| + square / 2 x_i²: a soft threshold, then one multiplication (H. Zou, T. Hastie, J. R. Stat.
/// Soc. B 67 (2005), 301-320).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ElasticNet<T> {
    /// Weight of |x|, at least 0.
    pub absolute: T,
    /// Weight of x² / 2, at least 0.
    pub square: T,
}

impl<T: Real> Penalty<T> for ElasticNet<T> {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let (threshold, shrink) = (step * self.absolute, T::ONE / (T::ONE + step * self.square));
        move |v| v.soft_threshold(threshold) * shrink
    }

    fn cost(&self, x: T) -> T {
        self.absolute * x.abs() + self.square * x * x / T::TWO
    }

    fn validate(&self) -> Result<(), Error> {
        nonnegative(0, self.absolute)?;
        nonnegative(1, self.square)
    }
}

separable! {
    impl [T: Real] L1;
    impl [T: Real] PositivePart;
    impl [T: Real] ElasticNet<T>;
}
