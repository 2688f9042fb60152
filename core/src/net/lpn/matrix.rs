//! Weights in single precision or in bytes.

use crate::real::Real;

/// The matrices of a network, one after the other.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Weights<'a> {
    /// Single precision.
    Single(&'a [f32]),
    /// Bytes, each matrix with its scale. Forward and backward use the same bytes, so that the network stays a gradient.
    Bytes {
        /// The bytes.
        values: &'a [i8],
        /// One a matrix.
        scales: &'a [f32],
    },
}

/// One matrix: rows of `columns` elements.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a> {
    columns: usize,
    elements: Elements<'a>,
}

#[derive(Clone, Copy)]
enum Elements<'a> {
    Single(&'a [f32]),
    Bytes(&'a [i8], f32),
}

impl<'a> Weights<'a> {
    /// The k-th matrix, at `start`, of rows x columns elements.
    pub(super) fn matrix(self, k: usize, start: usize, rows: usize, columns: usize) -> Option<Matrix<'a>> {
        let len = rows.checked_mul(columns)?;
        let elements = match self {
            Self::Single(values) => Elements::Single(values.get(start..)?.get(..len)?),
            Self::Bytes { values, scales } => Elements::Bytes(values.get(start..)?.get(..len)?, *scales.get(k)?),
        };
        Some(Matrix { columns: columns.max(1), elements })
    }
}

/// A weight as a number, before its scale.
trait Weight: Copy {
    fn number<T: Real>(self) -> T;
}

impl Weight for f32 {
    #[inline]
    fn number<T: Real>(self) -> T {
        T::from_f32(self)
    }
}

impl Weight for i8 {
    #[inline]
    fn number<T: Real>(self) -> T {
        T::from_f32(f32::from(self))
    }
}

/// Sum of weights times x, in order.
#[inline]
fn dot<T: Real>(row: impl Iterator<Item = impl Weight>, x: &[T]) -> T {
    row.zip(x).fold(T::ZERO, |sum, (weight, x)| sum + weight.number::<T>() * *x)
}

fn add_product<T: Real>(elements: &[impl Weight], scale: Option<f32>, columns: usize, x: &[T], y: &mut [T]) {
    for (y, row) in y.iter_mut().zip(elements.chunks_exact(columns.max(1))) {
        let sum = dot(row.iter().copied(), x);
        *y += scale.map_or(sum, |scale| T::from_f32(scale) * sum);
    }
}

fn add_transposed<T: Real>(elements: &[impl Weight], scale: Option<f32>, columns: usize, x: &[T], y: &mut [T]) {
    for (x, row) in x.iter().zip(elements.chunks_exact(columns.max(1))) {
        let factor = scale.map_or(*x, |scale| T::from_f32(scale) * *x);
        for (y, weight) in y.iter_mut().zip(row) {
            *y += factor * weight.number::<T>();
        }
    }
}

fn column<T: Real>(elements: &[impl Weight], scale: Option<f32>, columns: usize, k: usize, x: &[T]) -> T {
    let from = elements.get(k..).unwrap_or(&[]);
    let sum = dot(from.iter().copied().step_by(columns.max(1)), x);
    scale.map_or(sum, |scale| T::from_f32(scale) * sum)
}

impl Matrix<'_> {
    /// y += M x.
    pub(super) fn add_product<T: Real>(self, x: &[T], y: &mut [T]) {
        match self.elements {
            Elements::Single(elements) => add_product(elements, None, self.columns, x, y),
            Elements::Bytes(elements, scale) => add_product(elements, Some(scale), self.columns, x, y),
        }
    }

    /// y += M'x.
    pub(super) fn add_transposed<T: Real>(self, x: &[T], y: &mut [T]) {
        match self.elements {
            Elements::Single(elements) => add_transposed(elements, None, self.columns, x, y),
            Elements::Bytes(elements, scale) => add_transposed(elements, Some(scale), self.columns, x, y),
        }
    }

    /// The k-th element of M'x.
    pub(super) fn column<T: Real>(self, k: usize, x: &[T]) -> T {
        match self.elements {
            Elements::Single(elements) => column(elements, None, self.columns, k, x),
            Elements::Bytes(elements, scale) => column(elements, Some(scale), self.columns, k, x),
        }
    }

    /// The first element that is negative.
    pub(super) fn negative(self) -> Option<usize> {
        match self.elements {
            Elements::Single(elements) => elements.iter().position(|weight| *weight < 0.0),
            Elements::Bytes(elements, _) => elements.iter().position(|weight| *weight < 0),
        }
    }
}
