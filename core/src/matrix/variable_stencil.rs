//! A stencil whose coefficients differ from cell to cell: heat in mixed materials, moving obstacles, open boundaries.

use crate::error::{self, Error, Field};
use crate::matrix::stencil::cells;
use crate::operator::{LinearOperator, Sweep};
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

    #[inline]
    fn behind(row: usize, distance: usize, entries: &[T], x: &[T]) -> T {
        let neighbour = row.wrapping_sub(distance);
        match (entries.get(neighbour), x.get(neighbour)) {
            (Some(entry), Some(x)) => *entry * *x,
            _ => T::ZERO,
        }
    }

    #[inline]
    fn ahead(row: usize, distance: usize, entries: &[T], x: &[T]) -> T {
        match (entries.get(row), x.get(row + distance)) {
            (Some(entry), Some(x)) => *entry * *x,
            _ => T::ZERO,
        }
    }
}

impl<T: Real> LinearOperator<T> for VariableStencil<'_, T> {
    fn dim(&self) -> usize {
        self.centre.len()
    }

    fn apply(&self, x: &[T], y: &mut [T]) {
        for (row, (y, value)) in y.iter_mut().zip(x).enumerate() {
            let product = self.lower(row, x) + self.diagonal(row) * *value + self.upper(row, x);
            *y = if self.is_fixed(row) { T::ZERO } else { product };
        }
    }

    fn residual(&self, b: &[T], x: &[T], r: &mut [T]) {
        self.apply(x, r);
        for (row, (r, b)) in r.iter_mut().zip(b).enumerate() {
            *r = if self.is_fixed(row) { T::ZERO } else { *b - *r };
        }
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
        let [nx, ny, nz] = self.shape;
        let sum = Self::behind(row, 1, self.east, x) + Self::behind(row, nx, self.north, x);
        if nz > 1 { sum + Self::behind(row, nx * ny, self.up, x) } else { sum }
    }

    #[inline]
    fn upper(&self, row: usize, x: &[T]) -> T {
        let [nx, ny, nz] = self.shape;
        let sum = Self::ahead(row, 1, self.east, x) + Self::ahead(row, nx, self.north, x);
        if nz > 1 { sum + Self::ahead(row, nx * ny, self.up, x) } else { sum }
    }

    #[inline]
    fn is_fixed(&self, row: usize) -> bool {
        self.mask.is_some_and(|mask| mask.get(row) == Some(&0))
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
