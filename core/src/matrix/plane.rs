//! The 5-point operator with constant coefficients in the plane: cuts the grid into runs for the line kernels.

pub(super) mod kernels;
mod sweep;

use core::cell::Cell;
use core::ops::Range;

use crate::error::{self, Error, Field};
use crate::matrix::stencil::cells;
use crate::matrix::vfp;
use crate::operator::Order;
use crate::real::Real;
use kernels::{Entries, RUN, Update, beside};

/// The 3- or 5-point operator on `shape = [nx, ny]` cells, x running fastest, with Dirichlet zero around:
/// A x = centre x + coupling\[0\] (west + east) + coupling\[1\] (south + north).
///
/// The bits are those of a [`Stencil`](super::Stencil) of the same shape without a mask; what is linked is less.
#[derive(Clone, Copy, Debug)]
pub struct Plane<T> {
    pub(super) nx: usize,
    pub(super) ny: usize,
    pub(super) centre: T,
    pub(super) along: T,
    pub(super) across: T,
}

/// A stretch of one line, and where its neighbours begin.
struct Run {
    cells: Range<usize>,
    south: Option<usize>,
    north: Option<usize>,
    is_first: bool,
    is_last: bool,
}

impl<T: Real> Plane<T> {
    /// `coupling` holds the off-diagonal entries, so for the Laplacian centre 4, coupling -1, -1.
    ///
    /// # Errors
    /// `OutOfRange` or `TooLarge` (size), `NotFinite` (values: 0 is the centre, 1 and 2 the coupling), `ZeroDiagonal`.
    pub fn new([nx, ny]: [usize; 2], centre: T, [along, across]: [T; 2]) -> Result<Self, Error> {
        cells([nx, ny, 1])?;
        error::finite(Field::Values, &[centre, along, across])?;
        if centre == T::ZERO { Err(Error::ZeroDiagonal { row: 0 }) } else { Ok(Self { nx, ny, centre, along, across }) }
    }

    /// \[nx, ny\].
    #[must_use]
    pub const fn shape(&self) -> [usize; 2] {
        [self.nx, self.ny]
    }

    #[inline]
    fn entries(&self) -> Entries<T> {
        Entries { along: self.along, across: self.across, centre: self.centre }
    }

    /// Calls `visit` with the runs of some lines: whole lines where all `needed` neighbours ([south, north]) are there.
    #[inline]
    fn for_each_run(&self, line: usize, needed: [bool; 2], mut visit: impl FnMut(Run)) {
        let (start, end) = (line * self.nx, (line + 1) * self.nx);
        let (has_south, has_north) = (line > 0, line + 1 < self.ny);
        let is_whole = (has_south || !needed[0]) && (has_north || !needed[1]);
        let stride = if is_whole { self.nx } else { RUN };
        let mut from = start;
        while from < end {
            let to = from.saturating_add(stride).min(end);
            visit(Run {
                cells: from..to,
                south: if has_south { Some(from - self.nx) } else { None },
                north: if has_north { Some(from + self.nx) } else { None },
                is_first: from == start,
                is_last: to == end,
            });
            from = to;
        }
    }

    /// The same runs from the last to the first.
    #[inline]
    fn for_each_run_backward(&self, line: usize, mut visit: impl FnMut(Run)) {
        let (start, end) = (line * self.nx, (line + 1) * self.nx);
        let has_north = line + 1 < self.ny;
        let stride = if has_north { self.nx } else { RUN };
        let mut to = end;
        while to > start {
            let from = to.saturating_sub(stride).max(start);
            visit(Run {
                cells: from..to,
                south: None,
                north: if has_north { Some(from + self.nx) } else { None },
                is_first: from == start,
                is_last: to == end,
            });
            to = from;
        }
    }

    /// Calls `visit` with (A x) of each cell of some lines, in ascending order.
    #[inline]
    pub(super) fn products(&self, lines: Range<usize>, x: &[T], mut visit: impl FnMut(T)) {
        let (zeros, entries) = ([T::ZERO; RUN], self.entries());
        for line in lines {
            self.for_each_run(line, [true, true], |run| {
                let Some(cells) = x.get(run.cells.clone()) else { return };
                let south = beside(x, run.south, cells.len(), &zeros);
                let north = beside(x, run.north, cells.len(), &zeros);
                let at = |wall: bool, k: usize| if wall { T::ZERO } else { x.get(k).copied().unwrap_or(T::ZERO) };
                let ends = [at(run.is_first, run.cells.start.wrapping_sub(1)), at(run.is_last, run.cells.end)];
                kernels::product(entries, [south, north], cells, ends, &mut visit);
            });
        }
    }

    /// A sweep over some lines.
    pub(super) fn relax(&self, order: Order, lines: Range<usize>, omega: T, b: &[T], x: &mut [T]) {
        let x = Cell::from_mut(x).as_slice_of_cells();
        let (weights, rhs) = self.weights(omega);
        if !vfp::relax_lines(order, weights, rhs, self.shape(), &lines, b, x) {
            match order {
                Order::Forward => self.relax_runs(lines, weights, rhs, b, x),
                Order::Backward => self.relax_cells_backward(lines, weights, rhs, b, x),
            }
        }
    }

    /// A backward sweep, cell by cell.
    fn relax_cells_backward(&self, lines: Range<usize>, weights: Entries<T>, rhs: T, b: &[T], x: &[Cell<T>]) {
        let Entries { along, across, centre } = weights;
        // Below the first line the index wraps around, and there is nothing either.
        let at = |k: usize| x.get(k).map_or(T::ZERO, Cell::get);
        for start in lines.rev().map(|line| line * self.nx) {
            let mut east = T::ZERO;
            for k in (start..start + self.nx).rev() {
                let west = if k == start { T::ZERO } else { at(k.wrapping_sub(1)) };
                let beside = across * (at(k.wrapping_sub(self.nx)) + at(k + self.nx));
                let (Some(b), Some(cell)) = (b.get(k), x.get(k)) else { return };
                east = centre * cell.get() + rhs * *b + beside + along * (west + east);
                cell.set(east);
            }
        }
    }

    /// The entries of a sweep, omega / centre multiplied in, and the weight of the right-hand side.
    #[inline]
    pub(super) fn weights(&self, omega: T) -> (Entries<T>, T) {
        let rhs = omega / self.centre;
        (Entries { along: -rhs * self.along, across: -rhs * self.across, centre: T::ONE - omega }, rhs)
    }

    /// A forward sweep run by run.
    fn relax_runs(&self, lines: Range<usize>, weights: Entries<T>, rhs: T, b: &[T], x: &[Cell<T>]) {
        let zeros = [const { Cell::new(T::ZERO) }; RUN];
        let mut west = T::ZERO;
        for line in lines {
            self.for_each_run(line, [true, true], |run| {
                let (Some(cells), Some(b)) = (x.get(run.cells.clone()), b.get(run.cells.clone())) else { return };
                let south = beside(x, run.south, cells.len(), &zeros);
                let north = beside(x, run.north, cells.len(), &zeros);
                if run.is_first {
                    west = T::ZERO;
                }
                let after = if run.is_last { T::ZERO } else { x.get(run.cells.end).map_or(T::ZERO, Cell::get) };
                west = kernels::relax_forward(weights, rhs, b, [south, north], cells, west, after);
            });
        }
    }

    /// `sum` plus the squares of `scale` (b - A x) over some lines, in ascending order.
    pub(super) fn squares(&self, lines: Range<usize>, scale: T, b: &[T], x: &[T], sum: T) -> T {
        let mut sum = sum;
        if !vfp::squares_of_lines(self.entries(), scale, self.shape(), &lines, b, x, &mut sum) {
            let mut b = b.get(lines.start * self.nx..).unwrap_or(&[]).iter();
            self.products(lines, x, |product| {
                let residual = scale * (b.next().copied().unwrap_or(T::ZERO) - product);
                sum += residual * residual;
            });
        }
        sum
    }

    pub(super) fn solve_lower(&self, lines: Range<usize>, omega: T, z: &mut [T]) {
        let zeros = [const { Cell::new(T::ZERO) }; RUN];
        let z = Cell::from_mut(z).as_slice_of_cells();
        let scaling = omega / self.centre;
        let mut west = T::ZERO;
        for line in lines {
            self.for_each_run(line, [true, false], |run| {
                let cells = z.get(run.cells.clone()).unwrap_or(&[]);
                let south = beside(z, run.south, cells.len(), &zeros);
                let from = if run.is_first { T::ZERO } else { west };
                west = kernels::solve_lower(self.entries(), scaling, south, cells, from);
            });
        }
    }

    pub(super) fn solve_upper(&self, omega: T, z: &mut [T]) {
        let zeros = [const { Cell::new(T::ZERO) }; RUN];
        let z = Cell::from_mut(z).as_slice_of_cells();
        let scaling = omega / self.centre;
        let mut east = T::ZERO;
        for line in (0..self.ny).rev() {
            self.for_each_run_backward(line, |run| {
                let cells = z.get(run.cells.clone()).unwrap_or(&[]);
                let north = beside(z, run.north, cells.len(), &zeros);
                let from = if run.is_last { T::ZERO } else { east };
                east = kernels::solve_upper(self.entries(), scaling, north, cells, from);
            });
        }
    }

    pub(super) fn eisenstat_backward(&self, lines: Range<usize>, omega: T, p: &[T], t: &mut [T], v: &mut [T]) {
        let zeros = [const { Cell::new(T::ZERO) }; RUN];
        let t = Cell::from_mut(t).as_slice_of_cells();
        let factors = [omega / self.centre, omega - T::TWO];
        let mut east = T::ZERO;
        for line in lines.rev() {
            self.for_each_run_backward(line, |run| {
                let range = run.cells;
                let (Some(p), Some(cells), Some(v)) = (p.get(range.clone()), t.get(range.clone()), v.get_mut(range))
                else {
                    return;
                };
                let north = beside(t, run.north, cells.len(), &zeros);
                let from = if run.is_last { T::ZERO } else { east };
                east = kernels::eisenstat_backward(self.entries(), factors, p, north, cells, v, from);
            });
        }
    }

    pub(super) fn eisenstat_update(
        &self,
        lines: Range<usize>,
        omega: T,
        alpha: T,
        t: &[T],
        g: &mut [T],
        y: &mut [T],
        [gz, squares]: [T; 2],
    ) -> [T; 2] {
        let zeros = [const { Cell::new(T::ZERO) }; RUN];
        let g = Cell::from_mut(g).as_slice_of_cells();
        let diagonal = self.centre * (T::ONE / omega);
        let factors = [alpha, (T::TWO - omega) * diagonal, diagonal];
        let mut sums = Update { west: T::ZERO, gz, squares };
        for line in lines {
            self.for_each_run(line, [true, false], |run| {
                let range = run.cells;
                let (Some(t), Some(cells), Some(y)) = (t.get(range.clone()), g.get(range.clone()), y.get_mut(range))
                else {
                    return;
                };
                let south = beside(g, run.south, cells.len(), &zeros);
                if run.is_first {
                    sums.west = T::ZERO;
                }
                sums = kernels::eisenstat_update(self.entries(), factors, t, south, cells, y, sums);
            });
        }
        [sums.gz, sums.squares]
    }
}
