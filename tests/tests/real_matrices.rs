//! Matrices from practice, against a Cholesky factorisation of another library.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "tests compare and print"
)]

use std::path::PathBuf;

use nalgebra::DVector;
use nalgebra_sparse::factorization::CscCholesky;
use nalgebra_sparse::{CooMatrix, CscMatrix};
use tinysolve::real::Real;
use tinysolve::solve::{Report, Step};
use tinysolve_tests::methods::{Method, Settings, solve, true_residual};
use tinysolve_tests::sparse::Sparse;

/// A system whose exact answer is known from elsewhere.
struct Case {
    a: Sparse<f64>,
    b: Vec<f64>,
    exact: DVector<f64>,
    smallest_eigenvalue: f64,
}

fn read(name: &str) -> Case {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/matrices").join(name);
    let a = Sparse::read(&path).unwrap();
    let n = a.dim();
    let mut triplets = CooMatrix::new(n, n);
    for (row, column, value) in a.entries() {
        triplets.push(row, column, value);
    }
    let matrix = CscMatrix::from(&triplets);
    let b: Vec<f64> = (0..n).map(|k| 1.0 + (0.7 * k as f64).sin()).collect();
    let rhs = DVector::from_column_slice(&b);
    let factor = CscCholesky::factor(&matrix).expect("positive definite");
    let solve = |rhs: &DVector<f64>| DVector::from_column_slice(factor.solve(rhs).as_slice());
    let exact = solve(&rhs);
    assert!((&matrix * &exact - &rhs).norm() < 1e-9 * rhs.norm(), "{name}: the oracle itself is off");
    // Inverse iteration with the same factor: the error of x is at most the residual over this.
    let mut v = DVector::from_fn(n, |k, _| 1.0 + (1.3 * k as f64).cos());
    for _ in 0..10 {
        v = solve(&v.normalize());
    }
    Case { a, b, exact, smallest_eigenvalue: 1.0 / v.norm() }
}

/// Solves in the precision of `T`; the answer and its residual come back in f64, the residual that of the matrix as `T`
/// holds it.
fn run<T: Real>(case: &Case, method: Method, settings: Settings<T>) -> (Report<T>, Vec<f64>, f64) {
    let a = case.a.cast::<T>();
    let b: Vec<T> = case.b.iter().map(|&b| T::from_f64(b)).collect();
    let mut x = vec![T::ZERO; b.len()];
    let report = solve(method, &a.view(), &b, &mut x, settings).unwrap();
    let residual = true_residual(a.entries().map(|(row, column, value)| (row, column, value.to_f64())), &b, &x);
    (report, x.iter().map(|x| x.to_f64()).collect(), residual)
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn assert_solves_in_f64(case: &Case, method: Method, omega: f32, relative: f64) {
    let (report, x, residual) = run(case, method, Settings::<f64>::new(omega, relative));
    assert_eq!(report.step, Step::Converged, "{method:?} omega {omega}: {report:?}");
    assert!(residual <= 1.01 * relative * norm(&case.b), "{method:?}: {residual:e}");
    let error = norm(&x.iter().zip(&case.exact).map(|(x, exact)| x - exact).collect::<Vec<_>>());
    let allowed = 1.2 * residual / case.smallest_eigenvalue + 1e-9 * case.exact.norm();
    assert!(error <= allowed, "{method:?}: error {error:e}, allowed {allowed:e}");
}

/// Whatever the outcome, it has to be true: the reported residual is that of x, in the arithmetic of f64.
fn assert_tells_the_truth_in_f32(case: &Case, method: Method, settings: Settings<f32>) -> Report<f32> {
    let (report, x, residual) = run(case, method, settings);
    assert!(x.iter().all(|x| x.is_finite()), "{method:?}");
    // One rounding a nonzero, of products this large.
    let products: f64 = case.a.entries().map(|(_, column, value)| (value * x[column]).powi(2)).sum::<f64>().sqrt();
    let rounding = 8.0 * f64::from(f32::EPSILON) * (products + norm(&case.b));
    let reported = f64::from(report.residual);
    assert!((reported - residual).abs() <= rounding, "{method:?}: says {reported:e}, is {residual:e}, {rounding:e}");
    if report.step == Step::Converged {
        assert!(residual <= f64::from(report.target) + rounding, "{method:?}: {residual:e}");
    }
    report
}

impl Case {
    /// The same matrix with a right-hand side whose answer is of ordinary size. Where the condition is bad, b is large then.
    fn with_tame_answer(mut self) -> Self {
        self.exact = DVector::from_fn(self.b.len(), |k, _| (0.7 * k as f64).sin());
        self.b.fill(0.0);
        for (row, column, value) in self.a.entries() {
            self.b[row] += value * self.exact[column];
        }
        self
    }

    fn assert_solved_in_f64(&self, methods: &[Method], omega: f32, relative: f64) {
        for &method in methods {
            assert_solves_in_f64(self, method, omega, relative);
        }
    }

    /// Whether the best iterate is kept must not change how a solve ends.
    fn assert_ends_in_f32(&self, methods: &[Method], omega: f32, relative: f64, expected: Step) {
        for &method in methods {
            for keep_best in [false, true] {
                let settings = Settings { keep_best, ..Settings::new(omega, relative) };
                let report = assert_tells_the_truth_in_f32(self, method, settings);
                assert_eq!(report.step, expected, "{method:?} {relative:e} {keep_best}: {report:?}");
            }
        }
    }
}

#[test]
fn ani1_has_condition_23_and_yields_to_every_method() {
    let case = read("ani1.mtx");
    case.a.check_symmetric().unwrap();
    for omega in [1.0, 1.3, 1.5, 1.8] {
        case.assert_solved_in_f64(&Method::ALL, omega, 1e-10);
        case.assert_ends_in_f32(&Method::ALL, omega, 1e-5, Step::Converged);
    }
    case.assert_ends_in_f32(&Method::ALL, 1.3, 1e-9, Step::Stagnated);
}

#[test]
fn isai_spd_has_condition_4e8() {
    let case = read("isai_spd.mtx");
    case.a.check_symmetric().unwrap();
    // The spectral radius of the sweeps is 1 - 3e-6 at best: they rise, fall, rest, and say so.
    for method in Method::SWEEPS {
        let (report, _, residual) = run(&case, method, Settings::<f64>::new(1.5, 1e-8));
        assert_eq!(report.step, Step::Stagnated, "{method:?}: {report:?}");
        assert!((residual - report.residual).abs() < 1e-9 * report.reference, "{method:?}");
    }
    case.assert_solved_in_f64(&Method::CONJUGATE, 1.2, 1e-6);
    case.assert_ends_in_f32(&Method::CONJUGATE, 1.2, 1e-4, Step::Stagnated);
    let tame = case.with_tame_answer();
    tame.assert_solved_in_f64(&Method::CONJUGATE, 1.2, 1e-10);
    tame.assert_ends_in_f32(&Method::ALL, 1.2, 1e-4, Step::Converged);
}

#[test]
fn bus_1138_has_condition_9e6() {
    let case = read("1138_bus.mtx");
    case.a.check_symmetric().unwrap();
    for omega in [1.0, 1.9] {
        case.assert_solved_in_f64(&[Method::PcgSsor, Method::SsorCg], omega, 1e-8);
    }
    case.assert_solved_in_f64(&[Method::Cg], 1.0, 1e-8);
    // The rounding of A x alone is as large as this b.
    case.assert_ends_in_f32(&Method::CONJUGATE, 1.5, 1e-4, Step::Stagnated);

    let tame = case.with_tame_answer();
    tame.assert_solved_in_f64(&Method::CONJUGATE, 1.5, 1e-10);
    tame.assert_ends_in_f32(&Method::CONJUGATE, 1.5, 1e-4, Step::Converged);
    tame.assert_ends_in_f32(&Method::CONJUGATE, 1.5, 1e-9, Step::Stagnated);
    let mut capped = Settings::<f32>::new(1.5, 1e-4);
    tame.assert_ends_in_f32(&[Method::Sor], 1.5, 1e-4, Step::Converged);
    capped.stopping.max_iterations = 500;
    for method in Method::SWEEPS {
        let report = assert_tells_the_truth_in_f32(&tame, method, capped);
        assert_eq!((report.step, report.iterations), (Step::IterationCap, 500), "{method:?}: {report:?}");
    }
}
