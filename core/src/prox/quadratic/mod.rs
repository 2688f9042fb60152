//! Quadratic forms.

mod form;
mod least_squares;
#[cfg(not(target_arch = "arm"))]
mod tall;

pub use form::{PreparedQuadratic, Quadratic};
pub use least_squares::LeastSquares;
