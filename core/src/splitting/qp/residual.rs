//! What a look at the iterate tells: residuals, objective, certificates. All in the units of the problem.
//!
//! None of it is part of every iteration, so the loops are shared and small rather than fast.

use super::memory::{Memory, Variable};
use super::pattern::QpPattern;
use crate::matrix::Index;
use crate::real::Real;
use crate::splitting::progress::largest;
use crate::splitting::{Residuals, Stopping};
use crate::vector;

/// Which vector of the variables is multiplied.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Of {
    Iterate,
    Change,
}

impl Of {
    #[inline]
    fn get<T: Real>(self, [_, _, x, change, _]: &Variable<T>) -> T {
        if self == Self::Iterate { *x } else { *change }
    }

    #[inline]
    fn at<T: Real>(self, variables: &[Variable<T>], place: usize) -> T {
        variables.get(place).map_or(T::ZERO, |variable| self.get(variable))
    }
}

/// y = P x for P by its lower triangle.
#[inline(never)]
fn times_p<T: Real, I: Index>(
    pattern: &QpPattern<'_, I>,
    values: &mut [T],
    (variables, of): (&[Variable<T>], Of),
    y: &mut [T],
) {
    y.fill(T::ZERO);
    pattern.each_of_p(values, &mut |row, columns, values| {
        let own = of.at(variables, row);
        let mut sum = T::ZERO;
        for (column, value) in columns.iter().zip(values.iter()) {
            let place = column.get();
            sum += *value * of.at(variables, place);
            if let Some(y) = y.get_mut(place).filter(|_| place != row) {
                *y += *value * own;
            }
        }
        if let Some(y) = y.get_mut(row) {
            *y += sum;
        }
    });
}

/// a'x over one row of A.
#[inline(never)]
pub(super) fn row_times<T: Real, I: Index>(columns: &[I], values: &[T], (variables, of): (&[Variable<T>], Of)) -> T {
    let terms = columns.iter().zip(values);
    terms.fold(T::ZERO, |sum, (column, value)| sum + *value * of.at(variables, column.get()))
}

/// The free elements += factor a, for one row a of A.
#[inline(never)]
fn add_row<T: Real, I: Index>(columns: &[I], values: &[T], factor: T, variables: &mut [Variable<T>]) {
    for (column, value) in columns.iter().zip(values) {
        if let Some([.., sum]) = variables.get_mut(column.get()) {
            *sum += *value * factor;
        }
    }
}

/// The free elements = 0.
fn clear<T: Real>(variables: &mut [Variable<T>]) {
    for [.., free] in variables {
        *free = T::ZERO;
    }
}

/// rho of a row from its weight.
#[inline]
pub(super) fn penalty_of<T: Real>(entries: usize, weight: T) -> T {
    if entries == 1 { weight } else { T::ONE / weight }
}

/// A sum in the order of [`vector::dot`], term by term.
struct Lanes<T>([T; 4], u32);

impl<T: Real> Lanes<T> {
    #[inline]
    fn new() -> Self {
        Self([T::ZERO; 4], 0)
    }

    #[inline]
    fn add(&mut self, term: T) {
        let [lane, next, second, third] = self.0;
        self.0 = [next, second, third, lane + term];
        self.1 = self.1.wrapping_add(1);
    }

    fn sum(self) -> T {
        let Self([mut a, mut b, mut c, mut d], count) = self;
        for _ in 0..count.wrapping_neg() & 3 {
            (a, b, c, d) = (b, c, d, a);
        }
        vector::join([a, b, c, d])
    }
}

/// Residuals of x̄, z̄, ȳ, the objective, and the ratio by which rho would balance the residuals.
#[inline(never)]
pub(super) fn look<T: Real, I: Index>(
    pattern: &QpPattern<'_, I>,
    memory: &mut Memory<'_, T>,
    stopping: &Stopping<T>,
    cost: T,
) -> (Residuals<T>, T, T) {
    let Memory { values, variables, rows, rhs: px, .. } = memory;
    clear(variables);
    let (mut primal, mut primal_scale) = (T::ZERO, T::ZERO);
    let mut of_rows = rows.iter();
    pattern.each_of_a(values, &mut |_, columns, values| {
        let Some([scale, _, _, z, dual, _, weight]) = of_rows.next() else { return };
        let y = penalty_of(columns.len(), *weight) * *dual;
        let mut ax = T::ZERO;
        for (column, value) in columns.iter().zip(values) {
            if let Some([_, _, x, _, sum]) = variables.get_mut(column.get()) {
                ax += *value * *x;
                *sum += *value * y;
            }
        }
        primal = largest(primal, ((ax - *z) / *scale).abs());
        primal_scale = largest(primal_scale, largest(ax.abs(), z.abs()) / *scale);
    });
    times_p(pattern, values, (variables, Of::Iterate), px);
    let (mut square, mut linear) = (Lanes::new(), Lanes::new());
    let (mut worst, mut dual_scale) = (T::ZERO, T::ZERO);
    for ([scale, q, x, _, aty], px) in variables.iter().zip(px.iter()) {
        square.add(*px * *x);
        linear.add(*q * *x);
        worst = largest(worst, (*px + *q + *aty).abs() / *scale);
        dual_scale = largest(dual_scale, largest(px.abs(), largest(q.abs(), aty.abs())) / *scale);
    }
    let objective = (square.sum() / T::TWO + linear.sum()) / cost;
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

/// Whether the norm of a change and its product with what it is held against are a proof worth looking at: the product
/// below 0 by more than the rounding of its terms.
#[inline(never)]
fn promises<T: Real>(norm: T, product: T, terms: T) -> bool {
    norm > T::MIN_POSITIVE / T::EPSILON && product < -(T::from_f32(16.0) * T::EPSILON) * terms
}

/// Whether the change of y proves that no x is feasible: A'y = 0 and u'max(y, 0) + l'min(y, 0) < 0, which no x within the
/// bounds can meet. Then that change is left in its place, unscaled, with largest magnitude 1.
#[inline(never)]
pub(super) fn proves_primal_infeasible<T: Real, I: Index>(
    pattern: &QpPattern<'_, I>,
    memory: &mut Memory<'_, T>,
    tolerance: T,
) -> bool {
    let Memory { values, variables, rows, .. } = memory;
    let (mut norm, mut support, mut terms) = (T::ZERO, T::ZERO, T::ZERO);
    for [scale, lower, upper, _, _, y, _] in rows.iter_mut() {
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
    if !promises(norm, support, terms) {
        return false;
    }
    clear(variables);
    let mut of_rows = rows.iter();
    pattern.each_of_a(values, &mut |_, columns, values| {
        if let Some([.., y, _]) = of_rows.next() {
            add_row(columns, values, *y, variables);
        }
    });
    // The rest of A'y must be small by itself, and too small for any x like this one, ten times as large, to make up.
    let (mut rest, mut reach) = (T::ZERO, T::ZERO);
    for [scale, _, x, _, aty] in variables.iter() {
        rest = largest(rest, (*aty / *scale).abs());
        reach += (*aty * *x).abs();
    }
    if !(rest <= tolerance * norm && T::from_f32(10.0) * reach < -support) {
        return false;
    }
    for [scale, _, _, _, _, y, _] in rows.iter_mut() {
        *y = *y * *scale / norm;
    }
    true
}

/// Whether the change of x proves that the objective falls without bound from any feasible point: P x = 0, q'x < 0, and
/// A x stays within the bounds for ever. Then that change is left in its place, unscaled, with largest magnitude 1.
#[inline(never)]
pub(super) fn proves_dual_infeasible<T: Real, I: Index>(
    pattern: &QpPattern<'_, I>,
    memory: &mut Memory<'_, T>,
    tolerance: T,
    cost: T,
) -> bool {
    let Memory { values, variables, rows, rhs: px, .. } = memory;
    let (mut norm, mut slope, mut terms) = (T::ZERO, T::ZERO, T::ZERO);
    for [scale, q, _, x, _] in variables.iter() {
        norm = largest(norm, (*x * *scale).abs());
        slope += *q * *x;
        terms += (*q * *x).abs();
    }
    if !promises(norm, slope, terms) {
        return false;
    }
    let limit = tolerance * norm;
    times_p(pattern, values, (variables, Of::Change), px);
    let mut proves = true;
    let mut curvature = Lanes::new();
    for ([scale, _, _, x, _], px) in variables.iter().zip(px.iter()) {
        curvature.add(*px * *x);
        proves &= (*px / *scale).abs() <= limit * cost;
    }
    // The curvature must be too small to turn the slope within ten times this step.
    proves &= T::from_f32(10.0) * curvature.sum() < -slope;
    let mut of_rows = rows.iter();
    pattern.each_of_a(values, &mut |_, columns, values| {
        let Some([scale, lower, upper, ..]) = of_rows.next() else { return };
        let ax = row_times(columns, values, (variables, Of::Change)) / *scale;
        // Written so that NaN stays within no bound.
        proves &= (ax <= limit || !upper.is_finite()) && (ax >= -limit || !lower.is_finite());
    });
    if proves {
        for [scale, _, _, x, _] in variables.iter_mut() {
            *x = *x * *scale / norm;
        }
    }
    proves
}
