//! Convolutions of 3 x 3 and 3 x 3 x 3 on slabs: lines of a plane, layers of a volume. Channels of a cell lie together, so
//! three neighbours along x are one run of numbers.

use super::weights::{Affine, LANES, Weight};
use crate::real::Real;

/// What becomes of a sum with its bias.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It is written.
    Linear,
    /// The larger of it and 0 is written.
    Rectified,
    /// The larger of it and 0 is added to what is there.
    Added,
}

/// A layer.
#[derive(Clone, Copy)]
pub(super) struct Convolution<'a, W> {
    /// Rows of one weight for each of eight outputs.
    pub(super) weights: &'a [[W; LANES]],
    pub(super) affine: Affine<'a>,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
}

/// A slab: `lines` lines of `nx` cells; one line in 2-D.
#[derive(Clone, Copy)]
pub(super) struct Slab {
    pub(super) nx: usize,
    pub(super) lines: usize,
    pub(super) is_solid: bool,
}

/// Slab `at` of a volume of slabs of `len` elements, or nothing.
#[inline]
pub(super) fn slab<E>(volume: &[E], len: usize, at: usize) -> Option<&[E]> {
    let start = at.checked_mul(len)?;
    volume.get(start..start.checked_add(len)?)
}

/// The same to be written.
#[inline]
pub(super) fn slab_mut<E>(volume: &mut [E], len: usize, at: usize) -> &mut [E] {
    let start = at.wrapping_mul(len);
    volume.get_mut(start..start.wrapping_add(len)).unwrap_or(&mut [])
}

impl<W: Weight> Convolution<'_, W> {
    /// A slab from the one before it, itself, and the one behind it.
    pub(super) fn run<T: Real>(&self, shape: Slab, from: [Option<&[T]>; 3], to: &mut [T], ending: Ending) {
        let of_line = shape.nx * self.inputs;
        for (y, to) in to.chunks_exact_mut((shape.nx * self.outputs).max(1)).enumerate() {
            let mut around = [None; 9];
            if shape.is_solid {
                for (place, around) in around.iter_mut().enumerate() {
                    // Line 0 has none before it: one less wraps to the largest number.
                    let (slice, line) = (place / 3, (y + place % 3).wrapping_sub(1));
                    *around = from.get(slice).copied().flatten().and_then(|slice| slab(slice, of_line, line));
                }
            } else {
                for (around, from) in around.iter_mut().zip(from) {
                    *around = from;
                }
            }
            self.line(&around, to, ending);
        }
    }

    /// A line from the lines around it.
    #[inline(never)]
    fn line<T: Real>(&self, around: &[Option<&[T]>; 9], to: &mut [T], ending: Ending) {
        let last = (to.len() / self.outputs.max(1)).wrapping_sub(1);
        let of_block = self.weights.len() / (self.outputs / LANES).max(1);
        for (x, cell) in to.chunks_exact_mut(self.outputs.max(1)).enumerate() {
            // The part of three taps that lies on the line.
            let (skipped, taps) = (usize::from(x == 0), 3 - usize::from(x == 0) - usize::from(x == last));
            let (from, len) = ((x + skipped).wrapping_sub(1) * self.inputs, taps * self.inputs);
            let blocks = cell.as_chunks_mut::<LANES>().0.iter_mut().zip(self.weights.chunks_exact(of_block.max(1)));
            for (block, (out, weights)) in blocks.enumerate() {
                let [mut s0, mut s1, mut s2, mut s3, mut s4, mut s5, mut s6, mut s7] = [T::ZERO; LANES];
                for (place, line) in around.iter().enumerate() {
                    let start = (3 * place + skipped) * self.inputs;
                    let Some(values) = line.and_then(|line| line.get(from..from + len)) else { continue };
                    let Some(weights) = weights.get(start..start + len) else { continue };
                    // Written out: as a loop over lanes it is one, of three times the instructions, where size comes first.
                    for (&value, &[w0, w1, w2, w3, w4, w5, w6, w7]) in values.iter().zip(weights) {
                        s0 += value * w0.number::<T>();
                        s1 += value * w1.number::<T>();
                        s2 += value * w2.number::<T>();
                        s3 += value * w3.number::<T>();
                        s4 += value * w4.number::<T>();
                        s5 += value * w5.number::<T>();
                        s6 += value * w6.number::<T>();
                        s7 += value * w7.number::<T>();
                    }
                }
                let sums = [s0, s1, s2, s3, s4, s5, s6, s7];
                for ((lane, sum), out) in sums.into_iter().enumerate().zip(out) {
                    let value = self.affine.apply(block * LANES + lane, sum);
                    *out = match ending {
                        Ending::Linear => value,
                        Ending::Rectified => value.max(T::ZERO),
                        Ending::Added => *out + value.max(T::ZERO),
                    };
                }
            }
        }
    }
}
