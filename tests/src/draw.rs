//! Seeded draws for problems: ChaCha8, so that a seed means the same instances for ever.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Beta, Distribution, StandardNormal};

/// A generator of problem data.
#[derive(Clone, Debug)]
pub struct Draw(ChaCha8Rng);

impl Draw {
    /// The sequence of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A Beta(`a`, `b`) variable.
    pub fn beta(&mut self, a: f64, b: f64) -> f64 {
        Beta::new(a, b).expect("positive shapes").sample(&mut self.0)
    }

    /// A standard normal vector, drawn again until its norm is at most the square root of its length.
    pub fn truncated_gaussian(&mut self, n: usize) -> Vec<f64> {
        loop {
            let b: Vec<f64> = (0..n).map(|_| StandardNormal.sample(&mut self.0)).collect();
            if b.iter().map(|b| b * b).sum::<f64>() <= n as f64 {
                return b;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_bounds() {
        let mut draw = Draw::new(1);
        let mean = |draw: &mut Draw, a, b| (0..20_000).map(|_| draw.beta(a, b)).sum::<f64>() / 2e4;
        assert!((mean(&mut draw, 0.5, 1.5) - 0.25).abs() < 0.01);
        assert!((mean(&mut draw, 2.0, 6.0) - 0.25).abs() < 0.01);
        for _ in 0..50 {
            let b = draw.truncated_gaussian(100);
            assert!(b.iter().map(|b| b * b).sum::<f64>() <= 100.0);
        }
    }
}
