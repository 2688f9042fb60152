//! One row of weights over four pixels.
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

/// Four pixels `x`, whose outputs stand in `out` one pixel after the other.
pub(in crate::net) fn tile(strips: &Strips<'_>, x: &[Cell<i16>], out: &[Cell<i8>], rounding: Rounding) {
    let Some(mut arguments) = arguments(strips, x, [1, 16], rounding) else { return };
    if out.len() != arguments.strips.saturating_mul(4) || out.is_empty() {
        return;
    }
    if matches!(rounding, Rounding::Double | Rounding::Single) {
        arguments.out = out.as_ptr().cast_mut().cast();
        // SAFETY: `arguments` saw that values, weights and rows of all strips are there; there are four bytes of output for
        // each; `Cell` may be written through a shared reference.
        unsafe { run_strips(&raw mut arguments) };
        return;
    }
    // The long formula.
    arguments.form = SUMS;
    for (at, row) in strips.rows.iter().enumerate() {
        let mut sums = [0; 4];
        arguments.out = sums.as_mut_ptr().cast();
        // The run before counted it down.
        arguments.strips = 1;
        // SAFETY: as above, and there is room for four sums.
        unsafe { run_strips(&raw mut arguments) };
        let out = out.get(at..).unwrap_or(&[]).iter().step_by(strips.rows.len());
        for (sum, out) in sums.into_iter().zip(out) {
            out.set(finish(*row, sum, rounding));
        }
    }
}
