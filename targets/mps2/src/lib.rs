//! Firmware for the boards QEMU knows, and the harness it stands on.
//!
//! Run it with `cargo xtask qemu CORE [BIN]`, for instance `cargo xtask qemu m4f cases -- math/`.
#![no_std]

#[cfg(firmware)]
pub mod clock;
#[cfg(firmware)]
pub mod harness;
#[cfg(firmware)]
pub mod meter;
#[cfg(firmware)]
pub mod semihosting;
#[cfg(firmware)]
pub mod stack;
