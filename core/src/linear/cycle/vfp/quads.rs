//! Kernels along one line of the finest level, four cells at a time: nearly everywhere the four have one code, and what tables
//! say of it is read once. Where they differ, the same is done for one cell after the other.

/// What a kernel reads and writes. The neighbours beside a cell lie in a line of the other colour, ahead of it or behind.
#[repr(C)]
pub(super) struct Line {
    /// r1, r2: codes and values of a second kind.
    pub(super) more_codes: *const u8,
    pub(super) more: *const f32,
    /// r4, r5, r6: values above, below and beside.
    pub(super) above: *const f32,
    pub(super) below: *const f32,
    pub(super) beside: *const f32,
    /// r7, r8: codes and values of the cells themselves.
    pub(super) codes: *const u8,
    pub(super) own: *const f32,
    /// r9: what belongs to a code.
    pub(super) table: *const f32,
    pub(super) out: *mut f32,
    /// r11: cells, without the one at the edge of a line whose side neighbours lie ahead.
    pub(super) count: usize,
    /// lr: 1 where they do, or 0.
    pub(super) is_forward: usize,
}

/// Walks along a line. s0 is the value beside a cell that comes first; `$one` has the other one in s3. `$codes` takes four codes,
/// r12, and says whether they are equal; `$back` puts them back.
macro_rules! along {
    ($name:ident, $codes:expr, $back:expr, $four:expr, $one:expr) => {
        #[unsafe(naked)]
        pub(super) unsafe extern "C" fn $name(line: &Line) {
            core::arch::naked_asm!(
                ".fpu fpv4-sp-d16",
                "push {{r4-r11, lr}}",
                "ldmia.w r0, {{r1, r2, r4-r11, lr}}",
                "vmov s0, lr",
                "cmp lr, #0",
                "beq 2f",
                "vldmia r6!, {{s0}}",
                "2:",
                "subs r11, r11, #4",
                "blo 5f",
                "3:",
                $codes,
                "bne 4f",
                $four,
                "subs r11, r11, #4",
                "bhs 3b",
                "b 5f",
                "4:",
                $back,
                "movs r0, #4",
                "b 6f",
                // What is left over, and then the cell at the edge.
                "5:",
                "adds r0, r11, #4",
                "mov r11, #0",
                "bne 6f",
                "cmp lr, #0",
                "beq 8f",
                "mov lr, #0",
                "vmov s3, lr",
                "movs r0, #1",
                "b 7f",
                "6:",
                "vldmia r6!, {{s3}}",
                "7:",
                $one,
                "subs r0, r0, #1",
                "bne 6b",
                "b 2b",
                "8:",
                "pop {{r4-r11, pc}}",
            )
        }
    };
}

macro_rules! codes {
    () => {
        "ldr r12, [r7], #4
        cmp r12, r12, ror #8"
    };
}

macro_rules! back {
    () => {
        "sub r7, r7, #4"
    };
}

/// s1 to s4 = sums of the neighbours of four cells.
macro_rules! four_sums {
    () => {
        "vldmia r4!, {{s1, s2, s3, s4}}
        vldmia r5!, {{s5, s6, s7, s8}}
        vadd.f32 s1, s1, s5
        vadd.f32 s2, s2, s6
        vadd.f32 s3, s3, s7
        vadd.f32 s4, s4, s8
        vldmia r6!, {{s5, s6, s7, s8}}
        vadd.f32 s0, s0, s5
        vadd.f32 s9, s5, s6
        vadd.f32 s10, s6, s7
        vadd.f32 s11, s7, s8
        vadd.f32 s1, s1, s0
        vadd.f32 s2, s2, s9
        vadd.f32 s3, s3, s10
        vadd.f32 s4, s4, s11
        vmov.f32 s0, s8
        "
    };
}

/// s1 = the sum of the neighbours of one cell.
macro_rules! one_sum {
    () => {
        "vldmia r4!, {{s1}}
        vldmia r5!, {{s2}}
        vadd.f32 s1, s1, s2
        vadd.f32 s0, s0, s3
        vadd.f32 s1, s1, s0
        vmov.f32 s0, s3
        "
    };
}

/// s1 to s4 = s15 s1 to s15 s4.
macro_rules! four_times {
    () => {
        "vmul.f32 s1, s15, s1
        vmul.f32 s2, s15, s2
        vmul.f32 s3, s15, s3
        vmul.f32 s4, s15, s4
        "
    };
}

/// s1 to s4 = 0 where the flags say that there is no unknown.
macro_rules! four_masked {
    () => {
        "bne 33f
        movs r3, #0
        vmov s1, r3
        vmov s2, r3
        vmov s3, r3
        vmov s4, r3
        33:
        "
    };
}

macro_rules! one_masked {
    () => {
        "bne 33f
        movs r3, #0
        vmov s1, r3
        33:
        "
    };
}

/// r12 = the place of the numbers of a code, one each.
macro_rules! of_one {
    () => {
        "ands r12, r12, #7
        add.w r12, r9, r12, lsl #2
        "
    };
}

/// The same for three each.
macro_rules! of_three {
    () => {
        "and r12, r12, #7
        add.w r12, r12, r12, lsl #1
        add.w r12, r9, r12, lsl #2
        "
    };
}

// out = table times sum.
along! {
    red_line,
    codes!(),
    back!(),
    concat!(of_one!(), "vldr s15, [r12]\n", four_sums!(), four_times!(), "vstmia r10!, {{s1, s2, s3, s4}}"),
    concat!(
        one_sum!(),
        "ldrb r12, [r7], #1
        ",
        of_one!(),
        "vldr s2, [r12]
        vmul.f32 s1, s2, s1
        vstmia r10!, {{s1}}"
    )
}

// out = table times own, less the sum.
along! {
    black_line,
    codes!(),
    back!(),
    concat!(
        of_one!(),
        "vldr s15, [r12]
        ",
        four_sums!(),
        "vldmia r8!, {{s5, s6, s7, s8}}
        vmul.f32 s5, s15, s5
        vmul.f32 s6, s15, s6
        vmul.f32 s7, s15, s7
        vmul.f32 s8, s15, s8
        vsub.f32 s1, s5, s1
        vsub.f32 s2, s6, s2
        vsub.f32 s3, s7, s3
        vsub.f32 s4, s8, s4
        ",
        four_masked!(),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        one_sum!(),
        "ldrb r12, [r7], #1
        ",
        of_one!(),
        "vldr s2, [r12]
        vldmia r8!, {{s3}}
        vmul.f32 s2, s2, s3
        vsub.f32 s1, s2, s1
        ",
        one_masked!(),
        "vstmia r10!, {{s1}}"
    )
}

// out = gate own.
along! {
    start_line,
    codes!(),
    back!(),
    concat!(
        of_three!(),
        "vldr s15, [r12]
        vldmia r8!, {{s1, s2, s3, s4}}
        ",
        four_times!(),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        "ldrb r12, [r7], #1
        ",
        of_three!(),
        "vldr s2, [r12]
        vldmia r8!, {{s1}}
        vmul.f32 s1, s2, s1
        vstmia r10!, {{s1}}"
    )
}

// out = own where there is an unknown.
along! {
    masked_line,
    codes!(),
    back!(),
    concat!(
        "vldmia r8!, {{s1, s2, s3, s4}}
        tst r12, #7
        ",
        four_masked!(),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        "ldrb r12, [r7], #1
        vldmia r8!, {{s1}}
        tst r12, #7
        ",
        one_masked!(),
        "vstmia r10!, {{s1}}"
    )
}

// out = the sum where the first code has an unknown, and keep of the second one times own.
along! {
    down_line,
    "ldr r3, [r7], #4
    ldr r12, [r1], #4
    cmp r3, r3, ror #8
    it eq
    cmpeq r12, r12, ror #8",
    "sub r7, r7, #4
    sub r1, r1, #4",
    concat!(
        of_three!(),
        "vldr s15, [r12, #4]
        ",
        four_sums!(),
        "tst r3, #7
        ",
        four_masked!(),
        "vldmia r8!, {{s5, s6, s7, s8}}
        vmul.f32 s5, s15, s5
        vmul.f32 s6, s15, s6
        vmul.f32 s7, s15, s7
        vmul.f32 s8, s15, s8
        vadd.f32 s1, s1, s5
        vadd.f32 s2, s2, s6
        vadd.f32 s3, s3, s7
        vadd.f32 s4, s4, s8
        vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        one_sum!(),
        "ldrb r12, [r7], #1
        tst r12, #7
        ",
        one_masked!(),
        "ldrb r12, [r1], #1
        ",
        of_three!(),
        "vldr s2, [r12, #4]
        vldmia r8!, {{s3}}
        vmul.f32 s2, s2, s3
        vadd.f32 s1, s1, s2
        vstmia r10!, {{s1}}"
    )
}

// out = (both own + keep more) + gate sum.
along! {
    up_line,
    codes!(),
    back!(),
    concat!(
        of_three!(),
        "vldmia r12, {{s13, s14, s15}}
        ",
        four_sums!(),
        "vmul.f32 s1, s13, s1
        vmul.f32 s2, s13, s2
        vmul.f32 s3, s13, s3
        vmul.f32 s4, s13, s4
        vldmia r8!, {{s5, s6, s7, s8}}
        vmul.f32 s5, s15, s5
        vmul.f32 s6, s15, s6
        vmul.f32 s7, s15, s7
        vmul.f32 s8, s15, s8
        vldmia r2!, {{s9, s10, s11, s12}}
        vmul.f32 s9, s14, s9
        vmul.f32 s10, s14, s10
        vmul.f32 s11, s14, s11
        vmul.f32 s12, s14, s12
        vadd.f32 s5, s5, s9
        vadd.f32 s6, s6, s10
        vadd.f32 s7, s7, s11
        vadd.f32 s8, s8, s12
        vadd.f32 s1, s5, s1
        vadd.f32 s2, s6, s2
        vadd.f32 s3, s7, s3
        vadd.f32 s4, s8, s4
        vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        one_sum!(),
        "ldrb r12, [r7], #1
        ",
        of_three!(),
        "vldmia r12, {{s13, s14, s15}}
        vmul.f32 s1, s13, s1
        vldmia r8!, {{s2}}
        vmul.f32 s2, s15, s2
        vldmia r2!, {{s3}}
        vmul.f32 s3, s14, s3
        vadd.f32 s2, s2, s3
        vadd.f32 s1, s2, s1
        vstmia r10!, {{s1}}"
    )
}
