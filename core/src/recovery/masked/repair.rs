//! Rows and columns on their own: reweighted least absolute deviations, and least squares over what fits.

use super::{Checkpoint, Masked};
use crate::real::Real;
use crate::recovery::entries::{row, short_dot};
use crate::recovery::row_ls::RowLs;

/// Reweightings of a row that is repaired.
const ROUNDS: u32 = 25;

impl<T: Real> Masked<'_, T, &mut Checkpoint<T>> {
    /// Solves rows that do not fit against the columns that do, then columns against rows; whether there was anything to
    /// solve against.
    pub(super) fn repair(&mut self) -> bool {
        let rows = self.entries.rows();
        let good = |range: &[T]| range.iter().filter(|good| **good > T::ZERO).count();
        let (of_rows, of_columns) = self.work.good.split_at_checked(rows).unwrap_or((&[], &[]));
        // Too few that fit prove nothing about the subspace: an attempt that has gone wrong.
        if good(of_columns) < 2 * self.rank() || good(of_rows) < 2 * self.rank() {
            return false;
        }
        for index in 0..rows {
            self.repair_one(index, true);
        }
        self.certify();
        for index in 0..self.entries.columns() {
            self.repair_one(index, false);
        }
        true
    }

    fn repair_one(&mut self, index: usize, is_row: bool) -> Option<()> {
        let (entries, rank, rows) = (self.entries, self.rank(), self.entries.rows());
        let place = if is_row { index } else { rows + index };
        if *self.work.good.get(place)? > T::ZERO {
            return Some(());
        }
        let (solved, other, offset) =
            if is_row { (&mut *self.left, &*self.right, rows) } else { (&mut *self.right, &*self.left, 0) };
        let v = solved.get_mut(index * rank..)?.get_mut(..rank)?;
        let good = &*self.work.good;
        let mut kernel = RowLs::new(rank, self.work.kernel)?;
        let mut floor = self.state.median;
        for round in 0..ROUNDS {
            kernel.clear();
            let mut add = |k: usize, value: T| {
                let trusted = good.get(offset + k).is_some_and(|good| *good > T::ZERO);
                let Some(u) = row(other, k, rank).filter(|_| trusted) else { return };
                // The first round knows nothing of the row but that large values are suspect.
                let size = if round == 0 { value.abs() } else { (short_dot(u, v) - value).abs() };
                kernel.add(u, value, floor / size.max(floor));
            };
            if is_row {
                entries.row(index, &mut add)
            } else {
                entries.column(index, &mut add)
            };
            if !kernel.solve(v) {
                break;
            }
            floor *= T::from_f64(0.65);
        }
        Some(())
    }

    /// One sweep of least squares over the entries that fit; after the first, over those within 20 times the root mean square
    /// of the last.
    pub(super) fn polish(&mut self, sweep: u32) -> Option<()> {
        let (entries, rank) = (self.entries, self.rank());
        let within = self.state.residual * T::from_f64(20.0);
        let fit = if sweep == 0 { self.state.fit() } else { self.state.fit().min(within) };
        let (mut squares, mut kept) = (T::ZERO, 0_u32);
        let mut kernel = RowLs::new(rank, self.work.kernel)?;
        for is_row in [true, false] {
            let (solved, other) =
                if is_row { (&mut *self.left, &*self.right) } else { (&mut *self.right, &*self.left) };
            let count = if is_row { entries.rows() } else { entries.columns() };
            for (index, v) in solved.chunks_exact_mut(rank.max(1)).take(count).enumerate() {
                kernel.clear();
                let mut add = |k: usize, value: T| {
                    if let Some(u) = row(other, k, rank) {
                        let residual = short_dot(u, v) - value;
                        if residual.abs() <= fit {
                            squares += residual * residual;
                            kept += 1;
                            kernel.add(u, -residual, T::ONE);
                        }
                    }
                };
                if is_row {
                    entries.row(index, &mut add)
                } else {
                    entries.column(index, &mut add)
                };
                kernel.correct(v);
            }
        }
        self.state.note(squares, kept);
        Some(())
    }
}
