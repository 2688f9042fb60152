//! Sweeps over the nodes of one colour of a coarse level in assembly, for cores with a single-precision FPU: 19 instructions
//! a node, and all lines in one call. The order of all operations is that of the portable form, so the bits are the same.

#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod choice {
    use core::any::TypeId;

    use crate::linear::cycle::kernels::{BLACK, RED};
    use crate::linear::cycle::layout::{Grid, Level};
    use crate::real::Real;

    /// What a sweep walks along. Above and below the grid it reads the line itself, with weights of 0.
    #[repr(C)]
    struct Sweep {
        /// 0: weights above, below, beside, at the side.
        weights: [*const f32; 4],
        /// 16: values above, below, beside.
        values: [*const f32; 3],
        /// 28: three more lists, and what is written.
        of_node: [*const f32; 3],
        out: *mut f32,
        /// 44: at least one.
        lines: usize,
        /// 48: nodes of a line but one, and in the highest bit whether the side neighbours of the first line lie behind.
        bulk: usize,
        /// 52: the weights above from the second line on, and those below in the last line.
        above: *const f32,
        below: *const f32,
        /// 60: what the weights at the side skip with the node at the edge, and after a line that has it in front, in bytes.
        skip: [usize; 2],
        /// 68: how far the values above step back after the first line, and those below before the last.
        back: [usize; 2],
        /// 76: lines of the grid.
        all: usize,
    }

    /// Walks the lines. `$pair`, `$single` work on nodes in the middle and `$edge` on the one without a neighbour at its side;
    /// s0 is the value beside that comes first, s15 is taken.
    macro_rules! sweep {
        ($name:ident, $pair:expr, $single:expr, $edge:expr, $after:expr) => {
            #[unsafe(naked)]
            unsafe extern "C" fn $name(sweep: *mut Sweep) {
                core::arch::naked_asm!(
                    ".fpu fpv4-sp-d16",
                    "push {{r0, r4-r11, lr}}",
                    "ldmia.w r0, {{r0-r12}}",
                    "mov lr, r11",
                    "ldr r11, [sp]",
                    "ldr r11, [r11, #76]",
                    "vmov s15, r11",
                    "1:",
                    "cmp lr, #1",
                    "bne 2f",
                    "ldr r11, [sp]",
                    "ldr r1, [r11, #56]",
                    "ldr r11, [r11, #72]",
                    "sub r5, r5, r11",
                    "2:",
                    "vldmia r6!, {{s0}}",
                    "cmp r12, #0",
                    "bmi 6f",
                    "3:",
                    "bic r11, r12, #0x80000000",
                    "subs r11, r11, #2",
                    "blo 4f",
                    "9:",
                    $pair,
                    "subs r11, r11, #2",
                    "bhs 9b",
                    "4:",
                    "tst r11, #1",
                    "beq 5f",
                    $single,
                    "5:",
                    "cmp r12, #0",
                    "bmi 7f",
                    "6:",
                    $edge,
                    "ldr r11, [sp]",
                    "ldr r11, [r11, #60]",
                    "add r3, r3, r11",
                    "cmp r12, #0",
                    "bpl 8f",
                    // Beside comes after the side in this line.
                    "mov r11, r2",
                    "mov r2, r3",
                    "mov r3, r11",
                    "b 3b",
                    "7:",
                    "ldr r11, [sp]",
                    "ldr r11, [r11, #64]",
                    "add r11, r11, r2",
                    "mov r2, r3",
                    "mov r3, r11",
                    "8:",
                    "eor r12, r12, #0x80000000",
                    "vmov r11, s15",
                    "cmp r11, lr",
                    "bne 9f",
                    "ldr r11, [sp]",
                    "ldr r0, [r11, #52]",
                    "ldr r11, [r11, #68]",
                    "sub r4, r4, r11",
                    "9:",
                    "subs lr, lr, #1",
                    $after,
                    "pop {{r0, r4-r11, pc}}",
                )
            }
        };
    }

    /// s1, s2 = sums of w x. `$before` finds the values beside in s0, s3 and s4.
    macro_rules! sums {
        ($before:literal) => {
            concat!(
                "vldmia r0!, {{s1, s2}}
                vldmia r4!, {{s3, s4}}
                vmul.f32 s1, s1, s3
                vmul.f32 s2, s2, s4
                vldmia r1!, {{s3, s4}}
                vldmia r5!, {{s5, s6}}
                vmul.f32 s3, s3, s5
                vmul.f32 s4, s4, s6
                vadd.f32 s1, s1, s3
                vadd.f32 s2, s2, s4
                vldmia r6!, {{s3, s4}}
                vldmia r2!, {{s5, s6}}
                vmul.f32 s5, s5, s0
                vmul.f32 s6, s6, s3
                ",
                $before,
                "
                vmov.f32 s0, s4
                vldmia r3!, {{s7, s8}}
                vmul.f32 s7, s7, s3
                vmul.f32 s8, s8, s4
                vadd.f32 s5, s5, s7
                vadd.f32 s6, s6, s8
                vadd.f32 s1, s1, s5
                vadd.f32 s2, s2, s6
                "
            )
        };
    }

    /// s1 = w x above and below, s2 = w x beside.
    macro_rules! three {
        () => {
            "vldmia r0!, {{s1}}
            vldmia r4!, {{s3}}
            vmul.f32 s1, s1, s3
            vldmia r1!, {{s2}}
            vldmia r5!, {{s3}}
            vmul.f32 s2, s2, s3
            vadd.f32 s1, s1, s2
            vldmia r2!, {{s2}}
            vmul.f32 s2, s2, s0
            "
        };
    }

    /// s2 += w x at the side.
    macro_rules! fourth {
        () => {
            "vldmia r6!, {{s0}}
            vldmia r3!, {{s3}}
            vmul.f32 s3, s3, s0
            vadd.f32 s2, s2, s3
            "
        };
    }

    macro_rules! pair_relaxed {
        () => {
            "vldmia r9!, {{s3, s4}}
            vldmia r10, {{s5, s6}}
            vmul.f32 s3, s3, s5
            vmul.f32 s4, s4, s6
            vldmia r8!, {{s5, s6}}
            vadd.f32 s3, s5, s3
            vadd.f32 s4, s6, s4
            vadd.f32 s1, s1, s3
            vadd.f32 s2, s2, s4
            vldmia r7!, {{s5, s6}}
            vmul.f32 s1, s5, s1
            vmul.f32 s2, s6, s2
            vstmia r10!, {{s1, s2}}"
        };
    }

    macro_rules! one_relaxed {
        () => {
            "vadd.f32 s1, s1, s2
            vldmia r9!, {{s3}}
            vldr s4, [r10]
            vmul.f32 s3, s3, s4
            vldmia r8!, {{s4}}
            vadd.f32 s3, s4, s3
            vadd.f32 s1, s1, s3
            vldmia r7!, {{s4}}
            vmul.f32 s1, s4, s1
            vstmia r10!, {{s1}}"
        };
    }

    // x = gate (sum + (r + keep x)).
    sweep! {
        relax_lines,
        concat!(sums!(""), pair_relaxed!()),
        concat!(three!(), fourth!(), one_relaxed!()),
        concat!(three!(), one_relaxed!()),
        "bne 1b"
    }

    macro_rules! pair_from_zero {
        () => {
            "vldmia r8!, {{s5, s6}}
            vadd.f32 s1, s1, s5
            vadd.f32 s2, s2, s6
            vldmia r7!, {{s5, s6}}
            vmul.f32 s1, s5, s1
            vmul.f32 s2, s6, s2
            vstmia r10!, {{s1, s2}}"
        };
    }

    macro_rules! one_from_zero {
        () => {
            "vadd.f32 s1, s1, s2
            vldmia r8!, {{s4}}
            vadd.f32 s1, s1, s4
            vldmia r7!, {{s4}}
            vmul.f32 s1, s4, s1
            vstmia r10!, {{s1}}"
        };
    }

    // x = gate (sum + r).
    sweep! {
        relax_lines_from_zero,
        concat!(sums!(""), pair_from_zero!()),
        concat!(three!(), fourth!(), one_from_zero!()),
        concat!(three!(), one_from_zero!()),
        "bne 1b"
    }

    /// s13 = x, s1 = w (neighbour - x) above and below, s2 = w above and below, s5 and s3 = the same beside.
    macro_rules! three_differences {
        () => {
            "vldmia r8!, {{s13}}
            vldmia r0!, {{s2}}
            vldmia r4!, {{s3}}
            vsub.f32 s3, s3, s13
            vmul.f32 s1, s2, s3
            vldmia r1!, {{s4}}
            vldmia r5!, {{s3}}
            vsub.f32 s3, s3, s13
            vmul.f32 s3, s4, s3
            vadd.f32 s1, s1, s3
            vadd.f32 s2, s2, s4
            vldmia r2!, {{s3}}
            vsub.f32 s5, s0, s13
            vmul.f32 s5, s3, s5
            "
        };
    }

    macro_rules! one_subtracted {
        () => {
            "vadd.f32 s1, s1, s5
            vadd.f32 s2, s2, s3
            vldmia r7!, {{s3}}
            vsub.f32 s2, s3, s2
            vmul.f32 s2, s2, s13
            vsub.f32 s1, s1, s2
            vldr s2, [r10]
            vadd.f32 s1, s2, s1
            vstmia r10!, {{s1}}"
        };
    }

    macro_rules! one_residual {
        () => {
            "vadd.f32 s1, s1, s2
            vldmia r7!, {{s3}}
            vldmia r8!, {{s4}}
            vmul.f32 s3, s3, s4
            vldmia r9!, {{s4}}
            vmul.f32 s4, s4, s9
            vadd.f32 s3, s3, s4
            vadd.f32 s1, s1, s3
            vstmia r10!, {{s1}}"
        };
    }

    // r += sum of w (neighbour - x) - (d - sum of w) x.
    sweep! {
        subtract_lines,
        "vldmia r8!, {{s13, s14}}
        vldmia r0!, {{s1, s2}}
        vldmia r4!, {{s3, s4}}
        vsub.f32 s3, s3, s13
        vsub.f32 s4, s4, s14
        vmul.f32 s3, s1, s3
        vmul.f32 s4, s2, s4
        vldmia r1!, {{s5, s6}}
        vldmia r5!, {{s7, s8}}
        vsub.f32 s7, s7, s13
        vsub.f32 s8, s8, s14
        vmul.f32 s7, s5, s7
        vmul.f32 s8, s6, s8
        vadd.f32 s1, s1, s5
        vadd.f32 s2, s2, s6
        vadd.f32 s3, s3, s7
        vadd.f32 s4, s4, s8
        vldmia r2!, {{s5, s6}}
        vldmia r6!, {{s9, s10}}
        vsub.f32 s7, s0, s13
        vsub.f32 s8, s9, s14
        vmov.f32 s0, s10
        vsub.f32 s9, s9, s13
        vsub.f32 s10, s10, s14
        vmul.f32 s7, s5, s7
        vmul.f32 s8, s6, s8
        vldmia r3!, {{s11, s12}}
        vmul.f32 s9, s11, s9
        vmul.f32 s10, s12, s10
        vadd.f32 s7, s7, s9
        vadd.f32 s8, s8, s10
        vadd.f32 s5, s5, s11
        vadd.f32 s6, s6, s12
        vadd.f32 s3, s3, s7
        vadd.f32 s4, s4, s8
        vadd.f32 s1, s1, s5
        vadd.f32 s2, s2, s6
        vldmia r7!, {{s5, s6}}
        vsub.f32 s1, s5, s1
        vsub.f32 s2, s6, s2
        vmul.f32 s1, s1, s13
        vmul.f32 s2, s2, s14
        vsub.f32 s3, s3, s1
        vsub.f32 s4, s4, s2
        vldmia r10, {{s1, s2}}
        vadd.f32 s1, s1, s3
        vadd.f32 s2, s2, s4
        vstmia r10!, {{s1, s2}}",
        concat!(
            three_differences!(),
            "vldmia r6!, {{s0}}
            vldmia r3!, {{s4}}
            vsub.f32 s6, s0, s13
            vmul.f32 s6, s4, s6
            vadd.f32 s5, s5, s6
            vadd.f32 s3, s3, s4
            ",
            one_subtracted!()
        ),
        concat!(three_differences!(), one_subtracted!()),
        "bne 1b"
    }

    // out = sum of w x + keep x of both colours: of one line with the edge in front and of the next one. What is left then stands
    // in the sweep.
    sweep! {
        residual_lines,
        concat!(
            sums!(
                "cmp r12, #0
                itete mi
                vmovmi.f32 s9, s3
                vmovpl.f32 s9, s0
                vmovmi.f32 s10, s4
                vmovpl.f32 s10, s3"
            ),
            "vldmia r7!, {{s3, s4}}
            vldmia r8!, {{s5, s6}}
            vmul.f32 s3, s3, s5
            vmul.f32 s4, s4, s6
            vldmia r9!, {{s5, s6}}
            vmul.f32 s5, s5, s9
            vmul.f32 s6, s6, s10
            vadd.f32 s3, s3, s5
            vadd.f32 s4, s4, s6
            vadd.f32 s1, s1, s3
            vadd.f32 s2, s2, s4
            vstmia r10!, {{s1, s2}}"
        ),
        concat!(
            three!(),
            "vmov.f32 s9, s0
            ",
            fourth!(),
            "cmp r12, #0
            it mi
            vmovmi.f32 s9, s0
            ",
            one_residual!()
        ),
        concat!(
            three!(),
            "vmov.f32 s9, s0
            ",
            one_residual!()
        ),
        "beq 2f
        cmp r12, #0
        bpl 1b
        2:
        ldr r11, [sp]
        stmia r11, {{r0-r9}}
        str lr, [r11, #44]"
    }

    /// A list of numbers as the kernels take it.
    fn list<E>(values: &[E]) -> (*const f32, usize) {
        (values.as_ptr().cast(), values.len())
    }

    /// The sweep over all nodes of one colour with values `other` of the other one, unless a list has another length.
    fn sweep<T, C>(
        level: Level,
        weights: &[&mut [C]; 4],
        other: &[T],
        of_node: [(*const f32, usize); 3],
        out: &mut [T],
        colour: usize,
    ) -> Option<Sweep> {
        if out.len() != level.width.wrapping_mul(level.ny) {
            return None;
        }
        sweep_to(level, weights, other, of_node, out.as_mut_ptr().cast(), colour)
    }

    /// The same for a place of any length.
    fn sweep_to<T, C>(
        Level { width, ny, .. }: Level,
        weights: &[&mut [C]; 4],
        other: &[T],
        of_node: [(*const f32, usize); 3],
        out: *mut f32,
        colour: usize,
    ) -> Option<Sweep> {
        let len = width.checked_mul(ny).filter(|len| *len > 0)?;
        let [up, down, same, side] = weights;
        let lists = [list(up), list(down), list(same), list(side), list(other)];
        if lists.iter().chain(&of_node).any(|list| list.1 != len) {
            return None;
        }
        let ([up, down, same, side, other], of_node) = (lists.map(|list| list.0), of_node.map(|list| list.0));
        let is_red = colour == RED;
        // The face above a red node is the one below the black node there; at the edge of the grid the weights that are 0 serve.
        let next = up.wrapping_add(width);
        let (below, above) = if is_red { (next, down) } else { (down, next) };
        Some(Sweep {
            weights: [up, below, same, side],
            values: [other, other.wrapping_add(width), other],
            of_node,
            out,
            lines: ny,
            bulk: (width - 1) | if is_red { 1 << 31 } else { 0 },
            above,
            below: down.wrapping_add(len - width),
            skip: if is_red { [0, 8] } else { [4, 0] },
            back: [4 * width; 2],
            all: ny,
        })
    }

    #[inline(always)]
    fn is_single<T: 'static, C: 'static>() -> bool {
        let single = TypeId::of::<f32>();
        TypeId::of::<T>() == single && TypeId::of::<C>() == single
    }

    /// Relaxes the nodes of one colour on the grid. Whether that is done here.
    #[inline(always)]
    pub(in crate::linear::cycle) fn relax<T: 'static, C: 'static>(
        level: Level,
        grid: &mut Grid<'_, T, C>,
        colour: usize,
        from_zero: bool,
    ) -> bool {
        let is_here = is_single::<T, C>();
        if is_here {
            relax_single(level, grid, colour, from_zero);
        }
        is_here
    }

    #[inline(never)]
    fn relax_single<T, C>(level: Level, grid: &mut Grid<'_, T, C>, colour: usize, from_zero: bool) {
        let Grid { x: [x0, x1], r: [r0, r1], gate: [g0, g1], keep: [k0, k1], weights, .. } = grid;
        let (x, other, of_node) = if colour == RED {
            (&mut **x0, &**x1, [list(g0), list(r0), list(k0)])
        } else {
            (&mut **x1, &**x0, [list(g1), list(r1), list(k1)])
        };
        let Some(mut sweep) = sweep(level, weights, other, of_node, x, colour) else { return };
        // SAFETY: T and C are f32, all lists have the length of the grid, and `out` lies in none of them.
        unsafe {
            if from_zero {
                relax_lines_from_zero(&raw mut sweep);
            } else {
                relax_lines(&raw mut sweep);
            }
        }
    }

    /// r -= A x on the grid. Whether that is done here.
    #[inline(always)]
    pub(in crate::linear::cycle) fn subtract_product<T: 'static, C: 'static>(
        level: Level,
        grid: &mut Grid<'_, T, C>,
    ) -> bool {
        let is_here = is_single::<T, C>();
        if is_here {
            subtract_single(level, grid);
        }
        is_here
    }

    #[inline(never)]
    fn subtract_single<T, C>(level: Level, grid: &mut Grid<'_, T, C>) {
        let Grid { x: [x0, x1], r: [r0, r1], d: [d0, d1], weights, .. } = grid;
        for (colour, x, other, r, d) in [(RED, &**x0, &**x1, r0, d0), (BLACK, &**x1, &**x0, r1, d1)] {
            let of_node = [list(d), list(x), list(d)];
            let Some(mut sweep) = sweep(level, weights, other, of_node, r, colour) else { return };
            // SAFETY: T and C are f32, all lists have the length of the grid, and `out` lies in none of them.
            unsafe { subtract_lines(&raw mut sweep) };
        }
    }

    /// Calls `visit` for each block of two lines with their residuals, in two `lines`. Whether that is done here.
    #[inline(always)]
    pub(in crate::linear::cycle) fn residuals<T: Real, C: 'static>(
        level: Level,
        grid: &Grid<'_, T, C>,
        lines: &mut [T],
        visit: impl FnMut(usize, &[T]),
    ) -> bool {
        let is_here = is_single::<T, C>();
        if is_here {
            residuals_single(level, grid, lines, visit);
        }
        is_here
    }

    fn residuals_single<T: Real, C>(
        level: Level,
        grid: &Grid<'_, T, C>,
        lines: &mut [T],
        mut visit: impl FnMut(usize, &[T]),
    ) {
        let Grid { x: [red, black], keep: [keep_red, keep_black], weights, .. } = grid;
        let of_node = [list(keep_red), list(red), list(keep_black)];
        let out = lines.as_mut_ptr().cast();
        let Some(mut sweep) = sweep_to(level, weights, black, of_node, out, RED) else { return };
        if lines.len() < 2 * level.width {
            return;
        }
        for block in 0..level.ny.div_ceil(2) {
            if sweep.lines == 1 {
                lines.fill(T::ZERO);
            }
            sweep.out = lines.as_mut_ptr().cast();
            // SAFETY: T and C are f32, all lists have the length of the grid, whose lines are counted down in the sweep, and
            // there are two `lines`.
            unsafe { residual_lines(&raw mut sweep) };
            visit(block, lines);
        }
    }
}

#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
mod choice {
    use crate::linear::cycle::layout::{Grid, Level};

    #[inline(always)]
    pub(in crate::linear::cycle) fn relax<T, C>(_: Level, _: &mut Grid<'_, T, C>, _: usize, _: bool) -> bool {
        false
    }

    #[inline(always)]
    pub(in crate::linear::cycle) fn subtract_product<T, C>(_: Level, _: &mut Grid<'_, T, C>) -> bool {
        false
    }

    #[inline(always)]
    pub(in crate::linear::cycle) fn residuals<T, C>(
        _: Level,
        _: &Grid<'_, T, C>,
        _: &mut [T],
        _: impl FnMut(usize, &[T]),
    ) -> bool {
        false
    }
}

pub(super) use choice::{relax, residuals, subtract_product};
