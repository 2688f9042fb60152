//! Sums of the k largest elements.

use crate::error::{Error, Field};
use crate::operator::Prox;
use crate::prox::root::{kth_largest, piecewise};
use crate::prox::vfp;
use crate::real::Real;
use crate::vector;

fn number<T: Real>(count: usize) -> T {
    T::from_u32(u32::try_from(count).unwrap_or(u32::MAX))
}

fn check(count: usize) -> Result<(), Error> {
    if count > 0 { Ok(()) } else { Err(Error::OutOfRange { field: Field::Configuration, index: 0 }) }
}

/// f(x) = sum of the k largest `x_i`, of all if k >= n: v - clamp(v - mu, 0, step) with the mu at which k step is taken away in sum. At
/// most 80 passes (f64: 160), about 8 as a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SumOfLargest {
    /// k, at least 1.
    pub count: usize,
}

impl<T: Real> Prox<T> for SumOfLargest {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        check(self.count)
    }

    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        if vfp::sum_of_largest(x, step, self.count) {
            return;
        }
        let Some(first) = x.first().copied() else { return };
        if self.count >= x.len() {
            x.iter_mut().for_each(|x| *x -= step);
            return;
        }
        let (least, most) = x.iter().fold((first, first), |(least, most), x| (least.min(*x), most.max(*x)));
        let taken = number::<T>(self.count) * step;
        // Relative to the largest, so that an offset costs no digits.
        let mu = piecewise((least - most) - step, T::ZERO, |mu| {
            let (sum, slope) = x.iter().fold((T::ZERO, T::ZERO), |(sum, slope), x| {
                let above = (*x - most) - mu;
                if above >= step {
                    (sum + step, slope)
                } else if above > T::ZERO {
                    (sum + above, slope + T::ONE)
                } else {
                    (sum, slope)
                }
            });
            (taken - sum, slope)
        });
        let level = most + mu;
        for x in x {
            // Between the two, all come to one level.
            *x = if *x > level { level.max(*x - step) } else { *x };
        }
    }

    fn value(&self, x: &[T]) -> T {
        if self.count >= x.len() {
            return x.iter().fold(T::ZERO, |sum, x| sum + *x);
        }
        let least = x.iter().copied().reduce(Real::min).unwrap_or(T::ZERO);
        let level = least + kth_largest(self.count, |bound: T| x.iter().filter(|x| **x - least >= bound).count());
        let above = x.iter().fold(T::ZERO, |sum, x| sum + (*x - level).max(T::ZERO));
        number::<T>(self.count) * level + above
    }
}

/// f(x) = sum of the k largest |`x_i`|: from L-infinity (k = 1) to L1 (k = n). Magnitudes as under [`SumOfLargest`], none below 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SumOfLargestMagnitudes {
    /// k, at least 1.
    pub count: usize,
}

impl<T: Real> Prox<T> for SumOfLargestMagnitudes {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        check(self.count)
    }

    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        let taken = number::<T>(self.count.min(x.len())) * step;
        let all = x.iter().fold(T::ZERO, |sum, x| sum + x.abs().min(step));
        if all <= taken {
            x.iter_mut().for_each(|x| *x = x.soft_threshold(step));
            return;
        }
        let most = vector::max_abs(x);
        let mu = piecewise(-most, T::ZERO, |mu| {
            let (sum, slope) = x.iter().fold((T::ZERO, T::ZERO), |(sum, slope), x| {
                let above = (x.abs() - most) - mu;
                if above >= step {
                    (sum + step, slope)
                } else if above > T::ZERO {
                    (sum + above, slope + T::ONE)
                } else {
                    (sum, slope)
                }
            });
            (taken - sum, slope)
        });
        let level = (most + mu).max(T::ZERO);
        for x in x {
            let size = x.abs();
            if size > level {
                *x = level.max(size - step).with_sign_of(*x);
            }
        }
    }

    fn value(&self, x: &[T]) -> T {
        let level = kth_largest(self.count, |bound: T| x.iter().filter(|x| x.abs() >= bound).count());
        let above = x.iter().fold(T::ZERO, |sum, x| sum + (x.abs() - level).max(T::ZERO));
        number::<T>(self.count) * level + above
    }
}
