//! A matrix as a flat vector of the elements that tell it, and what is done with one.

use super::measurement::{Factors, Shape};
use crate::real::Real;
use crate::vector;

/// A matrix S, rows of the lower triangle or full rows one after the other; stored elements off the diagonal of a symmetric
/// one count `off` times.
#[derive(Clone, Copy, Debug)]
pub struct Sums<'a, T> {
    shape: Shape,
    off: T,
    flat: &'a [T],
}

impl<'a, T: Real> Sums<'a, T> {
    /// A view of `flat`, of `shape.len()` elements.
    #[must_use]
    pub const fn new(shape: Shape, off: T, flat: &'a [T]) -> Self {
        Self { shape, off, flat }
    }

    /// Of the matrix.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.shape
    }

    /// y = S x.
    pub fn times(&self, x: &[T], y: &mut [T]) {
        let Shape::Rectangular { columns, .. } = self.shape else { return self.symmetric_times(x, y) };
        for (row, y) in self.flat.chunks_exact(columns.max(1)).zip(y) {
            *y = vector::dot(row, x);
        }
    }

    /// y = S' x.
    pub fn transposed_times(&self, x: &[T], y: &mut [T]) {
        let Shape::Rectangular { columns, .. } = self.shape else { return self.symmetric_times(x, y) };
        y.fill(T::ZERO);
        for (row, x) in self.flat.chunks_exact(columns.max(1)).zip(x) {
            vector::axpy(*x, row, y);
        }
    }

    fn symmetric_times(&self, x: &[T], y: &mut [T]) {
        y.fill(T::ZERO);
        let mut rest = self.flat;
        for row in 0..self.shape.rows() {
            let Some((stored, below)) = rest.split_at_checked(row + 1) else { return };
            rest = below;
            let Some((diagonal, left)) = stored.split_last() else { return };
            let (Some(before), Some(&here)) = (x.get(..row), x.get(row)) else { return };
            let sum = vector::dot(left, before);
            vector::axpy(self.off * here, left, y);
            if let Some(y) = y.get_mut(row) {
                *y += *diagonal * here + self.off * sum;
            }
        }
    }

    /// Frobenius norm.
    #[must_use]
    pub fn norm(&self) -> T {
        if !self.shape.is_symmetric() {
            return vector::norm(self.flat);
        }
        let all = vector::norm(self.flat);
        let mut rest = self.flat;
        let mut diagonal = T::ZERO;
        for row in 0..self.shape.rows() {
            let Some((stored, below)) = rest.split_at_checked(row + 1) else { break };
            rest = below;
            let last = stored.last().copied().unwrap_or(T::ZERO);
            diagonal += last * last;
        }
        let weight = T::TWO * self.off * self.off;
        (weight * (all * all - diagonal).max(T::ZERO) + diagonal).sqrt()
    }

    /// S R and, unless symmetric, S' L, column by column.
    pub fn products(&self, x: Factors<'_, T>, left: &mut [T], right: &mut [T]) {
        let (rows, columns) = (self.shape.rows().max(1), self.shape.columns().max(1));
        for (from, to) in x.right.chunks_exact(columns).zip(left.chunks_exact_mut(rows)) {
            self.times(from, to);
        }
        if self.shape.is_symmetric() {
            return;
        }
        for (from, to) in x.left.chunks_exact(rows).zip(right.chunks_exact_mut(columns)) {
            self.transposed_times(from, to);
        }
    }
}

/// The elements of X = L R' in the order of a flat vector, those off the diagonal of a symmetric X times `off`.
pub(super) fn expand<T: Real>(shape: Shape, off: T, x: Factors<'_, T>, flat: &mut [T]) {
    let (rows, columns) = (shape.rows().max(1), shape.columns().max(1));
    flat.fill(T::ZERO);
    for (left, right) in x.left.chunks_exact(rows).zip(x.right.chunks_exact(columns)) {
        let mut rest = &mut *flat;
        for (row, left) in left.iter().enumerate() {
            let width = if shape.is_symmetric() { row + 1 } else { columns };
            let Some((stored, below)) = rest.split_at_mut_checked(width) else { return };
            rest = below;
            vector::axpy(*left, right, stored);
        }
    }
    if !shape.is_symmetric() {
        return;
    }
    let mut rest = flat;
    for row in 0..rows {
        let Some((stored, below)) = rest.split_at_mut_checked(row + 1) else { return };
        rest = below;
        if let Some((_, left)) = stored.split_last_mut() {
            vector::scale(off, left);
        }
    }
}

/// One measurement whose coefficients lie in `row`: residual against `y`, and its sign times the row added to the sums.
#[inline]
pub(super) fn visit_row<T: Real>(row: &[T], x: &[T], y: T, sums: &mut [T]) -> T {
    let residual = vector::dot(row, x) - y;
    if residual < T::ZERO {
        for (sum, a) in sums.iter_mut().zip(row) {
            *sum -= *a;
        }
    } else {
        for (sum, a) in sums.iter_mut().zip(row) {
            *sum += *a;
        }
    }
    residual
}
