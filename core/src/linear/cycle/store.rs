//! The caller's memory of a hierarchy, cut into levels.

use super::coarse::{Coarse, NO_SLOT};
use super::coefficient::{Coefficient, Scale};
use super::layout::{Grid, Level, MAX_LEVELS, OF_EDGE, OF_EXTRA, OF_NODE, OF_SCALE};
use crate::real::Real;

/// All coarse levels; level 0 is not here.
#[derive(Debug)]
pub(super) struct Store<'a, T, C> {
    levels: [Level; MAX_LEVELS],
    count: usize,
    /// What there was no memory for: parts kept together, faces left closed.
    merged: usize,
    memory: Memory<'a, T, C>,
}

/// The memory of all coarse levels together.
#[derive(Debug)]
pub(super) struct Memory<'a, T, C> {
    pub(super) numbers: &'a mut [T],
    pub(super) coefficients: &'a mut [C],
    /// One for each level; empty where coefficients have no scale.
    pub(super) scales: &'a mut [[T; OF_SCALE]],
    pub(super) extra: &'a mut [[T; OF_EXTRA]],
    pub(super) weights: &'a mut [C],
    pub(super) nodes: &'a mut [[u16; OF_NODE]],
    pub(super) edges: &'a mut [[u16; OF_EDGE]],
}

impl<'a, T: Real, C: Coefficient<T>> Store<'a, T, C> {
    pub(super) fn new(memory: Memory<'a, T, C>) -> Self {
        Self { levels: [Level::default(); MAX_LEVELS], count: 1, merged: 0, memory }
    }

    /// Before a hierarchy is built.
    pub(super) fn clear(&mut self) {
        self.memory.numbers.fill(T::ZERO);
        self.memory.coefficients.fill(C::from_units(T::ZERO));
        self.memory.extra.fill([T::ZERO; OF_EXTRA]);
    }

    /// What coefficients of a level are in units of.
    #[inline]
    fn scale(&self, level: usize) -> Scale<T> {
        match self.memory.scales.get(level.wrapping_sub(1)) {
            Some(&[weight, gate]) if C::IS_COMPACT => Scale { weight, gate },
            _ => Scale::ONE,
        }
    }

    pub(super) fn set_scale(&mut self, level: usize, scale: Scale<T>) {
        if let Some(place) = self.memory.scales.get_mut(level.wrapping_sub(1)) {
            *place = [scale.weight, scale.gate];
        }
    }

    /// Parts of blocks that are not told apart, and faces that are closed, for want of memory.
    pub(super) const fn merged(&self) -> usize {
        self.merged
    }

    pub(super) fn count_merged(&mut self, more: usize) {
        self.merged += more;
    }

    /// The coarsest level so far; 0 when there is none but the finest.
    pub(super) fn last(&self) -> usize {
        self.count - 1
    }

    pub(super) fn level(&self, level: usize) -> Level {
        self.levels.get(level).copied().unwrap_or_default()
    }

    fn change(&mut self, level: usize, change: impl FnOnce(&mut Level)) {
        if let Some(level) = self.levels.get_mut(level) {
            change(level);
        }
    }

    /// Adds a level behind the others.
    pub(super) fn push(&mut self, level: Level) {
        let before = self.level(self.last());
        if let Some(place) = self.levels.get_mut(self.count) {
            let first_node = before.first_node + before.nodes;
            let [number, coefficient] = before.start;
            let start = [number + before.len, coefficient + before.coefficients];
            *place = Level { first_node, first_edge: before.first_edge + before.edges, start, ..level };
            self.count += 1;
        }
    }

    /// The same for a level that is to be built: until it is ready, its weights are multiples of a power of 1/2, and its gates
    /// say what is there.
    pub(super) fn begin(&mut self, level: Level) {
        let below = if self.count > 1 { self.scale(self.last()).weight } else { T::ONE };
        self.push(level);
        self.set_scale(self.last(), Scale { weight: T::from_f32(0.5) * below, gate: T::ONE });
    }

    /// Nodes off the grid there is still memory for.
    pub(super) fn room(&self) -> usize {
        let last = self.level(self.last());
        // Names of nodes have 16 bits.
        let names = usize::from(NO_SLOT).saturating_sub(2 * last.half + last.nodes);
        self.memory.nodes.len().saturating_sub(last.first_node + last.nodes).min(names)
    }

    /// Adds a node off the grid to the coarsest level.
    pub(super) fn push_node(&mut self, record: [u16; OF_NODE]) {
        let last = self.last();
        let level = self.level(last);
        if let Some(place) = self.memory.nodes.get_mut(level.first_node + level.nodes) {
            *place = record;
            self.change(last, |level| level.nodes += 1);
        }
    }

    /// All nodes of the coarsest level so far are pieces.
    pub(super) fn close_pieces(&mut self) {
        self.change(self.last(), |level| level.pieces = level.nodes);
    }

    /// The pieces that nodes of `below` named as parents, where these are.
    pub(super) fn push_pieces(&mut self, below: usize, pieces: usize) {
        let above = self.level(below + 1);
        for index in 0..pieces {
            let id = above.piece_id(index);
            let child = (0..self.level(below).nodes).map(|child| self.node(below, child)).find(|node| node.0 == id);
            let (x, y) = child.map_or((0, 0), |(_, x, y)| (x / 2, y / 2));
            #[allow(clippy::cast_possible_truncation, reason = "halves of numbers of 16 bits")]
            self.push_node([0, x as u16, y as u16, NO_SLOT]);
        }
        self.close_pieces();
    }

    /// The piece of the first coarse level in this block.
    pub(super) fn piece_at(&self, x: usize, y: usize) -> Option<u16> {
        let level = self.level(1);
        let pieces = self.memory.nodes.get(..level.pieces)?;
        let key = |&[_, x, y, _]: &[u16; OF_NODE]| (usize::from(y), usize::from(x));
        pieces.binary_search_by_key(&(y, x), key).ok().map(|index| level.piece_id(index))
    }

    pub(super) fn off_grid_id(&self, level: usize, index: usize) -> u16 {
        self.level(level).piece_id(index)
    }

    pub(super) fn index_off_grid(&self, level: usize, id: u16) -> Option<usize> {
        usize::from(id).checked_sub(2 * self.level(level).half)
    }

    /// Parent, column and line of a node off the grid.
    pub(super) fn node(&self, level: usize, index: usize) -> (u16, usize, usize) {
        match self.memory.nodes.get(self.level(level).first_node + index) {
            Some(&[parent, x, y, _]) => (parent, usize::from(x), usize::from(y)),
            None => (0, 0, 0),
        }
    }

    pub(super) fn set_parent(&mut self, level: usize, index: usize, parent: u16) {
        if let Some(node) = self.memory.nodes.get_mut(self.level(level).first_node + index) {
            let [place, ..] = node;
            *place = parent;
        }
    }

    pub(super) fn edge(&self, level: usize, index: usize) -> Option<([u16; 2], T)> {
        let place = self.level(level).first_edge + index;
        let [red, black, _] = *self.memory.edges.get(place)?;
        let weight = self.memory.weights.get(place)?.units();
        Some(([red, black], C::scaled(weight, self.scale(level))))
    }

    pub(super) fn set_edge_parent(&mut self, level: usize, index: usize, parent: u16) {
        if let Some([_, _, place]) = self.memory.edges.get_mut(self.level(level).first_edge + index) {
            *place = parent;
        }
    }

    /// Adds to an edge of the coarsest level, or makes it. Without memory for it the faces stay closed on this level,
    /// which counts as merged: the cycle is still symmetric positive definite.
    pub(super) fn add_edge_off_grid(&mut self, level: usize, red: u16, black: u16, weight: T) {
        let Level { first_edge, edges, .. } = self.level(level);
        let known =
            self.memory.edges.iter().skip(first_edge).take(edges).position(|[r, b, _]| [*r, *b] == [red, black]);
        let (place, scale) = (first_edge + known.unwrap_or(edges), self.scale(level));
        let (Some(edge), Some(value)) = (self.memory.edges.get_mut(place), self.memory.weights.get_mut(place)) else {
            self.merged += 1;
            return;
        };
        if known.is_some() {
            *value = C::of(C::scaled(value.units(), scale) + weight, scale.weight);
        } else {
            (*edge, *value) = ([red, black, 0], C::of(weight, scale.weight));
            self.change(level, |level| level.edges += 1);
        }
    }

    /// Edges of a node of the grid that has moved off it.
    pub(super) fn rename_edges(&mut self, level: usize, from: u16, to: u16) {
        let Level { first_edge, edges, .. } = self.level(level);
        for edge in self.memory.edges.iter_mut().skip(first_edge).take(edges) {
            edge.iter_mut().take(2).filter(|end| **end == from).for_each(|end| *end = to);
        }
    }

    /// One coarse level, outside of a cycle.
    pub(super) fn coarse(&mut self, level: usize) -> Coarse<'_, T, C> {
        self.coarse_with(level, &mut [])
    }

    /// One coarse level in a cycle, which lends the vector that it will write.
    pub(super) fn coarse_with<'m>(&'m mut self, level: usize, vector: &'m mut [T]) -> Coarse<'m, T, C> {
        let (scale, level) = (self.scale(level), self.level(level));
        let [start, first] = level.start;
        let memory = &mut self.memory;
        let numbers = memory.numbers.get_mut(start..start + level.len).unwrap_or(&mut []);
        let coefficients = memory.coefficients.get_mut(first..first + level.coefficients).unwrap_or(&mut []);
        let [from, to] = level.lent;
        let lent = vector.get_mut(from..to).unwrap_or(&mut []);
        let nodes = level.first_node..level.first_node + level.nodes;
        let edges = level.first_edge..level.first_edge + level.edges;
        Coarse {
            level,
            scale,
            grid: Grid::cut(numbers, coefficients, &level, lent),
            extra: memory.extra.get_mut(nodes.clone()).unwrap_or(&mut []),
            weights: memory.weights.get_mut(edges.clone()).unwrap_or(&mut []),
            nodes: memory.nodes.get_mut(nodes).unwrap_or(&mut []),
            edges: memory.edges.get_mut(edges).unwrap_or(&mut []),
        }
    }

    /// A coarse level and the next coarser one.
    pub(super) fn pair<'m>(&'m mut self, level: usize, vector: &'m mut [T]) -> Option<[Coarse<'m, T, C>; 2]> {
        let (mine, next) = (self.level(level), self.level(level + 1));
        let [start, first] = mine.start;
        let scales = [self.scale(level), self.scale(level + 1)];
        let memory = &mut self.memory;
        let (numbers, behind) = cut(memory.numbers, start, mine.len, next.len)?;
        let (coefficients, coefficients_behind) =
            cut(memory.coefficients, first, mine.coefficients, next.coefficients)?;
        let (extra, extra_behind) = cut(memory.extra, mine.first_node, mine.nodes, next.nodes)?;
        let (nodes, nodes_behind) = cut(memory.nodes, mine.first_node, mine.nodes, next.nodes)?;
        let (weights, weights_behind) = cut(memory.weights, mine.first_edge, mine.edges, next.edges)?;
        let (edges, edges_behind) = cut(memory.edges, mine.first_edge, mine.edges, next.edges)?;
        let ([from, to], [next_from, next_to]) = (mine.lent, next.lent);
        let (lent, lent_behind) = vector.split_at_mut_checked(to).unwrap_or((&mut [], &mut []));
        let grid = Grid::cut(numbers, coefficients, &mine, lent.get_mut(from..).unwrap_or(&mut []));
        let lent_behind = lent_behind.get_mut(next_from - to..next_to - to).unwrap_or(&mut []);
        let next_grid = Grid::cut(behind, coefficients_behind, &next, lent_behind);
        let [scale, next_scale] = scales;
        Some([
            Coarse { level: mine, scale, grid, extra, weights, nodes, edges },
            Coarse {
                level: next,
                scale: next_scale,
                grid: next_grid,
                extra: extra_behind,
                weights: weights_behind,
                nodes: nodes_behind,
                edges: edges_behind,
            },
        ])
    }
}

/// Two ranges that follow each other.
fn cut<E>(values: &mut [E], start: usize, first: usize, second: usize) -> Option<(&mut [E], &mut [E])> {
    let (first, rest) = values.get_mut(start..)?.split_at_mut_checked(first)?;
    Some((first, rest.get_mut(..second)?))
}
