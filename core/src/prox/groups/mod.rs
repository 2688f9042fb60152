//! Penalties on consecutive groups of elements: sensors, channels, filters, layers.

mod division;
mod lasso;
#[cfg(not(target_arch = "arm"))]
mod short;
mod sparse_groups;
mod wgsef;

pub use division::Groups;
pub use lasso::{GroupLasso, SparseGroupLasso};
pub use sparse_groups::SparseGroups;
pub use wgsef::Wgsef;
