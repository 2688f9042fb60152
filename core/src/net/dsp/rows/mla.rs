//! With the multiplications of Armv7-M alone, on the Cortex-M3.
#![allow(unsafe_code, reason = "a naked function")]

use super::super::strips::Arguments;
use super::super::{once, twice};

/// A weight and its product with a value.
macro_rules! product {
    ($at:literal, $byte:literal, $x:literal, $sum:literal) => {
        concat!("ldrsb r3, [r1, #", $at, "+", $byte, "]\n", "mla ", $sum, ", r3, ", $x, ", ", $sum, "\n")
    };
}

/// A block, so many bytes of weights and of values on. Values stand in the order 0, 2, 1, 3.
macro_rules! block {
    ($weights:literal, $values:literal) => {
        concat!(
            "ldrsh r8, [r0, #",
            $values,
            "]\n",
            "ldrsh r9, [r0, #",
            $values,
            "+4]\n",
            "ldrsh r10, [r0, #",
            $values,
            "+2]\n",
            "ldrsh r11, [r0, #",
            $values,
            "+6]\n",
            product!($weights, "0", "r8", "r4"),
            product!($weights, "1", "r9", "r4"),
            product!($weights, "2", "r10", "r4"),
            product!($weights, "3", "r11", "r4"),
            product!($weights, "4", "r8", "r5"),
            product!($weights, "5", "r9", "r5"),
            product!($weights, "6", "r10", "r5"),
            product!($weights, "7", "r11", "r5"),
            product!($weights, "8", "r8", "r6"),
            product!($weights, "9", "r9", "r6"),
            product!($weights, "10", "r10", "r6"),
            product!($weights, "11", "r11", "r6"),
            product!($weights, "12", "r8", "r7"),
            product!($weights, "13", "r9", "r7"),
            product!($weights, "14", "r10", "r7"),
            product!($weights, "15", "r11", "r7"),
        )
    };
}

/// Row of requantisation, sum, output.
macro_rules! output {
    ($finish:ident, $sum:literal) => {
        concat!("ldm r3!, {{r8-r11}}\n", $finish!($sum, "r8"), "strb ", $sum, ", [r12], #1\n")
    };
}

#[unsafe(naked)]
pub(super) unsafe extern "C" fn run_strips(arguments: *mut Arguments) {
    core::arch::naked_asm!(
        "push {{r0, r4-r11, lr}}",
        "ldm r0, {{r1-r9}}",
        "push {{r1-r9}}",
        "mov r1, r2",
        // A strip.
        "1:",
        "ldr r3, [sp, #8]",
        "ldr r0, [sp]",
        "ldr r4, [r3]",
        "ldr r5, [r3, #16]",
        "ldr r6, [r3, #32]",
        "ldr r7, [r3, #48]",
        "ldr r12, [sp, #24]",
        "cmp r12, #0",
        "bne 6f",
        // Dense: two blocks a round, an odd one first.
        "ldr r2, [sp, #20]",
        "lsls r3, r2, #31",
        "bpl 3f",
        block!("0", "0"),
        "adds r0, #8",
        "adds r1, #16",
        "3:",
        "lsrs r2, r2, #1",
        "beq 5f",
        "4:",
        block!("0", "0"),
        block!("16", "8"),
        "adds r0, #16",
        "adds r1, #32",
        "subs r2, #1",
        "bne 4b",
        "5:",
        "ldr r3, [sp, #8]",
        "ldr r12, [sp, #12]",
        "ldr r2, [sp, #32]",
        "cmp r2, #1",
        "bhi 22f",
        "beq 21f",
        output!(twice, "r4"),
        output!(twice, "r5"),
        output!(twice, "r6"),
        output!(twice, "r7"),
        "9:",
        "ldr r2, [sp, #16]",
        "str r3, [sp, #8]",
        "str r12, [sp, #12]",
        "subs r2, #1",
        "str r2, [sp, #16]",
        "bne 1b",
        "str r1, [sp, #4]",
        "pop {{r1-r9}}",
        "ldr r0, [sp], #4",
        "stm r0!, {{r1-r5}}",
        "adds r0, #4",
        "stm r0, {{r7, r8}}",
        "pop {{r4-r11, pc}}",
        // Sparse.
        "6:",
        "ldrh r2, [r12], #2",
        "str r12, [sp, #24]",
        "cmp r2, #0",
        "beq 5b",
        "ldr r12, [sp, #28]",
        "7:",
        "ldrb r3, [r12], #1",
        "add r0, r0, r3, lsl #3",
        block!("0", "0"),
        "adds r0, #8",
        "adds r1, #16",
        "subs r2, #1",
        "bne 7b",
        "str r12, [sp, #28]",
        "b 5b",
        "22:",
        "adds r3, #64",
        "stm r12!, {{r4-r7}}",
        "b 9b",
        "21:",
        output!(once, "r4"),
        output!(once, "r5"),
        output!(once, "r6"),
        output!(once, "r7"),
        "b 9b",
    )
}
