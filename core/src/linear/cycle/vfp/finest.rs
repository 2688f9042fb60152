//! The finest level by kernels along its lines: what goes from line to line, once all lengths have been looked at.

use core::cell::Cell;

use super::super::cells::Cells;
use super::super::finest::Gate;
use super::choice::is_single;
use super::halves::{black_line, down_line, masked_line, red_line, start_line, up_line};
use super::quads::Line;
use crate::real::Real;

/// Three lines that follow each other, and zeros beyond the grid.
struct Ring {
    lines: [*mut f32; 3],
    zeros: *const f32,
}

impl Ring {
    /// `first` has three lines. Before the first turn the newest line is the one below line -1.
    fn new(first: *mut f32, width: usize, zeros: *const f32) -> Self {
        Self { lines: [first, first.wrapping_add(width), first.wrapping_add(2 * width)], zeros }
    }

    /// The oldest line makes way for a new one.
    fn turn(&mut self) -> *mut f32 {
        let [above, same, below] = self.lines;
        self.lines = [same, below, above];
        above
    }

    /// The lines around line `y`, of which the last one is the newest, if there is one more.
    fn around(&self, y: usize, ny: usize) -> [*const f32; 3] {
        let [above, same, below] = self.lines;
        [if y == 0 { self.zeros } else { above }, same, if y + 1 < ny { below } else { self.zeros }]
    }
}

impl Line {
    /// The cells of a line that look at no neighbours.
    pub(super) fn alone(codes: *const u8, own: *const f32, table: *const f32, out: *mut f32, count: usize) -> Self {
        Self {
            more_codes: codes,
            more: own,
            above: own,
            below: own,
            beside: own,
            codes,
            own,
            table,
            out,
            count,
            is_forward: 0,
        }
    }

    /// The same between these lines, beside in the middle one; in every second line that is ahead.
    pub(super) fn between(self, [above, beside, below]: [*const f32; 3], is_forward: usize) -> Self {
        Self { above, beside, below, count: self.count - is_forward, is_forward, ..self }
    }
}

/// Cells of a line and lines, where the codes and both lists have that many elements, and `scratch` so many lines.
pub(super) fn sides<T>(cells: &Cells<'_>, lists: [&[T]; 2], scratch: usize, lines: usize) -> Option<(usize, usize)> {
    let Cells { width, ny, red, black, .. } = *cells;
    let len = width.checked_mul(ny).filter(|len| *len > 0)?;
    let [first, second] = lists;
    let fits = [red.len(), black.len(), first.len(), second.len()].iter().all(|have| *have == len);
    if fits && scratch >= width.checked_mul(lines)? { Some((width, ny)) } else { None }
}

/// y = S x of the reduced system; `lines` are three of a ring and one of zeros. Whether that is done here.
#[inline(always)]
pub(in super::super) fn product<T: Real>(
    cells: &Cells<'_>,
    tables: [&[T; 8]; 2],
    lines: &[Cell<T>],
    x: &[T],
    y: &mut [T],
) -> bool {
    let is_here = is_single::<T, T>();
    if is_here {
        product_single(cells, tables, lines, x, y);
    }
    is_here
}

fn product_single<T>(cells: &Cells<'_>, [inverse, degree]: [&[T; 8]; 2], lines: &[Cell<T>], x: &[T], y: &mut [T]) {
    let Some((width, ny)) = sides(cells, [x, y], lines.len(), 4) else { return };
    // The lines are cells: they may be written.
    let first = lines.as_ptr().cast::<f32>().cast_mut();
    let zeros = first.wrapping_add(3 * width).cast_const();
    let mut ring = Ring::new(first, width, zeros);
    let (x, y) = (x.as_ptr().cast::<f32>(), y.as_mut_ptr().cast::<f32>());
    for line in 0..=ny {
        let (row, to) = (line * width, ring.turn());
        if line < ny {
            let x = x.wrapping_add(row);
            let above = if line == 0 { zeros } else { x.wrapping_sub(width) };
            let below = if line + 1 < ny { x.wrapping_add(width) } else { zeros };
            let cells = Line::alone(cells.red.as_ptr().wrapping_add(row), x, inverse.as_ptr().cast(), to, width);
            // SAFETY: T is f32, and all lists have these lines.
            unsafe { red_line(&cells.between([above, x, below], line & 1)) };
        }
        if let Some(before) = line.checked_sub(1) {
            let row = row - width;
            let (codes, x, y) = (cells.black.as_ptr().wrapping_add(row), x.wrapping_add(row), y.wrapping_add(row));
            let cells = Line::alone(codes, x, degree.as_ptr().cast(), y, width);
            // SAFETY: as above.
            unsafe { black_line(&cells.between(ring.around(before, ny), line & 1)) };
        }
    }
}

/// The way down: calls `visit` for each block of two lines with what restriction sums up in them; an odd line that is not there
/// is 0. `lines` are two of sums, three of a ring and one of zeros. Whether that is done here.
#[inline(always)]
pub(in super::super) fn down<T: Real>(
    cells: &Cells<'_>,
    tables: &[Gate<T>; 8],
    r: &[T],
    lines: &mut [T],
    visit: impl FnMut(usize, &mut [T], &mut [T]),
) -> bool {
    let is_here = is_single::<T, T>();
    if is_here {
        down_single(cells, tables, r, lines, visit);
    }
    is_here
}

fn down_single<T: Real>(
    cells: &Cells<'_>,
    tables: &[Gate<T>; 8],
    r: &[T],
    lines: &mut [T],
    mut visit: impl FnMut(usize, &mut [T], &mut [T]),
) {
    let Some((width, ny)) = sides(cells, [r, r], lines.len(), 6) else { return };
    let Some((sums, rest)) = lines.split_at_mut_checked(2 * width) else { return };
    let first = rest.as_mut_ptr().cast::<f32>();
    let mut ring = Ring::new(first, width, first.wrapping_add(3 * width));
    let (red, black, r) = (cells.red.as_ptr(), cells.black.as_ptr(), r.as_ptr().cast::<f32>());
    let table = tables.as_ptr().cast();
    for line in 0..=ny {
        let (row, to) = (line * width, ring.turn());
        if line < ny {
            let cells = Line::alone(black.wrapping_add(row), r.wrapping_add(row), table, to, width);
            // SAFETY: T is f32, and all lists have these lines.
            unsafe { start_line(&cells) };
        }
        let Some(before) = line.checked_sub(1) else { continue };
        let (row, is_lower) = (row - width, before & 1);
        let sum = sums.as_mut_ptr().cast::<f32>().wrapping_add(is_lower * width);
        let cells = Line::alone(red.wrapping_add(row), r.wrapping_add(row), table, sum, width);
        let cells = Line { more_codes: black.wrapping_add(row), ..cells };
        // SAFETY: as above.
        unsafe { down_line(&cells.between(ring.around(before, ny), is_lower)) };
        if is_lower == 1 || line == ny {
            let Some((upper, lower)) = sums.split_at_mut_checked(width) else { return };
            if is_lower == 0 {
                lower.fill(T::ZERO);
            }
            visit(before / 2, upper, lower);
        }
    }
}

/// The way up to z. `fill(y, lines)` puts what is added to line `y` into the one of two lines that has its parity. `lines` are
/// three of a ring, two to be filled and one of zeros. Whether that is done here.
#[inline(always)]
pub(in super::super) fn up<T: Real>(
    cells: &Cells<'_>,
    tables: &[Gate<T>; 8],
    r: &[T],
    z: &mut [T],
    lines: &mut [T],
    fill: impl FnMut(usize, [&mut [T]; 2]),
) -> bool {
    let is_here = is_single::<T, T>();
    if is_here {
        up_single(cells, tables, r, z, lines, fill);
    }
    is_here
}

fn up_single<T: Real>(
    cells: &Cells<'_>,
    tables: &[Gate<T>; 8],
    r: &[T],
    z: &mut [T],
    lines: &mut [T],
    mut fill: impl FnMut(usize, [&mut [T]; 2]),
) {
    let Some((width, ny)) = sides(cells, [r, z], lines.len(), 6) else { return };
    let Some((ring, rest)) = lines.split_at_mut_checked(3 * width) else { return };
    let Some((all, zeros)) = rest.split_at_mut_checked(2 * width) else { return };
    let mut ring = Ring::new(ring.as_mut_ptr().cast(), width, zeros.as_ptr().cast());
    let (r, z) = (r.as_ptr().cast::<f32>(), z.as_mut_ptr().cast::<f32>());
    let table = tables.as_ptr().cast();
    for line in 0..=ny {
        let (row, to) = (line * width, ring.turn());
        if line < ny {
            let Some((even, odd)) = all.split_at_mut_checked(width) else { return };
            fill(line, [even, odd]);
            let all = all.as_ptr().cast::<f32>().wrapping_add((line & 1) * width);
            let codes = cells.red.as_ptr().wrapping_add(row);
            // SAFETY: T is f32, and all lists have these lines.
            unsafe { masked_line(&Line::alone(codes, all, table, to, width)) };
        }
        let Some(before) = line.checked_sub(1) else { continue };
        let row = row - width;
        let codes = cells.black.as_ptr().wrapping_add(row);
        let cells = Line::alone(codes, r.wrapping_add(row), table, z.wrapping_add(row), width);
        let more = all.as_ptr().cast::<f32>().wrapping_add((before & 1) * width);
        // SAFETY: as above.
        unsafe { up_line(&Line { more, ..cells }.between(ring.around(before, ny), line & 1)) };
    }
}
