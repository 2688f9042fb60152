//! The hierarchy, by integer work: which nodes a level has and how many faces join them.
//!
//! A coarse node is a connected part of a 2 x 2 block of nodes below. The part with the most nodes of the grid stands on
//! the coarse grid; further parts, and nodes below whose part is not the one on the grid, stand off the grid, with edges
//! in a list. Weights are multiples of 1/2 per level, so these sums are exact.

use super::cells::{Cells, DEGREE};
use super::coarse::NO_SLOT;
use super::coefficient::Coefficient;
use super::kernels::{BLACK, DOWN, SAME, SIDE, UP};
use super::layout::{Level, Shape};
use super::pieces::divide;
use super::store::Store;
use crate::real::Real;

/// A node by its place and its column and line.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Node {
    pub(super) id: u16,
    pub(super) x: usize,
    pub(super) y: usize,
}

impl Level {
    /// The slot of a node of the grid.
    #[allow(clippy::cast_possible_truncation, reason = "a level has at most 65536 cells, sides rounded up")]
    pub(super) fn slot(&self, x: usize, y: usize) -> u16 {
        (((x ^ y) & 1) * self.half + y * self.width + x / 2) as u16
    }
}

/// The first coarse level, from the cells.
pub(super) fn first<T: Real, C: Coefficient<T>>(cells: &Cells<'_>, store: &mut Store<'_, T, C>, shape: Shape) {
    let level = Level::finest(cells).next(1, shape);
    store.begin(level);
    let fluid = |x: usize, y: usize| cells.degree(x, y) != 0;
    for y in 0..level.ny {
        for x in 0..level.nx {
            let (x0, y0) = (2 * x, 2 * y);
            let block = [fluid(x0, y0), fluid(x0 + 1, y0), fluid(x0, y0 + 1), fluid(x0 + 1, y0 + 1)];
            if block == [true, false, false, true] || block == [false, true, true, false] {
                if store.room() > 0 {
                    store.push_node(Node { id: NO_SLOT, x, y }.record(NO_SLOT));
                } else {
                    store.count_merged(1);
                }
            }
            if block.contains(&true) {
                store.coarse(1).add_share(level.slot(x, y), T::ONE);
            }
        }
    }
    store.close_pieces();
    let half = T::from_f32(0.5);
    let parent = |store: &mut Store<'_, T, C>, x: usize, y: usize| {
        let (bx, by) = (x / 2, y / 2);
        let piece = if y & 1 == 1 { store.piece_at(bx, by) } else { None };
        // Only a block cut along its diagonal has a piece, and then both of its cells of the lower line go there.
        Node { id: piece.unwrap_or(level.slot(bx, by)), x: bx, y: by }
    };
    for y in 0..cells.ny {
        for x in 0..cells.nx {
            if !fluid(x, y) {
                continue;
            }
            let node = parent(store, x, y);
            let open = cells.open(x, y);
            if open > 0 {
                store.coarse(1).add_open(node.id, half * T::from_u32(u32::from(open)));
            }
            if x & 1 == 1 && fluid(x + 1, y) {
                let east = parent(store, x + 1, y);
                store.add_edge(node, east, half);
            }
            if y & 1 == 1 && fluid(x, y + 1) {
                let south = parent(store, x, y + 1);
                store.add_edge(node, south, half);
            }
        }
    }
}

/// The next coarse level, from the coarsest so far, whose nodes may move off the grid for it.
pub(super) fn next<T: Real, C: Coefficient<T>>(store: &mut Store<'_, T, C>, shape: Shape) {
    let below = store.last();
    let level = store.level(below);
    let above = level.next(below + 1, shape);
    let mut pieces = 0;
    for y in 0..above.ny {
        for x in 0..above.nx {
            divide(store, below, &above, (x, y), &mut pieces);
        }
    }
    let half = T::from_f32(0.5);
    store.begin(above);
    store.push_pieces(below, pieces);
    // Presence, open faces and edges of the grid below.
    for y in 0..level.ny {
        for x in 0..level.nx {
            let slot = level.slot(x, y);
            let parent = Node { id: above.slot(x / 2, y / 2), x: x / 2, y: y / 2 };
            let coarse = store.coarse(below);
            if !coarse.is_present(slot) {
                continue;
            }
            let (open, share) = (coarse.open_of(slot), coarse.share_of(slot));
            let faces = if (x ^ y) & 1 == 1 { coarse.faces(slot) } else { [T::ZERO; 4] };
            let mut coarse = store.coarse(below + 1);
            coarse.add_share(parent.id, share);
            if open > T::ZERO {
                coarse.add_open(parent.id, half * open);
            }
            for (face, weight) in faces.into_iter().enumerate().filter(|(_, weight)| *weight > T::ZERO) {
                let (nx, ny) = neighbour(x, y, face);
                let other = Node { id: above.slot(nx / 2, ny / 2), x: nx / 2, y: ny / 2 };
                store.add_edge(parent, other, half * weight);
            }
        }
    }
    for index in 0..store.level(below).nodes {
        let (id, parent) = (store.off_grid_id(below, index), store.parent_off_grid(below, index));
        let (open, share) = (store.coarse(below).open_of(id), store.coarse(below).share_of(id));
        let mut coarse = store.coarse(below + 1);
        coarse.add_share(parent.id, share);
        coarse.add_open(parent.id, half * open);
    }
    for index in 0..store.level(below).edges {
        let Some(([red, black], weight)) = store.edge(below, index) else { continue };
        let (red, black) = (store.parent_of(below, red), store.parent_of(below, black));
        store.set_edge_parent(below, index, red.id);
        store.add_edge(red, black, half * weight);
    }
}

/// The neighbour of a black node across one of its faces.
pub(super) const fn neighbour(x: usize, y: usize, face: usize) -> (usize, usize) {
    match face {
        UP => (x, y.wrapping_sub(1)),
        DOWN => (x, y + 1),
        // On even lines black stands at odd x: its partner of the same place is behind it.
        SAME => (if y & 1 == 0 { x.wrapping_sub(1) } else { x + 1 }, y),
        _ => (if y & 1 == 0 { x + 1 } else { x.wrapping_sub(1) }, y),
    }
}

impl Level {
    #[allow(clippy::cast_possible_truncation, reason = "checked against the capacity, which fits 16 bits")]
    pub(super) fn piece_id(&self, index: usize) -> u16 {
        (2 * self.half + index) as u16
    }
}

impl Node {
    #[allow(clippy::cast_possible_truncation, reason = "sides are at most 65536 before the first halving")]
    pub(super) fn record(self, slot: u16) -> [u16; 4] {
        [0, self.x as u16, self.y as u16, slot]
    }
}

impl<T: Real, C: Coefficient<T>> Store<'_, T, C> {
    /// Adds the weight of faces between two nodes of neighbouring blocks of the coarsest level.
    pub(super) fn add_edge(&mut self, one: Node, two: Node, weight: T) {
        if (one.x, one.y) == (two.x, two.y) {
            return;
        }
        let last = self.last();
        let level = self.level(last);
        let (red, black) = if (one.x ^ one.y) & 1 == 0 { (one, two) } else { (two, one) };
        if usize::from(red.id) < 2 * level.half && usize::from(black.id) < 2 * level.half {
            let face = if red.y < black.y {
                UP
            } else if red.y > black.y {
                DOWN
            } else if red.x / 2 == black.x / 2 {
                SAME
            } else {
                SIDE
            };
            let place = usize::from(black.id) - level.half;
            self.coarse(last).add_face(place, face, weight);
        } else {
            self.add_edge_off_grid(last, red.id, black.id, weight);
        }
    }
}

// Nodes as the store knows them.
impl<T: Real, C: Coefficient<T>> Store<'_, T, C> {
    fn parent_off_grid(&self, level: usize, index: usize) -> Node {
        let (parent, x, y) = self.node(level, index);
        Node { id: parent, x: x / 2, y: y / 2 }
    }

    fn parent_of(&self, below: usize, id: u16) -> Node {
        if let Some(index) = self.index_off_grid(below, id) {
            return self.parent_off_grid(below, index);
        }
        let level = self.level(below);
        let half = level.half.max(1);
        let (colour, place) = (usize::from(id) / half, usize::from(id) % half);
        let (y, k) = (place / level.width.max(1), place % level.width.max(1));
        let x = 2 * k + usize::from((y & 1 == 1) != (colour == BLACK));
        let above = self.level(below + 1);
        Node { id: above.slot(x / 2, y / 2), x: x / 2, y: y / 2 }
    }
}

/// Whether a cell of the finest level has an unknown.
#[inline]
pub(super) const fn is_fluid(code: u8) -> bool {
    code & DEGREE != 0
}
