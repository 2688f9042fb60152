//! What the tests of this family share: low-rank instances with outliers.

use std::vec;
use std::vec::Vec;

use super::measurement::{Collect, Factors, Measurement, Shape};
use crate::real::Real;

/// SplitMix64.
#[derive(Clone)]
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

    /// In (0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        ((self.word() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// Normal, by Box and Muller.
    pub(super) fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (core::f64::consts::TAU * self.unit()).cos()
    }
}

/// Orthonormal columns.
pub(super) fn orthonormal(random: &mut Random, n: usize, rank: usize) -> Vec<Vec<f64>> {
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for _ in 0..rank {
        let mut column: Vec<f64> = (0..n).map(|_| random.normal()).collect();
        for _ in 0..2 {
            for other in &columns {
                let dot: f64 = column.iter().zip(other).map(|(a, b)| a * b).sum();
                column.iter_mut().zip(other).for_each(|(a, b)| *a -= dot * b);
            }
        }
        let norm = column.iter().map(|a| a * a).sum::<f64>().sqrt();
        column.iter_mut().for_each(|a| *a /= norm);
        columns.push(column);
    }
    columns
}

/// Factors of X* with singular values from 1 to 1 / kappa.
pub(super) fn truth<T: Real>(shape: Shape, rank: usize, kappa: f64, seed: u64) -> (Vec<T>, Vec<T>) {
    let mut random = Random::new(seed);
    let left = orthonormal(&mut random, shape.rows(), rank);
    let right = orthonormal(&mut random, shape.right(), if shape.is_symmetric() { 0 } else { rank });
    let root = |k: usize| {
        let place = if rank > 1 { k as f64 / (rank - 1) as f64 } else { 0.0 };
        (1.0 + place * (1.0 / kappa - 1.0)).sqrt()
    };
    let flat = |columns: Vec<Vec<f64>>| {
        let scaled = columns
            .into_iter()
            .enumerate()
            .flat_map(|(k, column)| column.into_iter().map(move |a| T::from_f64(a * root(k))).collect::<Vec<_>>());
        scaled.collect::<Vec<_>>()
    };
    (flat(left), flat(right))
}

pub(super) fn view<'a, T: Real>(shape: Shape, left: &'a [T], right: &'a [T]) -> Factors<'a, T> {
    Factors { left, right: if shape.is_symmetric() { left } else { right } }
}

/// <A_i, X> by the operator itself.
pub(super) fn measure<T: Real>(measurement: &mut dyn Measurement<T>, x: Factors<'_, T>) -> Vec<T> {
    let m = measurement.count();
    let mut y = Vec::new();
    measurement.begin(x, Collect::Products);
    measurement.visit(0..m, x, &vec![T::ZERO; m], &mut |value| y.push(value));
    y
}

/// Replaces each value, with this probability, by ten standard deviations times a normal number added to it.
pub(super) fn spoil<T: Real>(y: &mut [T], probability: f64, seed: u64) {
    let mut random = Random::new(seed ^ 0xdead_beef);
    let size = (y.iter().map(|y| y.to_f64().powi(2)).sum::<f64>() / y.len() as f64).sqrt() * 10.0;
    for y in y {
        let hit = random.unit() < probability;
        let outlier = size * random.normal();
        if hit {
            *y = T::from_f64(y.to_f64() + outlier);
        }
    }
}

/// |X - X*| / |X*|, in f64.
pub(super) fn error<T: Real>(shape: Shape, x: Factors<'_, T>, exact: Factors<'_, T>) -> f64 {
    let element = |f: Factors<'_, T>, i: usize, j: usize| -> f64 {
        let left = f.left.chunks_exact(shape.rows());
        left.zip(f.right.chunks_exact(shape.columns())).map(|(l, r)| l[i].to_f64() * r[j].to_f64()).sum()
    };
    let (mut wrong, mut all) = (0.0, 0.0);
    for i in 0..shape.rows() {
        for j in 0..shape.columns() {
            let exact = element(exact, i, j);
            wrong += (element(x, i, j) - exact).powi(2);
            all += exact * exact;
        }
    }
    (wrong / all).sqrt()
}
