//! The sorted L1 norm.

use super::isotonic::pool;
use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::prox::penalty::weights;
use crate::real::Real;

/// f(x) = sum of l_k times the k-th largest |`x_i`|: SLOPE, and OSCAR with l falling linearly (M. Bogdan et al., Ann. Appl. Stat. 9
/// (2015), 1103-1140).
///
/// Magnitudes sorted down, less step l, made nonincreasing by pooling, cut at 0, put back. A heap sort: at most about
/// 2 n log2 n comparisons; scratch 3 n. The value takes n² comparisons, since it has no scratch.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SortedL1<'a, T> {
    /// l_k, nonincreasing, at least 0.
    pub weights: &'a [T],
}

/// Sorts keys down, and their places with them: a heap sort, so that the worst case is the ordinary one.
fn sort<T: Real>(keys: &mut [T], places: &mut [T]) {
    let n = keys.len();
    for root in (0..n / 2).rev() {
        sift(keys, places, root, n);
    }
    for end in (1..n).rev() {
        keys.swap_checked(0, end);
        places.swap_checked(0, end);
        sift(keys, places, 0, end);
    }
}

/// Lets the key at `root` sink in a heap of the smallest on top.
fn sift<T: Real>(keys: &mut [T], places: &mut [T], root: usize, end: usize) {
    let mut at = root;
    loop {
        let child = 2 * at + 1;
        if child >= end {
            return;
        }
        let (Some(&left), Some(&own)) = (keys.get(child), keys.get(at)) else { return };
        let right = if child + 1 < end { keys.get(child + 1).copied() } else { None };
        let (child, key) = match right {
            Some(right) if right < left => (child + 1, right),
            _ => (child, left),
        };
        if !(key < own) {
            return;
        }
        keys.swap_checked(at, child);
        places.swap_checked(at, child);
        at = child;
    }
}

/// `swap` that cannot panic.
trait SwapChecked {
    fn swap_checked(&mut self, a: usize, b: usize);
}

impl<T: Copy> SwapChecked for [T] {
    fn swap_checked(&mut self, a: usize, b: usize) {
        let (Some(&first), Some(&second)) = (self.get(a), self.get(b)) else { return };
        if let Some(entry) = self.get_mut(a) {
            *entry = second;
        }
        if let Some(entry) = self.get_mut(b) {
            *entry = first;
        }
    }
}

impl<T: Real> Prox<T> for SortedL1<'_, T> {
    fn scratch_len(&self, n: usize) -> usize {
        n.saturating_mul(3)
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        weights(n, self.weights)?;
        let rising = |pair: &[T]| matches!(pair, [a, b] if a < b);
        if let Some(index) = self.weights.windows(2).position(rising) {
            return Err(Error::Unordered { field: Field::Weights, index: index + 1 });
        }
        if n > 1 << 24 {
            return Err(Error::TooLarge { field: Field::Size });
        }
        error::at_least(Field::Workspace, n.saturating_mul(3), scratch)
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        let n = x.len();
        let Some((keys, rest)) = scratch.split_at_mut_checked(n) else { return };
        let Some((places, rest)) = rest.split_at_mut_checked(n) else { return };
        let Some(counts) = rest.get_mut(..n) else { return };
        for ((place, (key, entry)), x) in keys.iter_mut().zip(&mut *places).enumerate().zip(&*x) {
            *key = x.abs();
            // A place, kept as the bits of a number.
            *entry = T::from_bits_u64(place as u64);
        }
        sort(keys, places);
        for (key, weight) in keys.iter_mut().zip(self.weights) {
            // With the other sign, what has to fall has to rise.
            *key = step * *weight - *key;
        }
        pool(keys, counts);
        for (key, place) in keys.iter().zip(&*places) {
            let place = usize::try_from(place.to_bits_u64()).unwrap_or(usize::MAX);
            if let Some(x) = x.get_mut(place) {
                let size = -*key;
                *x = if size <= T::ZERO { T::ZERO } else { size.with_sign_of(*x) };
            }
        }
    }

    fn value(&self, x: &[T]) -> T {
        let rank = |place: usize, own: &T| {
            let before =
                x.iter().enumerate().filter(|(other, x)| x.abs() > own.abs() || x.abs() == own.abs() && *other < place);
            before.count()
        };
        x.iter().enumerate().fold(T::ZERO, |sum, (place, x)| {
            sum + self.weights.get(rank(place, x)).copied().unwrap_or(T::ZERO) * x.abs()
        })
    }
}
