//! What a sweep walks along, and how: two nodes at a time, line after line.

/// What a sweep walks along. Above and below the grid it reads the line itself, with weights of 0.
#[repr(C)]
pub(in crate::linear::cycle::vfp) struct Sweep {
    /// 0: weights above, below, beside, at the side.
    pub(in crate::linear::cycle::vfp) weights: [*const f32; 4],
    /// 16: values above, below, beside.
    pub(in crate::linear::cycle::vfp) values: [*const f32; 3],
    /// 28: three more lists, and what is written.
    pub(in crate::linear::cycle::vfp) of_node: [*const f32; 3],
    pub(in crate::linear::cycle::vfp) out: *mut f32,
    /// 44: at least one.
    pub(in crate::linear::cycle::vfp) lines: usize,
    /// 48: nodes of a line but one, and in the highest bit whether the side neighbours of the first line lie behind.
    pub(in crate::linear::cycle::vfp) bulk: usize,
    /// 52: the weights above from the second line on, and those below in the last line.
    pub(in crate::linear::cycle::vfp) above: *const f32,
    pub(in crate::linear::cycle::vfp) below: *const f32,
    /// 60: what the weights at the side skip with the node at the edge, and after a line that has it in front, in bytes.
    pub(in crate::linear::cycle::vfp) skip: [usize; 2],
    /// 68: how far the values above step back after the first line, and those below before the last.
    pub(in crate::linear::cycle::vfp) back: [usize; 2],
    /// 76: lines of the grid.
    pub(in crate::linear::cycle::vfp) all: usize,
}

/// Walks the lines. `$pair`, `$single` work on nodes in the middle and `$edge` on the one without a neighbour at its side;
/// s0 is the value beside that comes first, s15 is taken.
macro_rules! sweep {
    ($name:ident, $pair:expr, $single:expr, $edge:expr, $after:expr) => {
        #[unsafe(naked)]
        pub(in crate::linear::cycle::vfp) unsafe extern "C" fn $name(sweep: *mut Sweep) {
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

pub(super) use sweep;
