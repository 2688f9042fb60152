//! Numbers in and out: what may change between two ticks, and the iterate as plain vectors.

use core::borrow::BorrowMut;

use super::config::QpCheckpoint;
use super::memory::Memory;
use super::pattern::QpPattern;
use super::residual::{Of, penalty_of, row_times};
use super::rows::{Rows, each};
use super::scaling;
use super::solver::Qp;
use crate::error::{self, Error, Field};
use crate::matrix::Index;
use crate::real::Real;
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
        for (field, need, values) in [
            (Field::Values, pattern.p_entries(), self.p),
            (Field::LinearTerm, pattern.variables(), self.q),
            (Field::ConstraintValues, pattern.a_entries(), self.a),
        ] {
            check_values(field, need, values)?;
        }
        check_bounds(pattern.constraints(), self.lower, self.upper)
    }
}

#[inline(never)]
fn check_values<T: Real>(field: Field, need: usize, values: &[T]) -> Result<(), Error> {
    error::exact(field, need, values.len())?;
    error::finite(field, values)
}

/// Bounds are in order, and where they are infinite, on the right side.
#[inline(never)]
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
    /// Fills the workspace with a problem that [`check`](Qp::check) accepted, with x = y = 0 to begin with. O(entries x
    /// rounds of scaling).
    #[inline(never)]
    pub fn begin(&mut self, data: &QpData<'_, T>, scaling_rounds: u32) {
        let (pattern, mut memory, state) = self.parts();
        put(&mut pattern.p_rows(), data.p, memory.values);
        put(&mut pattern.a_rows(), data.a, memory.values);
        for ([_, linear, x, change, _], q) in memory.variables.iter_mut().zip(data.q) {
            (*linear, *x, *change) = (*q, T::ZERO, T::ZERO);
        }
        for [_, _, _, z, dual, change, weight] in memory.rows.iter_mut() {
            (*z, *dual, *change, *weight) = (T::ZERO, T::ZERO, T::ZERO, T::ZERO);
        }
        state.cost_scale = scaling::equilibrate(pattern, &mut memory, scaling_rounds);
        self.scale(true);
        self.scale(false);
        self.put_linear(data.q);
        self.put_bounds(data.lower, data.upper);
        self.weigh();
    }

    /// Scales the numbers of P, or of A.
    #[inline(never)]
    fn scale(&mut self, p: bool) {
        let (pattern, memory, state) = self.parts();
        state.factored.set(false);
        let cost = state.cost_scale;
        let Memory { values, variables, rows, .. } = memory;
        let mut of = if p { pattern.p_rows() } else { pattern.a_rows() };
        each(&mut of, values, &mut |row, columns, values| {
            let own = match rows.get(row) {
                Some([scale, ..]) if !p => *scale,
                _ => cost * scaling::scale_at(variables, row),
            };
            for (value, column) in values.iter_mut().zip(columns) {
                *value *= own * scaling::scale_at(variables, column.get());
            }
        });
    }

    #[inline(never)]
    fn put_linear(&mut self, q: &[T]) {
        let (_, memory, state) = self.parts();
        let cost = state.cost_scale;
        for ([scale, linear, ..], q) in memory.variables.iter_mut().zip(q) {
            *linear = *q * *scale * cost;
        }
    }

    /// Takes bounds over; whether a row became an equality or ceased to be one, or lost or got its only bound.
    #[inline(never)]
    fn put_bounds(&mut self, lower: &[T], upper: &[T]) -> bool {
        let kind = |lower: T, upper: T| (lower == upper, lower.is_finite() || upper.is_finite());
        let mut changed = false;
        for ([scale, to_lower, to_upper, ..], (lower, upper)) in
            self.parts().1.rows.iter_mut().zip(lower.iter().zip(upper))
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
    #[inline(never)]
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
    #[inline(never)]
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
        let (pattern, memory, _) = self.parts();
        put(&mut pattern.p_rows(), p, memory.values);
        self.scale(true);
        Ok(())
    }

    /// New values of A, in its pattern, with the scaling that was found for the first ones; the next step is a
    /// refactorisation. O(entries).
    ///
    /// # Errors
    /// `Length` or `NotFinite` of `Field::ConstraintValues`; nothing has changed then.
    pub fn update_a(&mut self, a: &[T]) -> Result<(), Error> {
        check_values(Field::ConstraintValues, self.pattern.a_entries(), a)?;
        let (pattern, memory, _) = self.parts();
        put(&mut pattern.a_rows(), a, memory.values);
        self.scale(false);
        Ok(())
    }

    /// Begins anew from the iterate that is there, after an update as a rule: iterations count from 0 again. O(1). rho
    /// stays where it was. After `Diverged` the iterate is no number: use [`warm_start`](Self::warm_start).
    #[inline(never)]
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
        let (pattern, memory, state) = self.parts();
        let cost = state.cost_scale;
        let Memory { values, variables, rows, .. } = memory;
        for ([scale, _, to, ..], x) in variables.iter_mut().zip(x) {
            *to = *x / *scale;
        }
        let mut of_rows = rows.iter_mut().zip(y);
        pattern.each_of_a(values, &mut |_, columns, values| {
            let Some(([scale, _, _, z, dual, _, weight], y)) = of_rows.next() else { return };
            *z = row_times(columns, values, (variables, Of::Iterate));
            let rho = penalty_of(columns.len(), *weight);
            *dual = if rho == T::ZERO { T::ZERO } else { *y / *scale * cost / rho };
        });
        self.restart();
        Ok(())
    }

    /// Writes x, in the units of the problem.
    ///
    /// # Errors
    /// `Length` of `Field::Output` unless there are n elements.
    #[inline(never)]
    pub fn primal(&self, into: &mut [T]) -> Result<(), Error> {
        error::exact(Field::Output, self.pattern.variables(), into.len())?;
        for (into, [scale, _, x, ..]) in into.iter_mut().zip(self.variables()) {
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
        let rows = self.pattern.a_rows().zip(self.rows());
        for (((columns, _), [scale, _, _, _, dual, _, weight]), into) in rows.zip(into) {
            *into = penalty_of(columns.len(), *weight) * *dual * *scale / cost;
        }
        Ok(())
    }
}

/// Copies stored entries to their places.
#[inline(never)]
fn put<T: Real, I: Index>(rows: &mut Rows<'_, I>, from: &[T], values: &mut [T]) {
    let mut from = from.iter();
    each(rows, values, &mut |_, columns, values| {
        // The column first: a `zip` that ends on it takes no entry too many.
        for ((_, value), from) in columns.iter().zip(values).zip(from.by_ref()) {
            *value = *from;
        }
    });
}
