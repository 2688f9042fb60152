//! The plane as an operator that can be swept.

use core::ops::Range;

use super::Plane;
use crate::operator::{LinearOperator, Order, Relaxation, Sweep};
use crate::real::Real;

impl<T: Real> Plane<T> {
    /// The lines of a block of rows, cut to whole lines of the grid.
    #[inline]
    fn lines(&self, rows: &Range<usize>) -> Range<usize> {
        let nx = self.nx.max(1);
        rows.start / nx..rows.end.div_ceil(nx).min(self.ny)
    }
}

impl<T: Real> LinearOperator<T> for Plane<T> {
    fn dim(&self) -> usize {
        self.nx * self.ny
    }

    fn apply(&self, x: &[T], y: &mut [T]) {
        let mut out = y.iter_mut();
        self.products(0..self.ny, x, |product| {
            if let Some(y) = out.next() {
                *y = product;
            }
        });
    }

    fn residual(&self, b: &[T], x: &[T], r: &mut [T]) {
        self.residual_rows(0..self.nx * self.ny, b, x, r);
    }
}

impl<T: Real> Sweep<T> for Plane<T> {
    fn diagonal(&self, _row: usize) -> T {
        self.centre
    }

    fn zero_diagonal(&self) -> Option<usize> {
        None
    }

    fn lower(&self, row: usize, x: &[T]) -> T {
        let behind = |inside: bool, distance: usize| {
            if inside { x.get(row.wrapping_sub(distance)).copied().unwrap_or(T::ZERO) } else { T::ZERO }
        };
        self.along * behind(!row.is_multiple_of(self.nx.max(1)), 1) + self.across * behind(true, self.nx)
    }

    fn upper(&self, row: usize, x: &[T]) -> T {
        let ahead = |inside: bool, distance: usize| {
            if inside { x.get(row + distance).copied().unwrap_or(T::ZERO) } else { T::ZERO }
        };
        self.along * ahead(!(row + 1).is_multiple_of(self.nx.max(1)), 1) + self.across * ahead(true, self.nx)
    }

    fn granule(&self) -> usize {
        self.nx
    }

    fn scaling_len(&self) -> usize {
        0
    }

    fn prepare(&self, _omega: T, _scaling: &mut [T]) {}

    fn scaling(&self, relaxation: Relaxation<'_, T>, _row: usize) -> T {
        relaxation.omega / self.centre
    }

    fn sweep(&self, order: Order, rows: Range<usize>, relaxation: Relaxation<'_, T>, b: &[T], x: &mut [T]) {
        self.relax(order, self.lines(&rows), relaxation.omega, b, x);
    }

    fn residual_squares(&self, rows: Range<usize>, scale: T, b: &[T], x: &[T], sum: T) -> T {
        self.squares(self.lines(&rows), scale, b, x, sum)
    }

    fn residual_rows(&self, rows: Range<usize>, b: &[T], x: &[T], r: &mut [T]) {
        let (lines, start) = (self.lines(&rows), rows.start);
        let mut out = r.get_mut(start..).unwrap_or(&mut []).iter_mut().zip(b.get(start..).unwrap_or(&[]));
        self.products(lines, x, |product| {
            if let Some((r, b)) = out.next() {
                *r = *b - product;
            }
        });
    }

    fn solve_lower_rows(&self, rows: Range<usize>, relaxation: Relaxation<'_, T>, z: &mut [T]) {
        Self::solve_lower(self, self.lines(&rows), relaxation.omega, z);
    }

    fn solve_upper(&self, relaxation: Relaxation<'_, T>, z: &mut [T]) {
        Self::solve_upper(self, relaxation.omega, z);
    }

    fn eisenstat_backward(&self, rows: Range<usize>, relaxation: Relaxation<'_, T>, p: &[T], t: &mut [T], v: &mut [T]) {
        Self::eisenstat_backward(self, self.lines(&rows), relaxation.omega, p, t, v);
    }

    fn eisenstat_update(
        &self,
        rows: Range<usize>,
        relaxation: Relaxation<'_, T>,
        alpha: T,
        t: &[T],
        g: &mut [T],
        y: &mut [T],
        sums: [T; 2],
    ) -> [T; 2] {
        Self::eisenstat_update(self, self.lines(&rows), relaxation.omega, alpha, t, g, y, sums)
    }
}
