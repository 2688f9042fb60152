//! Singular values and vectors of a dense matrix by one-sided Jacobi rotations.

use super::{Rotation, normalise, set_identity, sort_rows, two_rows};
use crate::error::{self, Error, Field};
use crate::real::Real;
use crate::solve::Step;
use crate::vector;

/// A = sum of values\[k\] w_k u_k', under way (M. R. Hestenes, Inversion of matrices by biorthogonalization and related
/// results, J. SIAM 6 (1958), 51-90).
///
/// A is given as `count` row vectors of `length` elements, `count` no larger than `length`: a wide matrix by rows, or a
/// tall one by columns, of which it is the transpose. The rows are rotated until they are orthogonal; their norms are the
/// singular values. So the small ones keep digits that the eigenvalues of A A' have lost; but those below 1e-12 (f64:
/// 1e-138) of the largest element of A are not told from 0, and their u_k are not orthogonal.
///
/// A sweep has count (count - 1) / 2 pairs of 3 length multiplications, and as many rotations of 4 (length + count) more, of
/// 3 divisions and 4 square roots. Measured in f32 against f64 up to 12 x 16: singular
/// values within 1.2e-6 of the largest, 9 sweeps at most.
///
/// ```
/// use tinysolve::factor::{OneSidedJacobi, SWEEPS};
/// use tinysolve::solve::Step;
///
/// // [3 0; 4 5] by columns.
/// let mut a = [3.0_f32, 4.0, 0.0, 5.0];
/// let (mut values, mut rotations) = ([0.0; 2], [0.0; 4]);
/// let mut jacobi = OneSidedJacobi::new(2, 2, &mut a, &mut values, Some(&mut rotations), SWEEPS)?;
/// assert_eq!(jacobi.run(), Step::Converged);
/// assert!((values[0] * values[0] - 45.0).abs() < 1e-4 && (values[1] * values[1] - 5.0).abs() < 1e-4);
/// # Ok::<(), tinysolve::Error>(())
/// ```
#[derive(Debug)]
pub struct OneSidedJacobi<'a, T> {
    count: usize,
    length: usize,
    a: &'a mut [T],
    values: &'a mut [T],
    rotations: Option<&'a mut [T]>,
    limit: u32,
    sweeps: u32,
    /// A has been multiplied by this.
    power: T,
    /// Cosine of the angle between two rows that passes for a right angle.
    tolerance: T,
    step: Step,
}

impl<'a, T: Real> OneSidedJacobi<'a, T> {
    /// Over `count` rows of `length` elements in `a`. In the end row k of `a` is the unit vector u_k (or zero, if the
    /// singular value is), `values` has the `count` singular values in descending order, and row k of the row-major
    /// count x count matrix `rotations`, if given, the unit vector w_k. For a tall matrix by columns u_k are the left and
    /// w_k the right singular vectors; for a wide one by rows it is the other way round. `limit` is the most sweeps,
    /// [`SWEEPS`](super::SWEEPS) as a rule.
    ///
    /// # Errors
    /// `OutOfRange` of `Field::Size` if `count` exceeds `length`; `Length` of `Field::Values` (`a`) or `Field::Output`
    /// (`values`, `rotations`) if a slice has not the exact length; `NotFinite` of `Field::Values` with the first element
    /// that is not finite. Nothing is written then.
    pub fn new(
        count: usize,
        length: usize,
        a: &'a mut [T],
        values: &'a mut [T],
        mut rotations: Option<&'a mut [T]>,
        limit: u32,
    ) -> Result<Self, Error> {
        if count > length {
            return Err(Error::OutOfRange { field: Field::Size, index: 0 });
        }
        let square = count.saturating_mul(count);
        error::exact(Field::Values, count.saturating_mul(length), a.len())?;
        error::exact(Field::Output, count, values.len())?;
        error::exact(Field::Output, square, rotations.as_ref().map_or(square, |rotations| rotations.len()))?;
        error::finite(Field::Values, a)?;
        let power = normalise(a);
        if let Some(rotations) = rotations.as_deref_mut() {
            set_identity(rotations, count);
        }
        // Inner products carry a rounding error of about this size.
        let tolerance = T::EPSILON * T::from_u32(u32::try_from(length).unwrap_or(u32::MAX)).sqrt();
        Ok(Self { count, length, a, values, rotations, limit, sweeps: 0, power, tolerance, step: Step::Running })
    }

    /// One sweep over all pairs; nothing after the final outcome, which is `Converged` or `IterationCap`. Values and
    /// vectors are there with either.
    pub fn sweep(&mut self) -> Step {
        if self.step.is_final() {
            return self.step;
        }
        if self.sweeps < self.limit {
            self.sweeps += 1;
            let mut rotated = false;
            for p in 0..self.count {
                for q in p + 1..self.count {
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
        for (row, value) in self.a.chunks_exact_mut(self.length.max(1)).zip(self.values.iter_mut()) {
            let norm = vector::norm(row);
            if norm > T::ZERO {
                row.iter_mut().for_each(|element| *element /= norm);
            }
            *value = norm / self.power;
        }
        match self.rotations.as_deref_mut() {
            Some(rotations) => {
                sort_rows(self.values, true, &mut [(self.a, self.length), (rotations, self.count)]);
            }
            None => sort_rows(self.values, true, &mut [(self.a, self.length)]),
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
        let (row_p, row_q) = two_rows(self.a, self.length, p, q)?;
        let (pp, pq, qq) = (vector::dot(row_p, row_p), vector::dot(row_p, row_q), vector::dot(row_q, row_q));
        // Rows whose squares may have underflowed would be turned for ever by the rounding.
        let negligible = T::MIN_POSITIVE / (T::EPSILON * T::EPSILON);
        if pp.min(qq) <= negligible || pq.abs() <= self.tolerance * (pp.sqrt() * qq.sqrt()) {
            return Some(false);
        }
        let rotation = Rotation::diagonalising(pp, pq, qq);
        rotation.rotate(row_p, row_q);
        if let Some(rotations) = self.rotations.as_deref_mut() {
            let (first, second) = two_rows(rotations, self.count, p, q)?;
            rotation.rotate(first, second);
        }
        Some(true)
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

    /// Largest error of the singular values against nalgebra in f64, relative to the largest, and sweeps.
    fn errors<T: Real>(a: &DMatrix<f64>) -> (f64, u32) {
        let (count, length) = a.shape();
        let eps = T::EPSILON.to_f64();
        let mut memory: Vec<T> = (0..count * length).map(|k| T::from_f64(a[(k / length, k % length)])).collect();
        let a = DMatrix::from_fn(count, length, |i, j| memory[i * length + j].to_f64());
        let mut copy = memory.clone();
        let (mut values, mut rotations) = (vec![T::ZERO; count], vec![T::ZERO; count * count]);
        let mut jacobi =
            OneSidedJacobi::new(count, length, &mut memory, &mut values, Some(&mut rotations), SWEEPS).unwrap();
        assert_eq!(jacobi.run(), Step::Converged);
        let sweeps = jacobi.sweeps();
        assert!(values.windows(2).all(|pair| pair[0] >= pair[1]));
        let u = DMatrix::from_fn(count, length, |i, j| memory[i * length + j].to_f64());
        let w = DMatrix::from_fn(count, count, |i, j| rotations[i * count + j].to_f64());
        let s = DMatrix::from_fn(count, count, |i, j| if i == j { values[i].to_f64() } else { 0.0 });
        let allowed = 20.0 * length as f64 * eps;
        assert!((&w * w.transpose() - DMatrix::identity(count, count)).amax() <= allowed);
        assert!((w.transpose() * &s * &u - &a).amax() <= allowed * a.amax().max(f64::MIN_POSITIVE));
        // Rows of tiny or no norm have no direction to speak of.
        let gram = &u * u.transpose() - DMatrix::identity(count, count);
        let real = |i: usize| values[i].to_f64() > 1e3 * eps * values[0].to_f64();
        assert!((0..count).all(|i| (0..count).all(|j| !real(i) || !real(j) || gram[(i, j)].abs() <= allowed)));

        let mut alone = vec![T::ZERO; count];
        let mut jacobi = OneSidedJacobi::new(count, length, &mut copy, &mut alone, None, SWEEPS).unwrap();
        assert_eq!(jacobi.run(), Step::Converged);
        assert_eq!(alone, values, "values do not depend on rotations being asked for");

        let mut oracle: Vec<f64> = a.singular_values().iter().copied().collect();
        oracle.sort_by(|a, b| b.total_cmp(a));
        let largest = oracle[0].max(f64::MIN_POSITIVE);
        let error = values.iter().zip(&oracle).map(|(x, o)| (x.to_f64() - o).abs() / largest).fold(0.0, f64::max);
        (error, sweeps)
    }

    #[test]
    fn a_thousand_random_matrices_agree_with_nalgebra() {
        let mut random = Random::new(10);
        let (mut worst, mut most) = (0.0_f64, 0);
        for case in 0..1000 {
            let count = 1 + case % 12;
            let length = count + random.below(5);
            let f = DMatrix::from_fn(count, length, |_, _| random.between(-1.0, 1.0));
            let a = match case / 12 % 4 {
                0 => f,
                // Rank one and a bit of nothing.
                1 => f.column(0) * f.row(0),
                2 => DMatrix::from_fn(count, length, |i, j| f[(i, j)] * 10_f64.powi(-(i as i32))),
                _ => DMatrix::from_fn(count, length, |i, j| if (i + j) % 3 == 0 { 0.0 } else { f[(i, j)].round() }),
            };
            let (error, sweeps) = errors::<f32>(&a);
            worst = worst.max(error);
            most = most.max(sweeps);
            let (error, sweeps) = errors::<f64>(&a);
            assert!(error <= 1e-14 && sweeps <= 15, "{count} x {length}: {error:e} after {sweeps}");
        }
        assert!(worst <= 1.2e-6 && most <= 9, "{worst:e} after {most}");
    }

    #[test]
    fn a_small_singular_value_keeps_its_digits() {
        // Rows of norms 1 and 1e-6, nearly at right angles: the squares are out of the reach of f32.
        let mut a = [1.0_f32, 1e-6, 1e-6, -2e-6];
        let exact = {
            let m = nalgebra::Matrix2::from_iterator(a.iter().map(|v| f64::from(*v)));
            m.singular_values()
        };
        let mut values = [0.0; 2];
        assert_eq!(OneSidedJacobi::new(2, 2, &mut a, &mut values, None, 30).unwrap().run(), Step::Converged);
        assert!((f64::from(values[1]) / exact[1] - 1.0).abs() < 1e-6, "{values:?} {exact}");
    }

    #[test]
    fn extremes_do_not_overflow() {
        for size in [1e-37_f32, 1e-20, 1e20, 1.5e38] {
            let mut a = [size, size, size, -size];
            let mut values = [0.0; 2];
            assert_eq!(OneSidedJacobi::new(2, 2, &mut a, &mut values, None, 9).unwrap().run(), Step::Converged);
            assert!(values.iter().all(|v| (f64::from(*v) / f64::from(size) - 2_f64.sqrt()).abs() < 1e-6));
        }
        let (mut a, mut values) = ([0.0_f32; 6], [1.0; 2]);
        assert_eq!(OneSidedJacobi::new(2, 3, &mut a, &mut values, None, 9).unwrap().run(), Step::Converged);
        assert_eq!((a, values), ([0.0; 6], [0.0; 2]));
    }

    #[test]
    fn bad_input_is_named_and_the_limit_ends_the_run() {
        let mut values = [7.0_f32; 2];
        let error = OneSidedJacobi::new(2, 2, &mut [1.0, 2.0, f32::NAN, 3.0], &mut values, None, 9).err();
        assert_eq!(error, Some(Error::NotFinite { field: Field::Values, index: 2 }));
        let error = OneSidedJacobi::new(2, 1, &mut [1.0, 2.0], &mut values, None, 9).err();
        assert_eq!(error, Some(Error::OutOfRange { field: Field::Size, index: 0 }));
        let length = |field, need, got| Some(Error::Length { field, need, got });
        let error = OneSidedJacobi::new(2, 3, &mut [0.0_f32; 5], &mut values, None, 9).err();
        assert_eq!(error, length(Field::Values, 6, 5));
        let error = OneSidedJacobi::new(2, 2, &mut [0.0_f32; 4], &mut values[..1], None, 9).err();
        assert_eq!(error, length(Field::Output, 2, 1));
        let error = OneSidedJacobi::new(2, 2, &mut [0.0_f32; 4], &mut values, Some(&mut [0.0; 3]), 9).err();
        assert_eq!(error, length(Field::Output, 4, 3));
        assert!(OneSidedJacobi::new(2, usize::MAX, &mut [0.0_f32; 4], &mut values, None, 9).is_err());
        assert_eq!(values, [7.0; 2]);

        let mut a = [3.0_f32, 4.0, 0.0, 5.0];
        let mut jacobi = OneSidedJacobi::new(2, 2, &mut a, &mut values, None, 1).unwrap();
        assert_eq!(
            (jacobi.sweep(), jacobi.sweep(), jacobi.sweep()),
            (Step::Running, Step::IterationCap, Step::IterationCap)
        );
        assert!((values[0] * values[0] - 45.0).abs() < 1e-3, "what there is, is handed out");
        let mut none = OneSidedJacobi::new(0, 3, &mut [] as &mut [f32], &mut [], Some(&mut []), 9).unwrap();
        assert_eq!(none.run(), Step::Converged);
    }
}
