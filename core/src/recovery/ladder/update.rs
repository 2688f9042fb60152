//! The scaling of a subgradient by the inverse of a damped Gram matrix.

use crate::factor::{Cholesky, Packed};
use crate::real::Real;
use crate::vector;

/// The rows of the lower triangle of F'F + `damping` I, for columns of `length` elements.
pub(super) fn gram<T: Real>(factor: &[T], length: usize, gram: &mut [T], damping: T) -> Option<()> {
    let mut places = gram.iter_mut();
    for (i, column) in factor.chunks_exact(length.max(1)).enumerate() {
        for (j, other) in factor.chunks_exact(length.max(1)).take(i + 1).enumerate() {
            let place = places.next()?;
            *place = vector::dot(column, other) + if i == j { damping } else { T::ZERO };
        }
    }
    Some(())
}

/// `products` times (F'F + `damping` I)⁻¹ in place, for the columns of F in `factor`, `length` elements each. `gram` has
/// r (r + 1) / 2 elements and `row` r. `None` where the matrix is not positive definite, or not finite.
pub(in crate::recovery) fn solve<T: Real>(
    products: &mut [T],
    factor: &[T],
    length: usize,
    gram: &mut [T],
    row: &mut [T],
    damping: T,
) -> Option<()> {
    let rank = row.len();
    if products.is_empty() || rank == 0 {
        return Some(());
    }
    self::gram(factor, length, gram, damping)?;
    let gram = Cholesky::factor(Packed::new(rank), gram).ok()?;
    let rows = products.len() / rank;
    for index in 0..rows {
        for (place, column) in row.iter_mut().zip(products.chunks_exact(rows)) {
            *place = column.get(index).copied()?;
        }
        gram.solve(row).ok()?;
        for (place, column) in row.iter().zip(products.chunks_exact_mut(rows)) {
            *column.get_mut(index)? = *place;
        }
    }
    Some(())
}
