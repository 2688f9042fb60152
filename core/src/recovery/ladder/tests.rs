use super::*;
use crate::recovery::testing::{error, measure, spoil, truth, view};
use crate::recovery::{DenseMeasurement, RankOneMeasurement, SeededMeasurement, SignMeasurement};
use std::vec;
use std::vec::Vec;

/// Outcome, rank, passes, relative error.
fn recover<T: Real>(
    measurement: &mut dyn Measurement<T>,
    (rank, kappa, share, seed): (usize, f64, f64, u64),
    rank_max: usize,
) -> (Step, usize, u32, f64) {
    let shape = measurement.shape();
    let (left, right) = truth::<T>(shape, rank, kappa, seed);
    let mut y = measure(measurement, view(shape, &left, &right));
    spoil(&mut y, share, seed);
    let mut l = vec![T::ZERO; shape.rows() * rank_max];
    let mut r = vec![T::ZERO; shape.right() * rank_max];
    let need = Ladder::<T, dyn Measurement<T>>::workspace_len(shape, rank_max);
    let mut workspace = vec![T::from_f32(7.0); need + 1];
    let config = LadderConfig::new(rank_max as u32);
    let mut ladder = Ladder::new(measurement, &y, &mut l, &mut r, &mut workspace, config).unwrap();
    let report = ladder.run();
    let error = error(shape, ladder.factors(), view(shape, &left, &right));
    let rank = ladder.rank();
    assert_eq!(workspace[need].to_f32(), 7.0);
    (report.step, rank, report.iterations, error)
}

fn expect<T: Real>(name: &str, op: &mut dyn Measurement<T>, case: (usize, f64, f64, u64), limit: f64) -> u32 {
    let (step, rank, passes, error) = recover(op, case, case.0 + 2);
    assert_eq!((step, rank), (Step::Converged, case.0), "{name} {case:?}: {passes} passes, {error:e}");
    assert!(error < limit, "{name} {case:?}: {error:e}");
    passes
}

#[test]
fn every_operator_recovers_without_being_told_the_rank() {
    for seed in 0..3 {
        for share in [0.1, 0.3] {
            let shape = Shape::Symmetric { n: 16 };
            let (rank, m) = (2, 400);
            let case = (rank, 3.0, share, seed);
            let mut scratch = vec![0.0_f32; SeededMeasurement::<f32>::scratch_len(shape)];
            expect("seeded", &mut SeededMeasurement::new(shape, m, seed, &mut scratch).unwrap(), case, 2e-6);
            let mut rows = vec![0.0_f32; m * shape.len()];
            for (index, row) in rows.chunks_exact_mut(shape.len()).enumerate() {
                SeededMeasurement::row(seed + 100, index, row);
                // Of any scale: the operator finds its unit.
                row.iter_mut().for_each(|a| *a *= 37.0);
            }
            let mut scratch = vec![0.0_f32; DenseMeasurement::<f32>::scratch_len(shape)];
            expect("dense", &mut DenseMeasurement::new(shape, m, &rows, &mut scratch).unwrap(), case, 2e-6);
            let mut scratch = vec![0.0_f32; SignMeasurement::<f32>::scratch_len(shape)];
            let mut words = vec![0; SignMeasurement::<f32>::words_len(shape, m)];
            let mut signs = SignMeasurement::new(shape, m, seed, &mut scratch, &mut words).unwrap();
            expect("signs", &mut signs, case, 2e-6);
            let mut scratch = vec![0.0_f32; RankOneMeasurement::<f32>::scratch_len(16, 4)];
            let mut paired = RankOneMeasurement::new(16, m, 4, true, seed, &mut scratch).unwrap();
            expect("paired", &mut paired, case, 5e-6);
        }
    }
}

#[test]
fn single_vectors_and_doubles_recover_too() {
    let mut scratch = vec![0.0_f32; RankOneMeasurement::<f32>::scratch_len(16, 4)];
    let mut single = RankOneMeasurement::new(16, 600, 4, false, 3, &mut scratch).unwrap();
    expect("single", &mut single, (2, 1.0, 0.1, 3), 1e-5);
    let shape = Shape::Symmetric { n: 16 };
    let mut scratch = vec![0.0_f64; SignMeasurement::<f64>::scratch_len(shape)];
    let mut words = vec![0; SignMeasurement::<f64>::words_len(shape, 400)];
    let mut signs = SignMeasurement::new(shape, 400, 1, &mut scratch, &mut words).unwrap();
    expect("f64", &mut signs, (2, 3.0, 0.3, 1), 1e-7);
}

#[test]
fn rectangular_matrices_recover() {
    for seed in 0..3 {
        let shape = Shape::Rectangular { rows: 14, columns: 18 };
        let (rank, m) = (2, 640);
        let mut scratch = vec![0.0_f32; SignMeasurement::<f32>::scratch_len(shape)];
        let mut words = vec![0; SignMeasurement::<f32>::words_len(shape, m)];
        let mut signs = SignMeasurement::new(shape, m, seed, &mut scratch, &mut words).unwrap();
        expect("rectangular", &mut signs, (rank, 3.0, 0.3, seed), 3e-6);
    }
}

#[test]
fn too_few_measurements_are_not_certified() {
    for seed in 0..6 {
        let shape = Shape::Symmetric { n: 16 };
        let mut scratch = vec![0.0_f32; SignMeasurement::<f32>::scratch_len(shape)];
        let mut words = vec![0; SignMeasurement::<f32>::words_len(shape, 96)];
        let mut signs = SignMeasurement::new(shape, 96, seed, &mut scratch, &mut words).unwrap();
        let (step, _, _, error) = recover(&mut signs, (2, 1.0, 0.5, seed), 5);
        assert!(step == Step::NotCertified || error < 1e-5, "{seed}: {step:?} {error:e}");
    }
}

/// The same bits in blocks, and when the recovery is put away as words between blocks.
#[test]
fn blocks_and_interruptions_change_nothing() {
    let shape = Shape::Symmetric { n: 12 };
    let (m, rank_max) = (243, 3);
    let (left, _) = truth::<f32>(shape, 1, 1.0, 5);
    let mut scratch = vec![0.0_f32; SignMeasurement::<f32>::scratch_len(shape)];
    let mut words = vec![0; SignMeasurement::<f32>::words_len(shape, m)];
    let mut signs = SignMeasurement::new(shape, m, 2, &mut scratch, &mut words).unwrap();
    let mut y = measure(&mut signs, view(shape, &left, &[]));
    spoil(&mut y, 0.2, 5);
    let mut whole = None;
    for (block, interrupted) in [(0, false), (50, false), (50, true), (1, true), (9999, false)] {
        let mut u = vec![0.0; 12 * rank_max];
        let mut workspace = vec![0.0; Ladder::<f32, SignMeasurement<f32>>::workspace_len(shape, rank_max)];
        let config = LadderConfig { measurements_per_step: block, ..LadderConfig::new(rank_max as u32) };
        let mut ladder = Ladder::new(&mut signs, &y, &mut u, &mut [], &mut workspace, config).unwrap();
        let mut report = ladder.report();
        if interrupted {
            let mut saved = [0; Checkpoint::<f32>::WORDS];
            ladder.suspend().to_words(&mut saved).unwrap();
            while !report.step.is_final() {
                let state = Checkpoint::from_words(&saved).unwrap();
                let mut ladder = Ladder::resume(&mut signs, &y, &mut u, &mut [], &mut workspace, state).unwrap();
                let _ = ladder.step();
                report = ladder.report();
                ladder.suspend().to_words(&mut saved).unwrap();
            }
        } else {
            report = ladder.run();
        }
        assert_eq!(report.step, Step::Converged);
        let bits: Vec<u32> = u.iter().map(|u| u.to_bits()).collect();
        let first = whole.get_or_insert((report, bits.clone()));
        assert_eq!(*first, (report, bits), "block {block}, interrupted {interrupted}");
    }
}

#[test]
fn scrambled_words_are_refused_or_harmless() {
    let mut words = [0; Checkpoint::<f32>::WORDS];
    Checkpoint::<f32>::with(&LadderConfig::new(2)).to_words(&mut words).unwrap();
    let shape = Shape::Symmetric { n: 6 };
    let y = vec![1.0_f32; 40];
    for k in 0..words.len() {
        for value in [u32::MAX, 0x8000_0000, 7, 1] {
            let mut bad = words;
            bad[k] = value;
            let Ok(state) = Checkpoint::<f32>::from_words(&bad) else { continue };
            let mut scratch = vec![0.0_f32; SignMeasurement::<f32>::scratch_len(shape)];
            let mut bits = vec![0; SignMeasurement::<f32>::words_len(shape, 40)];
            let mut signs = SignMeasurement::new(shape, 40, 2, &mut scratch, &mut bits).unwrap();
            let (mut u, mut workspace) = (vec![0.0; 12], vec![0.0; 400]);
            if let Ok(mut ladder) = Ladder::resume(&mut signs, &y, &mut u, &mut [], &mut workspace, state) {
                for _ in 0..20 {
                    let _ = ladder.step();
                }
            }
        }
    }
}

#[test]
fn refusals_name_the_field_and_write_nothing() {
    let shape = Shape::Symmetric { n: 4 };
    let mut scratch = vec![0.0_f32; 30];
    let mut op = SeededMeasurement::new(shape, 20, 1, &mut scratch).unwrap();
    let need = Ladder::<f32, SeededMeasurement<f32>>::workspace_len(shape, 2);
    assert_eq!(need, 256 + 8 + 3 + 2);
    let mut try_with = |y: &[f32], u: usize, right: usize, work: usize, config: LadderConfig<f32>| {
        let (mut u, mut r, mut workspace) = (vec![7.0; u], vec![7.0; right], vec![7.0; work]);
        let refusal = Ladder::new(&mut op, y, &mut u, &mut r, &mut workspace, config).err();
        assert!(u.iter().chain(&r).chain(&workspace).all(|value| *value == 7.0));
        refusal
    };
    let (y, good) = ([1.0; 20], LadderConfig::new(2));
    assert_eq!(try_with(&y, 8, 0, need, good), None);
    let length = |field, need, got| Some(Error::Length { field, need, got });
    assert_eq!(try_with(&y[..19], 8, 0, need, good), length(Field::Measurements, 20, 19));
    assert_eq!(try_with(&y, 9, 0, need, good), length(Field::Factors, 8, 9));
    assert_eq!(try_with(&y, 8, 8, need, good), length(Field::Factors, 0, 8));
    assert_eq!(try_with(&y, 8, 0, need - 1, good), length(Field::Workspace, need, need - 1));
    let out = |field, index| Some(Error::OutOfRange { field, index });
    assert_eq!(try_with(&y, 0, 0, need, LadderConfig::new(0)), out(Field::Rank, 0));
    assert_eq!(try_with(&y, 20, 0, need, LadderConfig::new(5)), out(Field::Rank, 4));
    assert_eq!(try_with(&y, 8, 0, need, LadderConfig { passes_per_rank: 0, ..good }), out(Field::Iterations, 0));
    for (certificate, refusal) in [
        (f32::NAN, Some(Error::NotFinite { field: Field::Tolerance, index: 0 })),
        (0.0, out(Field::Tolerance, 0)),
        (0.02, out(Field::Tolerance, 0)),
        (1e-9, out(Field::Tolerance, 1)),
    ] {
        assert_eq!(try_with(&y, 8, 0, need, LadderConfig { certificate, ..good }), refusal);
    }
    let mut bad = y;
    bad[3] = f32::NAN;
    assert_eq!(try_with(&bad, 8, 0, need, good), Some(Error::NotFinite { field: Field::Measurements, index: 3 }));
}

#[test]
fn nothing_measured_is_rank_zero() {
    let shape = Shape::Symmetric { n: 4 };
    let mut scratch = vec![0.0_f32; 30];
    let mut op = SeededMeasurement::new(shape, 20, 1, &mut scratch).unwrap();
    let (mut u, mut workspace) = (vec![7.0; 8], vec![0.0; 269]);
    let mut y = [0.0; 20];
    y[3] = 5.0;
    let mut ladder = Ladder::new(&mut op, &y, &mut u, &mut [], &mut workspace, LadderConfig::new(2)).unwrap();
    assert_eq!(ladder.run().step, Step::Converged);
    assert_eq!((ladder.rank(), ladder.factors().left.len()), (0, 0));
}
