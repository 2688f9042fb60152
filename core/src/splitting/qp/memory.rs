//! How the workspace is divided.

use super::pattern::QpPattern;
use crate::factor::{Numbers, SparseLdlt, Symbolic};
use crate::matrix::Index;
use crate::real::Real;
use crate::vector;

/// What there is of one variable, in the units of the scaled problem (a bar is for "scaled"): D of x = D x̄; q̄ = c D q; x̄; its
/// last change that was looked at, in the end a certificate; and an element that is free between two iterations.
pub(super) type Variable<T> = [T; 5];

/// What there is of one row: E of z̄ = E z; the bounds; z̄, within them; ȳ / rho of the row; the last change of ȳ that was
/// looked at, in the end a certificate; and rho of a bound row, 1 / rho of a general one.
pub(super) type Row<T> = [T; 7];

/// The vectors of a solve. What belongs to one row lies together, so that a loop needs one pointer and no second length.
#[derive(Debug)]
pub(super) struct Memory<'a, T> {
    /// The system's stored entries, then those of the bound rows.
    pub(super) values: &'a mut [T],
    pub(super) variables: &'a mut [Variable<T>],
    pub(super) rows: &'a mut [Row<T>],
    /// Right-hand side of the system, then its solution.
    pub(super) rhs: &'a mut [T],
    /// The factor of the system.
    pub(super) factor: Numbers<'a, T>,
}

/// Elements of workspace for n variables, m constraints of which `bound_rows` have one entry, so many stored entries of P
/// and A, and `fill` elements in the factor: 9 n + 11 m - 4 bound rows + entries + fill.
#[must_use]
pub const fn workspace_len(n: usize, m: usize, bound_rows: usize, p: usize, a: usize, fill: usize) -> usize {
    let system = n.saturating_add(m.saturating_sub(bound_rows));
    p.saturating_add(a)
        .saturating_add(system)
        .saturating_add(n.saturating_mul(5))
        .saturating_add(m.saturating_mul(7))
        .saturating_add(system)
        .saturating_add(SparseLdlt::<f32, u16>::workspace_len(system, fill))
}

impl<'a, T: Real> Memory<'a, T> {
    /// Divides a workspace of [`workspace_len`].
    #[inline(never)]
    pub(super) fn divide<I: Index>(pattern: &QpPattern<'_, I>, mut workspace: &'a mut [T]) -> Self {
        let rest = &mut workspace;
        let [values, variables, rows, rhs] = lens(pattern).map(|len| vector::take(rest, len));
        let (variables, rows) = (variables.as_chunks_mut().0, rows.as_chunks_mut().0);
        Self { values, variables, rows, rhs, factor: Numbers(workspace) }
    }
}

/// Elements of the parts before the factor.
fn lens<I: Index>(pattern: &QpPattern<'_, I>) -> [usize; 4] {
    let (variables, rows) = (pattern.variables().wrapping_mul(5), pattern.constraints().wrapping_mul(7));
    [pattern.values_len(), variables, rows, pattern.system_dim()]
}

/// [`workspace_len`] of a problem that has been counted.
pub(super) fn need<I: Index>(pattern: &QpPattern<'_, I>, symbolic: &Symbolic<'_, I>) -> usize {
    let factor = 2 * pattern.system_dim() + symbolic.fill();
    lens(pattern).into_iter().fold(factor, usize::wrapping_add)
}
