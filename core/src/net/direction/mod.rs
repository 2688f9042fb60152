//! The published direction network: a convolutional network with residual blocks and one pooling level, in 2-D and 3-D.
//!
//! [`DirectionNetwork`] is the weights, read from a container where they lie; [`OnGrid`] is the network on a grid, a
//! [`Direction`](crate::operator::Direction) for [`Dcd`](crate::linear::Dcd). Layer by layer, R being a convolution of 3 x 3
//! or 3 x 3 x 3 with zeros around, bias and ReLU, all with the same number of channels:
//!
//! | part | layers |
//! |---|---|
//! | in | the residual over its 2-norm, 0 in cells without an unknown; one convolution without ReLU; one R |
//! | fine | `blocks[0]` times a += R(R(a)); then one R, kept |
//! | coarse | mean over 2 x 2 (x 2) cells; `blocks[1]` times a += R(R(a)) |
//! | up | each value to its 4 or 8 cells, plus what was kept; `blocks[2]` times a += R(R(a)) |
//! | out | one weighted sum over the channels, and bias |
//!
//! Published are 3-D, 16 channels, blocks 1, 3, 2 (97,457 weights) and 2, 5, 3 (152,881). Source: Kaneda, Akar, Chen, Kala,
//! Hyde, Teran, A Deep Conjugate Direction Method for Iteratively Solving Linear Systems, ICML 2023, and the training
//! program of its authors, which adds a block's input behind the ReLU.
//!
//! # When not to use it
//! On a microcontroller, nearly always. A call costs 22,048 multiply-adds a cell in 2-D and 60,928 in 3-D with 16 channels,
//! a thousand times and more what an iteration of [`Cg`](crate::linear::Cg) costs, so it would have to save iterations by
//! that factor; the [cycle](crate::linear::cycle) costs about 17. The network is not symmetric and knows no walls: its
//! directions need [`Conjugation::PreviousTwo`](crate::linear::Conjugation), and what it gains is lost on regions unlike
//! those it was trained on. `examples/train/dcd.py` prints both beside the classical methods.
//!
//! # In bytes
//! Weights in bytes are a quarter of the flash, and cost more time where there is an FPU, because each is converted. Counted
//! on 16 x 16 cells with 8 channels, instructions for each multiply-add on a Cortex-M4F and on a Cortex-M3 without FPU:
//! weights and activations in single precision 3.5 and 104, weights in bytes 5.3 and 124, both in bytes by the kernels of
//! quantised networks 2.2 and 4.5 (quantising the residual and back included). With both in bytes, on the empty squares that
//! the 8-channel network was trained on, iterations rise by a fifth: medians of 11 and 13.5 to 1e-2, of 24.5 and 29.5 to
//! 1e-4. So a solve costs a quarter less than in single precision on an M4F, and a nineteenth on an M3; it is still about a
//! hundred times the multiply-adds of [`Cg`](crate::linear::Cg). It does not pay, and there is no such form here: where
//! flash or an FPU is short, the gates of the cycle are 192 bytes. `cargo xtask bench --family dcd` prints the iterations,
//! `cargo xtask bench --chips --family net` the counts.
//!
//! # Container
//! [`Kind::DirectionNetwork`](crate::container::Kind::DirectionNetwork), version 1:
//!
//! | tag | type | section |
//! |---|---|---|
//! | 1 | u32 | dimensions (2 or 3), channels (a multiple of 8), blocks fine, coarse, up |
//! | 2 | f32 | biases of all convolutions, one a channel, in the order of use; the bias of the sum |
//! | 3 | f32 or i8 | weights of all convolutions, then of the sum; a convolution as \[output / 8\]\[z\]\[y\]\[x\]\[input\]\[output mod 8\], without z in 2-D |
//! | 4 | f32 | for i8 only: scales, in the order of the biases |

mod convolution;
mod grid;
mod load;
mod weights;

#[cfg(test)]
mod tests;

pub use grid::OnGrid;
pub use load::DirectionNetwork;
