//! Windows without weights: average, maximum, and the mean over a whole plane.

use core::cell::Cell;
use core::ops::Range;

use super::layer::{Layer, LayerKind};
use super::requantise::{Rounding, Row, byte};

/// The part of a window at `at` that lies inside.
fn inside(at: usize, stride: u8, before: u8, window: u8, len: usize) -> Range<usize> {
    let start = at * usize::from(stride);
    let (before, window) = (usize::from(before), usize::from(window));
    start.saturating_sub(before)..(start + window).saturating_sub(before).min(len)
}

#[inline(never)]
pub(super) fn run(layer: &Layer, input: &[Cell<i8>], output: &[Cell<i8>]) {
    let [height, width, channels] = layer.shape.map(usize::from);
    let [_, out_width, _] = layer.out_shape.map(usize::from);
    let maximum = layer.kind == LayerKind::MaxPool;
    for (pixel, out) in output.chunks(channels.max(1)).enumerate() {
        let (y, x) = (pixel / out_width.max(1), pixel % out_width.max(1));
        let ys = inside(y, layer.stride[0], layer.before[0], layer.window[0], height);
        let xs = inside(x, layer.stride[1], layer.before[1], layer.window[1], width);
        let count = (ys.len() * xs.len()).max(1);
        let count = i32::try_from(count).unwrap_or(i32::MAX);
        for (channel, out) in out.iter().enumerate() {
            let mut best = i8::MIN;
            let mut sum = 0_i32;
            for y in ys.clone() {
                let line = input.get((y * width + xs.start) * channels + channel..).unwrap_or(&[]);
                for value in line.iter().step_by(channels.max(1)).take(xs.len()) {
                    sum = sum.wrapping_add(i32::from(value.get()));
                    best = best.max(value.get());
                }
            }
            let half = count / 2;
            let mean = sum.wrapping_add(if sum > 0 { half } else { -half }).wrapping_div(count);
            out.set(if maximum { best } else { byte(mean) });
        }
    }
}

/// Mean over height and width; the row holds minus the zero point times the number of pixels as its bias.
#[inline(never)]
pub(super) fn mean(layer: &Layer, row: &[i32; 4], input: &[Cell<i8>], output: &[Cell<i8>]) {
    let channels = usize::from(layer.shape[2]);
    let rounding = Rounding::of(layer.has(Layer::SINGLE), true);
    for (channel, out) in output.iter().enumerate() {
        let values = input.get(channel..).unwrap_or(&[]).iter().step_by(channels.max(1));
        let sum = values.fold(row[0], |sum, value| sum.wrapping_add(i32::from(value.get())));
        out.set(Row::from_words(*row).output(sum, rounding));
    }
}
