//! The default method: a scaled sign-subgradient whose rank climbs until the measurements fit.
//!
//! Minimises the sum of |<A_i, X> - y_i| over X = U U' or L R'. The step is U -= g W P⁻¹ with W = S U / m, S the sum of
//! sgn(residual_i) A_i, and P = U'U + 0.1 s I: S / m is close to (X - X*) / |X - X*| whatever the outliers are (the Sign-RIP of
//! Ma and Fattahi, Global convergence of sub-gradient method for robust matrix recovery, JMLR 24 (2023)), and the scaling
//! makes the rate independent of the condition of X* (Tong, Ma, Chi, Low-rank matrix recovery with scaled subgradient
//! methods, IEEE Trans. Signal Process. 69 (2021)). The one control is s, the 30 % quantile of |residual|: inliers are half-normal
//! with scale |X - X*| and outliers lie above, so that g |X - X*| follows from s with nearly the same factor for every share
//! of outliers up to 60 %. Nobody has to name a step size, a decay, a rank, a share of outliers or a Lipschitz constant.
//!
//! A rank that no longer gains is left for the next one, whose new column is the leading eigenvector of -S.

mod checkpoint;
mod climb;
mod config;
mod pass;
mod trim;
mod update;

pub use self::checkpoint::Checkpoint;
pub use self::config::LadderConfig;
use core::borrow::BorrowMut;

use super::histogram::BINS;
use super::measurement::{Factors, Measurement, Shape};
use crate::error::{self, Error, Field};
use crate::factor::Packed;
use crate::real::Real;
use crate::solve::{Report, Solver, Step};

/// Median of half a normal distribution, in units of its scale.
const MEDIAN: f64 = 0.6745;

/// A rank ladder under way.
///
/// `step` is one pass over the measurements, or a block of one. The report counts passes; its residual is the 30 % quantile of
/// |<A_i, X> - y_i| in units of y, recomputed, and its reference the typical |y|, median / 0.6745. It ends as `Converged`:
/// certified, [`rank`](Self::rank) tells the rank, and the factors hold X; or as `NotCertified`: the factors hold a guess, as
/// where noise is above the certificate, outliers are more than half, or measurements fewer than about 5 n r.
///
/// The certificate: at least 30 % of all measurements, and half as many again as X has free numbers, fit to the tolerance.
/// As many as the free numbers fit any wrong local solution too, which is why those alone prove nothing.
#[derive(Debug)]
pub struct Ladder<'a, T, M: ?Sized, S = Checkpoint<T>> {
    measurement: &'a mut M,
    y: &'a [T],
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
    gram: &'a mut [T],
    row: &'a mut [T],
}

impl<'a, T: Real> Work<'a, T> {
    fn split(shape: Shape, rank_max: usize, workspace: &'a mut [T]) -> Option<Self> {
        let (counts, rest) = workspace.split_at_mut_checked(BINS)?;
        let (left, rest) = rest.split_at_mut_checked(shape.rows().checked_mul(rank_max)?)?;
        let (right, rest) = rest.split_at_mut_checked(shape.right().checked_mul(rank_max)?)?;
        let (gram, rest) = rest.split_at_mut_checked(Packed::elements(rank_max))?;
        let (row, _) = rest.split_at_mut_checked(rank_max)?;
        Some(Self { counts, left, right, gram, row })
    }
}

impl<'a, T: Real, M: Measurement<T> + ?Sized> Ladder<'a, T, M> {
    /// Checks everything; writes nothing. `left` takes the columns of U or L one after the other, room for `rank_max` of them,
    /// `right` those of R, or none where X is symmetric. What the factors hold at the start does not matter.
    ///
    /// # Errors
    /// `Length` (measurements, factors, workspace), `NotFinite` (measurements, tolerances), `OutOfRange` (rank, iterations,
    /// tolerances; a rank above the dimension or the limit of the operator).
    pub fn new(
        measurement: &'a mut M,
        y: &'a [T],
        left: &'a mut [T],
        right: &'a mut [T],
        workspace: &'a mut [T],
        config: LadderConfig<T>,
    ) -> Result<Self, Error> {
        Self::check(measurement, y, &config)?;
        Self::resume(measurement, y, left, right, workspace, Self::start(&config))
    }

    /// The state of a recovery that has not begun. [`check`](Self::check) is what looks at the values.
    #[must_use]
    pub fn start(config: &LadderConfig<T>) -> Checkpoint<T> {
        Checkpoint::with(config)
    }

    /// Looks at everything but the memory that is written.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), `Length` (factors, workspace) apart.
    pub fn check(measurement: &M, y: &[T], config: &LadderConfig<T>) -> Result<(), Error> {
        config.check()?;
        check_rank(measurement, config.rank_max)?;
        error::exact(Field::Measurements, measurement.count(), y.len())?;
        error::finite(Field::Measurements, y)
    }

    /// Elements of workspace: 256 + (rows + columns of a rectangular X) r + r (r + 3) / 2 for r = `rank_max`.
    #[must_use]
    pub const fn workspace_len(shape: Shape, rank_max: usize) -> usize {
        shape
            .rows()
            .saturating_add(shape.right())
            .saturating_add(1)
            .saturating_mul(rank_max)
            .saturating_add(Packed::elements(rank_max))
            .saturating_add(BINS)
    }

    /// Puts the recovery away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.state
    }
}

fn check_rank<T: Real, M: Measurement<T> + ?Sized>(measurement: &M, rank_max: u32) -> Result<(), Error> {
    let shape = measurement.shape();
    let largest = shape.rows().min(shape.columns()).min(measurement.rank_limit());
    if rank_max as usize > largest {
        return Err(Error::OutOfRange { field: Field::Rank, index: largest });
    }
    Ok(())
}

impl<'a, T: Real, M: Measurement<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Ladder<'a, T, M, S> {
    /// Takes up a recovery that was put away. All memory must hold what it held, that of the operator too; O(1).
    ///
    /// # Errors
    /// `Length` and `OutOfRange` (rank) as [`new`](Ladder::new), `Corrupt` if the state does not fit this operator.
    pub fn resume(
        measurement: &'a mut M,
        y: &'a [T],
        left: &'a mut [T],
        right: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let shape = measurement.shape();
        let Checkpoint { rank_max, rank, cursor, .. } = *state.borrow();
        check_rank(measurement, rank_max)?;
        error::exact(Field::Measurements, measurement.count(), y.len())?;
        let columns = rank_max as usize;
        error::exact(Field::Factors, shape.rows().saturating_mul(columns), left.len())?;
        error::exact(Field::Factors, shape.right().saturating_mul(columns), right.len())?;
        let (need, got) = (Ladder::<T, M>::workspace_len(shape, columns), workspace.len());
        let work =
            Work::split(shape, columns, workspace).ok_or(Error::Length { field: Field::Workspace, need, got })?;
        let at_granule = (cursor as usize).checked_rem(measurement.granule()) == Some(0);
        if cursor as usize > y.len() || rank > rank_max || !at_granule {
            return Err(Error::Corrupt { field: Field::Object, index: 0 });
        }
        Ok(Self { measurement, y, left, right, work, state })
    }

    /// Rank reached so far; the certified one once the outcome is `Converged`.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.state.borrow().rank as usize
    }

    /// The factors: `rank` columns each.
    #[must_use]
    pub fn factors(&self) -> Factors<'_, T> {
        factors(self.measurement.shape(), self.rank(), self.left, self.right)
    }

    /// The same recovery over the state where it lies: one instance of the method for every owner.
    fn lent(&mut self) -> Ladder<'_, T, M, &mut Checkpoint<T>> {
        let Self { measurement, y, left, right, work: Work { counts, left: l, right: r, gram, row }, state } = self;
        let work = Work { counts, left: l, right: r, gram, row };
        Ladder { measurement, y, left, right, work, state: state.borrow_mut() }
    }
}

/// `rank` columns of each factor.
fn factors<'a, T>(shape: Shape, rank: usize, left: &'a [T], right: &'a [T]) -> Factors<'a, T> {
    let left = left.get(..rank * shape.rows()).unwrap_or(&[]);
    let right = if shape.is_symmetric() { left } else { right.get(..rank * shape.columns()).unwrap_or(&[]) };
    Factors { left, right }
}

impl<T: Real, M: Measurement<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Solver for Ladder<'_, T, M, S> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        let mut ladder = self.lent();
        let step = ladder.state.step.get();
        if step.is_final() {
            return step;
        }
        if ladder.visit() { ladder.judge() } else { Step::Running }
    }

    fn report(&self) -> Report<T> {
        self.state.borrow().report()
    }
}

#[cfg(test)]
mod tests;
