use super::*;
use crate::matrix::{Csr, MatRef, Stencil};
use std::vec;
use std::vec::Vec;

fn laplacian() -> Stencil<'static, f64> {
    Stencil::new([10, 10, 1], 4.0, [-1.0, -1.0, 0.0], None).unwrap()
}

fn wave(n: usize) -> Vec<f64> {
    (0..n).map(|k| ((k as f64 + 0.5) * 1.7).sin()).collect()
}

fn config(omega: f64, relative: f64) -> SorConfig<f64> {
    SorConfig { omega, stopping: Stopping::default().with_relative(relative), ..SorConfig::default() }
}

#[test]
fn converges_and_reports_the_true_residual() {
    let (a, b) = (laplacian(), wave(100));
    for symmetric in [false, true] {
        let mut x = vec![0.0; 100];
        let mut sor = Sor::new(&a, &b, &mut x, &mut [], SorConfig { symmetric, ..config(1.5, 1e-8) }).unwrap();
        let report = sor.run();
        assert_eq!(report.step, Step::Converged);
        let mut r = vec![0.0; 100];
        crate::operator::LinearOperator::residual(&a, &b, &x, &mut r);
        assert!((vector::norm(&r) - report.residual).abs() < 1e-12 * report.reference);
        assert!(report.residual <= 1e-8 * vector::norm(&b));
    }
}

#[test]
fn a_block_of_rows_a_step_gives_the_same_bits() {
    let (a, b) = (laplacian(), wave(100));
    let solve = |rows_per_step, symmetric| {
        let mut x = vec![0.0; 100];
        let mut sor =
            Sor::new(&a, &b, &mut x, &mut [], SorConfig { rows_per_step, symmetric, ..config(1.4, 1e-7) }).unwrap();
        let report = sor.run();
        (x, report)
    };
    for symmetric in [false, true] {
        let whole = solve(0, symmetric);
        for rows in [1, 17, 30, 100, 1000] {
            assert_eq!(solve(rows, symmetric), whole, "{rows} rows a step");
        }
    }
}

#[test]
fn put_away_and_taken_up_between_any_two_steps() {
    let (a, b) = (laplacian(), wave(100));
    let config = SorConfig { rows_per_step: 30, ..config(1.4, 1e-7) };
    let mut x = vec![0.0; 100];
    let whole = Sor::new(&a, &b, &mut x, &mut [], config).unwrap().run();
    let mut y = vec![0.0; 100];
    let mut state = Sor::new(&a, &b, &mut y, &mut [], config).unwrap().suspend();
    while !state.report().step.is_final() {
        let mut moved = y.clone();
        let mut sor = Sor::resume(&a, &b, &mut moved, &mut [], state).unwrap();
        let _ = sor.step();
        state = sor.suspend();
        y = moved;
    }
    assert_eq!((x, whole), (y, state.report()));
}

#[test]
fn dense_sparse_and_stencil_agree() {
    let n = 12;
    let mut full = vec![0.0; n * n];
    let (mut starts, mut columns, mut values) = (vec![0_u16], Vec::new(), Vec::new());
    for i in 0..n {
        for j in i.saturating_sub(1)..(i + 2).min(n) {
            let entry = if i == j { 2.5 } else { -1.0 };
            full[i * n + j] = entry;
            columns.push(u16::try_from(j).unwrap());
            values.push(entry);
        }
        starts.push(u16::try_from(columns.len()).unwrap());
    }
    let dense = MatRef::row_major(&full, n, n).unwrap();
    let sparse = Csr::new(&starts, &columns, &values).unwrap();
    let stencil = Stencil::new([n, 1, 1], 2.5, [-1.0, 0.0, 0.0], None).unwrap();
    let b = wave(n);
    let solve = |operator: &dyn Relax<f64>| {
        let (mut x, mut workspace) = (vec![0.0; n], vec![0.0; n]);
        let report = Sor::new(operator, &b, &mut x, &mut workspace, config(1.2, 1e-12)).unwrap().run();
        assert_eq!(report.step, Step::Converged);
        (x, report.iterations)
    };
    let (x, iterations) = solve(&dense);
    for (other, count) in [solve(&sparse), solve(&stencil)] {
        assert_eq!(count, iterations);
        assert!(x.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1e-12));
    }
}

#[test]
fn the_best_iterate_comes_back() {
    // Not positive definite: the sweeps diverge.
    let full = [1.0, 3.0, 3.0, 1.0];
    let a = MatRef::row_major(&full, 2, 2).unwrap();
    let b = [1.0, 1.0];
    let (mut x, mut workspace) = ([0.2, 0.2], [0.0; 4]);
    let config = SorConfig { keep_best: true, ..config(1.0, 1e-9) };
    let report = Sor::new(&a, &b, &mut x, &mut workspace, config).unwrap().run();
    assert_eq!(report.step, Step::Diverged);
    assert_eq!(x, [0.2, 0.2]);
    assert_eq!(report.residual, report.best);
}

#[test]
fn words_carry_a_solve_from_step_to_step() {
    let (a, b) = (laplacian(), wave(100));
    let config = SorConfig { rows_per_step: 30, symmetric: true, ..config(1.4, 1e-7) };
    let mut x = vec![0.0; 100];
    let whole = Sor::new(&a, &b, &mut x, &mut [], config).unwrap().run();
    let mut y = vec![0.0; 100];
    let mut words = [0; Checkpoint::<f64>::WORDS];
    Sor::new(&a, &b, &mut y, &mut [], config).unwrap().suspend().to_words(&mut words).unwrap();
    loop {
        let state = Checkpoint::from_words(&words).unwrap();
        let mut sor = Sor::resume(&a, &b, &mut y, &mut [], state).unwrap();
        let step = sor.step();
        sor.suspend().to_words(&mut words).unwrap();
        if step.is_final() {
            break;
        }
    }
    assert_eq!((Checkpoint::from_words(&words).unwrap().report(), y), (whole, x));
}

proptest::proptest! {
    #[test]
    fn scrambled_words_are_an_error_or_wrong_numbers(
        place in 0..Checkpoint::<f32>::WORDS, word: u32, small in 0..4_u32, steps in 0..5,
    ) {
        let a = Stencil::new([5, 4, 1], 4.0_f32, [-1.0, -1.0, 0.0], None).unwrap();
        let b = [1.0; 20];
        let config = SorConfig { rows_per_step: 7, keep_best: true, ..SorConfig::default() };
        for word in [word, small] {
            let (mut x, mut best) = ([0.0; 20], [0.0; 20]);
            let mut sor = Sor::new(&a, &b, &mut x, &mut best, config).unwrap();
            for _ in 0..steps {
                let _ = sor.step();
            }
            let mut words = [0; Checkpoint::<f32>::WORDS];
            sor.suspend().to_words(&mut words).unwrap();
            words[place] = word;
            let Ok(state) = Checkpoint::from_words(&words) else { continue };
            let Ok(mut sor) = Sor::resume(&a, &b, &mut x, &mut best, state) else { continue };
            for _ in 0..200 {
                let _ = sor.step();
            }
        }
    }
}

#[test]
fn stated_operations_are_the_counted_ones() {
    use crate::real::counted::{Counted, count};
    for n in [1_usize, 2, 9, 40] {
        let (mut starts, mut columns, mut values) = (vec![0_u32], Vec::new(), Vec::new());
        for i in 0..n {
            for j in i.saturating_sub(2)..(i + 3).min(n) {
                columns.push(j as u32);
                values.push(Counted(if i == j { 5.0 } else { -1.0 }));
            }
            starts.push(columns.len() as u32);
        }
        let a = Csr::new(&starts, &columns, &values).unwrap();
        let b = vec![Counted(1.0); n];
        let (mut x, mut workspace) = (vec![Counted(0.0); n], vec![Counted(0.0); n]);
        let stopping = Stopping { relative: Counted(0.0), ..Stopping::default() };
        let config = SorConfig { omega: Counted(1.1), stopping, ..SorConfig::default() };
        let mut sor = Sor::new(&a, &b, &mut x, &mut workspace, config).unwrap();
        let _ = sor.step();
        let counted = count(|| {
            let _ = sor.step();
        });
        assert_eq!(counted, ops_per_step(n, a.nonzeros()), "n = {n}");
    }
}
