//! The hot loops for cores without the DSP extension, and for the host.

use core::cell::Cell;

use crate::net::convolution::finish;
use crate::net::gather::{Place, Walk};
use crate::net::layer::Layer;
use crate::net::requantise::Rounding;
use crate::net::strips::Strips;

/// Sums `N` numbers for every block of a strip; `add` gets a block of weights and the group of columns it meets.
#[inline]
fn over_blocks<const B: usize, const G: usize>(
    weights: &mut &[i8],
    skips: &mut &[u8],
    count: Option<u16>,
    blocks: usize,
    x: &[[Cell<i16>; G]],
    mut add: impl FnMut(&[i8; B], &[Cell<i16>; G]),
) {
    let own = count.map_or(blocks, usize::from);
    let Some((these, rest)) = weights.split_at_checked(own * B) else { return };
    *weights = rest;
    let (these, _) = these.as_chunks::<B>();
    if count.is_none() {
        for (block, group) in these.iter().zip(x) {
            add(block, group);
        }
        return;
    }
    let Some((own, rest)) = skips.split_at_checked(own) else { return };
    *skips = rest;
    let mut groups = x.iter();
    for (block, skip) in these.iter().zip(own) {
        if let Some(group) = groups.nth(usize::from(*skip)) {
            add(block, group);
        }
    }
}

fn wide(x: &Cell<i16>) -> i32 {
    i32::from(x.get())
}

/// A sum and four products more.
#[inline]
fn dot(sum: i32, [x0, x1, x2, x3]: [i32; 4], [w0, w1, w2, w3]: [i8; 4]) -> i32 {
    let products = [x0 * i32::from(w0), x1 * i32::from(w1), x2 * i32::from(w2), x3 * i32::from(w3)];
    let [a, b, c, d] = products;
    sum.wrapping_add(a).wrapping_add(b).wrapping_add(c).wrapping_add(d)
}

/// Four rows at a time over one pixel; `out` has one byte for each row.
pub(in crate::net) fn rows(strips: &Strips<'_>, x: &[Cell<i16>], out: &[Cell<i8>], rounding: Rounding) {
    let (x, _) = x.as_chunks::<4>();
    let (mut weights, mut skips) = (strips.weights, strips.skips);
    let mut counts = strips.counts.iter();
    let (rows, _) = strips.rows.as_chunks::<4>();
    for (rows, out) in rows.iter().zip(out.chunks(4)) {
        let [mut a, mut b, mut c, mut d] = rows.map(|row| row[0]);
        over_blocks::<16, 4>(&mut weights, &mut skips, counts.next().copied(), strips.blocks, x, |block, group| {
            let [x0, x2, x1, x3] = group;
            let [x0, x1, x2, x3] = [wide(x0), wide(x1), wide(x2), wide(x3)];
            let [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3] = *block;
            a = dot(a, [x0, x1, x2, x3], [a0, a1, a2, a3]);
            b = dot(b, [x0, x1, x2, x3], [b0, b1, b2, b3]);
            c = dot(c, [x0, x1, x2, x3], [c0, c1, c2, c3]);
            d = dot(d, [x0, x1, x2, x3], [d0, d1, d2, d3]);
        });
        for ((row, sum), out) in rows.iter().zip([a, b, c, d]).zip(out) {
            out.set(finish(*row, sum, rounding));
        }
    }
}

/// One row at a time over four pixels, whose outputs stand in `out` one pixel after the other.
pub(in crate::net) fn tile(strips: &Strips<'_>, x: &[Cell<i16>], out: &[Cell<i8>], rounding: Rounding) {
    let (x, _) = x.as_chunks::<16>();
    let (mut weights, mut skips) = (strips.weights, strips.skips);
    let mut counts = strips.counts.iter();
    for (at, row) in strips.rows.iter().enumerate() {
        let bias = row[0];
        let [mut a, mut b, mut c, mut d] = [bias; 4];
        over_blocks::<4, 16>(&mut weights, &mut skips, counts.next().copied(), strips.blocks, x, |block, group| {
            let [a0, a2, b0, b2, c0, c2, d0, d2, a1, a3, b1, b3, c1, c3, d1, d3] = group;
            a = dot(a, [wide(a0), wide(a1), wide(a2), wide(a3)], *block);
            b = dot(b, [wide(b0), wide(b1), wide(b2), wide(b3)], *block);
            c = dot(c, [wide(c0), wide(c1), wide(c2), wide(c3)], *block);
            d = dot(d, [wide(d0), wide(d1), wide(d2), wide(d3)], *block);
        });
        let out = out.get(at..).unwrap_or(&[]);
        for (sum, out) in [a, b, c, d].into_iter().zip(out.iter().step_by(strips.rows.len().max(1))) {
            out.set(finish(*row, sum, rounding));
        }
    }
}

/// Widens the bytes of windows that all lie inside `from` and adds `zero` to each.
pub(in crate::net) fn gather(from: &[Cell<i8>], walk: &Walk, to: &[Cell<i16>], zero: i16, place: Place) {
    let wide = |value: &Cell<i8>| i16::from(value.get()) + zero;
    for pixel in 0..walk.pixels {
        let from = from.get(pixel * walk.step..).unwrap_or(&[]);
        let mut to = to.get(2 * pixel..).unwrap_or(&[]);
        for row in 0..walk.rows {
            let (groups, _) = from.get(row * walk.line..).unwrap_or(&[]).as_chunks::<4>();
            for [a, b, c, d] in groups.iter().take(walk.groups) {
                if let Some([to_a, to_c]) = to.first_chunk::<2>() {
                    to_a.set(wide(a));
                    to_c.set(wide(c));
                }
                if let Some([to_b, to_d]) = to.get(place.odd..).and_then(<[_]>::first_chunk::<2>) {
                    to_b.set(wide(b));
                    to_d.set(wide(d));
                }
                to = to.get(place.group..).unwrap_or(&[]);
            }
        }
    }
}

/// Zeros for whole groups of a pixel.
pub(in crate::net) fn fill(to: &[Cell<i16>], groups: usize, place: Place) {
    let mut to = to;
    for _ in 0..groups {
        for at in [0, 1, place.odd, place.odd + 1] {
            if let Some(to) = to.get(at) {
                to.set(0);
            }
        }
        to = to.get(place.group..).unwrap_or(&[]);
    }
}

/// Copies whole pieces; answers how many bytes: none, there is nothing better than the loop of the caller.
pub(in crate::net) fn copy(_: &[Cell<i8>], _: &[Cell<i8>]) -> usize {
    0
}

/// A depthwise layer of 3 x 3: nothing better than the general one.
pub(in crate::net) enum Depthwise {}

impl Depthwise {
    pub(in crate::net) fn new(_: &Layer, _: &[i32], _: &[Cell<i8>], _: Rounding) -> Option<Self> {
        None
    }

    /// One row.
    pub(in crate::net) fn row(&self, _: usize, _: &[Cell<i8>]) -> bool {
        match *self {}
    }
}
