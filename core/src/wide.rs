//! Loops over long vectors, compiled a second time for the wider registers of hosts that have them.
//!
//! What the processor has is asked of it when the first long vector comes, as a library that is shipped once for all of them must.
//! Sums keep their order and nothing is fused, so the bits are those of the plain loops. Chips have none of this.

#![allow(unsafe_code, reason = "functions for a processor that was asked before")]

/// Elements from which on asking costs less than it gains.
const LONG: usize = 512;

/// Does `work` over vectors of `len` elements. What it calls has to be put in line to gain anything.
#[inline(always)]
pub(crate) fn wide<R>(len: usize, work: impl FnOnce() -> R) -> R {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2", not(target_feature = "avx2")))]
    if len >= LONG && x86::has_avx2() {
        // SAFETY: it has, and the system keeps its registers.
        return unsafe { x86::with_avx2(work) };
    }
    _ = len >= LONG;
    work()
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse2", not(target_feature = "avx2")))]
mod x86 {
    use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};
    use core::sync::atomic::{AtomicU8, Ordering};

    const UNKNOWN: u8 = 0;
    const NO: u8 = 1;
    const YES: u8 = 2;

    #[inline]
    pub(super) fn has_avx2() -> bool {
        static ANSWER: AtomicU8 = AtomicU8::new(UNKNOWN);
        match ANSWER.load(Ordering::Relaxed) {
            UNKNOWN => {
                let answer = asked();
                ANSWER.store(if answer { YES } else { NO }, Ordering::Relaxed);
                answer
            }
            answer => answer == YES,
        }
    }

    /// Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, 14.3 and 14.7.1.
    #[cold]
    #[allow(unused_unsafe, reason = "newer compilers know that every processor answers")]
    fn asked() -> bool {
        // SAFETY: every x86-64 processor has CPUID; the leaves are there as the ones before say, and XGETBV if OSXSAVE is set.
        unsafe {
            let (osxsave_and_avx, avx2) = (0b11 << 27, 1 << 5);
            __cpuid(0).eax >= 7
                && __cpuid(1).ecx & osxsave_and_avx == osxsave_and_avx
                && xcr0() & 0b110 == 0b110
                && __cpuid_count(7, 0).ebx & avx2 != 0
        }
    }

    /// Which registers the system keeps.
    ///
    /// # Safety
    /// The processor has XGETBV.
    #[target_feature(enable = "xsave")]
    unsafe fn xcr0() -> u64 {
        // SAFETY: as promised.
        unsafe { _xgetbv(0) }
    }

    /// # Safety
    /// The processor has AVX2.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn with_avx2<R>(work: impl FnOnce() -> R) -> R {
        work()
    }
}
