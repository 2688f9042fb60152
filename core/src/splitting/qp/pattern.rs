//! The shape of a quadratic program: where P and A have entries, and the pattern of the system that is factored.

use super::rows::{Rows, Visit, each};
use crate::error::{self, Error, Field};
use crate::matrix::Index;

/// Where P and A of a quadratic program have entries. Shapes only; the numbers come apart from it.
///
/// P is given by its lower triangle, by rows, columns ascending; diagonal entries may be missing. (The upper triangle by
/// columns, as OSQP has it, is the same arrays.) A is given whole, by rows, columns ascending.
///
/// A row of A with a single entry bounds one variable. Such *bound rows* are eliminated before anything is factored, so
/// that they cost a few operations in an iteration and no memory in the factor.
#[derive(Clone, Copy, Debug)]
pub struct QpPattern<'a, I> {
    p: Lists<'a, I>,
    a: Lists<'a, I>,
    /// Rows and stored entries of the system.
    dim: usize,
    entries: usize,
}

/// The rows of P or A: where they end, ascending up to the number of columns, and their columns.
#[derive(Clone, Copy, Debug)]
struct Lists<'a, I> {
    ends: &'a [I],
    columns: &'a [I],
    /// Rows with one entry.
    singles: usize,
}

impl<'a, I: Index> QpPattern<'a, I> {
    /// Checks both patterns. O(entries). n is the number of rows of P, m that of A.
    ///
    /// # Errors
    /// - `Length` of `Field::RowPointers` or `Field::ConstraintRows` if there is no row start, of `Field::Columns` or
    ///   `Field::ConstraintColumns` if the last start is not the number of columns.
    /// - `Unordered` of the same fields with the first element that does not ascend (starts from 0, columns in their row).
    /// - `OutOfRange` of `Field::Columns` for an entry of P right of the diagonal, of `Field::ConstraintColumns` for a column
    ///   of A that is n or more.
    /// - `TooLarge` of `Field::Matrix` if the system that is factored has more entries than the index type can count.
    pub fn new(p_starts: &'a [I], p_columns: &'a [I], a_starts: &'a [I], a_columns: &'a [I]) -> Result<Self, Error> {
        let pattern = Self::trusted(p_starts, p_columns, a_starts, a_columns)?;
        check_rows(p_starts, p_columns, Field::Columns, None)?;
        check_rows(a_starts, a_columns, Field::ConstraintColumns, Some(pattern.variables()))?;
        let largest = if size_of::<I>() == 2 { usize::from(u16::MAX) } else { u32::MAX as usize };
        let whole = pattern.values_len().saturating_add(pattern.bound_rows());
        if whole >= largest { Err(Error::TooLarge { field: Field::Matrix }) } else { Ok(pattern) }
    }

    /// The pattern of arrays that an earlier `new` accepted and that have not changed since. Only lengths and row starts are
    /// checked, and bound rows counted: O(n + m). Columns that did change give wrong numbers, never an access out of bounds.
    ///
    /// # Errors
    /// `Length` and `Unordered` of row starts, as [`new`](Self::new).
    #[inline]
    pub fn trusted(
        p_starts: &'a [I],
        p_columns: &'a [I],
        a_starts: &'a [I],
        a_columns: &'a [I],
    ) -> Result<Self, Error> {
        let bounds = Self::singles([p_starts, p_columns, a_starts, a_columns])?;
        Ok(Self::counted([p_starts, p_columns, a_starts, a_columns], bounds))
    }

    /// Rows of P and of A with one entry.
    #[inline(always)]
    pub(super) fn singles([p_starts, p_columns, a_starts, a_columns]: [&[I]; 4]) -> Result<[usize; 2], Error> {
        let of_p = singles(p_starts, p_columns.len(), (Field::RowPointers, Field::Columns))?;
        let of_a = singles(a_starts, a_columns.len(), (Field::ConstraintRows, Field::ConstraintColumns))?;
        Ok([of_p, of_a])
    }

    /// The pattern of arrays whose rows with one entry have been counted.
    #[inline(always)]
    pub(super) fn counted([p_starts, p_columns, a_starts, a_columns]: [&'a [I]; 4], [of_p, of_a]: [usize; 2]) -> Self {
        let p = Lists { ends: p_starts.get(1..).unwrap_or(&[]), columns: p_columns, singles: of_p };
        let a = Lists { ends: a_starts.get(1..).unwrap_or(&[]), columns: a_columns, singles: of_a };
        let dim = p.ends.len().saturating_add(a.ends.len() - a.singles);
        let entries = p.columns.len().saturating_add(a.columns.len() - a.singles).saturating_add(dim);
        Self { p, a, dim, entries }
    }

    /// Variables, n.
    #[must_use]
    pub const fn variables(&self) -> usize {
        self.p.ends.len()
    }

    /// Constraints, m: rows of A.
    #[must_use]
    pub const fn constraints(&self) -> usize {
        self.a.ends.len()
    }

    /// Rows of A with one entry.
    #[must_use]
    pub const fn bound_rows(&self) -> usize {
        self.a.singles
    }

    /// Stored entries of P.
    #[must_use]
    pub const fn p_entries(&self) -> usize {
        self.p.columns.len()
    }

    /// Stored entries of A.
    #[must_use]
    pub const fn a_entries(&self) -> usize {
        self.a.columns.len()
    }

    /// Dimension of the system that is factored: n plus the rows of A that are no bound rows.
    #[must_use]
    pub const fn system_dim(&self) -> usize {
        self.dim
    }

    /// Stored entries of the system that is factored.
    #[must_use]
    pub const fn system_entries(&self) -> usize {
        self.entries
    }

    /// Numbers of P, A and the system: its stored entries, then those of the bound rows.
    pub(super) const fn values_len(&self) -> usize {
        self.entries.saturating_add(self.a.singles)
    }

    /// Writes the pattern of the system [P + sigma I, A'; A, -1/rho] without the bound rows, lower triangle by rows, for
    /// [`analyse`](crate::factor::analyse): `system_dim` + 1 row starts and `system_entries` columns. Each row ends with an
    /// entry on the diagonal of its own, beside one that P may have there.
    ///
    /// # Errors
    /// `Length` of `Field::RowPointers` or `Field::Columns` unless the slices are exactly that long; `TooLarge` of
    /// `Field::Columns` if a number does not fit the index type.
    pub fn write_system(&self, row_starts: &mut [I], columns: &mut [I]) -> Result<(), Error>
    where
        I: TryFrom<usize>,
    {
        error::exact(Field::RowPointers, self.system_dim().saturating_add(1), row_starts.len())?;
        error::exact(Field::Columns, self.system_entries(), columns.len())?;
        let narrow = |value: usize| I::try_from(value).map_err(|_| Error::TooLarge { field: Field::Columns });
        let whole = self.p_rows().map(|(columns, _)| columns);
        let rows = whole.chain(self.a_rows().filter(|(columns, _)| columns.len() != 1).map(|(columns, _)| columns));
        let (mut starts, mut places) = (row_starts.iter_mut(), columns.iter_mut());
        let mut end = 0;
        for (row, from) in rows.enumerate() {
            if let Some(start) = starts.next() {
                *start = narrow(end)?;
            }
            // The row first: a `zip` that ends on it takes no place too many.
            for (column, place) in from.iter().copied().chain(Some(narrow(row)?)).zip(places.by_ref()) {
                *place = column;
            }
            end += from.len() + 1;
        }
        if let Some(start) = starts.next() {
            *start = narrow(end)?;
        }
        Ok(())
    }

    /// Where the diagonal entry of the system for variable `column` is.
    #[inline]
    pub(super) fn p_diagonal(&self, column: usize) -> usize {
        self.p.ends.get(column).map_or(usize::MAX, |end| end.get() + column)
    }

    /// Rows of P: columns, and where their numbers are, that of the diagonal entry of the system behind them.
    #[inline(never)]
    pub(super) fn p_rows(&self) -> Rows<'a, I> {
        let Lists { ends, columns, .. } = self.p;
        Rows::new(ends, columns, 0, None)
    }

    /// Rows of A: the same, but of a bound row there is one number, among those of its like.
    #[inline(never)]
    pub(super) fn a_rows(&self) -> Rows<'a, I> {
        let Lists { ends, columns, .. } = self.a;
        Rows::new(ends, columns, self.first_of_a(), Some(self.entries))
    }

    /// Where the first number of A is: behind P, each row of which has one more.
    #[inline]
    pub(super) const fn first_of_a(&self) -> usize {
        self.p.columns.len() + self.p.ends.len()
    }

    /// The entries of the bound rows among all numbers.
    #[inline]
    pub(super) fn own_entries<'v, T>(&self, values: &'v [T]) -> &'v [T] {
        values.get(self.system_entries()..).unwrap_or(&[])
    }

    /// Row ends and columns of P or of A.
    #[inline]
    #[cfg_attr(
        not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))),
        allow(dead_code, reason = "for passes in assembly")
    )]
    pub(super) fn lists(&self, of_p: bool) -> (&'a [I], &'a [I]) {
        let Lists { ends, columns, .. } = if of_p { self.p } else { self.a };
        (ends, columns)
    }

    /// Which variable each row of A bounds, if it is a bound row: all that an iteration wants to know.
    #[inline]
    pub(super) fn bounded(&self) -> impl Iterator<Item = Option<usize>> {
        self.places().map(|(bounded, _)| bounded)
    }

    /// The same, and where the number of a bound row, or the diagonal entry of the system for another row, is.
    #[inline]
    pub(super) fn places(&self) -> impl Iterator<Item = (Option<usize>, usize)> {
        let Lists { ends, columns, .. } = self.a;
        let (mut start, mut place, mut own) = (0, self.first_of_a(), self.entries);
        ends.iter().map(move |end| {
            let first = core::mem::replace(&mut start, end.get());
            let len = start.wrapping_sub(first);
            if len == 1 {
                own += 1;
                // A column that is not there is that of no variable.
                return (Some(columns.get(first).map_or(usize::MAX, |column| column.get())), own - 1);
            }
            place += len + 1;
            (None, place - 1)
        })
    }

    /// Where the diagonal entries of the system for the variables are.
    #[inline]
    pub(super) fn p_diagonals(&self) -> impl Iterator<Item = usize> {
        self.p.ends.iter().enumerate().map(|(row, end)| end.get() + row)
    }

    /// Hands each row of P, by number, columns and values, to `visit`: one loop for all that is no part of an iteration.
    #[inline]
    pub(super) fn each_of_p<T>(&self, values: &mut [T], visit: Visit<'_, 'a, I, T>) {
        each(&mut self.p_rows(), values, visit);
    }

    /// The same for A.
    #[inline]
    pub(super) fn each_of_a<T>(&self, values: &mut [T], visit: Visit<'_, 'a, I, T>) {
        each(&mut self.a_rows(), values, visit);
    }
}

/// Rows with one entry, if these are row starts of so many entries.
#[inline(never)]
fn singles<I: Index>(starts: &[I], entries: usize, names: (Field, Field)) -> Result<usize, Error> {
    let Some(last) = starts.last() else {
        return Err(Error::Length { field: names.0, need: 1, got: 0 });
    };
    error::exact(names.1, last.get(), entries)?;
    let (mut singles, mut start) = (0, 0);
    for (index, end) in starts.iter().enumerate() {
        let end = end.get();
        if end < start || end > entries || (index == 0 && end != 0) {
            return Err(Error::Unordered { field: names.0, index });
        }
        singles += usize::from(end - start == 1);
        start = end;
    }
    Ok(singles)
}

/// Columns ascend, and are below `limit`, or up to the diagonal.
#[inline(never)]
fn check_rows<I: Index>(starts: &[I], columns: &[I], field: Field, limit: Option<usize>) -> Result<(), Error> {
    let mut first = 0;
    for (row, end) in starts.iter().skip(1).enumerate() {
        let in_row = columns.get(first..end.get()).unwrap_or(&[]);
        let mut least = 0;
        for (k, column) in in_row.iter().enumerate() {
            let index = first + k;
            if column.get() >= limit.unwrap_or(row + 1) {
                return Err(Error::OutOfRange { field, index });
            }
            if column.get() < least {
                return Err(Error::Unordered { field, index });
            }
            least = column.get() + 1;
        }
        first = end.get();
    }
    Ok(())
}
