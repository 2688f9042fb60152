//! Low-rank matrices, measured and then spoilt. The draws are those of `tests/peers/recovery.py`, so that a seed means the
//! same matrix in both.

use core::f64::consts::TAU;

use tinysolve::real::Real;
use tinysolve::recovery::{Collect, Factors, Measurement};

/// `SplitMix64`, and normal numbers by Box and Muller.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 bits.
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In (0, 1).
    pub fn unit(&mut self) -> f64 {
        ((self.word() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// Standard normal; two units.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.unit().ln()).sqrt();
        radius * (TAU * self.unit()).cos()
    }

    /// In `0..n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }
}

/// Orthonormal columns, one after the other.
fn orthonormal(random: &mut Random, n: usize, rank: usize) -> Vec<Vec<f64>> {
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
        columns.push(column.iter().map(|a| a / norm).collect());
    }
    columns
}

/// The factor of a symmetric X* with eigenvalues from 1 to 1 / kappa, column after column.
#[must_use]
pub fn symmetric<T: Real>(n: usize, rank: usize, kappa: f64, seed: u64) -> Vec<T> {
    let mut random = Random::new(seed);
    let mut factor = Vec::new();
    for (k, column) in orthonormal(&mut random, n, rank).iter().enumerate() {
        let place = if rank > 1 { k as f64 / (rank - 1) as f64 } else { 0.0 };
        let size = (1.0 + place * (1.0 / kappa - 1.0)).sqrt();
        factor.extend(column.iter().map(|a| T::from_f64(size * a)));
    }
    factor
}

/// <A_i, X> of X = U U', by the operator itself.
pub fn measure<T: Real>(measurement: &mut dyn Measurement<T>, factor: &[T]) -> Vec<T> {
    let count = measurement.count();
    let x = Factors { left: factor, right: factor };
    let mut y = Vec::new();
    measurement.begin(x, Collect::Products);
    measurement.visit(0..count, x, &vec![T::ZERO; count], &mut |value| y.push(value));
    y
}

/// Adds ten standard deviations times a normal number to a share of the measurements.
pub fn spoil<T: Real>(y: &mut [T], share: f64, seed: u64) {
    let mut random = Random::new(seed ^ 0x5eed);
    let size = 10.0 * (y.iter().map(|y| y.to_f64().powi(2)).sum::<f64>() / y.len() as f64).sqrt();
    for y in y {
        let (hit, outlier) = (random.unit() < share, size * random.normal());
        if hit {
            *y = T::from_f64(y.to_f64() + outlier);
        }
    }
}

/// |X - X*| / |X*| of two factors of symmetric matrices.
#[must_use]
pub fn symmetric_error<T: Real>(n: usize, factor: &[T], exact: &[T]) -> f64 {
    let element = |f: &[T], i: usize, j: usize| -> f64 {
        f.chunks_exact(n).map(|column| column[i].to_f64() * column[j].to_f64()).sum()
    };
    let (mut wrong, mut all) = (0.0, 0.0);
    for i in 0..n {
        for j in 0..n {
            let truth = element(exact, i, j);
            wrong += (element(factor, i, j) - truth).powi(2);
            all += truth * truth;
        }
    }
    (wrong / all).sqrt()
}

/// A rows x columns matrix of which some entries are seen, and some of those spoilt.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// X*, row after row.
    pub exact: Vec<f64>,
    /// What is seen: X* but for outliers.
    pub values: Vec<f32>,
    /// 1 where an entry is seen.
    pub mask: Vec<u8>,
}

impl Grid {
    /// X* = L R' / sqrt(rank) of normal factors; entries seen with probability `seen`, and of all entries a share `spoilt` has
    /// ten standard deviations of X* times a normal number added.
    #[must_use]
    pub fn new([rows, columns]: [usize; 2], rank: usize, seen: f64, spoilt: f64, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let left: Vec<f64> = (0..rows * rank).map(|_| random.normal()).collect();
        let right: Vec<f64> = (0..columns * rank).map(|_| random.normal()).collect();
        let element = |k: usize| -> f64 {
            let (l, r) = (&left[k / columns * rank..][..rank], &right[k % columns * rank..][..rank]);
            l.iter().zip(r).map(|(l, r)| l * r).sum::<f64>() / (rank as f64).sqrt()
        };
        let exact: Vec<f64> = (0..rows * columns).map(element).collect();
        let mean = exact.iter().sum::<f64>() / exact.len() as f64;
        let spread = (exact.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / exact.len() as f64).sqrt();
        let (mut values, mut mask) = (Vec::new(), Vec::new());
        for x in &exact {
            let (is_seen, hit, outlier) = (random.unit() < seen, random.unit() < spoilt, random.normal());
            values.push((x + if hit { 10.0 * spread * outlier } else { 0.0 }) as f32);
            mask.push(u8::from(is_seen));
        }
        Self { rows, columns, exact, values, mask }
    }

    /// |L R' - X*| / |X*| of factors that lie row after row.
    #[must_use]
    pub fn error(&self, rank: usize, left: &[f32], right: &[f32]) -> f64 {
        let (mut wrong, mut all) = (0.0, 0.0);
        for (k, exact) in self.exact.iter().enumerate() {
            let (l, r) = (&left[k / self.columns * rank..][..rank], &right[k % self.columns * rank..][..rank]);
            let got: f64 = l.iter().zip(r).map(|(l, r)| f64::from(*l) * f64::from(*r)).sum();
            wrong += (got - exact).powi(2);
            all += exact * exact;
        }
        (wrong / all).sqrt()
    }
}
