//! Matrix completion by alternating minimisation, with exact or inexact row solves.
//!
//! L and R of X = L R' are found in turn, each row by least squares against the other factor (P. Jain, P. Netrapalli, S.
//! Sanghavi, Low-rank matrix completion using alternating minimization, STOC 2013). Row solves need not be exact: Y. Gu, Z.
//! Song, J. Yin, L. Zhang, Low rank matrix completion via robust alternating minimization in nearly linear time, ICLR 2024,
//! show that the outer rate survives approximate ones. Their inner solver is sketched and preconditioned; here the factor is
//! small enough for one shared preconditioner, the Gram matrix of the whole other factor, and the sample is not split.
//!
//! Least squares: every known value counts, so one gross error spoils its row and column. See `Masked` for those.

mod checkpoint;
mod config;
mod inexact;

pub use self::checkpoint::Checkpoint;
pub use self::config::{CompletionConfig, Inner};
use self::inexact::Inexact;
use core::borrow::BorrowMut;

use super::entries::{Entries, entry, row};
use super::row_ls::RowLs;
use crate::error::{self, Error, Field};
use crate::real::Real;
use crate::rng::Xoshiro128;
use crate::solve::{Report, Solver, Step};

/// Sweeps of a seeded start: with zeros in the place of the unknown entries.
const START: u32 = 6;

/// An alternating minimisation under way.
///
/// `step` is one sweep over L and R, and the residual. It ends as `Converged`, or as `Stagnated` where the known values have
/// no fit of this rank: with noise that is the end to expect. With fewer entries than free numbers any values have a fit.
#[derive(Debug)]
pub struct Completion<'a, T, S = Checkpoint<T>> {
    entries: Entries<'a, T>,
    left: &'a mut [T],
    right: &'a mut [T],
    scratch: &'a mut [T],
    state: S,
}

impl<'a, T: Real> Completion<'a, T> {
    /// Checks everything; writes nothing. `left` has rows x rank elements, row after row, `right` columns x rank.
    ///
    /// # Errors
    /// `OutOfRange` (rank, iterations, tolerances), `Length` (factors, workspace), `NotFinite` (tolerances; factors, where
    /// they are the start).
    pub fn new(
        entries: Entries<'a, T>,
        left: &'a mut [T],
        right: &'a mut [T],
        workspace: &'a mut [T],
        config: CompletionConfig<T>,
    ) -> Result<Self, Error> {
        Self::check(&entries, left, right, &config)?;
        Self::resume(entries, left, right, workspace, Self::start(&config))
    }

    /// The state of a completion that has not begun. [`check`](Self::check) is what looks at the values.
    #[must_use]
    pub fn start(config: &CompletionConfig<T>) -> Checkpoint<T> {
        Checkpoint::with(config)
    }

    /// Looks at everything but the lengths of what is written; O(1) unless the factors are the start, as the entries were
    /// looked at when they were made.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), `Length` apart.
    pub fn check(entries: &Entries<'_, T>, left: &[T], right: &[T], config: &CompletionConfig<T>) -> Result<(), Error> {
        config.check(entries.rows().min(entries.columns()))?;
        if config.seed.is_none() {
            error::finite(Field::Factors, left)?;
            error::finite(Field::Factors, right)?;
        }
        Ok(())
    }

    /// Elements of workspace: r (r + 1) / 2 + 5 r.
    #[must_use]
    pub const fn workspace_len(rank: usize) -> usize {
        Inexact::<T>::scratch_len(rank)
    }

    /// Puts the completion away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.state
    }
}

impl<'a, T: Real, S: BorrowMut<Checkpoint<T>>> Completion<'a, T, S> {
    /// Takes up a completion that was put away. Entries and factors must hold what they held; O(1).
    ///
    /// # Errors
    /// `Length` and `OutOfRange` (rank) as [`new`](Completion::new).
    pub fn resume(
        entries: Entries<'a, T>,
        left: &'a mut [T],
        right: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let rank = state.borrow().rank as usize;
        let largest = entries.rows().min(entries.columns());
        if rank == 0 || rank > largest {
            return Err(Error::OutOfRange { field: Field::Rank, index: largest });
        }
        error::exact(Field::Factors, entries.rows().saturating_mul(rank), left.len())?;
        error::exact(Field::Factors, entries.columns().saturating_mul(rank), right.len())?;
        let (need, got) = (Completion::<T>::workspace_len(rank), workspace.len());
        let scratch = workspace.get_mut(..need).ok_or(Error::Length { field: Field::Workspace, need, got })?;
        Ok(Self { entries, left, right, scratch, state })
    }

    /// L and R, row after row.
    #[must_use]
    pub fn factors(&self) -> (&[T], &[T]) {
        (self.left, self.right)
    }

    /// Steps of the inner solver so far, over all rows; 0 for exact solves.
    #[must_use]
    pub fn inner_steps(&self) -> u32 {
        self.state.borrow().inner_steps
    }

    /// The same completion over the state where it lies: one instance of the method for every owner.
    fn lent(&mut self) -> Completion<'_, T, &mut Checkpoint<T>> {
        let Self { entries, left, right, scratch, state } = self;
        Completion { entries: *entries, left, right, scratch, state: state.borrow_mut() }
    }
}

impl<T: Real> Completion<'_, T, &mut Checkpoint<T>> {
    fn rank(&self) -> usize {
        self.state.rank as usize
    }

    fn begin(&mut self) -> Step {
        self.state.begun.set(true);
        if self.state.start > 0 {
            let mut rng = Xoshiro128::new(self.state.seed());
            self.left.fill(T::ZERO);
            for value in self.right.iter_mut() {
                *value = T::from_f32(rng.unit() - 0.5);
            }
        }
        let (squares, values) = self.squares();
        self.state.monitor.begin(values.sqrt(), squares.sqrt(), 50)
    }

    /// Sums of the squares of residuals and of values.
    fn squares(&self) -> (T, T) {
        let rank = self.rank();
        let (mut squares, mut values) = (T::ZERO, T::ZERO);
        self.entries.all(|i, j, value| {
            let fit = row(self.left, i, rank).map_or(T::ZERO, |l| entry(self.right, j, l));
            squares += (value - fit) * (value - fit);
            values += value * value;
        });
        (squares, values)
    }

    /// All rows of one factor.
    fn half(&mut self, of_left: bool) {
        let (entries, rank) = (self.entries, self.rank());
        let (solved, other) = if of_left { (&mut *self.left, &*self.right) } else { (&mut *self.right, &*self.left) };
        let visit = |index: usize, f: &mut dyn FnMut(usize, T)| {
            if of_left { entries.row(index, f) } else { entries.column(index, f) }
        };
        if self.state.start > 0 {
            let Some(mut solver) = Inexact::new(rank, other, self.scratch) else { return };
            for (index, v) in solved.chunks_exact_mut(rank.max(1)).enumerate() {
                solver.project(other, &|f| visit(index, f), v);
            }
            return;
        }
        let (steps, accuracy) = (self.state.steps.min(config::STEPS), self.state.accuracy);
        if steps == 0 {
            let Some(mut kernel) = RowLs::new(rank, self.scratch) else { return };
            for (index, v) in solved.chunks_exact_mut(rank.max(1)).enumerate() {
                kernel.clear();
                visit(index, &mut |k, value| {
                    if let Some(u) = row(other, k, rank) {
                        kernel.add(u, value - entry(u, 0, v), T::ONE);
                    }
                });
                kernel.correct(v);
            }
            return;
        }
        let Some(mut solver) = Inexact::new(rank, other, self.scratch) else { return };
        for (index, v) in solved.chunks_exact_mut(rank.max(1)).enumerate() {
            let taken = solver.solve(other, &|f| visit(index, f), v, steps, accuracy);
            self.state.inner_steps = self.state.inner_steps.saturating_add(taken);
        }
    }

    fn advance(&mut self) -> Step {
        if !self.state.begun.holds() {
            let step = self.begin();
            if step.is_final() {
                return step;
            }
        }
        self.half(true);
        self.half(false);
        self.state.start = self.state.start.saturating_sub(1);
        self.state.monitor.count_iteration();
        let (squares, _) = self.squares();
        self.state.monitor.recomputed(squares.sqrt());
        self.state.monitor.judge()
    }
}

impl<T: Real, S: BorrowMut<Checkpoint<T>>> Solver for Completion<'_, T, S> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        let mut completion = self.lent();
        let step = completion.state.monitor.step();
        if step.is_final() {
            return step;
        }
        completion.advance()
    }

    fn report(&self) -> Report<T> {
        self.state.borrow().report()
    }
}

#[cfg(test)]
pub(super) mod tests;
