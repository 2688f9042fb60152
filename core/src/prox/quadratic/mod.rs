//! Quadratic forms.

mod form;
mod least_squares;

pub use form::{PreparedQuadratic, Quadratic};
pub use least_squares::LeastSquares;
