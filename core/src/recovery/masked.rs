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

mod certificate;
mod config;
mod repair;
mod start;

pub use self::config::MaskedConfig;

use super::entries::{Entries, entry, row, short_dot};
use super::histogram::{BINS, Window};
use super::row_ls::RowLs;
use crate::error::{self, Error, Field};
use crate::factor::{Cholesky, Packed};
use crate::real::Real;
use crate::rng::Xoshiro128;
use crate::solve::{Report, Solver, Step};
use crate::vector;

/// Sweeps of subspace iteration that make the start.
const START: u32 = 6;
/// Rounds of repair of an attempt.
const REPAIRS: u32 = 6;
/// Sweeps of least squares over the entries that fit, at the end, while they gain two per cent.
const POLISH: u32 = 300;
const POLISH_LEAST: u32 = 6;
/// A fit this much better than the tolerance has no component left out.
const EXACT: f64 = 0.1;
/// Step of the scaled gradient, for both factors at once.
const GAIN: f64 = 0.5;

/// First threshold in medians of |Y|, its factor a sweep, and whether a part of the entries is left out of the start.
const ATTEMPTS: [(f64, f64, bool); 4] = [(2.0, 0.95, false), (1.5, 0.95, false), (2.0, 0.98, false), (1.5, 0.98, true)];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Begin,
    Start(u32),
    Descend,
    Repair(u32),
    Polish(u32),
}

/// A certified attempt, to be run again if the next rank is no better.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    rank: usize,
    attempt: u32,
    /// Entries that fit.
    fitting: usize,
}

/// A robust matrix completion under way.
///
/// `step` is one sweep over the known entries, or one round of repair. The report counts steps; its residual is the root mean
/// square over the entries below the threshold, its estimate the threshold, its reference the median |Y|. It ends as
/// `Converged`: certified, every row and column having its share of entries that fit, and more than twice the rank of them; or as
/// `NotCertified`: the factors hold the last attempt.
///
/// Measured on 50 x 50 of rank 3 with outliers of 10 standard deviations: see the benchmarks for where it stops to work.
#[derive(Debug)]
pub struct Masked<'a, T> {
    entries: Entries<'a, T>,
    left: &'a mut [T],
    right: &'a mut [T],
    gradient_left: &'a mut [T],
    gradient_right: &'a mut [T],
    /// 1 for rows, then columns, that fit; in the start their weights.
    good: &'a mut [T],
    kernel: &'a mut [T],
    counts: &'a mut [T],
    config: MaskedConfig<T>,
    report: Report<T>,
    phase: Phase,
    rank: usize,
    attempt: u32,
    median: T,
    threshold: T,
    candidate: Option<Candidate>,
    /// Entries that fit, as the last certificate found them.
    fitting: usize,
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
        let (rows, columns) = (entries.rows(), entries.columns());
        config.check(rows.min(columns))?;
        let rank = config.rank_max as usize;
        error::exact(Field::Factors, rows.saturating_mul(rank), left.len())?;
        error::exact(Field::Factors, columns.saturating_mul(rank), right.len())?;
        let (need, got) = (Self::workspace_len(rows, columns, rank), workspace.len());
        let short = Error::Length { field: Field::Workspace, need, got };
        let (counts, rest) = workspace.split_at_mut_checked(BINS).ok_or(short)?;
        let (gradient_left, rest) = rest.split_at_mut_checked(left.len()).ok_or(short)?;
        let (gradient_right, rest) = rest.split_at_mut_checked(right.len()).ok_or(short)?;
        let (good, rest) = rest.split_at_mut_checked(rows.saturating_add(columns)).ok_or(short)?;
        let kernel = rest.get_mut(..RowLs::<T>::scratch_len(rank)).ok_or(short)?;
        let infinite = T::INFINITY;
        let report = Report {
            step: Step::Running,
            iterations: 0,
            residual: infinite,
            estimate: infinite,
            best: infinite,
            initial: infinite,
            reference: T::ZERO,
            target: T::ZERO,
        };
        Ok(Self {
            entries,
            left,
            right,
            gradient_left,
            gradient_right,
            good,
            kernel,
            counts,
            config,
            report,
            phase: Phase::Begin,
            rank: config.rank as usize,
            attempt: 0,
            median: T::ZERO,
            threshold: T::ZERO,
            candidate: None,
            fitting: 0,
        })
    }

    /// Elements of workspace: 256 + (rows + columns) (r + 1) + r (r + 3) / 2 for r = `rank_max`.
    #[must_use]
    pub const fn workspace_len(rows: usize, columns: usize, rank_max: usize) -> usize {
        rows.saturating_add(columns)
            .saturating_mul(rank_max.saturating_add(1))
            .saturating_add(RowLs::<T>::scratch_len(rank_max))
            .saturating_add(BINS)
    }

    /// Rank of the attempt; the certified one once the outcome is `Converged`.
    #[must_use]
    pub const fn rank(&self) -> usize {
        self.rank
    }

    /// L and R, row after row, `rank` elements each.
    #[must_use]
    pub fn factors(&self) -> (&[T], &[T]) {
        let of = |factor: &'_ [T], rows: usize| factor.len().min(rows * self.rank);
        let (left, right) = (of(self.left, self.entries.rows()), of(self.right, self.entries.columns()));
        (self.left.get(..left).unwrap_or(&[]), self.right.get(..right).unwrap_or(&[]))
    }

    /// The element (i, j) of X = L R'; 0 outside.
    #[must_use]
    pub fn element(&self, i: usize, j: usize) -> T {
        row(self.left, i, self.rank).map_or(T::ZERO, |l| entry(self.right, j, l))
    }

    /// Whether a value is in error: further from X than the tolerance. Of use once certified.
    #[must_use]
    pub fn is_outlier(&self, i: usize, j: usize, value: T) -> bool {
        // A NaN is one too.
        !crate::recovery::entries::near(value, self.element(i, j), self.fit())
    }

    /// The distance within which an entry fits.
    fn fit(&self) -> T {
        self.config.tolerance * self.median
    }

    fn begin(&mut self) -> Step {
        let total = T::from_u32(u32::try_from(self.entries.count()).unwrap_or(u32::MAX));
        let counts = &mut *self.counts;
        let window = Window::around_each(counts, total, |f| self.entries.all(|_, _, value| f(value)));
        counts.fill(T::ZERO);
        self.entries.all(|_, _, value| window.count(counts, value));
        self.median = window.quantile(counts, total, T::from_f64(0.5));
        self.report.reference = self.median;
        self.report.target = self.fit();
        if self.median < T::MIN_POSITIVE {
            self.left.fill(T::ZERO);
            self.right.fill(T::ZERO);
            return self.end(Step::Converged);
        }
        self.restart();
        Step::Running
    }

    fn end(&mut self, step: Step) -> Step {
        self.report.step = step;
        step
    }

    fn schedule(&self) -> (f64, f64, bool) {
        ATTEMPTS.iter().copied().cycle().nth(self.attempt as usize % (2 * ATTEMPTS.len())).unwrap_or((2.0, 0.95, false))
    }

    /// Begins an attempt.
    fn restart(&mut self) {
        let mut rng = Xoshiro128::new(u64::from(self.attempt));
        let rank = self.rank;
        for value in self.right.iter_mut().take(self.entries.columns() * rank) {
            *value = T::from_f32(rng.unit() - 0.5);
        }
        self.threshold = self.median * T::from_f64(self.schedule().0);
        self.phase = Phase::Start(0);
    }

    /// Takes the next attempt or rank; `NotCertified` where there is none and no rank was certified before.
    fn give_up(&mut self) -> Step {
        self.attempt += 1;
        if self.attempt < self.config.attempts {
            self.restart();
            return Step::Running;
        }
        match self.candidate {
            Some(candidate) if candidate.rank != self.rank => self.run_again(candidate),
            // The same attempt again and no certificate: memory has changed meanwhile.
            Some(_) => self.end(Step::NotCertified),
            None => self.next_rank().unwrap_or_else(|| self.end(Step::NotCertified)),
        }
    }

    /// Goes on with the next rank, if there is one.
    fn next_rank(&mut self) -> Option<Step> {
        if self.rank >= self.config.rank_max as usize {
            return None;
        }
        self.attempt = 0;
        self.rank += 1;
        self.restart();
        Some(Step::Running)
    }

    /// Goes back to an attempt that was certified.
    fn run_again(&mut self, candidate: Candidate) -> Step {
        (self.rank, self.attempt) = (candidate.rank, candidate.attempt);
        self.restart();
        Step::Running
    }

    /// An attempt was certified: ends, or tries whether the next rank explains more.
    fn certified(&mut self) -> Step {
        let now = Candidate { rank: self.rank, attempt: self.attempt, fitting: self.fitting };
        // Each parameter of another column can make one entry fit that should not.
        let explained = self.entries.rows() + self.entries.columns();
        match self.candidate {
            Some(before) if before.rank == self.rank => return self.end(Step::Converged),
            Some(before) if self.fitting <= before.fitting + explained => return self.run_again(before),
            Some(_) => {}
            None if self.report.residual <= self.fit() * T::from_f64(EXACT) => return self.end(Step::Converged),
            None => {}
        }
        self.candidate = Some(now);
        self.next_rank().unwrap_or_else(|| self.end(Step::Converged))
    }

    /// One scaled gradient step on the truncated residuals; how many entries fit.
    fn descend(&mut self) -> Option<usize> {
        let (entries, rank, limit, fit) = (self.entries, self.rank, self.threshold, self.fit());
        let left = self.left.get_mut(..entries.rows() * rank)?;
        let right = self.right.get_mut(..entries.columns() * rank)?;
        let to_left = self.gradient_left.get_mut(..left.len())?;
        let to_right = self.gradient_right.get_mut(..right.len())?;
        to_left.fill(T::ZERO);
        to_right.fill(T::ZERO);
        let (mut squares, mut kept, mut fitting) = (T::ZERO, 0_u32, 0);
        for (i, (l, to_l)) in left.chunks_exact(rank).zip(to_left.chunks_exact_mut(rank)).enumerate() {
            entries.row(i, |j, value| {
                let Some(r) = row(right, j, rank) else { return };
                let residual = short_dot(l, r) - value;
                if residual.abs() <= limit {
                    squares += residual * residual;
                    kept += 1;
                    fitting += usize::from(residual.abs() <= fit);
                    add_scaled(residual, r, to_l);
                    if let Some(to_r) = to_right.get_mut(j * rank..).and_then(|rest| rest.get_mut(..rank)) {
                        add_scaled(residual, l, to_r);
                    }
                }
            });
        }
        divide(to_left, right, &[], rank, self.kernel)?;
        divide(to_right, left, &[], rank, self.kernel)?;
        let known = u32::try_from(entries.count()).unwrap_or(u32::MAX);
        let cells = T::from_u32(u32::try_from(entries.rows() * entries.columns()).unwrap_or(u32::MAX));
        let step = T::from_f64(-GAIN) * cells / T::from_u32(known);
        vector::axpy(step, to_left, left);
        vector::axpy(step, to_right, right);
        let residual = (squares / T::from_u32(kept.max(1))).sqrt();
        self.report.residual = residual;
        self.report.estimate = limit;
        self.report.best = self.report.best.min(residual);
        if self.report.initial == T::INFINITY {
            self.report.initial = residual;
        }
        Some(fitting)
    }

    fn advance(&mut self) -> Step {
        match self.phase {
            Phase::Begin => return self.begin(),
            Phase::Start(sweep) => {
                if self.start(sweep).is_none() {
                    return self.give_up();
                }
                self.phase = if sweep + 1 < START { Phase::Start(sweep + 1) } else { Phase::Descend };
            }
            Phase::Descend => {
                let Some(fitting) = self.descend() else { return self.give_up() };
                let floor = self.fit();
                if self.enough_of_all(fitting) && self.report.residual <= floor && self.certify() {
                    self.phase = Phase::Polish(0);
                } else if self.threshold <= floor {
                    self.phase = Phase::Repair(0);
                }
                self.threshold = (self.threshold * T::from_f64(self.schedule().1)).max(floor);
            }
            Phase::Repair(round) => {
                if self.certify() {
                    self.phase = Phase::Polish(0);
                } else if round >= REPAIRS || !self.repair() {
                    return self.give_up();
                } else {
                    self.phase = Phase::Repair(round + 1);
                }
            }
            Phase::Polish(sweep) => {
                let before = self.report.residual;
                self.polish(sweep);
                let gained = self.report.residual < before * T::from_f64(0.98);
                if sweep < POLISH_LEAST || (gained && sweep + 1 < POLISH) {
                    self.phase = Phase::Polish(sweep + 1);
                } else {
                    // Polishing must not lose what was proved.
                    return if self.certify() { self.certified() } else { self.give_up() };
                }
            }
        }
        Step::Running
    }
}

#[inline]
fn add_scaled<T: Real>(scale: T, from: &[T], to: &mut [T]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += scale * *from;
    }
}

/// Every row of `rows` times (F'WF)⁻¹, F of this rank, its Gram matrix damped; weights that are not there are 1.
fn divide<T: Real>(rows: &mut [T], factor: &[T], weights: &[T], rank: usize, scratch: &mut [T]) -> Option<()> {
    let mut kernel = RowLs::new(rank, scratch)?;
    gather_gram(&mut kernel, factor, weights);
    let gram = Cholesky::factor(Packed::new(rank), kernel.normal).ok()?;
    for row in rows.chunks_exact_mut(rank.max(1)) {
        gram.solve(row).ok()?;
    }
    Some(())
}

/// F'WF, damped, in the place of the normal equations.
fn gather_gram<T: Real>(kernel: &mut RowLs<'_, T>, factor: &[T], weights: &[T]) {
    let rank = kernel.right().len();
    kernel.clear();
    for (k, u) in factor.chunks_exact(rank.max(1)).enumerate() {
        kernel.add(u, T::ZERO, weights.get(k).copied().unwrap_or(T::ONE));
    }
    kernel.damp();
}

impl<T: Real> Solver for Masked<'_, T> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        if self.report.step.is_final() {
            return self.report.step;
        }
        self.report.iterations = self.report.iterations.saturating_add(1);
        self.advance()
    }

    fn report(&self) -> Report<T> {
        self.report
    }
}

#[cfg(test)]
mod tests;
