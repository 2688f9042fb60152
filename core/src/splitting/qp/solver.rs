//! The iteration.

use core::borrow::BorrowMut;

use super::config::{QpCheckpoint, QpConfig};
use super::iteration::iterate;
use super::memory::{Memory, Row, Variable, need};
use super::pattern::QpPattern;
use super::update::QpData;
use super::{proof, residual};
use crate::error::{self, Error, Field};
use crate::factor::Symbolic;
use crate::matrix::Index;
use crate::real::Real;
use crate::solve::{Report, Solver, Step};
use crate::splitting::Residuals;
use crate::splitting::progress::Progress;

/// A quadratic program being solved.
///
/// One step is an iteration (a solve with the factor, and some 20 n + 25 m operations), at times with a look at the
/// residuals, or a refactorisation after rho, P, A or the kind of a bound has changed.
///
/// It owns its state, or works on one that lies elsewhere: `S` is a [`QpCheckpoint`] or a reference to one.
#[derive(Debug)]
pub struct Qp<'a, T, I, S = QpCheckpoint<T>> {
    pub(super) pattern: QpPattern<'a, I>,
    pub(super) symbolic: Symbolic<'a, I>,
    pub(super) workspace: &'a mut [T],
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
        Self::check(&pattern, &symbolic, &data, workspace.len(), &config)?;
        let mut this = Self::resume(pattern, symbolic, workspace, QpCheckpoint::new(&config))?;
        this.begin(&data, config.scaling_rounds);
        Ok(this)
    }

    /// Looks at everything that [`new`](Self::new) is given, for a state that begins where it lies: one of
    /// [`QpCheckpoint::new`], then [`resume`](Qp::resume) and [`begin`](Qp::begin).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn check(
        pattern: &QpPattern<'_, I>,
        symbolic: &Symbolic<'_, I>,
        data: &QpData<'_, T>,
        workspace: usize,
        config: &QpConfig<T>,
    ) -> Result<(), Error> {
        config.check()?;
        data.check(pattern)?;
        fits(pattern, symbolic, workspace)
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> QpCheckpoint<T> {
        self.state
    }
}

impl<'a, T: Real, I: Index, S: BorrowMut<QpCheckpoint<T>>> Qp<'a, T, I, S> {
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
        fits(&pattern, &symbolic, workspace.len())?;
        Ok(Self { pattern, symbolic, workspace, state })
    }

    /// Takes up such a solve for one piece of `work`, from `arrays` and a `symbolic` part as [`QpPattern::trusted`] and
    /// [`Symbolic::trusted`] are given them: the solver is made where it is used, and never moved. O(n + m).
    ///
    /// # Errors
    /// As of these, and of [`resume`](Self::resume); then `work` is not called.
    #[inline(always)]
    pub fn resume_for<R>(
        arrays: [&'a [I]; 4],
        symbolic: &'a [I],
        workspace: &'a mut [T],
        state: S,
        work: impl FnOnce(&mut Self) -> R,
    ) -> Result<R, Error> {
        let singles = QpPattern::singles(arrays)?;
        let symbolic = Symbolic::trusted(symbolic)?;
        let mut this = Self { pattern: QpPattern::counted(arrays, singles), symbolic, workspace, state };
        fits(&this.pattern, &this.symbolic, this.workspace.len())?;
        Ok(work(&mut this))
    }

    /// What an operation works on.
    #[inline]
    pub(super) fn parts(&mut self) -> (&QpPattern<'a, I>, Memory<'_, T>, &mut QpCheckpoint<T>) {
        let memory = Memory::divide(&self.pattern, self.workspace);
        (&self.pattern, memory, self.state.borrow_mut())
    }

    /// A piece of the workspace, to be read.
    #[inline(never)]
    fn piece(&self, at: usize, len: usize) -> &[T] {
        self.workspace.get(at..at.saturating_add(len)).unwrap_or(&[])
    }

    /// The variables, to be read.
    pub(super) fn variables(&self) -> &[Variable<T>] {
        self.piece(self.pattern.values_len(), 5 * self.pattern.variables()).as_chunks().0
    }

    /// The rows, to be read.
    pub(super) fn rows(&self) -> &[Row<T>] {
        let at = self.pattern.values_len() + 5 * self.pattern.variables();
        self.piece(at, 7 * self.pattern.constraints()).as_chunks().0
    }

    /// The state of the solve, with what [`Solver::report`] has no place for.
    #[must_use]
    pub fn details(&self) -> QpReport<T> {
        self.state.borrow().details()
    }

    /// One piece of work, without a look for a proof that there is no solution: a problem without one ends with `Stagnated` or
    /// `IterationCap`. Else as [`Solver::step`]. Who goes by this alone, and never asks to [`prove`](Self::prove), does not link
    /// what proofs take.
    pub fn advance(&mut self) -> Step {
        let state = self.state.borrow_mut();
        if state.progress.step().is_final() {
            return state.progress.step();
        }
        if !state.factored.holds() {
            return self.refactor();
        }
        let iteration = state.progress.iterations.saturating_add(1);
        state.progress.iterations = iteration;
        let stopping = state.stopping();
        let may_adapt = state.adapt_every != 0 && iteration.is_multiple_of(state.adapt_every);
        let numbers = (state.regularisation, state.relaxation);
        let mut memory = Memory::divide(&self.pattern, self.workspace);
        iterate(&self.pattern, &self.symbolic, &mut memory, numbers);
        if !may_adapt && !stopping.is_due(iteration) {
            return Step::Running;
        }
        let (residuals, objective, balance) = residual::look(&self.pattern, &mut memory, &stopping, state.cost_scale);
        state.objective = objective;
        let step = state.progress.judge(&stopping, residuals);
        if may_adapt && step == Step::Running {
            self.adapt(balance);
        }
        step
    }
}

/// `Length` of `Field::Symbolic` or `Field::Workspace` where these are not made for the pattern.
#[inline(never)]
fn fits<I: Index>(pattern: &QpPattern<'_, I>, symbolic: &Symbolic<'_, I>, workspace: usize) -> Result<(), Error> {
    error::exact(Field::Symbolic, pattern.system_dim(), symbolic.dim())?;
    error::exact(Field::Symbolic, pattern.system_entries(), symbolic.values_len())?;
    error::at_least(Field::Workspace, need(pattern, symbolic), workspace)
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
        let Progress { iterations: before, .. } = self.state.borrow().progress;
        let step = self.advance();
        let iteration = self.state.borrow().progress.iterations;
        let may_prove = match step {
            Step::Running => proof::is_due(iteration),
            step => matches!(step, Step::IterationCap | Step::Stagnated),
        };
        // Neither after a factorisation nor after the end.
        if may_prove && iteration != before { self.prove() } else { step }
    }

    /// `residual` is the larger of primal and dual residual, each in units of its target; `target` is 1.
    fn report(&self) -> Report<T> {
        self.state.borrow().progress.report()
    }
}
