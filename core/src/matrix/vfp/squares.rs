//! Squares of the residual over lines of the plane: 13.5 instructions a cell, four cells a turn.

use core::ops::Range;

use super::choice::{Grid, is_single};
use crate::matrix::plane::kernels::Entries;
use crate::real::Real;

/// Arguments of [`add_squares`], read in this order.
#[repr(C)]
struct Arguments {
    b: *const f32,
    x: *const f32,
    grid: Grid,
    centre: f32,
    along: f32,
    across: f32,
    scale: f32,
    /// 48: in and out.
    sum: f32,
}

/// s4 += (scale (`$b` - centre `$x` - along (`$west` + `$east`) - across (`$south` + `$north`)))².
macro_rules! cell {
    ($b:literal, $x:literal, $south:literal, $north:literal, $west:literal, $east:literal) => {
        concat!(
            "vmul.f32 s24, s0, ",
            $x,
            "\n",
            "vadd.f32 s25, ",
            $west,
            ", ",
            $east,
            "\n",
            "vadd.f32 ",
            $south,
            ", ",
            $south,
            ", ",
            $north,
            "\n",
            "vmul.f32 s25, s1, s25\n",
            "vmul.f32 ",
            $south,
            ", s2, ",
            $south,
            "\n",
            "vadd.f32 s24, s24, s25\n",
            "vadd.f32 s24, s24, ",
            $south,
            "\n",
            "vsub.f32 s24, ",
            $b,
            ", s24\n",
            "vmul.f32 s24, s3, s24\n",
            "vmul.f32 s24, s24, s24\n",
            "vadd.f32 s4, s4, s24",
        )
    };
}

#[unsafe(naked)]
unsafe extern "C" fn add_squares(arguments: *mut Arguments) {
    core::arch::naked_asm!(
        ".fpu fpv4-sp-d16",
        "push {{r0, r4-r11, lr}}",
        "vpush {{s16-s25}}",
        "mov lr, r0",
        "ldm lr!, {{r1, r4-r7}}",
        "ldm lr!, {{r0, r8, r12}}",
        "vldm lr, {{s0-s4}}",
        "vldr s5, 9f",
        // A line: s6 is west, s7 the cell, r4 one cell ahead; beside it are zeros at the edge.
        "2:",
        "sub r2, r4, r12",
        "add r3, r4, r12",
        "vldmia r4!, {{s7}}",
        "vmov.f32 s6, s5",
        "mov r10, #16",
        "mov r11, #16",
        "cmp r5, r0",
        "itt eq",
        "adreq r2, 9f",
        "moveq r10, #0",
        "cmp r5, r8",
        "itt eq",
        "adreq r3, 9f",
        "moveq r11, #0",
        "movs r9, r6",
        "beq 4f",
        "3:",
        "vldmia r1!, {{s8-s11}}",
        "vldmia r2, {{s12-s15}}",
        "vldmia r3, {{s16-s19}}",
        "vldmia r4!, {{s20-s23}}",
        "add r2, r2, r10",
        "add r3, r3, r11",
        cell!("s8", "s7", "s12", "s16", "s6", "s20"),
        cell!("s9", "s20", "s13", "s17", "s7", "s21"),
        cell!("s10", "s21", "s14", "s18", "s20", "s22"),
        cell!("s11", "s22", "s15", "s19", "s21", "s23"),
        "subs r9, #1",
        "vmov.f32 s6, s22",
        "vmov.f32 s7, s23",
        "bne 3b",
        "4:",
        "mov r9, r7",
        "5:",
        "vldmia r1!, {{s8}}",
        "vldr s12, [r2]",
        "vldr s16, [r3]",
        "add r2, r2, r10, lsr #2",
        "add r3, r3, r11, lsr #2",
        // East of the last cell is the edge, and nothing to be read.
        "subs r9, #1",
        "ite eq",
        "vmoveq.f32 s20, s5",
        "vldmiane r4!, {{s20}}",
        cell!("s8", "s7", "s12", "s16", "s6", "s20"),
        "vmov.f32 s6, s7",
        "vmov.f32 s7, s20",
        "bne 5b",
        "subs r5, #1",
        "bne 2b",
        "vpop {{s16-s25}}",
        "pop {{r0, r4-r11, lr}}",
        "vstr s4, [r0, #48]",
        "bx lr",
        ".p2align 2",
        "9: .word 0, 0, 0, 0",
    )
}

/// Adds the squares of `scale` (b - A x) over some lines of the grid to `sum`, in ascending order.
#[inline]
pub(in crate::matrix) fn squares_of_lines<T: Real>(
    entries: Entries<T>,
    scale: T,
    shape: [usize; 2],
    lines: &Range<usize>,
    b: &[T],
    x: &[T],
    sum: &mut T,
) -> bool {
    if !is_single::<T>() {
        return false;
    }
    let mut arguments = Arguments {
        b: b.as_ptr().cast(),
        x: x.as_ptr().cast(),
        grid: Grid::NONE,
        centre: entries.centre.to_f32(),
        along: entries.along.to_f32(),
        across: entries.across.to_f32(),
        scale: scale.to_f32(),
        sum: sum.to_f32(),
    };
    let Some(from) = arguments.grid.set(shape, lines, b.len().min(x.len())) else { return true };
    arguments.b = arguments.b.wrapping_add(from);
    arguments.x = arguments.x.wrapping_add(from);
    // SAFETY: T is f32. b and x hold the lines of the grid and their neighbours, and no more is read: zeros where there is
    // no line beside.
    unsafe { add_squares(&raw mut arguments) };
    *sum = T::from_f32(arguments.sum);
    true
}
