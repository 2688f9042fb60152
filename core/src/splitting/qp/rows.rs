//! The rows of P or A, one after the other, for all that is no part of an iteration.

use core::ops::Range;

use crate::matrix::Index;

/// What is done with a row: its number, columns and values.
pub(super) type Visit<'v, 'a, I, T> = &'v mut (dyn FnMut(usize, &'a [I], &mut [T]) + 'v);

/// Goes over the rows of P or A: columns, and where their numbers are.
#[derive(Clone, Debug)]
pub(super) struct Rows<'a, I> {
    ends: core::slice::Iter<'a, I>,
    columns: &'a [I],
    start: usize,
    /// Where the number of the next row are.
    place: usize,
    /// Where the number of the next bound row is.
    bound: usize,
    /// Entries of a bound row; in P there is none.
    bound_entries: usize,
}

impl<'a, I> Rows<'a, I> {
    /// Rows with these ends and columns; the numbers begin at `place`, those of bound rows, if there are any, at `bound`.
    #[inline]
    pub(super) fn new(ends: &'a [I], columns: &'a [I], place: usize, bound: Option<usize>) -> Self {
        let (bound, bound_entries) = bound.map_or((0, usize::MAX), |bound| (bound, 1));
        Self { ends: ends.iter(), columns, start: 0, place, bound, bound_entries }
    }
}

impl<'a, I: Index> Iterator for Rows<'a, I> {
    type Item = (&'a [I], Range<usize>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let end = self.ends.next()?.get();
        let columns = self.columns.get(self.start..end)?;
        self.start = end;
        let (place, width) = if columns.len() == self.bound_entries {
            (&mut self.bound, 1)
        } else {
            (&mut self.place, columns.len() + 1)
        };
        let first = *place;
        *place += width;
        Some((columns, first..first + width))
    }
}

#[inline(never)]
pub(super) fn each<'a, T, I: Index>(rows: &mut Rows<'a, I>, values: &mut [T], visit: Visit<'_, 'a, I, T>) {
    for (row, (columns, range)) in rows.enumerate() {
        let Some(values) = values.get_mut(range) else { return };
        visit(row, columns, values);
    }
}
