//! What of a splitting method outlives a step: the same for all of them but quadratic programs.

use super::PENALTIES;
use super::progress::{Progress, largest};
use super::{Residuals, Stopping};
use crate::error::{Error, Field};
use crate::real::Real;
use crate::solve::words::{Codec, Plain, words_of};
use crate::solve::{Report, Step};

/// A solve put away: configuration, counters and scalars, no pointer. The vectors stay with the caller.
///
/// It is made of numbers alone, in the order of [`to_words`](Self::to_words): any bits are a state, and those that no
/// solve has left lead to wrong numbers and an outcome, no worse.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Checkpoint<T> {
    pub(super) progress: Progress<T>,
    absolute: T,
    relative: T,
    /// The step of the first proximal operator, or the reciprocal of it: rho.
    pub(super) step: T,
    /// The step of the second one.
    pub(super) dual_step: T,
    /// Over-relaxation.
    pub(super) relaxation: T,
    /// What else a method has to remember.
    pub(super) memory: T,
    max_iterations: u32,
    check_every: u32,
    stagnation_window: u32,
    /// Flags of the method.
    pub(super) flags: u32,
    /// Iterations between two changes of rho; 0 for never.
    pub(super) adapt_every: u32,
    /// Counts whatever the method counts; 0 before the first step.
    pub(super) count: u32,
}

impl<T: Real> Checkpoint<T> {
    #[inline]
    pub(super) fn new(stopping: &Stopping<T>, step: T) -> Self {
        Self {
            progress: Progress::new(),
            absolute: stopping.absolute,
            relative: stopping.relative,
            step,
            dual_step: T::ONE,
            relaxation: T::ONE,
            memory: T::ZERO,
            max_iterations: stopping.max_iterations,
            check_every: stopping.check_every,
            stagnation_window: stopping.stagnation_window,
            flags: 0,
            adapt_every: 0,
            count: 0,
        }
    }

    fn stopping(&self) -> Stopping<T> {
        Stopping {
            absolute: self.absolute,
            relative: self.relative,
            max_iterations: self.max_iterations,
            check_every: self.check_every,
            stagnation_window: self.stagnation_window,
        }
    }

    /// What the solve could say of itself when it was put away.
    #[must_use]
    pub fn report(&self) -> Report<T> {
        self.progress.report()
    }

    /// Primal and dual residual at the last look.
    #[must_use]
    pub fn residuals(&self) -> Residuals<T> {
        self.progress.residuals()
    }

    /// The step, or rho, as it is now: it may have been halved, doubled, adapted.
    #[must_use]
    pub const fn step_or_penalty(&self) -> T {
        self.step
    }

    /// The outcome, if there is one.
    pub(super) fn outcome(&self) -> Option<Step> {
        Some(self.progress.step()).filter(|step| step.is_final())
    }

    /// Counts an iteration; whether its residuals are looked at, which they are where rho may change.
    pub(super) fn count_iteration(&mut self) -> bool {
        let iteration = self.progress.iterations.saturating_add(1);
        self.progress.iterations = iteration;
        self.stopping().is_due(iteration) || (self.adapt_every > 0 && iteration.is_multiple_of(self.adapt_every))
    }

    /// Judges primal and dual residual, each with the largest term in it.
    pub(super) fn judge(&mut self, [primal, primal_scale]: [T; 2], [dual, dual_scale]: [T; 2]) -> Step {
        let stopping = self.stopping();
        let residuals = Residuals {
            primal,
            dual,
            primal_target: stopping.target(primal_scale),
            dual_target: stopping.target(dual_scale),
        };
        self.progress.judge(&stopping, residuals)
    }

    /// The power of two by which rho is to change, if it is due and one residual, in units of its target, is ten times the
    /// other (S. Boyd et al., Foundations and Trends in Machine Learning 3 (2011), section 3.4.1).
    pub(super) fn rebalance(&self) -> Option<T> {
        if self.adapt_every == 0 || !self.progress.iterations.is_multiple_of(self.adapt_every) {
            return None;
        }
        let Residuals { primal, dual, primal_target, dual_target } = self.residuals();
        let (primal, dual) = (primal * dual_target, dual * primal_target);
        let ten = T::from_f32(10.0);
        let factor = if primal > ten * dual {
            T::TWO
        } else if dual > ten * primal {
            T::ONE / T::TWO
        } else {
            return None;
        };
        // Without bounds an infeasible problem would drive rho to infinity, and the iterate to NaN.
        let (least, most) = PENALTIES;
        let rho = self.step * factor;
        (rho >= T::from_f32(least) && rho <= T::from_f32(most)).then_some(factor)
    }

    /// Number of 32-bit words that hold it; the same on every target.
    pub const WORDS: usize = <Self as Plain>::WORDS;

    /// Writes it as words, for flash or for C.
    ///
    /// # Errors
    /// `Length` unless `words` has exactly [`WORDS`](Self::WORDS) elements.
    #[inline]
    pub fn to_words(self, words: &mut [u32]) -> Result<(), Error> {
        self.write(words)
    }

    /// Takes it from words. Words that `to_words` did not write are an error or a solve with wrong numbers, no worse.
    ///
    /// # Errors
    /// `Length` unless `words` has exactly [`WORDS`](Self::WORDS) elements, `Corrupt` where a word cannot be true.
    #[inline]
    pub fn from_words(words: &[u32]) -> Result<Self, Error> {
        Self::new(&Stopping::default(), T::ONE).read(words)
    }
}

impl<T: Real> Plain for Checkpoint<T> {
    const WORDS: usize = Progress::<T>::WORDS + 6 + 6 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        self.progress.visit(codec)?;
        for value in [
            &mut self.absolute,
            &mut self.relative,
            &mut self.step,
            &mut self.dual_step,
            &mut self.relaxation,
            &mut self.memory,
        ] {
            codec.real(value)?;
        }
        for value in [
            &mut self.max_iterations,
            &mut self.check_every,
            &mut self.stagnation_window,
            &mut self.flags,
            &mut self.adapt_every,
            &mut self.count,
        ] {
            codec.number(value)?;
        }
        Ok(())
    }
}

/// Err unless the step is positive and finite.
pub(super) fn check_step<T: Real>(step: T, index: usize) -> Result<(), Error> {
    if step > T::ZERO && step.is_finite() { Ok(()) } else { Err(Error::OutOfRange { field: Field::Step, index }) }
}

/// Err unless over-relaxation is in (0, 2).
pub(super) fn check_relaxation<T: Real>(relaxation: T) -> Result<(), Error> {
    if relaxation > T::ZERO && relaxation < T::TWO {
        Ok(())
    } else {
        Err(Error::OutOfRange { field: Field::Omega, index: 0 })
    }
}

/// Cuts `N` vectors of these lengths off a workspace; what is left is scratch.
pub(super) fn divide<T, const N: usize>(
    workspace: &mut [T],
    lens: [usize; N],
    scratch: usize,
) -> Result<([&mut [T]; N], &mut [T]), Error> {
    let got = workspace.len();
    let need = lens.iter().fold(scratch, |sum, len| sum.saturating_add(*len));
    let short = Error::Length { field: Field::Workspace, need, got };
    if got < need {
        return Err(short);
    }
    let mut rest = workspace;
    let parts = lens.map(|len| {
        let (part, after) = core::mem::take(&mut rest).split_at_mut_checked(len).unwrap_or((&mut [], &mut []));
        rest = after;
        part
    });
    Ok((parts, rest))
}

/// Largest |a - b|, and the larger of the largest |a| and |b|; NaN comes through in the first.
pub(super) fn distance<T: Real>(a: &[T], b: &[T]) -> [T; 2] {
    a.iter()
        .zip(b)
        .fold([T::ZERO; 2], |[worst, scale], (a, b)| [largest(worst, (*a - *b).abs()), scale.max(a.abs()).max(b.abs())])
}
