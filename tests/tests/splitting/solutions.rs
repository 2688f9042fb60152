//! Every method on the same problems.

use crate::regression::{Regression, apart, back, cases, convert, largest_gradient};
use tinysolve::Real;
use tinysolve::matrix::MatRef;
use tinysolve::operator::Prox;
use tinysolve::prox::quadratic::LeastSquares;
use tinysolve::prox::rules::{Dilate, Scale, Translate};
use tinysolve::prox::separable::{Interval, L1, SquaredL2, Zero};
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::{
    Admm, AdmmConfig, ChambollePock, CondatVu, Consensus, DouglasRachford, DouglasRachfordConfig, Lasso, Panoc,
    PanocConfig, PrimalDual, PrimalDualConfig, ProximalGradient, ProximalGradientConfig, norm_of,
};

/// What a method found, and how.
type Found<T> = (Step, u32, Vec<T>);

fn done<S: Solver>(mut solver: S, solution: impl FnOnce(&S) -> Vec<S::Scalar>) -> Found<S::Scalar> {
    let report = solver.run();
    (report.step, report.iterations, solution(&solver))
}

/// All methods on one regression with the function g.
fn by_all<T: Real, G: Prox<T> + Clone>(
    problem: &Regression,
    function: &G,
    tolerance: T,
) -> Vec<(&'static str, Found<T>)> {
    let (m, n) = (problem.rows, problem.columns);
    let (a, b, start) = (convert::<T>(&problem.a), convert::<T>(&problem.b), convert::<T>(&problem.start));
    let matrix = MatRef::row_major(&a, m, n).unwrap();
    let squares = LeastSquares { matrix, rhs: &b };
    let stopping = largest_gradient(tolerance);
    let scratch = squares.scratch_len(n).max(function.scratch_len(n));
    let mut found = Vec::new();
    for (name, accelerated) in [("proximal gradient", false), ("FISTA", true)] {
        let config = ProximalGradientConfig { stopping, accelerated, ..ProximalGradientConfig::default() };
        let (mut x, mut w) = (start.clone(), vec![T::ZERO; 3 * n + scratch]);
        let solver = ProximalGradient::new(&squares, function, &mut x, &mut w, &config).unwrap();
        found.push((name, done(solver, |s| s.solution().to_vec())));
    }
    for (name, memory) in [("PANOC", 5), ("PANOC without memory", 0)] {
        let config = PanocConfig { stopping, ..PanocConfig::default() };
        let len = Panoc::<T, LeastSquares<'_, T>, G>::workspace_len(n, memory, scratch);
        let (mut x, mut w) = (start.clone(), vec![T::ZERO; len]);
        let solver = Panoc::new(&squares, function, &mut x, memory, &mut w, &config).unwrap();
        found.push((name, done(solver, |s| s.solution().to_vec())));
    }
    let config = DouglasRachfordConfig { stopping, relaxation: T::from_f32(1.2), ..DouglasRachfordConfig::default() };
    let (mut z, mut w) = (start.clone(), vec![T::ZERO; 2 * n + scratch]);
    let solver = DouglasRachford::new(&squares, function, &mut z, &mut w, &config).unwrap();
    found.push(("Douglas-Rachford", done(solver, |s| s.solution().to_vec())));

    let config = AdmmConfig { stopping, ..AdmmConfig::default() };
    let (mut z, mut u, mut w) = (start.clone(), vec![T::ZERO; n], vec![T::ZERO; 2 * n + scratch]);
    let solver = Admm::new(&squares, function, &mut z, &mut u, &mut w, &config).unwrap();
    found.push(("ADMM", done(solver, |s| s.solution().to_vec())));
    let len = Lasso::<T, G>::workspace_len(m, n, scratch);
    let (mut z, mut u, mut w) = (start.clone(), vec![T::ZERO; n], vec![T::ZERO; len]);
    let solver = Lasso::new(matrix, &b, function, &mut z, &mut u, &mut w, &config).unwrap();
    found.push(("lasso ADMM", done(solver, |s| s.solution().to_vec())));

    // Every row of A by itself.
    let rows: Vec<_> = (0..m)
        .map(|i| LeastSquares { matrix: MatRef::row_major(&a[i * n..][..n], 1, n).unwrap(), rhs: &b[i..=i] })
        .collect();
    let len = Consensus::<T, LeastSquares<'_, T>, G>::workspace_len(n, m, scratch);
    let (mut z, mut w) = (start.clone(), vec![T::ZERO; len]);
    let solver = Consensus::new(&rows, function, &mut z, &mut w, &config).unwrap();
    found.push(("consensus", done(solver, |s| s.solution().to_vec())));

    // |K x - b|² / 2 as a function of the image.
    let norm = norm_of(&matrix, 50, &mut start.clone(), &mut vec![T::ZERO; m]).unwrap();
    let of_image = Translate { function: SquaredL2, by: &b };
    let config = PrimalDualConfig { stopping, ..PrimalDualConfig::for_norm(norm, T::ZERO, T::ONE) };
    let len = 2 * n + 3 * m + scratch;
    let (mut x, mut y, mut w) = (start.clone(), vec![T::ZERO; m], vec![T::ZERO; len]);
    let solver = ChambollePock::without_smooth(function, &of_image, &matrix, &mut x, &mut y, &mut w, &config).unwrap();
    found.push(("Chambolle-Pock", done(solver, |s| s.solution().to_vec())));

    // The least squares smooth, g of the image of twice the identity, halved.
    let twice: Vec<T> = (0..n * n).map(|k| if k % (n + 1) == 0 { T::TWO } else { T::ZERO }).collect();
    let map = MatRef::row_major(&twice, n, n).unwrap();
    let halved = Dilate { function: function.clone(), factor: T::ONE / T::TWO };
    let problem = PrimalDual { function: &Zero, of_image: &halved, map: &map, smooth: &squares };
    let config = PrimalDualConfig { stopping, ..PrimalDualConfig::for_norm(T::TWO, norm * norm, T::ONE) };
    let (mut x, mut y, mut w) = (start.clone(), vec![T::ZERO; n], vec![T::ZERO; 5 * n + halved.scratch_len(n)]);
    let solver = CondatVu::new(problem, &mut x, &mut y, &mut w, &config).unwrap();
    found.push(("Condat-Vu", done(solver, |s| s.solution().to_vec())));
    found
}

#[test]
fn all_methods_solve_the_lasso() {
    let mut iterations = std::collections::BTreeMap::<_, (u64, u32)>::new();
    for seed in 0..cases() {
        let problem = Regression::draw(seed);
        let soft = |v: f64, step: f64| v.signum() * (v.abs() - problem.weight * step).max(0.0);
        let exact = problem.by_coordinates(soft);
        let least = problem.objective(&exact);
        let function = Scale { function: L1, factor: problem.weight };
        for (name, (step, count, x)) in by_all::<f64, _>(&problem, &function, 1e-9) {
            assert_eq!(step, Step::Converged, "{name}, seed {seed}");
            let excess = problem.objective(&x) - least;
            assert!(excess.abs() < 1e-7, "{name}, seed {seed}: objective {excess:e} above the least");
            // Where A is wide the solution need not be one.
            if problem.rows >= problem.columns {
                assert!(apart(&x, &exact) < 1e-5, "{name}, seed {seed}: {x:?} {exact:?}");
            }
            let entry = iterations.entry(name).or_default();
            *entry = (entry.0 + u64::from(count), entry.1.max(count));
        }
        if seed % 2 == 1 {
            continue;
        }
        let function = Scale { function: L1, factor: f32::from_f64(problem.weight) };
        for (name, (step, _, x)) in by_all::<f32, _>(&problem, &function, 1e-4) {
            assert_eq!(step, Step::Converged, "{name}, seed {seed}, f32");
            let excess = problem.objective(&back(&x)) - least;
            assert!(excess.abs() < 1e-3, "{name}, seed {seed}, f32: objective {excess:e} above the least");
        }
    }
    for (name, (sum, most)) in iterations {
        println!("{name}: {:.1} iterations on average, {most} at most", sum as f64 / cases() as f64);
    }
}

#[test]
fn all_methods_solve_bounded_least_squares() {
    for seed in 0..cases() {
        let problem = Regression { weight: 0.0, ..Regression::draw(seed) };
        let exact = problem.by_coordinates(|v, _| v.clamp(-0.25, 0.5));
        let least = problem.objective(&exact);
        for (name, (step, _, x)) in by_all::<f64, _>(&problem, &Interval { low: -0.25, high: 0.5 }, 1e-9) {
            assert_eq!(step, Step::Converged, "{name}, seed {seed}");
            // Condat-Vu's x meets the bounds only through the image, within the residual.
            let slack = if name == "Condat-Vu" { 1e-7 } else { 0.0 };
            assert!(x.iter().all(|x| (-0.25 - slack..=0.5 + slack).contains(x)), "{name}, seed {seed}: {x:?}");
            let excess = problem.objective(&x) - least;
            assert!(excess.abs() < 1e-7, "{name}, seed {seed}: objective {excess:e} above the least");
        }
    }
}
