//! The windows of a convolution, gathered as halfwords.

use core::cell::Cell;

use super::dsp::{self, Walk};
use super::layer::Layer;
use super::strips;

/// Where a pixel's halfwords go: the second pair of a group stands `odd` after the first, the next group `group` after.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) odd: usize,
    pub(super) group: usize,
}

impl Place {
    pub(super) const ONE: Self = Self { odd: 2, group: 4 };
    pub(super) const FOUR: Self = Self { odd: 8, group: 16 };
}

/// Bytes of a window that are put together on the stack where it leaves the input.
const WINDOW: usize = 64;

/// What the windows of a layer have in common.
///
/// Rows of a window are padded to whole groups of four. What lies behind a row may be read in place of the padding, whose
/// weights are zeros.
pub(super) struct Windows<'a> {
    input: &'a [Cell<i8>],
    shape: [usize; 3],
    window: [usize; 2],
    stride: [usize; 2],
    before: [usize; 2],
    out_width: usize,
    row_columns: usize,
    zero: i8,
}

impl<'a> Windows<'a> {
    pub(super) fn of(layer: &Layer, input: &'a [Cell<i8>]) -> Self {
        Self {
            input,
            shape: layer.shape.map(usize::from),
            window: layer.window.map(usize::from),
            stride: layer.stride.map(usize::from),
            before: layer.before.map(usize::from),
            out_width: usize::from(layer.out_shape[1]),
            row_columns: layer.row_columns(),
            zero: layer.zero[0],
        }
    }

    /// What is added to every byte.
    fn offset(&self) -> i16 {
        -i16::from(self.zero)
    }

    /// Row and column of a pixel. A division is nothing beside its window.
    fn place(&self, pixel: usize) -> (usize, usize) {
        let width = self.out_width.max(1);
        (pixel / width, pixel % width)
    }

    /// Four pixels in a row of memory, from `pixel` on, as a tile.
    pub(super) fn tile(&self, pixel: usize, tile: &[Cell<i16>]) {
        let (y, x) = self.place(pixel);
        if x + 3 < self.out_width && self.walk(y, x, 4, tile) {
            return;
        }
        for k in 0..4 {
            self.pixel(pixel + k, tile.get(2 * k..).unwrap_or(&[]), Place::FOUR);
        }
    }

    /// One pixel.
    pub(super) fn pixel(&self, pixel: usize, to: &[Cell<i16>], place: Place) {
        let (y, x) = self.place(pixel);
        if place.odd == Place::FOUR.odd && self.walk(y, x, 1, to) {
            return;
        }
        let [_, width, channels] = self.shape;
        let [rows, across] = self.window;
        match self.inside(y, x, 1) {
            Some(start) => {
                for k in 0..rows {
                    let start = start + k * width * channels;
                    let from = self.input.get(start..start + across * channels).unwrap_or(&[]);
                    let to = to.get(k * self.row_columns / 4 * place.group..).unwrap_or(&[]);
                    strips::expand(from, to, self.offset(), place);
                }
            }
            None => self.border(y, x, to, place),
        }
    }

    /// Where the window of the first of `pixels` starts if none of them leaves the input.
    fn inside(&self, y: usize, x: usize, pixels: usize) -> Option<usize> {
        let [height, width, channels] = self.shape;
        let [rows, across] = self.window;
        let y = (y * self.stride[0]).checked_sub(self.before[0])?;
        let x = (x * self.stride[1]).checked_sub(self.before[1])?;
        let last = x + (pixels - 1) * self.stride[1] + across;
        (y + rows <= height && last <= width).then(|| (y * width + x) * channels)
    }

    /// The fast way, where there is one.
    fn walk(&self, y: usize, x: usize, pixels: usize, to: &[Cell<i16>]) -> bool {
        let Some(start) = self.inside(y, x, pixels) else { return false };
        let [_, width, channels] = self.shape;
        let walk = Walk {
            line: width * channels,
            rows: self.window[0],
            groups: self.row_columns / 4,
            step: self.stride[1] * channels,
            pixels,
        };
        dsp::gather(self.input.get(start..).unwrap_or(&[]), &walk, to, self.offset())
    }

    /// A window that leaves the input: nothing is there outside.
    #[inline(never)]
    fn border(&self, y: usize, x: usize, to: &[Cell<i16>], place: Place) {
        let [height, width, channels] = self.shape;
        let [rows, across] = self.window;
        let [top, left] = self.before;
        let (y, x) = (y * self.stride[0], x * self.stride[1]);
        // Columns of the window that lie inside.
        let (first, last) = (left.saturating_sub(x).min(across), (width + left).saturating_sub(x).min(across));
        let (skipped, count) = (first * channels, last.saturating_sub(first) * channels);
        let column = (x + first).saturating_sub(left) * channels;
        let line = |k: usize| {
            let line = (y + k).checked_sub(top).filter(|line| *line < height)?;
            let from = line * width * channels + column;
            self.input.get(from..from + count)
        };
        let (row_columns, offset) = (self.row_columns, self.offset());
        if channels.is_multiple_of(4) {
            for k in 0..rows {
                let to = to.get(k * row_columns / 4 * place.group..).unwrap_or(&[]);
                let at = |column: usize| to.get(column / 4 * place.group..).unwrap_or(&[]);
                let Some(from) = line(k) else {
                    strips::fill(to, row_columns, place);
                    continue;
                };
                strips::fill(to, skipped, place);
                strips::expand(from, at(skipped), offset, place);
                strips::fill(at(skipped + count), row_columns - skipped - count, place);
            }
            return;
        }
        let window = [const { Cell::new(0) }; WINDOW];
        if let Some(window) = window.get(..rows * row_columns) {
            // In bytes first: the zero point becomes nothing.
            window.iter().for_each(|cell| cell.set(self.zero));
            for (k, cells) in window.chunks_exact(row_columns.max(1)).enumerate() {
                let from = line(k).unwrap_or(&[]);
                cells.iter().skip(skipped).zip(from).for_each(|(cell, value)| cell.set(value.get()));
            }
            strips::expand(window, to, offset, place);
            return;
        }
        for k in 0..rows {
            let to = to.get(k * row_columns / 4 * place.group..).unwrap_or(&[]);
            strips::fill(to, row_columns, place);
            for (k, value) in (skipped..).zip(line(k).unwrap_or(&[])) {
                let at = k / 4 * place.group + if k & 1 == 0 { 0 } else { place.odd } + (k >> 1 & 1);
                if let Some(to) = to.get(at) {
                    to.set(i16::from(value.get()) + offset);
                }
            }
        }
    }
}
