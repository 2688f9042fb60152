//! A forward sweep over lines of a grid with a third dimension, a mask, or both: 12.25 instructions a cell, 4 more in
//! three dimensions, 3.5 more with a mask.

use core::cell::Cell;
use core::ops::Range;

use super::choice::{Grid, beside, is_single};
use crate::matrix::stencil::{Layers, Pass};
use crate::real::Real;

/// Arguments of [`relax`] and of its sister for squares.
#[repr(C)]
pub(super) struct Arguments {
    /// 0: what the loop keeps in registers.
    b: *const f32,
    x: *mut f32,
    /// 8
    down: *const f32,
    up: *const f32,
    mask: *const u8,
    /// 20: distances of four cells in the layers beside, in bytes.
    strides: [usize; 2],
    /// 28: 1 with a third dimension, 2 with a mask.
    parts: usize,
    /// 32
    keep: f32,
    rhs: f32,
    across: f32,
    along: f32,
    through: f32,
    /// 52: lines 52, which are counted down here, fours 56, ones 60, at_south 64, at_north 68, pitch 72.
    grid: Grid,
    /// 76: of squares, in and out.
    pub(super) sum: f32,
}

/// Begins a cell: `$new` = keep `$old` + rhs `$b` + across (`$south` + `$north`).
macro_rules! known {
    ($new:literal, $old:literal, $b:literal, $south:literal, $north:literal) => {
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
            "vadd.f32 ",
            $new,
            ", ",
            $new,
            ", ",
            $south,
        )
    };
}

/// `$new` += through (`$down` + `$up`).
macro_rules! third {
    ($new:literal, $down:literal, $up:literal) => {
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
            $new,
            ", ",
            $new,
            ", ",
            $down,
        )
    };
}

/// Ends a cell: `$new` += along (`$east` + `$west`).
macro_rules! along {
    ($new:literal, $east:literal, $west:literal) => {
        concat!(
            "vadd.f32 s6, ",
            $east,
            ", ",
            $west,
            "\n",
            "vmul.f32 s6, s3, s6\n",
            "vadd.f32 ",
            $new,
            ", ",
            $new,
            ", s6",
        )
    };
}

/// A fixed cell keeps `$old`.
macro_rules! unless_fixed {
    ($byte:literal, $new:literal, $old:literal) => {
        concat!("tst r0, #", $byte, "\n", "it eq\n", "vmoveq.f32 ", $new, ", ", $old)
    };
}

#[unsafe(naked)]
unsafe extern "C" fn relax(arguments: *mut Arguments) {
    core::arch::naked_asm!(
        ".fpu fpv4-sp-d16",
        "push {{r0, r4-r11, lr}}",
        "vpush {{s16-s29}}",
        "add r12, r0, #32",
        "vldm r12, {{s0-s4}}",
        "ldr r1, [r0]",
        "ldr r4, [r0, #4]",
        "add r12, r0, #8",
        "ldm r12, {{r5-r7, r10, r11, lr}}",
        "vldr s5, 13f",
        // A line: s28 is west, s7 the old value of the cell, r4 one cell ahead of it; beside it are zeros at the edge.
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
        known!("s24", "s7", "s8", "s12", "s16"),
        known!("s25", "s20", "s9", "s13", "s17"),
        known!("s26", "s21", "s10", "s14", "s18"),
        known!("s27", "s22", "s11", "s15", "s19"),
        "bpl 5f",
        "vldmia r5, {{s8-s11}}",
        "vldmia r6, {{s12-s15}}",
        "add r5, r5, r10",
        "add r6, r6, r11",
        third!("s24", "s8", "s12"),
        third!("s25", "s9", "s13"),
        third!("s26", "s10", "s14"),
        third!("s27", "s11", "s15"),
        "5:",
        "bcs 6f",
        along!("s24", "s20", "s28"),
        along!("s25", "s21", "s24"),
        along!("s26", "s22", "s25"),
        along!("s27", "s23", "s26"),
        "7:",
        "sub r0, r4, #20",
        "vmov.f32 s7, s23",
        "vmov.f32 s28, s27",
        "subs r12, #1",
        "vstmia r0, {{s24-s27}}",
        "bne 3b",
        "4:",
        "ldr r0, [sp, #56]",
        "ldr r12, [r0, #60]",
        "8:",
        "lsls r0, lr, #31",
        "vldmia r1!, {{s8}}",
        "vldr s12, [r2]",
        "vldr s16, [r3]",
        "add r2, r2, r8, lsr #2",
        "add r3, r3, r9, lsr #2",
        known!("s24", "s7", "s8", "s12", "s16"),
        "bpl 9f",
        "vldr s8, [r5]",
        "vldr s12, [r6]",
        "add r5, r5, r10, lsr #2",
        "add r6, r6, r11, lsr #2",
        third!("s24", "s8", "s12"),
        "9:",
        // East of the last cell is the edge, and nothing to be read.
        "subs r12, #1",
        "ite eq",
        "vmoveq.f32 s20, s5",
        "vldrne s20, [r4]",
        along!("s24", "s20", "s28"),
        "lsls r0, lr, #31",
        "bcc 10f",
        "ldrb r0, [r7], #1",
        unless_fixed!("0xff", "s24", "s7"),
        "10:",
        "vstr s24, [r4, #-4]",
        "add r4, r4, #4",
        "vmov.f32 s7, s20",
        "vmov.f32 s28, s24",
        "cmp r12, #0",
        "bne 8b",
        // The next line begins where this one ends.
        "sub r4, r4, #4",
        "ldr r0, [sp, #56]",
        "ldr r12, [r0, #52]",
        "subs r12, #1",
        "str r12, [r0, #52]",
        "bne 2b",
        "vpop {{s16-s29}}",
        "pop {{r0, r4-r11, pc}}",
        "6:",
        "ldr r0, [r7], #4",
        along!("s24", "s20", "s28"),
        unless_fixed!("0xff", "s24", "s7"),
        along!("s25", "s21", "s24"),
        unless_fixed!("0xff00", "s25", "s20"),
        along!("s26", "s22", "s25"),
        unless_fixed!("0xff0000", "s26", "s21"),
        along!("s27", "s23", "s26"),
        unless_fixed!("0xff000000", "s27", "s22"),
        "b 7b",
        ".p2align 2",
        "13: .word 0, 0, 0, 0",
    )
}

impl Arguments {
    /// Nothing yet.
    pub(super) const NONE: Self = Self {
        b: core::ptr::null(),
        x: core::ptr::null_mut(),
        down: core::ptr::null(),
        up: core::ptr::null(),
        mask: core::ptr::null(),
        strides: [0; 2],
        parts: 0,
        keep: 0.0,
        rhs: 0.0,
        across: 0.0,
        along: 0.0,
        through: 0.0,
        grid: Grid::NONE,
        sum: 0.0,
    };

    /// Takes some lines of the layer `x`; whether there is anything to do. In place: they are handed on by reference, and
    /// a copy would double the stack.
    #[inline(never)]
    pub(super) fn set<T: Real, E>(
        &mut self,
        pass: &Pass<T>,
        lines: &Range<usize>,
        b: &[T],
        x: &[E],
        layers: &Layers<'_, E>,
    ) -> bool {
        let Some(from) = self.grid.set(pass.shape, lines, layers.shortest(b.len().min(x.len()))) else { return false };
        self.b = b.as_ptr().cast::<f32>().wrapping_add(from);
        self.x = x.as_ptr().cast::<f32>().wrapping_add(from).cast_mut();
        (self.down, self.strides[0]) = beside(layers.down, from);
        (self.up, self.strides[1]) = beside(layers.up, from);
        self.mask = layers.mask.map_or(core::ptr::null(), |mask| mask.as_ptr().wrapping_add(from));
        self.parts = usize::from(layers.is_solid) | usize::from(layers.mask.is_some()) << 1;
        self.keep = pass.weights.centre.to_f32();
        self.rhs = pass.rhs.to_f32();
        self.across = pass.weights.across.to_f32();
        self.along = pass.weights.along.to_f32();
        self.through = pass.through.to_f32();
        true
    }
}

/// A forward sweep over some lines of a layer.
#[inline]
pub(in crate::matrix) fn relax_grid<T: Real>(
    pass: &Pass<T>,
    lines: &Range<usize>,
    b: &[T],
    x: &[Cell<T>],
    layers: &Layers<'_, Cell<T>>,
) -> bool {
    if !is_single::<T>() {
        return false;
    }
    let mut arguments = Arguments::NONE;
    if !arguments.set(pass, lines, b, x, layers) {
        return true;
    }
    // SAFETY: T is f32. b, x, and the layers and the mask where they are, hold the lines of the grid and their
    // neighbours, and no more is read: zeros where there is no line beside. `Cell` has the layout of its content and may
    // be written through a shared reference; no other thread can hold it.
    unsafe { relax(&raw mut arguments) };
    true
}
