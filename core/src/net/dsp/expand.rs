//! Bytes to halfwords, the zero point added on the way.
#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

use core::cell::Cell;

use super::{aligned, extension};
use crate::net::gather::Place;

macro_rules! expansion {
    ($name:ident, $store:literal) => {
        /// r0 bytes, r1 halfwords, r2 what is added to both halves, r3 groups of four, at least one. Single loads need no
        /// alignment.
        #[unsafe(naked)]
        unsafe extern "C" fn $name(from: *const i8, to: *mut i16, zero: u32, groups: usize) {
            core::arch::naked_asm!(
                extension!(),
                "push {{r4-r6, lr}}",
                "lsrs r3, r3, #1",
                "bcc 2f",
                "ldr r4, [r0], #4",
                "sxtab16 r5, r2, r4",
                "sxtab16 r6, r2, r4, ror #8",
                $store,
                "2:",
                "beq 4f",
                "3:",
                "ldr r4, [r0], #4",
                "sxtab16 r5, r2, r4",
                "sxtab16 r6, r2, r4, ror #8",
                $store,
                "ldr r4, [r0], #4",
                "sxtab16 r5, r2, r4",
                "sxtab16 r6, r2, r4, ror #8",
                $store,
                "subs r3, r3, #1",
                "bne 3b",
                "4:",
                "pop {{r4-r6, pc}}",
            )
        }
    };
}

expansion!(for_one, "stm r1!, {{r5, r6}}");
expansion!(for_four, "str r6, [r1, #16]\nstr r5, [r1], #32");

/// The functions of a place.
fn functions(
    place: Place,
) -> Option<(unsafe extern "C" fn(*const i8, *mut i16, u32, usize), unsafe extern "C" fn(*mut i16, usize))> {
    match (place.odd, place.group) {
        (2, 4) => Some((for_one, fill_one)),
        (8, 16) => Some((for_four, fill_four)),
        _ => None,
    }
}

macro_rules! filling {
    ($name:ident, $store:literal) => {
        /// r0 halfwords, r1 groups of four, at least one.
        #[unsafe(naked)]
        unsafe extern "C" fn $name(to: *mut i16, groups: usize) {
            core::arch::naked_asm!("movs r2, #0", "movs r3, #0", "2:", $store, "subs r1, r1, #1", "bne 2b", "bx lr")
        }
    };
}

filling!(fill_one, "stm r0!, {{r2, r3}}");
filling!(fill_four, "str r2, [r0, #16]\nstr r2, [r0], #32");

/// Halfwords that so many groups reach over.
fn reach(groups: usize, place: Place) -> usize {
    groups.saturating_sub(1).saturating_mul(place.group) + place.odd + 2
}

pub(in crate::net) fn fill(to: &[Cell<i16>], groups: usize, place: Place) -> bool {
    let Some((_, function)) = functions(place) else { return false };
    if groups == 0 || reach(groups, place) > to.len() || !aligned(to) {
        return groups == 0;
    }
    // SAFETY: the words written lie in `to`; `Cell` may be written through a shared reference.
    unsafe { function(to.as_ptr().cast_mut().cast(), groups) };
    true
}

pub(in crate::net) fn expand<'a>(
    from: &'a [Cell<i8>],
    to: &[Cell<i16>],
    zero: i16,
    place: Place,
) -> (&'a [Cell<i8>], usize) {
    let groups = from.len() / 4;
    let Some((whole, rest)) = from.split_at_checked(4 * groups) else { return (from, 0) };
    let Some((function, _)) = functions(place) else { return (from, 0) };
    if groups == 0 || reach(groups, place) > to.len() || !aligned(to) {
        return (from, 0);
    }
    let half = u32::from(zero.cast_unsigned());
    // SAFETY: `groups` groups of bytes are read, and as many pairs of words written as `reach` says; `Cell` may be written
    // through a shared reference.
    unsafe { function(whole.as_ptr().cast(), to.as_ptr().cast_mut().cast(), half | half << 16, groups) };
    (rest, groups)
}

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
