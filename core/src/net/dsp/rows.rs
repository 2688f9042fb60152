//! Four rows of weights over one pixel.
#![allow(unsafe_code, reason = "a naked function and the pointers it takes")]

#[cfg(not(tinysolve_dsp))]
mod mla;
#[cfg(tinysolve_dsp)]
mod smlad;

use core::cell::Cell;

#[cfg(not(tinysolve_dsp))]
use self::mla::run_strips;
#[cfg(tinysolve_dsp)]
use self::smlad::run_strips;
use super::strips::{SUMS, arguments};
use crate::net::convolution::finish;
use crate::net::requantise::Rounding;
use crate::net::strips::Strips;

/// One pixel `x`; `out` has a byte for each row, padding left out.
pub(in crate::net) fn rows(strips: &Strips<'_>, x: &[Cell<i16>], out: &[Cell<i8>], rounding: Rounding) {
    let (rows, _) = strips.rows.as_chunks::<4>();
    let Some(mut arguments) = arguments(strips, x, [4, 4], rounding) else { return };
    if out.len() > strips.rows.len() {
        return;
    }
    let fast = matches!(rounding, Rounding::Double | Rounding::Single);
    let whole = if fast { out.len() / 4 } else { 0 };
    if whole > 0 {
        arguments.out = out.as_ptr().cast_mut().cast();
        arguments.strips = whole;
        // SAFETY: `arguments` saw that values, weights and rows of all strips are there; there are 4 bytes of output for
        // each of these; `Cell` may be written through a shared reference.
        unsafe { run_strips(&raw mut arguments) };
    }
    // What is no whole strip, or is requantised by the long formula.
    arguments.form = SUMS;
    for (rows, out) in rows.iter().zip(out.chunks(4)).skip(whole) {
        let mut sums = [0; 4];
        arguments.out = sums.as_mut_ptr().cast();
        // The run before counted it down.
        arguments.strips = 1;
        // SAFETY: as above, and there is room for four sums.
        unsafe { run_strips(&raw mut arguments) };
        for ((row, sum), out) in rows.iter().zip(sums).zip(out) {
            out.set(finish(*row, sum, rounding));
        }
    }
}
