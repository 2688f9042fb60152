//! Total variation in two dimensions.

use super::TotalVariation;
use crate::error::{self, Error, Field};
use crate::operator::Prox;
use crate::real::Real;
use crate::vector;

/// f(x) = sum of |differences| along the rows and the columns of a picture (anisotropic), rows one after the other.
///
/// Dykstra's algorithm over rows and columns, each exact (`TotalVariation`): linear convergence, so that `rounds` of 10 to 50 give three to
/// five digits. Ends when a round moves nothing by more than `tolerance` times the largest magnitude. Scratch 2 n and
/// the longer side.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PlaneTotalVariation<T> {
    /// Rows; n is rows times columns.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// The most rounds, at least 1.
    pub rounds: u32,
    /// When to stop, at least 0.
    pub tolerance: T,
}

/// One line of the picture: prox of it plus its correction, which then holds what was taken away. Answers the largest move.
fn relax<T: Real>(
    x: &mut [T],
    correction: &mut [T],
    line: &mut [T],
    places: impl Iterator<Item = usize> + Clone,
    step: T,
) -> T {
    for (value, place) in line.iter_mut().zip(places.clone()) {
        *value = match (x.get(place), correction.get(place)) {
            (Some(x), Some(correction)) => *x + *correction,
            _ => T::ZERO,
        };
    }
    TotalVariation.prox(line, step, &mut []);
    let mut moved = T::ZERO;
    for (value, place) in line.iter().zip(places) {
        if let (Some(x), Some(correction)) = (x.get_mut(place), correction.get_mut(place)) {
            moved = moved.max((*x - *value).abs());
            *correction = (*x + *correction) - *value;
            *x = *value;
        }
    }
    moved
}

impl<T: Real> Prox<T> for PlaneTotalVariation<T> {
    fn scratch_len(&self, n: usize) -> usize {
        n.saturating_mul(2).saturating_add(self.rows.max(self.columns))
    }

    fn check(&self, n: usize, scratch: usize) -> Result<(), Error> {
        if self.rows.checked_mul(self.columns) != Some(n) {
            return Err(Error::OutOfRange { field: Field::Size, index: 0 });
        }
        if self.rounds == 0 {
            return Err(Error::OutOfRange { field: Field::Iterations, index: 0 });
        }
        if !(self.tolerance >= T::ZERO) {
            return Err(Error::OutOfRange { field: Field::Tolerance, index: 0 });
        }
        error::at_least(Field::Workspace, n.saturating_mul(2).saturating_add(self.rows.max(self.columns)), scratch)
    }

    fn prox(&self, x: &mut [T], step: T, scratch: &mut [T]) {
        let n = x.len();
        let Some((along, rest)) = scratch.split_at_mut_checked(n) else { return };
        let Some((down, line)) = rest.split_at_mut_checked(n) else { return };
        along.fill(T::ZERO);
        down.fill(T::ZERO);
        for _ in 0..self.rounds {
            let mut moved = T::ZERO;
            let Some(row) = line.get_mut(..self.columns) else { return };
            for start in (0..self.rows).map(|k| k * self.columns) {
                moved = moved.max(relax(x, along, row, start.., step));
            }
            let Some(column) = line.get_mut(..self.rows) else { return };
            for start in 0..self.columns {
                moved = moved.max(relax(x, down, column, (start..).step_by(self.columns.max(1)), step));
            }
            if !(moved > self.tolerance * vector::max_abs(x)) {
                return;
            }
        }
    }

    fn value(&self, x: &[T]) -> T {
        let along = x.chunks(self.columns.max(1)).fold(T::ZERO, |sum, row| sum + super::variation(row));
        let below = x.iter().skip(self.columns);
        x.iter().zip(below).fold(along, |sum, (a, b)| sum + (*b - *a).abs())
    }
}
