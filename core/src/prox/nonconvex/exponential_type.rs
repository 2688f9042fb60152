//! The exponential-type penalty.

use crate::error::Error;
use crate::prox::penalty::{Penalty, positive, separable};
use crate::real::Real;

/// f(x) = sum of (1 - e^(-c |x_i|)) / (1 - e^-c) (C. Gao et al., A feasible nonconvex relaxation approach to feature
/// selection, AAAI 2011).
///
/// The largest root z of z - |v| + w c e^(-c z), w = step / (1 - e^-c), from above by Chebyshev's method;
/// kept if there is one and its objective is below that of 0. At the tie 0. About 3 exponentials.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ExponentialType<T> {
    /// c, above 0.
    pub rate: T,
}

/// From above by Chebyshev's method, whose error is cubed by every step and stays above: the first term that Newton's method leaves
/// out costs no exponential. Ends where the next step would be lost in rounding; 24 steps at the latest.
#[inline]
fn root<T: Real>(size: T, pull: T, rate: T) -> T {
    let quarter = T::ONE / (T::TWO + T::TWO);
    let mut z = size;
    for _ in 0..24 {
        let force = pull * (-(rate * z)).exp();
        let slope = T::ONE - rate * force;
        let newton = ((z - size) + force) / slope;
        // f f'' / (2 f'^2): far from the root, or near a double one, Newton's step by itself is safe.
        let bend = (rate * rate) * force / (slope + slope) * newton;
        let near = bend.abs() < quarter;
        z -= if near { newton + newton * bend } else { newton };
        // The error that is left, by the next terms of the two series; more than twice what they say.
        let left = newton * bend * (T::TWO + T::TWO) * (bend + rate * newton * quarter);
        if near && !(left.abs() > T::EPSILON * z.abs()) || !newton.is_finite() {
            break;
        }
    }
    z
}

impl<T: Real> Penalty<T> for ExponentialType<T> {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let rate = self.rate;
        let weight = step / (T::ONE - (-rate).exp());
        let pull = weight * rate;
        let convex = pull * rate <= T::ONE;
        let deep = if convex { pull } else { ((pull * rate).ln() + T::ONE) / rate };
        move |v| {
            let size = v.abs();
            if size <= deep {
                return T::ZERO;
            }
            let z = root(size, pull, rate);
            // There the force is what is left of |v|.
            let gain = (weight - (size - z) / rate) + z * (z / T::TWO - size);
            if convex || gain < T::ZERO {
                z.with_sign_of(v)
            } else if gain >= T::ZERO {
                T::ZERO
            } else {
                v
            }
        }
    }

    fn cost(&self, x: T) -> T {
        (T::ONE - (-(self.rate * x.abs())).exp()) / (T::ONE - (-self.rate).exp())
    }

    fn validate(&self) -> Result<(), Error> {
        positive(0, self.rate)
    }
}

separable! {
    impl [T: Real] ExponentialType<T>;
}
