//! Consensus: many functions of one vector.

use core::borrow::BorrowMut;

use super::Residuals;
use super::admm::AdmmConfig;
use super::checkpoint::{Checkpoint, divide};
use super::progress::largest;
use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::real::Real;
use crate::solve::{Report, Solver, Step};
use crate::vector;

/// Minimises f_1(x) + ... + f_N(x) + g(x), each by its proximal operator, by ADMM over copies of x that must agree (S. Boyd
/// et al., Foundations and Trends in Machine Learning 3 (2011), section 7.1).
///
/// One step is an iteration: each operator once. The primal residual is the largest distance of a copy to z, the dual one
/// rho N max |change of z|. Over-relaxed and adapted as [`Admm`](super::Admm). The warm start is z. Workspace (N + 3) n and the
/// largest of the scratches.
#[derive(Debug)]
pub struct Consensus<'a, T, F, G: ?Sized, S = Checkpoint<T>> {
    functions: &'a [F],
    shared: &'a G,
    z: &'a mut [T],
    /// The multipliers over rho, one vector a function.
    u: &'a mut [T],
    x: &'a mut [T],
    sum: &'a mut [T],
    old: &'a mut [T],
    scratch: &'a mut [T],
    state: S,
}

impl<'a, T: Real, F: Prox<T>, G: Prox<T> + ?Sized> Consensus<'a, T, F, G> {
    /// Checks everything; writes nothing. `z` is the starting guess.
    ///
    /// # Errors
    /// What a function refuses; `Length` of `Field::Groups` if there is none; `NotFinite` of `Field::Iterate`; `Length` of
    /// `Field::Workspace`; `OutOfRange` of `Field::Penalty` or `Field::Omega` (relaxation); what [`Stopping`](super::Stopping) refuses.
    pub fn new(
        functions: &'a [F],
        shared: &'a G,
        z: &'a mut [T],
        workspace: &'a mut [T],
        config: &AdmmConfig<T>,
    ) -> Result<Self, Error> {
        config.check()?;
        let n = z.len();
        error::at_least(Field::Groups, 1, functions.len())?;
        for function in functions {
            function.check(n, function.scratch_len(n))?;
        }
        shared.check(n, shared.scratch_len(n))?;
        error::finite(Field::Iterate, z)?;
        Self::resume(functions, shared, z, workspace, config.start())
    }

    /// Puts the solve away.
    #[must_use]
    pub fn suspend(self) -> Checkpoint<T> {
        self.state
    }
}

impl<'a, T: Real, F: Prox<T>, G: Prox<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Consensus<'a, T, F, G, S> {
    /// Elements of workspace for so many functions, where the operators need at most so much scratch.
    #[must_use]
    pub const fn workspace_len(n: usize, functions: usize, scratch: usize) -> usize {
        n.saturating_mul(functions.saturating_add(3)).saturating_add(scratch)
    }

    /// Takes up a solve that was put away. The vectors must hold what they held; O(N).
    ///
    /// # Errors
    /// `Length` of `Field::Workspace`.
    pub fn resume(
        functions: &'a [F],
        shared: &'a G,
        z: &'a mut [T],
        workspace: &'a mut [T],
        state: S,
    ) -> Result<Self, Error> {
        let n = z.len();
        let need = functions.iter().fold(shared.scratch_len(n), |need, function| need.max(function.scratch_len(n)));
        let ([u, x, sum, old], scratch) = divide(workspace, [n.saturating_mul(functions.len()), n, n, n], need)?;
        Ok(Self { functions, shared, z, u, x, sum, old, scratch, state })
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
}

impl<T: Real, F: Prox<T>, G: Prox<T> + ?Sized, S: BorrowMut<Checkpoint<T>>> Solver for Consensus<'_, T, F, G, S> {
    type Scalar = T;

    fn step(&mut self) -> Step {
        let Self { functions, shared, z, u, x, sum, old, scratch, state } = self;
        let state = state.borrow_mut();
        if let Some(step) = state.outcome() {
            return step;
        }
        if state.count == 0 {
            state.count = 1;
            u.fill(T::ZERO);
        }
        let (rho, alpha) = (state.step, state.relaxation);
        let count = T::from_u32(u32::try_from(functions.len()).unwrap_or(u32::MAX));
        let n = z.len();
        sum.fill(T::ZERO);
        let (mut primal, mut scale, mut pull) = (T::ZERO, T::ZERO, T::ZERO);
        // Of no elements, no piece: `chunks_exact_mut` may not be asked for those.
        for (function, u) in functions.iter().zip(u.chunks_exact_mut(n.max(1))) {
            for ((x, z), u) in x.iter_mut().zip(z.iter()).zip(u.iter()) {
                *x = *z - *u;
            }
            function.prox(x, T::ONE / rho, scratch);
            for (((x, z), u), sum) in x.iter().zip(z.iter()).zip(u.iter_mut()).zip(sum.iter_mut()) {
                // Against the old z; the new one is no further from the mean.
                primal = largest(primal, (*x - *z).abs());
                scale = scale.max(x.abs()).max(z.abs());
                *u += alpha * *x + (T::ONE - alpha) * *z;
                *sum += *u;
            }
        }
        for ((z, sum), old) in z.iter_mut().zip(sum.iter()).zip(old.iter_mut()) {
            *old = *z;
            *z = *sum / count;
        }
        shared.prox(z, T::ONE / (rho * count), scratch);
        for u in u.chunks_exact_mut(n.max(1)) {
            for (u, z) in u.iter_mut().zip(z.iter()) {
                *u -= *z;
                pull = pull.max(u.abs());
            }
        }
        let change = z.iter().zip(old.iter()).fold(T::ZERO, |worst, (z, old)| largest(worst, (*z - *old).abs()));
        if !state.count_iteration() {
            return Step::Running;
        }
        let step = state.judge([primal, scale], [rho * count * change, rho * count * pull]);
        if let Some(factor) = state.rebalance().filter(|_| step == Step::Running) {
            state.step = rho * factor;
            vector::scale(T::ONE / factor, u);
        }
        step
    }

    /// `residual` is the larger of primal and dual residual, each in units of its target; `target` is 1.
    fn report(&self) -> Report<T> {
        self.state.borrow().report()
    }
}
