//! The linear-time method in assembly, for cores with a single-precision FPU.
//!
//! Knots are dropped by one routine, whichever end: from the right, the derivative is looked at with its sign turned, which
//! rounds nothing. An upper bound of 0 may be -0 here; as the mean is never -0, and is added to every result, bits are those of
//! the portable loops. On every other core, and for `f64`, nothing is done.

#![allow(unsafe_code, reason = "a naked function and the pointers it takes")]

use crate::real::Real;

/// Whether this has taken charge of x, which is then its prox, or what it was where scratch is shorter than five times x, which
/// no check lets pass.
#[inline]
pub(super) fn prox<T: Real>(_x: &mut [T], _step: T, _scratch: &mut [T]) -> bool {
    #[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
    if core::any::TypeId::of::<T>() == core::any::TypeId::of::<f32>() {
        if !_x.is_empty() && _x.len().saturating_mul(5) <= _scratch.len() {
            let step = _step.to_f32().to_bits();
            // SAFETY: T is f32; there is an element, and scratch for all of them.
            unsafe { denoise(_x.as_mut_ptr().cast(), _x.len(), _scratch.as_mut_ptr().cast(), step) };
        }
        return true;
    }
    false
}

/// n elements, at least one, scratch of 5 n: the upper bounds, then the places and the turns of the knots.
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
#[unsafe(naked)]
unsafe extern "C" fn denoise(x: *mut f32, n: usize, scratch: *mut f32, step: u32) {
    core::arch::naked_asm!(
        ".fpu fpv4-sp-d16",
        "push {{r4-r10, lr}}",
        "mov r4, r0",
        "mov r5, r1",
        "vmov s15, r3",
        "vcmp.f32 s15, #0.0",
        "vmrs APSR_nzcv, fpscr",
        "ble 9f",
        // s14: the mean, relative to the first.
        "vldr s2, [r0]",
        "movs r3, #0",
        "vmov s0, s1, r3, r3",
        "vmov s8, s9, r3, r3",
        "1:",
        "vldmia r0!, {{s3}}",
        "vsub.f32 s3, s3, s2",
        "vadd.f32 s0, s0, s3",
        "subs r1, r1, #1",
        "bne 1b",
        "vmov s3, r5",
        "vcvt.f32.u32 s3, s3",
        "vdiv.f32 s0, s0, s3",
        "vadd.f32 s14, s2, s0",
        "vadd.f32 s14, s14, s8",
        "vmov r0, s14",
        "lsls r0, r0, #1",
        "cmp.w r0, #0xff000000",
        "bhs 9f",
        // Without it, and the largest sum of first elements, s1.
        "mov r0, r4",
        "mov r1, r5",
        "vmov.f32 s0, s8",
        "2:",
        "vldr s3, [r0]",
        "vsub.f32 s3, s3, s14",
        "vstmia r0!, {{s3}}",
        "vadd.f32 s0, s0, s3",
        "vabs.f32 s3, s0",
        "vcmp.f32 s3, s1",
        "vmrs APSR_nzcv, fpscr",
        "it gt",
        "vmovgt.f32 s1, s3",
        "subs r1, r1, #1",
        "bne 2b",
        "vcmp.f32 s15, s1",
        "vmrs APSR_nzcv, fpscr",
        "blt 3f",
        "10:",
        "vstmia r4!, {{s14}}",
        "subs r5, r5, #1",
        "bne 10b",
        "9:",
        "pop {{r4-r10, pc}}",
        // r6 the upper bounds, r7 bytes from a place to its turn, r8 and r9 the first knot and behind the last one; s1 the level
        // that is looked for, s8 the derivative outside, from the left, s9 is 0.
        "3:",
        "mov r6, r2",
        "lsls r7, r5, #3",
        "add r8, r2, r7",
        "mov r9, r8",
        "mov r10, r5",
        "vneg.f32 s1, s15",
        "4:",
        "vldr s7, [r4]",
        "vsub.f32 s0, s8, s7",
        "vmov.f32 s2, #1.0",
        "mov r0, r8",
        "mov r1, r9",
        "movs r2, #4",
        "subs r5, r5, #1",
        "it eq",
        "vmoveq.f32 s1, s9",
        "bl 6f",
        "vstmia r4!, {{s3}}",
        "cbz r5, 5f",
        "mov r8, r0",
        "vadd.f32 s0, s7, s8",
        "vmov.f32 s2, #-1.0",
        "mov r1, r0",
        "sub r0, r9, #4",
        "negs r2, r2",
        "bl 6f",
        "add r9, r0, #4",
        "vstmia r6!, {{s3}}",
        "vmov.f32 s8, s1",
        "b 4b",
        // Back from the last, s3, each within its bounds.
        "5:",
        "vadd.f32 s5, s3, s14",
        "vstmdb r4!, {{s5}}",
        "subs r10, r10, #1",
        "beq 9b",
        "vldmdb r6!, {{s4}}",
        "vcmp.f32 s4, s3",
        "vmrs APSR_nzcv, fpscr",
        "it mi",
        "vmovmi.f32 s3, s4",
        "vldr s4, [r4, #-4]",
        "vcmp.f32 s4, s3",
        "vmrs APSR_nzcv, fpscr",
        "it gt",
        "vmovgt.f32 s3, s4",
        "b 5b",
        // s3: where s2 x + s0 reaches s1, knots from r0 to before r1 by steps of r2 being dropped as long as it is not above
        // there. The place becomes a knot with the slope there, in front.
        "6:",
        "b 8f",
        "7:",
        "vldr s3, [r0]",
        "adds r3, r0, r7",
        "vldr s4, [r3]",
        "vmov.f32 s5, s0",
        "vmla.f32 s5, s2, s3",
        "vcmp.f32 s5, s1",
        "vmrs APSR_nzcv, fpscr",
        "bgt 11f",
        "vadd.f32 s2, s2, s4",
        "vmls.f32 s0, s4, s3",
        "add r0, r0, r2",
        "8:",
        "cmp r0, r1",
        "bne 7b",
        "11:",
        "vsub.f32 s3, s1, s0",
        "vdiv.f32 s3, s3, s2",
        "subs r0, r0, r2",
        "adds r3, r0, r7",
        "vstr s3, [r0]",
        "vstr s2, [r3]",
        "bx lr",
    )
}
