//! Total variation: piecewise constant signals and pictures.

mod condat;
mod fused_lasso;
mod linear_time;
mod plane;

pub use condat::TotalVariation;
pub use fused_lasso::FusedLasso;
pub use linear_time::LinearTimeTotalVariation;
pub use plane::PlaneTotalVariation;

use crate::real::Real;

/// Sum of |x_{i+1} - x_i|.
fn variation<T: Real>(x: &[T]) -> T {
    x.iter().zip(x.iter().skip(1)).fold(T::ZERO, |sum, (a, b)| sum + (*b - *a).abs())
}

/// Denoises what is left of x without its mean, which prox of a variation does not notice, so that an offset costs no digits;
/// and where the step is so large that the mean is all that is left, so that the step costs none either.
#[inline]
fn around_level<T: Real>(x: &mut [T], step: T, denoise: impl FnOnce(&mut [T])) {
    let Some(first) = x.first().copied() else { return };
    let count = T::from_u32(u32::try_from(x.len()).unwrap_or(u32::MAX));
    // Relative to the first, so that the sum has no offset either.
    let sum = x.iter().fold(T::ZERO, |sum, x| sum + (*x - first));
    let level = first + sum / count;
    if !level.is_finite() || !(step > T::ZERO) {
        return;
    }
    let mut size = T::ZERO;
    for x in &mut *x {
        *x -= level;
        size += x.abs();
    }
    if step * count > T::from_f64(8.0) * size && step >= largest_sum(x) {
        x.fill(level);
        return;
    }
    denoise(x);
    x.iter_mut().for_each(|x| *x += level);
}

/// The largest magnitude of the sums of the first elements: a dual path without a bound.
fn largest_sum<T: Real>(x: &[T]) -> T {
    let mut sum = T::ZERO;
    x.iter().fold(T::ZERO, |largest, x| {
        sum += *x;
        largest.max(sum.abs())
    })
}
