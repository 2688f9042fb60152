//! Convolutions and fully connected layers, from block strips.
//!
//! The pixels of a window are gathered once as halfwords, the zero point taken off, four values as (x0, x2), (x1, x3), the
//! order in which the two instructions that widen bytes leave a word of weights. One pixel is met by four rows of weights
//! at a time, or four pixels by one row; both kinds of strip give the same sums.

use core::cell::Cell;

use super::dsp;
use super::layer::Layer;
use super::memory::halfwords;
use super::model::Constants;
use super::requantise::{Rounding, Row};
use super::strips::{self, Strips};

/// Where a pixel's halfwords go: the second pair of a group stands `odd` after the first, the next group `group` after.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) odd: usize,
    pub(super) group: usize,
}

impl Place {
    const ONE: Self = Self { odd: 2, group: 4 };
    const FOUR: Self = Self { odd: 8, group: 16 };
}

pub(super) fn run(
    layer: &Layer,
    constants: &Constants<'_>,
    input: &[Cell<i8>],
    output: &[Cell<i8>],
    scratch: &[Cell<i8>],
) {
    let Some(strips) = Strips::of(layer, constants) else { return };
    let rounding = Rounding::of(layer.has(Layer::SINGLE), layer.has(Layer::SAFE));
    let scratch = halfwords(scratch);
    let channels = usize::from(layer.out_shape[2]);
    let pixels = layer.pixels();
    let columns = layer.columns as usize;
    if layer.rows_log2 == 0 {
        let Some(tile) = scratch.get(..4 * columns) else { return };
        let mut start = 0;
        while start < pixels {
            // The last tile goes back to where four pixels are left: the checks saw that there are four.
            let first = start.min(pixels.saturating_sub(4));
            for k in 0..4 {
                gather(layer, input, first + k, tile.get(2 * k..).unwrap_or(&[]), Place::FOUR);
            }
            let out = output.get(first * channels..(first + 4) * channels).unwrap_or(&[]);
            if !dsp::tile(&strips, tile, out, rounding) {
                strips::tile(&strips, tile, out, channels, rounding);
            }
            start += 4;
        }
    } else {
        let Some(pixel) = scratch.get(..columns) else { return };
        for k in 0..pixels {
            gather(layer, input, k, pixel, Place::ONE);
            let out = output.get(k * channels..(k + 1) * channels).unwrap_or(&[]);
            if !dsp::rows(&strips, pixel, out, rounding) {
                strips::rows(&strips, pixel, out, rounding);
            }
        }
    }
}

/// The window of output pixel `pixel`, widened, into `to`.
fn gather(layer: &Layer, input: &[Cell<i8>], pixel: usize, to: &[Cell<i16>], place: Place) {
    let [height, width, channels] = layer.shape.map(usize::from);
    let [rows, across] = layer.window.map(usize::from);
    let out_width = usize::from(layer.out_shape[1]);
    // A division for each pixel is nothing beside its window.
    let (y, x) = (pixel / out_width.max(1), pixel % out_width.max(1));
    let [top, left] = layer.before.map(usize::from);
    let (y, x) = (y * usize::from(layer.stride[0]), x * usize::from(layer.stride[1]));
    let zero = -i16::from(layer.zero[0]);
    let run = across * channels;
    let row_columns = layer.row_columns();
    let inside = x >= left && x - left + across <= width;
    for k in 0..rows {
        let to = to.get(k * row_columns / 4 * place.group..).unwrap_or(&[]);
        let line = (y + k).checked_sub(top).filter(|line| *line < height);
        let Some(line) = line.and_then(|line| input.get(line * width * channels..(line + 1) * width * channels)) else {
            strips::fill(to, row_columns, place);
            continue;
        };
        if inside {
            let start = (x - left) * channels;
            strips::expand(line.get(start..start + run).unwrap_or(&[]), to, zero, place);
        } else {
            strips::fill(to, row_columns, place);
            // Columns of the window that lie inside.
            let (first, last) = (left.saturating_sub(x).min(across), (width + left).saturating_sub(x).min(across));
            let from = (x + first).saturating_sub(left) * channels;
            let count = last.saturating_sub(first) * channels;
            let from = line.get(from..from + count).unwrap_or(&[]);
            let start = first * channels;
            if start.is_multiple_of(4) {
                strips::expand(from, to.get(start / 4 * place.group..).unwrap_or(&[]), zero, place);
            } else {
                for (k, value) in (start..).zip(from) {
                    let at = k / 4 * place.group + if k & 1 == 0 { 0 } else { place.odd } + (k >> 1 & 1);
                    if let Some(to) = to.get(at) {
                        to.set(i16::from(value.get()) + zero);
                    }
                }
            }
        }
    }
}

/// Row of requantisation and output byte of a sum.
#[inline]
pub(super) fn finish(row: [i32; 4], sum: i32, rounding: Rounding) -> i8 {
    Row::from_words(row).output(sum, rounding)
}
