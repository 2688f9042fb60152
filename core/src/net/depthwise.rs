//! Depthwise convolution, four channels at a time, over a ring of padded rows.
//!
//! Each input row is copied once, with its frame, into a ring of as many rows as the window has. So the borders need no
//! case of their own, and the output of a layer of stride 1 may lie where its input lies.
//!
//! The constants of four channels stand together as the words a pixel reads in order: four biases; for every two taps of
//! the window four words, one a channel, the earlier tap in the low half; for an odd last tap two words, channels (0, 2)
//! and (1, 3); then multiplier, offset and shift of each channel. The zero point of the input is folded into the biases, and
//! the frame holds it. For the fast form that rounds twice, biases and weights are stored doubled, which saves a shift.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "fixed-point arithmetic: every cut is the reference's own"
)]

use core::cell::Cell;

use super::dsp;
use super::layer::Layer;
use super::memory::copy;
use super::model::Constants;
use super::requantise::{Rounding, Row};

/// Words of the constants of four channels.
#[must_use]
pub const fn depthwise_words(taps: usize) -> usize {
    4 + taps / 2 * 4 + taps % 2 * 2 + 12
}

pub(super) fn run(
    layer: &Layer,
    constants: &Constants<'_>,
    input: &[Cell<i8>],
    output: &[Cell<i8>],
    scratch: &[Cell<i8>],
) {
    let [height, width, channels] = layer.shape.map(usize::from);
    let [out_height, out_width, out_channels] = layer.out_shape.map(usize::from);
    let [rows, across] = layer.window.map(usize::from);
    let [top, left] = layer.before.map(usize::from);
    let taps = rows * across;
    let groups = out_channels.div_ceil(4);
    let words = depthwise_words(taps);
    let padded = layer.padded_row();
    let rounding = Rounding::of(layer.has(Layer::SINGLE), layer.has(Layer::SAFE));
    let Some(stream) = constants.depthwise.get(layer.weights as usize..).and_then(|rest| rest.get(..groups * words))
    else {
        return;
    };
    // Rows are counted with the frame above them; `next` is the first that is not in the ring yet.
    let mut next = 0;
    for y in 0..out_height {
        let first = y * usize::from(layer.stride[0]);
        next = next.max(first);
        while next < first + rows {
            let Some(slot) = scratch.get(next % rows.max(1) * padded..).and_then(|rest| rest.get(..padded)) else {
                return;
            };
            let line = next.checked_sub(top).filter(|line| *line < height);
            let line = line.and_then(|line| input.get(line * width * channels..(line + 1) * width * channels));
            fill_slot(slot, line, left * channels, layer.zero[0]);
            next += 1;
        }
        let out = output.get(y * out_width * out_channels..(y + 1) * out_width * out_channels).unwrap_or(&[]);
        if dsp::depthwise(layer, stream, scratch, first % rows.max(1), out, rounding) {
            continue;
        }
        let depth = out_channels / channels.max(1);
        for (group, words) in stream.chunks_exact(words.max(1)).enumerate() {
            for x in 0..out_width {
                let sums = sums(words, taps, |tap, k| {
                    let row = (first + tap / across.max(1)) % rows.max(1);
                    let column = x * usize::from(layer.stride[1]) + tap % across.max(1);
                    let channel = (4 * group + k) / depth.max(1);
                    scratch.get(row * padded + column * channels + channel).map_or(0, Cell::get)
                });
                let out = out.get(x * out_channels..(x + 1) * out_channels).unwrap_or(&[]);
                let (tail, _) = words.get(words.len().saturating_sub(12)..).unwrap_or(&[]).as_chunks::<3>();
                for ((sum, [multiplier, offset, shift]), out) in
                    sums.iter().zip(tail).zip(out.get(4 * group..).unwrap_or(&[]))
                {
                    let row = Row::from_words([0, *multiplier, *offset, *shift]);
                    // A doubled sum is even.
                    let sum = if rounding == Rounding::Double { sum >> 1 } else { *sum };
                    out.set(row.output(sum, rounding));
                }
            }
        }
    }
}

fn fill_slot(slot: &[Cell<i8>], line: Option<&[Cell<i8>]>, left: usize, zero: i8) {
    let Some(line) = line else {
        slot.iter().for_each(|cell| cell.set(zero));
        return;
    };
    let end = left + line.len();
    slot.get(..left).unwrap_or(&[]).iter().for_each(|cell| cell.set(zero));
    copy(line, slot.get(left..).unwrap_or(&[]));
    slot.get(end..).unwrap_or(&[]).iter().for_each(|cell| cell.set(zero));
}

/// The sums of four channels; `value` answers what channel k sees at a tap.
#[inline]
fn sums(words: &[i32], taps: usize, value: impl Fn(usize, usize) -> i8) -> [i32; 4] {
    let (fours, _) = words.as_chunks::<4>();
    let Some((bias, fours)) = fours.split_first() else { return [0; 4] };
    let mut sums = *bias;
    let halves = |word: i32| (i32::from(word as u16 as i16), word >> 16);
    for (pair, weights) in fours.iter().take(taps / 2).enumerate() {
        for (k, (sum, word)) in sums.iter_mut().zip(weights).enumerate() {
            let (a, b) = halves(*word);
            let (x, y) = (i32::from(value(2 * pair, k)), i32::from(value(2 * pair + 1, k)));
            *sum = sum.wrapping_add(x * a).wrapping_add(y * b);
        }
    }
    if taps % 2 == 1
        && let Some([even, odd]) = fours.get(taps / 2).and_then(|last| last.first_chunk::<2>())
    {
        let ((a, c), (b, d)) = (halves(*even), halves(*odd));
        for (k, (sum, weight)) in sums.iter_mut().zip([a, b, c, d]).enumerate() {
            *sum = sum.wrapping_add(i32::from(value(taps - 1, k)) * weight);
        }
    }
    sums
}
