//! Quadratic programs beside what OSQP made of them: 50 random linear MPC problems of 20 to 200 variables.

use serde_json::json;
use tinysolve::Real;
use tinysolve::solve::Step;
use tinysolve::splitting::Stopping;
use tinysolve::splitting::qp::QpConfig;
use tinysolve_tests::golden::{
    Golden, check_dual_infeasible, check_primal_infeasible, goldens, infeasible, solve, unbounded,
};

const PEER: &str = "OSQP 1.1.3";

fn print(case: &str, metric: &str, value: f64, unit: &str, reference: Option<f64>, goal: Option<f64>) {
    let line = json!({
        "family": "splitting", "kernel": "qp beside OSQP", "case": case, "target": "host", "metric": metric,
        "value": value, "unit": unit, "reference": reference,
        "reference_name": if reference.is_some() { PEER } else { "" }, "goal": goal, "lower_is_better": true,
    });
    println!("row {line}");
}

/// The largest of |x - x*|, of the relative gap of the objective, and of the residuals of the optimality conditions.
fn worst<T: Real>(all: &[Golden], tolerance: T) -> Result<[f64; 5], String> {
    let stopping = Stopping { max_iterations: 20_000, ..Stopping::default() }.with_tolerance(tolerance);
    let mut worst = [0.0_f64; 5];
    for golden in all {
        let (report, x, y) = solve(&golden.problem, QpConfig { stopping, ..QpConfig::default() })?;
        if report.step != Step::Converged {
            return Err(format!("not solved: {report:?}"));
        }
        let distance = x.iter().zip(&golden.x).fold(0.0_f64, |most, (a, b)| most.max((a - b).abs()));
        let gap = (golden.problem.objective(&x) - golden.objective).abs() / (1.0 + golden.objective.abs());
        let [bounds, gradient, slackness] = golden.problem.kkt(&x, &y);
        for (worst, new) in worst.iter_mut().zip([distance, gap, bounds, gradient, slackness]) {
            *worst = worst.max(new);
        }
    }
    Ok(worst)
}

fn median(mut counts: Vec<u32>) -> f64 {
    counts.sort_unstable();
    let middle = |at: usize| f64::from(counts.get(at).copied().unwrap_or(0));
    f64::midpoint(middle((counts.len().max(1) - 1) / 2), middle(counts.len() / 2))
}

/// Prints the rows.
///
/// # Errors
/// A problem that was not solved.
pub(crate) fn bench() -> Result<(), String> {
    let all = goldens()?;
    let names = ["bounds", "gradient", "slackness"].map(|name| format!("residual of the {name}"));
    for (case, figures, goals) in [
        ("50 MPC problems, f64 to 1e-7", worst::<f64>(&all, 1e-7)?, [Some(1e-4), None]),
        ("50 MPC problems, f32 to 1e-5", worst::<f32>(&all, 1e-5)?, [None, Some(1e-4)]),
    ] {
        let [distance, gap, kkt @ ..] = figures;
        print(case, "largest error of x", distance, "", None, goals[0]);
        print(case, "largest gap of the objective", gap, "of the objective, plus 1", None, goals[1]);
        for (name, residual) in names.iter().zip(kkt) {
            print(case, name, residual, "", None, None);
        }
    }
    // As in qp.py: 1e-4, a look in every iteration, a chance for rho every 25, the same sigma, alpha and scaling.
    let stopping = Stopping { check_every: 1, ..Stopping::default() }.with_tolerance(1e-4);
    let mut ours = Vec::new();
    for golden in &all {
        ours.push(solve(&golden.problem, QpConfig::<f64> { stopping, ..QpConfig::default() })?.0.iterations);
    }
    let theirs = median(all.iter().map(|golden| golden.iterations).collect());
    let case = "50 MPC problems, f64 to 1e-4, rho adapted";
    print(case, "median of iterations", median(ours), "iterations", Some(theirs), Some(theirs));
    let (primal, dual) = (infeasible(), unbounded());
    let mut failed = 0;
    let mut count = |outcome: Result<(), String>| {
        if let Err(reason) = outcome {
            eprintln!("no proof: {reason}");
            failed += 1;
        }
    };
    for problem in &primal {
        count(check_primal_infeasible::<f64>(problem));
        count(check_primal_infeasible::<f32>(problem));
    }
    for problem in &dual {
        count(check_dual_infeasible::<f64>(problem));
        count(check_dual_infeasible::<f32>(problem));
    }
    let case = format!("{} infeasible, {} unbounded, f64 and f32", primal.len(), dual.len());
    print(&case, "without a valid certificate", f64::from(failed), "problems", None, Some(0.0));
    Ok(())
}
