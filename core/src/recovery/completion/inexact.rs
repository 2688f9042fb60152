//! A row of a factor by conjugate gradients, with one preconditioner for all rows.

use crate::factor::{Cholesky, Packed};
use crate::real::Real;
use crate::recovery::entries::{entry, row};
use crate::recovery::row_ls::RowLs;
use crate::vector;

/// Calls its argument with index and value of each known entry of a row.
type Visit<'a, T> = dyn Fn(&mut dyn FnMut(usize, T)) + 'a;

/// Conjugate gradients on the normal equations of one row.
pub(super) struct Inexact<'a, T> {
    preconditioner: Cholesky<'a, T, Packed>,
    /// Residual, preconditioned residual, direction, its product.
    r: &'a mut [T],
    z: &'a mut [T],
    p: &'a mut [T],
    q: &'a mut [T],
}

impl<'a, T: Real> Inexact<'a, T> {
    pub(super) const fn scratch_len(rank: usize) -> usize {
        Packed::elements(rank).saturating_add(rank.saturating_mul(5))
    }

    /// Factors the Gram matrix of `other`, damped.
    pub(super) fn new(rank: usize, other: &[T], scratch: &'a mut [T]) -> Option<Self> {
        let (gram, rest) = scratch.split_at_mut_checked(Packed::elements(rank))?;
        let (spare, rest) = rest.split_at_mut_checked(rank)?;
        let (r, rest) = rest.split_at_mut_checked(rank)?;
        let (z, rest) = rest.split_at_mut_checked(rank)?;
        let (p, rest) = rest.split_at_mut_checked(rank)?;
        let q = rest.get_mut(..rank)?;
        let mut kernel = RowLs { normal: &mut *gram, right: spare };
        kernel.clear();
        for u in other.chunks_exact(rank.max(1)) {
            kernel.add(u, T::ZERO, T::ONE);
        }
        kernel.damp();
        Some(Self { preconditioner: Cholesky::factor(Packed::new(rank), gram).ok()?, r, z, p, q })
    }

    /// Betters v; the steps taken.
    pub(super) fn solve(&mut self, other: &[T], visit: &Visit<'_, T>, v: &mut [T], steps: u32, accuracy: T) -> u32 {
        let rank = v.len();
        self.r.fill(T::ZERO);
        visit(&mut |k, value| {
            if let Some(u) = row(other, k, rank) {
                vector::axpy(value - entry(u, 0, v), u, self.r);
            }
        });
        let mut energy = self.precondition();
        let enough = energy * accuracy * accuracy;
        vector::copy(self.z, self.p);
        for step in 0..steps {
            if !(energy > enough && energy.is_finite() && energy > T::MIN_POSITIVE) {
                return step;
            }
            self.q.fill(T::ZERO);
            visit(&mut |k, _| {
                if let Some(u) = row(other, k, rank) {
                    vector::axpy(entry(u, 0, self.p), u, self.q);
                }
            });
            let curvature = vector::dot(self.p, self.q);
            let length = energy / curvature;
            if !(curvature > T::ZERO && length.is_finite()) {
                return step;
            }
            vector::axpy(length, self.p, v);
            vector::axpy(-length, self.q, self.r);
            let before = energy;
            energy = self.precondition();
            vector::xpby(self.z, energy / before, self.p);
        }
        steps
    }

    /// v = P⁻¹ times the right-hand side: least squares with 0 for what is not known.
    pub(super) fn project(&mut self, other: &[T], visit: &Visit<'_, T>, v: &mut [T]) {
        self.r.fill(T::ZERO);
        visit(&mut |k, value| {
            if let Some(u) = row(other, k, v.len()) {
                vector::axpy(value, u, self.r);
            }
        });
        if self.precondition().is_finite() {
            vector::copy(self.z, v);
        }
    }

    /// z = P⁻¹ r; r'z.
    fn precondition(&mut self) -> T {
        vector::copy(self.r, self.z);
        if self.preconditioner.solve(self.z).is_err() {
            return T::ZERO;
        }
        vector::dot(self.r, self.z)
    }
}
