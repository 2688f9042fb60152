//! Block strips: how weights are stored, dense or sparse.
//!
//! A strip is 1 or 4 rows of the weight matrix, cut into blocks of 4 columns. The bytes of a block stand row after row, in
//! natural order. A dense strip has all its blocks. A sparse one has a count, and for each block a byte: how many blocks
//! were left out since the one before. Where more than 255 are left out in a row, a block of zeros stands between.

use core::num::NonZero;

use super::layer::Layer;
use super::model::Constants;

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
