//! What proves that X is the matrix that was sought: every row and every column fits.

use super::{Checkpoint, Masked, word};
use crate::real::Real;

impl<T: Real> Masked<'_, T, &mut Checkpoint<T>> {
    /// Whether so many of so many entries are enough for a row or column.
    fn enough(&self, fitting: u32, known: u32) -> bool {
        fitting > self.state.rank.saturating_mul(2) && T::from_u32(fitting) >= self.state.share * T::from_u32(known)
    }

    /// Marks rows and columns that fit; whether all do, and enough of all entries.
    pub(super) fn certify(&mut self) -> bool {
        let (rows, fit) = (self.entries.rows(), self.state.fit());
        let mut all = 0_u32;
        let mut every = true;
        for index in 0..rows + self.entries.columns() {
            let (mut fitting, mut known) = (0_u32, 0_u32);
            let mut see = |i: usize, j: usize, value: T| {
                known += 1;
                fitting += u32::from((value - self.state.element(self.left, self.right, i, j)).abs() <= fit);
            };
            if index < rows {
                self.entries.row(index, |j, value| see(index, j, value));
                all += fitting;
            } else {
                self.entries.column(index - rows, |i, value| see(i, index - rows, value));
            }
            let good = self.enough(fitting, known);
            every &= good;
            if let Some(place) = self.work.good.get_mut(index) {
                *place = if good { T::ONE } else { T::ZERO };
            }
        }
        self.state.fitting = all;
        every && self.enough_of_all(all)
    }

    pub(super) fn enough_of_all(&self, fitting: u32) -> bool {
        T::from_u32(fitting) >= self.state.share_of_all * T::from_u32(word(self.entries.count()))
    }
}
