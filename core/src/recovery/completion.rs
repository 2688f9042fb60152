//! Matrix completion by alternating minimisation, with exact or inexact row solves.
//!
//! L and R of X = L R' are found in turn, each row by least squares against the other factor (P. Jain, P. Netrapalli, S.
//! Sanghavi, Low-rank matrix completion using alternating minimization, STOC 2013). Row solves need not be exact: Y. Gu, Z.
//! Song, J. Yin, L. Zhang, Low rank matrix completion via robust alternating minimization in nearly linear time, ICLR 2024,
//! show that the outer rate survives approximate ones. Their inner solver is sketched and preconditioned; here the factor is
//! small enough for one shared preconditioner, the Gram matrix of the whole other factor, and the sample is not split.
//!
//! Least squares: every known value counts, so one gross error spoils its row and column. See `Masked` for those.

mod inexact;

use self::inexact::Inexact;
use super::entries::{Entries, entry, row};
use super::row_ls::RowLs;
use crate::error::{self, Error, Field};
use crate::factor::Packed;
use crate::linear::Stopping;
use crate::linear::monitor::Monitor;
use crate::real::Real;
use crate::rng::Xoshiro128;
use crate::solve::{Report, Solver, Step};

/// How a row is solved.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Inner<T> {
    /// By r x r normal equations: r (r + 5) / 2 multiplications an entry. Less work up to a rank of about 8.
    Exact,
    /// By conjugate gradients from the row of the last sweep: 2 r multiplications an entry and step.
    Inexact {
        /// Steps at most, at least 1.
        steps: u32,
        /// Ends a row when the preconditioned residual has fallen to this share of what it was; in [0, 1).
        accuracy: T,
    },
}

/// Values of an alternating minimisation.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CompletionConfig<T> {
    /// Rank r of the factors, at least 1.
    pub rank: u32,
    /// When to stop; the residual is the 2-norm over all known entries, what `relative` refers to that of their values.
    pub stopping: Stopping<T>,
    /// How a row is solved.
    pub inner: Inner<T>,
    /// Seed of the start, a few rounds of subspace iteration on the known entries from a random right factor; none to start
    /// from the factors as they are.
    pub seed: Option<u64>,
}

impl<T: Real> CompletionConfig<T> {
    /// Exact row solves, 1e-5 relative, at most 500 sweeps, a seeded start.
    #[must_use]
    pub fn new(rank: u32) -> Self {
        let stopping = Stopping { max_iterations: 500, ..Stopping::default() };
        Self { rank, stopping, inner: Inner::Exact, seed: Some(0) }
    }

    fn check(&self, largest: usize) -> Result<(), Error> {
        if self.rank == 0 || self.rank as usize > largest {
            return Err(Error::OutOfRange { field: Field::Rank, index: largest });
        }
        self.stopping.check()?;
        if let Inner::Inexact { steps, accuracy } = self.inner {
            if steps == 0 {
                return Err(Error::OutOfRange { field: Field::Iterations, index: 1 });
            }
            if !(accuracy >= T::ZERO && accuracy < T::ONE) {
                return Err(Error::OutOfRange { field: Field::Tolerance, index: 3 });
            }
        }
        Ok(())
    }
}

/// Sweeps of a seeded start: with zeros in the place of the unknown entries.
const START: u32 = 6;

/// An alternating minimisation under way.
///
/// `step` is one sweep over L and R, and the residual. It ends as `Converged`, or as `Stagnated` where the known values have
/// no fit of this rank: with noise that is the end to expect. With fewer entries than free numbers any values have a fit.
#[derive(Debug)]
pub struct Completion<'a, T> {
    entries: Entries<'a, T>,
    left: &'a mut [T],
    right: &'a mut [T],
    scratch: &'a mut [T],
    config: CompletionConfig<T>,
    monitor: Monitor<T>,
    begun: bool,
    /// Sweeps of the start still to do.
    start: u32,
    /// Inner steps taken in all.
    inner_steps: u32,
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
        config.check(entries.rows().min(entries.columns()))?;
        let rank = config.rank as usize;
        error::exact(Field::Factors, entries.rows().saturating_mul(rank), left.len())?;
        error::exact(Field::Factors, entries.columns().saturating_mul(rank), right.len())?;
        let (need, got) = (Self::workspace_len(rank), workspace.len());
        let scratch = workspace.get_mut(..need).ok_or(Error::Length { field: Field::Workspace, need, got })?;
        if config.seed.is_none() {
            error::finite(Field::Factors, left)?;
            error::finite(Field::Factors, right)?;
        }
        Ok(Self {
            entries,
            left,
            right,
            scratch,
            config,
            monitor: Monitor::new(&config.stopping),
            begun: false,
            start: if config.seed.is_some() { START } else { 0 },
            inner_steps: 0,
        })
    }

    /// Elements of workspace: r (r + 1) + 5 r.
    #[must_use]
    pub const fn workspace_len(rank: usize) -> usize {
        Packed::elements(rank).saturating_add(Inexact::<T>::scratch_len(rank))
    }

    /// L and R, row after row.
    #[must_use]
    pub fn factors(&self) -> (&[T], &[T]) {
        (self.left, self.right)
    }

    /// Steps of the inner solver so far, over all rows; 0 for exact solves.
    #[must_use]
    pub const fn inner_steps(&self) -> u32 {
        self.inner_steps
    }

    fn rank(&self) -> usize {
        self.config.rank as usize
    }

    fn begin(&mut self) -> Step {
        self.begun = true;
        if let Some(seed) = self.config.seed {
            let mut rng = Xoshiro128::new(seed);
            self.left.fill(T::ZERO);
            for value in self.right.iter_mut() {
                *value = T::from_f32(rng.unit() - 0.5);
            }
        }
        let (squares, values) = self.squares();
        self.monitor.begin(values.sqrt(), squares.sqrt(), 50)
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
        if self.start > 0 {
            let Some(mut solver) = Inexact::new(rank, other, self.scratch) else { return };
            for (index, v) in solved.chunks_exact_mut(rank.max(1)).enumerate() {
                solver.project(other, &|f| visit(index, f), v);
            }
            return;
        }
        match self.config.inner {
            Inner::Exact => {
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
            }
            Inner::Inexact { steps, accuracy } => {
                let Some(mut solver) = Inexact::new(rank, other, self.scratch) else { return };
                for (index, v) in solved.chunks_exact_mut(rank.max(1)).enumerate() {
                    let taken = solver.solve(other, &|f| visit(index, f), v, steps, accuracy);
                    self.inner_steps = self.inner_steps.saturating_add(taken);
                }
            }
        }
    }
}

impl<T: Real> Solver for Completion<'_, T> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        if self.monitor.step().is_final() {
            return self.monitor.step();
        }
        if !self.begun {
            let step = self.begin();
            if step.is_final() {
                return step;
            }
        }
        self.half(true);
        self.half(false);
        self.start = self.start.saturating_sub(1);
        self.monitor.count_iteration();
        let (squares, _) = self.squares();
        self.monitor.recomputed(squares.sqrt());
        self.monitor.judge()
    }

    fn report(&self) -> Report<T> {
        self.monitor.report()
    }
}

#[cfg(test)]
pub(super) mod tests;
