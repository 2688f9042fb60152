//! Solutions of linear equations.

use super::{indicator, rounding};
use crate::error::{self, Error, Field};
use crate::factor::{Cholesky, Packed};
use crate::matrix::MatRef;
use crate::operator::Prox;
use crate::prox::products::products;
use crate::real::Real;
#[cfg(not(target_arch = "arm"))]
use crate::vector;

/// Columns that a host takes at a time.
#[cfg(not(target_arch = "arm"))]
const SIDE_BY_SIDE: usize = 64;

/// A x = b with A of full row rank, m x n: v - A' (A A')⁻¹ (A v - b). 2 (2 m n + m²) multiplications, since it
/// is done twice: the second time takes away the rounding of a long way; scratch m.
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
    for (row, (y, b)) in y.iter_mut().zip(rhs).enumerate() {
        let product = match matrix.row_in_one_piece(row) {
            Some(row) => products(row, x),
            None => matrix.row(row).zip(x).fold(T::ZERO, |sum, (a, x)| sum + a * *x),
        };
        *y = product - *b;
    }
}

/// x -= A'y.
fn move_by<T: Real>(matrix: MatRef<'_, T>, y: &[T], x: &mut [T]) {
    #[cfg_attr(target_arch = "arm", allow(unused_mut, reason = "moved on by the loop of hosts"))]
    let mut done = 0;
    // A host takes columns side by side, since those are what lies side by side.
    #[cfg(not(target_arch = "arm"))]
    if matrix.row_in_one_piece(0).is_some() {
        for x in x.as_chunks_mut::<SIDE_BY_SIDE>().0 {
            let mut pull = [T::ZERO; SIDE_BY_SIDE];
            for (row, y) in y.iter().enumerate() {
                let row =
                    matrix.row_in_one_piece(row).and_then(|row| row.get(done..)).and_then(|row| row.first_chunk());
                vector::axpy(*y, row.unwrap_or(&[T::ZERO; SIDE_BY_SIDE]), &mut pull);
            }
            vector::axpy(-T::ONE, &pull, x);
            done += SIDE_BY_SIDE;
        }
    }
    for (column, x) in x.iter_mut().enumerate().skip(done) {
        let pull = matrix.transposed().row(column).zip(y).fold(T::ZERO, |sum, (a, y)| sum + a * *y);
        *x -= pull;
    }
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
        let Ok(factor) = Cholesky::from_factor(Packed::new(rows), self.factor) else { return };
        for _ in 0..2 {
            residual(self.matrix, self.rhs, x, y);
            if factor.solve(y).is_err() {
                return;
            }
            move_by(self.matrix, y, x);
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
