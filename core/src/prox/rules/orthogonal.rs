//! A function behind an orthogonal map.

use crate::error::{self, Error, Field};
use crate::matrix::MatRef;
use crate::operator::Prox;
use crate::prox::penalty::positive;
use crate::real::Real;
use crate::vector;

/// f(Q x) for Q Q' = a I, m rows, n columns: v + Q' (prox of f with a step at Q v, less Q v) / a; of a square Q the first and the
/// last term cancel. 2 m n multiplications; scratch 2 m and that of f.
#[derive(Clone, Copy, Debug)]
pub struct Orthogonal<'a, T, F> {
    /// f, of m elements.
    pub function: F,
    /// Q.
    pub matrix: MatRef<'a, T>,
    /// a, above 0; 1 for orthonormal rows.
    pub factor: T,
}

impl<T: Real, F: Prox<T>> Orthogonal<'_, T, F> {
    fn apply(&self, x: &[T], y: &mut [T]) {
        for (row, y) in y.iter_mut().enumerate() {
            *y = self.matrix.row(row).zip(x).fold(T::ZERO, |sum, (q, x)| sum + q * *x);
        }
    }

    /// f(Q x), with the scratch of the operator. NaN if it is too short.
    pub fn value_with(&self, x: &[T], scratch: &mut [T]) -> T {
        let Some(y) = scratch.get_mut(..self.matrix.rows()) else { return T::NAN };
        self.apply(x, y);
        self.function.value(y)
    }
}

impl<T: Real, F: Prox<T>> Prox<T> for Orthogonal<'_, T, F> {
    fn scratch_len(&self, _n: usize) -> usize {
        let rows = self.matrix.rows();
        rows.saturating_mul(2).saturating_add(self.function.scratch_len(rows))
    }

    /// That Q Q' = a I is checked within 1e3 epsilon of a.
    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        error::exact(Field::Matrix, n, self.matrix.columns())?;
        positive(0, self.factor)?;
        let rows = self.matrix.rows();
        for i in 0..rows {
            for j in 0..=i {
                let product = self.matrix.row(i).zip(self.matrix.row(j)).fold(T::ZERO, |sum, (a, b)| sum + a * b);
                let wanted = if i == j { self.factor } else { T::ZERO };
                if !((product - wanted).abs() <= T::from_f64(1e3) * T::EPSILON * self.factor) {
                    return Err(Error::OutOfRange { field: Field::Matrix, index: i });
                }
            }
        }
        error::at_least(Field::Workspace, self.scratch_len(n), scratch)?;
        self.function.check(rows, self.function.scratch_len(rows))
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        let rows = self.matrix.rows();
        let Some((y, rest)) = scratch.split_at_mut_checked(rows) else { return };
        let Some((z, inner)) = rest.split_at_mut_checked(rows) else { return };
        self.apply(x, y);
        vector::copy(y, z);
        self.function.prox(z, step * self.factor, inner);
        if rows == x.len() {
            // Then v is Q'Q v / a, whose rounding would be all that is left of an element that ends near 0.
            x.fill(T::ZERO);
            y.fill(T::ZERO);
        }
        for (z, y) in z.iter_mut().zip(&*y) {
            *z = (*z - *y) / self.factor;
        }
        for (column, x) in x.iter_mut().enumerate() {
            let change = self.matrix.transposed().row(column).zip(&*z).fold(T::ZERO, |sum, (q, z)| sum + q * *z);
            *x += change;
        }
    }

    /// NaN: see [`value_with`](Self::value_with).
    fn value(&self, _x: &[T]) -> T {
        T::NAN
    }
}
