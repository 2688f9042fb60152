//! Sums over elements.

use core::arch::naked_asm;

/// Sum of max(x - t, 0) over `fours` groups of 4, as bits, and in the upper half how many differences are negative.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn excess(x: *const f32, fours: usize, threshold: u32) -> u64 {
    naked_asm!(
        ".fpu fpv4-sp-d16",
        "push {{r4-r6, lr}}",
        "vmov s0, r2",
        "movs r2, #0",
        "vmov s1, r2",
        "2:",
        "vldmia r0!, {{s4-s7}}",
        "vsub.f32 s4, s4, s0",
        "vsub.f32 s5, s5, s0",
        "vsub.f32 s6, s6, s0",
        "vsub.f32 s7, s7, s0",
        "vmov r3, r4, s4, s5",
        "vmov r5, r6, s6, s7",
        "add r2, r2, r3, lsr #31",
        "bic r3, r3, r3, asr #31",
        "add r2, r2, r4, lsr #31",
        "bic r4, r4, r4, asr #31",
        "vmov s4, s5, r3, r4",
        "add r2, r2, r5, lsr #31",
        "bic r5, r5, r5, asr #31",
        "add r2, r2, r6, lsr #31",
        "bic r6, r6, r6, asr #31",
        "vmov s6, s7, r5, r6",
        "vadd.f32 s1, s1, s4",
        "vadd.f32 s1, s1, s5",
        "vadd.f32 s1, s1, s6",
        "subs r1, r1, #1",
        "vadd.f32 s1, s1, s7",
        "bne 2b",
        "vmov r0, s1",
        "mov r1, r2",
        "pop {{r4-r6, pc}}",
    )
}

/// Bits of the sum of squares of n elements: of pieces of 1024, one after the other, each in four lanes, what is left over in the
/// first, joined as (l0 + l1) + (l2 + l3). VMLA rounds its product, as two instructions would.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn squares(x: *const f32, n: usize) -> u32 {
    naked_asm!(
        ".fpu fpv4-sp-d16",
        "movs r2, #0",
        "vmov s8, r2",
        "6:",
        "vmov s0, s1, r2, r2",
        "vmov s2, s3, r2, r2",
        "mov r3, r1",
        "cmp.w r3, #1024",
        "it hi",
        "movhi.w r3, #1024",
        "subs r1, r1, r3",
        "lsrs.w r12, r3, #2",
        "beq 3f",
        "2:",
        "vldmia r0!, {{s4-s7}}",
        "vmla.f32 s0, s4, s4",
        "vmla.f32 s1, s5, s5",
        "vmla.f32 s2, s6, s6",
        "vmla.f32 s3, s7, s7",
        "subs.w r12, r12, #1",
        "bne 2b",
        "3:",
        "ands r3, r3, #3",
        "beq 5f",
        "4:",
        "vldmia r0!, {{s4}}",
        "vmla.f32 s0, s4, s4",
        "subs r3, r3, #1",
        "bne 4b",
        "5:",
        "vadd.f32 s0, s0, s1",
        "vadd.f32 s2, s2, s3",
        "vadd.f32 s0, s0, s2",
        "vadd.f32 s8, s8, s0",
        "cmp r1, #0",
        "bne 6b",
        "vmov r0, s8",
        "bx lr",
    )
}
