//! What is factored and solved.

use super::*;
use crate::error::{Error, Field};
use crate::factor::{Ldlt, Packed};
use std::collections::BTreeSet;

/// Rows of each column of L by eliminating a set of edges.
fn brute_force(dense: &DMatrix<f64>, order: &[usize]) -> Vec<BTreeSet<usize>> {
    let n = order.len();
    let below = |j: usize| (j + 1..n).filter(|&i| dense[(order[i], order[j])] != 0.0).collect();
    let mut columns: Vec<BTreeSet<usize>> = (0..n).map(below).collect();
    for j in 0..n {
        if let Some(&parent) = columns[j].first() {
            let others: Vec<usize> = columns[j].iter().copied().skip(1).collect();
            // Eliminating j joins all its neighbours; joining them to the first is enough, as that one comes next.
            columns[parent].extend(others);
        }
    }
    columns
}

fn agrees<T: Real, I: Index + TryFrom<usize> + core::fmt::Debug>(
    random: &mut Random,
    n: usize,
    density: f64,
    whole: bool,
) {
    const GUARD: f64 = 1234.5;
    let a = sparse::<I>(random, n, density, whole);
    let order = random.permutation(n);
    let data = analysed(&a, &order.iter().map(|k| narrow(*k)).collect::<Vec<I>>());
    let symbolic = Symbolic::new(&data).unwrap();
    let structure = symbolic.parts().factor;
    let expected = brute_force(&a.dense, &order);
    for (j, rows) in expected.iter().enumerate() {
        assert_eq!(symbolic.column_count(j), rows.len());
        assert_eq!(symbolic.parent(j), rows.first().copied());
        assert!(structure.list(j).0.iter().map(|r| r.get()).eq(rows.iter().copied()));
    }
    assert_eq!(symbolic.fill(), expected.iter().map(BTreeSet::len).sum::<usize>());
    assert_eq!(symbolic.multiplications(), expected.iter().map(|c| c.len() * (c.len() + 3) / 2).sum::<usize>());

    let values: Vec<T> = a.values.iter().map(|v| T::from_f64(*v)).collect();
    let need = SparseLdlt::<T, I>::workspace_len(n, symbolic.fill());
    let mut workspace = vec![T::from_f64(GUARD); need + 1];
    let mut factor = SparseLdlt::factor(symbolic, &values, &mut workspace).unwrap();
    let (elements, reciprocals, row) = parts(&mut factor);
    assert!(row.iter().all(|y| *y == T::ZERO), "an update fell outside the structure");

    // The same numbers as the dense factorisation of P A P', up to rounding in another order.
    let eps = T::EPSILON.to_f64();
    let permuted = DMatrix::from_fn(n, n, |i, j| a.dense[(order[i], order[j])]);
    let mut packed: Vec<f64> = (0..n).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|ij| permuted[ij]).collect();
    let dense = Ldlt::factor(Packed::new(n), &mut packed).unwrap();
    assert_eq!(factor.positive_pivots(), dense.positive_pivots());
    let l = DMatrix::from_fn(n, n, |i, j| match i.cmp(&j) {
        core::cmp::Ordering::Less => 0.0,
        core::cmp::Ordering::Equal => 1.0,
        core::cmp::Ordering::Greater => {
            let (rows, first) = structure.list(j);
            let place = rows.iter().position(|row| row.get() == i);
            place.map_or(0.0, |k| elements[first + k].to_f64())
        }
    });
    let d = DMatrix::from_fn(n, n, |i, j| if i == j { 1.0 / reciprocals[i].to_f64() } else { 0.0 });
    let residual = &l * &d * l.transpose() - &permuted;
    let size = l.abs() * d.abs() * l.abs().transpose();
    assert!(residual.iter().zip(&size).all(|(r, s)| r.abs() <= (n as f64 + 4.0) * eps * s), "{residual}");

    let mut x: Vec<T> = (0..=n).map(|_| T::from_f64(random.between(-1.0, 1.0))).collect();
    let (b, after) = (DMatrix::from_fn(n, 1, |i, _| x[i].to_f64()), x[n]);
    factor.solve(&mut x[..n]).unwrap();
    let solution = DMatrix::from_fn(n, 1, |i, _| x[i].to_f64());
    let r = (&a.dense * &solution - &b).norm();
    assert!(r <= 8.0 * n as f64 * eps * size.norm() * solution.norm(), "residual {r}");
    let oracle = a.dense.clone().lu().solve(&b).unwrap();
    let condition = a.dense.norm() * a.dense.clone().try_inverse().unwrap().norm() * size.norm() / a.dense.norm();
    assert!((&solution - &oracle).norm() <= 8.0 * n as f64 * eps * condition * oracle.norm());
    assert_eq!(x[n], after);

    // New values into the old structure: the same bits as a fresh factorisation.
    let doubled: Vec<T> = values.iter().map(|v| *v * T::from_f64(1.7)).collect();
    factor.refactor(&doubled).unwrap();
    let again = parts(&mut factor).0;
    assert_eq!(workspace[need].to_f64(), GUARD);
    let mut fresh = vec![T::from_f64(-7.0); need];
    assert_eq!(parts(&mut SparseLdlt::factor(symbolic, &doubled, &mut fresh).unwrap()).0, again);
}

#[test]
fn random_matrices_in_random_orders_agree_with_dense_ones() {
    let mut random = Random::new(5);
    for case in 0..500 {
        let (n, density) = (1 + case % 17, [0.05, 0.2, 0.6][case % 3]);
        agrees::<f32, u16>(&mut random, n, density, case % 2 == 0);
        agrees::<f64, u32>(&mut random, n, density, case % 2 == 1);
    }
    agrees::<f64, u16>(&mut random, 60, 0.04, false);
}

#[test]
fn an_optimisers_system_takes_new_values_in_place() {
    // [P A'; A -1/rho] with P = diag(2, 4), A = [1 1], rho first 1, then 10.
    let (starts, columns) = ([0_u16, 1, 2, 5], [0_u16, 1, 0, 1, 2]);
    let mut values = [2.0_f32, 4.0, 1.0, 1.0, -1.0];
    let pattern = Pattern::new(&starts, &columns).unwrap();
    let (mut scratch, mut data) = ([0; scratch_len(3, 5)], [0; 64]);
    let symbolic = analyse(pattern, &[2, 0, 1], &mut scratch, &mut data).unwrap();
    let mut workspace = [0.0; 16];
    let mut factor = SparseLdlt::factor(symbolic, &values, &mut workspace).unwrap();
    for rho in [1.0_f32, 10.0] {
        values[4] = -1.0 / rho;
        factor.refactor(&values).unwrap();
        assert_eq!(factor.positive_pivots(), 2);
        let mut x = [1.0, 1.0, 0.0];
        factor.solve(&mut x).unwrap();
        let oracle = nalgebra::Matrix3::new(2.0, 0.0, 1.0, 0.0, 4.0, 1.0, 1.0, 1.0, -1.0 / f64::from(rho))
            .lu()
            .solve(&nalgebra::Vector3::new(1.0, 1.0, 0.0))
            .unwrap();
        assert!(x.iter().zip(&oracle).all(|(x, o)| (f64::from(*x) - o).abs() < 1e-6));
    }
}

#[test]
fn failures_name_the_row_of_the_matrix_and_are_remembered() {
    // diag(1, 2, 4) with a coupling (2, 0), eliminated backwards.
    let (starts, columns) = ([0_u16, 1, 2, 4], [0_u16, 1, 2, 0]);
    let pattern = Pattern::new(&starts, &columns).unwrap();
    let (mut scratch, mut data) = ([0; scratch_len(3, 4)], [0; 64]);
    let symbolic = analyse(pattern, &[2, 1, 0], &mut scratch, &mut data).unwrap();
    let mut workspace = [0.0_f32; 7];
    let good = [1.0, 2.0, 4.0, 0.5];
    let pivot = |row| Err(Error::Pivot { row });
    let mut factor = SparseLdlt::factor(symbolic, &good, &mut workspace).unwrap();
    for bad in [0.0, -0.0, f32::NAN, f32::INFINITY, 1e-40] {
        for (place, row) in [(0, if bad == 0.0 || bad == 1e-40 { None } else { Some(0) }), (1, Some(1)), (2, Some(2))] {
            let mut values = good;
            values[place] = bad;
            let outcome = factor.refactor(&values);
            assert_eq!(outcome, row.map_or(Ok(()), |row| Err(Error::Pivot { row })), "{bad} at {place}");
            let mut x = [1.0; 3];
            assert_eq!(factor.solve(&mut x), outcome);
            assert!(outcome.is_ok() || (x == [1.0; 3] && factor.positive_pivots() == 0));
        }
    }
    assert_eq!(factor.refactor(&[1.0, 2.0, 4.0, f32::NAN]), pivot(0));
    assert_eq!(factor.refactor(&[2.0, 2.0, 8.0, 4.0]), pivot(0), "singular");
    factor.refactor(&good).unwrap();
    let mut x = [1.5, 2.0, 4.5];
    factor.solve(&mut x).unwrap();
    assert_eq!(x, [1.0; 3]);

    let length = |field, need, got| Err(Error::Length { field, need, got });
    assert_eq!(factor.refactor(&good[..3]), length(Field::Values, 4, 3));
    assert_eq!(factor.solve(&mut [0.0; 4]), length(Field::RightHandSide, 3, 4));
    assert!(factor.solve(&mut x).is_ok(), "the old factor stands");
    let short = SparseLdlt::factor(symbolic, &good, &mut [0.0; 6]).err();
    assert_eq!(short, Some(Error::Length { field: Field::Workspace, need: 7, got: 6 }));
}
