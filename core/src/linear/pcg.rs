//! Conjugate gradients with any symmetric positive definite preconditioner.
//!
//! Source: Hestenes and Stiefel 1952; preconditioned form as in Saad, Iterative Methods for Sparse Linear Systems,
//! algorithm 9.1.

use core::borrow::BorrowMut;

use crate::error::{Error, Field};
use crate::linear::cg;
use crate::linear::conjugate::{Checkpoint, Conjugate, positive};
use crate::linear::monitor::{self, Stopping};
use crate::operator::{Direction, LinearOperator};
use crate::real::Real;
use crate::solve::{Ops, Report, Solver, Step};
use crate::vector;

/// Values of a conjugate gradient solve.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PcgConfig<T: Real> {
    /// When to stop.
    pub stopping: Stopping<T>,
    /// Whether the workspace holds a copy of the best iterate, put back when the solve ends without convergence.
    pub keep_best: bool,
}

/// A preconditioned conjugate gradient solve under way.
///
/// It owns its state, or works on one that lies elsewhere: `S` is a [`Checkpoint`] or a reference to one.
#[derive(Debug)]
pub struct Pcg<'a, T, A: ?Sized, P, S = Checkpoint<T>> {
    common: Conjugate<'a, T, A, S>,
    preconditioner: P,
    r: &'a mut [T],
    p: &'a mut [T],
    q: &'a mut [T],
    /// Empty without a preconditioner.
    z: &'a mut [T],
}

impl<'a, T: Real, A: LinearOperator<T> + ?Sized, P: Direction<T>> Pcg<'a, T, A, P> {
    /// Checks everything; writes nothing.
    ///
    /// # Errors
    /// `Length` (b, x, workspace), `NotFinite` (b, x, tolerance), `OutOfRange` (tolerance, iterations, or a
    /// preconditioner that does not claim to be symmetric).
    pub fn new(
        operator: &'a A,
        preconditioner: P,
        b: &'a [T],
        x: &'a mut [T],
        workspace: &'a mut [T],
        config: PcgConfig<T>,
    ) -> Result<Self, Error> {
        Self::check(operator, &preconditioner, b, x, &config)?;
        Self::resume(operator, preconditioner, b, x, workspace, Self::start(&config))
    }

    /// The state of a solve that has not begun. [`check`](Self::check) is what looks at the values.
    #[must_use]
    #[inline]
    pub fn start(config: &PcgConfig<T>) -> Checkpoint<T> {
        Checkpoint::with(&config.stopping, config.keep_best, T::ONE)
    }

    /// Looks at everything but the workspace.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), `Length` (workspace) apart.
    pub fn check(operator: &A, preconditioner: &P, b: &[T], x: &[T], config: &PcgConfig<T>) -> Result<(), Error> {
        config.stopping.check()?;
        if !preconditioner.is_symmetric() {
            return Err(Error::OutOfRange { field: Field::Preconditioner, index: 0 });
        }
        monitor::check_vectors(operator.dim(), b, x)
    }

    /// Elements of workspace for `n` unknowns, preconditioner apart: 4 n, and n more to keep the best iterate.
    #[must_use]
    pub const fn workspace_len(n: usize, keep_best: bool) -> usize {
        n.saturating_mul(if keep_best { 5 } else { 4 })
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.common.state
    }
}

impl<'a, T: Real, A: LinearOperator<T> + ?Sized, P: Direction<T>, S: BorrowMut<Checkpoint<T>>> Pcg<'a, T, A, P, S> {
    /// Takes up a solve that was put away. The vectors must hold what they held; O(1).
    ///
    /// # Errors
    /// `Length` (b, x, workspace).
    pub fn resume(
        operator: &'a A,
        preconditioner: P,
        b: &'a [T],
        x: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let n = operator.dim();
        let count = if preconditioner.is_identity() { 3 } else { 4 };
        let (common, vectors) = Conjugate::new(operator, b, x, workspace, n.saturating_mul(count), state)?;
        let short = Error::Length { field: Field::Workspace, need: n.saturating_mul(count), got: vectors.len() };
        let (r, rest) = vectors.split_at_mut_checked(n).ok_or(short)?;
        let (p, rest) = rest.split_at_mut_checked(n).ok_or(short)?;
        let (q, z) = rest.split_at_mut_checked(n).ok_or(short)?;
        Ok(Self { common, preconditioner, r, p, q, z })
    }

    /// The iterate.
    #[must_use]
    pub fn solution(&self) -> &[T] {
        self.common.x
    }

    /// The same solve over the state where it lies: one instance of the method for every owner.
    fn lent(&mut self) -> Pcg<'_, T, A, &mut P, &mut Checkpoint<T>> {
        let Self { common, preconditioner, r, p, q, z } = self;
        Pcg { common: common.lent(), preconditioner, r, p, q, z }
    }
}

impl<T: Real, A: LinearOperator<T> + ?Sized, P: Direction<T>> Pcg<'_, T, A, &mut P, &mut Checkpoint<T>> {
    /// z = M⁻¹ r and rho = r'z, checked.
    fn precondition(&mut self) -> Result<T, Step> {
        if self.z.is_empty() {
            return positive(vector::dot(self.r, self.r), Step::Breakdown);
        }
        self.preconditioner.direction(self.r, self.z);
        positive(vector::dot(self.r, self.z), Step::IndefinitePreconditioner)
    }

    /// Starts the recurrence from r.
    fn restart(&mut self) -> Result<(), Step> {
        self.common.state.rho = self.precondition()?;
        let from = if self.z.is_empty() { &*self.r } else { &*self.z };
        vector::copy(from, self.p);
        self.common.state.running.set(true);
        Ok(())
    }

    fn iterate(&mut self) -> Result<(), Step> {
        self.common.operator.apply(self.p, self.q);
        let curvature = positive(vector::dot(self.p, self.q), Step::NotPositiveDefinite)?;
        let rho = self.common.state.rho;
        let alpha = rho / curvature;
        self.common.advance(alpha, self.p)?;
        vector::axpy(-alpha, self.q, self.r);
        if !self.common.judge(vector::norm(self.r))? {
            self.common.operator.residual(self.common.b, self.common.x, self.r);
            self.common.verify(self.r)?;
            return self.restart();
        }
        let next = self.precondition()?;
        self.common.state.rho = next;
        let direction = if self.z.is_empty() { &*self.r } else { &*self.z };
        vector::xpby(direction, next / rho, self.p);
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
            match self.common.begin(self.r) {
                Step::Running => self.restart(),
                step => return step,
            }
        };
        match outcome {
            Ok(()) => Step::Running,
            Err(step) => self.common.conclude(step, self.r),
        }
    }
}

impl<T: Real, A, P, S> Solver for Pcg<'_, T, A, P, S>
where
    A: LinearOperator<T> + ?Sized,
    P: Direction<T>,
    S: BorrowMut<Checkpoint<T>>,
{
    type Scalar = T;

    /// One iteration: a product, a direction, and at the end of the solve one product more.
    fn step(&mut self) -> Step {
        self.lent().step()
    }

    fn report(&self) -> Report<T> {
        self.common.state.borrow().report()
    }
}

/// Scalar operations of one iteration on a sparse matrix, the preconditioner and verification apart; for SSOR see
/// [`ssor::ops_per_direction`](crate::linear::ssor::ops_per_direction).
#[must_use]
pub const fn ops_per_step(n: usize, nonzeros: usize) -> Ops {
    cg::ops_per_step(n, nonzeros)
}

#[cfg(test)]
mod tests;
