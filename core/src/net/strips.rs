//! Block strips: how weights are stored, dense or sparse, and the portable kernels over them.
//!
//! A strip is 1 or 4 rows of the weight matrix, cut into blocks of 4 columns. The bytes of a block stand row after row, in
//! natural order. A dense strip has all its blocks. A sparse one has a count, and for each block a byte: how many blocks
//! were left out since the one before. Where more than 255 are left out in a row, a block of zeros stands between.

use core::cell::Cell;
use core::num::NonZero;

use super::convolution::finish;
use super::dsp;
use super::gather::Place;
use super::layer::Layer;
use super::model::Constants;
use super::requantise::Rounding;

/// The weights of one layer.
#[derive(Clone, Copy)]
pub(super) struct Strips<'a> {
    pub(super) weights: &'a [i8],
    /// Blocks of each strip; empty if they have all.
    pub(super) counts: &'a [u16],
    pub(super) skips: &'a [u8],
    /// One for each row, padded to whole strips.
    pub(super) rows: &'a [[i32; 4]],
    /// Blocks of a dense strip.
    pub(super) blocks: usize,
}

impl<'a> Strips<'a> {
    /// `None` if the layer's constants are not all there; a checked layer has them.
    pub(super) fn of(layer: &Layer, constants: &Constants<'a>) -> Option<Self> {
        let blocks = layer.columns as usize / 4;
        let rows_of_strip = 1_usize << (layer.rows_log2 & 2);
        let strips = usize::from(layer.out_shape[2]).div_ceil(rows_of_strip);
        let rows = constants.rows.get(layer.requantise as usize..)?.get(..strips.checked_mul(rows_of_strip)?)?;
        let weights = constants.weights.get(layer.weights as usize..)?;
        let (counts, skips) = if layer.has(Layer::SPARSE) {
            (
                constants.counts.get(layer.counts as usize..)?.get(..strips)?,
                constants.indices.get(layer.indices as usize..)?,
            )
        } else {
            (&[][..], &[][..])
        };
        let stored = match counts {
            [] => strips.checked_mul(blocks)?,
            counts => counts.iter().map(|count| usize::from(*count)).sum(),
        };
        let weights = weights.get(..stored.checked_mul(4 * rows_of_strip)?)?;
        let skips = if layer.has(Layer::SPARSE) { skips.get(..stored)? } else { skips };
        Some(Self { weights, counts, skips, rows, blocks })
    }

    /// Err-free check that no strip reaches past its last column.
    pub(super) fn fits(&self) -> bool {
        let mut skips = self.skips;
        self.counts.iter().all(|count| {
            let Some((own, rest)) = skips.split_at_checked(usize::from(*count)) else { return false };
            skips = rest;
            own.iter().map(|skip| usize::from(*skip) + 1).sum::<usize>() <= self.blocks
        })
    }

    /// Whether the weights behind the first `run` columns of each row of the window, which has `row` with its padding, are
    /// zeros: anything may stand in their place when they are multiplied.
    pub(super) fn padded_with_zeros(&self, rows_log2: u8, run: usize, row: usize) -> bool {
        let used = run % 4;
        let Some(of_row) = NonZero::new(row / 4).filter(|_| used != 0) else { return true };
        let mut blocks = self.weights.chunks_exact(4 << (rows_log2 & 2));
        let (mut counts, mut skips) = (self.counts.iter(), self.skips.iter());
        (0..self.rows.len() >> (rows_log2 & 2)).all(|_| {
            let count = counts.next().map_or(self.blocks, |count| usize::from(*count));
            let mut column = 0;
            blocks.by_ref().take(count).all(|block| {
                column += skips.next().map_or(0, |skip| usize::from(*skip)) + 1;
                column % of_row != 0
                    || block.chunks_exact(4).all(|row| row.iter().skip(used).all(|weight| *weight == 0))
            })
        })
    }
}

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
pub(super) fn rows(strips: &Strips<'_>, x: &[Cell<i16>], out: &[Cell<i8>], rounding: Rounding) {
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

/// One row at a time over four pixels, which stand `channels` bytes apart in `out`.
pub(super) fn tile(strips: &Strips<'_>, x: &[Cell<i16>], out: &[Cell<i8>], channels: usize, rounding: Rounding) {
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
        for (sum, out) in [a, b, c, d].into_iter().zip(out.iter().step_by(channels.max(1))) {
            out.set(finish(*row, sum, rounding));
        }
    }
}

/// Widens bytes and adds `zero` to each. A group that bytes do not fill keeps what it had in the rest.
pub(super) fn expand(from: &[Cell<i8>], to: &[Cell<i16>], zero: i16, place: Place) {
    let from = dsp::expand(from, to, zero, place);
    let done = from.1;
    let mut to = to.get(done * place.group..).unwrap_or(&[]);
    let (groups, rest) = from.0.as_chunks::<4>();
    let put = |pair: Option<&[Cell<i16>; 2]>, [a, b]: [&Cell<i8>; 2]| {
        if let Some([to_a, to_b]) = pair {
            to_a.set(i16::from(a.get()) + zero);
            to_b.set(i16::from(b.get()) + zero);
        }
    };
    for [a, b, c, d] in groups {
        put(to.first_chunk(), [a, c]);
        put(to.get(place.odd..).and_then(<[_]>::first_chunk), [b, d]);
        to = to.get(place.group..).unwrap_or(&[]);
    }
    let places = [0, place.odd, 1, place.odd + 1];
    for (value, at) in rest.iter().zip(places) {
        if let Some(to) = to.get(at) {
            to.set(i16::from(value.get()) + zero);
        }
    }
}

/// Zeros for `columns` values.
pub(super) fn fill(to: &[Cell<i16>], columns: usize, place: Place) {
    if dsp::fill(to, columns / 4, place) {
        return;
    }
    let mut to = to;
    for _ in 0..columns / 4 {
        for at in [0, 1, place.odd, place.odd + 1] {
            if let Some(to) = to.get(at) {
                to.set(0);
            }
        }
        to = to.get(place.group..).unwrap_or(&[]);
    }
}
