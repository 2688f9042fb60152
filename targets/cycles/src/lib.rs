//! A plugin for QEMU that estimates how many cycles a Cortex-M3 or M4 takes, from the instructions that are run.
//!
//! A model, not a measurement: the tables of Arm's technical reference manuals (Cortex-M4, section 3.3 and table 7-1;
//! Cortex-M3, section 3.3), memory without wait states, two cycles to refill the pipeline after every jump. Flash
//! accelerators, caches and the two pipelines of an M7 are not in it.
//!
//! What stands between the hints SEV and YIELD is summed up, one line for each time: cycles and instructions.
//! `cargo xtask cycles` builds this, runs a firmware with it, and makes rows of the lines.
#![allow(clippy::std_instead_of_core, reason = "a host program")]

mod cost;
// The functions it calls are QEMU's, so tests cannot link it.
#[cfg(not(test))]
mod plugin;
