//! The hot loops for cores with the DSP extension; elsewhere nothing is done here, and the answer says so.

use core::cell::Cell;

use super::convolution::Place;
use super::layer::Layer;
use super::requantise::Rounding;
use super::strips::Strips;

pub(super) fn rows(_: &Strips<'_>, _: &[Cell<i16>], _: &[Cell<i8>], _: Rounding) -> bool {
    false
}

pub(super) fn tile(_: &Strips<'_>, _: &[Cell<i16>], _: &[Cell<i8>], _: Rounding) -> bool {
    false
}

/// Answers the bytes that are left, and how many groups were done.
pub(super) fn expand<'a>(from: &'a [Cell<i8>], _: &[Cell<i16>], _: i16, _: Place) -> (&'a [Cell<i8>], usize) {
    (from, 0)
}

pub(super) fn depthwise(_: &Layer, _: &[i32], _: &[Cell<i8>], _: usize, _: &[Cell<i8>], _: Rounding) -> bool {
    false
}
