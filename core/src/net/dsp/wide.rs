//! The high half of a product by way of 64 bits.

/// The high half of a product, rounded: (a b + 2^31) >> 32.
#[inline]
#[allow(clippy::cast_possible_truncation, reason = "that is what it is for")]
pub(in crate::net) fn high_half(a: i32, b: i32) -> i32 {
    ((i64::from(a) * i64::from(b) + (1 << 31)) >> 32) as i32
}

/// A sum with [`high_half`].
#[inline]
pub(in crate::net) fn high_half_plus(a: i32, b: i32, c: i32) -> i32 {
    c.wrapping_add(high_half(a, b))
}
