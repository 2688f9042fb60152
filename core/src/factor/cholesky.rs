//! A = L L' for symmetric positive definite A, dense or banded, in place.
//!
//! Row by row (bordering): row i of L solves L l = a with the rows above it, so that factoring and solving share one loop.
//! The place of a diagonal element keeps its reciprocal: n divisions in all, none in a solve. No pivoting is needed or
//! done; without it the method is backward stable, |L L' - A| <= about (n + 2) epsilon |L| |L'| element by element
//! (N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 10.1).

#[cfg(not(target_arch = "arm"))]
use super::four::factor_four;
use super::layout::Layout;
use super::substitute::{Reciprocal, Split, backward, forward, split};
use crate::error::{self, Error, Field};
use crate::real::Real;

/// A factored matrix over memory of the caller's.
///
/// | | dense, dimension n | banded, bandwidth m |
/// |---|---|---|
/// | factoring, multiplications | n (n - 1) (n + 4) / 6 | about n m (m + 3) / 2 |
/// | factoring, square roots and divisions | n each | n each |
/// | solving, multiplications | n (n + 1) | about 2 n (m + 1) |
///
/// Additions are about as many as multiplications. Where n is a constant in the caller's code, the compiler unrolls the
/// loops, at less than half the instructions for n = 6.
///
/// ```
/// use tinysolve::factor::{Cholesky, Packed};
///
/// let mut a = [4.0_f32, 2.0, 5.0]; // rows of the lower triangle of [4 2; 2 5]
/// let mut x = [8.0, 12.0];
/// Cholesky::factor(Packed::new(2), &mut a)?.solve(&mut x)?;
/// assert_eq!(x, [1.0, 2.0]);
/// # Ok::<(), tinysolve::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cholesky<'a, T, L> {
    layout: L,
    factor: &'a [T],
}

impl<'a, T: Real, L: Layout> Cholesky<'a, T, L> {
    /// Overwrites the lower triangle of A by L, its diagonal elements by their reciprocals.
    ///
    /// # Errors
    /// `Length` of `Field::Values` unless `values` has exactly `layout.len()` elements; nothing is written then. `Pivot`
    /// with the first row at which A is not positive definite in this precision, or where a NaN or an infinity stands;
    /// the rows above it are overwritten then, and on a host up to three below.
    #[inline]
    pub fn factor(layout: L, values: &'a mut [T]) -> Result<Self, Error> {
        error::exact(Field::Values, layout.len(), values.len())?;
        let mut i = 0;
        while i < layout.dim() {
            #[cfg(not(target_arch = "arm"))]
            if factor_four(layout, i, values)? {
                i += 4;
                continue;
            }
            factor_row(layout, i, values).ok_or(Error::Pivot { row: i })?;
            i += 1;
        }
        Ok(Self { layout, factor: values })
    }

    /// A factor that [`factor`](Self::factor) left in `values` earlier.
    ///
    /// # Errors
    /// `Length` of `Field::Values` unless `values` has exactly `layout.len()` elements, `Pivot` with the first row whose
    /// reciprocal is not a positive number.
    pub fn from_factor(layout: L, values: &'a [T]) -> Result<Self, Error> {
        error::exact(Field::Values, layout.len(), values.len())?;
        let positive = |row: &usize| values.get(layout.diagonal(*row)).is_some_and(|d| *d > T::ZERO && d.is_finite());
        match (0..layout.dim()).find(|row| !positive(row)) {
            Some(row) => Err(Error::Pivot { row }),
            None => Ok(Self { layout, factor: values }),
        }
    }

    /// A factor that was looked at before.
    pub(crate) const fn trusted(layout: L, values: &'a [T]) -> Self {
        Self { layout, factor: values }
    }

    /// Dimension n.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.layout.dim()
    }

    /// Solves A x = b in place: b in, x out.
    ///
    /// # Errors
    /// `Length` of `Field::RightHandSide` unless `x` has exactly n elements.
    #[inline]
    pub fn solve(&self, x: &mut [T]) -> Result<(), Error> {
        self.solve_lower(x)?;
        backward::<Reciprocal, T, L>(self.layout, self.factor, x);
        Ok(())
    }

    /// Solves L y = b in place: |y|² is b' A⁻¹ b.
    ///
    /// # Errors
    /// `Length` of `Field::RightHandSide` unless `x` has exactly n elements.
    #[inline]
    pub fn solve_lower(&self, x: &mut [T]) -> Result<(), Error> {
        error::exact(Field::RightHandSide, self.layout.dim(), x.len())?;
        let rows = self.factor.get(self.layout.start(0)..).unwrap_or(&[]);
        forward::<Reciprocal, T, L>(self.layout, 0, rows, x, |_| ());
        Ok(())
    }

    /// Solves L' x = y in place, the second half of a solve.
    ///
    /// # Errors
    /// `Length` of `Field::RightHandSide` unless `x` has exactly n elements.
    #[inline]
    pub fn solve_upper(&self, x: &mut [T]) -> Result<(), Error> {
        error::exact(Field::RightHandSide, self.layout.dim(), x.len())?;
        backward::<Reciprocal, T, L>(self.layout, self.factor, x);
        Ok(())
    }
}

/// `None` if the pivot is not a positive number.
#[inline]
pub(super) fn factor_row<T: Real, L: Layout>(layout: L, i: usize, values: &mut [T]) -> Option<()> {
    let Split { above, columns, diagonal } = split(layout, i, values)?;
    let mut pivot = *diagonal;
    forward::<Reciprocal, T, L>(layout, layout.first(i), above, columns, |l| pivot -= l * l);
    // Written so that NaN fails too; an infinity in L makes the pivot negative or NaN.
    if !(pivot > T::ZERO && pivot <= T::MAX) {
        return None;
    }
    *diagonal = T::ONE / pivot.sqrt();
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::{Band, Packed, Square};
    use super::*;
    use crate::factor::testing::{Random, load, store};
    use nalgebra::DMatrix;
    use std::vec;
    use std::vec::Vec;

    const GUARD: f64 = 1234.5;

    /// A = F F' + a bit, cut to a band and made dominant there if need be.
    fn positive_definite(random: &mut Random, n: usize, bandwidth: usize) -> DMatrix<f64> {
        let f = DMatrix::from_fn(n, n + 1, |_, _| random.between(-1.0, 1.0));
        let mut a = &f * f.transpose() + DMatrix::identity(n, n) * 1e-3;
        if bandwidth + 1 < n {
            a = DMatrix::from_fn(n, n, |i, j| if i.abs_diff(j) <= bandwidth { a[(i, j)] } else { 0.0 });
            for i in 0..n {
                a[(i, i)] = 0.1 + a.row(i).iter().map(|v| v.abs()).sum::<f64>();
            }
        }
        a
    }

    /// Factors in T, compares L with nalgebra's in f64, L L' with A, and the solution with nalgebra's.
    fn agrees<T: Real, L: Layout>(layout: L, a: &DMatrix<f64>, random: &mut Random) {
        let n = a.nrows();
        let eps = T::EPSILON.to_f64();
        let mut memory = store::<T, L>(layout, a, GUARD);
        let untouched = memory.clone();
        let factor = Cholesky::factor(layout, &mut memory[..layout.len()]).unwrap();
        let mut l = load(layout, factor.factor);
        for i in 0..n {
            l[(i, i)] = 1.0 / l[(i, i)];
        }
        let residual = &l * l.transpose() - a;
        let bound = l.abs() * l.abs().transpose() * (n as f64 + 4.0) * eps;
        assert!(residual.iter().zip(&bound).all(|(r, b)| r.abs() <= *b), "L L' - A: {residual}");
        let oracle = a.clone().cholesky().unwrap();
        let condition = a.norm() * oracle.inverse().norm();
        assert!((&l - oracle.l()).norm() <= 4.0 * n as f64 * eps * condition * l.norm());

        let b: Vec<f64> = (0..n).map(|_| random.between(-1.0, 1.0)).collect();
        let mut x: Vec<T> = b.iter().map(|b| T::from_f64(*b)).collect();
        x.push(T::from_f64(GUARD));
        let b = DMatrix::from_fn(n, 1, |i, _| x[i].to_f64());
        factor.solve(&mut x[..n]).unwrap();
        assert_eq!(x[n].to_f64(), GUARD);
        let x = DMatrix::from_fn(n, 1, |i, _| x[i].to_f64());
        let r = a * &x - &b;
        assert!(r.norm() <= 8.0 * n as f64 * eps * a.norm() * x.norm(), "residual {}", r.norm());

        let mut halves: Vec<T> = b.iter().map(|b| T::from_f64(*b)).collect();
        factor.solve_lower(&mut halves).unwrap();
        factor.solve_upper(&mut halves).unwrap();
        assert!(halves.iter().zip(&x).all(|(h, x)| h.to_f64() == *x));

        let stored = |index: usize| (0..n).any(|i| (0..=i).any(|j| layout.index(i, j) == Some(index)));
        for (index, (now, before)) in memory.iter().zip(&untouched).enumerate() {
            assert!(stored(index) || now == before, "element {index} is padding and was written");
        }
    }

    #[test]
    fn a_thousand_random_matrices_agree_with_nalgebra() {
        let mut random = Random::new(1);
        for case in 0..1000 {
            let n = 1 + case % 12;
            let a = positive_definite(&mut random, n, n);
            // What the f32 factor sees, so that both types face the same matrix.
            let a = a.map(|v| f64::from(v as f32));
            agrees::<f32, _>(Packed::new(n), &a, &mut random);
            agrees::<f64, _>(Packed::new(n), &a, &mut random);
            agrees::<f32, _>(Square::new(n), &a, &mut random);
        }
    }

    #[test]
    fn banded_is_dense_with_the_zeros_left_out() {
        let mut random = Random::new(2);
        for case in 0..1000 {
            let (n, bandwidth) = (1 + case % 11, case / 11 % 13);
            let a = positive_definite(&mut random, n, bandwidth).map(|v| f64::from(v as f32));
            agrees::<f32, _>(Band::new(n, bandwidth), &a, &mut random);
            agrees::<f64, _>(Band::new(n, bandwidth), &a, &mut random);
            // Zeros outside the band change no bit.
            let mut banded = store::<f32, _>(Band::new(n, bandwidth), &a, 0.0);
            let mut packed = store::<f32, _>(Packed::new(n), &a, 0.0);
            let banded = Cholesky::factor(Band::new(n, bandwidth), &mut banded[..n * (bandwidth + 1)]).unwrap();
            let packed = Cholesky::factor(Packed::new(n), &mut packed[..n * (n + 1) / 2]).unwrap();
            let mut x = vec![1.0_f32; n];
            let mut y = x.clone();
            banded.solve(&mut x).unwrap();
            packed.solve(&mut y).unwrap();
            assert_eq!(x, y);
        }
    }

    #[test]
    fn rows_that_are_not_positive_definite_are_named() {
        let factor = |values: &[f32]| {
            let n = (0..).find(|n| Packed::elements(*n) == values.len()).unwrap();
            Cholesky::factor(Packed::new(n), &mut values.to_vec()).map(|_| ()).err()
        };
        let pivot = |row| Some(Error::Pivot { row });
        assert_eq!(factor(&[1.0, 1.0, 1.0]), pivot(1), "singular");
        assert_eq!(factor(&[1.0, 2.0, 1.0]), pivot(1), "indefinite");
        for bad in [0.0, -0.0, -1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(factor(&[bad, 0.0, 1.0]), pivot(0), "{bad} as first pivot");
            assert_eq!(factor(&[1.0, 0.0, bad]), pivot(1), "{bad} as second pivot");
        }
        for bad in [f32::NAN, f32::INFINITY, f32::MAX] {
            assert_eq!(factor(&[1.0, bad, 1.0]), pivot(1), "{bad} below the diagonal");
        }
        assert_eq!(factor(&[f32::MIN_POSITIVE / 1024.0]), None, "a subnormal pivot is a pivot");
        assert_eq!(factor(&[f32::MAX]), None);
    }

    #[test]
    fn sizes_are_checked_before_anything_is_written() {
        let mut values = [1.0_f32, 0.5, 1.0];
        for n in [0, 1, 3, usize::MAX] {
            let need = Packed::elements(n);
            let error = Error::Length { field: Field::Values, need, got: 3 };
            assert_eq!(Cholesky::factor(Packed::new(n), &mut values).err(), Some(error));
        }
        assert_eq!(values, [1.0, 0.5, 1.0]);
        let factor = Cholesky::factor(Packed::new(2), &mut values).unwrap();
        for len in [0, 1, 3] {
            let mut x = [7.0_f32; 3];
            let error = Err(Error::Length { field: Field::RightHandSide, need: 2, got: len });
            assert_eq!(factor.solve(&mut x[..len]), error);
            assert_eq!(x, [7.0; 3]);
        }
        let none = Cholesky::factor(Packed::new(0), &mut [] as &mut [f32]).unwrap();
        assert_eq!((none.dim(), none.solve(&mut [])), (0, Ok(())));
        let wide = Cholesky::factor(Band::new(0, usize::MAX), &mut [] as &mut [f32]).unwrap();
        assert_eq!((wide.dim(), wide.solve(&mut [])), (0, Ok(())));
    }

    #[test]
    fn a_factor_is_taken_up_again() {
        let mut values = [4.0_f32, 2.0, 5.0];
        Cholesky::factor(Packed::new(2), &mut values).unwrap();
        let mut x = [8.0, 12.0];
        Cholesky::from_factor(Packed::new(2), &values).unwrap().solve(&mut x).unwrap();
        assert_eq!(x, [1.0, 2.0]);
        values[2] = f32::NAN;
        assert_eq!(Cholesky::from_factor(Packed::new(2), &values).err(), Some(Error::Pivot { row: 1 }));
    }
}
