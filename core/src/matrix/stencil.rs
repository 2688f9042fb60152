//! A stencil with constant coefficients on a grid of one, two or three dimensions.

pub(super) mod kernels;
mod plane;

use core::ops::Range;

use crate::error::{self, Error, Field};
use crate::operator::{self, LinearOperator, Order, Relaxation, Sweep};
use crate::real::Real;
use plane::Plane;

/// The 3-, 5- or 7-point operator on `shape = [nx, ny, nz]` cells, x running fastest, with Dirichlet zero around:
/// A x = centre x + coupling\[0\] (west + east) + coupling\[1\] (south + north) + coupling\[2\] (down + up).
///
/// No matrix is stored; a sweep needs no workspace. With a mask, cells whose byte is 0 are fixed: their x is a prescribed
/// value that the neighbours see and no method changes, and their residual is 0.
#[derive(Clone, Copy, Debug)]
pub struct Stencil<'a, T> {
    shape: [usize; 3],
    centre: T,
    coupling: [T; 3],
    mask: Option<&'a [u8]>,
}

/// Cells of a grid, if that fits a `usize` and no side is 0.
pub(super) fn cells(shape: [usize; 3]) -> Result<usize, Error> {
    if let Some(index) = shape.iter().position(|&side| side == 0) {
        return Err(Error::OutOfRange { field: Field::Size, index });
    }
    let [nx, ny, nz] = shape;
    nx.checked_mul(ny).and_then(|plane| plane.checked_mul(nz)).ok_or(Error::TooLarge { field: Field::Size })
}

impl<'a, T: Real> Stencil<'a, T> {
    /// `coupling` holds the off-diagonal entries, so for the Laplacian centre 4, coupling -1, -1, 0.
    ///
    /// # Errors
    /// `OutOfRange` or `TooLarge` (size), `NotFinite` (values: 0 is the centre, 1 to 3 the coupling), `ZeroDiagonal`,
    /// `Length` (mask).
    pub fn new(shape: [usize; 3], centre: T, coupling: [T; 3], mask: Option<&'a [u8]>) -> Result<Self, Error> {
        let n = cells(shape)?;
        let [x, y, z] = coupling;
        error::finite(Field::Values, &[centre, x, y, z])?;
        if centre == T::ZERO {
            return Err(Error::ZeroDiagonal { row: 0 });
        }
        if let Some(mask) = mask {
            error::exact(Field::Mask, n, mask.len())?;
        }
        Ok(Self { shape, centre, coupling, mask })
    }

    /// \[nx, ny, nz\].
    #[must_use]
    pub const fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// The shape, of which the compiler can see that no side is 0: it may divide by them.
    #[inline]
    fn sides(&self) -> [usize; 3] {
        let [nx, ny, nz] = self.shape;
        [nx.max(1), ny.max(1), nz.max(1)]
    }

    fn nx(&self) -> usize {
        self.shape[0].max(1)
    }

    fn lines(&self) -> usize {
        self.shape[1] * self.shape[2]
    }

    /// Whether the cell `k` of this line of the mask is free.
    #[inline]
    fn free(mask: &[u8], k: usize) -> bool {
        mask.get(k).is_none_or(|&byte| byte != 0)
    }

    /// The line's part of the mask; empty without one.
    fn mask_line(&self, line: usize) -> &'a [u8] {
        let start = line * self.nx();
        self.mask.and_then(|mask| mask.get(start..start + self.nx())).unwrap_or(&[])
    }

    /// The plain case the line kernels are written for: two dimensions, no mask.
    #[inline]
    fn plane(&self) -> Option<Plane<T>> {
        let [nx, ny, nz] = self.sides();
        let [along, across, _] = self.coupling;
        (nz == 1 && self.mask.is_none()).then_some(Plane { nx, ny, centre: self.centre, along, across })
    }

    /// The neighbours of one line, given what lies before and after it in x.
    #[inline]
    fn around<'x>(&self, line: usize, before: &'x [T], after: &'x [T]) -> Around<'x, T> {
        let [nx, ny, _] = self.sides();
        let (y, plane) = (line % ny, nx * (ny - 1));
        let behind = |skip: usize| before.len().checked_sub(skip + nx).and_then(|from| before.get(from..from + nx));
        let ahead = |skip: usize| after.get(skip..skip + nx);
        Around {
            south: behind(0).filter(|_| y > 0).unwrap_or(&[]),
            north: ahead(0).filter(|_| y + 1 < ny).unwrap_or(&[]),
            down: behind(plane).unwrap_or(&[]),
            up: ahead(plane).unwrap_or(&[]),
        }
    }

    /// Calls `visit(k of the whole grid, A x at k, free)` for the cells of some lines, in ascending order.
    #[inline]
    fn for_each_product(&self, rows: Range<usize>, x: &[T], mut visit: impl FnMut(usize, T, bool)) {
        let nx = self.nx();
        for line in rows.start / nx..rows.end.div_ceil(nx).min(self.lines()) {
            let Some((before, rest)) = x.split_at_checked(line * nx) else { return };
            let Some((values, after)) = rest.split_at_checked(nx) else { return };
            let (around, mask) = (self.around(line, before, after), self.mask_line(line));
            let mut west = T::ZERO;
            let mut east = values.iter().skip(1);
            for (k, &value) in values.iter().enumerate() {
                let sides = west + east.next().copied().unwrap_or(T::ZERO);
                let product = self.centre * value + self.coupling[0] * sides + around.sum(k, self.coupling);
                visit(line * nx + k, product, Self::free(mask, k));
                west = value;
            }
        }
    }

    /// One line of a sweep in either order, cell by cell: edges of the grid, masks, three dimensions.
    fn relax_line(&self, order: Order, line: usize, weights: Weights<T>, b: &[T], x: &mut [T]) {
        let nx = self.nx();
        let Some((before, rest)) = x.split_at_mut_checked(line * nx) else { return };
        let Some((values, after)) = rest.split_at_mut_checked(nx) else { return };
        let Some(b) = b.get(line * nx..) else { return };
        let (around, mask) = (self.around(line, before, after), self.mask_line(line));
        for step in 0..nx {
            let k = if order == Order::Forward { step } else { nx - 1 - step };
            if !Self::free(mask, k) {
                continue;
            }
            let at = |k: usize| values.get(k).copied().unwrap_or(T::ZERO);
            let (west, east) = (at(k.wrapping_sub(1)), at(k + 1));
            let known = weights.keep * at(k) + weights.rhs * b.get(k).copied().unwrap_or(T::ZERO);
            let new = known + around.sum(k, weights.coupling) + weights.coupling[0] * east + weights.coupling[0] * west;
            if let Some(value) = values.get_mut(k) {
                *value = new;
            }
        }
    }
}

/// The four neighbouring lines of a line of cells; an absent one is empty.
struct Around<'x, T> {
    south: &'x [T],
    north: &'x [T],
    down: &'x [T],
    up: &'x [T],
}

impl<T: Real> Around<'_, T> {
    /// coupling\[1\] (south + north) + coupling\[2\] (down + up) of cell `k`.
    #[inline]
    fn sum(&self, k: usize, coupling: [T; 3]) -> T {
        let at = |line: &[T]| line.get(k).copied().unwrap_or(T::ZERO);
        coupling[1] * (at(self.south) + at(self.north)) + coupling[2] * (at(self.down) + at(self.up))
    }
}

/// x = keep x + rhs b + coupling (neighbours), the sweep with omega / centre multiplied in.
#[derive(Clone, Copy)]
struct Weights<T> {
    keep: T,
    rhs: T,
    coupling: [T; 3],
}

impl<T: Real> LinearOperator<T> for Stencil<'_, T> {
    fn dim(&self) -> usize {
        self.nx() * self.lines()
    }

    fn apply(&self, x: &[T], y: &mut [T]) {
        let mut out = y.iter_mut();
        if let Some(plane) = self.plane() {
            return plane.products(0..plane.ny, x, |product| {
                if let Some(y) = out.next() {
                    *y = product;
                }
            });
        }
        self.for_each_product(0..self.dim(), x, |_, product, free| {
            if let Some(y) = out.next() {
                *y = if free { product } else { T::ZERO };
            }
        });
    }

    fn residual(&self, b: &[T], x: &[T], r: &mut [T]) {
        let mut out = r.iter_mut().zip(b);
        if let Some(plane) = self.plane() {
            return plane.products(0..plane.ny, x, |product| {
                if let Some((r, b)) = out.next() {
                    *r = *b - product;
                }
            });
        }
        self.for_each_product(0..self.dim(), x, |_, product, free| {
            if let Some((r, b)) = out.next() {
                *r = if free { *b - product } else { T::ZERO };
            }
        });
    }

    fn is_homogeneous(&self) -> bool {
        self.mask.is_none()
    }
}

impl<T: Real> Sweep<T> for Stencil<'_, T> {
    fn diagonal(&self, row: usize) -> T {
        if self.is_fixed(row) { T::ZERO } else { self.centre }
    }

    fn zero_diagonal(&self) -> Option<usize> {
        None
    }

    fn lower(&self, row: usize, x: &[T]) -> T {
        let [nx, ny, _] = self.sides();
        let (cell, line) = (row % nx, row / nx);
        let behind = |inside: bool, distance: usize| {
            if inside { x.get(row.wrapping_sub(distance)).copied().unwrap_or(T::ZERO) } else { T::ZERO }
        };
        let [cx, cy, cz] = self.coupling;
        cx * behind(cell > 0, 1) + (cy * behind(line % ny > 0, nx) + cz * behind(true, nx * ny))
    }

    fn upper(&self, row: usize, x: &[T]) -> T {
        let [nx, ny, _] = self.sides();
        let (cell, line) = (row % nx, row / nx);
        let ahead = |inside: bool, distance: usize| {
            if inside { x.get(row + distance).copied().unwrap_or(T::ZERO) } else { T::ZERO }
        };
        let [cx, cy, cz] = self.coupling;
        cx * ahead(cell + 1 < nx, 1) + (cy * ahead(line % ny + 1 < ny, nx) + cz * ahead(true, nx * ny))
    }

    fn is_fixed(&self, row: usize) -> bool {
        self.mask.is_some_and(|mask| mask.get(row) == Some(&0))
    }

    fn granule(&self) -> usize {
        self.nx()
    }

    fn scaling_len(&self) -> usize {
        0
    }

    fn scaling(&self, relaxation: Relaxation<'_, T>, row: usize) -> T {
        if self.is_fixed(row) { T::ZERO } else { relaxation.omega / self.centre }
    }

    fn sweep(&self, order: Order, rows: Range<usize>, relaxation: Relaxation<'_, T>, b: &[T], x: &mut [T]) {
        let rhs = relaxation.omega / self.centre;
        let [cx, cy, cz] = self.coupling;
        let weights = Weights { keep: T::ONE - relaxation.omega, rhs, coupling: [-rhs * cx, -rhs * cy, -rhs * cz] };
        let lines = rows.start / self.nx()..rows.end.div_ceil(self.nx()).min(self.lines());
        if let (Some(plane), Order::Forward) = (self.plane(), order) {
            return plane.relax_forward(lines, relaxation.omega, b, x);
        }
        match order {
            Order::Forward => lines.for_each(|line| self.relax_line(order, line, weights, b, x)),
            Order::Backward => lines.rev().for_each(|line| self.relax_line(order, line, weights, b, x)),
        }
    }

    fn residual_squares(&self, rows: Range<usize>, scale: T, b: &[T], x: &[T], sum: T) -> T {
        let mut sum = sum;
        let mut b = b.get(rows.start..).unwrap_or(&[]).iter();
        if let Some(plane) = self.plane() {
            let lines = rows.start / self.nx()..rows.end.div_ceil(self.nx()).min(plane.ny);
            plane.products(lines, x, |product| {
                let residual = scale * (b.next().copied().unwrap_or(T::ZERO) - product);
                sum += residual * residual;
            });
            return sum;
        }
        self.for_each_product(rows, x, |_, product, free| {
            let residual = scale * (b.next().copied().unwrap_or(T::ZERO) - product);
            if free {
                sum += residual * residual;
            }
        });
        sum
    }

    fn solve_lower(&self, relaxation: Relaxation<'_, T>, z: &mut [T]) {
        match self.plane() {
            Some(plane) => plane.solve_lower(relaxation.omega, z),
            None => operator::solve_lower(self, relaxation, z),
        }
    }

    fn solve_upper(&self, relaxation: Relaxation<'_, T>, z: &mut [T]) {
        match self.plane() {
            Some(plane) => plane.solve_upper(relaxation.omega, z),
            None => operator::solve_upper(self, relaxation, z),
        }
    }

    fn eisenstat_backward(&self, relaxation: Relaxation<'_, T>, p: &[T], t: &mut [T], v: &mut [T]) {
        match self.plane() {
            Some(plane) => plane.eisenstat_backward(relaxation.omega, p, t, v),
            None => operator::eisenstat_backward(self, relaxation, p, t, v),
        }
    }

    fn eisenstat_update(&self, relaxation: Relaxation<'_, T>, alpha: T, t: &[T], g: &mut [T], y: &mut [T]) -> (T, T) {
        match self.plane() {
            Some(plane) => plane.eisenstat_update(relaxation.omega, alpha, t, g, y),
            None => operator::eisenstat_update(self, relaxation, alpha, t, g, y),
        }
    }
}

#[cfg(test)]
mod tests;
