//! The pattern of a sparse symmetric matrix, as the caller has it.

use crate::error::{self, Error, Field};
use crate::matrix::Index;

/// The pattern of a symmetric matrix of dimension n, by rows: n + 1 row starts and the columns of the stored entries.
///
/// Entries right of the diagonal are passed over, so that both the lower triangle alone and the whole matrix will do (and
/// the upper triangle by columns, which is the same as the lower by rows). Columns may come in any order; entries stored
/// twice are added up; a diagonal entry may be missing, and counts as 0.
#[derive(Clone, Copy, Debug)]
pub struct Pattern<'a, I> {
    row_starts: &'a [I],
    columns: &'a [I],
}

impl<'a, I: Index> Pattern<'a, I> {
    /// Checks the pattern. O(entries).
    ///
    /// # Errors
    /// `Length` of `Field::RowPointers` if there is no row start, and of `Field::Columns` if the last one is not the number
    /// of columns; `Unordered` of `Field::RowPointers` with the first start that does not ascend from 0; `OutOfRange` of
    /// `Field::Columns` with the first column that is n or more.
    pub fn new(row_starts: &'a [I], columns: &'a [I]) -> Result<Self, Error> {
        let (Some(first), Some(last)) = (row_starts.first(), row_starts.last()) else {
            return Err(Error::Length { field: Field::RowPointers, need: 1, got: 0 });
        };
        let n = row_starts.len() - 1;
        if first.get() != 0 {
            return Err(Error::Unordered { field: Field::RowPointers, index: 0 });
        }
        if let Some(index) = row_starts.iter().zip(row_starts.iter().skip(1)).position(|(start, end)| end < start) {
            return Err(Error::Unordered { field: Field::RowPointers, index: index + 1 });
        }
        error::exact(Field::Columns, last.get(), columns.len())?;
        match columns.iter().position(|column| column.get() >= n) {
            Some(index) => Err(Error::OutOfRange { field: Field::Columns, index }),
            None => Ok(Self { row_starts, columns }),
        }
    }

    /// Dimension n.
    #[must_use]
    pub const fn dim(&self) -> usize {
        self.row_starts.len().saturating_sub(1)
    }

    /// Stored entries, those that are passed over included.
    #[must_use]
    pub const fn stored(&self) -> usize {
        self.columns.len()
    }

    /// Row, column and place of every entry that is read.
    pub(super) fn entries(&self) -> impl Iterator<Item = (usize, usize, usize)> + use<'a, I> {
        let columns = self.columns;
        let ranges = self.row_starts.iter().zip(self.row_starts.iter().skip(1)).enumerate();
        ranges.flat_map(move |(row, (start, end))| {
            let range = start.get()..end.get();
            let places = range.clone();
            let columns = columns.get(range).unwrap_or(&[]).iter().map(|column| column.get());
            columns.zip(places).filter(move |(column, _)| *column <= row).map(move |(column, at)| (row, column, at))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn entries_right_of_the_diagonal_are_passed_over() {
        let pattern = Pattern::new(&[0_u16, 2, 2, 5], &[0, 2, 2, 0, 2]).unwrap();
        assert_eq!((pattern.dim(), pattern.stored()), (3, 5));
        assert_eq!(pattern.entries().collect::<Vec<_>>(), [(0, 0, 0), (2, 2, 2), (2, 0, 3), (2, 2, 4)]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refused = |starts: &[u32], columns: &[u32]| Pattern::new(starts, columns).err();
        let short = |field, need, got| Some(Error::Length { field, need, got });
        assert_eq!(refused(&[], &[]), short(Field::RowPointers, 1, 0));
        assert_eq!(refused(&[0], &[]), None);
        assert_eq!(refused(&[1, 1], &[0]), Some(Error::Unordered { field: Field::RowPointers, index: 0 }));
        assert_eq!(refused(&[0, 2, 1], &[0]), Some(Error::Unordered { field: Field::RowPointers, index: 2 }));
        assert_eq!(refused(&[0, 1, 2], &[0]), short(Field::Columns, 2, 1));
        assert_eq!(refused(&[0, 1, 2], &[0, 2]), Some(Error::OutOfRange { field: Field::Columns, index: 1 }));
    }
}
