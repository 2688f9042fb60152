//! How much a second visit may weigh.
//!
//! Two visits with weight w make C = (1 + w) B - w B A B of the cycle B below. In the inner product of A, B A has positive
//! eigenvalues t, and C A has (1 + w) t - w t²: positive as long as t < (1 + w) / w for the largest t, w < 1 / (t - 1).

use super::Cycle;
use super::coarse::Coarse;
use super::coefficient::Coefficient;
use crate::real::Real;
use crate::rng::Xoshiro128;

/// Cycles of the power iteration.
const ITERATIONS: usize = 16;

/// The largest weight that keeps a second visit of `level` positive definite, with a margin of a tenth: the power iteration
/// comes from below, so what it finds above 1 is taken by a twentieth more, and a twentieth is left.
pub(super) fn second_visit<T: Real, C: Coefficient<T>>(cycle: &mut Cycle<'_, T, C>, level: usize) -> T {
    // Begun with the cycle of noise, which has as much energy in smooth vectors as in rough ones. Noise itself has next to none
    // in smooth ones, and those are what a coarse correction that is too strong makes large.
    let mut rng = Xoshiro128::new(0x5eed);
    each(&mut cycle.store.coarse(level), |_, r, d| {
        let word = rng.word();
        let noise = T::from_u32(word >> 16) - T::from_u32(word & 0xffff);
        *r = if d > T::ZERO { noise } else { T::ZERO };
    });
    cycle.run(level, &mut []);
    let mut largest = T::ZERO;
    for _ in 0..ITERATIONS {
        let mut coarse = cycle.store.coarse(level);
        let peak = fold(&mut coarse, T::ZERO, |peak, x, _, _| peak.max(x.abs())).normalising_power_of_two();
        each(&mut coarse, |x, r, d| {
            *x = if d > T::ZERO { *x * peak } else { T::ZERO };
            *r = T::ZERO;
        });
        coarse.subtract_product();
        each(&mut coarse, |_, r, _| *r = -*r);
        let before = fold(&mut coarse, T::ZERO, |sum, x, r, _| sum + x * r);
        cycle.run(level, &mut []);
        let after = fold(&mut cycle.store.coarse(level), T::ZERO, |sum, x, r, _| sum + x * r);
        if before > T::ZERO && after.is_finite() {
            largest = largest.max(after / before);
        }
    }
    let above_one = T::from_f32(1.05) * (largest - T::ONE).max(T::ZERO) + T::from_f32(0.02);
    let bound = T::from_f32(0.95) / above_one;
    if bound.is_finite() && largest > T::ZERO { bound } else { T::ZERO }
}

/// Calls `visit(x, r, d)` for every node.
fn each<T: Real, C: Coefficient<T>>(coarse: &mut Coarse<'_, T, C>, mut visit: impl FnMut(&mut T, &mut T, T)) {
    let super::layout::Grid { x, r, d, .. } = &mut coarse.grid;
    for ((x, r), d) in x.iter_mut().zip(r).zip(d) {
        for ((x, r), d) in x.iter_mut().zip(r.iter_mut()).zip(d.iter()) {
            visit(x, r, d.units());
        }
    }
    for numbers in coarse.extra.iter_mut() {
        let [x, r, _, _, d, _] = numbers;
        visit(x, r, *d);
    }
}

fn fold<T: Real, C: Coefficient<T>, S: Copy>(
    coarse: &mut Coarse<'_, T, C>,
    start: S,
    mut add: impl FnMut(S, T, T, T) -> S,
) -> S {
    let mut sum = start;
    each(coarse, |x, r, d| sum = add(sum, *x, *r, d));
    sum
}
