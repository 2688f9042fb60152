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
mod config;
mod trim;
mod update;

pub use self::checkpoint::Checkpoint;
use self::checkpoint::Phase;
pub use self::config::LadderConfig;
use core::borrow::BorrowMut;

use super::histogram::{BINS, Window};
use super::measurement::{Collect, Factors, Measurement, Shape};
use crate::error::{self, Error, Field};
use crate::factor::{Packed, PowerConfig, power_iteration};
use crate::real::Real;
use crate::rng::Xoshiro128;
use crate::solve::{Report, Solver, Step};
use crate::vector;

/// Share of the measurements whose fit is the control.
const SHARE: f64 = 0.3;
/// Median of half a normal distribution, in units of its scale.
const MEDIAN: f64 = 0.6745;
/// Passes without a gain of a tenth after which a rank is left.
const PATIENCE: u32 = 15;
/// The same, once the fit is within this factor of the target: of few measurements, and of this many or more for each free
/// number of X. Rounding then hides that X still gets nearer, the slower the fewer there are.
const PATIENCE_AT_END: [u32; 2] = [PATIENCE, 4];
const NEAR_TARGET: f64 = 4.0;
const MANY: usize = 8;
/// Times a certified fit that rests far from the target has its steps halved before that is the end.
const HALVINGS: u32 = 3;
/// Times a column too many is taken off.
const TRIMS: u32 = 4;

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

impl<T: Real, M: Measurement<T> + ?Sized> Ladder<'_, T, M, &mut Checkpoint<T>> {
    /// One block of a pass; whether the pass is done.
    fn visit(&mut self) -> bool {
        let rank = self.rank();
        let shape = self.measurement.shape();
        let x = factors(shape, rank, self.left, self.right);
        let (m, state) = (self.y.len(), &mut *self.state);
        let all = state.phase.is(Phase::Collect) || self.measurement.always_collects_matrix();
        let collect = if all { Collect::Matrix } else { Collect::Products };
        if state.cursor == 0 {
            self.measurement.begin(x, collect);
            if state.rank == 0 {
                state.window = Window::around(self.y, self.work.counts).0;
            }
            self.work.counts.fill(T::ZERO);
        } else {
            self.measurement.proceed(collect);
        }
        let limit = match state.measurements_per_step {
            0 => m,
            limit => (limit as usize).checked_next_multiple_of(self.measurement.granule()).unwrap_or(m),
        };
        let start = state.cursor as usize;
        let end = start.saturating_add(limit).min(m);
        let (window, counts) = (state.window(), &mut *self.work.counts);
        self.measurement.visit(start..end, x, self.y, &mut |residual| window.count(counts, residual));
        if end < m {
            // No operator has more measurements than this counts.
            state.cursor = u32::try_from(end).unwrap_or(0);
            return false;
        }
        state.cursor = 0;
        self.measurement.finish();
        true
    }

    /// Judges a pass, and takes a step or a rank.
    fn judge(&mut self) -> Step {
        let total = self.total();
        let window = self.state.window();
        let fit = window.quantile(self.work.counts, total, T::from_f64(SHARE));
        let state = &mut *self.state;
        state.iterations = state.iterations.saturating_add(1);
        state.fit = fit;
        state.smallest = state.smallest.min(fit);
        if state.rank == 0 {
            let median = window.quantile(self.work.counts, total, T::from_f64(0.5));
            state.reference = median / T::from_f64(MEDIAN);
            state.initial = fit;
            if median < T::MIN_POSITIVE {
                // More than half of the measurements are 0.
                return state.end(Step::Converged);
            }
            return self.grow(fit);
        }
        if state.phase.is(Phase::Collect) {
            return self.grow(fit);
        }
        state.passes = state.passes.saturating_add(1);
        if fit < state.best * T::from_f64(0.9) {
            state.best = fit;
            state.waited = 0;
        } else {
            state.waited = state.waited.saturating_add(1);
        }
        let many = self.y.len() >= self.measurement.shape().freedom(self.rank()).saturating_mul(MANY);
        let [patience_of_few, patience_of_many] = PATIENCE_AT_END;
        let patience_at_end = if many { patience_of_many } else { patience_of_few };
        let certified = fit <= self.state.certificate * self.state.reference && self.enough_fit(fit, total);
        let state = &mut *self.state;
        let target = state.target * state.reference;
        let at_end = fit <= target || (fit <= target * T::from_f64(NEAR_TARGET) && state.waited >= patience_at_end);
        if certified && (at_end || (state.waited >= PATIENCE && state.halvings >= HALVINGS)) {
            return self.conclude(fit);
        }
        if certified && state.waited >= PATIENCE {
            // Near the end, and no further: the step is too long for so few measurements.
            state.halvings += 1;
            state.waited = 0;
        }
        if state.waited >= PATIENCE || state.passes >= state.passes_per_rank {
            return self.grow(fit);
        }
        if self.descend(fit).is_none() {
            return self.state.end(Step::NotCertified);
        }
        Step::Running
    }

    /// Ends with a certificate, unless the smallest direction of X is no more than its error: then the rank is one too high.
    fn conclude(&mut self, fit: T) -> Step {
        if self.rank() > 1 && self.state.trims < TRIMS && self.trim(fit).is_some() {
            self.state.trims += 1;
            return Step::Running;
        }
        self.state.end(Step::Converged)
    }

    fn trim(&mut self, fit: T) -> Option<()> {
        let shape = self.measurement.shape();
        let (rows, rank) = (shape.rows(), self.rank());
        let gram = self.work.gram.get_mut(..Packed::elements(rank))?;
        let v = self.work.row.get_mut(..rank)?;
        let left = self.left.get_mut(..rank * rows)?;
        let squares = trim::smallest(left, rows, gram, v)?;
        if squares > T::from_f64(30.0) * fit / self.measurement.unit() {
            return None;
        }
        trim::reflect(left, rows, v);
        if !shape.is_symmetric() {
            trim::reflect(self.right.get_mut(..rank * shape.columns())?, shape.columns(), v);
        }
        self.state.leave_rank();
        Some(())
    }

    fn total(&self) -> T {
        T::from_u32(u32::try_from(self.y.len()).unwrap_or(u32::MAX))
    }

    /// Whether more measurements fit than a wrong X of this rank could be made to fit.
    fn enough_fit(&self, fit: T, total: T) -> bool {
        let freedom = self.measurement.shape().freedom(self.rank());
        let needed = T::from_u32(u32::try_from(freedom).unwrap_or(u32::MAX)) * T::from_f64(1.5);
        // Three standard deviations of what the 30 % quantile says inliers have.
        let limit = (fit * T::from_f64(8.0)).max(self.state.target * self.state.reference);
        let fitting = self.state.window().below(self.work.counts, limit);
        fitting >= needed.max(total * T::from_f64(SHARE))
    }

    /// A step at this rank.
    fn descend(&mut self, fit: T) -> Option<()> {
        let shape = self.measurement.shape();
        let (rows, rank, total) = (shape.rows(), self.rank(), self.total());
        let x = factors(shape, rank, self.left, self.right);
        let products = self.work.left.get_mut(..rank * rows)?;
        let right_products = self.work.right.get_mut(..rank * shape.right())?;
        self.measurement.products(x, products, right_products);
        let unit = self.measurement.unit();
        let distance = fit / unit;
        let gram = self.work.gram.get_mut(..Packed::elements(rank))?;
        let row = self.work.row.get_mut(..rank)?;
        let damping = distance * T::from_f64(0.1);
        update::solve(products, x.right, shape.columns(), gram, row, damping)?;
        update::solve(right_products, x.left, rows, gram, row, damping)?;
        // Of a rectangular X both factors move, each half as far.
        let share = if shape.is_symmetric() { T::ONE } else { T::from_f64(0.5) };
        let halved = T::ONE / T::from_u32(1 << self.state.halvings.min(HALVINGS));
        let length = T::from_f64(1.2533 / MEDIAN) * self.measurement.gain() * share * halved * distance;
        let step = -length / (total * unit);
        vector::axpy(step, products, self.left);
        vector::axpy(step, right_products, self.right);
        Some(())
    }

    /// Leaves this rank: after an extra pass, where the operator has to collect S for it.
    fn grow(&mut self, fit: T) -> Step {
        if self.state.rank >= self.state.rank_max {
            return self.state.end(Step::NotCertified);
        }
        if self.state.phase.is(Phase::Pass) && self.state.rank > 0 && !self.measurement.always_collects_matrix() {
            self.state.phase.set(Phase::Collect);
            return Step::Running;
        }
        match self.append(fit) {
            Some(()) => Step::Running,
            None => self.state.end(Step::NotCertified),
        }
    }

    /// Appends the leading singular pair of -S as a new column, small.
    fn append(&mut self, fit: T) -> Option<()> {
        let shape = self.measurement.shape();
        let (rows, columns, rank) = (shape.rows(), shape.columns(), self.rank());
        let sums = self.measurement.sums();
        let size = T::from_f64(0.3) * (fit / self.measurement.unit()).sqrt();
        let work = self.work.left.get_mut(..rows)?;
        let left = self.left.get_mut(rank * rows..)?.get_mut(..rows)?;
        // Shifted by a typical eigenvalue, so that the positive end of -S is found before the negative one.
        let mut config = PowerConfig { iterations: 20, tolerance: T::from_f64(1e-3), shift: T::ZERO };
        let mut rng = Xoshiro128::new(rank as u64);
        if shape.is_symmetric() {
            fill(left, &mut rng);
            config.shift = sums.norm() / T::from_u32(u32::try_from(rows).ok()?).sqrt();
            let apply = |x: &[T], y: &mut [T]| {
                sums.times(x, y);
                vector::scale(-T::ONE, y);
            };
            power_iteration(config, apply, left, work).ok()?;
        } else {
            let right = self.right.get_mut(rank * columns..)?.get_mut(..columns)?;
            let spare = self.work.right.get_mut(..columns)?;
            fill(right, &mut rng);
            let apply = |x: &[T], y: &mut [T]| {
                sums.times(x, work);
                sums.transposed_times(work, y);
            };
            power_iteration(config, apply, right, spare).ok()?;
            sums.times(right, left);
            let norm = vector::norm(left);
            if !(norm > T::ZERO && norm.is_finite()) {
                return None;
            }
            vector::scale(-T::ONE / norm, left);
            vector::scale(size, right);
        }
        vector::scale(size, left);
        self.state.take_rank();
        Some(())
    }
}

/// Uniform in [-1/2, 1/2).
fn fill<T: Real>(x: &mut [T], rng: &mut Xoshiro128) {
    for x in x {
        *x = T::from_f32(rng.unit() - 0.5);
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
