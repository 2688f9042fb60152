//! Splitting methods against coordinate descent, direct solvers and each other, from several starts, in both precisions.

#![allow(clippy::cast_precision_loss, clippy::unwrap_used, clippy::float_cmp, reason = "tests")]

use tinysolve::matrix::{Differences, MatRef};
use tinysolve::operator::{LinearMap, Prox};
use tinysolve::prox::quadratic::{LeastSquares, Quadratic};
use tinysolve::prox::rules::{Dilate, Scale, Translate};
use tinysolve::prox::separable::{Interval, L1, SquaredL2, Zero};
use tinysolve::prox::variation::TotalVariation;
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::{
    Admm, AdmmConfig, ChambollePock, Checkpoint, CondatVu, Consensus, DouglasRachford, DouglasRachfordConfig, Lasso,
    NoSmooth, Panoc, PanocConfig, PrimalDual, PrimalDualConfig, ProximalGradient, ProximalGradientConfig, Residuals,
    Stopping, norm_of,
};
use tinysolve::{Error, Field, Real};
use tinysolve_tests::qp::Random;

/// min |A x - b|² / 2 + weight |x|₁ or low <= x <= high.
struct Regression {
    rows: usize,
    columns: usize,
    a: Vec<f64>,
    b: Vec<f64>,
    weight: f64,
    start: Vec<f64>,
}

impl Regression {
    fn draw(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let columns = 2 + (random.word() % 7) as usize;
        // Wide in one case of three; else overdetermined, so that the solution is one.
        let rows = if seed.is_multiple_of(3) { columns - 1 } else { columns + 2 + (random.word() % 5) as usize };
        let mut draw = |count: usize| -> Vec<f64> { (0..count).map(|_| random.between(-1.0, 1.0)).collect() };
        let (a, b, start) = (draw(rows * columns), draw(rows), draw(columns));
        Self { rows, columns, a, b, weight: 0.125, start }
    }

    fn objective(&self, x: &[f64]) -> f64 {
        let residuals = self.a.chunks(self.columns).zip(&self.b).map(|(row, b)| dot(row, x) - b);
        residuals.map(|r| r * r / 2.0).sum::<f64>() + self.weight * x.iter().map(|x| x.abs()).sum::<f64>()
    }

    /// By coordinate descent with this scalar operator on each coordinate: exact in the limit, as g is separable.
    fn by_coordinates(&self, prox: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        let mut x = vec![0.0; self.columns];
        let mut residual: Vec<f64> = self.b.iter().map(|b| -b).collect();
        for _ in 0..200_000 {
            let mut moved = 0.0_f64;
            for (j, x) in x.iter_mut().enumerate() {
                let column = || self.a.iter().skip(j).step_by(self.columns);
                let curvature: f64 = column().map(|a| a * a).sum();
                let slope: f64 = column().zip(&residual).map(|(a, r)| a * r).sum();
                let new = prox(*x - slope / curvature, 1.0 / curvature);
                residual.iter_mut().zip(column()).for_each(|(r, a)| *r += a * (new - *x));
                moved = moved.max((new - *x).abs());
                *x = new;
            }
            if moved < 1e-14 {
                break;
            }
        }
        x
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn convert<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|value| T::from_f64(*value)).collect()
}

fn back<T: Real>(values: &[T]) -> Vec<f64> {
    values.iter().map(|value| value.to_f64()).collect()
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn largest_gradient<T: Real>(tolerance: T) -> Stopping<T> {
    Stopping { check_every: 1, max_iterations: 100_000, stagnation_window: 0, ..Stopping::default() }
        .with_tolerance(tolerance)
}

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

fn cases() -> u64 {
    if std::env::var_os("TINYSOLVE_LONG").is_some_and(|value| value == "1") { 100_000 } else { 1000 }
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

/// A solve that was put away in words after every step goes on with the same bits.
#[test]
fn solves_can_be_put_away() {
    let problem = Regression::draw(8);
    let (m, n) = (problem.rows, problem.columns);
    let (a, b) = (convert::<f32>(&problem.a), convert::<f32>(&problem.b));
    let matrix = MatRef::row_major(&a, m, n).unwrap();
    let squares = LeastSquares { matrix, rhs: &b };
    let function = Scale { function: L1, factor: 0.125_f32 };
    let through = |state: Checkpoint<f32>| {
        let mut words = [0; Checkpoint::<f32>::WORDS];
        state.to_words(&mut words).unwrap();
        Checkpoint::from_words(&words).unwrap()
    };
    let config = PanocConfig::default();
    let len = Panoc::<f32, LeastSquares<'_, f32>, Scale<f32, L1>>::workspace_len(n, 3, 0);
    let (mut whole, mut w) = (vec![0.0; n], vec![0.0; len]);
    let report = Panoc::new(&squares, &function, &mut whole, 3, &mut w, &config).unwrap().run();
    assert_eq!(report.step, Step::Converged);
    let (mut parts, mut w) = (vec![0.0; n], vec![0.0; len]);
    let mut state = Panoc::new(&squares, &function, &mut parts, 3, &mut w, &config).unwrap().suspend();
    loop {
        let mut solver = Panoc::resume(&squares, &function, &mut parts, 3, &mut w, through(state)).unwrap();
        let step = solver.step();
        state = solver.suspend();
        if step.is_final() {
            break;
        }
    }
    assert_eq!(state.report(), report);
    assert!(whole.iter().zip(&parts).all(|(a, b)| a.to_bits() == b.to_bits()), "{whole:?} {parts:?}");

    let config = AdmmConfig { adapt_every: 3, ..AdmmConfig::default() };
    let len = Lasso::<f32, Scale<f32, L1>>::workspace_len(m, n, 0);
    let (mut whole, mut u, mut w) = (vec![0.0; n], vec![0.0; n], vec![0.0; len]);
    let report = Lasso::new(matrix, &b, &function, &mut whole, &mut u, &mut w, &config).unwrap().run();
    let (mut parts, mut u, mut w) = (vec![0.0; n], vec![0.0; n], vec![0.0; len]);
    let mut state = Lasso::new(matrix, &b, &function, &mut parts, &mut u, &mut w, &config).unwrap().suspend();
    loop {
        let mut solver = Lasso::resume(matrix, &b, &function, &mut parts, &mut u, &mut w, through(state)).unwrap();
        let step = solver.step();
        state = solver.suspend();
        if step.is_final() {
            break;
        }
    }
    assert_eq!(state.report(), report);
    assert!(whole.iter().zip(&parts).all(|(a, b)| a.to_bits() == b.to_bits()));
    assert!(Checkpoint::<f32>::from_words(&[u32::MAX; Checkpoint::<f32>::WORDS]).is_err());
}

/// From the solution there is next to nothing to do.
#[test]
fn a_warm_start_is_worth_it() {
    let problem = Regression::draw(7);
    let (m, n) = (problem.rows, problem.columns);
    let squares = LeastSquares { matrix: MatRef::row_major(&problem.a, m, n).unwrap(), rhs: &problem.b };
    let function = Scale { function: L1, factor: 0.125 };
    let config = AdmmConfig { stopping: largest_gradient(1e-9), ..AdmmConfig::default() };
    let (mut z, mut u, mut w) = (vec![0.0; n], vec![0.0; n], vec![0.0; 2 * n + squares.scratch_len(n)]);
    let mut cold = Admm::new(&squares, &function, &mut z, &mut u, &mut w, &config).unwrap();
    let before = cold.run().iterations;
    let penalty = cold.penalty();
    let config = AdmmConfig { penalty, ..config };
    let after = Admm::new(&squares, &function, &mut z, &mut u, &mut w, &config).unwrap().run().iterations;
    assert!(before > 5 && after <= 2, "{before} {after}");
}

#[test]
fn what_is_wrong_is_named_before_anything_is_written() {
    let a = [1.0_f32, 2.0, 3.0, 4.0];
    let b = [1.0_f32, 2.0];
    let matrix = MatRef::row_major(&a, 2, 2).unwrap();
    let squares = LeastSquares { matrix, rhs: &b };
    let outside = |field, index| Some(Error::OutOfRange { field, index });
    let nan = [f32::NAN, 0.0];
    let (mut x, mut y, mut u) = ([1.0; 2], [0.0; 2], [0.0; 2]);
    let mut w = [7.0; 40];
    let gradient = ProximalGradientConfig::default();
    let bad = Stopping { check_every: 0, ..Stopping::default() };
    for step in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let config = ProximalGradientConfig { step, ..gradient };
        assert_eq!(ProximalGradient::new(&squares, &L1, &mut x, &mut w, &config).err(), outside(Field::Step, 0));
        let config = PanocConfig { step, ..PanocConfig::default() };
        assert_eq!(Panoc::new(&squares, &L1, &mut x, 2, &mut w, &config).err(), outside(Field::Step, 0));
        let config = DouglasRachfordConfig { step, ..DouglasRachfordConfig::default() };
        assert_eq!(DouglasRachford::new(&L1, &L1, &mut x, &mut w, &config).err(), outside(Field::Step, 0));
        let config = AdmmConfig { penalty: step, ..AdmmConfig::default() };
        assert_eq!(Admm::new(&L1, &L1, &mut x, &mut u, &mut w, &config).err(), outside(Field::Penalty, 0));
        let config = PrimalDualConfig { dual_step: step, ..PrimalDualConfig::for_norm(1.0, 0.0, 1.0) };
        let error = ChambollePock::without_smooth(&L1, &L1, &matrix, &mut x, &mut y, &mut w, &config).err();
        assert_eq!(error, outside(Field::Step, 1));
    }
    for relaxation in [0.0, 2.0, f32::NAN] {
        let config = DouglasRachfordConfig { relaxation, ..DouglasRachfordConfig::default() };
        assert_eq!(DouglasRachford::new(&L1, &L1, &mut x, &mut w, &config).err(), outside(Field::Omega, 0));
        let config = AdmmConfig { relaxation, ..AdmmConfig::default() };
        let error = Lasso::new(matrix, &b, &L1, &mut x, &mut u, &mut w, &config).err();
        assert_eq!(error, outside(Field::Omega, 0));
    }
    let config = ProximalGradientConfig { stopping: bad, ..gradient };
    assert_eq!(ProximalGradient::new(&squares, &L1, &mut x, &mut w, &config).err(), outside(Field::Iterations, 1));
    let short = |field, need, got| Some(Error::Length { field, need, got });
    let workspace = |need| short(Field::Workspace, need, need - 1);
    assert_eq!(ProximalGradient::new(&squares, &L1, &mut x, &mut w[..5], &gradient).err(), workspace(6));
    assert_eq!(Panoc::new(&squares, &L1, &mut x, 2, &mut w[..23], &PanocConfig::default()).err(), workspace(24));
    let config = DouglasRachfordConfig::default();
    assert_eq!(DouglasRachford::new(&L1, &L1, &mut x, &mut w[..3], &config).err(), workspace(4));
    let config = AdmmConfig::default();
    assert_eq!(Admm::new(&L1, &L1, &mut x, &mut u, &mut w[..3], &config).err(), workspace(4));
    assert_eq!(Lasso::new(matrix, &b, &L1, &mut x, &mut u, &mut w[..10], &config).err(), workspace(11));
    assert_eq!(Consensus::new(&[L1, L1], &L1, &mut x, &mut w[..9], &config).err(), workspace(10));
    let none: [L1; 0] = [];
    assert_eq!(Consensus::new(&none, &L1, &mut x, &mut w, &config).err(), short(Field::Groups, 1, 0));
    assert_eq!(Admm::new(&L1, &L1, &mut x, &mut u[..1], &mut w, &config).err(), short(Field::Dual, 2, 1));
    assert_eq!(
        Lasso::new(matrix, &b[..1], &L1, &mut x, &mut u, &mut w, &config).err(),
        short(Field::RightHandSide, 2, 1)
    );
    let config = PrimalDualConfig::for_norm(1.0, 0.0, 1.0);
    let error = ChambollePock::without_smooth(&L1, &L1, &matrix, &mut x, &mut y, &mut w[..9], &config).err();
    assert_eq!(error, workspace(10));
    let error = ChambollePock::without_smooth(&L1, &L1, &matrix, &mut x, &mut y[..1], &mut w, &config).err();
    assert_eq!(error, short(Field::Dual, 2, 1));
    let not_finite = |field| Some(Error::NotFinite { field, index: 0 });
    assert_eq!(
        ProximalGradient::new(&squares, &L1, &mut nan.clone(), &mut w, &gradient).err(),
        not_finite(Field::Iterate)
    );
    let error = ChambollePock::without_smooth(&L1, &L1, &matrix, &mut x, &mut nan.clone(), &mut w, &config).err();
    assert_eq!(error, not_finite(Field::Dual));
    assert!(w.iter().all(|w| *w == 7.0) && x == [1.0; 2]);
    // Sizes that cannot be.
    assert_eq!(Lasso::<f32, L1>::workspace_len(usize::MAX, usize::MAX, 1), usize::MAX);
    assert_eq!(Consensus::<f32, L1, L1>::workspace_len(usize::MAX, 2, 1), usize::MAX);
    // Numbers at the ends of the range, and none at all, end in an outcome.
    for size in [1e-30_f32, 1e30] {
        let (a, b) = ([size; 4], [1.0 / size; 2]);
        let squares = LeastSquares { matrix: MatRef::row_major(&a, 2, 2).unwrap(), rhs: &b };
        let mut x = [0.5; 2];
        assert!(ProximalGradient::new(&squares, &L1, &mut x, &mut w, &gradient).unwrap().run().step.is_final());
        let mut x = [0.5; 2];
        assert!(Panoc::new(&squares, &L1, &mut x, 2, &mut w, &PanocConfig::default()).unwrap().run().step.is_final());
    }
    let map = Differences { points: 0 };
    assert_eq!(LinearMap::<f32>::columns(&map), 0);
    let report = ChambollePock::without_smooth(&L1, &L1, &map, &mut [], &mut [], &mut [], &config).unwrap().run();
    assert_eq!(report.step, Step::Converged);
    let mut solver = Admm::new(&L1, &L1, &mut [], &mut [], &mut [], &AdmmConfig::default()).unwrap();
    assert_eq!(solver.run().step, Step::Converged);
    let Residuals { primal, dual, .. } = solver.residuals();
    assert_eq!((primal, dual), (0.0, 0.0));
}
