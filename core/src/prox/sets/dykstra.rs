//! Intersections.

use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::real::Real;
use crate::vector;

/// The sum of several functions, above all the intersection of sets, by Dykstra's algorithm (J. P. Boyle, R. L. Dykstra, 1986;
/// for functions: H. H. Bauschke, P. L. Combettes, Pac. J. Optim. 4 (2008), 383-391): each operator in turn, applied to
/// the iterate and its own last correction.
///
/// Ends when a round moves nothing by more than `tolerance` times the largest magnitude, or after `rounds`; the result is exact in
/// the limit only, linearly for polyhedra, and fulfils the last function of the list best. Scratch: n for each function, n, and the
/// largest scratch among them.
#[derive(Clone, Copy)]
pub struct Dykstra<'a, T, P = &'a dyn Prox<T>> {
    /// The functions, at least one.
    pub parts: &'a [P],
    /// The most rounds, at least 1.
    pub rounds: u32,
    /// When to stop, at least 0; epsilon as a rule.
    pub tolerance: T,
}

impl<T: Real, P> core::fmt::Debug for Dykstra<'_, T, P> {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.debug_struct("Dykstra").field("parts", &self.parts.len()).field("rounds", &self.rounds).finish()
    }
}

impl<T: Real, P: Prox<T>> Dykstra<'_, T, P> {
    fn inner(&self, n: usize) -> usize {
        self.parts.iter().fold(0, |most, part| most.max(part.scratch_len(n)))
    }
}

impl<T: Real, P: Prox<T>> Prox<T> for Dykstra<'_, T, P> {
    fn scratch_len(&self, n: usize) -> usize {
        self.parts.len().saturating_add(1).saturating_mul(n).saturating_add(self.inner(n))
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        if self.rounds == 0 {
            return Err(Error::OutOfRange { field: Field::Iterations, index: 0 });
        }
        if !(self.tolerance >= T::ZERO) {
            return Err(Error::OutOfRange { field: Field::Tolerance, index: 0 });
        }
        error::at_least(Field::Values, 1, self.parts.len())?;
        error::at_least(Field::Workspace, self.scratch_len(n), scratch)?;
        self.parts.iter().try_for_each(|part| part.check(n, self.inner(n)))
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        let n = x.len();
        let Some((corrections, rest)) = scratch.split_at_mut_checked(self.parts.len().saturating_mul(n)) else {
            return;
        };
        let Some((before, inner)) = rest.split_at_mut_checked(n) else { return };
        if n == 0 {
            return;
        }
        corrections.fill(T::ZERO);
        for _ in 0..self.rounds {
            let mut moved = T::ZERO;
            for (part, correction) in self.parts.iter().zip(corrections.chunks_exact_mut(n)) {
                for ((x, correction), before) in x.iter_mut().zip(&mut *correction).zip(&mut *before) {
                    *before = *x;
                    *x += *correction;
                    *correction = *x;
                }
                part.prox(x, step, inner);
                for (x, correction) in x.iter().zip(correction) {
                    *correction -= *x;
                }
                moved = moved.max(vector::max_abs_difference(x, before));
            }
            if !(moved > self.tolerance * vector::max_abs(x)) {
                return;
            }
        }
    }

    fn value(&self, x: &[T]) -> T {
        self.parts.iter().fold(T::ZERO, |sum, part| sum + part.value(x))
    }
}
