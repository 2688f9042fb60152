//! Scalar roots and functions that several operators need. All loops are bounded.

use crate::math::sqrt_keeping;
use crate::prox::penalty::is_positive;
use crate::real::Real;

/// Newton's method from a side of the root from which it is monotone: stops where a step no longer helps, after 24 steps
/// at the latest. `step` gives f / f' at a point.
#[inline]
pub(super) fn newton<T: Real>(start: T, step: impl Fn(T) -> T) -> T {
    let mut x = start;
    for _ in 0..24 {
        let change = step(x);
        // Also leaves when the step is not a number.
        if !(change.abs() > T::EPSILON * x.abs()) {
            break;
        }
        x -= change;
    }
    x
}

/// The Wright omega function of a real number: w with w + ln w = c (R. M. Corless, D. J. Jeffrey, The Wright omega function,
/// 2002). Relative error about 4 epsilon (1 + |c|).
pub(super) fn wright_omega<T: Real>(c: T) -> T {
    if c < T::from_f64(-30.0) {
        // w = e^c (1 - w), and w is far below the rounding; the last digits of f64 come from the factor.
        let w = c.exp();
        return w - w * w;
    }
    let start = if c > T::ONE {
        c - c.ln()
    } else if c < -T::ONE {
        c.exp()
    } else {
        // Near the value at 0, 0.5671.
        T::from_f64(0.567) + T::from_f64(0.362) * c
    };
    let mut w = start;
    for _ in 0..6 {
        let next = w * (T::ONE + c - w.ln()) / (T::ONE + w);
        let change = next - w;
        if !next.is_finite() || !(next > T::ZERO) {
            break;
        }
        w = next;
        if change.abs() <= T::TWO * T::EPSILON * w {
            break;
        }
    }
    w
}

/// Positive root of x² + b x - c = 0 for c >= 0, without cancellation: (sqrt(b² + 4 c) - b) / 2.
#[inline]
pub(super) fn positive_root<T: Real>(b: T, c: T) -> T {
    let four = T::TWO + T::TWO;
    // Neither b² nor the sum may overflow where the root would not.
    let size = b.abs().max(sqrt_keeping(c));
    if !is_positive(size) {
        return if b < T::ZERO { -b } else { T::ZERO };
    }
    let power = size.normalising_power_of_two();
    let (b, c) = (b * power, (c * power) * power);
    let root = sqrt_keeping(b * b + four * c);
    let x = if b > T::ZERO { (T::TWO * c) / (root + b) } else { (root - b) / T::TWO };
    x / power
}

/// The root of an increasing function on a bracket: Newton's steps, halving where they leave the bracket or gain too
/// little. `at` gives value and slope. At most 100 evaluations, about 8 as a rule.
pub(super) fn bracketed<T: Real>(mut low: T, mut high: T, start: T, mut at: impl FnMut(T) -> (T, T)) -> T {
    let mut x = start;
    let mut change = high - low;
    for _ in 0..100 {
        let (value, slope) = at(x);
        if value > T::ZERO {
            high = x;
        } else if value < T::ZERO {
            low = x;
        } else {
            // The root, or not a number.
            break;
        }
        let newton = x - value / slope;
        let slow = T::TWO * value.abs() > (change * slope).abs();
        let next = if newton >= low && newton <= high && !slow { newton } else { low + (high - low) / T::TWO };
        change = next - x;
        x = next;
        if !(change.abs() > T::EPSILON * x.abs()) {
            break;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wright_omega_solves_its_equation() {
        let (mut worst32, mut worst64) = (0.0_f64, 0.0_f64);
        for k in -4000..=4000 {
            let c = f64::from(k) * 0.025;
            let w = wright_omega(c);
            let residual = (w + w.ln() - c).abs() / (1.0 + c.abs());
            worst64 = worst64.max(residual);
            let single = f64::from(wright_omega(c as f32));
            let exact = wright_omega(f64::from(c as f32));
            if exact > 1e-37 {
                worst32 = worst32.max((single / exact - 1.0).abs() / (1.0 + c.abs()));
            }
        }
        assert!(worst64 <= 1e-15, "{worst64:e}");
        assert!(worst32 <= 4e-7, "{worst32:e}");
        assert!(wright_omega(f32::NAN).is_nan());
        assert_eq!(wright_omega(f32::NEG_INFINITY), 0.0);
    }

    #[test]
    fn positive_root_neither_cancels_nor_overflows() {
        for (b, c) in
            [(1e19_f32, 1.0_f32), (-1e19, 1.0), (1.0, 1e-30), (0.0, 4.0), (-3.0, 0.0), (3.0, 0.0), (1e-20, 1e-38)]
        {
            let (b64, c64) = (f64::from(b), f64::from(c));
            let root = (b64 * b64 + 4.0 * c64).sqrt();
            let exact = if b64 > 0.0 { 2.0 * c64 / (root + b64) } else { (root - b64) / 2.0 };
            let got = f64::from(positive_root(b, c));
            assert!((got - exact).abs() <= 3e-7 * exact + 1e-45, "{b:e} {c:e}: {got:e} {exact:e}");
        }
    }

    #[test]
    fn a_bracket_is_never_left() {
        for k in 1..40 {
            let root = 0.025 * f64::from(k);
            let found = bracketed(0.0, 1.0, 0.5, |x: f64| ((x - root).powi(3), 3.0 * (x - root).powi(2)));
            assert!((found - root).abs() < 1e-4, "{root}: {found}");
            let found = bracketed(0.0, 1.0, 0.5, |x: f64| (x - root / x, 1.0 + root / (x * x)));
            assert!((found - root.sqrt()).abs() < 1e-15, "{root}: {found}");
        }
        assert!(bracketed(0.0_f32, 1.0, 0.5, |_| (f32::NAN, 1.0)).is_finite());
    }
}
