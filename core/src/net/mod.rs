//! Trained networks, from containers, in place on memory of the caller's.

pub mod lpn;
