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
//! `thumbv7em-*`, and for `thumbv8m.main-*` with `-C target-cpu=cortex-m33` or `cortex-m55`. Everything else, an M33
//! without the extension included, runs portable Rust: take the archive `v7m` there. An M55 runs the
//! functions for the DSP extension; its vector extension (Helium) is not used. Stable Rust assembles it in naked functions
//! that begin with `.cpu cortex-m55`, but has no cfg that tells it is there, and no such kernel is written.

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
