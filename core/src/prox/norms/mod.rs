//! Norms of a whole vector.

mod l1_minus_l2;
mod l1_squared;
mod l2;
mod largest;

pub use l1_minus_l2::L1MinusL2;
pub use l1_squared::SquaredL1;
#[cfg(not(target_arch = "arm"))]
pub(in crate::prox) use l2::safe_to_root;
pub use l2::{HuberNorm, L2, NonnegativeL2};
pub(in crate::prox) use l2::{norm, shrink_norm};
pub use largest::{LInfinity, Largest};
