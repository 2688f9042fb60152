//! The line kernels of the constant stencil in the plane, without a mask.
//!
//! A kernel works on a run of cells of one line; west and east of the run are handed in, and the value its neighbour
//! needs is handed back. Lines at the edge of the grid are cut into runs of at most [`RUN`] cells beside a run of zeros,
//! so that one kernel serves all lines. Plain zipped loops: the compiler unrolls them four times without bounds checks.
//! `Cell` slices let the neighbours of a line be read while the line is written.

use core::cell::Cell;

use crate::real::Real;

/// Cells of a run that has no neighbour on one side.
pub(super) const RUN: usize = 16;

/// An entry of the operator along the line, across it, and on the diagonal.
#[derive(Clone, Copy)]
pub(in crate::matrix) struct Entries<T> {
    pub(in crate::matrix) along: T,
    pub(in crate::matrix) across: T,
    pub(in crate::matrix) centre: T,
}

/// A neighbouring line cut to the run; zeros where there is none.
#[inline]
pub(super) fn beside<'x, E>(x: &'x [E], from: Option<usize>, len: usize, zeros: &'x [E]) -> &'x [E] {
    from.and_then(|from| x.get(from..from.checked_add(len)?)).or_else(|| zeros.get(..len)).unwrap_or(&[])
}

/// Forward over-relaxation: x = centre x + rhs b + across (south + north) + along (east + west); hands back the last x.
///
/// A cell needs four loads (b, east, south, north), one store and nine flops. West stays in a register, east becomes the
/// next centre.
#[inline(never)]
pub(super) fn relax_forward<T: Real>(
    weights: Entries<T>,
    rhs: T,
    b: &[T],
    [south, north]: [&[Cell<T>]; 2],
    cells: &[Cell<T>],
    mut west: T,
    after: T,
) -> T {
    let relax = |west: T, cell: &Cell<T>, east: T, b: T, south: &Cell<T>, north: &Cell<T>| {
        let known = weights.centre * cell.get() + rhs * b + weights.across * (south.get() + north.get());
        let new = known + weights.along * (east + west);
        cell.set(new);
        new
    };
    let Some((last, body)) = cells.split_last() else { return west };
    let Some((_, easts)) = cells.split_first() else { return west };
    let m = body.len();
    let ends = (b.get(m), south.get(m), north.get(m));
    let (Some(bs), Some(souths), Some(norths)) = (b.get(..m), south.get(..m), north.get(..m)) else { return west };
    for ((((cell, east), b), south), north) in body.iter().zip(easts).zip(bs).zip(souths).zip(norths) {
        west = relax(west, cell, east.get(), *b, south, north);
    }
    match ends {
        (Some(b), Some(south), Some(north)) => relax(west, last, after, *b, south, north),
        _ => west,
    }
}

/// Calls `visit` with (A x) of each cell of a run, in ascending order.
#[inline]
pub(super) fn product<T: Real>(
    entries: Entries<T>,
    [south, north]: [&[T]; 2],
    x: &[T],
    [before, after]: [T; 2],
    mut visit: impl FnMut(T),
) {
    let mut emit = |west: T, x: T, east: T, south: T, north: T| {
        visit(entries.centre * x + entries.along * (west + east) + entries.across * (south + north));
    };
    match x {
        [] => {}
        [only] => {
            if let (Some(south), Some(north)) = (south.first(), north.first()) {
                emit(before, *only, after, *south, *north);
            }
        }
        [first, second, ..] => {
            if let (Some(south), Some(north)) = (south.first(), north.first()) {
                emit(before, *first, *second, *south, *north);
            }
            let sides = south.iter().skip(1).zip(north.iter().skip(1));
            for (triple, (south, north)) in x.windows(3).zip(sides) {
                if let [west, x, east] = triple {
                    emit(*west, *x, *east, *south, *north);
                }
            }
            if let ([.., west, last], Some(south), Some(north)) = (x, south.last(), north.last()) {
                emit(*west, *last, after, *south, *north);
            }
        }
    }
}

/// z = scaling (z - along west - across south) in place, forward; hands back the last z.
#[inline]
pub(super) fn solve_lower<T: Real>(entries: Entries<T>, scaling: T, south: &[Cell<T>], z: &[Cell<T>], west: T) -> T {
    z.iter().zip(south).fold(west, |west, (z, south)| {
        let new = scaling * (z.get() - entries.across * south.get() - entries.along * west);
        z.set(new);
        new
    })
}

/// z = scaling (z - along east - across north) in place, backward; hands back the first z.
#[inline]
pub(super) fn solve_upper<T: Real>(entries: Entries<T>, scaling: T, north: &[Cell<T>], z: &[Cell<T>], east: T) -> T {
    z.iter().zip(north).rev().fold(east, |east, (z, north)| {
        let new = scaling * (z.get() - entries.across * north.get() - entries.along * east);
        z.set(new);
        new
    })
}

/// Eisenstat's backward half on a run: bracket = p - along east - across north, v = p + fold bracket, t = scaling bracket;
/// hands back the first t.
#[inline]
pub(super) fn eisenstat_backward<T: Real>(
    entries: Entries<T>,
    [scaling, fold]: [T; 2],
    p: &[T],
    north: &[Cell<T>],
    t: &[Cell<T>],
    v: &mut [T],
    east: T,
) -> T {
    t.iter().zip(north).zip(p.iter().zip(v)).rev().fold(east, |east, ((t, north), (p, v))| {
        let bracket = *p - entries.across * north.get() - entries.along * east;
        *v = *p + fold * bracket;
        let new = scaling * bracket;
        t.set(new);
        new
    })
}

/// Running values of Eisenstat's update.
#[derive(Clone, Copy)]
pub(super) struct Update<T> {
    /// The last g, which is west of the next cell.
    pub(super) west: T,
    /// g'z so far.
    pub(super) gz: T,
    /// Squares of the true residual so far.
    pub(super) squares: T,
}

/// Eisenstat's update on a run: g -= alpha (t + y), y = weight g, residual = diagonal g + along west + across south.
#[inline]
pub(super) fn eisenstat_update<T: Real>(
    entries: Entries<T>,
    [alpha, weight, diagonal]: [T; 3],
    t: &[T],
    south: &[Cell<T>],
    g: &[Cell<T>],
    y: &mut [T],
    from: Update<T>,
) -> Update<T> {
    g.iter().zip(south).zip(t.iter().zip(y)).fold(from, |sums, ((g, south), (t, y))| {
        let new = g.get() - alpha * (*t + *y);
        g.set(new);
        *y = weight * new;
        let residual = diagonal * new + entries.along * sums.west + entries.across * south.get();
        Update { west: new, gz: sums.gz + new * *y, squares: sums.squares + residual * residual }
    })
}
