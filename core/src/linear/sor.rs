//! Successive over-relaxation, and its symmetric form.
//!
//! x += W⁻¹ (b - A x) with W = D/omega + L; symmetric: a backward sweep with D/omega + U follows. Converges for every
//! symmetric positive definite A and 0 < omega < 2 (Ostrowski, Reich). Source: Young, Iterative Solution of Large
//! Linear Systems, 1971; stopping rule of Khodak et al., Learning to Relax, algorithm 1.
//!
//! Measured on a 2-D Laplacian the residual falls to about 1e-6 |b| in f32; less than that is answered `Stagnated`.

mod checkpoint;

use core::borrow::BorrowMut;

use crate::error::{Error, Field};
use crate::linear::monitor::{self, Stopping};
use crate::operator::{Order, Relax, Relaxation};
use crate::real::Real;
use crate::solve::{Ops, Report, Solver, Step};
use crate::vector;
pub use checkpoint::Checkpoint;
use checkpoint::Phase;

/// Values of a successive over-relaxation.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct SorConfig<T> {
    /// Relaxation parameter, in (0, 2); 1 is Gauss-Seidel.
    pub omega: T,
    /// When to stop.
    pub stopping: Stopping<T>,
    /// Rows one `step` may visit, rounded up to whole grid lines for a stencil; 0 for a whole sweep and its residual.
    pub rows_per_step: u32,
    /// Sweeps between two residuals; at least 1.
    pub residual_every: u32,
    /// A backward sweep after each forward one: symmetric SOR.
    pub symmetric: bool,
    /// Whether the workspace holds a copy of the best iterate, put back when the solve ends without convergence.
    pub keep_best: bool,
}

impl<T: Real> Default for SorConfig<T> {
    /// Gauss-Seidel, whole sweeps, a residual after each, no copy of the best iterate.
    fn default() -> Self {
        Self {
            omega: T::ONE,
            stopping: Stopping::default(),
            rows_per_step: 0,
            residual_every: 1,
            symmetric: false,
            keep_best: false,
        }
    }
}

/// Err naming the first free row whose diagonal is zero.
fn check_nonzero_diagonal<T: Real, A: Relax<T> + ?Sized>(operator: &A) -> Result<(), Error> {
    match operator.zero_diagonal() {
        Some(row) => Err(Error::ZeroDiagonal { row }),
        None => Ok(()),
    }
}

/// A successive over-relaxation under way.
///
/// It owns its state, or works on one that lies elsewhere: `S` is a [`Checkpoint`] or a reference to one.
#[derive(Debug)]
pub struct Sor<'a, T, A: ?Sized, S = Checkpoint<T>> {
    operator: &'a A,
    b: &'a [T],
    x: &'a mut [T],
    scaling: &'a mut [T],
    best: &'a mut [T],
    state: S,
}

impl<'a, T: Real, A: Relax<T> + ?Sized> Sor<'a, T, A> {
    /// Checks everything; writes nothing. The first `step` prepares the workspace and looks at the starting guess `x`.
    ///
    /// # Errors
    /// `Length` (b, x, workspace), `NotFinite` (b, x, omega, tolerance), `OutOfRange` (omega, tolerance, iterations),
    /// `ZeroDiagonal`, `TooLarge` beyond 2^32 rows.
    pub fn new(
        operator: &'a A,
        b: &'a [T],
        x: &'a mut [T],
        workspace: &'a mut [T],
        config: SorConfig<T>,
    ) -> Result<Self, Error> {
        Self::check(operator, b, x, &config)?;
        Self::resume(operator, b, x, workspace, Self::start(&config))
    }

    /// The state of a solve that has not begun. [`check`](Self::check) is what looks at the values.
    #[must_use]
    #[inline]
    pub fn start(config: &SorConfig<T>) -> Checkpoint<T> {
        Checkpoint::with(config)
    }

    /// Looks at everything but the workspace.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), `Length` (workspace) apart.
    pub fn check(operator: &A, b: &[T], x: &[T], config: &SorConfig<T>) -> Result<(), Error> {
        monitor::check_omega(config.omega)?;
        config.stopping.check()?;
        if config.residual_every == 0 {
            return Err(Error::OutOfRange { field: Field::Iterations, index: 1 });
        }
        let n = operator.dim();
        if u32::try_from(n).is_err() {
            return Err(Error::TooLarge { field: Field::Matrix });
        }
        monitor::check_vectors(n, b, x)?;
        check_nonzero_diagonal(operator)
    }

    /// Elements of workspace for `n` unknowns: `scaling_len` of the operator (n for sparse and dense matrices and
    /// variable stencils, 0 for a constant stencil), and n more to keep the best iterate.
    #[must_use]
    pub const fn workspace_len(n: usize, scaling_len: usize, keep_best: bool) -> usize {
        scaling_len.saturating_add(if keep_best { n } else { 0 })
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.state
    }
}

impl<'a, T: Real, A: Relax<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Sor<'a, T, A, S> {
    /// Takes up a solve that was put away. The vectors must hold what they held; O(1).
    ///
    /// # Errors
    /// `Length` (b, x, workspace), `Corrupt` if the solve was put away in a row that this operator does not have.
    pub fn resume(
        operator: &'a A,
        b: &'a [T],
        x: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let n = operator.dim();
        monitor::check_lengths(n, b, x)?;
        let Checkpoint { cursor, keep_best, .. } = *state.borrow();
        if cursor as usize > n {
            return Err(Error::Corrupt { field: Field::Object, index: 0 });
        }
        let scaling_len = operator.scaling_len();
        let best_len = if keep_best.holds() { n } else { 0 };
        let short = Error::Length { field: Field::Workspace, need: scaling_len + best_len, got: workspace.len() };
        let (scaling, rest) = workspace.split_at_mut_checked(scaling_len).ok_or(short)?;
        let best = rest.get_mut(..best_len).ok_or(short)?;
        Ok(Self { operator, b, x, scaling, best, state })
    }

    /// The iterate.
    #[must_use]
    pub fn solution(&self) -> &[T] {
        self.x
    }

    /// The same solve over the state where it lies: one instance of the method for every owner.
    fn lent(&mut self) -> Sor<'_, T, A, &mut Checkpoint<T>> {
        let Self { operator, b, x, scaling, best, state } = self;
        Sor { operator, b, x, scaling, best, state: state.borrow_mut() }
    }
}

impl<T: Real, A: Relax<T> + ?Sized> Sor<'_, T, A, &mut Checkpoint<T>> {
    /// The next block of rows of a phase.
    fn block(&self) -> core::ops::Range<usize> {
        let n = self.operator.dim();
        let limit = match self.state.rows_per_step {
            0 => n,
            rows => (rows as usize).checked_next_multiple_of(self.operator.granule()).unwrap_or(n),
        };
        let from = self.state.cursor as usize;
        from..from.saturating_add(limit).min(n)
    }

    /// Ends a phase or notes how far it came; whether it ended.
    fn advance(&mut self, end: usize) -> bool {
        let done = end >= self.operator.dim();
        // `check` took no operator with more rows than this counts.
        self.state.cursor = if done { 0 } else { u32::try_from(end).unwrap_or(u32::MAX) };
        done
    }

    fn begin(&mut self) {
        self.operator.prepare(self.state.omega, self.scaling);
        let scale = monitor::scale_of(self.b, self.x);
        let squares = self.b.iter().fold(T::ZERO, |sum, b| sum + (scale * *b) * (scale * *b));
        self.state.scale = scale;
        self.state.rhs = squares.sqrt() / scale;
        if self.state.rhs == T::ZERO && self.operator.is_homogeneous() {
            self.x.fill(T::ZERO);
        }
        // Also where the first residual is not a number: what is put back must be what was given.
        vector::copy(self.x, self.best);
        self.state.phase.set(Phase::Residual);
    }

    fn sweep(&mut self, order: Order) {
        let rows = self.block();
        let n = self.operator.dim();
        let visited = if order == Order::Forward { rows.clone() } else { n - rows.end..n - rows.start };
        self.operator.sweep(
            order,
            visited,
            Relaxation { omega: self.state.omega, scaling: self.scaling },
            self.b,
            self.x,
        );
        if !self.advance(rows.end) {
            return;
        }
        if order == Order::Forward && self.state.symmetric.holds() {
            self.state.phase.set(Phase::Backward);
            return;
        }
        self.state.monitor.count_iteration();
        self.state.sweeps = self.state.sweeps.saturating_add(1);
        let due = self.state.monitor.is_exhausted() || self.state.sweeps >= self.state.residual_every;
        self.state.phase.set(if due { Phase::Residual } else { Phase::Forward });
    }

    fn residual(&mut self) -> Step {
        let rows = self.block();
        let (scale, squares) = (self.state.scale, self.state.squares);
        self.state.squares = self.operator.residual_squares(rows.clone(), scale, self.b, self.x, squares);
        if !self.advance(rows.end) {
            return Step::Running;
        }
        let residual = self.state.squares.sqrt() / scale;
        self.state.squares = T::ZERO;
        self.state.sweeps = 0;
        self.state.phase.set(Phase::Forward);
        let step = if self.state.monitor.has_begun() {
            self.state.monitor.recomputed(residual);
            self.state.monitor.judge()
        } else {
            let window = monitor::window(self.operator.dim(), 50);
            self.state.monitor.begin(self.state.rhs, residual, window)
        };
        self.keep_or_restore(step);
        step
    }

    fn keep_or_restore(&mut self, step: Step) {
        if self.best.is_empty() {
            return;
        }
        if self.state.monitor.is_best() {
            vector::copy(self.x, self.best);
        } else if step.is_final() {
            vector::copy(self.best, self.x);
            let best = self.state.monitor.best();
            self.state.monitor.restored(best, true);
        }
    }

    fn step(&mut self) -> Step {
        if self.state.monitor.step().is_final() {
            return self.state.monitor.step();
        }
        let whole = self.state.rows_per_step == 0;
        match self.state.phase.get() {
            Phase::Begin => {
                self.begin();
                return self.residual();
            }
            Phase::Forward => self.sweep(Order::Forward),
            Phase::Backward => self.sweep(Order::Backward),
            Phase::Residual => return self.residual(),
        }
        if whole && self.state.phase.is(Phase::Backward) {
            self.sweep(Order::Backward);
        }
        if whole && self.state.phase.is(Phase::Residual) { self.residual() } else { Step::Running }
    }
}

impl<T: Real, A: Relax<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Solver for Sor<'_, T, A, S> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        self.lent().step()
    }

    fn report(&self) -> Report<T> {
        self.state.borrow().report()
    }
}

/// Scalar operations of one whole step on a sparse or dense matrix: a sweep and a residual.
#[must_use]
pub const fn ops_per_step(n: usize, nonzeros: usize) -> Ops {
    Ops { add: 2 * nonzeros + 2 * n, mul: 2 * nonzeros + 3 * n + 2, div: 1, sqrt: 1 }
}

/// The same for symmetric over-relaxation: two sweeps and a residual.
#[must_use]
pub const fn ops_per_symmetric_step(n: usize, nonzeros: usize) -> Ops {
    let Ops { add, mul, div, sqrt } = ops_per_step(n, nonzeros);
    Ops { add: add + nonzeros + n, mul: mul + nonzeros + n, div, sqrt }
}

#[cfg(test)]
mod tests;
