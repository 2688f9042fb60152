//! The convex conjugate.

use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::real::Real;
use crate::vector;

/// f*, the conjugate of a convex f, by Moreau's decomposition: v - step prox of f / step at v / step. Scratch n and that of f. The
/// value is NaN: it is a maximisation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Conjugate<F> {
    /// f.
    pub function: F,
}

impl<T: Real, F: Prox<T>> Prox<T> for Conjugate<F> {
    fn scratch_len(&self, n: usize) -> usize {
        n.saturating_add(self.function.scratch_len(n))
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        error::at_least(Field::Workspace, self.scratch_len(n), scratch)?;
        self.function.check(n, self.function.scratch_len(n))
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        let Some((point, inner)) = scratch.split_at_mut_checked(x.len()) else { return };
        for (to, x) in point.iter_mut().zip(&*x) {
            *to = *x / step;
        }
        self.function.prox(point, T::ONE / step, inner);
        vector::axpy(-step, point, x);
    }

    fn value(&self, _x: &[T]) -> T {
        T::NAN
    }
}
