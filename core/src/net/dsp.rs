//! The hot loops: for cores with the DSP extension, for the Cortex-M3, and portable ones for all others.
//!
//! The functions for these cores are naked: the inner loops need every register, two of which the compiler keeps for
//! itself in inline assembly. What they read and write is checked here, in safe code, before each call. Sums wrap and are
//! requantised as the portable kernels do it, so the bytes are the same.

#[cfg(tinysolve_asm)]
mod copy;
#[cfg(tinysolve_asm)]
mod depthwise;
#[cfg(tinysolve_asm)]
mod gather;
#[cfg(tinysolve_helium)]
pub(super) mod helium;
#[cfg(tinysolve_dsp)]
mod high_half;
#[cfg(not(tinysolve_asm))]
mod portable;
#[cfg(tinysolve_asm)]
mod rows;
#[cfg(tinysolve_asm)]
mod strips;
#[cfg(tinysolve_asm)]
mod tile;
#[cfg(not(tinysolve_dsp))]
mod wide;

#[cfg(tinysolve_dsp)]
pub(super) use high_half::{high_half, high_half_plus};
#[cfg(not(tinysolve_asm))]
pub(super) use portable::{Depthwise, copy, fill, gather, rows, tile};
#[cfg(not(tinysolve_dsp))]
pub(super) use wide::{high_half, high_half_plus};
#[cfg(tinysolve_asm)]
pub(super) use {
    copy::copy,
    depthwise::Depthwise,
    gather::{fill, gather},
    rows::rows,
    tile::tile,
};

/// Whether a slice starts at a multiple of 4.
#[cfg(tinysolve_asm)]
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

/// The same without the extension, where the high half is one of two words and rounded by hand.
#[cfg(all(tinysolve_asm, not(tinysolve_dsp)))]
macro_rules! twice {
    ($sum:literal, $low:literal) => {
        concat!(
            "lsls ",
            $sum,
            ", ",
            $sum,
            ", #1\n",
            "smull ",
            $low,
            ", ",
            $sum,
            ", ",
            $sum,
            ", r9\n",
            "lsls ",
            $low,
            ", ",
            $low,
            ", #1\n",
            "adc ",
            $sum,
            ", ",
            $sum,
            ", #0\n",
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
#[cfg(all(tinysolve_asm, not(tinysolve_dsp)))]
macro_rules! once {
    ($sum:literal, $low:literal) => {
        concat!(
            "smull ", $low, ", ", $sum, ", ", $sum, ", r9\n", "add ", $sum, ", r10\n", "asr ", $sum, ", r11\n",
            "ssat ", $sum, ", #8, ", $sum, "\n",
        )
    };
}

/// What the assembler must be told before it takes the instructions of the extension: nothing on Armv7-M.
#[cfg(all(tinysolve_asm, not(tinysolve_dsp_v8m)))]
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

#[cfg(tinysolve_asm)]
use {extension, once, twice};
