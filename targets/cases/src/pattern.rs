//! Inputs that look random, need no table in flash, and are the same everywhere.

/// A stream of 32-bit words: a Weyl sequence through a finaliser, so that every word depends on all bits of the counter.
#[derive(Clone, Copy, Debug)]
pub struct Pattern(u32);

impl Pattern {
    /// A stream of its own for each seed.
    #[must_use]
    pub const fn new(seed: u32) -> Self {
        Self(seed)
    }

    /// The next word.
    pub fn word(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9);
        let mut x = self.0;
        x = (x ^ (x >> 16)).wrapping_mul(0x21f0_aaad);
        x = (x ^ (x >> 15)).wrapping_mul(0x735a_2d97);
        x ^ (x >> 15)
    }

    /// A number in [0, 1), a multiple of 2^-24, exact in f32.
    #[allow(clippy::cast_precision_loss, reason = "24 bits fit an f32")]
    pub fn unit(&mut self) -> f32 {
        (self.word() >> 8) as f32 / 16_777_216.0
    }

    /// A number in [low, high].
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Fills a vector with numbers in [low, high].
    pub fn fill(&mut self, low: f32, high: f32, out: &mut [f32]) {
        for x in out {
            *x = self.between(low, high);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_in_range_and_covers_it() {
        let mut pattern = Pattern::new(7);
        let (mut low, mut high) = (1.0_f32, 0.0_f32);
        for _ in 0..10_000 {
            let x = pattern.unit();
            assert!((0.0..1.0).contains(&x));
            (low, high) = (low.min(x), high.max(x));
        }
        assert!(low < 0.01 && high > 0.99);
    }
}
