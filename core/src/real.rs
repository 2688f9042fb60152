//! The scalar of every kernel: `f32` or `f64`, and nothing else.

use core::fmt::Debug;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use crate::math;

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`.
///
/// Sealed, so that bounds on accuracy can be stated and so that no library type drags its own square root in.
pub trait Real:
    sealed::Sealed
    + Copy
    + Debug
    + Default
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Send
    + Sync
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// 2.
    const TWO: Self;
    /// Distance from 1 to the next larger number.
    const EPSILON: Self;
    /// Largest finite number.
    const MAX: Self;
    /// Smallest normal number.
    const MIN_POSITIVE: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// Not a number.
    const NAN: Self;

    /// The nearest number of this type. Meant for constants; on a chip without f64 hardware it is slow at run time.
    fn from_f64(value: f64) -> Self;
    /// The nearest number of this type.
    fn from_f32(value: f32) -> Self;
    /// The nearest number of this type.
    fn from_u32(value: u32) -> Self;
    /// Exact for both types.
    fn to_f64(self) -> f64;
    /// The nearest `f32`.
    fn to_f32(self) -> f32;
    /// The bits, widened.
    fn to_bits_u64(self) -> u64;
    /// The number with these bits; of an `f32`, the low half.
    fn from_bits_u64(bits: u64) -> Self;
    /// Correctly rounded square root.
    fn sqrt(self) -> Self;
    /// e to this power.
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// Neither NaN nor infinite.
    fn is_finite(self) -> bool;
    /// Magnitude.
    fn abs(self) -> Self;
    /// Two to the power that brings the magnitude of `self` into [1, 2): multiplying by it is exact. Subnormal numbers are
    /// brought as near as a finite power can; 1 for zero and non-finite numbers.
    fn normalising_power_of_two(self) -> Self;

    /// The larger of two numbers; `self` if `other` is NaN.
    #[inline]
    fn max(self, other: Self) -> Self {
        if other > self { other } else { self }
    }
    /// The smaller of two numbers; `self` if `other` is NaN.
    #[inline]
    fn min(self, other: Self) -> Self {
        if other < self { other } else { self }
    }
    /// Brought nearer to 0 by `threshold`, which is not negative, and +0 within it; NaN stays NaN.
    #[inline]
    fn soft_threshold(self, threshold: Self) -> Self {
        self - self.min(threshold).max(-threshold)
    }
    /// max(self, 0), and 1 if the sign bit is set, else 0. A NaN counts by its sign bit.
    #[inline]
    fn positive_part(self) -> (Self, u32) {
        if self.to_bits_u64() >> (8 * size_of::<Self>() - 1) == 0 { (self, 0) } else { (Self::ZERO, 1) }
    }
    /// `self` with the sign of `sign`.
    #[inline]
    fn with_sign_of(self, sign: Self) -> Self {
        if sign < Self::ZERO { -self.abs() } else { self.abs() }
    }
}

macro_rules! real {
    ($real:ident, $bits:ident, $signed:ident, $mantissa:literal, $bias:literal, $sqrt:ident, $exp:ident, $ln:ident) => {
        impl Real for $real {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const TWO: Self = 2.0;
            const EPSILON: Self = $real::EPSILON;
            const MAX: Self = $real::MAX;
            const MIN_POSITIVE: Self = $real::MIN_POSITIVE;
            const INFINITY: Self = $real::INFINITY;
            const NAN: Self = $real::NAN;

            #[inline]
            #[allow(clippy::cast_possible_truncation, clippy::cast_lossless, reason = "documented as nearest")]
            fn from_f64(value: f64) -> Self {
                value as $real
            }
            #[inline]
            #[allow(clippy::cast_lossless, reason = "one text for both types")]
            fn from_f32(value: f32) -> Self {
                value as $real
            }
            #[inline]
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "documented as nearest")]
            fn from_u32(value: u32) -> Self {
                value as $real
            }
            #[inline]
            #[allow(clippy::cast_lossless, reason = "one text for both types")]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline]
            #[allow(clippy::cast_possible_truncation, reason = "documented as nearest")]
            fn to_f32(self) -> f32 {
                self as f32
            }
            #[inline]
            #[allow(clippy::cast_lossless, reason = "one text for both types")]
            fn to_bits_u64(self) -> u64 {
                self.to_bits() as u64
            }
            #[inline]
            #[allow(clippy::cast_possible_truncation, reason = "documented: the low half")]
            fn from_bits_u64(bits: u64) -> Self {
                $real::from_bits(bits as $bits)
            }
            #[inline]
            fn sqrt(self) -> Self {
                math::$sqrt(self)
            }
            #[inline]
            fn exp(self) -> Self {
                math::$exp(self)
            }
            #[inline]
            fn ln(self) -> Self {
                math::$ln(self)
            }
            #[inline]
            fn is_finite(self) -> bool {
                $real::is_finite(self)
            }
            #[inline]
            fn abs(self) -> Self {
                $real::abs(self)
            }
            // By masks, of which a core without conditional float instructions needs half as many.
            #[inline]
            #[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "a sign bit spread over a mask")]
            fn soft_threshold(self, threshold: Self) -> Self {
                let (above, below) = ((self - threshold).to_bits(), (self + threshold).to_bits());
                let sign = |bits: $bits| (bits as $signed >> ($bits::BITS - 1)) as $bits;
                $real::from_bits((above & !sign(above)) | (below & sign(below)))
            }
            #[inline]
            #[allow(
                clippy::cast_possible_wrap,
                clippy::cast_sign_loss,
                clippy::cast_possible_truncation,
                reason = "a sign bit"
            )]
            fn positive_part(self) -> (Self, u32) {
                let bits = self.to_bits();
                let sign = (bits as $signed >> ($bits::BITS - 1)) as $bits;
                ($real::from_bits(bits & !sign), (bits >> ($bits::BITS - 1)) as u32)
            }
            #[inline]
            fn with_sign_of(self, sign: Self) -> Self {
                self.copysign(sign)
            }
            #[inline]
            fn normalising_power_of_two(self) -> Self {
                let exponent = (self.to_bits() << 1) >> ($mantissa + 1);
                if self == 0.0 || exponent >= 2 * $bias {
                    return 1.0;
                }
                // 2^-(exponent - bias) has the biased exponent 2 bias - exponent, which is at least 1 here.
                $real::from_bits((2 * $bias - exponent.max(1)) << $mantissa)
            }
        }
    };
}

real!(f32, u32, i32, 23, 127, sqrt_f32, exp_f32, ln_f32);
real!(f64, u64, i64, 52, 1023, sqrt_f64, exp_f64, ln_f64);

#[cfg(test)]
pub(crate) mod counted;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalising_power_brings_into_one_to_two() {
        for exponent in -125..127 {
            let x = 1.37_f32 * 2.0_f32.powi(exponent);
            let scaled = x * x.normalising_power_of_two();
            assert!((1.0..2.0).contains(&scaled), "2^{exponent}: {scaled}");
        }
        for edge in [0.0, f32::INFINITY, f32::NAN] {
            assert_eq!(edge.normalising_power_of_two(), 1.0);
        }
        let x = -3.0e300_f64;
        assert!((1.0..2.0).contains(&(x * x.normalising_power_of_two()).abs()));
    }

    #[test]
    fn soft_threshold_is_the_difference_to_the_clamped_value() {
        let edges = [0.0, -0.0, 1.0, -1.0, 1.5, -1.5, 0.5, 1e-45, -1e-45, 3e38, f32::INFINITY, f32::NEG_INFINITY];
        for x in edges {
            for threshold in [0.0, 1e-45, 0.5, 1.0, 1e30] {
                let plain = x - Real::max(Real::min(x, threshold), -threshold);
                let got = x.soft_threshold(threshold);
                assert_eq!(got.to_bits(), plain.to_bits(), "{x:e} by {threshold:e}");
            }
        }
        assert!(f32::NAN.soft_threshold(1.0).is_nan() && (-f32::NAN).soft_threshold(1.0).is_nan());
        assert_eq!((-3.0_f64).soft_threshold(1.0), -2.0);
    }

    #[test]
    fn max_and_min_keep_self_on_nan() {
        assert_eq!(Real::max(1.0_f32, f32::NAN), 1.0);
        assert_eq!(Real::min(1.0_f32, f32::NAN), 1.0);
    }
}
