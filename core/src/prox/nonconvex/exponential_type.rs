//! The exponential-type penalty.

use crate::error::Error;
use crate::prox::penalty::{Penalty, positive, separable};
use crate::prox::scalar::newton;
use crate::real::Real;

/// f(x) = sum of (1 - e^(-c |x_i|)) / (1 - e^-c) (C. Gao et al., A feasible nonconvex relaxation approach to feature
/// selection, AAAI 2011).
///
/// The largest root z of z - |v| + w c e^(-c z), w = step / (1 - e^-c), from above by Newton's method, where it is monotone;
/// kept if there is one and its objective is below that of 0. At the tie 0. About 5 exponentials.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ExponentialType<T> {
    /// c, above 0.
    pub rate: T,
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
            let z = newton(size, |z| {
                let force = pull * (-(rate * z)).exp();
                (z - size + force) / (T::ONE - rate * force)
            });
            let gain = weight * (T::ONE - (-(rate * z)).exp()) + z * (z / T::TWO - size);
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
