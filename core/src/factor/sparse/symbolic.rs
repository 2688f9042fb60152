//! The symbolic part of a sparse L D L': which elements of L there are, where A's values go, in which order. Numbers of A
//! play no part, so it is made once for a pattern, on the host if that suits, and kept as data.
//!
//! One slice of indices holds it all, ready to be one section of a [container](crate::container) of kind
//! `SymbolicFactor`. With e entries of A in the lower triangle and f elements of L below the diagonal ("fill"):
//!
//! | part | elements | contents |
//! |---|---|---|
//! | header | 4 | n, stored values of A, e, f |
//! | order | n | row of A eliminated as the k-th |
//! | inverse | n | when row i of A is eliminated |
//! | row starts | n + 1 | where the entries of the k-th row begin |
//! | columns | e | column of each entry, counted in the order of elimination, at most k |
//! | sources | e | which stored value of A the entry is |
//! | factor starts | n + 1 | where column j of L begins |
//! | factor rows | f | rows of L, ascending in each column |
//! | pattern starts | n + 1 | where row k of L begins |
//! | pattern columns | f | columns of L, ascending in each row |
//! | pattern places | f | where that element stands in its column |
//!
//! The first factor row of a column is its parent in the elimination tree (J. W. H. Liu, The role of elimination trees in
//! sparse factorization, SIAM J. Matrix Anal. Appl. 11 (1990), 134-172).

use core::ops::Range;

use crate::error::{self, Error, Field};
use crate::matrix::Index;

/// Numbers in the header.
pub(super) const HEADER: usize = 4;

/// A checked symbolic factorisation over a slice of indices.
#[derive(Clone, Copy, Debug)]
pub struct Symbolic<'a, I> {
    values: usize,
    pub(super) order: &'a [I],
    rows: Lists<'a, I>,
    sources: &'a [I],
    pub(super) factor: Lists<'a, I>,
    pattern: Lists<'a, I>,
    places: &'a [I],
}

/// Lists of indices, one behind the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lists<'a, I> {
    starts: &'a [I],
    items: &'a [I],
}

impl<'a, I: Index> Lists<'a, I> {
    /// Where a list lies; empty if there is no such list.
    #[inline]
    pub(super) fn range(&self, list: usize) -> Range<usize> {
        match (self.starts.get(list), self.starts.get(list.wrapping_add(1))) {
            (Some(start), Some(end)) => start.get()..end.get(),
            _ => 0..0,
        }
    }

    /// The items in a range.
    #[inline]
    pub(super) fn items(&self, range: Range<usize>) -> &'a [I] {
        self.items.get(range).unwrap_or(&[])
    }

    /// The index of the first start that does not ascend from 0 to the number of items.
    fn first_wrong_start(&self) -> Option<usize> {
        let mut before = 0;
        for (index, start) in self.starts.iter().enumerate() {
            let last = index + 1 == self.starts.len();
            let wrong = start.get() < before || (index == 0 && start.get() != 0);
            if wrong || start.get() > self.items.len() || (last && start.get() != self.items.len()) {
                return Some(index);
            }
            before = start.get();
        }
        None
    }
}

impl<'a, I: Index> Symbolic<'a, I> {
    /// Indices that a symbolic part takes: 5 n + 7 + 2 entries + 3 fill, or `usize::MAX` if that overflows.
    #[must_use]
    pub const fn data_len(n: usize, entries: usize, fill: usize) -> usize {
        n.saturating_mul(5)
            .saturating_add(HEADER + 3)
            .saturating_add(entries.saturating_mul(2))
            .saturating_add(fill.saturating_mul(3))
    }

    /// Takes up what [`analyse`](super::analyse) wrote, and checks all of it, the structure of L included: a factorisation
    /// after this can fail on nothing but a pivot. O(length x log of the longest column).
    ///
    /// # Errors
    /// `Length` of `Field::Symbolic` if the data is not as long as its header says, `Corrupt` of `Field::Symbolic` with the
    /// index in `data` of the first element that cannot be.
    pub fn new(data: &'a [I]) -> Result<Self, Error> {
        let (symbolic, inverse) = Self::divide(data)?;
        symbolic.check(inverse)?;
        Ok(symbolic)
    }

    /// Takes up what an earlier `new` accepted and that has not changed since. Only the length is checked: O(1). Data that
    /// did change gives wrong numbers, never an access out of bounds.
    ///
    /// # Errors
    /// `Length` of `Field::Symbolic` if the data is not as long as its header says.
    pub fn trusted(data: &'a [I]) -> Result<Self, Error> {
        Self::divide(data).map(|(symbolic, _)| symbolic)
    }

    /// The parts, unchecked, and the inverse of the order.
    fn divide(data: &'a [I]) -> Result<(Self, &'a [I]), Error> {
        let [n, values, entries, fill, rest @ ..] = data else {
            return Err(Error::Length { field: Field::Symbolic, need: HEADER, got: data.len() });
        };
        let (n, values, entries, fill) = (n.get(), values.get(), entries.get(), fill.get());
        let need = Self::data_len(n, entries, fill);
        error::exact(Field::Symbolic, need, data.len())?;
        let mut rest = rest;
        let mut part = |len: usize| {
            let (part, after) = rest.split_at_checked(len).unwrap_or((&[], &[]));
            rest = after;
            part
        };
        let (order, inverse) = (part(n), part(n));
        let rows = Lists { starts: part(n + 1), items: part(entries) };
        let sources = part(entries);
        let factor = Lists { starts: part(n + 1), items: part(fill) };
        let pattern = Lists { starts: part(n + 1), items: part(fill) };
        Ok((Self { values, order, rows, sources, factor, pattern, places: part(fill) }, inverse))
    }

    /// Dimension n.
    #[must_use]
    pub const fn dim(&self) -> usize {
        self.order.len()
    }

    /// Stored values of A, those above the diagonal included.
    #[must_use]
    pub const fn values_len(&self) -> usize {
        self.values
    }

    /// Entries of A that are read.
    #[must_use]
    pub const fn entries(&self) -> usize {
        self.sources.len()
    }

    /// Elements of L below the diagonal.
    #[must_use]
    pub const fn fill(&self) -> usize {
        self.places.len()
    }

    /// The parent of column j in the elimination tree, `None` for a root; both counted in the order of elimination.
    #[must_use]
    pub fn parent(&self, column: usize) -> Option<usize> {
        self.factor.items(self.factor.range(column)).first().map(|row| row.get())
    }

    /// Elements of L below the diagonal in column j, counted in the order of elimination.
    #[must_use]
    pub fn column_count(&self, column: usize) -> usize {
        self.factor.range(column).len()
    }

    /// Multiplications of a numeric factorisation: the sum of c (c + 3) / 2 over the column counts c. It takes as many
    /// additions less the fill, and n divisions.
    #[must_use]
    pub fn multiplications(&self) -> usize {
        (0..self.dim()).map(|column| self.column_count(column)).map(|count| count * (count + 3) / 2).sum()
    }

    /// Column and index of the stored value of each entry of the k-th row of A.
    #[inline]
    pub(super) fn row(&self, k: usize) -> impl Iterator<Item = (usize, usize)> + use<'a, I> {
        let range = self.rows.range(k);
        let sources = self.sources.get(range.clone()).unwrap_or(&[]);
        self.rows.items(range).iter().zip(sources).map(|(column, source)| (column.get(), source.get()))
    }

    /// Column and place of each element of row k of L, columns ascending.
    #[inline]
    pub(super) fn pattern(&self, k: usize) -> impl Iterator<Item = (usize, usize)> + use<'a, I> {
        let range = self.pattern.range(k);
        let places = self.places.get(range.clone()).unwrap_or(&[]);
        self.pattern.items(range).iter().zip(places).map(|(column, place)| (column.get(), place.get()))
    }

    fn check(&self, inverse: &[I]) -> Result<(), Error> {
        let (n, entries, fill) = (self.dim(), self.entries(), self.fill());
        let corrupt = |index| Error::Corrupt { field: Field::Symbolic, index };
        // Where the parts begin, to name the element that is wrong.
        let rows_at = HEADER + 2 * n;
        let factor_at = rows_at + n + 1 + 2 * entries;
        let pattern_at = factor_at + n + 1 + fill;

        let order = self.order.iter().enumerate();
        if let Some((k, _)) = order.clone().find(|(k, row)| inverse.get(row.get()).is_none_or(|i| i.get() != *k)) {
            return Err(corrupt(HEADER + k));
        }
        for (lists, at) in [(&self.rows, rows_at), (&self.factor, factor_at), (&self.pattern, pattern_at)] {
            if let Some(index) = lists.first_wrong_start() {
                return Err(corrupt(at + index));
            }
        }
        if let Some(index) = self.sources.iter().position(|source| source.get() >= self.values) {
            return Err(corrupt(rows_at + n + 1 + entries + index));
        }
        for k in 0..n {
            self.check_column(k).map_err(|index| corrupt(factor_at + n + 1 + index))?;
            self.check_pattern(k).map_err(|index| corrupt(pattern_at + n + 1 + index))?;
            let known = |column: usize| column == k || (column < k && self.has(k, column));
            if let Some(index) = self.row(k).position(|(column, _)| !known(column)) {
                return Err(corrupt(rows_at + n + 1 + self.rows.range(k).start + index));
            }
        }
        Ok(())
    }

    /// Whether L has an element (row, column).
    fn has(&self, row: usize, column: usize) -> bool {
        self.factor.items(self.factor.range(column)).binary_search_by(|probe| probe.get().cmp(&row)).is_ok()
    }

    /// Rows ascend strictly from below the diagonal, and but for the first, the parent, stand in the column of the parent
    /// too: so no update falls outside the structure.
    fn check_column(&self, column: usize) -> Result<(), usize> {
        let range = self.factor.range(column);
        let parent = self.parent(column).unwrap_or(0);
        let mut before = column;
        for (row, index) in self.factor.items(range.clone()).iter().zip(range.clone()) {
            let row = row.get();
            if row <= before || row >= self.dim() || (index > range.start && !self.has(row, parent)) {
                return Err(index);
            }
            before = row;
        }
        Ok(())
    }

    /// Columns ascend strictly to the left of the diagonal, and each place holds this row in that column.
    fn check_pattern(&self, row: usize) -> Result<(), usize> {
        let mut least = 0;
        for ((column, place), index) in self.pattern(row).zip(self.pattern.range(row)) {
            let holds = self.factor.items.get(place).is_some_and(|stored| stored.get() == row);
            if column < least || column >= row || !self.factor.range(column).contains(&place) || !holds {
                return Err(index);
            }
            least = column + 1;
        }
        Ok(())
    }
}
