//! Sets, by their projections; the step does not matter.
//!
//! A set's value is 0 within the rounding that its projection leaves: 16 epsilon (1 + the largest magnitude), times n where a
//! sum over n elements is constrained.

mod affine;
mod balls;
mod capped_simplex;
mod dykstra;
mod halfspace;
mod l1_ball;
mod simplex;
mod sparse;

pub use affine::Affine;
pub use balls::{L2Ball, Sphere};
pub use capped_simplex::CappedSimplex;
pub use dykstra::Dykstra;
pub use halfspace::{Halfspace, Hyperplane, Hyperslab};
pub use l1_ball::{L1Ball, WeightedL1Ball};
pub use simplex::{ExtendedSimplex, Simplex};
pub use sparse::SparseVectors;

use crate::prox::root::michelot;
use crate::prox::vfp;
use crate::real::Real;
use crate::vector;

/// Sum of max(excess(x_i), 0), and how many are not negative.
#[inline]
pub(in crate::prox) fn excesses<T: Real>(x: &[T], excess: impl Fn(T) -> T) -> (T, T) {
    let (mut sum, mut negative) = (T::ZERO, 0_u32);
    for x in x {
        let (part, sign) = excess(*x).positive_part();
        sum += part;
        negative = negative.wrapping_add(sign);
    }
    (sum, not_negative(x.len(), negative))
}

/// The same over x - tau, by a kernel where this core has one.
#[inline]
pub(in crate::prox) fn excesses_over<T: Real>(x: &[T], tau: T) -> (T, T) {
    match vfp::excesses(x, tau) {
        Some((sum, negative)) => (sum, not_negative(x.len(), negative)),
        None => excesses(x, |x| x - tau),
    }
}

#[inline]
fn not_negative<T: Real>(n: usize, negative: u32) -> T {
    T::from_u32(u32::try_from(n).unwrap_or(u32::MAX).wrapping_sub(negative))
}

/// tau >= 0 with sum of max(|x_i| - tau, 0) = total > 0; 0 if the sum at 0 is not more. Relative to the largest magnitude m,
/// so from tau = m - total on, which is below the root. NaN where an element is infinite.
#[inline]
pub(in crate::prox) fn threshold_of_magnitudes<T: Real>(x: &[T], total: T) -> T {
    if let Some(tau) = vfp::threshold_of_magnitudes(x, total) {
        return tau;
    }
    let largest = vector::max_abs(x);
    if !largest.is_finite() {
        return T::NAN;
    }
    let start = -largest.min(total);
    let tau = michelot(start, total, x.len(), |tau| excesses(x, |x| (x.abs() - largest) - tau));
    (largest + tau).max(T::ZERO)
}

/// What rounding leaves of a constraint on the sum of `n` elements of magnitudes up to `size`.
pub(in crate::prox) fn rounding<T: Real>(n: usize, size: T) -> T {
    let n = T::from_u32(u32::try_from(n).unwrap_or(u32::MAX)).max(T::ONE);
    T::from_f64(16.0) * T::EPSILON * n * (T::ONE + size)
}

/// 0 if `inside`, else infinity.
pub(in crate::prox) fn indicator<T: Real>(inside: bool) -> T {
    if inside { T::ZERO } else { T::INFINITY }
}
