//! Leaving weights out of a trained network in one go, by what the loss looks like around them.
//!
//! M-FAC (E. Frantar, E. Kurtic, D. Alistarh, M-FAC: efficient matrix-free approximations of second-order information, NeurIPS
//! 2021), the static form: the curvature of the loss is taken to be F = lambda I + (1 / m) sum of g g', over the gradients g of
//! m samples, and its inverse is held as m vectors, never as a matrix. The optimal brain surgeon (B. Hassibi, D. Stork, 1992)
//! then says what a weight is worth, w_k^2 / (2 `[F^-1]_kk`), and how the others make up for it.
//!
//! Relative to the largest entry of F^-1, rounding is about EPSILON (1 + |g|^2 / lambda), the condition of F: the host's tool
//! `tinysolve prune` works in f64.

use crate::error::{self, Error, Field};
use crate::real::Real;
use crate::vector;

/// The inverse of F over memory of the caller's.
#[derive(Debug)]
pub struct InverseFisher<'a, T> {
    /// m vectors of d.
    vectors: &'a [T],
    /// m numbers.
    denominators: &'a [T],
    dim: usize,
    inverse_damping: T,
}

/// Elements of the workspace of [`InverseFisher::new`] for m gradients of d elements, and of [`InverseFisher::remove`], which may
/// be lent the same.
#[must_use]
pub const fn workspace_len(m: usize, dim: usize) -> usize {
    let ours = m.saturating_add(dim);
    let theirs = dim.saturating_mul(2);
    if ours > theirs { ours } else { theirs }
}

impl<'a, T: Real> InverseFisher<'a, T> {
    /// From m gradients of `dim` elements each, one after the other, which are written over: v_i = g_i / lambda - sum over
    /// j < i of v_j (v_j g_i) / q_j and q_i = m + g_i v_i. `denominators` takes the q, and its length is m. About d m^2
    /// products.
    ///
    /// # Errors
    /// `OutOfRange` of `Field::Size` for no gradient (index 0) or no weight (index 1); `Length` of `Field::Values` or
    /// `Field::Workspace`; `OutOfRange` of `Field::Configuration` unless `damping`, lambda, and its reciprocal are positive
    /// and finite; `NotFinite` of `Field::Values`. Nothing is written then. `Pivot` with the first gradient whose q is not a
    /// positive number, as where squares overflow; the gradients are written over then.
    pub fn new(
        gradients: &'a mut [T],
        dim: usize,
        denominators: &'a mut [T],
        workspace: &mut [T],
        damping: T,
    ) -> Result<Self, Error> {
        let m = denominators.len();
        for (index, size) in [m, dim].into_iter().enumerate() {
            if size == 0 {
                return Err(Error::OutOfRange { field: Field::Size, index });
            }
        }
        let need = m.checked_mul(dim).ok_or(Error::TooLarge { field: Field::Values })?;
        if gradients.len() != need {
            return Err(Error::Length { field: Field::Values, need, got: gradients.len() });
        }
        error::at_least(Field::Workspace, workspace_len(m, dim), workspace.len())?;
        let inverse_damping = T::ONE / damping;
        if !(damping > T::ZERO && damping.is_finite() && inverse_damping.is_finite()) {
            return Err(Error::OutOfRange { field: Field::Configuration, index: 0 });
        }
        error::finite(Field::Values, gradients)?;
        let (gradient, rest) = workspace.split_at_mut_checked(dim).unwrap_or((&mut [], &mut []));
        let shares = rest.get_mut(..m).unwrap_or(&mut []);
        let count = T::from_u32(u32::try_from(m).unwrap_or(u32::MAX));
        for i in 0..m {
            let (before, own) = gradients.split_at_mut_checked(i * dim).unwrap_or((&mut [], &mut []));
            let own = own.get_mut(..dim).unwrap_or(&mut []);
            vector::copy(own, gradient);
            for ((share, v), q) in shares.iter_mut().zip(before.chunks_exact(dim.max(1))).zip(denominators.iter()) {
                *share = vector::dot(v, gradient) / *q;
            }
            vector::scale(inverse_damping, own);
            for (share, v) in shares.iter().zip(before.chunks_exact(dim.max(1))) {
                vector::axpy(-*share, v, own);
            }
            if let Some(q) = denominators.get_mut(i) {
                *q = count + vector::dot(gradient, own);
            }
        }
        // Gradients whose squares overflow; by now they are written over.
        if let Some(index) = denominators.iter().position(|q| !(*q > T::ZERO && q.is_finite())) {
            return Err(Error::Pivot { row: index });
        }
        Ok(Self { vectors: gradients, denominators, dim, inverse_damping })
    }

    /// Number of weights.
    #[must_use]
    pub const fn dim(&self) -> usize {
        self.dim
    }

    fn pairs(&self) -> impl Iterator<Item = (&[T], T)> {
        self.vectors.chunks_exact(self.dim.max(1)).zip(self.denominators.iter().copied())
    }

    /// out = F^-1 x; about 2 d m products.
    ///
    /// # Errors
    /// `Length` of `Field::Values` for x, of `Field::Output` for out.
    pub fn apply(&self, x: &[T], out: &mut [T]) -> Result<(), Error> {
        self.fits(Field::Values, x.len())?;
        self.fits(Field::Output, out.len())?;
        self.product(x, out);
        Ok(())
    }

    fn product(&self, x: &[T], out: &mut [T]) {
        for (out, x) in out.iter_mut().zip(x) {
            *out = *x * self.inverse_damping;
        }
        for (v, q) in self.pairs() {
            vector::axpy(-(vector::dot(v, x) / q), v, out);
        }
    }

    /// The diagonal of F^-1, at least a rounding of 1 / lambda; about d m products.
    ///
    /// # Errors
    /// `Length` of `Field::Output`.
    pub fn diagonal(&self, out: &mut [T]) -> Result<(), Error> {
        self.fits(Field::Output, out.len())?;
        self.fill_diagonal(out);
        Ok(())
    }

    fn fill_diagonal(&self, out: &mut [T]) {
        out.fill(self.inverse_damping);
        for (v, q) in self.pairs() {
            let share = T::ONE / q;
            for (out, v) in out.iter_mut().zip(v) {
                *out -= *v * *v * share;
            }
        }
        let least = self.inverse_damping * T::EPSILON;
        out.iter_mut().filter(|out| **out < least || !out.is_finite()).for_each(|out| *out = least);
    }

    /// What the loss rises by, to second order, when one weight is left out and all others make up for it.
    ///
    /// # Errors
    /// `Length` of `Field::Weights` or `Field::Output`.
    pub fn scores(&self, weights: &[T], out: &mut [T]) -> Result<(), Error> {
        self.fits(Field::Weights, weights.len())?;
        self.fits(Field::Output, out.len())?;
        self.fill_diagonal(out);
        for (out, weight) in out.iter_mut().zip(weights) {
            *out = *weight * *weight / (T::TWO * *out);
        }
        Ok(())
    }

    /// Leaves out the weights that `removed` marks: w + F^-1 x with x_k = -w_k / `[F^-1]_kk` for these, 0 for the rest, then the
    /// marked ones are set to 0. Exact to second order for one weight; of several, each is taken as if it were alone.
    ///
    /// # Errors
    /// `Length` of `Field::Weights`, `Field::Mask` or `Field::Workspace`, `NotFinite` of `Field::Weights`; nothing is written
    /// then.
    pub fn remove(&self, weights: &mut [T], removed: &[bool], workspace: &mut [T]) -> Result<(), Error> {
        self.fits(Field::Weights, weights.len())?;
        self.fits(Field::Mask, removed.len())?;
        error::at_least(Field::Workspace, self.dim.saturating_mul(2), workspace.len())?;
        error::finite(Field::Weights, weights)?;
        let (x, rest) = workspace.split_at_mut_checked(self.dim).unwrap_or((&mut [], &mut []));
        let change = rest.get_mut(..self.dim).unwrap_or(&mut []);
        self.fill_diagonal(x);
        for ((x, weight), removed) in x.iter_mut().zip(weights.iter()).zip(removed) {
            *x = if *removed { -*weight / *x } else { T::ZERO };
        }
        self.product(x, change);
        for ((weight, change), removed) in weights.iter_mut().zip(change.iter()).zip(removed) {
            *weight = if *removed { T::ZERO } else { *weight + *change };
        }
        Ok(())
    }

    fn fits(&self, field: Field, got: usize) -> Result<(), Error> {
        if got == self.dim { Ok(()) } else { Err(Error::Length { field, need: self.dim, got }) }
    }
}

#[cfg(test)]
mod tests;
