//! Robust matrix completion: low rank from entries of which some are grossly wrong and some unknown.
//!
//! Entries are no random measurements, so the quantile rule of the ladder does not hold here: single rows may stay wrong while
//! most entries fit. What works is a scaled gradient on truncated residuals: an entry counts only while its residual is below
//! a threshold that starts near the median of |Y| and falls by a constant factor each sweep (in the manner of Y. Cherapanamjeri,
//! K. Gupta, P. Jain, Nearly optimal robust matrix completion, ICML 2017; scaling after Tong, Ma and Chi). Rows and columns
//! that are still wrong at the end are solved again on their own, by reweighted least absolute deviations against the columns
//! and rows that fit. Every row and every column then has to prove its fit; if one fails, the whole starts again from another
//! threshold, another rate and, later, other entries left out of the start.
//!
//! In noise that proof is not enough: what a weak component adds may lie within the tolerance on half of the entries. So
//! where the fit is not exact, the next rank is tried as well, and taken if more entries fit than its own parameters explain.
//! If not, the attempt that was certified is run again, which gives the same bits and needs no second set of factors.

mod attempts;
mod certificate;
mod checkpoint;
mod config;
mod descent;
mod repair;
mod start;

pub use self::checkpoint::Checkpoint;
use self::checkpoint::Phase;
pub use self::config::MaskedConfig;
use core::borrow::BorrowMut;

use super::entries::Entries;
use super::histogram::{BINS, Window};
use super::row_ls::RowLs;
use crate::error::{self, Error, Field};
use crate::real::Real;
use crate::solve::{Report, Solver, Step};

/// Sweeps of subspace iteration that make the start.
const START: u32 = 6;
/// Rounds of repair of an attempt.
const REPAIRS: u32 = 6;
/// Sweeps of least squares over the entries that fit, at the end, while they gain two per cent.
const POLISH: u32 = 300;
const POLISH_LEAST: u32 = 6;
/// Sweeps of an attempt at most. Every threshold has reached its floor by then, unless that is below the smallest number.
const DESCENT: u32 = 1 << 16;
/// A robust matrix completion under way.
///
/// `step` is one sweep over the known entries, or one round of repair. The report counts steps; its residual is the root mean
/// square over the entries below the threshold, its estimate the threshold, its reference the median |Y|. It ends as
/// `Converged`: certified, every row and column having its share of entries that fit, and more than twice the rank of them; or as
/// `NotCertified`: the factors hold the last attempt.
///
/// Measured on 50 x 50 of rank 3 with outliers of 10 standard deviations: see the benchmarks for where it stops to work.
#[derive(Debug)]
pub struct Masked<'a, T, S = Checkpoint<T>> {
    entries: Entries<'a, T>,
    left: &'a mut [T],
    right: &'a mut [T],
    work: Work<'a, T>,
    state: S,
}

#[derive(Debug)]
struct Work<'a, T> {
    counts: &'a mut [T],
    left: &'a mut [T],
    right: &'a mut [T],
    /// 1 for rows, then columns, that fit; in the start their weights.
    good: &'a mut [T],
    kernel: &'a mut [T],
}

impl<'a, T: Real> Work<'a, T> {
    fn split(rows: usize, columns: usize, rank_max: usize, workspace: &'a mut [T]) -> Option<Self> {
        let (counts, rest) = workspace.split_at_mut_checked(BINS)?;
        let (left, rest) = rest.split_at_mut_checked(rows.checked_mul(rank_max)?)?;
        let (right, rest) = rest.split_at_mut_checked(columns.checked_mul(rank_max)?)?;
        let (good, rest) = rest.split_at_mut_checked(rows.checked_add(columns)?)?;
        let kernel = rest.get_mut(..RowLs::<T>::scratch_len(rank_max))?;
        Some(Self { counts, left, right, good, kernel })
    }
}

impl<'a, T: Real> Masked<'a, T> {
    /// Checks everything; writes nothing. `left` has room for rows x `rank_max` elements, `right` for columns x `rank_max`;
    /// the factors lie row after row at the rank reached.
    ///
    /// # Errors
    /// `OutOfRange` (rank, iterations, tolerance, configuration: index 0 share, 1 share of all), `Length` (factors, workspace).
    pub fn new(
        entries: Entries<'a, T>,
        left: &'a mut [T],
        right: &'a mut [T],
        workspace: &'a mut [T],
        config: MaskedConfig<T>,
    ) -> Result<Self, Error> {
        Self::check(&entries, &config)?;
        Self::resume(entries, left, right, workspace, Self::start(&config))
    }

    /// The state of a recovery that has not begun. [`check`](Self::check) is what looks at the values.
    #[must_use]
    pub fn start(config: &MaskedConfig<T>) -> Checkpoint<T> {
        Checkpoint::with(config)
    }

    /// Looks at everything but the memory that is written; O(1), as the entries were looked at when they were made.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), `Length` apart.
    pub fn check(entries: &Entries<'_, T>, config: &MaskedConfig<T>) -> Result<(), Error> {
        config.check(entries.rows().min(entries.columns()))
    }

    /// Elements of workspace: 256 + (rows + columns) (r + 1) + r (r + 3) / 2 for r = `rank_max`.
    #[must_use]
    pub const fn workspace_len(rows: usize, columns: usize, rank_max: usize) -> usize {
        rows.saturating_add(columns)
            .saturating_mul(rank_max.saturating_add(1))
            .saturating_add(RowLs::<T>::scratch_len(rank_max))
            .saturating_add(BINS)
    }

    /// Puts the recovery away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.state
    }
}

impl<'a, T: Real, S: BorrowMut<Checkpoint<T>>> Masked<'a, T, S> {
    /// Takes up a recovery that was put away. Entries, factors and workspace must hold what they held; O(1).
    ///
    /// # Errors
    /// `Length` and `OutOfRange` (rank) as [`new`](Masked::new), `Corrupt` if the ranks of the state cannot be true.
    pub fn resume(
        entries: Entries<'a, T>,
        left: &'a mut [T],
        right: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let (rows, columns) = (entries.rows(), entries.columns());
        let rank_max = state.borrow().rank_max as usize;
        let largest = rows.min(columns);
        if rank_max > largest {
            return Err(Error::OutOfRange { field: Field::Rank, index: largest });
        }
        error::exact(Field::Factors, rows.saturating_mul(rank_max), left.len())?;
        error::exact(Field::Factors, columns.saturating_mul(rank_max), right.len())?;
        let (need, got) = (Masked::<T>::workspace_len(rows, columns, rank_max), workspace.len());
        let short = Error::Length { field: Field::Workspace, need, got };
        let work = Work::split(rows, columns, rank_max, workspace).ok_or(short)?;
        if !state.borrow().holds() {
            return Err(Error::Corrupt { field: Field::Object, index: 0 });
        }
        Ok(Self { entries, left, right, work, state })
    }

    /// Rank of the attempt; the certified one once the outcome is `Converged`.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.state.borrow().rank as usize
    }

    /// L and R, row after row, `rank` elements each.
    #[must_use]
    pub fn factors(&self) -> (&[T], &[T]) {
        let rank = self.rank();
        let of = |factor: &'_ [T], rows: usize| factor.len().min(rows * rank);
        let (left, right) = (of(self.left, self.entries.rows()), of(self.right, self.entries.columns()));
        (self.left.get(..left).unwrap_or(&[]), self.right.get(..right).unwrap_or(&[]))
    }

    /// The element (i, j) of X = L R'; 0 outside.
    #[must_use]
    pub fn element(&self, i: usize, j: usize) -> T {
        let (left, right) = self.factors();
        self.state.borrow().element(left, right, i, j)
    }

    /// Whether a value is in error: further from X than the tolerance, or no number. Of use once certified.
    #[must_use]
    pub fn is_outlier(&self, i: usize, j: usize, value: T) -> bool {
        let (left, right) = self.factors();
        self.state.borrow().is_outlier(left, right, i, j, value)
    }

    /// The same recovery over the state where it lies: one instance of the method for every owner.
    fn lent(&mut self) -> Masked<'_, T, &mut Checkpoint<T>> {
        let Self { entries, left, right, work, state } = self;
        let Work { counts, left: l, right: r, good, kernel } = work;
        let work = Work { counts, left: l, right: r, good, kernel };
        Masked { entries: *entries, left, right, work, state: state.borrow_mut() }
    }
}

impl<T: Real> Masked<'_, T, &mut Checkpoint<T>> {
    fn begin(&mut self) -> Step {
        let total = T::from_u32(word(self.entries.count()));
        let counts = &mut *self.work.counts;
        let window = Window::around_each(counts, total, |f| self.entries.all(|_, _, value| f(value)));
        counts.fill(T::ZERO);
        self.entries.all(|_, _, value| window.count(counts, value));
        self.state.median = window.quantile(counts, total, T::from_f64(0.5));
        if self.state.median < T::MIN_POSITIVE {
            self.left.fill(T::ZERO);
            self.right.fill(T::ZERO);
            return self.state.end(Step::Converged);
        }
        self.restart();
        Step::Running
    }

    fn advance(&mut self) -> Step {
        let round = self.state.round;
        self.state.round = round.saturating_add(1);
        match self.state.phase.get() {
            Phase::Begin => return self.begin(),
            Phase::Start => {
                if self.sweep(round).is_none() {
                    return self.give_up();
                }
                if self.state.round >= START {
                    self.state.enter(Phase::Descend);
                }
            }
            Phase::Descend => {
                let Some(fitting) = self.descend() else { return self.give_up() };
                let floor = self.state.fit();
                if self.enough_of_all(fitting) && self.state.residual <= floor && self.certify() {
                    self.state.enter(Phase::Polish);
                } else if self.state.threshold <= floor || round >= DESCENT {
                    self.state.enter(Phase::Repair);
                }
                self.state.threshold = (self.state.threshold * T::from_f64(self.schedule().1)).max(floor);
            }
            Phase::Repair => {
                if self.certify() {
                    self.state.enter(Phase::Polish);
                } else if round >= REPAIRS || !self.repair() {
                    return self.give_up();
                }
            }
            Phase::Polish => {
                let before = self.state.residual;
                self.polish(round);
                let gained = self.state.residual < before * T::from_f64(0.98);
                let more = round < POLISH_LEAST || (gained && self.state.round < POLISH);
                if !more {
                    // Polishing must not lose what was proved.
                    return if self.certify() { self.certified() } else { self.give_up() };
                }
            }
        }
        Step::Running
    }
}

/// A count as a word; no matrix has more entries than one counts.
fn word(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl<T: Real, S: BorrowMut<Checkpoint<T>>> Solver for Masked<'_, T, S> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        let mut recovery = self.lent();
        let step = recovery.state.step.get();
        if step.is_final() {
            return step;
        }
        recovery.state.iterations = recovery.state.iterations.saturating_add(1);
        recovery.advance()
    }

    fn report(&self) -> Report<T> {
        self.state.borrow().report()
    }
}

#[cfg(test)]
mod tests;
