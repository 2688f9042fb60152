//! The whole system, not reduced: in natural order for conjugate gradients and incomplete factorisations, and packed by
//! colour for the textbook multigrid cycle. These are the baselines that a cycle on the reduced system is held against.

use super::cells::{Cells, DEGREE, around, stretches};
use super::domain::{Domain, FLUID};
use super::kernels::{BLACK, RED, cut, cut_mut, is_forward};
use super::vfp::{self, Half};
use crate::error::{self, Error, Field};
use crate::operator::LinearOperator;
use crate::real::Real;

/// Cells of a run that has no neighbour on one side.
const RUN: usize = 64;

/// The operator of a domain on all its cells, x running fastest. Cells without an unknown have value and residual 0, and
/// must be 0 in every vector that is handed in.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a, T> {
    pub(crate) nx: usize,
    pub(crate) degrees: &'a [u8],
    table: [T; 8],
}

impl<'a, T: Real> Whole<'a, T> {
    /// Writes the degree of each cell into `degrees`, one byte a cell.
    ///
    /// # Errors
    /// `Length` (workspace: `degrees`).
    pub fn new(domain: &Domain<'_>, degrees: &'a mut [u8]) -> Result<Self, Error> {
        let (nx, n) = (domain.nx(), domain.nx() * domain.ny());
        error::at_least(Field::Workspace, n, degrees.len())?;
        let degrees = degrees.get_mut(..n).unwrap_or(&mut []);
        for (index, degree) in degrees.iter_mut().enumerate() {
            let (x, y) = (index % nx.max(1), index / nx.max(1));
            *degree = if domain.kind(x, y) == FLUID { domain.degree(x, y).0 } else { 0 };
        }
        let mut table = [T::ZERO; 8];
        for (count, entry) in (0_u32..).zip(&mut table).take(5) {
            *entry = T::from_u32(count);
        }
        Ok(Self { nx, degrees, table })
    }

    /// Line `y` of the product.
    #[inline(always)]
    fn line(&self, x: &[T], y: usize, out: &mut [T]) {
        let nx = self.nx.max(1);
        let above = y.checked_sub(1).and_then(|y| cut(x, y * nx, nx));
        let (row, below) = (cut(x, y * nx, nx).unwrap_or(&[]), cut(x, (y + 1) * nx, nx));
        let degrees = cut(self.degrees, y * nx, nx).unwrap_or(&[]);
        if let (Some(above), Some(below)) = (above, below)
            && vfp::line_of_whole(&self.table, degrees, [above, row, below], out)
        {
            return;
        }
        let zeros = [T::ZERO; RUN];
        let stride = if above.is_some() && below.is_some() { nx } else { RUN };
        let (mut start, mut west) = (0, T::ZERO);
        while start < nx {
            let len = stride.min(nx - start);
            let (above, below) = (beside(above, &zeros, start, len), beside(below, &zeros, start, len));
            let easts = cut(row, start + 1, len).or_else(|| cut(row, start + 1, len - 1)).unwrap_or(&[]);
            let (Some(cells), Some(codes), Some(out)) =
                (cut(row, start, len), cut(degrees, start, len), cut_mut(out, start, len))
            else {
                return;
            };
            let value = |code: u8, value: T, sum: T| {
                let degree = self.table.get(usize::from(code & DEGREE)).copied().unwrap_or(T::ZERO);
                if code == 0 { T::ZERO } else { degree * value - sum }
            };
            let own = cells.iter().zip(codes).zip(above).zip(below);
            for (((((cell, code), above), below), east), out) in own.zip(easts).zip(out.iter_mut()) {
                *out = value(*code, *cell, (*above + *below) + (west + *east));
                west = *cell;
            }
            if easts.len() < len
                && let (Some(cell), Some(code), Some(above), Some(below), Some(out)) =
                    (cells.last(), codes.last(), above.last(), below.last(), out.last_mut())
            {
                *out = value(*code, *cell, (*above + *below) + west);
            }
            start += len;
        }
    }
}

/// A stretch of a neighbouring line, or zeros where there is none.
#[inline(always)]
fn beside<'x, T>(line: Option<&'x [T]>, zeros: &'x [T], start: usize, len: usize) -> &'x [T] {
    match line {
        Some(line) => cut(line, start, len).unwrap_or(&[]),
        None => zeros.get(..len).unwrap_or(&[]),
    }
}

impl<T: Real> LinearOperator<T> for Whole<'_, T> {
    fn dim(&self) -> usize {
        self.degrees.len()
    }

    fn apply(&self, x: &[T], y: &mut [T]) {
        for (line, out) in y.chunks_exact_mut(self.nx.max(1)).enumerate() {
            self.line(x, line, out);
        }
    }

    fn residual(&self, b: &[T], x: &[T], r: &mut [T]) {
        self.apply(x, r);
        for ((r, b), code) in r.iter_mut().zip(b).zip(self.degrees) {
            *r = if *code == 0 { T::ZERO } else { *b - *r };
        }
    }
}

/// The operator of a domain on all its cells, packed by colour: red half, then black half.
#[derive(Clone, Copy, Debug)]
pub struct Coloured<'a, T> {
    cells: Cells<'a>,
    zeros: &'a [T],
    table: [T; 8],
}

impl<'a, T: Real> Coloured<'a, T> {
    /// Elements of scratch: one packed line.
    #[must_use]
    pub const fn scratch_len(nx: usize) -> usize {
        nx.div_ceil(2)
    }

    /// The operator on these cells.
    ///
    /// # Errors
    /// `Length` (workspace).
    pub fn new(cells: Cells<'a>, scratch: &'a mut [T]) -> Result<Self, Error> {
        let (need, got) = (Self::scratch_len(cells.nx), scratch.len());
        let zeros = scratch.get_mut(..need).ok_or(Error::Length { field: Field::Workspace, need, got })?;
        zeros.fill(T::ZERO);
        let mut table = [T::ZERO; 8];
        for (count, entry) in (0_u32..).zip(&mut table).take(5) {
            *entry = T::from_u32(count);
        }
        Ok(Self { cells, zeros, table })
    }
}

impl<T: Real> LinearOperator<T> for Coloured<'_, T> {
    fn dim(&self) -> usize {
        2 * self.cells.half
    }

    fn apply(&self, x: &[T], y: &mut [T]) {
        let Cells { half, red, black, .. } = self.cells;
        let (Some((x_red, x_black)), Some((y_red, y_black))) = (x.split_at_checked(half), y.split_at_mut_checked(half))
        else {
            return;
        };
        for (colour, own, other, codes, out) in
            [(RED, x_red, x_black, red, y_red), (BLACK, x_black, x_red, black, y_black)]
        {
            if vfp::half_of_whole(Half::Product, &self.cells, colour, &self.table, [other, own], self.zeros, out) {
                continue;
            }
            for_each_sum(&self.cells, colour, other, self.zeros, codes, own, out, |y, code, x, sum| {
                let degree = self.table.get(usize::from(code & DEGREE)).copied().unwrap_or(T::ZERO);
                *y = if code & DEGREE == 0 { T::ZERO } else { degree * x - sum };
            });
        }
    }

    fn residual(&self, b: &[T], x: &[T], r: &mut [T]) {
        self.apply(x, r);
        let codes = self.cells.red.iter().chain(self.cells.black);
        for ((r, b), code) in r.iter_mut().zip(b).zip(codes) {
            *r = if code & DEGREE == 0 { T::ZERO } else { *b - *r };
        }
    }
}

/// Calls `visit(out, code, own, sum of neighbours)` for the cells of one colour.
#[inline(always)]
pub(super) fn for_each_sum<T: Real>(
    cells: &Cells<'_>,
    colour: usize,
    other: &[T],
    zeros: &[T],
    codes: &[u8],
    own: &[T],
    out: &mut [T],
    mut visit: impl FnMut(&mut T, u8, T, T),
) {
    let Cells { width, ny, .. } = *cells;
    for y in 0..ny {
        for part in stretches(width, is_forward(colour, y)) {
            let (start, len) = (y * width + part.start, part.len);
            let (Some([n0, n1, n2, n3]), Some(codes), Some(own), Some(out)) = (
                around(other, zeros, width, ny, y, part),
                cut(codes, start, len),
                cut(own, start, len),
                cut_mut(out, start, len),
            ) else {
                continue;
            };
            let neighbours = n0.iter().zip(n1).zip(n2).zip(n3);
            for ((out, (code, own)), (((n0, n1), n2), n3)) in out.iter_mut().zip(codes.iter().zip(own)).zip(neighbours)
            {
                visit(out, *code, *own, (*n0 + *n1) + (*n2 + *n3));
            }
        }
    }
}
