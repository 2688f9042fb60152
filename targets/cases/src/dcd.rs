//! Whole solves of a pressure problem: the trained cycle beside the hand-set one, textbook multigrid, IC(0) and plain
//! conjugate gradients, all to a recursive residual of 1e-6.

use crate::{Hash, Meter, Pattern, Row};
use core::hint::black_box;
use tinysolve::linear::cg::Identity;
use tinysolve::linear::cycle::{
    Cells, Coloured, Cycle, CycleOptions, Domain, FLUID, Gates, Reduced, SOLID, Shape, Textbook, Whole, seal_pockets,
};
use tinysolve::linear::{Dcd, DcdConfig, Incomplete, Stopping};
use tinysolve::operator::{Direction, LinearOperator};
use tinysolve::solve::{Solver, Step};

const OPEN: [bool; 4] = [false, false, true, false];
/// Nodes off the grid: the layouts here need fewer.
const PIECES: usize = 128;
const OPTIONS: CycleOptions = CycleOptions { shape: Shape::W, pieces: PIECES };
/// Discs and a wall with a gap, and the divergence of a smooth field with some noise.
#[allow(clippy::cast_precision_loss, reason = "columns and lines of a small grid")]
fn problem<const N: usize>(side: usize) -> ([u8; N], [f32; N]) {
    let mut cells = [FLUID; N];
    let mut pattern = Pattern::new(11);
    for _ in 0..6 {
        let unit = side as f32;
        let (x, y) = (pattern.between(0.0, unit), pattern.between(0.2 * unit, unit));
        let radius = pattern.between(0.05, 0.13) * unit;
        for (index, cell) in cells.iter_mut().enumerate() {
            let (dx, dy) = ((index % side) as f32 - x, (index / side) as f32 - y);
            if dx * dx + dy * dy < radius * radius {
                *cell = SOLID;
            }
        }
    }
    for (index, cell) in cells.iter_mut().enumerate() {
        if index / side == side / 3 && index % side < side * 2 / 3 {
            *cell = SOLID;
        }
    }
    let mut queue = [0; N];
    let _ = seal_pockets(side, side, &mut cells, OPEN, &mut queue);
    let mut b = [0.0; N];
    for index in 0..N {
        let (x, y) = ((index % side) as f32 / side as f32, (index / side) as f32 / side as f32);
        let flow = (x - 0.4) * (1.0 - y) + 0.1 * pattern.between(-1.0, 1.0);
        let ahead = index + 1;
        let is_open = index % side + 1 < side && cells.get(index) == Some(&FLUID) && cells.get(ahead) == Some(&FLUID);
        if is_open {
            if let Some(b) = b.get_mut(index) {
                *b += flow;
            }
            if let Some(b) = b.get_mut(ahead) {
                *b -= flow;
            }
        }
    }
    (cells, b)
}

/// The safeguard is for directions that promise to halve the residual in eight iterations: the slow ones go without it, or what
/// is counted would be plain conjugate gradients in their place.
fn solve<A: LinearOperator<f32>, D: Direction<f32>>(
    meter: &mut dyn Meter,
    row: &Row,
    name: &str,
    operator: &A,
    direction: D,
    b: &[f32],
    target: f32,
    safeguard: bool,
    (x, workspace): (&mut [f32], &mut [f32]),
) {
    let stopping = Stopping { relative: 0.0, absolute: target, ..Stopping::default() };
    let config = DcdConfig { stopping, safeguard, ..DcdConfig::default() };
    x.fill(0.0);
    let Ok(mut solver) = Dcd::new(operator, direction, b, x, workspace, config) else { return };
    // To the claim of the recurrence: what follows is the same for all.
    meter.count(row, &mut || {
        while solver.report().estimate > black_box(target)
            && solver.step() == Step::Running
            && solver.claimed().is_none()
        {}
    });
    let claimed = solver.claimed().unwrap_or(0);
    let hash = Hash::default().f32s(solver.solution()).word(claimed).finish();
    meter.result(name, hash);
}

const TRAINED: &str = "cycle, trained, solve";

/// The names and rows of one size.
struct Names {
    case: &'static str,
    /// Instructions of the trained solve on an M4F: promised.
    goal: &'static str,
    results: [&'static str; 6],
}

fn all<
    const N: usize,
    const HALF: usize,
    const NUMBERS: usize,
    const INDICES: usize,
    const COMPACT: usize,
    const CODES: usize,
    const WORK: usize,
>(
    meter: &mut dyn Meter,
    side: usize,
    names: &Names,
) {
    let (cells, b) = problem::<N>(side);
    let Ok(domain) = Domain::new(side, side, &cells, OPEN) else { return };
    let target = 1e-6 * tinysolve::vector::norm(&b);
    let (mut x, mut workspace, mut numbers) = ([0.0; N], [0.0; WORK], [0.0; NUMBERS]);
    let mut indices = [0_u16; INDICES];
    let mut degrees = [0; N];
    let per = |kernel: &'static str| Row::new("dcd", kernel, names.case);
    let [r0, r1, r2, r3, r4, r5] = names.results;
    if let Ok(whole) = Whole::<f32>::new(&domain, &mut degrees) {
        let memory = (&mut x[..], &mut workspace[..]);
        solve(meter, &per("cg solve"), r0, &whole, Identity, &b, target, false, memory);
        let mut pivots = [0.0; N];
        if let Ok(direction) = Incomplete::ic0(&whole, &mut pivots) {
            let memory = (&mut x[..], &mut workspace[..]);
            solve(meter, &per("ic0-pcg solve"), r1, &whole, direction, &b, target, false, memory);
        }
    }
    let mut codes = [0; CODES];
    meter.count(&per("codes of cells"), &mut || {
        let _ = black_box(Cells::new(&domain, &mut codes));
    });
    let Ok(packed) = Cells::new(&domain, &mut codes) else { return };
    {
        let mut scratch = [0.0; 64];
        let mut rhs = [0.0; N];
        let (red, black) = rhs.split_at_mut(HALF);
        if packed.pack(&b, red, black).is_err() {
            return;
        }
        let Ok(operator) = Coloured::new(packed, &mut scratch) else { return };
        let Ok(direction) = Textbook::new(packed, &mut numbers, &mut indices) else { return };
        let memory = (&mut x[..], &mut workspace[..]);
        solve(meter, &per("textbook multigrid-pcg solve"), r2, &operator, direction, &rhs, target, false, memory);
    }
    let mut scratch = [0.0; 128];
    let mut rhs = [0.0; HALF];
    let Ok(operator) = Reduced::new(packed, &mut scratch) else { return };
    meter.count(&per("reduction of b"), &mut || {
        let _ = operator.reduce(black_box(&b), &mut rhs);
    });
    let kinds = [
        ("cycle, hand set, build", "cycle, hand set, solve", r3, Gates::HAND_SET),
        ("cycle, trained, build", TRAINED, r4, Gates::TRAINED),
    ];
    for (build, kernel, result, gates) in kinds {
        meter.count(&per(build), &mut || {
            let _ = black_box(Cycle::new(packed, black_box(&gates), OPTIONS, &mut numbers, &mut indices));
        });
        let Ok(cycle) = Cycle::new(packed, &gates, OPTIONS, &mut numbers, &mut indices) else { return };
        let memory = (x.get_mut(..HALF).unwrap_or(&mut []), &mut workspace[..]);
        let row = if kernel == TRAINED { per(kernel).goal("m4f", names.goal) } else { per(kernel) };
        solve(meter, &row, result, &operator, cycle, &rhs, target, true, memory);
    }
    // Coefficients in 16 bits lie in memory of their own here: the numbers left over are not needed.
    let mut indices = [0_u16; COMPACT];
    let gates = Gates::TRAINED;
    meter.count(&per("cycle, trained, compact, build"), &mut || {
        let _ = black_box(Cycle::compact(packed, black_box(&gates), OPTIONS, &mut numbers, &mut indices));
    });
    let Ok(cycle) = Cycle::compact(packed, &gates, OPTIONS, &mut numbers, &mut indices) else { return };
    let memory = (x.get_mut(..HALF).unwrap_or(&mut []), &mut workspace[..]);
    solve(meter, &per("cycle, trained, compact, solve"), r5, &operator, cycle, &rhs, target, true, memory);
}

const fn numbers(side: usize) -> usize {
    Cycle::<f32>::sizes(side, side, OPTIONS).numbers
}

const INDICES: usize = Cycle::<f32>::sizes(64, 64, OPTIONS).indices;

const fn compact(side: usize) -> usize {
    Cycle::<f32, u16>::compact_sizes(side, side, OPTIONS).indices
}

/// A side that all small grids stay below.
const SMALL: usize = 16;

/// One call of the cycle on 21 x 21 cells, whose coarse levels have odd numbers of lines and columns.
pub(crate) fn odd(meter: &mut dyn Meter) {
    const SIDE: usize = 21;
    const HALF: usize = Cells::half_len(SIDE, SIDE);
    let (cells, b) = problem::<{ SIDE * SIDE }>(SIDE);
    let (mut codes, mut rhs, mut d) = ([0; Cells::codes_len(SIDE, SIDE)], [0.0; 2 * HALF], [0.0; HALF]);
    let (mut numbers, mut indices) = ([0.0_f32; numbers(SIDE)], [0_u16; INDICES]);
    let Ok(domain) = Domain::new(SIDE, SIDE, &cells, OPEN) else { return };
    let Ok(packed) = Cells::new(&domain, &mut codes) else { return };
    let (red, black) = rhs.split_at_mut(HALF);
    if packed.pack(&b, red, black).is_err() {
        return;
    }
    let Ok(mut cycle) = Cycle::new(packed, &Gates::TRAINED, OPTIONS, &mut numbers, &mut indices) else { return };
    cycle.direction(black, &mut d);
    meter.result("dcd/odd_21/direction", Hash::default().f32s(&d).finish());
}

/// Products and directions on grids of few columns and lines with walls anywhere, where lines end in all ways.
pub(crate) fn narrow(meter: &mut dyn Meter) {
    const N: usize = 11 * 6;
    const HALF: usize = Cells::half_len(11, 6);
    let mut pattern = Pattern::new(23);
    let mut hash = Hash::default();
    for (nx, ny) in [1, 2, 3, 6].into_iter().flat_map(|ny| (1..=11).map(move |nx| (nx, ny))) {
        let (n, half) = (nx * ny, Cells::half_len(nx, ny));
        let (mut cells, mut natural, mut queue) = ([FLUID; N], [0.0_f32; N], [0; N]);
        for (cell, value) in cells.iter_mut().zip(&mut natural) {
            *cell = if pattern.between(0.0, 1.0) < 0.2 { SOLID } else { FLUID };
            *value = pattern.between(-1.0, 1.0);
        }
        let (cells, natural) = (cells.get_mut(..n).unwrap_or(&mut []), natural.get_mut(..n).unwrap_or(&mut []));
        if seal_pockets(nx, ny, cells, OPEN, &mut queue).is_err() {
            return;
        }
        for (value, cell) in natural.iter_mut().zip(cells.iter()) {
            *value = if *cell == FLUID { *value } else { 0.0 };
        }
        let (mut codes, mut degrees) = ([0; 2 * HALF], [0; N]);
        let (mut packed, mut out) = ([0.0; 2 * HALF], [0.0; 2 * HALF]);
        let (mut scratch, mut numbers, mut indices) = ([0.0; 32], [0.0; numbers(SMALL)], [0; INDICES]);
        let Ok(domain) = Domain::new(nx, ny, cells, OPEN) else { return };
        let Ok(of_cells) = Cells::new(&domain, &mut codes) else { return };
        let (packed, out) = (packed.get_mut(..2 * half).unwrap_or(&mut []), out.get_mut(..2 * half).unwrap_or(&mut []));
        let (red, black) = packed.split_at_mut(half);
        if of_cells.pack(natural, red, black).is_err() {
            return;
        }
        let Ok(whole) = Whole::new(&domain, &mut degrees) else { return };
        let whole_out = out.get_mut(..n).unwrap_or(&mut []);
        whole.apply(natural, whole_out);
        hash.f32s(whole_out);
        let half_out = out.get_mut(..half).unwrap_or(&mut []);
        {
            let Ok(reduced) = Reduced::new(of_cells, &mut scratch) else { return };
            reduced.apply(black, half_out);
            hash.f32s(half_out);
        }
        {
            let options = (&Gates::TRAINED, OPTIONS);
            let Ok(mut cycle) = Cycle::new(of_cells, options.0, options.1, &mut numbers, &mut indices) else { return };
            cycle.direction(black, half_out);
            hash.f32s(half_out);
        }
        let Ok(coloured) = Coloured::new(of_cells, &mut scratch) else { return };
        coloured.apply(packed, out);
        hash.f32s(out);
        let Ok(mut textbook) = Textbook::new(of_cells, &mut numbers, &mut indices) else { return };
        textbook.direction(packed, out);
        hash.f32s(out);
    }
    meter.result("dcd/narrow/all", hash.finish());
}

/// 32 x 32 cells.
pub(crate) fn solve_32(meter: &mut dyn Meter) {
    let names = Names {
        case: "pressure, 32 x 32, to 1e-6",
        goal: "4000000",
        results: [
            "dcd/solve_32/cg",
            "dcd/solve_32/ic0",
            "dcd/solve_32/textbook",
            "dcd/solve_32/hand_set",
            "dcd/solve_32/trained",
            "dcd/solve_32/compact",
        ],
    };
    all::<1024, 512, { numbers(32) }, INDICES, { compact(32) }, { Cells::codes_len(32, 32) }, 3072>(meter, 32, &names);
}

/// 64 x 64 cells.
pub(crate) fn solve_64(meter: &mut dyn Meter) {
    let names = Names {
        case: "pressure, 64 x 64, to 1e-6",
        // A fifth of what conjugate gradients with IC(0) take, and a tenth of those without.
        goal: "5346810",
        results: [
            "dcd/solve_64/cg",
            "dcd/solve_64/ic0",
            "dcd/solve_64/textbook",
            "dcd/solve_64/hand_set",
            "dcd/solve_64/trained",
            "dcd/solve_64/compact",
        ],
    };
    all::<4096, 2048, { numbers(64) }, INDICES, { compact(64) }, { Cells::codes_len(64, 64) }, 12288>(
        meter, 64, &names,
    );
}
