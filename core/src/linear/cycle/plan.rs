//! What of a cycle outlives a call: the shape of its hierarchy, in numbers.

use super::cells::Cells;
use super::coefficient::Coefficient;
use super::finest::Gate;
use super::layout::{CycleOptions, Level, MAX_LEVELS, Shape};
use super::{Cycle, Parts};
use crate::error::{Error, Field};
use crate::real::Real;
use crate::solve::words::{Choice, Code, Codec, Plain, words_of};

impl Choice for Shape {
    const OTHERWISE: Self = Self::V;

    #[inline]
    fn number(self) -> u32 {
        self as u32
    }

    #[inline]
    fn from_number(number: u32) -> Option<Self> {
        Self::from_number(number)
    }
}

/// A cycle put away: no pointer. Codes of cells, numbers and indices stay with the caller.
///
/// It is made of numbers alone, in the order of [`to_words`](Self::to_words): any bits are a plan, and those that no
/// cycle has left lead to wrong numbers or a refusal, no worse.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Plan<T> {
    /// Gates of the finest level by degree 1 to 4.
    tables: [[T; 3]; 4],
    scale: [T; 3],
    second: [T; MAX_LEVELS],
    nx: u32,
    ny: u32,
    shape: Code<Shape>,
    capacity: u32,
    count: u32,
    multiply_adds: u32,
    merged: u32,
    /// 1 where coefficients are compact.
    compact: u32,
    /// Nodes off the grid, those of them that are pieces, edges off the grid.
    levels: [[u32; 3]; MAX_LEVELS],
}

impl<T: Real> Plain for Plan<T> {
    const WORDS: usize = 8 + 3 * MAX_LEVELS + (15 + MAX_LEVELS) * words_of::<T>();

    #[inline]
    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        let tables = self.tables.iter_mut().flatten();
        for real in tables.chain(&mut self.scale).chain(&mut self.second) {
            codec.real(real)?;
        }
        codec.number(&mut self.nx)?;
        codec.number(&mut self.ny)?;
        codec.code(&mut self.shape)?;
        for number in [&mut self.capacity, &mut self.count, &mut self.multiply_adds, &mut self.merged] {
            codec.number(number)?;
        }
        codec.number(&mut self.compact)?;
        for number in self.levels.iter_mut().flatten() {
            codec.number(number)?;
        }
        codec.require((1..=MAX_LEVELS).contains(&(self.count as usize)))
    }
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

impl<T: Real> Plan<T> {
    /// The plan of no cycle, to be written over.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            tables: [[T::ZERO; 3]; 4],
            scale: [T::ZERO; 3],
            second: [T::ZERO; MAX_LEVELS],
            nx: 0,
            ny: 0,
            shape: Code::new(Shape::V),
            capacity: 0,
            count: 1,
            multiply_adds: 0,
            merged: 0,
            compact: 0,
            levels: [[0; 3]; MAX_LEVELS],
        }
    }

    /// Cells along x and y.
    #[must_use]
    pub const fn sides(&self) -> (usize, usize) {
        (self.nx as usize, self.ny as usize)
    }

    /// What the cycle was built with.
    #[must_use]
    pub fn options(&self) -> CycleOptions {
        CycleOptions { shape: self.shape.get(), pieces: self.capacity as usize }
    }

    /// Whether it was built by [`Cycle::compact`].
    #[must_use]
    pub const fn is_compact(&self) -> bool {
        self.compact == 1
    }

    /// Number of 32-bit words that hold it; the same on every target.
    pub const WORDS: usize = <Self as Plain>::WORDS;

    /// Writes it as words, for flash.
    ///
    /// # Errors
    /// `Length` unless `words` has exactly [`WORDS`](Self::WORDS) elements.
    #[inline]
    pub fn to_words(self, words: &mut [u32]) -> Result<(), Error> {
        self.write(words)
    }

    /// Takes it from words.
    ///
    /// # Errors
    /// `Length` unless `words` has exactly [`WORDS`](Self::WORDS) elements, `Corrupt` where a word cannot be true.
    #[inline]
    pub fn from_words(words: &[u32]) -> Result<Self, Error> {
        Self::empty().read(words)
    }
}

impl<'a, T: Real, C: Coefficient<T>> Cycle<'a, T, C> {
    /// Puts the cycle away; see [`resume`](Cycle::resume).
    #[must_use]
    pub fn suspend(self) -> Plan<T> {
        let mut plan = Plan::empty();
        for (to, gate) in plan.tables.iter_mut().zip(self.tables.iter().skip(1)) {
            *to = [gate.gate, gate.keep, gate.both];
        }
        plan.scale = self.scale;
        plan.second = self.second;
        (plan.nx, plan.ny) = (number(self.cells.nx), number(self.cells.ny));
        plan.shape = Code::new(self.options.shape);
        plan.capacity = number(self.options.pieces);
        plan.count = number(self.store.last() + 1);
        plan.multiply_adds = number(self.multiply_adds);
        plan.merged = number(self.store.merged());
        plan.compact = u32::from(C::IS_COMPACT);
        for (index, to) in plan.levels.iter_mut().enumerate() {
            let Level { nodes, pieces, edges, .. } = self.store.level(index);
            *to = [number(nodes), number(pieces), number(edges)];
        }
        plan
    }

    pub(super) fn take_up(
        cells: Cells<'a>,
        plan: &Plan<T>,
        numbers: &'a mut [T],
        indices: &'a mut [u16],
    ) -> Result<Self, Error> {
        if (cells.nx, cells.ny) != plan.sides() {
            let (need, got) = (plan.nx.saturating_mul(plan.ny) as usize, cells.nx * cells.ny);
            return Err(Error::Length { field: Field::Mask, need, got });
        }
        if plan.is_compact() != C::IS_COMPACT {
            return Err(Error::Corrupt { field: Field::Object, index: 0 });
        }
        let options = plan.options();
        // The half is what the vector of a cycle has room for: that of the cells, or none.
        let sizes = super::layout::sizes_lent(cells.nx, cells.ny, options, C::IS_COMPACT, cells.half);
        let Parts { lines, mut store } = Parts::cut(&cells, options, sizes, numbers, indices)?;
        let mut level = Level::finest(&cells);
        let mut number = 0;
        while !super::layout::is_coarsest(level.nx, level.ny) {
            number += 1;
            level = level.next(number, options.shape);
            let Some([nodes, pieces, edges]) = plan.levels.get(number) else { break };
            store.push(Level { nodes: *nodes as usize, pieces: *pieces as usize, edges: *edges as usize, ..level });
        }
        if store.last() + 1 != plan.count as usize {
            return Err(Error::Corrupt { field: Field::Object, index: 0 });
        }
        store.count_merged(plan.merged as usize);
        let mut tables = [Gate { gate: T::ZERO, keep: T::ZERO, both: T::ZERO }; 8];
        for (to, [gate, keep, both]) in tables.iter_mut().skip(1).zip(plan.tables) {
            *to = Gate { gate, keep, both };
        }
        Ok(Self {
            cells,
            options,
            store,
            lines,
            tables,
            scale: plan.scale,
            second: plan.second,
            multiply_adds: plan.multiply_adds as usize,
        })
    }
}

impl<'a, T: Real> Cycle<'a, T> {
    /// Takes up a cycle that was put away, without building it: `numbers` and `indices` must hold what they held, and
    /// `cells` be those it was built for. A few operations for each level.
    ///
    /// # Errors
    /// As [`new`](Cycle::new) for the memory; `Length` (mask) where the cells have other sides, `Corrupt` (object) for a
    /// plan that no cycle has left, or one with other coefficients.
    pub fn resume(
        cells: Cells<'a>,
        plan: &Plan<T>,
        numbers: &'a mut [T],
        indices: &'a mut [u16],
    ) -> Result<Self, Error> {
        Self::take_up(cells, plan, numbers, indices)
    }
}

impl<'a, T: Real> Cycle<'a, T, u16> {
    /// As [`resume`](Cycle::resume) for a cycle that [`compact`](Self::compact) built.
    ///
    /// # Errors
    /// As [`resume`](Cycle::resume).
    pub fn resume_compact(
        cells: Cells<'a>,
        plan: &Plan<T>,
        numbers: &'a mut [T],
        indices: &'a mut [u16],
    ) -> Result<Self, Error> {
        Self::take_up(cells, plan, numbers, indices)
    }
}
