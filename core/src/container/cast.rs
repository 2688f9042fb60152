//! Looking at bytes as numbers without a copy: the one place of the container that the compiler cannot check.
#![allow(unsafe_code, reason = "a slice of bytes cannot be seen as a slice of numbers in safe code")]

use super::element::Element;

/// The bytes as little-endian numbers, in place. `None` if they do not start at an address fit for `T`, if they are not a
/// whole number of elements, or if the host is big-endian.
pub(super) fn view<T: Element>(bytes: &[u8]) -> Option<&[T]> {
    if cfg!(target_endian = "big") {
        return None;
    }
    // SAFETY: `Element` is sealed, and each of its types is a plain integer or float: every bit pattern is a value, and
    // there is no padding. `align_to` itself keeps to alignment and bounds.
    let (before, elements, after) = unsafe { bytes.align_to::<T>() };
    if before.is_empty() && after.is_empty() { Some(elements) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// Sixteen-byte aligned memory on every host.
    #[repr(align(16))]
    struct Aligned([u8; 64]);

    fn agree<T: Element + PartialEq + core::fmt::Debug>() {
        let mut memory = Aligned([0; 64]);
        for (k, byte) in (0_u8..).zip(&mut memory.0) {
            *byte = k.wrapping_mul(37) ^ 0x5a;
        }
        for start in 0..16 {
            for len in 0..=48 {
                let bytes = &memory.0[start..start + len];
                let decoded: Vec<T> = T::decode(bytes).collect();
                let fits = start % align_of::<T>() == 0 && len % size_of::<T>() == 0;
                match view::<T>(bytes) {
                    Some(viewed) => {
                        assert!(fits || len == 0);
                        assert_eq!(viewed, decoded);
                    }
                    None => assert!(!fits),
                }
            }
        }
    }

    #[test]
    fn views_agree_with_decoding() {
        agree::<u8>();
        agree::<i8>();
        agree::<u16>();
        agree::<i16>();
        agree::<u32>();
        agree::<i32>();
        agree::<u64>();
        agree::<f32>();
        agree::<f64>();
    }
}
