//! Minimising f + g by splitting: each part is met by itself, f by its gradient or a linear solve, g by its proximal operator.
//!
//! | method | problem | one step |
//! |---|---|---|
//! | [`ProximalGradient`] | f + g, f smooth: plain, or FISTA with restart and backtracking | a gradient, an operator |
//! | [`Panoc`] | the same, ill-conditioned or not convex | a line search of these |
//! | [`DouglasRachford`] | f + g | two operators |
//! | [`Admm`] | f + g, over-relaxed, rho balanced; plug-and-play with a network for g | two operators |
//! | [`Lasso`] | least squares + g | a solve with a factor that stands |
//! | [`Consensus`] | f_1 + ... + f_N + g | all operators |
//! | [`ChambollePock`] | f + g of K x | two products, two operators |
//! | [`CondatVu`] | f + h + g of K x, h smooth | these and a gradient |
//! | [`qp::Qp`] | quadratic programs and linear MPC: 1/2 x'P x + q'x, l <= A x <= u | one solve with a factor that stands, or a refactorisation |
//!
//! All of them keep their vectors in the caller's memory, take a warm start as a plain vector, and answer primal and dual
//! [`Residuals`]. The [`Report`](crate::solve::Report) of such a method has as `residual` the larger of primal and dual
//! residual, each in units of its own target, so that its `target` is 1. All but quadratic programs share one
//! [`Checkpoint`].
//!
//! ```
//! use tinysolve::matrix::MatRef;
//! use tinysolve::prox::quadratic::LeastSquares;
//! use tinysolve::prox::separable::Nonnegative;
//! use tinysolve::solve::{Solver, Step};
//! use tinysolve::splitting::{ProximalGradient, ProximalGradientConfig};
//!
//! // min |A x - b|² / 2 with x >= 0
//! let a = [1.0_f32, 2.0, 3.0, -1.0];
//! let smooth = LeastSquares { matrix: MatRef::row_major(&a, 2, 2)?, rhs: &[-1.0, 4.0] };
//! let (mut x, mut workspace) = ([0.0; 2], [0.0; 6]);
//! let config = ProximalGradientConfig::default();
//! let mut solve = ProximalGradient::new(&smooth, &Nonnegative, &mut x, &mut workspace, &config)?;
//! assert_eq!(solve.run().step, Step::Converged);
//! assert!((x[0] - 1.1).abs() < 1e-3 && x[1] == 0.0);
//! # Ok::<(), tinysolve::Error>(())
//! ```

mod admm;
mod chambolle_pock;
mod checkpoint;
mod condat_vu;
mod consensus;
mod douglas_rachford;
mod lasso;
mod lbfgs;
mod panoc;
mod progress;
mod proximal_gradient;
pub mod qp;
mod steps;

pub use admm::{Admm, AdmmConfig};
pub use chambolle_pock::ChambollePock;
pub use checkpoint::Checkpoint;
pub use condat_vu::{CondatVu, NoSmooth, PrimalDual};
pub use consensus::Consensus;
pub use douglas_rachford::{DouglasRachford, DouglasRachfordConfig};
pub use lasso::Lasso;
pub use panoc::{Panoc, PanocConfig};
pub use progress::{Residuals, Stopping};
pub use proximal_gradient::{ProximalGradient, ProximalGradientConfig};
pub use steps::{PrimalDualConfig, norm_of};

/// Penalties that are adapted stay between these.
const PENALTIES: (f32, f32) = (1e-6, 1e6);
