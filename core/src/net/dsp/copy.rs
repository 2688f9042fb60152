//! Bytes from one place to another, as many a time as registers hold.
#![allow(unsafe_code, reason = "a naked function and the pointers it takes")]

use core::cell::Cell;

use super::aligned;

/// r0 from, r1 to, r2 pieces of 16 bytes, at least one; both aligned.
#[unsafe(naked)]
unsafe extern "C" fn copy_pieces(from: *const i8, to: *mut i8, pieces: usize) {
    core::arch::naked_asm!(
        "push {{r4-r10, lr}}",
        "lsrs r2, r2, #1",
        "bcc 2f",
        "ldm r0!, {{r3-r6}}",
        "stm r1!, {{r3-r6}}",
        "2:",
        "beq 4f",
        "3:",
        "ldm r0!, {{r3-r10}}",
        "stm r1!, {{r3-r10}}",
        "subs r2, r2, #1",
        "bne 3b",
        "4:",
        "pop {{r4-r10, pc}}",
    )
}

/// Copies what is a whole number of pieces of 16 bytes; answers how many bytes that was. The two do not overlap.
pub(in crate::net) fn copy(from: &[Cell<i8>], to: &[Cell<i8>]) -> usize {
    let pieces = from.len().min(to.len()) / 16;
    if pieces == 0 || !aligned(from) || !aligned(to) {
        return 0;
    }
    // SAFETY: both hold as many bytes; `Cell` may be written through a shared reference.
    unsafe { copy_pieces(from.as_ptr().cast(), to.as_ptr().cast_mut().cast(), pieces) };
    16 * pieces
}
