//! Linear least squares.

use crate::error::{self, Error, Field};
use crate::factor::{Cholesky, Packed};
use crate::matrix::MatRef;
use crate::operator::{Prox, Smooth};
use crate::real::Real;
#[cfg(not(target_arch = "arm"))]
use crate::vector;
#[cfg(not(target_arch = "arm"))]
use crate::wide::wide;

/// f(x) = |A x - b|² / 2, A of m rows and n columns.
///
/// With r = A v - b: wide, m < n: v - step A' (I + step A A')⁻¹ r; else v - (I + step A'A)⁻¹ step A'r. Factored for every call, k = min(m, n):
/// k² max(m, n) / 2 + k³ / 6 multiplications; scratch k (k + 1) / 2 + k.
#[derive(Clone, Copy, Debug)]
pub struct LeastSquares<'a, T> {
    /// A.
    pub matrix: MatRef<'a, T>,
    /// b.
    pub rhs: &'a [T],
}

impl<T: Real> LeastSquares<'_, T> {
    fn order(&self) -> usize {
        self.matrix.rows().min(self.matrix.columns())
    }

    /// I + step times the smaller of A A' and A'A.
    fn gram(&self, step: T, to: &mut [T]) {
        let rows = if self.matrix.rows() < self.matrix.columns() { self.matrix } else { self.matrix.transposed() };
        let on_the_diagonal = |i, j| if i == j { T::ONE } else { T::ZERO };
        #[cfg(not(target_arch = "arm"))]
        if rows.row_in_one_piece(0).is_none() && self.add_squares_of_rows(to) {
            let mut rest = to.iter_mut();
            for i in 0..self.order() {
                for (j, entry) in (0..=i).zip(&mut rest) {
                    *entry = step * *entry + on_the_diagonal(i, j);
                }
            }
            return;
        }
        let mut rest = to.iter_mut();
        for i in 0..self.order() {
            for (j, entry) in (0..=i).zip(&mut rest) {
                let product = rows.row(i).zip(rows.row(j)).fold(T::ZERO, |sum, (a, b)| sum + a * b);
                *entry = step * product + on_the_diagonal(i, j);
            }
        }
    }

    /// A'A, four rows of A at a time: the order of every sum is that of a product of columns, which would read all of A for every
    /// entry. False where rows do not lie in one piece.
    #[cfg(not(target_arch = "arm"))]
    fn add_squares_of_rows(&self, to: &mut [T]) -> bool {
        to.fill(T::ZERO);
        let row = |k| self.matrix.row_in_one_piece(k).unwrap_or(&[]);
        let whole = self.matrix.rows() / 4 * 4;
        wide(to.len(), || {
            for k in (0..whole).step_by(4) {
                add_squares(to, [row(k), row(k + 1), row(k + 2), row(k + 3)]);
            }
        });
        for k in whole..self.matrix.rows() {
            let mut rest = &mut *to;
            for (i, a) in row(k).iter().enumerate() {
                let Some((entries, after)) = rest.split_at_mut_checked(i + 1) else { return false };
                rest = after;
                vector::axpy(*a, row(k), entries);
            }
        }
        self.matrix.row_in_one_piece(0).is_some()
    }

    fn residual(&self, row: usize, x: &[T]) -> T {
        let b = self.rhs.get(row).copied().unwrap_or(T::ZERO);
        self.matrix.row(row).zip(x).fold(-b, |sum, (a, x)| sum + a * *x)
    }
}

/// The lower triangle of the sum of a a' for these four a.
#[cfg(not(target_arch = "arm"))]
#[inline(always)]
fn add_squares<T: Real>(to: &mut [T], [r0, r1, r2, r3]: [&[T]; 4]) {
    let mut rest = to;
    for (i, (((a0, a1), a2), a3)) in r0.iter().zip(r1).zip(r2).zip(r3).enumerate() {
        let Some((entries, after)) = rest.split_at_mut_checked(i + 1) else { return };
        rest = after;
        for ((((entry, b0), b1), b2), b3) in entries.iter_mut().zip(r0).zip(r1).zip(r2).zip(r3) {
            *entry = (((*entry + *a0 * *b0) + *a1 * *b1) + *a2 * *b2) + *a3 * *b3;
        }
    }
}

impl<T: Real> Prox<T> for LeastSquares<'_, T> {
    fn scratch_len(&self, _n: usize) -> usize {
        Packed::elements(self.order()).saturating_add(self.order())
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        error::exact(Field::Matrix, n, self.matrix.columns())?;
        error::exact(Field::RightHandSide, self.matrix.rows(), self.rhs.len())?;
        error::finite(Field::RightHandSide, self.rhs)?;
        error::at_least(Field::Workspace, Packed::elements(self.order()).saturating_add(self.order()), scratch)
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        let order = self.order();
        let Some((factor, rest)) = scratch.split_at_mut_checked(Packed::elements(order)) else { return };
        let Some(y) = rest.get_mut(..order) else { return };
        self.gram(step, factor);
        let wide = self.matrix.rows() < self.matrix.columns();
        if wide {
            for (row, y) in y.iter_mut().enumerate() {
                *y = self.residual(row, x);
            }
        } else {
            y.fill(T::ZERO);
            for row in 0..self.matrix.rows() {
                let residual = self.residual(row, x);
                for (y, a) in y.iter_mut().zip(self.matrix.row(row)) {
                    *y += a * residual;
                }
            }
        }
        let solved = Cholesky::factor(Packed::new(order), factor).and_then(|factor| factor.solve(y));
        if solved.is_err() {
            x.fill(T::NAN);
            return;
        }
        for (column, x) in x.iter_mut().enumerate() {
            let pull = if wide {
                self.matrix.transposed().row(column).zip(&*y).fold(T::ZERO, |sum, (a, y)| sum + a * *y)
            } else {
                y.get(column).copied().unwrap_or(T::ZERO)
            };
            *x -= step * pull;
        }
    }

    fn value(&self, x: &[T]) -> T {
        (0..self.matrix.rows()).map(|row| self.residual(row, x)).fold(T::ZERO, |sum, r| sum + r * r) / T::TWO
    }
}

impl<T: Real> Smooth<T> for LeastSquares<'_, T> {
    fn check_smooth(&self, n: usize) -> Result<(), Error> {
        error::exact(Field::Matrix, n, self.matrix.columns())?;
        error::exact(Field::RightHandSide, self.matrix.rows(), self.rhs.len())?;
        error::finite(Field::RightHandSide, self.rhs)
    }

    fn smooth_value(&self, x: &[T]) -> T {
        self.value(x)
    }

    fn add_gradient(&self, x: &[T], gradient: &mut [T]) -> T {
        let mut squares = T::ZERO;
        for row in 0..self.matrix.rows() {
            let residual = self.residual(row, x);
            squares += residual * residual;
            for (gradient, a) in gradient.iter_mut().zip(self.matrix.row(row)) {
                *gradient += a * residual;
            }
        }
        squares / T::TWO
    }
}
