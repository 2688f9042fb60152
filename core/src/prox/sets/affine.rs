//! Solutions of linear equations.

use super::{indicator, rounding};
use crate::error::{self, Error, Field};
use crate::factor::{Cholesky, Packed};
use crate::matrix::MatRef;
use crate::operator::Prox;
use crate::prox::products::products;
#[cfg(not(target_arch = "arm"))]
use crate::prox::products::{BLOCK, add_products};
use crate::real::Real;
#[cfg(not(target_arch = "arm"))]
use crate::wide::wide;

/// Columns that a host takes at a time.
#[cfg(not(target_arch = "arm"))]
const SIDE_BY_SIDE: usize = 64;

/// A x = b with A of full row rank, m x n: v - A' (A A')⁻¹ (A v - b). 2 m n + n + 3 m² / 2 multiplications; twice that where the way
/// is long beside the point at its end, since it is done again then to take away the rounding; scratch m.
///
/// The Cholesky factor of A A' is made once, on the host or by [`factor`](Self::factor). The error grows with the condition of A A'.
#[derive(Clone, Copy, Debug)]
pub struct Affine<'a, T> {
    /// A.
    pub matrix: MatRef<'a, T>,
    /// b, of m elements.
    pub rhs: &'a [T],
    /// Factor of A A' as [`Packed`], m (m + 1) / 2 elements.
    pub factor: &'a [T],
}

impl<T: Real> Affine<'_, T> {
    /// Fills `factor`, of `Packed::elements(m)` elements, from A: m² n / 2 + m³ / 6 multiplications.
    ///
    /// # Errors
    /// `Length` of `Field::Values` for another length, `Pivot` with the first row that depends on those above it.
    pub fn factor(matrix: MatRef<'_, T>, factor: &mut [T]) -> Result<(), Error> {
        let rows = matrix.rows();
        error::exact(Field::Values, Packed::elements(rows), factor.len())?;
        let mut rest = factor.iter_mut();
        for i in 0..rows {
            for (j, entry) in (0..=i).zip(&mut rest) {
                *entry = matrix.row(i).zip(matrix.row(j)).fold(T::ZERO, |sum, (a, b)| sum + a * b);
            }
        }
        Cholesky::factor(Packed::new(rows), factor).map(|_| ())
    }
}

/// y = A x - b.
fn residual<T: Real>(matrix: MatRef<'_, T>, rhs: &[T], x: &[T], y: &mut [T]) {
    // A host takes a block of all rows before the next one, so that x is read once.
    #[cfg(not(target_arch = "arm"))]
    if matrix.has_rows_in_one_piece() {
        y.fill(T::ZERO);
        for (x, start) in x.chunks(BLOCK).zip((0..).step_by(BLOCK)) {
            for (row, y) in y.iter_mut().enumerate() {
                let entries = matrix.row_in_one_piece(row).and_then(|row| row.get(start..)?.get(..x.len()));
                *y = add_products(*y, entries.unwrap_or(&[]), x);
            }
        }
        for (y, b) in y.iter_mut().zip(rhs) {
            *y -= *b;
        }
        return;
    }
    let mut rest = matrix;
    for (y, b) in y.iter_mut().zip(rhs) {
        let product = if matrix.has_rows_in_one_piece() {
            products(rest.first_in_one_piece(), x)
        } else {
            rest.row(0).zip(x).fold(T::ZERO, |sum, (a, x)| sum + a * *x)
        };
        rest = rest.without_first();
        *y = product - *b;
    }
}

/// x -= A'y.
fn move_by<T: Real>(matrix: MatRef<'_, T>, y: &[T], x: &mut [T]) {
    #[cfg_attr(target_arch = "arm", allow(unused_mut, reason = "moved on by the loop of hosts"))]
    let mut done = 0;
    // A host takes columns side by side, since those are what lies side by side.
    #[cfg(not(target_arch = "arm"))]
    if matrix.has_rows_in_one_piece() {
        let x = x.as_chunks_mut::<SIDE_BY_SIDE>().0;
        done = SIDE_BY_SIDE * x.len();
        wide(done, move || move_side_by_side(matrix, y, x));
    }
    for (column, x) in x.iter_mut().enumerate().skip(done) {
        *x -= matrix.column_times(column, y);
    }
}

/// The same of whole pieces of rows that lie in one piece.
#[cfg(not(target_arch = "arm"))]
#[inline(always)]
fn move_side_by_side<T: Real>(matrix: MatRef<'_, T>, y: &[T], x: &mut [[T; SIDE_BY_SIDE]]) {
    for (x, start) in x.iter_mut().zip((0..).step_by(SIDE_BY_SIDE)) {
        let mut pull = [T::ZERO; SIDE_BY_SIDE];
        for (row, y) in y.iter().enumerate() {
            let entries = matrix.row_in_one_piece(row).and_then(|row| row.get(start..)?.first_chunk());
            for (pull, a) in pull.iter_mut().zip(entries.unwrap_or(&[T::ZERO; SIDE_BY_SIDE])) {
                *pull += *a * *y;
            }
        }
        for (x, pull) in x.iter_mut().zip(pull) {
            *x -= pull;
        }
    }
}

/// Sum of (|y_i| |a_i|)² over the rows a_i of A, whose squared norms are the diagonal of A A' = L L'.
fn reach<T: Real>(factor: &[T], y: &[T]) -> T {
    let (mut rest, mut sum) = (factor, T::ZERO);
    for (row, y) in y.iter().enumerate() {
        let Some((entries, [reciprocal, after @ ..])) = rest.split_at_checked(row) else { return sum };
        let own = *y / *reciprocal;
        sum += *y * *y * products(entries, entries) + own * own;
        rest = after;
    }
    sum
}

impl<T: Real> Prox<T> for Affine<'_, T> {
    fn scratch_len(&self, _n: usize) -> usize {
        self.matrix.rows()
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        error::exact(Field::Matrix, n, self.matrix.columns())?;
        error::exact(Field::RightHandSide, self.matrix.rows(), self.rhs.len())?;
        error::finite(Field::RightHandSide, self.rhs)?;
        Cholesky::from_factor(Packed::new(self.matrix.rows()), self.factor)?;
        error::at_least(Field::Workspace, self.matrix.rows(), scratch)
    }

    fn prox(&self, x: &mut [T], _step: T, scratch: &mut [T]) {
        let rows = self.matrix.rows();
        let Some(y) = scratch.get_mut(..rows) else { return };
        let factor = Cholesky::trusted(Packed::new(rows), self.factor);
        for _ in 0..2 {
            residual(self.matrix, self.rhs, x, y);
            // It has as many rows.
            _ = factor.solve(y);
            move_by(self.matrix, y, x);
            // Rounding leaves a residual of some epsilon |a_i| (|x before| + the sum of |y_k| |a_k|), however A A' is conditioned; that of
            // x itself, as it now is, is epsilon |a_i| |x|.
            if reach(self.factor, y) < products(x, x) {
                return;
            }
        }
    }

    fn value(&self, x: &[T]) -> T {
        let inside = self.rhs.iter().enumerate().all(|(row, b)| {
            let products = || self.matrix.row(row).zip(x).map(|(a, x)| a * *x);
            let off = products().fold(-*b, |sum, product| sum + product);
            let size = products().fold(b.abs(), |sum, product| sum + product.abs());
            off.abs() <= rounding(1, size)
        });
        indicator(inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    fn waves<T: Real>(n: usize, by: f64) -> Vec<T> {
        (0..n).map(|k| T::from_f64((k as f64 * by).sin() * 3.0)).collect()
    }

    /// Blocks of rows and columns side by side have the bits of one row and one column after the other.
    fn agree<T: Real>(n: usize) {
        let (data, rhs, y): (Vec<T>, Vec<T>, Vec<T>) = (waves(3 * n, 0.7), waves(3, 0.9), waves(3, 1.1));
        let (matrix, mut x) = (MatRef::row_major(&data, 3, n).unwrap(), waves::<T>(n, 1.3));
        let mut residuals = vec![T::ZERO; 3];
        residual(matrix, &rhs, &x, &mut residuals);
        for ((row, b), residual) in data.chunks(n).zip(&rhs).zip(&residuals) {
            assert_eq!((products(row, &x) - *b).to_bits_u64(), residual.to_bits_u64(), "{n}");
        }
        let expected: Vec<T> = x.iter().enumerate().map(|(k, x)| *x - matrix.column_times(k, &y)).collect();
        move_by(matrix, &y, &mut x);
        assert!(x.iter().zip(&expected).all(|(x, expected)| x.to_bits_u64() == expected.to_bits_u64()), "{n}");
    }

    #[test]
    fn rows_and_columns_side_by_side_have_the_bits_of_one_after_the_other() {
        for n in [1, 7, 63, 64, 65, 1000, BLOCK, 2 * BLOCK + 77] {
            agree::<f32>(n);
            agree::<f64>(n);
        }
    }

    #[test]
    fn a_long_way_leaves_no_more_rounding_than_a_short_one() {
        for far in [0.0_f32, 1.0, 1e3, 1e6] {
            let ones = [1.0_f32; 64];
            let mut x: Vec<f32> = waves(64, 0.37);
            x.iter_mut().for_each(|x| *x += far);
            let mut factor = [0.0];
            let matrix = MatRef::row_major(&ones, 1, 64).unwrap();
            Affine::factor(matrix, &mut factor).unwrap();
            Affine { matrix, rhs: &[1.0], factor: &factor }.prox(&mut x, 1.0, &mut [0.0]);
            let (sum, size) =
                x.iter().fold((0.0, 0.0), |(sum, size), x| (sum + f64::from(*x), size + f64::from(*x).abs()));
            assert!((sum - 1.0).abs() < 4e-7 * size, "{far}: {sum}, {size}");
        }
    }
}
