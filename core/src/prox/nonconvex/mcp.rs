//! The minimax concave penalty, of which firm threshold and CEL0 are cases.

use crate::error::Error;
use crate::math::sqrt_keeping;
use crate::prox::penalty::{Penalty, positive, separable};
use crate::real::Real;

/// f(x) = sum of l |x_i| - x_i² / (2 b) for |x_i| <= b l, b l² / 2 beyond (C.-H. Zhang, Ann. Stat. 38 (2010), 894-942).
///
/// b > step: 0 up to l step, then b (|v| - l step) / (b - step), but never more than |v|. b <= step: v if
/// |v| > l sqrt(b step), else 0. 1 multiplication.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Mcp<T> {
    /// l, above 0.
    pub slope: T,
    /// b, above 0.
    pub concavity: T,
}

impl<T: Real> Mcp<T> {
    /// The penalty whose prox at step 1 is the firm threshold: 0 up to `low`, the identity from `high` on, a line between
    /// (H.-Y. Gao, A. G. Bruce, Stat. Sin. 7 (1997), 855-874). 0 < low < high.
    #[must_use]
    pub fn firm(low: T, high: T) -> Self {
        Self { slope: low, concavity: high / low }
    }

    /// The continuous exact L0 penalty of weight `lambda` for a column of norm `norm` (E. Soubies, L. Blanc-Féraud,
    /// G. Aubert, SIAM J. Imaging Sci. 8 (2015), 1607-1639): lambda - norm² / 2 (|x| - sqrt(2 lambda) / norm)² up to
    /// sqrt(2 lambda) / norm, lambda beyond.
    #[must_use]
    pub fn cel0(lambda: T, norm: T) -> Self {
        Self { slope: norm * (T::TWO * lambda).sqrt(), concavity: T::ONE / (norm * norm) }
    }
}

impl<T: Real> Penalty<T> for Mcp<T> {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let room = self.concavity - step;
        let convex = room > T::ZERO;
        let gain = if convex { self.concavity / room } else { T::ONE };
        let threshold = self.slope * if convex { step } else { sqrt_keeping(self.concavity) * sqrt_keeping(step) };
        // From here on nothing is taken away.
        let free = if convex { self.slope * self.concavity } else { threshold };
        move |v| {
            let size = v.abs();
            if size <= threshold {
                T::ZERO
            } else if size < free {
                (gain * (size - threshold)).min(size).with_sign_of(v)
            } else {
                v
            }
        }
    }

    fn cost(&self, x: T) -> T {
        let size = x.abs().min(self.slope * self.concavity);
        self.slope * size - size * size / (T::TWO * self.concavity)
    }

    fn validate(&self) -> Result<(), Error> {
        positive(0, self.slope)?;
        positive(1, self.concavity)
    }
}

separable! {
    impl [T: Real] Mcp<T>;
}
