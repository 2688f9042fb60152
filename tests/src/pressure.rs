//! Every solver of the pressure problems of [`layouts`](crate::layouts), in f32, with its multiply-adds.
//!
//! One nonzero applied or one element of a vector operation is one multiply-add, by fluid cell; building is not counted.

use tinysolve::container::Reader;
use tinysolve::linear::cg::Identity;
use tinysolve::linear::cycle::{
    Cells, Coloured, Cycle, CycleOptions, CycleSizes, Domain, FLUID, Gates, Reduced, Shape, Textbook, Whole,
};
use tinysolve::linear::{Conjugation, Dcd, DcdConfig, Incomplete, Stopping};
use tinysolve::net::direction::{DirectionNetwork, OnGrid};
use tinysolve::operator::{Direction, LinearOperator};
use tinysolve::solve::{Solver, Step};

use crate::direction_bytes::{Bytes, Largest, Watched, iterations};
use crate::layouts::{OPEN_SIDES, Problem};

/// Gates trained by the recipe of `examples/train/dcd.py`, rounded to rows of 8 bits.
pub const TRAINED: &[u8] = include_bytes!("../../examples/train/gates.bin");

/// The trained gates.
#[must_use]
pub fn trained() -> Gates {
    let reader = Reader::unaligned(TRAINED).unwrap();
    Gates::read(&reader).unwrap()
}

/// Bytes at a multiple of 16, as a container that is read in place must lie.
#[repr(align(16))]
struct Aligned<const N: usize>([u8; N]);

static NETWORK: Aligned<{ include_bytes!("../../examples/train/direction.bin").len() }> =
    Aligned(*include_bytes!("../../examples/train/direction.bin"));

/// The network of the published form that `examples/train/dcd.py` trained: 8 channels, weights in bytes.
#[must_use]
pub fn network() -> DirectionNetwork<'static> {
    DirectionNetwork::load(&network_container()).unwrap()
}

/// Where it stands.
#[must_use]
pub fn network_container() -> Reader<'static> {
    Reader::new(&NETWORK.0).unwrap()
}

/// A way to solve.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// Conjugate gradients on all cells.
    Cg,
    /// With IC(0).
    Ic0,
    /// With MIC(0), tau 0.97.
    Mic0,
    /// With SSOR, of this omega.
    Ssor(f32),
    /// Conjugate gradients with the textbook multigrid cycle.
    Textbook,
    /// Conjugate gradients on the reduced system.
    ReducedCg,
    /// The cycle on the reduced system.
    Cycle(Gates, CycleOptions),
    /// The same with the coefficients of coarse levels in 16 bits.
    Compact(Gates, CycleOptions),
    /// Deep conjugate directions, two kept, by the published form of network.
    Network,
}

/// Iterations to `tolerance` by the network as it is, and with activations in bytes whose scales two problems before gave:
/// problem by problem.
#[must_use]
pub fn network_in_bytes(set: &[Problem], tolerance: f32, most: usize) -> Vec<[Option<usize>; 2]> {
    let reader = network_container();
    let mut largest = Largest::default();
    let mut found = Vec::new();
    for problem in set {
        let n = problem.n;
        let domain = Domain::new(n, n, &problem.cells, OPEN_SIDES).unwrap();
        let b: Vec<f32> = problem.b.iter().map(|b| *b as f32).collect();
        let mut degrees = vec![0; n * n];
        let operator = Whole::<f32>::new(&domain, &mut degrees).unwrap();
        let mask: Vec<u8> = problem.cells.iter().map(|cell| u8::from(*cell == FLUID)).collect();
        let scales = largest.clone();
        let mut plain = Watched::new(&reader, [n, n], mask.clone(), largest);
        let by_numbers = iterations(&operator, &mut plain, &b, tolerance, most);
        largest = plain.seen;
        if found.len() < 2 {
            found.push([by_numbers, None]);
            continue;
        }
        let mut in_bytes = Watched::new(&reader, [n, n], mask, Bytes(scales.0));
        found.push([by_numbers, iterations(&operator, &mut in_bytes, &b, tolerance, most)]);
    }
    found
}

/// A square without obstacles, which the network was trained on, and the right-hand side of a problem that has some.
#[must_use]
pub fn empty(problem: Problem) -> Problem {
    Problem { cells: vec![FLUID; problem.cells.len()], ..problem }
}

/// What one solve came to.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Iterations until the recursive residual met the target.
    pub iterations: u32,
    /// Multiply-adds up to there, for each fluid cell.
    pub multiply_adds: f64,
    /// Whether it met it at all.
    pub claimed: bool,
    /// Iterations in all.
    pub total: u32,
    /// How the solve ended.
    pub step: Step,
    /// Iterations with the direction, if it was left.
    pub handed_over: Option<u32>,
    /// |b - A x| / |b| in f64; of plain conjugate gradients and of ways on the reduced system only.
    pub residual: f64,
    /// Of the solve, building apart.
    pub seconds: f64,
}

/// How to solve.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Relative to |b| of the whole system.
    pub tolerance: f64,
    /// Whether x has two words.
    pub two_words: bool,
    /// How directions are made A-orthogonal.
    pub conjugation: Conjugation,
}

impl Settings {
    /// The recurrence, x in one word.
    #[must_use]
    pub const fn to(tolerance: f64) -> Self {
        Self { tolerance, two_words: false, conjugation: Conjugation::Recurrence }
    }

    fn config(&self, b: &[f32], is_guarded: bool) -> DcdConfig<f32> {
        let norm = b.iter().map(|b| f64::from(*b).powi(2)).sum::<f64>().sqrt();
        let absolute = (self.tolerance * norm) as f32;
        let stopping = Stopping { relative: 0.0, absolute, max_iterations: 20_000, ..Stopping::default() };
        DcdConfig {
            stopping,
            two_words: self.two_words,
            conjugation: self.conjugation,
            safeguard: is_guarded,
            ..DcdConfig::default()
        }
    }
}

struct Count {
    /// Of one iteration with the direction, and of one without.
    with: usize,
    without: usize,
}

fn run<A: LinearOperator<f32>, D: Direction<f32>>(
    operator: &A,
    direction: D,
    b: &[f32],
    config: DcdConfig<f32>,
    count: &Count,
    cells: usize,
) -> (Outcome, Vec<f32>, Vec<f32>) {
    let n = operator.dim();
    let mut x = vec![0.0; n];
    let mut workspace = vec![0.0; Dcd::<f32, A, D>::workspace_len(n, config.conjugation, config.two_words)];
    let mut solve = Dcd::new(operator, direction, b, &mut x, &mut workspace, config).unwrap();
    let start = std::time::Instant::now();
    let report = solve.run();
    let seconds = start.elapsed().as_secs_f64();
    let iterations = solve.claimed().unwrap_or(report.iterations);
    let trusted = solve.handed_over().unwrap_or(iterations).min(iterations);
    let work = count.with * trusted as usize + count.without * (iterations - trusted) as usize;
    let outcome = Outcome {
        iterations,
        multiply_adds: work as f64 / cells as f64,
        claimed: solve.claimed().is_some(),
        total: report.iterations,
        step: report.step,
        handed_over: solve.handed_over(),
        residual: f64::NAN,
        seconds,
    };
    let low = solve.correction().to_vec();
    (outcome, x, low)
}

/// Solves one problem in one way.
#[must_use]
pub fn solve(problem: &Problem, way: Way, settings: Settings) -> Outcome {
    solve_for(problem, way, settings).0
}

/// Solves one problem in one way; also x over the rectangle, of plain conjugate gradients and of ways on the reduced system only.
#[must_use]
pub fn solve_for(problem: &Problem, way: Way, settings: Settings) -> (Outcome, Vec<f32>) {
    let n = problem.n;
    let domain = Domain::new(n, n, &problem.cells, OPEN_SIDES).unwrap();
    let b: Vec<f32> = problem.b.iter().map(|b| *b as f32).collect();
    let mut codes = vec![0; Cells::codes_len(n, n)];
    let cells = Cells::new(&domain, &mut codes).unwrap();
    let (unknowns, product) = (cells.unknowns(), cells.unknowns() + 2 * cells.faces());
    let config = settings.config(&b, matches!(way, Way::Cycle(..) | Way::Compact(..) | Way::Network));
    let whole_count = |direction: usize| {
        // The product, two inner products, three updates; with a direction its inner product takes the place of the norm's
        // in the stopping rule, which then comes on top.
        let own = if direction == 0 { 5 } else { 6 };
        Count { with: product + own * unknowns + direction, without: product + 5 * unknowns }
    };
    match way {
        Way::Cg | Way::Ic0 | Way::Mic0 | Way::Ssor(_) => {
            let mut degrees = vec![0; n * n];
            let operator = Whole::<f32>::new(&domain, &mut degrees).unwrap();
            let mut pivots = vec![0.0; n * n];
            let direction = match way {
                Way::Ic0 => Incomplete::ic0(&operator, &mut pivots),
                Way::Mic0 => Incomplete::mic0(&operator, 0.97, &mut pivots),
                Way::Ssor(omega) => Incomplete::ssor(&operator, omega, &mut pivots),
                _ => {
                    let (outcome, x, _) = run(&operator, Identity, &b, config, &whole_count(0), unknowns);
                    let mut scratch = vec![0.0; Reduced::<f32>::scratch_len(n)];
                    let reduced = Reduced::new(cells, &mut scratch).unwrap();
                    return (Outcome { residual: reduced.true_relative_residual(&b, &x, &[]), ..outcome }, x);
                }
            };
            let direction = direction.unwrap();
            let count = whole_count(direction.multiply_adds());
            (run(&operator, direction, &b, config, &count, unknowns).0, Vec::new())
        }
        Way::Network => {
            let mut degrees = vec![0; n * n];
            let operator = Whole::<f32>::new(&domain, &mut degrees).unwrap();
            let (network, sides) = (network(), [n, n, 1]);
            let mask: Vec<u8> = problem.cells.iter().map(|cell| u8::from(*cell == FLUID)).collect();
            let mut arena = vec![0.0; network.arena_len(sides)];
            let direction = OnGrid::new(&network, sides, Some(&mask), &mut arena).unwrap();
            // Two projections: two inner products and two updates more.
            let Count { with, without } = whole_count(direction.multiply_adds());
            let config = DcdConfig { conjugation: Conjugation::PreviousTwo, ..config };
            let count = Count { with: with + 4 * unknowns, without };
            (run(&operator, direction, &b, config, &count, unknowns).0, Vec::new())
        }
        Way::Textbook => {
            let sizes = Textbook::<f32>::sizes(n, n);
            let (mut numbers, mut indices) = (vec![0.0; sizes.numbers], vec![0; sizes.indices]);
            let direction = Textbook::new(cells, &mut numbers, &mut indices).unwrap();
            let mut scratch = vec![0.0; Coloured::<f32>::scratch_len(n)];
            let operator = Coloured::new(cells, &mut scratch).unwrap();
            let mut rhs = vec![0.0; 2 * cells.half()];
            let (red, black) = rhs.split_at_mut(cells.half());
            cells.pack(&b, red, black).unwrap();
            let count = whole_count(direction.multiply_adds());
            (run(&operator, direction, &rhs, config, &count, unknowns).0, Vec::new())
        }
        Way::ReducedCg | Way::Cycle(..) | Way::Compact(..) => {
            let mut scratch = vec![0.0; Reduced::<f32>::scratch_len(n)];
            let operator = Reduced::new(cells, &mut scratch).unwrap();
            let mut rhs = vec![0.0; cells.half()];
            operator.reduce(&b, &mut rhs).unwrap();
            // Black cells are half of all.
            let plain = operator.multiply_adds() + 5 * unknowns / 2;
            let (outcome, x, low) = if let Way::Cycle(gates, options) = way {
                let sizes = Cycle::<f32>::sizes(n, n, options);
                let (mut numbers, mut indices) = (vec![0.0; sizes.numbers], vec![0; sizes.indices]);
                let cycle = Cycle::new(cells, &gates, options, &mut numbers, &mut indices).unwrap();
                let count =
                    Count { with: operator.multiply_adds() + 3 * unknowns + cycle.multiply_adds(), without: plain };
                run(&operator, cycle, &rhs, config, &count, unknowns)
            } else if let Way::Compact(gates, options) = way {
                let sizes = Cycle::<f32, u16>::compact_sizes(n, n, options);
                let (mut numbers, mut indices) = (vec![0.0; sizes.numbers], vec![0; sizes.indices]);
                let cycle = Cycle::compact(cells, &gates, options, &mut numbers, &mut indices).unwrap();
                let count =
                    Count { with: operator.multiply_adds() + 3 * unknowns + cycle.multiply_adds(), without: plain };
                run(&operator, cycle, &rhs, config, &count, unknowns)
            } else {
                run(&operator, Identity, &rhs, config, &Count { with: plain, without: plain }, unknowns)
            };
            let (mut high, mut rest) = (vec![0.0; n * n], vec![0.0; n * n]);
            operator.expand(&b, &x, &low, &mut high, &mut rest).unwrap();
            if low.is_empty() {
                rest.fill(0.0);
            }
            (Outcome { residual: operator.true_relative_residual(&b, &high, &rest), ..outcome }, high)
        }
    }
}

/// The component-aware W-cycle with room for the pieces of nearly all layouts of this size: a twelfth of the cells.
#[must_use]
pub const fn component_aware(n: usize) -> CycleOptions {
    CycleOptions { shape: Shape::W, pieces: if n * n / 12 > 8000 { 8000 } else { n * n / 12 } }
}

/// Bytes of a solve by a cycle on n x n cells, b and x over the rectangle apart: codes, hierarchy, the reduced right-hand
/// side and x, and the vectors of the method.
#[must_use]
pub const fn bytes(n: usize, options: CycleOptions, two_words: bool) -> usize {
    bytes_with(n, Cycle::<f32>::sizes(n, n, options), two_words)
}

/// The same with the coefficients of coarse levels in 16 bits.
#[must_use]
pub const fn compact_bytes(n: usize, options: CycleOptions, two_words: bool) -> usize {
    bytes_with(n, Cycle::<f32, u16>::compact_sizes(n, n, options), two_words)
}

const fn bytes_with(n: usize, sizes: CycleSizes, two_words: bool) -> usize {
    let half = Cells::half_len(n, n);
    let method = Dcd::<f32, Reduced<'_, f32>, Identity>::workspace_len(half, Conjugation::Recurrence, two_words);
    Cells::codes_len(n, n)
        + 2 * sizes.indices
        + 4 * (sizes.numbers + Reduced::<f32>::scratch_len(n) + 2 * half + method)
}

/// Nodes off the grid a layout needs, and parts that had to be merged for want of room.
#[must_use]
pub fn pieces(problem: &Problem, options: CycleOptions) -> (usize, usize) {
    let n = problem.n;
    let domain = Domain::new(n, n, &problem.cells, OPEN_SIDES).unwrap();
    let mut codes = vec![0; Cells::codes_len(n, n)];
    let cells = Cells::new(&domain, &mut codes).unwrap();
    let sizes = Cycle::<f32>::sizes(n, n, options);
    let (mut numbers, mut indices) = (vec![0.0; sizes.numbers], vec![0; sizes.indices]);
    let cycle = Cycle::new(cells, &Gates::HAND_SET, options, &mut numbers, &mut indices).unwrap();
    (cycle.pieces(), cycle.merged())
}
