#![allow(
    clippy::neg_cmp_op_on_partial_ord,
    reason = "a NaN has to leave a loop, whichever way a comparison is written"
)]
//! Proximal operators: prox(v) = argmin over x of f(x) + |x - v|² / (2 step), in place, on memory of the caller's.
//!
//! An operator is a small `Copy` value whose fields are its parameters; [`check`](crate::operator::Prox::check) looks at them
//! once, and then [`prox`](crate::operator::Prox::prox) cannot fail. There are no weights beside those that make a function
//! what it is: the weight of f is part of the step, or of [`rules::Scale`].
//!
//! | | functions |
//! |---|---|
//! | [`separable`] | of one number, summed: L1, squares, bounds, Huber, hinge, logistic, entropy, logarithms, powers |
//! | [`nonconvex`] | of one number, not convex: L0, roots, log-sum, MCP, SCAD, capped L1, Geman, Cauchy |
//! | [`norms`] | L2, largest magnitude, largest element, squared L1, L1 - a L2 |
//! | [`groups`] | group lasso, sparse group lasso, WGSEF, the k largest groups |
//! | [`sets`] | halfspace, hyperslab, affine, balls, simplices, intersections |
//! | [`cones`] | second-order, rotated, exponential and its dual |
//! | [`ordered`] | isotonic, sums of the k largest, sorted L1 |
//! | [`variation`] | total variation in one and two dimensions, fused lasso |
//! | [`spectral`] | of eigenvalues and singular values: semidefinite, nuclear, spectral norm, rank, orthogonal |
//! | [`quadratic`] | quadratic forms, least squares |
//! | [`distance`] | distances to sets |
//! | [`rules`] | what becomes of an operator when its function is shifted, scaled, tilted, conjugated, summed |
//!
//! # Values
//! The value of a set is 0 for what its own projection makes, within the rounding stated there, and infinity outside.
//!
//! # Convention
//! Tie rules of what is not convex are written with each operator. NaN in an element stays in that element where elements do
//! not know of each other; elsewhere it may spread, but never keeps a loop from ending.

pub mod cones;
pub mod distance;
pub mod groups;
pub mod nonconvex;
pub mod norms;
pub mod ordered;
mod penalty;
mod products;
pub mod quadratic;
mod root;
pub mod rules;
mod scalar;
pub mod separable;
pub mod sets;
pub mod spectral;
pub mod variation;
mod vfp;

pub use penalty::{Each, Labelled, Penalty, Weighted};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
