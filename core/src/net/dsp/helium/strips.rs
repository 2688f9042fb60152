//! The loops over dense strips, sums and requantisation in vectors.
#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

/// Arguments, loaded in this order.
#[repr(C)]
pub(super) struct Arguments {
    pub(super) weights: *const i8,
    pub(super) out: *mut i8,
    /// Bytes from one pixel of the output to the next.
    pub(super) stride: usize,
    pub(super) strips: usize,
    pub(super) x: *const i8,
    /// Bytes from one pixel of x to the next.
    pub(super) step: usize,
    /// One pixel: 1 + z four times. Four pixels: -z.
    pub(super) zero: u32,
    /// Whether rounding is single.
    pub(super) single: usize,
    pub(super) rows: *const [i32; 4],
    pub(super) columns: usize,
}

/// From four sums in q0 (doubled if rounded twice) and multipliers in q1 to the rounded high halves, in q0.
macro_rules! high {
    ($form:literal) => {
        concat!(
            "cbnz ",
            $form,
            ", 5f\n",
            "vshl.i32 q0, q0, #1\n",
            "vrmulh.s32 q0, q0, q1\n",
            "vshr.s32 q1, q0, #31\n",
            "vadd.i32 q0, q0, q1\n",
            "b 6f\n",
            "5:\n",
            "vmulh.s32 q0, q0, q1\n",
            "6:\n",
        )
    };
}

/// Four rows over one pixel of complements, strip after strip.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn run_rows(arguments: *const Arguments) {
    core::arch::naked_asm!(
        ".cpu cortex-m55",
        "push {{r4-r11, lr}}",
        "vpush {{d8-d15}}",
        "ldm r0, {{r1-r10}}",
        "lsrs r11, r10, #2",
        "vdup.32 q6, r7",
        // Where the four blocks of a round lie, one round back.
        "movs r0, #0",
        "vidup.u32 q7, r0, #8",
        "vshl.i32 q7, q7, #1",
        "movs r0, #64",
        "rsbs r0, r0, #0",
        "vadd.i32 q7, q7, r0",
        "mov r3, r4",
        "mov r7, r8",
        // A strip.
        "1:",
        "vadd.i32 q5, q7, r1",
        "mov r0, r5",
        "movs r4, #0",
        "movs r6, #0",
        "mov.w r8, #0",
        "mov.w r10, #0",
        "dlstp.32 lr, r11",
        // Four blocks: rows of sixteen columns out of words that stand sixteen bytes apart.
        "2:",
        "vldrw.u32 q0, [q5, #64]!",
        "vldrw.u32 q4, [r0], #16",
        "vmladava.s8 r4, q0, q4",
        "vmladava.s8 r4, q0, q6",
        "vldrw.u32 q1, [q5, #4]",
        "vmladava.s8 r6, q1, q4",
        "vmladava.s8 r6, q1, q6",
        "vldrw.u32 q2, [q5, #8]",
        "vmladava.s8 r8, q2, q4",
        "vmladava.s8 r8, q2, q6",
        "vldrw.u32 q3, [q5, #12]",
        "vmladava.s8 r10, q3, q4",
        "vmladava.s8 r10, q3, q6",
        "letp lr, 2b",
        "add r1, r1, r11, lsl #4",
        "vmov q4[2], q4[0], r4, r8",
        "vmov q4[3], q4[1], r6, r10",
        // Biases, multipliers, offsets, shifts.
        "vld40.32 {{q0, q1, q2, q3}}, [r9]",
        "vld41.32 {{q0, q1, q2, q3}}, [r9]",
        "vld42.32 {{q0, q1, q2, q3}}, [r9]",
        "vld43.32 {{q0, q1, q2, q3}}, [r9]!",
        "vsub.i32 q0, q0, q4",
        high!("r7"),
        "vadd.i32 q0, q0, q2",
        "vneg.s32 q3, q3",
        "vshl.s32 q0, q0, q3",
        "vqmovnb.s32 q0, q0",
        "vqmovnb.s16 q0, q0",
        "vstrb.32 q0, [r2], #4",
        "subs r3, #1",
        "bne 1b",
        "vpop {{d8-d15}}",
        "pop {{r4-r11, pc}}",
    )
}

/// One row over four pixels, row after row.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn run_tile(arguments: *const Arguments) {
    core::arch::naked_asm!(
        ".cpu cortex-m55",
        "push {{r4-r11, lr}}",
        "ldm r0, {{r1-r10}}",
        "mov r11, r10",
        "movs r0, #0",
        "vidup.u32 q3, r0, #1",
        "vmul.i32 q3, q3, r3",
        // What the last round of a row reads too far.
        "rsb r12, r10, #0",
        "and r12, r12, #15",
        "push {{r4-r8, r12}}",
        // A row.
        "1:",
        "ldrd r0, r7, [sp, #4]",
        "add r3, r0, r7",
        "add r5, r3, r7",
        "add r7, r5",
        "movs r4, #0",
        "movs r6, #0",
        "mov.w r8, #0",
        "mov.w r10, #0",
        "mov.w r12, #0",
        "dlstp.8 lr, r11",
        "2:",
        "vldrb.u8 q0, [r1], #16",
        "vldrb.u8 q1, [r0], #16",
        "vmladava.s8 r4, q0, q1",
        "vldrb.u8 q2, [r3], #16",
        "vmladava.s8 r6, q0, q2",
        "vldrb.u8 q1, [r5], #16",
        "vmladava.s8 r8, q0, q1",
        "vldrb.u8 q2, [r7], #16",
        "vmladava.s8 r10, q0, q2",
        "vaddva.s8 r12, q0",
        "letp lr, 2b",
        "vmov q0[2], q0[0], r4, r8",
        "vmov q0[3], q0[1], r6, r10",
        "ldr r0, [sp, #20]",
        "subs r1, r1, r0",
        // Bias, multiplier, offset, shift.
        "ldm r9!, {{r4, r5, r6, r7}}",
        "ldrd r0, r3, [sp, #12]",
        "mla r4, r12, r0, r4",
        "vdup.32 q1, r5",
        "vadd.i32 q0, q0, r4",
        high!("r3"),
        "vadd.i32 q0, q0, r6",
        "rsbs r7, r7, #0",
        "vshl.s32 q0, r7",
        "vqmovnb.s32 q0, q0",
        "vqmovnb.s16 q0, q0",
        "vstrb.32 q0, [r2, q3]",
        "adds r2, #1",
        "ldr r0, [sp]",
        "subs r0, #1",
        "str r0, [sp]",
        "bne 1b",
        "add sp, sp, #24",
        "pop {{r4-r11, pc}}",
    )
}
