//! What A may be: dense views, compressed sparse rows, stencils on a grid.
//!
//! A view is checked once, when it is made; after that no kernel can fail on it. Views borrow and own nothing.

mod csr;
mod dense;
mod differences;
mod plane;
mod stencil;
mod variable_stencil;
mod vfp;

pub use csr::{Csr, Index};
pub use dense::{MatMut, MatRef};
pub use differences::Differences;
pub use plane::Plane;
pub use stencil::Stencil;
pub use variable_stencil::VariableStencil;
