//! With the DSP extension: two products an instruction.
#![allow(unsafe_code, reason = "a naked function")]

use super::super::extension;
use super::Arguments;

/// Two taps of four channels, in r8 and r9: pairs by channel, against four words of weights.
macro_rules! pair {
    () => {
        concat!(
            "sxtb16 r10, r8\n",
            "sxtb16 r8, r8, ror #8\n",
            "sxtb16 r11, r9\n",
            "sxtb16 r9, r9, ror #8\n",
            "pkhbt r12, r10, r11, lsl #16\n",
            "pkhtb r10, r11, r10, asr #16\n",
            "pkhbt r11, r8, r9, lsl #16\n",
            "pkhtb r8, r9, r8, asr #16\n",
            "ldrd r2, r3, [r0], #8\n",
            "smlad r4, r12, r2, r4\n",
            "smlad r5, r11, r3, r5\n",
            "ldrd r2, r3, [r0], #8\n",
            "smlad r6, r10, r2, r6\n",
            "smlad r7, r8, r3, r7\n",
        )
    };
}

/// Sums are doubled already.
macro_rules! finish {
    ($sum:literal) => {
        concat!(
            "ldm r0!, {{r8-r10}}\n",
            "smmulr ",
            $sum,
            ", ",
            $sum,
            ", r8\n",
            "add ",
            $sum,
            ", ",
            $sum,
            ", ",
            $sum,
            ", asr #31\n",
            "add ",
            $sum,
            ", r9\n",
            "asr ",
            $sum,
            ", r10\n",
            "ssat ",
            $sum,
            ", #8, ",
            $sum,
            "\n",
        )
    };
}

#[unsafe(naked)]
pub(super) unsafe extern "C" fn row(arguments: *const Arguments) {
    core::arch::naked_asm!(
        extension!(),
        "push {{r4-r11, lr}}",
        "sub sp, sp, #8",
        "ldm r0, {{r1-r9}}",
        "push {{r1-r9}}",
        "mov r0, r5",
        "mov lr, r9",
        // Four channels: r0 walks over their constants, r1 over the pixels.
        "1:",
        "ldr r12, [sp, #20]",
        "ldr r2, [sp, #28]",
        "ldr r1, [sp]",
        "mla r2, r2, lr, r12",
        "str r12, [sp, #36]",
        "str r2, [sp, #40]",
        "add r12, r12, #4",
        "add r2, r1, #4",
        "str r12, [sp, #20]",
        "str r2, [sp]",
        // A pixel.
        "2:",
        "ldm r0!, {{r4-r7}}",
        "ldr r8, [r1]",
        "ldr r9, [r1, lr]",
        pair!(),
        "ldr r12, [sp, #4]",
        "ldr r8, [r1, lr, lsl #1]",
        "add r1, r1, r12",
        "ldr r9, [r1]",
        pair!(),
        "ldr r8, [r1, lr]",
        "ldr r9, [r1, lr, lsl #1]",
        pair!(),
        "ldr r12, [sp, #8]",
        "add r1, r1, r12",
        "ldr r8, [r1]",
        "ldr r9, [r1, lr]",
        pair!(),
        "ldr r12, [sp, #12]",
        "ldr r8, [r1, lr, lsl #1]",
        "ldrd r2, r3, [r0], #8",
        "add r1, r1, r12",
        "sxtb16 r9, r8",
        "sxtb16 r8, r8, ror #8",
        "smlabb r4, r9, r2, r4",
        "smlatt r6, r9, r2, r6",
        "smlabb r5, r8, r3, r5",
        "smlatt r7, r8, r3, r7",
        "ldr r11, [sp, #36]",
        "ldr r12, [sp, #40]",
        finish!("r4"),
        finish!("r5"),
        finish!("r6"),
        finish!("r7"),
        "strb r5, [r11, #1]",
        "strb r6, [r11, #2]",
        "strb r7, [r11, #3]",
        "strb r4, [r11]",
        "add r11, r11, lr",
        "sub r0, r0, #136",
        "cmp r11, r12",
        "str r11, [sp, #36]",
        "bne 2b",
        "add r0, r0, #136",
        "ldr r12, [sp, #24]",
        "subs r12, r12, #1",
        "str r12, [sp, #24]",
        "bne 1b",
        "add sp, sp, #44",
        "pop {{r4-r11, pc}}",
    )
}
