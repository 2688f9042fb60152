//! The published direction network with activations in bytes: what its directions are worth then.
//!
//! Each layer's output is rounded to the 256 values that a byte has between 0 (or, without ReLU, minus the largest) and the
//! largest that was seen on residuals of other problems. Sums are those of single precision, which hold the integers of
//! these sizes exactly but for the last bit: what is rounded is what 8-bit kernels round.

use tinysolve::container::Reader;
use tinysolve::operator::{Direction, LinearOperator};

/// Where the activations of a pass are seen: layer, values, whether they are rectified.
pub trait Seen {
    /// Sees, and may change, the output of a layer.
    fn see(&mut self, layer: usize, values: &mut [f32], is_rectified: bool);
}

/// Leaves everything as it is, and remembers the largest value of each layer.
#[derive(Clone, Default, Debug)]
pub struct Largest(pub Vec<f32>);

impl Seen for Largest {
    fn see(&mut self, layer: usize, values: &mut [f32], _: bool) {
        self.0.resize(self.0.len().max(layer + 1), 0.0);
        self.0[layer] = values.iter().fold(self.0[layer], |most, value| most.max(value.abs()));
    }
}

/// Rounds to bytes, whose scales follow from the largest value of each layer.
#[derive(Clone, Debug)]
pub struct Bytes(pub Vec<f32>);

impl Seen for Bytes {
    fn see(&mut self, layer: usize, values: &mut [f32], is_rectified: bool) {
        let steps = if is_rectified { 255.0 } else { 127.0 };
        let scale = (self.0.get(layer).copied().unwrap_or(0.0) / steps).max(f32::MIN_POSITIVE);
        for value in values {
            *value = (*value / scale).round().clamp(if is_rectified { 0.0 } else { -127.0 }, steps) * scale;
        }
    }
}

/// The network in two dimensions, cell by cell.
pub struct Watched<S> {
    channels: usize,
    blocks: [usize; 3],
    biases: Vec<f32>,
    weights: Vec<f32>,
    scales: Vec<f32>,
    sides: [usize; 2],
    mask: Vec<u8>,
    /// What sees the activations.
    pub seen: S,
}

impl<S: Seen> Watched<S> {
    /// Of a container with weights in bytes.
    #[must_use]
    pub fn new(reader: &Reader<'_>, sides: [usize; 2], mask: Vec<u8>, seen: S) -> Self {
        let shape: Vec<usize> =
            reader.find(1).unwrap().values::<u32>().unwrap().iter().map(|word| *word as usize).collect();
        let numbers = |tag| reader.find(tag).unwrap().values::<f32>().unwrap().to_vec();
        let weights = reader.find(3).unwrap().values::<i8>().unwrap().iter().map(|byte| f32::from(*byte)).collect();
        Self {
            channels: shape[1],
            blocks: [shape[2], shape[3], shape[4]],
            biases: numbers(2),
            weights,
            scales: numbers(4),
            sides,
            mask,
            seen,
        }
    }

    /// A convolution with its bias, rectified or not, and seen.
    fn layer(&mut self, layer: usize, [nx, ny]: [usize; 2], from: &[f32], is_rectified: bool) -> Vec<f32> {
        let c = self.channels;
        let inputs = if layer == 0 { 1 } else { c };
        let start = if layer == 0 { 0 } else { 9 * c + (layer - 1) * 9 * c * c };
        let mut to = vec![0.0; nx * ny * c];
        for (cell, to) in to.chunks_exact_mut(c).enumerate() {
            let (x, y) = (cell % nx, cell / nx);
            for tap in 0..9 {
                let (x, y) = ((x + tap % 3).wrapping_sub(1), (y + tap / 3).wrapping_sub(1));
                if x >= nx || y >= ny {
                    continue;
                }
                for (input, value) in from[(y * nx + x) * inputs..][..inputs].iter().enumerate() {
                    for (out, to) in to.iter_mut().enumerate() {
                        *to += value * self.weights[start + ((out / 8 * 9 + tap) * inputs + input) * 8 + out % 8];
                    }
                }
            }
            for (out, to) in to.iter_mut().enumerate() {
                *to = *to * self.scales[layer * c + out] + self.biases[layer * c + out];
                *to = if is_rectified { to.max(0.0) } else { *to };
            }
        }
        self.seen.see(layer, &mut to, is_rectified);
        to
    }

    /// `count` times a += R(R(a)); sums are seen behind all layers.
    fn add_blocks(&mut self, next: &mut usize, count: usize, sides: [usize; 2], mut a: Vec<f32>) -> Vec<f32> {
        for _ in 0..count {
            let b = self.layer(*next, sides, &a, true);
            let b = self.layer(*next + 1, sides, &b, true);
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            *next += 2;
            self.seen.see(SUMS + *next, &mut a, true);
        }
        a
    }
}

/// Where sums of tensors are seen.
const SUMS: usize = 100;

impl<S: Seen> Direction<f32> for Watched<S> {
    fn direction(&mut self, r: &[f32], d: &mut [f32]) {
        let masked = |values: &mut [f32], mask: &[u8]| {
            values.iter_mut().zip(mask).filter(|(_, cell)| **cell == 0).for_each(|(value, _)| *value = 0.0);
        };
        d.copy_from_slice(r);
        masked(d, &self.mask);
        let norm = d.iter().map(|d| d * d).sum::<f32>().sqrt();
        if norm == 0.0 || !norm.is_finite() {
            d.fill(0.0);
            return;
        }
        d.iter_mut().for_each(|d| *d /= norm);
        self.seen.see(SUMS - 1, d, false);
        let (c, [nx, ny], blocks) = (self.channels, self.sides, self.blocks);
        let fine = [nx, ny];
        let a = self.layer(0, fine, d, false);
        let a = self.layer(1, fine, &a, true);
        let mut next = 2;
        let a = self.add_blocks(&mut next, blocks[0], fine, a);
        let mut kept = self.layer(next, fine, &a, true);
        next += 1;
        let mut coarse = vec![0.0; nx * ny / 4 * c];
        let parent = |cell: usize| cell / nx / 2 * (nx / 2) + cell % nx / 2;
        for (k, value) in kept.iter().enumerate() {
            coarse[parent(k / c) * c + k % c] += 0.25 * value;
        }
        self.seen.see(SUMS, &mut coarse, true);
        let coarse = self.add_blocks(&mut next, blocks[1], [nx / 2, ny / 2], coarse);
        kept.iter_mut().enumerate().for_each(|(k, kept)| *kept += coarse[parent(k / c) * c + k % c]);
        self.seen.see(SUMS + 1, &mut kept, true);
        let last = self.add_blocks(&mut next, blocks[2], fine, kept);
        let start = self.weights.len() - c;
        let (scale, bias) = (self.scales[self.scales.len() - 1], self.biases[self.biases.len() - 1]);
        for (d, cell) in d.iter_mut().zip(last.chunks_exact(c)) {
            *d = cell.iter().zip(&self.weights[start..]).map(|(value, weight)| value * weight).sum::<f32>() * scale
                + bias;
        }
        self.seen.see(SUMS - 2, d, false);
        masked(d, &self.mask);
    }

    fn is_symmetric(&self) -> bool {
        false
    }

    fn multiply_adds(&self) -> usize {
        0
    }
}

/// Iterations until |r| is `tolerance` |b|, each direction made A-orthogonal to the two before, whatever its sign: the
/// method without the checks that leave a direction. `None` beyond `most`.
pub fn iterations<A: LinearOperator<f32>>(
    a: &A,
    direction: &mut impl Direction<f32>,
    b: &[f32],
    tolerance: f32,
    most: usize,
) -> Option<usize> {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    let mut r = b.to_vec();
    let mut kept: Vec<(Vec<f32>, Vec<f32>)> = Vec::new();
    for done in 0..most {
        if dot(&r, &r).sqrt() <= f64::from(tolerance) * dot(b, b).sqrt() {
            return Some(done);
        }
        let (mut d, mut product) = (vec![0.0; b.len()], vec![0.0; b.len()]);
        direction.direction(&r, &mut d);
        for (before, of_it) in &kept {
            let share = (dot(&d, of_it) / dot(before, of_it)) as f32;
            d.iter_mut().zip(before).for_each(|(d, before)| *d -= share * before);
        }
        a.apply(&d, &mut product);
        let step = (dot(&r, &d) / dot(&d, &product)) as f32;
        r.iter_mut().zip(&product).for_each(|(r, product)| *r -= step * product);
        kept.insert(0, (d, product));
        kept.truncate(2);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pressure::{network, network_container};
    use tinysolve::net::direction::OnGrid;

    /// Seen and left alone, it is the network of the library.
    #[test]
    fn watching_changes_nothing() {
        let reader = network_container();
        let (network, sides) = (network(), [6, 8, 1]);
        let mask: Vec<u8> = (0..48).map(|cell| u8::from(cell % 7 > 0)).collect();
        let r: Vec<f32> = (0..48).map(|cell| (cell * 29 % 17) as f32 - 8.0).collect();
        let (mut expected, mut found) = (vec![0.0; 48], vec![0.0; 48]);
        let mut arena = vec![0.0; network.arena_len(sides)];
        OnGrid::new(&network, sides, Some(&mask), &mut arena).unwrap().direction(&r, &mut expected);
        let mut watched = Watched::new(&reader, [6, 8], mask.clone(), Largest::default());
        watched.direction(&r, &mut found);
        let largest = watched.seen.0;
        let size = expected.iter().fold(0.0, |most: f32, d| most.max(d.abs()));
        assert!(size > 0.0 && found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-5 * size));
        // In bytes it is another one, and not a far one.
        Watched::new(&reader, [6, 8], mask, Bytes(largest)).direction(&r, &mut found);
        let apart = found.iter().zip(&expected).fold(0.0, |most: f32, (a, b)| most.max((a - b).abs()));
        assert!(1e-4 * size < apart && apart < 0.3 * size, "{apart} of {size}");
    }
}
