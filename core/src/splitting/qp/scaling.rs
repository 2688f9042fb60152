//! Equilibration: powers of two, so that scaled numbers are the problem's own, to the bit.
//!
//! Ruiz's iteration on the matrix [P A'; A 0] with the cost normalised in every round (D. Ruiz, A scaling algorithm to
//! equilibrate both rows and columns norms in matrices, RAL-TR-2001-034; B. Stellato et al., OSQP: an operator splitting
//! solver for quadratic programs, Math. Prog. Comp. 12 (2020), algorithm 2). In the end every factor is rounded to a power
//! of two, which costs no more than a factor of sqrt(2) in balance.

use super::memory::{Memory, Variable};
use super::pattern::QpPattern;
use crate::matrix::Index;
use crate::real::Real;
use crate::splitting::progress::largest;

/// Finds D, E and the factor of the cost for the values in memory, which are not scaled yet; q is in its place.
pub(super) fn equilibrate<T: Real, I: Index>(pattern: &QpPattern<'_, I>, memory: &mut Memory<'_, T>, rounds: u32) -> T {
    for [scale, ..] in memory.variables.iter_mut() {
        *scale = T::ONE;
    }
    for [scale, ..] in memory.rows.iter_mut() {
        *scale = T::ONE;
    }
    let mut cost = T::ONE;
    for _ in 0..rounds {
        norms_of_p(pattern, memory, cost);
        let Memory { values, variables, rows, .. } = memory;
        let mut of_rows = rows.iter_mut();
        pattern.each_of_a(values, &mut |_, columns, values| {
            let Some([e, ..]) = of_rows.next() else { return };
            let mut largest_in_row = T::ZERO;
            for (column, value) in columns.iter().zip(values.iter()) {
                let Some([d, .., norm]) = variables.get_mut(column.get()) else { continue };
                let scaled = value.abs() * *e * *d;
                largest_in_row = largest(largest_in_row, scaled);
                *norm = largest(*norm, scaled);
            }
            narrow(e, largest_in_row);
        });
        for [d, .., norm] in variables.iter_mut() {
            narrow(d, *norm);
        }
        norms_of_p(pattern, memory, cost);
        let (mut sum, mut linear) = (T::ZERO, T::ZERO);
        for [d, q, .., norm] in memory.variables.iter() {
            sum += *norm;
            linear = largest(linear, (*q * *d * cost).abs());
        }
        let count = T::from_u32(u32::try_from(memory.variables.len().max(1)).unwrap_or(u32::MAX));
        cost /= limited(limited(sum / count).max(linear));
    }
    for [scale, ..] in memory.variables.iter_mut() {
        *scale = power_of_two(*scale);
    }
    for [scale, ..] in memory.rows.iter_mut() {
        *scale = power_of_two(*scale);
    }
    power_of_two(cost)
}

/// D of a variable, which scales a column.
#[inline]
pub(super) fn scale_at<T: Real>(variables: &[Variable<T>], place: usize) -> T {
    variables.get(place).map_or(T::ONE, |[scale, ..]| *scale)
}

/// Largest magnitudes in the columns of the whole of c D P D, into the free elements.
#[inline(never)]
fn norms_of_p<T: Real, I: Index>(pattern: &QpPattern<'_, I>, memory: &mut Memory<'_, T>, cost: T) {
    let Memory { values, variables, .. } = memory;
    for [.., norm] in variables.iter_mut() {
        *norm = T::ZERO;
    }
    pattern.each_of_p(values, &mut |row, columns, values| {
        let row_scale = cost * scale_at(variables, row);
        for (column, value) in columns.iter().zip(values.iter()) {
            let scaled = value.abs() * row_scale * scale_at(variables, column.get());
            for place in [row, column.get()] {
                if let Some([.., norm]) = variables.get_mut(place) {
                    *norm = largest(*norm, scaled);
                }
            }
        }
    });
}

/// Divides a scale by the root of the norm.
#[inline(never)]
fn narrow<T: Real>(scale: &mut T, norm: T) {
    *scale /= limited(norm).sqrt();
}

/// A norm to divide by: 1 where there is nothing to scale, and no more than four orders of magnitude at a time.
fn limited<T: Real>(norm: T) -> T {
    if norm < T::from_f32(1e-4) { T::ONE } else { norm.min(T::from_f32(1e4)) }
}

/// The nearest power of two.
#[inline(never)]
pub(super) fn power_of_two<T: Real>(value: T) -> T {
    T::ONE / (value * T::from_f32(core::f32::consts::SQRT_2)).normalising_power_of_two()
}
