//! The Moreau envelope: a smooth stand-in for a function that is not.

use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::prox::penalty::positive;
use crate::real::Real;
use crate::vector;

/// min over z of f(z) + |z - x|² / (2 m): prox is v + step / (step + m) (prox of f with step + m at v, less v). Scratch n and that of f.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Envelope<T, F> {
    /// f.
    pub function: F,
    /// m, above 0.
    pub width: T,
}

impl<T: Real, F: Prox<T>> Envelope<T, F> {
    /// prox of f at x in front of the scratch.
    fn point<'s>(&self, x: &[T], step: T, scratch: &'s mut [T]) -> Option<&'s mut [T]> {
        let (point, inner) = scratch.split_at_mut_checked(x.len())?;
        vector::copy(x, point);
        self.function.prox(point, step, inner);
        Some(point)
    }

    /// The envelope's value, with the scratch of the operator. NaN if it is too short.
    pub fn value_with(&self, x: &[T], scratch: &mut [T]) -> T {
        let Some(point) = self.point(x, self.width, scratch) else { return T::NAN };
        let squares = point.iter().zip(x).fold(T::ZERO, |sum, (p, x)| sum + (*p - *x) * (*p - *x));
        self.function.value(point) + squares / (T::TWO * self.width)
    }

    /// Gradient (x - prox of f with step m at x) / m into `gradient`, Lipschitz with constant 1 / m. Nothing with a scratch that
    /// is too short.
    pub fn gradient(&self, x: &[T], gradient: &mut [T], scratch: &mut [T]) {
        let Some(point) = self.point(x, self.width, scratch) else { return };
        for ((to, p), x) in gradient.iter_mut().zip(&*point).zip(x) {
            *to = (*x - *p) / self.width;
        }
    }
}

impl<T: Real, F: Prox<T>> Prox<T> for Envelope<T, F> {
    fn scratch_len(&self, n: usize) -> usize {
        n.saturating_add(self.function.scratch_len(n))
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        positive(0, self.width)?;
        error::at_least(Field::Workspace, self.scratch_len(n), scratch)?;
        self.function.check(n, self.function.scratch_len(n))
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        let Some(point) = self.point(x, step + self.width, scratch) else { return };
        let share = step / (step + self.width);
        for (x, p) in x.iter_mut().zip(&*point) {
            *x += share * (*p - *x);
        }
    }

    /// NaN: see [`value_with`](Self::value_with).
    fn value(&self, _x: &[T]) -> T {
        T::NAN
    }
}
