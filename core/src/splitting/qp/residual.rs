//! What a look at the iterate tells: residuals and objective, in the units of the problem.

use super::memory::{Memory, Variable};
use super::pattern::QpPattern;
use super::vfp::{self, Sums};
use crate::matrix::Index;
use crate::real::Real;
use crate::splitting::progress::largest;
use crate::splitting::{Residuals, Stopping};

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
pub(super) fn times_p<T: Real, I: Index>(
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

/// The free elements = 0.
pub(super) fn clear<T: Real>(variables: &mut [Variable<T>]) {
    for [.., free] in variables {
        *free = T::ZERO;
    }
}

/// rho of a row from its weight.
#[inline]
pub(super) fn penalty_of<T: Real>(entries: usize, weight: T) -> T {
    if entries == 1 { weight } else { T::ONE / weight }
}

/// Residuals of x̄, z̄, ȳ, the objective, and the ratio by which rho would balance the residuals.
#[inline]
pub(super) fn look<T: Real, I: Index>(
    pattern: &QpPattern<'_, I>,
    memory: &mut Memory<'_, T>,
    stopping: &Stopping<T>,
    cost: T,
) -> (Residuals<T>, T, T) {
    clear(memory.variables);
    let Sums { primal: [primal, primal_scale], dual: [worst, dual_scale], objective: [square, linear] } =
        match vfp::sums(pattern, memory) {
            Some(sums) => sums,
            None => sums(pattern, memory),
        };
    let objective = (square / T::TWO + linear) / cost;
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

/// The passes of a look; the free elements are 0 before.
fn sums<T: Real, I: Index>(pattern: &QpPattern<'_, I>, memory: &mut Memory<'_, T>) -> Sums<T> {
    let Memory { values, variables, rows, rhs: px, .. } = memory;
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
    let (mut square, mut linear) = (T::ZERO, T::ZERO);
    let (mut worst, mut dual_scale) = (T::ZERO, T::ZERO);
    for ([scale, q, x, _, aty], px) in variables.iter().zip(px.iter()) {
        square += *px * *x;
        linear += *q * *x;
        worst = largest(worst, (*px + *q + *aty).abs() / *scale);
        dual_scale = largest(dual_scale, largest(px.abs(), largest(q.abs(), aty.abs())) / *scale);
    }
    Sums { primal: [primal, primal_scale], dual: [worst, dual_scale], objective: [square, linear] }
}
