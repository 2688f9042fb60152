//! A number of which the compiler knows nothing.

#![allow(unsafe_code, reason = "an assembly block without an instruction")]

/// The number itself. On a chip several questions with short constants take less flash than the one with a long constant that the
/// compiler would make of them.
#[inline(always)]
pub(crate) fn veiled(number: u32) -> u32 {
    #[cfg(target_arch = "arm")]
    {
        let veiled;
        // SAFETY: no instruction at all.
        unsafe {
            core::arch::asm!("/* {0} */", inlateout(reg) number => veiled, options(pure, nomem, nostack, preserves_flags))
        };
        veiled
    }
    #[cfg(not(target_arch = "arm"))]
    number
}
