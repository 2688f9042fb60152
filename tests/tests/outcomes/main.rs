//! One test for each way a linear solve can be refused or can end. Each asks every method it applies to.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "tests compare and print"
)]

mod bad_input;
mod found_on_the_way;
mod nothing_to_do;

use tinysolve::linear::{Reference, Stopping};
use tinysolve::matrix::{Csr, MatRef, Stencil};
use tinysolve::operator::{Direction, LinearOperator, Sweep};
use tinysolve::real::Real;
use tinysolve::solve::{Report, Solver, Step};
use tinysolve::{Error, Field};
use tinysolve_tests::methods::{Method, Settings, solve, true_residual, with_solver};
use tinysolve_tests::sparse::Sparse;

/// The 5-point Laplacian on 10 x 10 cells: condition 48.
fn laplacian<T: Real>() -> Sparse<T> {
    scaled_laplacian(1.0)
}

fn scaled_laplacian<T: Real>(factor: f64) -> Sparse<T> {
    let side = 10;
    Sparse::from_entries(
        side * side,
        (0..side * side).flat_map(|row| {
            let (x, y) = (row % side, row / side);
            let entry =
                |there: bool, column: usize, value: f64| there.then_some((row, column, T::from_f64(factor * value)));
            [
                entry(y > 0, row.wrapping_sub(side), -1.0),
                entry(x > 0, row.wrapping_sub(1), -1.0),
                entry(true, row, 4.0),
                entry(x + 1 < side, row + 1, -1.0),
                entry(y + 1 < side, row + side, -1.0),
            ]
            .into_iter()
            .flatten()
        }),
    )
}

fn wave<T: Real>(n: usize, amplitude: f64) -> Vec<T> {
    (0..n).map(|k| T::from_f64(amplitude * ((f64::from(k as u32) + 0.5) * 1.7).sin())).collect()
}

fn bits<T: Real>(x: &[T]) -> Vec<u64> {
    x.iter().map(|x| x.to_bits_u64()).collect()
}

fn residual_of<T: Real>(a: &Sparse<T>, b: &[T], x: &[T]) -> f64 {
    true_residual(a.entries().map(|(row, column, value)| (row, column, value.to_f64())), b, x)
}

/// Holds the reported residual against one computed in f64; allowed: the rounding of the recomputation itself.
fn assert_honest<T: Real>(a: &Sparse<T>, b: &[T], x: &[T], report: &Report<T>, what: &str) {
    let exact = residual_of(a, b, x);
    let size = b.iter().fold(0.0, |sum, b| sum + b.to_f64().abs())
        + a.entries().fold(0.0, |sum, (_, column, value)| sum + (value.to_f64() * x[column].to_f64()).abs());
    let rounding = 4.0 * T::EPSILON.to_f64() * size;
    let reported = report.residual.to_f64();
    assert!((reported - exact).abs() <= rounding + 1e-6 * exact, "{what}: reported {reported:e}, true {exact:e}");
    if report.step == Step::Converged {
        assert!(exact <= report.target.to_f64() * (1.0 + 1e-6) + rounding, "{what}: converged at {exact:e}");
    }
}

/// Expects `error` and an x nobody wrote to.
fn assert_refused<T: Real>(method: Method, a: &dyn Sweep<T>, b: &[T], x: &[T], settings: Settings<T>, error: Error) {
    let mut given = x.to_vec();
    assert_eq!(solve(method, a, b, &mut given, settings), Err(error), "{method:?}");
    assert_eq!(bits(&given), bits(x), "{method:?} wrote to x and refused");
}
