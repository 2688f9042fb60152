//! One arm's cost as a Chebyshev series of the context, fitted by least squares within bounds.

use crate::factor::{Cholesky, Packed};

/// Chebyshev features, degrees 0 to 5.
const FEATURES: usize = 6;
/// Entries of the lower triangle of the normal matrix.
const TRIANGLE: usize = FEATURES * (FEATURES + 1) / 2;
/// Places of the diagonal in it.
const DIAGONAL: [usize; FEATURES] = [0, 2, 5, 9, 14, 20];
/// Memory of an arm: normal matrix, right-hand side, coefficients.
pub(super) const ARM: usize = TRIANGLE + 2 * FEATURES;
/// Sweeps of projected coordinate descent at most.
const DESCENT_SWEEPS: u32 = 50;
/// Half the weight of the past is dropped when an arm has gathered this much.
const FORGET_AT: f32 = 1e5;

pub(super) fn coefficients(arm: &[f32; ARM]) -> &[f32; FEATURES] {
    arm.last_chunk().unwrap_or(&[0.0; FEATURES])
}

/// T_0 to T_5 at z.
pub(super) fn features(z: f32) -> [f32; FEATURES] {
    let t2 = 2.0 * z * z - 1.0;
    let t3 = 2.0 * z * t2 - z;
    let t4 = 2.0 * z * t3 - t2;
    [1.0, z, t2, t3, t4, 2.0 * z * t4 - t3]
}

pub(super) fn dot(a: &[f32; FEATURES], b: &[f32; FEATURES]) -> f32 {
    a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b)
}

/// Adds one observation to an arm and fits its coefficients within their bounds.
pub(super) fn fit(arm: &mut [f32; ARM], features: &[f32; FEATURES], loss: f32, [most, spread]: [f32; 2]) {
    let Some((normal, rest)) = arm.split_first_chunk_mut::<TRIANGLE>() else { return };
    let Some((rhs, theta)) = rest.split_first_chunk_mut::<FEATURES>() else { return };
    let Ok(theta) = <&mut [f32; FEATURES]>::try_from(theta) else { return };
    if normal[0] >= FORGET_AT {
        normal.iter_mut().chain(rhs.iter_mut()).for_each(|entry| *entry *= 0.5);
    }
    let mut entries = normal.iter_mut();
    for (row, a) in features.iter().enumerate() {
        for (entry, b) in entries.by_ref().take(row + 1).zip(features) {
            *entry += a * b;
        }
    }
    for (entry, feature) in rhs.iter_mut().zip(features) {
        *entry += feature * loss;
    }
    let trace = DIAGONAL.iter().filter_map(|&k| normal.get(k)).fold(0.0, |sum, entry| sum + entry);
    let ridge = 1e-4 / 6.0 * trace + 1e-6;
    let is_solved = solve(normal, rhs, ridge, theta);
    let bounds: [f32; FEATURES] = [most, 2.0 * spread, spread, 2.0 / 3.0 * spread, 0.5 * spread, 0.4 * spread];
    if !is_solved || theta.iter().zip(&bounds).any(|(theta, bound)| theta.is_nan() || theta.abs() > *bound) {
        descend(normal, rhs, ridge, &bounds, theta);
    }
}

/// (normal + ridge I) theta = rhs; `false`, and theta as it was, if that is not positive definite in this precision.
fn solve(normal: &[f32; TRIANGLE], rhs: &[f32; FEATURES], ridge: f32, theta: &mut [f32; FEATURES]) -> bool {
    let mut factor = *normal;
    for &k in &DIAGONAL {
        if let Some(entry) = factor.get_mut(k) {
            *entry += ridge;
        }
    }
    let mut solution = *rhs;
    let is_solved = Cholesky::factor(Packed::new(FEATURES), &mut factor).and_then(|factor| factor.solve(&mut solution));
    if is_solved.is_ok() {
        *theta = solution;
    }
    is_solved.is_ok()
}

/// `value` taken into [-bound, bound]; unlike `clamp` it has nothing to say of a bound that is no number.
fn within(value: f32, bound: f32) -> f32 {
    if value > bound {
        bound
    } else if value < -bound {
        -bound
    } else {
        value
    }
}

/// The same within |theta_j| <= bound_j: clamps, then goes down coordinate by coordinate.
fn descend(
    normal: &[f32; TRIANGLE],
    rhs: &[f32; FEATURES],
    ridge: f32,
    bounds: &[f32; FEATURES],
    theta: &mut [f32; FEATURES],
) {
    for (theta, bound) in theta.iter_mut().zip(bounds) {
        *theta = if theta.is_nan() { 0.0 } else { within(*theta, *bound) };
    }
    for _ in 0..DESCENT_SWEEPS {
        let mut moved = 0.0_f32;
        for j in 0..FEATURES {
            let mut slope = rhs[j] - ridge * theta[j];
            for (k, theta) in theta.iter().enumerate() {
                let (low, high) = if j < k { (j, k) } else { (k, j) };
                slope -= normal.get(high * (high + 1) / 2 + low).copied().unwrap_or(0.0) * theta;
            }
            let curvature = normal.get(j * (j + 3) / 2).copied().unwrap_or(0.0) + ridge;
            let wanted = theta[j] + slope / curvature;
            let new = within(wanted, bounds[j]);
            moved = moved.max((new - theta[j]).abs());
            theta[j] = new;
        }
        if moved <= 1e-3 * bounds[0] {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
