//! Where an attempt begins: the leading subspace of the clipped entries.

use super::{ATTEMPTS, Masked, START, divide};
use crate::real::Real;
use crate::recovery::entries::row;
use crate::vector;

impl<T: Real> Masked<'_, T> {
    /// One sweep of subspace iteration on the clipped entries.
    pub(super) fn start(&mut self, sweep: u32) -> Option<()> {
        let (entries, rank, limit) = (self.entries, self.rank, self.threshold);
        let salt = if self.schedule().2 || self.attempt as usize >= ATTEMPTS.len() { self.attempt } else { 0 };
        let seen = self.seen(salt != 0);
        let (left, right) =
            (self.left.get_mut(..entries.rows() * rank)?, self.right.get_mut(..entries.columns() * rank)?);
        let clip = |value: T| value.max(-limit).min(limit);
        let kept = |i: usize, j: usize| salt == 0 || keeps(i, j, salt);
        for (i, l) in left.chunks_exact_mut(rank).enumerate() {
            l.fill(T::ZERO);
            entries.row(i, |j, value| {
                if let Some(r) = row(right, j, rank).filter(|_| kept(i, j)) {
                    vector::axpy(clip(value), r, l);
                }
            });
        }
        divide(left, right, rank, self.kernel)?;
        for (j, r) in right.chunks_exact_mut(rank).enumerate() {
            r.fill(T::ZERO);
            entries.column(j, |i, value| {
                if let Some(l) = row(left, i, rank).filter(|_| kept(i, j)) {
                    vector::axpy(clip(value), l, r);
                }
            });
        }
        divide(right, left, rank, self.kernel)?;
        if sweep + 1 == START {
            // Unknown entries counted as 0.
            vector::scale(T::ONE / seen, left);
        }
        Some(())
    }

    /// Share of the entries that is known.
    fn seen(&self, thinned: bool) -> T {
        let of = |n: usize| T::from_u32(u32::try_from(n).unwrap_or(u32::MAX));
        let share = of(self.entries.count()) / (of(self.entries.rows()) * of(self.entries.columns()));
        if thinned { share * T::from_u32(KEPT) / T::from_u32(256) } else { share }
    }
}

/// Share of the entries that a thinned start keeps, of 256.
const KEPT: u32 = 180;

/// Whether a thinned start keeps an entry: a hash of its place.
#[allow(clippy::cast_possible_truncation, reason = "sizes are below 2^32, and any hash will do")]
fn keeps(i: usize, j: usize, salt: u32) -> bool {
    let mut x =
        (i as u32).wrapping_mul(0x9e37_79b9) ^ (j as u32).wrapping_mul(0x85eb_ca6b) ^ salt.wrapping_mul(0xc2b2_ae35);
    x = (x ^ (x >> 16)).wrapping_mul(0x21f0_aaad);
    x = (x ^ (x >> 15)).wrapping_mul(0x735a_2d97);
    (x ^ (x >> 15)) >> 24 < KEPT
}
