//! The windows of up to four neighbouring pixels into a tile, without leaving the loop.
#![allow(unsafe_code, reason = "a naked function and the pointers it takes")]

use core::cell::Cell;

use super::{Walk, aligned, extension};

/// Arguments, loaded in this order.
#[repr(C)]
struct Arguments {
    from: *const i8,
    to: *mut i16,
    zero: u32,
    groups: usize,
    rows: usize,
    /// From behind a row of a window to the next.
    skip: usize,
    step: usize,
    pixels: usize,
    /// Bytes from behind the last group of a pixel back to the first one of the next.
    back: usize,
}

macro_rules! group {
    () => {
        "ldr r9, [r0], #4\nsxtab16 r10, r3, r9\nsxtab16 r9, r3, r9, ror #8\nstr r9, [r2, #16]\nstr r10, [r2], #32\n"
    };
}

#[unsafe(naked)]
unsafe extern "C" fn windows(arguments: *const Arguments) {
    core::arch::naked_asm!(
        extension!(),
        "push {{r4-r11, lr}}",
        "ldm r0, {{r1-r8, r11}}",
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
        "add r0, r0, r6",
        "subs r12, r12, #1",
        "bne 2b",
        "add r1, r1, r7",
        "sub r2, r2, r11",
        "subs r8, r8, #1",
        "bne 1b",
        "pop {{r4-r11, pc}}",
    )
}

pub(in crate::net) fn gather(from: &[Cell<i8>], walk: &Walk, to: &[Cell<i16>], zero: i16) -> bool {
    let &Walk { line, rows, groups, step, pixels } = walk;
    let total = rows.saturating_mul(groups);
    let read = rows.saturating_sub(1).saturating_mul(line).saturating_add(4 * groups);
    let read = read.saturating_add(pixels.saturating_sub(1).saturating_mul(step));
    // A tile has 16 halfwords for each group; the last pixel starts 2 (pixels - 1) into it.
    let reach = total.saturating_sub(1).saturating_mul(16).saturating_add(2 * pixels + 8);
    if total == 0 || pixels == 0 || read > from.len() || reach > to.len() || !aligned(to) {
        return false;
    }
    let half = u32::from(zero.cast_unsigned());
    let arguments = Arguments {
        from: from.as_ptr().cast(),
        to: to.as_ptr().cast_mut().cast(),
        zero: half | half << 16,
        groups,
        rows,
        skip: line.wrapping_sub(4 * groups),
        step,
        pixels,
        back: (32 * total).wrapping_sub(4),
    };
    // SAFETY: `read` bytes of `from` are read, from its start on, and the words written end at `reach`; `Cell` may be
    // written through a shared reference.
    unsafe { windows(&raw const arguments) };
    true
}
