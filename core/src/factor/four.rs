//! Four rows of a dense Cholesky factor side by side, for hosts: one sum waits for its last term, four do not wait for each other. Every
//! sum has its terms in the order in which a chip subtracts them.

use super::layout::Layout;
use super::substitute::{Diagonal, Reciprocal, Split, split};
use crate::error::Error;
use crate::real::Real;

/// Rows above from which on it gains anything.
const ABOVE: usize = 8;

/// Factors the rows i to i + 3 and answers true, or leaves them: where the matrix ends before, or stores less of a row than all.
///
/// # Errors
/// `Pivot` as for one row.
pub(super) fn factor_four<T: Real, L: Layout>(layout: L, i: usize, values: &mut [T]) -> Result<bool, Error> {
    if i < ABOVE || i + 4 > layout.dim() || layout.first(i + 3) > 0 || !solve_four(layout, i, values) {
        return Ok(false);
    }
    for row in i..i + 4 {
        finish(layout, row, i, values).ok_or(Error::Pivot { row })?;
    }
    Ok(true)
}

/// Row k of the factor, up to its diagonal element, in memory that starts with row 0.
fn row_above<T: Real, L: Layout>(layout: L, k: usize, above: &[T]) -> Option<(&[T], T)> {
    let start = layout.start(k) - layout.start(0);
    let (elements, rest) = above.get(start..)?.split_at_checked(k)?;
    Some((elements, *rest.first()?))
}

/// The columns before i of these rows. `false` never comes for rows that are there.
fn solve_four<T: Real, L: Layout>(layout: L, i: usize, values: &mut [T]) -> bool {
    let Some((above, own)) = values.split_at_mut_checked(layout.start(i)) else { return false };
    let above = above.get(layout.start(0)..).unwrap_or(&[]);
    let mut rest = own;
    let mut next = |row: usize| {
        let (elements, after) = core::mem::take(&mut rest).split_at_mut_checked(row + 1)?;
        rest = after.get_mut(layout.gap(row)..).unwrap_or(&mut []);
        elements.get_mut(..i)
    };
    let (Some(r0), Some(r1), Some(r2), Some(r3)) = (next(i), next(i + 1), next(i + 2), next(i + 3)) else {
        return false;
    };
    for k in 0..i {
        let Some((elements, stored)) = row_above(layout, k, above) else { return false };
        let rows = [&mut *r0, &mut *r1, &mut *r2, &mut *r3].map(|row| row.split_at_mut_checked(k));
        let [Some((k0, [v0, ..])), Some((k1, [v1, ..])), Some((k2, [v2, ..])), Some((k3, [v3, ..]))] = rows else {
            return false;
        };
        let [mut s0, mut s1, mut s2, mut s3] = [*v0, *v1, *v2, *v3];
        for ((((l, a), b), c), d) in elements.iter().zip(k0).zip(k1).zip(k2).zip(k3) {
            s0 -= *l * *a;
            s1 -= *l * *b;
            s2 -= *l * *c;
            s3 -= *l * *d;
        }
        [*v0, *v1, *v2, *v3] = [s0, s1, s2, s3].map(|sum| Reciprocal::divide(sum, stored));
    }
    true
}

/// What is left of a row whose first `solved` columns are solved. `None` if the pivot is not a positive number.
fn finish<T: Real, L: Layout>(layout: L, row: usize, solved: usize, values: &mut [T]) -> Option<()> {
    let Split { above, columns, diagonal } = split(layout, row, values)?;
    let mut pivot = columns.get(..solved)?.iter().fold(*diagonal, |pivot, l| pivot - *l * *l);
    for k in solved..row {
        let (elements, stored) = row_above(layout, k, above)?;
        let (known, [value, ..]) = columns.split_at_mut_checked(k)? else { return None };
        let sum = elements.iter().zip(known).fold(*value, |sum, (l, y)| sum - *l * *y);
        *value = Reciprocal::divide(sum, stored);
        pivot -= *value * *value;
    }
    // As for one row.
    if !(pivot > T::ZERO && pivot <= T::MAX) {
        return None;
    }
    *diagonal = T::ONE / pivot.sqrt();
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::{Band, Cholesky, Packed, Square};
    use super::*;
    use crate::factor::cholesky::factor_row;
    use crate::factor::testing::Random;
    use std::vec;
    use std::vec::Vec;

    /// Row by row where it is a band, four at a time where it is dense.
    fn agree<T: Real>(n: usize, random: &mut Random) {
        let mut at = vec![vec![T::ZERO; n]; n];
        for (i, row) in at.iter_mut().enumerate() {
            row[..i].fill_with(|| T::from_f64(random.between(-1.0, 1.0)));
            row[i] = T::from_f64(n as f64 + random.between(0.0, 1.0));
        }
        let fill = |len: usize, index: &dyn Fn(usize, usize) -> usize| {
            let mut values = vec![T::ZERO; len];
            for i in 0..n {
                for j in 0..=i {
                    values[index(i, j)] = at[i][j];
                }
            }
            values
        };
        let band = Band::new(n, n + 3);
        let mut rows = fill(band.len(), &|i, j| band.index(i, j).unwrap());
        let (packed, square) = (Packed::new(n), Square::new(n));
        let mut fours = fill(packed.len(), &|i, j| packed.index(i, j).unwrap());
        let mut wide = fill(square.len(), &|i, j| square.index(i, j).unwrap());
        by_rows(band, &mut rows).unwrap();
        Cholesky::factor(packed, &mut fours).unwrap();
        Cholesky::factor(square, &mut wide).unwrap();
        for i in 0..n {
            for j in 0..=i {
                let bits = |value: T| value.to_bits_u64();
                let expected = bits(rows[band.index(i, j).unwrap()]);
                assert_eq!(bits(fours[packed.index(i, j).unwrap()]), expected, "{n}: {i}, {j}");
                assert_eq!(bits(wide[square.index(i, j).unwrap()]), expected, "{n}: {i}, {j}");
            }
        }
        for bad in ABOVE..n {
            let mut values = fill(packed.len(), &|i, j| packed.index(i, j).unwrap());
            values[packed.diagonal(bad)] = T::NAN;
            assert_eq!(Cholesky::factor(packed, &mut values).err(), Some(Error::Pivot { row: bad }));
        }
    }

    fn by_rows<T: Real, L: Layout>(layout: L, values: &mut [T]) -> Option<()> {
        (0..layout.dim()).try_for_each(|row| factor_row(layout, row, values))
    }

    #[test]
    fn four_rows_at_a_time_have_the_bits_of_one() {
        let mut random = Random::new(7);
        let sizes: Vec<usize> = (1..40).chain([64, 67]).collect();
        for n in sizes {
            agree::<f32>(n, &mut random);
            agree::<f64>(n, &mut random);
        }
    }
}
