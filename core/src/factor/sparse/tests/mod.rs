//! Structure against elimination by brute force, numbers against nalgebra.

mod numbers;
mod structure;

use super::*;
use crate::factor::testing::{Random, quasi_definite};
use crate::matrix::Index;
use crate::real::Real;
use nalgebra::DMatrix;
use std::vec;
use std::vec::Vec;

/// A sparse matrix in the three arrays, and what it means.
struct Sparse<I> {
    starts: Vec<I>,
    columns: Vec<I>,
    values: Vec<f64>,
    dense: DMatrix<f64>,
}

fn narrow<I: Index + TryFrom<usize>>(value: usize) -> I {
    I::try_from(value).ok().unwrap()
}

/// About `density` n² entries of a quasi-definite matrix. `whole` stores the upper triangle too, as lies that must not be
/// read. Some entries are split in two that add up.
fn sparse<I: Index + TryFrom<usize>>(random: &mut Random, n: usize, density: f64, whole: bool) -> Sparse<I> {
    let mut dense = quasi_definite(random, n, n);
    for i in 0..n {
        for j in 0..i {
            if random.between(0.0, 1.0) > density {
                dense[(i, j)] = 0.0;
                dense[(j, i)] = 0.0;
            }
        }
    }
    let (mut starts, mut columns, mut values) = (vec![narrow(0)], Vec::new(), Vec::new());
    for i in 0..n {
        for j in random.permutation(if whole { n } else { i + 1 }) {
            let value = dense[(i, j)];
            if j > i {
                columns.push(narrow(j));
                values.push(1e30);
            } else if value != 0.0 {
                let parts = if random.below(8) == 0 { vec![value * 0.5; 2] } else { vec![value] };
                for part in parts {
                    columns.push(narrow(j));
                    values.push(part);
                }
            }
        }
        starts.push(narrow(columns.len()));
    }
    Sparse { starts, columns, values, dense }
}

fn analysed<I: Index + TryFrom<usize>>(a: &Sparse<I>, order: &[I]) -> Vec<I> {
    let pattern = Pattern::new(&a.starts, &a.columns).unwrap();
    let mut scratch = vec![narrow(0); scratch_len(order.len(), a.columns.len())];
    let len = symbolic_len(pattern, order, &mut scratch).unwrap();
    let guard = narrow::<I>(54_321);
    let mut memory = vec![guard; len + 1];
    analyse(pattern, order, &mut scratch, &mut memory).unwrap();
    assert_eq!(memory.pop().map(Index::get), Some(54_321));
    memory
}

/// L below the diagonal, 1 / D, and the row.
fn parts<T: Real, I: Index>(factor: &mut SparseLdlt<'_, T, I>) -> (Vec<T>, Vec<T>, Vec<T>) {
    let symbolic = factor.symbolic();
    let parts = factor.numbers.divide(&symbolic);
    (parts.factor.to_vec(), parts.reciprocals.to_vec(), parts.row.to_vec())
}
