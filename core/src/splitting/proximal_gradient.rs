//! Proximal gradient steps, plain or accelerated (FISTA).

use core::borrow::BorrowMut;

use super::checkpoint::{Checkpoint, check_step, divide};
use super::progress::largest;
use super::{Residuals, Stopping};
use crate::error::{self, Error, Field};
use crate::operator::{Prox, Smooth};
use crate::real::Real;
use crate::solve::{Report, Solver, Step};
use crate::vector;

/// Values of [`ProximalGradient`].
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[repr(C)]
pub struct ProximalGradientConfig<T> {
    /// When to stop.
    pub stopping: Stopping<T>,
    /// The step, positive: below 1 / L for the Lipschitz constant L of the gradient (2 / L without acceleration); with
    /// backtracking, where to begin.
    pub step: T,
    /// Nesterov's momentum, restarted where it points uphill.
    pub accelerated: bool,
    /// The step is halved until f lies below its quadratic model.
    pub backtracking: bool,
}

impl<T: Real> Default for ProximalGradientConfig<T> {
    /// Accelerated, with backtracking from 1; a look at the residual in every iteration, where it costs nothing.
    fn default() -> Self {
        let stopping = Stopping { check_every: 1, ..Stopping::default() };
        Self { stopping, step: T::ONE, accelerated: true, backtracking: true }
    }
}

const ACCELERATED: u32 = 1;
const BACKTRACKING: u32 = 2;
/// Halvings of the step in one iteration at most.
const HALVINGS: u32 = 40;

/// Minimises f(x) + g(x), f by its gradient, g by its proximal operator: x = prox(y - step gradient of f at y), where y is
/// x, or x with momentum (A. Beck, M. Teboulle, A fast iterative shrinkage-thresholding algorithm for linear inverse
/// problems, SIAM J. Imaging Sci. 2 (2009), 183-202), restarted by the gradient (B. O'Donoghue, E. Candès, Adaptive restart
/// for accelerated gradient schemes, Found. Comput. Math. 15 (2015), section 3.2).
///
/// One step is an iteration: a gradient and a proximal operator, and with backtracking as many more values of f and
/// operators as the step is halved, 40 at most. The dual residual is max |y - x| / step, measured against the gradient;
/// there is no primal one. Workspace 3 n and the scratch of g. The warm start is x.
#[derive(Debug)]
pub struct ProximalGradient<'a, T, F: ?Sized, G: ?Sized, S = Checkpoint<T>> {
    smooth: &'a F,
    function: &'a G,
    x: &'a mut [T],
    y: &'a mut [T],
    gradient: &'a mut [T],
    next: &'a mut [T],
    scratch: &'a mut [T],
    state: S,
}

impl<'a, T: Real, F: Smooth<T> + ?Sized, G: Prox<T> + ?Sized> ProximalGradient<'a, T, F, G> {
    /// Checks everything; writes nothing. `x` is the starting guess.
    ///
    /// # Errors
    /// What f and g refuse; `NotFinite` of `Field::Iterate`; `Length` of `Field::Workspace`; `OutOfRange` of `Field::Step`;
    /// what [`Stopping`] refuses.
    pub fn new(
        smooth: &'a F,
        function: &'a G,
        x: &'a mut [T],
        workspace: &'a mut [T],
        config: &ProximalGradientConfig<T>,
    ) -> Result<Self, Error> {
        config.stopping.check()?;
        check_step(config.step, 0)?;
        let n = x.len();
        smooth.check_smooth(n)?;
        function.check(n, function.scratch_len(n))?;
        error::finite(Field::Iterate, x)?;
        Self::resume(smooth, function, x, workspace, Self::start(config))
    }

    /// The state of a solve that has not begun.
    #[must_use]
    pub fn start(config: &ProximalGradientConfig<T>) -> Checkpoint<T> {
        let mut state = Checkpoint::new(&config.stopping, config.step);
        state.memory = T::ONE;
        state.flags =
            if config.accelerated { ACCELERATED } else { 0 } | if config.backtracking { BACKTRACKING } else { 0 };
        state
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.state
    }
}

impl<'a, T: Real, F: Smooth<T> + ?Sized, G: Prox<T> + ?Sized, S: BorrowMut<Checkpoint<T>>>
    ProximalGradient<'a, T, F, G, S>
{
    /// Elements of workspace, where g needs so much scratch.
    #[must_use]
    pub const fn workspace_len(n: usize, scratch: usize) -> usize {
        n.saturating_mul(3).saturating_add(scratch)
    }

    /// Takes up a solve that was put away. The vectors must hold what they held; O(1).
    ///
    /// # Errors
    /// `Length` of `Field::Workspace`.
    pub fn resume(
        smooth: &'a F,
        function: &'a G,
        x: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let n = x.len();
        let ([y, gradient, next], scratch) = divide(workspace, [n; 3], function.scratch_len(n))?;
        Ok(Self { smooth, function, x, y, gradient, next, scratch, state })
    }

    /// The residuals of the last look.
    #[must_use]
    pub fn residuals(&self) -> Residuals<T> {
        self.state.borrow().residuals()
    }

    /// The iterate.
    #[must_use]
    pub fn solution(&self) -> &[T] {
        self.x
    }

    /// x⁺ into `next`, for a step that backtracking accepts, which is left in the state.
    fn advance(&mut self) {
        let Self { smooth, function, y, gradient, next, scratch, state, .. } = self;
        let state = state.borrow_mut();
        gradient.fill(T::ZERO);
        let value = smooth.add_gradient(y, gradient);
        for trial in 0..=HALVINGS {
            for ((next, y), gradient) in next.iter_mut().zip(y.iter()).zip(gradient.iter()) {
                *next = *y - state.step * *gradient;
            }
            function.prox(next, state.step, scratch);
            if state.flags & BACKTRACKING == 0 {
                return;
            }
            let (slope, squares) = y.iter().zip(next.iter()).zip(gradient.iter()).fold(
                (T::ZERO, T::ZERO),
                |(slope, squares), ((y, next), gradient)| {
                    let step = *next - *y;
                    (slope + *gradient * step, squares + step * step)
                },
            );
            // Without slack, rounding of two nearly equal values halves the step without end.
            let slack = T::from_f32(10.0) * T::EPSILON * (T::ONE + value.abs());
            if smooth.smooth_value(next) <= value + slope + squares / (T::TWO * state.step) + slack {
                return;
            }
            // The last point keeps the step it was made with.
            if trial < HALVINGS {
                state.step /= T::TWO;
            }
        }
    }
}

impl<T: Real, F: Smooth<T> + ?Sized, G: Prox<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Solver
    for ProximalGradient<'_, T, F, G, S>
{
    type Scalar = T;

    fn step(&mut self) -> Step {
        let state = self.state.borrow_mut();
        if let Some(step) = state.outcome() {
            return step;
        }
        if state.count == 0 {
            state.count = 1;
            vector::copy(self.x, self.y);
        }
        self.advance();
        let Self { x, y, gradient, next, state, .. } = self;
        let state = state.borrow_mut();
        let (mut worst, mut uphill) = (T::ZERO, T::ZERO);
        for ((x, y), next) in x.iter().zip(y.iter()).zip(next.iter()) {
            worst = largest(worst, (*y - *next).abs());
            uphill += (*y - *next) * (*next - *x);
        }
        let mut pace = T::ZERO;
        if state.flags & ACCELERATED != 0 {
            let t = if uphill > T::ZERO { T::ONE } else { state.memory };
            let further = (T::ONE + (T::ONE + T::from_f32(4.0) * t * t).sqrt()) / T::TWO;
            pace = (t - T::ONE) / further;
            state.memory = further;
        }
        for ((x, y), next) in x.iter_mut().zip(y.iter_mut()).zip(next.iter()) {
            *y = *next + pace * (*next - *x);
            *x = *next;
        }
        if state.count_iteration() {
            state.judge([T::ZERO; 2], [worst / state.step, vector::max_abs(gradient)])
        } else {
            Step::Running
        }
    }

    /// `residual` is the larger of primal and dual residual, each in units of its target; `target` is 1.
    fn report(&self) -> Report<T> {
        self.state.borrow().report()
    }
}
