//! The direct method in assembly, for cores with a single-precision FPU.
//!
//! Two sign bits in core registers decide whether anything happens, one element costs 11 instructions if not. Bits are those of
//! the portable loop. On every other core, and for `f64`, nothing is done.

#![allow(unsafe_code, reason = "a naked function and the pointers it takes")]

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod arm {
    use core::any::TypeId;

    use crate::real::Real;

    #[repr(C)]
    struct Walk {
        /// The open segment's first element, and on return that of the last segment, which is not yet filled.
        start: *mut f32,
        end: *const f32,
        step: f32,
        /// On return: the level of the last segment.
        level: f32,
    }

    /// At least one element.
    #[unsafe(naked)]
    unsafe extern "C" fn walk(walk: *mut Walk) {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "push {{r4-r8, lr}}",
            "ldrd r4, r3, [r0]",
            "vldr s15, [r0, #8]",
            "movs r1, #0",
            "vmov s7, r1",
            "vmov.f32 s10, s7",
            "vmov.f32 s6, #1.0",
            "vadd.f32 s5, s15, s15",
            // A segment: s0 low, s1 high, s2 below, s3 above, s4 length; r5 and r8 behind where it may end.
            "1:",
            "mov r2, r4",
            "vldmia r2!, {{s8}}",
            "vadd.f32 s8, s8, s10",
            "vmov.f32 s2, s7",
            "vmov.f32 s3, s7",
            "vsub.f32 s0, s8, s15",
            "vadd.f32 s1, s8, s15",
            "vmov.f32 s4, s6",
            "mov r5, r2",
            "mov r8, r2",
            "cmp r2, r3",
            "beq 5f",
            "2:",
            "vldmia r2!, {{s8}}",
            "vadd.f32 s4, s4, s6",
            "vsub.f32 s9, s8, s0",
            "vsub.f32 s8, s8, s1",
            "vsub.f32 s2, s2, s9",
            "vadd.f32 s3, s3, s8",
            "vmov r6, r7, s2, s3",
            "orrs r1, r6, r7",
            "bmi 3f",
            "cmp r2, r3",
            "bne 2b",
            "b 5f",
            // A path has left its tube. What is not a number compares with nothing, so it stays to the end.
            "3:",
            "cmp r6, #0",
            "bpl 4f",
            "vcmp.f32 s3, s5",
            "vmrs APSR_nzcv, fpscr",
            "bgt 7f",
            "vdiv.f32 s9, s2, s4",
            "mov r5, r2",
            "vmov.f32 s2, s7",
            "vsub.f32 s0, s0, s9",
            "cmp r7, #0",
            "bpl 10f",
            "4:",
            "vcmp.f32 s2, s5",
            "vmrs APSR_nzcv, fpscr",
            "bgt 6f",
            "vdiv.f32 s9, s3, s4",
            "mov r8, r2",
            "vmov.f32 s3, s7",
            "vadd.f32 s1, s1, s9",
            "10:",
            "cmp r2, r3",
            "bne 2b",
            // The end of the signal.
            "5:",
            "vcmp.f32 s2, s3",
            "vmrs APSR_nzcv, fpscr",
            "bvs 8f",
            "vcmp.f32 s2, s15",
            "vmrs APSR_nzcv, fpscr",
            "bgt 6f",
            "vcmp.f32 s3, s15",
            "vmrs APSR_nzcv, fpscr",
            "bgt 7f",
            "vsub.f32 s8, s15, s2",
            "vdiv.f32 s8, s8, s4",
            "vadd.f32 s8, s0, s8",
            "b 9f",
            "6:",
            "vmov.f32 s10, s15",
            "b 11f",
            "7:",
            "vneg.f32 s10, s15",
            "vmov.f32 s0, s1",
            "mov r5, r8",
            "11:",
            "vstmia r4!, {{s0}}",
            "cmp r4, r5",
            "bne 11b",
            "cmp r4, r3",
            "bne 1b",
            "b 9f",
            "8:",
            "vdiv.f32 s8, s7, s7",
            "9:",
            "str r4, [r0]",
            "vstr s8, [r0, #12]",
            "pop {{r4-r8, pc}}",
        )
    }

    /// See [`super::denoise`].
    pub(in crate::prox) fn safe_denoise<T: Real>(x: &mut [T], step: T) -> Option<(usize, T)> {
        if TypeId::of::<T>() != TypeId::of::<f32>() {
            return None;
        }
        if x.is_empty() {
            // An answer all the same: so the portable loop is not linked.
            return Some((0, T::ZERO));
        }
        let range = x.as_mut_ptr_range();
        let mut state =
            Walk { start: range.start.cast(), end: range.end.cast_const().cast(), step: step.to_f32(), level: 0.0 };
        // SAFETY: T is f32; from `start` on, which only moves forward and stops at `end`, all is x.
        unsafe { walk(&raw mut state) };
        let done = state.start.addr().wrapping_sub(range.start.addr()) / size_of::<f32>();
        Some((done, T::from_f32(state.level)))
    }
}

#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
mod portable {
    use crate::real::Real;

    pub(in crate::prox) fn safe_denoise<T: Real>(_: &mut [T], _: T) -> Option<(usize, T)> {
        None
    }
}

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
use arm as kernels;
#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
use portable as kernels;

/// Writes all segments but the last one, and answers where that begins and its level.
pub(super) use kernels::safe_denoise as denoise;
