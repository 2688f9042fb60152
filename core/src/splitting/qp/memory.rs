//! How the workspace is divided.

use super::pattern::QpPattern;
use crate::error::{self, Error, Field};
use crate::factor::SparseLdlt;
use crate::matrix::Index;
use crate::real::Real;

/// The vectors of a solve. A bar in the comments is for "scaled".
#[derive(Debug)]
pub(super) struct Memory<'a, T> {
    /// The system's stored entries, then those of the bound rows.
    pub(super) values: &'a mut [T],
    /// D: x = D x̄.
    pub(super) variable_scale: &'a mut [T],
    /// q̄ = c D q.
    pub(super) linear: &'a mut [T],
    /// x̄.
    pub(super) x: &'a mut [T],
    /// The last change of x̄ that was looked at; in the end a certificate.
    pub(super) change: &'a mut [T],
    /// Free between two iterations.
    pub(super) scratch: &'a mut [T],
    /// E: z̄ = E z.
    pub(super) row_scale: &'a mut [T],
    pub(super) lower: &'a mut [T],
    pub(super) upper: &'a mut [T],
    /// z̄, within the bounds.
    pub(super) z: &'a mut [T],
    /// ȳ / rho of the row.
    pub(super) dual: &'a mut [T],
    /// The last change of ȳ that was looked at; in the end a certificate.
    pub(super) dual_change: &'a mut [T],
    /// rho of a bound row, 1 / rho of a general one.
    pub(super) weights: &'a mut [T],
    /// Right-hand side of the system, then its solution.
    pub(super) rhs: &'a mut [T],
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
    /// Divides the workspace; hands back what is left for the factor.
    pub(super) fn divide<I: Index>(
        pattern: &QpPattern<'_, I>,
        fill: usize,
        workspace: &'a mut [T],
    ) -> Result<(Self, &'a mut [T]), Error> {
        let (n, m) = (pattern.variables(), pattern.constraints());
        let (p, a) = (pattern.p_entries(), pattern.a_entries());
        let need = workspace_len(n, m, pattern.bound_rows(), p, a, fill);
        error::at_least(Field::Workspace, need, workspace.len())?;
        let mut rest = workspace;
        let mut part = |len: usize| {
            let (part, after) = core::mem::take(&mut rest).split_at_mut_checked(len).unwrap_or((&mut [], &mut []));
            rest = after;
            part
        };
        let memory = Self {
            values: part(pattern.values_len()),
            variable_scale: part(n),
            linear: part(n),
            x: part(n),
            change: part(n),
            scratch: part(n),
            row_scale: part(m),
            lower: part(m),
            upper: part(m),
            z: part(m),
            dual: part(m),
            dual_change: part(m),
            weights: part(m),
            rhs: part(pattern.system_dim()),
        };
        Ok((memory, rest))
    }
}
