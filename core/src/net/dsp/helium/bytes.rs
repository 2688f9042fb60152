//! Windows of bytes, sixteen at a time.
#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

use core::cell::Cell;

use crate::net::gather::Part;

/// Rows of windows: r0 from, r1 to, r2 bytes of a row, r3 rows, at least one; on the stack bytes from row to row of both.
#[unsafe(naked)]
unsafe extern "C" fn copy_rows(from: *const i8, to: *mut i8, len: usize, rows: usize, line: usize, padded: usize) {
    core::arch::naked_asm!(
        ".cpu cortex-m55",
        "push {{r4-r7, lr}}",
        "ldrd r4, r5, [sp, #20]",
        "1:",
        "mov r6, r0",
        "mov r7, r1",
        "dlstp.8 lr, r2",
        "2:",
        "vldrb.u8 q0, [r6], #16",
        "vstrb.8 q0, [r7], #16",
        "letp lr, 2b",
        "add r0, r4",
        "add r1, r5",
        "subs r3, #1",
        "bne 1b",
        "pop {{r4-r7, pc}}",
    )
}

/// r0 bytes, r1 how many, at least one, r2 what each becomes.
#[unsafe(naked)]
unsafe extern "C" fn fill(to: *mut i8, len: usize, value: i32) {
    core::arch::naked_asm!(
        ".cpu cortex-m55",
        "push {{r7, lr}}",
        "vdup.8 q0, r2",
        "dlstp.8 lr, r1",
        "2:",
        "vstrb.8 q0, [r0], #16",
        "letp lr, 2b",
        "pop {{r7, pc}}",
    )
}

/// r0 bytes, r1 how many, at least one: each becomes its complement.
#[unsafe(naked)]
unsafe extern "C" fn complement(at: *mut i8, len: usize) {
    core::arch::naked_asm!(
        ".cpu cortex-m55",
        "push {{r7, lr}}",
        "dlstp.8 lr, r1",
        "2:",
        "vldrb.u8 q0, [r0]",
        "vmvn q0, q0",
        "vstrb.8 q0, [r0], #16",
        "letp lr, 2b",
        "pop {{r7, pc}}",
    )
}

/// The window of a pixel, `zero` where it leaves the input.
pub(super) fn window(input: &[Cell<i8>], part: &Part, to: &[Cell<i8>], zero: i8) {
    let &Part { from, to: start, rows, len, line, padded, is_whole } = part;
    if !is_whole && !to.is_empty() {
        // SAFETY: so many bytes are there; `Cell` may be written through a shared reference.
        unsafe { fill(to.as_ptr().cast_mut().cast(), to.len(), zero.into()) };
    }
    let reach = |start: usize, line: usize| rows.wrapping_sub(1).saturating_mul(line).saturating_add(start + len);
    let (Some(source), Some(room)) = (input.get(from..), to.get(start..)) else { return };
    if rows == 0 || len == 0 || reach(from, line) > input.len() || reach(start, padded) > to.len() {
        return;
    }
    // SAFETY: the last byte of the last row lies inside on both sides.
    unsafe { copy_rows(source.as_ptr().cast(), room.as_ptr().cast_mut().cast(), len, rows, line, padded) };
}

/// Each byte becomes its complement.
pub(super) fn turn(bytes: &[Cell<i8>]) {
    if !bytes.is_empty() {
        // SAFETY: so many bytes are there.
        unsafe { complement(bytes.as_ptr().cast_mut().cast(), bytes.len()) };
    }
}
