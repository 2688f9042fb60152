//! The arena as halfwords: the one place of the family that the compiler cannot check on every core.
#![allow(unsafe_code, reason = "bytes cannot be seen as halfwords in safe code")]

use core::cell::Cell;

/// Memory for the tensors of a network, aligned as every core likes it. `N` is the `ARENA` of the model.
#[derive(Clone, Debug)]
#[repr(C, align(16))]
pub struct Arena<const N: usize>(pub [i8; N]);

impl<const N: usize> Arena<N> {
    /// Zeros.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> Default for Arena<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Bytes as halfwords, from the first one that is aligned; a byte left over is left out.
pub(super) fn halfwords(bytes: &[Cell<i8>]) -> &[Cell<i16>] {
    // SAFETY: a `Cell` has the layout of its content, every bit pattern is a value of both types, both may be written
    // through a shared reference, and `align_to` keeps to alignment and bounds.
    unsafe { bytes.align_to::<Cell<i16>>().1 }
}

/// Copies as many bytes as both have.
#[inline]
pub(super) fn copy(from: &[Cell<i8>], to: &[Cell<i8>]) {
    let len = from.len().min(to.len());
    // SAFETY: both are `len` bytes long, and memory that overlaps is allowed; `Cell` may be written through a shared
    // reference.
    unsafe { core::ptr::copy(from.as_ptr().cast::<i8>(), to.as_ptr().cast_mut().cast::<i8>(), len) }
}
