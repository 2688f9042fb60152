//! Vector kernels with a fixed order of summation.
//!
//! `dot` adds in four lanes, element k into lane k mod 4, and joins them as (l0 + l1) + (l2 + l3): an order that a
//! 4-lane SIMD unit and a scalar core both keep, so the bits agree.

use crate::real::Real;
use crate::wide::wide;

/// Sum of x\[i\] y\[i\] of two vectors of one length; 2n flops. Of two lengths, the lanes do not meet.
#[must_use]
pub fn dot<T: Real>(x: &[T], y: &[T]) -> T {
    join(add_products(x, y, [T::ZERO; 4]))
}

/// The lanes of a product, joined.
pub(crate) fn join<T: Real>([l0, l1, l2, l3]: [T; 4]) -> T {
    (l0 + l1) + (l2 + l3)
}

/// The lanes of a product, going on with pieces of the vectors that start at a multiple of four.
pub(crate) fn add_products<T: Real>(x: &[T], y: &[T], lanes: [T; 4]) -> [T; 4] {
    let (x4, x_rest) = x.as_chunks::<4>();
    let (y4, y_rest) = y.as_chunks::<4>();
    let [mut l0, mut l1, mut l2, mut l3] = lanes;
    for ([a0, a1, a2, a3], [b0, b1, b2, b3]) in x4.iter().zip(y4) {
        l0 += *a0 * *b0;
        l1 += *a1 * *b1;
        l2 += *a2 * *b2;
        l3 += *a3 * *b3;
    }
    for ((a, b), lane) in x_rest.iter().zip(y_rest).zip([&mut l0, &mut l1, &mut l2]) {
        *lane += *a * *b;
    }
    [l0, l1, l2, l3]
}

/// y += a x; 2n flops.
pub fn axpy<T: Real>(a: T, x: &[T], y: &mut [T]) {
    wide(y.len(), move || {
        for (y, x) in y.iter_mut().zip(x) {
            *y += a * *x;
        }
    });
}

/// y = x + b y, the update of a search direction; 2n flops.
pub fn xpby<T: Real>(x: &[T], b: T, y: &mut [T]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y = *x + b * *y;
    }
}

/// The next `len` elements of the rest; none if there are fewer.
#[inline(never)]
pub(crate) fn take<'a, T>(rest: &mut &'a mut [T], len: usize) -> &'a mut [T] {
    let (part, after) = core::mem::take(rest).split_at_mut_checked(len).unwrap_or((&mut [], &mut []));
    *rest = after;
    part
}

/// `to` = `from`, over the shorter length.
pub fn copy<T: Real>(from: &[T], to: &mut [T]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// x *= a.
pub fn scale<T: Real>(a: T, x: &mut [T]) {
    wide(x.len(), move || {
        for x in x {
            *x *= a;
        }
    });
}

/// Largest magnitude; 0 for an empty slice. NaN is passed over.
#[must_use]
#[inline(never)]
pub fn max_abs<T: Real>(x: &[T]) -> T {
    if cfg!(target_arch = "arm") {
        return x.iter().fold(T::ZERO, |largest, x| largest.max(x.abs()));
    }
    largest(x, x, |x, _| x.abs())
}

/// Largest magnitude of a difference of two vectors of one length. NaN is passed over.
pub(crate) fn max_abs_difference<T: Real>(x: &[T], y: &[T]) -> T {
    largest(x, y, |x, y| (x - y).abs())
}

/// Largest of these numbers, none below 0, of the elements of two vectors side by side. It does not depend on the order, so a host has it
/// in lanes.
#[inline(always)]
fn largest<T: Real>(x: &[T], y: &[T], of: impl Fn(T, T) -> T) -> T {
    #[cfg(not(target_arch = "arm"))]
    let (x, y, start) = {
        let ((x16, x), (y16, y)) = (x.as_chunks::<16>(), y.as_chunks::<16>());
        let mut lanes = [T::ZERO; 16];
        wide(16 * x16.len(), || {
            let mut own = lanes;
            for (x, y) in x16.iter().zip(y16) {
                for ((lane, x), y) in own.iter_mut().zip(x).zip(y) {
                    *lane = lane.max(of(*x, *y));
                }
            }
            lanes = own;
        });
        (x, y, lanes.into_iter().fold(T::ZERO, T::max))
    };
    #[cfg(target_arch = "arm")]
    let start = T::ZERO;
    x.iter().zip(y).fold(start, |largest, (x, y)| largest.max(of(*x, *y)))
}

/// Euclidean norm that neither overflows nor underflows: where the plain sum of squares leaves the safe range, the
/// vector is scaled by a power of two and summed again. NaN if an element is NaN.
#[must_use]
pub fn norm<T: Real>(x: &[T]) -> T {
    let squares = dot(x, x);
    // Below this, squares of the largest elements may have been flushed or lost digits.
    let smallest_safe = T::MIN_POSITIVE / (T::EPSILON * T::EPSILON);
    if squares >= smallest_safe && squares.is_finite() {
        return squares.sqrt();
    }
    if squares.partial_cmp(&squares).is_none() {
        return squares;
    }
    let largest = max_abs(x);
    let power = largest.normalising_power_of_two();
    let squares = x.iter().fold(T::ZERO, |sum, x| sum + (*x * power) * (*x * power));
    squares.sqrt() / power
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn dot_matches_f64_and_keeps_lanes() {
        for n in 0..40_u16 {
            let x: Vec<f32> = (0..n).map(|k| f32::from(k) * 0.37 - 2.0).collect();
            let y: Vec<f32> = (0..n).map(|k| 1.0 / (f32::from(k) + 1.0)).collect();
            let exact: f64 = x.iter().zip(&y).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            assert!((f64::from(dot(&x, &y)) - exact).abs() < 1e-5);
            let mut lanes = [0.0_f32; 4];
            for (k, (a, b)) in x.iter().zip(&y).enumerate() {
                lanes[k % 4] += a * b;
            }
            assert_eq!(dot(&x, &y).to_bits(), ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])).to_bits());
        }
    }

    #[test]
    fn the_largest_is_found_wherever_it_is() {
        for n in [1_usize, 15, 16, 17, 1000] {
            for at in [0, n / 2, n - 1] {
                let mut x = std::vec![1.0_f64; n];
                let y = x.clone();
                x[at] = -3.0;
                assert_eq!((max_abs(&x), max_abs_difference(&x, &y)), (3.0, 4.0));
                x[at] = f64::NAN;
                assert_eq!(max_abs(&x), if n > 1 { 1.0 } else { 0.0 });
                assert_eq!(max_abs_difference(&x, &y), 0.0);
            }
        }
        assert_eq!(max_abs::<f32>(&[]), 0.0);
    }

    #[test]
    fn norm_survives_extremes() {
        for magnitude in [1e-42_f32, 1e-30, 1e-20, 1.0, 1e20, 1e38] {
            let exact = (2.0 * f64::from(magnitude).powi(2)).sqrt();
            let got = f64::from(norm(&[magnitude, 0.0, -magnitude]));
            let smallest = f64::from(f32::from_bits(1));
            assert!((got - exact).abs() < 1e-5 * exact + smallest, "{magnitude:e}: {got:e} {exact:e}");
        }
        assert_eq!(norm::<f32>(&[]), 0.0);
        assert!(norm(&[1.0_f32, f32::NAN]).is_nan());
        assert_eq!(norm(&[f32::INFINITY, 1.0]), f32::INFINITY);
    }
}
