//! The reduced system: red cells eliminated, the black ones remain.
//!
//! S = D_B - C' D_R⁻¹ C with the degrees D and the faces C between the colours. Conjugate gradients on S need about half
//! the iterations of those on the whole system, with half the vectors. Source: Elman and Golub 1990; Hageman and Young,
//! Applied Iterative Methods, chapter 8.

use core::cell::Cell;

use super::build::is_fluid;
use super::cells::{Cells, bulk, edge_place, edge_sum, line, of_ring, sums};
use super::finest::of;
use super::kernels::{BLACK, RED, cut, cut_mut, is_forward};
use super::vfp;
use crate::error::{self, Error, Field};
use crate::operator::LinearOperator;
use crate::real::Real;

/// The operator of the reduced system on the black half of a domain. Cells without an unknown have value and residual 0.
#[derive(Debug)]
pub struct Reduced<'a, T: Copy> {
    cells: Cells<'a>,
    /// Three lines of red values and one of zeros.
    lines: &'a [Cell<T>],
    inverse: [T; 8],
    degree: [T; 8],
}

impl<'a, T: Real> Reduced<'a, T> {
    /// Elements of scratch: four packed lines.
    #[must_use]
    pub const fn scratch_len(nx: usize) -> usize {
        nx.div_ceil(2).saturating_mul(4)
    }

    /// The operator on these cells.
    ///
    /// # Errors
    /// `Length` (workspace).
    pub fn new(cells: Cells<'a>, scratch: &'a mut [T]) -> Result<Self, Error> {
        let (need, got) = (Self::scratch_len(cells.nx), scratch.len());
        let lines = scratch.get_mut(..need).ok_or(Error::Length { field: Field::Workspace, need, got })?;
        lines.fill(T::ZERO);
        let mut degree = [T::ZERO; 8];
        let mut inverse = [T::ZERO; 8];
        for (count, (degree, inverse)) in (0_u32..).zip(degree.iter_mut().zip(&mut inverse)).skip(1).take(4) {
            *degree = T::from_u32(count);
            *inverse = T::ONE / *degree;
        }
        Ok(Self { cells, lines: Cell::from_mut(lines).as_slice_of_cells(), inverse, degree })
    }

    /// The cells it works on.
    #[must_use]
    pub const fn cells(&self) -> &Cells<'a> {
        &self.cells
    }

    /// Multiply-adds of one product.
    #[must_use]
    pub fn multiply_adds(&self) -> usize {
        2 * self.cells.faces() + self.cells.unknowns()
    }

    /// The right-hand side of the reduced system from `b` over the rectangle, x running fastest: b of the black cells
    /// and b / degree of their red neighbours.
    ///
    /// # Errors
    /// `Length` (`Field::RightHandSide` for `b`, `Field::Output` for `reduced`), `NotFinite` (b).
    pub fn reduce(&self, b: &[T], reduced: &mut [T]) -> Result<(), Error> {
        let Cells { nx, ny, width, half, .. } = self.cells;
        error::exact(Field::RightHandSide, nx * ny, b.len())?;
        error::exact(Field::Output, half, reduced.len())?;
        error::finite(Field::RightHandSide, b)?;
        let red = |x: usize, y: usize| {
            let degree = self.cells.degree(x, y);
            if degree == 0 {
                T::ZERO
            } else {
                b.get(y * nx + x).copied().unwrap_or(T::ZERO) * of(&self.inverse, degree)
            }
        };
        for (y, reduced) in reduced.chunks_exact_mut(width.max(1)).enumerate() {
            for (k, reduced) in reduced.iter_mut().enumerate() {
                let x = 2 * k + 1 - (y & 1);
                let own = b.get(y * nx + x).copied().unwrap_or(T::ZERO);
                let around = (red(x, y.wrapping_sub(1)) + red(x, y + 1)) + (red(x.wrapping_sub(1), y) + red(x + 1, y));
                *reduced = if self.cells.degree(x, y) == 0 { T::ZERO } else { own + around };
            }
        }
        Ok(())
    }

    /// The black half of a starting guess over the rectangle.
    ///
    /// # Errors
    /// `Length` (`Field::Iterate` for `x`, `Field::Output` for `black`).
    pub fn start_from(&self, x: &[T], black: &mut [T]) -> Result<(), Error> {
        let Cells { nx, ny, width, half, .. } = self.cells;
        error::exact(Field::Iterate, nx * ny, x.len())?;
        error::exact(Field::Output, half, black.len())?;
        for (y, black) in black.chunks_exact_mut(width.max(1)).enumerate() {
            for (k, black) in black.iter_mut().enumerate() {
                let column = 2 * k + 1 - (y & 1);
                let is_fluid = self.cells.degree(column, y) != 0;
                *black = if is_fluid { x.get(y * nx + column).copied().unwrap_or(T::ZERO) } else { T::ZERO };
            }
        }
        Ok(())
    }

    /// x over the rectangle from its black half, in one word (`low` empty) or two: red = (b + sum of black) / degree.
    /// `x_low` takes the second word; it is empty when that is not wanted. Cells without an unknown become 0.
    ///
    /// # Errors
    /// `Length` (`Field::RightHandSide` for `b`, `Field::Iterate` for the halves, `Field::Output` for `x` and `x_low`).
    pub fn expand(&self, b: &[T], high: &[T], low: &[T], x: &mut [T], x_low: &mut [T]) -> Result<(), Error> {
        let Cells { nx, ny, half, .. } = self.cells;
        error::exact(Field::RightHandSide, nx * ny, b.len())?;
        error::exact(Field::Iterate, half, high.len())?;
        if !low.is_empty() {
            error::exact(Field::Iterate, half, low.len())?;
        }
        error::exact(Field::Output, nx * ny, x.len())?;
        if !x_low.is_empty() {
            error::exact(Field::Output, nx * ny, x_low.len())?;
        }
        for y in 0..ny {
            for column in 0..nx {
                let place = y * nx + column;
                let degree = self.cells.degree(column, y);
                let (value, rest) = if degree == 0 {
                    (T::ZERO, T::ZERO)
                } else if (column ^ y) & 1 == 1 {
                    let packed = y * self.cells.width + column / 2;
                    let at = |half: &[T]| half.get(packed).copied().unwrap_or(T::ZERO);
                    (at(high), at(low))
                } else {
                    let own = b.get(place).copied().unwrap_or(T::ZERO);
                    let (base, change) = self.red(high, low, own, column, y);
                    let sum = base + change;
                    (sum, (base - sum) + change)
                };
                if let Some(x) = x.get_mut(place) {
                    *x = value;
                }
                if let Some(x_low) = x_low.get_mut(place) {
                    *x_low = rest;
                }
            }
        }
        Ok(())
    }

    /// The value of a red cell with right-hand side `b` as a value nearby and a small change: differences of neighbours
    /// are nearly exact, so no digit is lost.
    fn red(&self, high: &[T], low: &[T], b: T, x: usize, y: usize) -> (T, T) {
        let width = self.cells.width;
        let around = [(x, y.wrapping_sub(1)), (x, y + 1), (x.wrapping_sub(1), y), (x + 1, y)];
        let mut base = None;
        let mut sum = b;
        for (x, y) in around {
            if self.cells.degree(x, y) == 0 {
                continue;
            }
            let place = y * width + x / 2;
            let value = high.get(place).copied().unwrap_or(T::ZERO);
            let base = *base.get_or_insert(value);
            sum += (value - base) + low.get(place).copied().unwrap_or(T::ZERO);
        }
        let base = base.unwrap_or(T::ZERO);
        let open = T::from_u32(u32::from(self.cells.open(x, y)));
        (base, (sum - open * base) * of(&self.inverse, self.cells.degree(x, y)))
    }

    /// Values of a red line from a black half.
    #[inline(always)]
    fn red_line(&self, black: &[T], y: usize) {
        // At the edges of the grid a run of zeros stands for the missing line, in pieces.
        const RUN: usize = 32;
        let Cells { width, ny, red, .. } = self.cells;
        let (row, forward) = (y * width, is_forward(RED, y));
        let value = |code: u8, sum: T| of(&self.inverse, code) * sum;
        let out = line(self.lines, width, y % 3);
        let (above, below) = (row.wrapping_sub(width), row + width);
        let (has_above, has_below) = (y > 0, y + 1 < ny);
        let place = edge_place(width, forward);
        let at = |has: bool, line: usize| if has { cut(black, line, width).unwrap_or(&[]) } else { &[] };
        let around = [at(has_above, above), at(true, row), at(has_below, below)];
        if let (Some(code), Some(out)) = (red.get(row + place), out.get(place)) {
            out.set(value(*code, edge_sum(around, place, |x: &T| *x)));
        }
        let Some(part) = bulk(width, forward) else { return };
        let zeros = [T::ZERO; RUN];
        let is_inner = has_above && has_below;
        let stride = if is_inner { part.len } else { RUN - 1 };
        let [_, same, _] = around;
        let mut done = 0;
        while done < part.len {
            let len = stride.min(part.len - done);
            let (start, own) = (part.start + done, row + part.start + done);
            let beside = |has: bool, from: usize| if has { cut(black, from, len) } else { zeros.get(..len) };
            let taps = (beside(has_above, above.wrapping_add(start)), beside(has_below, below + start));
            let (Some(above), Some(below)) = taps else { return };
            let piece = super::cells::Stretch { start: 0, len, ..part };
            let (Some(same), Some(codes), Some(out)) =
                (cut(same, done, len + 1), cut(red, own, len), cut(out, start, len))
            else {
                return;
            };
            let Some(sums) = sums([above, same, below], piece, |x: &T| *x) else { return };
            for ((out, code), sum) in out.iter().zip(codes).zip(sums) {
                out.set(value(*code, sum));
            }
            done += len;
        }
    }
}

impl<T: Real> LinearOperator<T> for Reduced<'_, T> {
    fn dim(&self) -> usize {
        self.cells.half
    }

    fn apply(&self, x: &[T], y: &mut [T]) {
        if vfp::product(&self.cells, [&self.inverse, &self.degree], self.lines, x, y) {
            return;
        }
        let Cells { width, ny, black: codes, .. } = self.cells;
        let zeros = line(self.lines, width, 3);
        self.red_line(x, 0);
        for row in 0..ny {
            if row + 1 < ny {
                self.red_line(x, row + 1);
            }
            let (start, forward) = (row * width, is_forward(BLACK, row));
            let around = of_ring(self.lines, zeros, width, ny, row);
            let value = |code: u8, x: T, sum: T| {
                let product = of(&self.degree, code) * x - sum;
                if is_fluid(code) { product } else { T::ZERO }
            };
            let place = edge_place(width, forward);
            let (own, sum) = (start + place, edge_sum(around, place, Cell::get));
            if let (Some(code), Some(x), Some(y)) = (codes.get(own), x.get(own), y.get_mut(own)) {
                *y = value(*code, *x, sum);
            }
            if let Some(part) = bulk(width, forward) {
                let (own, len) = (start + part.start, part.len);
                let (Some(sums), Some(codes), Some(x), Some(y)) =
                    (sums(around, part, Cell::get), cut(codes, own, len), cut(x, own, len), cut_mut(y, own, len))
                else {
                    continue;
                };
                for ((y, (x, code)), sum) in y.iter_mut().zip(x.iter().zip(codes)).zip(sums) {
                    *y = value(*code, *x, sum);
                }
            }
        }
    }

    fn residual(&self, b: &[T], x: &[T], r: &mut [T]) {
        self.apply(x, r);
        for ((r, b), code) in r.iter_mut().zip(b).zip(self.cells.black) {
            *r = if is_fluid(*code) { *b - *r } else { T::ZERO };
        }
    }

    /// In the form of fluxes: each red value is a black value nearby and a small change, so that only differences of
    /// neighbours are multiplied. About 250 operations a cell, once or twice a solve.
    fn residual_of_pair(&self, b: &[T], high: &[T], low: &[T], r: &mut [T], _scratch: &mut [T]) {
        let Cells { width, .. } = self.cells;
        for (row, (r, b)) in r.chunks_exact_mut(width.max(1)).zip(b.chunks_exact(width.max(1))).enumerate() {
            for (k, (r, b)) in r.iter_mut().zip(b).enumerate() {
                let column = 2 * k + 1 - (row & 1);
                if self.cells.degree(column, row) == 0 {
                    *r = T::ZERO;
                    continue;
                }
                let at = |half: &[T]| half.get(row * width + k).copied().unwrap_or(T::ZERO);
                let (own, own_low) = (at(high), at(low));
                let open = T::from_u32(u32::from(self.cells.open(column, row)));
                let mut sum = *b - open * (own + own_low);
                for (x, y) in
                    [(column, row.wrapping_sub(1)), (column, row + 1), (column.wrapping_sub(1), row), (column + 1, row)]
                {
                    if self.cells.degree(x, y) != 0 {
                        let (base, change) = self.red(high, low, T::ZERO, x, y);
                        sum += (base - own) + (change - own_low);
                    }
                }
                *r = sum;
            }
        }
    }
}

impl<T: Real> Reduced<'_, T> {
    /// |b - A x| / |b| of the whole system in f64, for x over the rectangle in two words or one (`low` empty); what tests
    /// and benchmarks ask. NaN for lengths that do not fit.
    #[must_use]
    pub fn true_relative_residual(&self, b: &[T], x: &[T], low: &[T]) -> f64 {
        let Cells { nx, ny, .. } = self.cells;
        let value = |x_: usize, y: usize| {
            let at = |words: &[T]| words.get(y * nx + x_).map_or(0.0, |value| value.to_f64());
            if self.cells.degree(x_, y) == 0 { 0.0 } else { at(x) + at(low) }
        };
        let (mut squares, mut all) = (0.0, 0.0);
        for y in 0..ny {
            for column in 0..nx {
                let degree = self.cells.degree(column, y);
                if degree == 0 {
                    continue;
                }
                let around =
                    [(column, y.wrapping_sub(1)), (column, y + 1), (column.wrapping_sub(1), y), (column + 1, y)];
                let sum: f64 = around.into_iter().map(|(x, y)| value(x, y)).sum();
                let b = b.get(y * nx + column).map_or(f64::NAN, |b| b.to_f64());
                let residual = b - f64::from(degree) * value(column, y) + sum;
                squares += residual * residual;
                all += b * b;
            }
        }
        Real::sqrt(squares / all)
    }
}
