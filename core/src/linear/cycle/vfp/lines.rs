//! The kernels: what is done with two nodes, with one, and with one at the edge.

use super::sweep::{Sweep, sweep};

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
