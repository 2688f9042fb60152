//! Values of the method, and what of a solve outlives a step.

use crate::error::{Error, Field};
use crate::real::Real;
use crate::solve::words::{Code, Codec, Plain, words_of};
use crate::splitting::Stopping;
use crate::splitting::progress::Progress;

/// Values of a quadratic program's solver.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct QpConfig<T> {
    /// When to stop.
    pub stopping: Stopping<T>,
    /// rho to begin with, positive: large weighs constraints, small the objective. Rows with equal bounds take 256 rho.
    pub penalty: T,
    /// sigma, positive: what makes the system definite in every variable. 1e-6; f32 without curvature wants 1e-4.
    pub regularisation: T,
    /// Over-relaxation alpha, in (0, 2); 1.6 as a rule.
    pub relaxation: T,
    /// Tolerance of a certificate that no point is feasible: |A'y| <= this x |y|.
    pub primal_infeasible: T,
    /// Tolerance of a certificate that the objective falls without bound: |P x|, and the steps out of bounds, <= this x |x|.
    pub dual_infeasible: T,
    /// Iterations between two chances to change rho; 0 for never. A change costs a refactorisation, in a step of its own.
    pub adapt_every: u32,
    /// Rounds of equilibration when the problem is taken up; 0 leaves it as it is.
    pub scaling_rounds: u32,
}

impl<T: Real> Default for QpConfig<T> {
    fn default() -> Self {
        Self {
            stopping: Stopping::default(),
            penalty: T::from_f32(0.1),
            regularisation: T::from_f32(1e-6),
            relaxation: T::from_f32(1.6),
            primal_infeasible: T::from_f32(1e-4),
            dual_infeasible: T::from_f32(1e-4),
            adapt_every: 25,
            scaling_rounds: 10,
        }
    }
}

impl<T: Real> QpConfig<T> {
    /// # Errors
    /// `OutOfRange` of `Field::Penalty` (0 rho, 1 sigma), `Field::Omega` (relaxation) or `Field::Tolerance` (2 and 3 for
    /// those of certificates); what `Stopping` refuses. NaN and infinities are out of range too.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.stopping.check()?;
        let refuse = |field, index| Err(Error::OutOfRange { field, index });
        for (index, penalty) in [self.penalty, self.regularisation].into_iter().enumerate() {
            if !(penalty > T::ZERO && penalty.is_finite()) {
                return refuse(Field::Penalty, index);
            }
        }
        if !(self.relaxation > T::ZERO && self.relaxation < T::TWO) {
            return refuse(Field::Omega, 0);
        }
        for (index, tolerance) in [self.primal_infeasible, self.dual_infeasible].into_iter().enumerate() {
            if !(tolerance >= T::ZERO && tolerance.is_finite()) {
                return refuse(Field::Tolerance, index + 2);
            }
        }
        Ok(())
    }
}

/// A solve put away: configuration, counters and scalars, no pointer. The vectors stay in the workspace.
///
/// It is made of numbers alone, in the order of [`to_words`](Self::to_words): any bits are a state, and those that no
/// solve has left lead to wrong numbers and an outcome, no worse.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct QpCheckpoint<T> {
    pub(super) progress: Progress<T>,
    absolute: T,
    relative: T,
    pub(super) regularisation: T,
    pub(super) relaxation: T,
    pub(super) primal_infeasible: T,
    pub(super) dual_infeasible: T,
    /// rho.
    pub(super) penalty: T,
    /// The factor of the objective, a power of two.
    pub(super) cost_scale: T,
    pub(super) objective: T,
    /// An even number of scalars, so that no gap follows.
    reserved: T,
    max_iterations: u32,
    check_every: u32,
    stagnation_window: u32,
    pub(super) adapt_every: u32,
    pub(super) refactorisations: u32,
    /// Whether the factor in the workspace is that of the present values and penalties.
    pub(super) factored: Code<bool>,
}

impl<T: Real> QpCheckpoint<T> {
    /// The state of a solve that has not begun.
    #[must_use]
    #[inline]
    pub fn new(config: &QpConfig<T>) -> Self {
        Self {
            progress: Progress::new(),
            absolute: config.stopping.absolute,
            relative: config.stopping.relative,
            regularisation: config.regularisation,
            relaxation: config.relaxation,
            primal_infeasible: config.primal_infeasible,
            dual_infeasible: config.dual_infeasible,
            penalty: config.penalty,
            cost_scale: T::ONE,
            objective: T::INFINITY,
            reserved: T::ZERO,
            max_iterations: config.stopping.max_iterations,
            check_every: config.stopping.check_every,
            stagnation_window: config.stopping.stagnation_window,
            adapt_every: config.adapt_every,
            refactorisations: 0,
            factored: Code::new(false),
        }
    }

    pub(super) fn stopping(&self) -> Stopping<T> {
        Stopping {
            absolute: self.absolute,
            relative: self.relative,
            max_iterations: self.max_iterations,
            check_every: self.check_every,
            stagnation_window: self.stagnation_window,
        }
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
        Self::new(&QpConfig::default()).read(words)
    }
}

impl<T: Real> Plain for QpCheckpoint<T> {
    const WORDS: usize = Progress::<T>::WORDS + 6 + 10 * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        self.progress.visit(codec)?;
        for value in [
            &mut self.absolute,
            &mut self.relative,
            &mut self.regularisation,
            &mut self.relaxation,
            &mut self.primal_infeasible,
            &mut self.dual_infeasible,
            &mut self.penalty,
            &mut self.cost_scale,
            &mut self.objective,
            &mut self.reserved,
        ] {
            codec.real(value)?;
        }
        for value in [
            &mut self.max_iterations,
            &mut self.check_every,
            &mut self.stagnation_window,
            &mut self.adapt_every,
            &mut self.refactorisations,
        ] {
            codec.number(value)?;
        }
        codec.code(&mut self.factored)
    }
}
