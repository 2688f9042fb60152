//! The learned prior at a point: how unlike the training data it is.

use super::network::Lpn;
use crate::error::{self, Error, Field};
use crate::real::Real;
use crate::solve::{Report, Solver, Step};
use crate::vector;

/// When [`Prior`] stops.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct PriorConfig<T> {
    /// |x - f(y)| relative to |x|, at least 0.
    pub relative: T,
    /// Steps at most, at least 1.
    pub max_iterations: u32,
}

impl<T: Real> Default for PriorConfig<T> {
    /// 1e-4, 1,000 steps.
    fn default() -> Self {
        Self { relative: T::from_f32(1e-4), max_iterations: 1000 }
    }
}

/// R(x), up to a constant: y with f(y) = x minimises psi(y) - x'y, and then R(x) = x'y - |x|² / 2 - psi(y).
///
/// Gradient steps of the length of J. Barzilai and J. M. Borwein (IMA J. Numer. Anal. 8 (1988), 141-148), shortened where the residual
/// has doubled; one pass through the network each. What the network cannot make at all, such as noise, is not met: `IterationCap`, and
/// the residual says by how much.
#[derive(Debug)]
pub struct Prior<'a, T> {
    network: &'a Lpn<'a>,
    x: &'a [T],
    y: &'a mut [T],
    gradient: &'a mut [T],
    residual: &'a mut [T],
    hidden: &'a mut [T],
    config: PriorConfig<T>,
    length: T,
    potential: T,
    report: Report<T>,
}

impl<'a, T: Real> Prior<'a, T> {
    /// Elements of workspace.
    #[must_use]
    pub const fn workspace_len(network: &Lpn<'_>) -> usize {
        network.hidden_len().saturating_add(network.inputs().saturating_mul(2))
    }

    /// Checks everything and writes nothing. `y` is the starting guess, x itself as a rule.
    ///
    /// # Errors
    /// `Length` (`RightHandSide` for x, `Iterate` for y, `Workspace`), `NotFinite` (the same, and `Tolerance`), `OutOfRange` (`Tolerance`,
    /// `Iterations`).
    pub fn new(
        network: &'a Lpn<'a>,
        x: &'a [T],
        y: &'a mut [T],
        workspace: &'a mut [T],
        config: PriorConfig<T>,
    ) -> Result<Self, Error> {
        let n = network.inputs();
        error::exact(Field::RightHandSide, n, x.len())?;
        error::exact(Field::Iterate, n, y.len())?;
        error::finite(Field::RightHandSide, x)?;
        error::finite(Field::Iterate, y)?;
        error::finite(Field::Tolerance, &[config.relative])?;
        if config.relative < T::ZERO {
            return Err(Error::OutOfRange { field: Field::Tolerance, index: 0 });
        }
        if config.max_iterations == 0 {
            return Err(Error::OutOfRange { field: Field::Iterations, index: 0 });
        }
        let (need, got) = (Self::workspace_len(network), workspace.len());
        error::at_least(Field::Workspace, need, got)?;
        let short = Error::Length { field: Field::Workspace, need, got };
        let (gradient, rest) = workspace.split_at_mut_checked(n).ok_or(short)?;
        let (residual, rest) = rest.split_at_mut_checked(n).ok_or(short)?;
        let hidden = rest.get_mut(..network.hidden_len()).ok_or(short)?;
        let reference = vector::norm(x);
        let report = Report {
            step: Step::Running,
            iterations: 0,
            residual: T::INFINITY,
            estimate: T::INFINITY,
            best: T::INFINITY,
            initial: T::INFINITY,
            reference,
            target: config.relative * reference,
        };
        Ok(Self { network, x, y, gradient, residual, hidden, config, length: T::ONE, potential: T::NAN, report })
    }

    /// R at x as far as it is known; exact where the solve converged.
    #[must_use]
    pub fn value(&self) -> T {
        vector::dot(self.x, self.y) - vector::dot(self.x, self.x) / T::TWO - self.potential
    }
}

impl<T: Real> Solver for Prior<'_, T> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        if self.report.step.is_final() {
            return self.report.step;
        }
        let first = !self.report.initial.is_finite();
        if !first {
            for (y, r) in self.y.iter_mut().zip(&*self.residual) {
                *y += self.length * *r;
            }
            self.report.iterations += 1;
        }
        self.potential = self.network.gradient(self.y, self.gradient, self.hidden);
        let (mut squares, mut product, mut new) = (T::ZERO, T::ZERO, T::ZERO);
        for ((r, x), f) in self.residual.iter_mut().zip(self.x).zip(&*self.gradient) {
            let now = *x - *f;
            squares += *r * *r;
            product += *r * now;
            new += now * now;
            *r = now;
        }
        let residual = new.sqrt();
        if first {
            self.report.initial = residual;
        } else if residual > T::TWO * self.report.residual {
            self.length /= T::from_f32(4.0);
        } else {
            // (s's) / (s'(f(y + s) - f(y))) with s = length r.
            let stretched = self.length * (squares / (squares - product));
            if stretched > T::ZERO && stretched.is_finite() {
                self.length = stretched.min(T::from_f32(1e3)).max(T::from_f32(1e-3));
            }
        }
        self.report.residual = residual;
        self.report.estimate = residual;
        self.report.best = self.report.best.min(residual);
        self.report.step = if residual <= self.report.target {
            Step::Converged
        } else if !residual.is_finite() {
            Step::Diverged
        } else if self.report.iterations >= self.config.max_iterations {
            Step::IterationCap
        } else {
            Step::Running
        };
        self.report.step
    }

    fn report(&self) -> Report<T> {
        self.report
    }
}
