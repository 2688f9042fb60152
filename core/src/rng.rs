//! A small seeded generator: xoshiro128++ 1.0 of Blackman and Vigna, 16 bytes of state, 32-bit operations only.
//!
//! The library keeps its own so that a seeded run has the same bits on every target and after every update of a
//! dependency. A caller's generator enters through `rand_core` where one is wanted.

use core::convert::Infallible;

use rand_core::{SeedableRng, TryRng};

use crate::error::Error;
use crate::solve::words::{Codec, Plain};

/// xoshiro128++; not for cryptography.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(C)]
pub struct Xoshiro128 {
    state: [u32; 4],
}

impl Xoshiro128 {
    /// A stream of its own for each seed, expanded by the finaliser of splitmix.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        let mut state = [0; 4];
        let mut counter = seed;
        let mut k = 0;
        while k < 4 {
            counter = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut word = counter;
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            state[k] = (word >> 32) as u32;
            k += 1;
        }
        Self::from_state(state)
    }

    /// Goes on from a state; the all-zero one, which would stand still, is replaced.
    #[must_use]
    pub const fn from_state(state: [u32; 4]) -> Self {
        if matches!(state, [0, 0, 0, 0]) {
            return Self { state: [0x9e37_79b9, 0, 0, 0] };
        }
        Self { state }
    }

    /// The state, to go on from later.
    #[must_use]
    pub const fn state(&self) -> [u32; 4] {
        self.state
    }

    /// The next 32 bits.
    pub const fn word(&mut self) -> u32 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(7).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 9), d.rotate_left(11)];
        result
    }

    /// Uniform in [0, 1): a multiple of 2^-24.
    #[allow(clippy::cast_precision_loss, reason = "24 bits fit an f32")]
    pub const fn unit(&mut self) -> f32 {
        (self.word() >> 8) as f32 * (1.0 / 16_777_216.0)
    }
}

impl Plain for Xoshiro128 {
    const WORDS: usize = 4;

    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        let mut state = self.state;
        for word in &mut state {
            codec.number(word)?;
        }
        *self = Self::from_state(state);
        Ok(())
    }
}

impl TryRng for Xoshiro128 {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.word())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.word());
        Ok(u64::from(self.word()) << 32 | low)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            for (byte, source) in chunk.iter_mut().zip(self.word().to_le_bytes()) {
                *byte = source;
            }
        }
        Ok(())
    }
}

impl SeedableRng for Xoshiro128 {
    type Seed = [u8; 16];

    fn from_seed(seed: [u8; 16]) -> Self {
        let mut state = [0; 4];
        for (word, bytes) in state.iter_mut().zip(seed.as_chunks::<4>().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        Self::from_state(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng;

    /// The first outputs of the authors' C code from the state 1, 2, 3, 4.
    #[test]
    fn agrees_with_the_published_generator() {
        let mut rng = Xoshiro128::from_state([1, 2, 3, 4]);
        let published = [641, 1_573_767, 3_222_811_527, 3_517_856_514, 836_907_274, 4_247_214_768, 3_867_114_732];
        assert_eq!(published, core::array::from_fn(|_| rng.next_u32()));
        let mut seed = [0; 16];
        seed[..].copy_from_slice(&[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0]);
        assert_eq!(Xoshiro128::from_seed(seed).next_u64(), 1_573_767 << 32 | 641);
        let mut bytes = [0; 6];
        Xoshiro128::from_seed(seed).fill_bytes(&mut bytes);
        assert_eq!(bytes, [129, 2, 0, 0, 135, 3]);
    }

    #[test]
    fn units_fill_the_interval_evenly() {
        let mut rng = Xoshiro128::new(7);
        let mut counts = [0_u32; 16];
        for _ in 0..160_000 {
            let unit = rng.unit();
            assert!((0.0..1.0).contains(&unit));
            counts[(unit * 16.0) as usize] += 1;
        }
        // Six standard deviations of a binomial count.
        assert!(counts.iter().all(|&count| count.abs_diff(10_000) < 600), "{counts:?}");
    }

    #[test]
    fn zero_does_not_stand_still() {
        let mut rng = Xoshiro128::from_state([0; 4]);
        assert!((0..8).any(|_| rng.word() != 0));
    }
}
