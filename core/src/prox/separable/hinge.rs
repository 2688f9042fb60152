//! Losses of classification; labels other than 1 come by [`Labelled`](crate::prox::Labelled).

use crate::prox::penalty::{Penalty, separable};
use crate::real::Real;

/// f(x) = sum of max(0, 1 - x_i).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Hinge;

impl<T: Real> Penalty<T> for Hinge {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        move |v| {
            let below = v + step;
            if below < T::ONE {
                below
            } else if v < T::ONE {
                T::ONE
            } else {
                v
            }
        }
    }

    fn cost(&self, x: T) -> T {
        let loss = T::ONE - x;
        if loss < T::ZERO { T::ZERO } else { loss }
    }
}

/// f(x) = sum of max(0, 1 - x_i)².
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SquaredHinge;

impl<T: Real> Penalty<T> for SquaredHinge {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let (pull, shrink) = (T::TWO * step, T::ONE / (T::ONE + T::TWO * step));
        move |v| if v < T::ONE { (v + pull) * shrink } else { v }
    }

    fn cost(&self, x: T) -> T {
        let loss = T::ONE - x;
        if loss < T::ZERO { T::ZERO } else { loss * loss }
    }
}

separable! {
    impl [T: Real] Hinge;
    impl [T: Real] SquaredHinge;
}
