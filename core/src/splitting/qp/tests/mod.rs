//! What the constructor refuses, what a step does, what can be put away. Solutions are checked in `tests/tests/qp.rs`,
//! against OSQP's.

mod pattern;

use super::*;
use crate::error::{Error, Field};
use crate::factor::{Pattern, Symbolic, analyse, minimum_degree, minimum_degree_scratch, scratch_len};
use crate::solve::{Solver, Step};
use crate::splitting::Stopping;
use std::vec;
use std::vec::Vec;

type Arrays = (&'static [u16], &'static [u16], &'static [u16], &'static [u16]);

const ARRAYS: Arrays = (&[0, 1, 2], &[0, 1], &[0, 2, 3, 4], &[0, 1, 0, 1]);
const DATA: QpData<'static, f32> = QpData {
    p: &[2.0, 2.0],
    q: &[-1.0, -2.0],
    a: &[1.0, 1.0, 1.0, 1.0],
    lower: &[1.0, 0.0, 0.0],
    upper: &[1.0, 0.7, 0.7],
};
const LEN: usize = workspace_len(2, 3, 2, 2, 4, 2);

fn pattern() -> QpPattern<'static, u16> {
    QpPattern::new(ARRAYS.0, ARRAYS.1, ARRAYS.2, ARRAYS.3).unwrap()
}

fn symbolic() -> Vec<u16> {
    let (mut starts, mut columns) = ([0; 4], [0; 7]);
    pattern().write_system(&mut starts, &mut columns).unwrap();
    let system = Pattern::new(&starts, &columns).unwrap();
    let mut order = [0; 3];
    minimum_degree(system, &mut [0; minimum_degree_scratch(3)], &mut order).unwrap();
    let mut memory = vec![0; Symbolic::<u16>::data_len(3, 7, 2)];
    analyse(system, &order, &mut [0; scratch_len(3, 7)], &mut memory).unwrap();
    memory
}

#[test]
fn what_is_wrong_is_named_before_anything_is_written() {
    let memory = symbolic();
    let refused = |data: QpData<'_, f32>, config: QpConfig<f32>, len: usize| {
        let mut workspace = vec![7.0; len];
        let error = Qp::new(pattern(), Symbolic::new(&memory).unwrap(), data, &mut workspace, config).err();
        assert!(error.is_none() || workspace.iter().all(|word| *word == 7.0));
        error
    };
    let good = QpConfig::default();
    let short = |field, need, got| Some(Error::Length { field, need, got });
    let outside = |field, index| Some(Error::OutOfRange { field, index });
    assert_eq!(refused(DATA, good, LEN), None);
    assert_eq!(refused(DATA, good, LEN - 1), short(Field::Workspace, LEN, LEN - 1));
    assert_eq!(refused(QpData { p: &[2.0], ..DATA }, good, LEN), short(Field::Values, 2, 1));
    assert_eq!(refused(QpData { q: &[2.0; 3], ..DATA }, good, LEN), short(Field::LinearTerm, 2, 3));
    assert_eq!(refused(QpData { a: &[], ..DATA }, good, LEN), short(Field::ConstraintValues, 4, 0));
    assert_eq!(refused(QpData { lower: &[0.0; 2], ..DATA }, good, LEN), short(Field::Bounds, 3, 2));
    assert_eq!(refused(QpData { upper: &[0.0; 4], ..DATA }, good, LEN), short(Field::Bounds, 3, 4));
    let (nan, infinity) = (f32::NAN, f32::INFINITY);
    let not_finite = |field, index| Some(Error::NotFinite { field, index });
    assert_eq!(refused(QpData { p: &[2.0, nan], ..DATA }, good, LEN), not_finite(Field::Values, 1));
    assert_eq!(refused(QpData { q: &[infinity, 0.0], ..DATA }, good, LEN), not_finite(Field::LinearTerm, 0));
    assert_eq!(refused(QpData { a: &[0.0, 0.0, 0.0, nan], ..DATA }, good, LEN), not_finite(Field::ConstraintValues, 3));
    for bad in [nan, infinity, 1.5] {
        assert_eq!(refused(QpData { lower: &[1.0, bad, 0.0], ..DATA }, good, LEN), outside(Field::Bounds, 1));
    }
    assert_eq!(refused(QpData { upper: &[1.0, -infinity, 1.0], ..DATA }, good, LEN), outside(Field::Bounds, 1));
    for bad in [0.0, -1.0, nan, infinity] {
        assert_eq!(refused(DATA, QpConfig { penalty: bad, ..good }, LEN), outside(Field::Penalty, 0));
        assert_eq!(refused(DATA, QpConfig { regularisation: bad, ..good }, LEN), outside(Field::Penalty, 1));
        assert_eq!(refused(DATA, QpConfig { relaxation: bad, ..good }, LEN), outside(Field::Omega, 0));
    }
    assert_eq!(refused(DATA, QpConfig { primal_infeasible: nan, ..good }, LEN), outside(Field::Tolerance, 2));
    assert_eq!(refused(DATA, QpConfig { dual_infeasible: -1.0, ..good }, LEN), outside(Field::Tolerance, 3));
    let never = Stopping { max_iterations: 0, ..good.stopping };
    assert_eq!(refused(DATA, QpConfig { stopping: never, ..good }, LEN), outside(Field::Iterations, 0));
    // The symbolic part of another problem.
    let one = QpPattern::new(&[0_u16, 1], &[0], &[0], &[]).unwrap();
    let error = Qp::<f32, _, _>::resume(one, Symbolic::new(&memory).unwrap(), &mut [], QpCheckpoint::new(&good)).err();
    assert_eq!(error, short(Field::Symbolic, 1, 3));
}

/// Put away in words after every step, and taken up again: the same bits.
#[test]
fn a_solve_can_be_put_away() {
    let memory = symbolic();
    let symbolic = Symbolic::new(&memory).unwrap();
    let mut whole = vec![0.0; LEN];
    let mut solver = Qp::new(pattern(), symbolic, DATA, &mut whole, QpConfig::default()).unwrap();
    let report = solver.run();
    assert_eq!((report.step, report.target), (Step::Converged, 1.0));
    assert!(report.residual <= 1.0 && report.iterations > 1);

    let mut parts = vec![0.0; LEN];
    let mut state = Qp::new(pattern(), symbolic, DATA, &mut parts, QpConfig::default()).unwrap().suspend();
    loop {
        let mut words = [0; QpCheckpoint::<f32>::WORDS];
        state.to_words(&mut words).unwrap();
        let state_back = QpCheckpoint::from_words(&words).unwrap();
        let mut solver = Qp::resume(pattern(), symbolic, &mut parts, state_back).unwrap();
        let step = solver.step();
        state = solver.suspend();
        if step.is_final() {
            break;
        }
    }
    assert_eq!(state.details(), Qp::resume(pattern(), symbolic, &mut parts, state).unwrap().details());
    assert_eq!(state.details().iterations, report.iterations);
    assert!(whole.iter().zip(&parts).all(|(a, b)| a.to_bits() == b.to_bits()));
    assert!(QpCheckpoint::<f32>::from_words(&[u32::MAX; QpCheckpoint::<f32>::WORDS]).is_err());
}

/// Taken up for every step alone, from arrays: the same bits; and refused without a call.
#[test]
fn a_solve_can_be_taken_up_for_one_piece_of_work() {
    let memory = symbolic();
    let arrays = [ARRAYS.0, ARRAYS.1, ARRAYS.2, ARRAYS.3];
    let mut whole = vec![0.0; LEN];
    let mut solver =
        Qp::new(pattern(), Symbolic::new(&memory).unwrap(), DATA, &mut whole, QpConfig::default()).unwrap();
    let report = solver.run();
    let details = solver.details();

    let mut parts = vec![0.0; LEN];
    let start = Qp::new(pattern(), Symbolic::new(&memory).unwrap(), DATA, &mut parts, QpConfig::default()).unwrap();
    let mut state = start.suspend();
    while !Qp::resume_for(arrays, &memory, &mut parts, &mut state, |solver| solver.step()).unwrap().is_final() {}
    assert_eq!((state.details(), report.step), (details, Step::Converged));
    assert!(whole.iter().zip(&parts).all(|(a, b)| a.to_bits() == b.to_bits()));

    let mut refused = |arrays, symbolic, len| {
        let workspace = parts.get_mut(..len).unwrap();
        Qp::resume_for(arrays, symbolic, workspace, &mut state, |_| panic!("called")).err()
    };
    let length = |field, need, got| Some(Error::Length { field, need, got });
    assert_eq!(refused(arrays, &memory, LEN - 1), length(Field::Workspace, LEN, LEN - 1));
    assert_eq!(refused([&[], &[], ARRAYS.2, ARRAYS.3], &memory, LEN), length(Field::RowPointers, 1, 0));
    assert_eq!(refused([ARRAYS.0, &[0], ARRAYS.2, ARRAYS.3], &memory, LEN), length(Field::Columns, 2, 1));
    assert_eq!(refused([&[0, 1], &[0], &[0], &[]], &memory, LEN), length(Field::Symbolic, 1, 3));
    let unordered = Some(Error::Unordered { field: Field::ConstraintRows, index: 2 });
    assert_eq!(refused([ARRAYS.0, ARRAYS.1, &[0, 3, 2, 4], ARRAYS.3], &memory, LEN), unordered);
    assert!(refused(arrays, &memory[..1], LEN).is_some());
}

#[test]
fn vectors_in_and_out_have_their_length() {
    let memory = symbolic();
    let mut workspace = vec![0.0; LEN];
    let mut solver =
        Qp::new(pattern(), Symbolic::new(&memory).unwrap(), DATA, &mut workspace, QpConfig::default()).unwrap();
    assert!(solver.primal(&mut [0.0; 3]).is_err() && solver.dual(&mut [0.0; 2]).is_err());
    assert!(solver.update_linear(&[0.0]).is_err() && solver.update_linear(&[f32::NAN, 0.0]).is_err());
    assert!(solver.update_bounds(&[0.0; 3], &[-1.0; 3]).is_err());
    assert!(solver.update_p(&[1.0]).is_err() && solver.update_a(&[f32::INFINITY; 4]).is_err());
    assert!(solver.warm_start(&[0.0; 2], &[0.0; 2]).is_err() && solver.warm_start(&[f32::NAN; 2], &[0.0; 3]).is_err());
    solver.warm_start(&[0.25, 0.75], &[1.0, 0.0, -2.0]).unwrap();
    let (mut x, mut y) = ([0.0; 2], [0.0; 3]);
    solver.primal(&mut x).unwrap();
    solver.dual(&mut y).unwrap();
    assert_eq!((x, y), ([0.25, 0.75], [1.0, 0.0, -2.0]), "scaling by powers of two rounds nothing");
}

/// Numbers near the ends of the range end in an outcome.
#[test]
fn extremes_end() {
    let memory = symbolic();
    for size in [1e-30_f32, 1e-12, 1e12, 1e30] {
        let (p, q) = ([2.0 * size, 2.0 * size], [-size, -2.0 * size]);
        let data = QpData { p: &p, q: &q, ..DATA };
        let mut workspace = vec![0.0; LEN];
        let mut solver =
            Qp::new(pattern(), Symbolic::new(&memory).unwrap(), data, &mut workspace, QpConfig::default()).unwrap();
        assert!(solver.run().step.is_final());
    }
    // Nothing at all, and nothing but variables.
    let none = QpPattern::new(&[0_u16], &[], &[0], &[]).unwrap();
    assert_eq!(workspace_len(0, 0, 0, 0, 0, 0), 0);
    let empty = [0, 0, 0, 0, 0, 0, 0];
    let data = QpData { p: &[], q: &[], a: &[], lower: &[], upper: &[] };
    let mut solver =
        Qp::<f32, _>::new(none, Symbolic::new(&empty).unwrap(), data, &mut [], QpConfig::default()).unwrap();
    assert_eq!(solver.run().step, Step::Converged);
    assert_eq!(workspace_len(usize::MAX, 1, 1, 1, 1, 1), usize::MAX);
}

#[test]
fn a_proof_lasts() {
    let memory = symbolic();
    let mut workspace = vec![0.0; LEN];
    // x + y = 3, both 0.7 at most.
    let data = QpData { lower: &[3.0, 0.0, 0.0], upper: &[3.0, 0.7, 0.7], ..DATA };
    let symbolic = Symbolic::new(&memory).unwrap();
    let mut solver = Qp::new(pattern(), symbolic, data, &mut workspace, QpConfig::default()).unwrap();
    assert_eq!(solver.run().step, Step::PrimalInfeasible);
    let (mut first, mut again) = ([0.0; 3], [0.0; 3]);
    solver.certificate(&mut first).unwrap();
    assert_eq!(first.iter().fold(0.0_f32, |most, y| most.max(y.abs())), 1.0);
    for _ in 0..3 {
        assert_eq!((solver.prove(), solver.step()), (Step::PrimalInfeasible, Step::PrimalInfeasible));
        solver.certificate(&mut again).unwrap();
        assert_eq!(again, first);
    }
}
