//! Order, variation, spectra, quadratics.

use super::norms::{absolute, norm};
use crate::factor::Packed;
use crate::matrix::MatRef;
use crate::operator::Prox;
use crate::prox::testing::{Random, Subject, whole};
use crate::prox::{norms, ordered, quadratic, separable, sets, spectral, variation};
use crate::real::Real;
use nalgebra::DMatrix;
use std::vec;
use std::vec::Vec;

fn sorted(x: &[f64]) -> Vec<f64> {
    let mut x = x.to_vec();
    x.sort_by(|a, b| b.total_cmp(a));
    x
}

fn magnitudes(x: &[f64]) -> Vec<f64> {
    sorted(&x.iter().map(|x| x.abs()).collect::<Vec<_>>())
}

fn differences(x: &[f64]) -> f64 {
    x.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum()
}

fn plane(x: &[f64]) -> f64 {
    let columns = x.len() / 2;
    let (first, second) = x.split_at(columns);
    differences(first) + differences(second) + first.iter().zip(second).map(|(a, b)| (a - b).abs()).sum::<f64>()
}

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

const ITERATED: f64 = 64.0;
const SQUARES: &[usize] = &[1, 4, 9];
const SHAPES: &[usize] = &[1, 6, 8, 9];

whole! {
    Isotonic {
        const SET: bool = true;
        operator(_, _) ordered::Isotonic;
        domain(_, _, x) x.sort_by(f64::total_cmp);
        violation(_, x) x.windows(2).fold(0.0, |worst: f64, pair| worst.max(pair[0] - pair[1]));
    }
    SumOfLargest {
        const SYMMETRIC: bool = true;
        const FACTOR: f64 = 16.0;
        operator(_, p) ordered::SumOfLargest { count: p[0].to_f64() as usize };
        objective(p, x) sorted(x).iter().take(p[0] as usize).sum();
        parameters(r, n) vec![(1 + r.below(n + 1)) as f64];
    }
    SumOfLargestMagnitudes {
        const SYMMETRIC: bool = true;
        const ODD: bool = true;
        const FACTOR: f64 = 16.0;
        operator(_, p) ordered::SumOfLargestMagnitudes { count: p[0].to_f64() as usize };
        objective(p, x) magnitudes(x).iter().take(p[0] as usize).sum();
        parameters(r, n) vec![(1 + r.below(n + 1)) as f64];
    }
    SortedL1 {
        const SYMMETRIC: bool = true;
        const ODD: bool = true;
        operator(_, p) ordered::SortedL1 { weights: p };
        objective(p, x) magnitudes(x).iter().zip(p).map(|(x, w)| x * w).sum();
        parameters(r, n) sorted(&r.vector(n, 0.0, 2.0));
    }
    TotalVariation {
        const FACTOR: f64 = ITERATED;
        const SIZES: &'static [usize] = &[1, 2, 3, 8, 21];
        operator(_, _) variation::TotalVariation;
        objective(_, x) differences(x);
    }
    LinearTimeTotalVariation {
        const FACTOR: f64 = ITERATED;
        const SIZES: &'static [usize] = &[1, 2, 3, 8, 21];
        operator(_, _) variation::LinearTimeTotalVariation;
        objective(_, x) differences(x);
    }
    FusedLasso {
        const FACTOR: f64 = ITERATED;
        const SIZES: &'static [usize] = &[1, 2, 3, 8, 21];
        operator(_, p) variation::FusedLasso { variation: variation::TotalVariation, differences: p[0], absolute: p[1] };
        objective(p, x) p[0] * differences(x) + p[1] * absolute(x);
        parameters(r, _) r.vector(2, 0.1, 2.0);
    }
    PlaneTotalVariation {
        const FACTOR: f64 = 1000.0;
        const SIZES: &'static [usize] = &[2, 4, 6, 12];
        const CASES: usize = 300;
        operator(n, _) variation::PlaneTotalVariation { rows: 2, columns: n / 2, rounds: 500, tolerance: T::EPSILON / T::TWO };
        objective(_, x) plane(x);
    }
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

/// The two forms of the total variation, against each other, on long signals; the regression of a published fault.
#[test]
fn total_variations_agree_and_keep_an_old_fault_away() {
    let mut random = Random::new(4);
    for n in [64, 200, 1000] {
        for offset in [0.0, 1e4] {
            let v: Vec<f64> = random.vector(n, -1.0, 1.0).iter().map(|v| f64::from((v + offset) as f32)).collect();
            let step = random.power(-1.0, 1.5);
            let mut direct = v.clone();
            variation::TotalVariation.prox(&mut direct, step, &mut []);
            let mut linear = v.clone();
            variation::LinearTimeTotalVariation.prox(&mut linear, step, &mut vec![0.0; 5 * n]);
            let apart = direct.iter().zip(&linear).fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()));
            assert!(apart <= 1e-11 * (1.0 + offset), "{n}: {apart:e}");
            let mut single: Vec<f32> = v.iter().map(|v| *v as f32).collect();
            variation::TotalVariation.prox(&mut single, step as f32, &mut []);
            let apart = direct.iter().zip(&single).fold(0.0, |most: f64, (a, b)| most.max((a - f64::from(*b)).abs()));
            // Without taking the mean away: 1e-3 at the offset.
            assert!(apart <= if offset > 0.0 { 1e-3 } else { 1e-5 }, "{n}, {offset:e}: {apart:e}");
        }
    }
    let mut x = [-0.055_168_74, -0.028_238_59, 0.083_407_33];
    let mean = x.iter().sum::<f64>() / 3.0;
    variation::TotalVariation.prox(&mut x, 1.0, &mut []);
    assert!(x.iter().all(|x| (x - mean).abs() < 1e-15));
}

/// The dual certificate: sums of what was taken away stay within the step, and touch it where the signal jumps.
#[test]
fn total_variation_has_its_certificate() {
    let mut random = Random::new(6);
    for _ in 0..200 {
        let n = 2 + random.below(60);
        let (v, step) = (random.point(n), random.power(-2.0, 1.0));
        let mut x = v.clone();
        variation::TotalVariation.prox(&mut x, step, &mut []);
        let mut sum = 0.0;
        for k in 0..n {
            sum += v[k] - x[k];
            let jump = if k + 1 < n { x[k + 1] - x[k] } else { 0.0 };
            assert!(sum.abs() <= step + 1e-12);
            if jump.abs() > 1e-9 {
                // v - x falls where x rises.
                assert!((sum + step * jump.signum()).abs() < 1e-10, "{sum} {step} {jump}");
            }
        }
        assert!(sum.abs() < 1e-11);
    }
}

#[test]
fn sorted_l1_with_equal_weights_is_l1_and_its_ends_are_norms() {
    let mut random = Random::new(9);
    for _ in 0..500 {
        let n = 1 + random.below(12);
        let (v, step) = (random.point(n), random.power(-2.0, 1.0));
        let mut scratch = vec![0.0; 3 * n];
        let applied = |operator: &dyn Prox<f64>, scratch: &mut [f64]| {
            let mut x = v.clone();
            operator.prox(&mut x, step, scratch);
            x
        };
        let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-13);
        let ones = vec![1.0; n];
        let mut first = vec![0.0; n];
        first[0] = 1.0;
        let l1 = applied(&separable::L1, &mut []);
        let linf = applied(&norms::LInfinity, &mut []);
        assert!(close(&applied(&ordered::SortedL1 { weights: &ones }, &mut scratch), &l1));
        assert!(close(&applied(&ordered::SortedL1 { weights: &first }, &mut scratch), &linf));
        assert!(close(&applied(&ordered::SumOfLargestMagnitudes { count: n }, &mut []), &l1));
        assert!(close(&applied(&ordered::SumOfLargestMagnitudes { count: 1 }, &mut []), &linf));
        assert!(close(&applied(&ordered::SumOfLargest { count: 1 }, &mut []), &applied(&norms::Largest, &mut [])));
    }
    // The case that a published rule gets wrong.
    let mut x = [5.0, 1.0, 0.0, 0.0];
    ordered::SumOfLargest { count: 2 }.prox(&mut x, 1.0, &mut []);
    assert_eq!(x, [4.0, 0.0, 0.0, 0.0]);
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
