//! What happens on one coarse level: relaxation, residuals, and the ways up and down.

use super::cells::{bulk, line, line_mut};
use super::kernels::{BLACK, RED, cut, cut_mut, edge, gather, is_forward, minus_product_of, scatter, sum_of, taps};
use super::layout::{Grid, Level, OF_EDGE, OF_EXTRA, OF_NODE};
use crate::real::Real;

/// Places of the numbers of a node off the grid.
pub(super) const X: usize = 0;
pub(super) const R: usize = 1;
pub(super) const GATE: usize = 2;
pub(super) const KEEP: usize = 3;

/// No slot of the grid.
pub(super) const NO_SLOT: u16 = u16::MAX;

/// A coarse level with its memory. A node is named by its place: red half, black half, then the nodes off the grid.
pub(super) struct Coarse<'m, T> {
    pub(super) level: Level,
    pub(super) grid: Grid<'m, T>,
    pub(super) extra: &'m mut [[T; OF_EXTRA]],
    pub(super) weights: &'m mut [T],
    pub(super) nodes: &'m mut [[u16; OF_NODE]],
    pub(super) edges: &'m mut [[u16; OF_EDGE]],
}

/// The number of a node, on the grid or off it.
#[inline(always)]
fn at<'v, T>(
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
fn end<'v, T>(
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

impl<T: Real> Coarse<'_, T> {
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
        let Level { width, ny, .. } = self.level;
        let Grid { x: [red, black], r, gate, keep, weights, .. } = &mut self.grid;
        let (x, other) = if colour == RED { (red, &**black) } else { (black, &**red) };
        let ([r0, r1], [g0, g1], [k0, k1]) = (r, gate, keep);
        let (r, gate, keep) = if colour == RED { (r0, g0, k0) } else { (r1, g1, k1) };
        for y in 0..ny {
            let (own, around) = edge(weights, other, (width, ny, y), colour);
            if let (Some(x), Some(g), Some(r), Some(k)) = (x.get_mut(own), gate.get(own), r.get(own), keep.get(own)) {
                let sum = sum_of(around);
                *x = *g * if from_zero { sum + *r } else { sum + (*r + *k * *x) };
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
                    taps.relax_from_zero(g, r, x);
                } else {
                    taps.relax(g, r, k, x);
                }
            }
        }
        self.relax_off_grid(colour, from_zero);
    }

    /// x = gate r on the red nodes: a relaxation from zero all around.
    pub(super) fn start(&mut self) {
        let Grid { x: [x, _], r: [r, _], gate: [gate, _], .. } = &mut self.grid;
        for ((x, r), gate) in x.iter_mut().zip(r.iter()).zip(gate.iter()) {
            *x = *gate * *r;
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
        let half = self.level.half;
        let Grid { x: [red, black], gate: [red_gate, black_gate], .. } = &mut self.grid;
        let extra = &mut *self.extra;
        let (to_x, to_gate, from_x) =
            if colour == RED { (&mut **red, &**red_gate, &**black) } else { (&mut **black, &**black_gate, &**red) };
        let (to_first, from_first) = if colour == RED { (0, half) } else { (half, 0) };
        for (&[red, black, _], &weight) in self.edges.iter().zip(self.weights.iter()) {
            let (to, from) = if colour == RED { (red, black) } else { (black, red) };
            let (Some(&gate), Some(&value)) =
                (end(to_gate, to_first, extra, 2 * half, GATE, to), end(from_x, from_first, extra, 2 * half, X, from))
            else {
                continue;
            };
            if let Some(x) = end_mut(to_x, to_first, extra, 2 * half, X, to) {
                *x += gate * weight * value;
            }
        }
    }

    /// After a sweep from zero: the sums of the residuals over each node of `child`. `lines` holds two lines of this level.
    pub(super) fn restrict(&mut self, child: &mut Coarse<'_, T>, lines: &mut [T]) {
        let Level { width, ny, .. } = self.level;
        let Some((upper, rest)) = lines.split_at_mut_checked(width) else { return };
        let Some(lower) = rest.get_mut(..width) else { return };
        let Grid { x: [red, black], keep: [keep_red, keep_black], weights, .. } = &self.grid;
        lower.fill(T::ZERO);
        for block in 0..child.level.ny {
            for y in [2 * block, 2 * block + 1] {
                if y >= ny {
                    continue;
                }
                let (own, around) = edge(weights, black, (width, ny, y), RED);
                let own_parts = (keep_red.get(own), red.get(own), keep_black.get(own), black.get(own));
                if let (Some(kr), Some(xr), Some(kb), Some(xb)) = own_parts
                    && let Some(sum) = upper.get_mut(own - y * width)
                {
                    let value = sum_of(around) + (*kr * *xr + *kb * *xb);
                    *sum = if y & 1 == 1 { *sum + value } else { value };
                }
                if let Some(part) = bulk(width, is_forward(RED, y)) {
                    let (own, len) = (y * width + part.start, part.len);
                    let Some(taps) = taps(weights, black, (width, ny, y), part, RED) else { continue };
                    let (Some(kr), Some(xr), Some(kb), Some(xb), Some(sum)) = (
                        cut(keep_red, own, len),
                        cut(red, own, len),
                        cut(keep_black, own, len),
                        cut(black, own, len),
                        cut_mut(upper, part.start, len),
                    ) else {
                        continue;
                    };
                    taps.residuals([kr, xr], [kb, xb], sum, y & 1 == 1);
                }
            }
            child.take_line(block, upper, lower);
        }
        child.clear_pieces();
        for (numbers, node) in self.extra.iter().zip(self.nodes.iter()) {
            let ([x, _, _, keep, ..], [parent, ..]) = (numbers, node);
            child.add_to_r(*parent, *keep * *x);
        }
        let half = self.level.half;
        let Grid { x: [_, black_x], .. } = &self.grid;
        for (&[_, black, parent], &weight) in self.edges.iter().zip(self.weights.iter()) {
            if let Some(&x) = end(black_x, half, self.extra, 2 * half, X, black) {
                child.add_to_r(parent, weight * x);
            }
        }
        child.take_slots();
    }

    /// r of the line `y` of the grid from sums over blocks.
    pub(super) fn take_line(&mut self, y: usize, upper: &[T], lower: &[T]) {
        let width = self.level.width;
        let [red, black] = &mut self.grid.r;
        scatter(upper, lower, y, line_mut(red, width, y), line_mut(black, width, y));
    }

    /// r = 0 for the pieces, before sums are added.
    pub(super) fn clear_pieces(&mut self) {
        for numbers in self.extra.iter_mut().take(self.level.pieces) {
            let [_, r, ..] = numbers;
            *r = T::ZERO;
        }
    }

    /// Nodes that stand for a slot of the grid take what was added up there.
    pub(super) fn take_slots(&mut self) {
        let half = self.level.half;
        let [red, black] = &self.grid.r;
        for (numbers, [_, _, _, slot]) in self.extra.iter_mut().zip(self.nodes.iter()).skip(self.level.pieces) {
            let slot = usize::from(*slot);
            let value = if slot < half { red.get(slot) } else { black.get(slot - half) };
            let [_, r, ..] = numbers;
            *r = value.copied().unwrap_or(T::ZERO);
        }
    }

    /// And the slots show their x, for those who read the grid.
    pub(super) fn fill_slots(&mut self) {
        let half = self.level.half;
        let [red, black] = &mut self.grid.x;
        for (numbers, [_, _, _, slot]) in self.extra.iter().zip(self.nodes.iter()).skip(self.level.pieces) {
            let slot = usize::from(*slot);
            let [x, ..] = numbers;
            if let Some(value) = if slot < half { red.get_mut(slot) } else { black.get_mut(slot - half) } {
                *value = *x;
            }
        }
    }

    /// x += scale x of the parent.
    pub(super) fn prolong(&mut self, child: &mut Coarse<'_, T>, scale: T, lines: &mut [T]) {
        let Level { width, .. } = self.level;
        child.fill_slots();
        let Some(correction) = lines.get_mut(..width) else { return };
        let [red, black] = &mut self.grid.x;
        let [red_above, black_above] = &child.grid.x;
        for block in 0..child.level.ny {
            let (above, other) =
                (line(red_above, child.level.width, block), line(black_above, child.level.width, block));
            gather(scale, above, other, block, correction);
            for y in [2 * block, 2 * block + 1] {
                for ((red, black), c) in
                    line_mut(red, width, y).iter_mut().zip(line_mut(black, width, y)).zip(correction.iter())
                {
                    *red += *c;
                    *black += *c;
                }
            }
        }
        for (numbers, [parent, ..]) in self.extra.iter_mut().zip(self.nodes.iter()) {
            let [x, ..] = numbers;
            *x += scale * child.x_of(*parent);
        }
    }

    /// r -= A x.
    pub(super) fn subtract_product(&mut self) {
        let Level { width, ny, .. } = self.level;
        let Grid { x: [x0, x1], r: [r0, r1], d: [d0, d1], weights, .. } = &mut self.grid;
        for colour in [RED, BLACK] {
            let (x, other, r, d) =
                if colour == RED { (&**x0, &**x1, &mut **r0, &**d0) } else { (&**x1, &**x0, &mut **r1, &**d1) };
            for y in 0..ny {
                let (own, around) = edge(weights, other, (width, ny, y), colour);
                if let (Some(d), Some(x), Some(r)) = (d.get(own), x.get(own), r.get_mut(own)) {
                    *r += minus_product_of(around, *d, *x);
                }
                if let Some(part) = bulk(width, is_forward(colour, y)) {
                    let (own, len) = (y * width + part.start, part.len);
                    let Some(taps) = taps(weights, other, (width, ny, y), part, colour) else { continue };
                    if let (Some(d), Some(x), Some(r)) = (cut(d, own, len), cut(x, own, len), cut_mut(r, own, len)) {
                        taps.minus_product(d, x, r);
                    }
                }
            }
        }
        for numbers in self.extra.iter_mut() {
            let [x, r, _, _, d, _] = numbers;
            *r -= *d * *x;
        }
        let half = self.level.half;
        let Grid { x: [red_x, black_x], r: [red_r, black_r], .. } = &mut self.grid;
        for (&[red, black, _], &weight) in self.edges.iter().zip(self.weights.iter()) {
            let extra = &mut *self.extra;
            let (Some(&x), Some(&y)) =
                (end(red_x, 0, extra, 2 * half, X, red), end(black_x, half, extra, 2 * half, X, black))
            else {
                continue;
            };
            if let Some(r) = end_mut(red_r, 0, extra, 2 * half, R, red) {
                *r += weight * y;
            }
            if let Some(r) = end_mut(black_r, half, extra, 2 * half, R, black) {
                *r += weight * x;
            }
        }
    }

    /// Calls `visit(x, r, gate, d, first)` for every node.
    pub(super) fn for_each(&mut self, mut visit: impl FnMut(&mut T, &mut T, T, &mut T)) {
        let Grid { x, r, gate, first, .. } = &mut self.grid;
        for (((x, r), gate), first) in x.iter_mut().zip(r).zip(gate).zip(first) {
            for (((x, r), gate), first) in x.iter_mut().zip(r.iter_mut()).zip(gate.iter()).zip(first.iter_mut()) {
                visit(x, r, *gate, first);
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
