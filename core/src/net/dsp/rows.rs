//! Four rows of weights over one pixel.
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
}

/// Two bytes of every pair of a word of weights against two pairs of values.
macro_rules! row {
    ($weights:literal, $sum:literal, $even:literal, $odd:literal) => {
        concat!(
            "sxtb16 r3, ",
            $weights,
            "\n",
            "sxtb16 ",
            $weights,
            ", ",
            $weights,
            ", ror #8\n",
            "smlad ",
            $sum,
            ", r3, ",
            $even,
            ", ",
            $sum,
            "\n",
            "smlad ",
            $sum,
            ", ",
            $weights,
            ", ",
            $odd,
            ", ",
            $sum,
            "\n",
        )
    };
}

/// A dense block: 16 weights in r8 to r11, four values in r12 and lr.
macro_rules! block {
    () => {
        concat!(
            "ldm r1!, {{r8-r11}}\n",
            "ldm r0!, {{r12, lr}}\n",
            row!("r8", "r4", "r12", "lr"),
            row!("r9", "r5", "r12", "lr"),
            row!("r10", "r6", "r12", "lr"),
            row!("r11", "r7", "r12", "lr"),
        )
    };
}

/// A sparse block: r12 walks over the skips, four values in r10 and r11.
macro_rules! sparse_block {
    () => {
        concat!(
            "ldrb r3, [r12], #1\n",
            "add r0, r0, r3, lsl #3\n",
            "ldm r1!, {{r8, r9}}\n",
            "ldm r0!, {{r10, r11}}\n",
            row!("r8", "r4", "r10", "r11"),
            row!("r9", "r5", "r10", "r11"),
            "ldm r1!, {{r8, r9}}\n",
            row!("r8", "r6", "r10", "r11"),
            row!("r9", "r7", "r10", "r11"),
        )
    };
}

/// The blocks of a strip: as many as all have, four at a time.
macro_rules! dense {
    () => {
        concat!(
            "ldr r2, [sp, #20]\n",
            "lsrs r2, r2, #1\n",
            "bcc 2f\n",
            block!(),
            "2:\n",
            "lsrs r2, r2, #1\n",
            "bcc 3f\n",
            block!(),
            block!(),
            "3:\n",
            "beq 5f\n",
            "4:\n",
            block!(),
            block!(),
            block!(),
            block!(),
            "subs r2, r2, #1\n",
            "bne 4b\n",
            "5:\n",
        )
    };
}

/// The blocks of a strip that are there, two at a time.
macro_rules! sparse {
    () => {
        concat!(
            "ldr r12, [sp, #24]\n",
            "ldrh r2, [r12], #2\n",
            "str r12, [sp, #24]\n",
            "ldr r12, [sp, #28]\n",
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
            "str r12, [sp, #28]\n",
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
                "ldm r0, {{r1-r8}}",
                "push {{r1-r8}}",
                "mov r1, r2",
                "1:",
                "ldr r3, [sp, #8]",
                "ldr r0, [sp]",
                "ldr r4, [r3]",
                "ldr r5, [r3, #16]",
                "ldr r6, [r3, #32]",
                "ldr r7, [r3, #48]",
                $blocks!(),
                "ldr r3, [sp, #8]",
                "ldr r12, [sp, #12]",
                "ldm r3!, {{r8-r11}}",
                $finish!("r4"),
                "strb r4, [r12], #1",
                "ldm r3!, {{r8-r11}}",
                $finish!("r5"),
                "strb r5, [r12], #1",
                "ldm r3!, {{r8-r11}}",
                $finish!("r6"),
                "strb r6, [r12], #1",
                "ldm r3!, {{r8-r11}}",
                $finish!("r7"),
                "strb r7, [r12], #1",
                "ldr r2, [sp, #16]",
                "str r3, [sp, #8]",
                "str r12, [sp, #12]",
                "subs r2, r2, #1",
                "str r2, [sp, #16]",
                "bne 1b",
                "add sp, sp, #32",
                "pop {{r4-r11, pc}}",
            )
        }
    };
}

function!(dense_twice, dense, twice);
function!(dense_once, dense, once);
function!(sparse_twice, sparse, twice);
function!(sparse_once, sparse, once);

pub(in crate::net) fn rows(strips: &Strips<'_>, x: &[Cell<i16>], out: &[Cell<i8>], rounding: Rounding) -> bool {
    let count = out.len() / 4;
    let whole = 4 * count == out.len() && strips.rows.len() == out.len() && count > 0;
    let fits = strips.blocks.saturating_mul(4) <= x.len() && aligned(x) && aligned(strips.weights);
    let dense = strips.counts.is_empty();
    if !whole || !fits || dense && strips.weights.len() != out.len().saturating_mul(4 * strips.blocks) {
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
        strips: count,
        blocks: strips.blocks,
        counts: strips.counts.as_ptr(),
        skips: strips.skips.as_ptr(),
    };
    // SAFETY: there are 4 rows and 4 bytes of output for each strip, `blocks` groups of values, and the weights of all
    // blocks: of a dense layer by the comparison above, of a sparse one by `Strips::of`; that its skips stay inside
    // `blocks` was seen when the model was checked, and nobody can have changed it since.
    unsafe { function(&raw const arguments) };
    true
}
