//! Solving with a triangle that is stored row by row: the inner loops of every dense and banded factorisation.
//!
//! Inner products are subtracted term by term, columns ascending, and never fused: the same bits on every target, and for
//! the small systems of a microcontroller no slower than lanes.

use super::layout::Layout;
use crate::real::Real;

/// What the place of the diagonal element holds.
pub(super) trait Diagonal {
    /// The solution of a row whose other terms have been subtracted.
    fn divide<T: Real>(value: T, stored: T) -> T;
}

/// The reciprocal of the diagonal element: a row is multiplied by it.
pub(super) struct Reciprocal;

impl Diagonal for Reciprocal {
    #[inline]
    fn divide<T: Real>(value: T, stored: T) -> T {
        value * stored
    }
}

/// The diagonal element is 1; what lies in its place is not looked at.
pub(super) struct Unit;

impl Diagonal for Unit {
    #[inline]
    fn divide<T: Real>(value: T, _stored: T) -> T {
        value
    }
}

/// Solves L y = x in place for the rows and columns from `start` on, as many as x has elements; `visit` is handed each
/// element of y. `rows` is the memory from the first stored element of row `start` on.
///
/// Free of panics because it splits slices and never indexes them; where the dimension is a constant of the caller's, the
/// compiler unrolls it whole.
#[inline]
pub(super) fn forward<D: Diagonal, T: Real, L: Layout>(
    layout: L,
    start: usize,
    rows: &[T],
    x: &mut [T],
    mut visit: impl FnMut(T),
) {
    let mut rest = rows;
    for k in 0..x.len() {
        let row = start + k;
        // The row may reach further left than `start`, or begin to the right of it.
        let stored = row - layout.first(row);
        let terms = stored.min(k);
        let Some((elements, after)) = rest.split_at_checked(stored) else { return };
        let Some((known, [value, ..])) = x.split_at_mut_checked(k) else { return };
        let (Some(elements), Some(known)) = (elements.get(stored - terms..), known.get(k - terms..)) else { return };
        let sum = elements.iter().zip(known).fold(*value, |sum, (l, y)| sum - *l * *y);
        let [diagonal, after @ ..] = after else { return };
        *value = D::divide(sum, *diagonal);
        visit(*value);
        rest = after.get(layout.gap(row)..).unwrap_or(&[]);
    }
}

/// Solves L' y = x in place; `rows` is the memory of all rows.
#[inline]
pub(super) fn backward<D: Diagonal, T: Real, L: Layout>(layout: L, rows: &[T], x: &mut [T]) {
    let Some(last) = x.len().checked_sub(1) else { return };
    let Some(mut rest) = rows.get(..=layout.diagonal(last)) else { return };
    for row in (0..x.len()).rev() {
        let stored = row - layout.first(row);
        let [before @ .., diagonal] = rest else { return };
        let Some((before, elements)) = before.split_at_checked(before.len().wrapping_sub(stored)) else { return };
        let Some((unknown, [value, ..])) = x.split_at_mut_checked(row) else { return };
        let solved = D::divide(*value, *diagonal);
        *value = solved;
        for (y, l) in unknown.get_mut(row - stored..).unwrap_or(&mut []).iter_mut().zip(elements) {
            *y -= *l * solved;
        }
        let gap = layout.gap(row.saturating_sub(1));
        rest = before.get(..before.len().saturating_sub(gap)).unwrap_or(&[]);
    }
}

/// Memory split around one row of a factor in the making.
pub(super) struct Split<'a, T> {
    /// All above row i, from the first stored element of row `first(i)` on.
    pub(super) above: &'a [T],
    /// The columns `first(i)` to i - 1 of row i.
    pub(super) columns: &'a mut [T],
    /// Element (i, i).
    pub(super) diagonal: &'a mut T,
}

/// Splits `values` around row i. `None` never comes for i below n and memory of the layout's length.
#[inline]
pub(super) fn split<T, L: Layout>(layout: L, i: usize, values: &mut [T]) -> Option<Split<'_, T>> {
    let (first, diagonal) = (layout.first(i), layout.diagonal(i));
    let (done, rest) = values.split_at_mut_checked(diagonal.wrapping_sub(i - first))?;
    let (columns, rest) = rest.split_at_mut_checked(i - first)?;
    // Row 0 has nothing above it, not even padding.
    let above = done.get(layout.start(first)..).unwrap_or(&[]);
    Some(Split { above, columns, diagonal: rest.first_mut()? })
}
