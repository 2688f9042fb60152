//! The most used maps and sums in assembly, and searches and projections that are half as long so, for cores with a
//! single-precision FPU or saturating arithmetic.
//!
//! The compiler loads one word an instruction and moves flags for every comparison; multiple loads and masks in core registers are
//! a third of that. Bits are those of the portable maps beside which these stand. `asm!` refuses VFP registers on stable Rust, hence
//! naked functions. On every other core, and for `f64`, there is nothing.

#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

use crate::real::Real;

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod balls;
mod maps;
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod sums;
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod thresholds;

/// Whether this is `f32`, on a core that has what is asked.
macro_rules! is_single {
    ($real:ident, $core:meta) => {
        cfg!($core) && core::any::TypeId::of::<$real>() == core::any::TypeId::of::<f32>()
    };
}

/// The soft threshold. Answers how many elements were mapped: all or none.
#[inline]
pub(super) fn soft_threshold<T: Real>(x: &mut [T], threshold: T) -> usize {
    if !is_single!(T, all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))) {
        return 0;
    }
    #[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
    // SAFETY: T is f32.
    unsafe {
        maps::soft(x.as_mut_ptr().cast(), x.len(), threshold.to_f32().to_bits());
    }
    _ = threshold;
    x.len()
}

/// max(x - threshold, 0) by the sign bit. Answers as [`soft_threshold`].
#[inline]
pub(super) fn beyond<T: Real>(x: &mut [T], threshold: T) -> usize {
    if !is_single!(T, all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))) {
        return 0;
    }
    #[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
    // SAFETY: T is f32.
    unsafe {
        maps::beyond(x.as_mut_ptr().cast(), x.len(), threshold.to_f32().to_bits());
    }
    _ = threshold;
    x.len()
}

/// Negative elements become 0, NaN kept. Answers as [`soft_threshold`].
#[inline]
pub(super) fn nonnegative<T: Real>(x: &mut [T]) -> usize {
    if !is_single!(T, tinysolve_dsp) {
        return 0;
    }
    #[cfg(tinysolve_dsp)]
    // SAFETY: T is f32.
    unsafe {
        maps::positive(x.as_mut_ptr().cast(), x.len());
    }
    x.len()
}

/// Elements within the bounds, NaN kept. Answers whether there is a kernel for it.
#[inline]
pub(super) fn bounds<T: Real>(x: &mut [T], low: &[T], high: &[T]) -> bool {
    if !is_single!(T, all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))) {
        return false;
    }
    let n = x.len().min(low.len()).min(high.len());
    #[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
    // SAFETY: T is f32, and all three have n elements or more.
    unsafe {
        maps::clamp(x.as_mut_ptr().cast(), n, low.as_ptr().cast(), high.as_ptr().cast());
    }
    _ = n;
    true
}

/// Sum of max(x - threshold, 0), one after the other, and how many differences are negative; none where there is no kernel.
#[inline]
#[allow(clippy::cast_possible_truncation, reason = "halves of a double word")]
pub(super) fn excesses<T: Real>(_x: &[T], _threshold: T) -> Option<(T, u32)> {
    #[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
    if is_single!(T, all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))) {
        // SAFETY: T is f32.
        let both = unsafe { sums::excess(_x.as_ptr().cast(), _x.len(), _threshold.to_f32().to_bits()) };
        return Some((T::from_bits_u64(both & 0xffff_ffff), (both >> 32) as u32));
    }
    None
}

/// The Euclidean norm as [`norm`](super::norms) has it, or none where there is no kernel.
#[inline]
pub(super) fn norm<T: Real>(_x: &[T]) -> Option<T> {
    #[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
    if is_single!(T, all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))) {
        // SAFETY: T is f32.
        return Some(T::from_bits_u64(unsafe { sums::norm(_x.as_ptr().cast(), _x.len()) }.into()));
    }
    None
}

/// [`shrink_norm`](super::norms); whether there is a kernel for it.
#[inline]
pub(super) fn shrink_norm<T: Real>(_x: &mut [T], _threshold: T) -> bool {
    #[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
    if is_single!(T, all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))) {
        // SAFETY: T is f32.
        unsafe { sums::shrink(_x.as_mut_ptr().cast(), _x.len(), _threshold.to_f32().to_bits()) };
        return true;
    }
    false
}

/// [`products`](super::products) of vectors of one length, or none where there is no kernel.
#[inline]
pub(super) fn products<T: Real>(_x: &[T], _y: &[T]) -> Option<T> {
    #[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
    if is_single!(T, all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))) {
        let n = _x.len().min(_y.len());
        // SAFETY: T is f32, and both have n elements.
        return Some(T::from_bits_u64(unsafe { sums::products(_x.as_ptr().cast(), _y.as_ptr().cast(), n) }.into()));
    }
    None
}

/// [`threshold_of_magnitudes`](super::sets::threshold_of_magnitudes), or none where there is no kernel.
#[inline]
pub(super) fn threshold_of_magnitudes<T: Real>(_x: &[T], _total: T) -> Option<T> {
    #[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
    if is_single!(T, all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))) {
        let total = _total.to_f32().to_bits();
        // SAFETY: T is f32.
        return Some(T::from_bits_u64(unsafe { thresholds::magnitudes(_x.as_ptr().cast(), _x.len(), total) }.into()));
    }
    None
}

/// [`Sphere`](super::sets::Sphere); whether there is a kernel for it.
#[inline]
pub(super) fn sphere<T: Real>(_x: &mut [T], _radius: T) -> bool {
    #[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
    if is_single!(T, all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))) {
        // SAFETY: T is f32.
        unsafe { balls::sphere(_x.as_mut_ptr().cast(), _x.len(), _radius.to_f32().to_bits()) };
        return true;
    }
    false
}

/// [`RotatedCone`](super::cones::RotatedCone); whether there is a kernel for it. Of less than two elements nothing changes.
#[inline]
pub(super) fn rotated_cone<T: Real>(_x: &mut [T]) -> bool {
    #[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
    if is_single!(T, all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))) {
        if _x.len() > 1 {
            // SAFETY: T is f32, and there are two elements.
            unsafe { balls::rotated_cone(_x.as_mut_ptr().cast(), _x.len()) };
        }
        return true;
    }
    false
}

/// [`SumOfLargest`](super::ordered::SumOfLargest); whether there is a kernel for it.
#[inline]
pub(super) fn sum_of_largest<T: Real>(_x: &mut [T], _step: T, _count: usize) -> bool {
    #[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
    if is_single!(T, all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))) {
        if !_x.is_empty() {
            let (step, count) = (_step.to_f32().to_bits(), u32::try_from(_count).unwrap_or(u32::MAX));
            // SAFETY: T is f32, and there is an element.
            unsafe { thresholds::largest(_x.as_mut_ptr().cast(), _x.len(), step, count) };
        }
        return true;
    }
    false
}

/// [`Hyperslab`](super::sets::Hyperslab), over as many elements as there are of both; whether there is a kernel for it.
#[inline]
pub(super) fn slab<T: Real>(_x: &mut [T], _normal: &[T], _low: T, _high: T) -> bool {
    #[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
    if is_single!(T, all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))) {
        let (n, low, high) = (_x.len().min(_normal.len()), _low.to_f32().to_bits(), _high.to_f32().to_bits());
        if n > 0 {
            // SAFETY: T is f32, and both have n elements.
            unsafe { balls::slab(_x.as_mut_ptr().cast(), _normal.as_ptr().cast(), n, low, high) };
        }
        return true;
    }
    false
}
