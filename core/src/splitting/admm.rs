//! The alternating direction method of multipliers.

use core::borrow::BorrowMut;

use super::checkpoint::{Checkpoint, check_relaxation, check_step, divide};
use super::progress::largest;
use super::{Residuals, Stopping};
use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::real::Real;
use crate::solve::{Report, Solver, Step};
use crate::vector;

/// Values of all methods with a rho.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct AdmmConfig<T> {
    /// When to stop.
    pub stopping: Stopping<T>,
    /// rho to begin with, positive.
    pub penalty: T,
    /// Over-relaxation, in (0, 2); 1 is none.
    pub relaxation: T,
    /// Iterations between two chances to double or halve rho, where one residual is ten times the other in units of their
    /// targets; 0 for never.
    pub adapt_every: u32,
}

impl<T: Real> Default for AdmmConfig<T> {
    /// rho 1, adapted every 10 iterations; over-relaxation 1.6; a look at the residuals in every iteration, where it costs
    /// nothing.
    fn default() -> Self {
        let stopping = Stopping { check_every: 1, ..Stopping::default() };
        Self { stopping, penalty: T::ONE, relaxation: T::from_f32(1.6), adapt_every: 10 }
    }
}

impl<T: Real> AdmmConfig<T> {
    /// # Errors
    /// `OutOfRange` of `Field::Penalty` or `Field::Omega` (relaxation); what [`Stopping`] refuses.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.stopping.check()?;
        check_step(self.penalty, 0).map_err(|_| Error::OutOfRange { field: Field::Penalty, index: 0 })?;
        check_relaxation(self.relaxation)
    }

    /// The state of a solve that has not begun.
    pub(super) fn start(&self) -> Checkpoint<T> {
        let mut state = Checkpoint::new(&self.stopping, self.penalty);
        state.relaxation = self.relaxation;
        state.adapt_every = self.adapt_every;
        state
    }
}

/// Minimises f(x) + g(z) with x = z, both by their proximal operators (S. Boyd, N. Parikh, E. Chu, B. Peleato, J. Eckstein,
/// Distributed optimization and statistical learning via the alternating direction method of multipliers, Foundations and
/// Trends in Machine Learning 3 (2011), 1-122; over-relaxation section 3.4.3).
///
/// With a trained network for g it is the plug-and-play method. One step is an iteration: one operator each, of step
/// 1 / rho. The primal residual is max |x - z|, the dual one rho max |change of z|. The warm start is z and u, the multipliers
/// over rho. Workspace 2 n and the larger of the two scratches.
#[derive(Debug)]
pub struct Admm<'a, T, F: ?Sized, G: ?Sized, S = Checkpoint<T>> {
    first: &'a F,
    second: &'a G,
    z: &'a mut [T],
    u: &'a mut [T],
    x: &'a mut [T],
    old: &'a mut [T],
    scratch: &'a mut [T],
    state: S,
}

impl<'a, T: Real, F: Prox<T> + ?Sized, G: Prox<T> + ?Sized> Admm<'a, T, F, G> {
    /// Checks everything; writes nothing. `z` and `u` are the starting guess, 0 without a better one.
    ///
    /// # Errors
    /// What f and g refuse; `Length` of `Field::Dual` unless `u` is as long as `z`; `NotFinite` of `Field::Iterate` (z) or
    /// `Field::Dual`; `Length` of `Field::Workspace`; `OutOfRange` of `Field::Penalty` or `Field::Omega` (relaxation); what
    /// [`Stopping`] refuses.
    pub fn new(
        first: &'a F,
        second: &'a G,
        z: &'a mut [T],
        u: &'a mut [T],
        workspace: &'a mut [T],
        config: &AdmmConfig<T>,
    ) -> Result<Self, Error> {
        config.check()?;
        let n = z.len();
        first.check(n, first.scratch_len(n))?;
        second.check(n, second.scratch_len(n))?;
        error::exact(Field::Dual, n, u.len())?;
        error::finite(Field::Iterate, z)?;
        error::finite(Field::Dual, u)?;
        Self::resume(first, second, z, u, workspace, config.start())
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.state
    }
}

impl<'a, T: Real, F: Prox<T> + ?Sized, G: Prox<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Admm<'a, T, F, G, S> {
    /// Elements of workspace, where the operators need at most so much scratch.
    #[must_use]
    pub const fn workspace_len(n: usize, scratch: usize) -> usize {
        n.saturating_mul(2).saturating_add(scratch)
    }

    /// Takes up a solve that was put away. The vectors must hold what they held; O(1).
    ///
    /// # Errors
    /// `Length` of `Field::Dual` or `Field::Workspace`.
    pub fn resume(
        first: &'a F,
        second: &'a G,
        z: &'a mut [T],
        u: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let n = z.len();
        error::exact(Field::Dual, n, u.len())?;
        let need = first.scratch_len(n).max(second.scratch_len(n));
        let ([x, old], scratch) = divide(workspace, [n; 2], need)?;
        Ok(Self { first, second, z, u, x, old, scratch, state })
    }

    /// The residuals of the last look.
    #[must_use]
    pub fn residuals(&self) -> Residuals<T> {
        self.state.borrow().residuals()
    }

    /// z, which is in the domain of g.
    #[must_use]
    pub fn solution(&self) -> &[T] {
        self.z
    }

    /// rho.
    #[must_use]
    pub fn penalty(&self) -> T {
        self.state.borrow().step
    }
}

/// The vectors after the x-step.
pub(super) struct Iterate<'a, T> {
    pub(super) x: &'a [T],
    pub(super) z: &'a mut [T],
    pub(super) u: &'a mut [T],
    pub(super) old: &'a mut [T],
}

/// The z-step, the multipliers and the look, which are the same for every f; the outcome, and whether rho changed.
pub(super) fn finish<T: Real, G: Prox<T> + ?Sized>(
    function: &G,
    iterate: Iterate<'_, T>,
    scratch: &mut [T],
    state: &mut Checkpoint<T>,
) -> (Step, bool) {
    let Iterate { x, z, u, old } = iterate;
    let (rho, alpha) = (state.step, state.relaxation);
    for (((x, z), u), old) in x.iter().zip(z.iter_mut()).zip(u.iter_mut()).zip(old.iter_mut()) {
        *old = *z;
        *u += alpha * *x + (T::ONE - alpha) * *z;
        *z = *u;
    }
    function.prox(z, T::ONE / rho, scratch);
    let (mut primal, mut scale, mut dual, mut pull) = (T::ZERO, T::ZERO, T::ZERO, T::ZERO);
    for (((x, z), u), old) in x.iter().zip(z.iter()).zip(u.iter_mut()).zip(old.iter()) {
        *u -= *z;
        primal = largest(primal, (*x - *z).abs());
        scale = scale.max(x.abs()).max(z.abs());
        dual = largest(dual, (*z - *old).abs());
        pull = pull.max(u.abs());
    }
    if !state.count_iteration() {
        return (Step::Running, false);
    }
    let step = state.judge([primal, scale], [rho * dual, rho * pull]);
    let factor = state.rebalance().filter(|_| step == Step::Running);
    if let Some(factor) = factor {
        state.step = rho * factor;
        vector::scale(T::ONE / factor, u);
    }
    (step, factor.is_some())
}

impl<T: Real, F: Prox<T> + ?Sized, G: Prox<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Solver for Admm<'_, T, F, G, S> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        let Self { first, second, z, u, x, old, scratch, state } = self;
        let state = state.borrow_mut();
        if let Some(step) = state.outcome() {
            return step;
        }
        for ((x, z), u) in x.iter_mut().zip(z.iter()).zip(u.iter()) {
            *x = *z - *u;
        }
        first.prox(x, T::ONE / state.step, scratch);
        finish(*second, Iterate { x, z, u, old }, scratch, state).0
    }

    /// `residual` is the larger of primal and dual residual, each in units of its target; `target` is 1.
    fn report(&self) -> Report<T> {
        self.state.borrow().report()
    }
}
