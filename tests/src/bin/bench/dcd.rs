//! Multiply-adds and iterations of every solver of pressure problems: the cycle with trained gates beside its baselines.

use crate::{definite, varying};
use serde_json::json;
use tinysolve::linear::Conjugation;
use tinysolve::linear::cycle::{CycleOptions, GATES, Gates, Shape};
use tinysolve::solve::Step;
use tinysolve_tests::layouts::{Problem, problems, unseen_problems};
use tinysolve_tests::pressure::{
    Outcome, Settings, Way, bytes, compact_bytes, component_aware, empty, network_in_bytes, pieces, solve, trained,
};
use tinysolve_tests::threads;

/// Seeds no training has seen: the library's generator of test problems is another one.
const SEED: u64 = 1;

pub(crate) fn row(
    kernel: &str,
    case: &str,
    metric: &str,
    value: f64,
    unit: &str,
    goal: Option<f64>,
    lower_is_better: bool,
) {
    let line = json!({
        "family": "dcd", "kernel": kernel, "case": case, "target": "host", "metric": metric, "value": value,
        "unit": unit, "reference": null, "reference_name": "", "goal": goal, "lower_is_better": lower_is_better,
    });
    println!("row {line}");
    if let Some(goal) = goal {
        let is_met = if lower_is_better { value <= goal } else { value >= goal };
        eprintln!("{} {case}, {kernel}: {metric} {value:.3}, goal {goal}", if is_met { "reached" } else { "MISSED " });
    }
}

fn all(set: &[Problem], way: Way, settings: Settings) -> Vec<Outcome> {
    threads::map(set.len(), |index| solve(&set[index], way, settings))
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { 0.5 * (values[middle - 1] + values[middle]) }
}

fn worst(outcomes: &[Outcome]) -> f64 {
    outcomes.iter().map(|outcome| f64::from(outcome.iterations)).fold(0.0, f64::max)
}

fn work(outcomes: &[Outcome]) -> f64 {
    median(outcomes.iter().map(|outcome| outcome.multiply_adds))
}

fn iterations(outcomes: &[Outcome]) -> f64 {
    median(outcomes.iter().map(|outcome| f64::from(outcome.iterations)))
}

pub(crate) fn bench(many: usize) {
    definite::bench(40_000);
    for n in [64, 128, 256] {
        size(n);
    }
    network();
    network_activations();
    two_words();
    corrupted();
    memory();
    varying::bench();
    if many > 0 {
        let set = problems(128, many, 900_000);
        let outcomes = all(&set, Way::Cycle(trained(), component_aware(128)), Settings::to(1e-6));
        let failed = outcomes.iter().filter(|outcome| outcome.handed_over.is_some()).count();
        let case = format!("{many} unseen layouts, 128 x 128, to 1e-6");
        row("cycle, trained", &case, "iterations, worst", worst(&outcomes), "iterations", Some(20.0), true);
        row("cycle, trained", &case, "handed over", failed as f64, "solves", Some(0.0), true);
    }
}

fn size(n: usize) {
    let (set, unseen) = (problems(n, 20, SEED), unseen_problems(n, SEED));
    let grid = |shape| CycleOptions { shape, pieces: 0 };
    let ways = [
        ("cg", Way::Cg),
        ("ic0-pcg", Way::Ic0),
        ("mic0-pcg, tau 0.97", Way::Mic0),
        ("ssor-pcg, omega 1.7", Way::Ssor(1.7)),
        ("ssor-pcg, omega 1.85", Way::Ssor(1.85)),
        ("textbook multigrid-pcg", Way::Textbook),
        ("cg on the reduced system", Way::ReducedCg),
        ("cycle V on the grid, hand set", Way::Cycle(Gates::HAND_SET, grid(Shape::V))),
        ("cycle W on the grid, trained", Way::Cycle(trained(), grid(Shape::W))),
        ("cycle W on the grid, trained, compact", Way::Compact(trained(), grid(Shape::W))),
        ("cycle, trained, compact", Way::Compact(trained(), component_aware(n))),
        ("cycle, hand set", Way::Cycle(Gates::HAND_SET, component_aware(n))),
        ("cycle, trained", Way::Cycle(trained(), component_aware(n))),
    ];
    for tolerance in [1e-4, 1e-6] {
        let case = format!("{n} x {n}, to {tolerance:e}");
        let mut found = Vec::new();
        for (name, way) in ways {
            let is_learned = name == "cycle, trained";
            let inside = all(&set, way, Settings::to(tolerance));
            let goal = |goal: f64| (is_learned && tolerance < 1e-5).then_some(goal);
            row(name, &case, "iterations, median", iterations(&inside), "iterations", goal(10.0), true);
            row(name, &case, "iterations, worst", worst(&inside), "iterations", goal(13.0), true);
            row(name, &case, "multiply-adds", work(&inside), "a fluid cell", goal(180.0), true);
            let outside = all(&unseen, way, Settings::to(tolerance));
            let case = format!("{case}, out of distribution");
            row(name, &case, "iterations, worst", worst(&outside), "iterations", goal(15.0), true);
            let most = outside.iter().map(|outcome| outcome.multiply_adds).fold(0.0, f64::max);
            row(name, &case, "multiply-adds, worst", most, "a fluid cell", None, true);
            found.push((name, work(&inside)));
        }
        let learned = found.last().map_or(1.0, |last| last.1);
        for (name, work) in found {
            let goal = match (name, n) {
                _ if tolerance > 1e-5 => None,
                ("ic0-pcg", 64) => Some(7.5),
                ("ic0-pcg", 128) => Some(14.5),
                ("cg", 64) => Some(16.0),
                ("cg", 128) => Some(30.0),
                ("textbook multigrid-pcg", 64) => Some(1.55),
                ("textbook multigrid-pcg", 128) => Some(1.6),
                ("cycle, hand set", 64 | 128) => Some(1.1),
                _ => None,
            };
            let metric = "multiply-adds, times those of the trained cycle";
            row(name, &case, metric, work / learned, "times", goal, false);
        }
    }
    for conjugation in [Conjugation::Previous, Conjugation::PreviousTwo] {
        let settings = Settings { conjugation, ..Settings::to(1e-6) };
        let outcomes = all(&set, Way::Cycle(trained(), component_aware(n)), settings);
        let kernel = format!("cycle, trained, {conjugation:?}");
        row(
            &kernel,
            &format!("{n} x {n}, to 1e-6"),
            "iterations, median",
            iterations(&outcomes),
            "iterations",
            None,
            true,
        );
    }
}

/// The published form of network, on layouts unlike the empty square that it was trained on.
fn network() {
    let set = problems(32, 6, SEED);
    let case = "6 layouts, 32 x 32, to 1e-6";
    for (name, way) in [("cg", Way::Cg), ("published network, 8 channels", Way::Network)] {
        let outcomes = all(&set, way, Settings::to(1e-6));
        let failed = outcomes.iter().filter(|outcome| outcome.handed_over.is_some()).count();
        row(name, case, "iterations, median", iterations(&outcomes), "iterations", None, true);
        row(name, case, "iterations, worst", worst(&outcomes), "iterations", None, true);
        row(name, case, "multiply-adds", work(&outcomes), "a fluid cell", None, true);
        row(name, case, "handed over", failed as f64, "solves", None, true);
    }
}

/// The same network on empty squares, like the one it was trained on, and with activations in bytes: what an 8-bit pass would
/// do to the iterations. Nothing leaves a direction here.
fn network_activations() {
    let set: Vec<Problem> = problems(32, 8, SEED).into_iter().map(empty).collect();
    for tolerance in [1e-2, 1e-4] {
        let found = network_in_bytes(&set, tolerance, 300);
        let case = format!("6 empty squares, 32 x 32, to {tolerance:e}");
        for (at, kernel) in
            ["published network, 8 channels", "published network, activations in bytes"].iter().enumerate()
        {
            let counts = found.iter().skip(2).map(|found| found[at].map_or(f64::INFINITY, |count| count as f64));
            row(kernel, &case, "iterations, median", median(counts), "iterations", None, true);
        }
    }
}

/// What a region of 64 x 64 cells takes, and how many nodes off the grid layouts need.
fn memory() {
    let grid = |shape| CycleOptions { shape, pieces: 0 };
    let case = "64 x 64, all fluid";
    let rows = [
        ("cycle V on the grid", bytes(64, grid(Shape::V), false), 75_000.0),
        ("cycle W on the grid", bytes(64, grid(Shape::W), false), 85_000.0),
        ("cycle", bytes(64, component_aware(64), false), 110_000.0),
        ("second word of x", bytes(64, grid(Shape::V), true) - bytes(64, grid(Shape::V), false), 16_000.0),
    ];
    for (kernel, bytes, goal) in rows {
        row(kernel, case, "ram", bytes as f64, "bytes", Some(goal), true);
    }
    for (kernel, options) in [
        ("cycle V on the grid, compact", grid(Shape::V)),
        ("cycle W on the grid, compact", grid(Shape::W)),
        ("cycle, compact", component_aware(64)),
    ] {
        row(kernel, case, "ram", compact_bytes(64, options, false) as f64, "bytes", None, true);
    }
    for n in [64, 128] {
        let set: Vec<Problem> = problems(n, 20, SEED).into_iter().chain(unseen_problems(n, SEED)).collect();
        let found: Vec<_> = set.iter().map(|problem| pieces(problem, component_aware(n))).collect();
        let case = format!("{n} x {n}, 25 layouts");
        let most = found.iter().map(|found| found.0).max().unwrap_or(0);
        let merged: usize = found.iter().map(|found| found.1).sum();
        row("cycle", &case, "nodes off the grid, most", most as f64, "nodes", None, true);
        row("cycle", &case, "parts merged for want of room", merged as f64, "parts", None, true);
    }
}

/// True residuals in f64, with x in one word and in two.
fn two_words() {
    for n in [32, 64, 128] {
        let set = problems(n, 20, SEED);
        let way = Way::Cycle(trained(), component_aware(n));
        let one = all(&set, way, Settings::to(1e-6));
        let two = all(&set, way, Settings { two_words: true, ..Settings::to(1e-6) });
        let cg = all(&set, Way::ReducedCg, Settings::to(1e-6));
        let whole = all(&set, Way::Cg, Settings::to(1e-6));
        let mean = |outcomes: &[Outcome]| outcomes.iter().map(|o| o.residual).sum::<f64>() / outcomes.len() as f64;
        let total = |outcomes: &[Outcome]| outcomes.iter().map(|o| f64::from(o.total)).sum::<f64>();
        let claimed = one.iter().map(|o| f64::from(o.iterations)).sum::<f64>();
        let case = format!("{n} x {n}, to 1e-6");
        let metric = "true relative residual, mean";
        row("cycle, trained, x in two words", &case, metric, mean(&two), "of |b|", Some(1e-6), true);
        row("cycle, trained, x in one word", &case, metric, mean(&one), "of |b|", None, true);
        row("cg on the reduced system, x in one word", &case, metric, mean(&cg), "of |b|", None, true);
        row("cg, x in one word", &case, metric, mean(&whole), "of |b|", None, true);
        let more = 100.0 * (total(&two) / claimed - 1.0);
        row("cycle, trained, x in two words", &case, "iterations more", more, "%", Some(15.0), true);
    }
}

/// Weights that are garbage: what a solve costs then, as a multiple of plain conjugate gradients.
fn corrupted() {
    let garbage = |seed: u32| {
        let mut flat = trained().flat();
        let mut state = seed;
        for gate in flat.iter_mut().take(GATES) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *gate = (f64::from(state) / f64::from(u32::MAX) * 8.0 - 3.0) as f32;
        }
        Gates::from_flat(&flat)
    };
    for n in [64, 128] {
        let set: Vec<Problem> = problems(n, 6, SEED).into_iter().chain(unseen_problems(n, SEED)).collect();
        let cg = all(&set, Way::Cg, Settings::to(1e-6));
        let mut most: f64 = 0.0;
        let mut wrong = 0;
        for seed in 0..6 {
            let way = Way::Cycle(garbage(seed), component_aware(n));
            for (bad, cg) in all(&set, way, Settings::to(1e-6)).iter().zip(&cg) {
                most = most.max(bad.multiply_adds / cg.multiply_adds);
                let claims = matches!(bad.step, Step::Converged | Step::HandedOver);
                wrong += usize::from(claims && bad.residual > 2e-6);
            }
        }
        let case = format!("{n} x {n}, to 1e-6, six sets of garbage");
        row("cycle, garbage for weights", &case, "multiply-adds, worst", most, "of plain cg", Some(1.0), true);
        row("cycle, garbage for weights", &case, "wrong answers", wrong as f64, "solves", Some(0.0), true);
    }
}
