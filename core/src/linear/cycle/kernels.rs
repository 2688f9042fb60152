//! The line kernels of the coarse grids: plain zipped loops over stretches of packed lines.

use super::cells::Stretch;
use super::coefficient::{Coefficient, Scale};
use crate::real::Real;

/// Places of the weights of a black node.
pub(super) const UP: usize = 0;
pub(super) const DOWN: usize = 1;
pub(super) const SAME: usize = 2;
pub(super) const SIDE: usize = 3;

/// Colours.
pub(super) const RED: usize = 0;
pub(super) const BLACK: usize = 1;

/// Whether the side neighbours of this line lie ahead.
#[inline(always)]
pub(super) const fn is_forward(colour: usize, y: usize) -> bool {
    (y & 1 == 0) == (colour == BLACK)
}

/// Weights and values of the four neighbours of a stretch. Beside and at the side lie two that follow each other, `pairs`, so
/// that the second is the first of the next node: it is read once. Their weights stand in the same order.
pub(super) struct Taps<'x, T, C> {
    weights: [&'x [C]; 4],
    values: [&'x [T]; 2],
    first: T,
    rest: &'x [T],
}

/// The taps of the nodes of line `y` of one colour that have a neighbour at their side; `x` is the other colour. Where there is
/// no neighbour a weight of 0 is met with a value from anywhere.
#[inline(always)]
pub(super) fn taps<'x, T: Copy, C>(
    weights: &'x [&'x mut [C]; 4],
    x: &'x [T],
    (width, lines, y): (usize, usize, usize),
    part: Stretch,
    colour: usize,
) -> Option<Taps<'x, T, C>> {
    let [up, down, same, side] = weights;
    let Stretch { start, len, side: aside, .. } = part;
    let row = y.wrapping_mul(width);
    let own = row.wrapping_add(start);
    let above = if y == 0 { own } else { own.wrapping_sub(width) };
    let below = if y + 1 >= lines { own } else { own.wrapping_add(width) };
    let beside = row.wrapping_add(aside);
    let values = [cut(x, above, len)?, cut(x, below, len)?];
    let (first, rest) = cut(x, row, len.wrapping_add(1))?.split_first()?;
    let [above, below, own, beside] = if colour == BLACK {
        [cut(up, own, len)?, cut(down, own, len)?, cut(same, own, len)?, cut(side, own, len)?]
    } else {
        // The face above a red node is the one below the black node there; at the edge the weights that are 0 serve.
        let above = if y == 0 { cut(up, own, len)? } else { cut(down, above, len)? };
        let below = if y + 1 >= lines { cut(down, own, len)? } else { cut(up, below, len)? };
        [above, below, cut(same, own, len)?, cut(side, beside, len)?]
    };
    let weights = if start < aside { [above, below, own, beside] } else { [above, below, beside, own] };
    Some(Taps { weights, values, first: *first, rest })
}

/// The one node of line `y` that has no neighbour at its side: its place, and weights and values of its neighbours above,
/// below and beside. Alone it is cheaper than as a stretch.
#[inline(always)]
pub(super) fn edge<T: Real, C: Coefficient<T>>(
    weights: &[&mut [C]; 4],
    x: &[T],
    (width, lines, y): (usize, usize, usize),
    colour: usize,
) -> (usize, [(T, T); 3]) {
    let [up, down, same, _] = weights;
    let own = y.wrapping_mul(width).wrapping_add(if is_forward(colour, y) { width.wrapping_sub(1) } else { 0 });
    let (above, below) = (own.wrapping_sub(width), own.wrapping_add(width));
    let tap = |weights: &[C], at: usize, place: usize| match (weights.get(at), x.get(place)) {
        (Some(weight), Some(x)) => (weight.units(), *x),
        _ => (T::ZERO, T::ZERO),
    };
    let is_black = colour == BLACK;
    // As for a stretch: at the edge of the grid the weights that are 0 serve.
    let first = match y {
        0 => tap(up, own, own),
        _ if is_black => tap(up, own, above),
        _ => tap(down, above, above),
    };
    let second = if y.wrapping_add(1) >= lines {
        tap(down, own, own)
    } else if is_black {
        tap(down, own, below)
    } else {
        tap(up, below, below)
    };
    (own, [first, second, tap(same, own, own)])
}

/// Sum of w x of an [`edge`].
#[inline(always)]
pub(super) fn sum_of<T: Real>([(w0, x0), (w1, x1), (w2, x2)]: [(T, T); 3]) -> T {
    (w0 * x0 + w1 * x1) + w2 * x2
}

/// Sum of w x - d x of an [`edge`], by differences as [`Taps::minus_product`].
#[inline(always)]
pub(super) fn minus_product_of<T: Real>([(w0, x0), (w1, x1), (w2, x2)]: [(T, T); 3], d: T, x: T) -> T {
    let flow = (w0 * (x0 - x) + w1 * (x1 - x)) + w2 * (x2 - x);
    flow - (d - ((w0 + w1) + w2)) * x
}

#[inline(always)]
pub(super) fn cut<E>(values: &[E], start: usize, len: usize) -> Option<&[E]> {
    values.get(start..start.wrapping_add(len))
}

#[inline(always)]
pub(super) fn cut_mut<E>(values: &mut [E], start: usize, len: usize) -> Option<&mut [E]> {
    values.get_mut(start..start.wrapping_add(len))
}

macro_rules! zip {
    ($first:expr $(, $rest:expr)*) => { $first.iter()$(.zip($rest))* };
}

impl<T: Real, C: Coefficient<T>> Taps<'_, T, C> {
    /// x = gate (r + sum of w x + keep x).
    #[inline(always)]
    pub(super) fn relax(&self, gate: &[C], r: &[T], keep: &[C], x: &mut [T], scale: Scale<T>) {
        let [w0, w1, w2, w3] = self.weights;
        let [x0, x1] = self.values;
        let mut x2 = self.first;
        let sums = zip!(w0, x0, w1, x1, w2, w3, self.rest);
        for ((x, ((g, r), k)), ((((((w0, x0), w1), x1), w2), w3), x3)) in
            x.iter_mut().zip(gate.iter().zip(r).zip(keep)).zip(sums)
        {
            let sum = (w0.units() * *x0 + w1.units() * *x1) + (w2.units() * x2 + w3.units() * *x3);
            *x = g.relaxed(sum, *r, k.units() * *x, scale);
            x2 = *x3;
        }
    }

    /// The same from x = 0.
    #[inline(always)]
    pub(super) fn relax_from_zero(&self, gate: &[C], r: &[T], x: &mut [T], scale: Scale<T>) {
        let [w0, w1, w2, w3] = self.weights;
        let [x0, x1] = self.values;
        let mut x2 = self.first;
        let sums = zip!(w0, x0, w1, x1, w2, w3, self.rest);
        for ((x, (g, r)), ((((((w0, x0), w1), x1), w2), w3), x3)) in x.iter_mut().zip(gate.iter().zip(r)).zip(sums) {
            let sum = (w0.units() * *x0 + w1.units() * *x1) + (w2.units() * x2 + w3.units() * *x3);
            *x = g.relaxed_from_zero(sum, *r, scale);
            x2 = *x3;
        }
    }

    /// sum = sum of w x + keep x of both colours: the residuals after a sweep from zero.
    #[inline(always)]
    pub(super) fn residuals(
        &self,
        [(keep_red, red), (keep_black, black)]: [(&[C], &[T]); 2],
        sum: &mut [T],
        scale: Scale<T>,
    ) {
        let [w0, w1, w2, w3] = self.weights;
        let [x0, x1] = self.values;
        let mut x2 = self.first;
        let sums = zip!(w0, x0, w1, x1, w2, w3, self.rest);
        let own = zip!(keep_red, red, keep_black, black);
        for ((sum, (((kr, xr), kb), xb)), ((((((w0, x0), w1), x1), w2), w3), x3)) in sum.iter_mut().zip(own).zip(sums) {
            let flow = (w0.units() * *x0 + w1.units() * *x1) + (w2.units() * x2 + w3.units() * *x3);
            *sum = C::scaled(flow + (kr.units() * *xr + kb.units() * *xb), scale);
            x2 = *x3;
        }
    }

    /// out += sum of w x - d x, as differences of neighbours: a smooth x, whose product is small, loses no digit by it.
    #[inline(always)]
    pub(super) fn minus_product(&self, d: &[C], x: &[T], out: &mut [T], scale: Scale<T>) {
        let [w0, w1, w2, w3] = self.weights;
        let [x0, x1] = self.values;
        let mut x2 = self.first;
        let sums = zip!(w0, x0, w1, x1, w2, w3, self.rest);
        for ((out, (d, x)), ((((((w0, x0), w1), x1), w2), w3), x3)) in out.iter_mut().zip(d.iter().zip(x)).zip(sums) {
            let [w0, w1, w2, w3] = [w0, w1, w2, w3].map(|weight| weight.units());
            let flow = (w0 * (*x0 - *x) + w1 * (*x1 - *x)) + (w2 * (x2 - *x) + w3 * (*x3 - *x));
            // In the order in which d was summed: what is left are open faces and edges off the grid.
            let rest = d.units() - ((w0 + w1) + (w2 + w3));
            *out += C::scaled(flow - rest * *x, scale);
            x2 = *x3;
        }
    }
}

/// Spreads a line of blocks over the two colours of a coarse line; `upper + lower` is what a block gets.
#[inline(always)]
pub(super) fn scatter<T: Real>(upper: &[T], lower: &[T], y: usize, red: &mut [T], black: &mut [T]) {
    let (even, odd) = if y & 1 == 0 { (red, black) } else { (black, red) };
    let ((uppers, upper), (lowers, lower)) = (upper.as_chunks::<2>(), lower.as_chunks::<2>());
    for ((even, odd), ([u0, u1], [l0, l1])) in even.iter_mut().zip(odd.iter_mut()).zip(uppers.iter().zip(lowers)) {
        *even = *u0 + *l0;
        *odd = *u1 + *l1;
    }
    let last = uppers.len();
    if let ([upper], [lower], Some(even), Some(odd)) = (upper, lower, even.get_mut(last), odd.get_mut(last)) {
        *even = *upper + *lower;
        *odd = T::ZERO;
    }
}

/// line = scale c of the blocks of a coarse line, both colours interleaved.
#[inline(always)]
pub(super) fn gather<T: Real>(scale: T, red: &[T], black: &[T], y: usize, line: &mut [T]) {
    let (even, odd) = if y & 1 == 0 { (red, black) } else { (black, red) };
    let (pairs, rest) = line.as_chunks_mut::<2>();
    let last = pairs.len();
    for ((even, odd), pair) in even.iter().zip(odd).zip(pairs) {
        *pair = [scale * *even, scale * *odd];
    }
    if let ([rest], Some(even)) = (rest, even.get(last)) {
        *rest = scale * *even;
    }
}
