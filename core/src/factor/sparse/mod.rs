//! Sparse P A P' = L D L' in two parts: the structure once, the numbers as often as they change.
//!
//! [`analyse`] takes the [`Pattern`] of A and an order of elimination and writes the [`Symbolic`] part, plain indices that
//! may be made on the host and kept in flash. [`SparseLdlt`] takes that and the values; a change of values is a
//! [`refactor`](SparseLdlt::refactor), which cannot fail on shape. An optimiser whose system is [P A'; A -D] gives the
//! lower triangle of the whole as one pattern, updates the values of P, A or D in place, and refactors.

mod analyse;
mod degree;
mod ldlt;
mod pattern;
mod symbolic;
mod vfp;
mod vfp_eliminate;

pub use analyse::{analyse, scratch_len, symbolic_len};
pub use degree::{minimum_degree, minimum_degree_scratch};
pub(crate) use ldlt::Numbers;
pub use ldlt::SparseLdlt;
pub use pattern::Pattern;
pub use symbolic::Symbolic;

#[cfg(test)]
mod tests;
