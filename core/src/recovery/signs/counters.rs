//! Counters of one bit in each of many places: bit k of all counts lies in plane k, so 32 counters step at once.

use crate::real::Real;

/// Words that are added together; the carry-save adders for eight take seven times five operations.
pub(super) const BLOCK: usize = 8;
/// The planes below the carry of a block.
const LOW: usize = 3;

/// Planes for counts up to `count`.
pub(super) const fn planes(count: usize) -> usize {
    let bits = (usize::BITS - count.leading_zeros()) as usize;
    if bits > LOW + 1 { bits } else { LOW + 1 }
}

pub(super) struct Counters<'a> {
    /// The planes of a word lie together.
    words: &'a mut [u32],
    planes: usize,
}

/// Sum and carry of three bits in each place.
#[inline]
const fn add3(a: u32, b: u32, c: u32) -> (u32, u32) {
    let half = a ^ b;
    (half ^ c, (a & b) | (half & c))
}

impl<'a> Counters<'a> {
    pub(super) const fn new(words: &'a mut [u32], count: usize) -> Self {
        Self { words, planes: planes(count) }
    }

    /// Counts the bits of eight rows, `block` holding the eight words of each place together; bits of a row whose mask is
    /// all ones are turned round first.
    #[inline(never)]
    pub(super) fn add(&mut self, block: &[u32], masks: [u32; BLOCK]) {
        let [m0, m1, m2, m3, m4, m5, m6, m7] = masks;
        for (words, planes) in block.as_chunks::<BLOCK>().0.iter().zip(self.words.chunks_exact_mut(self.planes.max(1)))
        {
            let [w0, w1, w2, w3, w4, w5, w6, w7] = *words;
            let Some((low, high)) = planes.split_first_chunk_mut::<LOW>() else { return };
            let [ones, twos, fours] = *low;
            let (ones, twos_a) = add3(ones, w0 ^ m0, w1 ^ m1);
            let (ones, twos_b) = add3(ones, w2 ^ m2, w3 ^ m3);
            let (twos, fours_a) = add3(twos, twos_a, twos_b);
            let (ones, twos_a) = add3(ones, w4 ^ m4, w5 ^ m5);
            let (ones, twos_b) = add3(ones, w6 ^ m6, w7 ^ m7);
            let (twos, fours_b) = add3(twos, twos_a, twos_b);
            let (fours, mut carry) = add3(fours, fours_a, fours_b);
            *low = [ones, twos, fours];
            for plane in high {
                let sum = *plane ^ carry;
                carry &= *plane;
                *plane = sum;
            }
        }
    }

    /// Writes 2 count - `total` for each place: the sum of `total` signs.
    pub(super) fn values<T: Real>(&self, total: usize, out: &mut [T]) {
        let total = T::from_u32(u32::try_from(total).unwrap_or(u32::MAX));
        for (planes, out) in self.words.chunks_exact(self.planes.max(1)).zip(out.chunks_mut(32)) {
            for (bit, out) in out.iter_mut().enumerate() {
                let count = planes.iter().rev().fold(0, |count, plane| count << 1 | (plane >> bit) & 1);
                *out = T::from_u32(count) * T::TWO - total;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Xoshiro128;
    use std::vec;

    #[test]
    fn counts_are_those_of_single_bits() {
        let mut rng = Xoshiro128::new(5);
        for total in [1, 7, 8, 100, 255, 256, 1500] {
            let mut words = vec![0; 2 * planes(total)];
            let mut counters = Counters::new(&mut words, total);
            let mut exact = [0_i32; 64];
            let mut left = total;
            while left > 0 {
                let here = left.min(BLOCK);
                left -= here;
                let (mut block, mut masks) = ([0; 2 * BLOCK], [0; BLOCK]);
                for slot in 0..here {
                    let negative = rng.word() & 1 == 1;
                    masks[slot] = if negative { u32::MAX } else { 0 };
                    for word in 0..2 {
                        let bits = if total == 255 { u32::MAX } else { rng.word() };
                        block[word * BLOCK + slot] = bits;
                        for bit in 0..32 {
                            let sign = if (bits >> bit) & 1 == 1 { 1 } else { -1 };
                            exact[word * 32 + bit] += if negative { -sign } else { sign };
                        }
                    }
                }
                counters.add(&block, masks);
            }
            let mut out = [0.0_f32; 64];
            counters.values(total, &mut out);
            assert!(out.iter().zip(exact).all(|(got, exact)| *got == exact as f32), "{total}");
        }
    }
}
