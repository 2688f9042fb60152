//! Equilibration: powers of two, so that scaled numbers are the problem's own, to the bit.
//!
//! Ruiz's iteration on the matrix [P A'; A 0] with the cost normalised in every round (D. Ruiz, A scaling algorithm to
//! equilibrate both rows and columns norms in matrices, RAL-TR-2001-034; B. Stellato et al., OSQP: an operator splitting
//! solver for quadratic programs, Math. Prog. Comp. 12 (2020), algorithm 2). In the end every factor is rounded to a power
//! of two, which costs no more than a factor of sqrt(2) in balance.

use super::memory::Memory;
use super::pattern::QpPattern;
use crate::matrix::Index;
use crate::real::Real;
use crate::splitting::progress::largest;

/// Finds D, E and the factor of the cost for the values in memory, which are not scaled yet; q is in `linear`.
pub(super) fn equilibrate<T: Real, I: Index>(pattern: &QpPattern<'_, I>, memory: &mut Memory<'_, T>, rounds: u32) -> T {
    let Memory { values, variable_scale: d, linear: q, scratch: columns, row_scale: e, dual_change: rows, .. } = memory;
    d.fill(T::ONE);
    e.fill(T::ONE);
    let mut cost = T::ONE;
    for _ in 0..rounds {
        p_columns(pattern, values, d, cost, columns);
        for (((in_row, range), e), norm) in pattern.a_rows().zip(e.iter()).zip(rows.iter_mut()) {
            let mut largest_in_row = T::ZERO;
            for (column, value) in in_row.iter().zip(values.get(range).unwrap_or(&[])) {
                let place = column.get();
                let scaled = value.abs() * *e * d.get(place).copied().unwrap_or(T::ONE);
                largest_in_row = largest(largest_in_row, scaled);
                if let Some(norm) = columns.get_mut(place) {
                    *norm = largest(*norm, scaled);
                }
            }
            *norm = largest_in_row;
        }
        for (scale, norm) in d.iter_mut().zip(columns.iter()).chain(e.iter_mut().zip(rows.iter())) {
            *scale /= limited(*norm).sqrt();
        }
        p_columns(pattern, values, d, cost, columns);
        let sum = columns.iter().fold(T::ZERO, |sum, norm| sum + *norm);
        let count = T::from_u32(u32::try_from(columns.len().max(1)).unwrap_or(u32::MAX));
        let linear = q.iter().zip(d.iter()).fold(T::ZERO, |norm, (q, d)| largest(norm, (*q * *d * cost).abs()));
        cost /= limited(limited(sum / count).max(linear));
    }
    for scale in d.iter_mut().chain(e.iter_mut()) {
        *scale = power_of_two(*scale);
    }
    power_of_two(cost)
}

/// Scales the numbers of P and A.
pub(super) fn scale_p<T: Real, I: Index>(pattern: &QpPattern<'_, I>, memory: &mut Memory<'_, T>, cost: T) {
    let Memory { values, variable_scale: d, .. } = memory;
    for ((columns, range), row) in pattern.p_rows().zip(d.iter()) {
        for (value, column) in values.get_mut(range).unwrap_or(&mut []).iter_mut().zip(columns) {
            *value *= cost * *row * d.get(column.get()).copied().unwrap_or(T::ONE);
        }
    }
}

/// Scales the numbers of A.
pub(super) fn scale_a<T: Real, I: Index>(pattern: &QpPattern<'_, I>, memory: &mut Memory<'_, T>) {
    let Memory { values, variable_scale: d, row_scale: e, .. } = memory;
    for ((columns, range), row) in pattern.a_rows().zip(e.iter()) {
        for (value, column) in values.get_mut(range).unwrap_or(&mut []).iter_mut().zip(columns) {
            *value *= *row * d.get(column.get()).copied().unwrap_or(T::ONE);
        }
    }
}

/// Largest magnitudes in the columns of the whole of c D P D.
fn p_columns<T: Real, I: Index>(pattern: &QpPattern<'_, I>, values: &[T], d: &[T], cost: T, norms: &mut [T]) {
    norms.fill(T::ZERO);
    for (row, (columns, range)) in pattern.p_rows().enumerate() {
        let row_scale = cost * d.get(row).copied().unwrap_or(T::ONE);
        for (column, value) in columns.iter().zip(values.get(range).unwrap_or(&[])) {
            let scaled = value.abs() * row_scale * d.get(column.get()).copied().unwrap_or(T::ONE);
            for place in [row, column.get()] {
                if let Some(norm) = norms.get_mut(place) {
                    *norm = largest(*norm, scaled);
                }
            }
        }
    }
}

/// A norm to divide by: 1 where there is nothing to scale, and no more than four orders of magnitude at a time.
fn limited<T: Real>(norm: T) -> T {
    if norm < T::from_f32(1e-4) { T::ONE } else { norm.min(T::from_f32(1e4)) }
}

/// The nearest power of two.
pub(super) fn power_of_two<T: Real>(value: T) -> T {
    T::ONE / (value * T::from_f32(core::f32::consts::SQRT_2)).normalising_power_of_two()
}
