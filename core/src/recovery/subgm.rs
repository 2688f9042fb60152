//! The subgradient method as published: small initialisation, over-parameterised factor, one step size for all directions.
//!
//! U -= eta_t S U / m from a small U_0 with r' columns, r' from the rank of X* to n (J. Ma, S. Fattahi, Global convergence of
//! sub-gradient method for robust matrix recovery: small initialization, noisy measurements, and over-parameterization, JMLR
//! 24 (2023)). The final error falls with the size of the start, the iterations grow with its logarithm only. Kept for
//! comparison and for ranks that are not known at all; [`Ladder`](super::Ladder) is faster and exact.

mod checkpoint;
mod config;

pub use self::checkpoint::Checkpoint;
use self::checkpoint::{Begin, Rule};
pub use self::config::{Schedule, Start, SubgmConfig};
use core::borrow::BorrowMut;

use super::histogram::{BINS, Window};
use super::measurement::{Collect, Factors, Measurement, Shape};
use crate::error::{self, Error, Field};
use crate::factor::{SWEEPS, SymmetricJacobi};
use crate::real::Real;
use crate::rng::Xoshiro128;
use crate::solve::{Report, Solver, Step};
use crate::vector;

/// A subgradient method under way, for symmetric X.
///
/// `step` is one pass. The report's residual is the 30 % quantile of |residual|, its estimate the mean. `Converged` says that
/// 30 % of the measurements fit, which with more columns than the rank proves nothing: there is no certificate here.
#[derive(Debug)]
pub struct Subgm<'a, T, M: ?Sized, S = Checkpoint<T>> {
    measurement: &'a mut M,
    y: &'a [T],
    u: &'a mut [T],
    work: Work<'a, T>,
    state: S,
}

#[derive(Debug)]
struct Work<'a, T> {
    counts: &'a mut [T],
    products: &'a mut [T],
    eigen: &'a mut [T],
}

impl<'a, T: Real> Work<'a, T> {
    fn split(n: usize, columns: usize, need: usize, workspace: &'a mut [T]) -> Option<Self> {
        let (counts, rest) = workspace.get_mut(..need)?.split_at_mut_checked(BINS)?;
        let (products, eigen) = rest.split_at_mut_checked(n.checked_mul(columns)?)?;
        Some(Self { counts, products, eigen })
    }
}

impl<'a, T: Real, M: Measurement<T> + ?Sized> Subgm<'a, T, M> {
    /// Checks everything; writes nothing. `u` takes the columns one after the other, n each.
    ///
    /// # Errors
    /// `OutOfRange` (size, for a rectangular X; rank, iterations, configuration: index 0 schedule, 1 size; tolerance), `Length`
    /// (measurements, factors, workspace), `NotFinite` (measurements; factors, where they are the start).
    pub fn new(
        measurement: &'a mut M,
        y: &'a [T],
        u: &'a mut [T],
        workspace: &'a mut [T],
        config: SubgmConfig<T>,
    ) -> Result<Self, Error> {
        Self::check(measurement, y, u, &config)?;
        Self::resume(measurement, y, u, workspace, Self::start(&config))
    }

    /// The state of a recovery that has not begun. [`check`](Self::check) is what looks at the values.
    #[must_use]
    pub fn start(config: &SubgmConfig<T>) -> Checkpoint<T> {
        Checkpoint::with(config)
    }

    /// Looks at everything but the lengths of what is written.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), `Length` (factors, workspace) apart.
    pub fn check(measurement: &M, y: &[T], u: &[T], config: &SubgmConfig<T>) -> Result<(), Error> {
        config.check(symmetric(measurement)?.1)?;
        error::exact(Field::Measurements, measurement.count(), y.len())?;
        error::finite(Field::Measurements, y)?;
        if config.start == Start::Given { error::finite(Field::Factors, u) } else { Ok(()) }
    }

    /// Elements of workspace: 256 + n r', and 2 n² + n for a spectral start.
    #[must_use]
    pub const fn workspace_len(n: usize, columns: usize, spectral: bool) -> usize {
        let square = if spectral { n.saturating_mul(n.saturating_mul(2).saturating_add(1)) } else { 0 };
        BINS.saturating_add(n.saturating_mul(columns)).saturating_add(square)
    }

    /// Puts the recovery away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.state
    }
}

/// Dimension of a symmetric X and the most columns its factor may have.
fn symmetric<T: Real, M: Measurement<T> + ?Sized>(measurement: &M) -> Result<(usize, usize), Error> {
    match measurement.shape() {
        Shape::Symmetric { n } => Ok((n, n.min(measurement.rank_limit()))),
        Shape::Rectangular { .. } => Err(Error::OutOfRange { field: Field::Size, index: 0 }),
    }
}

impl<'a, T: Real, M: Measurement<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Subgm<'a, T, M, S> {
    /// Takes up a recovery that was put away. All memory must hold what it held, that of the operator too; O(1).
    ///
    /// # Errors
    /// `Length` and `OutOfRange` (size, rank) as [`new`](Subgm::new).
    pub fn resume(
        measurement: &'a mut M,
        y: &'a [T],
        u: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let (n, largest) = symmetric(measurement)?;
        let columns = state.borrow().columns as usize;
        if columns == 0 || columns > largest {
            return Err(Error::OutOfRange { field: Field::Rank, index: largest });
        }
        error::exact(Field::Measurements, measurement.count(), y.len())?;
        error::exact(Field::Factors, n.saturating_mul(columns), u.len())?;
        let spectral = state.borrow().begin.is(Begin::Spectral);
        let (need, got) = (Subgm::<T, M>::workspace_len(n, columns, spectral), workspace.len());
        let work =
            Work::split(n, columns, need, workspace).ok_or(Error::Length { field: Field::Workspace, need, got })?;
        Ok(Self { measurement, y, u, work, state })
    }

    /// U, column after column.
    #[must_use]
    pub fn factor(&self) -> &[T] {
        self.u
    }

    /// The same recovery over the state where it lies: one instance of the method for every owner.
    fn lent(&mut self) -> Subgm<'_, T, M, &mut Checkpoint<T>> {
        let Self { measurement, y, u, work: Work { counts, products, eigen }, state } = self;
        Subgm { measurement, y, u, work: Work { counts, products, eigen }, state: state.borrow_mut() }
    }
}

impl<T: Real, M: Measurement<T> + ?Sized> Subgm<'_, T, M, &mut Checkpoint<T>> {
    fn total(&self) -> T {
        T::from_u32(u32::try_from(self.y.len()).unwrap_or(u32::MAX))
    }

    /// A pass at U, or at 0; quantile and mean of |residual|.
    fn pass(&mut self, at_zero: bool) -> (T, T) {
        let u: &[T] = if at_zero { &[] } else { self.u };
        let x = Factors { left: u, right: u };
        let (window, total, mut sum) = (self.state.window(), self.total(), T::ZERO);
        let counts = &mut *self.work.counts;
        counts.fill(T::ZERO);
        self.measurement.begin(x, if at_zero { Collect::Matrix } else { Collect::Products });
        self.measurement.visit(0..self.y.len(), x, self.y, &mut |residual| {
            window.count(counts, residual);
            sum += residual.abs();
        });
        self.measurement.finish();
        (window.quantile(counts, total, T::from_f64(0.3)), sum / total)
    }

    fn begin(&mut self) -> Step {
        self.state.begun.set(true);
        self.state.window = Window::around(self.y, self.work.counts).0;
        let (fit, mean) = self.pass(true);
        let (total, unit) = (self.total(), self.measurement.unit());
        let state = &mut *self.state;
        let median = state.window().quantile(self.work.counts, total, T::from_f64(0.5));
        state.reference = median / T::from_f64(0.6745);
        state.initial = fit;
        state.mean = mean;
        if median < T::MIN_POSITIVE {
            self.u.fill(T::ZERO);
            return state.end(Step::Converged);
        }
        // In units of a factor of X*.
        let size = state.size * (state.reference / unit).sqrt();
        match state.begin.get() {
            Begin::Given => {}
            Begin::Random => {
                let mut rng = Xoshiro128::new(state.seed());
                for u in self.u.iter_mut() {
                    *u = size * T::from_f32(rng.unit() - 0.5);
                }
            }
            Begin::Spectral => {
                if self.spectral(size).is_none() {
                    return self.state.end(Step::Breakdown);
                }
            }
        }
        Step::Running
    }

    /// `size` times the factor of the leading positive part of -S / m, largest eigenvalue first.
    fn spectral(&mut self, size: T) -> Option<()> {
        let n = self.measurement.shape().rows().max(1);
        let (matrix, rest) = self.work.eigen.split_at_mut_checked(n * n)?;
        let (vectors, values) = rest.split_at_mut_checked(n * n)?;
        let sums = self.measurement.sums();
        // Unit vectors pick the columns; the vectors' memory is free until the rotations begin.
        for (index, column) in matrix.chunks_exact_mut(n).enumerate() {
            let unit = vectors.get_mut(..n)?;
            unit.fill(T::ZERO);
            *unit.get_mut(index)? = -T::ONE;
            sums.times(unit, column);
        }
        let mut jacobi = SymmetricJacobi::new(n, matrix, values, Some(vectors), SWEEPS).ok()?;
        let _ = jacobi.run();
        let per_measurement = T::ONE / (T::from_u32(u32::try_from(self.y.len()).ok()?) * self.measurement.unit());
        let pairs = values.iter().rev().zip(vectors.chunks_exact(n).rev());
        for ((value, vector), column) in pairs.zip(self.u.chunks_exact_mut(n)) {
            vector::copy(vector, column);
            vector::scale(size * (value.max(T::ZERO) * per_measurement).sqrt(), column);
        }
        Some(())
    }

    /// A pass, and the step that follows of it.
    fn advance(&mut self) -> Step {
        let (fit, mean) = self.pass(false);
        let total = self.total();
        let state = &mut *self.state;
        state.iterations = state.iterations.saturating_add(1);
        (state.fit, state.mean, state.best) = (fit, mean, state.best.min(fit));
        if !fit.is_finite() || !mean.is_finite() {
            return state.end(Step::Diverged);
        }
        if fit <= state.tolerance * state.reference {
            return state.end(Step::Converged);
        }
        if state.iterations >= state.max_iterations {
            return state.end(Step::IterationCap);
        }
        // S / m is sqrt(2 / pi) times a matrix of norm 1; the quantile is 0.385 of the norm of the error.
        let relative = match state.rule.get() {
            Rule::Polyak => state.gain * T::from_f64(1.571) * mean / state.reference,
            Rule::Quantile => state.gain * T::from_f64(3.252) * fit / state.reference,
            Rule::Geometric => {
                let length = state.gain * T::from_f64(1.2533);
                state.gain *= state.decay;
                length
            }
        };
        let u = Factors { left: &*self.u, right: &*self.u };
        self.measurement.products(u, self.work.products, &mut []);
        vector::axpy(-relative / (total * self.measurement.unit()), self.work.products, self.u);
        Step::Running
    }
}

impl<T: Real, M: Measurement<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Solver for Subgm<'_, T, M, S> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        let mut recovery = self.lent();
        let step = recovery.state.step.get();
        if step.is_final() {
            return step;
        }
        if recovery.state.begun.holds() { recovery.advance() } else { recovery.begin() }
    }

    fn report(&self) -> Report<T> {
        self.state.borrow().report()
    }
}

#[cfg(test)]
mod tests;
