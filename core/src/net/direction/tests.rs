//! The network against its definition, cell by cell and tap by tap.

use super::*;
use crate::container::{ElementType, Kind, Reader, SectionSpec, Writer, container_len};
use crate::error::{Error, Field};
use crate::linear::{Conjugation, Dcd, DcdConfig, Stopping};
use crate::matrix::Stencil;
use crate::operator::Direction;
use crate::real::Real;
use crate::rng::Xoshiro128;
use crate::solve::{Solver, Step};
use std::vec;
use std::vec::Vec;

/// Bytes at a multiple of 16.
#[repr(align(16))]
struct Aligned([u8; ROOM]);
const ROOM: usize = 200_000;

/// A network of random numbers, in f64 as they stand in the container.
struct Drawn {
    dimensions: usize,
    channels: usize,
    blocks: [usize; 3],
    biases: Vec<f32>,
    weights: Vec<f32>,
    bytes: Vec<i8>,
    scales: Vec<f32>,
}

impl Drawn {
    fn new(dimensions: usize, channels: usize, blocks: [usize; 3], rng: &mut Xoshiro128) -> Self {
        let taps = 3_usize.pow(dimensions as u32);
        let layers = 2 + 2 * blocks.iter().sum::<usize>();
        let count = channels * (taps + 1) + layers * taps * channels * channels;
        let biases: Vec<f32> = (0..(layers + 1) * channels + 1).map(|_| rng.unit() - 0.5).collect();
        let spread = 1.5 / ((taps * channels) as f32).sqrt();
        let weights = (0..count).map(|_| (2.0 * rng.unit() - 1.0) * spread).collect();
        let bytes = (0..count).map(|_| (rng.word() >> 24) as i8).collect();
        let scales = biases.iter().map(|_| rng.unit() * spread / 100.0).collect();
        Self { dimensions, channels, blocks, biases, weights, bytes, scales }
    }

    fn shape(&self) -> [u32; 5] {
        let [fine, coarse, up] = self.blocks;
        [self.dimensions, self.channels, fine, coarse, up].map(|number| number as u32)
    }

    fn write<'m>(&self, is_small: bool, memory: &'m mut Aligned) -> &'m [u8] {
        let biases = SectionSpec::of::<f32>(2, self.biases.len());
        let shape = SectionSpec::of::<u32>(1, 5);
        let (single, scales) = (self.weights.len(), self.scales.len());
        if is_small {
            let specs = [shape, biases, SectionSpec::of::<i8>(3, single), SectionSpec::of::<f32>(4, scales)];
            let len = container_len(&[20, 4 * self.biases.len(), single, 4 * scales]);
            let mut writer = Writer::new(&mut memory.0[..len], Kind::DirectionNetwork, 1, &specs).unwrap();
            writer.put(self.shape()).unwrap();
            writer.put(self.biases.iter().copied()).unwrap();
            writer.put(self.bytes.iter().copied()).unwrap();
            writer.put(self.scales.iter().copied()).unwrap();
            writer.finish().unwrap()
        } else {
            let specs = [shape, biases, SectionSpec::of::<f32>(3, single)];
            let len = container_len(&[20, 4 * self.biases.len(), 4 * single]);
            let mut writer = Writer::new(&mut memory.0[..len], Kind::DirectionNetwork, 1, &specs).unwrap();
            writer.put(self.shape()).unwrap();
            writer.put(self.biases.iter().copied()).unwrap();
            writer.put(self.weights.iter().copied()).unwrap();
            writer.finish().unwrap()
        }
    }

    /// Weight `at` for output `channel` of layer `layer`.
    fn weight(&self, is_small: bool, at: usize, layer: usize, channel: usize) -> f64 {
        if is_small {
            f64::from(self.bytes[at]) * f64::from(self.scales[layer * self.channels + channel])
        } else {
            f64::from(self.weights[at])
        }
    }

    /// A convolution from its definition; volumes are \[cell\]\[channel\].
    fn convolve(&self, is_small: bool, layer: usize, sides: [usize; 3], from: &[f64]) -> Vec<f64> {
        let (c, [nx, ny, nz]) = (self.channels, sides);
        let inputs = if layer == 0 { 1 } else { c };
        let taps = 3_usize.pow(self.dimensions as u32);
        let start = if layer == 0 { 0 } else { taps * c + (layer - 1) * taps * c * c };
        let mut to = vec![0.0; nx * ny * nz * c];
        let (low, high) = if self.dimensions == 3 { (-1, 1) } else { (0, 0) };
        for cell in 0..nx * ny * nz {
            let (x, y, z) = ((cell % nx) as i64, (cell / nx % ny) as i64, (cell / nx / ny) as i64);
            for out in 0..c {
                let mut sum = f64::from(self.biases[layer * c + out]);
                let mut tap = 0;
                for dz in low..=high {
                    for dy in -1..=1 {
                        for dx in -1..=1 {
                            let (x, y, z) = (x + dx, y + dy, z + dz);
                            let inside = (0..nx as i64).contains(&x)
                                && (0..ny as i64).contains(&y)
                                && (0..nz as i64).contains(&z);
                            for input in 0..inputs {
                                if inside {
                                    let cell = (z as usize * ny + y as usize) * nx + x as usize;
                                    let place = ((out / 8 * taps + tap) * inputs + input) * 8 + out % 8;
                                    let weight = self.weight(is_small, start + place, layer, out);
                                    sum += from[cell * inputs + input] * weight;
                                }
                            }
                            tap += 1;
                        }
                    }
                }
                to[cell * c + out] = sum;
            }
        }
        to
    }

    fn run(&self, is_small: bool, sides: [usize; 3], mask: Option<&[u8]>, r: &[f64]) -> Vec<f64> {
        let masked = |values: Vec<f64>| -> Vec<f64> {
            values.into_iter().enumerate().map(|(k, v)| if mask.is_some_and(|m| m[k] == 0) { 0.0 } else { v }).collect()
        };
        let r = masked(r.to_vec());
        let norm = r.iter().map(|r| r * r).sum::<f64>().sqrt();
        let r: Vec<f64> = r.iter().map(|r| r / norm).collect();
        let below = [sides[0] / 2, sides[1] / 2, if self.dimensions == 3 { sides[2] / 2 } else { 1 }];
        let layer = core::cell::Cell::new(0);
        let relu = |values: Vec<f64>| -> Vec<f64> { values.into_iter().map(|v| v.max(0.0)).collect() };
        let next = |sides: [usize; 3], from: &[f64]| {
            layer.set(layer.get() + 1);
            self.convolve(is_small, layer.get() - 1, sides, from)
        };
        let add = |mut a: Vec<f64>, b: Vec<f64>| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            a
        };
        let blocks = |count: usize, sides: [usize; 3], mut a: Vec<f64>| {
            for _ in 0..count {
                let b = relu(next(sides, &a));
                a = add(relu(next(sides, &b)), a);
            }
            a
        };
        let first = next(sides, &r);
        let a = blocks(self.blocks[0], sides, relu(next(sides, &first)));
        let kept = relu(next(sides, &a));
        let c = self.channels;
        let parent = |cell: usize| {
            let (x, y, z) = (cell % sides[0], cell / sides[0] % sides[1], cell / sides[0] / sides[1]);
            (if self.dimensions == 3 { z / 2 } else { 0 }) * below[0] * below[1] + y / 2 * below[0] + x / 2
        };
        let mut pooled = vec![0.0; below.iter().product::<usize>() * c];
        let cells: usize = sides.iter().product();
        for cell in 0..cells {
            for k in 0..c {
                pooled[parent(cell) * c + k] += kept[cell * c + k] / (cells / (pooled.len() / c)) as f64;
            }
        }
        let coarse = blocks(self.blocks[1], below, pooled);
        let up = (0..cells * c).map(|k| coarse[parent(k / c) * c + k % c]).collect();
        let last = blocks(self.blocks[2], sides, add(up, kept));
        let (start, bias) = (self.weights.len() - c, self.biases[self.biases.len() - 1]);
        let scale = if is_small { f64::from(self.scales[self.scales.len() - 1]) } else { 1.0 };
        let weight =
            |k: usize| if is_small { f64::from(self.bytes[start + k]) } else { f64::from(self.weights[start + k]) };
        let sum = |cell: usize| (0..c).map(|k| last[cell * c + k] * weight(k) * scale).sum::<f64>() + f64::from(bias);
        masked((0..cells).map(sum).collect())
    }
}

fn deviation<T: Real>(found: &[T], expected: &[f64]) -> f64 {
    let squares = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    squares(&mut found.iter().zip(expected).map(|(a, b)| a.to_f64() - b)) / squares(&mut expected.iter().copied())
}

/// The network on a grid, between guard words.
fn run<T: Real>(network: DirectionNetwork<'_>, sides: [usize; 3], mask: Option<&[u8]>, r: &[f64]) -> Vec<T> {
    let r: Vec<T> = r.iter().map(|r| T::from_f64(*r)).collect();
    let len = network.arena_len(sides);
    let mut arena = vec![T::from_f32(7.5); len + 4];
    let mut d = vec![T::ONE; r.len()];
    OnGrid::new(&network, sides, mask, &mut arena[..len]).unwrap().direction(&r, &mut d);
    assert!(arena[len..].iter().all(|guard| *guard == T::from_f32(7.5)));
    // Nothing depends on what was in the arena.
    let mut again = vec![T::ZERO; r.len()];
    OnGrid::new(&network, sides, mask, &mut arena).unwrap().direction(&r, &mut again);
    assert!(d.iter().zip(&again).all(|(a, b)| a.to_bits_u64() == b.to_bits_u64()));
    d
}

#[test]
fn it_is_the_network_of_its_definition_in_both_dimensions_and_forms() {
    let mut rng = Xoshiro128::new(1);
    let mut memory = Aligned([0; ROOM]);
    let mut worst = [0.0_f64; 2];
    for (dimensions, sides) in
        [(2, [2, 2, 1]), (2, [6, 4, 1]), (2, [12, 2, 1]), (3, [2, 2, 2]), (3, [4, 6, 2]), (3, [2, 4, 6])]
    {
        for (channels, blocks) in [(8, [1, 3, 2]), (16, [0, 1, 0]), (8, [2, 0, 1])] {
            let drawn = Drawn::new(dimensions, channels, blocks, &mut rng);
            let n: usize = sides.iter().product();
            let r: Vec<f64> = (0..n).map(|_| f64::from(rng.unit() - 0.5)).collect();
            let mask: Vec<u8> = (0..n).map(|k| u8::from(k == 0 || rng.word() & 3 > 0)).collect();
            for is_small in [false, true] {
                for mask in [None, Some(&mask[..])] {
                    let expected = drawn.run(is_small, sides, mask, &r);
                    let bytes = drawn.write(is_small, &mut memory);
                    let network = DirectionNetwork::load(&Reader::new(bytes).unwrap()).unwrap();
                    assert_eq!(DirectionNetwork::resume(bytes), Ok(network));
                    worst[0] = worst[0].max(deviation(&run::<f32>(network, sides, mask, &r), &expected));
                    worst[1] = worst[1].max(deviation(&run::<f64>(network, sides, mask, &r), &expected));
                }
            }
        }
    }
    assert!(worst[0] < 1e-6 && worst[1] < 1e-13, "{worst:?}");
}

#[test]
fn sizes_are_those_that_were_published() {
    let mut rng = Xoshiro128::new(2);
    let network = |dimensions, blocks, rng: &mut Xoshiro128| {
        let drawn = Drawn::new(dimensions, 16, blocks, rng);
        drawn.weights.len() + drawn.biases.len()
    };
    assert_eq!(network(3, [1, 3, 2], &mut rng), 97_457);
    assert_eq!(network(3, [2, 5, 3], &mut rng), 152_881);
    let mut memory = Aligned([0; ROOM]);
    let drawn = Drawn::new(2, 16, [1, 3, 2], &mut rng);
    let network = DirectionNetwork::load(&Reader::new(drawn.write(true, &mut memory)).unwrap()).unwrap();
    assert_eq!(network.parameters(), drawn.weights.len() + drawn.biases.len());
    assert_eq!(network.multiply_adds([64, 64, 1]), 64 * 64 * (144 + 8 * 2304 + 6 * 2304 / 4 + 16));
    // 1.25 times all channels, and three lines.
    assert_eq!(network.arena_len([64, 64, 1]), 16 * (4096 + 1024 + 3 * 64));
    assert_eq!(network.arena_len([usize::MAX, 2, 1]), usize::MAX);
}

#[test]
fn directions_of_any_network_lead_to_the_solution() {
    let mut rng = Xoshiro128::new(3);
    let mut memory = Aligned([0; ROOM]);
    let (sides, n) = ([12, 10, 1], 120);
    let mask: Vec<u8> = (0..n).map(|k| u8::from(k % 7 != 3)).collect();
    let a = Stencil::new(sides, 4.0_f64, [-1.0, -1.0, 0.0], Some(&mask)).unwrap();
    let b: Vec<f64> = (0..n).map(|k| if mask[k] == 0 { 0.0 } else { f64::from(rng.unit() - 0.5) }).collect();
    for is_small in [false, true] {
        let drawn = Drawn::new(2, 8, [1, 1, 1], &mut rng);
        let network = DirectionNetwork::load(&Reader::new(drawn.write(is_small, &mut memory)).unwrap()).unwrap();
        let mut arena = vec![0.0; network.arena_len(sides)];
        let mut direction = OnGrid::new(&network, sides, Some(&mask), &mut arena).unwrap();
        assert!(!direction.is_symmetric());
        let stopping = Stopping { relative: 1e-8, ..Stopping::default() };
        let refused = DcdConfig { stopping, ..DcdConfig::default() };
        let (mut x, mut workspace) = (vec![0.0; n], vec![0.0; 6 * n]);
        assert!(Dcd::new(&a, &mut direction, &b, &mut x, &mut workspace, refused).is_err());
        let config = DcdConfig { conjugation: Conjugation::PreviousTwo, ..refused };
        let report = Dcd::new(&a, &mut direction, &b, &mut x, &mut workspace, config).unwrap().run();
        // A network that was not trained is worth nothing, and the answer is right.
        assert!(matches!(report.step, Step::Converged | Step::HandedOver), "{report:?}");
        assert!(report.residual <= report.target);
    }
}

#[test]
fn residuals_without_a_direction_give_none() {
    let mut rng = Xoshiro128::new(4);
    let mut memory = Aligned([0; ROOM]);
    let drawn = Drawn::new(2, 8, [0, 0, 0], &mut rng);
    let network = DirectionNetwork::load(&Reader::new(drawn.write(false, &mut memory)).unwrap()).unwrap();
    for bad in [0.0, f64::NAN, f64::INFINITY] {
        assert!(run::<f32>(network, [4, 4, 1], None, &[bad; 16]).iter().all(|d| *d == 0.0));
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut rng = Xoshiro128::new(5);
    let mut memory = Aligned([0; ROOM]);
    let mut drawn = Drawn::new(3, 8, [1, 0, 0], &mut rng);
    let network = DirectionNetwork::load(&Reader::new(drawn.write(false, &mut memory)).unwrap()).unwrap();
    let refused = |sides: [usize; 3], mask: Option<&[u8]>, short: usize| {
        let len = network.arena_len(sides).min(1 << 20);
        let mut arena = vec![7.0_f32; len - short.min(len)];
        let error = OnGrid::new(&network, sides, mask, &mut arena).err();
        assert!(arena.iter().all(|a| *a == 7.0));
        error
    };
    assert_eq!(refused([4, 4, 4], None, 0), None);
    for (index, sides) in [[0, 4, 4], [4, 3, 4], [4, 4, 1]].into_iter().enumerate() {
        assert_eq!(refused(sides, None, 0), Some(Error::OutOfRange { field: Field::Size, index }));
    }
    let huge = [1 << 30, 1 << 30, 1 << 30];
    assert_eq!(refused(huge, None, 0), Some(Error::TooLarge { field: Field::Size }));
    assert_eq!(refused([4, 4, 4], Some(&[1; 63]), 0), Some(Error::Length { field: Field::Mask, need: 64, got: 63 }));
    let need = network.arena_len([4, 4, 4]);
    assert_eq!(refused([4, 4, 4], None, 1), Some(Error::Length { field: Field::Workspace, need, got: need - 1 }));

    let reload = |drawn: &Drawn, is_small: bool| {
        let mut memory = Aligned([0; ROOM]);
        DirectionNetwork::load(&Reader::new(drawn.write(is_small, &mut memory)).unwrap()).err()
    };
    drawn.weights[5] = f32::NAN;
    assert_eq!(reload(&drawn, false), Some(Error::NotFinite { field: Field::Weights, index: 5 }));
    assert_eq!(reload(&drawn, true), None);
    drawn.scales[2] = f32::INFINITY;
    assert_eq!(reload(&drawn, true), Some(Error::NotFinite { field: Field::Weights, index: 2 }));
    drawn.biases[1] = f32::NAN;
    assert_eq!(reload(&drawn, false), Some(Error::NotFinite { field: Field::Values, index: 1 }));
    drawn.dimensions = 4;
    assert_eq!(reload(&drawn, false), Some(Error::OutOfRange { field: Field::Size, index: 0 }));
    (drawn.dimensions, drawn.channels) = (3, 12);
    assert_eq!(reload(&drawn, false), Some(Error::OutOfRange { field: Field::Size, index: 1 }));
    (drawn.channels, drawn.blocks) = (8, [u32::MAX as usize; 3]);
    assert!(matches!(reload(&drawn, false), Some(Error::TooLarge { .. } | Error::Length { .. })));
    drawn.blocks = [0, 0, 0];
    assert!(matches!(reload(&drawn, false), Some(Error::Length { .. })));
    let kind = Kind::from_number(6).unwrap();
    assert_eq!((kind, ElementType::I8.size()), (Kind::DirectionNetwork, 1));
}
