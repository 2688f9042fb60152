//! One iteration: the direction, the line search, what is believed of it, and what follows a failure.

use super::checkpoint::{Checkpoint, WINDOW};
use super::config::Conjugation;
use super::{Dcd, Vectors};
use crate::linear::conjugate::positive;
use crate::linear::monitor;
use crate::operator::{Direction, LinearOperator};
use crate::real::Real;
use crate::solve::Step;
use crate::vector;

/// The one of two that the state names, and the other. Where one is all there is, it is that, whatever the state says.
fn pick<'v, T>([first, second]: &'v mut [&mut [T]; 2], newest: u32) -> (&'v mut [T], &'v mut [T]) {
    if newest == 0 || second.is_empty() { (first, second) } else { (second, first) }
}

/// What an iteration ends with when it cannot simply go on.
enum End {
    /// The solve is over.
    Over(Step),
    /// The direction failed.
    Failed(Step),
}

impl<T: Real, A: LinearOperator<T> + ?Sized, D: Direction<T>> Dcd<'_, T, A, &mut D, &mut Checkpoint<T>> {
    /// Looks at the starting guess: r = scale (b - A x). `Running` when there is work to do.
    fn begin(&mut self) -> Step {
        let rhs = vector::norm(self.b);
        if rhs == T::ZERO && self.operator.is_homogeneous() {
            self.x.fill(T::ZERO);
        }
        self.vectors.low.fill(T::ZERO);
        self.operator.residual(self.b, self.x, self.vectors.r);
        let initial = vector::norm(self.vectors.r);
        let step = self.state.monitor.begin(rhs, initial, monitor::window(self.operator.dim(), 1));
        self.state.verified = initial;
        if step == Step::Running {
            self.rescale();
        }
        step
    }

    fn rescale(&mut self) {
        self.state.scale = vector::max_abs(self.vectors.r).normalising_power_of_two();
        vector::scale(self.state.scale, self.vectors.r);
    }

    fn is_trusted(&self) -> bool {
        self.state.handed_over == 0
    }

    /// Whether r'd takes the place of projections.
    fn is_recurrence(&self) -> bool {
        !self.is_trusted() || self.state.conjugation.is(Conjugation::Recurrence)
    }

    /// The next search direction, A-orthogonal to those kept.
    fn direct(&mut self) -> Result<(), End> {
        if self.is_recurrence() { self.direct_by_recurrence() } else { self.direct_by_projection() }
    }

    fn direct_by_recurrence(&mut self) -> Result<(), End> {
        let (trusted, before) = (self.is_trusted(), self.state.rho);
        let Vectors { r, p: [p, _], q: [z, _], .. } = &mut self.vectors;
        let next = if trusted && !self.direction.is_identity() {
            self.direction.direction(r, z);
            vector::dot(r, z)
        } else {
            vector::copy(r, z);
            vector::dot(r, r)
        };
        let next = positive(next, Step::IndefinitePreconditioner).map_err(End::Failed)?;
        if self.state.kept == 0 {
            vector::copy(z, p);
        } else {
            vector::xpby(z, next / before, p);
        }
        self.state.rho = next;
        self.state.newest = 0;
        self.state.kept = 1;
        Ok(())
    }

    fn direct_by_projection(&mut self) -> Result<(), End> {
        let two = self.state.conjugation.is(Conjugation::PreviousTwo);
        let (newest, kept) = (self.state.newest, self.state.kept);
        let Vectors { r, p, q, z, .. } = &mut self.vectors;
        self.direction.direction(r, z);
        let next = positive(vector::dot(r, z), Step::IndefinitePreconditioner).map_err(End::Failed)?;
        let [first, second] = self.state.curvature;
        let (curvature, older) = if newest == 0 { (first, second) } else { (second, first) };
        let (p, p_older) = pick(p, newest);
        let (q, q_older) = pick(q, newest);
        // Both coefficients are of the raw direction: classical Gram-Schmidt, as published.
        let last = if kept > 0 { -vector::dot(z, q) / curvature } else { T::ZERO };
        let before = if kept > 1 { -vector::dot(z, q_older) / older } else { T::ZERO };
        match (two, kept) {
            (_, 0) => vector::copy(z, p),
            (false, _) => vector::xpby(z, last, p),
            (true, 1) => {
                vector::copy(z, p_older);
                vector::axpy(last, p, p_older);
            }
            (true, _) => {
                vector::xpby(z, before, p_older);
                vector::axpy(last, p, p_older);
            }
        }
        if two && kept > 0 {
            self.state.newest = 1 - newest.min(1);
        }
        self.state.kept = if two { (kept + 1).min(2) } else { 1 };
        self.state.rho = next;
        Ok(())
    }

    /// One iteration from a direction that is ready, up to the next direction.
    fn iterate(&mut self) -> Result<(), End> {
        let newest = self.state.newest;
        let by_recurrence = self.is_recurrence() && !self.state.replaced.holds();
        let Vectors { r, p, q, low, .. } = &mut self.vectors;
        let (p, q) = (pick(p, newest).0, pick(q, newest).0);
        self.operator.apply(p, q);
        let curvature = positive(vector::dot(p, q), Step::NotPositiveDefinite).map_err(End::Failed)?;
        // Exact line search. Where the recurrence holds, r is orthogonal to the last direction and r'p = r'd.
        let slope = if by_recurrence { self.state.rho } else { vector::dot(r, p) };
        let alpha = slope / curvature;
        let step = alpha / self.state.scale;
        if !step.is_finite() {
            return Err(End::Failed(Step::Breakdown));
        }
        vector::axpy(step, p, if self.state.refined.holds() { low } else { self.x });
        vector::axpy(-alpha, q, r);
        if newest == 0 {
            self.state.curvature[0] = curvature;
        } else {
            self.state.curvature[1] = curvature;
        }
        self.state.monitor.count_iteration();
        self.state.replaced.set(false);
        let norm = vector::norm(r);
        self.judge(norm)?;
        self.direct()
    }

    /// Judges the iteration by the norm of the recursive residual; r may come out recomputed.
    fn judge(&mut self, scaled: T) -> Result<(), End> {
        let norm = scaled / self.state.scale;
        self.state.monitor.estimated(norm);
        if self.state.monitor.claims_convergence() {
            if self.state.claimed == 0 {
                self.state.claimed = self.state.monitor.report().iterations;
            }
            return self.verify();
        }
        match self.state.monitor.judge() {
            Step::Running => {}
            step => return Err(End::Over(step)),
        }
        let must_refine = self.state.two_words.holds() && !self.state.refined.holds();
        if must_refine && norm <= self.state.refine_at * self.state.monitor.report().reference {
            // The first word stays; r is replaced by what it leaves, and the direction goes on.
            self.recompute();
            vector::scale(self.state.scale, self.vectors.r);
            self.state.replaced.set(true);
        }
        self.watch(norm)
    }

    /// The third rule of the safeguard: the residual halves in a window.
    fn watch(&mut self, norm: T) -> Result<(), End> {
        if !self.is_trusted() || !self.state.safeguard.holds() {
            return Ok(());
        }
        let age = self.state.age;
        let place = age as usize % WINDOW;
        let Some(slot) = self.state.norms.get_mut(place) else { return Ok(()) };
        let old = core::mem::replace(slot, norm);
        self.state.age = age.saturating_add(1);
        if age as usize >= WINDOW && norm > T::from_f32(0.5) * old {
            return Err(End::Failed(Step::Stagnated));
        }
        Ok(())
    }

    /// r = b - A x, unscaled, in as many words as x has; the second word begins here.
    fn recompute(&mut self) {
        let Vectors { r, low, z, q: [q, _], .. } = &mut self.vectors;
        if low.is_empty() {
            return self.operator.residual(self.b, self.x, r);
        }
        self.state.refined.set(true);
        self.operator.residual_of_pair(self.b, self.x, low, r, if z.is_empty() { q } else { z });
    }

    /// Holds a claim of convergence against the recomputed residual. `Ok`: the recurrence starts anew from it.
    fn verify(&mut self) -> Result<(), End> {
        self.recompute();
        let residual = vector::norm(self.vectors.r);
        self.state.monitor.corrected(residual);
        let gained = residual < self.state.verified * T::from_f32(0.5);
        self.state.verified = residual;
        match self.state.monitor.judge() {
            Step::Running if gained => {
                self.rescale();
                self.state.kept = 0;
                self.state.age = 0;
                Ok(())
            }
            // A restart from the true residual gained nothing: this is the floor.
            Step::Running => Err(End::Over(Step::Stagnated)),
            step => Err(End::Over(step)),
        }
    }

    /// Leaves the direction for good: plain conjugate gradients from the residual reached.
    fn hand_over(&mut self) -> Result<(), Step> {
        self.state.handed_over = self.state.monitor.report().iterations.saturating_add(1);
        self.state.kept = 0;
        self.state.replaced.set(false);
        self.direct().map_err(|end| match end {
            End::Over(step) | End::Failed(step) => step,
        })
    }

    /// Ends the solve: the two words of x are normalised, and the residual of what stays is recomputed.
    fn conclude(&mut self, step: Step) -> Step {
        self.state.running.set(false);
        for (high, low) in self.x.iter_mut().zip(self.vectors.low.iter_mut()) {
            let sum = *high + *low;
            let part = sum - *high;
            *low = (*high - (sum - part)) + (*low - part);
            *high = sum;
        }
        if step != Step::Converged {
            self.recompute();
            self.state.monitor.restored(vector::norm(self.vectors.r), false);
        }
        let handed_over = step == Step::Converged && !self.is_trusted();
        self.state.monitor.end(if handed_over { Step::HandedOver } else { step })
    }

    /// One iteration, or the end.
    pub(super) fn step(&mut self) -> Step {
        let step = self.state.monitor.step();
        if step.is_final() {
            return step;
        }
        let outcome = if self.state.running.holds() {
            self.iterate()
        } else {
            match self.begin() {
                Step::Running => {
                    self.state.running.set(true);
                    self.direct()
                }
                step => return step,
            }
        };
        let outcome = match outcome {
            Ok(()) => return Step::Running,
            Err(End::Over(step)) => Err(step),
            Err(End::Failed(_)) if self.state.safeguard.holds() && self.is_trusted() => self.hand_over(),
            Err(End::Failed(step)) => Err(step),
        };
        match outcome {
            Ok(()) => Step::Running,
            Err(step) => self.conclude(step),
        }
    }
}
