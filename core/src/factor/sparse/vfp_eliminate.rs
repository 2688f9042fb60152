//! The numeric factorisation in assembly, for cores with a single-precision FPU and 16-bit indices.
//!
//! An element of L takes 10 instructions for each that it changes. The order of all operations is that of the portable form, and
//! VMLS rounds twice, so the bits are the same.

#![allow(unsafe_code, reason = "a naked function and the pointers it takes")]

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod choice {
    use core::any::TypeId;

    use crate::factor::sparse::symbolic::Symbolic;
    use crate::matrix::Index;
    use crate::real::Real;

    /// Arguments of [`eliminate`], in the order in which it reads them, and what it keeps between two rows.
    #[repr(C)]
    struct Arguments {
        y: *mut f32,
        n: usize,
        /// Ends of the rows of A, which go ahead with the rows; its columns and sources too.
        ends: *const u16,
        columns: *const u16,
        sources: *const u16,
        values: *const f32,
        values_len: usize,
        /// Columns of L by rows, likewise.
        own_columns: *const u16,
        places: *const u16,
        starts: *const u16,
        rows: *const u16,
        factor: *mut f32,
        fill: usize,
        reciprocals: *mut f32,
        own_ends: *const u16,
        /// Where the row begins in both lists, and what is left of these.
        start: usize,
        left: usize,
        own_start: usize,
        own_left: usize,
        positive: usize,
        k: usize,
    }

    /// Eliminates row by row; `positive` and `k` tell how far it came.
    #[unsafe(naked)]
    unsafe extern "C" fn eliminate(arguments: *mut Arguments) {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "push {{r0, r4-r11, lr}}",
            "mov r3, r0",
            "ldm r3, {{r1-r2}}",
            "movs r0, #0",
            "vmov s0, r0",
            "vmov.f32 s1, #1.0",
            "mov r4, r1",
            "mov r5, r2",
            "2:",
            "vstmia r4!, {{s0}}",
            "subs r5, #1",
            "bne 2b",
            // A row: its entries in A, added up in y.
            "10:",
            "ldr r4, [r3, #8]",
            "ldrh r0, [r4], #2",
            "str r4, [r3, #8]",
            "ldr r4, [r3, #60]",
            "str r0, [r3, #60]",
            "subs r6, r0, r4",
            "ldr r0, [r3, #64]",
            "subs r0, r0, r6",
            "blo 90f",
            "str r0, [r3, #64]",
            "add.w r0, r3, #12",
            "ldm r0, {{r4, r5, r7, r8}}",
            "cbz r6, 12f",
            "11:",
            "ldrh r9, [r4], #2",
            "ldrh r10, [r5], #2",
            "cmp r9, r2",
            "bhs 90f",
            "cmp r10, r8",
            "bhs 90f",
            "add.w r9, r1, r9, lsl #2",
            "add.w r10, r7, r10, lsl #2",
            "vldr s2, [r9]",
            "vldr s3, [r10]",
            "vadd.f32 s2, s2, s3",
            "vstr s2, [r9]",
            "subs r6, #1",
            "bne 11b",
            "12:",
            "strd r4, r5, [r3, #12]",
            // The pivot to be, s4.
            "ldr r0, [r3, #80]",
            "add.w r9, r1, r0, lsl #2",
            "vldr s4, [r9]",
            "vstr s0, [r9]",
            "ldr r4, [r3, #56]",
            "ldrh r0, [r4], #2",
            "str r4, [r3, #56]",
            "ldr r4, [r3, #68]",
            "str r0, [r3, #68]",
            "subs r6, r0, r4",
            "ldr r0, [r3, #72]",
            "subs r0, r0, r6",
            "blo 90f",
            "str r0, [r3, #72]",
            "add.w r0, r3, #28",
            "ldm r0, {{r4, r5, r7, r8, r9, r10, r11}}",
            "cmp r6, #0",
            "beq 16f",
            // Its elements of L: column, place, value; then that column down to this row, which changes y.
            "13:",
            "ldrh r0, [r4], #2",
            "ldrh r12, [r5], #2",
            "cmp r0, r2",
            "bhs 90f",
            "cmp r12, r10",
            "bhs 90f",
            "add.w lr, r1, r0, lsl #2",
            "vldr s5, [lr]",
            "vstr s0, [lr]",
            "add.w lr, r11, r0, lsl #2",
            "vldr s6, [lr]",
            "ldrh.w r0, [r7, r0, lsl #1]",
            "add.w lr, r9, r0, lsl #2",
            "subs.w r12, r12, r0",
            "blo 90f",
            "add.w r0, r8, r0, lsl #1",
            "beq 15f",
            "14:",
            "ldrh r3, [r0], #2",
            "vldmia lr!, {{s7}}",
            "cmp r3, r2",
            "bhs 90f",
            "add.w r3, r1, r3, lsl #2",
            "vldr s8, [r3]",
            "subs.w r12, r12, #1",
            "vmls.f32 s8, s7, s5",
            "vstr s8, [r3]",
            "bne 14b",
            "15:",
            "vmul.f32 s6, s5, s6",
            "vstr s6, [lr]",
            "vmls.f32 s4, s5, s6",
            "subs r6, #1",
            "bne 13b",
            "16:",
            "ldr r3, [sp]",
            "strd r4, r5, [r3, #28]",
            // Neither 0 nor without bound, and its reciprocal too.
            "vdiv.f32 s2, s1, s4",
            "vmov r4, s2",
            "vmov r5, s4",
            "lsls r4, r4, #1",
            "beq 90f",
            "cmp.w r4, #0xff000000",
            "bhs 90f",
            "lsls r4, r5, #1",
            "beq 90f",
            "cmp.w r4, #0xff000000",
            "bhs 90f",
            "ldrd r4, r0, [r3, #76]",
            "add.w r12, r11, r0, lsl #2",
            "vstr s2, [r12]",
            "cmp r5, #0",
            "it gt",
            "addgt r4, r4, #1",
            "adds r0, #1",
            "strd r4, r0, [r3, #76]",
            "cmp r0, r2",
            "bne 10b",
            "90:",
            "pop {{r0, r4-r11, pc}}",
        )
    }

    /// The outcome if it was done here, `block` being the factor, the reciprocals and the row.
    pub(in crate::factor::sparse) fn factored<T: Real, I: Index>(
        symbolic: &Symbolic<'_, I>,
        values: &[T],
        block: &mut [T],
    ) -> Option<Result<usize, usize>> {
        if TypeId::of::<T>() != TypeId::of::<f32>() || TypeId::of::<I>() != TypeId::of::<u16>() {
            return None;
        }
        let (n, entries, fill) = (symbolic.dim(), symbolic.entries(), symbolic.fill());
        let parts = symbolic.parts_in_a_row();
        let row_starts = parts.as_ptr().cast::<u16>().wrapping_add(2 * n);
        let columns = row_starts.wrapping_add(n + 1);
        let starts = columns.wrapping_add(2 * entries);
        let rows = starts.wrapping_add(n + 1);
        let own_starts = rows.wrapping_add(fill);
        let own_columns = own_starts.wrapping_add(n + 1);
        let whole = block.len() >= fill + 2 * n && n > 0;
        let factor = block.as_mut_ptr().cast::<f32>();
        let reciprocals = factor.wrapping_add(fill);
        let mut arguments = Arguments {
            y: reciprocals.wrapping_add(n),
            n,
            ends: row_starts.wrapping_add(1),
            columns,
            sources: columns.wrapping_add(entries),
            values: values.as_ptr().cast(),
            values_len: values.len(),
            own_columns,
            places: own_columns.wrapping_add(fill),
            starts,
            rows,
            factor,
            fill,
            reciprocals,
            own_ends: own_starts.wrapping_add(1),
            start: 0,
            left: entries,
            own_start: 0,
            own_left: fill,
            positive: 0,
            k: 0,
        };
        if whole {
            // SAFETY: T is f32 and I is u16; the parts of a symbolic factorisation have the lengths of its table, and lie in
            // its order, as do those of the block. The entries of each row are held against what is left of columns, sources
            // and places before these are read; every column, row and source against its limit before y, a value or a
            // reciprocal is touched; every place against the fill, and the start of its column against the place, before rows
            // and elements between them are: no content of the arrays can lead outside them.
            unsafe { eliminate(&raw mut arguments) };
        }
        // The order is the first of the parts.
        let failed = parts.get(arguments.k).filter(|_| arguments.k < n);
        Some(failed.map_or(Ok(arguments.positive), |row| Err(row.get())))
    }
}

#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
mod choice {
    use crate::factor::sparse::symbolic::Symbolic;
    use crate::matrix::Index;
    use crate::real::Real;

    pub(in crate::factor::sparse) fn factored<T: Real, I: Index>(
        _: &Symbolic<'_, I>,
        _: &[T],
        _: &mut [T],
    ) -> Option<Result<usize, usize>> {
        None
    }
}

pub(super) use choice::factored;
