//! A box cut by a hyperplane.

use super::{indicator, rounding};
use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::prox::penalty::{finite, weights};
use crate::prox::root::piecewise;
use crate::real::Real;
use crate::vector;

/// low <= x_i <= high, sum of a_i x_i = b, a_i > 0: clamp(v - mu a_i, low, high) with the mu at which the sum is right. At most 80
/// passes of 2 multiplications an element (f64: 160), about 8 as a rule.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CappedSimplex<'a, T> {
    /// a_i, above 0; empty for 1.
    pub weights: &'a [T],
    /// b, between the sums of a_i low and a_i high.
    pub total: T,
    /// Lower bound of all elements, 0 as a rule.
    pub low: T,
    /// Upper bound of all elements.
    pub high: T,
}

impl<T: Real> CappedSimplex<'_, T> {
    /// Elements with their weights.
    #[inline(always)]
    fn weighted<'x>(&'x self, x: &'x [T]) -> impl Iterator<Item = (T, T)> + 'x {
        x.iter().enumerate().map(|(k, x)| (*x, self.weights.get(k).copied().unwrap_or(T::ONE)))
    }

    /// Sums of a_i clamp(x_i - centre - mu a_i, low, high), and of a_i² where neither bound is reached, in four lanes.
    // Hosts: apart, or the lanes are shuffled within the loop for the sake of how they are joined.
    #[cfg_attr(target_arch = "arm", inline(always))]
    #[cfg_attr(not(target_arch = "arm"), inline(never))]
    fn moved(&self, x: &[T], centre: T, mu: T) -> (T, T) {
        let (mut sums, mut slopes) = ([T::ZERO; 4], [T::ZERO; 4]);
        let mut add = |x: &[T], a: &[T]| {
            for (((sum, slope), x), a) in sums.iter_mut().zip(&mut slopes).zip(x).zip(a) {
                let y = (*x - centre) - mu * *a;
                *sum += *a * y.min(self.high).max(self.low);
                *slope += if y < self.high && y > self.low { *a * *a } else { T::ZERO };
            }
        };
        // A chip has one loop, which is half the code; elsewhere whole fours become vectors.
        #[cfg(target_arch = "arm")]
        let (x4, x_rest): (&[[T; 4]], _) = (&[], x);
        #[cfg(not(target_arch = "arm"))]
        let (x4, x_rest) = x.as_chunks::<4>();
        let ones = [T::ONE; 4];
        if self.weights.is_empty() {
            x4.iter().for_each(|x| add(x, &ones));
            x_rest.chunks(4).for_each(|x| add(x, &ones));
        } else {
            let (a4, a_rest) = self.weights.split_at_checked(4 * x4.len()).unwrap_or((&[], &[]));
            x4.iter().zip(a4.as_chunks::<4>().0).for_each(|(x, a)| add(x, a));
            x_rest.chunks(4).zip(a_rest.chunks(4)).for_each(|(x, a)| add(x, a));
        }
        (vector::join(sums), vector::join(slopes))
    }

    fn sum(&self, x: &[T]) -> T {
        self.weighted(x).fold(T::ZERO, |sum, (x, a)| sum + a * x)
    }

    /// The projection, of weights 1 or of those there are.
    fn project<const ONES: bool>(&self, x: &mut [T]) {
        let this = if ONES { Self { weights: &[], ..*self } } else { *self };
        let (low, high) = (this.low, this.high);
        let Some(first) = x.first().copied() else { return };
        let (least, most) = x.iter().fold((first, first), |(least, most), x| (least.min(*x), most.max(*x)));
        // Relative to the middle of v, so that an offset costs no digits; that is exact where all weights are equal.
        let centre = if this.weights.is_empty() { least + (most - least) / T::TWO } else { T::ZERO };
        let bounds = this.weighted(x).fold((T::INFINITY, -T::INFINITY), |(from, to), (x, a)| {
            let x = x - centre;
            (from.min((x - high) / a), to.max((x - low) / a))
        });
        // At the first all elements are high, at the second all are low.
        let mu = piecewise(bounds.0, bounds.1, |mu| {
            let (sum, slope) = this.moved(x, centre, mu);
            (this.total - sum, slope)
        });
        let place = |x: &mut T, a: T| *x = ((*x - centre) - mu * a).min(high).max(low);
        if this.weights.is_empty() {
            x.iter_mut().for_each(|x| place(x, T::ONE));
        } else {
            x.iter_mut().zip(this.weights).for_each(|(x, a)| place(x, *a));
        }
    }
}

impl<T: Real> Prox<T> for CappedSimplex<'_, T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    #[inline(always)]
    fn check(&self, n: usize, _scratch: usize) -> Result<(), Error> {
        if !self.weights.is_empty() {
            weights(n, self.weights)?;
            if let Some(index) = self.weights.iter().position(|a| *a == T::ZERO) {
                return Err(Error::OutOfRange { field: Field::Weights, index });
            }
        }
        finite(0, self.total)?;
        error::finite(Field::Bounds, &[self.low, self.high])?;
        if self.low >= self.high {
            return Err(Error::OutOfRange { field: Field::Bounds, index: 0 });
        }
        let count = T::from_u32(u32::try_from(n).unwrap_or(u32::MAX));
        let all = if self.weights.is_empty() { count } else { self.weights.iter().fold(T::ZERO, |sum, a| sum + *a) };
        if self.total < all * self.low || self.total > all * self.high {
            return Err(Error::OutOfRange { field: Field::Configuration, index: 0 });
        }
        Ok(())
    }

    // Two loops of their own, of which one that never comes is not linked.
    #[inline(always)]
    fn prox(&self, x: &mut [T], _step: T, _scratch: &mut [T]) {
        if self.weights.is_empty() { self.project::<true>(x) } else { self.project::<false>(x) }
    }

    fn value(&self, x: &[T]) -> T {
        let size = self.weighted(x).fold(T::ZERO, |size, (_, a)| size.max(a)) * self.low.abs().max(self.high.abs());
        let bound = rounding(x.len(), size + self.total.abs());
        let inside = x.iter().all(|x| *x >= self.low && *x <= self.high);
        indicator(inside && (self.sum(x) - self.total).abs() <= bound)
    }
}
