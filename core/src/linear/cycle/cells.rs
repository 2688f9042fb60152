//! The finest level: codes of cells, packed by colour.
//!
//! Cell (x, y) is red where x + y is even. A half holds the cells of one colour line by line, `width` = ceil(nx / 2) to a
//! line, cell (x, y) at y width + floor(x / 2). So the neighbours above and below of a packed cell have its own place in
//! their lines of the other half, one neighbour in the line too, and the last one is a place before or after that. The
//! two cells of a 2 x 2 block that share a line share their place as well: it is the column of the block.

use super::domain::{Domain, FLUID};
use crate::error::{self, Error, Field};
use crate::real::Real;

/// Degree of the cell in the low bits of a code, 0 for cells without an unknown; open neighbours above them.
pub(super) const DEGREE: u8 = 7;
pub(super) const OPEN_SHIFT: u8 = 3;

/// The codes of a domain: what operators and directions on it share.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a> {
    pub(super) nx: usize,
    pub(super) ny: usize,
    pub(super) width: usize,
    pub(super) half: usize,
    pub(super) red: &'a [u8],
    pub(super) black: &'a [u8],
}

impl<'a> Cells<'a> {
    /// Bytes of codes: one for each cell, lines rounded up to an even number of cells.
    #[must_use]
    pub const fn codes_len(nx: usize, ny: usize) -> usize {
        Self::half_len(nx, ny).saturating_mul(2)
    }

    /// Packed cells of one colour: the dimension of the reduced system.
    #[must_use]
    pub const fn half_len(nx: usize, ny: usize) -> usize {
        nx.div_ceil(2).saturating_mul(ny)
    }

    /// Writes the codes of a domain. Moving walls: call it again, on the same memory.
    ///
    /// # Errors
    /// `Length` (workspace: `codes`).
    pub fn new(domain: &Domain<'_>, codes: &'a mut [u8]) -> Result<Self, Error> {
        let (nx, ny) = (domain.nx(), domain.ny());
        error::at_least(Field::Workspace, Self::codes_len(nx, ny), codes.len())?;
        let (width, half) = (nx.div_ceil(2), Self::half_len(nx, ny));
        let short = Error::Length { field: Field::Workspace, need: 2 * half, got: codes.len() };
        let (red, rest) = codes.split_at_mut_checked(half).ok_or(short)?;
        let black = rest.get_mut(..half).ok_or(short)?;
        let lines = red.chunks_exact_mut(width.max(1)).zip(black.chunks_exact_mut(width.max(1)));
        for (y, (red, black)) in lines.enumerate() {
            for (k, (red, black)) in red.iter_mut().zip(black).enumerate() {
                *red = code(domain, 2 * k + (y & 1), y);
                *black = code(domain, 2 * k + 1 - (y & 1), y);
            }
        }
        Ok(Self { nx, ny, width, half, red, black })
    }

    /// The same cells again, from codes that [`new`](Self::new) wrote; O(1). Other codes give wrong numbers.
    ///
    /// # Errors
    /// As [`Domain::new`] for the sides; `Length` (workspace).
    pub fn resume(nx: usize, ny: usize, codes: &'a [u8]) -> Result<Self, Error> {
        super::domain::check_size(nx, ny)?;
        let (width, half) = (nx.div_ceil(2), Self::half_len(nx, ny));
        let short = Error::Length { field: Field::Workspace, need: 2 * half, got: codes.len() };
        let (red, rest) = codes.split_at_checked(half).ok_or(short)?;
        let black = rest.get(..half).ok_or(short)?;
        Ok(Self { nx, ny, width, half, red, black })
    }

    /// Packed cells of one colour: the dimension of the reduced system.
    #[must_use]
    pub const fn half(&self) -> usize {
        self.half
    }

    /// Cells with an unknown.
    #[must_use]
    pub fn unknowns(&self) -> usize {
        self.red.iter().chain(self.black).filter(|&&code| code & DEGREE != 0).count()
    }

    /// Faces between two cells with an unknown.
    #[must_use]
    pub fn faces(&self) -> usize {
        self.black.iter().map(|code| usize::from((code & DEGREE).saturating_sub(code >> OPEN_SHIFT))).sum()
    }

    /// Degree of a cell in natural coordinates, 0 outside.
    pub(super) fn degree(&self, x: usize, y: usize) -> u8 {
        if x >= self.nx || y >= self.ny {
            return 0;
        }
        let codes = if (x + y) & 1 == 0 { self.red } else { self.black };
        codes.get(y * self.width + x / 2).map_or(0, |code| code & DEGREE)
    }

    /// Open neighbours of a cell in natural coordinates.
    pub(super) fn open(&self, x: usize, y: usize) -> u8 {
        let codes = if (x + y) & 1 == 0 { self.red } else { self.black };
        codes.get(y * self.width + x / 2).map_or(0, |code| code >> OPEN_SHIFT)
    }

    /// Splits a vector over the rectangle, x running fastest, into its packed halves. Cells without an unknown become 0.
    ///
    /// # Errors
    /// `Length` (`Field::RightHandSide` for `natural`, `Field::Output` for a half).
    pub fn pack<T: Real>(&self, natural: &[T], red: &mut [T], black: &mut [T]) -> Result<(), Error> {
        error::exact(Field::RightHandSide, self.nx * self.ny, natural.len())?;
        error::exact(Field::Output, self.half, red.len())?;
        error::exact(Field::Output, self.half, black.len())?;
        let width = self.width.max(1);
        let lines = natural.chunks_exact(self.nx.max(1)).enumerate();
        for ((y, line), (red, black)) in lines.zip(red.chunks_exact_mut(width).zip(black.chunks_exact_mut(width))) {
            let value =
                |x: usize| if self.degree(x, y) == 0 { T::ZERO } else { line.get(x).copied().unwrap_or(T::ZERO) };
            for (k, (red, black)) in red.iter_mut().zip(black).enumerate() {
                *red = value(2 * k + (y & 1));
                *black = value(2 * k + 1 - (y & 1));
            }
        }
        Ok(())
    }
}

fn code(domain: &Domain<'_>, x: usize, y: usize) -> u8 {
    if x >= domain.nx() || domain.kind(x, y) != FLUID {
        return 0;
    }
    let (degree, open) = domain.degree(x, y);
    degree | open << OPEN_SHIFT
}

/// A stretch of a packed line whose neighbour on the side lies `from`, one before or after it; the stretch at the edge of
/// the grid has none, and `from` then is the place at the other end, whose weight is 0.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub(super) start: usize,
    pub(super) len: usize,
    pub(super) side: usize,
    pub(super) is_edge: bool,
}

/// The two stretches of a line whose side neighbours lie ahead (`forward`) or behind.
#[inline(always)]
pub(super) fn stretches(width: usize, forward: bool) -> [Stretch; 2] {
    let bulk = width.saturating_sub(1);
    if forward {
        [
            Stretch { start: 0, len: bulk, side: 1, is_edge: false },
            Stretch { start: bulk, len: width - bulk, side: 0, is_edge: true },
        ]
    } else {
        [
            Stretch { start: 0, len: width - bulk, side: bulk, is_edge: true },
            Stretch { start: 1, len: bulk, side: 0, is_edge: false },
        ]
    }
}

/// The one of the [`stretches`] of a line whose cells have a neighbour at their side, unless it is empty.
#[inline(always)]
pub(super) fn bulk(width: usize, forward: bool) -> Option<Stretch> {
    let [first, second] = stretches(width, forward);
    let bulk = if forward { first } else { second };
    if bulk.len == 0 { None } else { Some(bulk) }
}

/// Line `y` of a half, or nothing.
#[inline(always)]
pub(super) fn line<E>(values: &[E], width: usize, y: usize) -> &[E] {
    let start = y.wrapping_mul(width);
    values.get(start..start.wrapping_add(width)).unwrap_or(&[])
}

/// Line `y` of a half to write.
#[inline(always)]
pub(super) fn line_mut<E>(values: &mut [E], width: usize, y: usize) -> &mut [E] {
    let start = y.wrapping_mul(width);
    values.get_mut(start..start.wrapping_add(width)).unwrap_or(&mut [])
}

/// The four neighbours of the cells of a line in the other colour: above, below, beside, and at the side.
#[inline(always)]
pub(super) fn around<'x, T>(
    values: &'x [T],
    zeros: &'x [T],
    width: usize,
    lines: usize,
    y: usize,
    part: Stretch,
) -> Option<[&'x [T]; 4]> {
    let Stretch { start, len, side, is_edge } = part;
    let cut = |line: &'x [T]| line.get(start..start.wrapping_add(len));
    let zero = zeros.get(..len)?;
    let above = if y == 0 { zero } else { cut(line(values, width, y - 1))? };
    let below = if y + 1 >= lines { zero } else { cut(line(values, width, y + 1))? };
    let same = line(values, width, y);
    let aside = if is_edge { zero } else { same.get(side..side.wrapping_add(len))? };
    Some([above, below, cut(same)?, aside])
}

/// Lines above, at and below `y` of values kept in a ring of three lines; zeros beyond the ends.
#[inline(always)]
pub(super) fn of_ring<'x, E>(ring: &'x [E], zeros: &'x [E], width: usize, lines: usize, y: usize) -> [&'x [E]; 3] {
    let above = if y == 0 { zeros } else { line(ring, width, (y + 2) % 3) };
    let below = if y + 1 >= lines { zeros } else { line(ring, width, (y + 1) % 3) };
    [above, line(ring, width, y % 3), below]
}

/// The one cell of a line that has no neighbour at its side.
#[inline(always)]
pub(super) const fn edge_place(width: usize, forward: bool) -> usize {
    if forward { width.wrapping_sub(1) } else { 0 }
}

/// The sum of the neighbours of that cell.
#[inline(always)]
pub(super) fn edge_sum<E, T: Real>([above, same, below]: [&[E]; 3], place: usize, get: impl Fn(&E) -> T) -> T {
    let at = |line: &[E]| line.get(place).map_or(T::ZERO, &get);
    (at(above) + at(below)) + (at(same) + T::ZERO)
}

/// The sums of the neighbours of the other cells of a line, which are a [`bulk`]. Beside and at the side of them lie two that
/// follow each other, of which the second is the first of the next cell: it is read once.
#[inline(always)]
pub(super) fn sums<'x, E, T: Real>(
    [above, same, below]: [&'x [E]; 3],
    Stretch { start, len, .. }: Stretch,
    get: impl Fn(&E) -> T + Copy + 'x,
) -> Option<impl Iterator<Item = T> + 'x> {
    let cut = |line: &'x [E]| line.get(start..start.wrapping_add(len));
    let (first, rest) = same.split_first()?;
    let mut before = get(first);
    Some(cut(above)?.iter().zip(cut(below)?).zip(rest).map(move |((above, below), next)| {
        let next = get(next);
        let sum = (get(above) + get(below)) + (before + next);
        before = next;
        sum
    }))
}
