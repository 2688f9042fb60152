//! A stencil with constant coefficients on a grid of one, two or three dimensions, with or without a mask.

mod layers;

use core::cell::Cell;
use core::ops::Range;

use crate::error::{self, Error, Field};
use crate::matrix::Plane;
use crate::matrix::plane::kernels::Entries;
use crate::matrix::vfp;
use crate::operator::{self, LinearOperator, Order, Relaxation, Sweep};
use crate::real::Real;
pub(super) use layers::{Layers, Pass};

/// The 3-, 5- or 7-point operator on `shape = [nx, ny, nz]` cells, x running fastest, with Dirichlet zero around:
/// A x = centre x + coupling\[0\] (west + east) + coupling\[1\] (south + north) + coupling\[2\] (down + up).
///
/// No matrix is stored; a sweep needs no workspace. With a mask, cells whose byte is 0 are fixed: their x is a prescribed
/// value that the neighbours see and no method changes, and their residual is 0. In the plane and without a mask it is a
/// [`Plane`], which alone links less.
///
/// Instructions a cell of a forward sweep on a Cortex-M4F, ends of lines apart: 11.5 in the plane, 15.75 with a mask, 16.25
/// in three dimensions, 19.75 with both.
#[derive(Clone, Copy, Debug)]
pub struct Stencil<'a, T> {
    /// One layer.
    plane: Plane<T>,
    nz: usize,
    through: T,
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
        let ([nx, ny, nz], [along, across, through]) = (shape, coupling);
        error::finite(Field::Values, &[centre, along, across, through])?;
        let plane = Plane::new([nx, ny], centre, [along, across])?;
        if let Some(mask) = mask {
            error::exact(Field::Mask, n, mask.len())?;
        }
        Ok(Self { plane, nz, through, mask })
    }

    /// \[nx, ny, nz\].
    #[must_use]
    pub const fn shape(&self) -> [usize; 3] {
        let [nx, ny] = self.plane.shape();
        [nx, ny, self.nz]
    }

    /// Cells of a layer, of which the compiler can see that it is not 0: it may divide by it.
    #[inline]
    fn layer(&self) -> usize {
        (self.plane.nx * self.plane.ny).max(1)
    }

    /// The plain case: two dimensions, no mask.
    #[inline]
    fn flat(&self) -> Option<&Plane<T>> {
        (self.nz == 1 && self.mask.is_none()).then_some(&self.plane)
    }

    /// The layers that have a part in some rows.
    #[inline]
    fn layers(&self, rows: &Range<usize>) -> Range<usize> {
        rows.start / self.layer()..rows.end.div_ceil(self.layer()).min(self.nz)
    }

    /// The lines that a layer has in some rows, cut to whole lines, counted in the layer.
    #[inline(never)]
    fn lines(&self, rows: &Range<usize>, z: usize) -> Range<usize> {
        let (nx, base) = (self.plane.nx.max(1), z * self.layer());
        let (from, to) = (rows.start.saturating_sub(base), rows.end.saturating_sub(base));
        from / nx..to.div_ceil(nx).min(self.plane.ny)
    }

    /// What is beside a layer: its neighbours in x, and its part of the mask.
    #[inline]
    fn beside<'x, E>(&self, z: usize, x: &'x [E]) -> Layers<'x, E>
    where
        'a: 'x,
    {
        let (n, base) = (self.layer(), z * self.layer());
        Layers {
            down: if z > 0 { x.get(base - n..base) } else { None },
            up: x.get(base + n..base + 2 * n),
            mask: self.mask.and_then(|mask| mask.get(base..base + n)),
            is_solid: self.nz > 1,
        }
    }

    /// A sweep in three dimensions, or with a mask.
    #[inline(never)]
    fn sweep_layers(&self, order: Order, rows: &Range<usize>, omega: T, b: &[T], x: &mut [T]) {
        let x = Cell::from_mut(x).as_slice_of_cells();
        let (weights, rhs) = self.plane.weights(omega);
        let pass = Pass { shape: self.plane.shape(), weights, rhs, through: -rhs * self.through };
        let layers = self.layers(rows);
        for step in 0..layers.len() {
            let z = if order == Order::Forward { layers.start + step } else { layers.end - 1 - step };
            let cells = z * self.layer()..(z + 1) * self.layer();
            let (Some(b), Some(own)) = (b.get(cells.clone()), x.get(cells)) else { return };
            pass.relax(order, self.lines(rows, z), b, own, &self.beside(z, x));
        }
    }

    /// Squares of the residual in three dimensions, or with a mask. Apart, so that a plane needs none of its stack.
    #[inline(never)]
    fn squares_of_layers(&self, rows: Range<usize>, scale: T, b: &[T], x: &[T], sum: T) -> T {
        let mut sum = sum;
        if vfp::has_squares_of_grid::<T>() {
            self.squares_by_assembly(&rows, scale, b, x, &mut sum);
            return sum;
        }
        let mut b = b.get(rows.start..).unwrap_or(&[]).iter();
        self.for_each_product(rows, x, |product, free| {
            let residual = scale * (b.next().copied().unwrap_or(T::ZERO) - product);
            if free {
                sum += residual * residual;
            }
        });
        sum
    }

    fn squares_by_assembly(&self, rows: &Range<usize>, scale: T, b: &[T], x: &[T], sum: &mut T) {
        let Plane { centre, along, across, .. } = self.plane;
        let pass = Pass {
            shape: self.plane.shape(),
            weights: Entries { centre, along, across },
            rhs: scale,
            through: self.through,
        };
        for z in self.layers(rows) {
            let cells = z * self.layer()..(z + 1) * self.layer();
            let (Some(b), Some(own)) = (b.get(cells.clone()), x.get(cells)) else { return };
            vfp::squares_of_grid(&pass, &self.lines(rows, z), b, own, &self.beside(z, x), sum);
        }
    }

    /// Calls `visit(A x, free)` for the cells of some rows, cut to whole lines, in ascending order.
    #[inline]
    fn for_each_product(&self, rows: Range<usize>, x: &[T], mut visit: impl FnMut(T, bool)) {
        let Plane { nx, ny, centre, along, across } = self.plane;
        for z in self.layers(&rows) {
            let (lines, base) = (self.lines(&rows, z), z * self.layer());
            let beside = self.beside(z, x);
            for line in lines {
                let start = line * nx;
                let part = |from: usize| x.get(base + from..base + from + nx).unwrap_or(&[]);
                let own = part(start);
                let south = if line > 0 { part(start - nx) } else { &[] };
                let north = if line + 1 < ny { part(start + nx) } else { &[] };
                let mut west = T::ZERO;
                for (k, &value) in own.iter().enumerate() {
                    let at = |cells: &[T], k: usize| cells.get(k).copied().unwrap_or(T::ZERO);
                    let mut product = centre * value + along * (west + at(own, k + 1));
                    product += across * (at(south, k) + at(north, k));
                    if beside.is_solid {
                        let layer = |layer: Option<&[T]>| at(layer.unwrap_or(&[]), start + k);
                        product += self.through * (layer(beside.down) + layer(beside.up));
                    }
                    visit(product, beside.is_free(start + k));
                    west = value;
                }
            }
        }
    }
}

impl<T: Real> LinearOperator<T> for Stencil<'_, T> {
    fn dim(&self) -> usize {
        self.layer() * self.nz
    }

    fn apply(&self, x: &[T], y: &mut [T]) {
        if let Some(plane) = self.flat() {
            return plane.apply(x, y);
        }
        let mut out = y.iter_mut();
        self.for_each_product(0..self.dim(), x, |product, free| {
            if let Some(y) = out.next() {
                *y = if free { product } else { T::ZERO };
            }
        });
    }

    fn residual(&self, b: &[T], x: &[T], r: &mut [T]) {
        self.residual_rows(0..self.dim(), b, x, r);
    }

    fn is_homogeneous(&self) -> bool {
        self.mask.is_none()
    }
}

impl<T: Real> Sweep<T> for Stencil<'_, T> {
    fn diagonal(&self, row: usize) -> T {
        if self.is_fixed(row) { T::ZERO } else { self.plane.centre }
    }

    fn zero_diagonal(&self) -> Option<usize> {
        None
    }

    fn lower(&self, row: usize, x: &[T]) -> T {
        let (z, k) = (row / self.layer(), row % self.layer());
        let own = x.get(z * self.layer()..).unwrap_or(&[]);
        let down = row.checked_sub(self.layer()).and_then(|down| x.get(down)).copied().unwrap_or(T::ZERO);
        let sum = self.plane.lower(k, own);
        if self.nz > 1 { sum + self.through * down } else { sum }
    }

    fn upper(&self, row: usize, x: &[T]) -> T {
        let (z, k) = (row / self.layer(), row % self.layer());
        let own = x.get(z * self.layer()..(z + 1) * self.layer()).unwrap_or(&[]);
        let up = x.get(row + self.layer()).copied().unwrap_or(T::ZERO);
        let sum = self.plane.upper(k, own);
        if self.nz > 1 { sum + self.through * up } else { sum }
    }

    fn is_fixed(&self, row: usize) -> bool {
        self.mask.is_some_and(|mask| mask.get(row) == Some(&0))
    }

    fn granule(&self) -> usize {
        self.plane.nx
    }

    fn scaling_len(&self) -> usize {
        0
    }

    fn prepare(&self, _omega: T, _scaling: &mut [T]) {}

    fn scaling(&self, relaxation: Relaxation<'_, T>, row: usize) -> T {
        if self.is_fixed(row) { T::ZERO } else { relaxation.omega / self.plane.centre }
    }

    fn sweep(&self, order: Order, rows: Range<usize>, relaxation: Relaxation<'_, T>, b: &[T], x: &mut [T]) {
        // Backwards, the general pass does both: one less to link.
        if let (Some(plane), Order::Forward) = (self.flat(), order) {
            return plane.sweep(order, rows, relaxation, b, x);
        }
        self.sweep_layers(order, &rows, relaxation.omega, b, x);
    }

    fn residual_squares(&self, rows: Range<usize>, scale: T, b: &[T], x: &[T], sum: T) -> T {
        if let Some(plane) = self.flat() {
            return plane.residual_squares(rows, scale, b, x, sum);
        }
        self.squares_of_layers(rows, scale, b, x, sum)
    }

    fn residual_rows(&self, rows: Range<usize>, b: &[T], x: &[T], r: &mut [T]) {
        if let Some(plane) = self.flat() {
            return plane.residual_rows(rows, b, x, r);
        }
        let start = rows.start;
        let mut out = r.get_mut(start..).unwrap_or(&mut []).iter_mut().zip(b.get(start..).unwrap_or(&[]));
        self.for_each_product(rows, x, |product, free| {
            if let Some((r, b)) = out.next() {
                *r = if free { *b - product } else { T::ZERO };
            }
        });
    }

    fn solve_lower_rows(&self, rows: Range<usize>, relaxation: Relaxation<'_, T>, z: &mut [T]) {
        match self.flat() {
            Some(plane) => plane.solve_lower_rows(rows, relaxation, z),
            None => operator::solve_lower(self, rows, relaxation, z),
        }
    }

    fn solve_upper(&self, relaxation: Relaxation<'_, T>, z: &mut [T]) {
        match self.flat() {
            Some(plane) => plane.solve_upper(relaxation.omega, z),
            None => operator::solve_upper(self, relaxation, z),
        }
    }

    fn eisenstat_backward(&self, rows: Range<usize>, relaxation: Relaxation<'_, T>, p: &[T], t: &mut [T], v: &mut [T]) {
        match self.flat() {
            Some(plane) => Sweep::eisenstat_backward(plane, rows, relaxation, p, t, v),
            None => operator::eisenstat_backward(self, rows, relaxation, p, t, v),
        }
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
        match self.flat() {
            Some(plane) => Sweep::eisenstat_update(plane, rows, relaxation, alpha, t, g, y, sums),
            None => operator::eisenstat_update(self, rows, relaxation, alpha, t, g, y, sums),
        }
    }
}

#[cfg(test)]
mod tests;
