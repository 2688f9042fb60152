//! Where everything of a hierarchy lies in the caller's memory.

use super::cells::Cells;

/// Levels at most, the finest included: sides up to 65536.
pub(super) const MAX_LEVELS: usize = 18;
/// Numbers of a node off the grid: x, r, gate / d, keep, d, first.
pub(super) const OF_EXTRA: usize = 6;
/// Indices of a node off the grid: parent, x, y, slot.
pub(super) const OF_NODE: usize = 4;
/// Indices of an edge off the grid: red end, black end, parent of the red end.
pub(super) const OF_EDGE: usize = 3;
/// Edges off the grid for each piece of the capacity.
pub(super) const EDGES_A_PIECE: usize = 5;
/// Lines of the finest level in scratch: three of a ring, two before masking, zeros.
pub(super) const LINES: usize = 6;

/// How often the levels from 2 on are visited.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u32)]
pub enum Shape {
    /// Once.
    V = 0,
    /// Twice for each visit of the level above: more work, fewer iterations.
    #[default]
    W = 1,
}

impl Shape {
    /// The choice with this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::V),
            1 => Some(Self::W),
            _ => None,
        }
    }
}

/// What to build.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(C)]
pub struct CycleOptions {
    /// V or W.
    pub shape: Shape,
    /// Nodes off the grid there is memory for, on all levels together: parts of a coarse cell that walls cut off from the
    /// rest of it. 0 builds the plain grid hierarchy, which is cheaper and loses on mazes and combs. A domain with more
    /// parts than that is built with the later ones merged: still right, and slower to converge.
    pub pieces: usize,
}

impl CycleOptions {
    /// The grid hierarchy with W.
    pub const GRID: Self = Self { shape: Shape::W, pieces: 0 };
}

/// Elements of the two pieces of memory of a cycle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CycleSizes {
    /// Elements of T: `numbers`.
    pub numbers: usize,
    /// Elements of u16: `indices`.
    pub indices: usize,
}

/// A coarse level: its grid, and its ranges of nodes and edges off the grid.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Level {
    pub(super) nx: usize,
    pub(super) ny: usize,
    pub(super) width: usize,
    pub(super) half: usize,
    /// Numbers of the grid.
    pub(super) len: usize,
    /// Elements of the vector that a cycle writes: until it is written, residuals of coarse levels lie there.
    pub(super) vector: usize,
    /// The part of it that this level has; empty where it has memory of its own for r.
    pub(super) lent: [usize; 2],
    pub(super) first_node: usize,
    pub(super) nodes: usize,
    /// Nodes that come from above as pieces of their own, not from a slot of the grid.
    pub(super) pieces: usize,
    pub(super) first_edge: usize,
    pub(super) edges: usize,
}

/// Halves of numbers that every level has: x, gate / d, keep, r unless it is lent (two each), weights up, down, same, side.
const HALVES: usize = 12;
/// And those of levels that are visited twice, or solved: d, first (two each).
const MORE_HALVES: usize = 4;

/// One coarser.
pub(super) const fn coarser(side: usize) -> usize {
    side.div_ceil(2)
}

/// Whether the hierarchy ends with a grid of these sides.
pub(super) const fn is_coarsest(nx: usize, ny: usize) -> bool {
    nx <= 2 && ny <= 2
}

/// Whether a level is visited twice for each visit of the one above it.
const fn is_twice(level: usize, shape: Shape) -> bool {
    level >= 2 && matches!(shape, Shape::W)
}

/// Elements of r that a level has in the vector that the cycle writes, of which `room` are left: 0 where it has its own. What
/// is visited twice is also visited while it is built, when there is no such vector.
const fn lent_len(nx: usize, ny: usize, level: usize, shape: Shape, room: usize) -> usize {
    let both = Cells::half_len(nx, ny).saturating_mul(2);
    if is_twice(level, shape) || both > room { 0 } else { both }
}

/// Numbers of the grid of a coarse level, of whose r so many elements lie elsewhere.
const fn grid_len(nx: usize, ny: usize, level: usize, shape: Shape, lent: usize) -> usize {
    let halves = if is_twice(level, shape) || is_coarsest(nx, ny) { HALVES + MORE_HALVES } else { HALVES };
    Cells::half_len(nx, ny).saturating_mul(halves).saturating_sub(lent)
}

impl Level {
    /// What a hierarchy stands on.
    pub(super) const fn finest(cells: &Cells<'_>) -> Self {
        let Cells { nx, ny, half, .. } = *cells;
        Self {
            nx,
            ny,
            width: 0,
            half: 0,
            len: 0,
            vector: half,
            lent: [0; 2],
            first_node: 0,
            nodes: 0,
            pieces: 0,
            first_edge: 0,
            edges: 0,
        }
    }

    /// The level above this one, empty.
    pub(super) const fn next(&self, number: usize, shape: Shape) -> Self {
        let (nx, ny, width) = (coarser(self.nx), coarser(self.ny), coarser(coarser(self.nx)));
        let [_, end] = self.lent;
        let lent = lent_len(nx, ny, number, shape, self.vector.saturating_sub(end));
        Self {
            nx,
            ny,
            width,
            half: width * ny,
            len: grid_len(nx, ny, number, shape, lent),
            vector: self.vector,
            lent: [end, end + lent],
            first_node: 0,
            nodes: 0,
            pieces: 0,
            first_edge: 0,
            edges: 0,
        }
    }
}

/// Exact memory of a cycle on `nx` x `ny` cells.
#[must_use]
pub(super) const fn sizes(nx: usize, ny: usize, options: CycleOptions) -> CycleSizes {
    sizes_lent(nx, ny, options, Cells::half_len(nx, ny))
}

/// The same where the vector that the cycle writes has `room` elements for coarse levels.
pub(super) const fn sizes_lent(nx: usize, ny: usize, options: CycleOptions, room: usize) -> CycleSizes {
    let mut numbers = nx.div_ceil(2).saturating_mul(LINES);
    let (mut x, mut y, mut level, mut room) = (nx, ny, 0, room);
    while !is_coarsest(x, y) && level + 1 < MAX_LEVELS {
        x = coarser(x);
        y = coarser(y);
        level += 1;
        let lent = lent_len(x, y, level, options.shape, room);
        room -= lent;
        numbers = numbers.saturating_add(grid_len(x, y, level, options.shape, lent));
    }
    let edges = options.pieces.saturating_mul(EDGES_A_PIECE);
    let numbers = numbers.saturating_add(options.pieces.saturating_mul(OF_EXTRA)).saturating_add(edges);
    let indices = options.pieces.saturating_mul(OF_NODE).saturating_add(edges.saturating_mul(OF_EDGE));
    CycleSizes { numbers, indices }
}

/// Elements of the vector in which coarse levels keep residuals during a cycle on `nx` x `ny` cells.
pub(super) const fn lent(nx: usize, ny: usize, shape: Shape) -> usize {
    let (mut x, mut y, mut level, mut room) = (nx, ny, 0, Cells::half_len(nx, ny));
    while !is_coarsest(x, y) && level + 1 < MAX_LEVELS {
        x = coarser(x);
        y = coarser(y);
        level += 1;
        room -= lent_len(x, y, level, shape, room);
    }
    Cells::half_len(nx, ny) - room
}

/// The halves of a coarse level.
pub(super) struct Grid<'m, T> {
    pub(super) x: [&'m mut [T]; 2],
    pub(super) r: [&'m mut [T]; 2],
    /// Gate over d.
    pub(super) gate: [&'m mut [T]; 2],
    /// (1 - gate) d / gate, so that x = gate / d (r + sum of w x + keep x).
    pub(super) keep: [&'m mut [T]; 2],
    /// Weights of the faces of black nodes: up, down, beside, at the side.
    pub(super) weights: [&'m mut [T]; 4],
    pub(super) d: [&'m mut [T]; 2],
    pub(super) first: [&'m mut [T]; 2],
}

impl<'m, T> Grid<'m, T> {
    /// From the numbers of a level, and its part of the vector that the cycle writes: without that vector such a level has no
    /// r.
    pub(super) fn cut(numbers: &'m mut [T], level: &Level, lent: &'m mut [T]) -> Self {
        let Level { half, lent: [start, end], .. } = *level;
        let mut halves = numbers.chunks_exact_mut(half.max(1));
        let mut next = || halves.next().unwrap_or(&mut []);
        let x = [next(), next()];
        let r = if start < end {
            match lent.split_at_mut_checked(half) {
                Some((red, black)) => [red, black],
                None => [&mut [] as &mut [T], &mut []],
            }
        } else {
            [next(), next()]
        };
        Self {
            x,
            r,
            gate: [next(), next()],
            keep: [next(), next()],
            weights: [next(), next(), next(), next()],
            d: [next(), next()],
            first: [next(), next()],
        }
    }
}
