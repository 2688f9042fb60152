//! Which parts of a block hang together, and the move of all but one of them off the grid.

use super::build::{Node, neighbour};
use super::coarse::NO_SLOT;
use super::coefficient::Coefficient;
use super::kernels::{BLACK, DOWN, SAME, SIDE, UP};
use super::layout::Level;
use super::store::Store;
use crate::real::Real;

/// Nodes of a block that are told apart; those beyond go with the part on the grid, and count as merged.
const LOCAL: usize = 16;
/// As many numbers of parts.
const LOCAL_PARTS: u8 = 16;

/// Tells the parts of a block apart and moves the nodes of all but one off the grid.
pub(super) fn divide<T: Real, C: Coefficient<T>>(
    store: &mut Store<'_, T, C>,
    below: usize,
    above: &Level,
    (x, y): (usize, usize),
    pieces: &mut usize,
) {
    let level = store.level(below);
    let mut ids = [NO_SLOT; LOCAL];
    let (mut count, mut beyond) = (0, 0);
    let mut push = |id: u16| {
        if let Some(place) = ids.get_mut(count) {
            *place = id;
            count += 1;
        }
    };
    let corners = [(2 * x, 2 * y), (2 * x + 1, 2 * y), (2 * x, 2 * y + 1), (2 * x + 1, 2 * y + 1)];
    for (x, y) in corners {
        if x < level.nx && y < level.ny && store.coarse(below).is_present(level.slot(x, y)) {
            push(level.slot(x, y));
        }
    }
    let on_grid = count;
    let mut push = |id: u16| {
        if let Some(place) = ids.get_mut(count) {
            *place = id;
            count += 1;
        } else {
            beyond += 1;
        }
    };
    for index in 0..level.nodes {
        let (_, column, line) = store.node(below, index);
        if column / 2 == x && line / 2 == y {
            push(store.off_grid_id(below, index));
            store.set_parent(below, index, above.slot(x, y));
        }
    }
    store.count_merged(beyond);
    let Some(ids) = ids.get(..count) else { return };
    let mut part: [u8; LOCAL] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    let place = |id: u16| ids.iter().position(|&other| other == id);
    let mut join = |a: u16, b: u16| {
        let (Some(a), Some(b)) = (place(a), place(b)) else { return };
        let (Some(&a), Some(&b)) = (part.get(a), part.get(b)) else { return };
        part.iter_mut().filter(|part| **part == a.max(b)).for_each(|part| *part = a.min(b));
    };
    for (x, y) in corners {
        let slot = level.slot(x, y);
        if (x ^ y) & 1 == 1 && ids.contains(&slot) {
            for (face, weight) in store.coarse(below).faces(slot).into_iter().enumerate() {
                let (nx, ny) = neighbour(x, y, face);
                if weight > T::ZERO && nx < level.nx && ny < level.ny {
                    join(slot, level.slot(nx, ny));
                }
            }
        }
    }
    if count > on_grid {
        for index in 0..level.edges {
            if let Some(([red, black], _)) = store.edge(below, index) {
                join(red, black);
            }
        }
    }
    let Some(part) = part.get(..count) else { return };
    if part.iter().all(|&part| part == 0) {
        return;
    }
    // The part with the most nodes on the grid; the first of those that are equal.
    let size = |wanted: u8| part.iter().take(on_grid).filter(|&&part| part == wanted).count();
    let main = (0..LOCAL_PARTS).fold(0, |best, part| if size(part) > size(best) { part } else { best });
    let moves = part.iter().take(on_grid).filter(|&&part| part != main).count();
    let parts = (0..LOCAL_PARTS).filter(|wanted| *wanted != main && part.contains(wanted)).count();
    if moves + parts + *pieces > store.room() {
        store.count_merged(parts);
        return;
    }
    for wanted in (0..LOCAL_PARTS).filter(|wanted| *wanted != main) {
        let mut members = ids.iter().zip(part).filter(|(_, part)| **part == wanted).peekable();
        if members.peek().is_none() {
            continue;
        }
        let parent = above.piece_id(*pieces);
        *pieces += 1;
        for (&id, _) in members {
            let index = match store.index_off_grid(below, id) {
                Some(index) => index,
                None => store.move_off_grid(below, id),
            };
            store.set_parent(below, index, parent);
        }
    }
}

impl<T: Real, C: Coefficient<T>> Store<'_, T, C> {
    /// Takes a node of the grid off it, its faces becoming edges; its index among the nodes off the grid.
    pub(super) fn move_off_grid(&mut self, below: usize, slot: u16) -> usize {
        let level = self.level(below);
        let (half, width) = (level.half, level.width.max(1));
        let (colour, place) = (usize::from(usize::from(slot) >= half), usize::from(slot) % half.max(1));
        let (y, k) = (place / width, place % width);
        let x = 2 * k + usize::from((y & 1 == 1) != (colour == BLACK));
        let index = self.level(below).nodes;
        self.push_node(Node { id: slot, x, y }.record(slot));
        let id = self.off_grid_id(below, index);
        let (open, share) = (self.coarse(below).open_of(slot), self.coarse(below).share_of(slot));
        self.coarse(below).set_open(slot, T::ZERO);
        self.coarse(below).set_open(id, open);
        self.coarse(below).unmark(slot);
        self.coarse(below).add_share(id, share);
        // Faces on the grid, seen from their black ends.
        if colour == BLACK {
            for face in [UP, DOWN, SAME, SIDE] {
                let weight = self.coarse(below).take_face(place, face);
                let (nx, ny) = neighbour(x, y, face);
                if weight > T::ZERO {
                    self.add_edge_off_grid(below, level.slot(nx, ny), id, weight);
                }
            }
        } else {
            let around = [(x, y.wrapping_sub(1), DOWN), (x, y + 1, UP), (x.wrapping_sub(1), y, SAME), (x + 1, y, SAME)];
            for (nx, ny, face) in around {
                if nx >= level.nx || ny >= level.ny {
                    continue;
                }
                let black = level.slot(nx, ny);
                let face = if ny == y && nx / 2 != x / 2 { SIDE } else { face };
                let weight = self.coarse(below).take_face(usize::from(black) - half, face);
                if weight > T::ZERO {
                    self.add_edge_off_grid(below, id, black, weight);
                }
            }
        }
        self.rename_edges(below, slot, id);
        index
    }
}
