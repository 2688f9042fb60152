//! Layers that go byte by byte: sums, products, tables, limits, softmax.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "fixed-point arithmetic: every cut is the reference's own"
)]

use core::cell::Cell;

use super::dsp::{high_half, high_half_plus};
use super::layer::Layer;
use super::requantise::{Rounding, Row, byte};

/// The second operand: in the arena or among the constants; repeated if it is shorter.
#[derive(Clone, Copy)]
pub(super) enum Operand<'a> {
    Tensor(&'a [Cell<i8>]),
    Constant(&'a [i8]),
}

impl Operand<'_> {
    fn len(self) -> usize {
        match self {
            Self::Tensor(cells) => cells.len(),
            Self::Constant(bytes) => bytes.len(),
        }
    }

    fn get(self, at: usize) -> Option<i8> {
        match self {
            Self::Tensor(cells) => cells.get(at).map(Cell::get),
            Self::Constant(bytes) => bytes.get(at).copied(),
        }
    }
}

/// Place in a table of 256: from 0 to 127, then from -128 to -1, which costs nothing to find.
fn place(value: i8) -> usize {
    usize::from(value.cast_unsigned())
}

/// What is made of two bytes before requantisation.
#[derive(Clone, Copy)]
pub(super) enum Combine<'a> {
    /// The sum of a term each, by tables.
    Sum([&'a [i32; 256]; 2]),
    /// The product, zero points taken off.
    Product,
}

fn sum([first, second]: [&[i32; 256]; 2], a: i8, b: i8) -> i32 {
    let term = |table: &[i32; 256], value| table.get(place(value)).copied().unwrap_or(0);
    term(first, a).wrapping_add(term(second, b))
}

#[inline(never)]
pub(super) fn combine(
    layer: &Layer,
    kind: Combine<'_>,
    row: &[i32; 4],
    input: &[Cell<i8>],
    operand: Operand<'_>,
    output: &[Cell<i8>],
) {
    let row = Row::from_words(*row);
    let rounding = Rounding::of(layer.has(Layer::SINGLE), layer.has(Layer::SAFE));
    if let (Combine::Sum(tables), Operand::Tensor(second), Rounding::Double) = (kind, operand, rounding)
        && second.len() == output.len()
    {
        // The common case has a loop of its own, which asks nothing.
        for ((a, b), out) in input.iter().zip(second).zip(output) {
            out.set(row.output(sum(tables, a.get(), b.get()), Rounding::Double));
        }
        return;
    }
    let [zero, _, zero_second] = layer.zero.map(i32::from);
    let len = operand.len().max(1);
    for (input, output) in input.chunks(len).zip(output.chunks(len)) {
        for (at, (a, out)) in input.iter().zip(output).enumerate() {
            let b = operand.get(at).unwrap_or(0);
            let sum = match kind {
                Combine::Sum(tables) => sum(tables, a.get(), b),
                Combine::Product => (i32::from(a.get()) - zero) * (i32::from(b) - zero_second),
            };
            out.set(row.output(sum, rounding));
        }
    }
}

#[inline(never)]
pub(super) fn table(table: &[i8; 256], input: &[Cell<i8>], output: &[Cell<i8>]) {
    for (value, out) in input.iter().zip(output) {
        out.set(table.get(place(value.get())).copied().unwrap_or(0));
    }
}

#[inline(never)]
pub(super) fn clamp(layer: &Layer, output: &[Cell<i8>]) {
    let [low, high] = layer.clamp;
    for out in output {
        out.set(out.get().min(high).max(low));
    }
}

/// Softmax of every row of channels. The table holds exp(-d s) as a fraction of 2^31 for d from 0 to 255; it is 0 where the
/// reference answers with the least output without looking further.
#[inline(never)]
pub(super) fn softmax(layer: &Layer, table: &[i32; 256], input: &[Cell<i8>], output: &[Cell<i8>]) {
    let channels = usize::from(layer.shape[2]).max(1);
    for (input, output) in input.chunks_exact(channels).zip(output.chunks_exact(channels)) {
        softmax_row(table, input, output);
    }
}

#[inline]
fn softmax_row(table: &[i32; 256], input: &[Cell<i8>], output: &[Cell<i8>]) {
    let (fours, rest) = input.as_chunks::<4>();
    let max = |most: i32, value: &Cell<i8>| most.max(i32::from(value.get()));
    let mut most = rest.iter().fold(i32::from(i8::MIN), max);
    for [a, b, c, d] in fours {
        most = max(max(max(max(most, a), b), c), d);
    }
    let most = most as i8;
    let all = u32::from_le_bytes([turned(most); 4]);
    let power = |below: u8| table.get(usize::from(below)).copied().unwrap_or(0);
    let below = |value: &Cell<i8>| most.wrapping_sub(value.get()).cast_unsigned();
    // As a rounded shift of a number that is not negative.
    let add = |sum: u32, below| sum.wrapping_add(power(below).cast_unsigned().wrapping_add(1 << 11) >> 12);
    let mut sum = rest.iter().fold(0_u32, |sum, value| add(sum, below(value)));
    for four in fours {
        let [a, b, c, d] = all_below(all, four);
        sum = add(add(add(add(sum, a), b), c), d);
    }
    let zeros = sum.leading_zeros();
    let scale = reciprocal(sum.wrapping_shl(zeros).cast_signed().wrapping_sub(i32::MIN));
    // The reference rounds twice: the high half of the doubled product, then that by as many bits as lead from Q0.31 times
    // the power of two taken out of the sum to a byte. The doubled scale is 1 and more, so it wraps, and what is lost is
    // the power itself. Nothing is negative, so ties that go up go away from zero.
    let (twice, shift) = (scale.wrapping_shl(1), (35 - zeros).min(31));
    let half = 1_u32 << (shift - 1);
    let share = |below: u8| {
        let power = power(below);
        let high = high_half_plus(power, twice, power).cast_unsigned();
        byte((high.wrapping_add(half) >> shift).cast_signed() - 128)
    };
    let (outputs, rest_out) = output.as_chunks::<4>();
    for (four, [to_a, to_b, to_c, to_d]) in fours.iter().zip(outputs) {
        let [a, b, c, d] = all_below(all, four);
        to_a.set(share(a));
        to_b.set(share(b));
        to_c.set(share(c));
        to_d.set(share(d));
    }
    for (value, out) in rest.iter().zip(rest_out) {
        out.set(share(below(value)));
    }
}

/// Signs turned, bytes keep their order without a sign.
fn turned(value: i8) -> u8 {
    value.cast_unsigned() ^ 0x80
}

/// How far four bytes lie below the largest one, which comes turned and four times, in one subtraction: nothing is borrowed
/// from byte to byte.
#[inline]
fn all_below(most: u32, [a, b, c, d]: &[Cell<i8>; 4]) -> [u8; 4] {
    let values = u32::from_le_bytes([a.get(), b.get(), c.get(), d.get()].map(i8::cast_unsigned));
    most.wrapping_sub(values ^ 0x8080_8080).to_le_bytes()
}

/// 1 / (1 + x) of x in [0, 1), both as fractions of 2^31, by three Newton steps from the best linear guess.
fn reciprocal(x: i32) -> i32 {
    /// 48/17 and -64/17 with two bits before the point.
    const GUESS: [i32; 2] = [1_515_870_810, -2_021_161_080];
    // The reference's high halves of doubled products: one factor is doubled instead, which is less than half of a word.
    // The mean of x and 1, rounded away from zero; it is never negative.
    let half = (x >> 1) + (1 << 30);
    let mut y = high_half_plus(half, GUESS[1], GUESS[0]);
    for _ in 0..3 {
        let twice = y.wrapping_shl(1);
        let step = high_half((1_i32 << 29).wrapping_sub(high_half(half, twice)), twice);
        let double = step.saturating_add(step);
        y = y.wrapping_add(double.saturating_add(double));
    }
    y.saturating_add(y)
}
