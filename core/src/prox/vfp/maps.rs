//! Maps of elements.

#[cfg(any(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)), tinysolve_dsp))]
use core::arch::naked_asm;

/// The soft threshold over n elements: max(x - t, 0) | min(x + t, 0), the threshold as bits. An odd one first, then pairs.
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
#[unsafe(naked)]
pub(super) unsafe extern "C" fn soft(x: *mut f32, n: usize, threshold: u32) {
    naked_asm!(
        ".fpu fpv4-sp-d16",
        "vmov s0, r2",
        "lsrs r1, r1, #1",
        "bcc 2f",
        "vldr s1, [r0]",
        "vsub.f32 s2, s1, s0",
        "vadd.f32 s3, s1, s0",
        "vmov r2, r3, s2, s3",
        "bic r2, r2, r2, asr #31",
        "and r3, r3, r3, asr #31",
        "orrs r2, r3",
        "stmia r0!, {{r2}}",
        "2:",
        "cbz r1, 4f",
        "3:",
        "vldmia r0, {{s4-s5}}",
        "vsub.f32 s6, s4, s0",
        "vadd.f32 s7, s4, s0",
        "vsub.f32 s8, s5, s0",
        "vadd.f32 s9, s5, s0",
        "vmov r2, r3, s6, s7",
        "bic r2, r2, r2, asr #31",
        "and r3, r3, r3, asr #31",
        "orrs r2, r3",
        "vmov r3, r12, s8, s9",
        "bic r3, r3, r3, asr #31",
        "and r12, r12, r12, asr #31",
        "orr r3, r3, r12",
        "stmia r0!, {{r2, r3}}",
        "subs r1, r1, #1",
        "bne 3b",
        "4:",
        "bx lr",
    )
}

/// max(x - t, 0) by the sign bit over n elements, the threshold as bits. An odd one first, then pairs.
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
#[unsafe(naked)]
pub(super) unsafe extern "C" fn beyond(x: *mut f32, n: usize, threshold: u32) {
    naked_asm!(
        ".fpu fpv4-sp-d16",
        "vmov s0, r2",
        "lsrs r1, r1, #1",
        "bcc 2f",
        "vldr s1, [r0]",
        "vsub.f32 s1, s1, s0",
        "vmov r2, s1",
        "bic r2, r2, r2, asr #31",
        "stmia r0!, {{r2}}",
        "2:",
        "cbz r1, 4f",
        "3:",
        "vldmia r0, {{s4-s5}}",
        "vsub.f32 s4, s4, s0",
        "vsub.f32 s5, s5, s0",
        "vmov r2, r3, s4, s5",
        "bic r2, r2, r2, asr #31",
        "bic r3, r3, r3, asr #31",
        "stmia r0!, {{r2, r3}}",
        "subs r1, r1, #1",
        "bne 3b",
        "4:",
        "bx lr",
    )
}

/// Negative elements become 0, n in all, by fives. As integers, numbers below 0 are those that stay negative when 2^23 - 1 is
/// added, saturating; a NaN with a sign does not.
#[cfg(tinysolve_dsp)]
#[unsafe(naked)]
pub(super) unsafe extern "C" fn positive(x: *mut f32, n: usize) {
    naked_asm!(
        "push {{r4-r7, lr}}",
        "movs r7, #0",
        "mvns r7, r7",
        "lsrs r7, r7, #9",
        "b 3f",
        "2:",
        "ldmia r0, {{r2-r6}}",
        "qadd r12, r2, r7",
        "bic r2, r2, r12, asr #31",
        "qadd r12, r3, r7",
        "bic r3, r3, r12, asr #31",
        "qadd r12, r4, r7",
        "bic r4, r4, r12, asr #31",
        "qadd r12, r5, r7",
        "bic r5, r5, r12, asr #31",
        "qadd r12, r6, r7",
        "bic r6, r6, r12, asr #31",
        "stmia r0!, {{r2-r6}}",
        "3:",
        "subs r1, r1, #5",
        "bcs 2b",
        "adds r1, r1, #5",
        "beq 5f",
        "4:",
        "ldr r2, [r0]",
        "qadd r12, r2, r7",
        "bic r2, r2, r12, asr #31",
        "stmia r0!, {{r2}}",
        "subs r1, r1, #1",
        "bne 4b",
        "5:",
        "pop {{r4-r7, pc}}",
    )
}

/// n elements, by fours: first not above `high`, then not below `low`.
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
#[unsafe(naked)]
pub(super) unsafe extern "C" fn clamp(x: *mut f32, n: usize, low: *const f32, high: *const f32) {
    naked_asm!(
        ".fpu fpv4-sp-d16",
        "subs r1, r1, #4",
        "blt 3f",
        "2:",
        "vldmia r0, {{s0-s3}}",
        "vldmia r2!, {{s4-s7}}",
        "vldmia r3!, {{s8-s11}}",
        "vcmp.f32 s0, s8",
        "vmrs APSR_nzcv, fpscr",
        "it gt",
        "vmovgt.f32 s0, s8",
        "vcmp.f32 s0, s4",
        "vmrs APSR_nzcv, fpscr",
        "it mi",
        "vmovmi.f32 s0, s4",
        "vcmp.f32 s1, s9",
        "vmrs APSR_nzcv, fpscr",
        "it gt",
        "vmovgt.f32 s1, s9",
        "vcmp.f32 s1, s5",
        "vmrs APSR_nzcv, fpscr",
        "it mi",
        "vmovmi.f32 s1, s5",
        "vcmp.f32 s2, s10",
        "vmrs APSR_nzcv, fpscr",
        "it gt",
        "vmovgt.f32 s2, s10",
        "vcmp.f32 s2, s6",
        "vmrs APSR_nzcv, fpscr",
        "it mi",
        "vmovmi.f32 s2, s6",
        "vcmp.f32 s3, s11",
        "vmrs APSR_nzcv, fpscr",
        "it gt",
        "vmovgt.f32 s3, s11",
        "vcmp.f32 s3, s7",
        "vmrs APSR_nzcv, fpscr",
        "it mi",
        "vmovmi.f32 s3, s7",
        "vstmia r0!, {{s0-s3}}",
        "subs r1, r1, #4",
        "bge 2b",
        "3:",
        "adds r1, r1, #4",
        "beq 5f",
        "4:",
        "vldr s0, [r0]",
        "vldmia r2!, {{s4}}",
        "vldmia r3!, {{s8}}",
        "vcmp.f32 s0, s8",
        "vmrs APSR_nzcv, fpscr",
        "it gt",
        "vmovgt.f32 s0, s8",
        "vcmp.f32 s0, s4",
        "vmrs APSR_nzcv, fpscr",
        "it mi",
        "vmovmi.f32 s0, s4",
        "vstmia r0!, {{s0}}",
        "subs r1, r1, #1",
        "bne 4b",
        "5:",
        "bx lr",
    )
}
