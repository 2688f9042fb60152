use super::*;
use crate::recovery::testing::Random;
use std::vec;
use std::vec::Vec;

pub(in crate::recovery) struct Instance {
    pub(in crate::recovery) rows: usize,
    pub(in crate::recovery) columns: usize,
    pub(in crate::recovery) exact: Vec<f64>,
    pub(in crate::recovery) mask: Vec<u8>,
}

pub(in crate::recovery) fn instance(rows: usize, columns: usize, rank: usize, seen: f64, seed: u64) -> Instance {
    let mut random = Random::new(seed);
    let left: Vec<f64> = (0..rows * rank).map(|_| random.normal()).collect();
    let right: Vec<f64> = (0..columns * rank).map(|_| random.normal()).collect();
    let product = |i: usize, j: usize| (0..rank).map(|k| left[i * rank + k] * right[j * rank + k]).sum::<f64>();
    let exact = (0..rows * columns).map(|k| product(k / columns, k % columns) / (rank as f64).sqrt()).collect();
    let mask = (0..rows * columns).map(|_| u8::from(random.unit() < seen)).collect();
    Instance { rows, columns, exact, mask }
}

pub(in crate::recovery) fn error<T: Real>(instance: &Instance, rank: usize, left: &[T], right: &[T]) -> f64 {
    let (mut wrong, mut all) = (0.0, 0.0);
    for (k, exact) in instance.exact.iter().enumerate() {
        let (i, j) = (k / instance.columns, k % instance.columns);
        let got: f64 = (0..rank).map(|c| left[i * rank + c].to_f64() * right[j * rank + c].to_f64()).sum();
        wrong += (got - exact).powi(2);
        all += exact * exact;
    }
    (wrong / all).sqrt()
}

/// Sweeps, error, inner steps.
fn complete<T: Real>(instance: &Instance, rank: usize, inner: Inner<T>, listed: bool) -> (Report<T>, f64, u32) {
    let Instance { rows, columns, .. } = *instance;
    let values: Vec<T> = instance.exact.iter().map(|x| T::from_f64(*x)).collect();
    let (mut starts, mut indices, mut list) = (vec![0_u32], Vec::new(), Vec::new());
    for i in 0..rows {
        for j in 0..columns {
            if instance.mask[i * columns + j] != 0 {
                indices.push(j as u16);
                list.push(values[i * columns + j]);
            }
        }
        starts.push(list.len() as u32);
    }
    let entries = if listed {
        Entries::listed(rows, columns, &starts, &indices, &list).unwrap()
    } else {
        Entries::dense(rows, columns, &values, Some(&instance.mask)).unwrap()
    };
    let (mut l, mut r) = (vec![T::ZERO; rows * rank], vec![T::ZERO; columns * rank]);
    let mut workspace = vec![T::ZERO; Completion::<T>::workspace_len(rank)];
    let mut config = CompletionConfig { inner, ..CompletionConfig::new(rank as u32) };
    config.stopping.relative = if T::EPSILON < T::from_f64(1e-10) { T::from_f64(1e-13) } else { T::from_f64(5e-6) };
    let mut solver = Completion::new(entries, &mut l, &mut r, &mut workspace, config).unwrap();
    let report = solver.run();
    let inner_steps = solver.inner_steps();
    (report, error(instance, rank, &l, &r), inner_steps)
}

#[test]
fn completes_from_half_the_entries() {
    for seed in 0..20 {
        let instance = instance(40, 30, 3, 0.5, seed);
        let (report, error, _) = complete::<f32>(&instance, 3, Inner::Exact, false);
        assert_eq!(report.step, Step::Converged, "{seed}: {report:?}");
        assert!(error < 3e-5, "{seed}: {error:e}");
        let listed = complete::<f32>(&instance, 3, Inner::Exact, true);
        assert_eq!(listed.0, report, "the same entries in another form");
        let (report, error, _) = complete::<f64>(&instance, 3, Inner::Exact, false);
        assert_eq!(report.step, Step::Converged);
        assert!(error < 1e-12, "{seed}: {error:e}");
    }
}

/// What the paper is about: inner solves may be inexact, the outer rate stays.
#[test]
fn inexact_row_solves_keep_the_outer_rate() {
    let (mut exact, mut by_accuracy) = (0, [0; 3]);
    for seed in 0..5 {
        let instance = instance(30, 25, 3, 0.6, seed);
        exact += complete::<f64>(&instance, 3, Inner::Exact, false).0.iterations;
        for (accuracy, sweeps) in [0.01, 0.1, 0.5].into_iter().zip(&mut by_accuracy) {
            let inner = Inner::Inexact { steps: 10, accuracy };
            let (report, error, _) = complete::<f64>(&instance, 3, inner, false);
            assert_eq!(report.step, Step::Converged, "{seed} {accuracy}");
            assert!(error < 1e-12, "{error:e}");
            *sweeps += report.iterations;
        }
    }
    std::println!("sweeps: exact {exact}, inexact {by_accuracy:?}");
    assert!(f64::from(by_accuracy[0]) <= 1.02 * f64::from(exact));
    assert!(f64::from(by_accuracy[1]) <= 1.10 * f64::from(exact));
}

#[test]
fn noise_ends_in_stagnation_at_its_own_level() {
    let mut instance = instance(40, 30, 2, 0.6, 3);
    let clean = instance.exact.clone();
    let mut random = Random::new(8);
    instance.exact.iter_mut().for_each(|x| *x += 1e-2 * random.normal());
    let (report, _, _) = complete::<f32>(&instance, 2, Inner::Exact, false);
    assert_eq!(report.step, Step::Stagnated);
    let seen = instance.mask.iter().filter(|m| **m != 0).count() as f64;
    let level = f64::from(report.residual) / seen.sqrt();
    assert!(level < 1.05e-2 && level > 0.7e-2, "{level}");
    instance.exact = clean;
}

#[test]
fn refusals_name_the_field() {
    let values = [1.0_f32, 2.0, 3.0, 4.0];
    let entries = Entries::dense(2, 2, &values, None).unwrap();
    let mut workspace = [0.0; 16];
    let mut try_with = |left: usize, right: usize, work: usize, config: CompletionConfig<f32>| {
        let (mut l, mut r) = (vec![0.0; left], vec![f32::NAN; right]);
        Completion::new(entries, &mut l, &mut r, &mut workspace[..work], config).err()
    };
    let good = CompletionConfig::new(1);
    assert_eq!(try_with(2, 2, 6, good), None);
    let length = |field, need, got| Some(Error::Length { field, need, got });
    assert_eq!(try_with(3, 2, 7, good), length(Field::Factors, 2, 3));
    assert_eq!(try_with(2, 1, 7, good), length(Field::Factors, 2, 1));
    assert_eq!(try_with(2, 2, 5, good), length(Field::Workspace, 6, 5));
    let out = |field, index| Some(Error::OutOfRange { field, index });
    assert_eq!(try_with(2, 2, 7, CompletionConfig::new(0)), out(Field::Rank, 2));
    assert_eq!(try_with(2, 2, 7, CompletionConfig::new(3)), out(Field::Rank, 2));
    let inexact = |steps, accuracy| CompletionConfig { inner: Inner::Inexact { steps, accuracy }, ..good };
    for steps in [0, 1001, u32::MAX] {
        assert_eq!(try_with(2, 2, 7, inexact(steps, 0.1)), out(Field::Iterations, 1));
    }
    for accuracy in [1.0, -0.1, f32::NAN] {
        assert_eq!(try_with(2, 2, 7, inexact(2, accuracy)), out(Field::Tolerance, 3));
    }
    let given = CompletionConfig { seed: None, ..good };
    assert_eq!(try_with(2, 2, 7, given), Some(Error::NotFinite { field: Field::Factors, index: 0 }));
}

/// The same bits when the completion is put away as words after every sweep; and words that no completion has left.
#[test]
fn interruptions_change_nothing_and_scrambled_words_do_no_harm() {
    let instance = instance(20, 16, 2, 0.6, 4);
    let values: Vec<f32> = instance.exact.iter().map(|x| *x as f32).collect();
    let entries = Entries::dense(20, 16, &values, Some(&instance.mask)).unwrap();
    let inner = Inner::Inexact { steps: 3, accuracy: 0.1 };
    let config = CompletionConfig { inner, ..CompletionConfig::new(2) };
    let (mut l, mut r, mut workspace) = (vec![0.0; 40], vec![0.0; 32], vec![0.0; 16]);
    let mut solver = Completion::new(entries, &mut l, &mut r, &mut workspace, config).unwrap();
    let (whole, inner_steps) = (solver.run(), solver.inner_steps());
    assert_eq!(whole.step, Step::Converged);
    let factors = (l.clone(), r.clone());

    let mut saved = [0; Checkpoint::<f32>::WORDS];
    Completion::start(&config).to_words(&mut saved).unwrap();
    let report = loop {
        let state = Checkpoint::from_words(&saved).unwrap();
        let mut solver = Completion::resume(entries, &mut l, &mut r, &mut workspace, state).unwrap();
        let step = solver.step();
        let (report, taken) = (solver.report(), solver.inner_steps());
        solver.suspend().to_words(&mut saved).unwrap();
        workspace.fill(f32::NAN);
        if step.is_final() {
            break (report, taken);
        }
    };
    assert_eq!((report, (l.clone(), r.clone())), ((whole, inner_steps), factors));

    for k in 0..saved.len() {
        for value in [u32::MAX, 0x8000_0000, 7, 1] {
            let mut bad = [0; Checkpoint::<f32>::WORDS];
            Completion::start(&config).to_words(&mut bad).unwrap();
            bad[k] = value;
            let Ok(state) = Checkpoint::from_words(&bad) else { continue };
            if let Ok(mut solver) = Completion::resume(entries, &mut l, &mut r, &mut workspace, state) {
                for _ in 0..3 {
                    let _ = solver.step();
                }
            }
        }
    }
}
