//! Sweeps and linear solves.

#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "sizes of cases are small")]

use crate::{Hash, Meter, Pattern, Row};
use core::hint::black_box;
use tinysolve::linear::{Cg, PcgConfig, Sor, SorConfig, SsorCg, SsorCgConfig, Stopping};
use tinysolve::matrix::{Csr, Stencil, VariableStencil};
use tinysolve::operator::{Order, Relaxation, Sweep};
use tinysolve::solve::{Report, Solver};

/// Cells a side: the interior of the heat problem at nx = 50.
const SIDE: usize = 49;
const CELLS: usize = SIDE * SIDE;

fn hash_of(x: &[f32]) -> u64 {
    Hash::default().f32s(x).finish()
}

fn hash_solve(x: &[f32], report: &Report<f32>) -> u64 {
    let mut hash = Hash::default();
    hash.f32s(x).f32(report.residual).word(report.iterations).word(report.step as u32);
    hash.finish()
}

fn random<const N: usize>(seed: u32) -> [f32; N] {
    let mut values = [0.0; N];
    Pattern::new(seed).fill(-1.0, 1.0, &mut values);
    values
}

fn laplacian(side: usize, mask: Option<&[u8]>) -> Option<Stencil<'_, f32>> {
    Stencil::new([side, side, 1], 4.0, [-1.0, -1.0, 0.0], mask).ok()
}

/// One sweep with constant coefficients.
pub(crate) fn sweep_constant(meter: &mut dyn Meter) {
    let (b, mut x) = (random::<CELLS>(1), random::<CELLS>(2));
    let Some(stencil) = laplacian(SIDE, None) else { return };
    let relaxation = Relaxation { omega: 1.5, scaling: &[] };
    let points = SIDE as u32 * SIDE as u32;
    let row = Row::new("linear", "sor sweep", "5-point, constant coefficients, 49 x 49")
        .per(points, "instructions/point")
        .goal("m4f", "12.5")
        .reference("22.5", "plain safe Rust loop");
    meter.count(&row, &mut || stencil.sweep(Order::Forward, 0..CELLS, relaxation, black_box(&b), &mut x));
    meter.result("linear/sweep_constant", hash_of(&x));
    let row =
        Row::new("linear", "sor residual", "5-point, constant coefficients, 49 x 49").per(points, "instructions/point");
    let mut sum = 0.0;
    meter.count(&row, &mut || sum = stencil.residual_squares(0..CELLS, 1.0, black_box(&b), &x, 0.0));
    meter.result("linear/sweep_constant/residual", hash_of(&[sum]));
}

/// One sweep with constant coefficients and a cell mask.
pub(crate) fn sweep_masked(meter: &mut dyn Meter) {
    let (b, mut x) = (random::<CELLS>(1), random::<CELLS>(2));
    let mut mask = [1_u8; CELLS];
    mask.iter_mut().step_by(7).for_each(|cell| *cell = 0);
    let Some(stencil) = laplacian(SIDE, Some(&mask)) else { return };
    let relaxation = Relaxation { omega: 1.5, scaling: &[] };
    let row = Row::new("linear", "sor sweep", "5-point, constant coefficients, mask, 49 x 49")
        .per(SIDE as u32 * SIDE as u32, "instructions/point");
    meter.count(&row, &mut || stencil.sweep(Order::Forward, 0..CELLS, relaxation, black_box(&b), &mut x));
    meter.result("linear/sweep_masked", hash_of(&x));
}

/// One sweep with coefficients of every cell.
pub(crate) fn sweep_variable(meter: &mut dyn Meter) {
    let (b, mut x) = (random::<CELLS>(1), random::<CELLS>(2));
    let (mut east, mut north) = ([-1.0_f32; CELLS], [-1.0_f32; CELLS]);
    east.iter_mut().skip(SIDE - 1).step_by(SIDE).for_each(|entry| *entry = 0.0);
    north.iter_mut().skip(CELLS - SIDE).for_each(|entry| *entry = 0.0);
    let centre = [4.25_f32; CELLS];
    let Ok(stencil) = VariableStencil::new([SIDE, SIDE, 1], &centre, [&east, &north, &[]], None) else { return };
    let mut scaling = [0.0; CELLS];
    stencil.prepare(1.5, &mut scaling);
    let relaxation = Relaxation { omega: 1.5, scaling: &scaling };
    let row = Row::new("linear", "sor sweep", "5-point, variable coefficients, 49 x 49")
        .per(SIDE as u32 * SIDE as u32, "instructions/point");
    meter.count(&row, &mut || stencil.sweep(Order::Forward, 0..CELLS, relaxation, black_box(&b), &mut x));
    meter.result("linear/sweep_variable", hash_of(&x));
}

/// Rows of the matrices that fit the cost of a nonzero and of a row.
const ROWS: usize = 200;

/// One sweep over a matrix with `K` nonzeros in every row, their columns scattered.
fn sweep_sparse<const K: usize, const NONZEROS: usize>(meter: &mut dyn Meter, case: &'static str, name: &str) {
    let mut starts = [0_u16; ROWS + 1];
    let (mut columns, mut values) = ([0_u16; NONZEROS], [0.0_f32; NONZEROS]);
    for row in 0..ROWS {
        let mut taken: [usize; K] = core::array::from_fn(|k| (row + k * 7) % ROWS);
        taken.sort_unstable();
        for (k, &column) in taken.iter().enumerate() {
            columns[row * K + k] = column as u16;
            values[row * K + k] = if column == row { 2.0 * K as f32 } else { -1.0 };
        }
        starts[row + 1] = ((row + 1) * K) as u16;
    }
    let Ok(a) = Csr::new(&starts, &columns, &values) else { return };
    let (b, mut x, mut scaling) = (random::<ROWS>(1), random::<ROWS>(2), [0.0; ROWS]);
    a.prepare(1.5, &mut scaling);
    let relaxation = Relaxation { omega: 1.5, scaling: &scaling };
    let row = Row::new("linear", "sor sweep", case).per(ROWS as u32, "instructions/row");
    meter.count(&row, &mut || a.sweep(Order::Forward, 0..ROWS, relaxation, black_box(&b), &mut x));
    meter.result(name, hash_of(&x));
}

/// Sparse sweeps of 3, 5, 9 and 27 nonzeros a row.
pub(crate) fn sweep_csr(meter: &mut dyn Meter) {
    sweep_sparse::<3, 600>(meter, "CSR, 16-bit indices, 3 nonzeros a row", "linear/sweep_csr/3");
    sweep_sparse::<5, 1000>(meter, "CSR, 16-bit indices, 5 nonzeros a row", "linear/sweep_csr/5");
    sweep_sparse::<9, 1800>(meter, "CSR, 16-bit indices, 9 nonzeros a row", "linear/sweep_csr/9");
    sweep_sparse::<27, 5400>(meter, "CSR, 16-bit indices, 27 nonzeros a row", "linear/sweep_csr/27");
}

/// Cells a side of the problems that also fit 16 KiB of RAM.
const SMALL: usize = 12;
const SMALL_CELLS: usize = SMALL * SMALL;

/// Successive over-relaxation on a small plate.
pub(crate) fn sor(meter: &mut dyn Meter) {
    let Some(stencil) = laplacian(SMALL, None) else { return };
    let (b, mut x) = (random::<SMALL_CELLS>(3), [0.0; SMALL_CELLS]);
    let config = SorConfig { omega: 1.6, ..SorConfig::default() };
    let Ok(mut solver) = Sor::new(&stencil, &b, &mut x, &mut [], config) else { return };
    let report = solver.run();
    meter.result("linear/sor", hash_solve(&x, &report));
}

/// Conjugate gradients on a small plate.
pub(crate) fn cg(meter: &mut dyn Meter) {
    let Some(stencil) = laplacian(SMALL, None) else { return };
    let (b, mut x) = (random::<SMALL_CELLS>(3), [0.0; SMALL_CELLS]);
    let mut workspace = [0.0; Cg::<f32, Stencil<f32>>::workspace_len(SMALL_CELLS, false)];
    let Ok(mut solver) = Cg::new(&stencil, &b, &mut x, &mut workspace, PcgConfig::default()) else { return };
    let report = solver.run();
    meter.result("linear/cg", hash_solve(&x, &report));
}

/// SSOR-preconditioned conjugate gradients on a small plate.
pub(crate) fn ssor_cg(meter: &mut dyn Meter) {
    let Some(stencil) = laplacian(SMALL, None) else { return };
    let (b, mut x) = (random::<SMALL_CELLS>(3), [0.0; SMALL_CELLS]);
    let mut workspace = [0.0; SsorCg::<f32, Stencil<f32>>::workspace_len(SMALL_CELLS, 0, false)];
    let config = SsorCgConfig { omega: 1.5, ..SsorCgConfig::default() };
    let Ok(mut solver) = SsorCg::new(&stencil, &b, &mut x, &mut workspace, config) else { return };
    let report = solver.run();
    meter.result("linear/ssor_cg", hash_solve(&x, &report));
}

/// One step of the heat problem at nx = 50 on the chip, and what an iteration costs.
pub(crate) fn heat(meter: &mut dyn Meter) {
    let diffusion = 0.5 * 1e-3 * 50.0 * 50.0;
    let Ok(stencil) = Stencil::new([SIDE, SIDE, 1], 1.0 + 4.0 * diffusion, [-diffusion, -diffusion, 0.0], None) else {
        return;
    };
    let (b, mut x) = (random::<CELLS>(3), [0.0; CELLS]);
    let mut workspace = [0.0; SsorCg::<f32, Stencil<f32>>::workspace_len(CELLS, 0, false)];
    let config = SsorCgConfig { omega: 1.4, stopping: Stopping::default(), ..SsorCgConfig::default() };
    let Ok(mut solver) = SsorCg::new(&stencil, &b, &mut x, &mut workspace, config) else { return };
    let _ = solver.step();
    let row = Row::new("linear", "ssor_cg iteration", "5-point, constant coefficients, 49 x 49")
        .per(SIDE as u32 * SIDE as u32, "instructions/point");
    meter.count(&row, &mut || {
        let _ = solver.step();
    });
    let row = Row::new("linear", "ssor_cg solve", "heat step, nx = 50, kappa = 1, omega = 1.4, 1e-5");
    let mut report = solver.report();
    meter.count(&row, &mut || report = solver.run());
    meter.result("linear/heat", hash_solve(&x, &report));
}
