//! Learned proximal networks: denoisers that are, exactly, the prox of a learned function.
//!
//! The network is the gradient f of a convex potential
//!
//! psi(x) = w'z_L + alpha/2 |x|², z_1 = s(W_0 x + b_0), z_{l+1} = s(H_l z_l + W_l x + b_l), H_l and w not negative, s convex and
//! nondecreasing. The gradient of a convex function is the prox of some function R, the learned prior, not convex as a rule
//! (R. Gribonval, M. Nikolova, J. Math. Imaging Vis. 62 (2020), 773-789); trained by proximal matching R is -sigma² ln p of the data
//! (Z. Fang, S. Buchanan, J. Sulam, What's in a prior? ICLR 2024). So a plug-and-play method around it is a true splitting method.
//!
//! [`Lpn`] is the operator; [`Prior`] evaluates R at a point. `examples/train/lpn.py` trains networks and writes containers.
//!
//! # Container
//! [`Kind::ProximalNetwork`](crate::container::Kind::ProximalNetwork), version 1:
//!
//! | tag | type | section |
//! |---|---|---|
//! | 1 | u32 | inputs n, hidden h, layers L, activation (0 softplus, 1 Huberised ReLU) |
//! | 2 | f32 | beta or width of the activation, alpha, biases b_0 to b_{L-1} of h each |
//! | 3 | f32 or i8 | row-major W_0 (h x n), then H_l (h x h) and W_l (h x n) for each further layer, then w (h) |
//! | 4 | f32 | for i8 only: the scale of each of these 2 L matrices |

mod activation;
mod load;
mod matrix;
mod network;
mod prior;

#[cfg(test)]
mod tests;

pub use activation::Activation;
pub use matrix::Weights;
pub use network::Lpn;
pub use prior::{Prior, PriorConfig};
