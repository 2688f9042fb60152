//! The hierarchy, by integer work: which nodes a level has and how many faces join them.
//!
//! A coarse node is a connected part of a 2 x 2 block of nodes below. The part with the most nodes of the grid stands on
//! the coarse grid; further parts, and nodes below whose part is not the one on the grid, stand off the grid, with edges
//! in a list. Weights are multiples of 1/2 per level, so these sums are exact.

use super::cells::stretches;
use super::cells::{Cells, DEGREE};
use super::coarse::{Coarse, KEEP, NO_SLOT, R, X};
use super::gates::{Gates, clamp};
use super::kernels::{BLACK, DOWN, RED, SAME, SIDE, UP, cut, cut_mut, is_forward, taps};
use super::layout::{Level, Shape, coarser, grid_len};
use super::store::Store;
use crate::real::Real;

/// Nodes of a block that are told apart; those beyond go with the part on the grid.
const LOCAL: usize = 16;
/// As many numbers of parts.
const LOCAL_PARTS: u8 = 16;

/// A node by its place and its column and line.
#[derive(Clone, Copy, PartialEq)]
struct Node {
    id: u16,
    x: usize,
    y: usize,
}

impl Level {
    fn new(nx: usize, ny: usize, level: usize, shape: Shape) -> Self {
        let width = coarser(nx);
        Self { nx, ny, width, half: width * ny, len: grid_len(nx, ny, level, shape), ..Self::default() }
    }

    /// The slot of a node of the grid.
    #[allow(clippy::cast_possible_truncation, reason = "a level has at most 65536 cells, sides rounded up")]
    fn slot(&self, x: usize, y: usize) -> u16 {
        (((x ^ y) & 1) * self.half + y * self.width + x / 2) as u16
    }
}

/// The level above one of these sides, empty.
pub(super) fn level(nx: usize, ny: usize, number: usize, shape: Shape) -> Level {
    Level::new(coarser(nx), coarser(ny), number, shape)
}

/// The first coarse level, from the cells.
pub(super) fn first<T: Real>(cells: &Cells<'_>, store: &mut Store<'_, T>, shape: Shape, merged: &mut usize) {
    let level = level(cells.nx, cells.ny, 1, shape);
    store.push(level);
    let fluid = |x: usize, y: usize| cells.degree(x, y) != 0;
    for y in 0..level.ny {
        for x in 0..level.nx {
            let (x0, y0) = (2 * x, 2 * y);
            let block = [fluid(x0, y0), fluid(x0 + 1, y0), fluid(x0, y0 + 1), fluid(x0 + 1, y0 + 1)];
            if block == [true, false, false, true] || block == [false, true, true, false] {
                if store.room() > 0 {
                    store.push_node(Node { id: NO_SLOT, x, y }.record(NO_SLOT));
                } else {
                    *merged += 1;
                }
            }
            if block.contains(&true) {
                store.coarse(1).mark(level.slot(x, y));
            }
        }
    }
    store.close_pieces();
    let half = T::from_f32(0.5);
    let parent = |store: &mut Store<'_, T>, x: usize, y: usize| {
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
pub(super) fn next<T: Real>(store: &mut Store<'_, T>, shape: Shape, merged: &mut usize) {
    let below = store.last();
    let level = store.level(below);
    let above = self::level(level.nx, level.ny, below + 1, shape);
    let mut pieces = 0;
    for y in 0..above.ny {
        for x in 0..above.nx {
            divide(store, below, &above, (x, y), &mut pieces, merged);
        }
    }
    let half = T::from_f32(0.5);
    store.push(above);
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
            let open = coarse.open_of(slot);
            let faces = if (x ^ y) & 1 == 1 { coarse.faces(slot) } else { [T::ZERO; 4] };
            let mut coarse = store.coarse(below + 1);
            coarse.mark(parent.id);
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
        let open = store.coarse(below).open_of(id);
        let mut coarse = store.coarse(below + 1);
        coarse.mark(parent.id);
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
const fn neighbour(x: usize, y: usize, face: usize) -> (usize, usize) {
    match face {
        UP => (x, y.wrapping_sub(1)),
        DOWN => (x, y + 1),
        // On even lines black stands at odd x: its partner of the same place is behind it.
        SAME => (if y & 1 == 0 { x.wrapping_sub(1) } else { x + 1 }, y),
        _ => (if y & 1 == 0 { x + 1 } else { x.wrapping_sub(1) }, y),
    }
}

/// Tells the parts of a block apart and moves the nodes of all but one off the grid.
fn divide<T: Real>(
    store: &mut Store<'_, T>,
    below: usize,
    above: &Level,
    (x, y): (usize, usize),
    pieces: &mut usize,
    merged: &mut usize,
) {
    let level = store.level(below);
    let mut ids = [NO_SLOT; LOCAL];
    let mut count = 0;
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
        }
    };
    for index in 0..level.nodes {
        let (_, column, line) = store.node(below, index);
        if column / 2 == x && line / 2 == y {
            push(store.off_grid_id(below, index));
            store.set_parent(below, index, above.slot(x, y));
        }
    }
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
        *merged += parts;
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

impl Level {
    #[allow(clippy::cast_possible_truncation, reason = "checked against the capacity, which fits 16 bits")]
    pub(super) fn piece_id(&self, index: usize) -> u16 {
        (2 * self.half + index) as u16
    }
}

impl Node {
    #[allow(clippy::cast_possible_truncation, reason = "sides are at most 65536 before the first halving")]
    fn record(self, slot: u16) -> [u16; 4] {
        [0, self.x as u16, self.y as u16, slot]
    }
}

impl<T: Real> Store<'_, T> {
    /// Adds the weight of faces between two nodes of neighbouring blocks of the coarsest level.
    fn add_edge(&mut self, one: Node, two: Node, weight: T) {
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
            if let Some(value) = self.coarse(last).grid.weights.get_mut(face).and_then(|half| half.get_mut(place)) {
                *value += weight;
            }
        } else {
            self.add_edge_off_grid(last, red.id, black.id, weight);
        }
    }

    /// Takes a node of the grid off it, its faces becoming edges; its index among the nodes off the grid.
    fn move_off_grid(&mut self, below: usize, slot: u16) -> usize {
        let level = self.level(below);
        let (half, width) = (level.half, level.width.max(1));
        let (colour, place) = (usize::from(usize::from(slot) >= half), usize::from(slot) % half.max(1));
        let (y, k) = (place / width, place % width);
        let x = 2 * k + usize::from((y & 1 == 1) != (colour == BLACK));
        let index = self.level(below).nodes;
        self.push_node(Node { id: slot, x, y }.record(slot));
        let id = self.off_grid_id(below, index);
        let open = self.coarse(below).open_of(slot);
        self.coarse(below).set_open(slot, T::ZERO);
        self.coarse(below).set_open(id, open);
        self.coarse(below).unmark(slot);
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

impl<T: Real> Coarse<'_, T> {
    /// A node of the grid has cells below it. While a level is built, r says so.
    fn mark(&mut self, id: u16) {
        if usize::from(id) < 2 * self.level.half {
            self.set(R, id, T::ONE);
        }
    }

    fn unmark(&mut self, id: u16) {
        self.set(R, id, T::ZERO);
    }

    fn is_present(&self, slot: u16) -> bool {
        let (half, slot) = (self.level.half, usize::from(slot));
        let [red, black] = &self.grid.r;
        let mark = if slot < half { red.get(slot) } else { black.get(slot - half) };
        mark.is_some_and(|mark| *mark > T::ZERO)
    }

    /// Weight of open faces. While a level is built, it stands in the place of `keep`.
    fn open_of(&self, id: u16) -> T {
        let (half, id) = (self.level.half, usize::from(id));
        let [red, black] = &self.grid.keep;
        let value = if id < half {
            red.get(id)
        } else if id < 2 * half {
            black.get(id - half)
        } else {
            self.extra.get(id - 2 * half).and_then(|numbers| numbers.get(KEEP))
        };
        value.copied().unwrap_or(T::ZERO)
    }

    fn set_open(&mut self, id: u16, value: T) {
        self.set(KEEP, id, value);
    }

    fn add_open(&mut self, id: u16, value: T) {
        let sum = self.open_of(id) + value;
        self.set(KEEP, id, sum);
    }

    fn set(&mut self, of: usize, id: u16, value: T) {
        let (half, id) = (self.level.half, usize::from(id));
        let [red, black] = if of == KEEP { &mut self.grid.keep } else { &mut self.grid.r };
        let place = if id < half {
            red.get_mut(id)
        } else if id < 2 * half {
            black.get_mut(id - half)
        } else {
            self.extra.get_mut(id - 2 * half).and_then(|numbers| numbers.get_mut(of))
        };
        if let Some(place) = place {
            *place = value;
        }
    }

    /// The weights of a black node of the grid.
    fn faces(&self, slot: u16) -> [T; 4] {
        let place = usize::from(slot).wrapping_sub(self.level.half);
        let [up, down, same, side] = &self.grid.weights;
        [up, down, same, side].map(|half| half.get(place).copied().unwrap_or(T::ZERO))
    }

    fn take_face(&mut self, place: usize, face: usize) -> T {
        let weight = self.grid.weights.get_mut(face).and_then(|half| half.get_mut(place));
        weight.map_or(T::ZERO, |weight| core::mem::replace(weight, T::ZERO))
    }

    /// Turns weights and open faces into what the cycle works with. Returns nodes (red, black) and faces.
    pub(super) fn set_gates(&mut self, number: usize, gates: &Gates, is_last: bool) -> ([usize; 2], usize) {
        let which = number.min(2);
        let strength = gates.strength.get(number.saturating_sub(1).min(2)).copied().unwrap_or(0.0);
        let strength: T = clamp(T::from_f32(strength), -0.9, 0.9);
        let transform = |weight: &mut T| {
            let factor = (T::ONE + strength * (T::ONE - *weight)).max(T::from_f32(0.1));
            *weight *= factor;
        };
        let mut faces = 0;
        for weight in self.grid.weights.iter_mut().flat_map(|half| half.iter_mut()).chain(self.weights.iter_mut()) {
            transform(weight);
            faces += usize::from(*weight > T::ZERO);
        }
        self.grid.keep.iter_mut().flat_map(|half| half.iter_mut()).for_each(transform);
        self.extra.iter_mut().filter_map(|numbers| numbers.get_mut(KEEP)).for_each(transform);
        self.sum_weights();
        let mut nodes = [0; 2];
        let tables = [gates.red.get(which), gates.black.get(which)].map(|table| table.unwrap_or(&[1.0; 5]));
        let ready = |colour: usize, d: T, gate: &mut T, keep: &mut T| -> bool {
            let [red, black] = tables;
            let g: T = if colour == RED { Gates::gate(red, false, d) } else { Gates::gate(black, true, d) };
            let is_dead = d <= T::ZERO;
            let inverse = if is_dead { T::ZERO } else { T::ONE / d };
            *gate = if is_last { inverse } else { g * inverse };
            *keep = if is_dead { T::ZERO } else { (T::ONE - g) * d / g };
            !is_dead
        };
        let super::layout::Grid { x, r, gate, keep, d, first, .. } = &mut self.grid;
        let halves = x.iter_mut().zip(r).zip(gate).zip(keep).enumerate();
        for (colour, (((x, r), gate), keep)) in halves {
            for (((x, r), gate), keep) in x.iter_mut().zip(r.iter_mut()).zip(gate.iter_mut()).zip(keep.iter_mut()) {
                // The sum of weights was left in x.
                let alive = ready(colour, *x, gate, keep);
                if let Some(count) = nodes.get_mut(colour) {
                    *count += usize::from(alive);
                }
                *r = T::ZERO;
            }
        }
        for (d, x) in d.iter_mut().zip(x.iter()) {
            for (d, x) in d.iter_mut().zip(x.iter()) {
                *d = *x;
            }
        }
        x.iter_mut().chain(first).for_each(|half| half.fill(T::ZERO));
        for (numbers, node) in self.extra.iter_mut().zip(self.nodes.iter()) {
            let [x, r, gate, keep, d, first] = numbers;
            let colour = super::coarse::colour_of(node);
            *d = *x;
            let alive = ready(colour, *x, gate, keep);
            if let Some(count) = nodes.get_mut(colour) {
                *count += usize::from(alive);
            }
            (*x, *r, *first) = (T::ZERO, T::ZERO, T::ZERO);
        }
        (nodes, faces)
    }

    /// x = open faces + sum of weights, by the kernels of relaxation on a field of ones.
    fn sum_weights(&mut self) {
        let Level { width, ny, .. } = self.level;
        self.grid.x.iter_mut().for_each(|half| half.fill(T::ONE));
        self.grid.gate.iter_mut().for_each(|half| half.fill(T::ONE));
        let super::layout::Grid { x, r, gate, keep, weights, .. } = &mut self.grid;
        let [x0, x1] = x;
        for (colour, (r, keep)) in r.iter_mut().zip(keep.iter()).enumerate() {
            let other = if colour == RED { &**x1 } else { &**x0 };
            for y in 0..ny {
                for part in stretches(width, is_forward(colour, y)) {
                    let (own, len) = (y * width + part.start, part.len);
                    let Some(taps) = taps(weights, other, (width, ny, y), part, colour) else { continue };
                    if let (Some(r), Some(keep), Some(ones)) =
                        (cut_mut(r, own, len), cut(keep, own, len), cut(&*gate[0], own, len))
                    {
                        taps.relax_from_zero(ones, keep, r);
                    }
                }
            }
        }
        for (x, r) in x.iter_mut().zip(r.iter()) {
            for (x, r) in x.iter_mut().zip(r.iter()) {
                *x = *r;
            }
        }
        for numbers in self.extra.iter_mut() {
            let [x, _, _, keep, ..] = numbers;
            *x = *keep;
        }
        let half = self.level.half;
        for ([red, black, _], weight) in self.edges.iter().zip(self.weights.iter()) {
            for id in [*red, *black].map(usize::from) {
                let [x0, x1] = &mut self.grid.x;
                let x = if id < half {
                    x0.get_mut(id)
                } else if id < 2 * half {
                    x1.get_mut(id - half)
                } else {
                    self.extra.get_mut(id - 2 * half).and_then(|numbers| numbers.get_mut(X))
                };
                if let Some(x) = x {
                    *x += *weight;
                }
            }
        }
    }
}

// Nodes as the store knows them.
impl<T: Real> Store<'_, T> {
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
