//! The scaling contract, and every operator against dense sums in f64.

use super::*;
use crate::error::{Error, Field};
use crate::recovery::testing::{Random, view};
use crate::recovery::{
    DenseMeasurement, Entries, EntryMeasurement, RankOneMeasurement, SeededMeasurement, SignMeasurement,
};
use std::vec;
use std::vec::Vec;

const SYMMETRIC: Shape = Shape::Symmetric { n: 7 };
const RECTANGULAR: Shape = Shape::Rectangular { rows: 5, columns: 9 };

fn factors(shape: Shape, rank: usize, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut random = Random::new(seed);
    let mut draw = |n: usize| (0..n * rank).map(|_| random.normal()).collect::<Vec<_>>();
    (draw(shape.rows()), draw(shape.right()))
}

/// |X|² of X = L R', sum of its squared diagonal, squared trace.
fn sizes(shape: Shape, x: Factors<'_, f64>) -> (f64, f64, f64) {
    let element = |i: usize, j: usize| -> f64 {
        x.left.chunks_exact(shape.rows()).zip(x.right.chunks_exact(shape.columns())).map(|(l, r)| l[i] * r[j]).sum()
    };
    let (mut all, mut diagonal, mut trace) = (0.0, 0.0, 0.0);
    for i in 0..shape.rows() {
        for j in 0..shape.columns() {
            all += element(i, j).powi(2);
        }
        if i < shape.columns() {
            diagonal += element(i, i).powi(2);
            trace += element(i, i);
        }
    }
    (all, diagonal, trace * trace)
}

fn mean_square(op: &mut dyn Measurement<f64>, x: Factors<'_, f64>) -> f64 {
    let m = op.count();
    let mut sum = 0.0;
    op.begin(x, Collect::Products);
    op.visit(0..m, x, &vec![0.0; m], &mut |value| sum += value * value);
    sum / (m as f64 * op.unit().powi(2))
}

#[test]
fn the_scaling_contract() {
    let m = 6000;
    for shape in [SYMMETRIC, RECTANGULAR] {
        // A difference of two, so that the trace is of no special size.
        let (left, right) = factors(shape, 1, 3);
        let x = view(shape, &left, &right);
        let (norm, _, _) = sizes(shape, x);
        // Five standard deviations of a mean of m squares of a normal number.
        let slack = 5.0 * (2.0 / m as f64).sqrt() * norm;
        let mut scratch = vec![0.0; SeededMeasurement::<f64>::scratch_len(shape)];
        let got = mean_square(&mut SeededMeasurement::new(shape, m, 1, &mut scratch).unwrap(), x);
        assert!((got - norm).abs() < slack, "seeded {shape:?}: {got} {norm}");
        let mut scratch = vec![0.0; SignMeasurement::<f64>::scratch_len(shape)];
        let mut words = vec![0; SignMeasurement::<f64>::words_len(shape, m)];
        let got = mean_square(&mut SignMeasurement::new(shape, m, 1, &mut scratch, &mut words).unwrap(), x);
        assert!((got - norm).abs() < slack, "signs {shape:?}: {got} {norm}");
        let mut rows = vec![0.0; m * shape.len()];
        for (index, row) in rows.chunks_exact_mut(shape.len()).enumerate() {
            SeededMeasurement::row(8, index, row);
            let mut at = 0;
            for i in 0..shape.rows() {
                for j in 0..if shape.is_symmetric() { i + 1 } else { shape.columns() } {
                    let half = if shape.is_symmetric() && i != j { 0.5_f64.sqrt() } else { 1.0 };
                    row[at] *= 0.01 * half;
                    at += 1;
                }
            }
        }
        let mut scratch = vec![0.0; DenseMeasurement::<f64>::scratch_len(shape)];
        let mut dense = DenseMeasurement::new(shape, m, &rows, &mut scratch).unwrap();
        assert!((dense.unit() - 0.01).abs() < 3e-4, "{}", dense.unit());
        let got = mean_square(&mut dense, x);
        assert!((got - norm).abs() < 1.2 * slack, "dense {shape:?}: {got} {norm}");
    }
    let (left, right) = factors(RECTANGULAR, 2, 3);
    let x = view(RECTANGULAR, &left, &right);
    let values = vec![0.0; RECTANGULAR.len()];
    let entries = Entries::dense(5, 9, &values, None).unwrap();
    let mut scratch = vec![0.0; RECTANGULAR.len()];
    let got = mean_square(&mut EntryMeasurement::new(entries, &mut scratch).unwrap(), x);
    assert!((got / sizes(RECTANGULAR, x).0 - 1.0).abs() < 1e-12, "exact over all entries");
}

/// Pairs lack 0.15 of the diagonal, single vectors have half the squared trace besides.
#[test]
fn the_scaling_of_rank_one_measurements() {
    let (left, right) = factors(SYMMETRIC, 3, 5);
    let x = view(SYMMETRIC, &left, &right);
    let (norm, diagonal, trace) = sizes(SYMMETRIC, x);
    for (paired, wanted) in [(true, norm - 0.15 * diagonal), (false, norm + trace / 2.0 - 0.15 * diagonal)] {
        let mut scratch = vec![0.0; RankOneMeasurement::<f64>::scratch_len(7, 3)];
        let got = mean_square(&mut RankOneMeasurement::new(7, 40_000, 3, paired, 2, &mut scratch).unwrap(), x);
        assert!((got / wanted - 1.0).abs() < 0.06, "{paired}: {got} {wanted}");
    }
}

/// A_i of an operator, by measuring pairs of unit vectors: <A, (u u' of sums)>.
fn check_against_dense(name: &str, op: &mut dyn Measurement<f64>) {
    let shape = op.shape();
    let (rows, columns, m) = (shape.rows(), shape.columns(), op.count());
    let unit = |n: usize, i: usize, j: usize| {
        let mut v = vec![0.0; n];
        v[i] += 1.0;
        v[j] += 1.0;
        v
    };
    let mut value = |left: &[f64], right: &[f64]| {
        let x = view(shape, left, right);
        let mut out = Vec::new();
        op.begin(x, Collect::Matrix);
        op.visit(0..m, x, &vec![0.0; m], &mut |value| out.push(value));
        out
    };
    let mut matrices = vec![vec![0.0; rows * columns]; m];
    let zeros = vec![0.0; m];
    for i in 0..rows {
        for j in 0..columns {
            let (all, first, second) = if shape.is_symmetric() {
                // (e_i + e_j)(e_i + e_j)' - e_i e_i' - e_j e_j' is twice the symmetric pair.
                let e = |k: usize| unit(rows, k, k).iter().map(|v| v / 2.0).collect::<Vec<_>>();
                if i == j {
                    (value(&e(i), &[]), zeros.clone(), zeros.clone())
                } else {
                    (value(&unit(rows, i, j), &[]), value(&e(i), &[]), value(&e(j), &[]))
                }
            } else {
                let e = |n: usize, k: usize| unit(n, k, k).iter().map(|v| v / 2.0).collect::<Vec<_>>();
                (value(&e(rows, i), &e(columns, j)), zeros.clone(), zeros.clone())
            };
            let half = if shape.is_symmetric() && i != j { 0.5 } else { 1.0 };
            for k in 0..m {
                matrices[k][i * columns + j] = half * (all[k] - first[k] - second[k]);
            }
        }
    }
    // Residuals and sums at a random X with random y, in blocks.
    let (left, right) = factors(shape, 2, 77);
    let x = view(shape, &left, &right);
    let mut random = Random::new(4);
    let y: Vec<f64> = (0..m).map(|_| 3.0 * random.normal()).collect();
    let mut sums = vec![0.0; rows * columns];
    let mut wanted = Vec::new();
    for k in 0..m {
        let mut fit = 0.0;
        for i in 0..rows {
            for j in 0..columns {
                let element: f64 = x.left.chunks(rows).zip(x.right.chunks(columns)).map(|(l, r)| l[i] * r[j]).sum();
                fit += matrices[k][i * columns + j] * element;
            }
        }
        wanted.push(fit - y[k]);
        let sign = if fit < y[k] { -1.0 } else { 1.0 };
        sums.iter_mut().zip(&matrices[k]).for_each(|(s, a)| *s += sign * a);
    }
    for collect in [Collect::Products, Collect::Matrix] {
        let mut got = Vec::new();
        op.begin(x, collect);
        for start in (0..m).step_by(16) {
            op.visit(start..(start + 16).min(m), x, &y, &mut |value| got.push(value));
        }
        op.finish();
        assert_eq!(got.len(), m);
        for (got, wanted) in got.iter().zip(&wanted) {
            assert!((got - wanted).abs() < 1e-11, "{name}: residual {got} {wanted}");
        }
        let (mut to_left, mut to_right) = (vec![0.0; 2 * rows], vec![0.0; 2 * shape.right()]);
        op.products(x, &mut to_left, &mut to_right);
        for c in 0..2 {
            for i in 0..rows {
                let wanted: f64 = (0..columns).map(|j| sums[i * columns + j] * x.right[c * columns + j]).sum();
                assert!((to_left[c * rows + i] - wanted).abs() < 1e-10, "{name}: S R {wanted}");
            }
            for j in 0..shape.right() {
                let wanted: f64 = (0..rows).map(|i| sums[i * columns + j] * x.left[c * rows + i]).sum();
                assert!((to_right[c * columns + j] - wanted).abs() < 1e-10, "{name}: S' L {wanted}");
            }
        }
    }
    let norm = sums.iter().map(|s| s * s).sum::<f64>().sqrt();
    assert!((op.sums().norm() - norm).abs() < 1e-10 * norm, "{name}: norm");
}

#[test]
fn every_operator_agrees_with_dense_matrices() {
    let m = 37;
    for shape in [SYMMETRIC, RECTANGULAR] {
        let mut scratch = vec![0.0; SeededMeasurement::<f64>::scratch_len(shape)];
        check_against_dense("seeded", &mut SeededMeasurement::new(shape, m, 1, &mut scratch).unwrap());
        let mut scratch = vec![0.0; SignMeasurement::<f64>::scratch_len(shape)];
        let mut words = vec![0; SignMeasurement::<f64>::words_len(shape, m)];
        check_against_dense("signs", &mut SignMeasurement::new(shape, m, 1, &mut scratch, &mut words).unwrap());
        let mut random = Random::new(6);
        let rows: Vec<f64> = (0..m * shape.len()).map(|_| random.normal()).collect();
        let mut scratch = vec![0.0; DenseMeasurement::<f64>::scratch_len(shape)];
        check_against_dense("dense", &mut DenseMeasurement::new(shape, m, &rows, &mut scratch).unwrap());
    }
    for paired in [true, false] {
        let mut scratch = vec![0.0; RankOneMeasurement::<f64>::scratch_len(7, 3)];
        check_against_dense("rank one", &mut RankOneMeasurement::new(7, m, 3, paired, 2, &mut scratch).unwrap());
    }
    let (values, mut mask) = (vec![0.0; 45], vec![1; 45]);
    mask.iter_mut().step_by(3).for_each(|known| *known = 0);
    let entries = Entries::dense(5, 9, &values, Some(&mask)).unwrap();
    let mut scratch = vec![0.0; 45];
    check_against_dense("entries", &mut EntryMeasurement::new(entries, &mut scratch).unwrap());
}

/// The signs that `row` tells are those the operator uses.
#[test]
fn rows_of_signs_are_what_is_measured() {
    let shape = Shape::Rectangular { rows: 3, columns: 15 };
    let mut scratch = vec![0.0_f32; SignMeasurement::<f32>::scratch_len(shape)];
    let mut words = vec![0; SignMeasurement::<f32>::words_len(shape, 9)];
    let mut op = SignMeasurement::new(shape, 9, 5, &mut scratch, &mut words).unwrap();
    let (left, right): (Vec<f32>, Vec<f32>) =
        ((1..=3).map(|k| k as f32).collect(), (1..=15).map(|k| k as f32).collect());
    let x = view(shape, &left, &right);
    let mut got = Vec::new();
    op.begin(x, Collect::Matrix);
    op.visit(0..9, x, &[0.0; 9], &mut |value| got.push(value));
    for (index, got) in got.iter().enumerate() {
        let mut row = [0; 2];
        SignMeasurement::<f32>::row(5, index, &mut row);
        let sign = |k: usize| if (row[k / 32] >> (k % 32)) & 1 == 1 { 1.0 } else { -1.0 };
        let wanted: f32 = (0..45).map(|k| sign(k) * left[k / 15] * right[k % 15]).sum();
        assert_eq!(*got, wanted, "small integers are exact");
    }
}

#[test]
fn refusals_name_the_field() {
    let mut scratch = [0.0_f32; 100];
    let out = |field, index| Some(Error::OutOfRange { field, index });
    let mut seeded = |shape, m, len: usize| SeededMeasurement::new(shape, m, 1, &mut scratch[..len]).err();
    let small = Shape::Symmetric { n: 3 };
    assert_eq!(seeded(small, 5, 18), None);
    assert_eq!(seeded(small, 5, 17), Some(Error::Length { field: Field::Scratch, need: 18, got: 17 }));
    assert_eq!(seeded(Shape::Symmetric { n: 0 }, 5, 0), out(Field::Size, 0));
    assert_eq!(seeded(Shape::Rectangular { rows: 4, columns: 0 }, 5, 0), out(Field::Size, 0));
    assert_eq!(seeded(Shape::Symmetric { n: usize::MAX }, 5, 0), Some(Error::TooLarge { field: Field::Size }));
    assert_eq!(seeded(small, 0, 18), out(Field::Measurements, 0));
    assert_eq!(seeded(small, usize::MAX, 18), Some(Error::TooLarge { field: Field::Measurements }));
    let mut words = [0; 12];
    let mut signs =
        |len: usize, bits: usize| SignMeasurement::new(small, 5, 1, &mut scratch[..len], &mut words[..bits]).err();
    assert_eq!(signs(64, 12), None);
    assert_eq!(signs(63, 12), Some(Error::Length { field: Field::Scratch, need: 64, got: 63 }));
    assert_eq!(signs(64, 11), Some(Error::Length { field: Field::Bytes, need: 12, got: 11 }));
    let mut one = |rank, len: usize| RankOneMeasurement::new(3, 5, rank, true, 1, &mut scratch[..len]).err();
    assert_eq!(one(1, 14), None);
    assert_eq!(one(1, 13), Some(Error::Length { field: Field::Scratch, need: 14, got: 13 }));
    assert_eq!(one(0, 14), out(Field::Rank, 0));
    let mut dense = |values: &[f32], len: usize| DenseMeasurement::new(small, 2, values, &mut scratch[..len]).err();
    assert_eq!(dense(&[1.0; 12], 12), None);
    assert_eq!(dense(&[1.0; 11], 12), Some(Error::Length { field: Field::Values, need: 12, got: 11 }));
    assert_eq!(dense(&[0.0; 12], 12), out(Field::Values, 0));
    assert_eq!(dense(&[f32::NAN; 12], 12), Some(Error::NotFinite { field: Field::Values, index: 0 }));
    assert_eq!(dense(&[1.0; 12], 11), Some(Error::Length { field: Field::Scratch, need: 12, got: 11 }));
}
