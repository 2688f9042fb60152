//! The only door to `libm` and `micromath`.
//!
//! Square roots go through VSQRT where a single-precision FPU is there, through SQRTSS and SQRTSD on x86-64 and through
//! `libm` elsewhere: all round correctly, so the bits agree. Everything transcendental comes from the one pinned `libm`, so the bits agree too.
//! `mul_add` is never used: it rounds once on some cores and is a slow library call on others.
//!
//! | function | f32 error | f64 error | measured against |
//! |---|---|---|---|
//! | `sqrt` | 0.5 ULP | 0.5 ULP | f64 square root; integer square of the result |
//! | `exp` | 1 ULP | 1 ULP | f64 (f32), identities (f64) |
//! | `ln` | 1 ULP | 1 ULP | f64 (f32), identities (f64) |
//! | cube root, for operators | 2.5e-7, relative | 5e-16, relative | f64 (f32), std (f64) |
//! | `sin`, `cos` | 1 ULP | 1 ULP | f64 (f32), identities (f64) |

mod cube_root;
mod vsqrt;

pub(crate) use cube_root::cube_root;

/// Correctly rounded square root; NaN below zero, and -0 for -0.
#[inline]
#[must_use]
pub fn sqrt_f32(x: f32) -> f32 {
    vsqrt::sqrt(x)
}

/// Correctly rounded square root; NaN below zero, and -0 for -0.
#[inline]
#[must_use]
pub fn sqrt_f64(x: f64) -> f64 {
    vsqrt::sqrt_double(x)
}

/// The square root by a call that keeps every register but one: 5 instructions more on a core with an FPU, but less flash where several
/// numbers would have to be kept elsewhere.
#[inline]
pub(crate) fn sqrt_keeping<T: crate::real::Real>(x: T) -> T {
    #[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
    if core::any::TypeId::of::<T>() == core::any::TypeId::of::<f32>() {
        return T::from_bits_u64(vsqrt::keeping(x.to_f32()).to_bits().into());
    }
    x.sqrt()
}

/// Square root where a few per cent do not matter: the learning rates of the bandits. The correctly rounded one, unless
/// feature `micromath` trades that for a few instructions on cores without VSQRT; then within 6.1 %.
#[inline]
#[must_use]
pub fn rough_sqrt_f32(x: f32) -> f32 {
    #[cfg(feature = "micromath")]
    return micromath::F32Ext::sqrt(x);
    #[cfg(not(feature = "micromath"))]
    sqrt_f32(x)
}

macro_rules! from_libm {
    ($($(#[$doc:meta])* $name:ident = $function:ident($real:ty);)*) => {$(
        $(#[$doc])*
        #[inline]
        #[must_use]
        pub fn $name(x: $real) -> $real {
            libm::$function(x)
        }
    )*};
}

from_libm! {
    /// e to the x.
    exp_f32 = expf(f32);
    /// e to the x.
    exp_f64 = exp(f64);
    /// Natural logarithm; NaN below zero, -infinity at zero.
    ln_f32 = logf(f32);
    /// Natural logarithm; NaN below zero, -infinity at zero.
    ln_f64 = log(f64);
    /// Sine of x in radians.
    sin_f32 = sinf(f32);
    /// Sine of x in radians.
    sin_f64 = sin(f64);
    /// Cosine of x in radians.
    cos_f32 = cosf(f32);
    /// Cosine of x in radians.
    cos_f64 = cos(f64);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// Bit patterns spread over all exponents, both signs.
    fn patterns() -> impl Iterator<Item = f32> {
        (0..=u32::MAX / 40_503).map(|k| f32::from_bits(k.wrapping_mul(40_503))).filter(|x| x.is_finite())
    }

    fn ulps(got: f32, exact: f64) -> f64 {
        if got.is_infinite() || exact.abs() > f64::from(f32::MAX) {
            return if f64::from(got) == exact || exact.abs() > f64::from(f32::MAX) { 0.0 } else { f64::INFINITY };
        }
        let reference = (exact as f32).abs().max(f32::MIN_POSITIVE);
        let ulp = f64::from(f32::from_bits(reference.to_bits() + 1)) - f64::from(reference);
        (f64::from(got) - exact).abs() / ulp
    }

    #[test]
    fn ulp_table() {
        type Row = (&'static str, fn(f32) -> f32, fn(f64) -> f64, fn(f32) -> bool, f64);
        let table: Vec<Row> = std::vec![
            ("sqrt", sqrt_f32 as fn(f32) -> f32, f64::sqrt as fn(f64) -> f64, |x| x >= 0.0, 0.5),
            ("exp", exp_f32, f64::exp, |x| x < 88.7, 1.0),
            ("ln", ln_f32, f64::ln, |x| x > 0.0, 1.0),
            ("sin", sin_f32, f64::sin, |x| x.abs() < 1e6, 1.0),
            ("cos", cos_f32, f64::cos, |x| x.abs() < 1e6, 1.0),
        ];
        for (name, ours, exact, domain, limit) in table {
            let worst = patterns()
                .filter(|&x| domain(x))
                .map(|x| (ulps(ours(x), exact(f64::from(x))), x))
                .fold((0.0, 0.0), |worst, now| if now.0 > worst.0 { now } else { worst });
            assert!(worst.0 <= limit, "{name}: {} ULP at {:e}", worst.0, worst.1);
        }
    }

    /// A rate that is off by this much moves the regret of a bandit by less: it is optimal within a constant anyway.
    #[test]
    fn rough_sqrt_is_within_a_few_per_cent() {
        for x in patterns().filter(|x| (1e-6..1e30).contains(x)) {
            assert!((f64::from(rough_sqrt_f32(x)) / f64::from(x).sqrt() - 1.0).abs() < 0.061, "{x:e}");
        }
    }

    #[test]
    fn sqrt_edges() {
        assert_eq!(sqrt_f32(0.0).to_bits(), 0);
        assert_eq!(sqrt_f32(-0.0).to_bits(), 0x8000_0000);
        assert!(sqrt_f32(-1.0).is_nan() && sqrt_f64(-1.0).is_nan());
        assert_eq!(sqrt_f32(f32::INFINITY), f32::INFINITY);
    }
}
