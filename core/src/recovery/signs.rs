//! Measurements with coefficients +1 and -1 drawn from a seed: no multiplication, and a bit for each coefficient.

mod counters;

use core::ops::Range;

use self::counters::{BLOCK, Counters};
use super::dense::{HALF_ROOT, check_size};
use super::measurement::{Collect, Factors, Measurement, Shape};
use super::stream::Streams;
use super::sums::{Sums, expand};
use crate::error::{self, Error, Field};
use crate::real::Real;

/// Coefficients in a word.
const WORD: usize = 32;
/// Groups of four coefficients in a word, and sums kept for each: those of the other eight sign patterns are their negatives.
const GROUPS: usize = 8;
const PATTERNS: usize = 8;

/// Measurements with coefficients +1 and -1 that are drawn again in every pass, row by row from streams of their own: nothing
/// but a seed is stored, and who measures draws the same rows in any order with [`row`](Self::row). The best choice for a
/// chip.
///
/// <A, X> = sum of a_ii x_ii + sqrt(2) sum over j < i of a_ij x_ij for symmetric X: the scaling contract holds with unit 1.
///
/// Residuals are added up from tables of the signed sums of each four elements of X; the sum of sgn(residual) A is counted in
/// bit planes, 32 coefficients at once, eight measurements together. So a pass has m `shape.len()` / 4 additions in floating
/// point where a plain loop has 2 m `shape.len()`. On a Cortex-M4F that is 1.96 instructions for each addition of the plain
/// loop (n = 50); by count the method could not do with less than about 1.2.
#[derive(Debug)]
pub struct SignMeasurement<'a, T> {
    shape: Shape,
    count: usize,
    streams: Streams,
    /// Tables of signed sums during a pass, S between passes.
    tables: &'a mut [T],
    /// Sign words of the measurements of a block.
    block: &'a mut [u32],
    /// Bit planes of the counters.
    planes: &'a mut [u32],
}

impl<'a, T: Real> SignMeasurement<'a, T> {
    /// `count` measurements of this seed; `scratch` has [`scratch_len`](Self::scratch_len) elements and `words`
    /// [`words_len`](Self::words_len).
    ///
    /// # Errors
    /// `OutOfRange` (size 0, no measurement), `TooLarge`, `Length` (scratch; the words are `Field::Bytes`).
    pub fn new(
        shape: Shape,
        count: usize,
        seed: u64,
        scratch: &'a mut [T],
        words: &'a mut [u32],
    ) -> Result<Self, Error> {
        check_size(shape, count)?;
        let (need, need_words) = (Self::scratch_len(shape), Self::words_len(shape, count));
        let (got, got_words) = (scratch.len(), words.len());
        let tables = scratch.get_mut(..need).ok_or(Error::Length { field: Field::Scratch, need, got })?;
        error::at_least(Field::Bytes, need_words, got_words)?;
        let short = Error::Length { field: Field::Bytes, need: need_words, got: got_words };
        let row = Self::row_len(shape);
        let (block, rest) = words.split_at_mut_checked(row.saturating_mul(BLOCK)).ok_or(short)?;
        let (planes, _) = rest.split_at_mut_checked(row.saturating_mul(counters::planes(count))).ok_or(short)?;
        Ok(Self { shape, count, streams: Streams::new(seed), tables, block, planes })
    }

    /// Words of a row: `shape.len()` / 32, rounded up.
    #[must_use]
    pub const fn row_len(shape: Shape) -> usize {
        shape.len().div_ceil(WORD)
    }

    /// Elements of scratch memory: 64 for each word of a row, about 2 `shape.len()`.
    #[must_use]
    pub const fn scratch_len(shape: Shape) -> usize {
        Self::row_len(shape).saturating_mul(GROUPS * PATTERNS)
    }

    /// Words of scratch memory: eight rows, and one for each bit of a count up to `count`.
    #[must_use]
    pub const fn words_len(shape: Shape, count: usize) -> usize {
        Self::row_len(shape).saturating_mul(BLOCK + counters::planes(count))
    }

    /// Signs of measurement `index` of this seed, least significant bit first, 1 for +1: rows of the lower triangle or full
    /// rows. Bits past `shape.len()` mean nothing.
    pub fn row(seed: u64, index: usize, out: &mut [u32]) {
        draw(Streams::new(seed), index, out);
    }

    /// Fills the tables from a flat X that lies at the end of them.
    fn build(&mut self, x: Factors<'_, T>) {
        let len = self.shape.len();
        let start = self.tables.len().saturating_sub(len);
        let Some(flat) = self.tables.get_mut(start..) else { return };
        expand(self.shape, T::from_f64(core::f64::consts::SQRT_2), x, flat);
        // Table k takes elements 8 k to 8 k + 7 and is made of elements from start + 4 k on, which lie behind it, until
        // the very end where the tables are those of padding. Each group is read before its table is written.
        let groups = self.tables.len() / PATTERNS;
        for group in 0..groups {
            let element = |k: usize| {
                let index = 4 * group + k;
                if index < len { self.tables.get(start + index).copied().unwrap_or(T::ZERO) } else { T::ZERO }
            };
            let [a, b, c, d] = [element(0), element(1), element(2), element(3)];
            let Some(table) = self.tables.get_mut(group * PATTERNS..).and_then(|rest| rest.first_chunk_mut()) else {
                return;
            };
            let (high, low) = (d + c, d - c);
            let (plus, minus) = (b + a, b - a);
            // Bit k of the place is the sign of element k relative to that of the fourth.
            *table = [
                low - plus,
                low - minus,
                low + minus,
                low + plus,
                high - plus,
                high - minus,
                high + minus,
                high + plus,
            ];
        }
    }
}

impl<T: Real> Measurement<T> for SignMeasurement<'_, T> {
    fn shape(&self) -> Shape {
        self.shape
    }

    fn count(&self) -> usize {
        self.count
    }

    fn granule(&self) -> usize {
        BLOCK
    }

    fn begin(&mut self, x: Factors<'_, T>, _: Collect) {
        self.build(x);
        self.planes.fill(0);
    }

    fn visit(&mut self, range: Range<usize>, _: Factors<'_, T>, y: &[T], residual: &mut dyn FnMut(T)) {
        let mut first = range.start;
        let mut counters = Counters::new(self.planes, self.count);
        for of_block in y.get(range).unwrap_or(&[]).chunks(BLOCK) {
            let mut masks = [0; BLOCK];
            for (slot, (y, mask)) in of_block.iter().zip(&mut masks).enumerate() {
                let difference = draw_and_sum(self.streams, first + slot, slot, self.tables, self.block) - *y;
                *mask = if difference < T::ZERO { u32::MAX } else { 0 };
                residual(difference);
            }
            for slot in of_block.len()..BLOCK {
                clear(slot, self.block);
            }
            counters.add(self.block, masks);
            first += BLOCK;
        }
    }

    fn finish(&mut self) {
        Counters::new(self.planes, self.count).values(self.count, self.tables);
    }

    fn sums(&self) -> Sums<'_, T> {
        Sums::new(self.shape, T::from_f64(HALF_ROOT), self.tables.get(..self.shape.len()).unwrap_or(&[]))
    }
}

fn draw(streams: Streams, index: usize, out: &mut [u32]) {
    let mut rng = streams.row(index);
    for out in out {
        *out = rng.word();
    }
}

/// Draws a row into its slot of the block, and answers <A, X>.
#[inline(never)]
fn draw_and_sum<T: Real>(streams: Streams, index: usize, slot: usize, tables: &[T], block: &mut [u32]) -> T {
    let mut rng = streams.row(index);
    let mut sum = T::ZERO;
    for (column, tables) in
        block.as_chunks_mut::<BLOCK>().0.iter_mut().zip(tables.as_chunks::<{ GROUPS * PATTERNS }>().0)
    {
        let word = rng.word();
        if let Some(place) = column.get_mut(slot) {
            *place = word;
        }
        sum += signed_sum(word, tables);
    }
    sum
}

/// Sum of 32 elements with the signs of a word.
#[inline]
fn signed_sum<T: Real>(word: u32, tables: &[T; GROUPS * PATTERNS]) -> T {
    // Where the fourth sign of a group is -, the other three are turned round, and the sum counts negative.
    let fourth = word & 0x8888_8888;
    let turned = word ^ (0x7777_7777 ^ (fourth - (fourth >> 3)));
    // Written out: compiled for size a loop over the groups takes half as many instructions again.
    let [a, b, c, d, e, f, g, h] = tables.as_chunks::<PATTERNS>().0 else { return T::ZERO };
    let sum = add_group(T::ZERO, turned, a);
    let sum = add_group(sum, turned >> 4, b);
    let sum = add_group(sum, turned >> 8, c);
    let sum = add_group(sum, turned >> 12, d);
    let sum = add_group(sum, turned >> 16, e);
    let sum = add_group(sum, turned >> 20, f);
    let sum = add_group(sum, turned >> 24, g);
    add_group(sum, turned >> 28, h)
}

/// Adds the sum that the lowest three bits choose, with the sign of the fourth.
#[inline]
fn add_group<T: Real>(sum: T, nibble: u32, table: &[T; PATTERNS]) -> T {
    let value = table.get((nibble & 7) as usize).copied().unwrap_or(T::ZERO);
    if nibble & 8 == 0 { sum - value } else { sum + value }
}

fn clear(slot: usize, block: &mut [u32]) {
    for column in block.as_chunks_mut::<BLOCK>().0 {
        if let Some(place) = column.get_mut(slot) {
            *place = 0;
        }
    }
}
