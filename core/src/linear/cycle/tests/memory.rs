//! The caller's memory: exact, enough, and carried from call to call.

use super::{Memory as Room, *};
use layout::{OF_EDGE, OF_EXTRA, OF_NODE};
use store::Memory;

#[test]
fn memory_is_exact_and_nothing_beyond_it_is_touched() {
    exact::<f32>();
    exact::<u16>();
}

const fn options() -> CycleOptions {
    CycleOptions { shape: Shape::W, pieces: 40 }
}

fn exact<C: Ready<f32>>() {
    let mut rng = Xoshiro128::new(5);
    for (nx, ny) in SIZES {
        let options = options();
        let cells = layout(nx, ny, 0.2, &mut rng);
        let domain = Domain::new(nx, ny, &cells, OPEN_BELOW).unwrap();
        let mut memory = Room::<f32>::of(nx, ny, options, C::IS_COMPACT);
        let (numbers, indices) = (memory.numbers.len(), memory.indices.len());
        memory.numbers.push(7.5);
        memory.indices.push(77);
        let cells = Cells::new(&domain, &mut memory.codes).unwrap();
        let build = |numbers: &mut [f32], indices: &mut [u16]| {
            let sizes = layout::sizes(nx, ny, options, C::IS_COMPACT);
            Cycle::<f32, C>::build(cells, &Gates::HAND_SET, options, sizes, numbers, indices).map(|mut cycle| {
                let (r, mut d) = (vec![1.0; cells.half()], vec![0.0; cells.half()]);
                cycle.direction(&r, &mut d);
            })
        };
        assert_eq!(build(&mut memory.numbers, &mut memory.indices), Ok(()));
        assert_eq!((memory.numbers[numbers], memory.indices[indices]), (7.5, 77));
        let short = Error::Length { field: Field::Workspace, need: numbers, got: numbers - 1 };
        assert_eq!(build(&mut memory.numbers[..numbers - 1], &mut memory.indices), Err(short));
        let short = Error::Length { field: Field::Order, need: indices, got: indices - 1 };
        assert_eq!(build(&mut memory.numbers, &mut memory.indices[..indices - 1]), Err(short));
    }
    let huge = layout::sizes(usize::MAX, usize::MAX, CycleOptions { pieces: usize::MAX, ..options() }, C::IS_COMPACT);
    assert_eq!((huge.numbers, huge.indices), (usize::MAX, usize::MAX));
}

#[test]
fn a_cycle_put_away_is_the_same_cycle() {
    put_away::<f32, u16>();
    put_away::<u16, f32>();
}

fn put_away<C: Ready<f32>, Other: Ready<f32>>() {
    let mut rng = Xoshiro128::new(7);
    for (nx, ny) in SIZES {
        for options in ALL {
            let cells = layout(nx, ny, 0.15, &mut rng);
            let domain = Domain::new(nx, ny, &cells, OPEN_BELOW).unwrap();
            let mut memory = Room::<f32>::of(nx, ny, options, C::IS_COMPACT);
            let cells = Cells::new(&domain, &mut memory.codes).unwrap();
            let gates = random_gates(&mut rng);
            let r: Vec<f32> = draw(&cells, &mut rng).into_iter().map(|r| r as f32).collect();
            let (mut before, mut after) = (vec![0.0; r.len()], vec![0.0; r.len()]);
            let mut cycle = build::<f32, C>(cells, &gates, options, &mut memory.numbers, &mut memory.indices);
            cycle.direction(&r, &mut before);
            let work = cycle.multiply_adds();
            let mut words = vec![0; Plan::<f32>::WORDS];
            cycle.suspend().to_words(&mut words).unwrap();
            assert_eq!(size_of::<Plan<f32>>(), 4 * words.len());
            assert_eq!(size_of::<Plan<f64>>(), 4 * Plan::<f64>::WORDS);
            let plan = Plan::from_words(&words).unwrap();
            assert_eq!(plan.is_compact(), C::IS_COMPACT);
            let other = Cycle::<f32, Other>::take_up(cells, &plan, &mut memory.numbers, &mut memory.indices);
            assert_eq!(other.err(), Some(Error::Corrupt { field: Field::Object, index: 0 }));
            let mut cycle = Cycle::<f32, C>::take_up(cells, &plan, &mut memory.numbers, &mut memory.indices).unwrap();
            cycle.direction(&r, &mut after);
            assert_eq!((before, cycle.multiply_adds()), (after, work));
        }
    }
}

#[test]
fn a_scrambled_plan_or_memory_is_refused_or_gives_wrong_numbers() {
    scrambled::<f32>();
    scrambled::<u16>();
}

fn scrambled<C: Ready<f32>>() {
    let mut rng = Xoshiro128::new(8);
    let (nx, ny) = (16, 12);
    let options = CycleOptions { shape: Shape::W, pieces: 20 };
    let cells = layout(nx, ny, 0.2, &mut rng);
    let domain = Domain::new(nx, ny, &cells, OPEN_BELOW).unwrap();
    let mut memory = Room::<f32>::of(nx, ny, options, C::IS_COMPACT);
    let cells = Cells::new(&domain, &mut memory.codes).unwrap();
    let cycle = build::<f32, C>(cells, &Gates::HAND_SET, options, &mut memory.numbers, &mut memory.indices);
    let mut words = vec![0; Plan::<f32>::WORDS];
    cycle.suspend().to_words(&mut words).unwrap();
    let (r, mut d) = (vec![1.0; cells.half()], vec![0.0; cells.half()]);
    for _ in 0..2_000 {
        let mut words = words.clone();
        let place = rng.word() as usize % words.len();
        words[place] = [rng.word(), rng.word() % 40, u32::MAX][rng.word() as usize % 3];
        let place = rng.word() as usize % memory.indices.len();
        memory.indices[place] = rng.word() as u16;
        let Ok(plan) = Plan::from_words(&words) else { continue };
        if let Ok(mut cycle) = Cycle::<f32, C>::take_up(cells, &plan, &mut memory.numbers, &mut memory.indices) {
            cycle.direction(&r, &mut d);
        }
    }
    assert!(Plan::<f32>::from_words(&words[1..]).is_err());
    let plan = Plan::from_words(&words).unwrap();
    let other = layout(8, 8, 0.1, &mut rng);
    let mut codes = vec![0; 64];
    let other = Cells::new(&Domain::new(8, 8, &other, OPEN_BELOW).unwrap(), &mut codes).unwrap();
    assert!(Cycle::<f32, C>::take_up(other, &plan, &mut memory.numbers, &mut memory.indices).is_err());
}

#[test]
fn what_there_is_no_memory_for_is_counted() {
    let options = CycleOptions { shape: Shape::V, pieces: 0 };
    let codes = [0; Cells::codes_len(8, 8)];
    let cells = Cells::resume(8, 8, &codes).unwrap();
    let mut numbers = vec![0.0_f32; Cycle::<f32>::sizes(8, 8, options).numbers];
    let (mut extra, mut weights) = ([[0.0; OF_EXTRA]; 40], [0.0; 2]);
    let (mut nodes, mut edges) = ([[0; OF_NODE]; 40], [[0; OF_EDGE]; 2]);
    let mut coefficients = vec![0.0; layout::coefficients(8, 8, Shape::V)];
    let mut store = Store::new(Memory {
        numbers: &mut numbers,
        coefficients: &mut coefficients,
        scales: &mut [],
        extra: &mut extra,
        weights: &mut weights,
        nodes: &mut nodes,
        edges: &mut edges,
    });
    store.begin(layout::Level::finest(&cells).next(1, Shape::V));
    for _ in 0..20 {
        store.push_node([0, 0, 0, coarse::NO_SLOT]);
    }
    let first = store.off_grid_id(1, 0);
    for (red, black, merged) in [(first, 20, 0), (first + 1, 20, 0), (first, 20, 0), (first + 2, 20, 1), (first, 21, 2)]
    {
        store.add_edge_off_grid(1, red, black, 0.5);
        assert_eq!(store.merged(), merged);
    }
    // Twenty parts of one block, of which sixteen can be told apart.
    build::next(&mut store, Shape::V);
    assert!(store.merged() >= 2 + 4, "{}", store.merged());
    // And of a whole cycle: every other block is cut along its diagonal.
    let n = 16;
    let is_fluid = |x: usize, y: usize| (x / 2 + y / 2) % 2 == 1 || (x + y).is_multiple_of(2);
    let checks: Vec<u8> = (0..n * n).map(|k| if is_fluid(k % n, k / n) { FLUID } else { SOLID }).collect();
    for pieces in [0, 5] {
        let options = CycleOptions { shape: Shape::V, pieces };
        let mut memory = Room::<f32>::new(n, n, options);
        let domain = Domain::new(n, n, &checks, OPEN_BELOW).unwrap();
        let cells = Cells::new(&domain, &mut memory.codes).unwrap();
        let cycle = Cycle::new(cells, &Gates::HAND_SET, options, &mut memory.numbers, &mut memory.indices).unwrap();
        assert!(cycle.merged() >= 31 - pieces, "{}", cycle.merged());
        assert_eq!(cycle.suspend().to_words(&mut [0; Plan::<f32>::WORDS]), Ok(()));
    }
}

/// Of 64 x 64 cells, all of them fluid: codes, hierarchy, scratch, the reduced right-hand side and x, and the vectors of the
/// method; b and x over the rectangle are the caller's.
#[test]
fn memory_stays_within_what_is_promised() {
    use crate::linear::cg::Identity;
    let bytes = |options: CycleOptions, two_words: bool, is_compact: bool| {
        let (half, sizes) = (Cells::half_len(64, 64), layout::sizes(64, 64, options, is_compact));
        let method = Dcd::<f32, Reduced<'_, f32>, Identity>::workspace_len(half, Conjugation::Recurrence, two_words);
        let numbers = sizes.numbers + Reduced::<f32>::scratch_len(64) + 2 * half + method;
        Cells::codes_len(64, 64) + 2 * sizes.indices + 4 * numbers
    };
    let (v, w) = (CycleOptions { shape: Shape::V, pieces: 0 }, CycleOptions::GRID);
    let parts = CycleOptions { shape: Shape::W, pieces: 64 * 64 / 12 };
    let found = [v, w, parts].map(|options| bytes(options, false, false));
    let compact = [v, w, parts].map(|options| bytes(options, false, true));
    std::println!("64 x 64: {found:?} bytes, compact {compact:?}");
    assert!(found[0] <= 75_000 && found[1] <= 85_000 && found[2] <= 110_000, "{found:?}");
    for (full, compact) in found.into_iter().zip(compact) {
        // Half of the coefficients, of which levels have eight halves, and ten from the second on; less five scales.
        assert!(compact + 2 * 8 * (512 + 128 + 32 + 8 + 2) - 8 * 5 <= full, "{compact} against {full}");
    }
    for options in [v, w, parts] {
        assert!(bytes(options, true, false) - bytes(options, false, false) <= 16_000);
    }
}
