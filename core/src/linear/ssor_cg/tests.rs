use super::*;
use crate::matrix::{Csr, Stencil, VariableStencil};
use std::vec;
use std::vec::Vec;

fn stencil() -> Stencil<'static, f32> {
    Stencil::new([8, 5, 1], 4.0, [-1.0, -1.0, 0.0], None).unwrap()
}

fn config(rows_per_step: u32) -> SsorCgConfig<f32> {
    SsorCgConfig { omega: 1.3, rows_per_step, keep_best: true, ..SsorCgConfig::default() }
}

/// Solves with `config` and says how many steps that took.
fn solve(a: &dyn Sweep<f32>, b: &[f32], config: SsorCgConfig<f32>) -> (Vec<u32>, Report<f32>, u32) {
    let n = a.dim();
    let (mut x, mut workspace) = (vec![0.25; n], vec![f32::NAN; 6 * n]);
    let mut steps = 0;
    let report = SsorCg::new(a, b, &mut x, &mut workspace, config).unwrap().run_while(|_| {
        steps += 1;
        true
    });
    (x.iter().map(|x| x.to_bits()).collect(), report, steps)
}

#[test]
fn blocks_of_rows_give_the_bits_of_whole_iterations() {
    let b: Vec<f32> = (0..104).map(|k| (k as f32 * 1.7).sin()).collect();
    let mask: Vec<u8> = (0..104).map(|k| u8::from(k % 5 != 2)).collect();
    let (centre, coupling) = (vec![4.5; 104], [-1.0, -0.8].map(|entry| vec![entry; 104]));
    let [mut east, mut north] = coupling;
    (0..104).filter(|k| k % 13 == 12).for_each(|k| east[k] = 0.0);
    north[91..].fill(0.0);
    let plane = Stencil::new([13, 8, 1], 4.0, [-1.0, -1.0, 0.0], None).unwrap();
    let masked = Stencil::new([13, 8, 1], 4.0, [-1.0, -1.0, 0.0], Some(&mask)).unwrap();
    let solid = Stencil::new([13, 4, 2], 6.0, [-1.0, -1.0, -1.0], None).unwrap();
    let variable = VariableStencil::new([13, 8, 1], &centre, [&east, &north, &[]], None).unwrap();
    let (starts, columns, values) = tridiagonal(104, 2.5_f32);
    let sparse = Csr::new(&starts, &columns, &values).unwrap();
    let operators: [&dyn Sweep<f32>; 5] = [&plane, &masked, &solid, &variable, &sparse];
    for (k, a) in operators.into_iter().enumerate() {
        for relative in [1e-4, 1e-12] {
            let stopping = Stopping { relative, max_iterations: 200, ..Stopping::default() };
            let with = |rows_per_step| SsorCgConfig { stopping, ..config(rows_per_step) };
            let (x, report, whole) = solve(a, &b, with(0));
            assert_ne!(report.step, Step::Running);
            for rows in [1, 7, 26, 104, u32::MAX] {
                let (y, cut, steps) = solve(a, &b, with(rows));
                assert_eq!((y, cut), (x.clone(), report), "operator {k}, {rows} rows a step");
                let blocks = 104_usize.div_ceil((rows as usize).next_multiple_of(a.granule()));
                assert!(steps as usize >= report.iterations as usize * 4 * blocks, "{steps} steps, not {whole}");
            }
        }
    }
}

/// Row starts, columns and values.
fn tridiagonal<T: Real>(n: usize, diagonal: T) -> (Vec<u32>, Vec<u32>, Vec<T>) {
    let (mut starts, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    for i in 0..n {
        for j in i.saturating_sub(1)..(i + 2).min(n) {
            columns.push(j as u32);
            values.push(if i == j { diagonal } else { -T::ONE });
        }
        starts.push(columns.len() as u32);
    }
    (starts, columns, values)
}

#[test]
fn a_step_of_few_rows_is_short() {
    use crate::real::counted::{Counted, count};
    let n = 400;
    let (starts, columns, values) = tridiagonal(n, Counted(2.5));
    let a = Csr::new(&starts, &columns, &values).unwrap();
    let b: Vec<_> = (0..n).map(|k| Counted((k as f64).sin() + 1.5)).collect();
    let (mut x, mut workspace) = (vec![Counted(0.0); n], vec![Counted(0.0); 5 * n]);
    let stopping = Stopping { relative: Counted(1e-30), ..Stopping::default() };
    let config = SsorCgConfig { omega: Counted(1.1), stopping, rows_per_step: 8, keep_best: false };
    let mut solve = SsorCg::new(&a, &b, &mut x, &mut workspace, config).unwrap();
    while solve.report().iterations < 1 {
        let _ = solve.step();
    }
    let iteration = ops_per_step(8, 24);
    for _ in 0..2000 {
        let ops = count(|| {
            let _ = solve.step();
        });
        assert!(ops.add <= iteration.add && ops.mul <= iteration.mul && ops.div <= 5 && ops.sqrt <= 1, "{ops:?}");
    }
    assert_eq!(solve.report().step, Step::Running);
}

#[test]
fn words_carry_a_solve_from_step_to_step() {
    let (a, b) = (stencil(), [1.0; 40]);
    for rows_per_step in [0, 1, 16] {
        let config = config(rows_per_step);
        let (mut x, mut workspace) = ([0.0; 40], [0.0; 200]);
        let whole = SsorCg::new(&a, &b, &mut x, &mut workspace, config).unwrap().run();
        let (mut y, mut workspace) = ([0.0; 40], [0.0; 200]);
        let mut words = [0; Checkpoint::<f32>::WORDS];
        SsorCg::new(&a, &b, &mut y, &mut workspace, config).unwrap().suspend().to_words(&mut words).unwrap();
        while !Checkpoint::<f32>::from_words(&words).unwrap().report().step.is_final() {
            let state = Checkpoint::from_words(&words).unwrap();
            let mut solve = SsorCg::resume(&a, &b, &mut y, &mut workspace, state).unwrap();
            let _ = solve.step();
            solve.suspend().to_words(&mut words).unwrap();
        }
        assert_eq!((Checkpoint::from_words(&words).unwrap().report(), y), (whole, x));
    }
}

#[test]
fn stated_operations_are_the_counted_ones() {
    use crate::real::counted::{Counted, count};
    for n in [3_usize, 9, 40] {
        let (starts, columns, values) = tridiagonal(n, Counted(5.0));
        let a = Csr::new(&starts, &columns, &values).unwrap();
        let b: Vec<_> = (0..n).map(|k| Counted((k as f64).sin() + 1.5)).collect();
        let (mut x, mut workspace) = (vec![Counted(0.0); n], vec![Counted(0.0); 5 * n]);
        let stopping = Stopping { relative: Counted(1e-30), ..Stopping::default() };
        let config = SsorCgConfig { omega: Counted(1.1), stopping, ..SsorCgConfig::default() };
        let mut solve = SsorCg::new(&a, &b, &mut x, &mut workspace, config).unwrap();
        let _ = solve.step();
        let counted = count(|| {
            let _ = solve.step();
        });
        assert_eq!(solve.report().step, Step::Running);
        assert_eq!(counted, ops_per_step(n, a.nonzeros()), "n = {n}");
    }
}

#[test]
fn a_row_that_is_not_there_is_refused() {
    let (a, b) = (stencil(), [1.0; 40]);
    let (mut x, mut workspace) = ([0.0; 40], [0.0; 200]);
    let solve = SsorCg::new(&a, &b, &mut x, &mut workspace, config(1)).unwrap();
    let mut state = solve.suspend();
    state.blocks.cursor = 41;
    let error = SsorCg::resume(&a, &b, &mut x, &mut workspace, state).err();
    assert_eq!(error, Some(Error::Corrupt { field: Field::Object, index: 0 }));
}

proptest::proptest! {
    #[test]
    fn scrambled_words_are_an_error_or_wrong_numbers(
        place in 0..Checkpoint::<f32>::WORDS, word: u32, small in 0..12_u32, steps in 0..40, rows in 0..20_u32,
    ) {
        let (a, b) = (stencil(), [1.0; 40]);
        for word in [word, small] {
            let (mut x, mut workspace) = ([0.0; 40], [0.0; 200]);
            let mut solve = SsorCg::new(&a, &b, &mut x, &mut workspace, config(rows)).unwrap();
            for _ in 0..steps {
                let _ = solve.step();
            }
            let mut words = [0; Checkpoint::<f32>::WORDS];
            solve.suspend().to_words(&mut words).unwrap();
            words[place] = word;
            let Ok(state) = Checkpoint::from_words(&words) else { continue };
            let Ok(mut solve) = SsorCg::resume(&a, &b, &mut x, &mut workspace, state) else { continue };
            for _ in 0..200 {
                let _ = solve.step();
            }
        }
    }
}

#[test]
fn the_state_is_its_words() {
    assert_eq!(size_of::<Checkpoint<f32>>(), 4 * Checkpoint::<f32>::WORDS);
    assert_eq!(size_of::<Checkpoint<f64>>(), 4 * Checkpoint::<f64>::WORDS);
}
