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

use super::convolution::finish;
use super::dsp;
use super::layer::Layer;
use super::memory::copy;
use super::model::Constants;
use super::requantise::Rounding;

/// Words of the constants of four channels.
#[must_use]
pub const fn depthwise_words(taps: usize) -> usize {
    4 + taps / 2 * 4 + taps % 2 * 2 + 12
}

#[inline(never)]
pub(super) fn run(
    layer: &Layer,
    constants: &Constants<'_>,
    input: &[Cell<i8>],
    output: &[Cell<i8>],
    scratch: &[Cell<i8>],
) {
    let [height, width, channels] = layer.shape.map(usize::from);
    let [_, out_width, out_channels] = layer.out_shape.map(usize::from);
    let [rows, across] = layer.window.map(usize::from);
    let [top, left] = layer.before.map(usize::from);
    let words = depthwise_words(rows * across);
    let padded = layer.padded_row();
    let rounding = Rounding::of(layer.has(Layer::SINGLE), layer.has(Layer::SAFE));
    let stream = constants.depthwise.get(layer.weights as usize..);
    let stream = stream.and_then(|rest| rest.get(..out_channels.div_ceil(4) * words));
    let (Some(stream), Some(ring)) = (stream, scratch.get(..rows * padded)) else { return };
    let fast = dsp::Depthwise::new(layer, stream, ring, rounding);
    // Frames beside the rows stay as they are from here on.
    let line_len = width * channels;
    for slot in ring.chunks_exact(padded.max(1)) {
        frame(slot.get(..left * channels), layer.zero[0]);
        frame(slot.get(left * channels + line_len..), layer.zero[0]);
    }
    // Rows are counted with the frame above them; `next` is the first that is not in the ring yet, `first` the topmost one
    // of a window, each with its place in the ring.
    let (mut next, mut next_slot, mut first, mut first_slot) = (0, 0, 0, 0);
    for out in output.chunks_exact((out_width * out_channels).max(1)) {
        while next < first + rows {
            let slot = ring.get(next_slot * padded..).and_then(|rest| rest.get(..padded)).unwrap_or(&[]);
            match next.checked_sub(top).filter(|line| *line < height).and_then(|line| input.get(line * line_len..)) {
                Some(line) => {
                    place_line(line.get(..line_len).unwrap_or(&[]), slot.get(left * channels..).unwrap_or(&[]))
                }
                None => frame(Some(slot), layer.zero[0]),
            }
            next += 1;
            next_slot = if next_slot + 1 == rows { 0 } else { next_slot + 1 };
        }
        if !fast.as_ref().is_some_and(|fast| fast.row(first_slot, out)) {
            row(layer, stream, ring, first_slot, out, rounding);
        }
        for _ in 0..layer.stride[0] {
            first += 1;
            first_slot = if first_slot + 1 == rows { 0 } else { first_slot + 1 };
            if next < first {
                // A row between windows.
                next = first;
                next_slot = first_slot;
            }
        }
    }
}

fn frame(cells: Option<&[Cell<i8>]>, zero: i8) {
    cells.unwrap_or(&[]).iter().for_each(|cell| cell.set(zero));
}

fn place_line(line: &[Cell<i8>], to: &[Cell<i8>]) {
    let done = dsp::copy(line, to);
    if done < line.len() {
        copy(line.get(done..).unwrap_or(&[]), to.get(done..).unwrap_or(&[]));
    }
}

/// One row of the output, the window's topmost row being number `first` of the ring.
#[inline(never)]
fn row(layer: &Layer, stream: &[i32], ring: &[Cell<i8>], first: usize, out: &[Cell<i8>], rounding: Rounding) {
    let channels = usize::from(layer.shape[2]).max(1);
    let out_channels = usize::from(layer.out_shape[2]).max(1);
    let [rows, across] = layer.window.map(usize::from);
    let (taps, padded) = (rows * across, layer.padded_row());
    let depth = (out_channels / channels).max(1);
    let step = usize::from(layer.stride[1]) * channels;
    for (group, words) in stream.chunks_exact(depthwise_words(taps).max(1)).enumerate() {
        let (fours, _) = words.as_chunks::<4>();
        let Some((biases, pairs)) = fours.split_first() else { return };
        let (tail, _) = words.get(words.len().saturating_sub(12)..).unwrap_or(&[]).as_chunks::<3>();
        for (k, (bias, [multiplier, offset, shift])) in biases.iter().zip(tail).enumerate() {
            let channel = 4 * group + k;
            if channel >= out_channels {
                break;
            }
            let from = channel / depth;
            for (pixel, out) in out.iter().skip(channel).step_by(out_channels).enumerate() {
                let (mut sum, mut word) = (*bias, 0);
                let mut tap = 0;
                for row in 0..rows {
                    let slot = if first + row < rows { first + row } else { first + row - rows };
                    let mut at = slot * padded + pixel * step + from;
                    for _ in 0..across {
                        // Of two taps the earlier one stands in the low half; a last one alone shares two words with those
                        // of the other channels.
                        if tap & 1 == 0 {
                            let words = pairs.get(tap / 2).unwrap_or(&[0; 4]);
                            let alone = tap + 1 == taps;
                            word = words.get(if alone { k & 1 } else { k }).copied().unwrap_or(0);
                            word >>= if alone { 16 * (k >> 1) } else { 0 };
                        }
                        let x = ring.get(at).map_or(0, |cell| i32::from(cell.get()));
                        sum = sum.wrapping_add(x * i32::from(word as i16));
                        word >>= 16;
                        at += channels;
                        tap += 1;
                    }
                }
                // A doubled sum is even.
                let sum = if rounding == Rounding::Double { sum >> 1 } else { sum };
                out.set(finish([0, *multiplier, *offset, *shift], sum, rounding));
            }
        }
    }
}
