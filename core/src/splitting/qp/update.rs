//! Numbers in and out: what may change between two ticks, and the iterate as plain vectors.

use core::borrow::BorrowMut;

use super::config::QpCheckpoint;
use super::memory::Memory;
use super::pattern::QpPattern;
use super::residual::{penalty_of, row_times};
use super::scaling;
use super::solver::Qp;
use crate::error::{self, Error, Field};
use crate::matrix::Index;
use crate::real::Real;
use crate::solve::Step;
use crate::splitting::progress::Progress;

/// The numbers of a quadratic program, in the order of its [`QpPattern`].
#[derive(Clone, Copy, Debug)]
pub struct QpData<'a, T> {
    /// Stored entries of P.
    pub p: &'a [T],
    /// q, n elements.
    pub q: &'a [T],
    /// Stored entries of A.
    pub a: &'a [T],
    /// l, m elements; minus infinity for none.
    pub lower: &'a [T],
    /// u, m elements; infinity for none.
    pub upper: &'a [T],
}

impl<T: Real> QpData<'_, T> {
    pub(super) fn check<I: Index>(&self, pattern: &QpPattern<'_, I>) -> Result<(), Error> {
        check_values(Field::Values, pattern.p_entries(), self.p)?;
        check_values(Field::LinearTerm, pattern.variables(), self.q)?;
        check_values(Field::ConstraintValues, pattern.a_entries(), self.a)?;
        check_bounds(pattern.constraints(), self.lower, self.upper)
    }
}

fn check_values<T: Real>(field: Field, need: usize, values: &[T]) -> Result<(), Error> {
    error::exact(field, need, values.len())?;
    error::finite(field, values)
}

/// Bounds are in order, and where they are infinite, on the right side.
fn check_bounds<T: Real>(need: usize, lower: &[T], upper: &[T]) -> Result<(), Error> {
    error::exact(Field::Bounds, need, lower.len())?;
    error::exact(Field::Bounds, need, upper.len())?;
    let fits = |(lower, upper): (&T, &T)| *lower <= *upper && *lower < T::INFINITY && *upper > -T::INFINITY;
    match lower.iter().zip(upper).position(|bounds| !fits(bounds)) {
        Some(index) => Err(Error::OutOfRange { field: Field::Bounds, index }),
        None => Ok(()),
    }
}

impl<T: Real, I: Index, S: BorrowMut<QpCheckpoint<T>>> Qp<'_, T, I, S> {
    /// Fills the workspace with a checked problem.
    pub(super) fn take_up(&mut self, data: QpData<'_, T>, scaling_rounds: u32) {
        self.put_p(data.p);
        self.put_a(data.a);
        crate::vector::copy(data.q, self.memory.linear);
        let cost = scaling::equilibrate(&self.pattern, &mut self.memory, scaling_rounds);
        self.state.borrow_mut().cost_scale = cost;
        scaling::scale_p(&self.pattern, &mut self.memory, cost);
        scaling::scale_a(&self.pattern, &mut self.memory);
        self.put_linear(data.q);
        let Memory { x, change, z, dual, dual_change, weights, .. } = &mut self.memory;
        for vector in [x, change, z, dual, dual_change, weights] {
            vector.fill(T::ZERO);
        }
        self.put_bounds(data.lower, data.upper);
        self.weigh();
    }

    fn put_p(&mut self, p: &[T]) {
        let mut from = p.iter();
        for (_, range) in self.pattern.p_rows() {
            for (value, from) in self.memory.values.get_mut(range).unwrap_or(&mut []).iter_mut().zip(from.by_ref()) {
                *value = *from;
            }
        }
    }

    fn put_a(&mut self, a: &[T]) {
        let mut from = a.iter();
        for (_, range) in self.pattern.a_rows() {
            for (value, from) in self.memory.values.get_mut(range).unwrap_or(&mut []).iter_mut().zip(from.by_ref()) {
                *value = *from;
            }
        }
    }

    fn put_linear(&mut self, q: &[T]) {
        let cost = self.state.borrow().cost_scale;
        let Memory { linear, variable_scale, .. } = &mut self.memory;
        for ((to, q), scale) in linear.iter_mut().zip(q).zip(variable_scale.iter()) {
            *to = *q * *scale * cost;
        }
    }

    /// Takes bounds over; whether a row became an equality or ceased to be one, or lost or got its only bound.
    fn put_bounds(&mut self, lower: &[T], upper: &[T]) -> bool {
        let Memory { lower: to_lower, upper: to_upper, row_scale, .. } = &mut self.memory;
        let kind = |lower: T, upper: T| (lower == upper, lower.is_finite() || upper.is_finite());
        let mut changed = false;
        let places = to_lower.iter_mut().zip(to_upper.iter_mut());
        for (((to_lower, to_upper), (lower, upper)), scale) in places.zip(lower.iter().zip(upper)).zip(row_scale.iter())
        {
            let (new_lower, new_upper) = (*lower * *scale, *upper * *scale);
            changed |= kind(*to_lower, *to_upper) != kind(new_lower, new_upper);
            (*to_lower, *to_upper) = (new_lower, new_upper);
        }
        changed
    }

    /// New q; takes effect with the next step. O(n).
    ///
    /// # Errors
    /// `Length` or `NotFinite` of `Field::LinearTerm`; nothing has changed then.
    pub fn update_linear(&mut self, q: &[T]) -> Result<(), Error> {
        check_values(Field::LinearTerm, self.pattern.variables(), q)?;
        self.put_linear(q);
        Ok(())
    }

    /// New bounds; they take effect with the next step. O(m). Where a row becomes an equality or ceases to be one, or its
    /// only bound comes or goes, the next step is a refactorisation.
    ///
    /// # Errors
    /// `Length` or `OutOfRange` of `Field::Bounds`, as [`new`](Self::new); nothing has changed then.
    pub fn update_bounds(&mut self, lower: &[T], upper: &[T]) -> Result<(), Error> {
        check_bounds(self.pattern.constraints(), lower, upper)?;
        if self.put_bounds(lower, upper) {
            self.weigh();
        }
        Ok(())
    }

    /// New values of P, in its pattern, with the scaling that was found for the first ones; the next step is a
    /// refactorisation. O(entries).
    ///
    /// # Errors
    /// `Length` or `NotFinite` of `Field::Values`; nothing has changed then.
    pub fn update_p(&mut self, p: &[T]) -> Result<(), Error> {
        check_values(Field::Values, self.pattern.p_entries(), p)?;
        self.put_p(p);
        scaling::scale_p(&self.pattern, &mut self.memory, self.state.borrow().cost_scale);
        self.state.borrow_mut().factored.set(false);
        Ok(())
    }

    /// New values of A, in its pattern, with the scaling that was found for the first ones; the next step is a
    /// refactorisation. O(entries).
    ///
    /// # Errors
    /// `Length` or `NotFinite` of `Field::ConstraintValues`; nothing has changed then.
    pub fn update_a(&mut self, a: &[T]) -> Result<(), Error> {
        check_values(Field::ConstraintValues, self.pattern.a_entries(), a)?;
        self.put_a(a);
        scaling::scale_a(&self.pattern, &mut self.memory);
        self.state.borrow_mut().factored.set(false);
        Ok(())
    }

    /// Begins anew from the iterate that is there, after an update as a rule: iterations count from 0 again. O(1). rho
    /// stays where it was. After `Diverged` the iterate is no number: use [`warm_start`](Self::warm_start).
    pub fn restart(&mut self) {
        self.state.borrow_mut().progress = Progress::new();
    }

    /// Begins anew from this x (n elements) and y (m elements), in the units of the problem. O(entries).
    ///
    /// # Errors
    /// `Length` or `NotFinite` of `Field::Iterate` or `Field::Dual`; nothing has changed then.
    pub fn warm_start(&mut self, x: &[T], y: &[T]) -> Result<(), Error> {
        check_values(Field::Iterate, self.pattern.variables(), x)?;
        check_values(Field::Dual, self.pattern.constraints(), y)?;
        let cost = self.state.borrow().cost_scale;
        let Memory { values, variable_scale, x: to, row_scale, z, dual, weights, .. } = &mut self.memory;
        for ((to, x), scale) in to.iter_mut().zip(x).zip(variable_scale.iter()) {
            *to = *x / *scale;
        }
        let rows = self.pattern.a_rows().zip(z.iter_mut()).zip(dual.iter_mut()).zip(weights.iter());
        for (((((columns, range), z), dual), weight), (y, scale)) in rows.zip(y.iter().zip(row_scale.iter())) {
            *z = row_times(columns, values.get(range).unwrap_or(&[]), to);
            let rho = penalty_of(columns.len(), *weight);
            *dual = if rho == T::ZERO { T::ZERO } else { *y / *scale * cost / rho };
        }
        self.restart();
        Ok(())
    }

    /// Writes x, in the units of the problem.
    ///
    /// # Errors
    /// `Length` of `Field::Output` unless there are n elements.
    pub fn primal(&self, into: &mut [T]) -> Result<(), Error> {
        error::exact(Field::Output, self.pattern.variables(), into.len())?;
        for ((into, x), scale) in into.iter_mut().zip(self.memory.x.iter()).zip(self.memory.variable_scale.iter()) {
            *into = *x * *scale;
        }
        Ok(())
    }

    /// Writes y, in the units of the problem: P x + q + A'y = 0, y >= 0 at upper bounds, y <= 0 at lower ones.
    ///
    /// # Errors
    /// `Length` of `Field::Output` unless there are m elements.
    pub fn dual(&self, into: &mut [T]) -> Result<(), Error> {
        error::exact(Field::Output, self.pattern.constraints(), into.len())?;
        let cost = self.state.borrow().cost_scale;
        let Memory { row_scale, dual, weights, .. } = &self.memory;
        let rows = self.pattern.a_rows().zip(dual.iter()).zip(weights.iter()).zip(row_scale.iter());
        for (((((columns, _), dual), weight), scale), into) in rows.zip(into) {
            *into = penalty_of(columns.len(), *weight) * *dual * *scale / cost;
        }
        Ok(())
    }

    /// After `PrimalInfeasible`, the proof, m elements: A'y = 0 and u'max(y, 0) + l'min(y, 0) < 0. After `DualInfeasible`,
    /// n elements: P x = 0, q'x < 0, and A x leads out of no bound. The largest magnitude is 1.
    #[must_use]
    pub fn certificate(&self) -> Option<&[T]> {
        match self.state.borrow().progress.step() {
            Step::PrimalInfeasible => Some(self.memory.dual_change),
            Step::DualInfeasible => Some(self.memory.change),
            _ => None,
        }
    }
}
