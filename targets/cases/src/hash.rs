//! FNV-1a over the bits of a result: the whole criterion for "the same bits".

/// A running 64-bit FNV-1a hash (Fowler, Noll and Vo; offset basis and prime of the published 64-bit variant).
///
/// NaN is hashed as one value whatever its payload: payloads are no part of the promise.
#[derive(Clone, Copy, Debug)]
pub struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    /// Adds bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        self
    }

    /// Adds a count or an index, as four bytes on every core.
    pub fn word(&mut self, word: u32) -> &mut Self {
        self.bytes(&word.to_le_bytes())
    }

    /// Adds the bits of one number.
    pub fn f32(&mut self, x: f32) -> &mut Self {
        self.word(if x.is_nan() { 0x7fc0_0000 } else { x.to_bits() })
    }

    /// Adds the bits of one number.
    pub fn f64(&mut self, x: f64) -> &mut Self {
        let bits = if x.is_nan() { 0x7ff8_0000_0000_0000 } else { x.to_bits() };
        self.bytes(&bits.to_le_bytes())
    }

    /// Adds the bits of a vector.
    pub fn f32s(&mut self, xs: &[f32]) -> &mut Self {
        xs.iter().fold(self, |hash, &x| hash.f32(x))
    }

    /// Adds the bits of a vector.
    pub fn f64s(&mut self, xs: &[f64]) -> &mut Self {
        xs.iter().fold(self, |hash, &x| hash.f64(x))
    }

    /// The hash so far.
    #[must_use]
    pub const fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors() {
        assert_eq!(Hash::default().finish(), 0xcbf2_9ce4_8422_2325);
        assert_eq!(Hash::default().bytes(b"a").finish(), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(Hash::default().bytes(b"foobar").finish(), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn one_nan() {
        let payload = f32::from_bits(0xffc0_1234);
        assert_eq!(Hash::default().f32(payload).finish(), Hash::default().f32(f32::NAN).finish());
    }
}
