//! Omega learned for SSOR-CG on the heat equation.

use tinysolve::bandit::Arms;
use tinysolve::real::Real;
use tinysolve_tests::comparison::{Problem, Record, walk};
use tinysolve_tests::heat::Heat;
use tinysolve_tests::policy::{ARMS, Bins, Fixed, Kind, Policy};
use tinysolve_tests::threads;

use crate::row::{Precision, Row};

/// Seeds of each learner.
const SEEDS: u64 = 3;
const LEARNERS: [(&str, Kind); 5] = [
    ("cheb_cb", Kind::ChebCb),
    ("tsallis_inf, contextual, 6 bins", Kind::TsallisInfContextual),
    ("tsallis_inf, reduced variance", Kind::TsallisInfReducedVariance),
    ("tsallis_inf", Kind::TsallisInf),
    ("analytic", Kind::Analytic),
];

/// Twenty fixed omegas, then each learner with each seed.
fn walks<T: Real>(problem: &dyn Problem<T>, tolerance: f64) -> Vec<Record> {
    let learners: Vec<(Kind, u64)> =
        LEARNERS.iter().flat_map(|&(_, kind)| (1..=SEEDS).map(move |seed| (kind, seed))).collect();
    threads::map(ARMS + learners.len(), |index| {
        let mut policy: Box<dyn Policy> = match learners.get(index.wrapping_sub(ARMS)) {
            Some((kind, seed)) => kind.start(problem.context_range(), Bins::Six, *seed),
            None => Box::new(Fixed(Arms::OMEGA.value(index))),
        };
        walk(problem, Some(&mut *policy), tolerance, || ())
    })
}

pub(crate) fn bench(steps: usize) {
    for precision in Precision::BOTH {
        for nx in [50, 100] {
            let problem = Heat::new(nx, steps);
            let records = match precision {
                Precision::F64 => walks::<f64>(&problem, precision.tolerance()),
                Precision::F32 => walks::<f32>(&problem, precision.tolerance()),
            };
            print(precision, nx, &records);
        }
    }
}

fn print(precision: Precision, nx: usize, records: &[Record]) {
    let case = format!("heat, nx = {nx}, {}", precision.name());
    let (arms, learners) = records.split_at(ARMS);
    let fixed = arms.iter().map(Record::total).min().unwrap_or(1) as f64;
    let ratio = |records: &[Record]| {
        records.iter().map(|record| record.total() as f64).sum::<f64>() / records.len() as f64 / fixed
    };
    let seeds = SEEDS as usize;
    let cheb_cb = ratio(&learners[..seeds]);
    let (cheb_goal, analytic_goal) = match (precision, nx) {
        (Precision::F64, _) => (0.86, cheb_cb),
        (Precision::F32, 50) => (0.92, 0.89),
        (Precision::F32, _) => (0.88, 0.83),
    };
    let goals = [Some(cheb_goal), None, None, None, Some(analytic_goal)];
    // Of a model of the published program in f64, 3 trials.
    let published = match (precision, nx) {
        (Precision::F64, 50) => [0.844, 1.012, 1.061, 1.081],
        (Precision::F64, _) => [0.807, 1.039, 1.070, 1.099],
        (Precision::F32, _) => [f64::NAN; 4],
    };
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
    let best = ratio(&[Record::best_per_step(arms)]);
    let unit = "of best fixed omega";
    Row { kernel: "the best of 20 at each step", metric: "ratio", value: best, unit, ..base }.print();
    for (way, ((kernel, _), goal)) in LEARNERS.iter().zip(goals).enumerate() {
        let value = ratio(&learners[way * seeds..(way + 1) * seeds]);
        let reference = match published.get(way) {
            Some(published) if published.is_finite() => (*published, "published method, f64 model"),
            _ => (best, "the best of 20 at each step"),
        };
        Row { kernel, metric: "ratio", value, unit, reference: Some(reference), goal, ..base }.print();
    }
    let worst = |part: fn(&Record) -> f64| records.iter().map(part).fold(0.0, f64::max);
    base.print_outcomes(
        precision,
        records.iter().map(|record| record.unsolved).sum(),
        worst(|record| record.worst_residual),
        worst(|record| record.worst_report),
    );
}
