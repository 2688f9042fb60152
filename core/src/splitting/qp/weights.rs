//! rho: the weights of the rows, its changes, and the factor that goes with them.

use core::borrow::BorrowMut;

use super::config::QpCheckpoint;
use super::memory::Memory;
use super::residual::penalty_of;
use super::scaling::power_of_two;
use super::solver::Qp;
use crate::matrix::Index;
use crate::real::Real;
use crate::solve::Step;
use crate::splitting::PENALTIES;

/// What rho is multiplied by in rows with equal bounds; OSQP takes 1000.
const EQUALITY: f32 = 256.0;
/// The same for rows without a bound.
const FREE: f32 = 1.0 / 1_048_576.0;

impl<T: Real, I: Index, S: BorrowMut<QpCheckpoint<T>>> Qp<'_, T, I, S> {
    /// Sets rho and the weights of all rows; y stays.
    #[inline(never)]
    pub(super) fn weigh(&mut self) {
        let (pattern, memory, state) = self.parts();
        state.factored.set(false);
        let rho = state.penalty;
        for (bounded, [_, lower, upper, _, dual, kept, weight]) in pattern.bounded().zip(memory.rows.iter_mut()) {
            let is_bound = bounded.is_some();
            let free = !lower.is_finite() && !upper.is_finite();
            let new = match (lower == upper, free) {
                (true, _) => rho * T::from_f32(EQUALITY),
                (_, true) if is_bound => T::ZERO,
                (_, true) => rho * T::from_f32(FREE),
                _ => rho,
            };
            let old = if is_bound || *weight != T::ZERO { penalty_of(usize::from(is_bound), *weight) } else { new };
            let change = if new == T::ZERO { T::ZERO } else { old / new };
            (*dual, *kept) = (*dual * change, *kept * change);
            *weight = if is_bound { new } else { T::ONE / new };
        }
    }

    /// Factors the system of the present values and weights.
    #[inline(never)]
    pub(super) fn refactor(&mut self) -> Step {
        let memory = Memory::divide(&self.pattern, self.workspace);
        let Memory { values, rows, mut factor, .. } = memory;
        let state = self.state.borrow_mut();
        let sigma = state.regularisation;
        let pattern = &self.pattern;
        for place in pattern.p_diagonals() {
            if let Some(diagonal) = values.get_mut(place) {
                *diagonal = sigma;
            }
        }
        for ((bounded, own), [.., weight]) in pattern.places().zip(rows.iter()) {
            let (place, term) = if let Some(column) = bounded {
                let at = |place: usize| values.get(place).copied().unwrap_or(T::ZERO);
                let (place, entry) = (pattern.p_diagonal(column), at(own));
                (place, at(place) + *weight * (entry * entry))
            } else {
                (own, -*weight)
            };
            if let Some(diagonal) = values.get_mut(place) {
                *diagonal = term;
            }
        }
        let factored = factor.eliminate(&self.symbolic, values) == Ok(self.pattern.variables());
        state.refactorisations = state.refactorisations.saturating_add(1);
        state.factored.set(factored);
        if factored { Step::Running } else { state.progress.end(Step::NotPositiveDefinite) }
    }

    /// Changes rho by a power of two if that is at least a factor of 4.
    pub(super) fn adapt(&mut self, balance: T) {
        let state = self.state.borrow_mut();
        let old = state.penalty;
        let wanted = (old * balance).max(T::from_f32(PENALTIES.0)).min(T::from_f32(PENALTIES.1));
        let factor = power_of_two(wanted / old);
        let four = T::from_f32(4.0);
        if factor >= four || factor * four <= T::ONE {
            state.penalty = old * factor;
            self.weigh();
        }
    }
}
