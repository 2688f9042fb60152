//! Spectra and quadratics.

use super::norms::norm;
use super::shapes::sorted;
use crate::factor::Packed;
use crate::matrix::MatRef;
use crate::operator::Prox;
use crate::prox::testing::{Random, Subject, whole};
use crate::prox::{norms, quadratic, separable, sets, spectral};
use crate::real::Real;
use nalgebra::DMatrix;
use std::vec;
use std::vec::Vec;

fn side(n: usize) -> usize {
    (1..=8).find(|side| side * side == n).unwrap()
}

fn matrix(x: &[f64]) -> DMatrix<f64> {
    DMatrix::from_row_slice(side(x.len()), side(x.len()), x)
}

fn eigenvalues(x: &[f64]) -> Vec<f64> {
    let a = matrix(x);
    // Only the lower triangle counts.
    let a = DMatrix::from_fn(a.nrows(), a.ncols(), |i, j| a[(i.max(j), i.min(j))]);
    a.symmetric_eigen().eigenvalues.iter().copied().collect()
}

fn symmetrise(x: &mut [f64]) {
    let n = side(x.len());
    for i in 0..n {
        for j in 0..i {
            x[j * n + i] = x[i * n + j];
        }
    }
}

fn shape(n: usize) -> (usize, usize) {
    match n {
        6 => (2, 3),
        8 => (4, 2),
        n => (side(n), side(n)),
    }
}

fn singular(x: &[f64]) -> Vec<f64> {
    let (rows, columns) = shape(x.len());
    DMatrix::from_row_slice(rows, columns, x).singular_values().iter().copied().collect()
}

fn form<T: Real>(n: usize, p: &[T]) -> quadratic::Quadratic<'_, T> {
    let (matrix, linear) = p.split_at(Packed::elements(n));
    quadratic::Quadratic { matrix, linear }
}

fn form_value(p: &[f64], x: &[f64]) -> f64 {
    let n = x.len();
    let q = |i: usize, j: usize| p[i.max(j) * (i.max(j) + 1) / 2 + i.min(j)];
    let quadratic: f64 = (0..n).map(|i| (0..n).map(|j| x[i] * q(i, j) * x[j]).sum::<f64>()).sum();
    quadratic / 2.0 + x.iter().enumerate().map(|(k, x)| p[Packed::elements(n) + k] * x).sum::<f64>()
}

/// Packed B B' of a small B of small integers, exact, and a slope.
fn positive(random: &mut Random, n: usize) -> Vec<f64> {
    let b: Vec<f64> = (0..n * n).map(|_| random.below(5) as f64 / 4.0 - 0.5).collect();
    let mut p = Vec::new();
    for i in 0..n {
        for j in 0..=i {
            p.push((0..n).map(|k| b[i * n + k] * b[j * n + k]).sum());
        }
    }
    p.extend(random.vector(n, -1.0, 1.0));
    p
}

const SQUARES: &[usize] = &[1, 4, 9];
const SHAPES: &[usize] = &[1, 6, 8, 9];

whole! {
    Semidefinite {
        const SET: bool = true;
        const FACTOR: f64 = 32.0;
        const SIZES: &'static [usize] = SQUARES;
        const CASES: usize = 200;
        operator(n, _) Lower(spectral::Eigenvalues { dimension: side(n), function: separable::Nonnegative });
        domain(_, _, x) {
            symmetrise(x);
            let a = matrix(x);
            let a = &a * a.transpose();
            x.copy_from_slice(a.as_slice());
        };
        violation(_, x) eigenvalues(x).iter().fold(0.0, |worst: f64, value| worst.max(-value));
    }
    LargestEigenvalue {
        const FACTOR: f64 = 32.0;
        const SIZES: &'static [usize] = SQUARES;
        const CASES: usize = 200;
        operator(n, _) Lower(spectral::Eigenvalues { dimension: side(n), function: norms::Largest });
        objective(_, x) eigenvalues(x).iter().fold(f64::NEG_INFINITY, |most, value| most.max(*value));
        domain(_, _, x) symmetrise(x);
    }
    NuclearNorm {
        const FACTOR: f64 = 32.0;
        const SIZES: &'static [usize] = SHAPES;
        const CASES: usize = 200;
        operator(n, _) spectral::SingularValues { rows: shape(n).0, columns: shape(n).1, function: separable::L1 };
        objective(_, x) singular(x).iter().sum();
    }
    SpectralNorm {
        const FACTOR: f64 = 32.0;
        const SIZES: &'static [usize] = SHAPES;
        const CASES: usize = 200;
        operator(n, _) spectral::SingularValues { rows: shape(n).0, columns: shape(n).1, function: norms::LInfinity };
        objective(_, x) singular(x).iter().fold(0.0, |most: f64, value| most.max(*value));
    }
    NuclearBall {
        const SET: bool = true;
        const FACTOR: f64 = 64.0;
        const SIZES: &'static [usize] = SHAPES;
        const CASES: usize = 200;
        operator(n, _) spectral::SingularValues {
            rows: shape(n).0, columns: shape(n).1, function: sets::L1Ball { radius: T::ONE }
        };
        domain(_, _, x) {
            let size = singular(x).iter().sum::<f64>().max(1.0);
            x.iter_mut().for_each(|x| *x /= size);
        };
        violation(_, x) singular(x).iter().sum::<f64>() - 1.0;
    }
    Rank {
        const SET: bool = true;
        const CONVEX: bool = false;
        const FACTOR: f64 = 32.0;
        const SIZES: &'static [usize] = SHAPES;
        const CASES: usize = 200;
        operator(n, _) spectral::SingularValues {
            rows: shape(n).0, columns: shape(n).1, function: sets::SparseVectors { count: 1 }
        };
        domain(_, _, x) {
            let (rows, columns) = shape(x.len());
            let (u, w): (Vec<f64>, Vec<f64>) = (x[..rows].to_vec(), x[..columns].to_vec());
            for (k, x) in x.iter_mut().enumerate() {
                *x = u[k / columns] * w[k % columns];
            }
        };
        violation(_, x) sorted(&singular(x)).iter().skip(1).sum();
    }
    Quadratic {
        const FACTOR: f64 = 400.0;
        const ANY_STEP: bool = false;
        const SIZES: &'static [usize] = &[1, 2, 3, 5];
        const STEPS: (f64, f64) = (-3.0, 1.0);
        operator(n, p) form(n, p);
        objective(p, x) form_value(p, x);
        parameters(r, n) positive(r, n);
    }
    PreparedQuadratic {
        const FACTOR: f64 = 400.0;
        const ANY_STEP: bool = false;
        const SIZES: &'static [usize] = &[1, 2, 3, 5];
        const STEPS: (f64, f64) = (0.0, 0.0);
        operator(n, p) form(n, p).prepare(T::ONE, vec![T::ZERO; Packed::elements(n)].leak()).unwrap();
        objective(p, x) form_value(p, x);
        parameters(r, n) positive(r, n);
    }
    LeastSquares {
        const FACTOR: f64 = 400.0;
        const ANY_STEP: bool = false;
        const SIZES: &'static [usize] = &[1, 2, 3, 5];
        const STEPS: (f64, f64) = (-3.0, 1.0);
        operator(n, p) {
            // Three rows: tall, square and wide.
            let (a, rhs) = p.split_at(3 * n);
            quadratic::LeastSquares { matrix: MatRef::row_major(a, 3, n).unwrap(), rhs }
        };
        objective(p, x) {
            let n = x.len();
            let row = |k: usize| x.iter().zip(&p[k * n..]).map(|(x, a)| x * a).sum::<f64>() - p[3 * n + k];
            norm(&[row(0), row(1), row(2)]).powi(2) / 2.0
        };
        parameters(r, n) r.vector(3 * n + 3, -1.0, 1.0);
    }
}

/// An operator of symmetric matrices, for any matrix: of the nearest symmetric one, and what is not symmetric is gone.
struct Lower<F>(F);

impl<T: Real, F: Prox<T>> Prox<T> for Lower<F> {
    fn scratch_len(&self, n: usize) -> usize {
        self.0.scratch_len(n)
    }
    fn check(&self, n: usize, scratch: usize) -> Result<(), crate::Error> {
        self.0.check(n, scratch)
    }
    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        let n = side(x.len());
        for i in 0..n {
            for j in 0..i {
                let middle = x[i * n + j] / T::TWO + x[j * n + i] / T::TWO;
                (x[i * n + j], x[j * n + i]) = (middle, middle);
            }
        }
        self.0.prox(x, step, scratch);
    }
    fn value(&self, x: &[T]) -> T {
        self.0.value(x)
    }
}

/// What a form prepared for a step gives is what the form itself gives.
#[test]
fn a_prepared_form_is_the_form() {
    let mut random = Random::new(10);
    for n in 1..6 {
        let p = positive(&mut random, n);
        let (v, step) = (random.point(n), random.power(-2.0, 1.0));
        let form = form(n, &p);
        let mut factor = vec![0.0; Packed::elements(n)];
        let prepared = form.prepare(step, &mut factor).unwrap();
        assert_eq!(prepared.check(n, 0), Ok(()));
        let (mut x, mut y) = (v.clone(), v.clone());
        form.prox(&mut x, step, &mut vec![0.0; Packed::elements(n)]);
        prepared.prox(&mut y, 123.0, &mut []);
        assert_eq!(x, y);
        assert_eq!(Prox::<f64>::value(&prepared, &v), form.value(&v));
    }
}

/// Orthonormal rows: the polar factor, here of a 2 x 3 matrix.
#[test]
fn orthonormal_rows_come_from_singular_values_of_one() {
    let mut random = Random::new(13);
    for _ in 0..200 {
        let v = random.vector(6, -1.0, 1.0);
        let stiefel = spectral::SingularValues { rows: 2, columns: 3, function: separable::Point { value: 1.0 } };
        let mut x = v.clone();
        stiefel.prox(&mut x, 1.0, &mut vec![0.0; stiefel.scratch_len(6)]);
        let q = DMatrix::from_row_slice(2, 3, &x);
        assert!((&q * q.transpose() - DMatrix::identity(2, 2)).amax() < 1e-12);
        let svd = DMatrix::from_row_slice(2, 3, &v).svd(true, true);
        assert!((q - svd.u.unwrap() * svd.v_t.unwrap()).amax() < 1e-10);
        assert_eq!(stiefel.value(&x), 0.0);
    }
}
