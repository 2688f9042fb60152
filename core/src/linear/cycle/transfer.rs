//! The ways between a coarse level and the next: residuals summed up on the way down, a correction added on the way up.

use super::cells::{bulk, line, line_mut};
use super::coarse::{Coarse, X, end};
use super::coefficient::Coefficient;
use super::kernels::{RED, cut, cut_mut, edge, gather, is_forward, scatter, sum_of, taps};
use super::layout::{Grid, Level};
use super::vfp;
use crate::real::Real;

impl<T: Real, C: Coefficient<T>> Coarse<'_, T, C> {
    /// After a sweep from zero: the sums of the residuals over each node of `child`. `lines` holds two lines of this level.
    pub(super) fn restrict(&mut self, child: &mut Self, lines: &mut [T]) {
        let (Level { width, ny, .. }, scale) = (self.level, self.scale);
        let Some(lines) = lines.get_mut(..2 * width) else { return };
        let mut take = |block: usize, lines: &[T]| {
            if let Some((upper, lower)) = lines.split_at_checked(width) {
                child.take_line(block, upper, lower);
            }
        };
        if !vfp::residuals(self.level, &self.grid, lines, &mut take) {
            for block in 0..ny.div_ceil(2) {
                if 2 * block + 1 >= ny {
                    lines.fill(T::ZERO);
                }
                for (y, sums) in (2 * block..ny).zip(lines.chunks_exact_mut(width.max(1))) {
                    self.residuals(y, sums);
                }
                take(block, lines);
            }
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
                child.add_to_r(parent, C::scaled(weight.units(), scale) * x);
            }
        }
        child.take_slots();
    }

    /// The residuals of line `y` after a sweep from zero: those of its red nodes, and of black ones what relaxation leaves.
    fn residuals(&self, y: usize, sums: &mut [T]) {
        let (Level { width, ny, .. }, scale) = (self.level, self.scale);
        let Grid { x: [red, black], keep: [keep_red, keep_black], weights, .. } = &self.grid;
        let (own, around) = edge(weights, black, (width, ny, y), RED);
        let own_parts = (keep_red.get(own), red.get(own), keep_black.get(own), black.get(own));
        if let (Some(kr), Some(xr), Some(kb), Some(xb)) = own_parts
            && let Some(sum) = sums.get_mut(own - y * width)
        {
            *sum = C::scaled(sum_of(around) + (kr.units() * *xr + kb.units() * *xb), scale);
        }
        let Some(part) = bulk(width, is_forward(RED, y)) else { return };
        let (own, len) = (y * width + part.start, part.len);
        let Some(taps) = taps(weights, black, (width, ny, y), part, RED) else { return };
        if let (Some(kr), Some(xr), Some(kb), Some(xb), Some(sums)) = (
            cut(keep_red, own, len),
            cut(red, own, len),
            cut(keep_black, own, len),
            cut(black, own, len),
            cut_mut(sums, part.start, len),
        ) {
            taps.residuals([(kr, xr), (kb, xb)], sums, scale);
        }
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
    pub(super) fn prolong(&mut self, child: &mut Self, scale: T, lines: &mut [T]) {
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
}
