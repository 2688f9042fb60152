//! Functions of elements in order: by place, or by size.

mod isotonic;
mod largest;
mod sorted_l1;

pub use isotonic::Isotonic;
pub use largest::{SumOfLargest, SumOfLargestMagnitudes};
pub use sorted_l1::SortedL1;
