//! Multipliers and tables, as the reference kernels of TensorFlow Lite for Microcontrollers compute them.
//!
//! The fixed-point functions are those of gemmlowp (`fixedpoint/fixedpoint.h`), the preparation of multipliers that of
//! `kernels/internal/quantization_util`.

use tinysolve::net::requantise::{doubling_high, rounded_once, rounded_shift, rounded_twice};

/// A real multiplier as q · 2^(e-31), q in [2^30, 2^31); (0, 0) for zero and what is too small.
#[must_use]
pub fn multiplier(real: f64) -> (i32, i32) {
    if real <= 0.0 || !real.is_finite() {
        return (0, 0);
    }
    let (fraction, mut exponent) = frexp(real);
    let mut q = (fraction * 2_147_483_648.0).round() as i64;
    if q == 1 << 31 {
        q >>= 1;
        exponent += 1;
    }
    if exponent < -31 { (0, 0) } else { (q as i32, exponent) }
}

/// A positive finite number as f · 2^e with f in [0.5, 1).
fn frexp(x: f64) -> (f64, i32) {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    if exponent == 0 {
        let (fraction, exponent) = frexp(x * 18_014_398_509_481_984.0);
        return (fraction, exponent - 54);
    }
    (f64::from_bits((bits & !(0x7ff << 52)) | (1022 << 52)), exponent - 1022)
}

/// The byte that stands at place `k` of a table: from 0 to 127, then from -128 to -1.
fn value(k: usize) -> i32 {
    i32::from((k as u8).cast_signed())
}

/// x times the multiplier, rounded once or twice.
#[must_use]
pub fn scaled(x: i32, (q, e): (i32, i32), single: bool) -> i32 {
    if single { rounded_once(x, q, e) } else { rounded_twice(x, q, e) }
}

/// exp of a number in [-1/4, 0), both as fractions of 2^31.
fn exp_quarter(a: i32) -> i32 {
    let x = a + (1 << 28);
    let x2 = doubling_high(x, x);
    let x3 = doubling_high(x2, x);
    let x4 = doubling_high(x2, x2);
    let third = doubling_high(rounded_shift(x4, 2) + x3, 715_827_883);
    let tail = rounded_shift(third + x2, 1);
    1_895_147_668_i32.saturating_add(doubling_high(1_895_147_668, x + tail))
}

/// exp of a number that is not positive, with `integer` bits before the point, as a fraction of 2^31.
fn exp_negative(a: i32, integer: u32) -> i32 {
    const POWERS: [(i32, i32); 7] = [
        (-2, 1_672_461_947),
        (-1, 1_302_514_674),
        (0, 790_015_084),
        (1, 290_630_308),
        (2, 39_332_535),
        (3, 720_401),
        (4, 242),
    ];
    if a == 0 {
        return i32::MAX;
    }
    let fractional = 31 - integer as i32;
    let quarter = 1 << (fractional - 2);
    let part = (a & (quarter - 1)) - quarter;
    let mut y = exp_quarter(((i64::from(part)) << integer).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32);
    let rest = part.wrapping_sub(a);
    for (exponent, power) in POWERS {
        if integer as i32 > exponent && rest & (1 << (fractional + exponent)) != 0 {
            y = doubling_high(y, power);
        }
    }
    y
}

/// The exponentials of a softmax, by how far a byte is below the largest one.
#[must_use]
pub fn softmax_table(scale: f32, beta: f32) -> [i32; 256] {
    let real = (f64::from(scale) * f64::from(beta) * f64::from(1 << 26)).min(2_147_483_647.0);
    let (q, e) = multiplier(real);
    let e = e.max(0);
    let least = -((31.0 * f64::from(1 << 26) / 2_f64.powi(e)).floor() as i64);
    core::array::from_fn(|below| {
        let difference = -(below as i32);
        if i64::from(difference) < least {
            return 0;
        }
        exp_negative(doubling_high(difference.wrapping_shl(e as u32), q), 5)
    })
}

/// 1 / (1 + x) of x in [0, 1], as fractions of 2^31.
#[must_use]
pub fn reciprocal(a: i32) -> i32 {
    let half = ((i64::from(a) + i64::from(i32::MAX) + 1) / 2) as i32;
    let mut x = 1_515_870_810 + doubling_high(half, -1_010_580_540);
    for _ in 0..3 {
        let error = (1 << 29) - doubling_high(half, x);
        x = x.saturating_add(
            (i64::from(doubling_high(x, error)) << 2).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
        );
    }
    x.saturating_mul(2)
}

/// The logistic function of every byte, output scale 1/256, zero point -128.
#[must_use]
pub fn logistic_table(scale: f32, zero: i8) -> [i8; 256] {
    let (q, e) = multiplier(f64::from(scale) * f64::from(1 << 27));
    let radius = (15.0 * f64::from(1 << 27) / 2_f64.powi(e)).floor() as i64;
    core::array::from_fn(|k| {
        let x = value(k) - i32::from(zero);
        if i64::from(x) <= -radius {
            return i8::MIN;
        }
        if i64::from(x) >= radius {
            return i8::MAX;
        }
        let a = rounded_twice(x, q, e);
        let positive = reciprocal(exp_negative(-a.abs(), 4));
        let value = match a.signum() {
            1 => positive,
            -1 => i32::MAX - positive,
            _ => 1 << 30,
        };
        (rounded_shift(value, 23) - 128).clamp(-128, 127) as i8
    })
}

/// What every byte becomes under another scale, with limits.
#[must_use]
pub fn rescale_table(zero: i8, zero_out: i8, [low, high]: [i8; 2], real: f64, single: bool) -> [i8; 256] {
    let m = multiplier(real);
    core::array::from_fn(|k| {
        let out = scaled(value(k) - i32::from(zero), m, single) + i32::from(zero_out);
        out.clamp(i32::from(low), i32::from(high)) as i8
    })
}

/// The multiplier of a mean of `count` values, the division in it as far as its bits allow.
#[must_use]
pub fn mean_multiplier(scale: f32, scale_out: f32, count: usize) -> (i32, i32) {
    let (q, e) = multiplier(f64::from(scale) / f64::from(scale_out));
    let spare = 63 - (count.max(1) as u64).leading_zeros() as i32;
    let shift = spare.min(32).min(31 + e).max(0);
    (((i64::from(q) << shift) / count.max(1) as i64) as i32, e - shift)
}

/// One term of a sum for every byte, 20 bits left of the point of the output.
#[must_use]
pub fn add_table(scale: f32, zero: i8, twice_max: f64, single: bool) -> [i32; 256] {
    let m = multiplier(f64::from(scale) / twice_max);
    core::array::from_fn(|k| scaled((value(k) - i32::from(zero)) << 20, m, single))
}

/// Least and greatest output under a fused activation of this number in the schema.
#[must_use]
pub fn activation(number: u8, scale: f32, zero: i8) -> Option<[i8; 2]> {
    let at = |x: f32| (i64::from(zero) + (x / scale).round() as i64).clamp(-128, 127) as i8;
    Some(match number {
        0 => [i8::MIN, i8::MAX],
        1 => [at(0.0), i8::MAX],
        2 => [at(-1.0), at(1.0)],
        3 => [at(0.0), at(6.0)],
        _ => return None,
    })
}
