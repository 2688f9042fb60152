//! With the DSP extension: two products an instruction.
#![allow(unsafe_code, reason = "a naked function")]

use super::super::strips::Arguments;
use super::super::{extension, once, twice};

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

/// Two blocks, 100 bytes of code.
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

/// Four sums to bytes.
macro_rules! outputs {
    ($finish:ident) => {
        concat!(
            "ldr lr, [sp, #36]\n",
            "ldm r3!, {{r8-r11}}\n",
            $finish!("r4"),
            $finish!("r5"),
            $finish!("r6"),
            $finish!("r7"),
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
        extension!(),
        "push {{r0, r4-r11, lr}}",
        "ldm r0, {{r1-r10}}",
        // Where a row's blocks and its end are: addresses, found once.
        "adr.w r11, 21f",
        "adr.w r12, 20f",
        "cmp r9, #1",
        "it ne",
        "movne r11, r12",
        "adr.w r12, 22f",
        "it hi",
        "movhi r11, r12",
        "orr r9, r11, #1",
        "adr.w r11, 6f",
        "cbnz r7, 3f",
        // Dense: an odd block, then into the loop of two pairs where the first round has what is left over.
        "lsrs r0, r6, #1",
        "adr.w r11, 4f",
        "adr.w r12, 5f",
        "it eq",
        "moveq r11, r12",
        "lsls r12, r0, #31",
        "it mi",
        "addmi r11, #100",
        "orr r12, r11, #1",
        "adds r0, #1",
        "lsls lr, r6, #31",
        "lsr r6, r0, #1",
        "adr.w r0, 2f",
        "it mi",
        "movmi r11, r0",
        "3:",
        "orr r11, r11, #1",
        "push {{r1-r12}}",
        "mov r1, r2",
        // A row.
        "1:",
        "ldr r3, [sp, #8]",
        "ldr r0, [sp]",
        "ldr r4, [r3]",
        "ldr r2, [sp, #20]",
        "mov r5, r4",
        "mov r6, r4",
        "mov r7, r4",
        "ldr pc, [sp, #40]",
        "2:",
        "ldr r12, [r1], #4",
        group!("r12"),
        "ldr pc, [sp, #44]",
        "4:",
        pair!(),
        pair!(),
        "subs r2, #1",
        "bne 4b",
        "5:",
        "ldr r3, [sp, #8]",
        "ldr r12, [sp, #12]",
        "ldr pc, [sp, #32]",
        // Sparse: two blocks a round, an odd one first.
        "6:",
        "ldr r12, [sp, #24]",
        "ldr lr, [sp, #28]",
        "ldrh r2, [r12], #2",
        "str r12, [sp, #24]",
        "lsrs r3, r2, #1",
        "bcs 8f",
        "beq 5b",
        "7:",
        sparse_block!(),
        "8:",
        sparse_block!(),
        "subs r2, #2",
        "bgt 7b",
        "str lr, [sp, #28]",
        "b 5b",
        "22:",
        "adds r3, #16",
        "stm r12!, {{r4-r7}}",
        "b 9f",
        "21:",
        outputs!(once),
        "b 9f",
        "20:",
        outputs!(twice),
        "9:",
        "ldr r2, [sp, #16]",
        "str r3, [sp, #8]",
        "str r12, [sp, #12]",
        "subs r2, #1",
        "str r2, [sp, #16]",
        "bne 1b",
        "str r1, [sp, #4]",
        "pop {{r1-r12}}",
        "ldr r0, [sp], #4",
        "stm r0!, {{r1-r5}}",
        "adds r0, #4",
        "stm r0, {{r7, r8}}",
        "pop {{r4-r11, pc}}",
    )
}
