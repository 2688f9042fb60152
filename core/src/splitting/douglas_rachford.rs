//! Douglas-Rachford splitting.

use core::borrow::BorrowMut;

use super::checkpoint::{Checkpoint, check_relaxation, check_step, divide};
use super::progress::largest;
use super::{Residuals, Stopping};
use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::real::Real;
use crate::solve::{Report, Solver, Step};

/// Values of [`DouglasRachford`].
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct DouglasRachfordConfig<T> {
    /// When to stop.
    pub stopping: Stopping<T>,
    /// The step of both operators, positive; any converges, in the scale of x over its gradients fast.
    pub step: T,
    /// Relaxation, in (0, 2); 1 is the plain method.
    pub relaxation: T,
}

impl<T: Real> Default for DouglasRachfordConfig<T> {
    /// Step 1, no relaxation; a look at the residual in every iteration, where it costs nothing.
    fn default() -> Self {
        let stopping = Stopping { check_every: 1, ..Stopping::default() };
        Self { stopping, step: T::ONE, relaxation: T::ONE }
    }
}

/// Minimises f(x) + g(x), both by their proximal operators: y = prox of f at z, w = prox of g at 2 y - z, z += relaxation
/// (w - y) (P.-L. Lions, B. Mercier, Splitting algorithms for the sum of two nonlinear operators, SIAM J. Numer. Anal. 16
/// (1979), 964-979).
///
/// One step is an iteration: one operator each. The primal residual is max |w - y|, the dual one that over the step: the sum
/// of the two subgradients at hand. z is all that outlives an iteration, and so the warm start. Workspace 2 n and the larger
/// of the two scratches.
#[derive(Debug)]
pub struct DouglasRachford<'a, T, F: ?Sized, G: ?Sized, S = Checkpoint<T>> {
    first: &'a F,
    second: &'a G,
    z: &'a mut [T],
    y: &'a mut [T],
    w: &'a mut [T],
    scratch: &'a mut [T],
    state: S,
}

impl<'a, T: Real, F: Prox<T> + ?Sized, G: Prox<T> + ?Sized> DouglasRachford<'a, T, F, G> {
    /// Checks everything; writes nothing. `z` is the starting guess; the answer is [`solution`](Self::solution).
    ///
    /// # Errors
    /// What f and g refuse; `NotFinite` of `Field::Iterate`; `Length` of `Field::Workspace`; `OutOfRange` of `Field::Step`
    /// or `Field::Omega` (relaxation); what [`Stopping`] refuses.
    pub fn new(
        first: &'a F,
        second: &'a G,
        z: &'a mut [T],
        workspace: &'a mut [T],
        config: &DouglasRachfordConfig<T>,
    ) -> Result<Self, Error> {
        config.stopping.check()?;
        check_step(config.step, 0)?;
        check_relaxation(config.relaxation)?;
        let n = z.len();
        first.check(n, first.scratch_len(n))?;
        second.check(n, second.scratch_len(n))?;
        error::finite(Field::Iterate, z)?;
        Self::resume(first, second, z, workspace, Self::start(config))
    }

    /// The state of a solve that has not begun.
    #[must_use]
    pub fn start(config: &DouglasRachfordConfig<T>) -> Checkpoint<T> {
        let mut state = Checkpoint::new(&config.stopping, config.step);
        state.relaxation = config.relaxation;
        state
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.state
    }
}

impl<'a, T: Real, F: Prox<T> + ?Sized, G: Prox<T> + ?Sized, S: BorrowMut<Checkpoint<T>>>
    DouglasRachford<'a, T, F, G, S>
{
    /// Elements of workspace, where the operators need at most so much scratch.
    #[must_use]
    pub const fn workspace_len(n: usize, scratch: usize) -> usize {
        n.saturating_mul(2).saturating_add(scratch)
    }

    /// Takes up a solve that was put away. The vectors must hold what they held; O(1).
    ///
    /// # Errors
    /// `Length` of `Field::Workspace`.
    pub fn resume(
        first: &'a F,
        second: &'a G,
        z: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let n = z.len();
        let need = first.scratch_len(n).max(second.scratch_len(n));
        let ([y, w], scratch) = divide(workspace, [n; 2], need)?;
        Ok(Self { first, second, z, y, w, scratch, state })
    }

    /// The residuals of the last look.
    #[must_use]
    pub fn residuals(&self) -> Residuals<T> {
        self.state.borrow().residuals()
    }

    /// w, which is in the domain of g; after the first step.
    #[must_use]
    pub fn solution(&self) -> &[T] {
        self.w
    }
}

impl<T: Real, F: Prox<T> + ?Sized, G: Prox<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Solver
    for DouglasRachford<'_, T, F, G, S>
{
    type Scalar = T;

    fn step(&mut self) -> Step {
        let Self { first, second, z, y, w, scratch, state } = self;
        let state = state.borrow_mut();
        if let Some(step) = state.outcome() {
            return step;
        }
        crate::vector::copy(z, y);
        first.prox(y, state.step, scratch);
        for ((w, y), z) in w.iter_mut().zip(y.iter()).zip(z.iter()) {
            *w = T::TWO * *y - *z;
        }
        second.prox(w, state.step, scratch);
        let (mut worst, mut scale, mut pull) = (T::ZERO, T::ZERO, T::ZERO);
        for ((z, y), w) in z.iter_mut().zip(y.iter()).zip(w.iter()) {
            worst = largest(worst, (*w - *y).abs());
            scale = scale.max(y.abs()).max(w.abs());
            pull = pull.max((*z - *y).abs());
            *z += state.relaxation * (*w - *y);
        }
        if state.count_iteration() {
            state.judge([worst, scale], [worst / state.step, pull / state.step])
        } else {
            Step::Running
        }
    }

    /// `residual` is the larger of primal and dual residual, each in units of its target; `target` is 1.
    fn report(&self) -> Report<T> {
        self.state.borrow().report()
    }
}
