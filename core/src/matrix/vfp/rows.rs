//! A forward sweep over sparse rows with 16-bit indices: 7.5 instructions a nonzero, 14 a row, and 1 where it is odd.

use core::any::TypeId;
use core::cell::Cell;

use super::choice::is_single;
use crate::matrix::csr::Index;
use crate::real::Real;

/// Arguments of [`relax`], read in this order.
#[repr(C)]
struct Arguments {
    ends: *const u16,
    columns: *const u16,
    values: *const f32,
    scaling: *const f32,
    b: *const f32,
    own: *mut f32,
    x: *const f32,
    rows: usize,
    start: usize,
    /// Nonzeros from the start of the first row to the end of the matrix.
    left: usize,
    n: usize,
}

#[unsafe(naked)]
unsafe extern "C" fn relax(arguments: *const Arguments) {
    core::arch::naked_asm!(
        ".fpu fpv4-sp-d16",
        "push {{r4-r11, lr}}",
        "mov lr, r0",
        "ldm lr!, {{r0-r6, r8}}",
        "ldm lr, {{r9-r11}}",
        // A row: lr is its end. Its length is checked against what is left of the matrix, where a negative one is huge;
        // r7 counts its pairs.
        "2:",
        "ldrh lr, [r0], #2",
        "sub r7, lr, r9",
        "subs r10, r10, r7",
        "blo 9f",
        "mov r9, lr",
        "vldmia r4!, {{s0}}",
        "lsrs r7, r7, #1",
        "bcc 3f",
        // A single entry first, where the row has an odd number.
        "ldrh r12, [r1], #2",
        "cmp r12, r11",
        "bhs 9f",
        "add r12, r6, r12, lsl #2",
        "vldmia r2!, {{s1}}",
        "vldr s3, [r12]",
        "vmls.f32 s0, s1, s3",
        "3:",
        "cbz r7, 5f",
        "4:",
        "ldrh r12, [r1], #2",
        "ldrh lr, [r1], #2",
        "cmp r12, r11",
        "it lo",
        "cmplo lr, r11",
        "bhs 9f",
        "add r12, r6, r12, lsl #2",
        "add lr, r6, lr, lsl #2",
        "vldmia r2!, {{s1-s2}}",
        "vldr s3, [r12]",
        "vldr s4, [lr]",
        "vmls.f32 s0, s1, s3",
        "subs r7, #1",
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

/// A forward sweep over the rows `own`: `starts` has one element more; `x` is the whole vector, `own` a part of it.
pub(in crate::matrix) fn relax_rows<T: Real, I: Index>(
    [starts, columns]: [&[I]; 2],
    values: &[T],
    [scaling, b]: [&[T]; 2],
    own: &[Cell<T>],
    x: &[Cell<T>],
) -> bool {
    if !is_single::<T>() || TypeId::of::<I>() != TypeId::of::<u16>() {
        return false;
    }
    let rows = own.len();
    let fits = scaling.len() == rows && b.len() == rows && rows.checked_add(1) == Some(starts.len());
    let Some((start, ends)) = starts.split_first() else { return true };
    let (start, nonzeros) = (start.get(), columns.len().min(values.len()));
    let (Some(columns), Some(values)) = (columns.get(start..nonzeros), values.get(start..nonzeros)) else {
        return true;
    };
    if !fits || rows == 0 {
        return true;
    }
    let arguments = Arguments {
        ends: ends.as_ptr().cast(),
        columns: columns.as_ptr().cast(),
        values: values.as_ptr().cast(),
        scaling: scaling.as_ptr().cast(),
        b: b.as_ptr().cast(),
        own: own.as_ptr().cast_mut().cast(),
        x: x.as_ptr().cast(),
        rows,
        start,
        left: columns.len(),
        n: x.len(),
    };
    // SAFETY: T is f32 and I is u16. Row ends, scaling, b and own have `rows` elements. The length of every row is held
    // against what is left of the arrays before its entries are read, every column against n before x is read, so no
    // content of the arrays can lead outside them. `Cell` has the layout of its content and may be written through a
    // shared reference; no other thread can hold it.
    unsafe { relax(&raw const arguments) };
    true
}
