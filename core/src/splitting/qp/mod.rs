//! Quadratic programs and linear MPC: minimise 1/2 x'P x + q'x subject to l <= A x <= u, P and A sparse, P positive
//! semidefinite.
//!
//! The method is ADMM with over-relaxation, one quasi-definite system factored once and solved in every iteration (B.
//! Stellato, G. Banjac, P. Goulart, A. Bemporad, S. Boyd, OSQP: an operator splitting solver for quadratic programs, Math.
//! Prog. Comp. 12 (2020), 637-672). What is different here: rows of A with one entry are eliminated, not factored; scaling
//! and changes of rho are powers of two, so that they round nothing; the dual is kept divided by rho, so that an iteration
//! multiplies by it only where it must.
//!
//! # How it is used
//! 1. On the host, or once at start: [`QpPattern::write_system`], an order of elimination
//!    ([`minimum_degree`](crate::factor::minimum_degree), or by stage), [`analyse`](crate::factor::analyse). The result is
//!    plain indices that may live in flash. Where P is diagonal, as in MPC as a rule, and both variables and rows are
//!    counted stage by stage, the order 0, 1, 2 ... has as little fill, and a solve with it is the fastest.
//! 2. [`Qp::new`] takes the numbers up, scaled, into the workspace; they are not needed after that.
//! 3. In each control tick: [`Qp::update_bounds`] or [`Qp::update_linear`], [`restart`](Qp::restart), steps, and
//!    [`Qp::primal`]. The iterate stays, which is the warm start.
//!
//! A step looks for a proof that there is no solution every 25 iterations. Where there always is one, as in a controller that
//! was checked, [`Qp::advance`] is a step that does not link what proofs take; [`Qp::prove`] may still be asked. On cores
//! with a single-precision FPU and with 16-bit indices the passes of an iteration, of a look at the residuals and of the
//! factorisation are in assembly, with the bits of the portable ones.
//!
//! ```
//! use tinysolve::factor::{Pattern, Symbolic, analyse, minimum_degree, minimum_degree_scratch, scratch_len};
//! use tinysolve::solve::{Solver, Step};
//! use tinysolve::splitting::qp::{self, Qp, QpConfig, QpData, QpPattern};
//!
//! // min x² + y² - x - 2 y, subject to 1 <= x + y <= 1 and 0 <= x, y <= 0.7
//! let pattern = QpPattern::new(&[0_u16, 1, 2], &[0, 1], &[0, 2, 3, 4], &[0, 1, 0, 1])?;
//! let data = QpData {
//!     p: &[2.0_f32, 2.0],
//!     q: &[-1.0, -2.0],
//!     a: &[1.0, 1.0, 1.0, 1.0],
//!     lower: &[1.0, 0.0, 0.0],
//!     upper: &[1.0, 0.7, 0.7],
//! };
//! // The order of elimination and the symbolic part: on the host, as a rule.
//! let (mut starts, mut columns) = ([0; 4], [0; 7]);
//! pattern.write_system(&mut starts, &mut columns)?;
//! let system = Pattern::new(&starts, &columns)?;
//! let mut order = [0; 3];
//! minimum_degree(system, &mut [0; minimum_degree_scratch(3)], &mut order)?;
//! let mut memory = [0; Symbolic::<u16>::data_len(3, 7, 2)];
//! let symbolic = analyse(system, &order, &mut [0; scratch_len(3, 7)], &mut memory)?;
//!
//! let mut workspace = [0.0; qp::workspace_len(2, 3, 2, 2, 4, 2)];
//! let mut solver = Qp::new(pattern, symbolic, data, &mut workspace, QpConfig::default())?;
//! assert_eq!(solver.run().step, Step::Converged);
//! let mut x = [0.0; 2];
//! solver.primal(&mut x)?;
//! assert!((x[0] - 0.3).abs() < 1e-3 && (x[1] - 0.7).abs() < 1e-3);
//! # Ok::<(), tinysolve::Error>(())
//! ```

mod config;
mod iteration;
mod memory;
mod pattern;
mod proof;
mod residual;
mod rows;
mod scaling;
mod solver;
mod update;
mod vfp;
mod weights;

#[cfg(test)]
mod tests;

pub use config::{QpCheckpoint, QpConfig};
pub use memory::workspace_len;
pub use pattern::QpPattern;
pub use solver::{Qp, QpReport};
pub use update::QpData;
