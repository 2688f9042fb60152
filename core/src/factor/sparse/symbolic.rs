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
    n: usize,
    values: usize,
    entries: usize,
    fill: usize,
    /// All parts but the header.
    data: &'a [I],
}

/// The parts as slices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'a, I> {
    pub(super) order: &'a [I],
    inverse: &'a [I],
    /// Columns of the entries of A.
    pub(super) rows: Lists<'a, I>,
    pub(super) sources: &'a [I],
    /// Rows of L by columns.
    pub(super) factor: Lists<'a, I>,
    /// Columns of L by rows.
    pub(super) pattern: Lists<'a, I>,
    pub(super) places: &'a [I],
}

/// Lists of indices, one behind the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lists<'a, I> {
    pub(super) starts: &'a [I],
    pub(super) items: &'a [I],
}

impl<'a, I: Index> Lists<'a, I> {
    /// Where each list ends, which is where the next begins.
    #[inline]
    pub(super) fn ends(&self) -> &'a [I] {
        self.starts.get(1..).unwrap_or(&[])
    }

    /// Where a list lies; empty if there is no such list.
    #[inline(never)]
    fn range(&self, list: usize) -> Range<usize> {
        match (self.starts.get(list), self.starts.get(list.wrapping_add(1))) {
            (Some(start), Some(end)) => start.get()..end.get(),
            _ => 0..0,
        }
    }

    /// A list, and the index of its first item.
    pub(super) fn list(&self, list: usize) -> (&'a [I], usize) {
        let range = self.range(list);
        let first = range.start;
        (self.items.get(range).unwrap_or(&[]), first)
    }

    /// The index of the first start that does not ascend from 0 to the number of items.
    #[inline(never)]
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

/// The next `len` indices of the rest; none if there are fewer.
#[inline(never)]
pub(super) fn take<'a, I>(rest: &mut &'a [I], len: usize) -> &'a [I] {
    let (part, after) = rest.split_at_checked(len).unwrap_or((&[], &[]));
    *rest = after;
    part
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
        let symbolic = Self::trusted(data)?;
        match symbolic.parts().first_wrong(symbolic.values) {
            Some(index) => Err(Error::Corrupt { field: Field::Symbolic, index: HEADER + index }),
            None => Ok(symbolic),
        }
    }

    /// Takes up what an earlier `new` accepted and that has not changed since. Only the length is checked: O(1). Data that
    /// did change gives wrong numbers, never an access out of bounds.
    ///
    /// # Errors
    /// `Length` of `Field::Symbolic` if the data is not as long as its header says.
    #[inline]
    pub fn trusted(data: &'a [I]) -> Result<Self, Error> {
        let [n, values, entries, fill, rest @ ..] = data else {
            return Err(Error::Length { field: Field::Symbolic, need: HEADER, got: data.len() });
        };
        let (n, values, entries, fill) = (n.get(), values.get(), entries.get(), fill.get());
        error::exact(Field::Symbolic, Self::data_len(n, entries, fill), data.len())?;
        Ok(Self { n, values, entries, fill, data: rest })
    }

    #[inline(never)]
    pub(super) fn parts(&self) -> Parts<'a, I> {
        let Self { n, entries, fill, data, .. } = *self;
        let rest = &mut { data };
        let lens = [n, n, n + 1, entries, entries, n + 1, fill, n + 1, fill, fill];
        let parts = lens.map(|len| take(rest, len));
        let [order, inverse, rows, columns, sources, factor, factor_rows, pattern, pattern_columns, places] = parts;
        let rows = Lists { starts: rows, items: columns };
        let factor = Lists { starts: factor, items: factor_rows };
        let pattern = Lists { starts: pattern, items: pattern_columns };
        Parts { order, inverse, rows, sources, factor, pattern, places }
    }

    /// All parts behind the header, of the lengths and in the order of the table above, which the constructors saw to.
    #[cfg_attr(
        not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))),
        allow(dead_code, reason = "for passes in assembly")
    )]
    pub(super) const fn parts_in_a_row(&self) -> &'a [I] {
        self.data
    }

    /// Dimension n.
    #[must_use]
    pub const fn dim(&self) -> usize {
        self.n
    }

    /// Stored values of A, those above the diagonal included.
    #[must_use]
    pub const fn values_len(&self) -> usize {
        self.values
    }

    /// Entries of A that are read.
    #[must_use]
    pub const fn entries(&self) -> usize {
        self.entries
    }

    /// Elements of L below the diagonal.
    #[must_use]
    pub const fn fill(&self) -> usize {
        self.fill
    }

    /// The parent of column j in the elimination tree, `None` for a root; both counted in the order of elimination.
    #[must_use]
    pub fn parent(&self, column: usize) -> Option<usize> {
        self.parts().factor.list(column).0.first().map(|row| row.get())
    }

    /// Elements of L below the diagonal in column j, counted in the order of elimination.
    #[must_use]
    pub fn column_count(&self, column: usize) -> usize {
        self.parts().factor.range(column).len()
    }

    /// Multiplications of a numeric factorisation: the sum of c (c + 3) / 2 over the column counts c. It takes as many
    /// additions less the fill, and n divisions.
    #[must_use]
    pub fn multiplications(&self) -> usize {
        let factor = self.parts().factor;
        (0..self.dim()).map(|column| factor.range(column).len()).map(|count| count * (count + 3) / 2).sum()
    }
}

impl<I: Index> Parts<'_, I> {
    /// The index, behind the header, of the first element that cannot be, if A has so many stored values.
    #[inline(never)]
    fn first_wrong(&self, values: usize) -> Option<usize> {
        let (n, entries, fill) = (self.order.len(), self.sources.len(), self.places.len());
        // Where the parts begin, to name the element that is wrong.
        let rows_at = 2 * n;
        let factor_at = rows_at + n + 1 + 2 * entries;
        let pattern_at = factor_at + n + 1 + fill;

        for (k, row) in self.order.iter().enumerate() {
            if self.inverse.get(row.get()).is_none_or(|inverse| inverse.get() != k) {
                return Some(k);
            }
        }
        for (lists, at) in [(&self.rows, rows_at), (&self.factor, factor_at), (&self.pattern, pattern_at)] {
            if let Some(index) = lists.first_wrong_start() {
                return Some(at + index);
            }
        }
        if let Some(index) = self.sources.iter().position(|source| source.get() >= values) {
            return Some(rows_at + n + 1 + entries + index);
        }
        for k in 0..n {
            if let Some(index) = self.wrong_in_column(k) {
                return Some(factor_at + n + 1 + index);
            }
            if let Some(index) = self.wrong_in_pattern(k) {
                return Some(pattern_at + n + 1 + index);
            }
            let (columns, first) = self.rows.list(k);
            let known = |column: usize| column == k || (column < k && self.has(k, column));
            if let Some(index) = columns.iter().position(|column| !known(column.get())) {
                return Some(rows_at + n + 1 + first + index);
            }
        }
        None
    }

    /// Whether L has an element (row, column).
    #[inline(never)]
    fn has(&self, row: usize, column: usize) -> bool {
        self.factor.list(column).0.binary_search_by(|probe| probe.get().cmp(&row)).is_ok()
    }

    /// Rows ascend strictly from below the diagonal, and but for the first, the parent, stand in the column of the parent
    /// too: so no update falls outside the structure.
    fn wrong_in_column(&self, column: usize) -> Option<usize> {
        let (rows, first) = self.factor.list(column);
        let parent = rows.first()?.get();
        let mut before = column;
        for (k, row) in rows.iter().enumerate() {
            let row = row.get();
            if row <= before || row >= self.order.len() || (k > 0 && !self.has(row, parent)) {
                return Some(first + k);
            }
            before = row;
        }
        None
    }

    /// Columns ascend strictly to the left of the diagonal, and each place holds this row in that column.
    fn wrong_in_pattern(&self, row: usize) -> Option<usize> {
        let (columns, first) = self.pattern.list(row);
        let places = self.places.get(first..).unwrap_or(&[]);
        let mut least = 0;
        for (k, (column, place)) in columns.iter().zip(places).enumerate() {
            let (column, place) = (column.get(), place.get());
            let holds = self.factor.items.get(place).is_some_and(|stored| stored.get() == row);
            if column < least || column >= row || !self.factor.range(column).contains(&place) || !holds {
                return Some(first + k);
            }
            least = column + 1;
        }
        None
    }
}
