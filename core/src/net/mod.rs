//! Trained networks, from containers, where they lie: quantised ones, learned proximal networks ([`lpn`]), and networks that
//! propose search directions ([`direction`]).
//!
//! # Quantised networks
//! 8-bit inference, to the bit as TensorFlow Lite for Microcontrollers does it.
//!
//! `tinysolve convert` makes a container from a `.tflite` file. [`Model::new`] checks it once, where it lies in flash;
//! [`Inference`] runs it in memory of the caller's, one layer a [`step`](Inference::step).
//!
//! # Arithmetic
//! Bytes with a scale and a zero point, weights symmetric with a scale for each channel, sums of 32 bits. [`requantise`]
//! says how a sum becomes a byte again: rounded twice as a rule, once where a layer's flag says so. Softmax, logistic and
//! every other function of one byte come from tables that hold the reference's values.
//!
//! # Weights
//! Block strips ([`Layer::rows_log2`]): one or four rows, blocks of four columns, dense or sparse in one format, read by
//! the portable kernels and by the ones for cores with the DSP extension alike. All kernels give the same bits.
//!
//! # Cores
//! Cortex-M4, M7, and M33 with the DSP extension run `smlad`, `sxtab16` and `smmulr` in a few naked functions: builds for
//! `thumbv7em-*`, and for `thumbv8m.main-*` with `-C target-cpu=cortex-m33` or `cortex-m55`. The Cortex-M3 (`thumbv7m-*`)
//! has such functions with plain multiplications. Everything else runs portable Rust; for an M33 without the extension
//! take a build for `thumbv7m` (the archive `v7m`).
//!
//! A Cortex-M55 built with `-C target-cpu=cortex-m55` runs dense strips, fully connected layers and convolutions, with its
//! vector extension (Helium): 16 products an instruction, tails by predication, requantisation four at a time. What does
//! not use it: sparse strips, depthwise layers, sums and softmax (the functions for the DSP extension), layers that need the
//! long formula, and fully connected ones of zero point 127. Stable Rust has no cfg that tells the extension is there, so
//! `core/build.rs` goes by the name of the processor; its assembler knows no `.arch_extension mve`, so functions begin with
//! `.cpu cortex-m55`. The archives for C have no such variant: `v8m-hf` runs on an M55 by the DSP extension.

mod check;
mod convolution;
mod depthwise;
pub mod direction;
mod dsp;
mod elementwise;
mod gather;
mod inference;
mod layer;
pub mod lpn;
mod memory;
mod model;
mod movement;
mod pool;
pub mod prune;
pub mod quantise;
pub mod requantise;
mod slots;
mod strips;

pub use depthwise::depthwise_words;
pub use inference::{Event, Inference};
pub use layer::{LAYER_WORDS, Layer, LayerKind};
pub use memory::Arena;
pub use model::{MODEL_VERSION, Model, SHAPE_WORDS, Shape, Tag};
pub use requantise::{Rounding, Row};
pub use slots::Slots;
