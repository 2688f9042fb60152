//! Proximal gradient steps with quasi-Newton directions.

use core::borrow::BorrowMut;

use super::checkpoint::{Checkpoint, check_step, divide};
use super::lbfgs::Lbfgs;
use super::progress::largest;
use super::{Residuals, Stopping};
use crate::error::{self, Error, Field};
use crate::operator::{Prox, Smooth};
use crate::real::Real;
use crate::solve::{Report, Solver, Step};
use crate::vector;

/// Values of [`Panoc`].
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct PanocConfig<T> {
    /// When to stop.
    pub stopping: Stopping<T>,
    /// The step to begin with, positive; halved until f lies below its quadratic model.
    pub step: T,
}

impl<T: Real> Default for PanocConfig<T> {
    /// From step 1; a look at the residual in every iteration, where it costs nothing.
    fn default() -> Self {
        Self { stopping: Stopping { check_every: 1, ..Stopping::default() }, step: T::ONE }
    }
}

/// Step times the Lipschitz constant, below 1.
const SHARE: f32 = 0.95;
/// What the envelope must fall by, in units of |x - x̄|² / step: below (1 - SHARE) / 2.
const DECREASE: f32 = 0.0125;
/// Points a line search tries at most, before it takes the proximal gradient step.
const TRIALS: u32 = 10;
/// Halvings of the step in one iteration at most.
const HALVINGS: u32 = 40;

/// A point, and what belongs to it.
#[derive(Debug)]
struct Point<'a, T> {
    x: &'a mut [T],
    gradient: &'a mut [T],
    /// x̄ = prox at x - step gradient.
    half: &'a mut [T],
}

/// Minimises f(x) + g(x), f by its gradient, g by its proximal operator and value: proximal gradient steps, mixed with
/// L-BFGS directions for the residual x - x̄ by a line search on the forward-backward envelope (L. Stella, A. Themelis, P.
/// Sopasakis, P. Patrinos, A simple and efficient algorithm for nonlinear model predictive control, CDC 2017, 1939-1944).
/// f need not be convex; what is found then is a stationary point.
///
/// One step is an iteration: at most 10 gradients, values of f and operators on a line, and one more value and operator for
/// each halving of the step, 40 at most. The dual residual is max |x - x̄| / step, against the gradient; there is no primal
/// one. The warm start is x, which in the end is x̄, in the domain of g. Workspace 6 n + 2 memory (n + 1) and the scratch of g.
#[derive(Debug)]
pub struct Panoc<'a, T, F: ?Sized, G: ?Sized, S = Checkpoint<T>> {
    smooth: &'a F,
    function: &'a G,
    here: Point<'a, T>,
    there: Point<'a, T>,
    direction: &'a mut [T],
    lbfgs: Lbfgs<'a, T>,
    scratch: &'a mut [T],
    state: S,
}

impl<'a, T: Real, F: Smooth<T> + ?Sized, G: Prox<T> + ?Sized> Panoc<'a, T, F, G> {
    /// Checks everything; writes nothing. `x` is the starting guess, `memory` the number of pairs that directions are made
    /// of: 3 to 10, and with 0 all steps are proximal gradient steps. So they are where the value of g is NaN, as that of a
    /// translated operator is.
    ///
    /// # Errors
    /// What f and g refuse; `NotFinite` of `Field::Iterate`; `Length` of `Field::Workspace`; `OutOfRange` of `Field::Step`;
    /// what [`Stopping`] refuses.
    pub fn new(
        smooth: &'a F,
        function: &'a G,
        x: &'a mut [T],
        memory: usize,
        workspace: &'a mut [T],
        config: &PanocConfig<T>,
    ) -> Result<Self, Error> {
        config.stopping.check()?;
        check_step(config.step, 0)?;
        let n = x.len();
        smooth.check_smooth(n)?;
        function.check(n, function.scratch_len(n))?;
        error::finite(Field::Iterate, x)?;
        Self::resume(smooth, function, x, memory, workspace, Checkpoint::new(&config.stopping, config.step))
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.state
    }
}

impl<'a, T: Real, F: Smooth<T> + ?Sized, G: Prox<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Panoc<'a, T, F, G, S> {
    /// Elements of workspace for so many pairs, where g needs so much scratch.
    #[must_use]
    pub const fn workspace_len(n: usize, memory: usize, scratch: usize) -> usize {
        n.saturating_mul(6).saturating_add(Lbfgs::<T>::len(memory, n)).saturating_add(scratch)
    }

    /// Takes up a solve that was put away. The vectors must hold what they held; O(1).
    ///
    /// # Errors
    /// `Length` of `Field::Workspace`.
    pub fn resume(
        smooth: &'a F,
        function: &'a G,
        x: &'a mut [T],
        memory: usize,
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let n = x.len();
        let pairs = memory.saturating_mul(n);
        let lens = [n, n, n, n, n, n, pairs, pairs, memory, memory];
        let (
            [gradient, half, there, there_gradient, there_half, direction, points, residuals, curvatures, weights],
            scratch,
        ) = divide(workspace, lens, function.scratch_len(n))?;
        Ok(Self {
            smooth,
            function,
            here: Point { x, gradient, half },
            there: Point { x: there, gradient: there_gradient, half: there_half },
            direction,
            lbfgs: Lbfgs { points, residuals, curvatures, weights },
            scratch,
            state,
        })
    }

    /// The residuals of the last look.
    #[must_use]
    pub fn residuals(&self) -> Residuals<T> {
        self.state.borrow().residuals()
    }

    /// x̄, which is in the domain of g; after the first step.
    #[must_use]
    pub fn solution(&self) -> &[T] {
        self.here.half
    }

    /// The gradient at a point, x̄ and the envelope there.
    fn evaluate(smooth: &F, function: &G, point: &mut Point<'_, T>, step: T, scratch: &mut [T]) -> T {
        point.gradient.fill(T::ZERO);
        let value = smooth.add_gradient(point.x, point.gradient);
        Self::project(function, point, step, scratch);
        Self::envelope(function, point, step, value)
    }

    fn project(function: &G, point: &mut Point<'_, T>, step: T, scratch: &mut [T]) {
        for ((half, x), gradient) in point.half.iter_mut().zip(&*point.x).zip(&*point.gradient) {
            *half = *x - step * *gradient;
        }
        function.prox(point.half, step, scratch);
    }

    /// Slope along x̄ - x, and its square.
    fn slope(point: &Point<'_, T>) -> (T, T) {
        let parts = point.x.iter().zip(&*point.half).zip(&*point.gradient);
        parts.fold((T::ZERO, T::ZERO), |(slope, squares), ((x, half), gradient)| {
            let step = *half - *x;
            (slope + *gradient * step, squares + step * step)
        })
    }

    fn envelope(function: &G, point: &Point<'_, T>, step: T, value: T) -> T {
        let (slope, squares) = Self::slope(point);
        value + slope + squares / (T::TWO * step) + function.value(point.half)
    }

    /// Halves the step until f at x̄ lies below its model at x, and notes the envelope if the step changed.
    fn shorten(&mut self) {
        let Self { smooth, function, here, scratch, state, .. } = self;
        let state = state.borrow_mut();
        // Without slack, rounding of two nearly equal values halves the step without end.
        let value = smooth.smooth_value(here.x);
        let slack = T::from_f32(10.0) * T::EPSILON * (T::ONE + value.abs());
        for _ in 0..HALVINGS {
            let (slope, squares) = Self::slope(here);
            let model = value + slope + T::from_f32(SHARE) * squares / (T::TWO * state.step) + slack;
            if smooth.smooth_value(here.half) <= model {
                return;
            }
            state.step /= T::TWO;
            // Pairs speak of another residual.
            state.count = 1;
            Self::project(function, here, state.step, scratch);
            state.memory = Self::envelope(function, here, state.step, value);
        }
    }

    /// Moves to a point where the envelope is low enough, and takes up the pair.
    fn advance(&mut self) {
        let Self { smooth, function, here, there, direction, lbfgs, scratch, state } = self;
        let state = state.borrow_mut();
        let pairs = state.count.saturating_sub(1);
        let mut squares = T::ZERO;
        for ((d, x), half) in direction.iter_mut().zip(&*here.x).zip(&*here.half) {
            *d = *x - *half;
            squares += *d * *d;
        }
        lbfgs.direct(pairs, direction);
        let slack = T::from_f32(10.0) * T::EPSILON * (T::ONE + state.memory.abs());
        let low = state.memory - T::from_f32(DECREASE) * squares / state.step + slack;
        let mut share = T::ONE;
        // A g whose value cannot be had has no envelope to search on: plain steps, one operator each.
        let first = if state.memory.is_finite() { 1 } else { TRIALS };
        for trial in first..=TRIALS {
            if trial == TRIALS {
                vector::copy(here.half, there.x);
            } else {
                for (((to, x), half), d) in there.x.iter_mut().zip(&*here.x).zip(&*here.half).zip(direction.iter()) {
                    *to = *x + share * *d - (T::ONE - share) * (*x - *half);
                }
            }
            let envelope = Self::evaluate(smooth, function, there, state.step, scratch);
            if envelope <= low || trial == TRIALS {
                state.memory = envelope;
                break;
            }
            share /= T::TWO;
        }
        let old = here.x.iter().zip(&*here.half);
        let new = there.x.iter().zip(&*there.half);
        let pair = old.zip(new).map(|((x, half), (new, new_half))| (*new - *x, (*new - *new_half) - (*x - *half)));
        if lbfgs.store(pairs, direction.len(), pair) {
            state.count = state.count.saturating_add(1);
        }
        // Copied, not traded: where a vector lies must not depend on how often a solve was put away.
        vector::copy(there.x, here.x);
        vector::copy(there.gradient, here.gradient);
        vector::copy(there.half, here.half);
    }
}

impl<T: Real, F: Smooth<T> + ?Sized, G: Prox<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Solver
    for Panoc<'_, T, F, G, S>
{
    type Scalar = T;

    fn step(&mut self) -> Step {
        if let Some(step) = self.state.borrow().outcome() {
            return step;
        }
        if self.state.borrow().count == 0 {
            let Self { smooth, function, here, scratch, state, .. } = self;
            let state = state.borrow_mut();
            state.count = 1;
            state.memory = Self::evaluate(smooth, function, here, state.step, scratch);
        } else {
            self.advance();
        }
        self.shorten();
        let Self { here, state, .. } = self;
        let state = state.borrow_mut();
        if !state.count_iteration() {
            return Step::Running;
        }
        let parts = here.x.iter().zip(&*here.half);
        let worst = parts.fold(T::ZERO, |worst, (x, half)| largest(worst, (*x - *half).abs()));
        let step = state.judge([T::ZERO; 2], [worst / state.step, vector::max_abs(here.gradient)]);
        if step.is_final() {
            vector::copy(here.half, here.x);
        }
        step
    }

    /// `residual` is the larger of primal and dual residual, each in units of its target; `target` is 1.
    fn report(&self) -> Report<T> {
        self.state.borrow().report()
    }
}
