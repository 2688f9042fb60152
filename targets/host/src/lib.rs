//! From a `.tflite` file to a container that `tinysolve::net` runs: reading, folding, planning, packing.
#![allow(
    clippy::std_instead_of_core,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a host program; sizes were checked when the file was read"
)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests compare"))]

pub mod convert;
pub mod fixed;
pub mod fold;
pub mod graph;
pub mod include;
pub mod pack;
pub mod plan;
pub mod prune;
pub mod read;
pub mod reference;
pub mod report;

pub use convert::{Converted, Options, convert};
