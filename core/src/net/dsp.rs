//! The hot loops for cores with the DSP extension; elsewhere nothing is done here, and the answer says so.
//!
//! The functions in the files beside are naked: the inner loops need every register, two of which the compiler keeps for
//! itself in inline assembly. What they read and write is checked here, in safe code, before each call. Sums wrap and are
//! requantised as the portable kernels do it, so the bytes are the same.

#[cfg(tinysolve_dsp)]
mod depthwise;
#[cfg(tinysolve_dsp)]
mod expand;
#[cfg(tinysolve_dsp)]
mod rows;
#[cfg(tinysolve_dsp)]
mod tile;

#[cfg(tinysolve_dsp)]
pub(super) use self::{depthwise::depthwise, expand::expand, rows::rows, tile::tile};
#[cfg(not(tinysolve_dsp))]
pub(super) use portable::{depthwise, expand, rows, tile};

/// Whether a slice starts at a multiple of 4.
#[cfg(tinysolve_dsp)]
fn aligned<T>(of: &[T]) -> bool {
    of.as_ptr().addr() & 3 == 0
}

/// The end of requantisation in the fast form that rounds twice: sum `$sum`, multiplier r9, offset r10, shift r11.
#[cfg(tinysolve_dsp)]
macro_rules! twice {
    ($sum:literal) => {
        concat!(
            "lsl ",
            $sum,
            ", ",
            $sum,
            ", #1\n",
            "smmulr ",
            $sum,
            ", ",
            $sum,
            ", r9\n",
            "add ",
            $sum,
            ", ",
            $sum,
            ", ",
            $sum,
            ", asr #31\n",
            "add ",
            $sum,
            ", r10\n",
            "asr ",
            $sum,
            ", r11\n",
            "ssat ",
            $sum,
            ", #8, ",
            $sum,
            "\n",
        )
    };
}

/// The same in the form that rounds once.
#[cfg(tinysolve_dsp)]
macro_rules! once {
    ($sum:literal) => {
        concat!(
            "smmul ", $sum, ", ", $sum, ", r9\n", "add ", $sum, ", r10\n", "asr ", $sum, ", r11\n", "ssat ", $sum,
            ", #8, ", $sum, "\n",
        )
    };
}

/// What the assembler must be told before it takes the instructions of the extension: nothing on Armv7E-M.
#[cfg(all(tinysolve_dsp, not(tinysolve_dsp_v8m)))]
macro_rules! extension {
    () => {
        ""
    };
}

/// On Armv8-M naked functions do not inherit the features of the core.
#[cfg(all(tinysolve_dsp, tinysolve_dsp_v8m))]
macro_rules! extension {
    () => {
        ".cpu cortex-m33"
    };
}

#[cfg(tinysolve_dsp)]
use {extension, once, twice};

#[cfg(not(tinysolve_dsp))]
mod portable {
    use core::cell::Cell;

    use crate::net::convolution::Place;
    use crate::net::layer::Layer;
    use crate::net::requantise::Rounding;
    use crate::net::strips::Strips;

    /// Four rows at a time over one pixel.
    pub(in crate::net) fn rows(_: &Strips<'_>, _: &[Cell<i16>], _: &[Cell<i8>], _: Rounding) -> bool {
        false
    }

    /// One row at a time over four pixels.
    pub(in crate::net) fn tile(_: &Strips<'_>, _: &[Cell<i16>], _: &[Cell<i8>], _: Rounding) -> bool {
        false
    }

    /// Widens whole groups; answers the bytes that are left, and how many groups were done.
    pub(in crate::net) fn expand<'a>(
        from: &'a [Cell<i8>],
        _: &[Cell<i16>],
        _: i16,
        _: Place,
    ) -> (&'a [Cell<i8>], usize) {
        (from, 0)
    }

    /// One row of a depthwise layer of 3 x 3, out of a ring of rows whose first is `first`.
    pub(in crate::net) fn depthwise(
        _: &Layer,
        _: &[i32],
        _: &[Cell<i8>],
        _: usize,
        _: &[Cell<i8>],
        _: Rounding,
    ) -> bool {
        false
    }
}
