//! Quadratic programs against OSQP's exact solutions, and certificates checked from the definition.

#![allow(clippy::cast_precision_loss, clippy::unwrap_used, clippy::float_cmp, reason = "tests")]

use tinysolve::Real;
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::Stopping;
use tinysolve::splitting::qp::{QpConfig, QpReport};
use tinysolve_tests::qp::{Prepared, Problem};

/// One problem of `tests/data/qp/mpc.txt`.
struct Golden {
    problem: Problem,
    iterations: u32,
    objective: f64,
    x: Vec<f64>,
}

fn goldens() -> Vec<Golden> {
    let text = include_str!("../data/qp/mpc.txt");
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(' ').collect()).collect();
    let number = |word: &str| word.parse::<usize>().unwrap();
    lines
        .chunks(4)
        .map(|block| {
            let case = &block[0];
            let problem =
                Problem::random_mpc(number(case[1]), number(case[2]), number(case[3]), number(case[4]) as u64);
            let check: f64 = case[5].parse().unwrap();
            assert!(
                (problem.check() - check).abs() < 1e-8,
                "another problem than the peer's: {} {check}",
                problem.check()
            );
            Golden {
                problem,
                iterations: block[1][1].parse().unwrap(),
                objective: block[2][1].parse().unwrap(),
                x: block[3][1..].iter().map(|word| word.parse().unwrap()).collect(),
            }
        })
        .collect()
}

fn solve<T: Real>(problem: &Problem, config: QpConfig<T>) -> (QpReport<T>, Vec<f64>, Vec<f64>) {
    let mut prepared = Prepared::new(problem).unwrap();
    let (mut x, mut y) = (vec![T::ZERO; problem.variables()], vec![T::ZERO; problem.constraints()]);
    let mut solver = prepared.solver(config).unwrap();
    let _ = solver.run();
    solver.primal(&mut x).unwrap();
    solver.dual(&mut y).unwrap();
    let report = solver.details();
    assert!(prepared.guard_stands());
    (report, x.iter().map(|x| x.to_f64()).collect(), y.iter().map(|y| y.to_f64()).collect())
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn double_precision_finds_the_exact_solution() {
    let mut worst = [0.0_f64; 4];
    for golden in goldens() {
        let stopping = Stopping { max_iterations: 20_000, ..Stopping::default() }.with_tolerance(1e-7);
        let (report, x, y) = solve(&golden.problem, QpConfig::<f64> { stopping, ..QpConfig::default() });
        assert_eq!(report.step, Step::Converged, "{report:?}");
        let distance = largest_difference(&x, &golden.x);
        assert!(distance < 1e-4, "{distance}");
        let [primal, dual, slack] = golden.problem.kkt(&x, &y);
        // The reported residuals are those of the problem as it was given.
        assert!((dual - report.residuals.dual).abs() <= 1e-10 && primal <= report.residuals.primal + 1e-12);
        assert!((report.objective - golden.problem.objective(&x)).abs() <= 1e-10 * (1.0 + golden.objective.abs()));
        for (worst, new) in worst.iter_mut().zip([distance, primal, dual, slack]) {
            *worst = worst.max(new);
        }
    }
    println!(
        "f64 at 1e-7: |x - x*| {:.1e}, KKT: bounds {:.1e}, gradient {:.1e}, slackness {:.1e}",
        worst[0], worst[1], worst[2], worst[3]
    );
}

#[test]
fn single_precision_finds_the_objective() {
    let (mut worst, mut distance) = (0.0_f64, 0.0_f64);
    let mut kkt = [0.0_f64; 3];
    for golden in goldens() {
        let stopping = Stopping { max_iterations: 20_000, ..Stopping::default() }.with_tolerance(1e-5);
        let (report, x, y) = solve(&golden.problem, QpConfig::<f32> { stopping, ..QpConfig::default() });
        assert_eq!(report.step, Step::Converged, "{report:?}");
        let gap = (golden.problem.objective(&x) - golden.objective).abs() / (1.0 + golden.objective.abs());
        worst = worst.max(gap);
        distance = distance.max(largest_difference(&x, &golden.x));
        kkt.iter_mut().zip(golden.problem.kkt(&x, &y)).for_each(|(worst, new)| *worst = worst.max(new));
    }
    let [bounds, gradient, slack] = kkt;
    println!(
        "f32 at 1e-5: objective {worst:.1e}, |x - x*| {distance:.1e}, KKT {bounds:.1e} {gradient:.1e} {slack:.1e}"
    );
    assert!(worst < 1e-4, "{worst}");
}

#[test]
fn no_more_iterations_than_osqp() {
    let median = |mut counts: Vec<u32>| {
        counts.sort_unstable();
        f64::from(counts[counts.len() / 2 - 1] + counts[counts.len() / 2]) / 2.0
    };
    // As in qp.py: 1e-4, a look in every iteration, a chance for rho every 25, the same sigma, alpha and scaling.
    let stopping = Stopping { check_every: 1, ..Stopping::default() }.with_tolerance(1e-4);
    let count = |golden: &Golden| {
        let (report, ..) = solve(&golden.problem, QpConfig::<f64> { stopping, ..QpConfig::default() });
        assert_eq!(report.step, Step::Converged);
        report.iterations
    };
    let ours: Vec<u32> = goldens().iter().map(count).collect();
    let theirs: Vec<u32> = goldens().iter().map(|golden| golden.iterations).collect();
    println!("ours {ours:?}\nOSQP {theirs:?}");
    println!("sums {} {}", ours.iter().sum::<u32>(), theirs.iter().sum::<u32>());
    let (ours, theirs) = (median(ours), median(theirs));
    println!("median of iterations: {ours}, OSQP's {theirs}");
    assert!(ours <= theirs, "{ours} against {theirs}");
}

/// What `certificate` gave, in f64.
fn certificate<T: Real>(problem: &Problem, expected: Step) -> Vec<f64> {
    let mut prepared = Prepared::<T>::new(problem).unwrap();
    let mut solver = prepared.solver(QpConfig::default()).unwrap();
    assert!(solver.certificate_len().is_none());
    let report = solver.run();
    assert_eq!(report.step, expected, "{:?}", solver.details());
    assert_eq!(solver.step(), expected, "a final outcome is repeated");
    let mut proof = vec![T::ZERO; solver.certificate_len().unwrap()];
    solver.certificate(&mut proof).unwrap();
    let proof: Vec<f64> = proof.iter().map(|v| v.to_f64()).collect();
    assert!((proof.iter().fold(0.0_f64, |norm, v| norm.max(v.abs())) - 1.0).abs() < 1e-6);
    proof
}

/// y'A x = 0 for all x, but y'z < 0 for all z within the bounds: so no A x is within them.
fn check_primal_infeasible<T: Real>(problem: &Problem) {
    let y = certificate::<T>(problem, Step::PrimalInfeasible);
    let rest = problem.a_transposed_times(&y).iter().fold(0.0_f64, |norm, v| norm.max(v.abs()));
    let support: f64 = y
        .iter()
        .zip(problem.lower.iter().zip(&problem.upper))
        .filter(|(y, _)| **y != 0.0)
        .map(|(y, (lower, upper))| if *y > 0.0 { upper * y } else { lower * y })
        .sum();
    assert!(rest <= 1.001e-4, "A'y = {rest:e}");
    assert!(support < 0.0 && support.is_finite(), "support {support:e}");
}

/// From any feasible point this direction stays feasible and lowers the objective for ever.
fn check_dual_infeasible<T: Real>(problem: &Problem) {
    let x = certificate::<T>(problem, Step::DualInfeasible);
    let slope: f64 = problem.q.iter().zip(&x).map(|(q, x)| q * x).sum();
    assert!(slope < -1e-3, "{slope}");
    assert!(problem.p_times(&x).iter().all(|px| px.abs() <= 1.001e-4));
    for (ax, (lower, upper)) in problem.a_times(&x).iter().zip(problem.lower.iter().zip(&problem.upper)) {
        assert!((lower.is_infinite() || *ax >= -1.001e-4) && (upper.is_infinite() || *ax <= 1.001e-4));
    }
}

#[test]
fn infeasible_problems_come_with_a_proof() {
    let infinity = f64::INFINITY;
    // x <= 0 and x >= 1e-3: a gap of ten times the tolerance.
    let narrow = Problem::dense(&[vec![1.0]], &[0.0], &[vec![1.0], vec![1.0]], &[-infinity, 1e-3], &[0.0, infinity]);
    // x + y >= 3 with both at most 1, and a general row more.
    let corner = Problem::dense(
        &[vec![1.0, 0.0], vec![0.0, 1.0]],
        &[1.0, -1.0],
        &[vec![1.0, 1.0], vec![1.0, 0.0], vec![0.0, 1.0], vec![1.0, -1.0]],
        &[3.0, -1.0, -1.0, -5.0],
        &[infinity, 1.0, 1.0, 5.0],
    );
    let mut problems = vec![narrow, corner];
    // A random plant that is to be somewhere its inputs cannot bring it in time.
    for seed in 0..10 {
        let mut problem = Problem::random_mpc(3, 1, 5, 77 + seed);
        let last = problem.constraints() - 1;
        (problem.lower[last], problem.upper[last]) = (50.0, 60.0);
        problems.push(problem);
    }
    for problem in &problems {
        check_primal_infeasible::<f64>(problem);
        check_primal_infeasible::<f32>(problem);
    }
}

#[test]
fn unbounded_problems_come_with_a_direction() {
    let infinity = f64::INFINITY;
    // Curved in x only, and y may fall for ever.
    let slide = Problem::dense(
        &[vec![1.0, 0.0], vec![0.0, 0.0]],
        &[1.0, 1.0],
        &[vec![1.0, 0.0], vec![0.0, 1.0]],
        &[-1.0, -infinity],
        &[1.0, 3.0],
    );
    // A linear program whose only way out is along (1, 1).
    let ray = Problem::dense(
        &[vec![0.0, 0.0], vec![0.0, 0.0]],
        &[-1.0, -1.0],
        &[vec![1.0, -1.0], vec![1.0, 0.0]],
        &[-1.0, 0.0],
        &[1.0, infinity],
    );
    for problem in [slide, ray] {
        check_dual_infeasible::<f64>(&problem);
        check_dual_infeasible::<f32>(&problem);
    }
}

#[test]
fn feasible_problems_are_never_called_infeasible() {
    for seed in 0..200 {
        let problem = Problem::random_mpc(2 + seed % 3, 1 + seed % 2, 4 + seed % 5, 5000 + seed as u64);
        let stopping = Stopping { check_every: 1, ..Stopping::default() };
        let (report, ..) = solve(&problem, QpConfig::<f32> { stopping, ..QpConfig::default() });
        assert!(matches!(report.step, Step::Converged), "seed {seed}: {report:?}");
    }
}

#[test]
fn an_objective_that_is_not_convex_is_told() {
    let saddle = Problem::dense(&[vec![1.0, 0.0], vec![0.0, -1.0]], &[0.0; 2], &[vec![1.0, 1.0]], &[-1.0], &[1.0]);
    let (report, ..) = solve(&saddle, QpConfig::<f64>::default());
    assert_eq!((report.step, report.iterations), (Step::NotPositiveDefinite, 0));
}

/// Three starts, one solution.
#[test]
fn the_start_does_not_matter_but_for_the_iterations() {
    for golden in goldens().iter().step_by(10) {
        let problem = &golden.problem;
        let mut prepared = Prepared::<f64>::new(problem).unwrap();
        let stopping = Stopping { check_every: 1, max_iterations: 20_000, ..Stopping::default() }.with_tolerance(1e-7);
        let mut solver = prepared.solver(QpConfig { stopping, ..QpConfig::default() }).unwrap();
        let cold = solver.run().iterations;
        let (mut x, mut y) = (vec![0.0; problem.variables()], vec![0.0; problem.constraints()]);
        solver.primal(&mut x).unwrap();
        solver.dual(&mut y).unwrap();
        solver.warm_start(&x, &y).unwrap();
        let warm = solver.run();
        assert_eq!(warm.step, Step::Converged);
        assert!(warm.iterations * 4 <= cold, "{} {cold}", warm.iterations);
        let mut random = tinysolve_tests::qp::Random::new(9);
        for _ in 0..2 {
            let far: Vec<f64> = x.iter().map(|_| random.between(-5.0, 5.0)).collect();
            let dual: Vec<f64> = y.iter().map(|_| random.between(-5.0, 5.0)).collect();
            solver.warm_start(&far, &dual).unwrap();
            assert_eq!(solver.run().step, Step::Converged);
            let mut again = vec![0.0; x.len()];
            solver.primal(&mut again).unwrap();
            assert!(largest_difference(&again, &golden.x) < 1e-4);
        }
    }
}

/// A solver whose numbers were changed agrees with one that was made with the new numbers.
#[test]
fn every_part_can_be_updated() {
    let (from, to) = (Problem::random_mpc(3, 2, 6, 1), Problem::random_mpc(3, 2, 6, 2));
    let config = || {
        let stopping = Stopping { max_iterations: 20_000, ..Stopping::default() }.with_tolerance(1e-8);
        QpConfig::<f64> { stopping, ..QpConfig::default() }
    };
    let mut prepared = Prepared::<f64>::new(&from).unwrap();
    let mut solver = prepared.solver(config()).unwrap();
    let _ = solver.run();
    let mut now = from;
    for part in 0..5 {
        match part {
            0 => (now.lower, now.upper) = (to.lower.clone(), to.upper.clone()),
            1 => now.q.clone_from(&to.q),
            2 => now.p.clone_from(&to.p),
            3 => now.a.clone_from(&to.a),
            // A bound becomes an equality, another goes: the weights change.
            _ => {
                let row = now.lower.iter().zip(&now.upper).position(|(lower, upper)| lower < upper).unwrap();
                (now.lower[row], now.upper[row]) = (0.1, 0.1);
                (now.lower[row + 1], now.upper[row + 1]) = (f64::NEG_INFINITY, f64::INFINITY);
            }
        }
        match part {
            0 | 4 => solver.update_bounds(&now.lower, &now.upper).unwrap(),
            1 => solver.update_linear(&now.q).unwrap(),
            2 => solver.update_p(&now.p).unwrap(),
            _ => solver.update_a(&now.a).unwrap(),
        }
        let before = solver.details().refactorisations;
        solver.restart();
        assert_eq!(solver.run().step, Step::Converged, "part {part}");
        assert!(part < 2 || solver.details().refactorisations > before);
        let mut x = vec![0.0; now.variables()];
        solver.primal(&mut x).unwrap();
        let (report, fresh, _) = solve(&now, config());
        assert_eq!(report.step, Step::Converged);
        assert!(largest_difference(&x, &fresh) < 1e-5, "part {part}");
    }
}
