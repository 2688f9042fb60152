//! The cycle for coefficients that differ from face to face, and for A + c I.
//!
//! The finest level is a level like the others, on all cells: nothing is reduced. Faces weigh what the stencil says, so heat
//! in mixed materials with harmonic means at the faces, or a partly open face, is what it is on every level. What is left of
//! the diagonal is an open boundary, of which a coarser level has half, as of a face; and the shift c, of which it has all.

use super::build;
use super::cells::Cells;
use super::gates::Gates;
use super::layout::{self, CycleOptions, CycleSizes, Level};
use super::plan::Plan;
use super::{Cycle, Parts};
use crate::error::{self, Error, Field};
use crate::matrix::VariableStencil;
use crate::operator::Direction;
use crate::real::Real;

/// r -> z on all cells of a [`VariableStencil`] in the plane, x running fastest.
///
/// Symmetric, and positive definite for any finite gates, as [`Cycle`]. Gates are looked up by the sum of weights of a node
/// over its largest, so they do not depend on the unit of the coefficients: a cell deep in any material has 4. The shift
/// counts as one more open face. [`Gates::HAND_SET`] and [`Shape::V`](super::Shape::V) are what to take: training gains nothing
/// that counts here (`examples/train/varying.py` prints it beside conjugate gradients, IC(0), MIC(0) and SSOR), those of the
/// pressure cycle lose an iteration, and W saves one that costs more than it saves (`cargo xtask bench --family dcd`, mixed
/// materials). Up to a contrast of 100 in conductivity iterations stay below 20. Of the gates, those of levels 1 and 2 are
/// used, for the finest and for all coarser ones; `strength` is not.
#[derive(Debug)]
pub struct Varying<'a, T> {
    cycle: Cycle<'a, T>,
    sides: [usize; 2],
}

/// The cells of a grid twice as fine, of which only the sides are looked at.
const fn cells<'a>([nx, ny]: [usize; 2]) -> Cells<'a> {
    Cells { nx: 2 * nx, ny: 2 * ny, width: nx, half: 0, red: &[], black: &[] }
}

/// Names of nodes have 16 bits, for the two halves and what is off the grid.
fn check_size([nx, ny]: [usize; 2]) -> Result<(), Error> {
    let even = |side: usize| side.checked_next_multiple_of(2);
    match even(nx).zip(even(ny)).and_then(|(nx, ny)| nx.checked_mul(ny)) {
        Some(0..=0x8000) => Ok(()),
        _ => Err(Error::TooLarge { field: Field::Size }),
    }
}

impl<'a, T: Real> Varying<'a, T> {
    /// Exact memory for `nx` x `ny` cells; `indices` only for pieces.
    #[must_use]
    pub const fn sizes(nx: usize, ny: usize, options: CycleOptions) -> CycleSizes {
        layout::sizes_lent(nx.saturating_mul(2), ny.saturating_mul(2), options, false, 0)
    }

    /// Builds the hierarchy; nothing of the stencil is kept. `shift` is the c that its diagonal contains, in units of it: 0 for
    /// a system without. Fixed cells count as open boundary.
    ///
    /// # Errors
    /// `OutOfRange` (size: index 2 for a stencil in three dimensions), `TooLarge` (size: more than 32768 cells, sides rounded
    /// up to even numbers), `NotFinite` (`Field::Values`: the index of the gate, or 39 for the shift), `OutOfRange`
    /// (`Field::Values` with 39 for a shift below 0; `Field::Matrix` with the first cell that has a positive coupling, or less
    /// on its diagonal than couplings and shift, beyond rounding), `Length` (`Field::Workspace` for `numbers`, `Field::Order` for
    /// `indices`). Nothing has been written then.
    pub fn new(
        stencil: &VariableStencil<'_, T>,
        shift: T,
        gates: &Gates,
        options: CycleOptions,
        numbers: &'a mut [T],
        indices: &'a mut [u16],
    ) -> Result<Self, Error> {
        let [nx, ny, nz] = stencil.shape();
        if nz != 1 {
            return Err(Error::OutOfRange { field: Field::Size, index: 2 });
        }
        check_size([nx, ny])?;
        gates.check()?;
        if !shift.is_finite() {
            return Err(Error::NotFinite { field: Field::Values, index: super::GATES });
        }
        if shift < T::ZERO {
            return Err(Error::OutOfRange { field: Field::Values, index: super::GATES });
        }
        let rows = Rows { stencil, shift };
        if let Some(index) = (0..nx * ny).find(|&row| rows.open(row).is_none()) {
            return Err(Error::OutOfRange { field: Field::Matrix, index });
        }
        let sides = [nx, ny];
        let need = Self::sizes(nx, ny, options);
        error::at_least(Field::Workspace, need.numbers, numbers.len())?;
        error::at_least(Field::Order, need.indices, indices.len())?;
        let parts = Parts::cut(&cells(sides), options, need, numbers, indices)?;
        let mut cycle = Cycle::empty(cells(sides), gates, options, parts);
        let Cycle { store, .. } = &mut cycle;
        let level = Level::finest(&cells(sides)).next(1, options.shape);
        store.begin(level);
        for row in 0..nx * ny {
            let (x, y) = (row % nx.max(1), row / nx.max(1));
            let Some(open) = rows.open(row) else { continue };
            if rows.is_fixed(row) {
                continue;
            }
            let node = build::Node { id: level.slot(x, y), x, y };
            let mut coarse = store.coarse(1);
            coarse.add_share(node.id, T::ONE);
            coarse.add_open(node.id, open);
            for (weight, x, y) in [(rows.east(row), x + 1, y), (rows.north(row), x, y + 1)] {
                if weight > T::ZERO {
                    store.add_edge(node, build::Node { id: level.slot(x, y), x, y }, weight);
                }
            }
        }
        while !layout::is_coarsest(store.level(store.last()).nx, store.level(store.last()).ny) {
            build::next(store, options.shape);
        }
        cycle.make_ready(gates, options.shape, Some(shift), 0);
        Ok(Self { cycle, sides })
    }

    /// Puts the cycle away; see [`resume`](Self::resume).
    #[must_use]
    pub fn suspend(self) -> Plan<T> {
        self.cycle.suspend()
    }

    /// Takes up a cycle on `nx` x `ny` cells that was put away, without building it: `numbers` and `indices` must hold what
    /// they held. A few operations for each level.
    ///
    /// # Errors
    /// As [`new`](Self::new) for size and memory; `Length` (mask) where the plan is of another grid, `Corrupt` (object) for
    /// a plan that no cycle has left.
    pub fn resume(
        sides: [usize; 2],
        plan: &Plan<T>,
        numbers: &'a mut [T],
        indices: &'a mut [u16],
    ) -> Result<Self, Error> {
        check_size(sides)?;
        Ok(Self { cycle: Cycle::resume(cells(sides), plan, numbers, indices)?, sides })
    }

    /// As [`Cycle::merged`].
    #[must_use]
    pub const fn merged(&self) -> usize {
        self.cycle.merged()
    }

    /// As [`Cycle::second_visit`]; the finest level counts as 1.
    #[must_use]
    pub fn second_visit(&self, level: usize) -> T {
        self.cycle.second_visit(level)
    }

    /// Calls `visit(value of the natural vector, number of its node)` line by line.
    fn each<E>(&mut self, natural: impl Iterator<Item = E>, of_r: bool, mut visit: impl FnMut(E, &mut T)) {
        let [nx, _] = self.sides;
        let coarse = self.cycle.store.coarse(1);
        let width = coarse.level.width.max(1);
        let [red, black] = if of_r { coarse.grid.r } else { coarse.grid.x };
        let mut natural = natural;
        for (y, (red, black)) in red.chunks_exact_mut(width).zip(black.chunks_exact_mut(width)).enumerate() {
            let (even, odd) = if y & 1 == 0 { (red, black) } else { (black, red) };
            let mut left = nx;
            for (even, odd) in even.iter_mut().zip(odd) {
                if let Some(value) = natural.next() {
                    visit(value, even);
                }
                if left > 1
                    && let Some(value) = natural.next()
                {
                    visit(value, odd);
                }
                left = left.saturating_sub(2);
            }
        }
    }
}

/// Rows of a stencil as faces, an open part, and a shift.
struct Rows<'s, 'a, T> {
    stencil: &'s VariableStencil<'a, T>,
    shift: T,
}

impl<T: Real> Rows<'_, '_, T> {
    fn is_fixed(&self, row: usize) -> bool {
        crate::operator::Sweep::is_fixed(self.stencil, row)
    }

    fn face(&self, row: usize, other: usize, coupling: T) -> T {
        if self.is_fixed(row) || self.is_fixed(other) { T::ZERO } else { -coupling }
    }

    /// Weight of the face to the east; 0 where that is fixed or none.
    fn east(&self, row: usize) -> T {
        self.face(row, row + 1, self.stencil.coupling(0, row))
    }

    fn north(&self, row: usize) -> T {
        let [nx, ..] = self.stencil.shape();
        self.face(row, row + nx, self.stencil.coupling(1, row))
    }

    /// Diagonal less faces and shift, not below 0; `None` where it is, or a coupling is positive.
    fn open(&self, row: usize) -> Option<T> {
        if self.is_fixed(row) {
            return Some(T::ZERO);
        }
        let [nx, ..] = self.stencil.shape();
        let south = row.checked_sub(nx).map_or(T::ZERO, |south| self.north(south));
        let west = row.checked_sub(1).map_or(T::ZERO, |west| self.east(west));
        let around @ [east, north, ..] = [self.east(row), self.north(row), west, south];
        let sum = ((east + north) + (west + south)) + self.shift;
        let centre = crate::operator::Sweep::diagonal(self.stencil, row);
        let open = centre - sum;
        let is_right = around.iter().all(|face| *face >= T::ZERO) && open >= -T::from_f32(1e-5) * centre.abs();
        if is_right && centre > T::ZERO { Some(open.max(T::ZERO)) } else { None }
    }
}

impl<T: Real> Direction<T> for Varying<'_, T> {
    fn direction(&mut self, r: &[T], d: &mut [T]) {
        self.each(r.iter(), true, |from, to| *to = *from);
        self.cycle.store.coarse(1).take_slots();
        if self.cycle.store.last() == 1 {
            self.cycle.store.coarse(1).solve();
        } else {
            self.cycle.run(1, &mut []);
        }
        self.cycle.store.coarse(1).fill_slots();
        self.each(d.iter_mut(), false, |to, from| *to = *from);
    }

    fn multiply_adds(&self) -> usize {
        self.cycle.multiply_adds
    }
}

#[cfg(test)]
mod tests;
