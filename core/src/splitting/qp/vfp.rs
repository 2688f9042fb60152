//! The passes over rows and variables in assembly, for cores with a single-precision FPU and 16-bit indices.
//!
//! A row is loaded in one instruction, and no list is walked by index. The order of all operations is that of the portable
//! passes beside which these stand, and VMLA rounds twice, so the bits are the same.

#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

/// What a look sums up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sums<T> {
    /// Largest residual and largest term of it, primal; then dual.
    pub(super) primal: [T; 2],
    pub(super) dual: [T; 2],
    /// x'P x and q'x.
    pub(super) objective: [T; 2],
}

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod choice {
    use core::any::TypeId;

    use super::Sums;
    use crate::matrix::Index;
    use crate::real::Real;
    use crate::splitting::qp::memory::{Memory, Row, Variable};
    use crate::splitting::qp::pattern::QpPattern;

    /// Arguments of all passes, loaded in this order.
    #[repr(C)]
    struct Arguments {
        variables: *mut Variable<f32>,
        n: usize,
        /// n elements of the right-hand side, then one of each general row.
        top: *mut f32,
        ends: *const u16,
        columns: *const u16,
        rows: *mut Row<f32>,
        m: usize,
        /// Entries of the bound rows.
        own: *const f32,
        /// Stored entries of the others, each row with one more behind it.
        values: *const f32,
        scalars: [f32; 2],
    }

    /// Right-hand side; the scalar is sigma.
    #[unsafe(naked)]
    unsafe extern "C" fn right_hand_side(arguments: *const Arguments) {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "push {{r4-r9, lr}}",
            "ldm r0!, {{r1-r8}}",
            "vldr s0, [r0, #4]",
            "mov r12, r3",
            "cbz r2, 3f",
            "mov r9, r2",
            "adds r1, #4",
            "2:",
            "vldmia r1, {{s1-s2}}",
            "adds r1, #20",
            "vnmls.f32 s1, s0, s2",
            "vstmia r12!, {{s1}}",
            "subs.w r9, r9, #1",
            "bne 2b",
            "3:",
            "cbz r7, 9f",
            // lr is the end of the row before.
            "mov.w lr, #0",
            "adds r6, #12",
            "4:",
            "ldrh r0, [r4], #2",
            "vldmia r6, {{s1-s4}}",
            "adds r6, #28",
            "vsub.f32 s1, s1, s2",
            "sub.w r9, r0, lr",
            "cmp.w r9, #1",
            "bne 6f",
            "ldrh.w r9, [r5, lr, lsl #1]",
            "vldmia r8!, {{s5}}",
            "cmp r9, r2",
            "bhs 5f",
            "add.w r9, r3, r9, lsl #2",
            "vldr s6, [r9]",
            "vmul.f32 s5, s4, s5",
            "vmla.f32 s6, s5, s1",
            "vstr s6, [r9]",
            "5:",
            "mov lr, r0",
            "subs r7, #1",
            "bne 4b",
            "b 9f",
            "6:",
            "mov lr, r0",
            "vstmia r12!, {{s1}}",
            "subs r7, #1",
            "bne 4b",
            "9:",
            "pop {{r4-r9, pc}}",
        )
    }

    /// Rows and variables from the solution; the scalars are alpha and 1 - alpha.
    #[unsafe(naked)]
    unsafe extern "C" fn project(arguments: *const Arguments) {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "push {{r4-r9, lr}}",
            "ldm r0!, {{r1-r8}}",
            "vldr s0, [r0, #4]",
            "vldr s1, [r0, #8]",
            "add.w r12, r3, r2, lsl #2",
            "mov.w lr, #0",
            "vmov s2, lr",
            "cmp r7, #0",
            "beq 5f",
            "2:",
            "ldrh r0, [r4], #2",
            // Scale, lower, upper, z, dual, change, weight.
            "vldmia r6!, {{s8-s14}}",
            "sub.w r9, r0, lr",
            "cmp.w r9, #1",
            "bne 4f",
            "ldrh.w r9, [r5, lr, lsl #1]",
            "vldmia r8!, {{s3}}",
            "vmov.f32 s4, s2",
            "cmp r9, r2",
            "itt lo",
            "addlo.w r9, r3, r9, lsl #2",
            "vldrlo s4, [r9]",
            "vmul.f32 s3, s3, s4",
            "3:",
            "mov lr, r0",
            "vmul.f32 s5, s0, s3",
            "vmla.f32 s5, s1, s11",
            "vadd.f32 s5, s5, s12",
            "vmov.f32 s11, s5",
            "vcmp.f32 s9, s11",
            "vmrs APSR_nzcv, fpscr",
            "it gt",
            "vmovgt.f32 s11, s9",
            "vcmp.f32 s10, s11",
            "vmrs APSR_nzcv, fpscr",
            "it mi",
            "vmovmi.f32 s11, s10",
            "vsub.f32 s12, s5, s11",
            "vstr s11, [r6, #-16]",
            "vstr s12, [r6, #-12]",
            "subs r7, #1",
            "bne 2b",
            "b 5f",
            "4:",
            "vsub.f32 s3, s11, s12",
            "vldmia r12!, {{s4}}",
            "vmla.f32 s3, s14, s4",
            "b 3b",
            "5:",
            "cbz r2, 9f",
            "adds r1, #8",
            "6:",
            "vldr s8, [r1]",
            "vldmia r3!, {{s9}}",
            "vsub.f32 s9, s9, s8",
            "vmla.f32 s8, s0, s9",
            "vstr s8, [r1]",
            "adds r1, #20",
            "subs r2, #1",
            "bne 6b",
            "9:",
            "pop {{r4-r9, pc}}",
        )
    }

    /// Adds A'y to the free elements; the bits of the largest |A x - z|, and of the largest of |A x| and |z|, unscaled.
    #[unsafe(naked)]
    unsafe extern "C" fn constraints(arguments: *const Arguments) -> u64 {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "push {{r4-r11, lr}}",
            "ldm r0!, {{r1-r9}}",
            "mov.w r10, #0",
            "mov.w r11, #0",
            "mov.w lr, #0",
            "vmov s1, lr",
            "vmov.f32 s0, #1.0",
            "cmp r7, #0",
            "beq 9f",
            "2:",
            "ldrh r0, [r4], #2",
            // Scale, lower, upper, z, dual, change, weight; A x takes the place of the upper bound.
            "vldmia r6!, {{s8-s14}}",
            "sub.w r3, r0, lr",
            "mov lr, r0",
            "vmov.f32 s10, s1",
            "cmp r3, #1",
            "bne 3f",
            "mov r12, r8",
            "add.w r8, r8, #4",
            "b 4f",
            "3:",
            "mov r12, r9",
            "add.w r9, r9, r3, lsl #2",
            "add.w r9, r9, #4",
            "vdiv.f32 s14, s0, s14",
            "cbz r3, 6f",
            "4:",
            "vmul.f32 s3, s14, s12",
            "5:",
            "ldrh r0, [r5], #2",
            "vldmia r12!, {{s4}}",
            "cmp r0, r2",
            "bhs 7f",
            "add.w r0, r0, r0, lsl #2",
            "add.w r0, r1, r0, lsl #2",
            "vldr s5, [r0, #8]",
            "vldr s6, [r0, #16]",
            "vmla.f32 s10, s4, s5",
            "vmla.f32 s6, s4, s3",
            "vstr s6, [r0, #16]",
            "7:",
            "subs r3, #1",
            "bne 5b",
            "6:",
            "vsub.f32 s5, s10, s11",
            "vdiv.f32 s5, s5, s8",
            "vabs.f32 s5, s5",
            "vmov r0, s5",
            "cmp r0, r10",
            "it hi",
            "movhi r10, r0",
            "vabs.f32 s10, s10",
            "vabs.f32 s11, s11",
            "vmov r0, r3, s10, s11",
            "cmp r3, r0",
            "it hi",
            "movhi r0, r3",
            "vmov s5, r0",
            "vdiv.f32 s5, s5, s8",
            "vmov r0, s5",
            "cmp r0, r11",
            "it hi",
            "movhi r11, r0",
            "subs r7, #1",
            "bne 2b",
            "9:",
            "mov r0, r10",
            "mov r1, r11",
            "pop {{r4-r11, pc}}",
        )
    }

    /// P x into the first n elements of the right-hand side, P by its lower triangle.
    #[unsafe(naked)]
    unsafe extern "C" fn curvature(arguments: *const Arguments) {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "push {{r4-r11, lr}}",
            "ldm r0, {{r1-r5}}",
            "ldr r6, [r0, #32]",
            "mov r0, r1",
            "mov.w lr, #0",
            "vmov s0, lr",
            "mov r8, r3",
            "cbz r2, 9f",
            "mov r7, r2",
            "2:",
            "vstmia r8!, {{s0}}",
            "subs r7, #1",
            "bne 2b",
            "mov r8, r3",
            "mov r7, r2",
            "3:",
            "ldrh r12, [r4], #2",
            "vldr s1, [r1, #8]",
            "adds r1, #20",
            "subs.w r9, r12, lr",
            "mov lr, r12",
            "vmov.f32 s2, s0",
            "beq 6f",
            "4:",
            "ldrh r10, [r5], #2",
            "vldmia r6!, {{s3}}",
            "cmp r10, r2",
            "bhs 5f",
            "add.w r12, r3, r10, lsl #2",
            "add.w r10, r10, r10, lsl #2",
            "add.w r10, r0, r10, lsl #2",
            "vldr s4, [r10, #8]",
            "vmla.f32 s2, s3, s4",
            "cmp r12, r8",
            "beq 5f",
            "vldr s5, [r12]",
            "vmla.f32 s5, s3, s1",
            "vstr s5, [r12]",
            "5:",
            "subs.w r9, r9, #1",
            "bne 4b",
            "6:",
            "adds r6, #4",
            "vldr s5, [r8]",
            "vadd.f32 s5, s5, s2",
            "vstmia r8!, {{s5}}",
            "subs r7, #1",
            "bne 3b",
            "9:",
            "pop {{r4-r11, pc}}",
        )
    }

    /// Of P x + q + A'y: the bits of its largest element, and of its largest term; x'P x and q'x, to `sums`.
    #[unsafe(naked)]
    unsafe extern "C" fn gradient(arguments: *const Arguments, sums: *mut [f32; 2]) -> u64 {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "push {{r4-r7, lr}}",
            "mov r12, r1",
            "ldm r0, {{r1-r3}}",
            "movs r4, #0",
            "movs r5, #0",
            "vmov s0, r4",
            "vmov s1, r4",
            "cbz r2, 9f",
            "2:",
            // Scale, q, x, change, A'y; P x.
            "vldmia r1!, {{s8-s12}}",
            "vldmia r3!, {{s13}}",
            "vmla.f32 s0, s13, s10",
            "vmla.f32 s1, s9, s10",
            "vadd.f32 s2, s13, s9",
            "vadd.f32 s2, s2, s12",
            "vabs.f32 s2, s2",
            "vdiv.f32 s2, s2, s8",
            "vabs.f32 s9, s9",
            "vabs.f32 s12, s12",
            "vabs.f32 s13, s13",
            "vmov r0, s2",
            "cmp r0, r4",
            "it hi",
            "movhi r4, r0",
            "vmov r6, r7, s12, s13",
            "vmov r0, s9",
            "cmp r0, r6",
            "it lo",
            "movlo r0, r6",
            "cmp r0, r7",
            "it lo",
            "movlo r0, r7",
            "vmov s2, r0",
            "vdiv.f32 s2, s2, s8",
            "vmov r0, s2",
            "cmp r0, r5",
            "it hi",
            "movhi r5, r0",
            "subs r2, #1",
            "bne 2b",
            "9:",
            "vstmia r12, {{s0-s1}}",
            "mov r0, r4",
            "mov r1, r5",
            "pop {{r4-r7, pc}}",
        )
    }

    /// The arguments of a pass over A, or over P; with no row and no variable where a length is not what it must be. `None`
    /// where these passes are not made for the numbers and indices.
    #[inline(never)]
    fn arguments<T: Real, I: Index>(
        pattern: &QpPattern<'_, I>,
        memory: &mut Memory<'_, T>,
        of_p: bool,
        scalars: [T; 2],
    ) -> Arguments {
        let (n, m) = (pattern.variables(), pattern.constraints());
        let (ends, columns) = pattern.lists(of_p);
        let Memory { values, variables, rows, rhs, .. } = memory;
        let fits = variables.len() == n
            && rows.len() == m
            && rhs.len() == pattern.system_dim()
            && values.len() == pattern.values_len();
        let (n, m) = if fits { (n, m) } else { (0, 0) };
        let place = if of_p { 0 } else { pattern.first_of_a() };
        Arguments {
            variables: variables.as_mut_ptr().cast(),
            n,
            top: rhs.as_mut_ptr().cast(),
            ends: ends.as_ptr().cast(),
            columns: columns.as_ptr().cast(),
            rows: rows.as_mut_ptr().cast(),
            m,
            own: values.as_ptr().wrapping_add(pattern.system_entries()).cast(),
            values: values.as_ptr().wrapping_add(place).cast(),
            scalars: scalars.map(T::to_f32),
        }
    }

    #[inline]
    fn is_made_for<T: Real, I: Index>() -> bool {
        TypeId::of::<T>() == TypeId::of::<f32>() && TypeId::of::<I>() == TypeId::of::<u16>()
    }

    // SAFETY, of all four: T is f32 and I is u16. The arguments have the lengths of the pattern, or there is no row and no
    // variable. Ends of rows ascend up to the number of columns, by `QpPattern`, which borrows them since; by them its
    // numbers of bound rows and of entries are counted, so that the pointers to entries stay in `values`, and that to the
    // general rows' elements in the right-hand side. Every column is held against n before a variable is touched.

    /// Whether it was done here; so below.
    #[inline]
    pub(in super::super) fn gather<T: Real, I: Index>(
        pattern: &QpPattern<'_, I>,
        memory: &mut Memory<'_, T>,
        sigma: T,
    ) -> bool {
        if is_made_for::<T, I>() {
            let arguments = arguments(pattern, memory, false, [sigma, sigma]);
            // SAFETY: see above.
            unsafe { right_hand_side(&raw const arguments) };
        }
        is_made_for::<T, I>()
    }

    #[inline]
    pub(in super::super) fn advance<T: Real, I: Index>(
        pattern: &QpPattern<'_, I>,
        memory: &mut Memory<'_, T>,
        alpha: T,
    ) -> bool {
        if is_made_for::<T, I>() {
            let arguments = arguments(pattern, memory, false, [alpha, T::ONE - alpha]);
            // SAFETY: see above.
            unsafe { project(&raw const arguments) };
        }
        is_made_for::<T, I>()
    }

    /// P x into the right-hand side.
    #[inline]
    pub(in super::super) fn times_p<T: Real, I: Index>(
        pattern: &QpPattern<'_, I>,
        memory: &mut Memory<'_, T>,
    ) -> bool {
        if is_made_for::<T, I>() {
            let arguments = arguments(pattern, memory, true, [T::ZERO; 2]);
            // SAFETY: see above.
            unsafe { curvature(&raw const arguments) };
        }
        is_made_for::<T, I>()
    }

    /// Both passes of a look, and P x between them; the free elements are 0 before.
    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "halves of a double word")]
    pub(in super::super) fn sums<T: Real, I: Index>(
        pattern: &QpPattern<'_, I>,
        memory: &mut Memory<'_, T>,
    ) -> Option<Sums<T>> {
        if !is_made_for::<T, I>() {
            return None;
        }
        let halves = |both: u64| [both & 0xffff_ffff, both >> 32].map(T::from_bits_u64);
        let of_a = arguments(pattern, memory, false, [T::ZERO; 2]);
        let mut objective = [0.0; 2];
        // SAFETY: see above; the sums have their place.
        let (primal, dual) = unsafe {
            let primal = constraints(&raw const of_a);
            times_p(pattern, memory);
            (primal, gradient(&raw const of_a, &raw mut objective))
        };
        Some(Sums { primal: halves(primal), dual: halves(dual), objective: objective.map(T::from_f32) })
    }
}

#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
mod choice {
    use super::Sums;
    use crate::matrix::Index;
    use crate::real::Real;
    use crate::splitting::qp::memory::Memory;
    use crate::splitting::qp::pattern::QpPattern;

    pub(in super::super) fn gather<T: Real, I: Index>(_: &QpPattern<'_, I>, _: &mut Memory<'_, T>, _: T) -> bool {
        false
    }

    pub(in super::super) fn advance<T: Real, I: Index>(_: &QpPattern<'_, I>, _: &mut Memory<'_, T>, _: T) -> bool {
        false
    }

    pub(in super::super) fn sums<T: Real, I: Index>(
        _: &QpPattern<'_, I>,
        _: &mut Memory<'_, T>,
    ) -> Option<Sums<T>> {
        None
    }
}

pub(super) use choice::{advance, gather, sums};
