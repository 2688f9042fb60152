//! What a linear measurement of a low-rank matrix is: y_i = <A_i, X>, visited one by one, never stored as a whole.

use core::ops::Range;

use super::sums::Sums;
use crate::real::Real;

/// The matrix X that is sought.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Shape {
    /// X = U U', n x n, symmetric and positive semidefinite.
    Symmetric {
        /// n.
        n: usize,
    },
    /// X = L R'.
    Rectangular {
        /// Rows of X and of L.
        rows: usize,
        /// Columns of X, rows of R.
        columns: usize,
    },
}

impl Shape {
    /// Rows of X.
    #[must_use]
    pub const fn rows(self) -> usize {
        match self {
            Self::Symmetric { n } => n,
            Self::Rectangular { rows, .. } => rows,
        }
    }

    /// Columns of X.
    #[must_use]
    pub const fn columns(self) -> usize {
        match self {
            Self::Symmetric { n } => n,
            Self::Rectangular { columns, .. } => columns,
        }
    }

    /// Whether X = U U'.
    #[must_use]
    pub const fn is_symmetric(self) -> bool {
        matches!(self, Self::Symmetric { .. })
    }

    /// Rows of a second factor: 0 where there is none.
    #[must_use]
    pub const fn right(self) -> usize {
        match self {
            Self::Symmetric { .. } => 0,
            Self::Rectangular { columns, .. } => columns,
        }
    }

    /// Elements that tell X: n (n + 1) / 2 of a lower triangle, or rows x columns; `usize::MAX` if that overflows.
    #[must_use]
    pub const fn len(self) -> usize {
        match self {
            Self::Symmetric { n } => crate::factor::Packed::elements(n),
            Self::Rectangular { rows, columns } => rows.saturating_mul(columns),
        }
    }

    /// Whether X has no element.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Free numbers in a matrix of this rank: n r - r (r - 1) / 2, or (rows + columns - r) r.
    #[must_use]
    pub const fn freedom(self, rank: usize) -> usize {
        match self {
            Self::Symmetric { n } => {
                (n.saturating_mul(rank)).saturating_sub(rank.saturating_mul(rank.saturating_sub(1)) / 2)
            }
            Self::Rectangular { rows, columns } => {
                rows.saturating_add(columns).saturating_sub(rank).saturating_mul(rank)
            }
        }
    }
}

/// X in factors, both column after column: `left` has rank x rows elements, `right` rank x columns, or is `left` once more
/// for a symmetric X.
#[derive(Clone, Copy, Debug)]
pub struct Factors<'a, T> {
    /// L, or U.
    pub left: &'a [T],
    /// R, or U.
    pub right: &'a [T],
}

/// What a pass has to collect of S = sum of sgn(residual_i) A_i.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Collect {
    /// S R and S' L are enough, which operators of rank one collect at less cost.
    Products,
    /// S itself.
    Matrix,
}

/// Linear measurements <A_i, X>, i = 0, 1, ..., with scratch memory of their own.
///
/// The *scaling contract*: over the random choice of the A_i, E <A_i, D>² = unit² |D|² for every D of the shape, with the
/// Frobenius norm |D|. Step sizes rest on it; every operator here has a test of it.
///
/// A pass is [`begin`](Self::begin), [`visit`](Self::visit) for ranges that together cover all measurements in ascending
/// order, [`finish`](Self::finish); then the sums may be asked for. With lengths other than the stated ones the values are
/// unspecified, but nothing panics.
pub trait Measurement<T: Real> {
    /// Of X.
    fn shape(&self) -> Shape;

    /// Number of measurements m.
    fn count(&self) -> usize;

    /// The constant of the scaling contract.
    fn unit(&self) -> T {
        T::ONE
    }

    /// Factor for steps: less than 1 where S is not close to a multiple of X - X*.
    fn gain(&self) -> T {
        T::ONE
    }

    /// Ranges handed to `visit` begin at a multiple of it.
    fn granule(&self) -> usize {
        1
    }

    /// Whether every pass collects S itself.
    fn always_collects_matrix(&self) -> bool {
        true
    }

    /// The largest rank that the scratch memory allows for.
    fn rank_limit(&self) -> usize {
        usize::MAX
    }

    /// Starts a pass at X.
    fn begin(&mut self, x: Factors<'_, T>, collect: Collect);

    /// Goes on with a pass that this operator, or one made alike over the same scratch memory, has begun.
    fn proceed(&mut self, _: Collect) {}

    /// Hands <A_i, X> - y_i to `residual` for each i of the range, in ascending order, and adds sgn of it times A_i to S; the
    /// sign of 0 counts as positive.
    fn visit(&mut self, range: Range<usize>, x: Factors<'_, T>, y: &[T], residual: &mut dyn FnMut(T));

    /// Ends a pass.
    fn finish(&mut self) {}

    /// S, after a pass that collected it.
    fn sums(&self) -> Sums<'_, T>;

    /// S R and, unless X is symmetric, S' L, in the layout of the factors; after any pass.
    fn products(&self, x: Factors<'_, T>, left: &mut [T], right: &mut [T]) {
        self.sums().products(x, left, right);
    }
}

#[cfg(test)]
mod tests;
