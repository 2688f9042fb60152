//! Functions of eigenvalues and of singular values, for matrices of a few rows and columns.
//!
//! | set or function | operator |
//! |---|---|
//! | positive semidefinite | [`Eigenvalues`] of [`Nonnegative`](crate::prox::separable::Nonnegative) |
//! | -ln det | of [`NegativeLog`](crate::prox::separable::NegativeLog) |
//! | largest eigenvalue | of [`Largest`](crate::prox::norms::Largest) |
//! | density matrices | of [`Simplex`](crate::prox::sets::Simplex) |
//! | nuclear norm | [`SingularValues`] of [`L1`](crate::prox::separable::L1) |
//! | nuclear ball | of [`L1Ball`](crate::prox::sets::L1Ball) |
//! | spectral norm | of [`LInfinity`](crate::prox::norms::LInfinity) |
//! | spectral ball | of [`Interval`](crate::prox::separable::Interval) |
//! | rank at most r | of [`SparseVectors`](crate::prox::sets::SparseVectors) |
//! | orthonormal rows or columns | of [`Point`](crate::prox::separable::Point) 1 |

mod eigenvalues;
mod singular_values;

pub use eigenvalues::Eigenvalues;
pub use singular_values::SingularValues;

/// Elements of the largest matrix whose value can be had: it is decomposed on the stack.
const ON_STACK: usize = 64;
/// Rows of it.
const SIDE: usize = 8;
