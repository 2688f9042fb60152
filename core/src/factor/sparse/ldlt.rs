//! P A P' = L D L' for sparse symmetric A, with the symbolic part given: values may change, the pattern may not.
//!
//! Row by row (up-looking, as in T. A. Davis, Algorithm 849: A concise sparse Cholesky factorization package, ACM TOMS 31
//! (2005), 587-591), but the structure of L comes as data: no tree is climbed, no index is computed, and every step is an
//! element of L that is there. As with the [dense](crate::factor::Ldlt) one there is no pivoting: right for positive definite and
//! quasi-definite A, in every order of elimination.

use super::symbolic::Symbolic;
use crate::error::{self, Error, Field};
use crate::factor::ldlt::is_pivot;
use crate::matrix::Index;
use crate::real::Real;

/// A factored sparse matrix.
///
/// A numeric factorisation takes [`Symbolic::multiplications`] multiplications and n divisions, a solve 2 fill + n
/// multiplications.
#[derive(Debug)]
pub struct SparseLdlt<'a, T, I> {
    symbolic: Symbolic<'a, I>,
    /// Below the diagonal, by columns.
    pub(super) factor: &'a mut [T],
    /// 1 / D.
    pub(super) reciprocals: &'a mut [T],
    /// The row being eliminated, or the solution in the order of elimination.
    pub(super) row: &'a mut [T],
    outcome: Result<usize, Error>,
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
        let (factor, rest) = workspace.split_at_mut_checked(fill).unwrap_or((&mut [], &mut []));
        let (reciprocals, rest) = rest.split_at_mut_checked(n).unwrap_or((&mut [], &mut []));
        let row = rest.get_mut(..n).unwrap_or(&mut []);
        let outcome = positive.ok_or(Error::Uninitialised { field: Field::Matrix });
        Ok(Self { symbolic, factor, reciprocals, row, outcome })
    }

    /// Factors A anew after its values have changed.
    ///
    /// # Errors
    /// As [`factor`](Self::factor). After `Length` the old factor stands; after `Pivot` there is none, and
    /// [`solve`](Self::solve) says so until a later call succeeds.
    pub fn refactor(&mut self, values: &[T]) -> Result<(), Error> {
        error::exact(Field::Values, self.symbolic.values_len(), values.len())?;
        self.outcome = self.eliminate(values);
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
        let Self { symbolic, factor, reciprocals, row: y, .. } = self;
        for (y, place) in y.iter_mut().zip(symbolic.order) {
            *y = x.get(place.get()).copied().unwrap_or(T::ZERO);
        }
        for k in 0..y.len() {
            let known = y.get(k).copied().unwrap_or(T::ZERO);
            let range = symbolic.factor.range(k);
            let elements = factor.get(range.clone()).unwrap_or(&[]);
            for (row, l) in symbolic.factor.items(range).iter().zip(elements) {
                if let Some(y) = y.get_mut(row.get()) {
                    *y -= *l * known;
                }
            }
        }
        for k in (0..y.len()).rev() {
            let reciprocal = reciprocals.get(k).copied().unwrap_or(T::ZERO);
            let range = symbolic.factor.range(k);
            let elements = factor.get(range.clone()).unwrap_or(&[]);
            let mut sum = y.get(k).copied().unwrap_or(T::ZERO) * reciprocal;
            for (row, l) in symbolic.factor.items(range).iter().zip(elements) {
                sum -= *l * y.get(row.get()).copied().unwrap_or(T::ZERO);
            }
            if let Some(y) = y.get_mut(k) {
                *y = sum;
            }
        }
        for (y, place) in y.iter().zip(symbolic.order) {
            if let Some(x) = x.get_mut(place.get()) {
                *x = *y;
            }
        }
        Ok(())
    }

    /// The number of positive pivots.
    fn eliminate(&mut self, values: &[T]) -> Result<usize, Error> {
        let Self { symbolic, factor, reciprocals, row: y, .. } = self;
        let mut positive = 0;
        y.fill(T::ZERO);
        for (k, name) in symbolic.order.iter().enumerate() {
            for (column, source) in symbolic.row(k) {
                if let (Some(y), Some(value)) = (y.get_mut(column), values.get(source)) {
                    *y += *value;
                }
            }
            let mut pivot = take(y, k);
            for (column, place) in symbolic.pattern(k) {
                let value = take(y, column);
                // The column down to the row before this one; its elements are final.
                let range = symbolic.factor.range(column).start..place;
                let elements = factor.get(range.clone()).unwrap_or(&[]);
                for (row, l) in symbolic.factor.items(range).iter().zip(elements) {
                    if let Some(y) = y.get_mut(row.get()) {
                        *y -= *l * value;
                    }
                }
                let l = value * reciprocals.get(column).copied().unwrap_or(T::ZERO);
                pivot -= value * l;
                if let Some(element) = factor.get_mut(place) {
                    *element = l;
                }
            }
            let reciprocal = T::ONE / pivot;
            if !(is_pivot(pivot) && is_pivot(reciprocal)) {
                return Err(Error::Pivot { row: name.get() });
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
