//! A row of a depthwise layer of 3 x 3, four channels at a time.
#![allow(unsafe_code, reason = "a naked function and the pointers it takes")]

#[cfg(not(tinysolve_dsp))]
mod mla;
#[cfg(tinysolve_dsp)]
mod smlad;

use core::cell::Cell;

#[cfg(not(tinysolve_dsp))]
use self::mla::row;
#[cfg(tinysolve_dsp)]
use self::smlad::row;
use crate::net::depthwise::depthwise_words;
use crate::net::layer::Layer;
use crate::net::requantise::Rounding;

/// Arguments, copied to the stack in this order.
#[repr(C)]
struct Arguments {
    /// Four channels of the first pixel of the top row.
    top: *const i8,
    /// Bytes from a row to the next, and from the last back to the first, one pixel of the output on.
    down: [isize; 3],
    stream: *const i32,
    out: *mut i8,
    groups: usize,
    width: usize,
    channels: usize,
}

/// A layer of the form known here, checked once.
pub(in crate::net) struct Depthwise<'a> {
    ring: &'a [Cell<i8>],
    stream: &'a [i32],
    padded: usize,
    step: usize,
    width: usize,
    channels: usize,
}

impl<'a> Depthwise<'a> {
    /// `None` if the layer is of another form. `ring` holds three padded rows.
    pub(in crate::net) fn new(
        layer: &Layer,
        stream: &'a [i32],
        ring: &'a [Cell<i8>],
        rounding: Rounding,
    ) -> Option<Self> {
        let channels = usize::from(layer.shape[2]);
        let width = usize::from(layer.out_shape[1]);
        let padded = layer.padded_row();
        let groups = channels / 4;
        let known = layer.window == [3, 3] && layer.shape[2] == layer.out_shape[2] && rounding == Rounding::Double;
        let fits = groups.saturating_mul(4) == channels
            && groups > 0
            && width > 0
            && ring.len() >= padded.saturating_mul(3)
            && stream.len() == groups.saturating_mul(depthwise_words(9));
        let step = usize::from(layer.stride[1]) * channels;
        (known && fits).then_some(Self { ring, stream, padded, step, width, channels })
    }

    /// One row of the output, out of a ring whose topmost row is `first`.
    pub(in crate::net) fn row(&self, first: usize, out: &[Cell<i8>]) -> bool {
        let &Self { ring, stream, padded, step, width, channels } = self;
        if first > 2 || out.len() != width.saturating_mul(channels) {
            return false;
        }
        // Rows of the ring: each after the one above it, or back at the start.
        let (on, back) = (padded.cast_signed(), padded.cast_signed().wrapping_mul(-2));
        let [middle, bottom] = [if first == 2 { back } else { on }, if first == 1 { back } else { on }];
        let arguments = Arguments {
            top: ring.as_ptr().cast::<i8>().wrapping_add(first * padded),
            down: [middle, bottom, step.cast_signed().wrapping_sub(middle.wrapping_add(bottom))],
            stream: stream.as_ptr(),
            out: out.as_ptr().cast_mut().cast(),
            groups: channels / 4,
            width,
            channels,
        };
        // SAFETY: a padded row holds (width - 1) steps and three pixels more, so every tap of every pixel lies in one of the
        // three rows of the ring; the constants of all groups are there, and one byte of output for each channel and pixel.
        unsafe { row(&raw const arguments) };
        true
    }
}

const _: () = assert!(depthwise_words(9) * 4 == 136);
