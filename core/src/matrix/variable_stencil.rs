//! A stencil whose coefficients differ from cell to cell: heat in mixed materials, moving obstacles, open boundaries.

use core::cell::Cell;
use core::ops::Range;

use crate::error::{self, Error, Field};
use crate::matrix::stencil::cells;
use crate::matrix::vfp;
use crate::operator::{LinearOperator, Order, Relaxation, Sweep};
use crate::real::Real;

/// The symmetric 3-, 5- or 7-point operator on `shape = [nx, ny, nz]` cells, x running fastest, stored as five-element
/// rows at most: a centre a cell, and the coupling of each cell to its east, north and up neighbour. The entry across a
/// wall must be 0, so that no kernel asks where it is on the grid.
///
/// With a mask, cells whose byte is 0 are fixed: their x is a prescribed value that the neighbours see and no method
/// changes, and their residual is 0.
#[derive(Clone, Copy, Debug)]
pub struct VariableStencil<'a, T> {
    shape: [usize; 3],
    centre: &'a [T],
    east: &'a [T],
    north: &'a [T],
    up: &'a [T],
    mask: Option<&'a [u8]>,
}

impl<'a, T: Real> VariableStencil<'a, T> {
    /// `coupling = [east, north, up]` holds the off-diagonal entries, n each; in two dimensions `up` is empty.
    ///
    /// # Errors
    /// `OutOfRange` or `TooLarge` (size), `Length`, `NotFinite` (values: the index runs through centre, east, north, up),
    /// `ZeroDiagonal` at a free cell, `OutOfRange` (values) for a coupling across a wall.
    pub fn new(
        shape: [usize; 3],
        centre: &'a [T],
        coupling: [&'a [T]; 3],
        mask: Option<&'a [u8]>,
    ) -> Result<Self, Error> {
        let stencil = Self::trusted(shape, centre, coupling, mask)?;
        let n = centre.len();
        for (block, values) in [centre, stencil.east, stencil.north, stencil.up].into_iter().enumerate() {
            if let Err(Error::NotFinite { field, index }) = error::finite(Field::Values, values) {
                return Err(Error::NotFinite { field, index: index + block * n });
            }
        }
        if let Some(row) = (0..n).find(|&row| centre.get(row) == Some(&T::ZERO) && !stencil.is_fixed(row)) {
            return Err(Error::ZeroDiagonal { row });
        }
        let [nx, ny, nz] = [shape[0].max(1), shape[1].max(1), shape[2]];
        for row in 0..n {
            let (x, y, z) = (row % nx, row / nx % ny, row / nx / ny);
            let walls = [(x + 1 == nx, stencil.east), (y + 1 == ny, stencil.north), (z + 1 == nz, stencil.up)];
            for (block, (at_wall, values)) in walls.into_iter().enumerate() {
                if at_wall && values.get(row).is_some_and(|&value| value != T::ZERO) {
                    return Err(Error::OutOfRange { field: Field::Values, index: row + (block + 1) * n });
                }
            }
        }
        Ok(stencil)
    }

    /// A view of arrays that an earlier `new` accepted and that have not changed since; only lengths are checked.
    ///
    /// # Errors
    /// `OutOfRange` or `TooLarge` (size), `Length`.
    pub fn trusted(
        shape: [usize; 3],
        centre: &'a [T],
        coupling: [&'a [T]; 3],
        mask: Option<&'a [u8]>,
    ) -> Result<Self, Error> {
        let n = cells(shape)?;
        let [east, north, up] = coupling;
        error::exact(Field::Values, n, centre.len())?;
        error::exact(Field::Values, n, east.len())?;
        error::exact(Field::Values, n, north.len())?;
        error::exact(Field::Values, if shape[2] > 1 { n } else { up.len().min(n) }, up.len())?;
        if let Some(mask) = mask {
            error::exact(Field::Mask, n, mask.len())?;
        }
        Ok(Self { shape, centre, east, north, up, mask })
    }

    /// \[nx, ny, nz\].
    #[must_use]
    pub const fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// The coupling of a cell to its east (0) or north (1) neighbour.
    pub(crate) fn coupling(&self, direction: usize, row: usize) -> T {
        let values = if direction == 0 { self.east } else { self.north };
        values.get(row).copied().unwrap_or(T::ZERO)
    }

    /// The first cells of a range that have the same neighbours in the plane.
    #[inline]
    fn alike(&self, cells: &Range<usize>) -> Range<usize> {
        let (n, nx) = (self.centre.len(), self.shape[0]);
        let ends = [nx, n.saturating_sub(nx), n.saturating_sub(1)];
        cells.start..ends.into_iter().filter(|&end| end > cells.start).fold(cells.end, usize::min)
    }

    /// What a kernel over such cells works on; none for the last cell, which has nothing to its east.
    #[inline]
    fn cells<'x, E>(
        &'x self,
        range: &Range<usize>,
        [scaling, b]: [&'x [T]; 2],
        x: &'x [E],
        get: impl Fn(&E) -> T,
    ) -> Option<Cells<'x, T, E>> {
        let (nx, from, to) = (self.shape[0], range.start, range.end);
        let part = |values: &'x [T]| values.get(range.clone());
        let has_south = from >= nx;
        let (behind, ahead) = (from.wrapping_sub(1), to.checked_add(1)?);
        Some(Cells {
            b: part(b)?,
            centre: part(self.centre)?,
            east: part(self.east)?,
            north: part(self.north)?,
            scaling: part(scaling)?,
            south: if has_south { self.north.get(from - nx..to - nx) } else { None },
            x_south: if has_south { x.get(from - nx..to - nx) } else { None },
            x_north: x.get(from + nx..to + nx),
            x: x.get(from..ahead)?,
            east_of_west: self.east.get(behind).copied().unwrap_or(T::ZERO),
            west: x.get(behind).map_or(T::ZERO, get),
        })
    }

    /// Whether the assembly kernels fit.
    #[inline]
    fn is_plain(&self) -> bool {
        self.mask.is_none() && self.shape[2] <= 1
    }

    /// A row of a sweep: the new value of a free cell.
    #[inline]
    fn relax(&self, row: usize, scaling: T, b: &[T], x: &[Cell<T>]) {
        let (Some(b), Some(cell)) = (b.get(row), x.get(row)) else { return };
        if self.is_fixed(row) {
            return;
        }
        let at = |row: usize| x.get(row).map_or(T::ZERO, Cell::get);
        let residual = *b - self.behind(row, at) - self.diagonal(row) * cell.get() - self.ahead(row, at);
        cell.set(cell.get() + scaling * residual);
    }

    /// Sum of a_ij x_j over j < i; 0 from `at` for a row outside.
    #[inline]
    fn behind(&self, row: usize, at: impl Fn(usize) -> T) -> T {
        let [nx, ny, nz] = self.shape;
        let term = |distance: usize, entries: &[T]| {
            let neighbour = row.wrapping_sub(distance);
            entries.get(neighbour).map_or(T::ZERO, |entry| *entry * at(neighbour))
        };
        let sum = term(1, self.east) + term(nx, self.north);
        if nz > 1 { sum + term(nx * ny, self.up) } else { sum }
    }

    /// Sum of a_ij x_j over j > i.
    #[inline]
    fn ahead(&self, row: usize, at: impl Fn(usize) -> T) -> T {
        let ([nx, ny, nz], n) = (self.shape, self.centre.len());
        let term = |distance: usize, entries: &[T]| match entries.get(row) {
            Some(entry) if row + distance < n => *entry * at(row + distance),
            _ => T::ZERO,
        };
        let sum = term(1, self.east) + term(nx, self.north);
        if nz > 1 { sum + term(nx * ny, self.up) } else { sum }
    }

    /// Calls `visit(A x, free)` for some rows, in ascending order.
    #[inline]
    fn for_each_product(&self, rows: Range<usize>, x: &[T], mut visit: impl FnMut(T, bool)) {
        let at = |row: usize| x.get(row).copied().unwrap_or(T::ZERO);
        for row in rows {
            visit(self.behind(row, at) + self.diagonal(row) * at(row) + self.ahead(row, at), !self.is_fixed(row));
        }
    }
}

/// Cells of the plane one after the other that have the same neighbours.
#[cfg_attr(
    not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))),
    allow(dead_code, reason = "for the assembly kernels")
)]
pub(super) struct Cells<'x, T, E> {
    pub(super) b: &'x [T],
    pub(super) centre: &'x [T],
    pub(super) east: &'x [T],
    pub(super) north: &'x [T],
    pub(super) scaling: &'x [T],
    /// The couplings to the south, and the cells there.
    pub(super) south: Option<&'x [T]>,
    pub(super) x_south: Option<&'x [E]>,
    pub(super) x_north: Option<&'x [E]>,
    /// The cells, and one more.
    pub(super) x: &'x [E],
    /// The cell before the first one, and the coupling to it.
    pub(super) west: T,
    pub(super) east_of_west: T,
}

impl<T, E> Cells<'_, T, E> {
    /// How many, if all slices say so.
    #[cfg_attr(
        not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))),
        allow(dead_code, reason = "for the assembly kernels")
    )]
    pub(super) fn count(&self) -> Option<usize> {
        let n = self.b.len();
        let fit = [self.centre, self.east, self.north, self.scaling, self.south.unwrap_or(self.b)];
        let beside = |x: Option<&[E]>| x.is_none_or(|x| x.len() == n);
        let both = self.south.is_some() == self.x_south.is_some();
        let fits = both && beside(self.x_south) && beside(self.x_north) && self.x.len() == n + 1;
        (n > 0 && fits && fit.iter().all(|values| values.len() == n)).then_some(n)
    }
}

impl<T: Real> LinearOperator<T> for VariableStencil<'_, T> {
    fn dim(&self) -> usize {
        self.centre.len()
    }

    fn apply(&self, x: &[T], y: &mut [T]) {
        let mut out = y.iter_mut();
        self.for_each_product(0..self.centre.len(), x, |product, free| {
            if let Some(y) = out.next() {
                *y = if free { product } else { T::ZERO };
            }
        });
    }

    fn residual(&self, b: &[T], x: &[T], r: &mut [T]) {
        self.residual_rows(0..self.centre.len(), b, x, r);
    }

    fn is_homogeneous(&self) -> bool {
        self.mask.is_none()
    }
}

impl<T: Real> Sweep<T> for VariableStencil<'_, T> {
    #[inline]
    fn diagonal(&self, row: usize) -> T {
        if self.is_fixed(row) { T::ZERO } else { self.centre.get(row).copied().unwrap_or(T::ZERO) }
    }

    fn zero_diagonal(&self) -> Option<usize> {
        None
    }

    #[inline]
    fn lower(&self, row: usize, x: &[T]) -> T {
        self.behind(row, |row| x.get(row).copied().unwrap_or(T::ZERO))
    }

    #[inline]
    fn upper(&self, row: usize, x: &[T]) -> T {
        self.ahead(row, |row| x.get(row).copied().unwrap_or(T::ZERO))
    }

    #[inline]
    fn is_fixed(&self, row: usize) -> bool {
        self.mask.is_some_and(|mask| mask.get(row) == Some(&0))
    }

    fn sweep(&self, order: Order, rows: Range<usize>, relaxation: Relaxation<'_, T>, b: &[T], x: &mut [T]) {
        let x = Cell::from_mut(x).as_slice_of_cells();
        let mut rows = rows.start..rows.end.min(self.centre.len());
        while order == Order::Forward && self.is_plain() && !rows.is_empty() {
            let range = self.alike(&rows);
            let Some(cells) = self.cells(&range, [relaxation.scaling, b], x, Cell::get) else { break };
            if !vfp::relax_cells(&cells) {
                break;
            }
            rows = range.end..rows.end;
        }
        let relax = |row: usize| self.relax(row, self.scaling(relaxation, row), b, x);
        match order {
            Order::Forward => rows.for_each(relax),
            Order::Backward => rows.rev().for_each(relax),
        }
    }

    fn residual_squares(&self, rows: Range<usize>, scale: T, b: &[T], x: &[T], sum: T) -> T {
        let (mut rows, mut sum) = (rows.start..rows.end.min(self.centre.len()), sum);
        while self.is_plain() && !rows.is_empty() {
            let range = self.alike(&rows);
            let Some(cells) = self.cells(&range, [b, b], x, |x| *x) else { break };
            if !vfp::squares_of_cells(&cells, scale, &mut sum) {
                break;
            }
            rows = range.end..rows.end;
        }
        for row in rows {
            let (Some(&b), Some(&value)) = (b.get(row), x.get(row)) else { return sum };
            if !self.is_fixed(row) {
                let residual = b - self.lower(row, x) - self.diagonal(row) * value - self.upper(row, x);
                sum += (scale * residual) * (scale * residual);
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_must_not_couple() {
        let (centre, east, mut north) = ([4.0_f32; 4], [-1.0, 0.0, -1.0, 0.0], [-1.0, -1.0, 0.0, 0.0]);
        assert!(VariableStencil::new([2, 2, 1], &centre, [&east, &north, &[]], None).is_ok());
        north[3] = -1.0;
        let error = VariableStencil::new([2, 2, 1], &centre, [&east, &north, &[]], None).err();
        assert_eq!(error, Some(Error::OutOfRange { field: Field::Values, index: 11 }));
    }

    #[test]
    fn defects_are_named() {
        let (centre, east, north) = ([4.0_f32, 0.0], [-1.0, 0.0], [0.0, 0.0]);
        let new = |shape, mask| VariableStencil::new(shape, &centre, [&east, &north, &[]], mask).err();
        assert_eq!(new([2, 1, 1], None), Some(Error::ZeroDiagonal { row: 1 }));
        assert_eq!(new([2, 1, 1], Some(&[1, 0])), None);
        assert_eq!(new([2, 1, 1], Some(&[1])), Some(Error::Length { field: Field::Mask, need: 2, got: 1 }));
        assert_eq!(new([3, 1, 1], None), Some(Error::Length { field: Field::Values, need: 3, got: 2 }));
        assert_eq!(new([0, 1, 1], None), Some(Error::OutOfRange { field: Field::Size, index: 0 }));
        assert_eq!(new([usize::MAX, 2, 1], None), Some(Error::TooLarge { field: Field::Size }));
        let error = VariableStencil::new([2, 1, 1], &[1.0, 1.0], [&[0.0, 0.0], &[0.0, f32::NAN], &[]], None).err();
        assert_eq!(error, Some(Error::NotFinite { field: Field::Values, index: 5 }));
    }
}
