//! What tests, benchmarks and examples share: problems with their sources, peers and oracles.
//!
//! Nothing here is under test. Oracles are independent of the library on purpose: dense factorisations, f64 residuals,
//! another generator.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "host-side set-up: sizes are small, and a broken set-up should stop at once"
)]

pub mod comparison;
pub mod direction_bytes;
pub mod draw;
pub mod golden;
pub mod grid;
pub mod heat;
pub mod layouts;
pub mod materials;
pub mod methods;
pub mod policy;
pub mod pressure;
pub mod qp;
pub mod recovery;
pub mod shifted;
pub mod sor_benchmark;
pub mod sparse;
pub mod threads;
