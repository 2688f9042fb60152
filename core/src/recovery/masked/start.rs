//! Where an attempt begins: the leading subspace of the clipped entries, in which no single row or column has much to say.
//!
//! A sensor that is stuck, a month that was typed in wrong: errors of one row or column that hang together are a rank of their
//! own, and a small one may lie above the weakest part of the truth. Such a row has a leverage l'(L'L)⁻¹l near 1, where others
//! share rank / rows among them. So rows far beyond their share are weighted down to it.

use super::attempts::ATTEMPTS;
use super::descent::{divide, gather_gram};
use super::{Checkpoint, Masked, START, word};
use crate::factor::{Cholesky, Packed};
use crate::real::Real;
use crate::recovery::entries::{row, short_dot};
use crate::recovery::histogram::Window;
use crate::recovery::row_ls::RowLs;
use crate::vector;

/// Leverage beyond which a row is suspect, and what is then left to it, in units of the mean. A few in a
/// hundred random rows lie beyond, and lose little by it.
const SUSPECT: f64 = 3.0;
const LEFT_TO_IT: f64 = 1.5;
/// First threshold at most, in medians of what the start leaves over.
const LEFT_OVER: f64 = 6.0;

impl<T: Real> Masked<'_, T, &mut Checkpoint<T>> {
    /// One sweep of subspace iteration on the clipped entries.
    pub(super) fn sweep(&mut self, sweep: u32) -> Option<()> {
        let (entries, rank, limit) = (self.entries, self.rank(), self.state.threshold);
        let salt =
            if self.schedule().2 || self.state.attempt as usize >= ATTEMPTS.len() { self.state.attempt } else { 0 };
        let seen = self.seen(salt != 0);
        let (left, right) =
            (self.left.get_mut(..entries.rows() * rank)?, self.right.get_mut(..entries.columns() * rank)?);
        if sweep == 0 {
            self.work.good.fill(T::ONE);
        }
        let (of_rows, of_columns) = self.work.good.split_at_mut_checked(entries.rows())?;
        let clip = |value: T| value.max(-limit).min(limit);
        let kept = |i: usize, j: usize| salt == 0 || keeps(i, j, salt);
        for (i, l) in left.chunks_exact_mut(rank.max(1)).enumerate() {
            l.fill(T::ZERO);
            entries.row(i, |j, value| {
                if let (Some(r), Some(weight), true) = (row(right, j, rank), of_columns.get(j), kept(i, j)) {
                    vector::axpy(*weight * clip(value), r, l);
                }
            });
        }
        divide(left, right, of_columns, rank, self.work.kernel)?;
        limit_leverage(left, of_rows, rank, self.work.kernel)?;
        for (j, r) in right.chunks_exact_mut(rank.max(1)).enumerate() {
            r.fill(T::ZERO);
            entries.column(j, |i, value| {
                if let (Some(l), Some(weight), true) = (row(left, i, rank), of_rows.get(i), kept(i, j)) {
                    vector::axpy(*weight * clip(value), l, r);
                }
            });
        }
        divide(right, left, of_rows, rank, self.work.kernel)?;
        limit_leverage(right, of_columns, rank, self.work.kernel)?;
        if sweep + 1 == START {
            // Unknown entries counted as 0.
            vector::scale(T::ONE / seen, left);
            self.lower_threshold();
        }
        Some(())
    }

    /// Where the entries lie around values far from 0, |Y| says little of the errors: what is left over does.
    fn lower_threshold(&mut self) {
        let total = T::from_u32(word(self.entries.count()));
        let (entries, rank) = (self.entries, self.rank());
        let (left, right, counts) = (&*self.left, &*self.right, &mut *self.work.counts);
        let residual = |i: usize, j: usize, value: T| match (row(left, i, rank), row(right, j, rank)) {
            (Some(l), Some(r)) => short_dot(l, r) - value,
            _ => value,
        };
        let window = Window::around_each(counts, total, |f| entries.all(|i, j, value| f(residual(i, j, value))));
        counts.fill(T::ZERO);
        entries.all(|i, j, value| window.count(counts, residual(i, j, value)));
        let median = window.quantile(counts, total, T::from_f64(0.5));
        self.state.threshold = self.state.threshold.min(median * T::from_f64(LEFT_OVER)).max(self.state.fit());
    }

    /// Share of the entries that is known.
    fn seen(&self, thinned: bool) -> T {
        let of = |n: usize| T::from_u32(word(n));
        let share = of(self.entries.count()) / (of(self.entries.rows()) * of(self.entries.columns()));
        if thinned { share * T::from_u32(KEPT) / T::from_u32(256) } else { share }
    }
}

/// Weights in (0, 1] by which no row of F has much more than its share of leverage in F'WF.
fn limit_leverage<T: Real>(factor: &[T], weights: &mut [T], rank: usize, scratch: &mut [T]) -> Option<()> {
    let count = T::from_u32(word(weights.len()));
    let mean = T::from_u32(word(rank)) / count;
    let (suspect, left_to_it) = (T::from_f64(SUSPECT) * mean, T::from_f64(LEFT_TO_IT) * mean);
    let mut kernel = RowLs::new(rank, scratch)?;
    for _ in 0..2 {
        gather_gram(&mut kernel, factor, weights);
        let RowLs { normal, right } = &mut kernel;
        let gram = Cholesky::factor(Packed::new(rank), normal).ok()?;
        for (l, weight) in factor.chunks_exact(rank.max(1)).zip(&mut *weights) {
            vector::copy(l, right);
            gram.solve_lower(right).ok()?;
            let leverage = short_dot(right, right);
            *weight = if leverage > suspect { left_to_it / leverage } else { T::ONE };
        }
    }
    Some(())
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
