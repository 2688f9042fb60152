//! The hot loops: for cores with the DSP extension, and portable ones for all others.
//!
//! The functions for the extension are naked: the inner loops need every register, two of which the compiler keeps for
//! itself in inline assembly. What they read and write is checked here, in safe code, before each call. Sums wrap and are
//! requantised as the portable kernels do it, so the bytes are the same.

#[cfg(tinysolve_dsp)]
mod copy;
#[cfg(tinysolve_dsp)]
mod depthwise;
#[cfg(tinysolve_dsp)]
mod gather;
#[cfg(tinysolve_helium)]
pub(super) mod helium;
#[cfg(tinysolve_dsp)]
mod high_half;
#[cfg(not(tinysolve_dsp))]
mod portable;
#[cfg(tinysolve_dsp)]
mod rows;
#[cfg(tinysolve_dsp)]
mod strips;
#[cfg(tinysolve_dsp)]
mod tile;

#[cfg(not(tinysolve_dsp))]
pub(super) use portable::{Depthwise, copy, fill, gather, high_half, high_half_plus, rows, tile};
#[cfg(tinysolve_dsp)]
pub(super) use {
    copy::copy,
    depthwise::Depthwise,
    gather::{fill, gather},
    high_half::{high_half, high_half_plus},
    rows::rows,
    tile::tile,
};

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
            "lsls ",
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
