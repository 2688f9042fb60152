//! The number of nonzero elements.

use crate::math::sqrt_keeping;
use crate::prox::penalty::{Penalty, separable};
use crate::real::Real;

/// f(x) = number of i with x_i not 0: the hard threshold, v if |v| > sqrt(2 step), else 0; so 0 at the tie.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct L0;

impl<T: Real> Penalty<T> for L0 {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let threshold = sqrt_keeping(T::TWO * step);
        // NaN stays.
        move |v| if v.abs() <= threshold { T::ZERO } else { v }
    }

    fn cost(&self, x: T) -> T {
        if x == T::ZERO { T::ZERO } else { T::ONE }
    }
}

separable! {
    impl [T: Real] L0;
}
