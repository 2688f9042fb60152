//! P A P' = L D L' for sparse symmetric A, with the symbolic part given: values may change, the pattern may not.
//!
//! Row by row (up-looking, as in T. A. Davis, Algorithm 849: A concise sparse Cholesky factorization package, ACM TOMS 31
//! (2005), 587-591), but the structure of L comes as data: no tree is climbed, no index is computed, and every step is an
//! element of L that is there. As with the [dense](crate::factor::Ldlt) one there is no pivoting: right for positive definite and
//! quasi-definite A, in every order of elimination.

use super::symbolic::{Parts, Symbolic, take as split};
use super::{vfp, vfp_eliminate};
use crate::error::{self, Error, Field};
use crate::factor::ldlt::is_pivot;
use crate::matrix::Index;
use crate::real::Real;
use crate::vector;

/// A factored sparse matrix.
///
/// A numeric factorisation takes [`Symbolic::multiplications`] multiplications and n divisions, a solve 2 fill + n
/// multiplications.
#[derive(Debug)]
pub struct SparseLdlt<'a, T, I> {
    symbolic: Symbolic<'a, I>,
    pub(super) numbers: Numbers<'a, T>,
    outcome: Result<usize, Error>,
}

/// The numbers of a factorisation: a block of [`SparseLdlt::workspace_len`] elements.
#[derive(Debug)]
pub(crate) struct Numbers<'a, T>(pub(crate) &'a mut [T]);

/// The parts of the block, in their order.
#[derive(Debug)]
pub(super) struct Divided<'a, T> {
    /// Below the diagonal, by columns.
    pub(super) factor: &'a mut [T],
    /// 1 / D.
    pub(super) reciprocals: &'a mut [T],
    /// The row being eliminated, or the solution in the order of elimination.
    pub(super) row: &'a mut [T],
}

impl<'a, T: Real, I: Index> SparseLdlt<'a, T, I> {
    /// Elements of workspace: fill + 2 n.
    #[must_use]
    pub const fn workspace_len(n: usize, fill: usize) -> usize {
        fill.saturating_add(n.saturating_mul(2))
    }

    /// Factors A with these values, in the order in which its pattern was stored.
    ///
    /// # Errors
    /// `Length` of `Field::Values` unless there are [`Symbolic::values_len`] of them, of `Field::Workspace` if that is
    /// short; nothing is written then. `Pivot` with the row of A whose pivot is zero, not finite, or so small that its
    /// reciprocal overflows.
    pub fn factor(symbolic: Symbolic<'a, I>, values: &[T], workspace: &'a mut [T]) -> Result<Self, Error> {
        error::exact(Field::Values, symbolic.values_len(), values.len())?;
        let mut this = Self::resume(symbolic, workspace, None)?;
        this.refactor(values)?;
        Ok(this)
    }

    /// Takes up a factorisation left in `workspace`, with its number of [positive pivots](Self::positive_pivots); or, with
    /// `None`, one still to be made by [`refactor`](Self::refactor). O(1). In memory that does not hold the factor of this
    /// symbolic part a solve gives wrong numbers, no worse.
    ///
    /// # Errors
    /// `Length` of `Field::Workspace` if that is short.
    pub fn resume(symbolic: Symbolic<'a, I>, workspace: &'a mut [T], positive: Option<usize>) -> Result<Self, Error> {
        let (n, fill) = (symbolic.dim(), symbolic.fill());
        error::at_least(Field::Workspace, Self::workspace_len(n, fill), workspace.len())?;
        let outcome = positive.ok_or(Error::Uninitialised { field: Field::Matrix });
        Ok(Self { symbolic, numbers: Numbers(workspace), outcome })
    }

    /// Factors A anew after its values have changed.
    ///
    /// # Errors
    /// As [`factor`](Self::factor). After `Length` the old factor stands; after `Pivot` there is none, and
    /// [`solve`](Self::solve) says so until a later call succeeds.
    pub fn refactor(&mut self, values: &[T]) -> Result<(), Error> {
        error::exact(Field::Values, self.symbolic.values_len(), values.len())?;
        self.outcome = self.numbers.eliminate(&self.symbolic, values).map_err(|row| Error::Pivot { row });
        self.outcome.map(|_| ())
    }

    /// Dimension n.
    #[must_use]
    pub const fn dim(&self) -> usize {
        self.symbolic.dim()
    }

    /// The symbolic part.
    #[must_use]
    pub const fn symbolic(&self) -> Symbolic<'a, I> {
        self.symbolic
    }

    /// Positive elements of D, which is the number of positive eigenvalues of A (Sylvester's law of inertia); 0 if the last
    /// factorisation failed.
    #[must_use]
    pub fn positive_pivots(&self) -> usize {
        self.outcome.unwrap_or(0)
    }

    /// Solves A x = b in place, rows in the order of A: b in, x out.
    ///
    /// # Errors
    /// `Length` of `Field::RightHandSide` unless `x` has exactly n elements, `Uninitialised` or `Pivot` if there was
    /// no factorisation or it failed; `x` is untouched then.
    pub fn solve(&mut self, x: &mut [T]) -> Result<(), Error> {
        error::exact(Field::RightHandSide, self.dim(), x.len())?;
        self.outcome?;
        self.numbers.substitute(&self.symbolic, x);
        Ok(())
    }
}

impl<'a, T: Real> Numbers<'a, T> {
    pub(super) fn divide<I: Index>(&mut self, symbolic: &Symbolic<'_, I>) -> Divided<'_, T> {
        let rest = &mut &mut *self.0;
        let [factor, reciprocals, row] =
            [symbolic.fill(), symbolic.dim(), symbolic.dim()].map(|len| vector::take(rest, len));
        Divided { factor, reciprocals, row }
    }

    /// [`SparseLdlt::solve`] without a look at what it is given: from another length or no factor come wrong numbers.
    ///
    /// Where a piece of the structure is missing, which a checked one has, all ends: cheaper than going on without it.
    #[inline(never)]
    pub(crate) fn substitute<I: Index>(&mut self, symbolic: &Symbolic<'_, I>, x: &mut [T]) {
        if vfp::substitute(symbolic, self.0, x) {
            return;
        }
        let Parts { order, factor: structure, .. } = symbolic.parts();
        let Divided { factor, reciprocals, row: y } = self.divide(symbolic);
        for (y, place) in y.iter_mut().zip(order) {
            *y = x.get(place.get()).copied().unwrap_or(T::ZERO);
        }
        let (mut rows, mut elements) = (structure.items, &*factor);
        let mut start = 0;
        for (k, end) in structure.ends().iter().enumerate() {
            let len = end.get().wrapping_sub(start);
            start = end.get();
            let Some(known) = y.get(k).copied() else { return };
            let (Some((own_rows, more_rows)), Some((own, more))) =
                (rows.split_at_checked(len), elements.split_at_checked(len))
            else {
                return;
            };
            (rows, elements) = (more_rows, more);
            for (row, l) in own_rows.iter().zip(own) {
                if let Some(y) = y.get_mut(row.get()) {
                    *y -= *l * known;
                }
            }
        }
        let (mut rows, mut elements) = (structure.items, &*factor);
        for k in (0..y.len()).rev() {
            let (Some(start), Some(reciprocal)) = (structure.starts.get(k), reciprocals.get(k)) else { return };
            let start = start.get();
            let (Some((fewer_rows, own_rows)), Some((fewer, own))) =
                (rows.split_at_checked(start), elements.split_at_checked(start))
            else {
                return;
            };
            (rows, elements) = (fewer_rows, fewer);
            let Some(known) = y.get(k) else { return };
            let mut sum = *known * *reciprocal;
            for (row, l) in own_rows.iter().zip(own) {
                sum -= *l * y.get(row.get()).copied().unwrap_or(T::ZERO);
            }
            if let Some(y) = y.get_mut(k) {
                *y = sum;
            }
        }
        for (y, place) in y.iter().zip(order) {
            if let Some(x) = x.get_mut(place.get()) {
                *x = *y;
            }
        }
    }

    /// The number of positive pivots; in `Err` the row whose pivot is none.
    #[inline(never)]
    pub(crate) fn eliminate<I: Index>(&mut self, symbolic: &Symbolic<'_, I>, values: &[T]) -> Result<usize, usize> {
        if let Some(outcome) = vfp_eliminate::factored(symbolic, values, self.0) {
            return outcome;
        }
        let Parts { order, rows, mut sources, factor: structure, pattern, mut places, .. } = symbolic.parts();
        let Divided { factor, reciprocals, row: y } = self.divide(symbolic);
        y.fill(T::ZERO);
        let (mut columns, mut own_columns) = (rows.items, pattern.items);
        let (mut start, mut own_start) = (0, 0);
        let mut positive = 0;
        let ends = rows.ends().iter().zip(pattern.ends());
        for ((k, name), (end, own_end)) in order.iter().enumerate().zip(ends) {
            let failed = Err(name.get());
            let len = end.get().wrapping_sub(start);
            let own_len = own_end.get().wrapping_sub(own_start);
            (start, own_start) = (end.get(), own_end.get());
            let entries = split(&mut columns, len).iter().zip(split(&mut sources, len));
            for (column, source) in entries {
                if let (Some(y), Some(value)) = (y.get_mut(column.get()), values.get(source.get())) {
                    *y += *value;
                }
            }
            let mut pivot = take(y, k);
            for (column, place) in split(&mut own_columns, own_len).iter().zip(split(&mut places, own_len)) {
                let (column, place) = (column.get(), place.get());
                let value = take(y, column);
                // The column down to the row before this one; its elements are final.
                let Some(first) = structure.starts.get(column) else { return failed };
                let range = first.get()..place;
                let (Some(rows), Some(elements)) = (structure.items.get(range.clone()), factor.get(range)) else {
                    return failed;
                };
                for (row, l) in rows.iter().zip(elements) {
                    if let Some(y) = y.get_mut(row.get()) {
                        *y -= *l * value;
                    }
                }
                let Some(reciprocal) = reciprocals.get(column) else { return failed };
                let l = value * *reciprocal;
                pivot -= value * l;
                if let Some(element) = factor.get_mut(place) {
                    *element = l;
                }
            }
            let reciprocal = T::ONE / pivot;
            if !(is_pivot(pivot) && is_pivot(reciprocal)) {
                return failed;
            }
            if let Some(place) = reciprocals.get_mut(k) {
                *place = reciprocal;
            }
            positive += usize::from(pivot > T::ZERO);
        }
        Ok(positive)
    }
}

/// The element, which becomes 0.
#[inline]
fn take<T: Real>(values: &mut [T], index: usize) -> T {
    values.get_mut(index).map_or(T::ZERO, |value| core::mem::replace(value, T::ZERO))
}
