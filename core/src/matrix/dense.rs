//! Dense views over the caller's memory, row-major or column-major.

use crate::error::{Error, Field};
use crate::operator::{LinearMap, LinearOperator, Sweep};
use crate::real::Real;

/// A read-only dense matrix; element (i, j) lies at `i row_stride + j column_stride`.
#[derive(Clone, Copy, Debug)]
pub struct MatRef<'a, T> {
    data: &'a [T],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

/// Elements a strided matrix spans, or `None` if that does not fit a `usize`.
const fn span(rows: usize, columns: usize, row_stride: usize, column_stride: usize) -> Option<usize> {
    if rows == 0 || columns == 0 {
        return Some(0);
    }
    let (Some(down), Some(along)) = ((rows - 1).checked_mul(row_stride), (columns - 1).checked_mul(column_stride))
    else {
        return None;
    };
    match down.checked_add(along) {
        Some(last) => last.checked_add(1),
        None => None,
    }
}

const fn check(len: usize, rows: usize, columns: usize, row_stride: usize, column_stride: usize) -> Result<(), Error> {
    match span(rows, columns, row_stride, column_stride) {
        None => Err(Error::TooLarge { field: Field::Size }),
        Some(need) if len < need => Err(Error::Length { field: Field::Values, need, got: len }),
        Some(_) => Ok(()),
    }
}

impl<'a, T: Copy> MatRef<'a, T> {
    /// Rows one after the other.
    ///
    /// # Errors
    /// `Length` if `data` is too short, `TooLarge` if the size overflows.
    pub const fn row_major(data: &'a [T], rows: usize, columns: usize) -> Result<Self, Error> {
        Self::strided(data, rows, columns, if columns == 0 { 1 } else { columns }, 1)
    }

    /// Columns one after the other.
    ///
    /// # Errors
    /// `Length` if `data` is too short, `TooLarge` if the size overflows.
    pub const fn column_major(data: &'a [T], rows: usize, columns: usize) -> Result<Self, Error> {
        Self::strided(data, rows, columns, 1, if rows == 0 { 1 } else { rows })
    }

    /// Any strides of at least 1.
    ///
    /// # Errors
    /// `Length` if `data` is too short, `TooLarge` if the size overflows, `OutOfRange` for a stride of 0.
    pub const fn strided(
        data: &'a [T],
        rows: usize,
        columns: usize,
        row_stride: usize,
        column_stride: usize,
    ) -> Result<Self, Error> {
        if row_stride == 0 || column_stride == 0 {
            return Err(Error::OutOfRange { field: Field::Size, index: 0 });
        }
        match check(data.len(), rows, columns, row_stride, column_stride) {
            Ok(()) => Ok(Self { data, rows, columns, row_stride, column_stride }),
            Err(error) => Err(error),
        }
    }

    /// Number of rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// The element, or `None` outside the matrix.
    #[must_use]
    pub fn get(&self, row: usize, column: usize) -> Option<T> {
        if row >= self.rows || column >= self.columns {
            return None;
        }
        self.data.get(row * self.row_stride + column * self.column_stride).copied()
    }

    /// The elements of one row; none outside the matrix.
    #[inline]
    pub fn row(&self, row: usize) -> impl Iterator<Item = T> + 'a {
        let count = if row < self.rows { self.columns } else { 0 };
        let from = self.data.get(row.wrapping_mul(self.row_stride)..).unwrap_or(&[]);
        from.iter().step_by(self.column_stride.max(1)).take(count).copied()
    }

    /// Whether the elements of a row lie one after the other.
    #[inline]
    pub(crate) const fn has_rows_in_one_piece(&self) -> bool {
        self.column_stride == 1
    }

    /// The elements of a row where they lie one after the other.
    #[cfg(not(target_arch = "arm"))]
    #[inline]
    pub(crate) fn row_in_one_piece(&self, row: usize) -> Option<&'a [T]> {
        let start = row.checked_mul(self.row_stride).filter(|_| self.column_stride == 1 && row < self.rows)?;
        self.data.get(start..)?.get(..self.columns)
    }

    /// The first row, if it is there, of a matrix whose rows lie in one piece.
    #[inline]
    pub(crate) fn first_in_one_piece(&self) -> &'a [T] {
        self.data.get(..self.columns).unwrap_or(&[])
    }

    /// The matrix without its first row, which has to be there.
    #[inline]
    pub(crate) fn without_first(self) -> Self {
        let data = self.data.get(self.row_stride..).unwrap_or(&[]);
        Self { data, rows: self.rows.wrapping_sub(1), ..self }
    }

    /// All rows, where each lies in one piece; else none.
    #[cfg(not(target_arch = "arm"))]
    #[inline]
    pub(crate) fn rows_in_one_piece(&self) -> impl Iterator<Item = &'a [T]> {
        // Rows may share elements, so they are no chunks.
        let (mut rest, columns, stride) = (self.data, self.columns, self.row_stride);
        let rows = core::iter::from_fn(move || {
            let row = rest.get(..columns);
            rest = rest.get(stride..).unwrap_or(&[]);
            row
        });
        rows.take(if self.column_stride == 1 { self.rows } else { 0 })
    }

    /// The transpose; costs nothing.
    #[must_use]
    pub const fn transposed(self) -> Self {
        Self {
            data: self.data,
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
        }
    }
}

impl<T: Real> MatRef<'_, T> {
    /// Sum of a_ij y_i of one column, in order of rows.
    #[inline]
    pub(crate) fn column_times(&self, column: usize, y: &[T]) -> T {
        let (mut sum, mut place) = (T::ZERO, column.wrapping_mul(self.column_stride));
        for y in y {
            let Some(a) = self.data.get(place) else { return sum };
            sum += *a * *y;
            place = place.wrapping_add(self.row_stride);
        }
        sum
    }
}

impl<T: Real> LinearMap<T> for MatRef<'_, T> {
    fn rows(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn map(&self, x: &[T], y: &mut [T]) {
        for (row, y) in y.iter_mut().enumerate() {
            *y = self.row(row).zip(x).fold(T::ZERO, |sum, (a, x)| sum + a * *x);
        }
    }

    fn add_transposed(&self, y: &[T], x: &mut [T]) {
        for (row, y) in y.iter().enumerate() {
            for (x, a) in x.iter_mut().zip(self.row(row)) {
                *x += a * *y;
            }
        }
    }
}

/// A writable dense matrix, rows one after the other.
#[derive(Debug)]
pub struct MatMut<'a, T> {
    data: &'a mut [T],
    rows: usize,
    columns: usize,
}

impl<'a, T: Copy> MatMut<'a, T> {
    /// Rows one after the other.
    ///
    /// # Errors
    /// `Length` if `data` is too short, `TooLarge` if the size overflows.
    pub const fn row_major(data: &'a mut [T], rows: usize, columns: usize) -> Result<Self, Error> {
        match check(data.len(), rows, columns, columns, 1) {
            Ok(()) => Ok(Self { data, rows, columns }),
            Err(error) => Err(error),
        }
    }

    /// As a read-only view.
    #[must_use]
    pub const fn as_ref(&self) -> MatRef<'_, T> {
        MatRef { data: self.data, rows: self.rows, columns: self.columns, row_stride: self.columns, column_stride: 1 }
    }

    /// One row; empty outside the matrix.
    #[must_use]
    pub fn row_mut(&mut self, row: usize) -> &mut [T] {
        if row >= self.rows {
            return &mut [];
        }
        let start = row * self.columns;
        self.data.get_mut(start..start + self.columns).unwrap_or(&mut [])
    }
}

/// A square dense matrix is an operator, its dimension the number of rows; a wide or tall one is cut to its square.
impl<T: Real> LinearOperator<T> for MatRef<'_, T> {
    fn dim(&self) -> usize {
        self.rows.min(self.columns)
    }

    fn apply(&self, x: &[T], y: &mut [T]) {
        for (row, y) in y.iter_mut().enumerate() {
            *y = self.row(row).zip(x).fold(T::ZERO, |sum, (a, x)| sum + a * *x);
        }
    }
}

impl<T: Real> Sweep<T> for MatRef<'_, T> {
    fn diagonal(&self, row: usize) -> T {
        self.get(row, row).unwrap_or(T::ZERO)
    }

    fn lower(&self, row: usize, x: &[T]) -> T {
        self.row(row).zip(x).take(row).fold(T::ZERO, |sum, (a, x)| sum + a * *x)
    }

    fn upper(&self, row: usize, x: &[T]) -> T {
        self.row(row).zip(x).skip(row + 1).fold(T::ZERO, |sum, (a, x)| sum + a * *x)
    }
}

#[cfg(feature = "nalgebra")]
impl<'a, T, R, C, S> From<&'a nalgebra::Matrix<T, R, C, S>> for MatRef<'a, T>
where
    T: nalgebra::Scalar + Copy,
    R: nalgebra::Dim,
    C: nalgebra::Dim,
    S: nalgebra::RawStorage<T, R, C> + nalgebra::IsContiguous,
{
    fn from(matrix: &'a nalgebra::Matrix<T, R, C, S>) -> Self {
        let (rows, columns) = matrix.shape();
        Self { data: matrix.as_slice(), rows, columns, row_stride: 1, column_stride: rows.max(1) }
    }
}

#[cfg(test)]
mod tests;
