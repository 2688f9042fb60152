//! What the tests of this family share: seeded numbers, and nalgebra matrices in and out of a layout.

use super::layout::Layout;
use crate::real::Real;
use nalgebra::DMatrix;
use std::vec;
use std::vec::Vec;

/// SplitMix64.
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.word() >> 11) as f64 / (1_u64 << 53) as f64)
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.word() % n as u64) as usize
    }

    pub(super) fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for last in (1..n).rev() {
            let other = self.below(last + 1);
            order.swap(last, other);
        }
        order
    }
}

/// The lower triangle of `a`; `fill` in the padding and in one element behind the end.
pub(super) fn store<T: Real, L: Layout>(layout: L, a: &DMatrix<f64>, fill: f64) -> Vec<T> {
    let mut values = vec![T::from_f64(fill); layout.len() + 1];
    for row in 0..a.nrows() {
        for column in layout.first(row)..=row {
            values[layout.index(row, column).unwrap()] = T::from_f64(a[(row, column)]);
        }
    }
    values
}

/// The stored elements, zeros elsewhere.
pub(super) fn load<T: Real, L: Layout>(layout: L, values: &[T]) -> DMatrix<f64> {
    let n = layout.dim();
    DMatrix::from_fn(n, n, |i, j| layout.index(i, j).map_or(0.0, |index| values[index].to_f64()))
}

/// A matrix [H A'; A -K] with H and K positive definite, its rows and columns interleaved at random, cut to a band in which
/// the diagonal dominates; exact in f32.
pub(super) fn quasi_definite(random: &mut Random, n: usize, bandwidth: usize) -> DMatrix<f64> {
    let signs: Vec<f64> = (0..n).map(|_| if random.below(2) == 0 { 1.0 } else { -1.0 }).collect();
    let mut a = DMatrix::zeros(n, n);
    for i in 0..n {
        for j in i.saturating_sub(bandwidth)..i {
            // Coupling of unlike signs may be of any size; of like signs it stays below the diagonal.
            let size = if signs[i] == signs[j] { 0.9 / n as f64 } else { 1.0 };
            let value = f64::from(random.between(-size, size) as f32);
            a[(i, j)] = value;
            a[(j, i)] = value;
        }
        a[(i, i)] = f64::from((signs[i] * random.between(1.0, 2.0)) as f32);
    }
    a
}
