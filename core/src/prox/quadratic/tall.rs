//! What least squares needs of a tall matrix whose rows lie in one piece, as a host has it: several sums side by side, the terms of each in
//! the order in which a chip adds them.

use crate::factor::{Layout, Packed};
use crate::matrix::MatRef;
use crate::real::Real;
use crate::wide::wide;

/// Rows of A'A that are summed at a time.
const ROWS: usize = 4;

/// Columns of A'A that are summed at a time.
const COLUMNS: usize = 8;

/// The lower triangle of A'A, which a product of columns would read all of A for every entry of. False where rows do not lie in one piece.
pub(super) fn gram<T: Real>(matrix: MatRef<'_, T>, to: &mut [T]) -> bool {
    let n = matrix.columns();
    wide(to.len(), || {
        for i in (0..n).step_by(ROWS) {
            for j in (0..n.min(i + ROWS)).step_by(COLUMNS) {
                store(i, j, tile(matrix, i, j), to);
            }
        }
    });
    matrix.row_in_one_piece(0).is_some()
}

/// Entries of A'A from (i, j) on.
#[inline(always)]
fn tile<T: Real>(matrix: MatRef<'_, T>, i: usize, j: usize) -> [[T; COLUMNS]; ROWS] {
    let mut sums = [[T::ZERO; COLUMNS]; ROWS];
    for row in 0..matrix.rows() {
        let row = matrix.row_in_one_piece(row).unwrap_or(&[]);
        let (down, along): ([T; ROWS], [T; COLUMNS]) = (part(row, i), part(row, j));
        for (sums, a) in sums.iter_mut().zip(down) {
            for (sum, b) in sums.iter_mut().zip(along) {
                *sum += a * b;
            }
        }
    }
    sums
}

/// Elements of a row from `start` on, zeros after its end.
#[inline(always)]
fn part<T: Real, const N: usize>(row: &[T], start: usize) -> [T; N] {
    let rest = row.get(start..).unwrap_or(&[]);
    match rest.first_chunk() {
        Some(part) => *part,
        None => {
            let mut part = [T::ZERO; N];
            for (to, from) in part.iter_mut().zip(rest) {
                *to = *from;
            }
            part
        }
    }
}

/// Puts what belongs to the lower triangle there.
#[inline(always)]
fn store<T: Real>(i: usize, j: usize, sums: [[T; COLUMNS]; ROWS], to: &mut [T]) {
    for (row, sums) in (i..).zip(sums) {
        let start = Packed::new(row).len() + j;
        for (to, sum) in to.get_mut(start..).unwrap_or(&mut []).iter_mut().zip(sums).take((row + 1).saturating_sub(j)) {
            *to = sum;
        }
    }
}

/// y += A'(A x - b) over the first rows, and how many those are: a multiple of [`ROWS`], none where rows do not lie in one piece.
pub(super) fn add_gradient<T: Real>(matrix: MatRef<'_, T>, rhs: &[T], x: &[T], y: &mut [T]) -> usize {
    let mut done = 0;
    wide(rhs.len().saturating_mul(x.len()), || {
        for b in rhs.as_chunks::<ROWS>().0 {
            let rows = [0, 1, 2, 3].map(|k| matrix.row_in_one_piece(done + k));
            let [Some(r0), Some(r1), Some(r2), Some(r3)] = rows else { return };
            let [mut s0, mut s1, mut s2, mut s3] = b.map(|b| -b);
            for ((((x, a0), a1), a2), a3) in x.iter().zip(r0).zip(r1).zip(r2).zip(r3) {
                s0 += *a0 * *x;
                s1 += *a1 * *x;
                s2 += *a2 * *x;
                s3 += *a3 * *x;
            }
            for ((((y, a0), a1), a2), a3) in y.iter_mut().zip(r0).zip(r1).zip(r2).zip(r3) {
                *y = (((*y + *a0 * s0) + *a1 * s1) + *a2 * s2) + *a3 * s3;
            }
            done += ROWS;
        }
    });
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    /// Entry by entry, one term after the other.
    fn agree<T: Real>(rows: usize, columns: usize) {
        let data: Vec<T> = (0..rows * columns).map(|k| T::from_f64((k as f64 * 0.7).sin() * 3.0)).collect();
        let (rhs, x): (Vec<T>, Vec<T>) = (data[..rows].to_vec(), data[..columns].to_vec());
        let matrix = MatRef::row_major(&data, rows, columns).unwrap();
        let mut lower = vec![T::NAN; Packed::elements(columns)];
        assert!(gram(matrix, &mut lower));
        let at = |i, j| matrix.get(i, j).unwrap();
        for i in 0..columns {
            for j in 0..=i {
                let sum = (0..rows).fold(T::ZERO, |sum, k| sum + at(k, i) * at(k, j));
                let entry = lower[Packed::new(columns).index(i, j).unwrap()];
                assert_eq!(entry.to_bits_u64(), sum.to_bits_u64(), "{rows} x {columns}: {i}, {j}");
            }
        }
        let mut y = vec![T::ZERO; columns];
        let done = add_gradient(matrix, &rhs, &x, &mut y);
        assert_eq!(done, rows / ROWS * ROWS);
        let residual = |k: usize| (0..columns).fold(-rhs[k], |sum, j| sum + at(k, j) * x[j]);
        for (j, y) in y.iter().enumerate() {
            let sum = (0..done).fold(T::ZERO, |sum, k| sum + at(k, j) * residual(k));
            assert_eq!(y.to_bits_u64(), sum.to_bits_u64(), "{rows} x {columns}: {j}");
        }
    }

    #[test]
    fn side_by_side_has_the_bits_of_one_after_the_other() {
        for (rows, columns) in [(1, 1), (5, 3), (9, 8), (13, 11), (40, 33), (70, 64)] {
            agree::<f32>(rows, columns);
            agree::<f64>(rows, columns);
        }
        let data = [1.0_f32; 6];
        let columns_first = MatRef::column_major(&data, 3, 2).unwrap();
        assert!(!gram(columns_first, &mut [0.0; 3]));
        assert_eq!(add_gradient(columns_first, &[0.0; 3], &[0.0; 2], &mut [0.0; 2]), 0);
    }
}
