//! Linear maps and smooth parts: total variation by primal-dual methods, norms, gradients.

use crate::regression::{Regression, apart, cases, largest_gradient};
use tinysolve::matrix::{Differences, MatRef};
use tinysolve::operator::Prox;
use tinysolve::prox::quadratic::{LeastSquares, Quadratic};
use tinysolve::prox::rules::{Scale, Translate};
use tinysolve::prox::separable::{L1, SquaredL2, Zero};
use tinysolve::prox::variation::TotalVariation;
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::{ChambollePock, CondatVu, NoSmooth, PrimalDual, PrimalDualConfig, norm_of};
use tinysolve_tests::qp::Random;

/// |x - v|² / 2 + weight sum |x_{i+1} - x_i|, of which the direct solver of the library knows the answer.
#[test]
fn primal_dual_methods_find_total_variation() {
    for seed in 0..cases() {
        let mut random = Random::new(seed);
        let n = 2 + (random.word() % 30) as usize;
        let v: Vec<f64> = (0..n).map(|_| random.between(-1.0, 1.0)).collect();
        let weight = random.between(0.0625, 1.0);
        let mut exact = v.clone();
        TotalVariation.prox(&mut exact, weight, &mut []);
        let (map, jumps) = (Differences { points: n }, Scale { function: L1, factor: weight });
        let near = Translate { function: SquaredL2, by: &v };
        let config = PrimalDualConfig { stopping: largest_gradient(1e-8), ..PrimalDualConfig::for_norm(2.0, 0.0, 1.0) };
        let (mut x, mut y, mut w) = (vec![0.0; n], vec![0.0; n - 1], vec![0.0; 5 * n]);
        let mut solver = ChambollePock::without_smooth(&near, &jumps, &map, &mut x, &mut y, &mut w, &config).unwrap();
        let report = solver.run();
        assert_eq!(report.step, Step::Converged, "seed {seed}: {report:?}");
        assert!(apart(solver.solution(), &exact) < 1e-6, "seed {seed}");
        // The multipliers are those of the jumps: within the weight.
        assert!(solver.dual().iter().all(|y| y.abs() <= weight * (1.0 + 1e-12)));

        let identity = Quadratic { matrix: &packed_identity(n), linear: &negated(&v) };
        let problem = PrimalDual { function: &Zero, of_image: &jumps, map: &map, smooth: &identity };
        let config = PrimalDualConfig { stopping: largest_gradient(1e-8), ..PrimalDualConfig::for_norm(2.0, 1.0, 1.0) };
        let (mut x, mut y) = (vec![0.0; n], vec![0.0; n - 1]);
        let mut solver = CondatVu::new(problem, &mut x, &mut y, &mut w, &config).unwrap();
        assert_eq!(solver.run().step, Step::Converged, "seed {seed}");
        assert!(apart(solver.solution(), &exact) < 1e-6, "seed {seed}");
    }
}

fn packed_identity(n: usize) -> Vec<f64> {
    (0..n).flat_map(|i| (0..=i).map(move |j| if i == j { 1.0 } else { 0.0 })).collect()
}

fn negated(v: &[f64]) -> Vec<f64> {
    v.iter().map(|v| -v).collect()
}

/// A norm estimate is one from below, and near where the largest singular value stands alone.
#[test]
fn the_norm_of_a_map_is_found() {
    for seed in 0..cases() {
        let problem = Regression::draw(seed);
        let matrix = MatRef::row_major(&problem.a, problem.rows, problem.columns).unwrap();
        let dense = nalgebra::DMatrix::from_row_slice(problem.rows, problem.columns, &problem.a);
        let exact = dense.singular_values().max();
        let (mut x, mut y) = (vec![0.0; problem.columns], vec![0.0; problem.rows]);
        let norm = norm_of(&matrix, 100, &mut x, &mut y).unwrap();
        assert!(norm <= exact * (1.0 + 1e-12) && norm > 0.98 * exact, "seed {seed}: {norm} {exact}");
        assert!(norm_of(&matrix, 1, &mut x[1..], &mut y).is_err());
    }
    assert_eq!(norm_of(&MatRef::row_major(&[0.0; 4], 2, 2).unwrap(), 9, &mut [1.0; 2], &mut [0.0; 2]), Ok(0.0));
}

/// Gradients of quadratic functions, by central differences, which are exact for them but for rounding.
#[test]
fn gradients_are_those_of_the_values() {
    use tinysolve::operator::Smooth;
    let mut random = Random::new(5);
    let mut draw = |count: usize| -> Vec<f64> { (0..count).map(|_| random.between(-1.0, 1.0)).collect() };
    let (packed, linear, a, b, x) = (draw(15), draw(5), draw(15), draw(3), draw(5));
    let form = Quadratic { matrix: &packed, linear: &linear };
    let squares = LeastSquares { matrix: MatRef::row_major(&a, 3, 5).unwrap(), rhs: &b };
    let smooths: [&dyn Smooth<f64>; 3] = [&form, &squares, &NoSmooth];
    for smooth in smooths {
        let mut gradient = vec![1.0; 5];
        assert_eq!(smooth.add_gradient(&x, &mut gradient), smooth.smooth_value(&x));
        for (k, gradient) in gradient.iter().enumerate() {
            let at = |step: f64| {
                let mut x = x.clone();
                x[k] += step;
                smooth.smooth_value(&x)
            };
            assert!((gradient - 1.0 - (at(0.5) - at(-0.5))).abs() < 1e-12);
        }
        assert!(smooth.check_smooth(5).is_ok());
    }
    assert!(form.check_smooth(4).is_err() && squares.check_smooth(4).is_err());
}
