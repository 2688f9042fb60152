//! Layers that go byte by byte: sums, products, tables, limits, softmax.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "fixed-point arithmetic: every cut is the reference's own"
)]

use core::cell::Cell;

use super::layer::Layer;
use super::requantise::{Rounding, Row, byte, doubling_high};

/// The second operand: in the arena or among the constants.
#[derive(Clone, Copy)]
pub(super) enum Operand<'a> {
    Tensor(&'a [Cell<i8>]),
    Constant(&'a [i8]),
}

impl Operand<'_> {
    /// Calls `work` for every output with both operands, the second repeated.
    #[inline]
    fn each(self, input: &[Cell<i8>], output: &[Cell<i8>], work: impl Fn(i8, i8) -> i8) {
        match self {
            Self::Tensor(second) => {
                let len = second.len().max(1);
                for (input, output) in input.chunks(len).zip(output.chunks(len)) {
                    for ((a, b), out) in input.iter().zip(second).zip(output) {
                        out.set(work(a.get(), b.get()));
                    }
                }
            }
            Self::Constant(second) => {
                let len = second.len().max(1);
                for (input, output) in input.chunks(len).zip(output.chunks(len)) {
                    for ((a, b), out) in input.iter().zip(second).zip(output) {
                        out.set(work(a.get(), *b));
                    }
                }
            }
        }
    }
}

/// Place in a table of 256: from -128 up.
fn place(value: i8) -> usize {
    usize::from(value.cast_unsigned() ^ 0x80)
}

pub(super) fn add(
    layer: &Layer,
    [first, second]: [&[i32; 256]; 2],
    row: &[i32; 4],
    input: &[Cell<i8>],
    operand: Operand<'_>,
    output: &[Cell<i8>],
) {
    let row = Row::from_words(*row);
    let term = |table: &[i32; 256], value| table.get(place(value)).copied().unwrap_or(0);
    if layer.has(Layer::SINGLE) || layer.has(Layer::SAFE) {
        let rounding = Rounding::of(layer.has(Layer::SINGLE), layer.has(Layer::SAFE));
        operand.each(input, output, |a, b| row.output(term(first, a).wrapping_add(term(second, b)), rounding));
    } else {
        operand.each(input, output, |a, b| row.output(term(first, a).wrapping_add(term(second, b)), Rounding::Double));
    }
}

pub(super) fn multiply(layer: &Layer, row: &[i32; 4], input: &[Cell<i8>], operand: Operand<'_>, output: &[Cell<i8>]) {
    let rounding = Rounding::of(layer.has(Layer::SINGLE), layer.has(Layer::SAFE));
    let row = Row::from_words(*row);
    let [zero, _, zero_second] = layer.zero.map(i32::from);
    operand.each(input, output, |a, b| row.output((i32::from(a) - zero) * (i32::from(b) - zero_second), rounding));
}

pub(super) fn table(table: &[i8; 256], input: &[Cell<i8>], output: &[Cell<i8>]) {
    for (value, out) in input.iter().zip(output) {
        out.set(table.get(place(value.get())).copied().unwrap_or(0));
    }
}

pub(super) fn clamp(layer: &Layer, output: &[Cell<i8>]) {
    let [low, high] = layer.clamp;
    for out in output {
        out.set(out.get().min(high).max(low));
    }
}

/// Softmax of every row of channels. The table holds exp(-d s) as a fraction of 2^31 for d from 0 to 255; it is 0 where the
/// reference answers with the least output without looking further.
pub(super) fn softmax(layer: &Layer, table: &[i32; 256], input: &[Cell<i8>], output: &[Cell<i8>]) {
    let channels = usize::from(layer.shape[2]).max(1);
    for (input, output) in input.chunks(channels).zip(output.chunks(channels)) {
        let most = input.iter().fold(i8::MIN, |most, value| most.max(value.get()));
        let power = |value: i8| {
            let below = i32::from(most) - i32::from(value);
            table.get((below & 0xff).cast_unsigned() as usize).copied().unwrap_or(0)
        };
        let sum = input.iter().fold(0_i32, |sum, value| {
            // As a rounded shift of a number that is not negative.
            let power = power(value.get());
            sum.wrapping_add((power >> 12) + (power >> 11 & 1))
        });
        let zeros = sum.leading_zeros();
        let scale = reciprocal(sum.wrapping_shl(zeros).wrapping_sub(i32::MIN));
        // From Q0.31 times the power of two taken out of the sum to a byte: bits to spare are 12 - zeros.
        let shift = 35_u32.saturating_sub(zeros).min(31);
        let half = 1_i32.wrapping_shl(shift.saturating_sub(1));
        for (value, out) in input.iter().zip(output) {
            // Neither factor is negative, so ties that go up go away from zero too.
            let product = (i64::from(power(value.get())) * i64::from(scale) + (1 << 30)) >> 31;
            let product = product as u32;
            let share = if shift == 0 { product } else { product.wrapping_add(half.cast_unsigned()) >> shift };
            out.set(byte(share.min(512).cast_signed() - 128));
        }
    }
}

/// 1 / (1 + x) of x in [0, 1), both as fractions of 2^31, by three Newton steps from the best linear guess.
fn reciprocal(x: i32) -> i32 {
    /// 48/17 and -32/17 with two bits before the point.
    const GUESS: [i32; 2] = [1_515_870_810, -1_010_580_540];
    // The mean of x and 1, rounded away from zero; it is never negative.
    let half = ((i64::from(x) + i64::from(i32::MAX) + 1) >> 1) as i32;
    let mut y = GUESS[0].wrapping_add(doubling_high(half, GUESS[1]));
    for _ in 0..3 {
        let error = (1 << 29) - doubling_high(half, y);
        let step = i64::from(doubling_high(y, error)) << 2;
        y = y.wrapping_add(step.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32);
    }
    (i64::from(y) << 1).min(i64::from(i32::MAX)) as i32
}
