//! A thermostat that knows a temperature it cannot measure.
//!
//! A metal plate is heated along one edge. A thermocouple reads that edge and, through the reference junction of its
//! converter, the room around the other three. What matters is the middle of the plate, where no sensor can go: so each
//! control tick carries the heat equation on a 32 x 32 grid one step further by successive over-relaxation, whose omega
//! is learned while it runs, and the heater is switched by the computed middle.
//!
//! Everything here is generic over `embedded-hal` 1.0 traits and tested on the host. The binary beside it hands it a
//! board: clocks and pins of an STM32F405 or STM32F446 (`board.rs`), an emulated one (`board_qemu.rs`), or this
//! computer (`board_host.rs`).
//!
//! | module | what it does |
//! |---|---|
//! | [`sensor`] | driver of the MAX31855 thermocouple converter over `SpiDevice` |
//! | [`scope`] | an `OutputPin` held high around each solver step |
//! | [`pace`] | even control ticks from a `DelayNs` |
//! | [`plate`] | the heat equation, its solver and the learner |
//! | [`app`] | the control loop |
//! | [`simulated`] | a world of edge, converter and time for host and QEMU |

#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that fails should say so"))]

pub mod app;
pub mod pace;
pub mod plate;
pub mod scope;
pub mod sensor;
pub mod simulated;
