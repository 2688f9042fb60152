//! Heat in mixed materials, in f32: operators with coefficients of their own at each face, with and without a shift, and
//! every solver of them with its multiply-adds, counted as in [`pressure`](crate::pressure) but for each free cell.
//!
//! The generator, like that of examples/train/varying.py: discs and boxes of conductivities that differ by up to 100,
//! harmonic means at the faces, a part of the faces half closed, walls in every second problem, held at 0 beyond y = 0; a shift
//! of 0.001 to 1 in every second one.

use tinysolve::linear::cg::Identity;
use tinysolve::linear::cycle::{CycleOptions, FLUID, Gates, Shape, Varying};
use tinysolve::linear::{Conjugation, Dcd, DcdConfig, Stopping};
use tinysolve::matrix::VariableStencil;
use tinysolve::operator::Direction;
use tinysolve::solve::{Solver, Step};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::layouts;

/// An operator on n x n cells and a right-hand side.
#[derive(Clone, Debug)]
pub struct Materials {
    n: usize,
    shift: f32,
    centre: Vec<f32>,
    east: Vec<f32>,
    north: Vec<f32>,
    mask: Vec<u8>,
    b: Vec<f32>,
}

impl Materials {
    /// A problem on n x n cells; of two seeds that follow each other one has a shift.
    #[must_use]
    pub fn new(n: usize, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut unit = move || rng.random::<f64>();
        let (cells, side) = (n * n, n as f64);
        let contrast = 10_f64.powf(2.0 * unit());
        let mut conductivity = vec![1.0; cells];
        for _ in 0..1 + (8.0 * unit()) as usize {
            let (cx, cy, size) = (unit() * side, unit() * side, (0.05 + 0.25 * unit()) * side);
            let (value, is_disc) = (contrast.powf(-unit()), unit() < 0.5);
            for (index, conductivity) in conductivity.iter_mut().enumerate() {
                let (dx, dy) = ((index % n) as f64 - cx, (index / n) as f64 - cy);
                if if is_disc { dx * dx + dy * dy < size * size } else { dx.abs() < size && dy.abs() < size } {
                    *conductivity = value;
                }
            }
        }
        let kinds = if unit() < 0.5 { layouts::problems(n, 1, seed)[0].cells.clone() } else { vec![FLUID; cells] };
        let mask: Vec<u8> = kinds.iter().map(|kind| u8::from(*kind == FLUID)).collect();
        let shift = if seed.is_multiple_of(2) { 0.0 } else { 10_f64.powf(3.0 * unit() - 3.0) };
        let half_closed = if unit() < 0.5 { 0.0 } else { 0.1 };
        let (mut centre, mut east, mut north) = (vec![0.0; cells], vec![0.0; cells], vec![0.0; cells]);
        for cell in 0..cells {
            let mut face = |other: usize, faces: &mut [f64]| {
                if mask[cell] == 1 && mask[other] == 1 {
                    let open = if unit() < half_closed { 0.5 } else { 1.0 };
                    let weight = open * 2.0 / (1.0 / conductivity[cell] + 1.0 / conductivity[other]);
                    faces[cell] = -weight;
                    centre[cell] += weight;
                    centre[other] += weight;
                }
            };
            if cell % n + 1 < n {
                face(cell + 1, &mut east);
            }
            if cell + n < cells {
                face(cell + n, &mut north);
            }
            centre[cell] += shift + if cell < n { 2.0 * conductivity[cell] } else { 0.0 };
            if mask[cell] == 0 {
                centre[cell] = 1.0;
            }
        }
        let b = mask.iter().map(|free| if *free == 1 { (unit() - 0.5) as f32 } else { 0.0 }).collect();
        let single = |values: Vec<f64>| values.into_iter().map(|value| value as f32).collect::<Vec<f32>>();
        let [centre, east, north] = [centre, east, north].map(single);
        Self { n, shift: shift as f32, centre, east, north, mask, b }
    }
}

/// A way to solve.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// Conjugate gradients.
    Cg,
    /// With IC(0).
    Ic0,
    /// With the cycle; hand-set gates and V on the grid are textbook multigrid, V(1,1) with red-black Gauss-Seidel.
    Cycle(Gates, CycleOptions),
}

impl Way {
    /// V(1,1) with red-black Gauss-Seidel, nothing off the grid.
    pub const TEXTBOOK: Self = Self::Cycle(Gates::HAND_SET, CycleOptions { shape: Shape::V, pieces: 0 });
}

/// Incomplete factors without fill: A = (L + D) D⁻¹ (L' + D) on the pattern of A.
struct Ic0<'a> {
    of: &'a Materials,
    inverse: Vec<f32>,
}

impl<'a> Ic0<'a> {
    fn new(of: &'a Materials) -> Self {
        let mut inverse: Vec<f32> = Vec::new();
        for cell in 0..of.centre.len() {
            let behind = |distance: usize, faces: &[f32]| {
                cell.checked_sub(distance).map_or(0.0, |other| faces[other] * faces[other] * inverse[other])
            };
            let pivot = of.centre[cell] - behind(1, &of.east) - behind(of.n, &of.north);
            inverse.push(1.0 / pivot);
        }
        Self { of, inverse }
    }
}

impl Direction<f32> for Ic0<'_> {
    fn direction(&mut self, r: &[f32], d: &mut [f32]) {
        let Materials { n, east, north, mask, .. } = self.of;
        for cell in 0..r.len() {
            let behind = |distance: usize, faces: &[f32]| {
                cell.checked_sub(distance).map_or(0.0, |other| faces[other] * d[other])
            };
            let sum = r[cell] - behind(1, east) - behind(*n, north);
            d[cell] = if mask[cell] == 1 { sum * self.inverse[cell] } else { 0.0 };
        }
        for cell in (0..r.len()).rev() {
            let ahead = |distance: usize, faces: &[f32]| d.get(cell + distance).map_or(0.0, |d| faces[cell] * d);
            let sum = ahead(1, east) + ahead(*n, north);
            d[cell] -= sum * self.inverse[cell];
        }
    }
}

/// What one solve came to.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Iterations until the recursive residual met the target.
    pub iterations: u32,
    /// Multiply-adds up to there, for each free cell.
    pub multiply_adds: f64,
    /// Whether it met it, with the direction.
    pub is_good: bool,
}

/// Solves to a recursive residual of `tolerance` |b|.
#[must_use]
pub fn solve(problem: &Materials, way: Way, tolerance: f32) -> Outcome {
    let Materials { n, shift, centre, east, north, mask, b } = problem;
    let stencil = VariableStencil::new([*n, *n, 1], centre, [east, north, &[]], Some(mask)).unwrap();
    let free = mask.iter().filter(|free| **free == 1).count();
    let faces = east.iter().chain(north).filter(|face| **face != 0.0).count();
    let product = free + 2 * faces;
    match way {
        Way::Cg => run(&stencil, (Identity, false), b, tolerance, product + 5 * free, free),
        Way::Ic0 => run(&stencil, (Ic0::new(problem), false), b, tolerance, product + 12 * free, free),
        Way::Cycle(gates, options) => {
            let sizes = Varying::<f32>::sizes(*n, *n, options);
            let (mut numbers, mut indices) = (vec![0.0; sizes.numbers], vec![0; sizes.indices]);
            let cycle = Varying::new(&stencil, *shift, &gates, options, &mut numbers, &mut indices).unwrap();
            let count = product + 6 * free + cycle.multiply_adds();
            run(&stencil, (cycle, true), b, tolerance, count, free)
        }
    }
}

fn run<D: Direction<f32>>(
    stencil: &VariableStencil<'_, f32>,
    (direction, safeguard): (D, bool),
    b: &[f32],
    tolerance: f32,
    count: usize,
    free: usize,
) -> Outcome {
    let stopping = Stopping { relative: tolerance, max_iterations: 20_000, ..Stopping::default() };
    let config = DcdConfig { stopping, safeguard, ..DcdConfig::default() };
    let mut x = vec![0.0; b.len()];
    let len = Dcd::<f32, VariableStencil<'_, f32>, D>::workspace_len(b.len(), Conjugation::Recurrence, false);
    let mut workspace = vec![0.0; len];
    let mut solve = Dcd::new(stencil, direction, b, &mut x, &mut workspace, config).unwrap();
    while solve.claimed().is_none() && solve.step() == Step::Running {}
    let is_good = solve.claimed().is_some() && solve.handed_over().is_none();
    let iterations = solve.claimed().unwrap_or(solve.report().iterations);
    Outcome { iterations, multiply_adds: (count * iterations as usize) as f64 / free as f64, is_good }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pressure::component_aware;

    #[test]
    fn the_cycle_takes_a_tenth_of_the_iterations() {
        for seed in 0..4 {
            let problem = Materials::new(32, seed);
            let [cg, ic0, cycle] = [Way::Cg, Way::Ic0, Way::Cycle(Gates::HAND_SET, component_aware(32))]
                .map(|way| solve(&problem, way, 1e-6));
            assert!(cg.is_good && ic0.is_good && cycle.is_good, "{cg:?} {ic0:?} {cycle:?}");
            assert!(ic0.iterations < cg.iterations && cycle.iterations < 25, "{cg:?} {ic0:?} {cycle:?}");
        }
    }
}
