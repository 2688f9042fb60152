//! The one kernel of all methods on entries: a row of a factor by weighted least squares against the other factor.

use crate::factor::{Cholesky, Packed};
use crate::real::Real;
use crate::vector;

/// The normal equations of min over v of sum of w_k (u_k'v - b_k)², gathered entry by entry, solved by Cholesky.
///
/// r (r + 1) / 2 + 2 r multiplications an entry, r³ / 6 a solve. The equations are damped by 4 epsilon
/// of their trace, so a row with too few entries has the small one of its solutions.
#[derive(Debug)]
pub struct RowLs<'a, T> {
    pub(super) normal: &'a mut [T],
    pub(super) right: &'a mut [T],
}

impl<'a, T: Real> RowLs<'a, T> {
    /// Over [`scratch_len`](Self::scratch_len) elements for rank r; none where the scratch is shorter.
    #[must_use]
    pub fn new(rank: usize, scratch: &'a mut [T]) -> Option<Self> {
        let (normal, rest) = scratch.split_at_mut_checked(Packed::elements(rank))?;
        let (right, _) = rest.split_at_mut_checked(rank)?;
        Some(Self { normal, right })
    }

    /// r (r + 3) / 2.
    #[must_use]
    pub const fn scratch_len(rank: usize) -> usize {
        Packed::elements(rank).saturating_add(rank)
    }

    /// Begins a row.
    pub fn clear(&mut self) {
        self.normal.fill(T::ZERO);
        self.right.fill(T::ZERO);
    }

    /// Adds the equation u'v = b with this weight, at least 0.
    #[inline]
    pub fn add(&mut self, u: &[T], b: T, weight: T) {
        let mut rest = &mut *self.normal;
        for (row, (here, right)) in u.iter().zip(self.right.iter_mut()).enumerate() {
            let weighted = weight * *here;
            *right += weighted * b;
            let Some((stored, below)) = rest.split_at_mut_checked(row + 1) else { return };
            rest = below;
            for (entry, other) in stored.iter_mut().zip(u) {
                *entry += weighted * *other;
            }
        }
    }

    /// The right-hand side so far, sum of w_k b_k u_k.
    #[must_use]
    pub fn right(&self) -> &[T] {
        self.right
    }

    /// The rows of the lower triangle of sum of w_k u_k u_k'.
    #[must_use]
    pub fn normal(&self) -> &[T] {
        self.normal
    }

    /// Adds a small share of the mean diagonal to the diagonal.
    pub(super) fn damp(&mut self) {
        let rank = self.right.len();
        let mut trace = T::ZERO;
        let mut rest = &*self.normal;
        for row in 0..rank {
            let Some((stored, below)) = rest.split_at_checked(row + 1) else { return };
            rest = below;
            trace += stored.last().copied().unwrap_or(T::ZERO);
        }
        let damping = trace * (T::EPSILON * T::from_f64(4.0));
        let mut rest = &mut *self.normal;
        for row in 0..rank {
            let Some((stored, below)) = rest.split_at_mut_checked(row + 1) else { return };
            rest = below;
            if let Some(diagonal) = stored.last_mut() {
                *diagonal += damping;
            }
        }
    }

    /// Ends a row: writes v, or leaves it alone where there was no equation, and says whether it was written.
    pub fn solve(&mut self, v: &mut [T]) -> bool {
        let solved = self.finish();
        if solved {
            vector::copy(self.right, v);
        }
        solved
    }

    /// Ends a row whose b were residuals b - u'v: adds to v, so that the damping leaves no bias where this is repeated.
    pub fn correct(&mut self, v: &mut [T]) -> bool {
        let solved = self.finish();
        if solved {
            vector::axpy(T::ONE, self.right, v);
        }
        solved
    }

    fn finish(&mut self) -> bool {
        self.damp();
        let Ok(factor) = Cholesky::factor(Packed::new(self.right.len()), self.normal) else { return false };
        factor.solve(self.right).is_ok() && self.right.iter().all(|value| value.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recovery::testing::Random;
    use nalgebra::{DMatrix, DVector};
    use std::vec;
    use std::vec::Vec;

    #[test]
    fn agrees_with_a_weighted_qr() {
        let mut random = Random::new(9);
        for case in 0..1000 {
            let rank = 1 + case % 5;
            let entries = rank + 2 + case % 9;
            let rows: Vec<Vec<f64>> = (0..entries).map(|_| (0..rank).map(|_| random.normal()).collect()).collect();
            let b: Vec<f64> = (0..entries).map(|_| random.normal()).collect();
            let weights: Vec<f64> = (0..entries).map(|_| random.unit() + 0.01).collect();
            let mut scratch = vec![f64::NAN; RowLs::<f64>::scratch_len(rank) + 1];
            let mut row = RowLs::new(rank, &mut scratch).unwrap();
            row.clear();
            for ((u, b), w) in rows.iter().zip(&b).zip(&weights) {
                row.add(u, *b, *w);
            }
            let mut v = vec![0.0; rank];
            assert!(row.solve(&mut v));
            let a = DMatrix::from_fn(entries, rank, |i, j| rows[i][j] * weights[i].sqrt());
            let right = DVector::from_fn(entries, |i, _| b[i] * weights[i].sqrt());
            let exact = a.clone().svd(true, true).solve(&right, 1e-14).unwrap();
            let condition = a.svd(false, false).singular_values;
            let slack = 1e-10 * (condition[0] / condition[rank - 1]).powi(2);
            for (got, exact) in v.iter().zip(exact.iter()) {
                assert!((got - exact).abs() < slack, "{case}: {got} {exact}");
            }
            assert!(scratch[scratch.len() - 1].is_nan());
        }
    }

    #[test]
    fn a_row_without_equations_is_left_alone() {
        let mut scratch = [0.0_f32; 5];
        assert!(RowLs::<f32>::new(3, &mut scratch).is_none());
        let mut row = RowLs::new(2, &mut scratch).unwrap();
        row.clear();
        let mut v = [7.0, 8.0];
        assert!(!row.solve(&mut v));
        row.clear();
        row.add(&[f32::NAN, 1.0], 1.0, 1.0);
        assert!(!row.solve(&mut v));
        assert_eq!(v, [7.0, 8.0]);
        // One equation for two numbers: the small solution.
        row.clear();
        row.add(&[1.0, 1.0], 2.0, 1.0);
        assert!(row.solve(&mut v));
        assert!((v[0] + v[1] - 2.0_f32).abs() < 1e-5 && (v[0] - v[1]).abs() < 0.5, "{v:?}");
    }
}
