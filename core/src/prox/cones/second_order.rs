//! The second-order cone, upright and rotated.

use crate::error::{Error, Field};
use crate::operator::Prox;
use crate::prox::norms::norm;
use crate::prox::penalty::{each, positive};
use crate::prox::sets::indicator;
use crate::prox::vfp;
use crate::real::Real;
use crate::vector;

/// (t, y) with |y| <= a t, t the first element: Lorentz's cone for a = 1.
///
/// Inside: v. a |y| <= -t: 0, with the signs of y. Else s = (t + a |y|) / (1 + a²), then t = s and y = y a s / |y|. A norm, 1 or 2 divisions, n multiplications.
/// Measured in f32: error 2e-7 of |v|.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SecondOrderCone<T> {
    /// a, above 0.
    pub slope: T,
}

/// Projects (t, y).
#[inline]
fn project<T: Real>(slope: T, t: T, y: &mut [T]) -> T {
    let norm = norm(y);
    if norm <= slope * t {
        return t;
    }
    let sum = t + slope * norm;
    // In the polar cone the nearest point is 0.
    let (mut height, mut factor) = (T::ZERO, T::ZERO);
    if !(sum <= T::ZERO) {
        height = sum / (T::ONE + slope * slope);
        factor = slope * (height / norm);
    }
    each(y, move |y| y * factor);
    height
}

impl<T: Real> Prox<T> for SecondOrderCone<T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
        if n == 0 {
            return Err(Error::OutOfRange { field: Field::Size, index: 0 });
        }
        positive(0, self.slope)
    }

    #[inline]
    fn prox(&self, x: &mut [T], _step: T, _scratch: &mut [T]) {
        if let [t, y @ ..] = x {
            *t = project(self.slope, *t, y);
        }
    }

    fn value(&self, x: &[T]) -> T {
        let Some((t, y)) = x.split_first() else { return T::ZERO };
        let bound = T::from_f64(16.0) * T::EPSILON * (T::ONE + self.slope) * (T::ONE + vector::max_abs(x));
        indicator(vector::norm(y) <= self.slope * *t + bound)
    }
}

/// (a, b, y) with 2 a b >= |y|², a, b >= 0, the first two elements: the second-order cone turned by 45 degrees.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RotatedCone;

impl<T: Real> Prox<T> for RotatedCone {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
        if n < 2 { Err(Error::OutOfRange { field: Field::Size, index: 0 }) } else { Ok(()) }
    }

    fn prox(&self, x: &mut [T], _step: T, _scratch: &mut [T]) {
        if vfp::rotated_cone(x) {
            return;
        }
        let half = T::from_f64(core::f64::consts::FRAC_1_SQRT_2);
        let [a, rest @ ..] = x else { return };
        let (sum, difference) = match rest.first() {
            Some(b) => ((*a + *b) * half, (*a - *b) * half),
            None => return,
        };
        if let Some(first) = rest.first_mut() {
            *first = difference;
        }
        let t = project(T::ONE, sum, rest);
        if let Some(b) = rest.first_mut() {
            // Rounding must not leave a small one below 0.
            (*a, *b) = (((t + *b) * half).max(T::ZERO), ((t - *b) * half).max(T::ZERO));
        }
    }

    fn value(&self, x: &[T]) -> T {
        let [a, b, y @ ..] = x else { return T::ZERO };
        let bound = T::from_f64(16.0) * T::EPSILON * (T::ONE + vector::max_abs(x));
        // In the upright form, which neither over- nor underflows.
        let half = T::from_f64(core::f64::consts::FRAC_1_SQRT_2);
        let difference = (*a - *b) * half;
        let norm = vector::norm(&[difference, vector::norm(y)]);
        indicator(*a >= T::ZERO && *b >= T::ZERO && norm <= (*a + *b) * half + bound)
    }
}
