//! Scaled gradient steps on the residuals below a threshold.

use super::checkpoint::Checkpoint;
use super::{Masked, word};
use crate::factor::{Cholesky, Packed};
use crate::real::Real;
use crate::recovery::entries::{row, short_dot};
use crate::recovery::row_ls::RowLs;
use crate::vector;

/// Step of the scaled gradient, for both factors at once.
const GAIN: f64 = 0.5;

impl<T: Real> Masked<'_, T, &mut Checkpoint<T>> {
    /// One scaled gradient step on the truncated residuals; how many entries fit.
    pub(super) fn descend(&mut self) -> Option<u32> {
        let (entries, rank, limit, fit) = (self.entries, self.rank(), self.state.threshold, self.state.fit());
        let left = self.left.get_mut(..entries.rows() * rank)?;
        let right = self.right.get_mut(..entries.columns() * rank)?;
        let to_left = self.work.left.get_mut(..left.len())?;
        let to_right = self.work.right.get_mut(..right.len())?;
        to_left.fill(T::ZERO);
        to_right.fill(T::ZERO);
        let (mut squares, mut kept, mut fitting) = (T::ZERO, 0_u32, 0);
        for (i, (l, to_l)) in left.chunks_exact(rank.max(1)).zip(to_left.chunks_exact_mut(rank.max(1))).enumerate() {
            entries.row(i, |j, value| {
                let Some(r) = row(right, j, rank) else { return };
                let residual = short_dot(l, r) - value;
                if residual.abs() <= limit {
                    squares += residual * residual;
                    kept += 1;
                    fitting += u32::from(residual.abs() <= fit);
                    add_scaled(residual, r, to_l);
                    if let Some(to_r) = to_right.get_mut(j * rank..).and_then(|rest| rest.get_mut(..rank)) {
                        add_scaled(residual, l, to_r);
                    }
                }
            });
        }
        divide(to_left, right, &[], rank, self.work.kernel)?;
        divide(to_right, left, &[], rank, self.work.kernel)?;
        let known = word(entries.count());
        let cells = T::from_u32(word(entries.rows() * entries.columns()));
        let step = T::from_f64(-GAIN) * cells / T::from_u32(known);
        vector::axpy(step, to_left, left);
        vector::axpy(step, to_right, right);
        let state = &mut *self.state;
        state.note(squares, kept);
        state.estimate = limit;
        if state.initial == T::INFINITY {
            state.initial = state.residual;
        }
        Some(fitting)
    }
}

#[inline]
fn add_scaled<T: Real>(scale: T, from: &[T], to: &mut [T]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += scale * *from;
    }
}

/// Every row of `rows` times (F'WF)⁻¹, F of this rank, its Gram matrix damped; weights that are not there are 1.
pub(super) fn divide<T: Real>(
    rows: &mut [T],
    factor: &[T],
    weights: &[T],
    rank: usize,
    scratch: &mut [T],
) -> Option<()> {
    let mut kernel = RowLs::new(rank, scratch)?;
    gather_gram(&mut kernel, factor, weights);
    let gram = Cholesky::factor(Packed::new(rank), kernel.normal).ok()?;
    for row in rows.chunks_exact_mut(rank.max(1)) {
        gram.solve(row).ok()?;
    }
    Some(())
}

/// F'WF, damped, in the place of the normal equations.
pub(super) fn gather_gram<T: Real>(kernel: &mut RowLs<'_, T>, factor: &[T], weights: &[T]) {
    let rank = kernel.right().len();
    kernel.clear();
    for (k, u) in factor.chunks_exact(rank.max(1)).enumerate() {
        kernel.add(u, T::ZERO, weights.get(k).copied().unwrap_or(T::ONE));
    }
    kernel.damp();
}
