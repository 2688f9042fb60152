//! Bytes to halfwords, the zero point added on the way.
#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

use core::cell::Cell;

use super::{aligned, extension};
use crate::net::convolution::Place;

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

pub(in crate::net) fn expand<'a>(
    from: &'a [Cell<i8>],
    to: &[Cell<i16>],
    zero: i16,
    place: Place,
) -> (&'a [Cell<i8>], usize) {
    let groups = from.len() / 4;
    let Some((whole, rest)) = from.split_at_checked(4 * groups) else { return (from, 0) };
    let reach = groups.saturating_sub(1).saturating_mul(place.group) + place.odd + 2;
    if groups == 0 || reach > to.len() || !aligned(to) {
        return (from, 0);
    }
    let function = match (place.odd, place.group) {
        (2, 4) => for_one,
        (8, 16) => for_four,
        _ => return (from, 0),
    };
    let half = u32::from(zero.cast_unsigned());
    // SAFETY: `groups` groups of bytes are read, and as many pairs of words written as `reach` says; `Cell` may be written
    // through a shared reference.
    unsafe { function(whole.as_ptr().cast(), to.as_ptr().cast_mut().cast(), half | half << 16, groups) };
    (rest, groups)
}
