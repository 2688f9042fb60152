//! The iteration.

use core::borrow::BorrowMut;

use super::config::{QpCheckpoint, QpConfig};
use super::memory::Memory;
use super::pattern::QpPattern;
use super::residual::{self, penalty_of};
use super::scaling::power_of_two;
use super::update::QpData;
use crate::error::{self, Error, Field};
use crate::factor::{SparseLdlt, Symbolic};
use crate::matrix::Index;
use crate::real::Real;
use crate::solve::{Report, Solver, Step};
use crate::splitting::{PENALTIES, Residuals};

/// What rho is multiplied by in rows with equal bounds; OSQP takes 1000.
const EQUALITY: f32 = 256.0;
/// The same for rows without a bound.
const FREE: f32 = 1.0 / 1_048_576.0;

/// A quadratic program being solved.
///
/// One step is an iteration (a solve with the factor, and some 20 n + 25 m operations), at times with a look at the
/// residuals, or a refactorisation after rho, P, A or the kind of a bound has changed.
///
/// It owns its state, or works on one that lies elsewhere: `S` is a [`QpCheckpoint`] or a reference to one.
#[derive(Debug)]
pub struct Qp<'a, T, I, S = QpCheckpoint<T>> {
    pub(super) pattern: QpPattern<'a, I>,
    pub(super) memory: Memory<'a, T>,
    pub(super) factor: SparseLdlt<'a, T, I>,
    pub(super) state: S,
}

/// What a solve can say of itself. Residuals and objective are those of the last look.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct QpReport<T> {
    /// Outcome, or `Running`.
    pub step: Step,
    /// Iterations since the start or the last restart.
    pub iterations: u32,
    /// |A x - z| and |P x + q + A'y|, maximum norms, z being A x moved into the bounds; and their targets.
    pub residuals: Residuals<T>,
    /// 1/2 x'P x + q'x; infinite before the first look.
    pub objective: T,
    /// rho.
    pub penalty: T,
    /// Factorisations so far.
    pub refactorisations: u32,
}

impl<'a, T: Real, I: Index> Qp<'a, T, I> {
    /// Takes up a problem: checks it, then copies and scales it into the workspace, with x = y = 0 to begin with. O(entries
    /// x rounds of scaling). Factored is in the first step.
    ///
    /// # Errors
    /// Nothing is written then.
    /// - `OutOfRange` of `Field::Penalty`, `Field::Omega`, `Field::Tolerance` or `Field::Iterations` for the configuration.
    /// - `Length` of `Field::Symbolic` if that is not of this pattern's system, of `Field::Workspace` if that is short, of
    ///   `Field::Values`, `Field::LinearTerm`, `Field::ConstraintValues` or `Field::Bounds` for the data.
    /// - `NotFinite` of the same but the bounds; `OutOfRange` of `Field::Bounds` with the first row whose bounds are NaN,
    ///   crossed, or an infinity on the wrong side.
    pub fn new(
        pattern: QpPattern<'a, I>,
        symbolic: Symbolic<'a, I>,
        data: QpData<'_, T>,
        workspace: &'a mut [T],
        config: QpConfig<T>,
    ) -> Result<Self, Error> {
        Self::begin(pattern, symbolic, data, workspace, &config, QpCheckpoint::new(&config))
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> QpCheckpoint<T> {
        self.state
    }
}

impl<'a, T: Real, I: Index, S: BorrowMut<QpCheckpoint<T>>> Qp<'a, T, I, S> {
    /// [`new`](Qp::new) with the state where it lies: one of [`QpCheckpoint::new`] for this configuration.
    ///
    /// # Errors
    /// As [`new`](Qp::new); nothing is written then.
    pub fn begin(
        pattern: QpPattern<'a, I>,
        symbolic: Symbolic<'a, I>,
        data: QpData<'_, T>,
        workspace: &'a mut [T],
        config: &QpConfig<T>,
        state: S,
    ) -> Result<Self, Error> {
        config.check()?;
        data.check(&pattern)?;
        let mut this = Self::resume(pattern, symbolic, workspace, state)?;
        this.take_up(data, config.scaling_rounds);
        Ok(this)
    }

    /// Takes up a solve that was put away. The workspace must hold what it held; O(m).
    ///
    /// # Errors
    /// `Length` of `Field::Symbolic` or `Field::Workspace`.
    pub fn resume(
        pattern: QpPattern<'a, I>,
        symbolic: Symbolic<'a, I>,
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        error::exact(Field::Symbolic, pattern.system_dim(), symbolic.dim())?;
        error::exact(Field::Symbolic, pattern.system_entries(), symbolic.values_len())?;
        let (memory, rest) = Memory::divide(&pattern, symbolic.fill(), workspace)?;
        let factor =
            SparseLdlt::resume(symbolic, rest, state.borrow().factored.holds().then_some(pattern.variables()))?;
        Ok(Self { pattern, memory, factor, state })
    }

    /// The state of the solve, with what [`Solver::report`] has no place for.
    #[must_use]
    pub fn details(&self) -> QpReport<T> {
        self.state.borrow().details()
    }

    /// Sets rho and the weights of all rows; y stays.
    pub(super) fn weigh(&mut self) {
        let rho = self.state.borrow().penalty;
        let Memory { lower, upper, dual, weights, .. } = &mut self.memory;
        let rows =
            self.pattern.a_rows().zip(lower.iter()).zip(upper.iter()).zip(dual.iter_mut()).zip(weights.iter_mut());
        for (((((columns, _), lower), upper), dual), weight) in rows {
            let is_bound = columns.len() == 1;
            let free = !lower.is_finite() && !upper.is_finite();
            let new = match (lower == upper, free) {
                (true, _) => rho * T::from_f32(EQUALITY),
                (_, true) if is_bound => T::ZERO,
                (_, true) => rho * T::from_f32(FREE),
                _ => rho,
            };
            let old = if is_bound || *weight != T::ZERO { penalty_of(columns.len(), *weight) } else { new };
            *dual = if new == T::ZERO { T::ZERO } else { *dual * (old / new) };
            *weight = if is_bound { new } else { T::ONE / new };
        }
        self.state.borrow_mut().factored.set(false);
    }

    /// Factors the system of the present values and weights.
    fn refactor(&mut self) -> Step {
        let sigma = self.state.borrow().regularisation;
        let Memory { values, weights, .. } = &mut self.memory;
        for (_, range) in self.pattern.p_rows() {
            if let Some(diagonal) = values.get_mut(range.end) {
                *diagonal = sigma;
            }
        }
        for ((columns, range), weight) in self.pattern.a_rows().zip(weights.iter()) {
            if let [column] = columns {
                let entry = values.get(range.start).copied().unwrap_or(T::ZERO);
                if let Some(diagonal) = values.get_mut(self.pattern.p_diagonal(column.get())) {
                    *diagonal += *weight * (entry * entry);
                }
            } else if let Some(diagonal) = values.get_mut(range.end) {
                *diagonal = -*weight;
            }
        }
        let system = values.get(..self.pattern.system_entries()).unwrap_or(&[]);
        let outcome = self.factor.refactor(system);
        let factored = outcome.is_ok() && self.factor.positive_pivots() == self.pattern.variables();
        let state = self.state.borrow_mut();
        state.refactorisations = state.refactorisations.saturating_add(1);
        state.factored.set(factored);
        if factored { Step::Running } else { state.progress.end(Step::NotPositiveDefinite) }
    }

    /// One iteration; changes of x and y are kept if they will be looked at.
    fn iterate(&mut self, keep_changes: bool) {
        let Memory { values, linear, x, change, lower, upper, z, dual, dual_change, weights, rhs, .. } =
            &mut self.memory;
        let QpCheckpoint { regularisation: sigma, relaxation: alpha, .. } = *self.state.borrow();
        let n = x.len();
        let Some((top, bottom)) = rhs.split_at_mut_checked(n) else { return };
        for ((rhs, x), q) in top.iter_mut().zip(x.iter()).zip(linear.iter()) {
            *rhs = sigma * *x - *q;
        }
        let mut bottom = bottom.iter_mut();
        let rows = self.pattern.a_rows().zip(z.iter()).zip(dual.iter()).zip(weights.iter());
        for ((((columns, range), z), dual), weight) in rows {
            let target = *z - *dual;
            if let [column] = columns {
                let entry = values.get(range.start).copied().unwrap_or(T::ZERO);
                if let Some(rhs) = top.get_mut(column.get()) {
                    *rhs += *weight * entry * target;
                }
            } else if let Some(rhs) = bottom.next() {
                *rhs = target;
            }
        }
        // Only a wrong length or a missing factor could be refused, and neither can be here.
        let _ = self.factor.solve(rhs);
        let Some((top, bottom)) = rhs.split_at_checked(n) else { return };
        let mut bottom = bottom.iter();
        let rows = self.pattern.a_rows().zip(z.iter_mut()).zip(dual.iter_mut()).zip(weights.iter());
        let bounds = lower.iter().zip(upper.iter()).zip(dual_change.iter_mut());
        for (((((columns, range), z), dual), weight), ((lower, upper), change)) in rows.zip(bounds) {
            let solved = if let [column] = columns {
                let entry = values.get(range.start).copied().unwrap_or(T::ZERO);
                entry * top.get(column.get()).copied().unwrap_or(T::ZERO)
            } else {
                *z - *dual + *weight * bottom.next().copied().unwrap_or(T::ZERO)
            };
            let moved = alpha * solved + (T::ONE - alpha) * *z + *dual;
            *z = moved.max(*lower).min(*upper);
            let before = core::mem::replace(dual, moved - *z);
            if keep_changes {
                *change = penalty_of(columns.len(), *weight) * (*dual - before);
            }
        }
        for ((x, solved), change) in x.iter_mut().zip(top).zip(change.iter_mut()) {
            let step = alpha * (*solved - *x);
            *x += step;
            if keep_changes {
                *change = step;
            }
        }
    }

    /// Looks at the iterate: the outcome, and whether rho is to change.
    fn look(&mut self, may_adapt: bool) -> Step {
        let state = self.state.borrow_mut();
        let QpCheckpoint { cost_scale: cost, primal_infeasible, dual_infeasible, .. } = *state;
        let stopping = state.stopping();
        let (residuals, objective, balance) = residual::look(&self.pattern, &mut self.memory, &stopping, cost);
        state.objective = objective;
        let step = state.progress.judge(&stopping, residuals);
        if !matches!(step, Step::Running | Step::IterationCap | Step::Stagnated) {
            return step;
        }
        let step = if residual::proves_primal_infeasible(&self.pattern, &mut self.memory, primal_infeasible) {
            state.progress.end(Step::PrimalInfeasible)
        } else if residual::proves_dual_infeasible(&self.pattern, &mut self.memory, dual_infeasible, cost) {
            state.progress.end(Step::DualInfeasible)
        } else {
            step
        };
        if may_adapt && step == Step::Running {
            self.adapt(balance);
        }
        step
    }

    /// Changes rho by a power of two if that is at least a factor of 4.
    fn adapt(&mut self, balance: T) {
        let old = self.state.borrow().penalty;
        let wanted = (old * balance).max(T::from_f32(PENALTIES.0)).min(T::from_f32(PENALTIES.1));
        let factor = power_of_two(wanted / old);
        let four = T::from_f32(4.0);
        if factor >= four || factor * four <= T::ONE {
            self.state.borrow_mut().penalty = old * factor;
            self.weigh();
        }
    }
}

impl<T: Real> QpCheckpoint<T> {
    /// What the solve could say of itself when it was put away.
    #[must_use]
    pub fn details(&self) -> QpReport<T> {
        QpReport {
            step: self.progress.step(),
            iterations: self.progress.iterations,
            residuals: self.progress.residuals(),
            objective: self.objective,
            penalty: self.penalty,
            refactorisations: self.refactorisations,
        }
    }
}

impl<T: Real, I: Index, S: BorrowMut<QpCheckpoint<T>>> Solver for Qp<'_, T, I, S> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        let state = self.state.borrow_mut();
        if state.progress.step().is_final() {
            return state.progress.step();
        }
        if !state.factored.holds() {
            return self.refactor();
        }
        let iteration = state.progress.iterations.saturating_add(1);
        state.progress.iterations = iteration;
        let may_adapt = state.adapt_every != 0 && iteration.is_multiple_of(state.adapt_every);
        let due = may_adapt || state.stopping().is_due(iteration);
        self.iterate(due);
        if due { self.look(may_adapt) } else { Step::Running }
    }

    /// `residual` is the larger of primal and dual residual, each in units of its target; `target` is 1.
    fn report(&self) -> Report<T> {
        self.state.borrow().progress.report()
    }
}
