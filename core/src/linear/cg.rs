//! Conjugate gradients without a preconditioner.

use core::borrow::BorrowMut;

use crate::error::Error;
use crate::linear::conjugate::Checkpoint;
use crate::linear::pcg::{Pcg, PcgConfig};
use crate::operator::{Direction, LinearOperator};
use crate::real::Real;
use crate::solve::{Ops, Report, Solver, Step};

/// The direction that is the residual itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity;

impl<T: Real> Direction<T> for Identity {
    fn direction(&mut self, r: &[T], d: &mut [T]) {
        for (d, r) in d.iter_mut().zip(r) {
            *d = *r;
        }
    }

    fn is_identity(&self) -> bool {
        true
    }
}

/// A conjugate gradient solve under way: [`Pcg`] without a preconditioner and with one vector less.
///
/// It owns its state, or works on one that lies elsewhere: `S` is a [`Checkpoint`] or a reference to one.
#[derive(Debug)]
pub struct Cg<'a, T, A: ?Sized, S = Checkpoint<T>>(Pcg<'a, T, A, Identity, S>);

impl<'a, T: Real, A: LinearOperator<T> + ?Sized> Cg<'a, T, A> {
    /// Checks everything; writes nothing.
    ///
    /// # Errors
    /// `Length` (b, x, workspace), `NotFinite` (b, x, tolerance), `OutOfRange` (tolerance, iterations).
    pub fn new(
        operator: &'a A,
        b: &'a [T],
        x: &'a mut [T],
        workspace: &'a mut [T],
        config: PcgConfig<T>,
    ) -> Result<Self, Error> {
        Pcg::new(operator, Identity, b, x, workspace, config).map(Self)
    }

    /// The state of a solve that has not begun. [`check`](Self::check) is what looks at the values.
    #[must_use]
    #[inline]
    pub fn start(config: &PcgConfig<T>) -> Checkpoint<T> {
        Pcg::<T, A, Identity>::start(config)
    }

    /// Looks at everything but the workspace.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), `Length` (workspace) apart.
    pub fn check(operator: &A, b: &[T], x: &[T], config: &PcgConfig<T>) -> Result<(), Error> {
        Pcg::check(operator, &Identity, b, x, config)
    }

    /// Elements of workspace for `n` unknowns: 3 n, and n more to keep the best iterate.
    #[must_use]
    pub const fn workspace_len(n: usize, keep_best: bool) -> usize {
        n.saturating_mul(if keep_best { 4 } else { 3 })
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.0.suspend()
    }
}

impl<'a, T: Real, A: LinearOperator<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Cg<'a, T, A, S> {
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
        Pcg::resume(operator, Identity, b, x, workspace, state).map(Self)
    }

    /// The iterate.
    #[must_use]
    pub fn solution(&self) -> &[T] {
        self.0.solution()
    }
}

impl<T: Real, A: LinearOperator<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Solver for Cg<'_, T, A, S> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        self.0.step()
    }

    fn report(&self) -> Report<T> {
        self.0.report()
    }
}

/// Scalar operations of one iteration on a sparse matrix, verification apart.
#[must_use]
pub const fn ops_per_step(n: usize, nonzeros: usize) -> Ops {
    Ops { add: nonzeros + 6 * n + 9, mul: nonzeros + 6 * n + 3, div: 5, sqrt: 1 }
}
