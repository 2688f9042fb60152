//! Operators that are visited row by row: relaxation, triangular solves, Eisenstat's trick.

use super::LinearOperator;
use crate::real::Real;
use core::ops::Range;

/// The relaxation of a sweep: omega, and omega / d_i for each row where the operator keeps that in the workspace.
#[derive(Clone, Copy, Debug)]
pub struct Relaxation<'a, T> {
    /// Relaxation parameter, in (0, 2).
    pub omega: T,
    /// omega / d_i, of [`Sweep::scaling_len`] elements.
    pub scaling: &'a [T],
}

/// The direction of a sweep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Rows in ascending order.
    Forward,
    /// Rows in descending order.
    Backward,
}

/// An operator A = D + L + U whose rows can be visited one by one.
///
/// Only `diagonal`, `lower` and `upper` are needed; all kernels are written on them once. An operator that knows better
/// overrides a kernel and keeps its meaning. K below is D/omega + L, K' is D/omega + U.
pub trait Sweep<T: Real>: LinearOperator<T> {
    /// d_i. For a row that is fixed: 0.
    fn diagonal(&self, row: usize) -> T;

    /// Sum of a_ij x_j over j < i.
    fn lower(&self, row: usize, x: &[T]) -> T;

    /// Sum of a_ij x_j over j > i.
    fn upper(&self, row: usize, x: &[T]) -> T;

    /// Whether x_i is prescribed: such a row is left alone, and its residual is 0.
    fn is_fixed(&self, _row: usize) -> bool {
        false
    }

    /// The first free row whose diagonal is 0; none where the view refuses such a matrix when it is made.
    fn zero_diagonal(&self) -> Option<usize> {
        (0..self.dim()).find(|&row| self.diagonal(row) == T::ZERO && !self.is_fixed(row))
    }

    /// Rows a sweep cannot split: row blocks are rounded up to a multiple of it.
    fn granule(&self) -> usize {
        1
    }

    /// Elements of workspace that hold omega / d_i: n, or 0 where the diagonal is constant.
    fn scaling_len(&self) -> usize {
        self.dim()
    }

    /// Fills the scaling for this omega; 0 for fixed rows.
    fn prepare(&self, omega: T, scaling: &mut [T]) {
        for (row, scaling) in scaling.iter_mut().enumerate() {
            *scaling = if self.is_fixed(row) { T::ZERO } else { omega / self.diagonal(row) };
        }
    }

    /// omega / d_i, or 0 for a fixed row.
    #[inline]
    fn scaling(&self, relaxation: Relaxation<'_, T>, row: usize) -> T {
        relaxation.scaling.get(row).copied().unwrap_or(T::ZERO)
    }

    /// One successive over-relaxation sweep over a block of rows:
    /// x_i += omega / d_i (b_i - sum over j of a_ij x_j), each row with the newest values.
    fn sweep(&self, order: Order, rows: Range<usize>, relaxation: Relaxation<'_, T>, b: &[T], x: &mut [T]) {
        let relax = |row: usize| {
            let (Some(&b), Some(&old)) = (b.get(row), x.get(row)) else { return };
            let residual = b - self.lower(row, x) - self.diagonal(row) * old - self.upper(row, x);
            if let Some(x) = x.get_mut(row) {
                *x = old + self.scaling(relaxation, row) * residual;
            }
        };
        match order {
            Order::Forward => rows.for_each(relax),
            Order::Backward => rows.rev().for_each(relax),
        }
    }

    /// `sum` plus the squares of `scale` (b - A x)_i over a block of rows, added in ascending order of rows.
    fn residual_squares(&self, rows: Range<usize>, scale: T, b: &[T], x: &[T], sum: T) -> T {
        let mut sum = sum;
        for row in rows {
            let (Some(&b), Some(&value)) = (b.get(row), x.get(row)) else { return sum };
            if !self.is_fixed(row) {
                let residual = b - self.lower(row, x) - self.diagonal(row) * value - self.upper(row, x);
                sum += (scale * residual) * (scale * residual);
            }
        }
        sum
    }

    /// r = b - A x over a block of rows; 0 for fixed ones. All slices are whole vectors.
    fn residual_rows(&self, rows: Range<usize>, b: &[T], x: &[T], r: &mut [T]) {
        for row in rows {
            let (Some(&b), Some(&value), Some(r)) = (b.get(row), x.get(row), r.get_mut(row)) else { return };
            let product = self.lower(row, x) + self.diagonal(row) * value + self.upper(row, x);
            *r = if self.is_fixed(row) { T::ZERO } else { b - product };
        }
    }

    /// Solves K z = r in place.
    fn solve_lower(&self, relaxation: Relaxation<'_, T>, z: &mut [T]) {
        self.solve_lower_rows(0..self.dim(), relaxation, z);
    }

    /// The part of [`solve_lower`](Self::solve_lower) that is a block of rows; those before it come first.
    fn solve_lower_rows(&self, rows: Range<usize>, relaxation: Relaxation<'_, T>, z: &mut [T]) {
        solve_lower(self, rows, relaxation, z);
    }

    /// Solves K' z = r in place.
    fn solve_upper(&self, relaxation: Relaxation<'_, T>, z: &mut [T]) {
        solve_upper(self, relaxation, z);
    }

    /// Eisenstat's backward half: t = K'⁻¹ p and v = p + (1 - 2/omega) D t, in one pass over the upper triangle; a block
    /// of rows, those after it come first.
    fn eisenstat_backward(&self, rows: Range<usize>, relaxation: Relaxation<'_, T>, p: &[T], t: &mut [T], v: &mut [T]) {
        eisenstat_backward(self, rows, relaxation, p, t, v);
    }

    /// Eisenstat's update: g -= alpha (t + y), then z = (2/omega - 1) D g; adds g'z and |K g|², the squared norm of
    /// the true residual, to the two sums, in one pass over the lower triangle. `y` becomes `z`. A block of rows, those
    /// before it come first.
    fn eisenstat_update(
        &self,
        rows: Range<usize>,
        relaxation: Relaxation<'_, T>,
        alpha: T,
        t: &[T],
        g: &mut [T],
        y: &mut [T],
        sums: [T; 2],
    ) -> [T; 2] {
        eisenstat_update(self, rows, relaxation, alpha, t, g, y, sums)
    }

    /// z = (2/omega - 1) D z, the middle factor of the SSOR preconditioner.
    fn middle(&self, relaxation: Relaxation<'_, T>, z: &mut [T]) {
        let factor = T::TWO / relaxation.omega - T::ONE;
        for (row, z) in z.iter_mut().enumerate() {
            *z *= factor * self.diagonal(row);
        }
    }
}

/// The part of a [`Sweep`] that relaxation alone needs; every sweep has it.
///
/// A solver behind `dyn Relax` is linked without the triangular solves and the products that it never calls.
pub trait Relax<T: Real> {
    /// See [`LinearOperator::dim`].
    fn dim(&self) -> usize;
    /// See [`LinearOperator::is_homogeneous`].
    fn is_homogeneous(&self) -> bool;
    /// See [`Sweep::zero_diagonal`].
    fn zero_diagonal(&self) -> Option<usize>;
    /// See [`Sweep::granule`].
    fn granule(&self) -> usize;
    /// See [`Sweep::scaling_len`].
    fn scaling_len(&self) -> usize;
    /// See [`Sweep::prepare`].
    fn prepare(&self, omega: T, scaling: &mut [T]);
    /// See [`Sweep::sweep`].
    fn sweep(&self, order: Order, rows: Range<usize>, relaxation: Relaxation<'_, T>, b: &[T], x: &mut [T]);
    /// See [`Sweep::residual_squares`].
    fn residual_squares(&self, rows: Range<usize>, scale: T, b: &[T], x: &[T], sum: T) -> T;
}

impl<T: Real, A: Sweep<T> + ?Sized> Relax<T> for A {
    fn dim(&self) -> usize {
        LinearOperator::dim(self)
    }

    fn is_homogeneous(&self) -> bool {
        LinearOperator::is_homogeneous(self)
    }

    fn zero_diagonal(&self) -> Option<usize> {
        Sweep::zero_diagonal(self)
    }

    fn granule(&self) -> usize {
        Sweep::granule(self)
    }

    fn scaling_len(&self) -> usize {
        Sweep::scaling_len(self)
    }

    fn prepare(&self, omega: T, scaling: &mut [T]) {
        Sweep::prepare(self, omega, scaling);
    }

    fn sweep(&self, order: Order, rows: Range<usize>, relaxation: Relaxation<'_, T>, b: &[T], x: &mut [T]) {
        Sweep::sweep(self, order, rows, relaxation, b, x);
    }

    fn residual_squares(&self, rows: Range<usize>, scale: T, b: &[T], x: &[T], sum: T) -> T {
        Sweep::residual_squares(self, rows, scale, b, x, sum)
    }
}

/// [`Sweep::solve_lower_rows`] row by row.
pub(crate) fn solve_lower<T: Real, A: Sweep<T> + ?Sized>(
    a: &A,
    rows: Range<usize>,
    relaxation: Relaxation<'_, T>,
    z: &mut [T],
) {
    for row in rows {
        let sum = a.lower(row, z);
        if let Some(z) = z.get_mut(row) {
            *z = a.scaling(relaxation, row) * (*z - sum);
        }
    }
}

/// [`Sweep::solve_upper`] row by row.
pub(crate) fn solve_upper<T: Real, A: Sweep<T> + ?Sized>(a: &A, relaxation: Relaxation<'_, T>, z: &mut [T]) {
    for row in (0..a.dim()).rev() {
        let sum = a.upper(row, z);
        if let Some(z) = z.get_mut(row) {
            *z = a.scaling(relaxation, row) * (*z - sum);
        }
    }
}

/// [`Sweep::eisenstat_backward`] row by row.
pub(crate) fn eisenstat_backward<T: Real, A: Sweep<T> + ?Sized>(
    a: &A,
    rows: Range<usize>,
    relaxation: Relaxation<'_, T>,
    p: &[T],
    t: &mut [T],
    v: &mut [T],
) {
    let fold = relaxation.omega - T::TWO;
    for row in rows.rev() {
        let (Some(&p), Some(v)) = (p.get(row), v.get_mut(row)) else { return };
        // D t = omega times the bracket, so v needs no division.
        let bracket = p - a.upper(row, t);
        *v = p + fold * bracket;
        if let Some(t) = t.get_mut(row) {
            *t = a.scaling(relaxation, row) * bracket;
        }
    }
}

/// [`Sweep::eisenstat_update`] row by row.
pub(crate) fn eisenstat_update<T: Real, A: Sweep<T> + ?Sized>(
    a: &A,
    rows: Range<usize>,
    relaxation: Relaxation<'_, T>,
    alpha: T,
    t: &[T],
    g: &mut [T],
    y: &mut [T],
    sums: [T; 2],
) -> [T; 2] {
    let per_omega = T::ONE / relaxation.omega;
    let weight = T::TWO - relaxation.omega;
    let [mut gz, mut squares] = sums;
    for row in rows {
        let (Some(&t), Some(y), Some(&old)) = (t.get(row), y.get_mut(row), g.get(row)) else {
            return [gz, squares];
        };
        let new = old - alpha * (t + *y);
        let scaled = a.diagonal(row) * new * per_omega;
        if let Some(g) = g.get_mut(row) {
            *g = new;
        }
        *y = weight * scaled;
        gz += new * *y;
        if !a.is_fixed(row) {
            let residual = scaled + a.lower(row, g);
            squares += residual * residual;
        }
    }
    [gz, squares]
}
