//! The windows of a convolution, gathered as halfwords.

use core::cell::Cell;

use super::dsp::{fill, gather};
use super::layer::Layer;

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

/// Windows of neighbouring pixels that all lie inside the input.
#[derive(Clone, Copy)]
pub(super) struct Walk {
    /// Bytes from a row of a window to the next.
    pub(super) line: usize,
    /// Rows of a window.
    pub(super) rows: usize,
    /// Groups of four bytes in a row.
    pub(super) groups: usize,
    /// Bytes from a window to the next.
    pub(super) step: usize,
    /// Windows, up to four.
    pub(super) pixels: usize,
}

/// The part of a window that lies inside the input.
#[cfg(tinysolve_helium)]
pub(super) struct Part {
    /// Its first byte, of the input and of the window.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) rows: usize,
    /// Bytes of a row.
    pub(super) len: usize,
    /// Bytes from row to row, of the input and of the window.
    pub(super) line: usize,
    pub(super) padded: usize,
    pub(super) is_whole: bool,
}

/// What the windows of a layer have in common.
///
/// Rows of a window are padded to whole groups of four. What lies behind a row is read in place of the padding, whose
/// weights are zeros; behind the last row of the input stands the memory that layers work in.
pub(super) struct Windows<'a> {
    input: &'a [Cell<i8>],
    shape: [usize; 3],
    window: [usize; 2],
    stride: [usize; 2],
    before: [usize; 2],
    out_width: usize,
    row_columns: usize,
    /// What is added to every byte.
    offset: i16,
    place: Place,
}

impl<'a> Windows<'a> {
    /// `input` goes on behind the tensor.
    pub(super) fn of(layer: &Layer, input: &'a [Cell<i8>], place: Place) -> Self {
        Self {
            input,
            shape: layer.shape.map(usize::from),
            window: layer.window.map(usize::from),
            stride: layer.stride.map(usize::from),
            before: layer.before.map(usize::from),
            out_width: usize::from(layer.out_shape[1]),
            row_columns: layer.row_columns(),
            offset: -i16::from(layer.zero[0]),
            place,
        }
    }

    /// So many pixels from one on, each two halfwords after the one before.
    pub(super) fn pixels(&self, first: usize, count: usize, to: &[Cell<i16>]) {
        let width = self.out_width.max(1);
        // A division is nothing beside a window.
        let (y, x) = (first / width, first % width);
        if x + count <= width && self.inside(y, x, count, to) {
            return;
        }
        for k in 0..count {
            let (pixel, to) = (first + k, to.get(2 * k..).unwrap_or(&[]));
            let (y, x) = (pixel / width, pixel % width);
            if !self.inside(y, x, 1, to) {
                self.border(y, x, to);
            }
        }
    }

    /// Gathers `pixels` windows in a row of the output unless one of them leaves the input.
    #[inline(never)]
    fn inside(&self, y: usize, x: usize, pixels: usize, to: &[Cell<i16>]) -> bool {
        let [height, width, channels] = self.shape;
        let [rows, across] = self.window;
        let y = (y * self.stride[0]).wrapping_sub(self.before[0]);
        let x = (x * self.stride[1]).wrapping_sub(self.before[1]);
        // Left of the input or above it, what wrapped is too large.
        let last = x.wrapping_add((pixels - 1) * self.stride[1]);
        if x > width || y > height || y + rows > height || last + across > width {
            return false;
        }
        let walk = Walk {
            line: width * channels,
            rows,
            groups: self.row_columns / 4,
            step: self.stride[1] * channels,
            pixels,
        };
        let from = self.input.get((y * width + x) * channels..).unwrap_or(&[]);
        gather(from, &walk, to, self.offset, self.place);
        true
    }

    /// What of a pixel's window lies inside.
    #[cfg(tinysolve_helium)]
    pub(super) fn part(&self, pixel: usize) -> Part {
        let [height, width, channels] = self.shape;
        let [top, left] = self.before;
        let columns = self.out_width.max(1);
        let (y, x) = (pixel / columns * self.stride[0], pixel % columns * self.stride[1]);
        let span = |at: usize, before: usize, window: usize, len: usize| {
            let first = before.saturating_sub(at).min(window);
            (first, (len + before).saturating_sub(at).min(window).saturating_sub(first))
        };
        let ((above, rows), (skipped, across)) =
            (span(y, top, self.window[0], height), span(x, left, self.window[1], width));
        let (line, column) = ((y + above).saturating_sub(top), (x + skipped).saturating_sub(left));
        Part {
            from: (line * width + column) * channels,
            to: above * self.row_columns + skipped * channels,
            rows,
            len: across * channels,
            line: width * channels,
            padded: self.row_columns,
            is_whole: [rows, across] == self.window,
        }
    }

    /// A window that leaves the input: nothing is there outside.
    #[inline(never)]
    fn border(&self, y: usize, x: usize, to: &[Cell<i16>]) {
        let [height, width, channels] = self.shape;
        let [rows, across] = self.window;
        let [top, left] = self.before;
        let (y, x) = (y * self.stride[0], x * self.stride[1]);
        // Columns of the window that lie inside.
        let (first, last) = (left.saturating_sub(x).min(across), (width + left).saturating_sub(x).min(across));
        let (skipped, count) = (first * channels, last.saturating_sub(first) * channels);
        let column = (x + first).saturating_sub(left) * channels;
        let Place { odd, group } = self.place;
        let groups = self.row_columns / 4;
        fill(to, rows * groups, self.place);
        for k in 0..rows {
            let Some(line) = (y + k).checked_sub(top).filter(|line| *line < height) else { continue };
            let from = line * width * channels + column;
            let Some(from) = self.input.get(from..from + count) else { continue };
            let at = |column: usize| to.get((k * groups + column / 4) * group..).unwrap_or(&[]);
            if channels.is_multiple_of(4) {
                let walk = Walk { line: 0, rows: 1, groups: count / 4, step: 0, pixels: 1 };
                gather(from, &walk, at(skipped), self.offset, self.place);
                continue;
            }
            for (column, value) in (skipped..).zip(from) {
                let half = if column & 1 == 0 { 0 } else { odd } + (column >> 1 & 1);
                if let Some(to) = at(column).get(half) {
                    to.set(i16::from(value.get()) + self.offset);
                }
            }
        }
    }
}
