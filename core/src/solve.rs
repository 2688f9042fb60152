//! How every iterative method is driven: one bounded [`step`](Solver::step), and `run` written once.
//!
//! The library knows no clock. A time budget is a closure handed to [`run_while`](Solver::run_while); an interrupted
//! solve keeps its state, so the next control tick goes on where this one stopped.

mod recorder;
pub(crate) mod words;

pub use recorder::{Record, Recorder};

use crate::real::Real;
use words::Choice;

/// Where a solve stands. The numbers are those of the C ABI and are never reused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[must_use]
#[non_exhaustive]
#[repr(u32)]
pub enum Step {
    /// Not finished; call `step` again.
    Running = 0,
    /// The recomputed residual meets the target.
    Converged = 1,
    /// The iteration limit came first.
    IterationCap = 2,
    /// No further gain: the rounding floor of this precision, as a rule.
    Stagnated = 3,
    /// The residual grew beyond the divergence factor, or is no longer finite.
    Diverged = 4,
    /// An inner product over- or underflowed: the recurrence cannot go on.
    Breakdown = 5,
    /// p'Ap < 0 was met: the operator is not positive definite.
    NotPositiveDefinite = 6,
    /// r'M⁻¹r < 0 was met: the preconditioner is not positive definite.
    IndefinitePreconditioner = 7,
    /// The caller's closure asked to stop; the solve can go on later.
    Interrupted = 8,
    /// No point satisfies the constraints; there is a certificate.
    PrimalInfeasible = 9,
    /// The objective falls without bound, or no dual point is feasible; there is a certificate.
    DualInfeasible = 10,
    /// A recovery ended without a certificate: what it left is a guess, and may be far off.
    NotCertified = 11,
    /// The recomputed residual meets the target, but the search direction had failed on the way and the method had to go
    /// on without it: the answer is right, the direction (a network, its weights) is not.
    HandedOver = 12,
}

impl Step {
    /// Every outcome but `Running` and `Interrupted` is final.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Running | Self::Interrupted)
    }

    /// The outcome with this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            0 => Self::Running,
            1 => Self::Converged,
            2 => Self::IterationCap,
            3 => Self::Stagnated,
            4 => Self::Diverged,
            5 => Self::Breakdown,
            6 => Self::NotPositiveDefinite,
            7 => Self::IndefinitePreconditioner,
            8 => Self::Interrupted,
            9 => Self::PrimalInfeasible,
            10 => Self::DualInfeasible,
            11 => Self::NotCertified,
            12 => Self::HandedOver,
            _ => return None,
        })
    }
}

impl Choice for Step {
    /// A solve whose state is scrambled has ended.
    const OTHERWISE: Self = Self::Breakdown;

    #[inline]
    fn number(self) -> u32 {
        self as u32
    }

    #[inline]
    fn from_number(number: u32) -> Option<Self> {
        Self::from_number(number)
    }
}

/// What a solve can say of itself. All norms are unpreconditioned 2-norms in the units of the right-hand side.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct Report<T> {
    /// Outcome, or `Running`.
    pub step: Step,
    /// Whole iterations done; 0 is possible when the starting guess was good enough.
    pub iterations: u32,
    /// Last residual norm computed as |b - A x|, never by recurrence; infinite before the first one.
    pub residual: T,
    /// Running estimate of the residual norm; equals `residual` for methods that recompute it every time.
    pub estimate: T,
    /// Smallest residual norm seen, recomputed or estimated.
    pub best: T,
    /// Residual norm of the starting guess.
    pub initial: T,
    /// What the relative tolerance refers to: |b|, or the initial residual norm if so configured.
    pub reference: T,
    /// The residual norm that ends the solve: max(absolute, relative x reference).
    pub target: T,
}

/// Exact counts of scalar operations, for worst-case time tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Ops {
    /// Additions and subtractions.
    pub add: usize,
    /// Multiplications.
    pub mul: usize,
    /// Divisions.
    pub div: usize,
    /// Square roots.
    pub sqrt: usize,
}

/// An iterative method under way.
pub trait Solver {
    /// The scalar of the method.
    type Scalar: Real;

    /// Does one bounded piece of work and cannot fail. After a final outcome it does nothing and repeats the outcome.
    fn step(&mut self) -> Step;

    /// The state of the solve. Costs nothing.
    fn report(&self) -> Report<Self::Scalar>;

    /// Steps to a final outcome. Bounded by the configured iteration limit.
    fn run(&mut self) -> Report<Self::Scalar>
    where
        Self: Sized,
    {
        self.run_while(|_| true)
    }

    /// Steps as long as `go_on` says so, asking before every step but the first. The report of a solve that was stopped
    /// this way says `Interrupted`; calling `run_while` or `step` again continues it.
    fn run_while(&mut self, mut go_on: impl FnMut(&Report<Self::Scalar>) -> bool) -> Report<Self::Scalar>
    where
        Self: Sized,
    {
        loop {
            let step = self.step();
            let mut report = self.report();
            if step.is_final() {
                return report;
            }
            if !go_on(&report) {
                report.step = Step::Interrupted;
                return report;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip() {
        for number in 0..=12 {
            assert_eq!(Step::from_number(number).map(|step| step as u32), Some(number));
        }
        assert_eq!(Step::from_number(13), None);
    }
}
