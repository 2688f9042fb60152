use super::*;
use crate::recovery::SeededMeasurement;
use crate::recovery::testing::{error, measure, spoil, truth, view};
use std::vec;

fn run(n: usize, rank: usize, share: f64, seed: u64, config: SubgmConfig<f32>) -> (Step, f64) {
    let shape = Shape::Symmetric { n };
    let m = 10 * n * rank;
    let mut scratch = vec![0.0_f32; SeededMeasurement::<f32>::scratch_len(shape)];
    let mut op = SeededMeasurement::new(shape, m, seed, &mut scratch).unwrap();
    let (left, right) = truth::<f32>(shape, rank, 1.0, seed);
    let mut y = measure(&mut op, view(shape, &left, &right));
    spoil(&mut y, share, seed);
    let columns = config.columns as usize;
    let mut u = vec![0.0; n * columns];
    let mut workspace = vec![0.0; Subgm::<f32, dyn Measurement<f32>>::workspace_len(n, columns, true)];
    let mut solver = Subgm::new(&mut op, &y, &mut u, &mut workspace, config).unwrap();
    let report = solver.run();
    let factor = solver.factor();
    (report.step, error(shape, view(shape, factor, factor), view(shape, &left, &right)))
}

/// The claim of the paper: the error at the end falls with the size of the start, also with as many columns as rows.
#[test]
fn the_final_error_falls_with_the_size_of_the_start() {
    for start in [Start::Spectral, Start::Random { seed: 1 }] {
        for columns in [4, 16] {
            let mut last = f64::INFINITY;
            for size in [1e-1_f32, 1e-2, 1e-4, 1e-6] {
                let config =
                    SubgmConfig { size, start, tolerance: 0.0, max_iterations: 500, ..SubgmConfig::new(columns) };
                let (step, error) = run(16, 1, 0.1, 3, config);
                std::println!("{start:?} r' = {columns}, alpha = {size:e}: {step:?} {error:.2e}");
                assert!(error < last || error < 1e-5, "{columns} {size}: {error:e} after {last:e}");
                last = error;
            }
            assert!(last < 1e-4, "{last:e}");
        }
    }
}

#[test]
fn published_schedules_recover() {
    let polyak = SubgmConfig { schedule: Schedule::Polyak { gain: 0.5 }, ..SubgmConfig::new(1) };
    let (step, error) = run(16, 1, 0.0, 5, polyak);
    assert!(step == Step::Converged && error < 1e-4, "{step:?} {error:e}");
    let geometric = SubgmConfig { schedule: Schedule::Geometric { first: 0.3, decay: 0.98 }, ..SubgmConfig::new(1) };
    let (_, error) = run(16, 1, 0.3, 5, geometric);
    assert!(error < 1e-3, "{error:e}");
}

#[test]
fn refusals_name_the_field() {
    let shape = Shape::Symmetric { n: 4 };
    let mut scratch = [0.0_f32; 30];
    let mut op = SeededMeasurement::new(shape, 20, 1, &mut scratch).unwrap();
    let mut try_with = |y: &[f32], u: usize, work: usize, config: SubgmConfig<f32>| {
        let (mut u, mut workspace) = (vec![f32::NAN; u], vec![0.0; work]);
        Subgm::new(&mut op, y, &mut u, &mut workspace, config).err()
    };
    let (y, good) = ([1.0; 20], SubgmConfig::new(2));
    let need = 256 + 8 + 36;
    assert_eq!(try_with(&y, 8, need, good), None);
    let length = |field, need, got| Some(Error::Length { field, need, got });
    assert_eq!(try_with(&y[..19], 8, need, good), length(Field::Measurements, 20, 19));
    assert_eq!(try_with(&y, 7, need, good), length(Field::Factors, 8, 7));
    assert_eq!(try_with(&y, 8, need - 1, good), length(Field::Workspace, need, need - 1));
    let out = |field, index| Some(Error::OutOfRange { field, index });
    assert_eq!(try_with(&y, 0, need, SubgmConfig { columns: 0, ..good }), out(Field::Rank, 4));
    assert_eq!(try_with(&y, 20, need, SubgmConfig { columns: 5, ..good }), out(Field::Rank, 4));
    assert_eq!(try_with(&y, 8, need, SubgmConfig { size: 0.0, ..good }), out(Field::Configuration, 1));
    let schedule = Schedule::Geometric { first: 1.0, decay: 1.0 };
    assert_eq!(try_with(&y, 8, need, SubgmConfig { schedule, ..good }), out(Field::Configuration, 0));
    assert_eq!(try_with(&y, 8, need, SubgmConfig { max_iterations: 0, ..good }), out(Field::Iterations, 0));
    assert_eq!(try_with(&y, 8, need, SubgmConfig { tolerance: f32::NAN, ..good }), out(Field::Tolerance, 0));
    let given = SubgmConfig { start: Start::Given, ..good };
    assert_eq!(try_with(&y, 8, need, given), Some(Error::NotFinite { field: Field::Factors, index: 0 }));
    let mut bad = y;
    bad[7] = f32::INFINITY;
    assert_eq!(try_with(&bad, 8, need, good), Some(Error::NotFinite { field: Field::Measurements, index: 7 }));
}

/// The same bits when the recovery is put away as words after every pass; and words that no recovery has left.
#[test]
fn interruptions_change_nothing_and_scrambled_words_do_no_harm() {
    let shape = Shape::Symmetric { n: 8 };
    let mut scratch = [0.0_f32; SeededMeasurement::<f32>::scratch_len(Shape::Symmetric { n: 8 })];
    let mut op = SeededMeasurement::new(shape, 90, 3, &mut scratch).unwrap();
    let (left, right) = truth::<f32>(shape, 1, 1.0, 3);
    let mut y = measure(&mut op, view(shape, &left, &right));
    spoil(&mut y, 0.1, 3);
    let geometric = Schedule::Geometric { first: 0.3, decay: 0.98 };
    for (start, schedule) in
        [(Start::Spectral, SubgmConfig::<f32>::new(2).schedule), (Start::Random { seed: 1 << 40 }, geometric)]
    {
        let config = SubgmConfig { start, schedule, max_iterations: 60, ..SubgmConfig::new(2) };
        let (mut u, mut workspace) = (vec![0.0; 16], vec![0.0; 256 + 16 + 136]);
        let whole = Subgm::new(&mut op, &y, &mut u, &mut workspace, config).unwrap().run();
        let factor = u.clone();
        let fresh = Subgm::<f32, dyn Measurement<f32>>::start(&config);
        let mut saved = [0; Checkpoint::<f32>::WORDS];
        fresh.to_words(&mut saved).unwrap();
        let report = loop {
            let state = Checkpoint::from_words(&saved).unwrap();
            let mut solver = Subgm::resume(&mut op, &y, &mut u, &mut workspace, state).unwrap();
            let step = solver.step();
            let report = solver.report();
            solver.suspend().to_words(&mut saved).unwrap();
            if step.is_final() {
                break report;
            }
        };
        assert_eq!((report, &u), (whole, &factor));
        for k in 0..saved.len() {
            for value in [u32::MAX, 0x8000_0000, 7, 1] {
                let mut bad = [0; Checkpoint::<f32>::WORDS];
                fresh.to_words(&mut bad).unwrap();
                bad[k] = value;
                let Ok(state) = Checkpoint::from_words(&bad) else { continue };
                if let Ok(mut solver) = Subgm::resume(&mut op, &y, &mut u, &mut workspace, state) {
                    for _ in 0..3 {
                        let _ = solver.step();
                    }
                }
            }
        }
    }
}
