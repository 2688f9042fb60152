//! Seeded numbers, all of them exact in f32.

use std::vec::Vec;

/// SplitMix64.
pub(in crate::prox) struct Random(u64);

impl Random {
    pub(in crate::prox) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(in crate::prox) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(in crate::prox) fn between(&mut self, low: f64, high: f64) -> f64 {
        f64::from((low + (high - low) * ((self.word() >> 11) as f64 / (1_u64 << 53) as f64)) as f32)
    }

    pub(in crate::prox) fn below(&mut self, n: usize) -> usize {
        (self.word() % n as u64) as usize
    }

    /// Ten to a power between.
    pub(in crate::prox) fn power(&mut self, low: f64, high: f64) -> f64 {
        f64::from(10.0_f64.powf(self.between(low, high)) as f32)
    }

    pub(in crate::prox) fn vector(&mut self, n: usize, low: f64, high: f64) -> Vec<f64> {
        (0..n).map(|_| self.between(low, high)).collect()
    }

    /// A point to apply an operator to: plain, spread over magnitudes, with ties, or with zeros.
    pub(in crate::prox) fn point(&mut self, n: usize) -> Vec<f64> {
        match self.below(4) {
            0 => self.vector(n, -3.0, 3.0),
            1 => {
                let size = self.power(-2.0, 1.5);
                (0..n).map(|_| self.between(-size, size)).collect()
            }
            2 => (0..n).map(|_| (self.between(-3.0, 3.0) * 2.0).round() / 2.0).collect(),
            _ => (0..n).map(|_| if self.below(3) == 0 { 0.0 } else { self.between(-2.0, 2.0) }).collect(),
        }
    }

    pub(in crate::prox) fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for last in (1..n).rev() {
            let other = self.below(last + 1);
            order.swap(last, other);
        }
        order
    }
}
