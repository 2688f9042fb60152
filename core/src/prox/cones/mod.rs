//! Cones, by their projections; the step does not matter. A cone's value is 0 within 16 epsilon (1 + the largest
//! magnitude), of the exponential cones within the square root of epsilon times that.

mod exponential;
mod second_order;

pub use exponential::{DualExponentialCone, ExponentialCone};
pub use second_order::{RotatedCone, SecondOrderCone};
