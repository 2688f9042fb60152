//! The two hottest sweeps in assembly, for cores with a single-precision FPU.
//!
//! The compiler loads one word an instruction; a multiple load brings four, which is most of the gain. Multiplications and
//! additions stay apart where the Cortex-M4 is faster so (VMUL and VADD take 1 cycle each, VMLA 3); VMLA and VMLS round
//! twice, so the bits are those of the portable kernels beside which these stand. `asm!` refuses VFP registers on stable
//! Rust, hence naked functions. On every other core, and for `f64` or 32-bit indices, the functions answer `false` and
//! have done nothing.

#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod arm {
    use core::any::TypeId;
    use core::cell::Cell;

    use crate::matrix::csr::Index;
    use crate::matrix::stencil::kernels::Entries;
    use crate::real::Real;

    /// Arguments of [`relax_lines`], read in this order.
    #[repr(C)]
    struct Lines {
        b: *const f32,
        south: *const f32,
        north: *const f32,
        x: *mut f32,
        lines: usize,
        /// Groups of four cells a line, then single ones; at least one of these.
        fours: usize,
        ones: usize,
        keep: f32,
        rhs: f32,
        across: f32,
        along: f32,
    }

    #[unsafe(naked)]
    unsafe extern "C" fn relax_lines(lines: *const Lines) {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "push {{r4-r9, lr}}",
            "vpush {{s16-s27}}",
            "ldm r0!, {{r1-r7}}",
            "vldm r0, {{s0-s3}}",
            "mov r0, #0",
            "vmov s5, r0",
            "add r8, r4, #4",
            // A line: s27 is west, s4 the old value of the cell, r8 one cell ahead of r4.
            "2:",
            "vldr s4, [r4]",
            "vmov.f32 s27, s5",
            "movs r9, r6",
            "beq 4f",
            "3:",
            "vldmia r1!, {{s8-s11}}",
            "vldmia r2!, {{s12-s15}}",
            "vldmia r3!, {{s16-s19}}",
            "vldmia r8!, {{s20-s23}}",
            "vmul.f32 s24, s0, s4",
            "vmul.f32 s8, s1, s8",
            "vadd.f32 s12, s12, s16",
            "vadd.f32 s6, s20, s27",
            "vadd.f32 s24, s24, s8",
            "vmul.f32 s12, s2, s12",
            "vmul.f32 s6, s3, s6",
            "vadd.f32 s24, s24, s12",
            "vmul.f32 s25, s0, s20",
            "vadd.f32 s24, s24, s6",
            "vmul.f32 s9, s1, s9",
            "vadd.f32 s13, s13, s17",
            "vadd.f32 s6, s21, s24",
            "vadd.f32 s25, s25, s9",
            "vmul.f32 s13, s2, s13",
            "vmul.f32 s6, s3, s6",
            "vadd.f32 s25, s25, s13",
            "vmul.f32 s26, s0, s21",
            "vadd.f32 s25, s25, s6",
            "vmul.f32 s10, s1, s10",
            "vadd.f32 s14, s14, s18",
            "vadd.f32 s6, s22, s25",
            "vadd.f32 s26, s26, s10",
            "vmul.f32 s14, s2, s14",
            "vmul.f32 s6, s3, s6",
            "vadd.f32 s26, s26, s14",
            "vmul.f32 s27, s0, s22",
            "vadd.f32 s26, s26, s6",
            "vmul.f32 s11, s1, s11",
            "vadd.f32 s15, s15, s19",
            "vadd.f32 s6, s23, s26",
            "vadd.f32 s27, s27, s11",
            "vmul.f32 s15, s2, s15",
            "vmul.f32 s6, s3, s6",
            "vadd.f32 s27, s27, s15",
            "vmov.f32 s4, s23",
            "vadd.f32 s27, s27, s6",
            "subs r9, #1",
            "vstmia r4!, {{s24-s27}}",
            "bne 3b",
            "4:",
            "mov r9, r7",
            "5:",
            "vldmia r1!, {{s8}}",
            "vldmia r2!, {{s12}}",
            "vldmia r3!, {{s16}}",
            "vldmia r8!, {{s20}}",
            "subs r9, #1",
            "it eq",
            "vmoveq.f32 s20, s5",
            "vmul.f32 s24, s0, s4",
            "vmul.f32 s8, s1, s8",
            "vadd.f32 s12, s12, s16",
            "vadd.f32 s6, s20, s27",
            "vadd.f32 s24, s24, s8",
            "vmul.f32 s12, s2, s12",
            "vmul.f32 s6, s3, s6",
            "vadd.f32 s24, s24, s12",
            "vmov.f32 s4, s20",
            "vadd.f32 s27, s24, s6",
            "vstmia r4!, {{s27}}",
            "bne 5b",
            "subs r5, #1",
            "bne 2b",
            "vpop {{s16-s27}}",
            "pop {{r4-r9, pc}}",
        )
    }

    /// See [`super::relax_lines`].
    pub(in crate::matrix) fn safe_relax_lines<T: Real>(
        weights: Entries<T>,
        rhs: T,
        nx: usize,
        b: &[T],
        cells: &[Cell<T>],
    ) -> bool {
        let lines = b.len() / nx.max(1);
        let covered = lines.checked_mul(nx) == Some(b.len()) && b.len().checked_add(2 * nx) == Some(cells.len());
        if TypeId::of::<T>() != TypeId::of::<f32>() || lines == 0 || !covered {
            return false;
        }
        let (south, b) = (cells.as_ptr().cast::<f32>(), b.as_ptr().cast::<f32>());
        let fours = (nx - 1) / 4;
        let [keep, rhs, across, along] = [weights.centre, rhs, weights.across, weights.along].map(Real::to_f32);
        let arguments = Lines {
            b,
            south,
            north: south.wrapping_add(2 * nx),
            x: south.wrapping_add(nx).cast_mut(),
            lines,
            fours,
            ones: nx - 4 * fours,
            keep,
            rhs,
            across,
            along,
        };
        // SAFETY: T is f32. b holds `lines` lines of nx cells, and `cells` one line more on either side, so that south,
        // x and north read and write inside it; east of the last cell is the first of the line above. `Cell` has the
        // layout of its content and may be written through a shared reference; no other thread can hold it.
        unsafe { relax_lines(&raw const arguments) };
        true
    }

    /// Arguments of [`relax_rows`], read in this order.
    #[repr(C)]
    struct Rows {
        ends: *const u16,
        columns: *const u16,
        values: *const f32,
        scaling: *const f32,
        b: *const f32,
        own: *mut f32,
        x: *const f32,
        n: usize,
        rows: usize,
        start: usize,
        nonzeros: usize,
    }

    #[unsafe(naked)]
    unsafe extern "C" fn relax_rows(rows: *const Rows) {
        core::arch::naked_asm!(
            ".fpu fpv4-sp-d16",
            "push {{r4-r11, lr}}",
            "mov lr, r0",
            "ldm lr!, {{r0-r8}}",
            "ldm lr, {{r9, r10}}",
            // A row: lr is its end, checked against the arrays; r11 counts its pairs.
            "2:",
            "ldrh lr, [r0], #2",
            "cmp lr, r10",
            "bhi 9f",
            "subs r11, lr, r9",
            "blo 9f",
            "mov r9, lr",
            "vldmia r4!, {{s0}}",
            "lsrs r11, r11, #1",
            "bcc 3f",
            // A single entry first, where the row has an odd number.
            "ldrh r12, [r1], #2",
            "cmp r12, r7",
            "bhs 9f",
            "add r12, r6, r12, lsl #2",
            "vldmia r2!, {{s1}}",
            "vldr s3, [r12]",
            "vmls.f32 s0, s1, s3",
            "cmp r11, #0",
            "3:",
            "beq 5f",
            "4:",
            "ldrh r12, [r1], #2",
            "ldrh lr, [r1], #2",
            "cmp r12, r7",
            "it lo",
            "cmplo lr, r7",
            "bhs 9f",
            "add r12, r6, r12, lsl #2",
            "add lr, r6, lr, lsl #2",
            "vldmia r2!, {{s1-s2}}",
            "vldr s3, [r12]",
            "vldr s4, [lr]",
            "vmls.f32 s0, s1, s3",
            "subs r11, #1",
            "vmls.f32 s0, s2, s4",
            "bne 4b",
            "5:",
            "vldmia r3!, {{s1}}",
            "vldr s2, [r5]",
            "subs r8, #1",
            "vmla.f32 s2, s0, s1",
            "vstmia r5!, {{s2}}",
            "bne 2b",
            "9:",
            "pop {{r4-r11, pc}}",
        )
    }

    /// See [`super::relax_rows`].
    pub(in crate::matrix) fn safe_relax_rows<T: Real, I: Index>(
        [starts, columns]: [&[I]; 2],
        values: &[T],
        [scaling, b]: [&[T]; 2],
        own: &[Cell<T>],
        x: &[Cell<T>],
    ) -> bool {
        let is_single = TypeId::of::<T>() == TypeId::of::<f32>() && TypeId::of::<I>() == TypeId::of::<u16>();
        let rows = own.len();
        let fits = scaling.len() == rows && b.len() == rows && rows.checked_add(1) == Some(starts.len());
        let Some((start, ends)) = starts.split_first() else { return false };
        let (start, nonzeros) = (start.get(), columns.len().min(values.len()));
        let (Some(columns), Some(values)) = (columns.get(start..nonzeros), values.get(start..nonzeros)) else {
            return false;
        };
        if !is_single || !fits || rows == 0 {
            return false;
        }
        let arguments = Rows {
            ends: ends.as_ptr().cast(),
            columns: columns.as_ptr().cast(),
            values: values.as_ptr().cast(),
            scaling: scaling.as_ptr().cast(),
            b: b.as_ptr().cast(),
            own: own.as_ptr().cast_mut().cast(),
            x: x.as_ptr().cast(),
            n: x.len(),
            rows,
            start,
            nonzeros,
        };
        // SAFETY: T is f32 and I is u16. Row ends, scaling, b and own have `rows` elements. Every row end is compared
        // with the previous one and with `nonzeros` before its entries are read, every column with n before x is read,
        // so no content of the arrays can lead outside them. `Cell` has the layout of its content and may be written
        // through a shared reference; no other thread can hold it.
        unsafe { relax_rows(&raw const arguments) };
        true
    }
}

#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
mod portable {
    use core::cell::Cell;

    use crate::matrix::csr::Index;
    use crate::matrix::stencil::kernels::Entries;
    use crate::real::Real;

    pub(in crate::matrix) fn safe_relax_lines<T: Real>(_: Entries<T>, _: T, _: usize, _: &[T], _: &[Cell<T>]) -> bool {
        false
    }

    pub(in crate::matrix) fn safe_relax_rows<T: Real, I: Index>(
        _: [&[I]; 2],
        _: &[T],
        _: [&[T]; 2],
        _: &[Cell<T>],
        _: &[Cell<T>],
    ) -> bool {
        false
    }
}

/// A forward sweep over whole lines of nx cells: `cells` holds them and one line more on either side, `b` theirs alone.
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
pub(super) use arm::safe_relax_lines as relax_lines;
/// A forward sweep over the rows `own`: `starts` has one element more; `x` is the whole vector, `own` a part of it.
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
pub(super) use arm::safe_relax_rows as relax_rows;
#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
pub(super) use portable::{safe_relax_lines as relax_lines, safe_relax_rows as relax_rows};
