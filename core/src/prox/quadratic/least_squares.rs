//! Linear least squares.

#[cfg(not(target_arch = "arm"))]
use super::tall;
use crate::error::{self, Error, Field};
use crate::factor::{Cholesky, Packed};
use crate::matrix::MatRef;
use crate::operator::{Prox, Smooth};
use crate::real::Real;

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
        if rows.row_in_one_piece(0).is_none() && tall::gram(self.matrix, to) {
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

    fn residual(&self, row: usize, x: &[T]) -> T {
        let b = self.rhs.get(row).copied().unwrap_or(T::ZERO);
        self.matrix.row(row).zip(x).fold(-b, |sum, (a, x)| sum + a * *x)
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
            #[cfg(not(target_arch = "arm"))]
            let done = tall::add_gradient(self.matrix, self.rhs, x, y);
            #[cfg(target_arch = "arm")]
            let done = 0;
            for row in done..self.matrix.rows() {
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
