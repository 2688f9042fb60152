//! The primal-dual method of Condat and Vu, of which Chambolle and Pock's is the case without a smooth part.

use core::borrow::BorrowMut;

use super::checkpoint::{Checkpoint, check_step, distance, divide};
use super::progress::largest;
use super::{PrimalDualConfig, Residuals};
use crate::error::{self, Error, Field};
use crate::operator::{LinearMap, Prox, Smooth};
use crate::real::Real;
use crate::solve::{Report, Solver, Step};

/// No smooth part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoSmooth;

impl<T: Real> Smooth<T> for NoSmooth {
    fn check_smooth(&self, _n: usize) -> Result<(), Error> {
        Ok(())
    }

    fn smooth_value(&self, _x: &[T]) -> T {
        T::ZERO
    }

    fn add_gradient(&self, _x: &[T], _gradient: &mut [T]) -> T {
        T::ZERO
    }
}

/// The problem of [`CondatVu`]: minimise f(x) + h(x) + g(K x).
#[derive(Debug)]
pub struct PrimalDual<'a, F: ?Sized, G: ?Sized, K: ?Sized, H: ?Sized> {
    /// f, by its proximal operator.
    pub function: &'a F,
    /// g, by its proximal operator.
    pub of_image: &'a G,
    /// K.
    pub map: &'a K,
    /// h, by its gradient.
    pub smooth: &'a H,
}

impl<F: ?Sized, G: ?Sized, K: ?Sized, H: ?Sized> Clone for PrimalDual<'_, F, G, K, H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: ?Sized, G: ?Sized, K: ?Sized, H: ?Sized> Copy for PrimalDual<'_, F, G, K, H> {}

/// Minimises f(x) + h(x) + g(K x): x⁺ = prox of f at x - tau (gradient of h + K'y), y⁺ = prox of g* at y + sigma K (2 x⁺ - x)
/// (L. Condat, A primal-dual splitting method for convex optimization involving Lipschitzian, proximable and linear composite
/// terms, J. Optim. Theory Appl. 158 (2013), 460-479; B. C. Vu, A splitting algorithm for dual monotone inclusions involving
/// cocoercive operators, Adv. Comput. Math. 38 (2013), 667-681).
///
/// One step is an iteration: one product with K and one with its transpose, a gradient, one operator each. The primal
/// residual is max |K x - w|, where w is the point of g's operator, the dual one the largest element of a subgradient of the
/// Lagrangian in x. The warm start is x and y. Workspace 2 n + 3 m and the larger of the two scratches.
#[derive(Debug)]
pub struct CondatVu<'a, T, F: ?Sized, G: ?Sized, K: ?Sized, H: ?Sized, S = Checkpoint<T>> {
    problem: PrimalDual<'a, F, G, K, H>,
    x: &'a mut [T],
    y: &'a mut [T],
    /// gradient of h + K'y.
    pull: &'a mut [T],
    next: &'a mut [T],
    /// K x.
    image: &'a mut [T],
    next_image: &'a mut [T],
    point: &'a mut [T],
    scratch: &'a mut [T],
    state: S,
}

impl<'a, T, F, G, K, H> CondatVu<'a, T, F, G, K, H>
where
    T: Real,
    F: Prox<T> + ?Sized,
    G: Prox<T> + ?Sized,
    K: LinearMap<T> + ?Sized,
    H: Smooth<T> + ?Sized,
{
    /// Checks everything; writes nothing. `x` and `y` are the starting guess, 0 without a better one.
    ///
    /// # Errors
    /// What f, g and h refuse; `Length` of `Field::Iterate` or `Field::Dual` unless x and y fit K, of `Field::Workspace`;
    /// `NotFinite` of `Field::Iterate` or `Field::Dual`; `OutOfRange` of `Field::Step` (0 tau, 1 sigma); what [`Stopping`](super::Stopping)
    /// refuses.
    pub fn new(
        problem: PrimalDual<'a, F, G, K, H>,
        x: &'a mut [T],
        y: &'a mut [T],
        workspace: &'a mut [T],
        config: &PrimalDualConfig<T>,
    ) -> Result<Self, Error> {
        config.stopping.check()?;
        check_step(config.primal_step, 0)?;
        check_step(config.dual_step, 1)?;
        let (n, m) = (x.len(), y.len());
        problem.function.check(n, problem.function.scratch_len(n))?;
        problem.of_image.check(m, problem.of_image.scratch_len(m))?;
        problem.smooth.check_smooth(n)?;
        error::finite(Field::Iterate, x)?;
        error::finite(Field::Dual, y)?;
        let mut state = Checkpoint::new(&config.stopping, config.primal_step);
        state.dual_step = config.dual_step;
        Self::resume(problem, x, y, workspace, state)
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.state
    }
}

impl<'a, T, F, G, K, H, S> CondatVu<'a, T, F, G, K, H, S>
where
    T: Real,
    F: Prox<T> + ?Sized,
    G: Prox<T> + ?Sized,
    K: LinearMap<T> + ?Sized,
    H: Smooth<T> + ?Sized,
    S: BorrowMut<Checkpoint<T>>,
{
    /// Elements of workspace for a map from n to m elements, where the operators need at most so much scratch.
    #[must_use]
    pub const fn workspace_len(n: usize, m: usize, scratch: usize) -> usize {
        n.saturating_mul(2).saturating_add(m.saturating_mul(3)).saturating_add(scratch)
    }

    /// Takes up a solve that was put away. The vectors must hold what they held; O(1).
    ///
    /// # Errors
    /// `Length` of `Field::Iterate`, `Field::Dual` or `Field::Workspace`.
    pub fn resume(
        problem: PrimalDual<'a, F, G, K, H>,
        x: &'a mut [T],
        y: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let (n, m) = (problem.map.columns(), problem.map.rows());
        error::exact(Field::Iterate, n, x.len())?;
        error::exact(Field::Dual, m, y.len())?;
        let need = problem.function.scratch_len(n).max(problem.of_image.scratch_len(m));
        let ([pull, next, image, next_image, point], scratch) = divide(workspace, [n, n, m, m, m], need)?;
        Ok(Self { problem, x, y, pull, next, image, next_image, point, scratch, state })
    }

    /// The residuals of the last look.
    #[must_use]
    pub fn residuals(&self) -> Residuals<T> {
        self.state.borrow().residuals()
    }

    /// x, which is in the domain of f.
    #[must_use]
    pub fn solution(&self) -> &[T] {
        self.x
    }

    /// y.
    #[must_use]
    pub fn dual(&self) -> &[T] {
        self.y
    }
}

/// The gradient of h at x, and K'y.
fn pull_at<T: Real, K: LinearMap<T> + ?Sized, H: Smooth<T> + ?Sized>(
    map: &K,
    smooth: &H,
    x: &[T],
    y: &[T],
    to: &mut [T],
) {
    to.fill(T::ZERO);
    let _ = smooth.add_gradient(x, to);
    map.add_transposed(y, to);
}

impl<T, F, G, K, H, S> Solver for CondatVu<'_, T, F, G, K, H, S>
where
    T: Real,
    F: Prox<T> + ?Sized,
    G: Prox<T> + ?Sized,
    K: LinearMap<T> + ?Sized,
    H: Smooth<T> + ?Sized,
    S: BorrowMut<Checkpoint<T>>,
{
    type Scalar = T;

    fn step(&mut self) -> Step {
        let Self { problem, x, y, pull, next, image, next_image, point, scratch, state } = self;
        let PrimalDual { function, of_image, map, smooth } = *problem;
        let state = state.borrow_mut();
        if let Some(step) = state.outcome() {
            return step;
        }
        if state.count == 0 {
            state.count = 1;
            map.map(x, image);
            pull_at(map, smooth, x, y, pull);
        }
        let (tau, sigma) = (state.step, state.dual_step);
        for ((next, x), pull) in next.iter_mut().zip(x.iter()).zip(pull.iter()) {
            *next = *x - tau * *pull;
        }
        function.prox(next, tau, scratch);
        // What f contributes to the gradient of the Lagrangian takes the place of what it was pulled by.
        for ((next, x), pull) in next.iter().zip(x.iter_mut()).zip(pull.iter_mut()) {
            *pull = (*x - *next) / tau - *pull;
            *x = *next;
        }
        map.map(x, next_image);
        for (((point, y), new), old) in point.iter_mut().zip(y.iter()).zip(next_image.iter()).zip(image.iter()) {
            *point = *y / sigma + (T::TWO * *new - *old);
        }
        of_image.prox(point, T::ONE / sigma, scratch);
        for (((point, y), new), old) in point.iter().zip(y.iter_mut()).zip(next_image.iter()).zip(image.iter_mut()) {
            *y += sigma * ((T::TWO * *new - *old) - *point);
            *old = *new;
        }
        pull_at(map, smooth, x, y, next);
        let (mut worst, mut scale) = (T::ZERO, T::ZERO);
        for (pull, next) in pull.iter_mut().zip(next.iter()) {
            worst = largest(worst, (*pull + *next).abs());
            scale = scale.max(next.abs());
            *pull = *next;
        }
        if state.count_iteration() { state.judge(distance(image, point), [worst, scale]) } else { Step::Running }
    }

    /// `residual` is the larger of primal and dual residual, each in units of its target; `target` is 1.
    fn report(&self) -> Report<T> {
        self.state.borrow().report()
    }
}
