//! The kernels: two nodes at a time, and the line over and over.

/// What a sweep walks along. Above and below the grid it reads the line itself, with weights of 0.
#[repr(C)]
pub(super) struct Sweep {
    /// 0: weights above, below, beside, at the side.
    pub(super) weights: [*const f32; 4],
    /// 16: values above, below, beside.
    pub(super) values: [*const f32; 3],
    /// 28: three more lists, and what is written.
    pub(super) of_node: [*const f32; 3],
    pub(super) out: *mut f32,
    /// 44: at least one.
    pub(super) lines: usize,
    /// 48: nodes of a line but one, and in the highest bit whether the side neighbours of the first line lie behind.
    pub(super) bulk: usize,
    /// 52: the weights above from the second line on, and those below in the last line.
    pub(super) above: *const f32,
    pub(super) below: *const f32,
    /// 60: what the weights at the side skip with the node at the edge, and after a line that has it in front, in bytes.
    pub(super) skip: [usize; 2],
    /// 68: how far the values above step back after the first line, and those below before the last.
    pub(super) back: [usize; 2],
    /// 76: lines of the grid.
    pub(super) all: usize,
}

/// Walks the lines. `$pair`, `$single` work on nodes in the middle and `$edge` on the one without a neighbour at its side;
/// s0 is the value beside that comes first, s15 is taken.
macro_rules! sweep {
    ($name:ident, $pair:expr, $single:expr, $edge:expr, $after:expr) => {
        #[unsafe(naked)]
        pub(super) unsafe extern "C" fn $name(sweep: *mut Sweep) {
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
