#![no_std]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        clippy::cast_possible_wrap,
        reason = "tests compare and print"
    )
)]
#![doc = "placeholder"]

#[cfg(test)]
extern crate std;

pub mod container;
pub mod error;
pub mod factor;
pub mod linear;
pub mod math;
pub mod matrix;
pub mod operator;
pub mod real;
pub mod solve;
pub mod vector;

pub use error::{Error, Field};
pub use real::Real;
