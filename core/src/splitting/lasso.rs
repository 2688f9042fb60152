//! The lasso by ADMM with one factor for all iterations.

use core::borrow::BorrowMut;

use super::Residuals;
use super::admm::{AdmmConfig, Iterate, finish};
use super::checkpoint::{Checkpoint, divide};
use crate::error::{self, Error, Field};
use crate::factor::{Cholesky, Packed};
use crate::matrix::MatRef;
use crate::operator::{LinearMap, Prox};
use crate::real::Real;
use crate::solve::{Report, Solver, Step};
use crate::vector;

/// Whether the factor is that of the present rho.
const FACTORED: u32 = 1;

/// Minimises |A x - b|² / 2 + g(x), g = weight |x|₁ for the lasso, by ADMM (S. Boyd et al., Foundations and Trends in Machine
/// Learning 3 (2011), section 6.4). A has m rows and n columns; of A'A + rho I and A A' + rho I the smaller one is factored.
///
/// One step is an iteration: with k = min(m, n), k² + 2 m n (m < n) or n² multiplications, and g; or, at the start and where
/// rho has changed, a factorisation: k² max(m, n) / 2 + k³ / 6. Residuals and warm start are those of
/// [`Admm`](super::Admm). Workspace k (k + 1) / 2 + k + 3 n and the scratch of g.
#[derive(Debug)]
pub struct Lasso<'a, T, G: ?Sized, S = Checkpoint<T>> {
    matrix: MatRef<'a, T>,
    rhs: &'a [T],
    function: &'a G,
    z: &'a mut [T],
    u: &'a mut [T],
    factor: &'a mut [T],
    small: &'a mut [T],
    /// A'b.
    pull: &'a mut [T],
    x: &'a mut [T],
    old: &'a mut [T],
    scratch: &'a mut [T],
    state: S,
}

impl<'a, T: Real, G: Prox<T> + ?Sized> Lasso<'a, T, G> {
    /// Checks everything; writes nothing. `z` and `u` are the starting guess, 0 without a better one.
    ///
    /// # Errors
    /// What g refuses; `Length` of `Field::Matrix` (columns), `Field::RightHandSide`, `Field::Dual` or `Field::Workspace`;
    /// `NotFinite` of `Field::RightHandSide`, `Field::Iterate` (z) or `Field::Dual`; `OutOfRange` of `Field::Penalty` or
    /// `Field::Omega` (relaxation); what [`Stopping`](super::Stopping) refuses.
    pub fn new(
        matrix: MatRef<'a, T>,
        rhs: &'a [T],
        function: &'a G,
        z: &'a mut [T],
        u: &'a mut [T],
        workspace: &'a mut [T],
        config: &AdmmConfig<T>,
    ) -> Result<Self, Error> {
        config.check()?;
        let n = z.len();
        function.check(n, function.scratch_len(n))?;
        error::finite(Field::RightHandSide, rhs)?;
        error::finite(Field::Iterate, z)?;
        error::finite(Field::Dual, u)?;
        Self::resume(matrix, rhs, function, z, u, workspace, config.start())
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.state
    }
}

impl<'a, T: Real, G: Prox<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Lasso<'a, T, G, S> {
    /// Elements of workspace for a matrix of m rows and n columns, where g needs so much scratch.
    #[must_use]
    pub const fn workspace_len(m: usize, n: usize, scratch: usize) -> usize {
        let k = if m < n { m } else { n };
        Packed::elements(k).saturating_add(k).saturating_add(n.saturating_mul(3)).saturating_add(scratch)
    }

    /// Takes up a solve that was put away. The vectors must hold what they held; O(1).
    ///
    /// # Errors
    /// `Length` of `Field::Matrix`, `Field::RightHandSide`, `Field::Dual` or `Field::Workspace`.
    pub fn resume(
        matrix: MatRef<'a, T>,
        rhs: &'a [T],
        function: &'a G,
        z: &'a mut [T],
        u: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let n = z.len();
        error::exact(Field::Matrix, n, matrix.columns())?;
        error::exact(Field::RightHandSide, matrix.rows(), rhs.len())?;
        error::exact(Field::Dual, n, u.len())?;
        let k = matrix.rows().min(n);
        let lens = [Packed::elements(k), k, n, n, n];
        let ([factor, small, pull, x, old], scratch) = divide(workspace, lens, function.scratch_len(n))?;
        Ok(Self { matrix, rhs, function, z, u, factor, small, pull, x, old, scratch, state })
    }

    /// The residuals of the last look.
    #[must_use]
    pub fn residuals(&self) -> Residuals<T> {
        self.state.borrow().residuals()
    }

    /// z, which is in the domain of g.
    #[must_use]
    pub fn solution(&self) -> &[T] {
        self.z
    }

    fn is_wide(&self) -> bool {
        self.matrix.rows() < self.matrix.columns()
    }

    fn refactor(&mut self) -> Step {
        let rows = if self.is_wide() { self.matrix } else { self.matrix.transposed() };
        let state = self.state.borrow_mut();
        if state.count == 0 {
            state.count = 1;
            self.pull.fill(T::ZERO);
            self.matrix.add_transposed(self.rhs, self.pull);
        }
        let order = self.small.len();
        let mut rest = self.factor.iter_mut();
        for i in 0..order {
            for (j, entry) in (0..=i).zip(&mut rest) {
                let product = rows.row(i).zip(rows.row(j)).fold(T::ZERO, |sum, (a, b)| sum + a * b);
                *entry = product + if i == j { state.step } else { T::ZERO };
            }
        }
        if Cholesky::factor(Packed::new(order), self.factor).is_err() {
            return state.progress.end(Step::NotPositiveDefinite);
        }
        state.flags |= FACTORED;
        Step::Running
    }

    /// x = (A'A + rho I)⁻¹ (A'b + rho (z - u)); wide, by way of A A' + rho I.
    fn solve(&mut self) -> Result<(), Error> {
        let rho = self.state.borrow().step;
        for (((x, pull), z), u) in self.x.iter_mut().zip(&*self.pull).zip(&*self.z).zip(&*self.u) {
            *x = *pull + rho * (*z - *u);
        }
        let factor = Cholesky::from_factor(Packed::new(self.small.len()), self.factor)?;
        if !self.is_wide() {
            return factor.solve(self.x);
        }
        self.matrix.map(self.x, self.small);
        factor.solve(self.small)?;
        vector::scale(-T::ONE, self.small);
        self.matrix.add_transposed(self.small, self.x);
        vector::scale(T::ONE / rho, self.x);
        Ok(())
    }
}

impl<T: Real, G: Prox<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Solver for Lasso<'_, T, G, S> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        let state = self.state.borrow_mut();
        if let Some(step) = state.outcome() {
            return step;
        }
        if state.flags & FACTORED == 0 {
            return self.refactor();
        }
        if self.solve().is_err() {
            return self.state.borrow_mut().progress.end(Step::Breakdown);
        }
        let Self { function, z, u, x, old, scratch, state, .. } = self;
        let state = state.borrow_mut();
        let (step, changed) = finish(*function, Iterate { x, z, u, old }, scratch, state);
        if changed {
            state.flags &= !FACTORED;
        }
        step
    }

    /// `residual` is the larger of primal and dual residual, each in units of its target; `target` is 1.
    fn report(&self) -> Report<T> {
        self.state.borrow().report()
    }
}
