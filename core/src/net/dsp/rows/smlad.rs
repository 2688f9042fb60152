//! With the DSP extension: two products an instruction.
#![allow(unsafe_code, reason = "a naked function")]

use super::super::strips::Arguments;
use super::super::{extension, once, twice};

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

/// A dense block: 16 weights in r8 to r11, four values in r12 and lr. 72 bytes of code, which the entry counts on.
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

/// Row of requantisation, sum, output.
macro_rules! output {
    ($finish:ident, $sum:literal) => {
        concat!("ldm r3!, {{r8-r11}}\n", $finish!($sum), "strb ", $sum, ", [r12], #1\n")
    };
}

#[unsafe(naked)]
pub(super) unsafe extern "C" fn run_strips(arguments: *mut Arguments) {
    core::arch::naked_asm!(
        extension!(),
        "push {{r0, r4-r11, lr}}",
        "ldm r0, {{r1-r9}}",
        // Where a strip's blocks and its end are: addresses, found once.
        "adr.w r10, 20f",
        "adr.w r11, 21f",
        "cmp r9, #1",
        "it eq",
        "moveq r10, r11",
        "adr.w r11, 22f",
        "it hi",
        "movhi r10, r11",
        "orr r9, r10, #1",
        "adr.w r10, 6f",
        "cbnz r7, 3f",
        // Dense: into the loop of four blocks where the first round has as many as are left over.
        "rsb r0, r6, #0",
        "and r0, r0, #3",
        "add r0, r0, r0, lsl #3",
        "adr.w r10, 4f",
        "add r10, r10, r0, lsl #3",
        "adds r6, #3",
        "lsrs r6, r6, #2",
        "3:",
        "orr r10, r10, #1",
        "push {{r1-r10}}",
        "mov r1, r2",
        // A strip.
        "1:",
        "ldr r3, [sp, #8]",
        "ldr r0, [sp]",
        "ldr r4, [r3]",
        "ldr r5, [r3, #16]",
        "ldr r6, [r3, #32]",
        "ldr r7, [r3, #48]",
        "ldr r2, [sp, #20]",
        "ldr pc, [sp, #36]",
        "4:",
        block!(),
        block!(),
        block!(),
        block!(),
        "subs r2, #1",
        "bne 4b",
        "5:",
        "ldr r3, [sp, #8]",
        "ldr r12, [sp, #12]",
        "ldr pc, [sp, #32]",
        // Sparse: two blocks a round, an odd one first.
        "6:",
        "ldr r12, [sp, #24]",
        "ldrh r2, [r12], #2",
        "str r12, [sp, #24]",
        "ldr r12, [sp, #28]",
        "lsrs r3, r2, #1",
        "bcs 8f",
        "beq 5b",
        "7:",
        sparse_block!(),
        "8:",
        sparse_block!(),
        "subs r2, #2",
        "bgt 7b",
        "str r12, [sp, #28]",
        "b 5b",
        "22:",
        "adds r3, #64",
        "stm r12!, {{r4-r7}}",
        "b 9f",
        "21:",
        output!(once, "r4"),
        output!(once, "r5"),
        output!(once, "r6"),
        output!(once, "r7"),
        "b 9f",
        "20:",
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
        "pop {{r1-r10}}",
        "ldr r0, [sp], #4",
        "stm r0!, {{r1-r5}}",
        "adds r0, #4",
        "stm r0, {{r7, r8}}",
        "pop {{r4-r11, pc}}",
    )
}
