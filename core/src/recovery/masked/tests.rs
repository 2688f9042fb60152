use super::*;
use crate::recovery::completion::tests::{Instance, error as error_of, instance};
use crate::recovery::testing::Random;
use std::vec;
use std::vec::Vec;

/// Adds 10 standard deviations times a normal number to a share of the entries.
fn spoil(instance: &Instance, share: f64, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed ^ 0xabcdef);
    let size = (instance.exact.iter().map(|x| x * x).sum::<f64>() / instance.exact.len() as f64).sqrt();
    let value = |x: &f64| {
        let (hit, outlier) = (random.unit() < share, 10.0 * size * random.normal());
        (x + if hit { outlier } else { 0.0 }) as f32
    };
    instance.exact.iter().map(value).collect()
}

fn run(instance: &Instance, values: &[f32], config: MaskedConfig<f32>) -> (Report<f32>, usize, f64) {
    let rank_max = config.rank_max as usize;
    let entries = Entries::dense(instance.rows, instance.columns, values, Some(&instance.mask)).unwrap();
    let (mut l, mut r) = (vec![0.0; instance.rows * rank_max], vec![0.0; instance.columns * rank_max]);
    let mut workspace = vec![0.0; Masked::<f32>::workspace_len(instance.rows, instance.columns, rank_max)];
    let mut solver = Masked::new(entries, &mut l, &mut r, &mut workspace, config).unwrap();
    let report = solver.run();
    let (left, right) = solver.factors();
    (report, solver.rank(), error_of(instance, solver.rank(), left, right))
}

#[test]
fn a_third_of_gross_errors_is_found_and_undone() {
    for seed in 0..4 {
        let instance = instance(30, 24, 2, 1.0, seed);
        let values = spoil(&instance, 0.3, seed);
        let (report, rank, error) = run(&instance, &values, MaskedConfig::new(2));
        assert_eq!((report.step, rank), (Step::Converged, 2), "{seed}: {report:?}");
        assert!(error < 2e-6, "{seed}: {error:e}");
    }
}

#[test]
fn unknown_rank_and_unknown_entries() {
    for seed in 0..2 {
        let instance = instance(40, 40, 3, 0.8, seed);
        let values = spoil(&instance, 0.15, seed);
        let config = MaskedConfig { rank_max: 4, attempts: 2, ..MaskedConfig::new(1) };
        let (report, rank, error) = run(&instance, &values, config);
        assert_eq!((report.step, rank), (Step::Converged, 3), "{seed}: {report:?}");
        assert!(error < 2e-6, "{seed}: {error:e}");
    }
}

/// More errors than can be told from the truth: the answer is no, whatever the factors hold.
#[test]
fn hopeless_entries_are_not_certified() {
    for seed in 0..4 {
        let instance = instance(24, 24, 3, 1.0, seed);
        let values = spoil(&instance, 0.7, seed);
        let (report, _, _) = run(&instance, &values, MaskedConfig { attempts: 2, ..MaskedConfig::new(3) });
        assert_eq!(report.step, Step::NotCertified);
    }
}

#[test]
fn outliers_are_named() {
    let instance = instance(30, 24, 2, 1.0, 9);
    let mut values: Vec<f32> = instance.exact.iter().map(|x| *x as f32).collect();
    for k in (0..values.len()).step_by(7) {
        values[k] += 3.0;
    }
    let entries = Entries::dense(30, 24, &values, None).unwrap();
    let (mut l, mut r) = (vec![0.0; 60], vec![0.0; 48]);
    let mut workspace = vec![0.0; Masked::<f32>::workspace_len(30, 24, 2)];
    let mut solver = Masked::new(entries, &mut l, &mut r, &mut workspace, MaskedConfig::new(2)).unwrap();
    assert_eq!(solver.run().step, Step::Converged);
    for (k, value) in values.iter().enumerate() {
        assert_eq!(solver.is_outlier(k / 24, k % 24, *value), k % 7 == 0, "{k}");
    }
}

#[test]
fn zero_is_certified_at_once_and_refusals_name_the_field() {
    let values = [0.0_f32; 9];
    let entries = Entries::dense(3, 3, &values, None).unwrap();
    let need = Masked::<f32>::workspace_len(3, 3, 1);
    let (mut l, mut r, mut workspace) = ([1.0; 3], [1.0; 3], vec![7.0; need + 1]);
    let good = MaskedConfig::new(1);
    let report = Masked::new(entries, &mut l, &mut r, &mut workspace, good).unwrap().run();
    assert_eq!((report.step, l), (Step::Converged, [0.0; 3]));
    assert_eq!(workspace[need], 7.0);
    let mut try_with = |left: usize, work: usize, config: MaskedConfig<f32>| {
        Masked::new(entries, &mut l[..left], &mut r, &mut workspace[..work], config).err()
    };
    assert_eq!(try_with(2, need, good), Some(Error::Length { field: Field::Factors, need: 3, got: 2 }));
    assert_eq!(try_with(3, need - 1, good), Some(Error::Length { field: Field::Workspace, need, got: need - 1 }));
    let out = |field, index| Some(Error::OutOfRange { field, index });
    for (rank, rank_max) in [(0, 1), (2, 1), (1, 4)] {
        assert_eq!(try_with(3, need, MaskedConfig { rank, rank_max, ..good }), out(Field::Rank, 3));
    }
    assert_eq!(try_with(3, need, MaskedConfig { attempts: 0, ..good }), out(Field::Iterations, 0));
    assert_eq!(try_with(3, need, MaskedConfig { tolerance: f32::NAN, ..good }), out(Field::Tolerance, 0));
    assert_eq!(try_with(3, need, MaskedConfig { share: 1.0, ..good }), out(Field::Configuration, 0));
    assert_eq!(try_with(3, need, MaskedConfig { share_of_all: 0.0, ..good }), out(Field::Configuration, 1));
}

#[test]
fn entries_refuse_what_does_not_fit() {
    let values = [1.0_f32, 2.0, f32::NAN, 4.0];
    let out = |field, index| Some(Error::OutOfRange { field, index });
    let dense = |rows, columns, mask: Option<&[u8]>| Entries::dense(rows, columns, &values, mask).err();
    assert_eq!(dense(2, 2, None), Some(Error::NotFinite { field: Field::Values, index: 2 }));
    assert_eq!(dense(2, 2, Some(&[1, 1, 0, 1])), None);
    assert_eq!(dense(2, 2, Some(&[0, 0, 0, 0])), out(Field::Mask, 0));
    assert_eq!(dense(2, 2, Some(&[1, 1, 0])), Some(Error::Length { field: Field::Mask, need: 4, got: 3 }));
    assert_eq!(dense(0, 2, None), out(Field::Size, 0));
    assert_eq!(dense(usize::MAX, 2, None), Some(Error::TooLarge { field: Field::Size }));
    let good = [1.0_f32, 2.0, 3.0];
    let listed = |starts: &[u32], columns: &[u16]| Entries::listed(2, 3, starts, columns, &good).err();
    assert_eq!(listed(&[0, 2, 3], &[0, 2, 1]), None);
    assert_eq!(listed(&[0, 2], &[0, 2, 1]), Some(Error::Length { field: Field::RowPointers, need: 3, got: 2 }));
    assert_eq!(listed(&[0, 2, 4], &[0, 2, 1]), out(Field::RowPointers, 0));
    assert_eq!(listed(&[0, 4, 3], &[0, 2, 1]), Some(Error::Unordered { field: Field::RowPointers, index: 0 }));
    assert_eq!(listed(&[0, 2, 3], &[0, 3, 1]), out(Field::Columns, 1));
    assert_eq!(listed(&[0, 2, 3], &[2, 2, 1]), Some(Error::Unordered { field: Field::Columns, index: 1 }));
}

/// Noise, and a second component that lies within the tolerance on three quarters of the entries: rank 1 has its certificate,
/// and rank 2 is the answer. Without that component it stays rank 1, found again after the trial of rank 2.
#[test]
fn in_noise_the_next_rank_decides() {
    for (weak, wanted) in [(0.5, 2), (0.0, 1)] {
        for seed in 0..4 {
            let mut random = Random::new(seed);
            let mut factor = |n: usize| (0..n).map(|_| random.normal()).collect::<Vec<f64>>();
            let (rows, columns) = (40, 36);
            let parts = [factor(rows), factor(columns), factor(rows), factor(columns)];
            let exact = |k: usize| {
                let (i, j) = (k / columns, k % columns);
                // Strong in every other row and column: a quarter of the entries shows it.
                let size = |k: usize| if k.is_multiple_of(2) { 0.4 } else { 1.0 };
                let part = parts[2][i].signum() * size(i) * parts[3][j].signum() * size(j);
                3.0 * parts[0][i].signum() * parts[1][j].signum() + weak * part
            };
            let mut value = |k: usize| {
                let spoilt = random.unit() < 0.05;
                (exact(k) + 0.02 * random.normal() + if spoilt { 20.0 * random.normal() } else { 0.0 }) as f32
            };
            let values: Vec<f32> = (0..rows * columns).map(&mut value).collect();
            let entries = Entries::dense(rows, columns, &values, None).unwrap();
            let (mut l, mut r) = (vec![0.0; 3 * rows], vec![0.0; 3 * columns]);
            let mut workspace = vec![0.0; Masked::<f32>::workspace_len(rows, columns, 3)];
            let config = MaskedConfig { rank_max: 3, attempts: 2, tolerance: 0.08, ..MaskedConfig::new(1) };
            let mut solver = Masked::new(entries, &mut l, &mut r, &mut workspace, config).unwrap();
            let report = solver.run();
            assert_eq!((report.step, solver.rank()), (Step::Converged, wanted), "{weak} {seed}");
            let worst = (0..rows * columns)
                .map(|k| (f64::from(solver.element(k / columns, k % columns)) - exact(k)).abs())
                .fold(0.0, f64::max);
            assert!(worst < 0.1, "{weak} {seed}: {worst}");
        }
    }
}

/// The same bits when the recovery is put away as words after every sweep; and words that no recovery has left.
#[test]
fn interruptions_change_nothing_and_scrambled_words_do_no_harm() {
    let instance = instance(20, 16, 2, 1.0, 3);
    let values = spoil(&instance, 0.2, 3);
    let entries = Entries::dense(20, 16, &values, None).unwrap();
    let config = MaskedConfig { rank_max: 3, ..MaskedConfig::new(1) };
    let (mut l, mut r) = (vec![0.0; 60], vec![0.0; 48]);
    let mut workspace = vec![0.0; Masked::<f32>::workspace_len(20, 16, 3)];
    let mut solver = Masked::new(entries, &mut l, &mut r, &mut workspace, config).unwrap();
    let (whole, rank) = (solver.run(), solver.rank());
    assert_eq!((whole.step, rank), (Step::Converged, 2));
    let factors = (l.clone(), r.clone());

    let mut saved = [0; Checkpoint::<f32>::WORDS];
    Masked::start(&config).to_words(&mut saved).unwrap();
    let mut half = saved;
    let report = loop {
        let state = Checkpoint::from_words(&saved).unwrap();
        let mut solver = Masked::resume(entries, &mut l, &mut r, &mut workspace, state).unwrap();
        let step = solver.step();
        let report = solver.report();
        solver.suspend().to_words(&mut saved).unwrap();
        if report.iterations == whole.iterations - 20 {
            half = saved;
        }
        if step.is_final() {
            break report;
        }
    };
    assert_eq!((report, (&l, &r)), (whole, (&factors.0, &factors.1)));

    for start in [Masked::start(&config), Checkpoint::from_words(&half).unwrap()] {
        for k in 0..saved.len() {
            for value in [u32::MAX, 0x8000_0000, 0x7fc0_0000, 7, 1] {
                let mut bad = [0; Checkpoint::<f32>::WORDS];
                start.to_words(&mut bad).unwrap();
                bad[k] = value;
                let Ok(state) = Checkpoint::from_words(&bad) else { continue };
                if let Ok(mut solver) = Masked::resume(entries, &mut l, &mut r, &mut workspace, state) {
                    for _ in 0..10 {
                        let _ = solver.step();
                    }
                }
            }
        }
    }
}
