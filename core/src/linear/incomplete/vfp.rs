//! Lines of a triangular solve in assembly, for cores with a single-precision FPU: four cells in 19 instructions, either way.
//! The order of all operations is that of the portable form, so the bits are the same.

#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod choice {
    use core::any::TypeId;

    use crate::real::Real;

    /// z = ((r + south) + z of the cell before) inverse.
    #[unsafe(naked)]
    unsafe extern "C" fn forward_line(z: *mut f32, r: *const f32, inverse: *const f32, south: *const f32, n: usize) {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "mov r12, #0",
            "vmov s0, r12",
            "ldr r12, [sp]",
            "subs r12, #4",
            "blo 3f",
            "2:",
            "vldmia r1!, {{s1-s4}}",
            "vldmia r3!, {{s5-s8}}",
            "vldmia r2!, {{s9-s12}}",
            "vadd.f32 s1, s1, s5",
            "vadd.f32 s2, s2, s6",
            "vadd.f32 s3, s3, s7",
            "vadd.f32 s4, s4, s8",
            "vadd.f32 s1, s1, s0",
            "vmul.f32 s1, s1, s9",
            "vadd.f32 s2, s2, s1",
            "vmul.f32 s2, s2, s10",
            "vadd.f32 s3, s3, s2",
            "vmul.f32 s3, s3, s11",
            "vadd.f32 s4, s4, s3",
            "vmul.f32 s4, s4, s12",
            "vstmia r0!, {{s1-s4}}",
            "vmov.f32 s0, s4",
            "subs r12, #4",
            "bhs 2b",
            "3:",
            "adds r12, #4",
            "beq 5f",
            "4:",
            "vldmia r1!, {{s1}}",
            "vldmia r3!, {{s5}}",
            "vldmia r2!, {{s9}}",
            "vadd.f32 s1, s1, s5",
            "vadd.f32 s1, s1, s0",
            "vmul.f32 s0, s1, s9",
            "vstmia r0!, {{s0}}",
            "subs r12, #1",
            "bne 4b",
            "5:",
            "bx lr",
        )
    }

    /// From behind: z += (z of the cell after + north) inverse. The pointers show the ends.
    #[unsafe(naked)]
    unsafe extern "C" fn backward_line(z: *mut f32, inverse: *const f32, north: *const f32, n: usize) {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "mov r12, #0",
            "vmov s0, r12",
            "subs r3, #4",
            "blo 3f",
            "2:",
            "vldmdb r2!, {{s5-s8}}",
            "vldmdb r1!, {{s9-s12}}",
            "vldmdb r0!, {{s1-s4}}",
            "vadd.f32 s8, s0, s8",
            "vmul.f32 s8, s8, s12",
            "vadd.f32 s4, s4, s8",
            "vadd.f32 s7, s4, s7",
            "vmul.f32 s7, s7, s11",
            "vadd.f32 s3, s3, s7",
            "vadd.f32 s6, s3, s6",
            "vmul.f32 s6, s6, s10",
            "vadd.f32 s2, s2, s6",
            "vadd.f32 s5, s2, s5",
            "vmul.f32 s5, s5, s9",
            "vadd.f32 s1, s1, s5",
            "vstmia r0, {{s1-s4}}",
            "vmov.f32 s0, s1",
            "subs r3, #4",
            "bhs 2b",
            "3:",
            "adds r3, #4",
            "beq 5f",
            "4:",
            "vldmdb r2!, {{s5}}",
            "vldmdb r1!, {{s9}}",
            "vldmdb r0!, {{s1}}",
            "vadd.f32 s5, s0, s5",
            "vmul.f32 s5, s5, s9",
            "vadd.f32 s0, s1, s5",
            "vstr s0, [r0]",
            "subs r3, #1",
            "bne 4b",
            "5:",
            "bx lr",
        )
    }

    fn is_single<T: Real>(lens: [usize; 3], len: usize) -> bool {
        TypeId::of::<T>() == TypeId::of::<f32>() && lens == [len; 3]
    }

    /// Whether it was done here.
    #[inline(always)]
    pub(in crate::linear::incomplete) fn forward<T: Real>(z: &mut [T], r: &[T], inverse: &[T], south: &[T]) -> bool {
        if !is_single::<T>([r.len(), inverse.len(), south.len()], z.len()) {
            return false;
        }
        // SAFETY: T is f32, and all four have the length of z.
        unsafe {
            let (r, inverse, south) = (r.as_ptr().cast(), inverse.as_ptr().cast(), south.as_ptr().cast());
            forward_line(z.as_mut_ptr().cast(), r, inverse, south, z.len());
        }
        true
    }

    /// Whether it was done here.
    #[inline(always)]
    pub(in crate::linear::incomplete) fn backward<T: Real>(z: &mut [T], inverse: &[T], north: &[T]) -> bool {
        if !is_single::<T>([z.len(), inverse.len(), north.len()], z.len()) {
            return false;
        }
        // SAFETY: T is f32, all three have the length of z, and the pointers are behind their last elements.
        unsafe {
            let (inverse, north) = (inverse.as_ptr_range().end.cast(), north.as_ptr_range().end.cast());
            backward_line(z.as_mut_ptr_range().end.cast(), inverse, north, z.len());
        }
        true
    }
}

#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
mod choice {
    use crate::real::Real;

    #[inline(always)]
    pub(in crate::linear::incomplete) fn forward<T: Real>(_: &mut [T], _: &[T], _: &[T], _: &[T]) -> bool {
        false
    }

    #[inline(always)]
    pub(in crate::linear::incomplete) fn backward<T: Real>(_: &mut [T], _: &[T], _: &[T]) -> bool {
        false
    }
}

pub(super) use choice::{backward, forward};
