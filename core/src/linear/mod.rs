//! Linear systems A x = b: stationary sweeps and conjugate gradients.
//!
//! | method | for | workspace, elements of T | one step |
//! |---|---|---|---|
//! | [`Sor`] | any operator with a nonzero diagonal | [`Sor::workspace_len`] | a sweep (or a block of rows) and the residual |
//! | [`Sor`], symmetric | the same, forward and backward | the same | two sweeps and the residual |
//! | [`Cg`] | symmetric positive definite | [`Cg::workspace_len`] | one product, 10 n flops |
//! | [`Pcg`] | the same with any symmetric [`Direction`](crate::operator::Direction) | [`Pcg::workspace_len`] | one product, one direction |
//! | [`SsorCg`] | the same with SSOR by Eisenstat's trick | [`SsorCg::workspace_len`] | one and a half triangles more than nothing: cheaper than a product and an SSOR sweep; or a block of rows of that |
//! | [`Dcd`] | the same with a direction that need not be trusted | [`Dcd::workspace_len`] | one product, one direction |
//!
//! Directions for them: [`SsorPreconditioner`], and for pressure on cells [`cycle`], a multigrid cycle with gates set by
//! hand or trained, [`cycle::Textbook`], and [`Incomplete`]: IC(0), MIC(0), SSOR; for heat in mixed materials and implicit time
//! steps [`cycle::Varying`].
//!
//! All keep their vectors in the caller's workspace and everything else in a [`Checkpoint`](sor::Checkpoint)-like plain
//! value, so a solve can be put away and taken up again, on the same or on other memory.

pub mod cg;
pub mod conjugate;
pub mod cycle;
pub mod dcd;
pub mod incomplete;
pub mod monitor;
pub mod pcg;
pub mod sor;
pub mod ssor;
pub mod ssor_cg;

pub use cg::Cg;
pub use dcd::{Conjugation, Dcd, DcdConfig};
pub use incomplete::Incomplete;
pub use monitor::{Reference, Stopping};
pub use pcg::{Pcg, PcgConfig};
pub use sor::{Sor, SorConfig};
pub use ssor::SsorPreconditioner;
pub use ssor_cg::{SsorCg, SsorCgConfig};
