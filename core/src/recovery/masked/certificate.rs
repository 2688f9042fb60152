//! What proves that X is the matrix that was sought: every row and every column fits.

use super::Masked;
use crate::real::Real;

impl<T: Real> Masked<'_, T> {
    /// Whether so many of so many entries are enough for a row or column.
    fn enough(&self, fitting: usize, known: usize) -> bool {
        let of = |n: usize| T::from_u32(u32::try_from(n).unwrap_or(u32::MAX));
        fitting > 2 * self.rank && of(fitting) >= self.config.share * of(known)
    }

    /// Marks rows and columns that fit; whether all do, and enough of all entries.
    pub(super) fn certify(&mut self) -> bool {
        let (rows, fit) = (self.entries.rows(), self.fit());
        let mut all = 0;
        let mut every = true;
        for index in 0..rows + self.entries.columns() {
            let (mut fitting, mut known) = (0, 0);
            let mut see = |i: usize, j: usize, value: T| {
                known += 1;
                fitting += usize::from((value - self.element(i, j)).abs() <= fit);
            };
            if index < rows {
                self.entries.row(index, |j, value| see(index, j, value));
                all += fitting;
            } else {
                self.entries.column(index - rows, |i, value| see(i, index - rows, value));
            }
            let good = self.enough(fitting, known);
            every &= good;
            if let Some(place) = self.good.get_mut(index) {
                *place = if good { T::ONE } else { T::ZERO };
            }
        }
        self.fitting = all;
        every && self.enough_of_all(all)
    }

    pub(super) fn enough_of_all(&self, fitting: usize) -> bool {
        let of = |n: usize| T::from_u32(u32::try_from(n).unwrap_or(u32::MAX));
        of(fitting) >= self.config.share_of_all * of(self.entries.count())
    }
}
