//! Splitting methods.

#![allow(clippy::cast_possible_truncation, reason = "sizes of cases are small")]

use crate::denoise;
use crate::osqp::RESIDUALS;
use crate::quadrotor::{Bounds, Plant, Problem, START, TICKS, WORKSPACE};
use crate::{Hash, Meter, Row};
use tinysolve::solve::Solver;
use tinysolve::splitting::Stopping;
use tinysolve::splitting::qp::{QpConfig, QpReport};

/// Linear MPC of a quadrotor in closed loop.
pub(crate) fn mpc(meter: &mut dyn Meter) {
    let plant = Plant::new();
    let mut workspace = [0.0; WORKSPACE];
    let Ok(problem) = Problem::new(&plant) else { return };
    let Some(mut solver) = problem.solver(&mut workspace) else { return };
    let mut bounds = Bounds::of(&problem);
    // The first factorisation.
    let row = Row::new("splitting", "qp factorisation", "quadrotor MPC, 160 variables, 280 rows");
    meter.count(&row, &mut || {
        let _ = solver.step();
    });
    let row = Row::new("splitting", "qp iteration", "quadrotor MPC, 160 variables, 280 rows");
    meter.count(&row, &mut || {
        let _ = solver.step();
    });
    let mut x = START;
    let mut hash = Hash::default();
    let mut iterations = 0;
    let mut fly = |ticks: usize| {
        for _ in 0..ticks {
            let Some(inputs) = bounds.tick(&plant, &x, &mut solver) else { return };
            iterations += solver.report().iterations;
            hash.f32s(&inputs);
            x = plant.step(&x, &inputs);
        }
    };
    // By `tests/peers/quadrotor.py`, with adaptation of rho, which is the faster of its two kinds; half of it is the goal.
    let tick = |case| {
        Row::new("splitting", "qp control tick", case)
            .per(TICKS as u32, "instructions/tick")
            .reference("6707925", "OSQP 1.1.3's generated code")
            .goal("m4f", "3353962")
    };
    meter.count(&tick("quadrotor MPC, mean of 40 ticks, 1e-3"), &mut || fly(TICKS));
    let row = Row::new("splitting", "qp control tick", "quadrotor MPC, at its place, 1e-3");
    meter.count(&row, &mut || fly(1));
    hash.f32s(&x).word(iterations);

    // The same flight, each tick until both residuals are no larger than those with which OSQP's code ends that tick.
    let config = QpConfig { stopping: Stopping::default().with_tolerance(0.0), ..QpConfig::default() };
    let Some(mut solver) = problem.solver_with(&mut workspace, config) else { return };
    let (mut bounds, mut x) = (Bounds::of(&problem), START);
    let mut missed = 0;
    meter.count(&tick("quadrotor MPC, mean of 40 ticks, each to OSQP's residuals"), &mut || {
        for target in RESIDUALS {
            let Some(inputs) = bounds.tick_to(&plant, &x, &mut solver, target) else { return };
            let QpReport { residuals, objective, .. } = solver.details();
            missed += u32::from(!(residuals.primal <= target[0] && residuals.dual <= target[1]));
            hash.f32s(&inputs).f32s(&[residuals.primal, residuals.dual, objective]);
            x = plant.step(&x, &inputs);
        }
    });
    // A miss is another hash than that of the golden file, and no row that could be mistaken for one.
    debug_assert_eq!(missed, 0, "a tick ended before OSQP's residuals");
    meter.result("splitting/mpc", hash.f32s(&x).word(missed).finish());
}

/// An electrocardiogram with noise and outliers, denoised in three ways: the example `denoise` on the chip.
pub(crate) fn denoise(meter: &mut dyn Meter) {
    let noisy = denoise::disturbed(&denoise::recorded());
    let mut memory = [0.0; 3 * denoise::SAMPLES];
    let mut x = noisy;
    let row = |kernel| {
        Row::new("splitting", kernel, "electrocardiogram, 1440 samples")
            .per(denoise::SAMPLES as u32, "instructions/sample")
    };
    let mut hash = Hash::default();
    meter.count(&row("total variation"), &mut || denoise::by_total_variation(&mut x, denoise::WEIGHT));
    hash.f32s(&x);
    let mut iterations = 0;
    meter.count(&row("Huber and total variation, ADMM"), &mut || {
        let report = denoise::by_robust_total_variation(&noisy, denoise::ROBUST_WEIGHT, &mut x, &mut memory);
        iterations = report.map_or(0, |report| report.iterations);
    });
    hash.f32s(&x).word(iterations);
    x = noisy;
    meter.count(&row("learned proximal network"), &mut || {
        let _ = denoise::by_network(&mut x);
    });
    meter.result("splitting/denoise", hash.f32s(&x).finish());
}
