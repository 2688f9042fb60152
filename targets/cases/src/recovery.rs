//! Low-rank recovery: what a pass costs, what a whole recovery takes in RAM, and the bits of each method.

#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "sizes of cases are small")]

use crate::sensors::{SENSORS, TIMES};
use crate::{Hash, Meter, Pattern, Row, sensors as plate};
use core::hint::black_box;
use tinysolve::recovery::{
    Collect, Completion, CompletionConfig, Entries, Factors, Ladder, LadderConfig, Masked, MaskedConfig, Measurement,
    Online, OnlineConfig, RankOneMeasurement, Shape, SignMeasurement, Subgm, SubgmConfig,
};
use tinysolve::solve::{Report, Solver, Step};

fn hash_solve(factors: &[&[f32]], report: &Report<f32>) -> u64 {
    let mut hash = Hash::default();
    for factor in factors {
        hash.f32s(factor);
    }
    hash.f32(report.residual).word(report.iterations).word(report.step as u32);
    hash.finish()
}

/// Every tenth measurement or so becomes wrong.
fn spoil(pattern: &mut Pattern, size: f32, y: &mut [f32]) {
    for y in y {
        if pattern.unit() < 0.1 {
            *y += pattern.between(-size, size);
        }
    }
}

/// <A_i, X> by the operator itself.
fn measure(op: &mut dyn Measurement<f32>, x: Factors<'_, f32>, y: &mut [f32]) {
    y.fill(0.0);
    // The operator reads y while it is visited: what it says goes in one by one, from the front of zeros.
    for index in (0..y.len()).step_by(op.granule()) {
        let end = (index + op.granule()).min(y.len());
        let mut block = [0.0; 8];
        let mut next = block.iter_mut();
        if index == 0 {
            op.begin(x, Collect::Products);
        }
        op.visit(index..end, x, y, &mut |value| {
            if let Some(place) = next.next() {
                *place = value;
            }
        });
        y[index..end].copy_from_slice(&block[..end - index]);
    }
}

const N: usize = 50;
const RANK: usize = 3;
const COUNT: usize = 1500;
const SHAPE: Shape = Shape::Symmetric { n: N };
const SCRATCH: usize = SignMeasurement::<f32>::scratch_len(SHAPE);
const WORDS: usize = SignMeasurement::<f32>::words_len(SHAPE, COUNT);

/// One pass over 1500 measurements of a 50 x 50 matrix with signs from a seed, beside a loop that adds one by one.
pub(crate) fn sign_pass(meter: &mut dyn Meter) {
    let (mut scratch, mut words, mut u, y) = ([0.0_f32; SCRATCH], [0; WORDS], [0.0; N * RANK], [0.25; COUNT]);
    Pattern::new(1).fill(-1.0, 1.0, &mut u);
    let Ok(mut signs) = SignMeasurement::new(SHAPE, COUNT, 7, &mut scratch, &mut words) else { return };
    let x = Factors { left: &u, right: &u };
    let mut hash = Hash::default();
    let additions = (2 * COUNT * SHAPE.len()) as u32;
    let row = Row::new("recovery", "sign measurements, a pass", "n=50, m=1500, per 2 m n (n + 1) / 2 signed additions")
        .per(additions, "instructions/addition")
        .goal("m4f", "2.2")
        .ceiling("2.0")
        .reference("4.3", "plain add loop");
    meter.count(&row, &mut || {
        signs.begin(x, Collect::Matrix);
        signs.visit(0..COUNT, x, black_box(&y), &mut |residual| {
            hash.f32(residual);
        });
        signs.finish();
    });
    let mut product = [0.0; N * RANK];
    signs.products(x, &mut product, &mut []);
    meter.result("recovery/sign_pass", hash.f32s(&product).finish());

    // What the tables and the counters save: one row at a time, one coefficient at a time.
    let (flat, sums) = scratch.split_at_mut(SHAPE.len());
    let mut bits = [0; SHAPE.len().div_ceil(32)];
    let rows = 20;
    let row = Row::new("recovery", "sign measurements, a plain loop", "n=50, per signed addition")
        .per((2 * rows * SHAPE.len()) as u32, "instructions/addition");
    let mut total = 0.0;
    meter.count(&row, &mut || {
        for index in 0..rows {
            SignMeasurement::<f32>::row(7, index, &mut bits);
            let mut sum = 0.0;
            for (word, elements) in bits.iter().zip(flat.chunks(32)) {
                for (bit, x) in elements.iter().enumerate() {
                    sum += if (word >> bit) & 1 == 1 { *x } else { -*x };
                }
            }
            total += sum;
            let sign = if sum < 0.0 { -1.0 } else { 1.0 };
            for (word, elements) in bits.iter().zip(sums.chunks_mut(32)) {
                for (bit, s) in elements.iter_mut().enumerate() {
                    *s += if (word >> bit) & 1 == 1 { sign } else { -sign };
                }
            }
        }
    });
    black_box(total);
}

/// Begins the recovery of a 50 x 50 matrix from 1500 measurements, all of its memory in this frame.
#[inline(never)]
fn large_ladder(passes: usize) -> Option<u64> {
    let mut y = [0.0_f32; COUNT];
    let (mut scratch, mut words) = ([0.0; SCRATCH], [0; WORDS]);
    let mut signs = SignMeasurement::new(SHAPE, COUNT, 7, &mut scratch, &mut words).ok()?;
    let mut u = [0.0; N * RANK];
    let mut workspace = [0.0; Ladder::<f32, SignMeasurement<f32>>::workspace_len(SHAPE, RANK)];
    let mut pattern = Pattern::new(3);
    pattern.fill(-1.0, 1.0, &mut u);
    measure(&mut signs, Factors { left: &u, right: &u }, &mut y);
    spoil(&mut pattern, 500.0, &mut y);
    let mut ladder =
        Ladder::new(&mut signs, &y, &mut u, &mut [], &mut workspace, LadderConfig::new(RANK as u32)).ok()?;
    for _ in 0..passes {
        if ladder.step() != Step::Running {
            break;
        }
    }
    let report = ladder.report();
    Some(hash_solve(&[ladder.factors().left], &report))
}

/// RAM of a recovery at full size, all arrays and the stack of the kernels together; five passes of it.
pub(crate) fn ladder_ram(meter: &mut dyn Meter) {
    let mut hash = None;
    let row = Row::new("recovery", "ladder", "n=50, r=3, m=1500, signs from a seed: five passes, arrays on the stack");
    meter.count(&row, &mut || hash = large_ladder(5));
    meter.result("recovery/ladder_ram", hash.unwrap_or(0));
}

/// A whole recovery of a small matrix of unknown rank.
pub(crate) fn ladder(meter: &mut dyn Meter) {
    const M: usize = 240;
    const SMALL: Shape = Shape::Symmetric { n: 10 };
    let (mut y, mut u) = ([0.0_f32; M], [0.0; 10 * 3]);
    let mut scratch = [0.0; SignMeasurement::<f32>::scratch_len(SMALL)];
    let mut words = [0; SignMeasurement::<f32>::words_len(SMALL, M)];
    let Ok(mut signs) = SignMeasurement::new(SMALL, M, 7, &mut scratch, &mut words) else { return };
    let mut pattern = Pattern::new(5);
    pattern.fill(-1.0, 1.0, &mut u[..20]);
    measure(&mut signs, Factors { left: &u[..20], right: &u[..20] }, &mut y);
    spoil(&mut pattern, 50.0, &mut y);
    let mut workspace = [0.0; Ladder::<f32, SignMeasurement<f32>>::workspace_len(SMALL, 3)];
    let Ok(mut ladder) = Ladder::new(&mut signs, &y, &mut u, &mut [], &mut workspace, LadderConfig::new(3)) else {
        return;
    };
    let report = ladder.run();
    let hash = hash_solve(&[ladder.factors().left], &report);
    meter.result("recovery/ladder", hash);
}

/// Pairs of random vectors instead of signs, and the published method.
pub(crate) fn vectors(meter: &mut dyn Meter) {
    const M: usize = 200;
    let (mut y, mut u) = ([0.0_f32; M], [0.0; 8 * 3]);
    let mut scratch = [0.0; RankOneMeasurement::<f32>::scratch_len(8, 3)];
    let Ok(mut pairs) = RankOneMeasurement::new(8, M, 3, true, 7, &mut scratch) else { return };
    let mut pattern = Pattern::new(6);
    pattern.fill(-1.0, 1.0, &mut u[..16]);
    measure(&mut pairs, Factors { left: &u[..16], right: &u[..16] }, &mut y);
    spoil(&mut pattern, 50.0, &mut y);
    let shape = Shape::Symmetric { n: 8 };
    let mut workspace = [0.0; 600];
    debug_assert!(Ladder::<f32, RankOneMeasurement<f32>>::workspace_len(shape, 3) <= workspace.len());
    let Ok(mut ladder) = Ladder::new(&mut pairs, &y, &mut u, &mut [], &mut workspace, LadderConfig::new(3)) else {
        return;
    };
    let report = ladder.run();
    let hash = hash_solve(&[ladder.factors().left], &report);
    meter.result("recovery/vectors", hash);
    let config = SubgmConfig { max_iterations: 60, ..SubgmConfig::new(2) };
    let Ok(mut subgm) = Subgm::new(&mut pairs, &y, &mut u[..16], &mut workspace, config) else { return };
    let report = subgm.run();
    meter.result("recovery/vectors/subgm", hash_solve(&[subgm.factor()], &report));
}

/// Robust completion of a 50 x 50 matrix, all of its memory in this frame.
#[inline(never)]
fn large_masked() -> Option<(u64, u32)> {
    let mut values = [0.0_f32; N * N];
    let (mut l, mut r) = ([0.0; N * RANK], [0.0; N * RANK]);
    let mut workspace = [0.0; Masked::<f32>::workspace_len(N, N, RANK)];
    let mut pattern = Pattern::new(9);
    pattern.fill(-1.0, 1.0, &mut l);
    pattern.fill(-1.0, 1.0, &mut r);
    for (k, value) in values.iter_mut().enumerate() {
        let (l, r) = (&l[k / N * RANK..][..RANK], &r[k % N * RANK..][..RANK]);
        *value = l[0] * r[0] + l[1] * r[1] + l[2] * r[2];
        if pattern.unit() < 0.3 {
            *value += pattern.between(-10.0, 10.0);
        }
    }
    let entries = Entries::dense(N, N, &values, None).ok()?;
    let mut solver = Masked::new(entries, &mut l, &mut r, &mut workspace, MaskedConfig::new(RANK as u32)).ok()?;
    let report = solver.run();
    let (left, right) = solver.factors();
    Some((hash_solve(&[left, right], &report), report.iterations))
}

/// RAM and instructions of a whole robust completion at full size, 30 % of the entries wrong.
pub(crate) fn masked(meter: &mut dyn Meter) {
    let mut hash = None;
    let row =
        Row::new("recovery", "masked", "50 x 50, r=3, 30 % of the entries wrong: a whole solve, arrays on the stack");
    meter.count(&row, &mut || hash = large_masked());
    meter.result("recovery/masked", hash.map_or(0, |(hash, _)| hash));
}

/// The sensors of the example `recover`, all memory in this frame.
#[inline(never)]
fn all_sensors() -> Option<u64> {
    let mut readings = [0.0_f32; SENSORS * TIMES];
    plate::readings(&mut readings);
    let (mut l, mut r) = ([0.0; SENSORS * plate::RANK_MAX], [0.0; TIMES * plate::RANK_MAX]);
    let mut workspace = [0.0; Masked::<f32>::workspace_len(SENSORS, TIMES, plate::RANK_MAX)];
    let entries = Entries::dense(SENSORS, TIMES, &readings, None).ok()?;
    let mut solver = Masked::new(entries, &mut l, &mut r, &mut workspace, plate::config()).ok()?;
    let report = solver.run();
    let (left, right) = solver.factors();
    Some(hash_solve(&[left, right], &report))
}

/// RAM and instructions of the example `recover`.
pub(crate) fn sensors(meter: &mut dyn Meter) {
    let mut hash = None;
    let row =
        Row::new("recovery", "masked", "50 sensors, 60 times, rank not told: the example recover, arrays on the stack");
    meter.count(&row, &mut || hash = all_sensors());
    meter.result("recovery/sensors", hash.unwrap_or(0));
}

/// Completion by alternating minimisation, and a stream of columns.
pub(crate) fn entries(meter: &mut dyn Meter) {
    const SIDE: usize = 12;
    let (mut values, mut mask) = ([0.0_f32; SIDE * SIDE], [1_u8; SIDE * SIDE]);
    let (mut l, mut r) = ([0.0; SIDE * 2], [0.0; SIDE * 2]);
    let mut pattern = Pattern::new(11);
    pattern.fill(-1.0, 1.0, &mut l);
    pattern.fill(-1.0, 1.0, &mut r);
    for (k, (value, known)) in values.iter_mut().zip(&mut mask).enumerate() {
        let (l, r) = (&l[k / SIDE * 2..][..2], &r[k % SIDE * 2..][..2]);
        *value = l[0] * r[0] + l[1] * r[1];
        *known = u8::from(pattern.unit() < 0.7);
    }
    let Ok(known) = Entries::dense(SIDE, SIDE, &values, Some(&mask)) else { return };
    let mut workspace = [0.0; Completion::<f32>::workspace_len(2)];
    let Ok(mut solver) = Completion::new(known, &mut l, &mut r, &mut workspace, CompletionConfig::new(2)) else {
        return;
    };
    let report = solver.run();
    let (left, right) = solver.factors();
    let hash = hash_solve(&[left, right], &report);
    meter.result("recovery/entries", hash);

    let mut workspace = [0.0; Online::<f32>::workspace_len(SIDE, 2)];
    let Ok(mut online) = Online::new(SIDE, &mut l, &mut workspace, OnlineConfig::new(2)) else { return };
    let mut hash = Hash::default();
    for column in values.chunks_exact(SIDE) {
        let mut clean = [0.0; SIDE];
        if let Ok(seen) = online.observe(column, &mut clean) {
            hash.f32s(&clean).f32(seen.residual).word(seen.errors);
        }
    }
    meter.result("recovery/entries/online", hash.f32s(online.basis()).finish());
}
