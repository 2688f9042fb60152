//! Compressed sparse rows with 16-bit or 32-bit indices.

use core::cell::Cell;
use core::ops::Range;

use crate::error::{self, Error, Field};
use crate::matrix::vfp;
use crate::operator::{LinearOperator, Order, Relaxation, Sweep};
use crate::real::Real;

mod sealed {
    pub trait Sealed {}
    impl Sealed for u16 {}
    impl Sealed for u32 {}
}

/// The index type of a sparse matrix: `u16` halves the memory of the pattern up to 65,535 nonzeros.
pub trait Index: sealed::Sealed + Copy + Ord + Into<u32> + 'static {
    /// As a slice index.
    fn get(self) -> usize;
}

impl Index for u16 {
    #[inline]
    fn get(self) -> usize {
        usize::from(self)
    }
}

impl Index for u32 {
    #[inline]
    fn get(self) -> usize {
        self as usize
    }
}

/// A square sparse matrix of dimension n by rows: columns ascending in each row, every diagonal entry stored.
///
/// Memory of the caller: n + 1 row starts, one column index and one value a nonzero. A sweep and a residual each cost
/// one multiplication and one addition a nonzero.
#[derive(Clone, Copy, Debug)]
pub struct Csr<'a, T, I> {
    row_starts: &'a [I],
    columns: &'a [I],
    values: &'a [T],
}

impl<'a, T: Real, I: Index> Csr<'a, T, I> {
    /// Checks everything a kernel relies on: row starts from 0 to the number of nonzeros, ascending; columns strictly
    /// ascending in each row and below n; values finite; a nonzero diagonal in each row. O(nonzeros).
    ///
    /// # Errors
    /// `Length`, `Unordered` (index into the offending array), `OutOfRange` (columns), `NotFinite` (values) or
    /// `ZeroDiagonal`.
    pub fn new(row_starts: &'a [I], columns: &'a [I], values: &'a [T]) -> Result<Self, Error> {
        let csr = Self::trusted(row_starts, columns, values)?;
        let n = csr.dim();
        let mut start = 0;
        for (row, end) in row_starts.iter().skip(1).map(|end| end.get()).enumerate() {
            let row_columns =
                columns.get(start..end).ok_or(Error::Unordered { field: Field::RowPointers, index: row + 1 })?;
            for (k, column) in row_columns.iter().enumerate() {
                let index = start + k;
                if column.get() >= n {
                    return Err(Error::OutOfRange { field: Field::Columns, index });
                }
                if k > 0 && row_columns.get(k - 1) >= Some(column) {
                    return Err(Error::Unordered { field: Field::Columns, index });
                }
            }
            start = end;
        }
        error::finite(Field::Values, values)?;
        match (0..n).find(|&row| csr.diagonal(row) == T::ZERO) {
            Some(row) => Err(Error::ZeroDiagonal { row }),
            None => Ok(csr),
        }
    }

    /// A view of arrays that an earlier `new` accepted and that have not changed since. O(1): only lengths are checked.
    /// Arrays that did change give wrong numbers, never an access out of bounds.
    ///
    /// # Errors
    /// `Length` if the lengths do not fit each other.
    pub fn trusted(row_starts: &'a [I], columns: &'a [I], values: &'a [T]) -> Result<Self, Error> {
        let (Some(first), Some(last)) = (row_starts.first(), row_starts.last()) else {
            return Err(Error::Length { field: Field::RowPointers, need: 1, got: 0 });
        };
        if first.get() != 0 {
            return Err(Error::Unordered { field: Field::RowPointers, index: 0 });
        }
        error::exact(Field::Columns, last.get(), columns.len())?;
        error::exact(Field::Values, last.get(), values.len())?;
        Ok(Self { row_starts, columns, values })
    }

    /// Stored entries.
    #[must_use]
    pub const fn nonzeros(&self) -> usize {
        self.values.len()
    }

    /// Columns and values of one row; empty outside the matrix.
    #[inline]
    #[must_use]
    pub fn row(&self, row: usize) -> (&'a [I], &'a [T]) {
        let (Some(start), Some(end)) = (self.row_starts.get(row), self.row_starts.get(row + 1)) else {
            return (&[], &[]);
        };
        let range = start.get()..end.get();
        match (self.columns.get(range.clone()), self.values.get(range)) {
            (Some(columns), Some(values)) => (columns, values),
            _ => (&[], &[]),
        }
    }

    /// Whether the matrix equals its transpose exactly; the first row that does not otherwise. O(nonzeros x log row).
    ///
    /// # Errors
    /// `Asymmetric`.
    pub fn check_symmetric(&self) -> Result<(), Error> {
        for row in 0..self.dim() {
            let (columns, values) = self.row(row);
            for (column, value) in columns.iter().zip(values) {
                if self.entry(column.get(), row) != Some(*value) {
                    return Err(Error::Asymmetric { row });
                }
            }
        }
        Ok(())
    }

    /// The stored entry, or `None`.
    #[must_use]
    pub fn entry(&self, row: usize, column: usize) -> Option<T> {
        let (columns, values) = self.row(row);
        let place = columns.binary_search_by(|probe| probe.get().cmp(&column)).ok()?;
        values.get(place).copied()
    }

    /// Rows of a block, front to back.
    #[inline]
    fn rows(&self, rows: Range<usize>) -> impl DoubleEndedIterator<Item = (usize, (&'a [I], &'a [T]))> {
        let csr = *self;
        rows.map(move |row| (row, csr.row(row)))
    }
}

/// b - sum of a_j x_j over a whole row, diagonal included, in order of columns.
#[inline]
fn row_residual<T: Real, I: Index>(b: T, (columns, values): (&[I], &[T]), x: &[T]) -> T {
    let mut residual = b;
    for (column, value) in columns.iter().zip(values) {
        let Some(x) = x.get(column.get()) else { return residual };
        residual -= *value * *x;
    }
    residual
}

/// Sum of a_j x_j below the diagonal of `row`, and the diagonal entry.
#[inline]
fn lower_part<T: Real, I: Index>(row: usize, (columns, values): (&[I], &[T]), x: &[T]) -> (T, T) {
    let below = x.get(..row).unwrap_or(&[]);
    let mut sum = T::ZERO;
    for (column, value) in columns.iter().zip(values) {
        // The bound of the slice ends the loop at the diagonal: one comparison serves twice.
        let Some(x) = below.get(column.get()) else { return (sum, *value) };
        sum += *value * *x;
    }
    (sum, T::ZERO)
}

/// Sum of a_j x_j above the diagonal of `row`, from the last column backwards.
#[inline]
fn upper_part<T: Real, I: Index>(row: usize, (columns, values): (&[I], &[T]), x: &[T]) -> T {
    let above = x.get(row + 1..).unwrap_or(&[]);
    let mut sum = T::ZERO;
    for (column, value) in columns.iter().zip(values).rev() {
        let Some(x) = above.get(column.get().wrapping_sub(row + 1)) else { return sum };
        sum += *value * *x;
    }
    sum
}

impl<T: Real, I: Index> LinearOperator<T> for Csr<'_, T, I> {
    fn dim(&self) -> usize {
        self.row_starts.len() - 1
    }

    fn apply(&self, x: &[T], y: &mut [T]) {
        for ((_, row), y) in self.rows(0..self.dim()).zip(y) {
            *y = -row_residual(T::ZERO, row, x);
        }
    }

    fn residual(&self, b: &[T], x: &[T], r: &mut [T]) {
        self.residual_rows(0..self.dim(), b, x, r);
    }
}

impl<T: Real, I: Index> Sweep<T> for Csr<'_, T, I> {
    fn diagonal(&self, row: usize) -> T {
        self.entry(row, row).unwrap_or(T::ZERO)
    }

    fn zero_diagonal(&self) -> Option<usize> {
        None
    }

    fn lower(&self, row: usize, x: &[T]) -> T {
        lower_part(row, self.row(row), x).0
    }

    fn upper(&self, row: usize, x: &[T]) -> T {
        upper_part(row, self.row(row), x)
    }

    fn sweep(&self, order: Order, rows: Range<usize>, relaxation: Relaxation<'_, T>, b: &[T], x: &mut [T]) {
        let x = Cell::from_mut(x).as_slice_of_cells();
        let (Some(own), Some(starts)) = (x.get(rows.clone()), self.row_starts.get(rows.start..=rows.end)) else {
            return;
        };
        let (Some(scaling), Some(b)) = (relaxation.scaling.get(rows.clone()), b.get(rows)) else { return };
        if order == Order::Forward && vfp::relax_rows([starts, self.columns], self.values, [scaling, b], own, x) {
            return;
        }
        let rows = starts.iter().zip(starts.iter().skip(1)).map(|(start, end)| start.get()..end.get());
        let relax = |range: Range<usize>, own: &Cell<T>, scaling: T, b: T| {
            let (Some(columns), Some(values)) = (self.columns.get(range.clone()), self.values.get(range)) else {
                return;
            };
            let mut residual = b;
            for (column, value) in columns.iter().zip(values) {
                let Some(x) = x.get(column.get()) else { return };
                residual -= *value * x.get();
            }
            own.set(own.get() + scaling * residual);
        };
        match order {
            Order::Forward => {
                rows.zip(own).zip(scaling).zip(b).for_each(|(((range, own), s), b)| relax(range, own, *s, *b))
            }
            Order::Backward => {
                rows.zip(own).zip(scaling).zip(b).rev().for_each(|(((range, own), s), b)| relax(range, own, *s, *b));
            }
        }
    }

    fn residual_squares(&self, rows: Range<usize>, scale: T, b: &[T], x: &[T], sum: T) -> T {
        let block = b.get(rows.clone()).unwrap_or(&[]);
        self.rows(rows).zip(block).fold(sum, |sum, ((_, row), b)| {
            let residual = scale * row_residual(*b, row, x);
            sum + residual * residual
        })
    }

    fn residual_rows(&self, rows: Range<usize>, b: &[T], x: &[T], r: &mut [T]) {
        let (Some(b), Some(r)) = (b.get(rows.clone()), r.get_mut(rows.clone())) else { return };
        for (((_, row), b), r) in self.rows(rows).zip(b).zip(r) {
            *r = row_residual(*b, row, x);
        }
    }

    fn eisenstat_update(
        &self,
        rows: Range<usize>,
        relaxation: Relaxation<'_, T>,
        alpha: T,
        t: &[T],
        g: &mut [T],
        y: &mut [T],
        sums: [T; 2],
    ) -> [T; 2] {
        let per_omega = T::ONE / relaxation.omega;
        let weight = T::TWO - relaxation.omega;
        let [mut gz, mut squares] = sums;
        let (Some(t), Some(y)) = (t.get(rows.clone()), y.get_mut(rows.clone())) else { return sums };
        for (((row, entries), t), y) in self.rows(rows).zip(t).zip(y) {
            let (sum, diagonal) = lower_part(row, entries, g);
            let Some(g) = g.get_mut(row) else { break };
            *g -= alpha * (*t + *y);
            let scaled = diagonal * *g * per_omega;
            *y = weight * scaled;
            gz += *g * *y;
            let residual = scaled + sum;
            squares += residual * residual;
        }
        [gz, squares]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STARTS: [u16; 4] = [0, 2, 5, 7];
    const COLUMNS: [u16; 7] = [0, 1, 0, 1, 2, 1, 2];
    const VALUES: [f64; 7] = [2.0, -1.0, -1.0, 2.0, -1.0, -1.0, 2.0];

    #[test]
    fn kernels_agree_with_dense_arithmetic() {
        let a = Csr::new(&STARTS, &COLUMNS, &VALUES).unwrap();
        let (x, b) = ([1.0, -2.0, 0.5], [3.0, 1.0, -1.0]);
        let mut y = [0.0; 3];
        a.apply(&x, &mut y);
        assert_eq!(y, [4.0, -5.5, 3.0]);
        a.residual(&b, &x, &mut y);
        assert_eq!(y, [-1.0, 6.5, -4.0]);
        assert_eq!(a.residual_squares(0..3, 0.5, &b, &x, 1.0), 1.0 + 0.25 * (1.0 + 42.25 + 16.0));
        assert_eq!((a.lower(1, &x), a.diagonal(1), a.upper(1, &x)), (-1.0, 2.0, -0.5));
        assert_eq!(a.check_symmetric(), Ok(()));
        assert_eq!(a.entry(0, 2), None);
    }

    #[test]
    fn every_defect_is_named() {
        let new = |starts: &[u16], columns: &[u16], values: &[f64]| Csr::new(starts, columns, values).err();
        assert_eq!(new(&[], &[], &[]), Some(Error::Length { field: Field::RowPointers, need: 1, got: 0 }));
        assert_eq!(new(&[1, 1], &[0], &[1.0]), Some(Error::Unordered { field: Field::RowPointers, index: 0 }));
        let not_ascending = new(&[0, 2, 1, 7], &COLUMNS, &VALUES);
        assert_eq!(not_ascending, Some(Error::Unordered { field: Field::RowPointers, index: 2 }));
        let beyond = new(&[0, 9, 2, 7], &COLUMNS, &VALUES);
        assert_eq!(beyond, Some(Error::Unordered { field: Field::RowPointers, index: 1 }));
        let short = new(&STARTS, &COLUMNS[..6], &VALUES);
        assert_eq!(short, Some(Error::Length { field: Field::Columns, need: 7, got: 6 }));
        let mut columns = COLUMNS;
        columns[4] = 3;
        assert_eq!(new(&STARTS, &columns, &VALUES), Some(Error::OutOfRange { field: Field::Columns, index: 4 }));
        columns[4] = 1;
        assert_eq!(new(&STARTS, &columns, &VALUES), Some(Error::Unordered { field: Field::Columns, index: 4 }));
        let mut values = VALUES;
        values[3] = 0.0;
        assert_eq!(new(&STARTS, &COLUMNS, &values), Some(Error::ZeroDiagonal { row: 1 }));
        values[3] = f64::NAN;
        assert_eq!(new(&STARTS, &COLUMNS, &values), Some(Error::NotFinite { field: Field::Values, index: 3 }));
        values = VALUES;
        values[1] = 7.0;
        let asymmetric = Csr::new(&STARTS, &COLUMNS, &values).unwrap();
        assert_eq!(asymmetric.check_symmetric(), Err(Error::Asymmetric { row: 0 }));
    }

    #[test]
    fn an_empty_matrix_is_legal() {
        let a = Csr::<f32, u32>::new(&[0], &[], &[]).unwrap();
        assert_eq!((a.dim(), a.nonzeros()), (0, 0));
        a.apply(&[], &mut []);
    }
}
