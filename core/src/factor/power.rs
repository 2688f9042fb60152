//! Power iteration: the eigenvalue of largest magnitude of a symmetric operator.

use crate::error::{self, Error, Field};
use crate::real::Real;
use crate::solve::Step;
use crate::vector;

/// How far to go.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PowerConfig<T> {
    /// Most applications of the operator.
    pub iterations: u32,
    /// Converged when |A x - value x| <= tolerance |value + shift| for the unit vector x; 0 or more. The error of the
    /// value goes with the square of that. About 4 epsilon is the floor.
    pub tolerance: T,
    /// A + shift I is iterated, which moves another end of the spectrum to the front: a shift beyond the magnitude of the
    /// negative eigenvalues finds the largest one by sign. 0 as a rule.
    pub shift: T,
}

/// What was found.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Eigenvalue<T> {
    /// The Rayleigh quotient x'A x, shift taken off.
    pub value: T,
    /// |A x - value x|: some eigenvalue of A is no further than this from `value`. Infinite before the first iteration.
    pub residual: T,
    /// Applications of the operator.
    pub iterations: u32,
    /// `Converged`, `IterationCap`, or `Breakdown` when the operator gave a NaN or an infinity.
    pub step: Step,
}

/// Iterates from the start `x`, which the caller picks (seeded, and not orthogonal to what is sought) and which ends as the
/// unit vector that `value` and `residual` speak of. `apply` writes A times its first argument to its second; `work` has as
/// many elements as `x`. An iteration costs one application, about 7 n multiplications and n divisions. It gains the ratio
/// of the two largest magnitudes; where they are equal it does not converge, and says so.
///
/// ```
/// use tinysolve::factor::{PowerConfig, power_iteration};
///
/// let config = PowerConfig { iterations: 100, tolerance: 1e-5_f32, shift: 0.0 };
/// let (mut x, mut work) = ([1.0, 0.3], [0.0; 2]);
/// let apply = |x: &[f32], y: &mut [f32]| (y[0], y[1]) = (2.0 * x[0] + x[1], x[0] + 2.0 * x[1]);
/// let largest = power_iteration(config, apply, &mut x, &mut work)?;
/// assert!((largest.value - 3.0).abs() < 1e-6);
/// # Ok::<(), tinysolve::Error>(())
/// ```
///
/// # Errors
/// `Length` of `Field::Workspace` if `work` is short; `OutOfRange` of `Field::Tolerance` or `NotFinite` of
/// `Field::Configuration` for a bad tolerance or shift; `NotFinite` of `Field::Iterate` with the first such element of `x`;
/// `OutOfRange` of `Field::Iterate` if all of `x` is 0 or there is no element. Nothing is written then.
pub fn power_iteration<T: Real>(
    config: PowerConfig<T>,
    mut apply: impl FnMut(&[T], &mut [T]),
    x: &mut [T],
    work: &mut [T],
) -> Result<Eigenvalue<T>, Error> {
    let PowerConfig { iterations, tolerance, shift } = config;
    let got = work.len();
    let y = work.get_mut(..x.len()).ok_or(Error::Length { field: Field::Workspace, need: x.len(), got })?;
    if !(tolerance >= T::ZERO && tolerance.is_finite()) {
        return Err(Error::OutOfRange { field: Field::Tolerance, index: 0 });
    }
    if !shift.is_finite() {
        return Err(Error::NotFinite { field: Field::Configuration, index: 0 });
    }
    error::finite(Field::Iterate, x)?;
    let largest = vector::max_abs(x);
    if largest == T::ZERO {
        return Err(Error::OutOfRange { field: Field::Iterate, index: 0 });
    }
    // In two steps, since the norm of numbers near the largest one overflows.
    divide(x, largest);
    divide(x, vector::norm(x));
    let mut found = Eigenvalue { value: T::ZERO, residual: T::INFINITY, iterations: 0, step: Step::IterationCap };
    for iteration in 1..=iterations {
        apply(x, y);
        vector::axpy(shift, x, y);
        let norm = vector::norm(y);
        found.iterations = iteration;
        if !norm.is_finite() {
            found.step = Step::Breakdown;
            break;
        }
        if norm == T::ZERO {
            (found.value, found.residual, found.step) = (-shift, T::ZERO, Step::Converged);
            break;
        }
        // All in units of the norm, so that no square overflows: |quotient| <= 1.
        divide(y, norm);
        let quotient = vector::dot(x, y);
        let squares = x.iter().zip(y.iter()).fold(T::ZERO, |sum, (x, y)| {
            let difference = *y - quotient * *x;
            sum + difference * difference
        });
        let residual = squares.sqrt();
        found.value = norm * quotient - shift;
        found.residual = norm * residual;
        if residual <= tolerance * quotient.abs() {
            found.step = Step::Converged;
            break;
        }
        if iteration < iterations {
            for (x, y) in x.iter_mut().zip(y.iter()) {
                *x = *y;
            }
        }
    }
    Ok(found)
}

fn divide<T: Real>(values: &mut [T], by: T) {
    for value in values {
        *value /= by;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factor::testing::Random;
    use nalgebra::DMatrix;
    use std::vec;
    use std::vec::Vec;

    fn times<T: Real>(a: &DMatrix<f64>) -> impl FnMut(&[T], &mut [T]) {
        let n = a.nrows();
        let a: Vec<T> = (0..n * n).map(|k| T::from_f64(a[(k / n, k % n)])).collect();
        move |x, y| {
            for (row, y) in a.chunks(n).zip(y) {
                *y = row.iter().zip(x).fold(T::ZERO, |sum, (a, x)| sum + *a * *x);
            }
        }
    }

    fn config<T: Real>(iterations: u32, tolerance: f64, shift: f64) -> PowerConfig<T> {
        PowerConfig { iterations, tolerance: T::from_f64(tolerance), shift: T::from_f64(shift) }
    }

    #[test]
    fn random_matrices_agree_with_nalgebra() {
        let mut random = Random::new(11);
        let mut converged = 0;
        for case in 0..1000 {
            let n = 1 + case % 12;
            let f = DMatrix::from_fn(n, n, |_, _| random.between(-1.0, 1.0));
            let a = (&f + f.transpose()).map(|v| f64::from(v as f32));
            let eigenvalues = a.clone().symmetric_eigenvalues();
            let start: Vec<f64> = (0..n).map(|_| random.between(-1.0, 1.0)).collect();
            // Past every eigenvalue, so that the largest by sign comes first.
            let shift = if case % 2 == 0 { 0.0 } else { a.norm() };
            let key = |v: f64| if shift == 0.0 { v.abs() } else { v };
            let exact = eigenvalues.iter().copied().max_by(|a, b| key(*a).total_cmp(&key(*b))).unwrap();

            let (mut x, mut work) = (start.clone(), vec![1234.5; n + 1]);
            let found = power_iteration(config(2000, 1e-9, shift), times(&a), &mut x, &mut work).unwrap();
            assert_eq!(work[n], 1234.5);
            let nearest = eigenvalues.iter().map(|v| (v - found.value).abs()).fold(f64::MAX, f64::min);
            assert!(nearest <= found.residual + 1e-13 * a.norm(), "the residual is a bound");
            let x = DMatrix::from_vec(n, 1, x);
            assert!((x.norm() - 1.0).abs() < 1e-14);
            assert!(((&a * &x - &x * found.value).norm() - found.residual).abs() <= 1e-13 * a.norm());
            if found.step == Step::Converged {
                converged += 1;
                assert!((found.value - exact).abs() <= 1e-8 * a.norm(), "{} {exact}", found.value);
            } else {
                assert_eq!((found.step, found.iterations), (Step::IterationCap, 2000));
            }

            let (mut x, mut work) = (start.iter().map(|v| *v as f32).collect::<Vec<_>>(), vec![0.0_f32; n]);
            let single = power_iteration(config(2000, 2e-6, shift), times(&a), &mut x, &mut work).unwrap();
            if single.step == Step::Converged && found.step == Step::Converged {
                assert!((f64::from(single.value) - exact).abs() <= 1e-5 * a.norm());
            }
        }
        assert!(converged > 900, "{converged} of 1000 converged");
    }

    #[test]
    fn extremes_neither_overflow_nor_hang() {
        for size in [1e-30_f32, 1e-20, 1e18, 1e37] {
            let apply = |x: &[f32], y: &mut [f32]| {
                (y[0], y[1]) = (size * (2.0 * x[0] + x[1]), size * (x[0] + 2.0 * x[1]));
            };
            let mut x = [f32::MAX, f32::MAX / 3.0];
            let found = power_iteration(config(100, 1e-5, 0.0), apply, &mut x, &mut [0.0; 2]).unwrap();
            assert_eq!(found.step, Step::Converged);
            assert!((found.value / size - 3.0).abs() < 1e-5, "{found:?}");
        }
        let zero = |_: &[f32], y: &mut [f32]| y.fill(0.0);
        let found = power_iteration(config(9, 0.0, 0.0), zero, &mut [1.0], &mut [0.0]).unwrap();
        assert_eq!((found.value, found.residual, found.step), (0.0, 0.0, Step::Converged));
        for bad in [f32::NAN, f32::INFINITY] {
            let mut calls = 0;
            let apply = |x: &[f32], y: &mut [f32]| {
                calls += 1;
                y[0] = if calls == 3 { bad } else { x[1] };
                y[1] = x[0] + x[1];
            };
            let mut x = [1.0, 0.0];
            let found = power_iteration(config(1000, 1e-6, 0.0), apply, &mut x, &mut [0.0; 2]).unwrap();
            assert_eq!((found.step, found.iterations), (Step::Breakdown, 3));
            assert!(x.iter().all(|x| x.is_finite()) && found.value.is_finite());
        }
    }

    #[test]
    fn equal_magnitudes_of_unlike_sign_are_told() {
        let swap = |x: &[f32], y: &mut [f32]| (y[0], y[1]) = (x[1], x[0]);
        let mut x = [1.0, 0.0];
        let found = power_iteration(config(50, 1e-3, 0.0), swap, &mut x, &mut [0.0; 2]).unwrap();
        assert_eq!((found.step, found.iterations), (Step::IterationCap, 50));
        assert!(found.residual > 0.9);
        let found = power_iteration(config(50, 1e-3, 1.0), swap, &mut x, &mut [0.0; 2]).unwrap();
        assert!(found.step == Step::Converged && (found.value - 1.0).abs() < 1e-5);
        let found = power_iteration(config(0, 1e-3, 1.0), swap, &mut x, &mut [0.0; 2]).unwrap();
        assert_eq!((found.step, found.iterations, found.residual), (Step::IterationCap, 0, f32::INFINITY));
    }

    #[test]
    fn bad_input_is_named_before_the_operator_is_called() {
        let never = |_: &[f32], _: &mut [f32]| panic!("must not be called");
        let good = config(9, 1e-3, 0.0);
        let refused = |config, x: &[f32], work: usize| {
            let mut start = x.to_vec();
            let error = power_iteration(config, never, &mut start, &mut vec![0.0; work]).err();
            assert!(start.iter().zip(x).all(|(a, b)| a.to_bits() == b.to_bits()));
            error
        };
        assert_eq!(refused(good, &[1.0, 2.0], 1), Some(Error::Length { field: Field::Workspace, need: 2, got: 1 }));
        assert_eq!(refused(good, &[0.0, 0.0], 2), Some(Error::OutOfRange { field: Field::Iterate, index: 0 }));
        assert_eq!(refused(good, &[], 0), Some(Error::OutOfRange { field: Field::Iterate, index: 0 }));
        assert_eq!(refused(good, &[1.0, f32::NAN], 2), Some(Error::NotFinite { field: Field::Iterate, index: 1 }));
        for tolerance in [f64::NAN, -1.0, f64::INFINITY] {
            let error = refused(config(9, tolerance, 0.0), &[1.0], 1);
            assert_eq!(error, Some(Error::OutOfRange { field: Field::Tolerance, index: 0 }));
        }
        let error = refused(config(9, 0.0, f64::NAN), &[1.0], 1);
        assert_eq!(error, Some(Error::NotFinite { field: Field::Configuration, index: 0 }));
    }
}
