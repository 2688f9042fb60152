//! Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations.

use super::{Rotation, normalise, set_identity, sort_rows, two_rows};
use crate::error::{self, Error, Field};
use crate::real::Real;
use crate::solve::Step;

/// A = sum of values\[k\] v_k v_k', under way.
///
/// A sweep has n (n - 1) / 2 rotations of 4 n multiplications each, 4 n more with vectors, and 3 divisions and 4 square
/// roots. Measured in f32 against f64: eigenvalues within 1e-7 (n = 2) to 5e-7 (n = 12) of the largest magnitude,
/// 2 to 9 sweeps.
///
/// ```
/// use tinysolve::factor::{SWEEPS, SymmetricJacobi};
/// use tinysolve::solve::Step;
///
/// let mut a = [2.0_f32, 0.0, 1.0, 2.0]; // only the lower triangle is read: [2 1; 1 2]
/// let (mut values, mut vectors) = ([0.0; 2], [0.0; 4]);
/// let mut jacobi = SymmetricJacobi::new(2, &mut a, &mut values, Some(&mut vectors), SWEEPS)?;
/// assert_eq!(jacobi.run(), Step::Converged);
/// assert!((values[0] - 1.0).abs() < 1e-6 && (values[1] - 3.0).abs() < 1e-6);
/// # Ok::<(), tinysolve::Error>(())
/// ```
#[derive(Debug)]
pub struct SymmetricJacobi<'a, T> {
    n: usize,
    a: &'a mut [T],
    values: &'a mut [T],
    vectors: Option<&'a mut [T]>,
    limit: u32,
    sweeps: u32,
    /// A has been multiplied by this.
    power: T,
    step: Step,
}

impl<'a, T: Real> SymmetricJacobi<'a, T> {
    /// Over a row-major n x n matrix `a`, which is destroyed; only its lower triangle and diagonal are read. `values` gets
    /// the n eigenvalues in ascending order, row k of the row-major n x n matrix `vectors`, if given, the unit eigenvector
    /// of the k-th. `limit` is the most sweeps, [`SWEEPS`](super::SWEEPS) as a rule.
    ///
    /// # Errors
    /// `Length` of `Field::Values` (`a`) or `Field::Output` (`values`, `vectors`) if a slice has not the exact length,
    /// `NotFinite` of `Field::Values` with the first element that is read and is not finite. Nothing is written then.
    pub fn new(
        n: usize,
        a: &'a mut [T],
        values: &'a mut [T],
        mut vectors: Option<&'a mut [T]>,
        limit: u32,
    ) -> Result<Self, Error> {
        let square = n.saturating_mul(n);
        error::exact(Field::Values, square, a.len())?;
        error::exact(Field::Output, n, values.len())?;
        error::exact(Field::Output, square, vectors.as_ref().map_or(square, |vectors| vectors.len()))?;
        for row in 0..n {
            let lower = a.get(row * n..).and_then(|from| from.get(..=row)).unwrap_or(&[]);
            if let Some(column) = lower.iter().position(|value| !value.is_finite()) {
                return Err(Error::NotFinite { field: Field::Values, index: row * n + column });
            }
        }
        for row in 0..n {
            for column in 0..row {
                mirror(a, n, row, column);
            }
        }
        let power = normalise(a);
        if let Some(vectors) = vectors.as_deref_mut() {
            set_identity(vectors, n);
        }
        Ok(Self { n, a, values, vectors, limit, sweeps: 0, power, step: Step::Running })
    }

    /// One sweep over all pairs; nothing after the final outcome, which is `Converged` or `IterationCap`. Values and
    /// vectors are there with either.
    pub fn sweep(&mut self) -> Step {
        if self.step.is_final() {
            return self.step;
        }
        let mut rotated = false;
        if self.sweeps < self.limit {
            self.sweeps += 1;
            for p in 0..self.n {
                for q in p + 1..self.n {
                    rotated |= self.decouple(p, q).unwrap_or(false);
                }
            }
            if rotated {
                return self.step;
            }
            self.step = Step::Converged;
        } else {
            self.step = Step::IterationCap;
        }
        for (value, diagonal) in self.values.iter_mut().zip(self.a.iter().step_by(self.n.saturating_add(1))) {
            *value = *diagonal / self.power;
        }
        match self.vectors.as_deref_mut() {
            Some(vectors) => sort_rows(self.values, false, &mut [(vectors, self.n)]),
            None => sort_rows(self.values, false, &mut []),
        }
        self.step
    }

    /// Sweeps to the final outcome; bounded by the limit.
    pub fn run(&mut self) -> Step {
        while !self.sweep().is_final() {}
        self.step
    }

    /// Sweeps done so far; the last of a converged run only looks.
    #[must_use]
    pub const fn sweeps(&self) -> u32 {
        self.sweeps
    }

    /// Whether the pair had to be rotated. `None` never comes: the sizes were checked.
    fn decouple(&mut self, p: usize, q: usize) -> Option<bool> {
        let n = self.n;
        let (row_p, row_q) = two_rows(self.a, n, p, q)?;
        let (app, apq, aqq) = (*row_p.get(p)?, *row_p.get(q)?, *row_q.get(q)?);
        // Relative to both diagonal elements, for small eigenvalues beside large ones.
        if apq.abs() <= T::EPSILON * (app.abs().sqrt() * aqq.abs().sqrt()) {
            return Some(false);
        }
        let rotation = Rotation::diagonalising(app, apq, aqq);
        rotation.rotate(row_p, row_q);
        *row_p.get_mut(p)? = app - rotation.tangent * apq;
        *row_q.get_mut(q)? = aqq + rotation.tangent * apq;
        *row_p.get_mut(q)? = T::ZERO;
        *row_q.get_mut(p)? = T::ZERO;
        for k in (0..n).filter(|k| *k != p && *k != q) {
            mirror(self.a, n, p, k);
            mirror(self.a, n, q, k);
        }
        if let Some(vectors) = self.vectors.as_deref_mut() {
            let (first, second) = two_rows(vectors, n, p, q)?;
            rotation.rotate(first, second);
        }
        Some(true)
    }
}

/// Copies element (row, column) to (column, row).
fn mirror<T: Real>(a: &mut [T], n: usize, row: usize, column: usize) {
    let value = a.get(row * n + column).copied();
    if let (Some(place), Some(value)) = (a.get_mut(column * n + row), value) {
        *place = value;
    }
}

#[cfg(test)]
mod tests {
    use super::super::SWEEPS;
    use super::*;
    use crate::factor::testing::Random;
    use nalgebra::DMatrix;
    use std::vec;
    use std::vec::Vec;

    /// Relative error of the eigenvalues against nalgebra in f64, and sweeps. Vectors must be orthonormal and rebuild A.
    fn errors<T: Real>(a: &DMatrix<f64>) -> (f64, u32) {
        let n = a.nrows();
        let eps = T::EPSILON.to_f64();
        let mut memory: Vec<T> = (0..n * n).map(|k| T::from_f64(a[(k / n, k % n)])).collect();
        let a = DMatrix::from_fn(n, n, |i, j| memory[i.max(j) * n + i.min(j)].to_f64());
        for (k, value) in memory.iter_mut().enumerate().filter(|(k, _)| k % n > k / n) {
            *value = T::from_f64(if k % 2 == 0 { f64::NAN } else { 1e30 });
        }
        let copy = memory.clone();
        let (mut values, mut vectors) = (vec![T::ZERO; n], vec![T::ZERO; n * n]);
        let mut jacobi = SymmetricJacobi::new(n, &mut memory, &mut values, Some(&mut vectors), SWEEPS).unwrap();
        assert_eq!(jacobi.run(), Step::Converged);
        let sweeps = jacobi.sweeps();
        assert!(values.windows(2).all(|pair| pair[0] <= pair[1]));
        let v = DMatrix::from_fn(n, n, |i, j| vectors[i * n + j].to_f64());
        let size = a.iter().fold(f64::MIN_POSITIVE, |m, x| m.max(x.abs()));
        assert!((&v * v.transpose() - DMatrix::identity(n, n)).amax() <= 20.0 * n as f64 * eps);
        let d = DMatrix::from_fn(n, n, |i, j| if i == j { values[i].to_f64() } else { 0.0 });
        assert!((v.transpose() * d * &v - &a).amax() <= 20.0 * n as f64 * eps * size);

        let mut memory = copy;
        let mut alone = vec![T::ZERO; n];
        assert_eq!(SymmetricJacobi::new(n, &mut memory, &mut alone, None, SWEEPS).unwrap().run(), Step::Converged);
        assert_eq!(alone, values, "values do not depend on vectors being asked for");

        let mut oracle: Vec<f64> = a.symmetric_eigenvalues().iter().copied().collect();
        oracle.sort_by(f64::total_cmp);
        let largest = oracle.iter().fold(f64::MIN_POSITIVE, |m, x| m.max(x.abs()));
        let error = values.iter().zip(&oracle).map(|(x, o)| (x.to_f64() - o).abs() / largest).fold(0.0, f64::max);
        (error, sweeps)
    }

    fn symmetric(random: &mut Random, n: usize, kind: usize) -> DMatrix<f64> {
        let f = DMatrix::from_fn(n, n, |_, _| random.between(-1.0, 1.0));
        match kind {
            0 => &f * f.transpose(),
            1 => &f + f.transpose(),
            // Rank two.
            2 => f.columns(0, n.min(2)) * f.columns(0, n.min(2)).transpose(),
            // Zero diagonal: no element to be small against.
            3 => {
                let mut a = &f + f.transpose();
                a.fill_diagonal(0.0);
                a
            }
            // Graded over nine decades.
            4 => DMatrix::from_fn(n, n, |i, j| {
                let scale = 10_f64.powf(-9.0 * (i + j) as f64 / (2 * n) as f64);
                scale * if i == j { 1.0 } else { 0.1 * (f[(i, j)] + f[(j, i)]) }
            }),
            // All eigenvalues but one equal.
            _ => DMatrix::identity(n, n) + f.column(0) * f.column(0).transpose(),
        }
    }

    #[test]
    fn a_thousand_random_matrices_agree_with_nalgebra() {
        let mut random = Random::new(8);
        let (mut worst, mut most) = ([0.0_f64; 13], [0; 13]);
        for case in 0..1200 {
            let n = 1 + case % 12;
            let a = symmetric(&mut random, n, case / 12 % 6);
            let (error, sweeps) = errors::<f32>(&a);
            worst[n] = worst[n].max(error);
            most[n] = most[n].max(sweeps);
            let (error, sweeps) = errors::<f64>(&a);
            assert!(error <= 1e-14 && sweeps <= 14, "f64 n={n}: {error:e} after {sweeps}");
        }
        for n in 1..13 {
            assert!(worst[n] <= 1e-7 + 4e-8 * n as f64, "n={n}: {:e}", worst[n]);
            assert!(most[n] <= 9, "n={n}: {} sweeps", most[n]);
        }
    }

    #[test]
    fn small_eigenvalues_of_graded_matrices_keep_their_digits() {
        let mut random = Random::new(9);
        for _ in 0..100 {
            let a = symmetric(&mut random, 6, 4).map(|v| f64::from(v as f32));
            let a = DMatrix::from_fn(6, 6, |i, j| a[(i.max(j), i.min(j))]);
            let (mut low, mut high) = (vec![0.0_f32; 6], vec![0.0_f64; 6]);
            let mut single: Vec<f32> = a.iter().map(|v| *v as f32).collect();
            let mut double: Vec<f64> = a.iter().copied().collect();
            assert_eq!(SymmetricJacobi::new(6, &mut single, &mut low, None, 30).unwrap().run(), Step::Converged);
            assert_eq!(SymmetricJacobi::new(6, &mut double, &mut high, None, 30).unwrap().run(), Step::Converged);
            for (x, y) in low.iter().zip(&high) {
                assert!((f64::from(*x) / y - 1.0).abs() < 3e-6, "{x:e} {y:e}");
            }
        }
    }

    #[test]
    fn extremes_do_not_overflow() {
        for size in [1e-38_f32, 1e-20, 1e20, 1.5e38] {
            let mut a = [size, 0.0, size, size];
            let mut values = [0.0; 2];
            assert_eq!(SymmetricJacobi::new(2, &mut a, &mut values, None, 9).unwrap().run(), Step::Converged);
            assert!(values[0].abs() <= size * 1e-6, "{values:?}");
            assert!((f64::from(values[1]) / f64::from(size) - 2.0).abs() < 1e-6, "{values:?}");
        }
        let mut values = [1.0_f32; 2];
        let mut a = [0.0; 4];
        assert_eq!(SymmetricJacobi::new(2, &mut a, &mut values, None, 9).unwrap().run(), Step::Converged);
        assert_eq!(values, [0.0; 2]);
    }

    #[test]
    fn bad_input_is_named_and_the_limit_ends_the_run() {
        let mut values = [7.0_f32; 2];
        for bad in [f32::NAN, f32::INFINITY] {
            let mut a = [1.0, bad, bad, 1.0];
            let error = SymmetricJacobi::new(2, &mut a, &mut values, None, 9).err();
            assert_eq!(error, Some(Error::NotFinite { field: Field::Values, index: 2 }));
        }
        let length = |field, need, got| Some(Error::Length { field, need, got });
        let error = SymmetricJacobi::new(2, &mut [0.0_f32; 3], &mut values, None, 9).err();
        assert_eq!(error, length(Field::Values, 4, 3));
        let error = SymmetricJacobi::new(2, &mut [0.0_f32; 4], &mut values[..1], None, 9).err();
        assert_eq!(error, length(Field::Output, 2, 1));
        let error = SymmetricJacobi::new(2, &mut [0.0_f32; 4], &mut values, Some(&mut [0.0; 5]), 9).err();
        assert_eq!(error, length(Field::Output, 4, 5));
        assert!(SymmetricJacobi::new(usize::MAX, &mut [0.0_f32; 4], &mut values, None, 9).is_err());
        assert_eq!(values, [7.0; 2]);

        let mut a = [2.0_f32, 0.0, 1.0, 2.0];
        let mut jacobi = SymmetricJacobi::new(2, &mut a, &mut values, None, 1).unwrap();
        assert_eq!(
            (jacobi.sweep(), jacobi.sweep(), jacobi.sweep()),
            (Step::Running, Step::IterationCap, Step::IterationCap)
        );
        assert_eq!(jacobi.sweeps(), 1);
        assert!((values[1] - 3.0).abs() < 1e-6, "what there is, is handed out");
        let mut none = SymmetricJacobi::new(0, &mut [] as &mut [f32], &mut [], Some(&mut []), 9).unwrap();
        assert_eq!(none.run(), Step::Converged);
        let (mut a, mut one, mut vector) = ([-4.0_f32], [0.0], [0.0]);
        assert_eq!(SymmetricJacobi::new(1, &mut a, &mut one, Some(&mut vector), 9).unwrap().run(), Step::Converged);
        assert_eq!((one, vector), ([-4.0], [1.0]));
    }
}
