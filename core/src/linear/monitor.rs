//! When a solve ends, and how: the same rules for every linear method.

mod stopping;

pub use stopping::{Reference, Stopping};

use crate::error::{self, Error, Field};
use crate::real::Real;
use crate::solve::words::{Code, Codec, Plain, words_of};
use crate::solve::{Report, Step};
use crate::vector;

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

/// The book-keeping of one solve: numbers alone, scalars first.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Monitor<T> {
    relative: T,
    absolute: T,
    divergence: T,
    residual: T,
    estimate: T,
    best: T,
    initial: T,
    reference: T,
    target: T,
    /// The residual a gain is measured from, the smallest since, and the iteration of the last gain.
    window_base: T,
    window_low: T,
    /// The highest residual a window was granted from.
    hump: T,
    window_start: u32,
    /// Iterations without a gain that are granted; 0 until the default is known.
    window: u32,
    max_iterations: u32,
    refers_to: Code<Reference>,
    step: Code<Step>,
    iterations: u32,
}

impl<T: Real> Plain for Monitor<T> {
    const WORDS: usize = 6 + 12 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        let (report, window) = (
            [&mut self.residual, &mut self.estimate, &mut self.best, &mut self.initial],
            [&mut self.window_base, &mut self.window_low, &mut self.hump],
        );
        let rules = [&mut self.relative, &mut self.absolute, &mut self.divergence];
        let goal = [&mut self.reference, &mut self.target];
        for real in rules.into_iter().chain(report).chain(goal).chain(window) {
            codec.real(real)?;
        }
        codec.number(&mut self.window_start)?;
        codec.number(&mut self.window)?;
        codec.number(&mut self.max_iterations)?;
        codec.code(&mut self.refers_to)?;
        codec.code(&mut self.step)?;
        codec.number(&mut self.iterations)?;
        codec.require(self.window_start <= self.iterations)
    }
}

impl<T: Real> Monitor<T> {
    #[inline]
    pub(crate) fn new(stopping: &Stopping<T>) -> Self {
        Self {
            relative: stopping.relative,
            absolute: stopping.absolute,
            divergence: stopping.divergence,
            residual: T::INFINITY,
            estimate: T::INFINITY,
            best: T::INFINITY,
            initial: T::INFINITY,
            reference: T::ZERO,
            target: T::ZERO,
            window_base: T::INFINITY,
            window_low: T::INFINITY,
            hump: T::INFINITY,
            window_start: 0,
            window: stopping.stagnation_window,
            max_iterations: stopping.max_iterations,
            refers_to: Code::new(stopping.reference),
            step: Code::new(Step::Running),
            iterations: 0,
        }
    }

    pub(crate) fn report(&self) -> Report<T> {
        Report {
            step: self.step.get(),
            iterations: self.iterations,
            residual: self.residual,
            estimate: self.estimate,
            best: self.best,
            initial: self.initial,
            reference: self.reference,
            target: self.target,
        }
    }

    pub(crate) fn step(&self) -> Step {
        self.step.get()
    }

    pub(crate) fn end(&mut self, step: Step) -> Step {
        self.step.set(step);
        step
    }

    /// Whether the starting guess has been looked at.
    pub(crate) fn has_begun(&self) -> bool {
        self.initial != T::INFINITY
    }

    /// Whether no iteration is left.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.iterations >= self.max_iterations
    }

    /// Takes the norm of b and the initial residual, both recomputed; decides whether there is anything to do.
    pub(crate) fn begin(&mut self, rhs: T, initial: T, default_window: u32) -> Step {
        let relative_to_rhs = self.refers_to.is(Reference::RightHandSide) && rhs > T::ZERO;
        let reference = if relative_to_rhs { rhs } else { initial };
        self.reference = reference;
        self.target = self.absolute.max(self.relative * reference);
        self.initial = initial;
        if self.window == 0 {
            self.window = default_window;
        }
        self.recomputed(initial);
        self.hump = initial;
        self.open_window(initial);
        if !initial.is_finite() {
            return self.end(Step::Diverged);
        }
        if initial <= self.target { self.end(Step::Converged) } else { Step::Running }
    }

    /// Notes a residual norm that was computed from x itself.
    pub(crate) fn recomputed(&mut self, residual: T) {
        self.residual = residual;
        self.estimated(residual);
    }

    /// Notes a residual norm from a recurrence.
    pub(crate) fn estimated(&mut self, residual: T) {
        self.estimate = residual;
        self.best = self.best.min(residual);
    }

    /// Puts a recomputed residual in the place of the estimate that claimed convergence. That estimate was the smallest so
    /// far, and wrong if the claim is refuted: from here on, best and stagnation are measured from the truth.
    pub(crate) fn corrected(&mut self, residual: T) {
        self.residual = residual;
        self.estimate = residual;
        self.best = self.initial.min(residual);
        self.open_window(residual);
    }

    /// Starts to wait for a gain over `base`.
    fn open_window(&mut self, base: T) {
        self.window_base = base;
        self.window_low = T::INFINITY;
        self.window_start = self.iterations;
    }

    /// Whether the estimate is the best so far.
    pub(crate) fn is_best(&self) -> bool {
        self.estimate <= self.best
    }

    /// Whether the estimate claims convergence.
    pub(crate) fn claims_convergence(&self) -> bool {
        self.estimate <= self.target
    }

    pub(crate) fn count_iteration(&mut self) {
        self.iterations = self.iterations.saturating_add(1);
    }

    /// The outcome after an iteration whose residual has been noted. Never says `Converged` of an estimate.
    pub(crate) fn judge(&mut self) -> Step {
        let estimate = self.estimate;
        if !estimate.is_finite() || estimate > self.divergence * self.initial {
            return self.end(Step::Diverged);
        }
        if self.residual <= self.target && self.residual == estimate {
            return self.end(Step::Converged);
        }
        if self.is_exhausted() {
            return self.end(Step::IterationCap);
        }
        self.window_low = self.window_low.min(estimate);
        if self.window_low < self.window_base * T::from_f32(0.98) {
            self.open_window(self.window_low);
        } else if self.iterations.wrapping_sub(self.window_start) >= self.window {
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
        self.residual = residual;
        self.estimate = residual;
        if is_best {
            self.best = self.initial.min(residual);
        }
    }

    /// Smallest residual norm seen.
    pub(crate) fn best(&self) -> T {
        self.best
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
