//! One multigrid cycle for pressure on cells, red-black reduced, whose gates are data: hand-set or trained.
//!
//! The pieces, in the order of their use:
//! 1. [`Domain`]: cells, walls, open sides; [`seal_pockets`] closes what no path joins to an opening.
//! 2. [`Cells`]: one code a cell, packed by colour.
//! 3. [`Reduced`]: the system on black cells, red ones eliminated; [`Reduced::reduce`] and [`Reduced::expand`] go there
//!    and back.
//! 4. [`Cycle`]: a [`Direction`](crate::operator::Direction) on that system. [`Dcd`](crate::linear::Dcd) takes both.
//!
//! A cycle relaxes black, restricts, corrects, relaxes black; on coarse levels red and black, then black and red. It is
//! linear and symmetric, and positive definite for any finite gates: relaxations are clamped to (0, 2), which makes each
//! contract in the norm of its level, and the weight of a second visit stays below what the largest eigenvalue of the
//! cycle below it allows, (1 + weight) / weight, found by power iteration when the hierarchy is built.
//!
//! Where memory is short, [`Cycle::compact`] stores the coefficients of coarse levels in 16 bits.
//!
//! [`Varying`] is the same cycle for coefficients that differ from face to face, and for A + c I.
//!
//! Coarse nodes are connected parts of 2 x 2 blocks, so a thin wall stays a wall on all levels; see [`CycleOptions`].
//!
//! Cost of one call: `multiply_adds` counts it; of a solve, `cargo xtask bench --family dcd` prints it. Sources: the method of
//! conjugate directions by a network is Kaneda et al., ICML 2023; red-black reduction, Elman and Golub, Iterative methods
//! for cyclically reduced non-self-adjoint linear systems, 1990; weights from trained relaxation, Kuznichov, 2022.

mod bound;
mod build;
mod cells;
mod coarse;
mod coefficient;
mod compact;
mod domain;
mod finest;
mod gates;
mod kernels;
mod layout;
mod memory;
mod pieces;
mod plan;
mod ready;
mod reduced;
mod store;
mod textbook;
mod trained;
mod transfer;
mod varying;
mod vfp;
mod visits;
mod whole;

pub use cells::Cells;
pub use coefficient::Coefficient;
pub use domain::{Domain, FLUID, OPEN, SOLID, seal_pockets};
pub use gates::{GATES, Gates};
pub use layout::{CycleOptions, CycleSizes, Shape};
pub use plan::Plan;
pub use reduced::Reduced;
pub use textbook::Textbook;
pub use varying::Varying;
pub use whole::{Coloured, Whole};

use crate::error::Error;
use crate::real::Real;
use finest::Gate;
use layout::MAX_LEVELS;
use memory::Parts;
use ready::Ready;
use store::Store;
use visits::zero;

/// r -> z on the black cells of a domain.
///
/// The coefficients of its coarse levels are stored as C: T itself, or `u16` for the form that [`compact`](Self::compact)
/// builds.
#[derive(Debug)]
pub struct Cycle<'a, T, C = T> {
    cells: Cells<'a>,
    options: CycleOptions,
    store: Store<'a, T, C>,
    lines: &'a mut [T],
    tables: [Gate<T>; 8],
    /// Scales of the coarse correction, by level below.
    scale: [T; 3],
    /// Weights of a second visit, by level; 0 where there is none.
    second: [T; MAX_LEVELS],
    multiply_adds: usize,
}

impl<'a, T: Real> Cycle<'a, T> {
    /// Exact memory for `nx` x `ny` cells, the codes of [`Cells`] apart.
    #[must_use]
    pub const fn sizes(nx: usize, ny: usize, options: CycleOptions) -> CycleSizes {
        layout::sizes(nx, ny, options, false)
    }

    /// Builds the hierarchy of these cells. For moving walls: build again, on the same memory. Cost: nearly that of two solves on
    /// 64 x 64 cells (`cargo xtask bench --chips`, case `build`), most of it to bound the second visits of W by cycles on the
    /// second coarse level; with many pieces it grows with blocks x nodes and the square of the edges off the grid.
    ///
    /// # Errors
    /// `NotFinite` (`Field::Values`, the index of the gate), `Length` (`Field::Workspace` for `numbers`, `Field::Order`
    /// for `indices`). Nothing has been written then.
    pub fn new(
        cells: Cells<'a>,
        gates: &Gates,
        options: CycleOptions,
        numbers: &'a mut [T],
        indices: &'a mut [u16],
    ) -> Result<Self, Error> {
        Self::build(cells, gates, options, Self::sizes(cells.nx, cells.ny, options), numbers, indices)
    }
}

impl<'a, T: Real> Cycle<'a, T, u16> {
    /// Exact memory of [`compact`](Self::compact).
    #[must_use]
    pub const fn compact_sizes(nx: usize, ny: usize, options: CycleOptions) -> CycleSizes {
        layout::sizes(nx, ny, options, true)
    }

    /// As [`new`](Cycle::new), with the coefficients of the coarse levels in 16 bits and a scale a level, which lie among
    /// `indices`. On 64 x 64 cells that is 11.6 kB less, 10.9 kB with V, and 15.0 kB with a twelfth of the cells as pieces.
    ///
    /// Symmetric and positive definite for any finite gates as well: what rounding does to an operator, it does in the same
    /// way wherever that operator is applied, and diagonals are rounded up. Iterations are the same (`cargo xtask bench --family
    /// dcd`); each coefficient has to be converted, and a Cortex-M4F makes half as many instructions again (`cargo xtask
    /// bench --chips`). Values stay in T: in 16 bits they would save 4 kB more, and the cycle would no longer be linear.
    ///
    /// # Errors
    /// As [`new`](Cycle::new).
    pub fn compact(
        cells: Cells<'a>,
        gates: &Gates,
        options: CycleOptions,
        numbers: &'a mut [T],
        indices: &'a mut [u16],
    ) -> Result<Self, Error> {
        Self::build(cells, gates, options, Self::compact_sizes(cells.nx, cells.ny, options), numbers, indices)
    }
}

#[allow(private_bounds, reason = "implemented where `Coefficient` is")]
impl<'a, T: Real, C: Ready<T>> Cycle<'a, T, C> {
    fn build(
        cells: Cells<'a>,
        gates: &Gates,
        options: CycleOptions,
        sizes: CycleSizes,
        numbers: &'a mut [T],
        indices: &'a mut [u16],
    ) -> Result<Self, Error> {
        gates.check()?;
        let parts = Parts::cut(&cells, options, sizes, numbers, indices)?;
        let mut cycle = Self::empty(cells, gates, options, parts);
        let Self { cells, store, .. } = &mut cycle;
        if !layout::is_coarsest(cells.nx, cells.ny) {
            build::first(cells, store, options.shape);
            while !layout::is_coarsest(store.level(store.last()).nx, store.level(store.last()).ny) {
                build::next(store, options.shape);
            }
        }
        let work = finest::multiply_adds(cells);
        cycle.make_ready(gates, options.shape, None, work);
        Ok(cycle)
    }

    /// Without levels.
    fn empty(cells: Cells<'a>, gates: &Gates, options: CycleOptions, parts: Parts<'a, T, C>) -> Self {
        let Parts { lines, mut store } = parts;
        store.clear();
        lines.fill(T::ZERO);
        let square = |value: f32| {
            let value: T = gates::clamp(T::from_f32(value), -1.1, 1.1);
            value * value
        };
        Self {
            cells,
            options,
            store,
            lines,
            tables: finest::tables(gates),
            scale: gates.correction.map(square),
            second: [T::ZERO; MAX_LEVELS],
            multiply_adds: 0,
        }
    }

    /// Gates, weights of second visits, and the count of `work` with that of the coarse levels. With a shift, that of
    /// [`Varying`].
    fn make_ready(&mut self, gates: &Gates, shape: Shape, shift: Option<T>, work: usize) {
        let Self { store, .. } = self;
        let last = store.last();
        let mut work = work;
        let mut visits = 1;
        for number in 1..=last {
            let twice = shape == Shape::W && number >= 2 && number < last;
            let mut coarse = store.coarse(number);
            let ([red, black], faces) = C::set_gates(&mut coarse, number, gates, number == last, shift);
            let scale = coarse.scale;
            store.set_scale(number, scale);
            let nodes = red + black;
            work += visits * nodes;
            if twice {
                work += visits * (2 * faces + 3 * nodes);
                visits *= 2;
            }
            work += visits
                * if number == last {
                    nodes + 6 * (2 * faces + 3 * nodes)
                } else {
                    // Red from zero, black, red residuals, sums, own correction, black and red again.
                    red + (faces + black) + (faces + red) + (nodes + black) + nodes + 2 * (faces + nodes) - black / 2
                };
        }
        self.multiply_adds = work;
        if shape == Shape::W {
            for number in (2..last).rev() {
                let wanted = gates.second.get((number - 1).min(2)).copied().unwrap_or(0.0);
                let wanted: T = gates::clamp(T::from_f32(wanted), 0.0, 2.25);
                let bound = bound::second_visit(self, number);
                if let Some(second) = self.second.get_mut(number) {
                    *second = wanted.min(bound);
                }
            }
        }
    }
}

impl<T: Real, C: Coefficient<T>> Cycle<'_, T, C> {
    /// What there was no memory for: parts of coarse cells that were merged with others, and faces between nodes off the grid
    /// that are closed on their level.
    #[must_use]
    pub const fn merged(&self) -> usize {
        self.store.merged()
    }

    /// Nodes off the grid in use, of [`CycleOptions::pieces`].
    #[must_use]
    pub fn pieces(&self) -> usize {
        let last = self.store.level(self.store.last());
        last.first_node + last.nodes
    }

    /// Levels, the finest included.
    #[must_use]
    pub fn levels(&self) -> usize {
        self.store.last() + 1
    }

    /// The weight of the second visit of a level, after it was bounded; 0 where there is none.
    #[must_use]
    pub fn second_visit(&self, level: usize) -> T {
        self.second.get(level).copied().unwrap_or(T::ZERO)
    }
}

#[cfg(test)]
mod tests;
