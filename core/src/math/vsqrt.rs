//! Single-precision square root in one instruction where the core has it.
//!
//! `libm` never uses VSQRT on 32-bit Arm, and `asm!` refuses VFP registers on the hard-float targets of stable Rust, so
//! the instruction stands in a naked function. `libm` is the safe fallback; both round correctly, and the firmware test
//! compares them bit for bit.

#![allow(unsafe_code, reason = "a naked function is the only stable door to VSQRT")]

#[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
#[unsafe(naked)]
extern "C" fn vsqrt(x: f32) -> f32 {
    // SAFETY: argument and result are in s0 by the hard-float convention; no stack, no other register is touched.
    core::arch::naked_asm!(".fpu vfpv2", "vsqrt.f32 s0, s0", "bx lr")
}

#[cfg(all(target_arch = "arm", tinysolve_softfp_vsqrt))]
#[unsafe(naked)]
extern "C" fn vsqrt(x: f32) -> f32 {
    // SAFETY: argument and result are in r0 by the soft convention; s0 is caller-saved.
    core::arch::naked_asm!(".fpu vfpv2", "vmov s0, r0", "vsqrt.f32 s0, s0", "vmov r0, s0", "bx lr")
}

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
#[inline]
pub(super) fn sqrt(x: f32) -> f32 {
    vsqrt(x)
}

#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
#[inline]
pub(super) fn sqrt(x: f32) -> f32 {
    libm::sqrtf(x)
}
