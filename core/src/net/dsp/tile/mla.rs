//! With the multiplications of Armv7-M alone, on the Cortex-M3.
#![allow(unsafe_code, reason = "a naked function")]

use super::super::strips::Arguments;
use super::super::{once, twice};

/// Four weights, r8 to r11, against the values of a pixel, from byte `$even` and `$odd` on.
macro_rules! pixel {
    ($even:literal, $odd:literal, $sum:literal) => {
        concat!(
            "ldrsh r3, [r0, #",
            $even,
            "]\n",
            "mla ",
            $sum,
            ", r3, r8, ",
            $sum,
            "\n",
            "ldrsh r3, [r0, #",
            $odd,
            "]\n",
            "mla ",
            $sum,
            ", r3, r9, ",
            $sum,
            "\n",
            "ldrsh r3, [r0, #",
            $even,
            "+2]\n",
            "mla ",
            $sum,
            ", r3, r10, ",
            $sum,
            "\n",
            "ldrsh r3, [r0, #",
            $odd,
            "+2]\n",
            "mla ",
            $sum,
            ", r3, r11, ",
            $sum,
            "\n",
        )
    };
}

/// A block.
macro_rules! block {
    () => {
        concat!(
            "ldrsb r8, [r1]\n",
            "ldrsb r9, [r1, #1]\n",
            "ldrsb r10, [r1, #2]\n",
            "ldrsb r11, [r1, #3]\n",
            pixel!("0", "16", "r4"),
            pixel!("4", "20", "r5"),
            pixel!("8", "24", "r6"),
            pixel!("12", "28", "r7"),
            "adds r0, #32\n",
            "adds r1, #4\n",
        )
    };
}

/// Four sums to bytes.
macro_rules! outputs {
    ($finish:ident) => {
        concat!(
            "ldr lr, [sp, #36]\n",
            "ldm r3!, {{r8-r11}}\n",
            $finish!("r4", "r8"),
            $finish!("r5", "r8"),
            $finish!("r6", "r8"),
            $finish!("r7", "r8"),
            "strb r5, [r12, lr]\n",
            "strb r6, [r12, lr, lsl #1]\n",
            "add lr, lr, lr, lsl #1\n",
            "strb r7, [r12, lr]\n",
            "strb r4, [r12], #1\n",
        )
    };
}

#[unsafe(naked)]
pub(super) unsafe extern "C" fn run_strips(arguments: *mut Arguments) {
    core::arch::naked_asm!(
        "push {{r0, r4-r11, lr}}",
        "ldm r0, {{r1-r10}}",
        "push {{r1-r10}}",
        "mov r1, r2",
        // A row.
        "1:",
        "ldr r3, [sp, #8]",
        "ldr r0, [sp]",
        "ldr r4, [r3]",
        "mov r5, r4",
        "mov r6, r4",
        "mov r7, r4",
        "ldr r12, [sp, #24]",
        "cmp r12, #0",
        "bne 6f",
        "ldr r2, [sp, #20]",
        "4:",
        block!(),
        "subs r2, #1",
        "bne 4b",
        "5:",
        "ldr r3, [sp, #8]",
        "ldr r12, [sp, #12]",
        "ldr r2, [sp, #32]",
        "cmp r2, #1",
        "bhi 22f",
        "beq 21f",
        outputs!(twice),
        "9:",
        "ldr r2, [sp, #16]",
        "str r3, [sp, #8]",
        "str r12, [sp, #12]",
        "subs r2, #1",
        "str r2, [sp, #16]",
        "bne 1b",
        "str r1, [sp, #4]",
        "pop {{r1-r10}}",
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
        "ldr lr, [sp, #28]",
        "7:",
        "ldrb r3, [lr], #1",
        "add r0, r0, r3, lsl #5",
        block!(),
        "subs r2, #1",
        "bne 7b",
        "str lr, [sp, #28]",
        "b 5b",
        "22:",
        "adds r3, #16",
        "stm r12!, {{r4-r7}}",
        "b 9b",
        "21:",
        outputs!(once),
        "b 9b",
    )
}
