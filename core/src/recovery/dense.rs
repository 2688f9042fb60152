//! Measurements whose coefficients lie in memory, or are drawn again from a seed in every pass.

use core::ops::Range;

use super::measurement::{Collect, Factors, Measurement, Shape};
use super::stream::Streams;
use super::sums::{Sums, expand, visit_row};
use crate::error::{self, Error, Field};
use crate::real::Real;
use crate::vector;

/// Err unless there is a matrix and at least one measurement.
pub(super) const fn check_size(shape: Shape, count: usize) -> Result<(), Error> {
    if shape.is_empty() {
        return Err(Error::OutOfRange { field: Field::Size, index: 0 });
    }
    if shape.len() > u32::MAX as usize {
        return Err(Error::TooLarge { field: Field::Size });
    }
    if count == 0 {
        return Err(Error::OutOfRange { field: Field::Measurements, index: 0 });
    }
    if count > MOST {
        return Err(Error::TooLarge { field: Field::Measurements });
    }
    Ok(())
}

/// Most measurements of any operator: counts stay exact in `f32`.
pub const MOST: usize = 1 << 24;

/// Measurements with stored coefficients, m x `shape.len()` of them: rows of the lower triangle of each symmetric A_i, or
/// the rows of each A_i.
///
/// The unit of the scaling contract is computed from the coefficients, sqrt(mean |A_i|² / shape.len()), so they may have any
/// scale; a pass takes 2 m `shape.len()` multiplications and additions. 7.65 MB for n = 50, m = 1500 in f32: for small X.
#[derive(Debug)]
pub struct DenseMeasurement<'a, T> {
    shape: Shape,
    coefficients: &'a [T],
    unit: T,
    x: &'a mut [T],
    sums: &'a mut [T],
}

impl<'a, T: Real> DenseMeasurement<'a, T> {
    /// Over `count` measurements; `scratch` has [`scratch_len`](Self::scratch_len) elements.
    ///
    /// # Errors
    /// `OutOfRange` (size 0, no measurement, coefficients all 0), `TooLarge`, `Length` (values, scratch), `NotFinite`
    /// (values).
    pub fn new(shape: Shape, count: usize, coefficients: &'a [T], scratch: &'a mut [T]) -> Result<Self, Error> {
        check_size(shape, count)?;
        let len = shape.len();
        error::exact(Field::Values, count.saturating_mul(len), coefficients.len())?;
        error::at_least(Field::Scratch, Self::scratch_len(shape), scratch.len())?;
        error::finite(Field::Values, coefficients)?;
        let power = vector::max_abs(coefficients).normalising_power_of_two();
        let mut squares = T::ZERO;
        for row in coefficients.chunks_exact(len) {
            let of_row = row.iter().fold(T::ZERO, |sum, a| sum + (*a * power) * (*a * power));
            // Elements off the diagonal stand for two; their own sum is the rest of that of the row.
            squares += if shape.is_symmetric() { of_row * T::TWO - diagonal_squares(row, power) } else { of_row };
        }
        let terms =
            T::from_u32(u32::try_from(count).unwrap_or(u32::MAX)) * T::from_u32(u32::try_from(len).unwrap_or(u32::MAX));
        let unit = (squares / terms).sqrt() / power;
        if !(unit > T::ZERO && unit.is_finite()) {
            return Err(Error::OutOfRange { field: Field::Values, index: 0 });
        }
        let short = Error::Length { field: Field::Scratch, need: Self::scratch_len(shape), got: scratch.len() };
        let (x, rest) = scratch.split_at_mut_checked(len).ok_or(short)?;
        let (sums, _) = rest.split_at_mut_checked(len).ok_or(short)?;
        Ok(Self { shape, coefficients, unit, x, sums })
    }

    /// Elements of scratch memory: X and S, 2 `shape.len()`.
    #[must_use]
    pub const fn scratch_len(shape: Shape) -> usize {
        shape.len().saturating_mul(2)
    }
}

/// Sum of the squares of the diagonal of a packed triangle, scaled.
fn diagonal_squares<T: Real>(row: &[T], power: T) -> T {
    let mut rest = row;
    let mut sum = T::ZERO;
    let mut width = 1;
    while let Some((stored, below)) = rest.split_at_checked(width) {
        let last = stored.last().copied().unwrap_or(T::ZERO) * power;
        sum += last * last;
        rest = below;
        width += 1;
    }
    sum
}

impl<T: Real> Measurement<T> for DenseMeasurement<'_, T> {
    fn shape(&self) -> Shape {
        self.shape
    }

    fn count(&self) -> usize {
        self.coefficients.len() / self.shape.len().max(1)
    }

    fn unit(&self) -> T {
        self.unit
    }

    fn begin(&mut self, x: Factors<'_, T>, _: Collect) {
        expand(self.shape, T::TWO, x, self.x);
        self.sums.fill(T::ZERO);
    }

    fn visit(&mut self, range: Range<usize>, _: Factors<'_, T>, y: &[T], residual: &mut dyn FnMut(T)) {
        let rows = self.coefficients.chunks_exact(self.shape.len().max(1));
        for (row, y) in rows.zip(y).skip(range.start).take(range.len()) {
            residual(visit_row(row, self.x, *y, self.sums));
        }
    }

    fn sums(&self) -> Sums<'_, T> {
        Sums::new(self.shape, T::ONE, self.sums)
    }
}

/// Measurements with nearly Gaussian coefficients that are drawn again in every pass, row by row from streams of their own:
/// nothing but a seed is stored, and who measures draws the same rows in any order with [`row`](Self::row).
///
/// <A, X> = sum of a_ii x_ii + sqrt(2) sum over j < i of a_ij x_ij for symmetric X, with a_ij of mean 0 and variance 1 (sum of
/// four random bytes, excess kurtosis -0.3): the scaling contract holds with unit 1. A pass takes 2 m `shape.len()`
/// multiplications and additions and m `shape.len()` words of the generator.
#[derive(Debug)]
pub struct SeededMeasurement<'a, T> {
    shape: Shape,
    count: usize,
    streams: Streams,
    x: &'a mut [T],
    sums: &'a mut [T],
    row: &'a mut [T],
}

impl<'a, T: Real> SeededMeasurement<'a, T> {
    /// `count` measurements of this seed; `scratch` has [`scratch_len`](Self::scratch_len) elements.
    ///
    /// # Errors
    /// `OutOfRange` (size 0, no measurement), `TooLarge`, `Length` (scratch).
    pub fn new(shape: Shape, count: usize, seed: u64, scratch: &'a mut [T]) -> Result<Self, Error> {
        check_size(shape, count)?;
        let len = shape.len();
        error::at_least(Field::Scratch, Self::scratch_len(shape), scratch.len())?;
        let short = Error::Length { field: Field::Scratch, need: Self::scratch_len(shape), got: scratch.len() };
        let (x, rest) = scratch.split_at_mut_checked(len).ok_or(short)?;
        let (sums, rest) = rest.split_at_mut_checked(len).ok_or(short)?;
        let (row, _) = rest.split_at_mut_checked(len).ok_or(short)?;
        Ok(Self { shape, count, streams: Streams::new(seed), x, sums, row })
    }

    /// Elements of scratch memory: X, S and a row, 3 `shape.len()`.
    #[must_use]
    pub const fn scratch_len(shape: Shape) -> usize {
        shape.len().saturating_mul(3)
    }

    /// Coefficients a_ij of measurement `index` of this seed, rows of the lower triangle or full rows.
    pub fn row(seed: u64, index: usize, out: &mut [T]) {
        Streams::new(seed).fill(index, out);
    }
}

/// Square root of 1/2.
pub(super) const HALF_ROOT: f64 = core::f64::consts::FRAC_1_SQRT_2;

impl<T: Real> Measurement<T> for SeededMeasurement<'_, T> {
    fn shape(&self) -> Shape {
        self.shape
    }

    fn count(&self) -> usize {
        self.count
    }

    fn begin(&mut self, x: Factors<'_, T>, _: Collect) {
        expand(self.shape, T::from_f64(core::f64::consts::SQRT_2), x, self.x);
        self.sums.fill(T::ZERO);
    }

    fn visit(&mut self, range: Range<usize>, _: Factors<'_, T>, y: &[T], residual: &mut dyn FnMut(T)) {
        for (index, y) in y.iter().enumerate().skip(range.start).take(range.len()) {
            self.streams.fill(index, self.row);
            residual(visit_row(self.row, self.x, *y, self.sums));
        }
    }

    fn sums(&self) -> Sums<'_, T> {
        Sums::new(self.shape, T::from_f64(HALF_ROOT), self.sums)
    }
}
