//! Quadratic programs against OSQP's exact solutions, and certificates checked from the definition.

#![allow(clippy::cast_precision_loss, clippy::unwrap_used, clippy::float_cmp, reason = "tests")]

use tinysolve::Real;
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::Stopping;
use tinysolve::splitting::qp::QpConfig;
use tinysolve_tests::golden::{self, Golden};
use tinysolve_tests::qp::{Prepared, Problem};

fn goldens() -> Vec<Golden> {
    golden::goldens().unwrap()
}

fn solve<T: Real>(problem: &Problem, config: QpConfig<T>) -> golden::Solved<T> {
    golden::solve(problem, config).unwrap()
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

#[test]
fn infeasible_problems_come_with_a_proof() {
    for problem in golden::infeasible() {
        golden::check_primal_infeasible::<f64>(&problem).unwrap();
        golden::check_primal_infeasible::<f32>(&problem).unwrap();
    }
}

#[test]
fn unbounded_problems_come_with_a_direction() {
    for problem in golden::unbounded() {
        golden::check_dual_infeasible::<f64>(&problem).unwrap();
        golden::check_dual_infeasible::<f32>(&problem).unwrap();
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
