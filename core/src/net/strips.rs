//! Block strips: how weights are stored, dense or sparse, and the portable kernels over them.
//!
//! A strip is 1 or 4 rows of the weight matrix, cut into blocks of 4 columns. The bytes of a block stand row after row, in
//! natural order. A dense strip has all its blocks. A sparse one has a count, and for each block a byte: how many blocks
//! were left out since the one before. Where more than 255 are left out in a row, a block of zeros stands between.

use core::cell::Cell;

use super::convolution::{Place, finish};
use super::dsp;
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

/// Four rows at a time over one pixel; `out` has one byte for each row.
pub(super) fn rows(strips: &Strips<'_>, x: &[Cell<i16>], out: &[Cell<i8>], rounding: Rounding) {
    let (x, _) = x.as_chunks::<4>();
    let (mut weights, mut skips) = (strips.weights, strips.skips);
    let mut counts = strips.counts.iter();
    let (rows, _) = strips.rows.as_chunks::<4>();
    for (rows, out) in rows.iter().zip(out.chunks(4)) {
        let [mut a, mut b, mut c, mut d] = rows.map(|row| row[0]);
        over_blocks::<16, 4>(&mut weights, &mut skips, counts.next().copied(), strips.blocks, x, |block, group| {
            let [x0, x2, x1, x3] = group.each_ref().map(|x| i32::from(x.get()));
            let [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3] = block.map(i32::from);
            a = a.wrapping_add(x0 * a0 + x1 * a1 + x2 * a2 + x3 * a3);
            b = b.wrapping_add(x0 * b0 + x1 * b1 + x2 * b2 + x3 * b3);
            c = c.wrapping_add(x0 * c0 + x1 * c1 + x2 * c2 + x3 * c3);
            d = d.wrapping_add(x0 * d0 + x1 * d1 + x2 * d2 + x3 * d3);
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
        let mut sums = [row[0]; 4];
        over_blocks::<4, 16>(&mut weights, &mut skips, counts.next().copied(), strips.blocks, x, |block, group| {
            let [w0, w1, w2, w3] = block.map(i32::from);
            let (pairs, _) = group.as_chunks::<2>();
            let (even, odd) = pairs.split_at_checked(4).unwrap_or((&[], &[]));
            for (sum, ([x0, x2], [x1, x3])) in sums.iter_mut().zip(even.iter().zip(odd)) {
                let [x0, x1, x2, x3] = [x0, x1, x2, x3].map(|x| i32::from(x.get()));
                *sum = sum.wrapping_add(x0 * w0 + x1 * w1 + x2 * w2 + x3 * w3);
            }
        });
        let out = out.get(at..).unwrap_or(&[]);
        for (sum, out) in sums.iter().zip(out.iter().step_by(channels.max(1))) {
            out.set(finish(*row, *sum, rounding));
        }
    }
}

/// Widens bytes and adds `zero` to each. A group that bytes do not fill keeps what it had in the rest.
pub(super) fn expand(from: &[Cell<i8>], to: &[Cell<i16>], zero: i16, place: Place) {
    let from = dsp::expand(from, to, zero, place);
    let done = from.1;
    let mut to = to.get(done * place.group..).unwrap_or(&[]);
    for group in from.0.chunks(4) {
        let places = [0, place.odd, 1, place.odd + 1];
        for (value, at) in group.iter().zip(places) {
            if let Some(to) = to.get(at) {
                to.set(i16::from(value.get()) + zero);
            }
        }
        to = to.get(place.group..).unwrap_or(&[]);
    }
}

/// Zeros for `columns` values.
pub(super) fn fill(to: &[Cell<i16>], columns: usize, place: Place) {
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
