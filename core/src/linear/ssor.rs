//! The symmetric successive over-relaxation preconditioner.
//!
//! M = K ((2/omega - 1) D)⁻¹ K' with K = D/omega + L: forward solve, scale, backward solve. Scalar factors of M do not
//! change conjugate gradients. [`SsorCg`](crate::linear::SsorCg) does the same work in fewer operations; this form serves
//! methods that want a preconditioner apart.

use crate::error::{self, Error, Field};
use crate::linear::monitor;
use crate::operator::{Direction, Relaxation, Sweep};
use crate::real::Real;
use crate::solve::Ops;

/// Err naming the first free row whose diagonal is not positive: SSOR would be indefinite.
pub(crate) fn check_positive_diagonal<T: Real, A: Sweep<T> + ?Sized>(operator: &A) -> Result<(), Error> {
    for row in (0..operator.dim()).filter(|&row| !operator.is_fixed(row)) {
        let diagonal = operator.diagonal(row);
        if diagonal == T::ZERO {
            return Err(Error::ZeroDiagonal { row });
        }
        if diagonal < T::ZERO {
            return Err(Error::NegativeDiagonal { row });
        }
    }
    Ok(())
}

/// r -> M⁻¹ r for a symmetric operator with a positive diagonal.
#[derive(Clone, Copy, Debug)]
pub struct SsorPreconditioner<'a, T, A: ?Sized> {
    operator: &'a A,
    omega: T,
    scaling: &'a [T],
}

impl<'a, T: Real, A: Sweep<T> + ?Sized> SsorPreconditioner<'a, T, A> {
    /// Fills the first `operator.scaling_len()` elements of `workspace`.
    ///
    /// # Errors
    /// `NotFinite` or `OutOfRange` (omega), `Length` (workspace), `ZeroDiagonal`, `NegativeDiagonal`.
    pub fn new(operator: &'a A, omega: T, workspace: &'a mut [T]) -> Result<Self, Error> {
        monitor::check_omega(omega)?;
        let (need, got) = (operator.scaling_len(), workspace.len());
        error::at_least(Field::Workspace, need, got)?;
        check_positive_diagonal(operator)?;
        let scaling = workspace.get_mut(..need).unwrap_or(&mut []);
        operator.prepare(omega, scaling);
        Ok(Self { operator, omega, scaling })
    }

    /// The same over a workspace that an earlier `new` filled for this operator and omega. O(1).
    ///
    /// # Errors
    /// `Length` (workspace).
    pub fn trusted(operator: &'a A, omega: T, workspace: &'a [T]) -> Result<Self, Error> {
        let (need, got) = (operator.scaling_len(), workspace.len());
        let scaling = workspace.get(..need).ok_or(Error::Length { field: Field::Workspace, need, got })?;
        Ok(Self { operator, omega, scaling })
    }
}

impl<T: Real, A: Sweep<T> + ?Sized> Direction<T> for SsorPreconditioner<'_, T, A> {
    fn direction(&mut self, r: &[T], d: &mut [T]) {
        let relaxation = Relaxation { omega: self.omega, scaling: self.scaling };
        for (d, r) in d.iter_mut().zip(r) {
            *d = *r;
        }
        self.operator.solve_lower(relaxation, d);
        self.operator.middle(relaxation, d);
        self.operator.solve_upper(relaxation, d);
    }
}

/// Scalar operations of one direction on a sparse matrix with a symmetric pattern.
#[must_use]
pub const fn ops_per_direction(n: usize, nonzeros: usize) -> Ops {
    let triangles = nonzeros.saturating_sub(n);
    Ops { add: triangles + 2 * n + 1, mul: triangles + 4 * n, div: 1, sqrt: 0 }
}
