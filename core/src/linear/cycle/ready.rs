//! From weights to what a cycle works with: how a level looks while it is built, and its gates afterwards.
//!
//! While a level is built, the places of `gate` say which nodes are there and those of `keep` hold the weight of open faces.

use super::build::neighbour;
use super::cells::bulk;
use super::coarse::{Coarse, GATE, KEEP, X};
use super::coefficient::Coefficient;
use super::gates::{Gates, clamp};
use super::kernels::{RED, cut, cut_mut, edge, is_forward, sum_of, taps};
use super::layout::Level;
use crate::real::Real;

impl<T: Real, C: Coefficient<T>> Coarse<'_, T, C> {
    /// A node has cells of the finest level below it, this many of them for a hierarchy with a shift.
    pub(super) fn add_share(&mut self, id: u16, more: T) {
        let sum = self.share_of(id) + more;
        self.set(GATE, id, sum);
    }

    pub(super) fn unmark(&mut self, id: u16) {
        self.set(GATE, id, T::ZERO);
    }

    pub(super) fn is_present(&self, slot: u16) -> bool {
        self.share_of(slot) > T::ZERO
    }

    pub(super) fn share_of(&self, id: u16) -> T {
        self.get(GATE, id)
    }

    /// Weight of open faces.
    pub(super) fn open_of(&self, id: u16) -> T {
        self.get(KEEP, id)
    }

    fn get(&self, of: usize, id: u16) -> T {
        let (half, id) = (self.level.half, usize::from(id));
        let [red, black] = if of == KEEP { &self.grid.keep } else { &self.grid.gate };
        let place = if id < half { red.get(id) } else { black.get(id - half) };
        match place {
            Some(place) if of == KEEP => C::scaled(place.units(), self.scale),
            Some(place) => place.gated(T::ONE, self.scale),
            None => {
                let place = self.extra.get(id.wrapping_sub(2 * half)).and_then(|numbers| numbers.get(of));
                place.copied().unwrap_or(T::ZERO)
            }
        }
    }

    pub(super) fn set_open(&mut self, id: u16, value: T) {
        self.set(KEEP, id, value);
    }

    pub(super) fn add_open(&mut self, id: u16, value: T) {
        let sum = self.open_of(id) + value;
        self.set(KEEP, id, sum);
    }

    fn set(&mut self, of: usize, id: u16, value: T) {
        let (half, id) = (self.level.half, usize::from(id));
        let [red, black] = if of == KEEP { &mut self.grid.keep } else { &mut self.grid.gate };
        if let Some(place) = if id < half { red.get_mut(id) } else { black.get_mut(id - half) } {
            let scale = if of == KEEP { self.scale.weight } else { self.scale.gate };
            *place = C::of(value, scale);
        } else if let Some(place) = self.extra.get_mut(id.wrapping_sub(2 * half)).and_then(|extra| extra.get_mut(of)) {
            *place = value;
        }
    }

    /// The weights of a black node of the grid.
    pub(super) fn faces(&self, slot: u16) -> [T; 4] {
        let place = usize::from(slot).wrapping_sub(self.level.half);
        let [up, down, same, side] = &self.grid.weights;
        let of = |weight: &C| C::scaled(weight.units(), self.scale);
        [up, down, same, side].map(|half| half.get(place).map_or(T::ZERO, of))
    }

    /// Adds to the weight of a face of a black node, known by its place in its half.
    pub(super) fn add_face(&mut self, place: usize, face: usize, more: T) {
        let scale = self.scale;
        if let Some(weight) = self.grid.weights.get_mut(face).and_then(|half| half.get_mut(place)) {
            *weight = C::of(C::scaled(weight.units(), scale) + more, scale.weight);
        }
    }

    pub(super) fn take_face(&mut self, place: usize, face: usize) -> T {
        let weight = self.grid.weights.get_mut(face).and_then(|half| half.get_mut(place));
        let taken = weight.map(|weight| core::mem::replace(weight, C::from_units(T::ZERO)));
        taken.map_or(T::ZERO, |weight| C::scaled(weight.units(), self.scale))
    }
}

/// Turns weights and open faces of a level into what the cycle works with.
pub(super) trait Ready<T: Real>: Coefficient<T> {
    /// Returns nodes (red, black) and faces. With a shift, weights stay as they are, and gates are looked up by the sum of
    /// weights over the largest.
    fn set_gates(
        coarse: &mut Coarse<'_, T, Self>,
        number: usize,
        gates: &Gates,
        is_last: bool,
        shift: Option<T>,
    ) -> ([usize; 2], usize);
}

/// The strength of a level and what it makes of a weight.
pub(super) fn transformed<T: Real>(weight: T, strength: T) -> T {
    weight * (T::ONE + strength * (T::ONE - weight)).max(T::from_f32(0.1))
}

/// The strength of a level.
pub(super) fn strength_of<T: Real>(gates: &Gates, number: usize) -> T {
    let strength = gates.strength.get(number.saturating_sub(1).min(2)).copied().unwrap_or(0.0);
    clamp(T::from_f32(strength), -0.9, 0.9)
}

/// The tables of a level, red and black.
pub(super) fn tables_of(gates: &Gates, number: usize) -> [&[f32; 5]; 2] {
    let which = number.min(2);
    [gates.red.get(which), gates.black.get(which)].map(|table| table.unwrap_or(&[1.0; 5]))
}

impl<T: Real> Ready<T> for T {
    fn set_gates(
        coarse: &mut Coarse<'_, T, T>,
        number: usize,
        gates: &Gates,
        is_last: bool,
        shift: Option<T>,
    ) -> ([usize; 2], usize) {
        let strength: T = if shift.is_some() { T::ZERO } else { strength_of(gates, number) };
        let transform = |weight: &mut T| *weight = transformed(*weight, strength);
        let mut faces = 0;
        for weight in coarse.grid.weights.iter_mut().flat_map(|half| half.iter_mut()).chain(coarse.weights.iter_mut()) {
            transform(weight);
            faces += usize::from(*weight > T::ZERO);
        }
        coarse.grid.keep.iter_mut().flat_map(|half| half.iter_mut()).for_each(transform);
        coarse.extra.iter_mut().filter_map(|numbers| numbers.get_mut(KEEP)).for_each(transform);
        if let Some(shift) = shift {
            coarse.add_shift(shift);
        }
        coarse.sum_weights();
        let is_relative = shift.is_some();
        if is_relative {
            coarse.find_largest();
        }
        let mut nodes = [0; 2];
        let tables = tables_of(gates, number);
        let ready = |colour: usize, d: T, gate: &mut T, keep: &mut T| -> bool {
            let [red, black] = tables;
            let is_dead = d <= T::ZERO;
            // The largest weight was left in the place of the gate.
            let place = if is_relative && !is_dead { d / *gate } else { d };
            let g: T = if colour == RED { Gates::gate(red, false, place) } else { Gates::gate(black, true, place) };
            let inverse = if is_dead { T::ZERO } else { T::ONE / d };
            *gate = if is_last { inverse } else { g * inverse };
            *keep = if is_dead { T::ZERO } else { (T::ONE - g) * d / g };
            !is_dead
        };
        let super::layout::Grid { x, gate, keep, d, first, .. } = &mut coarse.grid;
        let halves = x.iter_mut().zip(gate).zip(keep).enumerate();
        for (colour, ((x, gate), keep)) in halves {
            for ((x, gate), keep) in x.iter_mut().zip(gate.iter_mut()).zip(keep.iter_mut()) {
                // The sum of weights was left in x.
                let alive = ready(colour, *x, gate, keep);
                if let Some(count) = nodes.get_mut(colour) {
                    *count += usize::from(alive);
                }
            }
        }
        for (d, x) in d.iter_mut().zip(x.iter()) {
            for (d, x) in d.iter_mut().zip(x.iter()) {
                *d = *x;
            }
        }
        x.iter_mut().chain(first).for_each(|half| half.fill(T::ZERO));
        for (numbers, node) in coarse.extra.iter_mut().zip(coarse.nodes.iter()) {
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
}

impl<T: Real> Coarse<'_, T, T> {
    /// Adds c for each cell of the finest level to what stands for open faces.
    fn add_shift(&mut self, shift: T) {
        for (keep, share) in self.grid.keep.iter_mut().zip(&self.grid.gate) {
            for (keep, share) in keep.iter_mut().zip(share.iter()) {
                *keep += shift * *share;
            }
        }
        for [_, _, share, keep, ..] in self.extra.iter_mut() {
            *keep += shift * *share;
        }
    }

    /// gate = the largest of the weights of a node and of what stands for open faces.
    fn find_largest(&mut self) {
        let Level { nx, ny, .. } = self.level;
        for (gate, keep) in self.grid.gate.iter_mut().zip(&self.grid.keep) {
            crate::vector::copy(keep, gate);
        }
        for [_, _, gate, keep, ..] in self.extra.iter_mut() {
            *gate = *keep;
        }
        for (x, y) in (0..ny).flat_map(|y| (0..nx).map(move |x| (x, y))).filter(|(x, y)| (x ^ y) & 1 == 1) {
            let black = self.level.slot(x, y);
            for (face, weight) in self.faces(black).into_iter().enumerate().filter(|(_, weight)| *weight > T::ZERO) {
                let (nx, ny) = neighbour(x, y, face);
                self.raise(black, weight);
                self.raise(self.level.slot(nx, ny), weight);
            }
        }
        for index in 0..self.edges.len() {
            if let (Some(&[red, black, _]), Some(&weight)) = (self.edges.get(index), self.weights.get(index)) {
                self.raise(red, weight);
                self.raise(black, weight);
            }
        }
    }

    fn raise(&mut self, id: u16, weight: T) {
        let largest = self.get(GATE, id).max(weight);
        self.set(GATE, id, largest);
    }

    /// x = open faces + sum of weights, by the kernels of relaxation on a field of ones.
    fn sum_weights(&mut self) {
        let Level { width, ny, .. } = self.level;
        let scale = self.scale;
        self.grid.x.iter_mut().for_each(|half| half.fill(T::ONE));
        let super::layout::Grid { x, gate: sums, keep, weights, .. } = &mut self.grid;
        let [x0, x1] = x;
        for (colour, (sums, keep)) in sums.iter_mut().zip(keep.iter()).enumerate() {
            let other = if colour == RED { &**x1 } else { &**x0 };
            for y in 0..ny {
                let (own, around) = edge(weights, other, (width, ny, y), colour);
                if let (Some(sum), Some(keep)) = (sums.get_mut(own), keep.get(own)) {
                    *sum = sum_of(around) + *keep;
                }
                let Some(part) = bulk(width, is_forward(colour, y)) else { continue };
                let (own, len) = (y * width + part.start, part.len);
                let Some(taps) = taps(weights, other, (width, ny, y), part, colour) else { continue };
                if let (Some(sums), Some(keep), Some(ones)) =
                    (cut_mut(sums, own, len), cut(keep, own, len), cut(x0, own, len))
                {
                    taps.relax_from_zero(ones, keep, sums, scale);
                }
            }
        }
        for (x, sums) in x.iter_mut().zip(sums.iter()) {
            for (x, sum) in x.iter_mut().zip(sums.iter()) {
                *x = *sum;
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
