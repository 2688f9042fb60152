//! The coefficients of a level in 16 bits.
//!
//! Weights, `keep` and d are multiples of one power of two, gates of another, both as small as the largest number of the level
//! allows. Weights are rounded to the nearest, once for both of their ends. Everything else is rounded so that the operator
//! which the numbers stand for has a diagonal, 1 / gate - keep, that is not below the sum of the rounded weights and open
//! faces, and a relaxation, gate times that diagonal, that stays below 2. So each level is symmetric and diagonally dominant
//! and its relaxation contracts, which is all that the proof for exact numbers needs.

use super::build::neighbour;
use super::coarse::{Coarse, X, at, colour_of};
use super::coefficient::{Coefficient, MOST, Scale, below};
use super::gates::Gates;
use super::kernels::RED;
use super::layout::{Grid, Level};
use super::ready::{Ready, strength_of, tables_of, transformed};
use crate::real::Real;

/// The smallest power of two of which so large a number is at most [`MOST`] times.
fn unit<T: Real>(largest: T) -> T {
    let largest = largest * T::from_f32(1.0 + 1.0 / 4096.0);
    T::from_f32(1.0 / 16384.0) / largest.normalising_power_of_two()
}

const _: () = assert!(MOST >= 2 * 16384 - 1);

impl<T: Real> Coarse<'_, T, u16> {
    /// Calls `visit(weight)` for each face, and adds what it says to x of both ends.
    fn for_each_face(&mut self, mut visit: impl FnMut(&mut u16) -> T) {
        let Level { nx, ny, half, .. } = self.level;
        for (x, y) in (0..ny).flat_map(|y| (0..nx).map(move |x| (x, y))).filter(|(x, y)| (x ^ y) & 1 == 1) {
            let black = self.level.slot(x, y);
            for face in 0..4 {
                let weight = self.grid.weights.get_mut(face);
                let weight = weight.and_then(|half_of| half_of.get_mut(usize::from(black).wrapping_sub(half)));
                let Some(weight) = weight.filter(|weight| **weight != 0) else { continue };
                let more = visit(weight);
                let (nx, ny) = neighbour(x, y, face);
                self.add_to_x([black, self.level.slot(nx, ny)], more);
            }
        }
        for index in 0..self.edges.len() {
            if let (Some(&[red, black, _]), Some(weight)) = (self.edges.get(index), self.weights.get_mut(index)) {
                let more = visit(weight);
                self.add_to_x([red, black], more);
            }
        }
    }

    fn add_to_x(&mut self, ends: [u16; 2], more: T) {
        for id in ends {
            if let Some(x) = at(&mut self.grid.x, self.extra, self.level.half, X, id) {
                *x += more;
            }
        }
    }
}

impl<T: Real> Ready<T> for u16 {
    fn set_gates(
        coarse: &mut Coarse<'_, T, Self>,
        number: usize,
        gates: &Gates,
        is_last: bool,
        _: Option<T>,
    ) -> ([usize; 2], usize) {
        let strength: T = strength_of(gates, number);
        let tables = tables_of(gates, number);
        let before = coarse.scale;
        let exact = |weight: u16| transformed(before.weight * Coefficient::<T>::units(weight), strength);
        // x = d.
        for (x, keep) in coarse.grid.x.iter_mut().zip(&coarse.grid.keep) {
            for (x, keep) in x.iter_mut().zip(keep.iter()) {
                *x = exact(*keep);
            }
        }
        for [x, _, _, keep, ..] in coarse.extra.iter_mut() {
            *keep = transformed(*keep, strength);
            *x = *keep;
        }
        let mut faces = 0;
        coarse.for_each_face(|weight| {
            faces += usize::from(*weight != 0);
            exact(*weight)
        });
        let gate = |colour: usize, d: T| -> T {
            let [red, black] = tables;
            if colour == RED { Gates::gate(red, false, d) } else { Gates::gate(black, true, d) }
        };
        let nodes = || coarse.grid.x.iter().enumerate().flat_map(|(colour, x)| x.iter().map(move |d| (colour, *d)));
        let alive = || nodes().filter(|(_, d)| *d > T::ZERO);
        // No sum is below a weight.
        let largest = alive().fold(T::ZERO, |largest, (colour, d)| {
            let g = gate(colour, d);
            largest.max(d).max(((T::ONE - g) * d / g).abs())
        });
        let largest = coarse.extra.iter().fold(largest, |largest, [d, ..]| largest.max(*d));
        let weight = unit(largest);
        // At the most a tenth more than it would be without rounding of keep.
        let cap = T::from_f32(0.1) / weight;
        let wanted = |colour: usize, d: T| (if is_last { T::ONE } else { gate(colour, d) } / d).min(cap);
        let largest = alive().fold(T::ZERO, |largest, (colour, d)| largest.max(wanted(colour, d)));
        let scale = Scale { weight, gate: unit(largest) };
        coarse.for_each_face(|face| {
            let exact = exact(*face);
            *face = Self::of(exact, weight).max(Self::from(exact > T::ZERO));
            weight * Coefficient::<T>::units(*face) - exact
        });
        coarse.scale = scale;
        let mut count = [0; 2];
        let Grid { x, gate: to_gate, keep, d: to_d, first, .. } = &mut coarse.grid;
        for (colour, ((x, to_gate), keep)) in x.iter_mut().zip(to_gate).zip(keep).enumerate() {
            for ((d, to_gate), keep) in x.iter_mut().zip(to_gate.iter_mut()).zip(keep.iter_mut()) {
                (*to_gate, *keep) = (0, 0);
                if *d <= T::ZERO {
                    *d = T::ZERO;
                    continue;
                }
                if let Some(count) = count.get_mut(colour) {
                    *count += 1;
                }
                *to_gate = below(wanted(colour, *d) / scale.gate);
                if *to_gate > 0 {
                    let inverse = T::ONE / (scale.gate * Coefficient::<T>::units(*to_gate));
                    // Less a margin for the rounding of d.
                    *keep = below((inverse - *d) / weight - T::from_f32(1.0 / 64.0));
                }
            }
        }
        for (to, d) in to_d.iter_mut().zip(x.iter()) {
            for (to, d) in to.iter_mut().zip(d.iter()) {
                *to = below(-*d / weight).wrapping_neg();
            }
        }
        x.iter_mut().chain(first).for_each(|half| half.fill(T::ZERO));
        for (numbers, node) in coarse.extra.iter_mut().zip(coarse.nodes.iter()) {
            let [x, r, to_gate, keep, d, first] = numbers;
            let (colour, sum) = (colour_of(node), *x);
            let (is_alive, g) = (sum > T::ZERO, gate(colour, sum));
            *d = sum;
            let g_or_one = if is_last { T::ONE } else { g };
            *to_gate = if is_alive { g_or_one / sum } else { T::ZERO };
            *keep = if is_alive { (T::ONE - g) * sum / g } else { T::ZERO };
            if let Some(count) = count.get_mut(colour) {
                *count += usize::from(is_alive);
            }
            (*x, *r, *first) = (T::ZERO, T::ZERO, T::ZERO);
        }
        (count, faces)
    }
}
