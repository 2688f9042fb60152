use super::*;
use crate::linear::{SsorPreconditioner, Stopping};
use crate::matrix::Stencil;
use crate::rng::Xoshiro128;
use crate::vector;
use std::vec;
use std::vec::Vec;

const SIDE: usize = 12;
const N: usize = SIDE * SIDE;

fn stencil<T: Real>() -> Stencil<'static, T> {
    let minus = -T::ONE;
    Stencil::new([SIDE, SIDE, 1], T::from_f32(4.0), [minus, minus, T::ZERO], None).unwrap()
}

fn rhs<T: Real>() -> Vec<T> {
    (0..N).map(|k| T::from_f64((k as f64 * 0.37).sin() + 0.2)).collect()
}

fn config<T: Real>(conjugation: Conjugation, relative: f64) -> DcdConfig<T> {
    let stopping = Stopping { relative: T::from_f64(relative), ..Stopping::default() };
    DcdConfig { conjugation, stopping, ..DcdConfig::default() }
}

/// A direction that fails in a way of its own from a given call on.
struct Failing(u32, u32, fn(&[f64], &mut [f64]));

impl Direction<f64> for Failing {
    fn direction(&mut self, r: &[f64], d: &mut [f64]) {
        self.1 += 1;
        if self.1 > self.0 { (self.2)(r, d) } else { vector::copy(r, d) }
    }
}

#[test]
fn every_conjugation_solves_and_agrees_with_pcg() {
    use crate::linear::{Pcg, PcgConfig};
    let (a, b) = (stencil::<f64>(), rhs::<f64>());
    let mut scaling = [];
    let ssor = SsorPreconditioner::new(&a, 1.5, &mut scaling).unwrap();
    let (mut x, mut workspace) = (vec![0.0; N], vec![0.0; 6 * N]);
    let pcg = PcgConfig { stopping: config(Conjugation::Recurrence, 1e-10).stopping, keep_best: false };
    let reference = Pcg::new(&a, ssor, &b, &mut x, &mut workspace, pcg).unwrap().run();
    assert_eq!(reference.step, Step::Converged);
    for conjugation in [Conjugation::Recurrence, Conjugation::Previous, Conjugation::PreviousTwo] {
        let mut y = vec![0.0; N];
        let report = Dcd::new(&a, ssor, &b, &mut y, &mut workspace, config(conjugation, 1e-10)).unwrap().run();
        assert_eq!((report.step, report.iterations), (Step::Converged, reference.iterations), "{conjugation:?}");
        assert!(x.iter().zip(&y).all(|(x, y)| (x - y).abs() < 1e-9));
    }
}

#[test]
fn a_direction_that_is_not_symmetric_needs_projections() {
    struct Skew;
    impl Direction<f64> for Skew {
        fn direction(&mut self, r: &[f64], d: &mut [f64]) {
            let mut before = 0.0;
            for (d, r) in d.iter_mut().zip(r) {
                *d = r + 0.05 * before;
                before = *r;
            }
        }
        fn is_symmetric(&self) -> bool {
            false
        }
    }
    let (a, b) = (stencil::<f64>(), rhs::<f64>());
    let (mut x, mut workspace) = (vec![0.0; N], vec![0.0; 6 * N]);
    let refused = Dcd::new(&a, Skew, &b, &mut x, &mut workspace, config(Conjugation::Recurrence, 1e-8)).err();
    assert_eq!(refused, Some(Error::OutOfRange { field: Field::Preconditioner, index: 0 }));
    for conjugation in [Conjugation::Previous, Conjugation::PreviousTwo] {
        x.fill(0.0);
        // Slow at first, so without the rule that the residual halves.
        let config = DcdConfig { safeguard: false, ..config(conjugation, 1e-8) };
        let report = Dcd::new(&a, Skew, &b, &mut x, &mut workspace, config).unwrap().run();
        assert_eq!(report.step, Step::Converged, "{conjugation:?}");
    }
}

#[test]
fn any_failure_hands_over_for_good_and_the_answer_is_right() {
    type Way = fn(&[f64], &mut [f64]);
    let ways: [Way; 5] = [
        |r, d| d.iter_mut().zip(r).for_each(|(d, r)| *d = -r),
        |_, d| d.fill(0.0),
        |_, d| d.fill(f64::NAN),
        |_, d| d.fill(1e200),
        |r, d| d.iter_mut().zip(r).enumerate().for_each(|(k, (d, r))| *d = if k == 0 { *r } else { 1e-9 * r }),
    ];
    let (a, b) = (stencil::<f64>(), rhs::<f64>());
    let mut residual = vec![0.0; N];
    for (way, fails) in ways.into_iter().enumerate() {
        for good in [0, 3] {
            for conjugation in [Conjugation::Recurrence, Conjugation::Previous, Conjugation::PreviousTwo] {
                let (mut x, mut workspace) = (vec![0.0; N], vec![0.0; 6 * N]);
                let direction = Failing(good, 0, fails);
                let config = config(conjugation, 1e-8);
                let mut solve = Dcd::new(&a, direction, &b, &mut x, &mut workspace, config).unwrap();
                let report = solve.run();
                assert!(solve.handed_over().is_some());
                assert_eq!(report.step, Step::HandedOver, "way {way} after {good}, {conjugation:?}: {report:?}");
                a.residual(&b, &x, &mut residual);
                assert!(vector::norm(&residual) <= report.target);
                let bare = DcdConfig { safeguard: false, ..config };
                x.fill(0.0);
                let report = Dcd::new(&a, Failing(good, 0, fails), &b, &mut x, &mut workspace, bare).unwrap().run();
                assert_ne!(report.step, Step::HandedOver);
            }
        }
    }
}

#[test]
fn an_indefinite_operator_is_told() {
    let a = Stencil::new([4, 1, 1], -1.0_f64, [0.1, 0.0, 0.0], None).unwrap();
    let (mut x, mut workspace) = ([0.0; 4], [0.0; 12]);
    let direction = crate::linear::cg::Identity;
    let report = Dcd::new(&a, direction, &[1.0; 4], &mut x, &mut workspace, DcdConfig::default()).unwrap().run();
    assert_eq!(report.step, Step::NotPositiveDefinite);
}

#[test]
fn two_words_reach_below_the_floor_of_one() {
    let a = stencil::<f32>();
    let b = rhs::<f32>();
    let solve = |two_words: bool| {
        let mut scaling = [];
        let ssor = SsorPreconditioner::new(&a, 1.5, &mut scaling).unwrap();
        let (mut x, mut workspace) = (vec![0.0_f32; N], vec![0.0; 4 * N]);
        let config = DcdConfig { two_words, ..config(Conjugation::Recurrence, 3e-8) };
        let mut solve = Dcd::new(&a, ssor, &b, &mut x, &mut workspace, config).unwrap();
        let report = solve.run();
        let low = solve.correction().to_vec();
        let low: Vec<f64> = if low.is_empty() { vec![0.0; N] } else { low.iter().map(|x| f64::from(*x)).collect() };
        let x: Vec<f64> = x.iter().zip(&low).map(|(high, low)| f64::from(*high) + low).collect();
        let b: Vec<f64> = b.iter().map(|b| f64::from(*b)).collect();
        let mut r = vec![0.0; N];
        stencil::<f64>().residual(&b, &x, &mut r);
        (report, vector::norm(&r) / vector::norm(&b))
    };
    let ((one, floor), (two, below)) = (solve(false), solve(true));
    assert_eq!(one.step, Step::Stagnated);
    // The residual of this stencil is not in the form of fluxes: rounding of A x stays, that of x goes.
    assert!(below < 0.7 * floor, "{below:e} against {floor:e}, {two:?}");
}

#[test]
fn words_carry_a_solve_from_step_to_step() {
    let (a, b) = (stencil::<f32>(), rhs::<f32>());
    for conjugation in [Conjugation::Recurrence, Conjugation::Previous, Conjugation::PreviousTwo] {
        let mut scaling = [];
        let ssor = SsorPreconditioner::new(&a, 1.5, &mut scaling).unwrap();
        let config = DcdConfig { two_words: true, ..config(conjugation, 1e-5) };
        let len = Dcd::<f32, Stencil<f32>, SsorPreconditioner<f32, Stencil<f32>>>::workspace_len(N, conjugation, true);
        let (mut x, mut workspace) = (vec![0.0; N], vec![0.0; len]);
        let whole = Dcd::new(&a, ssor, &b, &mut x, &mut workspace, config).unwrap().run();
        let (mut y, mut workspace) = (vec![0.0; N], vec![0.0; len]);
        let mut words = [0; Checkpoint::<f32>::WORDS];
        Dcd::new(&a, ssor, &b, &mut y, &mut workspace, config).unwrap().suspend().to_words(&mut words).unwrap();
        while !Checkpoint::<f32>::from_words(&words).unwrap().report().step.is_final() {
            let state = Checkpoint::from_words(&words).unwrap();
            let mut solve = Dcd::resume(&a, ssor, &b, &mut y, &mut workspace, state).unwrap();
            let _ = solve.step();
            solve.suspend().to_words(&mut words).unwrap();
        }
        assert_eq!((Checkpoint::from_words(&words).unwrap().report(), y), (whole, x));
    }
}

#[test]
fn what_does_not_fit_is_refused_before_any_write() {
    let (a, b) = (stencil::<f32>(), rhs::<f32>());
    let identity = crate::linear::cg::Identity;
    let refused = |b: &[f32], x: &mut [f32], len: usize, config: DcdConfig<f32>| {
        let mut workspace = vec![7.0; len];
        let error = Dcd::new(&a, identity, b, x, &mut workspace, config).err();
        assert!(workspace.iter().all(|w| *w == 7.0));
        error.unwrap()
    };
    let good = DcdConfig::default();
    let mut x = vec![0.0; N];
    let short = Error::Length { field: Field::Workspace, need: 3 * N, got: 3 * N - 1 };
    assert_eq!(refused(&b, &mut x, 3 * N - 1, good), short);
    assert_eq!(
        refused(&b[1..], &mut x, 3 * N, good),
        Error::Length { field: Field::RightHandSide, need: N, got: N - 1 }
    );
    assert_eq!(refused(&b, &mut x[1..], 3 * N, good), Error::Length { field: Field::Iterate, need: N, got: N - 1 });
    for (value, error) in [
        (f32::NAN, Error::NotFinite { field: Field::Tolerance, index: 3 }),
        (0.0, Error::OutOfRange { field: Field::Tolerance, index: 3 }),
        (1.0, Error::OutOfRange { field: Field::Tolerance, index: 3 }),
    ] {
        assert_eq!(refused(&b, &mut x, 3 * N, DcdConfig { refine_at: value, ..good }), error);
    }
    let mut nan = b.clone();
    nan[5] = f32::NAN;
    assert_eq!(refused(&nan, &mut x, 3 * N, good), Error::NotFinite { field: Field::RightHandSide, index: 5 });
}

#[test]
fn scrambled_words_are_an_error_or_wrong_numbers() {
    let (a, b) = (stencil::<f32>(), rhs::<f32>());
    let mut rng = Xoshiro128::new(11);
    for trial in 0..300 {
        let conjugation = [Conjugation::Recurrence, Conjugation::PreviousTwo][trial % 2];
        let (mut x, mut workspace) = (vec![0.0; N], vec![0.0; 7 * N]);
        let config = DcdConfig { two_words: trial % 3 == 0, ..config(conjugation, 1e-6) };
        let mut solve = Dcd::new(&a, crate::linear::cg::Identity, &b, &mut x, &mut workspace, config).unwrap();
        for _ in 0..trial % 7 {
            let _ = solve.step();
        }
        let mut words = [0; Checkpoint::<f32>::WORDS];
        solve.suspend().to_words(&mut words).unwrap();
        words[rng.word() as usize % Checkpoint::<f32>::WORDS] =
            if trial % 2 == 0 { rng.word() } else { rng.word() % 4 };
        let Ok(state) = Checkpoint::from_words(&words) else { continue };
        let Ok(mut solve) = Dcd::resume(&a, crate::linear::cg::Identity, &b, &mut x, &mut workspace, state) else {
            continue;
        };
        for _ in 0..100 {
            let _ = solve.step();
        }
    }
}
