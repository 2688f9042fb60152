//! Sweeps over whole lines of the plane, forward and backward: 11.5 instructions a cell, four cells a turn.

use core::cell::Cell;
use core::ops::Range;

use super::choice::{Grid, is_single};
use crate::matrix::plane::kernels::Entries;
use crate::operator::Order;
use crate::real::Real;

/// Arguments of [`relax`] and [`relax_backward`], read in this order.
#[repr(C)]
struct Arguments {
    b: *const f32,
    x: *mut f32,
    grid: Grid,
    keep: f32,
    rhs: f32,
    across: f32,
    along: f32,
}

/// A cell of four: `$new` = keep `$old` + rhs `$b` + across (`$south` + `$north`) + along (`$east` + `$west`).
macro_rules! cell {
    ($new:literal, $old:literal, $b:literal, $south:literal, $north:literal, $east:literal, $west:literal) => {
        concat!(
            "vmul.f32 ",
            $new,
            ", s0, ",
            $old,
            "\n",
            "vmul.f32 ",
            $b,
            ", s1, ",
            $b,
            "\n",
            "vadd.f32 ",
            $south,
            ", ",
            $south,
            ", ",
            $north,
            "\n",
            "vadd.f32 s6, ",
            $east,
            ", ",
            $west,
            "\n",
            "vadd.f32 ",
            $new,
            ", ",
            $new,
            ", ",
            $b,
            "\n",
            "vmul.f32 ",
            $south,
            ", s2, ",
            $south,
            "\n",
            "vmul.f32 s6, s3, s6\n",
            "vadd.f32 ",
            $new,
            ", ",
            $new,
            ", ",
            $south,
            "\n",
            "vadd.f32 ",
            $new,
            ", ",
            $new,
            ", s6",
        )
    };
}

#[unsafe(naked)]
unsafe extern "C" fn relax(arguments: *const Arguments) {
    core::arch::naked_asm!(
        ".fpu fpv4-sp-d16",
        "push {{r4-r11, lr}}",
        "vpush {{s16-s27}}",
        "mov lr, r0",
        "ldm lr!, {{r1, r4-r7}}",
        "ldm lr!, {{r0, r8, r12}}",
        "vldm lr, {{s0-s3}}",
        "mov lr, r8",
        "vldr s5, 9f",
        // A line: s27 is west, s4 the old value of the cell, r8 one cell ahead of r4; beside it are zeros at the edge.
        "2:",
        "add r8, r4, #4",
        "vldr s4, [r4]",
        "vmov.f32 s27, s5",
        "sub r2, r4, r12",
        "add r3, r4, r12",
        "mov r10, #16",
        "mov r11, #16",
        "cmp r5, r0",
        "itt eq",
        "adreq r2, 9f",
        "moveq r10, #0",
        "cmp r5, lr",
        "itt eq",
        "adreq r3, 9f",
        "moveq r11, #0",
        "movs r9, r6",
        "beq 4f",
        "3:",
        "vldmia r1!, {{s8-s11}}",
        "vldmia r2, {{s12-s15}}",
        "vldmia r3, {{s16-s19}}",
        "add r2, r2, r10",
        "add r3, r3, r11",
        "vldmia r8!, {{s20-s23}}",
        cell!("s24", "s4", "s8", "s12", "s16", "s20", "s27"),
        cell!("s25", "s20", "s9", "s13", "s17", "s21", "s24"),
        cell!("s26", "s21", "s10", "s14", "s18", "s22", "s25"),
        cell!("s27", "s22", "s11", "s15", "s19", "s23", "s26"),
        "vmov.f32 s4, s23",
        "subs r9, #1",
        "vstmia r4!, {{s24-s27}}",
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
        "vldmiane r8!, {{s20}}",
        cell!("s24", "s4", "s8", "s12", "s16", "s20", "s27"),
        "vmov.f32 s4, s20",
        "vmov.f32 s27, s24",
        "vstmia r4!, {{s24}}",
        "bne 5b",
        "subs r5, #1",
        "bne 2b",
        "vpop {{s16-s27}}",
        "pop {{r4-r11, pc}}",
        ".p2align 2",
        "9: .word 0, 0, 0, 0",
    )
}

/// The same from the end: `b` and `x` end where the first cell to be visited ends, and what is south for a forward sweep is
/// north.
#[unsafe(naked)]
unsafe extern "C" fn relax_backward(arguments: *const Arguments) {
    core::arch::naked_asm!(
        ".fpu fpv4-sp-d16",
        "push {{r4-r11, lr}}",
        "vpush {{s16-s27}}",
        "mov lr, r0",
        "ldm lr!, {{r1, r4-r7}}",
        "ldm lr!, {{r0, r8, r12}}",
        "vldm lr, {{s0-s3}}",
        "mov lr, r8",
        "vldr s5, 9f",
        // A line: s24 is east, s4 the old value of the cell, r8 one cell ahead of r4; beside it are zeros at the edge.
        "2:",
        "sub r8, r4, #4",
        "vldr s4, [r8]",
        "vmov.f32 s24, s5",
        "add r2, r4, r12",
        "sub r3, r4, r12",
        "mov r10, #16",
        "mov r11, #16",
        "cmp r5, r0",
        "itt eq",
        "adreq r2, 9f",
        "moveq r10, #0",
        "cmp r5, lr",
        "itt eq",
        "adreq r3, 9f",
        "moveq r11, #0",
        "movs r9, r6",
        "beq 4f",
        "3:",
        "sub r2, r2, r10",
        "sub r3, r3, r11",
        "vldmdb r1!, {{s8-s11}}",
        "vldmia r2, {{s12-s15}}",
        "vldmia r3, {{s16-s19}}",
        "vldmdb r8!, {{s20-s23}}",
        cell!("s27", "s4", "s11", "s15", "s19", "s23", "s24"),
        cell!("s26", "s23", "s10", "s14", "s18", "s22", "s27"),
        cell!("s25", "s22", "s9", "s13", "s17", "s21", "s26"),
        cell!("s24", "s21", "s8", "s12", "s16", "s20", "s25"),
        "vmov.f32 s4, s20",
        "subs r9, #1",
        "vstmdb r4!, {{s24-s27}}",
        "bne 3b",
        "4:",
        "mov r9, r7",
        "5:",
        "sub r2, r2, r10, lsr #2",
        "sub r3, r3, r11, lsr #2",
        "vldmdb r1!, {{s8}}",
        "vldr s12, [r2]",
        "vldr s16, [r3]",
        // West of the first cell is the edge, and nothing to be read.
        "subs r9, #1",
        "ite eq",
        "vmoveq.f32 s20, s5",
        "vldmdbne r8!, {{s20}}",
        cell!("s27", "s4", "s8", "s12", "s16", "s20", "s24"),
        "vmov.f32 s4, s20",
        "vmov.f32 s24, s27",
        "vstmdb r4!, {{s27}}",
        "bne 5b",
        "subs r5, #1",
        "bne 2b",
        "vpop {{s16-s27}}",
        "pop {{r4-r11, pc}}",
        ".p2align 2",
        "9: .word 0, 0, 0, 0",
    )
}

/// A sweep over some lines of the grid.
#[inline]
pub(in crate::matrix) fn relax_lines<T: Real>(
    order: Order,
    weights: Entries<T>,
    rhs: T,
    shape: [usize; 2],
    lines: &Range<usize>,
    b: &[T],
    x: &[Cell<T>],
) -> bool {
    if !is_single::<T>() {
        return false;
    }
    let mut arguments = Arguments {
        b: b.as_ptr().cast(),
        x: x.as_ptr().cast_mut().cast(),
        grid: Grid::NONE,
        keep: weights.centre.to_f32(),
        rhs: rhs.to_f32(),
        across: weights.across.to_f32(),
        along: weights.along.to_f32(),
    };
    let [nx, ny] = shape;
    // Backward, lines are counted from the other end; those of no grid wrap around, and `set` refuses them.
    let counted = match order {
        Order::Forward => lines.clone(),
        Order::Backward => ny.wrapping_sub(lines.end)..ny.wrapping_sub(lines.start),
    };
    let Some(from) = arguments.grid.set(shape, &counted, b.len().min(x.len())) else { return true };
    let from = if order == Order::Forward { from } else { nx * ny - from };
    arguments.b = arguments.b.wrapping_add(from);
    arguments.x = arguments.x.wrapping_add(from);
    // SAFETY: T is f32. b and x hold the lines of the grid and their neighbours, and no more is read: zeros where there is
    // no line beside. `Cell` has the layout of its content and may be written through a shared reference; no other
    // thread can hold it.
    unsafe {
        match order {
            Order::Forward => relax(&raw const arguments),
            Order::Backward => relax_backward(&raw const arguments),
        }
    }
    true
}
