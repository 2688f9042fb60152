//! A = L D L' for symmetric A whose leading minors are not zero, dense or banded, in place.
//!
//! L is unit lower triangular, D diagonal. No square root, so the method for cores without an FPU; and D may have negative
//! elements, so the method for quasi-definite systems [H A'; A -K] with H and K positive definite, which have such a
//! factorisation in every order of elimination (R. J. Vanderbei, Symmetric quasidefinite matrices, SIAM J. Optim. 5 (1995),
//! 100-113). There is no pivoting: for other indefinite matrices the elements of L may grow and the result be useless.

use super::layout::Layout;
use super::substitute::{Split, Unit, backward, forward, split};
use crate::error::{self, Error, Field};
use crate::real::Real;

/// A factored matrix over memory of the caller's. The places of the diagonal elements keep the reciprocals of D.
///
/// | | dense, dimension n | banded, bandwidth m |
/// |---|---|---|
/// | factoring, multiplications | n (n - 1) (n + 4) / 6 | about n m (m + 3) / 2 |
/// | factoring, divisions | n | n |
/// | solving, multiplications | n² | about n (2 m + 1) |
///
/// Additions are about as many as multiplications.
///
/// ```
/// use tinysolve::factor::{Ldlt, Packed};
///
/// let mut kkt = [2.0_f32, 1.0, -3.0]; // rows of the lower triangle of [2 1; 1 -3]
/// let mut x = [4.0, -5.0];
/// let factor = Ldlt::factor(Packed::new(2), &mut kkt)?;
/// factor.solve(&mut x)?;
/// assert_eq!((x, factor.positive_pivots()), ([1.0, 2.0], 1));
/// # Ok::<(), tinysolve::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Ldlt<'a, T, L> {
    layout: L,
    factor: &'a [T],
    positive: usize,
}

impl<'a, T: Real, L: Layout> Ldlt<'a, T, L> {
    /// Overwrites the lower triangle of A by L, its diagonal elements by the reciprocals of D.
    ///
    /// # Errors
    /// `Length` of `Field::Values` unless `values` has exactly `layout.len()` elements; nothing is written then. `Pivot`
    /// with the first row whose pivot is zero, not finite, or so small that its reciprocal overflows; the rows above it are
    /// overwritten then.
    #[inline]
    pub fn factor(layout: L, values: &'a mut [T]) -> Result<Self, Error> {
        error::exact(Field::Values, layout.len(), values.len())?;
        let mut positive = 0;
        for i in 0..layout.dim() {
            let pivot = factor_row(layout, i, values).ok_or(Error::Pivot { row: i })?;
            positive += usize::from(pivot > T::ZERO);
        }
        Ok(Self { layout, factor: values, positive })
    }

    /// A factor that [`factor`](Self::factor) left in `values` earlier.
    ///
    /// # Errors
    /// `Length` of `Field::Values` unless `values` has exactly `layout.len()` elements, `Pivot` with the first row whose
    /// reciprocal is zero or not finite.
    pub fn from_factor(layout: L, values: &'a [T]) -> Result<Self, Error> {
        error::exact(Field::Values, layout.len(), values.len())?;
        let mut positive = 0;
        for row in 0..layout.dim() {
            let reciprocal = values.get(layout.diagonal(row)).copied().filter(|d| is_pivot(*d));
            positive += usize::from(reciprocal.ok_or(Error::Pivot { row })? > T::ZERO);
        }
        Ok(Self { layout, factor: values, positive })
    }

    /// Dimension n.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.layout.dim()
    }

    /// Positive elements of D, which is the number of positive eigenvalues of A (Sylvester's law of inertia).
    #[must_use]
    pub const fn positive_pivots(&self) -> usize {
        self.positive
    }

    /// Solves A x = b in place: b in, x out.
    ///
    /// # Errors
    /// `Length` of `Field::RightHandSide` unless `x` has exactly n elements.
    #[inline]
    pub fn solve(&self, x: &mut [T]) -> Result<(), Error> {
        let Self { layout, factor, .. } = *self;
        error::exact(Field::RightHandSide, layout.dim(), x.len())?;
        forward::<Unit, T, L>(layout, 0, factor.get(layout.start(0)..).unwrap_or(&[]), x, |_| ());
        for (row, x) in x.iter_mut().enumerate() {
            *x *= factor.get(layout.diagonal(row)).copied().unwrap_or(T::ZERO);
        }
        backward::<Unit, T, L>(layout, factor, x);
        Ok(())
    }
}

/// The pivot, or `None` if there is none to divide by.
#[inline]
fn factor_row<T: Real, L: Layout>(layout: L, i: usize, values: &mut [T]) -> Option<T> {
    let (first, start) = (layout.first(i), layout.start(layout.first(i)));
    let Split { above, columns, diagonal } = split(layout, i, values)?;
    // The row of L D, of which the row of L and the pivot follow.
    forward::<Unit, T, L>(layout, first, above, columns, |_| ());
    let mut pivot = *diagonal;
    for (k, value) in columns.iter_mut().enumerate() {
        let scaled = *value * *above.get(layout.diagonal(first + k) - start)?;
        pivot -= *value * scaled;
        *value = scaled;
    }
    let reciprocal = T::ONE / pivot;
    if !(is_pivot(pivot) && is_pivot(reciprocal)) {
        return None;
    }
    *diagonal = reciprocal;
    Some(pivot)
}

/// Neither zero nor infinite nor NaN.
#[inline]
pub(super) fn is_pivot<T: Real>(value: T) -> bool {
    value.abs() > T::ZERO && value.abs() <= T::MAX
}

#[cfg(test)]
mod tests {
    use super::super::{Band, Packed, Square};
    use super::*;
    use crate::factor::testing::{Random, load, quasi_definite, store};
    use nalgebra::DMatrix;
    use std::vec::Vec;

    const GUARD: f64 = 1234.5;

    /// Factors in T; compares L D L' with A, the inertia with nalgebra's eigenvalues, the residual of a solve with its bound.
    fn agrees<T: Real, L: Layout>(layout: L, a: &DMatrix<f64>, random: &mut Random) {
        let n = a.nrows();
        let eps = T::EPSILON.to_f64();
        let mut memory = store::<T, L>(layout, a, GUARD);
        let untouched = memory.clone();
        let factor = Ldlt::factor(layout, &mut memory[..layout.len()]).unwrap();
        let mut l = load(layout, factor.factor);
        let d = DMatrix::from_diagonal(&l.diagonal().map(|d| 1.0 / d));
        l.fill_diagonal(1.0);
        let residual = &l * &d * l.transpose() - a;
        let bound = l.abs() * d.abs() * l.abs().transpose() * (n as f64 + 4.0) * eps;
        assert!(residual.iter().zip(&bound).all(|(r, b)| r.abs() <= *b), "L D L' - A: {residual}");
        let eigenvalues = a.clone().symmetric_eigenvalues();
        if eigenvalues.iter().all(|v| v.abs() > 100.0 * eps * a.norm()) {
            assert_eq!(factor.positive_pivots(), eigenvalues.iter().filter(|v| **v > 0.0).count());
        }

        let mut x: Vec<T> = (0..n).map(|_| T::from_f64(random.between(-1.0, 1.0))).collect();
        let b = DMatrix::from_fn(n, 1, |i, _| x[i].to_f64());
        x.push(T::from_f64(GUARD));
        factor.solve(&mut x[..n]).unwrap();
        assert_eq!(x[n].to_f64(), GUARD);
        let x = DMatrix::from_fn(n, 1, |i, _| x[i].to_f64());
        let growth = (l.abs() * d.abs() * l.abs().transpose()).norm();
        let r = (a * &x - &b).norm();
        assert!(r <= 8.0 * n as f64 * eps * growth * x.norm(), "residual {r}, growth {growth}");

        let stored = |index: usize| (0..n).any(|i| (0..=i).any(|j| layout.index(i, j) == Some(index)));
        for (index, (now, before)) in memory.iter().zip(&untouched).enumerate() {
            assert!(stored(index) || now == before, "element {index} is padding and was written");
        }
        let positive = Ldlt::factor(layout, &mut store::<T, L>(layout, a, GUARD)[..layout.len()]).unwrap().positive;
        assert_eq!(Ldlt::from_factor(layout, &memory[..layout.len()]).unwrap().positive_pivots(), positive);
    }

    #[test]
    fn a_thousand_quasi_definite_matrices_agree_with_nalgebra() {
        let mut random = Random::new(3);
        for case in 0..1000 {
            let n = 1 + case % 12;
            let a = quasi_definite(&mut random, n, n);
            agrees::<f32, _>(Packed::new(n), &a, &mut random);
            agrees::<f64, _>(Packed::new(n), &a, &mut random);
            agrees::<f32, _>(Square::new(n), &a, &mut random);
            agrees::<f32, _>(Band::new(n, n + case % 3), &a, &mut random);
        }
    }

    #[test]
    fn banded_matrices_of_either_sign_agree_with_nalgebra() {
        let mut random = Random::new(4);
        for case in 0..1000 {
            let (n, bandwidth) = (1 + case % 11, case / 11 % 9);
            let a = quasi_definite(&mut random, n, bandwidth);
            agrees::<f32, _>(Band::new(n, bandwidth), &a, &mut random);
            agrees::<f64, _>(Band::new(n, bandwidth), &a, &mut random);
        }
    }

    #[test]
    fn rows_without_a_pivot_are_named() {
        let factor = |values: &[f32]| Ldlt::factor(Packed::new(2), &mut values.to_vec()).map(|_| ()).err();
        let pivot = |row| Some(Error::Pivot { row });
        assert_eq!(factor(&[1.0, 1.0, 1.0]), pivot(1), "singular");
        assert_eq!(factor(&[1.0, 2.0, 1.0]), None, "indefinite is allowed");
        assert_eq!(factor(&[-1.0, 0.0, -1.0]), None);
        for bad in [0.0, -0.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-40] {
            assert_eq!(factor(&[bad, 0.0, 1.0]), pivot(0), "{bad} as first pivot");
            assert_eq!(factor(&[1.0, 0.0, bad]), pivot(1), "{bad} as second pivot");
        }
        for bad in [f32::NAN, f32::INFINITY, f32::MAX] {
            assert_eq!(factor(&[1.0, bad, 1.0]), pivot(1), "{bad} below the diagonal");
        }
    }

    #[test]
    fn sizes_are_checked_before_anything_is_written() {
        let mut values = [1.0_f32, 0.5, 1.0];
        for n in [0, 1, 3, usize::MAX] {
            let need = Packed::elements(n);
            let error = Error::Length { field: Field::Values, need, got: 3 };
            assert_eq!(Ldlt::factor(Packed::new(n), &mut values).err(), Some(error));
            assert_eq!(Ldlt::from_factor(Packed::new(n), &values).err(), Some(error));
        }
        assert_eq!(values, [1.0, 0.5, 1.0]);
        let factor = Ldlt::factor(Packed::new(2), &mut values).unwrap();
        let mut x = [7.0_f32; 3];
        assert_eq!(factor.solve(&mut x), Err(Error::Length { field: Field::RightHandSide, need: 2, got: 3 }));
        assert_eq!(x, [7.0; 3]);
        let none = Ldlt::factor(Packed::new(0), &mut [] as &mut [f32]).unwrap();
        assert_eq!((none.dim(), none.positive_pivots(), none.solve(&mut [])), (0, 0, Ok(())));
        assert_eq!(Ldlt::from_factor(Packed::new(1), &[0.0_f32]).err(), Some(Error::Pivot { row: 0 }));
    }
}
