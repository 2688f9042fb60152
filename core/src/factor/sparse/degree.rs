//! An order of elimination with little fill.

use super::pattern::Pattern;
use crate::error::{self, Error, Field};
use crate::matrix::Index;

/// Words of scratch that [`minimum_degree`] needs: n rows of n bits.
#[must_use]
pub const fn minimum_degree_scratch(n: usize) -> usize {
    n.saturating_mul(n.div_ceil(32))
}

/// Fills `order` so that in each turn a row with the fewest neighbours is eliminated, the first of several: the
/// minimum-degree order, in the plain form that keeps the graph as a matrix of bits (A. George, J. W. H. Liu, The evolution
/// of the minimum degree ordering algorithm, SIAM Review 31 (1989), 1-19).
///
/// O(n³ / 32) in the worst case, which belongs on a host.
///
/// # Errors
/// `Length` of `Field::Order` unless `order` has n elements, of `Field::Workspace` if the scratch is short; `TooLarge` of
/// `Field::Order` if n does not fit the index type.
pub fn minimum_degree<I: Index + TryFrom<usize>>(
    pattern: Pattern<'_, I>,
    scratch: &mut [u32],
    order: &mut [I],
) -> Result<(), Error> {
    let n = pattern.dim();
    error::exact(Field::Order, n, order.len())?;
    error::at_least(Field::Workspace, minimum_degree_scratch(n), scratch.len())?;
    let words = n.div_ceil(32).max(1);
    let rows = scratch.get_mut(..n.saturating_mul(words)).unwrap_or(&mut []);
    rows.fill(0);
    for (row, column, _) in pattern.entries() {
        mark(rows, words, row, column);
        mark(rows, words, column, row);
    }
    // A row stands in its own neighbourhood as long as it has not been eliminated.
    for row in 0..n {
        mark(rows, words, row, row);
    }
    for place in order.iter_mut() {
        let remaining = rows.chunks_exact(words).enumerate().filter(|(row, bits)| is_marked(bits, *row));
        let Some((least, _)) = remaining.min_by_key(|(_, bits)| bits.iter().map(|word| word.count_ones()).sum::<u32>())
        else {
            break;
        };
        *place = I::try_from(least).map_err(|_| Error::TooLarge { field: Field::Order })?;
        for row in (0..n).filter(|row| *row != least) {
            if !rows.get(row * words..(row + 1) * words).is_some_and(|bits| is_marked(bits, least)) {
                continue;
            }
            for word in 0..words {
                let more = rows.get(least * words + word).copied().unwrap_or(0);
                let gone = if word == least / 32 { 1 << (least % 32) } else { 0 };
                if let Some(bits) = rows.get_mut(row * words + word) {
                    *bits = (*bits | more) & !gone;
                }
            }
        }
        if let Some(bits) = rows.get_mut(least * words..(least + 1) * words) {
            bits.fill(0);
        }
    }
    Ok(())
}

fn is_marked(bits: &[u32], column: usize) -> bool {
    bits.get(column / 32).is_some_and(|word| word >> (column % 32) & 1 == 1)
}

fn mark(rows: &mut [u32], words: usize, row: usize, column: usize) {
    if let Some(word) = rows.get_mut(row * words + column / 32) {
        *word |= 1 << (column % 32);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{scratch_len, symbolic_len};
    use super::*;
    use crate::factor::Symbolic;
    use std::vec;
    use std::vec::Vec;

    /// A 5-point grid with `side` points a side.
    fn grid(side: usize) -> (Vec<u16>, Vec<u16>) {
        let (mut starts, mut columns) = (vec![0], vec![]);
        for row in 0..side * side {
            columns.extend((row >= side).then(|| (row - side) as u16));
            columns.extend((row % side != 0).then(|| (row - 1) as u16));
            columns.push(row as u16);
            starts.push(columns.len() as u16);
        }
        (starts, columns)
    }

    fn length(pattern: Pattern<'_, u16>, order: &[u16]) -> usize {
        symbolic_len(pattern, order, &mut vec![0; scratch_len(pattern.dim(), pattern.stored())]).unwrap()
    }

    #[test]
    fn an_arrow_and_a_grid_fill_little() {
        let pattern = Pattern::new(&[0_u16, 1, 3, 5, 7], &[0, 0, 1, 0, 2, 0, 3]).unwrap();
        let mut order = [0; 4];
        minimum_degree(pattern, &mut [7; minimum_degree_scratch(4)], &mut order).unwrap();
        // Row 0 is left until it has a single neighbour.
        assert_eq!(order, [1, 2, 0, 3]);
        assert_eq!(length(pattern, &order), Symbolic::<u16>::data_len(4, 7, 3));

        let (starts, columns) = grid(15);
        let pattern = Pattern::new(&starts, &columns).unwrap();
        let mut order = vec![0; 225];
        minimum_degree(pattern, &mut vec![0; minimum_degree_scratch(225)], &mut order).unwrap();
        let natural: Vec<u16> = (0..225).collect();
        let fill = |order: &[u16]| (length(pattern, order) - Symbolic::<u16>::data_len(225, columns.len(), 0)) / 3;
        // Nearly a full band, against what nested neighbourhoods leave.
        assert!(fill(&natural) > 3000 && fill(&order) < 1800, "{} {}", fill(&natural), fill(&order));
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, natural);
    }

    #[test]
    fn bad_lengths_are_named() {
        let pattern = Pattern::new(&[0_u16, 1, 2], &[0, 1]).unwrap();
        let short = Some(Error::Length { field: Field::Order, need: 2, got: 1 });
        assert_eq!(minimum_degree(pattern, &mut [0; 2], &mut [0]).err(), short);
        let short = Some(Error::Length { field: Field::Workspace, need: 2, got: 1 });
        assert_eq!(minimum_degree(pattern, &mut [0; 1], &mut [0; 2]).err(), short);
        let none = Pattern::new(&[0_u16], &[]).unwrap();
        assert_eq!(minimum_degree(none, &mut [], &mut []), Ok(()));
    }
}
