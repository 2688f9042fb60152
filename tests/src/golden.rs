//! The 50 linear MPC problems that OSQP solved, problems without a solution, and what a proof of that must show.

use crate::qp::{Prepared, Problem};
use tinysolve::Real;
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::qp::{QpConfig, QpReport};

/// One problem of `tests/data/qp/mpc.txt`, by `tests/peers/qp.py`.
#[derive(Debug)]
pub struct Golden {
    /// The problem.
    pub problem: Problem,
    /// OSQP's iterations at 1e-4.
    pub iterations: u32,
    /// The least objective, by OSQP at 1e-9 with polish.
    pub objective: f64,
    /// The solution, likewise.
    pub x: Vec<f64>,
}

/// All of them.
///
/// # Errors
/// What is wrong with the file, or a problem that is not the one which the peer drew.
pub fn goldens() -> Result<Vec<Golden>, String> {
    let text = include_str!("../data/qp/mpc.txt");
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(' ').skip(1).collect()).collect();
    lines.chunks(4).map(golden).collect()
}

fn golden(block: &[Vec<&str>]) -> Result<Golden, String> {
    let [case, iterations, objective, x] = block else { return Err("a block has four lines".to_owned()) };
    let [states, inputs, stages, seed, check] = case[..] else { return Err(format!("{case:?}")) };
    let number = |word: &str| word.parse::<u32>().map_err(|error| format!("{word}: {error}"));
    let real = |word: &str| word.parse::<f64>().map_err(|error| format!("{word}: {error}"));
    let size = |word| number(word).map(|number| number as usize);
    let problem = Problem::random_mpc(size(states)?, size(inputs)?, size(stages)?, u64::from(number(seed)?));
    if (problem.check() - real(check)?).abs() >= 1e-8 {
        return Err(format!("another problem than the peer's: {} {check}", problem.check()));
    }
    Ok(Golden {
        problem,
        iterations: number(iterations.first().unwrap_or(&""))?,
        objective: real(objective.first().unwrap_or(&""))?,
        x: x.iter().map(|word| real(word)).collect::<Result<_, _>>()?,
    })
}

/// What the solver says, x and y.
pub type Solved<T> = (QpReport<T>, Vec<f64>, Vec<f64>);

/// Solves it.
///
/// # Errors
/// What the library refuses, or a write behind the end of the workspace.
pub fn solve<T: Real>(problem: &Problem, config: QpConfig<T>) -> Result<Solved<T>, String> {
    let said = |error: tinysolve::Error| format!("{error:?}");
    let mut prepared = Prepared::new(problem).map_err(said)?;
    let (mut x, mut y) = (vec![T::ZERO; problem.variables()], vec![T::ZERO; problem.constraints()]);
    let mut solver = prepared.solver(config).map_err(said)?;
    let _ = solver.run();
    solver.primal(&mut x).map_err(said)?;
    solver.dual(&mut y).map_err(said)?;
    let report = solver.details();
    if !prepared.guard_stands() {
        return Err("written behind the workspace".to_owned());
    }
    Ok((report, x.iter().map(|x| x.to_f64()).collect(), y.iter().map(|y| y.to_f64()).collect()))
}

/// Problems no point meets: a narrow gap, a corner, and random plants that are to be somewhere their inputs cannot bring
/// them in time.
#[must_use]
pub fn infeasible() -> Vec<Problem> {
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
    let far = (0..10).map(|seed| {
        let mut problem = Problem::random_mpc(3, 1, 5, 77 + seed);
        if let (Some(lower), Some(upper)) = (problem.lower.last_mut(), problem.upper.last_mut()) {
            (*lower, *upper) = (50.0, 60.0);
        }
        problem
    });
    [narrow, corner].into_iter().chain(far).collect()
}

/// Problems whose objective falls for ever.
#[must_use]
pub fn unbounded() -> Vec<Problem> {
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
    vec![slide, ray]
}

/// What `certificate` gave after this outcome.
fn certificate<T: Real>(problem: &Problem, expected: Step) -> Result<Vec<f64>, String> {
    let said = |error: tinysolve::Error| format!("{error:?}");
    let mut prepared = Prepared::<T>::new(problem).map_err(said)?;
    let mut solver = prepared.solver(QpConfig::default()).map_err(said)?;
    if solver.certificate_len().is_some() {
        return Err("a proof before the first step".to_owned());
    }
    if solver.run().step != expected || solver.step() != expected {
        return Err(format!("{:?}", solver.details()));
    }
    let mut proof = vec![T::ZERO; solver.certificate_len().ok_or("no proof")?];
    solver.certificate(&mut proof).map_err(said)?;
    let proof: Vec<f64> = proof.iter().map(|v| v.to_f64()).collect();
    let norm = largest(&proof);
    if (norm - 1.0).abs() < 1e-6 { Ok(proof) } else { Err(format!("norm {norm}")) }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0_f64, |norm, v| norm.max(v.abs()))
}

/// y'A x = 0 for all x, but y'z < 0 for all z within the bounds: so no A x is within them. From the problem as it was
/// given, in f64.
///
/// # Errors
/// What is no proof.
pub fn check_primal_infeasible<T: Real>(problem: &Problem) -> Result<(), String> {
    let y = certificate::<T>(problem, Step::PrimalInfeasible)?;
    let rest = largest(&problem.a_transposed_times(&y));
    let bounds = problem.lower.iter().zip(&problem.upper);
    let support: f64 = y
        .iter()
        .zip(bounds)
        .filter(|(y, _)| **y != 0.0)
        .map(|(y, (lower, upper))| if *y > 0.0 { upper * y } else { lower * y })
        .sum();
    let proves = rest <= 1.001e-4 && support < 0.0 && support.is_finite();
    if proves { Ok(()) } else { Err(format!("A'y = {rest:e}, support {support:e}")) }
}

/// From any feasible point this direction stays feasible and lowers the objective for ever.
///
/// # Errors
/// What is no proof.
pub fn check_dual_infeasible<T: Real>(problem: &Problem) -> Result<(), String> {
    let x = certificate::<T>(problem, Step::DualInfeasible)?;
    let slope: f64 = problem.q.iter().zip(&x).map(|(q, x)| q * x).sum();
    let curvature = largest(&problem.p_times(&x));
    let stays = problem.a_times(&x).iter().zip(problem.lower.iter().zip(&problem.upper)).all(|(ax, (lower, upper))| {
        (lower.is_infinite() || *ax >= -1.001e-4) && (upper.is_infinite() || *ax <= 1.001e-4)
    });
    let proves = slope < -1e-3 && curvature <= 1.001e-4 && stays;
    if proves { Ok(()) } else { Err(format!("slope {slope:e}, P x = {curvature:e}, within the bounds: {stays}")) }
}
