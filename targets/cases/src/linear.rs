//! Sweeps and linear solves.

#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "sizes of cases are small")]

use crate::{Hash, Meter, Pattern, Row};
use core::hint::black_box;
use tinysolve::linear::{Cg, PcgConfig, Sor, SorConfig, SsorCg, SsorCgConfig, Stopping};
use tinysolve::matrix::{Csr, Plane, Stencil, VariableStencil};
use tinysolve::operator::{LinearOperator, Order, Relaxation, Sweep};
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

/// The same through a plane, which alone links less, has the same bits; then a residual and a backward sweep.
pub(crate) fn sweep_plane(meter: &mut dyn Meter) {
    let (b, mut x) = (random::<CELLS>(1), random::<CELLS>(2));
    let Ok(plane) = Plane::new([SIDE, SIDE], 4.0, [-1.0, -1.0]) else { return };
    let relaxation = Relaxation { omega: 1.5, scaling: &[] };
    let case = "plane, 49 x 49";
    let row = Row::new("linear", "sor sweep", case).per(CELLS as u32, "instructions/point").goal("m4f", "12.5");
    meter.count(&row, &mut || plane.sweep(Order::Forward, 0..CELLS, relaxation, black_box(&b), &mut x));
    meter.result("linear/sweep_plane", hash_of(&x));
    let row = Row::new("linear", "sor backward sweep", case).per(CELLS as u32, "instructions/point");
    meter.count(&row, &mut || plane.sweep(Order::Backward, 0..CELLS, relaxation, black_box(&b), &mut x));
    meter.result("linear/sweep_plane/backward", hash_of(&x));
    let row = Row::new("linear", "product", case).per(CELLS as u32, "instructions/point");
    let mut y = [0.0; CELLS];
    meter.count(&row, &mut || plane.apply(black_box(&x), &mut y));
    meter.result("linear/sweep_plane/product", hash_of(&y));
}

/// One sweep with constant coefficients and a cell mask.
pub(crate) fn sweep_masked(meter: &mut dyn Meter) {
    let (b, mut x) = (random::<CELLS>(1), random::<CELLS>(2));
    let mut mask = [1_u8; CELLS];
    mask.iter_mut().step_by(7).for_each(|cell| *cell = 0);
    let Some(stencil) = laplacian(SIDE, Some(&mask)) else { return };
    let relaxation = Relaxation { omega: 1.5, scaling: &[] };
    let case = "5-point, constant coefficients, mask, 49 x 49";
    let row = Row::new("linear", "sor sweep", case).per(CELLS as u32, "instructions/point").goal("m4f", "20");
    meter.count(&row, &mut || stencil.sweep(Order::Forward, 0..CELLS, relaxation, black_box(&b), &mut x));
    meter.result("linear/sweep_masked", hash_of(&x));
    let row = Row::new("linear", "sor residual", case).per(CELLS as u32, "instructions/point");
    let mut sum = 0.0;
    meter.count(&row, &mut || sum = stencil.residual_squares(0..CELLS, 1.0, black_box(&b), &x, 0.0));
    meter.result("linear/sweep_masked/residual", hash_of(&[sum]));
}

/// Sides of a solid.
const SOLID: [usize; 3] = [25, 10, 10];
const SOLID_CELLS: usize = SOLID[0] * SOLID[1] * SOLID[2];

/// One sweep in three dimensions, without and with a mask.
pub(crate) fn sweep_solid(meter: &mut dyn Meter) {
    let (b, mut x) = (random::<SOLID_CELLS>(1), random::<SOLID_CELLS>(2));
    let mut mask = [1_u8; SOLID_CELLS];
    mask.iter_mut().step_by(7).for_each(|cell| *cell = 0);
    let relaxation = Relaxation { omega: 1.5, scaling: &[] };
    for (mask, case, goal, name) in [
        (None, "7-point, constant coefficients, 25 x 10 x 10", "20", "linear/sweep_solid"),
        (Some(&mask[..]), "7-point, constant coefficients, mask, 25 x 10 x 10", "", "linear/sweep_solid/masked"),
    ] {
        let Ok(stencil) = Stencil::new(SOLID, 6.0, [-1.0, -1.0, -1.0], mask) else { return };
        let row = Row::new("linear", "sor sweep", case).per(SOLID_CELLS as u32, "instructions/point").goal("m4f", goal);
        meter.count(&row, &mut || stencil.sweep(Order::Forward, 0..SOLID_CELLS, relaxation, black_box(&b), &mut x));
        meter.result(name, hash_of(&x));
    }
}

/// One sweep with coefficients of every cell.
pub(crate) fn sweep_variable(meter: &mut dyn Meter) {
    let (b, mut x) = (random::<CELLS>(1), random::<CELLS>(2));
    let (mut east, mut north, mut centre) = ([0.0_f32; CELLS], [0.0_f32; CELLS], [0.0_f32; CELLS]);
    let mut pattern = Pattern::new(4);
    pattern.fill(-1.5, -0.5, &mut east);
    pattern.fill(-1.5, -0.5, &mut north);
    pattern.fill(4.0, 6.0, &mut centre);
    east.iter_mut().skip(SIDE - 1).step_by(SIDE).for_each(|entry| *entry = 0.0);
    north.iter_mut().skip(CELLS - SIDE).for_each(|entry| *entry = 0.0);
    let Ok(stencil) = VariableStencil::new([SIDE, SIDE, 1], &centre, [&east, &north, &[]], None) else { return };
    let mut scaling = [0.0; CELLS];
    stencil.prepare(1.5, &mut scaling);
    let relaxation = Relaxation { omega: 1.5, scaling: &scaling };
    let case = "5-point, variable coefficients, 49 x 49";
    let row = Row::new("linear", "sor sweep", case).per(CELLS as u32, "instructions/point").goal("m4f", "18");
    meter.count(&row, &mut || stencil.sweep(Order::Forward, 0..CELLS, relaxation, black_box(&b), &mut x));
    meter.result("linear/sweep_variable", hash_of(&x));
    let row = Row::new("linear", "sor residual", case).per(CELLS as u32, "instructions/point");
    let mut sum = 0.0;
    meter.count(&row, &mut || sum = stencil.residual_squares(0..CELLS, 1.0, black_box(&b), &x, 0.0));
    meter.result("linear/sweep_variable/residual", hash_of(&[sum]));
}

/// Cells of the largest of the odd shapes.
const ODD_CELLS: usize = 96;

/// Sweeps in blocks of rows and their residuals over grids of odd shapes: every edge that a fast kernel treats apart.
pub(crate) fn sweep_shapes(meter: &mut dyn Meter) {
    let b = random::<ODD_CELLS>(1);
    let mut mask = [1_u8; ODD_CELLS];
    mask.iter_mut().skip(1).step_by(3).for_each(|cell| *cell = 0);
    let mut hash = Hash::default();
    for (nx, ny, nz) in [(1, 1, 1), (2, 1, 1), (9, 1, 1), (1, 7, 1), (4, 2, 1), (5, 3, 1), (8, 12, 1), (13, 7, 1)]
        .into_iter()
        .chain([(1, 1, 3), (3, 1, 4), (5, 2, 2), (4, 4, 6), (11, 4, 2)])
    {
        let n = nx * ny * nz;
        let (mut east, mut north) = (random::<ODD_CELLS>(5), random::<ODD_CELLS>(6));
        (0..n).filter(|row| row % nx + 1 == nx).for_each(|row| east[row] = 0.0);
        (0..n).filter(|row| row / nx % ny + 1 == ny).for_each(|row| north[row] = 0.0);
        let centre = [4.5; ODD_CELLS];
        let coupling = [&east[..n], &north[..n], if nz > 1 { &[0.0; ODD_CELLS][..n] } else { &[] }];
        let Ok(open) = Stencil::new([nx, ny, nz], 6.0, [-1.0, -0.75, -0.5], None) else { return };
        let Ok(masked) = Stencil::new([nx, ny, nz], 6.0, [-1.0, -0.75, -0.5], Some(&mask[..n])) else { return };
        let Ok(variable) = VariableStencil::new([nx, ny, nz], &centre[..n], coupling, None) else { return };
        let operators: [&dyn Sweep<f32>; 3] = [&open, &masked, &variable];
        for operator in operators {
            let (mut x, mut scaling, mut sum) = (random::<ODD_CELLS>(2), [0.0; ODD_CELLS], 0.0);
            let scaling = &mut scaling[..operator.scaling_len()];
            operator.prepare(1.5, scaling);
            let relaxation = Relaxation { omega: 1.5, scaling };
            let block = 3_usize.next_multiple_of(operator.granule());
            for order in [Order::Forward, Order::Backward, Order::Forward] {
                for start in (0..n).step_by(block) {
                    operator.sweep(order, start..n.min(start + block), relaxation, &b[..n], &mut x[..n]);
                }
            }
            for start in (0..n).step_by(block) {
                sum = operator.residual_squares(start..n.min(start + block), 0.5, &b[..n], &x[..n], sum);
            }
            // What lies behind the grid must be as it was.
            hash.f32s(&x).f32(sum);
        }
    }
    meter.result("linear/sweep_shapes", hash.finish());
}

/// Rows of the matrices that fit the cost of a nonzero and of a row.
const ROWS: usize = 200;

/// One sweep over a matrix with `K` nonzeros in every row, their columns scattered.
fn sweep_sparse<const K: usize, const NONZEROS: usize>(
    meter: &mut dyn Meter,
    case: &'static str,
    goal: &'static str,
    name: &str,
) {
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
    // 9 a nonzero and 16 a row.
    let row = Row::new("linear", "sor sweep", case).per(ROWS as u32, "instructions/row").goal("m4f", goal);
    meter.count(&row, &mut || a.sweep(Order::Forward, 0..ROWS, relaxation, black_box(&b), &mut x));
    meter.result(name, hash_of(&x));
}

/// Sparse sweeps of 3, 5, 9 and 27 nonzeros a row.
pub(crate) fn sweep_csr(meter: &mut dyn Meter) {
    sweep_sparse::<3, 600>(meter, "CSR, 16-bit indices, 3 nonzeros a row", "43", "linear/sweep_csr/3");
    sweep_sparse::<5, 1000>(meter, "CSR, 16-bit indices, 5 nonzeros a row", "61", "linear/sweep_csr/5");
    sweep_sparse::<9, 1800>(meter, "CSR, 16-bit indices, 9 nonzeros a row", "97", "linear/sweep_csr/9");
    sweep_sparse::<27, 5400>(meter, "CSR, 16-bit indices, 27 nonzeros a row", "259", "linear/sweep_csr/27");
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
