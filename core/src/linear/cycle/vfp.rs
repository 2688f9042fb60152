//! Sweeps over the nodes of one colour of a coarse level in assembly, for cores with a single-precision FPU: 19 instructions
//! a node, and all lines in one call. The order of all operations is that of the portable form, so the bits are the same.

#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod choice {
    use core::any::TypeId;

    use crate::linear::cycle::kernels::RED;
    use crate::linear::cycle::layout::{Grid, Level};

    /// What a sweep walks along. Above and below the grid it reads the line itself, with weights of 0.
    #[repr(C)]
    pub(in crate::linear::cycle) struct Sweep {
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
    }

    /// Walks the lines. `$pair`, `$single` work on nodes in the middle and `$edge` on the one without a neighbour at its side;
    /// s0 is the value beside that comes first, s15 is taken.
    macro_rules! sweep {
        ($name:ident, $pair:expr, $single:expr, $edge:expr) => {
            #[unsafe(naked)]
            unsafe extern "C" fn $name(sweep: *const Sweep) {
                core::arch::naked_asm!(
                    ".fpu fpv4-sp-d16",
                    "push {{r0, r4-r11, lr}}",
                    "ldmia.w r0, {{r0-r12}}",
                    "mov lr, r11",
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
                    "bne 1b",
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
        concat!(three!(), one_relaxed!())
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
        concat!(three!(), one_from_zero!())
    }

    /// A list of numbers as the kernels take it.
    fn list<E>(values: &[E]) -> (*const f32, usize) {
        (values.as_ptr().cast(), values.len())
    }

    /// The sweep over all nodes of one colour with values `other` of the other one, unless a list has another length.
    fn sweep<T, C>(
        Level { width, ny, .. }: Level,
        weights: &[&mut [C]; 4],
        other: &[T],
        of_node: [(*const f32, usize); 3],
        out: &mut [T],
        colour: usize,
    ) -> Option<Sweep> {
        let len = width.checked_mul(ny).filter(|len| *len > 0)?;
        let [up, down, same, side] = weights;
        let [up, down, same, side] = [list(up), list(down), list(same), list(side)];
        let (other, out_len) = (list(other), out.len());
        let lists = [up, down, same, side, other];
        if out_len != len || lists.iter().chain(&of_node).any(|list| list.1 != len) {
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
            out: out.as_mut_ptr().cast(),
            lines: ny,
            bulk: (width - 1) | if is_red { 1 << 31 } else { 0 },
            above,
            below: down.wrapping_add(len - width),
            skip: if is_red { [0, 8] } else { [4, 0] },
            back: [4 * width; 2],
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
        let Some(sweep) = sweep(level, weights, other, of_node, x, colour) else { return };
        // SAFETY: T and C are f32, all lists have the length of the grid, and `out` lies in none of them.
        unsafe {
            if from_zero {
                relax_lines_from_zero(&raw const sweep);
            } else {
                relax_lines(&raw const sweep);
            }
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
}

pub(super) use choice::relax;
