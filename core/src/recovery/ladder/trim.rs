//! A column too many: found by the smallest direction of the factor, and taken off.

use super::update::gram;
use crate::factor::{Cholesky, Packed};
use crate::real::Real;
use crate::vector;

/// Steps of inverse iteration.
const STEPS: u32 = 12;

/// Finds the unit vector v of the smallest |F v|² in `v` and answers that square. `scratch` has r (r + 1) / 2 elements.
pub(super) fn smallest<T: Real>(factor: &[T], length: usize, scratch: &mut [T], v: &mut [T]) -> Option<T> {
    let rank = v.len();
    let trace = vector::dot(factor, factor);
    gram(factor, length, scratch, trace * T::EPSILON)?;
    let matrix = Cholesky::factor(Packed::new(rank), scratch).ok()?;
    // No direction is left out: the entries differ.
    let mut start = T::ONE;
    for v in v.iter_mut() {
        *v = start;
        start *= T::from_f64(-0.7);
    }
    for _ in 0..STEPS {
        matrix.solve(v).ok()?;
        let norm = vector::norm(v);
        if !(norm > T::ZERO && norm.is_finite()) {
            return None;
        }
        vector::scale(T::ONE / norm, v);
    }
    let mut squares = T::ZERO;
    for index in 0..length {
        let product = factor
            .chunks_exact(length)
            .zip(v.iter())
            .fold(T::ZERO, |sum, (column, v)| sum + column.get(index).copied().unwrap_or(T::ZERO) * *v);
        squares += product * product;
    }
    Some(squares)
}

/// Turns the columns of F by the reflection that takes v to the last unit vector: F v becomes the last column.
pub(super) fn reflect<T: Real>(factor: &mut [T], length: usize, v: &[T]) {
    let (Some(last), length) = (v.last(), length.max(1)) else { return };
    // w = v + sign(v_r) e_r, and |w|² = 2 (1 + |v_r|).
    let (shift, half) = (if *last < T::ZERO { -T::ONE } else { T::ONE }, T::ONE + last.abs());
    let count = v.len();
    let w =
        |place: usize| v.get(place).map_or(T::ZERO, |value| if place + 1 == count { *value + shift } else { *value });
    for index in 0..length {
        let product = factor
            .chunks_exact(length)
            .enumerate()
            .fold(T::ZERO, |sum, (place, column)| sum + column.get(index).copied().unwrap_or(T::ZERO) * w(place));
        let scale = product / half;
        for (place, column) in factor.chunks_exact_mut(length).enumerate() {
            if let Some(value) = column.get_mut(index) {
                *value -= scale * w(place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_direction_becomes_the_last_column() {
        // Columns a, b and a + b / 2 + small c.
        let (a, b, c) = ([1.0_f64, 2.0, 3.0, 4.0], [2.0, -1.0, 0.5, 1.0], [1.0, 1.0, -1.0, 0.0]);
        let third: [f64; 4] = core::array::from_fn(|k| a[k] + b[k] / 2.0 + 1e-3 * c[k]);
        let mut factor = [a, b, third].concat();
        let product = |f: &[f64], i: usize, j: usize| (0..3).map(|k| f[4 * k + i] * f[4 * k + j]).sum::<f64>();
        let before: std::vec::Vec<f64> = (0..16).map(|k| product(&factor, k / 4, k % 4)).collect();
        let (mut scratch, mut v) = ([0.0; 6], [0.0; 3]);
        let squares = smallest(&factor, 4, &mut scratch, &mut v).unwrap();
        assert!(squares < 3e-6 && squares > 1e-8, "{squares}");
        reflect(&mut factor, 4, &v);
        let last: f64 = factor[8..].iter().map(|x| x * x).sum();
        assert!((last - squares).abs() < 1e-12);
        for (k, before) in before.iter().enumerate() {
            assert!((product(&factor, k / 4, k % 4) - before).abs() < 1e-12, "X has not changed");
        }
    }
}
