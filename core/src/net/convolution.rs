//! Convolutions and fully connected layers, from block strips.
//!
//! The pixels of a window are gathered once as halfwords, the zero point taken off, four values as (x0, x2), (x1, x3), the
//! order in which the two instructions that widen bytes leave a word of weights. One pixel is met by four rows of weights
//! at a time, or four pixels by one row; both kinds of strip give the same sums.

use core::cell::Cell;

use super::dsp;
use super::gather::{Place, Windows};
use super::layer::Layer;
use super::memory::halfwords;
use super::model::Constants;
use super::requantise::{Rounding, Row};
use super::strips::Strips;

#[inline(never)]
pub(super) fn run(
    layer: &Layer,
    constants: &Constants<'_>,
    input: &[Cell<i8>],
    output: &[Cell<i8>],
    scratch: &[Cell<i8>],
) {
    let Some(strips) = Strips::of(layer, constants) else { return };
    let rounding = Rounding::of(layer.has(Layer::SINGLE), layer.has(Layer::SAFE));
    #[cfg(tinysolve_helium)]
    if dsp::helium::convolution(layer, &strips, input, output, scratch, rounding) {
        return;
    }
    let scratch = halfwords(scratch);
    let channels = usize::from(layer.out_shape[2]);
    let pixels = layer.pixels();
    let columns = layer.columns as usize;
    if layer.rows_log2 == 0 {
        let Some(tile) = scratch.get(..4 * columns) else { return };
        let windows = Windows::of(layer, input, Place::FOUR);
        let mut start = 0;
        while start < pixels {
            // The last tile goes back to where four pixels are left: the checks saw that there are four.
            let first = start.min(pixels.saturating_sub(4));
            windows.pixels(first, 4, tile);
            let out = output.get(first * channels..(first + 4) * channels).unwrap_or(&[]);
            dsp::tile(&strips, tile, out, rounding);
            start += 4;
        }
    } else {
        let Some(pixel) = scratch.get(..columns) else { return };
        let windows = Windows::of(layer, input, Place::ONE);
        for k in 0..pixels {
            windows.pixels(k, 1, pixel);
            let out = output.get(k * channels..(k + 1) * channels).unwrap_or(&[]);
            dsp::rows(&strips, pixel, out, rounding);
        }
    }
}

/// The output byte of a sum. Where there is assembly only what is rare comes here.
#[cfg_attr(tinysolve_asm, inline(never))]
pub(super) fn finish(row: [i32; 4], sum: i32, rounding: Rounding) -> i8 {
    Row::from_words(row).output(sum, rounding)
}
