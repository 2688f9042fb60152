//! Sums over parts of a vector.

use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::real::Real;

/// f_1 of the first elements, f_2 of those that follow, and so on: the parts with their lengths, which sum up to n. An operator of
/// length 0 and the rest of a vector without one are left alone. Scratch: the largest of the parts.
#[derive(Clone, Copy)]
pub struct SeparableSum<'a, T> {
    /// Length and operator of each part.
    pub parts: &'a [(usize, &'a dyn Prox<T>)],
}

impl<T: Real> core::fmt::Debug for SeparableSum<'_, T> {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.debug_struct("SeparableSum").field("parts", &self.parts.len()).finish()
    }
}

impl<T: Real> Prox<T> for SeparableSum<'_, T> {
    fn scratch_len(&self, _n: usize) -> usize {
        self.parts.iter().fold(0, |most, (len, part)| most.max(part.scratch_len(*len)))
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        let all = self.parts.iter().fold(0_usize, |sum, (len, _)| sum.saturating_add(*len));
        if all != n {
            return Err(Error::Length { field: Field::Groups, need: n, got: all });
        }
        error::at_least(Field::Workspace, self.scratch_len(n), scratch)?;
        self.parts.iter().try_for_each(|(len, part)| part.check(*len, scratch))
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        let mut rest = x;
        for (len, part) in self.parts {
            let Some((own, after)) = rest.split_at_mut_checked(*len) else { return };
            // Exactly as long as asked for, whatever the others need.
            if let Some(scratch) = scratch.get_mut(..part.scratch_len(*len)) {
                part.prox(own, step, scratch);
            }
            rest = after;
        }
    }

    fn value(&self, x: &[T]) -> T {
        let mut rest = x;
        self.parts.iter().fold(T::ZERO, |sum, (len, part)| match rest.split_at_checked(*len) {
            Some((own, after)) => {
                rest = after;
                sum + part.value(own)
            }
            None => sum,
        })
    }
}

/// The same f of every `len` elements; n is a multiple of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Repeated<F> {
    /// f.
    pub function: F,
    /// Elements of a part, at least 1.
    pub len: usize,
}

impl<T: Real, F: Prox<T>> Prox<T> for Repeated<F> {
    fn scratch_len(&self, _n: usize) -> usize {
        self.function.scratch_len(self.len)
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        if self.len == 0 || n.checked_rem(self.len) != Some(0) {
            return Err(Error::OutOfRange { field: Field::Groups, index: 0 });
        }
        self.function.check(self.len, scratch)
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        for part in x.chunks_exact_mut(self.len.max(1)) {
            self.function.prox(part, step, scratch);
        }
    }

    fn value(&self, x: &[T]) -> T {
        x.chunks_exact(self.len.max(1)).fold(T::ZERO, |sum, part| sum + self.function.value(part))
    }
}
