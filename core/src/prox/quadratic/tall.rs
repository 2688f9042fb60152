//! What least squares needs of a tall matrix whose rows lie in one piece, as a host has it: several sums side by side, the terms of each in
//! the order in which a chip adds them.

use crate::factor::Packed;
use crate::matrix::MatRef;
use crate::real::Real;
use crate::wide::{Work, wide};

/// The lower triangle of A'A, which a product of columns would read all of A for every entry of. False where rows do not lie in one piece.
pub(super) fn gram<T: Real>(matrix: MatRef<'_, T>, to: &mut [T]) -> bool {
    wide(to.len(), Gram { matrix, to });
    matrix.row_in_one_piece(0).is_some()
}

struct Gram<'a, 'b, T> {
    matrix: MatRef<'a, T>,
    to: &'b mut [T],
}

impl<T: Real> Work for Gram<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // Eight registers of the wider kind, or four: what is left of sixteen holds what is added to them.
        if size_of::<T>() == 4 { self.tiles::<4, 8>() } else { self.tiles::<8, 4>() }
    }
}

impl<T: Real> Gram<'_, '_, T> {
    #[inline(always)]
    fn tiles<const ROWS: usize, const COLUMNS: usize>(self) {
        let n = self.matrix.columns();
        for i in (0..n).step_by(ROWS) {
            for j in (0..n.min(i + ROWS)).step_by(COLUMNS) {
                let whole = i + ROWS <= n && j + COLUMNS <= n;
                let sums: [[T; COLUMNS]; ROWS] = if whole { tile(self.matrix, i, j) } else { edge(self.matrix, i, j) };
                // What of it belongs to the lower triangle.
                for (row, sums) in (i..n).zip(sums) {
                    let place = Packed::elements(row) + j..Packed::elements(row + 1);
                    for (to, sum) in self.to.get_mut(place).unwrap_or(&mut []).iter_mut().zip(sums) {
                        *to = sum;
                    }
                }
            }
        }
    }
}

/// Entries of A'A from (i, j) on, row after row of A.
#[inline(always)]
fn tile<T: Real, const ROWS: usize, const COLUMNS: usize>(
    matrix: MatRef<'_, T>,
    i: usize,
    j: usize,
) -> [[T; COLUMNS]; ROWS] {
    let mut sums = [[T::ZERO; COLUMNS]; ROWS];
    for row in matrix.rows_in_one_piece() {
        let down: Option<&[T; ROWS]> = row.get(i..).and_then(<[T]>::first_chunk);
        let along: Option<&[T; COLUMNS]> = row.get(j..).and_then(<[T]>::first_chunk);
        let (Some(down), Some(along)) = (down, along) else { return sums };
        for (sums, a) in sums.iter_mut().zip(down) {
            for (sum, b) in sums.iter_mut().zip(along) {
                *sum += *a * *b;
            }
        }
    }
    sums
}

/// The same by one entry after the other, as far as there are columns.
#[inline(never)]
fn edge<T: Real, const ROWS: usize, const COLUMNS: usize>(
    matrix: MatRef<'_, T>,
    i: usize,
    j: usize,
) -> [[T; COLUMNS]; ROWS] {
    let mut sums = [[T::ZERO; COLUMNS]; ROWS];
    for (sums, i) in sums.iter_mut().zip(i..) {
        for (sum, j) in sums.iter_mut().zip(j..) {
            for row in matrix.rows_in_one_piece() {
                if let (Some(a), Some(b)) = (row.get(i), row.get(j)) {
                    *sum += *a * *b;
                }
            }
        }
    }
    sums
}

/// Rows whose residuals are summed at a time.
const ROWS: usize = 4;

/// y += A'(A x - b) over the first rows, and how many those are: a multiple of [`ROWS`], none where rows do not lie in one piece.
pub(super) fn add_gradient<T: Real>(matrix: MatRef<'_, T>, rhs: &[T], x: &[T], y: &mut [T]) -> usize {
    wide(rhs.len().saturating_mul(x.len()), Gradient { matrix, rhs, x, y })
}

struct Gradient<'a, 'b, T> {
    matrix: MatRef<'a, T>,
    rhs: &'b [T],
    x: &'b [T],
    y: &'b mut [T],
}

impl<T: Real> Work for Gradient<'_, '_, T> {
    type Output = usize;

    #[inline(always)]
    fn run(self) -> usize {
        let mut done = 0;
        for b in self.rhs.as_chunks::<ROWS>().0 {
            let rows = [0, 1, 2, 3].map(|k| self.matrix.row_in_one_piece(done + k));
            let [Some(r0), Some(r1), Some(r2), Some(r3)] = rows else { return done };
            let [mut s0, mut s1, mut s2, mut s3] = b.map(|b| -b);
            for ((((x, a0), a1), a2), a3) in self.x.iter().zip(r0).zip(r1).zip(r2).zip(r3) {
                s0 += *a0 * *x;
                s1 += *a1 * *x;
                s2 += *a2 * *x;
                s3 += *a3 * *x;
            }
            for ((((y, a0), a1), a2), a3) in self.y.iter_mut().zip(r0).zip(r1).zip(r2).zip(r3) {
                *y = (((*y + *a0 * s0) + *a1 * s1) + *a2 * s2) + *a3 * s3;
            }
            done += ROWS;
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factor::Layout;
    use std::vec;
    use std::vec::Vec;

    /// Entry by entry, one term after the other. Rows that begin closer together than they are long share elements.
    fn agree<T: Real>(rows: usize, columns: usize, stride: usize) {
        let len = rows * columns.max(stride);
        let data: Vec<T> = (0..len).map(|k| T::from_f64((k as f64 * 0.7).sin() * 3.0)).collect();
        let (rhs, x): (Vec<T>, Vec<T>) = (data[..rows].to_vec(), data[..columns].to_vec());
        let matrix = MatRef::strided(&data, rows, columns, stride, 1).unwrap();
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
        for (rows, columns) in [(1, 1), (5_usize, 3_usize), (9, 8), (13, 11), (40, 33), (70, 64)] {
            for stride in [columns, 1, columns.div_ceil(2), columns + 3] {
                agree::<f32>(rows, columns, stride);
                agree::<f64>(rows, columns, stride);
            }
        }
        let data = [1.0_f32; 6];
        let columns_first = MatRef::column_major(&data, 3, 2).unwrap();
        assert!(!gram(columns_first, &mut [0.0; 3]));
        assert_eq!(add_gradient(columns_first, &[0.0; 3], &[0.0; 2], &mut [0.0; 2]), 0);
    }
}
