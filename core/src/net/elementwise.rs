//! Layers that go byte by byte: sums, products, tables, limits, softmax.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "fixed-point arithmetic: every cut is the reference's own"
)]

use core::cell::Cell;

use super::layer::Layer;
use super::requantise::{Rounding, Row, byte};

/// The second operand: in the arena or among the constants; repeated if it is shorter.
#[derive(Clone, Copy)]
pub(super) enum Operand<'a> {
    Tensor(&'a [Cell<i8>]),
    Constant(&'a [i8]),
}

impl Operand<'_> {
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
    let mut at = 0;
    for (a, out) in input.iter().zip(output) {
        let Some(b) = operand.get(at).or_else(|| {
            at = 0;
            operand.get(0)
        }) else {
            return;
        };
        at += 1;
        let sum = match kind {
            Combine::Sum(tables) => sum(tables, a.get(), b),
            Combine::Product => (i32::from(a.get()) - zero) * (i32::from(b) - zero_second),
        };
        out.set(row.output(sum, rounding));
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
    let most = each(input, i32::from(i8::MIN), |most, value| most.max(i32::from(value)));
    // Powers are not negative.
    let power = |value: i8| {
        let below = usize::from((most as i8).wrapping_sub(value).cast_unsigned());
        table.get(below).map_or(0, |power| power.cast_unsigned())
    };
    // As a rounded shift of a number that is not negative.
    let sum = each(input, 0_u32, |sum, value| sum.wrapping_add(power(value).wrapping_add(1 << 11) >> 12));
    let zeros = sum.leading_zeros();
    let scale = reciprocal(sum.wrapping_shl(zeros).cast_signed().wrapping_sub(i32::MIN));
    let scale = u64::from(scale.cast_unsigned());
    // The reference rounds twice: the high half of the doubled product, then that by as many bits as lead from Q0.31 times
    // the power of two taken out of the sum to a byte, 35 - zeros, of at least 3. Nothing is negative, so ties that go up go
    // away from zero, and both roundings are one shift of one sum, 1 bit more than its low word.
    let shift = (34 - zeros).min(30);
    let halves = (u64::from(1_u32 << (shift - 1)) << 32) + (1 << 30);
    let share = |value: i8| {
        let high = ((u64::from(power(value)) * scale + halves) >> 32) as i32;
        byte((high >> shift) - 128)
    };
    let (inputs, rest) = input.as_chunks::<4>();
    let (outputs, rest_out) = output.as_chunks::<4>();
    for ([a, b, c, d], [to_a, to_b, to_c, to_d]) in inputs.iter().zip(outputs) {
        to_a.set(share(a.get()));
        to_b.set(share(b.get()));
        to_c.set(share(c.get()));
        to_d.set(share(d.get()));
    }
    for (value, out) in rest.iter().zip(rest_out) {
        out.set(share(value.get()));
    }
}

/// A fold, four at a time.
#[inline]
fn each<S>(cells: &[Cell<i8>], start: S, step: impl Fn(S, i8) -> S) -> S {
    let (fours, rest) = cells.as_chunks::<4>();
    let mut state = start;
    for [a, b, c, d] in fours {
        state = step(step(step(step(state, a.get()), b.get()), c.get()), d.get());
    }
    rest.iter().fold(state, |state, value| step(state, value.get()))
}

/// 1 / (1 + x) of x in [0, 1), both as fractions of 2^31, by three Newton steps from the best linear guess.
fn reciprocal(x: i32) -> i32 {
    /// 48/17 and -64/17 with two bits before the point.
    const GUESS: [i32; 2] = [1_515_870_810, -2_021_161_080];
    // The reference's high half of the doubled product, one factor of which comes doubled: no quotient or step on the way
    // is as large as half of a word.
    let high = |a: i32, twice: i32| ((i64::from(a) * i64::from(twice) + (1 << 31)) >> 32) as i32;
    // The mean of x and 1, rounded away from zero; it is never negative.
    let half = (x >> 1) + (1 << 30);
    let mut y = GUESS[0].wrapping_add(high(half, GUESS[1]));
    for _ in 0..3 {
        let twice = y.wrapping_shl(1);
        let step = high((1_i32 << 29).wrapping_sub(high(half, twice)), twice);
        let double = step.saturating_add(step);
        y = y.wrapping_add(double.saturating_add(double));
    }
    y.saturating_add(y)
}
