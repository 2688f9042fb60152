//! Minimising f + g by splitting: each part is met by itself, f by its gradient or a linear solve, g by its proximal operator.
//!
//! | method | problem | one step |
//! |---|---|---|
//! | [`qp::Qp`] | quadratic programs and linear MPC: 1/2 x'P x + q'x, l <= A x <= u | one solve with a factor that stands, or a refactorisation |
//!
//! All of them keep their vectors in the caller's memory, take a warm start as a plain vector, and answer primal and dual
//! [`Residuals`]. The [`Report`](crate::solve::Report) of such a method has as `residual` the larger of primal and dual
//! residual, each in units of its own target, so that its `target` is 1.

mod progress;
pub mod qp;

pub use progress::{Residuals, Stopping};
