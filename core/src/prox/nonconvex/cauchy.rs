//! The logarithm of Cauchy's density.

use crate::error::Error;
use crate::prox::penalty::{Penalty, positive, separable};
use crate::prox::scalar::bracketed;
use crate::real::Real;

/// f(x) = sum of ln(1 + x_i² / d²): smooth, so that small elements are not set to 0; not convex.
///
/// Roots of (x - v)(x² + d²) + 2 step x between the turning points of the cubic; of two minima the lower one, at a tie the
/// smaller magnitude. One bracketed root, or two and 2 logarithms.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Cauchy<T> {
    /// d, above 0.
    pub width: T,
}

/// What the objective gains at x, and the slope of that: divided by x² + d², so that nothing overflows.
#[inline(never)]
fn slope<T: Real>(size: T, squared: T, pull: T, x: T) -> (T, T) {
    let weight = pull / (x * x + squared);
    let slope = T::ONE + weight - T::TWO * weight * x * (x / (x * x + squared));
    (x - size + weight * x, slope)
}

#[inline(never)]
fn root<T: Real>(size: T, squared: T, pull: T, (low, high): (T, T)) -> T {
    bracketed(low, high, low + (high - low) / T::TWO, |x| slope(size, squared, pull, x))
}

impl<T: Real> Penalty<T> for Cauchy<T> {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let squared = self.width * self.width;
        let three = T::TWO + T::ONE;
        let pull = T::TWO * step;
        move |v| {
            let size = v.abs();
            if !size.is_finite() {
                return v;
            }
            let at = |x: T| slope(size, squared, pull, x);
            let root = |low: T, high: T| root(size, squared, pull, (low, high));
            let turning = size * size - three * (squared + pull);
            let x = if turning <= T::ZERO || !turning.is_finite() {
                root(T::ZERO, size)
            } else {
                let (left, right) = ((size - turning.sqrt()) / three, (size + turning.sqrt()) / three);
                let value = |x: T| step * (T::ONE + x * x / squared).ln() + (x - size) * (x - size) / T::TWO;
                if at(left).0 < T::ZERO {
                    root(right, size)
                } else if at(right).0 > T::ZERO {
                    root(T::ZERO, left)
                } else {
                    let (near, far) = (root(T::ZERO, left), root(right, size));
                    if value(far) < value(near) { far } else { near }
                }
            };
            x.with_sign_of(v)
        }
    }

    fn cost(&self, x: T) -> T {
        let ratio = x / self.width;
        (T::ONE + ratio * ratio).ln()
    }

    fn validate(&self) -> Result<(), Error> {
        positive(0, self.width)
    }
}

separable! {
    impl [T: Real] Cauchy<T>;
}
