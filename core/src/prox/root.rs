//! Thresholds: the one number that a projection on a simplex, a norm ball or a group penalty is found by.

use crate::real::Real;

/// tau with sum of max(u_k - tau, 0) = total > 0, given a tau below it; `at` answers the sum at a tau and the slope, which is
/// the (weighted) number of terms that are not 0.
///
/// Michelot's fixed point: Newton's method on a convex, piecewise linear function, monotone from below, exact once the set of
/// terms no longer shrinks; `limit` + 1 evaluations at most, since every one before takes a term away. The last step, on the
/// set that stays, may go down: it takes away the rounding of a long step before it.
#[inline]
pub(super) fn michelot<T: Real>(start: T, total: T, limit: usize, mut at: impl FnMut(T) -> (T, T)) -> T {
    let mut tau = start;
    let mut last = T::INFINITY;
    let mut left = limit;
    loop {
        let (sum, slope) = at(tau);
        let change = (sum - total) / slope;
        // The last step, on the set that stays; nowhere by a NaN.
        if slope == last {
            if change.abs() > T::ZERO {
                tau += change;
            }
            break;
        }
        // Also where there is no term.
        if !(change > T::ZERO) {
            break;
        }
        tau += change;
        if left == 0 {
            break;
        }
        left -= 1;
        last = slope;
    }
    tau
}

/// The root of an increasing, piecewise linear function on a bracket: Newton's steps, which end at the root once they are
/// on its piece, with halvings between so that at most 80 (f64: 160) evaluations are needed. `at` gives value and slope.
// In line: few ask for a root, and each with a loop of its own.
#[inline(always)]
pub(super) fn piecewise<T: Real>(mut low: T, mut high: T, mut at: impl FnMut(T) -> (T, T)) -> T {
    let mut x = low + (high - low) / T::TWO;
    let passes = if size_of::<T>() > 4 { 160 } else { 80 };
    for pass in 0..passes {
        let (value, slope) = at(x);
        if value > T::ZERO {
            high = x;
        } else if value < T::ZERO {
            low = x;
        } else {
            break;
        }
        let newton = x - value / slope;
        // Two of Newton's steps to one halving: on its own, Newton's method may go round in circles.
        let next = if newton >= low && newton <= high && pass % 3 != 2 { newton } else { low + (high - low) / T::TWO };
        if next == x || !next.is_finite() {
            break;
        }
        x = next;
    }
    x
}

/// The k-th largest of non-negative numbers, k from 1: by its bits, one pass a bit, so that neither memory nor the order of
/// the numbers matters. 0 if there are not so many; NaN counts as larger than all.
#[inline]
pub(super) fn kth_largest<T: Real>(k: usize, count_from: impl Fn(T) -> usize) -> T {
    search(k, false, count_from)
}

/// A bound that as many of non-negative numbers reach as the k-th largest: that itself, or below it but above the next one, which
/// takes fewer passes.
#[inline]
pub(super) fn bound_of_largest<T: Real>(k: usize, count_from: impl Fn(T) -> usize) -> T {
    search(k, true, count_from)
}

#[inline]
fn search<T: Real>(k: usize, any: bool, count_from: impl Fn(T) -> usize) -> T {
    let top = if size_of::<T>() > 4 { 62 } else { 30 };
    let mut bits = 0_u64;
    for place in (0..=top).rev() {
        let tried = bits | 1 << place;
        // Positive numbers are ordered as their bits are.
        let count = count_from(T::from_bits_u64(tried));
        if count >= k {
            bits = tried;
        }
        if any && count == k {
            break;
        }
    }
    T::from_bits_u64(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kth_largest_is_that_of_a_sorted_list() {
        let values = [0.5_f32, 3.0, 0.0, 3.0, 1e-40, 7.0, f32::INFINITY];
        let mut sorted = values;
        sorted.sort_by(|a, b| b.total_cmp(a));
        for k in 1..=values.len() {
            assert_eq!(kth_largest(k, |t| values.iter().filter(|v| **v >= t).count()), sorted[k - 1]);
            let bound = bound_of_largest(k, |t| values.iter().filter(|v| **v >= t).count());
            assert!(bound <= sorted[k - 1] && sorted.get(k).is_none_or(|next| bound > *next || bound == sorted[k - 1]));
        }
        assert_eq!(kth_largest(9, |t| values.iter().filter(|v| **v >= t).count()), 0.0);
        let wide = [0.1_f64, 1e300, 1e-310];
        assert_eq!(kth_largest(1, |t| wide.iter().filter(|v| **v >= t).count()), 1e300);
        assert_eq!(kth_largest(3, |t| wide.iter().filter(|v| **v >= t).count()), 1e-310);
    }

    #[test]
    fn loops_end_on_what_is_no_number() {
        assert!(michelot(0.0_f32, 1.0, 5, |_| (f32::NAN, 0.0)).is_finite());
        assert!(piecewise(0.0_f32, f32::INFINITY, |_| (1.0, 0.0)) >= 0.0);
        piecewise(f32::NEG_INFINITY, f32::INFINITY, |x| (x, 1.0));
    }
}
