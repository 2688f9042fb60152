//! Square root in one instruction where the core has it.
//!
//! `libm` never uses VSQRT on 32-bit Arm, and `asm!` refuses VFP registers on the hard-float targets of stable Rust, so
//! the instruction stands in a naked function. `libm` is the safe fallback; both round correctly, and the firmware test
//! compares them bit for bit.

#![allow(unsafe_code, reason = "a naked function is the only stable door to VSQRT, and intrinsics are unsafe")]

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

/// Of bits in r3 those of the root, by a convention of its own: all other registers stay as they are, so that nothing need be kept
/// elsewhere around a call, which would take more flash than this does.
#[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
#[unsafe(naked)]
extern "C" fn vsqrt_keeping() {
    // SAFETY: s0 is put back.
    core::arch::naked_asm!(
        ".fpu vfpv2",
        "vpush {{s0}}",
        "vmov s0, r3",
        "vsqrt.f32 s0, s0",
        "vmov r3, s0",
        "vpop {{s0}}",
        "bx lr",
    )
}

#[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
#[inline]
pub(super) fn keeping(x: f32) -> f32 {
    let root;
    // SAFETY: what is called changes r3 and the link register, what a linker puts between changes r12; the stack is left as it was.
    unsafe {
        core::arch::asm!(
            "bl {vsqrt}",
            vsqrt = sym vsqrt_keeping,
            inlateout("r3") x.to_bits() => root,
            lateout("r12") _,
            lateout("lr") _,
            options(pure, nomem),
        );
    }
    f32::from_bits(root)
}

/// One instruction on this host as well, to the same bits.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[inline]
pub(super) fn sqrt(x: f32) -> f32 {
    use core::arch::x86_64::{_mm_cvtss_f32, _mm_set_ss, _mm_sqrt_ss};
    // SAFETY: compiled only where SSE2 is part of the target.
    unsafe { _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))) }
}

/// The same in double precision.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[inline]
pub(super) fn sqrt_double(x: f64) -> f64 {
    use core::arch::x86_64::{_mm_cvtsd_f64, _mm_set_sd, _mm_sqrt_sd};
    // SAFETY: compiled only where SSE2 is part of the target.
    unsafe { _mm_cvtsd_f64(_mm_sqrt_sd(_mm_set_sd(x), _mm_set_sd(x))) }
}

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
#[inline]
pub(super) fn sqrt_double(x: f64) -> f64 {
    libm::sqrt(x)
}

#[cfg(not(any(
    all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)),
    all(target_arch = "x86_64", target_feature = "sse2")
)))]
#[inline]
pub(super) fn sqrt(x: f32) -> f32 {
    libm::sqrtf(x)
}
