//! A network on a grid: where everything lies, and the pass through the layers.
//!
//! A layer needs of its input the slab before, the one at hand and the one behind. So it may write over its input as soon as
//! the next slab is done, and a block a += R(R(a)) keeps three slabs of what lies between. The arena holds every channel of
//! each grid once.

use super::convolution::{Convolution, Ending, Slab, slab, slab_mut};
use super::load::DirectionNetwork;
use super::weights::{LANES, Weight, Weights};
use crate::error::{self, Error, Field};
use crate::operator::Direction;
use crate::real::Real;
use crate::vector;

/// A network on a grid of nx x ny (x nz) cells, x running fastest: r -> d, neither linear nor symmetric.
///
/// One call costs [`DirectionNetwork::multiply_adds`]; there is no smaller step.
#[derive(Debug)]
pub struct OnGrid<'a, T> {
    network: &'a DirectionNetwork<'a>,
    sides: [usize; 3],
    mask: Option<&'a [u8]>,
    arena: &'a mut [T],
}

impl<'a, T: Real> OnGrid<'a, T> {
    /// `sides` are even, the third is 1 in 2-D. Cells whose byte of the mask is 0 have no unknown: their residual counts as
    /// 0, and so does their direction.
    ///
    /// # Errors
    /// `OutOfRange` (size, the index of the side), `TooLarge` (size), `Length` (mask; workspace: the arena, of
    /// [`DirectionNetwork::arena_len`] elements).
    pub fn new(
        network: &'a DirectionNetwork<'a>,
        sides: [usize; 3],
        mask: Option<&'a [u8]>,
        arena: &'a mut [T],
    ) -> Result<Self, Error> {
        for (index, side) in sides.into_iter().enumerate() {
            let fits = if index < network.dimensions { side > 0 && side.is_multiple_of(2) } else { side == 1 };
            if !fits {
                return Err(Error::OutOfRange { field: Field::Size, index });
            }
        }
        let need = network.arena_len(sides);
        if need == usize::MAX {
            return Err(Error::TooLarge { field: Field::Size });
        }
        if let Some(mask) = mask {
            error::exact(Field::Mask, sides.iter().product(), mask.len())?;
        }
        error::at_least(Field::Workspace, need, arena.len())?;
        Ok(Self { network, sides, mask, arena })
    }

    /// r over its norm, 0 where there is no unknown; whether there is anything.
    fn normalise(&self, r: &[T], d: &mut [T]) -> bool {
        vector::copy(r, d);
        self.mask(d);
        let norm = vector::norm(d);
        let is_usable = norm > T::ZERO && norm.is_finite();
        let factor = if is_usable { T::ONE / norm } else { T::ZERO };
        for d in d {
            *d = if is_usable { *d * factor } else { T::ZERO };
        }
        is_usable
    }

    fn mask(&self, d: &mut [T]) {
        for (d, cell) in d.iter_mut().zip(self.mask.unwrap_or(&[])) {
            if *cell == 0 {
                *d = T::ZERO;
            }
        }
    }

    fn pass<W: Weight>(&mut self, weights: &[W], d: &mut [T]) -> Option<()> {
        let Self { network, sides: [nx, ny, nz], arena, .. } = self;
        let (is_solid, c) = (network.dimensions == 3, network.channels);
        let (lines, depth) = if is_solid { (*ny, *nz) } else { (1, *ny) };
        let shape = Slab { nx: *nx, lines, is_solid };
        let below = Slab { nx: *nx / 2, lines: if is_solid { lines / 2 } else { 1 }, is_solid };
        let (of_slab, of_below) = (shape.nx * shape.lines * c, below.nx * below.lines * c);
        let (fine, rest) = arena.split_at_mut_checked(of_slab * depth)?;
        let (coarse, ring) = rest.split_at_mut_checked(of_below * (depth / 2))?;
        let mut layers = Layers { network, weights: weights.as_chunks::<LANES>().0, next: 0 };
        let (first, second) = (layers.next(1)?, layers.next(c)?);
        enter(shape, depth, first, second, d, fine, ring);
        let [before, on, behind] = network.blocks;
        for _ in 0..before {
            add_block(shape, depth, layers.next(c)?, layers.next(c)?, fine, ring);
        }
        in_place(shape, depth, layers.next(c)?, fine, ring);
        pool(c, shape, fine, coarse);
        for _ in 0..on {
            add_block(below, depth / 2, layers.next(c)?, layers.next(c)?, coarse, ring);
        }
        add_upsampled(c, shape, coarse, fine);
        for _ in 0..behind {
            add_block(shape, depth, layers.next(c)?, layers.next(c)?, fine, ring);
        }
        let affine = network.affine(network.layers());
        let sum = weights.get(weights.len().checked_sub(c)?..)?;
        for (d, cell) in d.iter_mut().zip(fine.chunks_exact(c.max(1))) {
            let dot = cell.iter().zip(sum).fold(T::ZERO, |dot, (value, weight)| dot + *value * weight.number::<T>());
            *d = affine.apply(0, dot);
        }
        Some(())
    }
}

impl<T: Real> Direction<T> for OnGrid<'_, T> {
    /// 0 for a residual that is 0 or not finite.
    fn direction(&mut self, r: &[T], d: &mut [T]) {
        if !self.normalise(r, d) {
            return;
        }
        let done = match self.network.weights {
            Weights::Single(values) => self.pass(values, d),
            Weights::Bytes { values, .. } => self.pass(values, d),
        };
        debug_assert!(done.is_some(), "lengths were checked");
        self.mask(d);
    }

    fn is_symmetric(&self) -> bool {
        false
    }

    fn multiply_adds(&self) -> usize {
        self.network.multiply_adds(self.sides)
    }
}

/// The convolutions of a network in the order of use.
struct Layers<'n, 'a, W> {
    network: &'n DirectionNetwork<'a>,
    weights: &'n [[W; LANES]],
    next: usize,
}

impl<'n, W> Layers<'n, '_, W> {
    fn next(&mut self, inputs: usize) -> Option<Convolution<'n, W>> {
        let outputs = self.network.channels;
        let len = self.network.taps() * inputs * (outputs / LANES);
        let (weights, rest) = self.weights.split_at_checked(len)?;
        self.weights = rest;
        let affine = self.network.affine(self.next);
        self.next += 1;
        Some(Convolution { weights, affine, inputs, outputs })
    }
}

/// Slabs before, at and behind a place; nothing beyond the ends.
fn three<E>(volume: &[E], len: usize, at: usize) -> [Option<&[E]>; 3] {
    [at.wrapping_sub(1), at, at + 1].map(|at| slab(volume, len, at))
}

/// The same in a ring of three.
fn three_of_ring<E>(ring: &[E], len: usize, at: usize, depth: usize) -> [Option<&[E]>; 3] {
    [at.wrapping_sub(1), at, at + 1].map(|at| if at < depth { slab(ring, len, at % 3) } else { None })
}

/// The first two layers: from one number a cell to all channels.
fn enter<T: Real, W: Weight>(
    shape: Slab,
    depth: usize,
    first: Convolution<'_, W>,
    second: Convolution<'_, W>,
    from: &[T],
    to: &mut [T],
    ring: &mut [T],
) {
    let (of_one, len) = (shape.nx * shape.lines, shape.nx * shape.lines * second.outputs);
    for ahead in 0..=depth {
        if ahead < depth {
            first.run(shape, three(from, of_one, ahead), slab_mut(ring, len, ahead % 3), Ending::Linear);
        }
        if let Some(at) = ahead.checked_sub(1) {
            second.run(shape, three_of_ring(ring, len, at, depth), slab_mut(to, len, at), Ending::Rectified);
        }
    }
}

/// a += R(R(a)).
fn add_block<T: Real, W: Weight>(
    shape: Slab,
    depth: usize,
    first: Convolution<'_, W>,
    second: Convolution<'_, W>,
    volume: &mut [T],
    ring: &mut [T],
) {
    let len = shape.nx * shape.lines * second.outputs;
    for ahead in 0..=depth {
        if ahead < depth {
            first.run(shape, three(volume, len, ahead), slab_mut(ring, len, ahead % 3), Ending::Rectified);
        }
        if let Some(at) = ahead.checked_sub(1) {
            second.run(shape, three_of_ring(ring, len, at, depth), slab_mut(volume, len, at), Ending::Added);
        }
    }
}

/// a = R(a).
fn in_place<T: Real, W: Weight>(
    shape: Slab,
    depth: usize,
    layer: Convolution<'_, W>,
    volume: &mut [T],
    ring: &mut [T],
) {
    let len = shape.nx * shape.lines * layer.outputs;
    for ahead in 0..=depth {
        if ahead < depth {
            layer.run(shape, three(volume, len, ahead), slab_mut(ring, len, ahead % 3), Ending::Rectified);
        }
        if let Some(at) = ahead.checked_sub(1) {
            let done = slab(ring, len, at % 3).unwrap_or(&[]);
            vector::copy(done, slab_mut(volume, len, at));
        }
    }
}

/// Lines of a fine grid that a line of the coarse one covers, each of these pairs of cells.
fn covered(shape: Slab, line: usize) -> ([usize; 4], usize) {
    if shape.is_solid {
        let half = (shape.lines / 2).max(1);
        let (z, y) = (2 * (line / half), 2 * (line % half));
        ([(z, y), (z, y + 1), (z + 1, y), (z + 1, y + 1)].map(|(z, y)| z * shape.lines + y), 4)
    } else {
        ([2 * line, 2 * line + 1, 0, 0], 2)
    }
}

/// Means over 2 x 2 or 2 x 2 x 2 cells.
fn pool<T: Real>(channels: usize, shape: Slab, fine: &[T], coarse: &mut [T]) {
    let (of_line, of_cell) = (shape.nx * channels, channels.max(1));
    let share = T::from_f32(if shape.is_solid { 0.125 } else { 0.25 });
    for (line, coarse) in coarse.chunks_exact_mut((of_line / 2).max(1)).enumerate() {
        coarse.fill(T::ZERO);
        let (lines, count) = covered(shape, line);
        for fine in lines.into_iter().take(count).filter_map(|at| slab(fine, of_line, at)) {
            for (coarse, pair) in coarse.chunks_exact_mut(of_cell).zip(fine.chunks_exact((2 * of_cell).max(1))) {
                let Some((left, right)) = pair.split_at_checked(of_cell) else { continue };
                for ((coarse, left), right) in coarse.iter_mut().zip(left).zip(right) {
                    *coarse += *left + *right;
                }
            }
        }
        for coarse in coarse {
            *coarse *= share;
        }
    }
}

/// Adds each coarse value to the cells it covers.
fn add_upsampled<T: Real>(channels: usize, shape: Slab, coarse: &[T], fine: &mut [T]) {
    let (of_line, of_cell) = (shape.nx * channels, channels.max(1));
    for (line, coarse) in coarse.chunks_exact((of_line / 2).max(1)).enumerate() {
        let (lines, count) = covered(shape, line);
        for at in lines.into_iter().take(count) {
            let pairs = slab_mut(fine, of_line, at).chunks_exact_mut((2 * of_cell).max(1));
            for (coarse, pair) in coarse.chunks_exact(of_cell).zip(pairs) {
                for (fine, coarse) in pair.iter_mut().zip(coarse.iter().cycle()) {
                    *fine += *coarse;
                }
            }
        }
    }
}
