//! The textbook multigrid cycle on the whole system: one red-black Gauss-Seidel sweep before and after, piecewise constant
//! transfer, coarse operators by halved Galerkin sums. Source: Trottenberg, Oosterlee, Schueller, Multigrid, 2001, chapters
//! 2 and 5. Zero start and residuals that are zero on black after a sweep are made use of.

use super::cells::{Cells, DEGREE, line, line_mut, stretches};
use super::kernels::{BLACK, RED, cut, cut_mut, gather, is_forward};
use super::layout::{LINES, lent};
use super::vfp::{self, Half};
use super::whole::for_each_sum;
use super::{Cycle, CycleOptions, CycleSizes, Gates, Shape};
use crate::error::{self, Error, Field};
use crate::operator::Direction;
use crate::real::Real;

const OPTIONS: CycleOptions = CycleOptions { shape: Shape::V, pieces: 0 };

/// r -> z on all cells, packed by colour: a direction for [`Coloured`](super::Coloured).
#[derive(Debug)]
pub struct Textbook<'a, T> {
    cycle: Cycle<'a, T>,
    inverse: [T; 8],
    multiply_adds: usize,
    /// What the cycle on the reduced system has room for in the vector that it writes.
    lent: &'a mut [T],
}

impl<'a, T: Real> Textbook<'a, T> {
    /// Exact memory for `nx` x `ny` cells, the codes of [`Cells`] apart.
    #[must_use]
    pub const fn sizes(nx: usize, ny: usize) -> CycleSizes {
        let CycleSizes { numbers, indices } = Cycle::<T>::sizes(nx, ny, OPTIONS);
        CycleSizes { numbers: numbers.saturating_add(lent(nx, ny, OPTIONS.shape)), indices }
    }

    /// Builds the hierarchy of these cells.
    ///
    /// # Errors
    /// As [`Cycle::new`].
    pub fn new(cells: Cells<'a>, numbers: &'a mut [T], indices: &'a mut [u16]) -> Result<Self, Error> {
        let need = Self::sizes(cells.nx, cells.ny).numbers;
        let short = Error::Length { field: Field::Workspace, need, got: numbers.len() };
        let (lent, numbers) = numbers.split_at_mut_checked(lent(cells.nx, cells.ny, OPTIONS.shape)).ok_or(short)?;
        error::at_least(Field::Workspace, need, lent.len() + numbers.len())?;
        let cycle = Cycle::new(cells, &Gates::HAND_SET, OPTIONS, numbers, indices)?;
        let mut inverse = [T::ZERO; 8];
        for (count, entry) in (0_u32..).zip(&mut inverse).skip(1).take(4) {
            *entry = T::ONE / T::from_u32(count);
        }
        let faces = cells.faces();
        let black = cells.black.iter().filter(|code| **code & DEGREE != 0).count();
        let red = cells.unknowns() - black;
        // The reduced finest level gives way to the whole one.
        let reduced = super::finest::multiply_adds(&cells);
        let whole = red + (faces + black) + faces + red + red + (faces + black) + (faces + red);
        let multiply_adds = cycle.multiply_adds() - reduced + whole;
        Ok(Self { cycle, inverse, multiply_adds, lent })
    }
}

impl<T: Real> Direction<T> for Textbook<'_, T> {
    fn direction(&mut self, r: &[T], d: &mut [T]) {
        let Self { cycle, inverse, lent, .. } = self;
        let cells = cycle.cells;
        let Cells { width, half, .. } = cells;
        let (Some((r_red, r_black)), Some((red, black))) = (r.split_at_checked(half), d.split_at_mut_checked(half))
        else {
            return;
        };
        let of = |code: u8| inverse.get(usize::from(code & DEGREE)).copied().unwrap_or(T::ZERO);
        for ((z, r), code) in red.iter_mut().zip(r_red).zip(cells.red) {
            *z = of(*code) * *r;
        }
        super::zero(cycle.lines, width);
        let smooth = |colour: usize, other: &[T], r: &[T], z: &mut [T], lines: &[T]| {
            let zeros = line(lines, width, LINES - 1);
            let codes = if colour == RED { cells.red } else { cells.black };
            if !vfp::half_of_whole(Half::Smooth, &cells, colour, inverse, [other, r], zeros, z) {
                for_each_sum(&cells, colour, other, zeros, codes, r, z, |z, code, r, sum| *z = of(code) * (r + sum));
            }
        };
        smooth(BLACK, red, r_black, black, cycle.lines);
        if cycle.store.last() > 0 {
            down(&cells, black, cycle, lent);
            cycle.run(1, lent);
            up(&cells, red, cycle);
        }
        smooth(BLACK, red, r_black, black, cycle.lines);
        smooth(RED, black, r_red, red, cycle.lines);
    }

    fn multiply_adds(&self) -> usize {
        self.multiply_adds
    }
}

/// The residual is the sum of black neighbours on red, 0 on black; its sums over blocks go to the first coarse level.
fn down<T: Real>(cells: &Cells<'_>, black: &[T], cycle: &mut Cycle<'_, T>, lent: &mut [T]) {
    let width = cells.width;
    let mut child = cycle.store.coarse_with(1, lent);
    let Some((buffers, zeros)) = cycle.lines.split_at_mut_checked((LINES - 1) * width) else { return };
    let Some((upper, rest)) = buffers.split_at_mut_checked(width) else { return };
    let Some(lower) = rest.get_mut(..width) else { return };
    for block in 0..child.level.ny {
        lower.fill(T::ZERO);
        for (y, sum) in [(2 * block, &mut *upper), (2 * block + 1, &mut *lower)] {
            for part in stretches(width, is_forward(RED, y)) {
                let (own, len) = (y * width + part.start, part.len);
                let (Some([n0, n1, n2, n3]), Some(codes), Some(sum)) = (
                    super::cells::around(black, zeros, width, cells.ny, y, part),
                    cut(cells.red, own, len),
                    cut_mut(sum, part.start, len),
                ) else {
                    continue;
                };
                let neighbours = n0.iter().zip(n1).zip(n2).zip(n3);
                for ((sum, code), (((n0, n1), n2), n3)) in sum.iter_mut().zip(codes).zip(neighbours) {
                    *sum = if *code & DEGREE == 0 { T::ZERO } else { (*n0 + *n1) + (*n2 + *n3) };
                }
            }
        }
        child.take_line(block, upper, lower);
    }
}

/// Red takes the correction; black does not need it, since its relaxation leaves nothing of the old value.
fn up<T: Real>(cells: &Cells<'_>, red: &mut [T], cycle: &mut Cycle<'_, T>) {
    let width = cells.width;
    let child = cycle.store.coarse(1);
    let Some(correction) = cycle.lines.get_mut(..width) else { return };
    let [above, other] = &child.grid.x;
    for block in 0..child.level.ny {
        let coarse = child.level.width;
        gather(T::ONE, line(above, coarse, block), line(other, coarse, block), block, correction);
        for y in [2 * block, 2 * block + 1] {
            let codes = line(cells.red, width, y);
            for ((z, c), code) in line_mut(red, width, y).iter_mut().zip(correction.iter()).zip(codes) {
                *z += if *code & DEGREE == 0 { T::ZERO } else { *c };
            }
        }
    }
}
