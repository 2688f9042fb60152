//! Smoothly clipped absolute deviation.

use crate::error::Error;
use crate::math::sqrt_keeping;
use crate::prox::penalty::{Penalty, above, positive, separable};
use crate::real::Real;

/// f(x) = sum of l |x| up to l, (2 a l |x| - x² - l²) / (2 (a - 1)) up to a l, l² (a + 1) / 2 beyond (J. Fan, R. Li, J. Am. Stat.
/// Assoc. 96 (2001), 1348-1360).
///
/// step < a - 1: soft threshold up to (1 + step) l, then ((a - 1) |v| - step a l) / (a - 1 - step) up to a l, then v. step >=
/// a - 1: soft threshold up to and with (a + 1 + step) l / 2 if step < a + 1, 0 up to and with l sqrt((a + 1) step) if not, v
/// beyond. 1 multiplication.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Scad<T> {
    /// l, above 0.
    pub slope: T,
    /// a, above 2.
    pub reach: T,
}

impl<T: Real> Penalty<T> for Scad<T> {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        let (l, a) = (self.slope, self.reach);
        let room = a - T::ONE - step;
        let convex = room > T::ZERO;
        let threshold = step * l;
        let soft = if convex {
            (T::ONE + step) * l
        } else if step < a + T::ONE {
            (a + T::ONE + step) * l / T::TWO
        } else {
            l * sqrt_keeping(a + T::ONE) * sqrt_keeping(step)
        };
        let free = if convex { a * l } else { soft };
        let gain = if convex { (a - T::ONE) / room } else { T::ONE };
        // The line as a slope from its end, where it meets the identity.
        let end = a * l;
        move |v| {
            let size = v.abs();
            if size <= soft {
                v.soft_threshold(threshold)
            } else if size < free {
                (end - gain * (end - size)).with_sign_of(v)
            } else {
                v
            }
        }
    }

    fn cost(&self, x: T) -> T {
        let (l, a, size) = (self.slope, self.reach, x.abs());
        if size <= l {
            l * size
        } else if size < a * l {
            (T::TWO * a * l * size - size * size - l * l) / (T::TWO * (a - T::ONE))
        } else {
            l * l * (a + T::ONE) / T::TWO
        }
    }

    fn validate(&self) -> Result<(), Error> {
        positive(0, self.slope)?;
        above(1, self.reach, T::TWO)
    }
}

separable! {
    impl [T: Real] Scad<T>;
}
