//! Penalties that are not convex: sparser, and less biased, than the L1 norm.
//!
//! The minimiser may not be unique. Where 0 is one of two, 0 is taken; where two others tie, the smaller magnitude. What
//! decides is a threshold in closed form where there is one, not a comparison of two objectives, which cancel at the tie.

mod capped_l1;
mod cauchy;
mod exponential_type;
mod geman;
mod l0;
mod log_sum;
mod mcp;
mod root;
mod scad;

pub use capped_l1::CappedL1;
pub use cauchy::Cauchy;
pub use exponential_type::ExponentialType;
pub use geman::Geman;
pub use l0::L0;
pub use log_sum::LogSum;
pub use mcp::Mcp;
pub use root::{SquareRoot, TwoThirds};
pub use scad::Scad;
