//! The capped L1 penalty.

use crate::error::Error;
use crate::math::sqrt_keeping;
use crate::prox::penalty::{Penalty, positive, separable};
use crate::real::Real;

/// f(x) = sum of min(t |x_i|, 1) (T. Zhang, J. Mach. Learn. Res. 11 (2010), 1081-1107): v beyond 1 / t + step t / 2, or beyond
/// sqrt(2 step) if step t² >= 2; the soft threshold by step t up to and with it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CappedL1<T> {
    /// t, above 0.
    pub slope: T,
}

impl<T: Real> Penalty<T> for CappedL1<T> {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let threshold = step * self.slope;
        let bound = if threshold * self.slope < T::TWO {
            T::ONE / self.slope + threshold / T::TWO
        } else {
            sqrt_keeping(T::TWO * step)
        };
        move |v| if v.abs() <= bound { v.soft_threshold(threshold) } else { v }
    }

    fn cost(&self, x: T) -> T {
        (self.slope * x.abs()).min(T::ONE)
    }

    fn validate(&self) -> Result<(), Error> {
        positive(0, self.slope)
    }
}

separable! {
    impl [T: Real] CappedL1<T>;
}
