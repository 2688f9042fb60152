//! The windows of up to four neighbouring pixels as halfwords, without leaving the loop; and nothing in their place.
#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

use core::cell::Cell;

use super::{aligned, extension};
use crate::net::gather::{Place, Walk};

/// Arguments, loaded in this order.
#[repr(C)]
struct Arguments {
    from: *const i8,
    to: *mut i16,
    zero: u32,
    groups: usize,
    rows: usize,
    /// Bytes from the first pair of a group to the second, and to the next group.
    odd: usize,
    group: usize,
    pixels: usize,
    /// From behind a row of a window to the next.
    skip: usize,
    step: usize,
    /// Bytes from behind the last group of a pixel back to the first one of the next.
    back: usize,
}

#[cfg(tinysolve_dsp)]
macro_rules! group {
    () => {
        "ldr r9, [r0], #4\nsxtab16 r10, r3, r9\nsxtab16 r9, r3, r9, ror #8\nstr r10, [r2]\nstr r9, [r2, r6]\nadd r2, r7\n"
    };
}

/// The same without the extension; of r3 the lower half counts.
#[cfg(not(tinysolve_dsp))]
macro_rules! group {
    () => {
        concat!(
            "ldrsb r9, [r0]\nldrsb r10, [r0, #2]\nadd r9, r3\nadd r10, r3\nuxth r9, r9\n",
            "orr r9, r9, r10, lsl #16\nstr r9, [r2]\n",
            "ldrsb r9, [r0, #1]\nldrsb r10, [r0, #3]\nadd r9, r3\nadd r10, r3\nuxth r9, r9\n",
            "orr r9, r9, r10, lsl #16\nstr r9, [r2, r6]\nadd r0, r0, #4\nadd r2, r7\n",
        )
    };
}

#[unsafe(naked)]
unsafe extern "C" fn windows(arguments: *const Arguments) {
    core::arch::naked_asm!(
        extension!(),
        "push {{r4-r11, lr}}",
        "mov r11, r0",
        "ldm r0, {{r1-r8}}",
        // A pixel.
        "1:",
        "mov r0, r1",
        "mov r12, r5",
        // A row of its window. Single loads need no alignment.
        "2:",
        "lsrs lr, r4, #1",
        "bcc 3f",
        group!(),
        "3:",
        "beq 5f",
        "4:",
        group!(),
        group!(),
        "subs lr, lr, #1",
        "bne 4b",
        "5:",
        "ldr r9, [r11, #32]",
        "add r0, r9",
        "subs r12, r12, #1",
        "bne 2b",
        "ldrd r9, r10, [r11, #36]",
        "add r1, r9",
        "sub r2, r2, r10",
        "subs r8, r8, #1",
        "bne 1b",
        "pop {{r4-r11, pc}}",
    )
}

/// r0 halfwords, r1 groups, at least one, r2 bytes to the second pair of a group, r3 to the next group.
#[unsafe(naked)]
unsafe extern "C" fn nothing(to: *mut i16, groups: usize, odd: usize, group: usize) {
    core::arch::naked_asm!(
        "mov.w r12, #0",
        "2:",
        "str r12, [r0]",
        "str r12, [r0, r2]",
        "add r0, r3",
        "subs r1, #1",
        "bne 2b",
        "bx lr"
    )
}

/// Whether so many groups of a pixel have room, and `more` halfwords behind them.
fn room(to: &[Cell<i16>], groups: usize, place: Place, more: usize) -> bool {
    let reach = groups.saturating_sub(1).saturating_mul(place.group).saturating_add(place.odd + 2 + more);
    groups > 0 && reach <= to.len() && aligned(to)
}

/// Widens the bytes of the windows and adds `zero` to each.
pub(in crate::net) fn gather(from: &[Cell<i8>], walk: &Walk, to: &[Cell<i16>], zero: i16, place: Place) {
    let &Walk { line, rows, groups, step, pixels } = walk;
    let total = rows.saturating_mul(groups);
    let read = rows.saturating_sub(1).saturating_mul(line).saturating_add(4 * groups);
    let read = read.saturating_add(pixels.saturating_sub(1).saturating_mul(step));
    // Each pixel starts 2 halfwords after the one before.
    if pixels == 0 || read > from.len() || !room(to, total, place, 2 * (pixels - 1)) {
        return;
    }
    let half = u32::from(zero.cast_unsigned());
    let arguments = Arguments {
        from: from.as_ptr().cast(),
        to: to.as_ptr().cast_mut().cast(),
        zero: half | half << 16,
        groups,
        rows,
        odd: 2 * place.odd,
        group: 2 * place.group,
        pixels,
        skip: line.wrapping_sub(4 * groups),
        step,
        back: (2 * place.group * total).wrapping_sub(4),
    };
    // SAFETY: `read` bytes of `from` are read, from its start on, and there is `room` for the words written; `Cell` may be
    // written through a shared reference.
    unsafe { windows(&raw const arguments) }
}

/// Zeros for whole groups of a pixel.
pub(in crate::net) fn fill(to: &[Cell<i16>], groups: usize, place: Place) {
    if room(to, groups, place, 0) {
        // SAFETY: there is room for what is written; `Cell` may be written through a shared reference.
        unsafe { nothing(to.as_ptr().cast_mut().cast(), groups, 2 * place.odd, 2 * place.group) }
    }
}
