//! Random rows from a seed, each from a stream of its own, so that they can be drawn in any order.

use crate::real::Real;
use crate::rng::Xoshiro128;

/// The streams of one measurement operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Streams(u64);

/// Variance of the sum of four bytes, 4 (256² - 1) / 12.
const VARIANCE: f32 = 21_845.0;

impl Streams {
    /// Neighbouring seeds have no row in common: the base of the streams is drawn.
    pub(super) const fn new(seed: u64) -> Self {
        let mut rng = Xoshiro128::new(seed);
        Self((rng.word() as u64) << 32 | rng.word() as u64)
    }

    #[inline]
    pub(super) const fn row(self, index: usize) -> Xoshiro128 {
        Xoshiro128::new(self.0.wrapping_add(index as u64))
    }

    /// Row `index` of numbers of mean 0 and variance 1, nearly Gaussian: sums of the four bytes of a word.
    #[inline]
    pub(super) fn fill<T: Real>(self, index: usize, out: &mut [T]) {
        let scale = T::ONE / T::from_f32(VARIANCE).sqrt();
        let mut rng = self.row(index);
        for out in out {
            let word = rng.word();
            // Two sums of two bytes side by side, then one of those.
            let pairs = (word & 0x00ff_00ff) + ((word >> 8) & 0x00ff_00ff);
            let sum = (pairs & 0xffff) + (pairs >> 16);
            *out = (T::from_u32(sum) - T::from_f32(510.0)) * scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_near_gaussian_and_order_free() {
        let streams = Streams::new(1);
        let mut row = [0.0_f32; 1000];
        let mut moments = [0.0_f64; 4];
        for index in 0..200 {
            streams.fill(index, &mut row);
            for (power, moment) in moments.iter_mut().enumerate() {
                *moment += row.iter().map(|x| f64::from(*x).powi(power as i32 + 1)).sum::<f64>() / 200_000.0;
            }
        }
        let [mean, variance, skew, kurtosis] = moments;
        assert!(mean.abs() < 0.012 && (variance - 1.0).abs() < 0.015 && skew.abs() < 0.03, "{moments:?}");
        // A uniform byte has an excess of -1.2; of four, a quarter of that is left.
        assert!((kurtosis - 2.7).abs() < 0.06, "{kurtosis}");
        let mut again = [0.0_f32; 1000];
        streams.fill(199, &mut again);
        assert_eq!(row, again);
        Streams::new(2).fill(198, &mut again);
        assert_ne!(row, again);
    }
}
