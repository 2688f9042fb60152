//! The cycle for varying coefficients beside its baselines.

use crate::dcd::{median, row};
use tinysolve::linear::cycle::{CycleOptions, Gates, Shape};
use tinysolve_tests::materials::{self, Materials};
use tinysolve_tests::pressure::{component_aware, trained};
use tinysolve_tests::threads;

/// Heat in mixed materials, with a shift in half of the problems. What the trained gates of the pressure cycle do there is told
/// too: they are not made for it.
pub(crate) fn bench() {
    let v = |n| CycleOptions { shape: Shape::V, ..component_aware(n) };
    for n in [64, 128] {
        let set: Vec<Materials> = (0..20).map(|seed| Materials::new(n, 4_000 + seed)).collect();
        let case = format!("mixed materials, {n} x {n}, to 1e-6");
        let ways = [
            ("cg", materials::Way::Cg),
            ("ic0-pcg", materials::Way::Ic0),
            ("textbook multigrid-pcg", materials::Way::TEXTBOOK),
            ("varying cycle V, hand set", materials::Way::Cycle(Gates::HAND_SET, v(n))),
            ("varying cycle V, gates of the pressure cycle", materials::Way::Cycle(trained(), v(n))),
            ("varying cycle W, hand set", materials::Way::Cycle(Gates::HAND_SET, component_aware(n))),
        ];
        let mut found = Vec::new();
        for (name, way) in ways {
            let outcomes = threads::map(set.len(), |index| materials::solve(&set[index], way, 1e-6));
            let iterations = || outcomes.iter().map(|outcome| f64::from(outcome.iterations));
            let failed = outcomes.iter().filter(|outcome| !outcome.is_good).count();
            let work = median(outcomes.iter().map(|outcome| outcome.multiply_adds));
            row(name, &case, "iterations, median", median(iterations()), "iterations", None, true);
            row(name, &case, "iterations, worst", iterations().fold(0.0, f64::max), "iterations", None, true);
            row(name, &case, "multiply-adds", work, "a free cell", None, true);
            row(name, &case, "not solved, or without the direction", failed as f64, "solves", None, true);
            found.push((name, work));
        }
        let own = found.iter().find(|found| found.0 == "varying cycle V, hand set").map_or(1.0, |found| found.1);
        for (name, work) in found {
            row(name, &case, "multiply-adds, times those of the hand-set V", work / own, "times", None, false);
        }
    }
}
