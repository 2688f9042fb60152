//! Functions of the singular values of a matrix.

use super::eigenvalues::settle;
use super::{ON_STACK, SIDE};
use crate::error::{self, Error, Field};
use crate::factor::{OneSidedJacobi, SWEEPS};
use crate::operator::Prox;
use crate::real::Real;

/// f(singular values of X) for an f that neither order nor signs matter to, X row-major, rows x columns.
///
/// With c the smaller and l the larger side: about 8 sweeps of 4 c² l multiplications by one-sided Jacobi rotations, 30 at most,
/// which keep the digits of small singular values, and c² l more; scratch c l + c² + c and that of f. Measured in f32: 2e-6 of
/// the largest singular value at 8 x 8. The value, up to 8 x 8, NaN beyond, takes 300 bytes of stack (f32). A matrix that is not
/// finite stays as it is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SingularValues<F> {
    /// Rows; x has rows times columns elements.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// f.
    pub function: F,
}

impl<F> SingularValues<F> {
    /// The smaller and the larger side.
    fn sides(&self) -> (usize, usize) {
        (self.rows.min(self.columns), self.rows.max(self.columns))
    }

    /// The places of X in the order of rows of the longer kind.
    fn places(&self) -> impl Iterator<Item = usize> + use<F> {
        let (count, length) = self.sides();
        let (along, across) = if self.rows <= self.columns { (1, self.columns) } else { (self.columns, 1) };
        (0..count).flat_map(move |k| (0..length).map(move |j| k * across + j * along))
    }

    fn gather<T: Real>(&self, x: &[T], to: &mut [T]) {
        for (to, place) in to.iter_mut().zip(self.places()) {
            *to = x.get(place).copied().unwrap_or(T::ZERO);
        }
    }
}

impl<T: Real, F: Prox<T>> Prox<T> for SingularValues<F> {
    fn scratch_len(&self, n: usize) -> usize {
        let (count, _) = self.sides();
        let own = n.saturating_add(count.saturating_mul(count)).saturating_add(count);
        own.saturating_add(self.function.scratch_len(count))
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        if self.rows.checked_mul(self.columns) != Some(n) {
            return Err(Error::OutOfRange { field: Field::Size, index: 0 });
        }
        error::at_least(Field::Workspace, self.scratch_len(n), scratch)?;
        let (count, _) = self.sides();
        self.function.check(count, self.function.scratch_len(count))
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        let (count, length) = self.sides();
        let Some((matrix, rest)) = scratch.split_at_mut_checked(x.len()) else { return };
        let Some((rotations, rest)) = rest.split_at_mut_checked(count * count) else { return };
        let Some((values, inner)) = rest.split_at_mut_checked(count) else { return };
        self.gather(x, matrix);
        match OneSidedJacobi::new(count, length, matrix, values, Some(rotations), SWEEPS) {
            Ok(mut jacobi) => {
                let _ = jacobi.run();
            }
            Err(_) => return,
        }
        self.function.prox(values, step, inner);
        x.fill(T::ZERO);
        let terms = values.iter().zip(matrix.chunks_exact(length.max(1))).zip(rotations.chunks_exact(count.max(1)));
        for ((value, long), short) in terms {
            let products = short.iter().flat_map(|s| long.iter().map(move |l| *value * (*s * *l)));
            for (product, place) in products.zip(self.places()) {
                if let Some(x) = x.get_mut(place) {
                    *x += product;
                }
            }
        }
    }

    fn value(&self, x: &[T]) -> T {
        let (count, length) = self.sides();
        let (mut matrix, mut values) = ([T::ZERO; ON_STACK], [T::ZERO; SIDE]);
        let (Some(matrix), Some(values)) = (matrix.get_mut(..x.len()), values.get_mut(..count)) else { return T::NAN };
        self.gather(x, matrix);
        match OneSidedJacobi::new(count, length, matrix, values, None, SWEEPS) {
            Ok(mut jacobi) => {
                let _ = jacobi.run();
            }
            Err(_) => return T::NAN,
        }
        settle(values);
        self.function.value(values)
    }
}
