use super::*;
use crate::rng::Xoshiro128;
use nalgebra::{DMatrix, DVector};
use std::vec;
use std::vec::Vec;

fn number(rng: &mut Xoshiro128) -> f64 {
    f64::from(rng.word()) / 2_f64.powi(31) - 1.0
}

/// F as a matrix.
fn matrix(gradients: &[f64], dim: usize, damping: f64) -> DMatrix<f64> {
    let m = gradients.len() / dim;
    let mut f = DMatrix::identity(dim, dim) * damping;
    for g in gradients.chunks(dim) {
        let g = DVector::from_column_slice(g);
        f += &g * g.transpose() / m as f64;
    }
    f
}

/// By Cholesky: the closed forms that small matrices are inverted by else lose half of the digits.
fn inverse(gradients: &[f64], dim: usize, damping: f64) -> DMatrix<f64> {
    matrix(gradients, dim, damping).cholesky().unwrap().inverse()
}

#[test]
fn agrees_with_a_matrix() {
    let mut rng = Xoshiro128::new(8);
    for case in 0..1000 {
        let (m, dim) = (1 + rng.word() as usize % 6, 1 + rng.word() as usize % 9);
        let damping = [1e-3, 0.1, 1.0, 10.0][case % 4];
        let mut gradients: Vec<f64> = (0..m * dim).map(|_| number(&mut rng)).collect();
        let f = inverse(&gradients, dim, damping);
        // As many digits as the condition of F costs, and no more.
        let square = gradients.chunks(dim).map(|g| g.iter().map(|x| x * x).sum::<f64>()).fold(0.0, f64::max);
        let tolerance = f64::EPSILON * (1.0 + square / damping) * f.amax();
        let (mut q, mut workspace) = (vec![0.0; m], vec![7.0; workspace_len(m, dim)]);
        let fisher = InverseFisher::new(&mut gradients, dim, &mut q, &mut workspace, damping).unwrap();
        let close = |a: f64, b: f64| assert!((a - b).abs() <= 8.0 * tolerance, "{a} {b}");
        let x: Vec<f64> = (0..dim).map(|_| number(&mut rng)).collect();
        let mut out = vec![0.0; dim];
        fisher.apply(&x, &mut out).unwrap();
        let want = &f * DVector::from_column_slice(&x);
        out.iter().zip(&want).for_each(|(a, b)| close(*a, *b));
        fisher.diagonal(&mut out).unwrap();
        out.iter().enumerate().for_each(|(k, a)| close(*a, f[(k, k)]));
        fisher.scores(&x, &mut out).unwrap();
        for (k, score) in out.iter().enumerate() {
            let want = x[k] * x[k] / (2.0 * f[(k, k)]);
            assert!((score - want).abs() <= (1e-12 + 8.0 * tolerance / f[(k, k)]) * want, "{score} {want}");
        }
    }
}

/// One weight: the least of the quadratic on the plane where it is 0, which no other point of the plane beats.
#[test]
fn removal_is_the_best_there_is() {
    let mut rng = Xoshiro128::new(9);
    for _ in 0..300 {
        let (m, dim) = (4, 2 + rng.word() as usize % 7);
        let mut gradients: Vec<f64> = (0..m * dim).map(|_| number(&mut rng)).collect();
        let matrix = matrix(&gradients, dim, 0.05);
        let (mut q, mut workspace) = (vec![0.0; m], vec![0.0; workspace_len(m, dim)]);
        let fisher = InverseFisher::new(&mut gradients, dim, &mut q, &mut workspace, 0.05).unwrap();
        let old: Vec<f64> = (0..dim).map(|_| number(&mut rng)).collect();
        let rise = |new: &[f64]| {
            let change = DVector::from_iterator(dim, new.iter().zip(&old).map(|(a, b)| a - b));
            0.5 * change.dot(&(&matrix * &change))
        };
        let k = rng.word() as usize % dim;
        let mut removed = vec![false; dim];
        removed[k] = true;
        let mut scores = vec![0.0; dim];
        fisher.scores(&old, &mut scores).unwrap();
        let mut new = old.clone();
        fisher.remove(&mut new, &removed, &mut workspace).unwrap();
        assert_eq!(new[k], 0.0);
        assert!((rise(&new) - scores[k]).abs() <= 1e-9 * scores[k].max(1e-3), "{} {}", rise(&new), scores[k]);
        for at in (0..dim).filter(|at| *at != k) {
            for step in [-0.01, 0.01] {
                let mut other = new.clone();
                other[at] += step;
                assert!(rise(&other) > rise(&new));
            }
        }
    }
}

#[test]
fn single_precision_follows() {
    let mut rng = Xoshiro128::new(10);
    let (m, dim) = (8, 40);
    let mut wide: Vec<f64> = (0..m * dim).map(|_| number(&mut rng)).collect();
    let mut narrow: Vec<f32> = wide.iter().map(|x| *x as f32).collect();
    let (mut q, mut workspace) = (vec![0.0; m], vec![0.0; workspace_len(m, dim)]);
    let fisher = InverseFisher::new(&mut wide, dim, &mut q, &mut workspace, 0.1).unwrap();
    let mut want = vec![0.0; dim];
    fisher.diagonal(&mut want).unwrap();
    let (mut q, mut workspace) = (vec![0.0; m], vec![0.0; workspace_len(m, dim)]);
    let fisher = InverseFisher::new(&mut narrow, dim, &mut q, &mut workspace, 0.1_f32).unwrap();
    let mut got = vec![0.0; dim];
    fisher.diagonal(&mut got).unwrap();
    assert!(got.iter().zip(&want).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-4 * 10.0));
}

#[test]
fn refusals_write_nothing() {
    let good = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let refuse = |values: &[f64], dim: usize, m: usize, len: usize, damping: f64| {
        let mut gradients = values.to_vec();
        let (mut q, mut workspace) = (vec![9.0; m], vec![9.0; len]);
        let error = InverseFisher::new(&mut gradients, dim, &mut q, &mut workspace, damping).err().unwrap();
        assert!(gradients.iter().zip(values).all(|(a, b)| a.to_bits() == b.to_bits()));
        assert!(q.iter().chain(&workspace).all(|x| *x == 9.0));
        error
    };
    let len = workspace_len(2, 3);
    assert_eq!(len, 6);
    assert_eq!(refuse(&good, 3, 0, len, 1.0), Error::OutOfRange { field: Field::Size, index: 0 });
    assert_eq!(refuse(&good, 0, 2, len, 1.0), Error::OutOfRange { field: Field::Size, index: 1 });
    assert_eq!(refuse(&good[..5], 3, 2, len, 1.0), Error::Length { field: Field::Values, need: 6, got: 5 });
    assert_eq!(refuse(&good, usize::MAX, 2, len, 1.0), Error::TooLarge { field: Field::Values });
    assert_eq!(refuse(&good, 3, 2, 5, 1.0), Error::Length { field: Field::Workspace, need: 6, got: 5 });
    for damping in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::from_bits(1)] {
        assert_eq!(refuse(&good, 3, 2, len, damping), Error::OutOfRange { field: Field::Configuration, index: 0 });
    }
    let bad = [1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0];
    assert_eq!(refuse(&bad, 3, 2, len, 1.0), Error::NotFinite { field: Field::Values, index: 2 });

    let (mut gradients, mut q, mut workspace) = ([1e200; 6], [0.0; 2], [0.0; 6]);
    let overflow = InverseFisher::new(&mut gradients, 3, &mut q, &mut workspace, 1.0);
    assert_eq!(overflow.err(), Some(Error::Pivot { row: 0 }));

    let (mut gradients, mut q, mut workspace) = (good, [0.0; 2], [0.0; 6]);
    let fisher = InverseFisher::new(&mut gradients, 3, &mut q, &mut workspace, 1.0).unwrap();
    let length = |field, need, got| Err(Error::Length { field, need, got });
    let mut weights = [1.0, 2.0, f64::INFINITY];
    let mask = [true, false, false];
    assert_eq!(fisher.apply(&[1.0; 2], &mut [0.0; 3]), length(Field::Values, 3, 2));
    assert_eq!(fisher.apply(&[1.0; 3], &mut [0.0; 4]), length(Field::Output, 3, 4));
    assert_eq!(fisher.diagonal(&mut [0.0; 2]), length(Field::Output, 3, 2));
    assert_eq!(fisher.scores(&[1.0; 4], &mut [0.0; 3]), length(Field::Weights, 3, 4));
    assert_eq!(fisher.remove(&mut weights, &mask[..2], &mut workspace), length(Field::Mask, 3, 2));
    assert_eq!(fisher.remove(&mut weights, &mask, &mut workspace[..5]), length(Field::Workspace, 6, 5));
    let infinite = Error::NotFinite { field: Field::Weights, index: 2 };
    assert_eq!(fisher.remove(&mut weights, &mask, &mut workspace), Err(infinite));
    assert_eq!(weights, [1.0, 2.0, f64::INFINITY]);
}
