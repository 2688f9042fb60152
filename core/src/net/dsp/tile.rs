//! One row of weights over four pixels.
#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

use core::cell::Cell;

use super::{aligned, extension, once, twice};
use crate::net::requantise::Rounding;
use crate::net::strips::Strips;

/// Arguments, copied to the stack in this order.
#[repr(C)]
struct Arguments {
    x: *const i16,
    weights: *const i8,
    rows: *const [i32; 4],
    out: *mut i8,
    strips: usize,
    blocks: usize,
    counts: *const u16,
    skips: *const u8,
    /// Bytes from one pixel of the output to the next.
    stride: usize,
}

/// A word of weights against four pixels.
macro_rules! group {
    ($weights:literal) => {
        concat!(
            "sxtb16 r3, ",
            $weights,
            "\n",
            "ldm r0!, {{r8-r11}}\n",
            "smlad r4, r3, r8, r4\n",
            "smlad r5, r3, r9, r5\n",
            "smlad r6, r3, r10, r6\n",
            "smlad r7, r3, r11, r7\n",
            "sxtb16 r3, ",
            $weights,
            ", ror #8\n",
            "ldm r0!, {{r8-r11}}\n",
            "smlad r4, r3, r8, r4\n",
            "smlad r5, r3, r9, r5\n",
            "smlad r6, r3, r10, r6\n",
            "smlad r7, r3, r11, r7\n",
        )
    };
}

macro_rules! single {
    () => {
        concat!("ldr r12, [r1], #4\n", group!("r12"))
    };
}

macro_rules! pair {
    () => {
        concat!("ldm r1!, {{r12, lr}}\n", group!("r12"), group!("lr"))
    };
}

macro_rules! sparse_block {
    () => {
        concat!("ldrb r3, [lr], #1\n", "ldr r12, [r1], #4\n", "add r0, r0, r3, lsl #5\n", group!("r12"))
    };
}

/// The blocks of a row: as many as all have, four at a time.
macro_rules! dense {
    () => {
        concat!(
            "ldr r2, [sp, #20]\n",
            "lsrs r2, r2, #1\n",
            "bcc 2f\n",
            single!(),
            "2:\n",
            "lsrs r2, r2, #1\n",
            "bcc 3f\n",
            pair!(),
            "3:\n",
            "beq 5f\n",
            "4:\n",
            pair!(),
            pair!(),
            "subs r2, r2, #1\n",
            "bne 4b\n",
            "5:\n",
        )
    };
}

/// The blocks of a row that are there, two at a time.
macro_rules! sparse {
    () => {
        concat!(
            "ldr r12, [sp, #24]\n",
            "ldr lr, [sp, #28]\n",
            "ldrh r2, [r12], #2\n",
            "str r12, [sp, #24]\n",
            "lsrs r2, r2, #1\n",
            "bcc 2f\n",
            sparse_block!(),
            "2:\n",
            "beq 5f\n",
            "4:\n",
            sparse_block!(),
            sparse_block!(),
            "subs r2, r2, #1\n",
            "bne 4b\n",
            "5:\n",
            "str lr, [sp, #28]\n",
        )
    };
}

macro_rules! function {
    ($name:ident, $blocks:ident, $finish:ident) => {
        #[unsafe(naked)]
        unsafe extern "C" fn $name(arguments: *const Arguments) {
            core::arch::naked_asm!(
                extension!(),
                "push {{r4-r11, lr}}",
                "ldm r0, {{r1-r9}}",
                "push {{r1-r9}}",
                "mov r1, r2",
                "1:",
                "ldr r3, [sp, #8]",
                "ldr r0, [sp]",
                "ldr r4, [r3]",
                "mov r5, r4",
                "mov r6, r4",
                "mov r7, r4",
                $blocks!(),
                "ldr r3, [sp, #8]",
                "ldr r12, [sp, #12]",
                "ldr lr, [sp, #32]",
                "ldm r3!, {{r8-r11}}",
                $finish!("r4"),
                $finish!("r5"),
                $finish!("r6"),
                $finish!("r7"),
                "ldr r2, [sp, #16]",
                "strb r5, [r12, lr]",
                "strb r6, [r12, lr, lsl #1]",
                "add lr, lr, lr, lsl #1",
                "strb r7, [r12, lr]",
                "strb r4, [r12], #1",
                "str r3, [sp, #8]",
                "str r12, [sp, #12]",
                "subs r2, r2, #1",
                "str r2, [sp, #16]",
                "bne 1b",
                "add sp, sp, #36",
                "pop {{r4-r11, pc}}",
            )
        }
    };
}

function!(dense_twice, dense, twice);
function!(dense_once, dense, once);
function!(sparse_twice, sparse, twice);
function!(sparse_once, sparse, once);

pub(in crate::net) fn tile(strips: &Strips<'_>, x: &[Cell<i16>], out: &[Cell<i8>], rounding: Rounding) -> bool {
    let rows = strips.rows.len();
    let fits = rows > 0 && out.len() == rows.saturating_mul(4) && strips.blocks.saturating_mul(16) <= x.len();
    let dense = strips.counts.is_empty();
    if !fits || !aligned(x) || !aligned(strips.weights) || dense && strips.weights.len() != rows * 4 * strips.blocks {
        return false;
    }
    let function = match (dense, rounding) {
        (true, Rounding::Double) => dense_twice,
        (true, Rounding::Single) => dense_once,
        (false, Rounding::Double) => sparse_twice,
        (false, Rounding::Single) => sparse_once,
        _ => return false,
    };
    let arguments = Arguments {
        x: x.as_ptr().cast(),
        weights: strips.weights.as_ptr(),
        rows: strips.rows.as_ptr(),
        out: out.as_ptr().cast_mut().cast(),
        strips: rows,
        blocks: strips.blocks,
        counts: strips.counts.as_ptr(),
        skips: strips.skips.as_ptr(),
        stride: rows,
    };
    // SAFETY: there are four bytes of output for each row, `blocks` groups of four pixels, and the weights of all blocks:
    // of a dense layer by the comparison above, of a sparse one by `Strips::of`; that its skips stay inside `blocks` was
    // seen when the model was checked, and nobody can have changed it since.
    unsafe { function(&raw const arguments) };
    true
}
