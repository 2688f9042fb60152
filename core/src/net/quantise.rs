//! Between numbers and the bytes of a network.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "fixed-point arithmetic: every cut is the reference's own"
)]

/// The byte for a number: round(x / scale) + zero, ties away from zero, limited to the range of a byte. NaN gives `zero`.
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "clamped")]
pub fn quantise(x: f32, scale: f32, zero: i8) -> i8 {
    let q = x / scale;
    let half = if q < 0.0 { -0.5 } else { 0.5 };
    // Beyond this a float has no fraction, and the result is at a limit anyway. A conversion truncates.
    let whole = q.clamp(-1e6, 1e6);
    let truncated = whole as i32;
    let fraction = whole - truncated as f32;
    let rounded = truncated + i32::from(fraction >= half && half > 0.0) - i32::from(fraction <= half && half < 0.0);
    (rounded + i32::from(zero)).clamp(-128, 127) as i8
}

/// The number a byte stands for: scale (q - zero), rounded once.
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "the nearest single")]
pub fn dequantise(q: i8, scale: f32, zero: i8) -> f32 {
    (f64::from(scale) * f64::from(i32::from(q) - i32::from(zero))) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_numbers() {
        for q in i8::MIN..=i8::MAX {
            assert_eq!(quantise(dequantise(q, 0.037, -11), 0.037, -11), q);
        }
        assert_eq!(quantise(0.5, 1.0, 0), 1);
        assert_eq!(quantise(-0.5, 1.0, 0), -1);
        assert_eq!(quantise(0.499_999_97, 1.0, 0), 0);
        assert_eq!(quantise(f32::NAN, 1.0, 7), 7);
        assert_eq!((quantise(f32::INFINITY, 1.0, 7), quantise(-1e30, 1.0, 7)), (127, -128));
    }
}
