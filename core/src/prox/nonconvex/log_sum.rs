//! The log-sum penalty.

use crate::error::Error;
use crate::math::sqrt_keeping;
use crate::prox::penalty::{Penalty, positive, separable};
use crate::real::Real;

/// f(x) = sum of ln(1 + |x_i| / d) (E. J. Candès, M. B. Wakin, S. P. Boyd, J. Fourier Anal. Appl. 14 (2008), 877-905).
///
/// The local minimum z = (a - d + sqrt((a + d)² - 4 step)) / 2, a = |v|, if there is one above 0; kept if it is lower than 0
/// is. At the tie 0. 1 square root, 1 division, 1 logarithm.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LogSum<T> {
    /// d, above 0.
    pub offset: T,
}

impl<T: Real> Penalty<T> for LogSum<T> {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let offset = self.offset;
        let reach = T::TWO * step.sqrt();
        move |v| {
            let size = v.abs();
            // (a + d)² - 4 step, without squares that overflow.
            let sum = size + offset;
            if sum < reach {
                return T::ZERO;
            }
            let root = sqrt_keeping(sum - reach) * sqrt_keeping(sum + reach);
            let z = (size - offset + root) / T::TWO;
            if z <= T::ZERO {
                return T::ZERO;
            }
            // Below step = d² / 1 the objective is convex beyond 0, and z is the minimum without looking.
            let gain = step * (T::ONE + z / offset).ln() + z * (z / T::TWO - size);
            if gain < T::ZERO || size * offset > step && offset * offset >= step {
                z.with_sign_of(v)
            } else if gain >= T::ZERO {
                T::ZERO
            } else {
                v
            }
        }
    }

    fn cost(&self, x: T) -> T {
        (T::ONE + x.abs() / self.offset).ln()
    }

    fn validate(&self) -> Result<(), Error> {
        positive(0, self.offset)
    }
}

separable! {
    impl [T: Real] LogSum<T>;
}
