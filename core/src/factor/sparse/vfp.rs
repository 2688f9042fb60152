//! A solve with a sparse L D L' in assembly, for cores with a single-precision FPU and 16-bit indices.
//!
//! Where the rows of a column follow each other, as in the dense blocks that elimination leaves, their indices are not
//! read, and four elements take 9 instructions forward and 8 backward; else 7 to 10 an element. The order of all sums is that
//! of the portable form, and VMLS rounds twice, so the bits are the same.

#![allow(unsafe_code, reason = "a naked function and the pointers it takes")]

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod choice {
    use core::any::TypeId;

    use crate::factor::sparse::symbolic::Symbolic;
    use crate::matrix::Index;
    use crate::real::Real;

    /// Arguments of [`solve`], read in this order.
    #[repr(C)]
    struct Arguments {
        order: *const u16,
        x: *mut f32,
        y: *mut f32,
        n: usize,
        ends: *const u16,
        rows: *const u16,
        values: *const f32,
        /// Behind the last reciprocal.
        reciprocals: *const f32,
        /// Elements of `rows` and of `values`.
        fill: usize,
    }

    #[unsafe(naked)]
    unsafe extern "C" fn solve(arguments: *const Arguments) {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "push {{r0, r4-r11, lr}}",
            // y = x in the order of elimination. r4 is n throughout, r3 is y.
            "ldm r0, {{r1-r4}}",
            "mov r5, r4",
            "mov r8, r3",
            "2:",
            "ldrh r6, [r1], #2",
            "cmp r6, r4",
            "bhs 90f",
            "ldr r6, [r2, r6, lsl #2]",
            "str r6, [r8], #4",
            "subs r5, #1",
            "bne 2b",
            // L. A column: r7 is its start, r9 its length, which is held against what is left (r6), where a negative one
            // is huge; r8 goes along y, r1 along the rows, r2 along the values.
            "add r0, #16",
            "ldm r0, {{r0-r2}}",
            "ldr r6, [sp]",
            "ldr r6, [r6, #32]",
            "mov r5, r4",
            "mov r8, r3",
            "movs r7, #0",
            "20:",
            "ldrh lr, [r0], #2",
            "vldmia r8!, {{s0}}",
            "sub r9, lr, r7",
            "subs r6, r6, r9",
            "blo 90f",
            "mov r7, lr",
            "cmp r9, #4",
            "blo 26f",
            // Do the rows follow each other, up to n at most?
            "ldrh r10, [r1]",
            "add r11, r1, r9, lsl #1",
            "ldrh r12, [r11, #-2]",
            "sub lr, r12, r10",
            "add lr, #1",
            "cmp lr, r9",
            "bne 26f",
            "cmp r12, r4",
            "bhs 90f",
            "mov r1, r11",
            "add r12, r3, r10, lsl #2",
            "subs r9, #4",
            "22:",
            "vldmia r2!, {{s4-s7}}",
            "vldmia r12, {{s8-s11}}",
            "vmls.f32 s8, s4, s0",
            "vmls.f32 s9, s5, s0",
            "vmls.f32 s10, s6, s0",
            "vmls.f32 s11, s7, s0",
            "vstmia r12!, {{s8-s11}}",
            "subs r9, #4",
            "bhs 22b",
            // Two more, one more: carry and sign.
            "lsls r9, r9, #31",
            "bcc 23f",
            "vldmia r2!, {{s4-s5}}",
            "vldmia r12, {{s8-s9}}",
            "vmls.f32 s8, s4, s0",
            "vmls.f32 s9, s5, s0",
            "vstmia r12!, {{s8-s9}}",
            "23:",
            "bpl 28f",
            "vldmia r2!, {{s4}}",
            "vldr s8, [r12]",
            "vmls.f32 s8, s4, s0",
            "vstr s8, [r12]",
            "subs r5, #1",
            "bne 20b",
            "b 30f",
            // Row by row.
            "26:",
            "cmp r9, #0",
            "beq 28f",
            "27:",
            "ldrh r10, [r1], #2",
            "vldmia r2!, {{s4}}",
            "cmp r10, r4",
            "bhs 90f",
            "add r10, r3, r10, lsl #2",
            "vldr s8, [r10]",
            "subs r9, #1",
            "vmls.f32 s8, s4, s0",
            "vstr s8, [r10]",
            "bne 27b",
            "28:",
            "subs r5, #1",
            "bne 20b",
            // D and L', from the last column back. r7 is the end of a column, r1 and r2 too; r6 is behind its reciprocal.
            "30:",
            "ldr r6, [sp]",
            "ldr r6, [r6, #28]",
            "mov r5, r4",
            "sub r0, #2",
            "31:",
            "ldrh lr, [r0, #-2]!",
            "vldmdb r8!, {{s0}}",
            "vldmdb r6!, {{s1}}",
            "subs r9, r7, lr",
            "blo 90f",
            "mov r7, lr",
            "sub r1, r1, r9, lsl #1",
            "sub r2, r2, r9, lsl #2",
            "mov r11, r2",
            "vmul.f32 s0, s0, s1",
            "cmp r9, #4",
            "blo 36f",
            "ldrh r10, [r1]",
            "add r12, r1, r9, lsl #1",
            "ldrh r12, [r12, #-2]",
            "sub lr, r12, r10",
            "add lr, #1",
            "cmp lr, r9",
            "bne 36f",
            "cmp r12, r4",
            "bhs 90f",
            "add r12, r3, r10, lsl #2",
            "subs r9, #4",
            "32:",
            "vldmia r11!, {{s4-s7}}",
            "vldmia r12!, {{s8-s11}}",
            "vmls.f32 s0, s4, s8",
            "vmls.f32 s0, s5, s9",
            "vmls.f32 s0, s6, s10",
            "vmls.f32 s0, s7, s11",
            "subs r9, #4",
            "bhs 32b",
            "lsls r9, r9, #31",
            "bcc 33f",
            "vldmia r11!, {{s4-s5}}",
            "vldmia r12!, {{s8-s9}}",
            "vmls.f32 s0, s4, s8",
            "vmls.f32 s0, s5, s9",
            "33:",
            "bpl 38f",
            "vldr s4, [r11]",
            "vldr s8, [r12]",
            "vmls.f32 s0, s4, s8",
            "vstr s0, [r8]",
            "subs r5, #1",
            "bne 31b",
            "b 40f",
            "36:",
            "cmp r9, #0",
            "beq 38f",
            "mov r12, r1",
            "37:",
            "ldrh r10, [r12], #2",
            "vldmia r11!, {{s4}}",
            "cmp r10, r4",
            "bhs 90f",
            "add r10, r3, r10, lsl #2",
            "vldr s8, [r10]",
            "subs r9, #1",
            "vmls.f32 s0, s4, s8",
            "bne 37b",
            "38:",
            "vstr s0, [r8]",
            "subs r5, #1",
            "bne 31b",
            // x = y in the order of A.
            "40:",
            "ldr r0, [sp]",
            "ldm r0, {{r1-r2}}",
            "41:",
            "ldrh r6, [r1], #2",
            "ldr r7, [r3], #4",
            "cmp r6, r4",
            "bhs 90f",
            "str r7, [r2, r6, lsl #2]",
            "adds r5, #1",
            "cmp r5, r4",
            "bne 41b",
            "90:",
            "pop {{r0, r4-r11, pc}}",
        )
    }

    /// Whether it was done here, `block` being the factor, the reciprocals and the row.
    pub(in crate::factor::sparse) fn substitute<T: Real, I: Index>(
        symbolic: &Symbolic<'_, I>,
        block: &mut [T],
        x: &mut [T],
    ) -> bool {
        if TypeId::of::<T>() != TypeId::of::<f32>() || TypeId::of::<I>() != TypeId::of::<u16>() {
            return false;
        }
        let (n, entries, fill) = (symbolic.dim(), symbolic.entries(), symbolic.fill());
        if x.len() != n || block.len() < fill + 2 * n || n == 0 {
            return true;
        }
        let order = symbolic.parts_in_a_row().as_ptr().cast::<u16>();
        let starts = order.wrapping_add(3 * n + 1 + 2 * entries);
        let block = block.as_mut_ptr().cast::<f32>();
        let reciprocals = block.wrapping_add(fill + n);
        let arguments = Arguments {
            order,
            x: x.as_mut_ptr().cast(),
            y: reciprocals,
            n,
            ends: starts.wrapping_add(1),
            rows: starts.wrapping_add(n + 1),
            values: block,
            reciprocals,
            fill,
        };
        // SAFETY: T is f32 and I is u16; the parts of a symbolic factorisation have the lengths of its table, and lie in its
        // order, as do those of the block. x has n elements, and there is a start before the first end. The length of each
        // column is held against what is left of rows and values before these are read, and every row, and of a run the last,
        // against n before an element of x or y is touched: no content of the arrays can lead outside them.
        unsafe { solve(&raw const arguments) };
        true
    }
}

#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
mod choice {
    use crate::factor::sparse::symbolic::Symbolic;
    use crate::matrix::Index;
    use crate::real::Real;

    pub(in crate::factor::sparse) fn substitute<T: Real, I: Index>(
        _: &Symbolic<'_, I>,
        _: &mut [T],
        _: &mut [T],
    ) -> bool {
        false
    }
}

pub(super) use choice::substitute;
