//! Squares of the residual over lines of a grid with a third dimension, a mask, or both: 14.5 instructions a cell, 4 more
//! in three dimensions, 2.5 more with a mask.

use core::ops::Range;

use super::choice::is_single;
use super::grid::Arguments;
use crate::matrix::stencil::{Layers, Pass};
use crate::real::Real;

/// `$product` = centre `$x` + along (`$west` + `$east`) + across (`$south` + `$north`).
macro_rules! product {
    ($product:literal, $x:literal, $south:literal, $north:literal, $west:literal, $east:literal) => {
        concat!(
            "vmul.f32 ",
            $product,
            ", s0, ",
            $x,
            "\n",
            "vadd.f32 s6, ",
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
            "vmul.f32 s6, s3, s6\n",
            "vmul.f32 ",
            $south,
            ", s2, ",
            $south,
            "\n",
            "vadd.f32 ",
            $product,
            ", ",
            $product,
            ", s6\n",
            "vadd.f32 ",
            $product,
            ", ",
            $product,
            ", ",
            $south,
        )
    };
}

/// `$product` += through (`$down` + `$up`).
macro_rules! third {
    ($product:literal, $down:literal, $up:literal) => {
        concat!(
            "vadd.f32 ",
            $down,
            ", ",
            $down,
            ", ",
            $up,
            "\n",
            "vmul.f32 ",
            $down,
            ", s4, ",
            $down,
            "\n",
            "vadd.f32 ",
            $product,
            ", ",
            $product,
            ", ",
            $down,
        )
    };
}

/// `$product` becomes (scale (`$b` - `$product`))².
macro_rules! square {
    ($product:literal, $b:literal) => {
        concat!(
            "vsub.f32 ",
            $product,
            ", ",
            $b,
            ", ",
            $product,
            "\n",
            "vmul.f32 ",
            $product,
            ", s1, ",
            $product,
            "\n",
            "vmul.f32 ",
            $product,
            ", ",
            $product,
            ", ",
            $product,
        )
    };
}

#[unsafe(naked)]
unsafe extern "C" fn add_squares(arguments: *mut Arguments) {
    core::arch::naked_asm!(
        ".fpu fpv4-sp-d16",
        "push {{r0, r4-r11, lr}}",
        "vpush {{s16-s29}}",
        "add r12, r0, #32",
        "vldm r12, {{s0-s4}}",
        "vldr s29, [r0, #76]",
        "ldr r1, [r0]",
        "ldr r4, [r0, #4]",
        "add r12, r0, #8",
        "ldm r12, {{r5-r7, r10, r11, lr}}",
        "vldr s5, 13f",
        // A line: s28 is west, s7 the cell, r4 one cell ahead of it; beside it are zeros at the edge.
        "2:",
        "ldr r0, [sp, #56]",
        "ldr r12, [r0, #52]",
        "ldrd r2, r3, [r0, #64]",
        "sub r8, r12, r2",
        "sub r9, r12, r3",
        "ldr r12, [r0, #72]",
        "sub r2, r4, r12",
        "add r3, r4, r12",
        "ldr r12, [r0, #56]",
        // Strides of 0 at the edge, where the count of lines is that of the edge.
        "cmp r8, #0",
        "ite eq",
        "adreq r2, 13f",
        "movne r8, #16",
        "cmp r9, #0",
        "ite eq",
        "adreq r3, 13f",
        "movne r9, #16",
        "vldmia r4!, {{s7}}",
        "vmov.f32 s28, s5",
        "cmp r12, #0",
        "beq 4f",
        "3:",
        // The flags of lr: negative for a third dimension, carry for a mask.
        "lsls r0, lr, #31",
        "vldmia r1!, {{s8-s11}}",
        "vldmia r2, {{s12-s15}}",
        "vldmia r3, {{s16-s19}}",
        "vldmia r4!, {{s20-s23}}",
        "add r2, r2, r8",
        "add r3, r3, r9",
        product!("s24", "s7", "s12", "s16", "s28", "s20"),
        product!("s25", "s20", "s13", "s17", "s7", "s21"),
        product!("s26", "s21", "s14", "s18", "s20", "s22"),
        product!("s27", "s22", "s15", "s19", "s21", "s23"),
        "bpl 5f",
        "vldmia r5, {{s12-s15}}",
        "vldmia r6, {{s16-s19}}",
        "add r5, r5, r10",
        "add r6, r6, r11",
        third!("s24", "s12", "s16"),
        third!("s25", "s13", "s17"),
        third!("s26", "s14", "s18"),
        third!("s27", "s15", "s19"),
        "5:",
        square!("s24", "s8"),
        square!("s25", "s9"),
        square!("s26", "s10"),
        square!("s27", "s11"),
        "bcs 6f",
        "vadd.f32 s29, s29, s24",
        "vadd.f32 s29, s29, s25",
        "vadd.f32 s29, s29, s26",
        "vadd.f32 s29, s29, s27",
        "7:",
        "vmov.f32 s28, s22",
        "vmov.f32 s7, s23",
        "subs r12, #1",
        "bne 3b",
        "4:",
        "ldr r0, [sp, #56]",
        "ldr r12, [r0, #60]",
        "8:",
        // East of the last cell is the edge, and nothing to be read.
        "subs r12, #1",
        "ite eq",
        "vmoveq.f32 s20, s5",
        "vldmiane r4!, {{s20}}",
        "vldmia r1!, {{s8}}",
        "vldr s12, [r2]",
        "vldr s16, [r3]",
        "add r2, r2, r8, lsr #2",
        "add r3, r3, r9, lsr #2",
        product!("s24", "s7", "s12", "s16", "s28", "s20"),
        "lsls r0, lr, #31",
        "bpl 9f",
        "vldr s12, [r5]",
        "vldr s16, [r6]",
        "add r5, r5, r10, lsr #2",
        "add r6, r6, r11, lsr #2",
        third!("s24", "s12", "s16"),
        "9:",
        square!("s24", "s8"),
        "mov r0, #1",
        "it cs",
        "ldrbcs r0, [r7], #1",
        "cmp r0, #0",
        "it ne",
        "vaddne.f32 s29, s29, s24",
        "vmov.f32 s28, s7",
        "vmov.f32 s7, s20",
        "cmp r12, #0",
        "bne 8b",
        "ldr r0, [sp, #56]",
        "ldr r12, [r0, #52]",
        "subs r12, #1",
        "str r12, [r0, #52]",
        "bne 2b",
        "vstr s29, [r0, #76]",
        "vpop {{s16-s29}}",
        "pop {{r0, r4-r11, pc}}",
        // A fixed cell adds nothing.
        "6:",
        "ldr r0, [r7], #4",
        "tst r0, #0xff",
        "it ne",
        "vaddne.f32 s29, s29, s24",
        "tst r0, #0xff00",
        "it ne",
        "vaddne.f32 s29, s29, s25",
        "tst r0, #0xff0000",
        "it ne",
        "vaddne.f32 s29, s29, s26",
        "tst r0, #0xff000000",
        "it ne",
        "vaddne.f32 s29, s29, s27",
        "b 7b",
        ".p2align 2",
        "13: .word 0, 0, 0, 0",
    )
}

/// Whether [`squares_of_grid`] does anything.
#[inline]
pub(in crate::matrix) fn has_squares_of_grid<T: Real>() -> bool {
    is_single::<T>()
}

/// Adds the squares of `pass.rhs` (b - A x) over the free cells of some lines of a layer to `sum`, in ascending order; the
/// weights of the pass are the entries of A.
pub(in crate::matrix) fn squares_of_grid<T: Real>(
    pass: &Pass<T>,
    lines: &Range<usize>,
    b: &[T],
    x: &[T],
    layers: &Layers<'_, T>,
    sum: &mut T,
) {
    if !is_single::<T>() {
        return;
    }
    let mut arguments = Arguments::NONE;
    if !arguments.set(pass, lines, b, x, layers) {
        return;
    }
    arguments.sum = sum.to_f32();
    // SAFETY: T is f32. b, x, and the layers and the mask where they are, hold the lines of the grid and their
    // neighbours, and no more is read: zeros where there is no line beside.
    unsafe { add_squares(&raw mut arguments) };
    *sum = T::from_f32(arguments.sum);
}
