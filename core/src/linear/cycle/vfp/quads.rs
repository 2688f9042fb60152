//! Kernels along one line of the finest level, four cells at a time: nearly everywhere the four have one code, and what tables
//! say of it is read once. Cells left over at the end of a line come one by one.

/// What a kernel reads and writes; at least one cell. Those beside a cell lie in one line of the other colour: at its own place,
/// and a place ahead of it or behind.
#[repr(C)]
pub(super) struct Line {
    /// r1, r2: codes and values of a second kind.
    pub(super) more_codes: *const u8,
    pub(super) more: *const f32,
    /// r4, r5, r6: values above, below and beside.
    pub(super) above: *const f32,
    pub(super) below: *const f32,
    pub(super) beside: *const f32,
    /// r7, r8: codes and values of the cells themselves. Four codes are loaded as one word, wherever they lie: all cores with an
    /// FPU can.
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

/// Walks along a line. s0 is the value beside a cell that comes first; `$one` has the other one in s3, and what is left over
/// counted in r0. `$codes` takes four codes, r12, and says whether they are equal, which chooses between `$four` and `$mixed`.
/// r3 and r12 are free, r0 as well for those two; of the FPU s0 to s15 alone, which no caller keeps anything in.
macro_rules! along {
    ($name:ident, $codes:expr, $four:expr, $mixed:expr, $one:expr) => {
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
                $mixed,
                "subs r11, r11, #4",
                "bhs 3b",
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

/// `$a` to `$d` = s15 times themselves, or s12 to s15 times themselves.
macro_rules! four_times {
    ($a:literal, $b:literal, $c:literal, $d:literal) => {
        four_times!($a, $b, $c, $d, "s15", "s15", "s15", "s15")
    };
    (each $a:literal, $b:literal, $c:literal, $d:literal) => {
        four_times!($a, $b, $c, $d, "s12", "s13", "s14", "s15")
    };
    ($a:literal, $b:literal, $c:literal, $d:literal, $e:literal, $f:literal, $g:literal, $h:literal) => {
        concat!(times!($a, $e), times!($b, $f), times!($c, $g), times!($d, $h))
    };
}

macro_rules! times {
    ($a:literal, $b:literal) => {
        concat!("vmul.f32 ", $a, ", ", $b, ", ", $a, "\n")
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

/// The same for each by its code, of the four in a register. s5 and r0 are taken.
macro_rules! each_masked {
    ($codes:literal) => {
        concat!(
            "movs r0, #0
            vmov s5, r0
            tst.w ",
            $codes,
            ", #0x7
            it eq
            vmoveq.f32 s1, s5
            tst.w ",
            $codes,
            ", #0x700
            it eq
            vmoveq.f32 s2, s5
            tst.w ",
            $codes,
            ", #0x70000
            it eq
            vmoveq.f32 s3, s5
            tst.w ",
            $codes,
            ", #0x7000000
            it eq
            vmoveq.f32 s4, s5
            "
        )
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

/// s12 to s15 = the numbers of four codes, one each.
macro_rules! each_of_one {
    () => {
        "ubfx r0, r12, #0, #3
        add.w r0, r9, r0, lsl #2
        vldr s12, [r0]
        ubfx r0, r12, #8, #3
        add.w r0, r9, r0, lsl #2
        vldr s13, [r0]
        ubfx r0, r12, #16, #3
        add.w r0, r9, r0, lsl #2
        vldr s14, [r0]
        ubfx r0, r12, #24, #3
        add.w r0, r9, r0, lsl #2
        vldr s15, [r0]
        "
    };
}

/// r0 = the place of the numbers of the code that starts with this bit, three each.
macro_rules! place {
    ($bit:literal) => {
        concat!(
            "ubfx r0, r12, #",
            $bit,
            ", #3
            add.w r0, r0, r0, lsl #1
            add.w r0, r9, r0, lsl #2
            "
        )
    };
}

/// s12 to s15 = one of the three numbers of four codes, by its offset.
macro_rules! each_of_three {
    ($offset:literal) => {
        concat!(
            place!("0"),
            "vldr s12, [r0, #",
            $offset,
            "]\n",
            place!("8"),
            "vldr s13, [r0, #",
            $offset,
            "]\n",
            place!("16"),
            "vldr s14, [r0, #",
            $offset,
            "]\n",
            place!("24"),
            "vldr s15, [r0, #",
            $offset,
            "]\n"
        )
    };
}

/// With the numbers of the code that starts with this bit: `$sum` times gate, `$own` times both, `$more` times keep.
macro_rules! up_of {
    ($bit:literal, $sum:literal, $own:literal, $more:literal) => {
        concat!(
            place!($bit),
            "vldmia r0, {{s13, s14, s15}}\n",
            times!($sum, "s13"),
            times!($own, "s15"),
            times!($more, "s14")
        )
    };
}

/// s5 to s8, less s1 to s4.
macro_rules! four_less {
    () => {
        "vsub.f32 s1, s5, s1
        vsub.f32 s2, s6, s2
        vsub.f32 s3, s7, s3
        vsub.f32 s4, s8, s4
        "
    };
}

/// s5 to s8, added to s1 to s4.
macro_rules! four_more {
    () => {
        "vadd.f32 s1, s1, s5
        vadd.f32 s2, s2, s6
        vadd.f32 s3, s3, s7
        vadd.f32 s4, s4, s8
        "
    };
}
