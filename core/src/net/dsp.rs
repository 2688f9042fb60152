//! The hot loops for cores with the DSP extension; elsewhere nothing is done here, and the answer says so.
//!
//! The functions in the files beside are naked: the inner loops need every register, two of which the compiler keeps for
//! itself in inline assembly. What they read and write is checked here, in safe code, before each call. Sums wrap and are
//! requantised as the portable kernels do it, so the bytes are the same.

/// Windows of neighbouring pixels that all lie inside the input.
#[cfg_attr(not(tinysolve_dsp), allow(dead_code, reason = "nobody walks without the extension"))]
pub(super) struct Walk {
    /// Bytes from a row of a window to the next.
    pub(super) line: usize,
    /// Rows of a window.
    pub(super) rows: usize,
    /// Groups of four bytes in a row.
    pub(super) groups: usize,
    /// Bytes from a window to the next.
    pub(super) step: usize,
    /// Windows, up to four.
    pub(super) pixels: usize,
}

#[cfg(tinysolve_dsp)]
mod depthwise;
#[cfg(tinysolve_dsp)]
mod expand;
#[cfg(tinysolve_dsp)]
mod gather;
#[cfg(tinysolve_dsp)]
mod rows;
#[cfg(tinysolve_dsp)]
mod tile;

#[cfg(tinysolve_dsp)]
pub(super) use self::{
    depthwise::Depthwise,
    expand::{copy, expand, fill},
    gather::gather,
    rows::rows,
    tile::tile,
};
#[cfg(not(tinysolve_dsp))]
pub(super) use portable::{Depthwise, copy, expand, fill, gather, rows, tile};

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

    use super::Walk;
    use crate::net::gather::Place;
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

    /// Zeros for whole groups.
    pub(in crate::net) fn fill(_: &[Cell<i16>], _: usize, _: Place) -> bool {
        false
    }

    /// Windows of a tile.
    pub(in crate::net) fn gather(_: &[Cell<i8>], _: &Walk, _: &[Cell<i16>], _: i16) -> bool {
        false
    }

    /// Copies whole pieces; answers how many bytes.
    pub(in crate::net) fn copy(_: &[Cell<i8>], _: &[Cell<i8>]) -> usize {
        0
    }

    /// A depthwise layer of 3 x 3.
    pub(in crate::net) enum Depthwise {}

    impl Depthwise {
        pub(in crate::net) fn new(_: &Layer, _: &[i32], _: &[Cell<i8>], _: Rounding) -> Option<Self> {
            None
        }

        /// One row.
        pub(in crate::net) fn row(&self, _: usize, _: &[Cell<i8>]) -> bool {
            match *self {}
        }
    }
}
