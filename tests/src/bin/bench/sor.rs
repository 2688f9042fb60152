//! Omega learned for SOR on shifts of one Laplacian.

use tinysolve::real::Real;
use tinysolve_tests::policy::Kind;
use tinysolve_tests::sor_benchmark::{Total, Variance, best_fixed, instances, optimal, with_policy, with_young};
use tinysolve_tests::threads;

use crate::row::{Precision, Row};

const POLICIES: [(&str, Kind); 4] = [
    ("tsallis_inf", Kind::TsallisInf),
    ("tsallis_inf, reduced variance", Kind::TsallisInfReducedVariance),
    ("tsallis_inf, contextual, 5 bins", Kind::TsallisInfContextual),
    ("cheb_cb", Kind::ChebCb),
];

/// What each way took: best fixed, the four learners, Young's model after three probes, the optimum of each system.
type Totals = [Total; 7];

fn trial<T: Real>(variance: Variance, systems: usize, seed: u64, tolerance: f64) -> Totals {
    let instances = instances(variance, systems, seed);
    let learned = POLICIES.map(|(_, kind)| with_policy::<T>(&instances, kind, seed, tolerance));
    let [plain, reduced, contextual, cheb_cb] = learned;
    let fixed = best_fixed::<T>(&instances, &variance.arms_by_promise(), tolerance);
    [
        fixed,
        plain,
        reduced,
        contextual,
        cheb_cb,
        with_young::<T>(&instances, tolerance),
        optimal::<T>(&instances, tolerance),
    ]
}

/// Means over the trials, and their rows.
pub(crate) fn bench(trials: usize, systems: usize) {
    for precision in Precision::BOTH {
        for variance in [Variance::High, Variance::Low] {
            let totals = threads::map(trials, |trial_number| {
                let (seed, tolerance) = (100 + trial_number as u64, precision.tolerance());
                match precision {
                    Precision::F64 => trial::<f64>(variance, systems, seed, tolerance),
                    Precision::F32 => trial::<f32>(variance, systems, seed, tolerance),
                }
            });
            print(precision, variance, &totals);
        }
    }
}

fn print(precision: Precision, variance: Variance, totals: &[Totals]) {
    let high = variance == Variance::High;
    let case = format!("SOR, {} variance, {}", if high { "high" } else { "low" }, precision.name());
    let mean = |way: usize| totals.iter().map(|totals| totals[way].sweeps as f64).sum::<f64>() / totals.len() as f64;
    let (fixed, optimum) = (mean(0), mean(6));
    // Of a model of the published program in f64, 40 trials; the paper prints curves only.
    let published = match (precision, high) {
        (Precision::F64, true) => [Some(1.165), Some(1.143), Some(0.998), Some(0.652)],
        (Precision::F64, false) => [Some(1.135), Some(1.115), Some(1.081), Some(0.815)],
        (Precision::F32, _) => [None; 4],
    };
    let cheb_goal = match (precision, high) {
        (Precision::F64, true) => 0.68,
        (Precision::F64, false) => 0.84,
        (Precision::F32, true) => 0.70,
        (Precision::F32, false) => 0.86,
    };
    let tsallis_goal = (precision == Precision::F64).then_some(1.20);
    let goals = [tsallis_goal, tsallis_goal, None, Some(cheb_goal)];
    let base = Row {
        kernel: "fixed omega, the best of 20",
        case: &case,
        metric: "iterations",
        value: fixed,
        unit: "iterations",
        reference: None,
        goal: None,
    };
    base.print();
    for (way, (((kernel, _), published), goal)) in POLICIES.iter().zip(published).zip(goals).enumerate() {
        Row {
            kernel,
            metric: "ratio",
            value: mean(way + 1) / fixed,
            unit: "of best fixed omega",
            reference: published.map(|ratio| (ratio, "published method, f64 model")),
            goal,
            ..base
        }
        .print();
    }
    Row {
        kernel: "young model, 3 probes",
        metric: "ratio",
        value: mean(5) / optimum,
        unit: "of each system's optimum",
        reference: Some((mean(4) / optimum, "cheb_cb")),
        goal: (precision == Precision::F64).then_some(1.03),
        ..base
    }
    .print();
    let worst = |part: fn(&Total) -> f64| totals.iter().flatten().map(part).fold(0.0, f64::max);
    base.print_outcomes(
        precision,
        totals.iter().flatten().map(|total| total.unsolved as usize).sum(),
        worst(|total| total.worst_residual),
        worst(|total| total.worst_report),
    );
}
