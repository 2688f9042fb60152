//! Jacobi's rotations: eigenvalues of small symmetric matrices, singular values of small dense ones.
//!
//! Both methods take the pairs of rows in a fixed order, rotate each pair so that it decouples, and are done after a sweep
//! over all pairs in which none had to be rotated. They are the methods for a microcontroller: no workspace, a loop of a
//! few lines, accuracy at least that of the larger methods (J. Demmel, K. Veselić, Jacobi's method is more accurate than
//! QR, SIAM J. Matrix Anal. Appl. 13 (1992), 1204-1245), and 2 to 9 sweeps up to n = 12. One sweep is a bounded piece of
//! work that can be done in a time slot of its own.

mod one_sided;
mod symmetric;

pub use one_sided::OneSidedJacobi;
pub use symmetric::SymmetricJacobi;

use crate::real::Real;
use crate::vector;

/// A limit for the number of sweeps that is never met in practice: convergence is quadratic in the end.
pub const SWEEPS: u32 = 30;

/// A plane rotation: cosine and sine of its angle, and their quotient, the tangent.
#[derive(Clone, Copy)]
struct Rotation<T> {
    cosine: T,
    sine: T,
    tangent: T,
}

impl<T: Real> Rotation<T> {
    /// The smaller angle that diagonalises [first off; off second], with `off` not 0: at most 45 degrees, without which
    /// the cyclic order need not converge (G. E. Forsythe, P. Henrici, Trans. AMS 94 (1960), 1-23).
    fn diagonalising(first: T, off: T, second: T) -> Self {
        // Where this overflows, the tangent is 0 and the angle below the rounding.
        let cotangent = (second - first) / (T::TWO * off);
        let size = T::ONE / (cotangent.abs() + (T::ONE + cotangent * cotangent).sqrt());
        let tangent = if cotangent < T::ZERO { -size } else { size };
        let cosine = T::ONE / (T::ONE + tangent * tangent).sqrt();
        Self { cosine, sine: tangent * cosine, tangent }
    }

    /// (x, y) becomes (c x - s y, s x + c y), element by element. Out of line: one copy serves matrix and vectors.
    #[inline(never)]
    fn rotate(self, x: &mut [T], y: &mut [T]) {
        for (x, y) in x.iter_mut().zip(y) {
            (*x, *y) = (self.cosine * *x - self.sine * *y, self.sine * *x + self.cosine * *y);
        }
    }
}

/// Two rows of a row-major matrix, `p` before `q`.
fn two_rows<T>(matrix: &mut [T], columns: usize, p: usize, q: usize) -> Option<(&mut [T], &mut [T])> {
    let (above, below) = matrix.split_at_mut_checked(q * columns)?;
    Some((above.get_mut(p * columns..)?.get_mut(..columns)?, below.get_mut(..columns)?))
}

/// Puts 1 on the diagonal of a square row-major matrix and 0 elsewhere.
#[inline(never)]
fn set_identity<T: Real>(matrix: &mut [T], n: usize) {
    matrix.fill(T::ZERO);
    for diagonal in matrix.iter_mut().step_by(n.saturating_add(1)) {
        *diagonal = T::ONE;
    }
}

/// Sorts `values` up or down, and the rows of the matrices with them: a selection sort, n swaps at most.
#[inline(never)]
fn sort_rows<T: Real>(values: &mut [T], descending: bool, matrices: &mut [(&mut [T], usize)]) {
    for place in 0..values.len() {
        let rest = values.iter().copied().enumerate().skip(place);
        let before = |a: T, b: T| if descending { a > b } else { a < b };
        let best = rest.reduce(|best, other| if before(other.1, best.1) { other } else { best });
        let Some((found, _)) = best.filter(|(found, _)| *found != place) else { continue };
        swap_rows(values, 1, place, found);
        for (matrix, columns) in matrices.iter_mut() {
            swap_rows(matrix, *columns, place, found);
        }
    }
}

#[inline(never)]
fn swap_rows<T>(matrix: &mut [T], columns: usize, p: usize, q: usize) {
    if let Some((first, second)) = two_rows(matrix, columns, p, q) {
        for (a, b) in first.iter_mut().zip(second) {
            core::mem::swap(a, b);
        }
    }
}

/// Multiplies by the power of two, which is answered, that brings the largest magnitude into [1, 2): so neither squares nor
/// rotations overflow.
#[inline(never)]
fn normalise<T: Real>(matrix: &mut [T]) -> T {
    let power = vector::max_abs(matrix).normalising_power_of_two();
    vector::scale(power, matrix);
    power
}
