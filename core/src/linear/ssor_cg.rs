//! Conjugate gradients with the SSOR preconditioner folded in by Eisenstat's trick.
//!
//! With K = D/omega + L the method runs on K⁻¹ A K'⁻¹, whose product costs one backward and one forward triangular solve:
//! A = K + K' + (1 - 2/omega) D, so K⁻¹ A K'⁻¹ p = t + K⁻¹ (p + (1 - 2/omega) D t) with t = K'⁻¹ p. A product and a
//! separate SSOR sweep would visit the matrix twice; this visits it once, and half of it again for the norm of the true
//! residual, on which the method stops. An iteration is cut into blocks of rows where a time slot is shorter than it; the
//! bits are the same. Source: Eisenstat, SIAM J. Sci. Stat. Comput. 2(1), 1981.

mod checkpoint;

use core::borrow::BorrowMut;
use core::ops::Range;

use crate::error::{Error, Field};
use crate::linear::conjugate::{self, Conjugate, positive};
use crate::linear::monitor::{self, Stopping};
use crate::linear::ssor::check_positive_diagonal;
use crate::operator::{Relaxation, Sweep};
use crate::real::Real;
use crate::solve::{Ops, Report, Solver, Step};
use crate::vector;
pub use checkpoint::Checkpoint;
use checkpoint::{Blocks, Phase};

/// Values of an SSOR-preconditioned conjugate gradient solve.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SsorCgConfig<T> {
    /// Relaxation parameter of the preconditioner, in (0, 2).
    pub omega: T,
    /// When to stop.
    pub stopping: Stopping<T>,
    /// Rows one `step` may visit, rounded up to whole grid lines for a stencil; 0 for a whole iteration. The first step,
    /// the last one, and those that find a claim of convergence or keep the best iterate also pass over vectors as a whole,
    /// and the last one of a solve that does not converge computes a residual.
    pub rows_per_step: u32,
    /// Whether the workspace holds a copy of the best iterate, put back when the solve ends without convergence.
    pub keep_best: bool,
}

impl<T: Real> Default for SsorCgConfig<T> {
    /// No over-relaxation, whole iterations, no copy of the best iterate.
    fn default() -> Self {
        Self { omega: T::ONE, stopping: Stopping::default(), rows_per_step: 0, keep_best: false }
    }
}

/// An SSOR-preconditioned conjugate gradient solve under way.
///
/// It owns its state, or works on one that lies elsewhere: `S` is a [`Checkpoint`] or a reference to one.
#[derive(Debug)]
pub struct SsorCg<'a, T, A: ?Sized, S = Checkpoint<T>> {
    common: Conjugate<'a, T, A, S>,
    vectors: Vectors<'a, T>,
}

#[derive(Debug)]
struct Vectors<'a, T> {
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
    /// `ZeroDiagonal`, `NegativeDiagonal`, `TooLarge` beyond 2^32 rows.
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
        Checkpoint::with(config)
    }

    /// Looks at everything but the workspace.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), `Length` (workspace) apart.
    pub fn check(operator: &A, b: &[T], x: &[T], config: &SsorCgConfig<T>) -> Result<(), Error> {
        config.stopping.check()?;
        monitor::check_omega(config.omega)?;
        monitor::check_vectors(operator.dim(), b, x)?;
        if u32::try_from(operator.dim()).is_err() {
            return Err(Error::TooLarge { field: Field::Matrix });
        }
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
        let Checkpoint { common, blocks } = state.borrow();
        if blocks.cursor as usize > n {
            return Err(Error::Corrupt { field: Field::Object, index: 0 });
        }
        let scaling_len = operator.scaling_len();
        let need = SsorCg::<T, A>::workspace_len(n, scaling_len, false);
        let (vectors, best) = conjugate::split(n, workspace, need, common.keep_best.holds())?;
        let short = Error::Length { field: Field::Workspace, need, got: vectors.len() };
        let (scaling, rest) = vectors.split_at_mut_checked(scaling_len).ok_or(short)?;
        let (g, rest) = rest.split_at_mut_checked(n).ok_or(short)?;
        let (p, rest) = rest.split_at_mut_checked(n).ok_or(short)?;
        let (t, v) = rest.split_at_mut_checked(n).ok_or(short)?;
        Ok(Self { common: Conjugate { operator, b, x, best, state }, vectors: Vectors { scaling, g, p, t, v } })
    }

    /// The iterate.
    #[must_use]
    pub fn solution(&self) -> &[T] {
        self.common.x
    }

    /// The same solve over the state where it lies: one instance of the method for every owner.
    fn lent(&mut self) -> Work<'_, T, A> {
        let Self { common: Conjugate { operator, b, x, best, state }, vectors } = self;
        let Vectors { scaling, g, p, t, v } = vectors;
        let Checkpoint { common, blocks } = state.borrow_mut();
        Work { common: Conjugate { operator, b, x, best, state: common }, blocks, scaling, g, p, t, v }
    }
}

/// A solve at work.
struct Work<'a, T, A: ?Sized> {
    common: Conjugate<'a, T, A, &'a mut conjugate::Checkpoint<T>>,
    blocks: &'a mut Blocks<T>,
    scaling: &'a mut [T],
    g: &'a mut [T],
    p: &'a mut [T],
    t: &'a mut [T],
    v: &'a mut [T],
}

impl<T: Real, A: Sweep<T> + ?Sized> Work<'_, T, A> {
    /// The next block of rows of a phase; of a pass over vectors alone if `granule` is four.
    fn block(&self, granule: usize) -> Range<usize> {
        let (n, cursor) = (self.common.operator.dim(), self.blocks.cursor as usize);
        let limit = match self.blocks.rows_per_step {
            0 => n,
            rows => (rows as usize).checked_next_multiple_of(granule).unwrap_or(n),
        };
        cursor..cursor.saturating_add(limit).min(n)
    }

    /// Notes how far a phase came; whether it ended, and the next one begins.
    fn advance(&mut self, end: usize, next: Phase) -> bool {
        let is_done = end >= self.common.operator.dim();
        // `check` took no operator with more rows than this counts.
        self.blocks.cursor = if is_done { 0 } else { u32::try_from(end).unwrap_or(u32::MAX) };
        if is_done {
            self.blocks.phase.set(next);
        }
        is_done
    }

    /// The phase that is due: a block of rows. `Ok(true)` at the end of an iteration, or when the first one can begin.
    fn work(&mut self) -> Result<bool, Step> {
        let operator = self.common.operator;
        let relaxation = Relaxation { omega: self.common.state.omega, scaling: self.scaling };
        let rows = self.block(operator.granule());
        let cells = self.block(LANES);
        let end = rows.end;
        match self.blocks.phase.get() {
            // Not reached: a step sees to them.
            Phase::Begin | Phase::Residual => return Ok(true),
            Phase::Restart => {
                operator.solve_lower_rows(rows, relaxation, self.g);
                if self.advance(end, Phase::RestartUpdate) {
                    self.t.fill(T::ZERO);
                    self.v.fill(T::ZERO);
                    self.blocks.sums = [T::ZERO; 2];
                }
            }
            Phase::RestartUpdate => {
                let sums = self.blocks.sums;
                self.blocks.sums = operator.eisenstat_update(rows, relaxation, T::ZERO, self.t, self.g, self.v, sums);
                if self.advance(end, Phase::Backward) {
                    let [rho, _] = self.blocks.sums;
                    self.common.state.rho = positive(rho, Step::IndefinitePreconditioner)?;
                    vector::copy(self.v, self.p);
                    self.common.state.running.set(true);
                    return Ok(true);
                }
            }
            Phase::Backward => {
                let n = operator.dim();
                let visited = n - rows.end..n - rows.start;
                operator.eisenstat_backward(visited, relaxation, self.p, self.t, self.v);
                self.advance(end, Phase::Lower);
            }
            Phase::Lower => {
                operator.solve_lower_rows(rows, relaxation, self.v);
                self.advance(end, Phase::DotT);
                self.blocks.lanes = [T::ZERO; 4];
            }
            Phase::DotT => {
                self.blocks.lanes = add_products(self.p, self.t, &cells, self.blocks.lanes);
                if self.advance(cells.end, Phase::DotV) {
                    self.blocks.product = vector::join(self.blocks.lanes);
                    self.blocks.lanes = [T::ZERO; 4];
                }
            }
            Phase::DotV => {
                self.blocks.lanes = add_products(self.p, self.v, &cells, self.blocks.lanes);
                if self.advance(cells.end, Phase::Advance) {
                    let curvature = self.blocks.product + vector::join(self.blocks.lanes);
                    let curvature = positive(curvature, Step::NotPositiveDefinite)?;
                    self.blocks.factor = self.common.state.rho / curvature;
                    self.blocks.product = self.common.in_units_of_x(self.blocks.factor)?;
                }
            }
            Phase::Advance => {
                self.common.advance_cells(self.blocks.product, self.t, &cells);
                if self.advance(cells.end, Phase::Update) {
                    self.common.state.monitor.count_iteration();
                    self.blocks.sums = [T::ZERO; 2];
                }
            }
            Phase::Update => {
                let (alpha, sums) = (self.blocks.factor, self.blocks.sums);
                self.blocks.sums = operator.eisenstat_update(rows, relaxation, alpha, self.t, self.g, self.v, sums);
                if self.advance(end, Phase::Direction) {
                    self.judge()?;
                }
            }
            Phase::Direction => {
                let (Some(v), Some(p)) = (self.v.get(cells.clone()), self.p.get_mut(cells.clone())) else {
                    return Ok(true);
                };
                vector::xpby(v, self.blocks.factor, p);
                return Ok(self.advance(cells.end, Phase::Backward));
            }
            Phase::Verify => {
                // t is free: the true residual harms nothing there if it refutes the claim.
                operator.residual_rows(rows, self.common.b, self.common.x, self.t);
                if self.advance(end, Phase::Restart) {
                    self.common.verify(self.t)?;
                    vector::copy(self.t, self.g);
                }
            }
        }
        Ok(false)
    }

    /// Looks at the residual of a whole iteration: the next direction, or a claim to be verified.
    fn judge(&mut self) -> Result<(), Step> {
        let [next, squares] = self.blocks.sums;
        if !self.common.judge(squares.sqrt())? {
            self.blocks.phase.set(Phase::Verify);
            return Ok(());
        }
        let next = positive(next, Step::IndefinitePreconditioner)?;
        self.blocks.factor = next / self.common.state.rho;
        self.common.state.rho = next;
        Ok(())
    }

    /// Looks at the starting guess, block by block; `None` when the recurrence can start, or some rows are left.
    fn begin(&mut self) -> Option<Step> {
        if self.blocks.phase.is(Phase::Begin) {
            self.common.operator.prepare(self.common.state.omega, self.scaling);
            self.common.clear();
            self.blocks.phase.set(Phase::Residual);
        }
        let rows = self.block(self.common.operator.granule());
        self.common.operator.residual_rows(rows.clone(), self.common.b, self.common.x, self.v);
        if self.advance(rows.end, Phase::Restart) {
            let step = self.common.open(self.v);
            vector::copy(self.v, self.g);
            return step.is_final().then_some(step);
        }
        None
    }

    fn step(&mut self) -> Step {
        let step = self.common.state.monitor.step();
        if step.is_final() {
            return step;
        }
        let is_cut = self.blocks.rows_per_step != 0;
        if matches!(self.blocks.phase.get(), Phase::Begin | Phase::Residual) {
            if let Some(step) = self.begin() {
                return step;
            }
            if is_cut {
                return Step::Running;
            }
        }
        // Fewer turns than there are phases: a claim that is refuted starts anew, and that ends the step.
        loop {
            match self.work() {
                Ok(is_done) if is_done || is_cut => return Step::Running,
                Ok(_) => {}
                Err(step) => return self.common.conclude(step, self.t),
            }
        }
    }
}

/// Elements a pass over vectors cannot split: the lanes of [`vector::dot`].
const LANES: usize = 4;

/// The lanes of an inner product over some cells.
fn add_products<T: Real>(x: &[T], y: &[T], cells: &Range<usize>, lanes: [T; 4]) -> [T; 4] {
    match (x.get(cells.clone()), y.get(cells.clone())) {
        (Some(x), Some(y)) => vector::add_products(x, y, lanes),
        _ => lanes,
    }
}

impl<T: Real, A: Sweep<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Solver for SsorCg<'_, T, A, S> {
    type Scalar = T;

    /// One iteration: both triangles once, the lower one again, and at the end of the solve one product more; or a block
    /// of rows of one of these.
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

#[cfg(test)]
mod tests;
