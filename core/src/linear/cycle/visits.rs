//! One call of a cycle: in which order its levels are visited.

use super::build::is_fluid;
use super::cells::{DEGREE, line, line_mut};
use super::coefficient::Coefficient;
use super::kernels::{BLACK, RED};
use super::layout::{LINES, MAX_LEVELS};
use super::{Cycle, finest};
use crate::operator::Direction;
use crate::real::Real;

impl<T: Real, C: Coefficient<T>> Cycle<'_, T, C> {
    /// The cycle from one coarse level down, whose r becomes x. `vector` is lent by the finest level.
    pub(super) fn run(&mut self, from: usize, vector: &mut [T]) {
        let last = self.store.last();
        let mut again = [false; MAX_LEVELS];
        let mut level = from;
        let mut is_down = true;
        // Each level is visited at most twice for each visit of the one above it.
        for _ in 0..4_usize << last.min(MAX_LEVELS) {
            if is_down {
                if level == last {
                    self.store.coarse_with(level, vector).solve();
                    is_down = false;
                    continue;
                }
                let mut pair = self.store.pair(level, vector);
                let Some([mine, child]) = &mut pair else { return };
                mine.start();
                mine.relax(BLACK, true);
                mine.restrict(child, self.lines);
                level += 1;
                if let Some(again) = again.get_mut(level) {
                    *again = false;
                }
                continue;
            }
            if level == from {
                return;
            }
            let weight = self.second_visit(level);
            let Some(is_again) = again.get_mut(level) else { return };
            if *is_again {
                self.store.coarse(level).close_second(weight);
            } else if weight > T::ZERO {
                *is_again = true;
                is_down = true;
                self.store.coarse(level).open_second();
                continue;
            }
            level -= 1;
            let scale = self.scale_of(level);
            let mut pair = self.store.pair(level, vector);
            let Some([mine, child]) = &mut pair else { return };
            mine.prolong(child, scale, self.lines);
            mine.relax(BLACK, false);
            mine.relax(RED, false);
        }
    }

    fn scale_of(&self, level: usize) -> T {
        self.scale.get(level.min(2)).copied().unwrap_or(T::ONE)
    }
}

impl<T: Real, C: Coefficient<T>> Direction<T> for Cycle<'_, T, C> {
    fn direction(&mut self, r: &[T], d: &mut [T]) {
        let Self { cells, tables, lines, store, .. } = self;
        if store.last() == 0 {
            for ((d, r), code) in d.iter_mut().zip(r).zip(cells.black) {
                let degree = T::from_u32(u32::from((code & DEGREE).max(1)));
                *d = if is_fluid(*code) { *r / degree } else { T::ZERO };
            }
            return;
        }
        zero(lines, cells.width);
        // Until the way up, d is not needed: what coarse levels need for the time of a cycle lies there.
        finest::down(cells, tables, r, &mut store.coarse_with(1, d), lines);
        self.run(1, d);
        let scale = self.scale_of(0);
        let Self { cells, tables, lines, store, .. } = self;
        zero(lines, cells.width);
        finest::up(cells, tables, scale, r, d, &mut store.coarse(1), lines);
    }

    fn multiply_adds(&self) -> usize {
        self.multiply_adds
    }
}

/// The last line of scratch is the neighbour of cells at the edge.
pub(super) fn zero<T: Real>(lines: &mut [T], width: usize) {
    line_mut(lines, width, LINES - 1).fill(T::ZERO);
    debug_assert_eq!(line(lines, width, LINES - 1).len(), width);
}
