//! e^x and x ln x, by the Wright omega function.

use crate::prox::penalty::{Penalty, separable};
use crate::prox::scalar::wright_omega;
use crate::real::Real;

/// f(x) = sum of e^x_i: v - w with w + ln w = v + ln step. At most 7 logarithms.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Exponential;

impl<T: Real> Penalty<T> for Exponential {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let log = step.ln();
        move |v| {
            let w = wright_omega(v + log);
            // w = step e^x, which is the better way back where v and w are large and alike.
            if w > T::ONE { w.ln() - log } else { v - w }
        }
    }

    fn cost(&self, x: T) -> T {
        x.exp()
    }
}

/// f(x) = sum of x_i ln x_i for x_i >= 0, 0 ln 0 = 0: step w with w + ln w = v / step - 1 - ln step, so that nothing
/// overflows. At most 7 logarithms. Measured in f32: relative error <= 3e-7 (1 + |v / step|).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Entropy;

impl<T: Real> Penalty<T> for Entropy {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let shift = T::ONE + step.ln();
        move |v| step * wright_omega(v / step - shift)
    }

    fn cost(&self, x: T) -> T {
        if x > T::ZERO {
            x * x.ln()
        } else if x == T::ZERO {
            T::ZERO
        } else {
            T::INFINITY
        }
    }
}

separable! {
    impl [T: Real] Exponential;
    impl [T: Real] Entropy;
}
