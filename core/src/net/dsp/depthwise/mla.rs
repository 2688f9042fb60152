//! With the multiplications of Armv7-M alone, on the Cortex-M3.
#![allow(unsafe_code, reason = "a naked function")]

use super::Arguments;

/// A tap of four channels at `$pixel`: weights stand four bytes apart.
macro_rules! tap {
    ($pixel:literal, $a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!(
            "ldrsb r2, [",
            $pixel,
            "]\n",
            "ldrsh r3, [r0, #",
            $a,
            "]\n",
            "mla r4, r2, r3, r4\n",
            "ldrsb r2, [",
            $pixel,
            ", #1]\n",
            "ldrsh r3, [r0, #",
            $b,
            "]\n",
            "mla r5, r2, r3, r5\n",
            "ldrsb r2, [",
            $pixel,
            ", #2]\n",
            "ldrsh r3, [r0, #",
            $c,
            "]\n",
            "mla r6, r2, r3, r6\n",
            "ldrsb r2, [",
            $pixel,
            ", #3]\n",
            "ldrsh r3, [r0, #",
            $d,
            "]\n",
            "mla r7, r2, r3, r7\n",
        )
    };
}

/// Sums are doubled already.
macro_rules! finish {
    ($sum:literal) => {
        concat!(
            "ldm r3!, {{r8-r10}}\n",
            "smull r2, ",
            $sum,
            ", ",
            $sum,
            ", r8\n",
            "lsls r2, r2, #1\n",
            "adc ",
            $sum,
            ", ",
            $sum,
            ", #0\n",
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
        "push {{r4-r11, lr}}",
        "sub sp, sp, #8",
        "ldm r0, {{r1-r9}}",
        "push {{r1-r9}}",
        "mov r0, r5",
        "mov lr, r9",
        // Four channels, whose constants start at r0; r1 walks over the pixels.
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
        "ldm r0, {{r4-r7}}",
        "add r8, r1, lr",
        "add r9, r8, lr",
        tap!("r1", "16", "20", "24", "28"),
        tap!("r8", "18", "22", "26", "30"),
        "ldr r12, [sp, #4]",
        tap!("r9", "32", "36", "40", "44"),
        "add r1, r1, r12",
        "add r8, r1, lr",
        "add r9, r8, lr",
        tap!("r1", "34", "38", "42", "46"),
        tap!("r8", "48", "52", "56", "60"),
        "ldr r12, [sp, #8]",
        tap!("r9", "50", "54", "58", "62"),
        "add r1, r1, r12",
        "add r8, r1, lr",
        "add r9, r8, lr",
        tap!("r1", "64", "68", "72", "76"),
        tap!("r8", "66", "70", "74", "78"),
        "ldr r12, [sp, #12]",
        // The last tap: channels 0 and 2 in one word, 1 and 3 in the next.
        tap!("r9", "80", "84", "82", "86"),
        "add r1, r1, r12",
        "ldr r11, [sp, #36]",
        "ldr r12, [sp, #40]",
        "add r3, r0, #88",
        finish!("r4"),
        finish!("r5"),
        finish!("r6"),
        finish!("r7"),
        "strb r5, [r11, #1]",
        "strb r6, [r11, #2]",
        "strb r7, [r11, #3]",
        "strb r4, [r11]",
        "add r11, r11, lr",
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
