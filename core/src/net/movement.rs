//! Layers that only move bytes.

use core::cell::Cell;

use super::layer::Layer;
use super::memory::copy;

/// Rows of channels into wider rows, from channel `second` on.
#[inline(never)]
pub(super) fn place_rows(layer: &Layer, input: &[Cell<i8>], output: &[Cell<i8>]) {
    let (channels, wide) = (usize::from(layer.shape[2]).max(1), usize::from(layer.out_shape[2]).max(1));
    for (from, to) in input.chunks(channels).zip(output.chunks(wide)) {
        copy(from, to.get(layer.second as usize..).unwrap_or(&[]));
    }
}

/// A frame of the output's zero point (or what stands there) around the input.
#[inline(never)]
pub(super) fn pad(layer: &Layer, input: &[Cell<i8>], output: &[Cell<i8>]) {
    let [_, width, channels] = layer.shape.map(usize::from);
    let [_, out_width, out_channels] = layer.out_shape.map(usize::from);
    let [top, left] = layer.before.map(usize::from);
    output.iter().for_each(|out| out.set(layer.zero[1]));
    for (y, line) in input.chunks((width * channels).max(1)).enumerate() {
        for (x, from) in line.chunks(channels.max(1)).enumerate() {
            let start = ((y + top) * out_width + x + left) * out_channels + layer.second as usize;
            copy(from, output.get(start..start + channels).unwrap_or(&[]));
        }
    }
}
