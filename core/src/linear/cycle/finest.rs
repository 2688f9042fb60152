//! The finest level of a cycle on the reduced system: black cells alone, whose gates stand in tables by degree.
//!
//! With the residual 0 on red, the way down needs no red values at all, and on the way up the red values before the black
//! sweep are those of the coarse correction. The last half sweep on red is the first half of the product that follows, so
//! it is left to the operator.

use super::build::is_fluid;
use super::cells::{Cells, DEGREE, bulk, edge_place, edge_sum, line, line_mut, of_ring, sums};
use super::coarse::{Coarse, R, X};
use super::coefficient::Coefficient;
use super::gates::Gates;
use super::kernels::{BLACK, RED, cut, cut_mut, gather, is_forward};
use super::vfp;
use crate::real::Real;
use crate::vector;

/// What a black cell is multiplied with, by its degree; kernels load it in this order.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Gate<T> {
    /// Gate over degree.
    pub(super) gate: T,
    /// 1 - gate.
    pub(super) keep: T,
    /// Of r, on the way up: gate (2 - gate) over degree.
    pub(super) both: T,
}

/// The tables of the finest level.
pub(super) fn tables<T: Real>(gates: &Gates) -> [Gate<T>; 8] {
    let mut tables = [Gate { gate: T::ZERO, keep: T::ZERO, both: T::ZERO }; 8];
    let [table, ..] = &gates.black;
    for (degree, entry) in (0_u8..).zip(&mut tables).skip(1).take(4) {
        let d = T::from_u32(u32::from(degree));
        let gate: T = Gates::gate(table, true, d);
        *entry = Gate { gate: gate / d, keep: T::ONE - gate, both: gate * (T::TWO - gate) / d };
    }
    tables
}

/// Multiply-adds of the finest level. Down: gate, red sums, residuals of the boundary, sums over blocks. Up: correction,
/// black sweep.
pub(super) fn multiply_adds(cells: &Cells<'_>) -> usize {
    let black = cells.black.iter().filter(|code| **code & DEGREE != 0).count();
    let boundary = cells.black.iter().filter(|code| matches!(**code & DEGREE, 1..=3)).count();
    2 * (cells.faces() + cells.unknowns()) + black + 3 * boundary
}

/// The entry of a cell.
#[inline(always)]
pub(super) fn of<E: Copy>(tables: &[E; 8], code: u8) -> E {
    let [first, ..] = tables;
    tables.get(usize::from(code & DEGREE)).copied().unwrap_or(*first)
}

/// z = gate r of line `y`.
#[inline(always)]
fn start<T: Real>(cells: &Cells<'_>, tables: &[Gate<T>; 8], r: &[T], y: usize, z: &mut [T]) {
    let width = cells.width;
    for ((z, r), code) in z.iter_mut().zip(line(r, width, y)).zip(line(cells.black, width, y)) {
        *z = of(tables, *code).gate * *r;
    }
}

/// Down: z = gate r, and the sums of the residuals over the blocks. `lines` holds six lines, the last of zeros.
pub(super) fn down<T: Real, C: Coefficient<T>>(
    cells: &Cells<'_>,
    tables: &[Gate<T>; 8],
    r: &[T],
    child: &mut Coarse<'_, T, C>,
    lines: &mut [T],
) {
    let mut pieces = 0;
    let mut take = |block: usize, upper: &mut [T], lower: &mut [T]| {
        // In a block cut along its diagonal the lower cell belongs to a piece.
        while let Some((numbers, &[_, x, y, _])) =
            child.extra.get_mut(pieces).zip(child.nodes.get(pieces)).filter(|_| pieces < child.level.pieces)
        {
            if usize::from(y) != block {
                break;
            }
            if let (Some(r), Some(sum)) = (numbers.get_mut(R), lower.get_mut(usize::from(x))) {
                *r = core::mem::replace(sum, T::ZERO);
            }
            pieces += 1;
        }
        child.take_line(block, upper, lower);
    };
    if !vfp::down(cells, tables, r, lines, &mut take) {
        down_lines(cells, tables, r, lines, &mut take);
    }
    child.take_slots();
}

fn down_lines<T: Real>(
    cells: &Cells<'_>,
    tables: &[Gate<T>; 8],
    r: &[T],
    lines: &mut [T],
    mut take: impl FnMut(usize, &mut [T], &mut [T]),
) {
    let width = cells.width;
    let Some((upper, rest)) = lines.split_at_mut_checked(width) else { return };
    let Some((lower, rest)) = rest.split_at_mut_checked(width) else { return };
    let Some((ring, zeros)) = rest.split_at_mut_checked(3 * width) else { return };
    start(cells, tables, r, 0, line_mut(ring, width, 0));
    for block in 0..cells.ny.div_ceil(2) {
        lower.fill(T::ZERO);
        for (y, sum) in [(2 * block, &mut *upper), (2 * block + 1, &mut *lower)] {
            if y + 1 < cells.ny {
                start(cells, tables, r, y + 1, line_mut(ring, width, (y + 1) % 3));
            }
            let (row, forward) = (y * width, is_forward(RED, y));
            let around = of_ring(ring, zeros, width, cells.ny, y);
            let value = |red: u8, black: u8, r: T, flow: T| {
                let flow = if is_fluid(red) { flow } else { T::ZERO };
                flow + of(tables, black).keep * r
            };
            let place = edge_place(width, forward);
            let (own, flow) = (row + place, edge_sum(around, place, |z: &T| *z));
            if let (Some(red), Some(black), Some(r), Some(sum)) =
                (cells.red.get(own), cells.black.get(own), r.get(own), sum.get_mut(place))
            {
                *sum = value(*red, *black, *r, flow);
            }
            if let Some(part) = bulk(width, forward) {
                let (own, len) = (row + part.start, part.len);
                let (Some(flows), Some(red), Some(black), Some(r), Some(sum)) = (
                    sums(around, part, |z: &T| *z),
                    cut(cells.red, own, len),
                    cut(cells.black, own, len),
                    cut(r, own, len),
                    cut_mut(sum, part.start, len),
                ) else {
                    continue;
                };
                for ((sum, ((red, black), r)), flow) in sum.iter_mut().zip(red.iter().zip(black).zip(r)).zip(flows) {
                    *sum = value(*red, *black, *r, flow);
                }
            }
        }
        take(block, upper, lower);
    }
}

/// The correction of line `y` into the one of two lines that has its parity. Both lines of a block have the same, pieces apart,
/// of which `pieces` counts those of lines before it.
fn correct<T: Real, C: Coefficient<T>>(
    y: usize,
    scale: T,
    child: &Coarse<'_, T, C>,
    pieces: &mut usize,
    [even, odd]: [&mut [T]; 2],
) {
    let (block, width) = (y / 2, child.level.width);
    if y & 1 == 0 {
        let [above, other] = &child.grid.x;
        return gather(scale, line(above, width, block), line(other, width, block), block, even);
    }
    vector::copy(even, odd);
    while let Some((numbers, &[_, x, line, _])) =
        child.extra.get(*pieces).zip(child.nodes.get(*pieces)).filter(|_| *pieces < child.level.pieces)
    {
        if usize::from(line) != block {
            break;
        }
        if let (Some(x), Some(place)) = (numbers.get(X), odd.get_mut(usize::from(x))) {
            *place = scale * *x;
        }
        *pieces += 1;
    }
}

/// Up: z = (both r + keep own correction) + gate times the corrections of the red neighbours. `lines` as for [`down`].
pub(super) fn up<T: Real, C: Coefficient<T>>(
    cells: &Cells<'_>,
    tables: &[Gate<T>; 8],
    scale: T,
    r: &[T],
    z: &mut [T],
    child: &mut Coarse<'_, T, C>,
    lines: &mut [T],
) {
    child.fill_slots();
    let mut pieces = 0;
    let mut fill = |y: usize, all: [&mut [T]; 2]| correct(y, scale, child, &mut pieces, all);
    if !vfp::up(cells, tables, r, z, lines, &mut fill) {
        up_lines(cells, tables, r, z, lines, &mut fill);
    }
}

fn up_lines<T: Real>(
    cells: &Cells<'_>,
    tables: &[Gate<T>; 8],
    r: &[T],
    z: &mut [T],
    lines: &mut [T],
    mut fill: impl FnMut(usize, [&mut [T]; 2]),
) {
    let width = cells.width;
    let Some((ring, rest)) = lines.split_at_mut_checked(3 * width) else { return };
    let Some((all, zeros)) = rest.split_at_mut_checked(2 * width) else { return };
    let mut correct = |y: usize, all: &mut [T], ring: &mut [T]| {
        if let Some((even, odd)) = all.split_at_mut_checked(width) {
            fill(y, [even, odd]);
        }
        let (all, red) = (line(all, width, y & 1), line_mut(ring, width, y % 3));
        for ((red, all), code) in red.iter_mut().zip(all).zip(line(cells.red, width, y)) {
            *red = if is_fluid(*code) { *all } else { T::ZERO };
        }
    };
    correct(0, all, ring);
    for y in 0..cells.ny {
        if y + 1 < cells.ny {
            correct(y + 1, all, ring);
        }
        let all = line(all, width, y & 1);
        let (row, forward) = (y * width, is_forward(BLACK, y));
        let around = of_ring(ring, zeros, width, cells.ny, y);
        let value = |code: u8, all: T, r: T, flow: T| {
            let Gate { gate, keep, both } = of(tables, code);
            (both * r + keep * all) + gate * flow
        };
        let place = edge_place(width, forward);
        let (own, flow) = (row + place, edge_sum(around, place, |c: &T| *c));
        if let (Some(code), Some(all), Some(r), Some(z)) =
            (cells.black.get(own), all.get(place), r.get(own), z.get_mut(own))
        {
            *z = value(*code, *all, *r, flow);
        }
        if let Some(part) = bulk(width, forward) {
            let (own, len) = (row + part.start, part.len);
            let (Some(flows), Some(codes), Some(all), Some(r), Some(z)) = (
                sums(around, part, |c: &T| *c),
                cut(cells.black, own, len),
                cut(all, part.start, len),
                cut(r, own, len),
                cut_mut(z, own, len),
            ) else {
                continue;
            };
            for ((z, ((code, all), r)), flow) in z.iter_mut().zip(codes.iter().zip(all).zip(r)).zip(flows) {
                *z = value(*code, *all, *r, flow);
            }
        }
    }
}
