//! A matrix of which some entries are known: dense with a mask, or a list of entries by rows.

use core::ops::Range;

use super::dense::check_size;
use super::measurement::{Collect, Factors, Measurement, Shape};
use super::sums::Sums;
use crate::error::{self, Error, Field};
use crate::real::Real;
use crate::vector;

/// The known entries of a matrix.
#[derive(Clone, Copy, Debug)]
pub struct Entries<'a, T> {
    rows: usize,
    columns: usize,
    count: usize,
    values: &'a [T],
    kind: Kind<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Kind<'a> {
    /// All of the matrix.
    Full,
    /// All of the matrix, and a byte for each entry that is 0 where it is not known.
    Masked(&'a [u8]),
    /// Starts of the rows, and the columns of the entries, ascending in a row.
    Listed(&'a [u32], &'a [u16]),
}

impl<'a, T: Real> Entries<'a, T> {
    /// Row-major with every entry known, or with a mask of as many bytes that is 0 where an entry is not known; such values
    /// may be anything.
    ///
    /// # Errors
    /// `OutOfRange` (size 0, nothing known), `TooLarge`, `Length` (values, mask), `NotFinite` (values).
    pub fn dense(rows: usize, columns: usize, values: &'a [T], mask: Option<&'a [u8]>) -> Result<Self, Error> {
        let entries = Self::dense_again(rows, columns, values, mask)?;
        let Some(mask) = mask else {
            error::finite(Field::Values, values)?;
            return Ok(entries);
        };
        let unfit = |(value, known): (&T, &u8)| *known != 0 && !value.is_finite();
        match values.iter().zip(mask).position(unfit) {
            Some(index) => Err(Error::NotFinite { field: Field::Values, index }),
            None => Ok(entries),
        }
    }

    /// The same of values that were looked at before: O(1), but for the mask, which is counted. Values that are not
    /// finite lead to wrong numbers, no worse.
    ///
    /// # Errors
    /// Those of [`dense`](Self::dense), `NotFinite` apart.
    pub fn dense_again(rows: usize, columns: usize, values: &'a [T], mask: Option<&'a [u8]>) -> Result<Self, Error> {
        let len = rows.saturating_mul(columns);
        check_size(Shape::Rectangular { rows, columns }, len)?;
        error::exact(Field::Values, len, values.len())?;
        let Some(mask) = mask else { return Ok(Self { rows, columns, count: len, values, kind: Kind::Full }) };
        error::exact(Field::Mask, len, mask.len())?;
        let count = mask.iter().filter(|known| **known != 0).count();
        if count == 0 {
            return Err(Error::OutOfRange { field: Field::Mask, index: 0 });
        }
        Ok(Self { rows, columns, count, values, kind: Kind::Masked(mask) })
    }

    /// As compressed rows: row i has the entries `starts[i]..starts[i + 1]`, columns ascending.
    ///
    /// # Errors
    /// `OutOfRange` (size 0, nothing known, a column), `TooLarge`, `Length` (row pointers, columns, values), `Unordered` (row
    /// pointers, columns), `NotFinite` (values).
    pub fn listed(
        rows: usize,
        columns: usize,
        starts: &'a [u32],
        indices: &'a [u16],
        values: &'a [T],
    ) -> Result<Self, Error> {
        let entries = Self::listed_again(rows, columns, starts, indices, values)?;
        error::finite(Field::Values, values)?;
        if starts.first() != Some(&0) || starts.last().is_none_or(|last| *last as usize != values.len()) {
            return Err(Error::OutOfRange { field: Field::RowPointers, index: 0 });
        }
        for (row, (start, end)) in starts.iter().zip(starts.iter().skip(1)).enumerate() {
            let Some(here) = indices.get(*start as usize..*end as usize) else {
                return Err(Error::Unordered { field: Field::RowPointers, index: row });
            };
            for (place, column) in here.iter().enumerate() {
                let index = *start as usize + place;
                if usize::from(*column) >= columns {
                    return Err(Error::OutOfRange { field: Field::Columns, index });
                }
                if here.get(place + 1).is_some_and(|next| next <= column) {
                    return Err(Error::Unordered { field: Field::Columns, index: index + 1 });
                }
            }
        }
        Ok(entries)
    }

    /// The same of a list that was looked at before: O(1). One that does not hold any more leads to wrong numbers, no
    /// worse.
    ///
    /// # Errors
    /// `OutOfRange` (size 0, nothing known), `TooLarge`, `Length` (row pointers, columns).
    pub fn listed_again(
        rows: usize,
        columns: usize,
        starts: &'a [u32],
        indices: &'a [u16],
        values: &'a [T],
    ) -> Result<Self, Error> {
        check_size(Shape::Rectangular { rows, columns }, values.len())?;
        error::exact(Field::RowPointers, rows.saturating_add(1), starts.len())?;
        error::exact(Field::Columns, values.len(), indices.len())?;
        Ok(Self { rows, columns, count: values.len(), values, kind: Kind::Listed(starts, indices) })
    }

    /// Rows of the matrix.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Columns of the matrix.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// Number of known entries.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Calls `f` with column and value of each known entry of a row, ascending.
    #[inline]
    pub fn row(&self, row: usize, mut f: impl FnMut(usize, T)) {
        match self.kind {
            Kind::Full => {
                let start = row * self.columns;
                let values = self.values.get(start..start + self.columns).unwrap_or(&[]);
                values.iter().enumerate().for_each(|(column, value)| f(column, *value));
            }
            Kind::Masked(mask) => {
                let range = row * self.columns..(row + 1) * self.columns;
                let values = self.values.get(range.clone()).unwrap_or(&[]);
                let mask = mask.get(range).unwrap_or(&[]);
                for (column, (value, known)) in values.iter().zip(mask).enumerate() {
                    if *known != 0 {
                        f(column, *value);
                    }
                }
            }
            Kind::Listed(..) => {
                let range = self.listed_row(row);
                let (Kind::Listed(_, indices), Some(values)) = (self.kind, self.values.get(range.clone())) else {
                    return;
                };
                for (value, column) in values.iter().zip(indices.get(range).unwrap_or(&[])) {
                    f(usize::from(*column), *value);
                }
            }
        }
    }

    /// Calls `f` with row and value of each known entry of a column, ascending. In a list every row is searched for it.
    #[inline]
    pub fn column(&self, column: usize, mut f: impl FnMut(usize, T)) {
        match self.kind {
            Kind::Full => {
                let values = self.values.get(column..).unwrap_or(&[]).iter().step_by(self.columns.max(1));
                values.enumerate().for_each(|(row, value)| f(row, *value));
            }
            Kind::Masked(mask) => {
                let values = self.values.get(column..).unwrap_or(&[]).iter().step_by(self.columns.max(1));
                let mask = mask.get(column..).unwrap_or(&[]).iter().step_by(self.columns.max(1));
                for (row, (value, known)) in values.zip(mask).enumerate() {
                    if *known != 0 {
                        f(row, *value);
                    }
                }
            }
            Kind::Listed(_, indices) => {
                for row in 0..self.rows {
                    let range = self.listed_row(row);
                    let here = indices.get(range.clone()).unwrap_or(&[]);
                    let found = here.binary_search_by(|index| usize::from(*index).cmp(&column));
                    let value = found.ok().and_then(|place| self.values.get(range.start + place));
                    if let Some(value) = value {
                        f(row, *value);
                    }
                }
            }
        }
    }

    fn listed_row(&self, row: usize) -> Range<usize> {
        let Kind::Listed(starts, _) = self.kind else { return 0..0 };
        let at = |place: usize| starts.get(place).map_or(0, |start| *start as usize);
        at(row)..at(row + 1)
    }

    /// Calls `f` with row, column and value of every known entry, row after row.
    #[inline]
    pub fn all(&self, mut f: impl FnMut(usize, usize, T)) {
        for row in 0..self.rows {
            self.row(row, |column, value| f(row, column, value));
        }
    }
}

/// Known entries as measurements, for the methods that take any: <A, X> = x_ij, the known entries row after row, and y
/// their values. Over the choice of an entry the scaling contract holds exactly, with unit 1 / sqrt(rows columns); but the
/// A_i are far from random ones, and with gross errors the methods of [`Masked`](super::Masked) are needed.
#[derive(Debug)]
pub struct EntryMeasurement<'a, T> {
    entries: Entries<'a, T>,
    sums: &'a mut [T],
}

impl<'a, T: Real> EntryMeasurement<'a, T> {
    /// Over these entries; `scratch` has rows x columns elements.
    ///
    /// # Errors
    /// `Length` (scratch).
    pub fn new(entries: Entries<'a, T>, scratch: &'a mut [T]) -> Result<Self, Error> {
        let (need, got) = (entries.rows.saturating_mul(entries.columns), scratch.len());
        let sums = scratch.get_mut(..need).ok_or(Error::Length { field: Field::Scratch, need, got })?;
        Ok(Self { entries, sums })
    }
}

impl<T: Real> Measurement<T> for EntryMeasurement<'_, T> {
    fn shape(&self) -> Shape {
        Shape::Rectangular { rows: self.entries.rows, columns: self.entries.columns }
    }

    fn count(&self) -> usize {
        self.entries.count
    }

    fn unit(&self) -> T {
        let len = u32::try_from(self.entries.rows * self.entries.columns).unwrap_or(u32::MAX);
        T::ONE / T::from_u32(len).sqrt()
    }

    fn begin(&mut self, _: Factors<'_, T>, _: Collect) {
        self.sums.fill(T::ZERO);
    }

    fn visit(&mut self, range: Range<usize>, x: Factors<'_, T>, y: &[T], residual: &mut dyn FnMut(T)) {
        let (rows, columns) = (self.entries.rows.max(1), self.entries.columns.max(1));
        let mut index = 0;
        self.entries.all(|row, column, _| {
            let here = index;
            index += 1;
            if !range.contains(&here) {
                return;
            }
            let mut value = T::ZERO;
            for (left, right) in x.left.chunks_exact(rows).zip(x.right.chunks_exact(columns)) {
                if let (Some(left), Some(right)) = (left.get(row), right.get(column)) {
                    value += *left * *right;
                }
            }
            let (Some(y), Some(sum)) = (y.get(here), self.sums.get_mut(row * columns + column)) else { return };
            let difference = value - *y;
            *sum = if difference < T::ZERO { -T::ONE } else { T::ONE };
            residual(difference);
        });
    }

    fn sums(&self) -> Sums<'_, T> {
        Sums::new(self.shape(), T::ONE, self.sums)
    }
}

/// Dot product of row `i` of a row-major factor with `u`.
#[inline]
pub(super) fn entry<T: Real>(factor: &[T], i: usize, u: &[T]) -> T {
    row(factor, i, u.len()).map_or(T::ZERO, |row| short_dot(row, u))
}

/// Row `i` of a row-major factor of this rank.
#[inline]
pub(super) fn row<T>(factor: &[T], i: usize, rank: usize) -> Option<&[T]> {
    factor.get(i * rank..)?.get(..rank)
}

/// A dot product of a few elements, in their order.
#[inline]
pub(super) fn short_dot<T: Real>(x: &[T], y: &[T]) -> T {
    if x.len() > 8 { vector::dot(x, y) } else { x.iter().zip(y).fold(T::ZERO, |sum, (x, y)| sum + *x * *y) }
}

/// Whether two numbers are within this distance; not so if one is NaN.
#[inline]
pub(super) fn near<T: Real>(a: T, b: T, distance: T) -> bool {
    (a - b).abs() <= distance
}
