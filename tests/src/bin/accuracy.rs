//! Prints the accuracy table: errors of the functions in units in the last place, and the floor of the residual in single
//! precision. Each row is a line of JSON after the word `row`.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "a table of measurements")]

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tinysolve::linear::{Cg, PcgConfig, Sor, SorConfig, SsorCg, SsorCgConfig, Stopping};
use tinysolve::math;
use tinysolve::matrix::Stencil;
use tinysolve::solve::Solver;

fn row(kernel: &str, case: &str, value: f64, unit: &str, goal: Option<f64>) {
    let row = serde_json::json!({
        "family": "accuracy", "kernel": kernel, "case": case, "target": "", "metric": unit, "value": value, "unit": unit,
        "reference": null, "reference_name": "", "goal": goal, "lower_is_better": true,
    });
    println!("row {row}");
}

/// The error of `got` in units in the last place of the exact value.
fn ulps(got: f32, exact: f64) -> f64 {
    let reference = (exact as f32).abs().max(f32::MIN_POSITIVE);
    if !reference.is_finite() {
        return 0.0;
    }
    let ulp = f64::from(f32::from_bits(reference.to_bits() + 1)) - f64::from(reference);
    (f64::from(got) - exact).abs() / ulp
}

/// A function, its name, the same in double precision, and its domain.
type Function = (&'static str, fn(f32) -> f32, fn(f64) -> f64, fn(f32) -> bool, f64);

const FUNCTIONS: &[Function] = &[
    ("sqrt_f32", math::sqrt_f32, f64::sqrt, |x| x >= 0.0, 0.5),
    ("exp_f32", math::exp_f32, f64::exp, |x| x < 88.7, 1.0),
    ("ln_f32", math::ln_f32, f64::ln, |x| x > 0.0, 1.0),
    ("sin_f32", math::sin_f32, f64::sin, |x| x.abs() < 1e6, 1.0),
    ("cos_f32", math::cos_f32, f64::cos, |x| x.abs() < 1e6, 1.0),
];

fn main() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for (name, ours, exact, domain, goal) in FUNCTIONS {
        let worst = (0..1_000_000)
            .map(|_| f32::from_bits(rng.next_u32()))
            .filter(|x| x.is_finite() && domain(*x))
            .map(|x| ulps(ours(x), exact(f64::from(x))))
            .fold(0.0, f64::max);
        row(name, "10^6 random bit patterns", (worst * 1e3).round() / 1e3, "ULP", Some(*goal));
    }
    for side in [16_usize, 49] {
        let n = side * side;
        let plate = Stencil::new([side, side, 1], 4.0_f32, [-1.0, -1.0, 0.0], None).unwrap();
        let b: Vec<f32> = (0..n).map(|_| rng.random_range(-1.0..1.0)).collect();
        let stopping = Stopping { relative: 0.0, ..Stopping::default() };
        let (mut x, mut workspace) = (vec![0.0; n], vec![0.0; 5 * n]);
        let case = format!("5-point Laplacian, {side} x {side}, f32");
        let omega = 1.8;
        let sor = SorConfig { omega, stopping, keep_best: true, ..SorConfig::default() };
        let report = Sor::new(&plate, &b, &mut x, &mut workspace, sor).unwrap().run();
        row("sor", &case, f64::from(report.residual / report.reference), "smallest relative residual", None);
        x.fill(0.0);
        let cg = PcgConfig { stopping, keep_best: true };
        let report = Cg::new(&plate, &b, &mut x, &mut workspace, cg).unwrap().run();
        row("cg", &case, f64::from(report.residual / report.reference), "smallest relative residual", None);
        x.fill(0.0);
        let ssor = SsorCgConfig { omega, stopping, keep_best: true, ..SsorCgConfig::default() };
        let report = SsorCg::new(&plate, &b, &mut x, &mut workspace, ssor).unwrap().run();
        row("ssor_cg", &case, f64::from(report.residual / report.reference), "smallest relative residual", None);
    }
}
