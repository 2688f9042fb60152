//! Where everything of a hierarchy lies in the caller's memory.

use super::cells::Cells;

/// Levels at most, the finest included: sides up to 65536.
pub(super) const MAX_LEVELS: usize = 18;
/// Numbers of a node off the grid: x, r, gate / d, keep, d, first. These stay numbers in any form of coefficients.
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
    /// Coefficients of the grid.
    pub(super) coefficients: usize,
    /// The first number and the first coefficient.
    pub(super) start: [usize; 2],
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

/// Halves of numbers that every level has: x, r unless it is lent (two each).
const VALUES: usize = 4;
/// Halves of coefficients: gate / d, keep (two each), weights up, down, same, side.
const COEFFICIENTS: usize = 8;
/// Of both, those of levels that are visited twice, or solved: first; d (two each).
const MORE: usize = 2;
/// Numbers of the scale of a level, where coefficients have one.
pub(super) const OF_SCALE: usize = 2;

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

/// Numbers and coefficients of the grid of a coarse level, of whose r so many elements lie elsewhere.
const fn grid_len(nx: usize, ny: usize, level: usize, shape: Shape, lent: usize) -> [usize; 2] {
    let more = if is_twice(level, shape) || is_coarsest(nx, ny) { MORE } else { 0 };
    let half = Cells::half_len(nx, ny);
    [half.saturating_mul(VALUES + more).saturating_sub(lent), half.saturating_mul(COEFFICIENTS + more)]
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
            coefficients: 0,
            start: [0; 2],
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
        let [len, coefficients] = grid_len(nx, ny, number, shape, lent);
        Self {
            nx,
            ny,
            width,
            half: width * ny,
            len,
            coefficients,
            start: [0; 2],
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
pub(super) const fn sizes(nx: usize, ny: usize, options: CycleOptions, is_compact: bool) -> CycleSizes {
    sizes_lent(nx, ny, options, is_compact, Cells::half_len(nx, ny))
}

/// The same where the vector that the cycle writes has `room` elements for coarse levels.
pub(super) const fn sizes_lent(
    nx: usize,
    ny: usize,
    options: CycleOptions,
    is_compact: bool,
    room: usize,
) -> CycleSizes {
    let (mut x, mut y, mut level, mut room) = (nx, ny, 0, room);
    let (mut values, mut coefficients) = (0_usize, options.pieces.saturating_mul(EDGES_A_PIECE));
    while !is_coarsest(x, y) && level + 1 < MAX_LEVELS {
        x = coarser(x);
        y = coarser(y);
        level += 1;
        let lent = lent_len(x, y, level, options.shape, room);
        room -= lent;
        let [more, more_coefficients] = grid_len(x, y, level, options.shape, lent);
        values = values.saturating_add(more);
        coefficients = coefficients.saturating_add(more_coefficients);
    }
    let edges = options.pieces.saturating_mul(EDGES_A_PIECE);
    let lines = nx.div_ceil(2).saturating_mul(LINES);
    let numbers = values.saturating_add(lines).saturating_add(options.pieces.saturating_mul(OF_EXTRA));
    let indices = options.pieces.saturating_mul(OF_NODE).saturating_add(edges.saturating_mul(OF_EDGE));
    if is_compact {
        let numbers = numbers.saturating_add(level.saturating_mul(OF_SCALE));
        CycleSizes { numbers, indices: indices.saturating_add(coefficients) }
    } else {
        CycleSizes { numbers: numbers.saturating_add(coefficients), indices }
    }
}

/// Coefficients of all coarse grids.
pub(super) const fn coefficients(nx: usize, ny: usize, shape: Shape) -> usize {
    let (mut x, mut y, mut level, mut sum) = (nx, ny, 0, 0_usize);
    while !is_coarsest(x, y) && level + 1 < MAX_LEVELS {
        x = coarser(x);
        y = coarser(y);
        level += 1;
        let [_, more] = grid_len(x, y, level, shape, 0);
        sum = sum.saturating_add(more);
    }
    sum
}

/// Coarse levels of a hierarchy.
pub(super) const fn coarse_levels(nx: usize, ny: usize) -> usize {
    let (mut x, mut y, mut level) = (nx, ny, 0);
    while !is_coarsest(x, y) && level + 1 < MAX_LEVELS {
        x = coarser(x);
        y = coarser(y);
        level += 1;
    }
    level
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

/// The halves of a coarse level. Coefficients are in units of its [`Scale`](super::coefficient::Scale).
pub(super) struct Grid<'m, T, C> {
    pub(super) x: [&'m mut [T]; 2],
    pub(super) r: [&'m mut [T]; 2],
    /// Gate over d.
    pub(super) gate: [&'m mut [C]; 2],
    /// (1 - gate) d / gate, so that x = gate / d (r + sum of w x + keep x).
    pub(super) keep: [&'m mut [C]; 2],
    /// Weights of the faces of black nodes: up, down, beside, at the side.
    pub(super) weights: [&'m mut [C]; 4],
    pub(super) d: [&'m mut [C]; 2],
    pub(super) first: [&'m mut [T]; 2],
}

impl<'m, T, C> Grid<'m, T, C> {
    /// From the numbers and the coefficients of a level, and its part of the vector that the cycle writes: without that vector
    /// such a level has no r.
    pub(super) fn cut(numbers: &'m mut [T], coefficients: &'m mut [C], level: &Level, lent: &'m mut [T]) -> Self {
        let Level { half, lent: [start, end], .. } = *level;
        let mut numbers = numbers;
        let x = two(&mut numbers, half);
        let mut lent = lent;
        let r = two(if start < end { &mut lent } else { &mut numbers }, half);
        let first = two(&mut numbers, half);
        let mut rest = coefficients;
        let (gate, keep) = (two(&mut rest, half), two(&mut rest, half));
        let ([up, down], [same, side]) = (two(&mut rest, half), two(&mut rest, half));
        Self { x, r, gate, keep, weights: [up, down, same, side], d: two(&mut rest, half), first }
    }
}

/// The next two halves of what is left; none where there are fewer.
#[inline(always)]
fn two<'m, E>(rest: &mut &'m mut [E], half: usize) -> [&'m mut [E]; 2] {
    match core::mem::take(rest).split_at_mut_checked(half).and_then(|(red, more)| {
        let (black, more) = more.split_at_mut_checked(half)?;
        Some((red, black, more))
    }) {
        Some((red, black, more)) => {
            *rest = more;
            [red, black]
        }
        None => [&mut [], &mut []],
    }
}
