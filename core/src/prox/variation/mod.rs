//! Total variation: piecewise constant signals and pictures.

mod condat;
mod fused_lasso;
mod linear_time;
mod plane;
mod vfp;
mod vfp_linear;

pub use condat::TotalVariation;
pub use fused_lasso::FusedLasso;
pub use linear_time::LinearTimeTotalVariation;
pub use plane::PlaneTotalVariation;

use crate::real::Real;

/// Sum of |x_{i+1} - x_i|.
fn variation<T: Real>(x: &[T]) -> T {
    x.iter().zip(x.iter().skip(1)).fold(T::ZERO, |sum, (a, b)| sum + (*b - *a).abs())
}
