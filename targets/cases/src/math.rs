//! The functions of [`tinysolve::math`] over bit patterns of all exponents.

use crate::{Hash, Meter, Pattern, Row};
use core::hint::black_box;
use tinysolve::math;

fn hash_of(function: impl Fn(f32) -> f32, input: impl Fn(&mut Pattern) -> f32) -> u64 {
    let mut pattern = Pattern::new(1);
    let mut hash = Hash::default();
    for _ in 0..4096 {
        hash.f32(function(input(&mut pattern)));
    }
    hash.finish()
}

fn any_bits(pattern: &mut Pattern) -> f32 {
    f32::from_bits(pattern.word())
}

/// Square root, NaN and subnormals included.
pub(crate) fn sqrt(meter: &mut dyn Meter) {
    meter.result("math/sqrt", hash_of(math::sqrt_f32, any_bits));
    meter.count(&Row::new("math", "sqrt_f32", "one call, inlined"), &mut || {
        black_box(math::sqrt_f32(black_box(2.0)));
    });
}

/// e to the x.
pub(crate) fn exp(meter: &mut dyn Meter) {
    meter.result("math/exp", hash_of(math::exp_f32, |pattern| pattern.between(-110.0, 95.0)));
    meter.count(&Row::new("math", "exp_f32", "one call, inlined"), &mut || {
        black_box(math::exp_f32(black_box(-1.3)));
    });
}

/// Natural logarithm, NaN and subnormals included.
pub(crate) fn ln(meter: &mut dyn Meter) {
    meter.result("math/ln", hash_of(math::ln_f32, any_bits));
    meter.count(&Row::new("math", "ln_f32", "one call, inlined"), &mut || {
        black_box(math::ln_f32(black_box(2.7)));
    });
}

/// Sine over a few turns.
pub(crate) fn sin(meter: &mut dyn Meter) {
    meter.result("math/sin", hash_of(math::sin_f32, |pattern| pattern.between(-40.0, 40.0)));
    meter.count(&Row::new("math", "sin_f32", "one call, inlined"), &mut || {
        black_box(math::sin_f32(black_box(0.7)));
    });
}

/// Double precision, which no supported core has in hardware.
pub(crate) fn sqrt_f64(meter: &mut dyn Meter) {
    let mut pattern = Pattern::new(1);
    let mut hash = Hash::default();
    for _ in 0..1024 {
        let bits = u64::from(pattern.word()) << 32 | u64::from(pattern.word());
        hash.f64(math::sqrt_f64(f64::from_bits(bits)));
    }
    meter.result("math/sqrt_f64", hash.finish());
    meter.count(&Row::new("math", "sqrt_f64", "one call, inlined"), &mut || {
        black_box(math::sqrt_f64(black_box(2.0)));
    });
}
