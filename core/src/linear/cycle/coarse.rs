//! What happens on one coarse level: relaxation, residuals, and what a second visit needs.

use super::cells::bulk;
use super::coefficient::{Coefficient, Scale};
use super::kernels::{BLACK, RED, cut, cut_mut, edge, is_forward, minus_product_of, sum_of, taps};
use super::layout::{Grid, Level, OF_EDGE, OF_EXTRA, OF_NODE};
use super::vfp;
use crate::real::Real;

/// Places of the numbers of a node off the grid.
pub(super) const X: usize = 0;
pub(super) const R: usize = 1;
pub(super) const GATE: usize = 2;
pub(super) const KEEP: usize = 3;

/// No slot of the grid.
pub(super) const NO_SLOT: u16 = u16::MAX;

/// A coarse level with its memory. A node is named by its place: red half, black half, then the nodes off the grid.
pub(super) struct Coarse<'m, T, C> {
    pub(super) level: Level,
    pub(super) scale: Scale<T>,
    pub(super) grid: Grid<'m, T, C>,
    pub(super) extra: &'m mut [[T; OF_EXTRA]],
    pub(super) weights: &'m mut [C],
    pub(super) nodes: &'m mut [[u16; OF_NODE]],
    pub(super) edges: &'m mut [[u16; OF_EDGE]],
}

/// The number of a node, on the grid or off it.
#[inline(always)]
pub(super) fn at<'v, T>(
    halves: &'v mut [&mut [T]; 2],
    extra: &'v mut [[T; OF_EXTRA]],
    half: usize,
    of: usize,
    id: u16,
) -> Option<&'v mut T> {
    let id = usize::from(id);
    let [red, black] = halves;
    if id < half {
        red.get_mut(id)
    } else if id < 2 * half {
        black.get_mut(id - half)
    } else {
        extra.get_mut(id - 2 * half).and_then(|numbers| numbers.get_mut(of))
    }
}

/// The number of one end of an edge, whose colour is known: on the half that begins with the name `first`, or off the grid,
/// where names begin with `beyond`.
#[inline(always)]
pub(super) fn end<'v, T>(
    values: &'v [T],
    first: usize,
    extra: &'v [[T; OF_EXTRA]],
    beyond: usize,
    of: usize,
    id: u16,
) -> Option<&'v T> {
    let id = usize::from(id);
    match values.get(id.wrapping_sub(first)) {
        None => extra.get(id.wrapping_sub(beyond)).and_then(|numbers| numbers.get(of)),
        on_grid => on_grid,
    }
}

/// The same to be written.
#[inline(always)]
fn end_mut<'v, T>(
    values: &'v mut [T],
    first: usize,
    extra: &'v mut [[T; OF_EXTRA]],
    beyond: usize,
    of: usize,
    id: u16,
) -> Option<&'v mut T> {
    let id = usize::from(id);
    match values.get_mut(id.wrapping_sub(first)) {
        None => extra.get_mut(id.wrapping_sub(beyond)).and_then(|numbers| numbers.get_mut(of)),
        on_grid => on_grid,
    }
}

impl<T: Real, C: Coefficient<T>> Coarse<'_, T, C> {
    #[inline(always)]
    pub(super) fn x_of(&mut self, id: u16) -> T {
        at(&mut self.grid.x, self.extra, self.level.half, X, id).map_or(T::ZERO, |x| *x)
    }

    #[inline(always)]
    pub(super) fn add_to_r(&mut self, id: u16, value: T) {
        if let Some(r) = at(&mut self.grid.r, self.extra, self.level.half, R, id) {
            *r += value;
        }
    }

    /// Relaxes the nodes of one colour; from zero it takes x of this colour as 0.
    pub(super) fn relax(&mut self, colour: usize, from_zero: bool) {
        if !vfp::relax(self.level, &mut self.grid, colour, from_zero) {
            self.relax_on_grid(colour, from_zero);
        }
        self.relax_off_grid(colour, from_zero);
    }

    fn relax_on_grid(&mut self, colour: usize, from_zero: bool) {
        let (Level { width, ny, .. }, scale) = (self.level, self.scale);
        let Grid { x: [red, black], r, gate, keep, weights, .. } = &mut self.grid;
        let (x, other) = if colour == RED { (red, &**black) } else { (black, &**red) };
        let ([r0, r1], [g0, g1], [k0, k1]) = (r, gate, keep);
        let (r, gate, keep) = if colour == RED { (r0, g0, k0) } else { (r1, g1, k1) };
        for y in 0..ny {
            let (own, around) = edge(weights, other, (width, ny, y), colour);
            if let (Some(x), Some(g), Some(r), Some(k)) = (x.get_mut(own), gate.get(own), r.get(own), keep.get(own)) {
                let sum = sum_of(around);
                *x = if from_zero {
                    g.relaxed_from_zero(sum, *r, scale)
                } else {
                    g.relaxed(sum, *r, k.units() * *x, scale)
                };
            }
            if let Some(part) = bulk(width, is_forward(colour, y)) {
                let (own, len) = (y * width + part.start, part.len);
                let Some(taps) = taps(weights, other, (width, ny, y), part, colour) else { continue };
                let (Some(x), Some(g), Some(r), Some(k)) =
                    (cut_mut(x, own, len), cut(gate, own, len), cut(r, own, len), cut(keep, own, len))
                else {
                    continue;
                };
                if from_zero {
                    taps.relax_from_zero(g, r, x, scale);
                } else {
                    taps.relax(g, r, k, x, scale);
                }
            }
        }
    }

    /// x = gate r on the red nodes: a relaxation from zero all around.
    pub(super) fn start(&mut self) {
        let scale = self.scale;
        let Grid { x: [x, _], r: [r, _], gate: [gate, _], .. } = &mut self.grid;
        for ((x, r), gate) in x.iter_mut().zip(r.iter()).zip(gate.iter()) {
            *x = gate.gated(*r, scale);
        }
        for (numbers, node) in self.extra.iter_mut().zip(self.nodes.iter()) {
            if colour_of(node) == RED {
                let [x, r, gate, ..] = numbers;
                *x = *gate * *r;
            }
        }
    }

    fn relax_off_grid(&mut self, colour: usize, from_zero: bool) {
        for (numbers, node) in self.extra.iter_mut().zip(self.nodes.iter()) {
            if colour_of(node) == colour {
                let [x, r, gate, keep, ..] = numbers;
                *x = if from_zero { *gate * *r } else { *gate * (*r + *keep * *x) };
            }
        }
        let (half, scale) = (self.level.half, self.scale);
        let Grid { x: [red, black], gate: [red_gate, black_gate], .. } = &mut self.grid;
        let extra = &mut *self.extra;
        let (to_x, to_gate, from_x) =
            if colour == RED { (&mut **red, &**red_gate, &**black) } else { (&mut **black, &**black_gate, &**red) };
        let (to_first, from_first) = if colour == RED { (0, half) } else { (half, 0) };
        for (ends, &weight) in self.edges.iter().zip(self.weights.iter()) {
            let (Some(&to), Some(&from)) = (ends.get(colour & 1), ends.get(1 - (colour & 1))) else { continue };
            let Some(&value) = end(from_x, from_first, extra, 2 * half, X, from) else { continue };
            let weight = C::scaled(weight.units(), scale);
            let place = usize::from(to).wrapping_sub(to_first);
            if let (Some(x), Some(gate)) = (to_x.get_mut(place), to_gate.get(place)) {
                *x += gate.gated(T::ONE, scale) * weight * value;
            } else if let Some([x, _, gate, ..]) = extra.get_mut(usize::from(to).wrapping_sub(2 * half)) {
                *x += *gate * weight * value;
            }
        }
    }

    /// r -= A x.
    pub(super) fn subtract_product(&mut self) {
        let scale = self.scale;
        if !vfp::subtract_product(self.level, &mut self.grid) {
            self.subtract_on_grid();
        }
        for numbers in self.extra.iter_mut() {
            let [x, r, _, _, d, _] = numbers;
            *r -= *d * *x;
        }
        let half = self.level.half;
        let Grid { x: [red_x, black_x], r: [red_r, black_r], .. } = &mut self.grid;
        // Slices of their own: through the grid they would be looked up again for every edge.
        let (red_x, black_x, red_r, black_r) = (&**red_x, &**black_x, &mut **red_r, &mut **black_r);
        let extra = &mut *self.extra;
        for (&[red, black, _], &weight) in self.edges.iter().zip(self.weights.iter()) {
            let weight = C::scaled(weight.units(), scale);
            let Some(&x) = end(red_x, 0, extra, 2 * half, X, red) else { continue };
            let place = usize::from(black).wrapping_sub(half);
            let y = if let (Some(y), Some(r)) = (black_x.get(place), black_r.get_mut(place)) {
                *r += weight * x;
                *y
            } else if let Some([y, r, ..]) = extra.get_mut(place.wrapping_sub(half)) {
                *r += weight * x;
                *y
            } else {
                continue;
            };
            if let Some(r) = end_mut(red_r, 0, extra, 2 * half, R, red) {
                *r += weight * y;
            }
        }
    }

    fn subtract_on_grid(&mut self) {
        let (Level { width, ny, .. }, scale) = (self.level, self.scale);
        let Grid { x: [x0, x1], r: [r0, r1], d: [d0, d1], weights, .. } = &mut self.grid;
        for colour in [RED, BLACK] {
            let (x, other, r, d) =
                if colour == RED { (&**x0, &**x1, &mut **r0, &**d0) } else { (&**x1, &**x0, &mut **r1, &**d1) };
            for y in 0..ny {
                let (own, around) = edge(weights, other, (width, ny, y), colour);
                if let (Some(d), Some(x), Some(r)) = (d.get(own), x.get(own), r.get_mut(own)) {
                    *r += C::scaled(minus_product_of(around, d.units(), *x), scale);
                }
                if let Some(part) = bulk(width, is_forward(colour, y)) {
                    let (own, len) = (y * width + part.start, part.len);
                    let Some(taps) = taps(weights, other, (width, ny, y), part, colour) else { continue };
                    if let (Some(d), Some(x), Some(r)) = (cut(d, own, len), cut(x, own, len), cut_mut(r, own, len)) {
                        taps.minus_product(d, x, r, scale);
                    }
                }
            }
        }
    }

    /// Calls `visit(x, r, gate, d, first)` for every node.
    pub(super) fn for_each(&mut self, mut visit: impl FnMut(&mut T, &mut T, T, &mut T)) {
        let scale = self.scale;
        let Grid { x, r, gate, first, .. } = &mut self.grid;
        for (((x, r), gate), first) in x.iter_mut().zip(r).zip(gate).zip(first) {
            for (((x, r), gate), first) in x.iter_mut().zip(r.iter_mut()).zip(gate.iter()).zip(first.iter_mut()) {
                visit(x, r, gate.gated(T::ONE, scale), first);
            }
        }
        for numbers in self.extra.iter_mut() {
            let [x, r, gate, _, _, first] = numbers;
            visit(x, r, *gate, first);
        }
    }

    /// The coarsest level: x = D⁻¹ r and six damped Jacobi steps. D⁻¹ stands in the place of the gates.
    pub(super) fn solve(&mut self) {
        self.for_each(|x, r, gate, first| {
            *first = *r;
            *x = gate * *r;
        });
        for _ in 0..6 {
            self.subtract_product();
            self.for_each(|x, r, gate, first| {
                *x += T::from_f64(0.8) * gate * *r;
                *r = *first;
            });
        }
    }

    /// Before a second visit: keeps x, and r becomes the residual.
    pub(super) fn open_second(&mut self) {
        self.subtract_product();
        self.for_each(|x, _, _, first| *first = *x);
    }

    /// After it: x = first + weight x.
    pub(super) fn close_second(&mut self, weight: T) {
        self.for_each(|x, _, _, first| *x = *first + weight * *x);
    }
}

/// The colour of a node off the grid.
pub(super) fn colour_of([_, x, y, _]: &[u16; OF_NODE]) -> usize {
    usize::from((x ^ y) & 1)
}
