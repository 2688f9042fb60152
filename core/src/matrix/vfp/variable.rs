//! Cells with coefficients of their own, in the plane and without a mask: a forward sweep, and the squares of the
//! residual, at 17 instructions a cell each. Walls are coefficients of 0, so cells are one long row.

use core::cell::Cell;

use super::choice::{beside, is_single};
use crate::matrix::variable_stencil::Cells;
use crate::real::Real;

/// Arguments of [`relax`] and [`add_squares`].
#[repr(C)]
struct Arguments {
    /// 0: what the loop keeps in registers, read in this order.
    b: *const f32,
    centre: *const f32,
    east: *const f32,
    north: *const f32,
    scaling: *const f32,
    /// The coupling to the south, which is the south cell's to the north, and the cell itself.
    south: *const f32,
    x_south: *const f32,
    x_north: *const f32,
    x: *mut f32,
    /// 36: distances of four cells in the lines beside, in bytes.
    south_stride: usize,
    north_stride: usize,
    /// 44: groups of four cells, then single ones; at least one of either.
    fours: usize,
    ones: usize,
    /// 52
    east_of_west: f32,
    west: f32,
    /// 60: for squares; the sum is 64, in and out.
    scale: f32,
    sum: f32,
}

/// p = south coupling times south cell.
macro_rules! times {
    ($product:literal, $a:literal, $b:literal) => {
        concat!("vmul.f32 ", $product, ", ", $a, ", ", $b)
    };
}

/// `$upper` = `$east` `$ahead` + `$upper`.
macro_rules! upper {
    ($upper:literal, $east:literal, $ahead:literal) => {
        concat!("vmul.f32 s31, ", $east, ", ", $ahead, "\n", "vadd.f32 ", $upper, ", s31, ", $upper)
    };
}

/// `$b` = `$old` + `$scaling` (`$b` - (`$east_of_west` `$west` + `$south`) - `$diagonal` - `$upper`).
macro_rules! cell {
    (
        $b:literal, $old:literal, $scaling:literal, $east_of_west:literal, $west:literal, $south:literal,
        $diagonal:literal, $upper:literal
    ) => {
        concat!(
            "vmul.f32 s31, ",
            $east_of_west,
            ", ",
            $west,
            "\n",
            "vadd.f32 s31, s31, ",
            $south,
            "\n",
            "vsub.f32 ",
            $b,
            ", ",
            $b,
            ", s31\n",
            "vsub.f32 ",
            $b,
            ", ",
            $b,
            ", ",
            $diagonal,
            "\n",
            "vsub.f32 ",
            $b,
            ", ",
            $b,
            ", ",
            $upper,
            "\n",
            "vmul.f32 ",
            $b,
            ", ",
            $scaling,
            ", ",
            $b,
            "\n",
            "vadd.f32 ",
            $b,
            ", ",
            $old,
            ", ",
            $b,
        )
    };
}

#[unsafe(naked)]
unsafe extern "C" fn relax(arguments: *const Arguments) {
    core::arch::naked_asm!(
        ".fpu fpv4-sp-d16",
        "push {{r4-r11, lr}}",
        "vpush {{s16-s31}}",
        "mov r12, r0",
        "ldm r12!, {{r1-r9}}",
        "ldm r12!, {{r10, r11, lr}}",
        "vldr s0, [r12, #4]",
        "vldr s1, [r12, #8]",
        // s0 couples west, s1 is west, s2 the old value of the cell, r9 one cell ahead of it.
        "vldmia r9!, {{s2}}",
        "cmp lr, #0",
        "beq 4f",
        "3:",
        "vldmia r6, {{s4-s7}}",
        "vldmia r7, {{s8-s11}}",
        "add r6, r6, r10",
        "add r7, r7, r10",
        times!("s4", "s4", "s8"),
        times!("s5", "s5", "s9"),
        times!("s6", "s6", "s10"),
        times!("s7", "s7", "s11"),
        "vldmia r4!, {{s8-s11}}",
        "vldmia r8, {{s12-s15}}",
        "add r8, r8, r11",
        times!("s8", "s8", "s12"),
        times!("s9", "s9", "s13"),
        times!("s10", "s10", "s14"),
        times!("s11", "s11", "s15"),
        "vldmia r3!, {{s12-s15}}",
        "vldmia r9!, {{s16-s19}}",
        upper!("s8", "s12", "s16"),
        upper!("s9", "s13", "s17"),
        upper!("s10", "s14", "s18"),
        upper!("s11", "s15", "s19"),
        "vldmia r2!, {{s20-s23}}",
        times!("s20", "s20", "s2"),
        times!("s21", "s21", "s16"),
        times!("s22", "s22", "s17"),
        times!("s23", "s23", "s18"),
        "vldmia r1!, {{s24-s27}}",
        // Only four registers are left, so scaling comes in pairs.
        "vldmia r5!, {{s28-s29}}",
        cell!("s24", "s2", "s28", "s0", "s1", "s4", "s20", "s8"),
        cell!("s25", "s16", "s29", "s12", "s24", "s5", "s21", "s9"),
        "vldmia r5!, {{s28-s29}}",
        cell!("s26", "s17", "s28", "s13", "s25", "s6", "s22", "s10"),
        cell!("s27", "s18", "s29", "s14", "s26", "s7", "s23", "s11"),
        "vmov.f32 s0, s15",
        "vmov.f32 s1, s27",
        "vmov.f32 s2, s19",
        "sub r12, r9, #20",
        "subs lr, #1",
        "vstmia r12, {{s24-s27}}",
        "bne 3b",
        "4:",
        "ldr r12, [r0, #48]",
        "cmp r12, #0",
        "beq 9f",
        "5:",
        "vldr s4, [r6]",
        "vldr s8, [r7]",
        "add r6, r6, r10, lsr #2",
        "add r7, r7, r10, lsr #2",
        times!("s4", "s4", "s8"),
        "vldmia r4!, {{s8}}",
        "vldr s12, [r8]",
        "add r8, r8, r11, lsr #2",
        times!("s8", "s8", "s12"),
        "vldmia r3!, {{s12}}",
        "vldmia r9!, {{s16}}",
        upper!("s8", "s12", "s16"),
        "vldmia r2!, {{s20}}",
        times!("s20", "s20", "s2"),
        "vldmia r1!, {{s24}}",
        "vldmia r5!, {{s28}}",
        cell!("s24", "s2", "s28", "s0", "s1", "s4", "s20", "s8"),
        "vmov.f32 s0, s12",
        "vmov.f32 s1, s24",
        "vmov.f32 s2, s16",
        "vstr s24, [r9, #-8]",
        "subs r12, #1",
        "bne 5b",
        "9:",
        "vpop {{s16-s31}}",
        "pop {{r4-r11, pc}}",
    )
}

/// s29 += (s28 (`$b` - (`$east_of_west` `$west` + `$south`) - `$diagonal` - `$upper`))².
macro_rules! square {
    ($b:literal, $east_of_west:literal, $west:literal, $south:literal, $diagonal:literal, $upper:literal) => {
        concat!(
            "vmul.f32 s31, ",
            $east_of_west,
            ", ",
            $west,
            "\n",
            "vadd.f32 s31, s31, ",
            $south,
            "\n",
            "vsub.f32 ",
            $b,
            ", ",
            $b,
            ", s31\n",
            "vsub.f32 ",
            $b,
            ", ",
            $b,
            ", ",
            $diagonal,
            "\n",
            "vsub.f32 ",
            $b,
            ", ",
            $b,
            ", ",
            $upper,
            "\n",
            "vmul.f32 ",
            $b,
            ", s28, ",
            $b,
            "\n",
            "vmul.f32 ",
            $b,
            ", ",
            $b,
            ", ",
            $b,
            "\n",
            "vadd.f32 s29, s29, ",
            $b,
        )
    };
}

#[unsafe(naked)]
unsafe extern "C" fn add_squares(arguments: *mut Arguments) {
    core::arch::naked_asm!(
        ".fpu fpv4-sp-d16",
        "push {{r4-r11, lr}}",
        "vpush {{s16-s31}}",
        "mov r12, r0",
        "ldm r12!, {{r1-r9}}",
        "ldm r12!, {{r10, r11, lr}}",
        "vldr s0, [r12, #4]",
        "vldr s1, [r12, #8]",
        "vldr s28, [r12, #12]",
        "vldr s29, [r12, #16]",
        // s0 couples west, s1 is west, s2 the old value of the cell, r9 one cell ahead of it.
        "vldmia r9!, {{s2}}",
        "cmp lr, #0",
        "beq 4f",
        "3:",
        "vldmia r6, {{s4-s7}}",
        "vldmia r7, {{s8-s11}}",
        "add r6, r6, r10",
        "add r7, r7, r10",
        times!("s4", "s4", "s8"),
        times!("s5", "s5", "s9"),
        times!("s6", "s6", "s10"),
        times!("s7", "s7", "s11"),
        "vldmia r4!, {{s8-s11}}",
        "vldmia r8, {{s12-s15}}",
        "add r8, r8, r11",
        times!("s8", "s8", "s12"),
        times!("s9", "s9", "s13"),
        times!("s10", "s10", "s14"),
        times!("s11", "s11", "s15"),
        "vldmia r3!, {{s12-s15}}",
        "vldmia r9!, {{s16-s19}}",
        upper!("s8", "s12", "s16"),
        upper!("s9", "s13", "s17"),
        upper!("s10", "s14", "s18"),
        upper!("s11", "s15", "s19"),
        "vldmia r2!, {{s20-s23}}",
        times!("s20", "s20", "s2"),
        times!("s21", "s21", "s16"),
        times!("s22", "s22", "s17"),
        times!("s23", "s23", "s18"),
        "vldmia r1!, {{s24-s27}}",
        square!("s24", "s0", "s1", "s4", "s20", "s8"),
        square!("s25", "s12", "s2", "s5", "s21", "s9"),
        square!("s26", "s13", "s16", "s6", "s22", "s10"),
        square!("s27", "s14", "s17", "s7", "s23", "s11"),
        "vmov.f32 s0, s15",
        "vmov.f32 s1, s18",
        "vmov.f32 s2, s19",
        "subs lr, #1",
        "bne 3b",
        "4:",
        "ldr r12, [r0, #48]",
        "cmp r12, #0",
        "beq 9f",
        "5:",
        "vldr s4, [r6]",
        "vldr s8, [r7]",
        "add r6, r6, r10, lsr #2",
        "add r7, r7, r10, lsr #2",
        times!("s4", "s4", "s8"),
        "vldmia r4!, {{s8}}",
        "vldr s12, [r8]",
        "add r8, r8, r11, lsr #2",
        times!("s8", "s8", "s12"),
        "vldmia r3!, {{s12}}",
        "vldmia r9!, {{s16}}",
        upper!("s8", "s12", "s16"),
        "vldmia r2!, {{s20}}",
        times!("s20", "s20", "s2"),
        "vldmia r1!, {{s24}}",
        square!("s24", "s0", "s1", "s4", "s20", "s8"),
        "vmov.f32 s0, s12",
        "vmov.f32 s1, s2",
        "vmov.f32 s2, s16",
        "subs r12, #1",
        "bne 5b",
        "9:",
        "vstr s29, [r0, #64]",
        "vpop {{s16-s31}}",
        "pop {{r4-r11, pc}}",
    )
}

/// The arguments, and whether there is anything to do.
fn arguments<T: Real, E>(cells: &Cells<'_, T, E>, scale: T, sum: T) -> Option<Arguments> {
    let count = cells.count()?;
    let ((south, south_stride), (x_south, _)) = (beside(cells.south, 0), beside(cells.x_south, 0));
    let (x_north, north_stride) = beside(cells.x_north, 0);
    Some(Arguments {
        b: cells.b.as_ptr().cast(),
        centre: cells.centre.as_ptr().cast(),
        east: cells.east.as_ptr().cast(),
        north: cells.north.as_ptr().cast(),
        scaling: cells.scaling.as_ptr().cast(),
        south,
        x_south,
        x_north,
        x: cells.x.as_ptr().cast_mut().cast(),
        south_stride,
        north_stride,
        fours: count / 4,
        ones: count % 4,
        east_of_west: cells.east_of_west.to_f32(),
        west: cells.west.to_f32(),
        scale: scale.to_f32(),
        sum: sum.to_f32(),
    })
}

/// A forward sweep over some cells, of which the last has a cell to its east.
#[inline]
pub(in crate::matrix) fn relax_cells<T: Real>(cells: &Cells<'_, T, Cell<T>>) -> bool {
    if !is_single::<T>() {
        return false;
    }
    let Some(arguments) = arguments(cells, T::ONE, T::ZERO) else { return true };
    // SAFETY: T is f32. All slices hold as many elements as there are cells, x one more, and no more is read; zeros are
    // read four at a time and not left. `Cell` has the layout of its content and may be written through a shared
    // reference; no other thread can hold it.
    unsafe { relax(&raw const arguments) };
    true
}

/// Adds the squares of `scale` (b - A x) over some cells, of which the last has a cell to its east, to `sum`.
#[inline]
pub(in crate::matrix) fn squares_of_cells<T: Real>(cells: &Cells<'_, T, T>, scale: T, sum: &mut T) -> bool {
    if !is_single::<T>() {
        return false;
    }
    let Some(mut arguments) = arguments(cells, scale, *sum) else { return true };
    // SAFETY: T is f32. All slices hold as many elements as there are cells, x one more, and no more is read; zeros are
    // read four at a time and not left.
    unsafe { add_squares(&raw mut arguments) };
    *sum = T::from_f32(arguments.sum);
    true
}
