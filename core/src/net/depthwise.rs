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
            row(layer, stream, ring, first_slot * padded, out, rounding);
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

/// One row of the output, the window's first row being at `start` of the ring.
#[inline(never)]
fn row(layer: &Layer, stream: &[i32], ring: &[Cell<i8>], start: usize, out: &[Cell<i8>], rounding: Rounding) {
    let channels = usize::from(layer.shape[2]).max(1);
    let out_channels = usize::from(layer.out_shape[2]).max(1);
    let [rows, across] = layer.window.map(usize::from);
    let (taps, padded) = (rows * across, layer.padded_row());
    let depth = (out_channels / channels).max(1);
    let (step, skip) = (usize::from(layer.stride[1]) * channels, padded.saturating_sub(across * channels));
    for (group, words) in stream.chunks_exact(depthwise_words(taps).max(1)).enumerate() {
        let (tail, _) = words.get(words.len().saturating_sub(12)..).unwrap_or(&[]).as_chunks::<3>();
        let from = [0, 1, 2, 3].map(|k| (4 * group + k) / depth);
        let mut window = start;
        for out in out.chunks_exact(out_channels) {
            let taps = Taps { at: window, left: across, across, channels, skip, ring: ring.len() };
            let sums = sums(words, taps, rows * across, |at| {
                if depth == 1 {
                    return neighbours(ring, at + 4 * group);
                }
                let [a, b, c, d] = from;
                let value = |channel: usize| ring.get(at + channel).map_or(0, |cell| i32::from(cell.get()));
                [value(a), value(b), value(c), value(d)]
            });
            for ((sum, [multiplier, offset, shift]), out) in
                sums.iter().zip(tail).zip(out.get(4 * group..).unwrap_or(&[]))
            {
                // A doubled sum is even.
                let sum = if rounding == Rounding::Double { sum >> 1 } else { *sum };
                out.set(finish([0, *multiplier, *offset, *shift], sum, rounding));
            }
            window += step;
        }
    }
}

/// Four bytes of the ring side by side; what lies behind it counts as 0, and meets weights of 0.
#[inline]
fn neighbours(ring: &[Cell<i8>], at: usize) -> [i32; 4] {
    let rest = ring.get(at..).unwrap_or(&[]);
    if let Some([a, b, c, d]) = rest.first_chunk::<4>() {
        return [i32::from(a.get()), i32::from(b.get()), i32::from(c.get()), i32::from(d.get())];
    }
    let mut values = [0; 4];
    values.iter_mut().zip(rest).for_each(|(value, cell)| *value = i32::from(cell.get()));
    values
}

/// Walks over the taps of a window, row by row, back to the start of the ring behind its end.
struct Taps {
    at: usize,
    /// Taps left in the row.
    left: usize,
    across: usize,
    channels: usize,
    /// Bytes from behind the last tap of a row to the first of the next.
    skip: usize,
    ring: usize,
}

impl Taps {
    #[inline]
    fn next(&mut self) -> usize {
        let at = self.at;
        self.at += self.channels;
        self.left -= 1;
        if self.left == 0 {
            self.left = self.across;
            self.at += self.skip;
            if self.at >= self.ring {
                self.at -= self.ring;
            }
        }
        at
    }
}

/// The sums of four channels; `values` answers what they see at a place.
#[inline]
fn sums(words: &[i32], mut places: Taps, taps: usize, values: impl Fn(usize) -> [i32; 4]) -> [i32; 4] {
    let (fours, _) = words.as_chunks::<4>();
    let Some((bias, fours)) = fours.split_first() else { return [0; 4] };
    let [mut a, mut b, mut c, mut d] = *bias;
    let low = |word: i32| i32::from(word as u16 as i16);
    let add = |sum: &mut i32, x: i32, weight: i32| *sum = sum.wrapping_add(x * weight);
    for [wa, wb, wc, wd] in fours.iter().take(taps / 2) {
        let [xa, xb, xc, xd] = values(places.next());
        add(&mut a, xa, low(*wa));
        add(&mut b, xb, low(*wb));
        add(&mut c, xc, low(*wc));
        add(&mut d, xd, low(*wd));
        let [xa, xb, xc, xd] = values(places.next());
        add(&mut a, xa, wa >> 16);
        add(&mut b, xb, wb >> 16);
        add(&mut c, xc, wc >> 16);
        add(&mut d, xd, wd >> 16);
    }
    if taps % 2 == 1
        && let Some([even, odd]) = fours.get(taps / 2).and_then(|last| last.first_chunk::<2>())
    {
        let [xa, xb, xc, xd] = values(places.next());
        add(&mut a, xa, low(*even));
        add(&mut b, xb, low(*odd));
        add(&mut c, xc, even >> 16);
        add(&mut d, xd, odd >> 16);
    }
    [a, b, c, d]
}
