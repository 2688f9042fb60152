//! Quantiles of magnitudes without sorting: 256 bins, eight an octave.

use crate::real::Real;

/// Bins of the histogram.
pub const BINS: usize = LAST as usize + 1;
const LAST: u32 = 255;
/// Octaves of the window above the median of the data it was laid on; the other 26 lie below.
const ABOVE: u32 = 6;
const PER_OCTAVE: u32 = 8;

/// The window of a histogram: the number of its lowest bin. A bin is a sign-free `f32` cut to its exponent and three bits of
/// its mantissa, so magnitudes of `f64` must lie in the range of `f32` to be told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Window(pub(super) u32);

fn bits<T: Real>(value: T) -> u32 {
    value.abs().to_f32().to_bits()
}

impl Window {
    /// Around the median magnitude, whatever the outliers are: counts exponents first. `counts` has [`BINS`] elements.
    pub(super) fn around<T: Real>(values: &[T], counts: &mut [T]) -> Self {
        let total = values.iter().fold(T::ZERO, |sum, _| sum + T::ONE);
        Self::around_each(counts, total, |f| values.iter().for_each(|value| f(*value)))
    }

    /// The same of `total` values that `each` hands over.
    pub(super) fn around_each<T: Real>(counts: &mut [T], total: T, each: impl Fn(&mut dyn FnMut(T))) -> Self {
        counts.fill(T::ZERO);
        each(&mut |value| {
            if let Some(count) = counts.get_mut((bits(value) >> 23) as usize) {
                *count += T::ONE;
            }
        });
        let half = total / T::TWO;
        let mut below = T::ZERO;
        let mut octave = 0;
        for count in counts.iter() {
            below += *count;
            if below > half {
                break;
            }
            octave += 1;
        }
        Self((octave + ABOVE).saturating_sub((LAST + 1) / PER_OCTAVE) * PER_OCTAVE)
    }

    /// Counts one magnitude; what lies outside the window counts in its first or last bin.
    #[inline]
    pub(super) fn count<T: Real>(self, counts: &mut [T], value: T) {
        let bin = (bits(value) >> 20).saturating_sub(self.0).min(LAST);
        if let Some(count) = counts.get_mut(bin as usize) {
            *count += T::ONE;
        }
    }

    /// The magnitude that the share `share` of `total` counted ones lies below, interpolated inside its bin.
    pub(super) fn quantile<T: Real>(self, counts: &[T], total: T, share: T) -> T {
        let wanted = share * total;
        let mut below = T::ZERO;
        for (bin, count) in (self.0..).zip(counts) {
            if below + *count >= wanted && *count > T::ZERO {
                let inside = (wanted - below) / *count;
                let low = T::from_f32(f32::from_bits(bin << 20));
                let high = T::from_f32(f32::from_bits((bin + 1) << 20));
                return low + inside * (high - low);
            }
            below += *count;
        }
        T::INFINITY
    }

    /// How many of the counted magnitudes lie in bins that end at or below `limit`.
    pub(super) fn below<T: Real>(self, counts: &[T], limit: T) -> T {
        let last = (bits(limit) >> 20).saturating_sub(self.0).min(LAST) as usize;
        counts.iter().take(last).fold(T::ZERO, |sum, count| sum + *count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Xoshiro128;
    use std::vec::Vec;

    #[test]
    fn quantiles_are_those_of_a_sort_to_a_bin() {
        let mut rng = Xoshiro128::new(3);
        let mut counts = [0.0_f32; BINS];
        for case in 0..1000 {
            let size = 2.0_f32.powi(case % 60 - 30);
            let outlier = size * 1e9;
            let total = 20 + case as usize % 200;
            let values: Vec<f32> = (0..total)
                .map(|k| {
                    let value = (rng.unit() - 0.5) * rng.unit() * size;
                    if k % 10 < 3 { outlier * (1.0 + value) } else { value }
                })
                .collect();
            let window = Window::around(&values, &mut counts);
            counts.fill(0.0);
            values.iter().for_each(|value| window.count(&mut counts, *value));
            let mut sorted: Vec<f32> = values.iter().map(|value| value.abs()).collect();
            sorted.sort_by(f32::total_cmp);
            for share in [0.1_f32, 0.3, 0.5] {
                let got = window.quantile(&counts, total as f32, share);
                let rank = share * total as f32;
                let low = sorted[(rank as usize).saturating_sub(1)];
                let high = sorted[(rank.ceil() as usize).min(total - 1)];
                assert!(got >= low * 0.88 && got <= high * 1.13, "{case} {share}: {low} {got} {high}");
            }
        }
    }

    #[test]
    fn edges() {
        let mut counts = [0.0_f32; BINS];
        let window = Window::around::<f32>(&[], &mut counts);
        assert_eq!(window.quantile(&[0.0_f32; BINS], 0.0, 0.3), f32::INFINITY);
        let window = Window::around(&[f32::MAX, 0.0, 0.0], &mut counts);
        counts.fill(0.0);
        for value in [f32::MAX, 0.0, 0.0, f32::INFINITY] {
            window.count(&mut counts, value);
        }
        assert!(window.quantile(&counts, 4.0, 0.3) < f32::MIN_POSITIVE);
        assert_eq!(window.below(&counts, 1.0), 2.0);
    }
}
