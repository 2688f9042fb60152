//! When a splitting method ends, and how: the same rules for all of them.

use crate::error::{Error, Field};
use crate::real::Real;
use crate::solve::words::{Code, Codec, Plain, words_of};
use crate::solve::{Report, Step};

/// When to stop. Residuals are maximum norms; each has the target `absolute` + `relative` x the largest term in it.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct Stopping<T> {
    /// In units of the residual, at least 0.
    pub absolute: T,
    /// Relative to the largest term of the residual, at least 0. In f32 less than about 1e-6 cannot be met.
    pub relative: T,
    /// Iterations at most; at least 1.
    pub max_iterations: u32,
    /// Iterations between two looks at the residuals; at least 1. A look costs about as much as an iteration.
    pub check_every: u32,
    /// `Stagnated` after this many iterations in which no residual fell; 0 for never.
    pub stagnation_window: u32,
}

impl<T: Real> Default for Stopping<T> {
    /// 1e-4 both ways, 4,000 iterations at most, a look every 5, stagnation after 1,000.
    fn default() -> Self {
        Self {
            absolute: T::from_f32(1e-4),
            relative: T::from_f32(1e-4),
            max_iterations: 4000,
            check_every: 5,
            stagnation_window: 1000,
        }
    }
}

impl<T: Real> Stopping<T> {
    /// The same with this tolerance, absolute and relative.
    #[must_use]
    pub fn with_tolerance(self, tolerance: T) -> Self {
        Self { absolute: tolerance, relative: tolerance, ..self }
    }

    /// # Errors
    /// `NotFinite` or `OutOfRange` of `Field::Tolerance`, `OutOfRange` of `Field::Iterations`.
    pub(crate) fn check(&self) -> Result<(), Error> {
        for (index, tolerance) in [self.absolute, self.relative].into_iter().enumerate() {
            if !tolerance.is_finite() {
                return Err(Error::NotFinite { field: Field::Tolerance, index });
            }
            if tolerance < T::ZERO {
                return Err(Error::OutOfRange { field: Field::Tolerance, index });
            }
        }
        for (index, count) in [self.max_iterations, self.check_every].into_iter().enumerate() {
            if count == 0 {
                return Err(Error::OutOfRange { field: Field::Iterations, index });
            }
        }
        Ok(())
    }

    /// The target of a residual whose largest term is `scale`.
    pub(crate) fn target(&self, scale: T) -> T {
        self.absolute + self.relative * scale
    }

    /// Whether the residuals are looked at after this iteration.
    pub(crate) const fn is_due(&self, iteration: u32) -> bool {
        // `check` ruled 0 out; the comparison keeps the division from being able to panic.
        self.check_every <= 1 || iteration >= self.max_iterations || iteration.is_multiple_of(self.check_every)
    }
}

/// Primal and dual residual at the last look, in the units of the problem, and what they have to come down to.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct Residuals<T> {
    /// How far the two copies of the solution are apart; infinite before the first look.
    pub primal: T,
    /// How far the gradients are from cancelling; infinite before the first look.
    pub dual: T,
    /// Target of `primal`.
    pub primal_target: T,
    /// Target of `dual`.
    pub dual_target: T,
}

impl<T: Real> Residuals<T> {
    pub(crate) const UNKNOWN: Self =
        Self { primal: T::INFINITY, dual: T::INFINITY, primal_target: T::ZERO, dual_target: T::ZERO };

    /// Whether both targets are met.
    #[must_use]
    pub fn meet_targets(&self) -> bool {
        self.primal <= self.primal_target && self.dual <= self.dual_target
    }

    /// The larger residual in units of its target.
    #[must_use]
    pub fn worst(&self) -> T {
        let (primal, dual) = (ratio(self.primal, self.primal_target), ratio(self.dual, self.dual_target));
        // NaN must come through.
        if primal >= dual { primal } else { dual }
    }
}

/// The larger of two magnitudes; NaN if either is. By their bits, which are ordered as they are, NaN above all.
#[inline]
pub(crate) fn largest<T: Real>(a: T, b: T) -> T {
    if a.to_bits_u64() < b.to_bits_u64() { b } else { a }
}

#[inline(never)]
fn ratio<T: Real>(residual: T, target: T) -> T {
    if residual == T::ZERO { T::ZERO } else { residual / target.max(T::MIN_POSITIVE) }
}

impl<T: Real> Plain for Residuals<T> {
    const WORDS: usize = 4 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        codec.real(&mut self.primal)?;
        codec.real(&mut self.dual)?;
        codec.real(&mut self.primal_target)?;
        codec.real(&mut self.dual_target)
    }
}

/// The book-keeping of one solve: plain data.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Progress<T> {
    residuals: Residuals<T>,
    initial: T,
    best: T,
    pub(crate) iterations: u32,
    /// The iteration of the last gain.
    gained: u32,
    step: Code<Step>,
    reserved: u32,
}

impl<T: Real> Progress<T> {
    pub(crate) fn new() -> Self {
        Self {
            residuals: Residuals::UNKNOWN,
            initial: T::INFINITY,
            best: T::INFINITY,
            iterations: 0,
            gained: 0,
            step: Code::new(Step::Running),
            reserved: 0,
        }
    }

    pub(crate) fn step(&self) -> Step {
        self.step.get()
    }

    pub(crate) fn residuals(&self) -> Residuals<T> {
        self.residuals
    }

    pub(crate) fn end(&mut self, step: Step) -> Step {
        self.step.set(step);
        step
    }

    /// Takes new residuals; the outcome.
    pub(crate) fn judge(&mut self, stopping: &Stopping<T>, residuals: Residuals<T>) -> Step {
        self.residuals = residuals;
        let worst = residuals.worst();
        if self.initial == T::INFINITY {
            self.initial = worst;
        }
        let waited = self.iterations.saturating_sub(self.gained);
        let step = if !(residuals.primal.is_finite() && residuals.dual.is_finite()) {
            Step::Diverged
        } else if residuals.meet_targets() {
            Step::Converged
        } else if self.iterations >= stopping.max_iterations {
            Step::IterationCap
        } else if worst < self.best {
            self.gained = self.iterations;
            Step::Running
        } else if stopping.stagnation_window != 0 && waited >= stopping.stagnation_window {
            Step::Stagnated
        } else {
            Step::Running
        };
        self.best = self.best.min(worst);
        self.end(step)
    }

    pub(crate) fn report(&self) -> Report<T> {
        let worst = self.residuals.worst();
        Report {
            step: self.step(),
            iterations: self.iterations,
            residual: worst,
            estimate: worst,
            best: self.best,
            initial: self.initial,
            reference: T::ONE,
            target: T::ONE,
        }
    }
}

impl<T: Real> Plain for Progress<T> {
    const WORDS: usize = 4 + Residuals::<T>::WORDS + 2 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        self.residuals.visit(codec)?;
        codec.real(&mut self.initial)?;
        codec.real(&mut self.best)?;
        codec.number(&mut self.iterations)?;
        codec.number(&mut self.gained)?;
        codec.code(&mut self.step)?;
        codec.number(&mut self.reserved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn residuals(primal: f32, dual: f32) -> Residuals<f32> {
        Residuals { primal, dual, primal_target: 1e-3, dual_target: 1e-2 }
    }

    #[test]
    fn every_outcome_has_its_cause() {
        let stopping = Stopping { max_iterations: 100, stagnation_window: 10, ..Stopping::default() };
        let judge = |progress: &mut Progress<f32>, at: u32, primal, dual| {
            progress.iterations = at;
            progress.judge(&stopping, residuals(primal, dual))
        };
        let mut progress = Progress::new();
        assert_eq!(progress.report().residual, f32::INFINITY);
        assert_eq!(judge(&mut progress, 1, 1.0, 1.0), Step::Running);
        assert!((progress.report().initial - 1000.0).abs() < 1e-3);
        assert_eq!(judge(&mut progress, 2, 1e-3, 2e-2), Step::Running);
        assert!(
            (progress.report().residual - 2.0).abs() < 1e-6 && progress.report().best == progress.report().residual
        );
        assert_eq!(judge(&mut progress, 11, 1e-2, 1e-2), Step::Running);
        assert_eq!(judge(&mut progress, 12, 1e-2, 1e-2), Step::Stagnated);
        assert_eq!(judge(&mut progress, 13, 1e-3, 1e-2), Step::Converged);
        assert_eq!(judge(&mut progress, 14, f32::NAN, 0.0), Step::Diverged);
        assert_eq!(judge(&mut progress, 14, 0.0, f32::NAN), Step::Diverged);
        assert_eq!(judge(&mut progress, 100, 1.0, 1.0), Step::IterationCap);
        let exact = Residuals { primal: 0.0, dual: 0.0, primal_target: 0.0, dual_target: 0.0_f32 };
        assert!(exact.meet_targets() && exact.worst() == 0.0);
    }

    #[test]
    fn bad_rules_are_named() {
        let good = Stopping::<f32>::default();
        assert_eq!(good.check(), Ok(()));
        for bad in [-1.0, f32::NAN, f32::INFINITY] {
            assert!(Stopping { absolute: bad, ..good }.check().is_err());
            assert!(Stopping { relative: bad, ..good }.check().is_err());
        }
        for (index, bad) in
            [Stopping { max_iterations: 0, ..good }, Stopping { check_every: 0, ..good }].iter().enumerate()
        {
            assert_eq!(bad.check(), Err(Error::OutOfRange { field: Field::Iterations, index }));
        }
        let every = Stopping { check_every: 7, max_iterations: 30, ..good };
        assert!(every.is_due(7) && every.is_due(28) && every.is_due(30) && !every.is_due(29));
    }
}
