//! The most used maps and sums in assembly, for cores with a single-precision FPU.
//!
//! The compiler loads one word an instruction and moves flags for every comparison; multiple loads and masks in core registers are
//! a third of that. Bits are those of the portable maps beside which these stand. `asm!` refuses VFP registers on stable
//! Rust, hence naked functions. Each answers how many elements it has done: 0 on every other core and for `f64`.

#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod arm {
    use core::any::TypeId;

    use crate::real::Real;

    /// `fours` groups of 4: max(x - t, 0) | min(x + t, 0), the threshold as bits.
    #[unsafe(naked)]
    unsafe extern "C" fn soft(x: *mut f32, fours: usize, threshold: u32) {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "push {{r4-r9, lr}}",
            "vmov s0, r2",
            "2:",
            "vldmia r0, {{s4-s7}}",
            "vsub.f32 s8, s4, s0",
            "vsub.f32 s9, s5, s0",
            "vsub.f32 s10, s6, s0",
            "vsub.f32 s11, s7, s0",
            "vadd.f32 s4, s4, s0",
            "vadd.f32 s5, s5, s0",
            "vadd.f32 s6, s6, s0",
            "vadd.f32 s7, s7, s0",
            "vmov r2, r3, s8, s9",
            "vmov r4, r5, s10, s11",
            "vmov r6, r7, s4, s5",
            "vmov r8, r9, s6, s7",
            "bic r2, r2, r2, asr #31",
            "and r6, r6, r6, asr #31",
            "bic r3, r3, r3, asr #31",
            "and r7, r7, r7, asr #31",
            "bic r4, r4, r4, asr #31",
            "and r8, r8, r8, asr #31",
            "bic r5, r5, r5, asr #31",
            "and r9, r9, r9, asr #31",
            "orr r2, r2, r6",
            "orr r3, r3, r7",
            "orr r4, r4, r8",
            "orr r5, r5, r9",
            "subs r1, r1, #1",
            "stmia r0!, {{r2-r5}}",
            "bne 2b",
            "pop {{r4-r9, pc}}",
        )
    }

    /// `groups` of 16: negative elements become 0. Ends before a group in which there may be a NaN, which a mask would
    /// not keep, and answers how many groups are left.
    #[unsafe(naked)]
    unsafe extern "C" fn positive(x: *mut f32, groups: usize) -> usize {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "push {{r4-r9, lr}}",
            "2:",
            "vldmia r0, {{s0-s15}}",
            "vadd.f32 s0, s0, s1",
            "vadd.f32 s2, s2, s3",
            "vadd.f32 s4, s4, s5",
            "vadd.f32 s6, s6, s7",
            "vadd.f32 s8, s8, s9",
            "vadd.f32 s10, s10, s11",
            "vadd.f32 s12, s12, s13",
            "vadd.f32 s14, s14, s15",
            "vadd.f32 s0, s0, s2",
            "vadd.f32 s4, s4, s6",
            "vadd.f32 s8, s8, s10",
            "vadd.f32 s12, s12, s14",
            "vadd.f32 s0, s0, s4",
            "vadd.f32 s8, s8, s12",
            "vadd.f32 s0, s0, s8",
            "vcmp.f32 s0, s0",
            "vmrs APSR_nzcv, fpscr",
            "bvs 3f",
            "ldmia r0, {{r2-r9}}",
            "bic r2, r2, r2, asr #31",
            "bic r3, r3, r3, asr #31",
            "bic r4, r4, r4, asr #31",
            "bic r5, r5, r5, asr #31",
            "bic r6, r6, r6, asr #31",
            "bic r7, r7, r7, asr #31",
            "bic r8, r8, r8, asr #31",
            "bic r9, r9, r9, asr #31",
            "stmia r0!, {{r2-r9}}",
            "ldmia r0, {{r2-r9}}",
            "bic r2, r2, r2, asr #31",
            "bic r3, r3, r3, asr #31",
            "bic r4, r4, r4, asr #31",
            "bic r5, r5, r5, asr #31",
            "bic r6, r6, r6, asr #31",
            "bic r7, r7, r7, asr #31",
            "bic r8, r8, r8, asr #31",
            "bic r9, r9, r9, asr #31",
            "stmia r0!, {{r2-r9}}",
            "subs r1, r1, #1",
            "bne 2b",
            "3:",
            "mov r0, r1",
            "pop {{r4-r9, pc}}",
        )
    }

    /// Sum of max(x - t, 0) over `fours` groups of 4, as bits, and in the upper half how many differences are negative.
    #[unsafe(naked)]
    unsafe extern "C" fn excess(x: *const f32, fours: usize, threshold: u32) -> u64 {
        core::arch::naked_asm!(
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

    /// `fours` groups of 4: first not above `high`, then not below `low`.
    #[unsafe(naked)]
    unsafe extern "C" fn clamp(x: *mut f32, fours: usize, low: *const f32, high: *const f32) {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
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
            "subs r1, r1, #1",
            "bne 2b",
            "bx lr",
        )
    }

    fn is_single<T: Real>() -> bool {
        TypeId::of::<T>() == TypeId::of::<f32>()
    }

    /// See [`super::soft_threshold`].
    pub(in crate::prox) fn safe_soft_threshold<T: Real>(x: &mut [T], threshold: T) -> usize {
        let fours = x.len() / 4;
        if !is_single::<T>() || fours == 0 {
            return 0;
        }
        // SAFETY: T is f32, and x has four times `fours` elements or more.
        unsafe { soft(x.as_mut_ptr().cast(), fours, threshold.to_f32().to_bits()) };
        4 * fours
    }

    /// See [`super::nonnegative`].
    pub(in crate::prox) fn safe_nonnegative<T: Real>(x: &mut [T]) -> usize {
        let groups = x.len() / 16;
        if !is_single::<T>() || groups == 0 {
            return 0;
        }
        // SAFETY: T is f32, and x has sixteen times `groups` elements or more.
        let left = unsafe { positive(x.as_mut_ptr().cast(), groups) };
        16 * groups.saturating_sub(left)
    }

    /// See [`super::excesses`].
    #[allow(clippy::cast_possible_truncation, reason = "halves of a double word")]
    pub(in crate::prox) fn safe_excesses<T: Real>(x: &[T], threshold: T) -> (usize, T, u32) {
        let fours = x.len() / 4;
        if !is_single::<T>() || fours == 0 {
            return (0, T::ZERO, 0);
        }
        // SAFETY: T is f32, and x has four times `fours` elements or more.
        let both = unsafe { excess(x.as_ptr().cast(), fours, threshold.to_f32().to_bits()) };
        (4 * fours, T::from_bits_u64(both & 0xffff_ffff), (both >> 32) as u32)
    }

    /// See [`super::bounds`].
    pub(in crate::prox) fn safe_bounds<T: Real>(x: &mut [T], low: &[T], high: &[T]) -> usize {
        let fours = x.len().min(low.len()).min(high.len()) / 4;
        if !is_single::<T>() || fours == 0 {
            return 0;
        }
        // SAFETY: T is f32, and all three have four times `fours` elements or more.
        unsafe { clamp(x.as_mut_ptr().cast(), fours, low.as_ptr().cast(), high.as_ptr().cast()) };
        4 * fours
    }
}

#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
mod portable {
    use crate::real::Real;

    pub(in crate::prox) fn safe_soft_threshold<T: Real>(_: &mut [T], _: T) -> usize {
        0
    }

    pub(in crate::prox) fn safe_nonnegative<T: Real>(_: &mut [T]) -> usize {
        0
    }

    pub(in crate::prox) fn safe_bounds<T: Real>(_: &mut [T], _: &[T], _: &[T]) -> usize {
        0
    }

    pub(in crate::prox) fn safe_excesses<T: Real>(_: &[T], _: T) -> (usize, T, u32) {
        (0, T::ZERO, 0)
    }
}

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
use arm as kernels;
#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
use portable as kernels;

/// Whether this core has the kernels; then unrolling what they leave is not worth the code.
pub(super) const PRESENT: bool = cfg!(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)));

/// Elements within the bounds, NaN kept.
pub(super) use kernels::safe_bounds as bounds;
/// Elements done, sum of max(x - threshold, 0) over them, and how many differences are negative.
pub(super) use kernels::safe_excesses as excesses;
/// Negative elements become 0, NaN kept.
pub(super) use kernels::safe_nonnegative as nonnegative;
/// The soft threshold.
pub(super) use kernels::safe_soft_threshold as soft_threshold;
