//! Loops over long vectors, compiled a second time for the wider registers of hosts that have them.
//!
//! What the processor has is asked of it when the first long vector comes, as a library that is shipped once for all of them must.
//! Sums keep their order and nothing is fused, so the bits are those of the plain loops. Chips have none of this.

#![allow(unsafe_code, reason = "functions for a processor that was asked before")]

/// Elements from which on asking costs less than it gains.
const LONG: usize = 512;

/// What is done over long vectors. A closure that is long itself is called and not put in line, and has no wider registers then; a type
/// whose `run` is always put in line has.
pub(crate) trait Work {
    type Output;

    fn run(self) -> Self::Output;
}

impl<R, F: FnOnce() -> R> Work for F {
    type Output = R;

    #[inline(always)]
    fn run(self) -> R {
        self()
    }
}

/// Does `work` over vectors of `len` elements. What it calls has to be put in line to gain anything.
#[inline(always)]
pub(crate) fn wide<W: Work>(len: usize, work: W) -> W::Output {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2", not(target_feature = "avx2")))]
    if len >= LONG && x86::has_avx2() {
        // SAFETY: it has, and the system keeps its registers.
        return unsafe { x86::with_avx2(work) };
    }
    _ = len >= LONG;
    work.run()
}

/// The first element that is bad, with its index. A host looks at all of them at once before it looks for one.
#[inline(always)]
pub(crate) fn find<T: Copy>(values: &[T], bad: impl Fn(T) -> bool) -> Option<(usize, T)> {
    #[cfg(not(target_arch = "arm"))]
    if !wide(values.len(), Search { a: values, b: values, bad: &|value, _| bad(value) }) {
        return None;
    }
    values.iter().copied().enumerate().find(|(_, value)| bad(*value))
}

/// The index of the same in two vectors side by side.
#[inline(always)]
pub(crate) fn find_pair<T: Copy>(a: &[T], b: &[T], bad: impl Fn(T, T) -> bool) -> Option<usize> {
    #[cfg(not(target_arch = "arm"))]
    if !wide(a.len(), Search { a, b, bad: &bad }) {
        return None;
    }
    a.iter().zip(b).position(|(a, b)| bad(*a, *b))
}

/// Elements looked at in one place before the next one.
#[cfg(not(target_arch = "arm"))]
const PART: usize = 64;

/// Parts from one place to the next: not a whole number of pages, so that no two places want the same lines of a cache.
#[cfg(not(target_arch = "arm"))]
const STRETCH: usize = 33;

/// Places: memory answers several in less time than one, since each is fetched ahead by itself.
#[cfg(not(target_arch = "arm"))]
const PLACES: usize = 4;

/// Whether any pair is bad.
#[cfg(not(target_arch = "arm"))]
struct Search<'a, T, F> {
    a: &'a [T],
    b: &'a [T],
    bad: &'a F,
}

#[cfg(not(target_arch = "arm"))]
impl<T: Copy, F: Fn(T, T) -> bool> Work for Search<'_, T, F> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let blocks = |x| -> &[[[[T; PART]; STRETCH]; PLACES]] { <[T]>::as_chunks(x).0.as_chunks().0.as_chunks().0 };
        let (a_blocks, b_blocks) = (blocks(self.a), blocks(self.b));
        let mut found = false;
        for (a, b) in a_blocks.iter().zip(b_blocks) {
            for k in 0..STRETCH {
                for (a, b) in a.iter().zip(b) {
                    if let (Some(a), Some(b)) = (a.get(k), b.get(k)) {
                        found |= any(a, b, self.bad);
                    }
                }
            }
        }
        let done = a_blocks.len().min(b_blocks.len()) * PART * STRETCH * PLACES;
        found | any(self.a.get(done..).unwrap_or(&[]), self.b.get(done..).unwrap_or(&[]), self.bad)
    }
}

#[cfg(not(target_arch = "arm"))]
#[inline(always)]
fn any<T: Copy>(a: &[T], b: &[T], bad: impl Fn(T, T) -> bool) -> bool {
    a.iter().zip(b).fold(false, |any, (a, b)| any | bad(*a, *b))
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
    pub(super) unsafe fn with_avx2<W: super::Work>(work: W) -> W::Output {
        work.run()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Real;
    use crate::operator::Prox;
    use crate::prox::nonconvex::Mcp;
    use crate::prox::separable::{Bounds, Huber, L1};
    use std::vec::Vec;

    /// An operator on one long vector, and the same on pieces that are too short to be asked for.
    fn pieces_agree<T: Real>(name: &str, prox: impl Fn(&mut [T])) {
        let n = 8 * LONG + 13;
        let x: Vec<T> = (0..n).map(|k| T::from_f64((k as f64 * 0.37).sin() * 4.0)).collect();
        let (mut whole, mut pieces) = (x.clone(), x);
        prox(&mut whole);
        pieces.chunks_mut(LONG - 100).for_each(prox);
        assert!(whole.iter().zip(&pieces).all(|(a, b)| a.to_bits_u64() == b.to_bits_u64()), "{name}");
    }

    fn all_agree<T: Real>() {
        let at = T::from_f64;
        let step = at(0.7);
        let ends: Vec<T> = (0..8 * LONG + 13).map(|k| at(0.5 + (k % (LONG - 100)) as f64 * 0.001)).collect();
        pieces_agree("soft threshold", |x| L1.prox(x, step, &mut []));
        pieces_agree("Huber", |x| Huber { width: at(0.9) }.prox(x, step, &mut []));
        pieces_agree("MCP", |x| Mcp { slope: at(1.1), concavity: at(1.9) }.prox(x, step, &mut []));
        pieces_agree("scale", |x| crate::vector::scale(at(0.3), x));
        pieces_agree("axpy", |x| {
            let other = x.to_vec();
            crate::vector::axpy(at(0.3), &other, x);
        });
        pieces_agree("bounds", |x| {
            let (low, high): (Vec<T>, &[T]) = (ends.iter().map(|end| -*end).collect(), &ends);
            let n = x.len();
            Bounds { low: &low[..n], high: &high[..n] }.prox(x, step, &mut []);
        });
    }

    #[test]
    fn wider_registers_leave_the_bits_alone() {
        all_agree::<f32>();
        all_agree::<f64>();
    }

    #[test]
    fn what_is_bad_is_found_wherever_it_is() {
        let block = PART * STRETCH * PLACES;
        for n in [1, LONG - 1, LONG, 3 * LONG + 5, block - 1, block, 2 * block + 7] {
            for at in [0, n / 3, n / 2, n - 1] {
                let mut x = std::vec![1.0_f32; n];
                assert_eq!(find(&x, |x| !x.is_finite()), None);
                x[at] = f32::NAN;
                assert_eq!(find(&x, |x| !x.is_finite()).map(|(index, _)| index), Some(at));
                assert_eq!(find_pair(&x, &x, |a, b| a.partial_cmp(&b).is_none()), Some(at));
            }
        }
    }
}
