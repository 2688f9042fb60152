//! The subgradient method as published: small initialisation, over-parameterised factor, one step size for all directions.
//!
//! U -= eta_t S U / m from a small U_0 with r' columns, r' from the rank of X* to n (J. Ma, S. Fattahi, Global convergence of
//! sub-gradient method for robust matrix recovery: small initialization, noisy measurements, and over-parameterization, JMLR
//! 24 (2023)). The final error falls with the size of the start, the iterations grow with its logarithm only. Kept for
//! comparison and for ranks that are not known at all; [`Ladder`](super::Ladder) is faster and exact.

use super::histogram::{BINS, Window};
use super::measurement::{Collect, Factors, Measurement, Shape};
use crate::error::{self, Error, Field};
use crate::factor::{SWEEPS, SymmetricJacobi};
use crate::real::Real;
use crate::rng::Xoshiro128;
use crate::solve::{Report, Solver, Step};
use crate::vector;

/// The step size; all gains are in units in which a step of 1 removes the whole error of X along its largest direction.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Schedule<T> {
    /// `gain` times the mean |residual|, like Polyak's step: published for measurements without outliers.
    Polyak {
        /// Positive; 0.5 is safe.
        gain: T,
    },
    /// `first` times `decay` to the power t: published for measurements with outliers. Rate and first step have to be found
    /// for each kind of problem: too fast a decay stops before the small start has grown.
    Geometric {
        /// Positive, relative to the typical measurement.
        first: T,
        /// In (0, 1).
        decay: T,
    },
    /// `gain` times the 30 % quantile of |residual|: no rate to find, whatever the outliers.
    Quantile {
        /// Positive; 0.5 is safe.
        gain: T,
    },
}

/// The small start.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Start {
    /// `size` times B, BB' the positive semidefinite part of rank r' of the sum of sgn(y_i) A_i / m.
    Spectral,
    /// `size` times random columns.
    Random {
        /// Of the generator.
        seed: u64,
    },
    /// The factor as it is.
    Given,
}

/// Values of the subgradient method.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SubgmConfig<T> {
    /// Columns r' of the factor, 1 to n.
    pub columns: u32,
    /// Size alpha of the start relative to X*, positive.
    pub size: T,
    /// What the start is.
    pub start: Start,
    /// The step size.
    pub schedule: Schedule<T>,
    /// Passes at most, at least 1.
    pub max_iterations: u32,
    /// `Converged` when the 30 % quantile of |residual| falls below this, in units of the typical measurement; at least 0.
    pub tolerance: T,
}

impl<T: Real> SubgmConfig<T> {
    /// A spectral start of size 1e-3, quantile steps of gain 0.5, 1000 passes, tolerance 1e-5.
    #[must_use]
    pub fn new(columns: u32) -> Self {
        Self {
            columns,
            size: T::from_f64(1e-3),
            start: Start::Spectral,
            schedule: Schedule::Quantile { gain: T::from_f64(0.5) },
            max_iterations: 1000,
            tolerance: T::from_f64(1e-5),
        }
    }

    fn check(&self, n: usize) -> Result<(), Error> {
        if self.columns == 0 || self.columns as usize > n {
            return Err(Error::OutOfRange { field: Field::Rank, index: n });
        }
        if self.max_iterations == 0 {
            return Err(Error::OutOfRange { field: Field::Iterations, index: 0 });
        }
        let positive = |value: T| value > T::ZERO && value.is_finite();
        let schedule = match self.schedule {
            Schedule::Polyak { gain } | Schedule::Quantile { gain } => positive(gain),
            Schedule::Geometric { first, decay } => positive(first) && decay > T::ZERO && decay < T::ONE,
        };
        if !schedule || !positive(self.size) {
            return Err(Error::OutOfRange { field: Field::Configuration, index: usize::from(schedule) });
        }
        if !(self.tolerance >= T::ZERO && self.tolerance.is_finite()) {
            return Err(Error::OutOfRange { field: Field::Tolerance, index: 0 });
        }
        Ok(())
    }
}

/// A subgradient method under way, for symmetric X.
///
/// `step` is one pass. The report's residual is the 30 % quantile of |residual|, its estimate the mean. `Converged` says that
/// 30 % of the measurements fit, which with more columns than the rank proves nothing: there is no certificate here.
#[derive(Debug)]
pub struct Subgm<'a, T, M: ?Sized> {
    measurement: &'a mut M,
    y: &'a [T],
    u: &'a mut [T],
    counts: &'a mut [T],
    products: &'a mut [T],
    eigen: &'a mut [T],
    config: SubgmConfig<T>,
    report: Report<T>,
    window: Window,
    length: T,
    begun: bool,
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
        let Shape::Symmetric { n } = measurement.shape() else {
            return Err(Error::OutOfRange { field: Field::Size, index: 0 });
        };
        config.check(n.min(measurement.rank_limit()))?;
        let columns = config.columns as usize;
        error::exact(Field::Measurements, measurement.count(), y.len())?;
        error::exact(Field::Factors, n.saturating_mul(columns), u.len())?;
        let spectral = config.start == Start::Spectral;
        let (need, got) = (Self::workspace_len(n, columns, spectral), workspace.len());
        let short = Error::Length { field: Field::Workspace, need, got };
        let workspace = workspace.get_mut(..need).ok_or(short)?;
        error::finite(Field::Measurements, y)?;
        if config.start == Start::Given {
            error::finite(Field::Factors, u)?;
        }
        let (counts, rest) = workspace.split_at_mut_checked(BINS).ok_or(short)?;
        let (products, eigen) = rest.split_at_mut_checked(n.saturating_mul(columns)).ok_or(short)?;
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
        let (window, length) = (Window::default(), T::ZERO);
        Ok(Self { measurement, y, u, counts, products, eigen, config, report, window, length, begun: false })
    }

    /// Elements of workspace: 256 + n r', and 2 n² + n for a spectral start.
    #[must_use]
    pub const fn workspace_len(n: usize, columns: usize, spectral: bool) -> usize {
        let square = if spectral { n.saturating_mul(n.saturating_mul(2).saturating_add(1)) } else { 0 };
        BINS.saturating_add(n.saturating_mul(columns)).saturating_add(square)
    }

    /// U, column after column.
    #[must_use]
    pub fn factor(&self) -> &[T] {
        self.u
    }

    fn total(&self) -> T {
        T::from_u32(u32::try_from(self.y.len()).unwrap_or(u32::MAX))
    }

    /// A pass at U, or at 0; quantile and mean of |residual|.
    fn pass(&mut self, at_zero: bool) -> (T, T) {
        let u: &[T] = if at_zero { &[] } else { self.u };
        let x = Factors { left: u, right: u };
        self.counts.fill(T::ZERO);
        let (window, counts, mut sum) = (self.window, &mut *self.counts, T::ZERO);
        self.measurement.begin(x, if at_zero { Collect::Matrix } else { Collect::Products });
        self.measurement.visit(0..self.y.len(), x, self.y, &mut |residual| {
            window.count(counts, residual);
            sum += residual.abs();
        });
        self.measurement.finish();
        let total = self.total();
        (self.window.quantile(self.counts, total, T::from_f64(0.3)), sum / total)
    }

    fn begin(&mut self) -> Step {
        self.begun = true;
        self.window = Window::around(self.y, self.counts);
        let (fit, mean) = self.pass(true);
        let median = self.window.quantile(self.counts, self.total(), T::from_f64(0.5));
        self.report.reference = median / T::from_f64(0.6745);
        self.report.initial = fit;
        self.report.estimate = mean;
        self.report.target = self.config.tolerance * self.report.reference;
        if median < T::MIN_POSITIVE {
            self.u.fill(T::ZERO);
            self.report.step = Step::Converged;
            return Step::Converged;
        }
        if let Schedule::Geometric { first, .. } = self.config.schedule {
            self.length = first;
        }
        // In units of a factor of X*.
        let size = self.config.size * (self.report.reference / self.measurement.unit()).sqrt();
        match self.config.start {
            Start::Given => {}
            Start::Random { seed } => {
                let mut rng = Xoshiro128::new(seed);
                for u in self.u.iter_mut() {
                    *u = size * T::from_f32(rng.unit() - 0.5);
                }
            }
            Start::Spectral => {
                if self.spectral(size).is_none() {
                    self.report.step = Step::Breakdown;
                }
            }
        }
        self.report.step
    }

    /// `size` times the factor of the leading positive part of -S / m, largest eigenvalue first.
    fn spectral(&mut self, size: T) -> Option<()> {
        let n = self.measurement.shape().rows().max(1);
        let (matrix, rest) = self.eigen.split_at_mut_checked(n * n)?;
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
}

impl<T: Real, M: Measurement<T> + ?Sized> Solver for Subgm<'_, T, M> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        if self.report.step.is_final() {
            return self.report.step;
        }
        if !self.begun {
            return self.begin();
        }
        let (fit, mean) = self.pass(false);
        let report = &mut self.report;
        report.iterations = report.iterations.saturating_add(1);
        (report.residual, report.estimate, report.best) = (fit, mean, report.best.min(fit));
        if !fit.is_finite() || !mean.is_finite() {
            report.step = Step::Diverged;
            return report.step;
        }
        if fit <= report.target {
            report.step = Step::Converged;
            return report.step;
        }
        if report.iterations >= self.config.max_iterations {
            report.step = Step::IterationCap;
            return report.step;
        }
        let reference = self.report.reference;
        let unit = self.measurement.unit();
        // S / m is sqrt(2 / pi) times a matrix of norm 1; the quantile is 0.385 of the norm of the error.
        let relative = match self.config.schedule {
            Schedule::Polyak { gain } => gain * T::from_f64(1.571) * mean / reference,
            Schedule::Quantile { gain } => gain * T::from_f64(3.252) * fit / reference,
            Schedule::Geometric { decay, .. } => {
                let length = self.length * T::from_f64(1.2533);
                self.length *= decay;
                length
            }
        };
        let u = Factors { left: &*self.u, right: &*self.u };
        self.measurement.products(u, self.products, &mut []);
        vector::axpy(-relative / (self.total() * unit), self.products, self.u);
        Step::Running
    }

    fn report(&self) -> Report<T> {
        self.report
    }
}

#[cfg(test)]
mod tests;
