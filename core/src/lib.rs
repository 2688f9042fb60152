#![no_std]
#![doc = "placeholder"]

#[cfg(test)]
extern crate std;

pub mod error;
pub mod math;
pub mod real;

pub use error::{Error, Field};
pub use real::Real;
