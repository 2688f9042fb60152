//! Projections whose every step is a pass over all elements.

use super::sums::norm;
use core::arch::naked_asm;

/// On the sphere of this radius, as bits: brought to magnitudes in [1, 2), then to the radius by the norm; of 0, the first unit vector.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn sphere(x: *mut f32, n: usize, radius: u32) {
    naked_asm!(
        ".fpu fpv4-sp-d16",
        "push {{r4, r5, lr}}",
        "cbz r1, 7f",
        // What `norm` leaves: r4, r5, r12, s9. r5 is not 0 until there is a norm.
        "mov r12, r0",
        "mov r4, r1",
        "mov r5, r2",
        "vmov s9, r5",
        // The largest magnitude, times two as bits, or the smallest normal number; what is not a number is passed over.
        "mov.w r3, #0x01000000",
        "1:",
        "ldmia r0!, {{r2}}",
        "lsls r2, r2, #1",
        "cmp r2, r3",
        "bls 2f",
        "cmp.w r2, #0xff000000",
        "it ls",
        "movls r3, r2",
        "2:",
        "subs r1, r1, #1",
        "bne 1b",
        // The power of two that brings it into [1, 2), 1 where that would be 0.
        "lsrs r0, r3, #24",
        "rsbs r0, r0, #254",
        "it le",
        "movle r0, #127",
        "lsls r0, r0, #23",
        "vmov s1, r0",
        "3:",
        "mov r0, r12",
        "mov r1, r4",
        "4:",
        "vldr s0, [r0]",
        "vmul.f32 s0, s0, s1",
        "vstmia r0!, {{s0}}",
        "subs r1, r1, #1",
        "bne 4b",
        "cbz r5, 7f",
        "mov r0, r12",
        "mov r1, r4",
        "bl {norm}",
        "movs r5, #0",
        "cbz r0, 6f",
        "vmov s1, r0",
        "vdiv.f32 s1, s9, s1",
        "b 3b",
        "6:",
        "vstr s9, [r12]",
        "7:",
        "pop {{r4, r5, pc}}",
        norm = sym norm,
    )
}
