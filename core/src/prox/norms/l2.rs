//! The Euclidean norm.

use crate::error::Error;
use crate::operator::Prox;
use crate::prox::penalty::{each, positive};
use crate::prox::products::products;
use crate::prox::vfp;
use crate::real::Real;
use crate::vector;

/// Bits of the smallest sum of squares of which nothing that matters has underflowed.
#[inline]
fn smallest_safe<T: Real>() -> u64 {
    (T::MIN_POSITIVE / (T::EPSILON * T::EPSILON)).to_bits_u64()
}

/// Whether the root of a sum of squares is the norm: by the bits, which is one comparison; also where one is not a number.
#[cfg(not(target_arch = "arm"))]
#[inline]
pub(in crate::prox) fn safe_to_root<T: Real>(squares: T) -> bool {
    let bits = squares.to_bits_u64();
    bits >= smallest_safe::<T>() && bits < T::INFINITY.to_bits_u64()
}

/// The Euclidean norm. Where squares over- or underflow they are summed again, of x times a power of two that brings whatever
/// may have done so to where nothing does.
#[inline]
pub(in crate::prox) fn norm<T: Real>(x: &[T]) -> T {
    if let Some(norm) = vfp::norm(x) {
        return norm;
    }
    let (mut squares, mut power) = (products(x, x), T::ONE);
    let smallest_safe = smallest_safe::<T>();
    let bits = squares.to_bits_u64();
    if bits < smallest_safe || bits >= T::INFINITY.to_bits_u64() {
        // Sums below 2^-80 (f64: 2^-918) times 2^200 (2^1800), numbers up to 2^128 (2^1024) times 2^-80 (2^-600).
        let (up, down) = if size_of::<T>() > 4 { (1923_u64 << 52, 423 << 52) } else { (227 << 23, 47 << 23) };
        power = T::from_bits_u64(if bits < smallest_safe { up } else { down });
        squares = x.iter().fold(T::ZERO, |sum, x| sum + (*x * power) * (*x * power));
    }
    squares.sqrt() / power
}

/// x times max(0, 1 - threshold / |x|), 0 at 0; the norm is scaled, so that nothing overflows.
#[inline]
pub(in crate::prox) fn shrink_norm<T: Real>(x: &mut [T], threshold: T) {
    if vfp::shrink_norm(x, threshold) {
        return;
    }
    let norm = norm(x);
    let factor = if norm <= threshold { T::ZERO } else { (norm - threshold) / norm };
    // No -0 is left of what is negative.
    each(x, move |x| x * factor + T::ZERO);
}

/// f(x) = |x|: v max(0, 1 - step / |v|), 0 at 0. One norm, 1 division, n multiplications.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct L2;

impl<T: Real> Prox<T> for L2 {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        Ok(())
    }

    #[inline]
    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        shrink_norm(x, step);
    }

    fn value(&self, x: &[T]) -> T {
        norm(x)
    }
}

/// f(x) = |x| for x >= 0: negative elements become 0 first, then as [`L2`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct NonnegativeL2;

impl<T: Real> Prox<T> for NonnegativeL2 {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        Ok(())
    }

    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        for x in &mut *x {
            if *x <= T::ZERO {
                *x = T::ZERO;
            }
        }
        shrink_norm(x, step);
    }

    fn value(&self, x: &[T]) -> T {
        if x.iter().any(|x| *x < T::ZERO) { T::INFINITY } else { norm(x) }
    }
}

/// f(x) = |x|² / (2 m) for |x| <= m, |x| - m / 2 beyond: Huber's function of the norm of a group, such as a complex number
/// or a gradient. v m / (m + step) up to m + step, v (1 - step / |v|) beyond.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct HuberNorm<T> {
    /// m, above 0.
    pub width: T,
}

impl<T: Real> Prox<T> for HuberNorm<T> {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        positive(0, self.width)
    }

    fn prox(&self, x: &mut [T], step: T, _scratch: &mut [T]) {
        let norm = norm(x);
        let bound = self.width + step;
        let factor = if norm <= bound { self.width / bound } else { (norm - step) / norm };
        vector::scale(factor, x);
    }

    fn value(&self, x: &[T]) -> T {
        let norm = norm(x);
        if norm < self.width { norm * norm / (T::TWO * self.width) } else { norm - self.width / T::TWO }
    }
}
