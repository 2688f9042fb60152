//! Dense strips with the vector extension of the Cortex-M55 (Helium), on bytes as they are.
//!
//! A sum of (x - z) w is split, because x - z is no byte. Four pixels share a row of weights, and so the sum of its weights:
//! sum (x - z) w = sum x w - z sum w. Over one pixel the four rows have nothing in common, and no register is left for four
//! more sums. There the complements of x are gathered, ~x = -1 - x, and sum (x - z) w = -(sum ~x w + sum (1 + z) w), where
//! 1 + z is a byte unless z is 127, which the caller leaves to the other kernels. All sums wrap, so the split is exact.
#![allow(unsafe_code, reason = "what naked functions are promised is checked here")]

mod bytes;
mod strips;

use core::cell::Cell;
use core::ptr;

use self::strips::{Arguments, run_rows, run_tile};
use super::aligned;
use crate::net::gather::{Place, Windows};
use crate::net::layer::Layer;
use crate::net::requantise::Rounding;
use crate::net::strips::Strips;

/// A dense convolution in one of the fast forms; `false`, and nothing done, if it is another.
pub(in crate::net) fn convolution(
    layer: &Layer,
    strips: &Strips<'_>,
    input: &[Cell<i8>],
    output: &[Cell<i8>],
    scratch: &[Cell<i8>],
    rounding: Rounding,
) -> bool {
    let is_fast = matches!(rounding, Rounding::Double | Rounding::Single);
    let &Strips { weights, counts, rows, blocks, .. } = strips;
    let (columns, channels) = (layer.columns as usize, usize::from(layer.out_shape[2]));
    let is_tile = layer.rows_log2 == 0;
    let pixels = layer.pixels();
    // What is read and written below, once for all pixels.
    let fits = blocks.saturating_mul(4) == columns
        && weights.len() >= rows.len().saturating_mul(columns)
        && rows.len() >= channels.next_multiple_of(if is_tile { 1 } else { 4 })
        && output.len() >= pixels.saturating_mul(channels)
        && scratch.len() >= columns.saturating_mul(if is_tile { 4 } else { 1 });
    if !is_fast || !counts.is_empty() || !fits || columns == 0 || !aligned(weights) || !aligned(scratch) {
        return false;
    }
    let windows = Windows::of(layer, input, Place::ONE);
    let zero = layer.zero[0];
    // Pixels that are windows already, their neighbours behind them.
    let is_plain = layer.window == [1, 1] && layer.stride == [1, 1];
    let mut arguments = Arguments {
        weights: weights.as_ptr(),
        out: ptr::null_mut(),
        stride: channels,
        strips: channels,
        x: scratch.as_ptr().cast(),
        step: columns,
        zero: 0_u32.wrapping_sub(i32::from(zero).cast_unsigned()),
        single: (rounding == Rounding::Single).into(),
        rows: rows.as_ptr(),
        columns,
    };
    if is_tile {
        let mut start = 0;
        while start < pixels {
            let first = start.min(pixels.saturating_sub(4));
            let Some(out) = output.get(first * channels..(first + 4) * channels) else { return true };
            let inputs = usize::from(layer.shape[2]);
            match input.get(first * inputs..).filter(|rest| is_plain && rest.len() >= 3 * inputs + columns) {
                Some(pixels) => (arguments.x, arguments.step) = (pixels.as_ptr().cast(), inputs),
                None => {
                    for (pixel, to) in (first..).zip(scratch.chunks_exact(columns).take(4)) {
                        bytes::window(input, &windows.part(pixel), to, zero);
                    }
                    (arguments.x, arguments.step) = (scratch.as_ptr().cast(), columns);
                }
            }
            arguments.out = out.as_ptr().cast_mut().cast();
            // SAFETY: there are four windows of `columns` bytes, as many weights for each row, and a row and four bytes of
            // output for each channel; `Cell` may be written through a shared reference.
            unsafe { run_tile(&raw const arguments) };
            start += 4;
        }
        return true;
    }
    let Some(of_one) = zero.checked_add(1) else { return false };
    arguments.zero = u32::from_le_bytes([of_one.cast_unsigned(); 4]);
    let (whole, rest) = (channels / 4, channels % 4);
    for pixel in 0..pixels {
        let Some(x) = scratch.get(..columns) else { return true };
        bytes::window(input, &windows.part(pixel), x, zero);
        bytes::turn(x);
        let Some(out) = output.get(pixel * channels..(pixel + 1) * channels) else { return true };
        if whole > 0 {
            arguments = Arguments { out: out.as_ptr().cast_mut().cast(), strips: whole, ..arguments };
            // SAFETY: there is a window of `columns` bytes, as many weights and a row for each of four times so many rows,
            // and as many bytes of output.
            unsafe { run_rows(&raw const arguments) };
        }
        if rest > 0 {
            let mut last = [0_i8; 4];
            let behind = Arguments {
                weights: arguments.weights.wrapping_add(whole * 4 * columns),
                rows: arguments.rows.wrapping_add(whole * 4),
                out: last.as_mut_ptr(),
                strips: 1,
                ..arguments
            };
            // SAFETY: as above, and there is room for four bytes; rows and weights are padded to whole strips.
            unsafe { run_rows(&raw const behind) };
            for (out, last) in out.iter().skip(whole * 4).zip(last) {
                out.set(last);
            }
        }
    }
    true
}
