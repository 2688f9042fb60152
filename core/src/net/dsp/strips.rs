//! What the loops over block strips are given.
#![allow(unsafe_code, reason = "the promise of a builder of pointers is checked here")]

use core::cell::Cell;
use core::ptr;

use super::aligned;
use crate::net::requantise::Rounding;
use crate::net::strips::Strips;

/// Arguments, copied to the stack in this order, and back behind the last strip: the next call goes on from there.
#[repr(C)]
pub(super) struct Arguments {
    x: *const i16,
    weights: *const i8,
    rows: *const [i32; 4],
    pub(super) out: *mut i8,
    pub(super) strips: usize,
    /// Blocks of a dense strip.
    blocks: usize,
    /// Null if strips are dense.
    counts: *const u16,
    skips: *const u8,
    /// 0: bytes, rounded twice; 1: bytes, rounded once; 2: the sums as they are.
    pub(super) form: usize,
    /// Bytes from one pixel of the output to the next.
    pub(super) stride: usize,
}

/// The form that leaves requantisation to the caller.
pub(super) const SUMS: usize = 2;

/// Arguments without an output, if there are weights and rows for all strips of `of_strip` rows and `group` values for
/// each block. That skips stay inside a strip was seen when the model was checked, and nobody can have changed it since.
pub(super) fn arguments(
    strips: &Strips<'_>,
    x: &[Cell<i16>],
    [of_strip, group]: [usize; 2],
    rounding: Rounding,
) -> Option<Arguments> {
    let &Strips { weights, counts, skips, rows, blocks } = strips;
    let dense = counts.is_empty();
    let strips = rows.len() / of_strip;
    let stored = if dense { strips.saturating_mul(blocks) } else { skips.len() };
    let fits = blocks > 0 && (dense || counts.len() == strips) && stored.saturating_mul(4 * of_strip) == weights.len();
    (fits && blocks.saturating_mul(group) <= x.len() && aligned(x) && aligned(weights)).then(|| Arguments {
        x: x.as_ptr().cast(),
        weights: weights.as_ptr(),
        rows: rows.as_ptr(),
        out: ptr::null_mut(),
        strips,
        blocks,
        counts: if dense { ptr::null() } else { counts.as_ptr() },
        skips: skips.as_ptr(),
        form: (rounding == Rounding::Single).into(),
        stride: strips,
    })
}
