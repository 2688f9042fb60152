//! Vectors with few nonzero groups.

use super::Groups;
use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::prox::root::kth_largest;
use crate::prox::sets::indicator;
use crate::real::Real;
use crate::vector;

/// At most k groups are not 0, the ball of the L2,0 norm: the k groups of largest norm stay; of equal ones those that stand
/// first. Not convex. A norm an element, 32 passes over the norms (f64: 64); scratch one a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SparseGroups<'a> {
    /// The groups.
    pub groups: Groups<'a>,
    /// k, at least 1.
    pub count: usize,
}

impl<T: Real> Prox<T> for SparseGroups<'_> {
    fn scratch_len(&self, n: usize) -> usize {
        self.groups.count(n)
    }

    // In line, like the others here: who has groups of one length and no weights gets code for these alone.
    #[inline(always)]
    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        self.groups.check(n)?;
        if self.count == 0 {
            return Err(Error::OutOfRange { field: Field::Configuration, index: 0 });
        }
        error::at_least(Field::Workspace, self.groups.count(n), scratch)
    }

    #[inline(always)]
    fn prox(&self, x: &mut [T], _step: T, scratch: &mut [T]) {
        let count = self.groups.count(x.len());
        let Some(norms) = scratch.get_mut(..count) else { return };
        if self.count >= count {
            return;
        }
        for (norm, group) in norms.iter_mut().zip(self.groups.of(x)) {
            *norm = vector::norm(group);
        }
        let least = kth_largest(self.count, |bound: T| norms.iter().filter(|norm| !(**norm < bound)).count());
        let larger = norms.iter().filter(|norm| !(**norm <= least)).count();
        let mut places = self.count.saturating_sub(larger);
        for (group, norm) in self.groups.of_mut(x).zip(&*norms) {
            if *norm < least || *norm == least && places == 0 {
                group.fill(T::ZERO);
            } else if *norm == least {
                places -= 1;
            }
        }
    }

    fn value(&self, x: &[T]) -> T {
        let nonzero = |group: &&[T]| group.iter().any(|x| *x != T::ZERO);
        indicator(self.groups.of(x).filter(nonzero).count() <= self.count)
    }
}
