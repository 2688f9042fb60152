//! What a look at the iterate tells: residuals, objective, certificates. All in the units of the problem.

use super::memory::Memory;
use super::pattern::QpPattern;
use crate::matrix::Index;
use crate::real::Real;
use crate::splitting::progress::largest;
use crate::splitting::{Residuals, Stopping};
use crate::vector;

/// y = P x for P by its lower triangle.
fn times_p<T: Real, I: Index>(pattern: &QpPattern<'_, I>, values: &[T], x: &[T], y: &mut [T]) {
    y.fill(T::ZERO);
    for (row, (columns, range)) in pattern.p_rows().enumerate() {
        let own = x.get(row).copied().unwrap_or(T::ZERO);
        let mut sum = T::ZERO;
        for (column, value) in columns.iter().zip(values.get(range).unwrap_or(&[])) {
            let place = column.get();
            sum += *value * x.get(place).copied().unwrap_or(T::ZERO);
            if let Some(y) = y.get_mut(place).filter(|_| place != row) {
                *y += *value * own;
            }
        }
        if let Some(y) = y.get_mut(row) {
            *y += sum;
        }
    }
}

/// a'x over one row of A.
#[inline]
pub(super) fn row_times<T: Real, I: Index>(columns: &[I], values: &[T], x: &[T]) -> T {
    let terms = columns.iter().zip(values);
    terms.fold(T::ZERO, |sum, (column, value)| sum + *value * x.get(column.get()).copied().unwrap_or(T::ZERO))
}

/// y += factor a, for one row of A.
fn add_row<T: Real, I: Index>(columns: &[I], values: &[T], factor: T, y: &mut [T]) {
    for (column, value) in columns.iter().zip(values) {
        if let Some(y) = y.get_mut(column.get()) {
            *y += *value * factor;
        }
    }
}

/// rho of a row from its weight.
#[inline]
pub(super) fn penalty_of<T: Real>(entries: usize, weight: T) -> T {
    if entries == 1 { weight } else { T::ONE / weight }
}

/// Residuals of x̄, z̄, ȳ, the objective, and the ratio by which rho would balance the residuals.
pub(super) fn look<T: Real, I: Index>(
    pattern: &QpPattern<'_, I>,
    memory: &mut Memory<'_, T>,
    stopping: &Stopping<T>,
    cost: T,
) -> (Residuals<T>, T, T) {
    let Memory { values, variable_scale, linear, x, scratch, row_scale, z, dual, weights, rhs, .. } = memory;
    let gradient = rhs.get_mut(..x.len()).unwrap_or(&mut []);
    gradient.fill(T::ZERO);
    let (mut primal, mut primal_scale) = (T::ZERO, T::ZERO);
    let rows = pattern.a_rows().zip(z.iter()).zip(dual.iter()).zip(weights.iter()).zip(row_scale.iter());
    for (((((columns, range), z), dual), weight), scale) in rows {
        let row = values.get(range).unwrap_or(&[]);
        let ax = row_times(columns, row, x);
        primal = largest(primal, ((ax - *z) / *scale).abs());
        primal_scale = largest(primal_scale, largest(ax.abs(), z.abs()) / *scale);
        add_row(columns, row, penalty_of(columns.len(), *weight) * *dual, gradient);
    }
    times_p(pattern, values, x, scratch);
    let objective = (vector::dot(scratch, x) / T::TWO + vector::dot(linear, x)) / cost;
    let (mut worst, mut dual_scale) = (T::ZERO, T::ZERO);
    let parts = gradient.iter().zip(scratch.iter()).zip(linear.iter()).zip(variable_scale.iter());
    for (((aty, px), q), scale) in parts {
        worst = largest(worst, (*px + *q + *aty).abs() / *scale);
        dual_scale = largest(dual_scale, largest(px.abs(), largest(q.abs(), aty.abs())) / *scale);
    }
    let (worst, dual_scale) = (worst / cost, dual_scale / cost);
    let residuals = Residuals {
        primal,
        dual: worst,
        primal_target: stopping.target(primal_scale),
        dual_target: stopping.target(dual_scale),
    };
    let tiny = T::MIN_POSITIVE / T::EPSILON;
    let balance = (primal / primal_scale.max(tiny)) / (worst / dual_scale.max(tiny)).max(tiny);
    (residuals, objective, balance.sqrt())
}

/// Whether the change of y proves that no x is feasible: A'y = 0 and u'max(y, 0) + l'min(y, 0) < 0, which no x within the
/// bounds can meet. Then that change is left in `dual_change`, unscaled, with largest magnitude 1.
pub(super) fn proves_primal_infeasible<T: Real, I: Index>(
    pattern: &QpPattern<'_, I>,
    memory: &mut Memory<'_, T>,
    tolerance: T,
) -> bool {
    let Memory { values, variable_scale, x, scratch, row_scale, lower, upper, dual_change: y, .. } = memory;
    let (mut norm, mut support, mut terms) = (T::ZERO, T::ZERO, T::ZERO);
    for (((y, scale), lower), upper) in y.iter_mut().zip(row_scale.iter()).zip(lower.iter()).zip(upper.iter()) {
        if (*y > T::ZERO && !upper.is_finite()) || (*y < T::ZERO && !lower.is_finite()) {
            *y = T::ZERO;
        }
        norm = largest(norm, (*y * *scale).abs());
        let bound = if *y > T::ZERO { *upper } else { *lower };
        if *y != T::ZERO {
            support += bound * *y;
            terms += (bound * *y).abs();
        }
    }
    if !(norm > T::MIN_POSITIVE / T::EPSILON && support < -(T::from_f32(16.0) * T::EPSILON) * terms) {
        return false;
    }
    scratch.fill(T::ZERO);
    for ((columns, range), y) in pattern.a_rows().zip(y.iter()) {
        add_row(columns, values.get(range).unwrap_or(&[]), *y, scratch);
    }
    // The rest of A'y must be small by itself, and too small for any x like this one, ten times as large, to make up.
    let (mut rest, mut reach) = (T::ZERO, T::ZERO);
    for ((aty, scale), x) in scratch.iter().zip(variable_scale.iter()).zip(x.iter()) {
        rest = largest(rest, (*aty / *scale).abs());
        reach += (*aty * *x).abs();
    }
    if !(rest <= tolerance * norm && T::from_f32(10.0) * reach < -support) {
        return false;
    }
    for (y, scale) in y.iter_mut().zip(row_scale.iter()) {
        *y = *y * *scale / norm;
    }
    true
}

/// Whether the change of x proves that the objective falls without bound from any feasible point: P x = 0, q'x < 0, and
/// A x stays within the bounds for ever. Then that change is left in `change`, unscaled, with largest magnitude 1.
pub(super) fn proves_dual_infeasible<T: Real, I: Index>(
    pattern: &QpPattern<'_, I>,
    memory: &mut Memory<'_, T>,
    tolerance: T,
    cost: T,
) -> bool {
    let Memory { values, variable_scale, linear, change: x, scratch, row_scale, lower, upper, .. } = memory;
    let norm = x.iter().zip(variable_scale.iter()).fold(T::ZERO, |norm, (x, scale)| largest(norm, (*x * *scale).abs()));
    let (slope, terms) = linear
        .iter()
        .zip(x.iter())
        .fold((T::ZERO, T::ZERO), |(slope, terms), (q, x)| (slope + *q * *x, terms + (*q * *x).abs()));
    if !(norm > T::MIN_POSITIVE / T::EPSILON && slope < -(T::from_f32(16.0) * T::EPSILON) * terms) {
        return false;
    }
    let limit = tolerance * norm;
    times_p(pattern, values, x, scratch);
    let flat = |(px, scale): (&T, &T)| (*px / *scale).abs() <= limit * cost;
    // The curvature must be too small to turn the slope within ten times this step.
    let curvature = T::from_f32(10.0) * vector::dot(scratch, x);
    if !(scratch.iter().zip(variable_scale.iter()).all(flat) && curvature < -slope) {
        return false;
    }
    let rows = pattern.a_rows().zip(row_scale.iter()).zip(lower.iter()).zip(upper.iter());
    for ((((columns, range), scale), lower), upper) in rows {
        let ax = row_times(columns, values.get(range).unwrap_or(&[]), x) / *scale;
        // Written so that NaN stays within no bound.
        let stays = (ax <= limit || !upper.is_finite()) && (ax >= -limit || !lower.is_finite());
        if !stays {
            return false;
        }
    }
    for (x, scale) in x.iter_mut().zip(variable_scale.iter()) {
        *x = *x * *scale / norm;
    }
    true
}
