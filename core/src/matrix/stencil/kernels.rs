//! The line kernels of the constant stencil.

use crate::real::Real;

/// The four neighbouring lines of a line of cells; an absent one is empty.
pub(super) struct Line<'x, T> {
    pub(super) south: &'x [T],
    pub(super) north: &'x [T],
    pub(super) down: &'x [T],
    pub(super) up: &'x [T],
}

impl<T: Real> Line<'_, T> {
    /// coupling\[1\] (south + north) + coupling\[2\] (down + up) of cell `k`.
    #[inline]
    pub(super) fn sum(&self, k: usize, coupling: [T; 3]) -> T {
        let at = |line: &[T]| line.get(k).copied().unwrap_or(T::ZERO);
        let mut sum = coupling[1] * (at(self.south) + at(self.north));
        if !(self.down.is_empty() && self.up.is_empty()) {
            sum += coupling[2] * (at(self.down) + at(self.up));
        }
        sum
    }

    /// Two dimensions, and not at an edge.
    pub(super) fn is_planar_interior(&self) -> bool {
        !self.south.is_empty() && !self.north.is_empty() && self.down.is_empty() && self.up.is_empty()
    }
}

/// A forward sweep over one line that has both neighbours, four cells at a time; false, and nothing written, if the
/// lengths do not fit.
///
/// Each cell needs four loads (b, east, south, north), one store and six flops: 11 instructions are the floor on a core
/// without SIMD. West stays in a register, east becomes the next centre.
#[inline]
pub(super) fn relax_interior<T: Real>(
    keep: T,
    rhs: T,
    coupling: [T; 3],
    b: &[T],
    around: &Line<'_, T>,
    x: &mut [T],
) -> bool {
    let n = x.len();
    let (Some(b), Some(south), Some(north)) = (b.get(..n), around.south.get(..n), around.north.get(..n)) else {
        return false;
    };
    let [along, across, _] = coupling;
    let relax = |west: T, centre: T, east: T, b: T, south: T, north: T| {
        keep * centre + rhs * b + across * (south + north) + along * east + along * west
    };
    let (b4, b_rest) = b.as_chunks::<4>();
    let (south4, south_rest) = south.as_chunks::<4>();
    let (north4, north_rest) = north.as_chunks::<4>();
    let mut west = T::ZERO;
    let mut rest = &mut *x;
    for ((b, south), north) in b4.iter().zip(south4).zip(north4) {
        let Some((cells, next)) = rest.split_first_chunk_mut::<4>() else { return false };
        let [c0, c1, c2, c3] = cells;
        // The element after the chunk is its last east; past the line it is the wall.
        let wall = next.first().copied().unwrap_or(T::ZERO);
        let w0 = relax(west, *c0, *c1, b[0], south[0], north[0]);
        *c0 = w0;
        let w1 = relax(w0, *c1, *c2, b[1], south[1], north[1]);
        *c1 = w1;
        let w2 = relax(w1, *c2, *c3, b[2], south[2], north[2]);
        *c2 = w2;
        west = relax(w2, *c3, wall, b[3], south[3], north[3]);
        *c3 = west;
        rest = next;
    }
    let mut cells = rest.iter_mut().peekable();
    for ((b, south), north) in b_rest.iter().zip(south_rest).zip(north_rest) {
        let Some(cell) = cells.next() else { return true };
        let east = cells.peek().map_or(T::ZERO, |east| **east);
        west = relax(west, *cell, east, *b, *south, *north);
        *cell = west;
    }
    true
}
