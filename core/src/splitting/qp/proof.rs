//! Proofs that a problem has no solution, in the units of the problem: looked for now and then, and only by who wants them.

use core::borrow::BorrowMut;

use super::config::QpCheckpoint;
use super::memory::{Memory, Variable};
use super::pattern::QpPattern;
use super::residual::{Of, clear, penalty_of, row_times, times_p};
use super::solver::Qp;
use crate::error::{self, Error, Field};
use crate::matrix::Index;
use crate::real::Real;
use crate::solve::Step;
use crate::splitting::progress::largest;

/// A proof is looked for after so many iterations, in the change that they made.
const EVERY: u32 = 25;

/// Whether one is looked for after this iteration.
pub(super) const fn is_due(iteration: u32) -> bool {
    iteration.is_multiple_of(EVERY)
}

impl<T: Real, I: Index, S: BorrowMut<QpCheckpoint<T>>> Qp<'_, T, I, S> {
    /// Whether the way the iterate has gone since this was asked last proves that there is no solution: then the outcome,
    /// unless it is `Converged`, is `PrimalInfeasible` or `DualInfeasible`, with the [`certificate`](Self::certificate); else it
    /// stays. Asked once more, it stays, and so does the certificate. O(entries).
    ///
    /// [`step`](crate::solve::Solver::step) asks every 25 iterations, and where it ends without a solution. It is for those who
    /// go by [`advance`](Self::advance).
    #[inline(never)]
    pub fn prove(&mut self) -> Step {
        let step = self.state.borrow().progress.step();
        // The certificate stands where the changes would.
        if matches!(step, Step::Converged | Step::PrimalInfeasible | Step::DualInfeasible) {
            return step;
        }
        let (pattern, mut memory, state) = self.parts();
        let memory = &mut memory;
        let QpCheckpoint { cost_scale: cost, primal_infeasible, dual_infeasible, .. } = *state;
        changes(pattern, memory);
        if proves_primal_infeasible(pattern, memory, primal_infeasible) {
            state.progress.end(Step::PrimalInfeasible)
        } else if proves_dual_infeasible(pattern, memory, dual_infeasible, cost) {
            state.progress.end(Step::DualInfeasible)
        } else {
            keep(memory);
            state.progress.step()
        }
    }

    /// Elements of the proof of infeasibility: a constraint each after `PrimalInfeasible`, a variable each after
    /// `DualInfeasible`; else there is none.
    #[must_use]
    pub fn certificate_len(&self) -> Option<usize> {
        match self.state.borrow().progress.step() {
            Step::PrimalInfeasible => Some(self.pattern.constraints()),
            Step::DualInfeasible => Some(self.pattern.variables()),
            _ => None,
        }
    }

    /// Writes the proof of infeasibility. After `PrimalInfeasible`: A'y = 0 and u'max(y, 0) + l'min(y, 0) < 0. After
    /// `DualInfeasible`: P x = 0, q'x < 0, and A x leads out of no bound. The largest magnitude is 1. Nothing is written
    /// where there is none.
    ///
    /// # Errors
    /// `Length` of `Field::Output` unless there are [`certificate_len`](Self::certificate_len) elements.
    pub fn certificate(&self, into: &mut [T]) -> Result<(), Error> {
        let Some(len) = self.certificate_len() else { return Ok(()) };
        error::exact(Field::Output, len, into.len())?;
        if self.state.borrow().progress.step() == Step::PrimalInfeasible {
            for (into, [.., y, _]) in into.iter_mut().zip(self.rows()) {
                *into = *y;
            }
        } else {
            for (into, [_, _, _, x, _]) in into.iter_mut().zip(self.variables()) {
                *into = *x;
            }
        }
        Ok(())
    }
}

/// The changes since [`keep`].
fn changes<T: Real, I: Index>(pattern: &QpPattern<'_, I>, memory: &mut Memory<'_, T>) {
    for [_, _, x, change, _] in memory.variables.iter_mut() {
        *change = *x - *change;
    }
    for (bounded, [.., dual, change, weight]) in pattern.bounded().zip(memory.rows.iter_mut()) {
        let rho = penalty_of(usize::from(bounded.is_some()), *weight);
        *change = rho * (*dual - *change);
    }
}

/// Puts what x and y are now where their changes will be.
fn keep<T: Real>(memory: &mut Memory<'_, T>) {
    for [_, _, x, kept, _] in memory.variables.iter_mut() {
        *kept = *x;
    }
    for [.., dual, kept, _] in memory.rows.iter_mut() {
        *kept = *dual;
    }
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

/// Whether the norm of a change and its product with what it is held against are a proof worth looking at: the product
/// below 0 by more than the rounding of its terms.
#[inline(never)]
fn promises<T: Real>(norm: T, product: T, terms: T) -> bool {
    norm > T::MIN_POSITIVE / T::EPSILON && product < -(T::from_f32(16.0) * T::EPSILON) * terms
}

/// Whether the change of y proves that no x is feasible: A'y = 0 and u'max(y, 0) + l'min(y, 0) < 0, which no x within the
/// bounds can meet. Then that change is left in its place, unscaled, with largest magnitude 1.
#[inline(never)]
fn proves_primal_infeasible<T: Real, I: Index>(
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
fn proves_dual_infeasible<T: Real, I: Index>(
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
    let mut curvature = T::ZERO;
    for ([scale, _, _, x, _], px) in variables.iter().zip(px.iter()) {
        curvature += *px * *x;
        proves &= (*px / *scale).abs() <= limit * cost;
    }
    // The curvature must be too small to turn the slope within ten times this step.
    proves &= T::from_f32(10.0) * curvature < -slope;
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
