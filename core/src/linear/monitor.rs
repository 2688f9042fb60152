//! When a solve ends, and how: the same rules for every linear method.

use crate::error::{self, Error, Field};
use crate::real::Real;
use crate::solve::words::{Codec, Plain, words_of};
use crate::solve::{Report, Step};
use crate::vector;

/// What the relative tolerance refers to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(u32)]
pub enum Reference {
    /// |b|: a warm start pays off.
    #[default]
    RightHandSide = 0,
    /// The residual norm of the starting guess.
    InitialResidual = 1,
}

impl Reference {
    /// The choice with this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::RightHandSide),
            1 => Some(Self::InitialResidual),
            _ => None,
        }
    }
}

/// When to stop. The target is max(`absolute`, `relative` x reference), in the unpreconditioned 2-norm.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct Stopping<T> {
    /// Relative tolerance, at least 0. Below about 10 epsilon x condition number it cannot be met: `Stagnated` follows.
    pub relative: T,
    /// Absolute tolerance in units of b, at least 0.
    pub absolute: T,
    /// A residual beyond this factor times the initial one is `Diverged`; more than 1. Sweeps may grow at first.
    pub divergence: T,
    /// Iterations at most; at least 1.
    pub max_iterations: u32,
    /// `Stagnated` after this many iterations without a gain of 2 %; 0 chooses max(50, n / 50) for sweeps and
    /// max(50, n) for conjugate gradients, whose residual may rest for long and then fall. A residual that rises is given
    /// another window for each rise by a quarter.
    pub stagnation_window: u32,
    /// What `relative` refers to.
    pub reference: Reference,
}

impl<T: Real> Default for Stopping<T> {
    /// 1e-5 relative to |b|, 10,000 iterations at most.
    fn default() -> Self {
        Self {
            relative: T::from_f32(1e-5),
            absolute: T::ZERO,
            divergence: T::from_f32(1e4),
            max_iterations: 10_000,
            stagnation_window: 0,
            reference: Reference::RightHandSide,
        }
    }
}

impl<T: Real> Plain for Stopping<T> {
    const WORDS: usize = 3 + 3 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        codec.real(&mut self.relative)?;
        codec.real(&mut self.absolute)?;
        codec.real(&mut self.divergence)?;
        codec.number(&mut self.max_iterations)?;
        codec.number(&mut self.stagnation_window)?;
        self.reference = codec.choice(self.reference as u32, Reference::from_number)?;
        Ok(())
    }
}

impl<T: Real> Stopping<T> {
    /// The same with another relative tolerance.
    #[must_use]
    pub fn with_relative(self, relative: T) -> Self {
        Self { relative, ..self }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        for (index, tolerance) in [self.relative, self.absolute, self.divergence].into_iter().enumerate() {
            if !tolerance.is_finite() {
                return Err(Error::NotFinite { field: Field::Tolerance, index });
            }
            let smallest = if index == 2 { T::ONE } else { T::ZERO };
            if tolerance < smallest {
                return Err(Error::OutOfRange { field: Field::Tolerance, index });
            }
        }
        if self.max_iterations == 0 {
            return Err(Error::OutOfRange { field: Field::Iterations, index: 0 });
        }
        Ok(())
    }
}

/// Shared checks of the arguments of a linear method.
pub(crate) fn check_vectors<T: Real>(n: usize, b: &[T], x: &[T]) -> Result<(), Error> {
    check_lengths(n, b, x)?;
    error::finite(Field::RightHandSide, b)?;
    error::finite(Field::Iterate, x)
}

/// Lengths only, for a resumed solve.
pub(crate) fn check_lengths<T: Real>(n: usize, b: &[T], x: &[T]) -> Result<(), Error> {
    error::exact(Field::RightHandSide, n, b.len())?;
    error::exact(Field::Iterate, n, x.len())
}

/// Err unless 0 < omega < 2, the theorem of Kahan.
pub(crate) fn check_omega<T: Real>(omega: T) -> Result<(), Error> {
    if !omega.is_finite() {
        return Err(Error::NotFinite { field: Field::Omega, index: 0 });
    }
    if omega <= T::ZERO || omega >= T::TWO {
        return Err(Error::OutOfRange { field: Field::Omega, index: 0 });
    }
    Ok(())
}

/// The book-keeping of one solve: plain data.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Monitor<T> {
    report: Report<T>,
    /// The residual a gain is measured from, the smallest since, and the iteration of the last gain.
    window_base: T,
    window_low: T,
    window_start: u32,
    window: u32,
    /// The highest residual a window was granted from.
    hump: T,
}

impl<T: Real> Plain for Monitor<T> {
    const WORDS: usize = Report::<T>::WORDS + 2 + 3 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        self.report.visit(codec)?;
        codec.real(&mut self.window_base)?;
        codec.real(&mut self.window_low)?;
        codec.real(&mut self.hump)?;
        codec.number(&mut self.window_start)?;
        codec.number(&mut self.window)?;
        codec.require(self.window_start <= self.report.iterations)
    }
}

impl<T: Real> Monitor<T> {
    pub(crate) fn new() -> Self {
        let report = Report {
            step: Step::Running,
            iterations: 0,
            residual: T::INFINITY,
            estimate: T::INFINITY,
            best: T::INFINITY,
            initial: T::INFINITY,
            reference: T::ZERO,
            target: T::ZERO,
        };
        Self {
            report,
            window_base: T::INFINITY,
            window_low: T::INFINITY,
            window_start: 0,
            window: 0,
            hump: T::INFINITY,
        }
    }

    pub(crate) fn report(&self) -> Report<T> {
        self.report
    }

    pub(crate) fn step(&self) -> Step {
        self.report.step
    }

    pub(crate) fn end(&mut self, step: Step) -> Step {
        self.report.step = step;
        step
    }

    /// Takes the norm of b and the initial residual, both recomputed; decides whether there is anything to do.
    pub(crate) fn begin(&mut self, stopping: &Stopping<T>, rhs: T, initial: T, default_window: u32) -> Step {
        let relative_to_rhs = stopping.reference == Reference::RightHandSide && rhs > T::ZERO;
        let reference = if relative_to_rhs { rhs } else { initial };
        self.report.reference = reference;
        self.report.target = stopping.absolute.max(stopping.relative * reference);
        self.report.initial = initial;
        self.window = if stopping.stagnation_window == 0 { default_window } else { stopping.stagnation_window };
        self.recomputed(initial);
        self.hump = initial;
        self.open_window(initial);
        if !initial.is_finite() {
            return self.end(Step::Diverged);
        }
        if initial <= self.report.target { self.end(Step::Converged) } else { Step::Running }
    }

    /// Notes a residual norm that was computed from x itself.
    pub(crate) fn recomputed(&mut self, residual: T) {
        self.report.residual = residual;
        self.estimated(residual);
    }

    /// Notes a residual norm from a recurrence.
    pub(crate) fn estimated(&mut self, residual: T) {
        self.report.estimate = residual;
        self.report.best = self.report.best.min(residual);
    }

    /// Puts a recomputed residual in the place of the estimate that claimed convergence. That estimate was the smallest so
    /// far, and wrong if the claim is refuted: from here on, best and stagnation are measured from the truth.
    pub(crate) fn corrected(&mut self, residual: T) {
        self.report.residual = residual;
        self.report.estimate = residual;
        self.report.best = self.report.initial.min(residual);
        self.open_window(residual);
    }

    /// Starts to wait for a gain over `base`.
    fn open_window(&mut self, base: T) {
        self.window_base = base;
        self.window_low = T::INFINITY;
        self.window_start = self.report.iterations;
    }

    /// Whether the estimate is the best so far.
    pub(crate) fn is_best(&self) -> bool {
        self.report.estimate <= self.report.best
    }

    /// Whether the estimate claims convergence.
    pub(crate) fn claims_convergence(&self) -> bool {
        self.report.estimate <= self.report.target
    }

    pub(crate) fn count_iteration(&mut self) {
        self.report.iterations = self.report.iterations.saturating_add(1);
    }

    /// The outcome after an iteration whose residual has been noted. Never says `Converged` of an estimate.
    pub(crate) fn judge(&mut self, stopping: &Stopping<T>) -> Step {
        let report = &self.report;
        if !report.estimate.is_finite() || report.estimate > stopping.divergence * report.initial {
            return self.end(Step::Diverged);
        }
        if report.residual <= report.target && report.residual == report.estimate {
            return self.end(Step::Converged);
        }
        if report.iterations >= stopping.max_iterations {
            return self.end(Step::IterationCap);
        }
        let estimate = report.estimate;
        self.window_low = self.window_low.min(estimate);
        if self.window_low < self.window_base * T::from_f32(0.98) {
            self.open_window(self.window_low);
        } else if report.iterations - self.window_start >= self.window {
            // Sweeps are not normal: the residual may rise before it falls. A window is granted for each rise by a
            // quarter, so that divergence bounds their number.
            if estimate <= self.hump * T::from_f32(1.25) {
                return self.end(Step::Stagnated);
            }
            self.hump = estimate;
            self.open_window(estimate);
        }
        Step::Running
    }

    /// The residual of the iterate that stays at the end, recomputed, and whether that iterate is the best one.
    pub(crate) fn restored(&mut self, residual: T, is_best: bool) {
        self.report.residual = residual;
        self.report.estimate = residual;
        if is_best {
            self.report.best = self.report.initial.min(residual);
        }
    }
}

/// max(50, n / share) as a window, saturating.
pub(crate) fn window(n: usize, share: usize) -> u32 {
    u32::try_from(n / share).unwrap_or(u32::MAX).max(50)
}

/// The power of two that brings the largest of `b` into [1, 2), or that of `fallback` where b is zero.
pub(crate) fn scale_of<T: Real>(b: &[T], fallback: &[T]) -> T {
    let largest = vector::max_abs(b);
    let largest = if largest > T::ZERO { largest } else { vector::max_abs(fallback) };
    largest.normalising_power_of_two()
}
