use super::*;
use crate::linear::ssor::{self, SsorPreconditioner};
use crate::linear::{Cg, Sor, SorConfig, sor};
use crate::matrix::Csr;
use crate::real::counted::{Counted, count};
use std::vec;
use std::vec::Vec;

/// A band of five, positive definite: row starts, columns, values.
fn band(n: usize) -> (Vec<u32>, Vec<u32>, Vec<Counted>) {
    let (mut starts, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    for i in 0..n {
        for j in i.saturating_sub(2)..(i + 3).min(n) {
            columns.push(j as u32);
            values.push(Counted(if i == j { 5.0 } else { -1.0 }));
        }
        starts.push(columns.len() as u32);
    }
    (starts, columns, values)
}

/// The operations of the second step.
fn second_step(solve: &mut impl Solver) -> Ops {
    let _ = solve.step();
    let counted = count(|| {
        let _ = solve.step();
    });
    assert_eq!(solve.report().step, Step::Running);
    counted
}

#[test]
fn stated_operations_are_the_counted_ones() {
    for n in [5_usize, 9, 40] {
        let (starts, columns, values) = band(n);
        let a = Csr::new(&starts, &columns, &values).unwrap();
        let b: Vec<_> = (0..n).map(|k| Counted((k as f64).sin() + 1.5)).collect();
        let stopping = Stopping { relative: Counted(1e-30), ..Stopping::default() };
        let config = PcgConfig { stopping, keep_best: false };
        let (mut x, mut workspace) = (vec![Counted(0.0); n], vec![Counted(0.0); 4 * n]);
        let mut solve = Cg::new(&a, &b, &mut x, &mut workspace, config).unwrap();
        assert_eq!(second_step(&mut solve), cg::ops_per_step(n, a.nonzeros()), "cg, n = {n}");

        let mut scaling = vec![Counted(0.0); n];
        let mut preconditioner = SsorPreconditioner::new(&a, Counted(1.1), &mut scaling).unwrap();
        let mut d = b.clone();
        let direction = ssor::ops_per_direction(n, a.nonzeros());
        assert_eq!(count(|| preconditioner.direction(&b, &mut d)), direction, "ssor, n = {n}");
        let mut x = vec![Counted(0.0); n];
        let mut solve = Pcg::new(&a, preconditioner, &b, &mut x, &mut workspace, config).unwrap();
        let Ops { add, mul, div, sqrt } = ops_per_step(n, a.nonzeros());
        let both = Ops { add: add + direction.add, mul: mul + direction.mul, div: div + direction.div, sqrt };
        assert_eq!(second_step(&mut solve), both, "pcg, n = {n}");

        let config = SorConfig { omega: Counted(1.1), stopping, symmetric: true, ..SorConfig::default() };
        let mut x = vec![Counted(0.0); n];
        let mut solve = Sor::new(&a, &b, &mut x, &mut scaling, config).unwrap();
        assert_eq!(second_step(&mut solve), sor::ops_per_symmetric_step(n, a.nonzeros()), "symmetric sor, n = {n}");
    }
}
