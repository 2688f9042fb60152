//! A row of a depthwise layer of 3 x 3, four channels at a time.
#![allow(unsafe_code, reason = "a naked function and the pointers it takes")]

use core::cell::Cell;

use super::extension;
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

/// Two taps of four channels, in r8 and r9: pairs by channel, against four words of weights.
macro_rules! pair {
    () => {
        concat!(
            "sxtb16 r10, r8\n",
            "sxtb16 r8, r8, ror #8\n",
            "sxtb16 r11, r9\n",
            "sxtb16 r9, r9, ror #8\n",
            "pkhbt r12, r10, r11, lsl #16\n",
            "pkhtb r10, r11, r10, asr #16\n",
            "pkhbt r11, r8, r9, lsl #16\n",
            "pkhtb r8, r9, r8, asr #16\n",
            "ldrd r2, r3, [r0], #8\n",
            "smlad r4, r12, r2, r4\n",
            "smlad r5, r11, r3, r5\n",
            "ldrd r2, r3, [r0], #8\n",
            "smlad r6, r10, r2, r6\n",
            "smlad r7, r8, r3, r7\n",
        )
    };
}

/// Sums are doubled already.
macro_rules! finish {
    ($sum:literal) => {
        concat!(
            "ldm r0!, {{r8-r10}}\n",
            "smmulr ",
            $sum,
            ", ",
            $sum,
            ", r8\n",
            "add ",
            $sum,
            ", ",
            $sum,
            ", ",
            $sum,
            ", asr #31\n",
            "add ",
            $sum,
            ", r9\n",
            "asr ",
            $sum,
            ", r10\n",
            "ssat ",
            $sum,
            ", #8, ",
            $sum,
            "\n",
        )
    };
}

#[unsafe(naked)]
unsafe extern "C" fn row(arguments: *const Arguments) {
    core::arch::naked_asm!(
        extension!(),
        "push {{r4-r11, lr}}",
        "sub sp, sp, #8",
        "ldm r0, {{r1-r9}}",
        "push {{r1-r9}}",
        "mov r0, r5",
        "mov lr, r9",
        // Four channels: r0 walks over their constants, r1 over the pixels.
        "1:",
        "ldr r12, [sp, #20]",
        "ldr r2, [sp, #28]",
        "ldr r1, [sp]",
        "mla r2, r2, lr, r12",
        "str r12, [sp, #36]",
        "str r2, [sp, #40]",
        "add r12, r12, #4",
        "add r2, r1, #4",
        "str r12, [sp, #20]",
        "str r2, [sp]",
        // A pixel.
        "2:",
        "ldm r0!, {{r4-r7}}",
        "ldr r8, [r1]",
        "ldr r9, [r1, lr]",
        pair!(),
        "ldr r12, [sp, #4]",
        "ldr r8, [r1, lr, lsl #1]",
        "add r1, r1, r12",
        "ldr r9, [r1]",
        pair!(),
        "ldr r8, [r1, lr]",
        "ldr r9, [r1, lr, lsl #1]",
        pair!(),
        "ldr r12, [sp, #8]",
        "add r1, r1, r12",
        "ldr r8, [r1]",
        "ldr r9, [r1, lr]",
        pair!(),
        "ldr r12, [sp, #12]",
        "ldr r8, [r1, lr, lsl #1]",
        "ldrd r2, r3, [r0], #8",
        "add r1, r1, r12",
        "sxtb16 r9, r8",
        "sxtb16 r8, r8, ror #8",
        "smlabb r4, r9, r2, r4",
        "smlatt r6, r9, r2, r6",
        "smlabb r5, r8, r3, r5",
        "smlatt r7, r8, r3, r7",
        "ldr r11, [sp, #36]",
        "ldr r12, [sp, #40]",
        finish!("r4"),
        finish!("r5"),
        finish!("r6"),
        finish!("r7"),
        "strb r5, [r11, #1]",
        "strb r6, [r11, #2]",
        "strb r7, [r11, #3]",
        "strb r4, [r11]",
        "add r11, r11, lr",
        "sub r0, r0, #136",
        "cmp r11, r12",
        "str r11, [sp, #36]",
        "bne 2b",
        "add r0, r0, #136",
        "ldr r12, [sp, #24]",
        "subs r12, r12, #1",
        "str r12, [sp, #24]",
        "bne 1b",
        "add sp, sp, #44",
        "pop {{r4-r11, pc}}",
    )
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
