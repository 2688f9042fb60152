//! Weights of convolutions and depthwise layers as the kernels read them, with the proof of the fast requantisation.

use anyhow::{Context, Result, ensure};
use tinysolve::net::{Layer, LayerKind, Rounding, Row, depthwise_words};

use super::{Sections, place};
use crate::fixed;
use crate::graph::{Node, Op, Tensor, Weighted};

/// Kept blocks a hundred below which a strip is stored sparse: where the sparse loop becomes the faster one.
const SPARSE_BELOW: [usize; 2] = [70, 75];

impl Sections {
    pub(super) fn convolution(
        &mut self,
        layer: &mut Layer,
        node: &Node,
        weighted: &Weighted,
        from: &Tensor,
        to: &Tensor,
        dense: bool,
    ) -> Result<()> {
        place(layer, &weighted.window)?;
        let [height, width] = weighted.window.size;
        let run = width * from.shape[2];
        let (padded, columns) = (layer.row_columns(), height * layer.row_columns());
        layer.rows_log2 = if layer.pixels() < 4 { 2 } else { 0 };
        layer.columns_log2 = 2;
        layer.columns = u32::try_from(columns)?;
        let of_strip = 1 << layer.rows_log2;
        let outputs = to.shape[2];
        let strips = outputs.div_ceil(of_strip);
        let rows = requantised(node, weighted, outputs, height * run, from, to)?;
        if rows.safe {
            layer.flags |= Layer::SAFE;
        }
        layer.requantise = u32::try_from(self.rows.len() / 4)?;
        for row in 0..strips * of_strip {
            self.rows.extend(rows.rows.get(row).copied().unwrap_or(rows.constant(0)).words());
        }
        let weight = |row: usize, column: usize| {
            let (k, at) = (column / padded, column % padded);
            if row < outputs && at < run { weighted.weights[(row * height + k) * run + at] } else { 0 }
        };
        let block = |strip: usize, block: usize| -> Vec<i8> {
            let rows = strip * of_strip..(strip + 1) * of_strip;
            rows.flat_map(|row| (4 * block..4 * block + 4).map(move |column| weight(row, column))).collect()
        };
        let blocks = columns / 4;
        let kept: Vec<Vec<usize>> = (0..strips)
            .map(|strip| (0..blocks).filter(|at| block(strip, *at).iter().any(|weight| *weight != 0)).collect())
            .collect();
        let stored: usize = kept.iter().map(Vec::len).sum();
        let limit = SPARSE_BELOW[usize::from(of_strip == 4)];
        layer.weights = u32::try_from(self.weights.len())?;
        if dense || stored * 100 >= strips * blocks * limit {
            for strip in 0..strips {
                (0..blocks).for_each(|at| self.weights.extend(block(strip, at)));
            }
            return Ok(());
        }
        layer.flags |= Layer::SPARSE;
        layer.counts = u32::try_from(self.counts.len())?;
        layer.indices = u32::try_from(self.skips.len())?;
        for (strip, kept) in kept.iter().enumerate() {
            let mut next = 0;
            let mut count = 0;
            for at in kept {
                // A stored block of zeros where the gap is wider than a byte tells.
                while at - next > 255 {
                    self.skips.push(255);
                    self.weights.extend(block(strip, next + 255));
                    next += 256;
                    count += 1;
                }
                self.skips.push(u8::try_from(at - next)?);
                self.weights.extend(block(strip, *at));
                next = at + 1;
                count += 1;
            }
            self.counts.push(count);
        }
        Ok(())
    }

    pub(super) fn depthwise(
        &mut self,
        layer: &mut Layer,
        node: &Node,
        weighted: &Weighted,
        from: &Tensor,
        to: &Tensor,
    ) -> Result<()> {
        layer.kind = LayerKind::Depthwise;
        place(layer, &weighted.window)?;
        let taps = weighted.window.size[0] * weighted.window.size[1];
        let outputs = to.shape[2];
        let rows = requantised(node, weighted, outputs, taps, from, to)?;
        if rows.safe {
            layer.flags |= Layer::SAFE;
        }
        let doubled = if rows.safe || node.single { 1 } else { 2 };
        layer.weights = u32::try_from(self.words.len())?;
        let weight = |tap: usize, o: usize| {
            let zero = o >= outputs || weighted.constant[o].is_some();
            if zero { 0 } else { doubled * i32::from(weighted.weights[tap * outputs + o]) }
        };
        let pair = |low: i32, high: i32| (low & 0xffff) | (high << 16);
        for first in (0..outputs).step_by(4) {
            let start = self.words.len();
            let row = |o: usize| rows.rows.get(o).copied().unwrap_or(rows.constant(0));
            for o in first..first + 4 {
                // The zero point goes into the bias: the frame holds it, so every tap meets a value. Sums wrap as the
                // reference's do, and what is proven not to overflow comes out right.
                let total: i32 = (0..taps).map(|tap| weight(tap, o)).sum();
                let bias = row(o).bias.wrapping_mul(doubled);
                self.words.push(bias.wrapping_sub(total.wrapping_mul(i32::from(from.zero))));
            }
            for tap in (0..taps - taps % 2).step_by(2) {
                (first..first + 4).for_each(|o| self.words.push(pair(weight(tap, o), weight(tap + 1, o))));
            }
            if taps % 2 == 1 {
                let tap = taps - 1;
                self.words.push(pair(weight(tap, first), weight(tap, first + 2)));
                self.words.push(pair(weight(tap, first + 1), weight(tap, first + 3)));
            }
            (first..first + 4).for_each(|o| self.words.extend(&row(o).words()[1..]));
            ensure!(self.words.len() - start == depthwise_words(taps), "constants of a depthwise layer");
        }
        Ok(())
    }
}

/// Rows of a weighted layer.
struct Requantised {
    rows: Vec<Row>,
    safe: bool,
}

impl Requantised {
    /// A row that answers `value` for the sum 0.
    fn constant(&self, value: i8) -> Row {
        let value = i32::from(value);
        if self.safe {
            Row { bias: 0, multiplier: 0, offset: value, shift: 0 }
        } else {
            Row { bias: 0, multiplier: 0, offset: 1 + 2 * value, shift: 1 }
        }
    }
}

/// Proves the preconditions of the fast form for every row, or takes the safe one for all.
fn requantised(
    node: &Node,
    weighted: &Weighted,
    outputs: usize,
    row_len: usize,
    from: &Tensor,
    to: &Tensor,
) -> Result<Requantised> {
    let reach = (127 - i64::from(from.zero)).max(i64::from(from.zero) + 128);
    let depthwise = matches!(node.op, Op::Depthwise(_));
    let bound = |o: usize| {
        let sum: i64 = if depthwise {
            weighted.weights.iter().skip(o).step_by(outputs).map(|weight| i64::from(weight.unsigned_abs())).sum()
        } else {
            weighted.weights[o * row_len..(o + 1) * row_len].iter().map(|weight| i64::from(weight.unsigned_abs())).sum()
        };
        sum * reach + weighted.bias[o].abs()
    };
    let row = |o: usize, safe: bool| {
        let (q, e) = fixed::multiplier(weighted.scales[o]);
        let bias = i32::try_from(weighted.bias[o]).ok()?;
        Row::new(bias, q, e, to.zero, Rounding::of(node.single, safe))
    };
    let fast = (0..outputs).all(|o| weighted.constant[o].is_some() || bound(o) < 1 << 30 && row(o, false).is_some());
    let mut out = Requantised { rows: Vec::new(), safe: !fast };
    for o in 0..outputs {
        let next = match weighted.constant[o] {
            Some(value) => out.constant(value),
            None => row(o, out.safe).with_context(|| format!("output {o}: bias {}", weighted.bias[o]))?,
        };
        ensure!(next.fits(Rounding::of(node.single, out.safe)), "output {o}: a scale of {:e}", weighted.scales[o]);
        out.rows.push(next);
    }
    Ok(out)
}
