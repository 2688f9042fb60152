//! Small factorisations, below every family: on memory of the caller's, bounded, for `f32` and `f64` alike.
//!
//! | for | use | needs |
//! |---|---|---|
//! | positive definite, dense or banded | [`Cholesky`] | nothing beside the matrix |
//! | quasi-definite, or no square root at hand | [`Ldlt`] | nothing beside the matrix |
//! | the same, sparse, the pattern fixed | [`SparseLdlt`] | fill + 2 n elements, a [`Symbolic`] part in flash |
//! | eigenvalues and vectors, symmetric | [`SymmetricJacobi`] | n², and n² for vectors |
//! | singular values and vectors | [`OneSidedJacobi`] | count x length, and count² for the second vectors |
//! | the largest eigenvalue of an operator | [`power_iteration`] | 2 n |
//!
//! Direct factorisations are checked where they are made, and a pivot that will not do is an [`Error`](crate::Error) that
//! names its row. Iterative ones end in a [`Step`](crate::solve::Step).

mod cholesky;
#[cfg(not(target_arch = "arm"))]
mod four;
mod jacobi;
mod layout;
mod ldlt;
mod power;
mod sparse;
mod substitute;

#[cfg(test)]
mod testing;

pub use cholesky::Cholesky;
pub use jacobi::{OneSidedJacobi, SWEEPS, SymmetricJacobi};
pub use layout::{Band, Layout, Packed, Square};
pub use ldlt::Ldlt;
pub use power::{Eigenvalue, PowerConfig, power_iteration};
pub(crate) use sparse::Numbers;
pub use sparse::{
    Pattern, SparseLdlt, Symbolic, analyse, minimum_degree, minimum_degree_scratch, scratch_len, symbolic_len,
};
