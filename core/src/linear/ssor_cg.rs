//! Conjugate gradients with the SSOR preconditioner folded in by Eisenstat's trick.
//!
//! With K = D/omega + L the method runs on K⁻¹ A K'⁻¹, whose product costs one backward and one forward triangular solve:
//! A = K + K' + (1 - 2/omega) D, so K⁻¹ A K'⁻¹ p = t + K⁻¹ (p + (1 - 2/omega) D t) with t = K'⁻¹ p. A product and a
//! separate SSOR sweep would visit the matrix twice; this visits it once, and half of it again for the norm of the true
//! residual, on which the method stops. Source: Eisenstat, SIAM J. Sci. Stat. Comput. 2(1), 1981.

use core::borrow::BorrowMut;

use crate::error::{Error, Field};
use crate::linear::conjugate::{Checkpoint, Conjugate, positive};
use crate::linear::monitor::{self, Stopping};
use crate::linear::ssor::check_positive_diagonal;
use crate::operator::{Relaxation, Sweep};
use crate::real::Real;
use crate::solve::{Ops, Report, Solver, Step};
use crate::vector;

/// Values of an SSOR-preconditioned conjugate gradient solve.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SsorCgConfig<T> {
    /// Relaxation parameter of the preconditioner, in (0, 2).
    pub omega: T,
    /// When to stop.
    pub stopping: Stopping<T>,
    /// Whether the workspace holds a copy of the best iterate, put back when the solve ends without convergence.
    pub keep_best: bool,
}

impl<T: Real> Default for SsorCgConfig<T> {
    fn default() -> Self {
        Self { omega: T::ONE, stopping: Stopping::default(), keep_best: false }
    }
}

/// An SSOR-preconditioned conjugate gradient solve under way.
///
/// It owns its state, or works on one that lies elsewhere: `S` is a [`Checkpoint`] or a reference to one.
#[derive(Debug)]
pub struct SsorCg<'a, T, A: ?Sized, S = Checkpoint<T>> {
    common: Conjugate<'a, T, A, S>,
    scaling: &'a mut [T],
    /// K⁻¹ r.
    g: &'a mut [T],
    p: &'a mut [T],
    t: &'a mut [T],
    v: &'a mut [T],
}

impl<'a, T: Real, A: Sweep<T> + ?Sized> SsorCg<'a, T, A> {
    /// Checks everything; writes nothing. The operator must be symmetric; that alone is not checked here.
    ///
    /// # Errors
    /// `Length` (b, x, workspace), `NotFinite` (b, x, omega, tolerance), `OutOfRange` (omega, tolerance, iterations),
    /// `ZeroDiagonal`, `NegativeDiagonal`.
    pub fn new(
        operator: &'a A,
        b: &'a [T],
        x: &'a mut [T],
        workspace: &'a mut [T],
        config: SsorCgConfig<T>,
    ) -> Result<Self, Error> {
        Self::check(operator, b, x, &config)?;
        Self::resume(operator, b, x, workspace, Self::start(&config))
    }

    /// The state of a solve that has not begun. [`check`](Self::check) is what looks at the values.
    #[must_use]
    #[inline]
    pub fn start(config: &SsorCgConfig<T>) -> Checkpoint<T> {
        Checkpoint::with(&config.stopping, config.keep_best, config.omega)
    }

    /// Looks at everything but the workspace.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), `Length` (workspace) apart.
    pub fn check(operator: &A, b: &[T], x: &[T], config: &SsorCgConfig<T>) -> Result<(), Error> {
        config.stopping.check()?;
        monitor::check_omega(config.omega)?;
        monitor::check_vectors(operator.dim(), b, x)?;
        check_positive_diagonal(operator)
    }

    /// Elements of workspace for `n` unknowns: 4 n and the operator's `scaling_len` (n for sparse and dense matrices and
    /// variable stencils, 0 for a constant stencil), and n more to keep the best iterate.
    #[must_use]
    pub const fn workspace_len(n: usize, scaling_len: usize, keep_best: bool) -> usize {
        n.saturating_mul(if keep_best { 5 } else { 4 }).saturating_add(scaling_len)
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.common.state
    }
}

impl<'a, T: Real, A: Sweep<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> SsorCg<'a, T, A, S> {
    /// Takes up a solve that was put away. The vectors must hold what they held; O(1).
    ///
    /// # Errors
    /// `Length` (b, x, workspace).
    pub fn resume(
        operator: &'a A,
        b: &'a [T],
        x: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let n = operator.dim();
        let scaling_len = operator.scaling_len();
        let need = SsorCg::<T, A>::workspace_len(n, scaling_len, false);
        let (common, vectors) = Conjugate::new(operator, b, x, workspace, need, state)?;
        let short = Error::Length { field: Field::Workspace, need, got: vectors.len() };
        let (scaling, rest) = vectors.split_at_mut_checked(scaling_len).ok_or(short)?;
        let (g, rest) = rest.split_at_mut_checked(n).ok_or(short)?;
        let (p, rest) = rest.split_at_mut_checked(n).ok_or(short)?;
        let (t, v) = rest.split_at_mut_checked(n).ok_or(short)?;
        Ok(Self { common, scaling, g, p, t, v })
    }

    /// The iterate.
    #[must_use]
    pub fn solution(&self) -> &[T] {
        self.common.x
    }

    /// The same solve over the state where it lies: one instance of the method for every owner.
    fn lent(&mut self) -> SsorCg<'_, T, A, &mut Checkpoint<T>> {
        let Self { common, scaling, g, p, t, v } = self;
        SsorCg { common: common.lent(), scaling, g, p, t, v }
    }
}

impl<T: Real, A: Sweep<T> + ?Sized> SsorCg<'_, T, A, &mut Checkpoint<T>> {
    /// Starts the recurrence; v holds the true scaled residual.
    fn restart(&mut self) -> Result<(), Step> {
        let relaxation = Relaxation { omega: self.common.state.omega, scaling: self.scaling };
        vector::copy(self.v, self.g);
        self.common.operator.solve_lower(relaxation, self.g);
        self.t.fill(T::ZERO);
        self.v.fill(T::ZERO);
        let (rho, _) = self.common.operator.eisenstat_update(relaxation, T::ZERO, self.t, self.g, self.v);
        self.common.state.rho = positive(rho, Step::IndefinitePreconditioner)?;
        vector::copy(self.v, self.p);
        self.common.state.running.set(true);
        Ok(())
    }

    fn iterate(&mut self) -> Result<(), Step> {
        let relaxation = Relaxation { omega: self.common.state.omega, scaling: self.scaling };
        let operator = self.common.operator;
        operator.eisenstat_backward(relaxation, self.p, self.t, self.v);
        operator.solve_lower(relaxation, self.v);
        let curvature = vector::dot(self.p, self.t) + vector::dot(self.p, self.v);
        let curvature = positive(curvature, Step::NotPositiveDefinite)?;
        let rho = self.common.state.rho;
        let alpha = rho / curvature;
        self.common.advance(alpha, self.t)?;
        let (next, squares) = operator.eisenstat_update(relaxation, alpha, self.t, self.g, self.v);
        // t is free now: a verification may put the true residual there without harm to v.
        if !self.common.judge(squares.sqrt(), self.t)? {
            vector::copy(self.t, self.v);
            return self.restart();
        }
        let next = positive(next, Step::IndefinitePreconditioner)?;
        self.common.state.rho = next;
        vector::xpby(self.v, next / rho, self.p);
        Ok(())
    }

    fn step(&mut self) -> Step {
        let step = self.common.state.monitor.step();
        if step.is_final() {
            return step;
        }
        let outcome = if self.common.state.running.holds() {
            self.iterate()
        } else {
            self.common.operator.prepare(self.common.state.omega, self.scaling);
            match self.common.begin(self.v) {
                Step::Running => self.restart(),
                step => return step,
            }
        };
        match outcome {
            Ok(()) => Step::Running,
            Err(step) => self.common.conclude(step, self.t),
        }
    }
}

impl<T: Real, A: Sweep<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Solver for SsorCg<'_, T, A, S> {
    type Scalar = T;

    /// One iteration: both triangles once, the lower one again, and at the end of the solve one product more.
    fn step(&mut self) -> Step {
        self.lent().step()
    }

    fn report(&self) -> Report<T> {
        self.common.state.borrow().report()
    }
}

/// Scalar operations of one iteration on a sparse matrix with a symmetric pattern, verification apart.
#[must_use]
pub const fn ops_per_step(n: usize, nonzeros: usize) -> Ops {
    let triangle = nonzeros.saturating_sub(n) / 2;
    Ops { add: 3 * triangle + 12 * n + 9, mul: 3 * triangle + 13 * n + 2, div: 5, sqrt: 1 }
}
