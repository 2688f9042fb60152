//! Sums of group norms.

use super::Groups;
use crate::error::Error;
use crate::operator::Prox;
use crate::prox::norms::shrink_norm;
use crate::prox::penalty::{each, nonnegative, weights};
use crate::real::Real;
use crate::vector;

/// Weights of groups, 1 if there are none.
#[inline(always)]
fn each_weight<T: Real>(weights: &[T]) -> impl Iterator<Item = T> + '_ {
    let mut weights = weights.iter();
    core::iter::repeat_with(move || weights.next().copied().unwrap_or(T::ONE))
}

/// Does short groups on a host, and answers what is left, with its weights.
#[cfg_attr(target_arch = "arm", allow(unused_variables, reason = "for hosts"))]
#[inline]
fn ahead<'a, T: Real>(
    x: &'a mut [T],
    groups: Groups<'_>,
    weights: &'a [T],
    step: T,
    absolute: Option<T>,
) -> (&'a mut [T], &'a [T]) {
    #[cfg(not(target_arch = "arm"))]
    if let Groups::Equal(len) = groups {
        let done = super::short::shrink(x, len, weights, step, absolute);
        return (x.get_mut(done * len..).unwrap_or(&mut []), weights.get(done..).unwrap_or(&[]));
    }
    (x, weights)
}

#[inline(always)]
fn check<T: Real>(groups: Groups<'_>, group_weights: &[T], n: usize) -> Result<(), Error> {
    groups.check(n)?;
    if group_weights.is_empty() { Ok(()) } else { weights(groups.count(n), group_weights) }
}

/// f(x) = sum of w_g |x_g| (M. Yuan, Y. Lin, J. R. Stat. Soc. B 68 (2006), 49-67): each group as under the L2 norm. A norm, a division and
/// n multiplications.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GroupLasso<'a, T> {
    /// The groups.
    pub groups: Groups<'a>,
    /// w_g, at least 0, often the square root of the size; empty for 1.
    pub weights: &'a [T],
}

impl<T: Real> Prox<T> for GroupLasso<'_, T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    // In line, like the others here: who has groups of one length and no weights gets code for these alone.
    #[inline(always)]
    fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
        check(self.groups, self.weights, n)
    }

    #[inline(always)]
    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        let (x, weights) = ahead(x, self.groups, self.weights, step, None);
        for (group, weight) in self.groups.of_mut(x).zip(each_weight(weights)) {
            shrink_norm(group, step * weight);
        }
    }

    fn value(&self, x: &[T]) -> T {
        let groups = self.groups.of(x).zip(each_weight(self.weights));
        groups.fold(T::ZERO, |sum, (group, weight)| sum + weight * vector::norm(group))
    }
}

/// f(x) = a sum of |x_i| + sum of w_g |x_g| (N. Simon et al., J. Comput. Graph. Stat. 22 (2013), 231-245): the soft threshold first,
/// then the groups.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SparseGroupLasso<'a, T> {
    /// The groups.
    pub groups: Groups<'a>,
    /// w_g, at least 0; empty for 1.
    pub weights: &'a [T],
    /// a, at least 0.
    pub absolute: T,
}

impl<T: Real> Prox<T> for SparseGroupLasso<'_, T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    #[inline(always)]
    fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
        check(self.groups, self.weights, n)?;
        nonnegative(0, self.absolute)
    }

    #[inline(always)]
    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        let threshold = step * self.absolute;
        let (x, weights) = ahead(x, self.groups, self.weights, step, Some(threshold));
        // Over all of them at once, which is less code than in each group.
        each(x, move |x| x.soft_threshold(threshold));
        for (group, weight) in self.groups.of_mut(x).zip(each_weight(weights)) {
            shrink_norm(group, step * weight);
        }
    }

    fn value(&self, x: &[T]) -> T {
        let groups = self.groups.of(x).zip(each_weight(self.weights));
        groups.fold(T::ZERO, |sum, (group, weight)| {
            let absolute = group.iter().fold(T::ZERO, |sum, x| sum + x.abs());
            sum + weight * vector::norm(group) + self.absolute * absolute
        })
    }
}
