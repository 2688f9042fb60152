use super::*;
use crate::linear::{Conjugation, Dcd, DcdConfig, Stopping};
use crate::operator::LinearOperator;
use crate::rng::Xoshiro128;
use crate::solve::{Solver, Step};
use crate::vector;
use std::vec;
use std::vec::Vec;

const OPEN_BELOW: [bool; 4] = [false, false, true, false];

fn unit(rng: &mut Xoshiro128) -> f64 {
    f64::from(rng.word()) / 4_294_967_296.0
}

/// A layout with `share` of the cells solid and thin walls, sealed.
fn layout(nx: usize, ny: usize, share: f64, rng: &mut Xoshiro128) -> Vec<u8> {
    loop {
        let mut cells: Vec<u8> = (0..nx * ny).map(|_| if unit(rng) < share { SOLID } else { FLUID }).collect();
        for _ in 0..rng.word() % 4 {
            let (x, y) = (rng.word() as usize % nx, rng.word() as usize % ny);
            let is_across = rng.word() & 1 == 0;
            for step in 0..nx.max(ny) / 2 {
                let (x, y) = if is_across { (x + step, y) } else { (x, y + step) };
                if x < nx && y < ny {
                    cells[y * nx + x] = SOLID;
                }
            }
        }
        if rng.word() & 3 == 0 {
            cells[rng.word() as usize % (nx * ny)] = OPEN;
        }
        seal_pockets(nx, ny, &mut cells, OPEN_BELOW, &mut vec![0; nx * ny]).unwrap();
        if cells.iter().filter(|&&cell| cell == FLUID).count() > 3 {
            return cells;
        }
    }
}

/// A x on the rectangle, from the definition.
fn product(domain: &Domain<'_>, x: &[f64]) -> Vec<f64> {
    let (nx, ny) = (domain.nx(), domain.ny());
    let mut y = vec![0.0; nx * ny];
    for row in 0..ny {
        for column in 0..nx {
            if domain.kind(column, row) != FLUID {
                continue;
            }
            let own = x[row * nx + column];
            let around =
                [(column.wrapping_sub(1), row), (column + 1, row), (column, row.wrapping_sub(1)), (column, row + 1)];
            y[row * nx + column] = around
                .into_iter()
                .map(|(x_, y_)| match domain.kind(x_, y_) {
                    FLUID => own - x[y_ * nx + x_],
                    OPEN => own,
                    _ => 0.0,
                })
                .sum();
        }
    }
    y
}

struct Memory<T> {
    codes: Vec<u8>,
    numbers: Vec<T>,
    indices: Vec<u16>,
    scratch: Vec<T>,
}

impl<T: Real> Memory<T> {
    fn new(nx: usize, ny: usize, options: CycleOptions) -> Self {
        let sizes = Cycle::<T>::sizes(nx, ny, options);
        Self {
            codes: vec![0; Cells::codes_len(nx, ny)],
            numbers: vec![T::ZERO; sizes.numbers],
            indices: vec![0; sizes.indices],
            scratch: vec![T::ZERO; Reduced::<T>::scratch_len(nx)],
        }
    }
}

const ALL: [CycleOptions; 4] = [
    CycleOptions { shape: Shape::V, pieces: 0 },
    CycleOptions { shape: Shape::W, pieces: 0 },
    CycleOptions { shape: Shape::V, pieces: 300 },
    CycleOptions { shape: Shape::W, pieces: 300 },
];

const SIZES: [(usize, usize); 7] = [(16, 16), (9, 13), (1, 7), (5, 1), (2, 2), (24, 3), (32, 20)];

#[test]
fn the_reduced_system_is_the_whole_one_with_red_eliminated() {
    let mut rng = Xoshiro128::new(1);
    for (nx, ny) in SIZES {
        let cells = layout(nx, ny, 0.15, &mut rng);
        let domain = Domain::new(nx, ny, &cells, OPEN_BELOW).unwrap();
        let mut memory = Memory::<f64>::new(nx, ny, ALL[0]);
        let cells = Cells::new(&domain, &mut memory.codes).unwrap();
        let reduced = Reduced::new(cells, &mut memory.scratch).unwrap();
        let x: Vec<f64> =
            (0..nx * ny).map(|k| if domain.kind(k % nx, k / nx) == FLUID { unit(&mut rng) } else { 0.0 }).collect();
        let b = product(&domain, &x);
        let (mut rhs, mut black, mut r) = (vec![0.0; cells.half()], vec![0.0; cells.half()], vec![0.0; cells.half()]);
        reduced.reduce(&b, &mut rhs).unwrap();
        reduced.start_from(&x, &mut black).unwrap();
        reduced.residual(&rhs, &black, &mut r);
        assert!(vector::max_abs(&r) < 1e-13, "{nx} x {ny}: {:?}", vector::max_abs(&r));
        let low = vec![0.0; cells.half()];
        let mut scratch = low.clone();
        reduced.residual_of_pair(&rhs, &black, &low, &mut r, &mut scratch);
        assert!(vector::max_abs(&r) < 1e-13);
        let (mut whole, mut rest) = (vec![1.0; nx * ny], vec![1.0; nx * ny]);
        reduced.expand(&b, &black, &low, &mut whole, &mut rest).unwrap();
        assert!(whole.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-13));
        assert!(reduced.true_relative_residual(&b, &whole, &rest) < 1e-13 || vector::norm(&b) == 0.0);
    }
}

/// How far P is from symmetric and from indefinite, by two vectors u and v.
struct Judgement {
    /// |u'Pv - v'Pu| / sqrt(u'Pu v'Pv).
    by_energy: f64,
    /// |u'Pv - v'Pu| / sqrt(|u| |Pv| |v| |Pu|): the error of the inner products to their scale, which is what rounding of
    /// P in T can be held to. Where u and v lie in directions that P nearly cuts off, the energy is smaller than that.
    by_norm: f64,
    /// The smaller of u'Pu / |u|² and v'Pv / |v|².
    least: f64,
}

fn judge<T: Real>(cycle: &mut Cycle<'_, T>, cells: &Cells<'_>, vectors: [&[f64]; 2]) -> Judgement {
    let [u, v] = vectors.map(|values| values.iter().map(|value| T::from_f64(*value)).collect::<Vec<T>>());
    let (mut pu, mut pv) = (vec![T::ZERO; cells.half()], vec![T::ZERO; cells.half()]);
    cycle.direction(&u, &mut pu);
    cycle.direction(&v, &mut pv);
    let dot = |a: &[T], b: &[T]| a.iter().zip(b).map(|(a, b)| a.to_f64() * b.to_f64()).sum::<f64>();
    let (upu, vpv) = (dot(&u, &pu), dot(&v, &pv));
    let gap = (dot(&u, &pv) - dot(&v, &pu)).abs();
    let norms = [&u, &pv, &v, &pu].map(|a| dot(a, a).sqrt().sqrt()).iter().product::<f64>();
    Judgement {
        by_energy: gap / (upu.abs() * vpv.abs()).sqrt().max(1e-300),
        by_norm: gap / norms.max(1e-300),
        least: (upu / dot(&u, &u).max(1e-300)).min(vpv / dot(&v, &v).max(1e-300)),
    }
}

/// Noise on the black cells, or a walk through them.
fn draw(cells: &Cells<'_>, rng: &mut Xoshiro128) -> Vec<f64> {
    let rough = rng.word() & 1 == 0;
    let mut value = 0.0;
    let mut next = |code: &u8| {
        let fresh = unit(rng) - 0.5;
        value = if rough { fresh } else { 0.9 * value + fresh };
        if build::is_fluid(*code) { f64::from(value as f32) } else { 0.0 }
    };
    cells.black.iter().map(&mut next).collect()
}

fn random_gates(rng: &mut Xoshiro128) -> Gates {
    let mut flat = [0.0; GATES];
    let spread = [1.0, 3.0, 30.0, 1e6][rng.word() as usize % 4];
    for gate in &mut flat {
        *gate = ((unit(rng) - 0.4) * spread) as f32;
    }
    Gates::from_flat(&flat)
}

#[test]
fn any_finite_gates_make_a_symmetric_positive_definite_cycle() {
    let trials = if std::env::var_os("TINYSOLVE_LONG").is_some() { 10_000 } else { 1_000 };
    let mut rng = Xoshiro128::new(2);
    let (mut by_energy, mut by_norm, mut exact): (f64, f64, f64) = (0.0, 0.0, 0.0);
    for trial in 0..trials {
        let (nx, ny) = [(16, 16), (13, 11), (24, 8)][trial % 3];
        let options = ALL[trial % 4];
        let cells = layout(nx, ny, 0.12, &mut rng);
        let domain = Domain::new(nx, ny, &cells, OPEN_BELOW).unwrap();
        let mut memory = Memory::<f32>::new(nx, ny, options);
        let cells = Cells::new(&domain, &mut memory.codes).unwrap();
        if cells.black.iter().all(|code| !build::is_fluid(*code)) {
            continue;
        }
        let gates = random_gates(&mut rng);
        let (u, v) = (draw(&cells, &mut rng), draw(&cells, &mut rng));
        let mut cycle = Cycle::new(cells, &gates, options, &mut memory.numbers, &mut memory.indices).unwrap();
        let single = judge(&mut cycle, &cells, [&u, &v]);
        let mut memory = Memory::<f64>::new(nx, ny, options);
        let mut cycle = Cycle::new(cells, &gates, options, &mut memory.numbers, &mut memory.indices).unwrap();
        let double = judge(&mut cycle, &cells, [&u, &v]);
        by_energy = by_energy.max(single.by_energy);
        by_norm = by_norm.max(single.by_norm);
        exact = exact.max(double.by_energy);
        assert!(single.least > 0.0 && double.least > 0.0, "trial {trial}, {options:?}: {gates:?}");
    }
    std::println!("{trials} sets of gates, f64: {exact:e}; f32: {by_norm:e} by norm, {by_energy:e} by energy");
    assert!(exact <= 1e-13 && by_norm <= 1e-6);
}

#[test]
fn the_smallest_eigenvalue_of_the_cycle_is_positive() {
    let mut rng = Xoshiro128::new(3);
    for trial in 0..60 {
        let (nx, ny) = (12, 12);
        let options = ALL[trial % 4];
        let cells = layout(nx, ny, 0.1, &mut rng);
        let domain = Domain::new(nx, ny, &cells, OPEN_BELOW).unwrap();
        let mut memory = Memory::<f64>::new(nx, ny, options);
        let cells = Cells::new(&domain, &mut memory.codes).unwrap();
        let gates = random_gates(&mut rng);
        let mut cycle = Cycle::new(cells, &gates, options, &mut memory.numbers, &mut memory.indices).unwrap();
        let places: Vec<usize> = (0..cells.half()).filter(|&k| build::is_fluid(cells.black[k])).collect();
        let n = places.len();
        let mut dense = nalgebra::DMatrix::<f64>::zeros(n, n);
        let mut out = vec![0.0; cells.half()];
        for (column, &place) in places.iter().enumerate() {
            let mut unit = vec![0.0; cells.half()];
            unit[place] = 1.0;
            cycle.direction(&unit, &mut out);
            for (row, &place) in places.iter().enumerate() {
                dense[(row, column)] = out[place];
            }
        }
        let asymmetry = (&dense - dense.transpose()).amax() / dense.amax();
        assert!(asymmetry < 1e-12, "{asymmetry:e}");
        let least = dense.symmetric_eigenvalues().min();
        assert!(least > 0.0, "trial {trial}, {options:?}: {least:e}");
    }
}

fn solve(nx: usize, ny: usize, cells: &[u8], options: CycleOptions) -> (crate::solve::Report<f64>, Option<u32>) {
    let domain = Domain::new(nx, ny, cells, OPEN_BELOW).unwrap();
    let mut memory = Memory::<f64>::new(nx, ny, options);
    let cells = Cells::new(&domain, &mut memory.codes).unwrap();
    let reduced = Reduced::new(cells, &mut memory.scratch).unwrap();
    let cycle = Cycle::new(cells, &Gates::HAND_SET, options, &mut memory.numbers, &mut memory.indices).unwrap();
    let b: Vec<f64> = (0..nx * ny).map(|k| (k as f64 * 0.7).sin()).collect();
    let half = cells.half();
    let (mut rhs, mut x, mut workspace) = (vec![0.0; half], vec![0.0; half], vec![0.0; 3 * half]);
    reduced.reduce(&b, &mut rhs).unwrap();
    let stopping = Stopping { relative: 1e-8, ..Stopping::default() };
    let config = DcdConfig { stopping, conjugation: Conjugation::Recurrence, ..DcdConfig::default() };
    let mut solve = Dcd::new(&reduced, cycle, &rhs, &mut x, &mut workspace, config).unwrap();
    (solve.run(), solve.handed_over())
}

#[test]
fn solves_take_few_iterations_on_any_shape() {
    let mut rng = Xoshiro128::new(4);
    for (nx, ny) in SIZES {
        for options in ALL {
            let cells = layout(nx, ny, 0.1, &mut rng);
            let (report, handed_over) = solve(nx, ny, &cells, options);
            assert_eq!((report.step, handed_over), (Step::Converged, None), "{nx} x {ny}, {options:?}: {report:?}");
        }
    }
}

#[test]
fn walls_stay_walls_on_all_levels_where_pieces_are_kept() {
    // Teeth one cell thin, from both ends in turn: a winding channel.
    let n = 32;
    let mut cells = vec![FLUID; n * n];
    for (tooth, x) in (3..n - 1).step_by(3).enumerate() {
        for y in 0..n - 4 {
            cells[(if tooth % 2 == 0 { y } else { n - 1 - y }) * n + x] = SOLID;
        }
    }
    seal_pockets(n, n, &mut cells, OPEN_BELOW, &mut vec![0; n * n]).unwrap();
    let (grid, _) = solve(n, n, &cells, CycleOptions { shape: Shape::W, pieces: 0 });
    let (kept, handed_over) = solve(n, n, &cells, CycleOptions { shape: Shape::W, pieces: 600 });
    assert_eq!((kept.step, handed_over), (Step::Converged, None));
    assert!(2 * kept.iterations < grid.iterations, "{} against {}", kept.iterations, grid.iterations);
}

#[test]
fn memory_is_exact_and_nothing_beyond_it_is_touched() {
    let mut rng = Xoshiro128::new(5);
    for (nx, ny) in SIZES {
        let options = CycleOptions { shape: Shape::W, pieces: 40 };
        let cells = layout(nx, ny, 0.2, &mut rng);
        let domain = Domain::new(nx, ny, &cells, OPEN_BELOW).unwrap();
        let mut memory = Memory::<f32>::new(nx, ny, options);
        let (numbers, indices) = (memory.numbers.len(), memory.indices.len());
        memory.numbers.push(7.5);
        memory.indices.push(77);
        let cells = Cells::new(&domain, &mut memory.codes).unwrap();
        let build = |numbers: &mut [f32], indices: &mut [u16]| {
            Cycle::new(cells, &Gates::HAND_SET, options, numbers, indices).map(|mut cycle| {
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
    assert_eq!(
        Cycle::<f32>::sizes(usize::MAX, usize::MAX, CycleOptions { shape: Shape::W, pieces: usize::MAX }).numbers,
        usize::MAX
    );
}

#[test]
fn gates_travel_through_a_container_in_both_forms() {
    use crate::container::{Kind, Reader, SectionSpec, Writer, container_len};
    let mut rng = Xoshiro128::new(6);
    let gates = random_gates(&mut rng);
    let mut bytes = [0; Gates::CONTAINER_LEN];
    gates.write(&mut bytes).unwrap();
    assert_eq!(Gates::read(&Reader::unaligned(&bytes).unwrap()), Ok(gates));
    assert!(gates.write(&mut bytes[1..]).is_err());
    let mut small = [0; container_len(&[GATES, 36])];
    let specs = [SectionSpec::of::<i8>(1, GATES), SectionSpec::of::<f32>(2, 9)];
    let mut writer = Writer::new(&mut small, Kind::CycleGates, 1, &specs).unwrap();
    writer.put([64_i8; GATES]).unwrap();
    writer.put([1.0 / 64.0_f32; 9]).unwrap();
    let ones = Gates::read(&Reader::unaligned(writer.finish().unwrap()).unwrap()).unwrap();
    assert!(ones.flat().iter().all(|gate| *gate == 1.0));
    let mut bad = gates;
    bad.second[1] = f32::NAN;
    assert_eq!(bad.check(), Err(Error::NotFinite { field: Field::Values, index: 37 }));
    bad.write(&mut bytes).unwrap();
    assert!(Gates::read(&Reader::unaligned(&bytes).unwrap()).is_err());
}

#[test]
fn domains_refuse_what_they_cannot_hold() {
    let cells = [FLUID; 6];
    let refused = |nx, ny, cells: &[u8]| Domain::new(nx, ny, cells, OPEN_BELOW).err();
    assert_eq!(refused(0, 2, &cells), Some(Error::OutOfRange { field: Field::Size, index: 0 }));
    assert_eq!(refused(2, 0, &cells), Some(Error::OutOfRange { field: Field::Size, index: 1 }));
    assert_eq!(refused(usize::MAX, 2, &cells), Some(Error::TooLarge { field: Field::Size }));
    assert_eq!(refused(257, 256, &cells), Some(Error::TooLarge { field: Field::Size }));
    assert_eq!(refused(2, 2, &cells), Some(Error::Length { field: Field::Mask, need: 4, got: 6 }));
    assert_eq!(refused(2, 3, &[1, 1, 3, 1, 1, 1]), Some(Error::OutOfRange { field: Field::Mask, index: 2 }));
    let mut cells = [FLUID; 6];
    assert!(seal_pockets(3, 2, &mut cells, OPEN_BELOW, &mut [0; 5]).is_err());
    assert_eq!(seal_pockets(3, 2, &mut cells, [false; 4], &mut [0; 6]), Ok(6));
}

#[test]
fn pockets_are_sealed_and_open_water_is_not() {
    #[rustfmt::skip]
    let mut cells = [
        1, 1, 0, 1,
        1, 0, 0, 0,
        0, 1, 0, 1,
        1, 1, 2, 1,
    ];
    assert_eq!(seal_pockets(4, 4, &mut cells, OPEN_BELOW, &mut [0; 16]), Ok(0));
    cells[14] = SOLID;
    assert_eq!(seal_pockets(4, 4, &mut cells, OPEN_BELOW, &mut [0; 16]), Ok(5));
    assert_eq!(cells, [1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn a_cycle_put_away_is_the_same_cycle() {
    let mut rng = Xoshiro128::new(7);
    for (nx, ny) in SIZES {
        for options in ALL {
            let cells = layout(nx, ny, 0.15, &mut rng);
            let domain = Domain::new(nx, ny, &cells, OPEN_BELOW).unwrap();
            let mut memory = Memory::<f32>::new(nx, ny, options);
            let cells = Cells::new(&domain, &mut memory.codes).unwrap();
            let gates = random_gates(&mut rng);
            let r: Vec<f32> = draw(&cells, &mut rng).into_iter().map(|r| r as f32).collect();
            let (mut before, mut after) = (vec![0.0; r.len()], vec![0.0; r.len()]);
            let mut cycle = Cycle::new(cells, &gates, options, &mut memory.numbers, &mut memory.indices).unwrap();
            cycle.direction(&r, &mut before);
            let work = cycle.multiply_adds();
            let mut words = vec![0; Plan::<f32>::WORDS];
            cycle.suspend().to_words(&mut words).unwrap();
            assert_eq!(size_of::<Plan<f32>>(), 4 * words.len());
            assert_eq!(size_of::<Plan<f64>>(), 4 * Plan::<f64>::WORDS);
            let plan = Plan::from_words(&words).unwrap();
            let mut cycle = Cycle::resume(cells, &plan, &mut memory.numbers, &mut memory.indices).unwrap();
            cycle.direction(&r, &mut after);
            assert_eq!((before, cycle.multiply_adds()), (after, work));
        }
    }
}

#[test]
fn a_scrambled_plan_or_memory_is_refused_or_gives_wrong_numbers() {
    let mut rng = Xoshiro128::new(8);
    let (nx, ny) = (16, 12);
    let options = CycleOptions { shape: Shape::W, pieces: 20 };
    let cells = layout(nx, ny, 0.2, &mut rng);
    let domain = Domain::new(nx, ny, &cells, OPEN_BELOW).unwrap();
    let mut memory = Memory::<f32>::new(nx, ny, options);
    let cells = Cells::new(&domain, &mut memory.codes).unwrap();
    let cycle = Cycle::new(cells, &Gates::HAND_SET, options, &mut memory.numbers, &mut memory.indices).unwrap();
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
        if let Ok(mut cycle) = Cycle::resume(cells, &plan, &mut memory.numbers, &mut memory.indices) {
            cycle.direction(&r, &mut d);
        }
    }
    assert!(Plan::<f32>::from_words(&words[1..]).is_err());
    let plan = Plan::from_words(&words).unwrap();
    let other = layout(8, 8, 0.1, &mut rng);
    let mut codes = vec![0; 64];
    let other = Cells::new(&Domain::new(8, 8, &other, OPEN_BELOW).unwrap(), &mut codes).unwrap();
    assert!(Cycle::resume(other, &plan, &mut memory.numbers, &mut memory.indices).is_err());
}

/// As on small grids, in f32 and f64: with the gates of the library and with random ones, 64 x 64, and 128 x 128 where
/// `TINYSOLVE_LONG` is set.
#[test]
fn cycles_on_larger_grids_are_positive_definite() {
    let mut rng = Xoshiro128::new(7);
    let (mut by_norm, mut exact): (f64, f64) = (0.0, 0.0);
    let is_long = std::env::var_os("TINYSOLVE_LONG").is_some();
    let sides: &[(usize, usize)] = if is_long { &[(64, 40), (128, 40)] } else { &[(64, 16)] };
    for &(n, trials) in sides {
        for trial in 0..trials {
            let options = CycleOptions { pieces: if trial % 4 < 2 { 0 } else { n * n / 12 }, ..ALL[trial % 2] };
            let cells = layout(n, n, 0.08, &mut rng);
            let domain = Domain::new(n, n, &cells, OPEN_BELOW).unwrap();
            let gates = match trial / 4 % 4 {
                0 => Gates::HAND_SET,
                1 => Gates::TRAINED,
                _ => random_gates(&mut rng),
            };
            let mut memory = Memory::<f32>::new(n, n, options);
            let cells = Cells::new(&domain, &mut memory.codes).unwrap();
            let (u, v) = (draw(&cells, &mut rng), draw(&cells, &mut rng));
            let mut cycle = Cycle::new(cells, &gates, options, &mut memory.numbers, &mut memory.indices).unwrap();
            let single = judge(&mut cycle, &cells, [&u, &v]);
            let mut memory = Memory::<f64>::new(n, n, options);
            let mut cycle = Cycle::new(cells, &gates, options, &mut memory.numbers, &mut memory.indices).unwrap();
            let double = judge(&mut cycle, &cells, [&u, &v]);
            by_norm = by_norm.max(single.by_norm);
            exact = exact.max(double.by_energy);
            assert!(single.least > 0.0 && double.least > 0.0, "{n} x {n}, trial {trial}, {options:?}: {gates:?}");
        }
    }
    std::println!("larger grids, f64: {exact:e}; f32: {by_norm:e} by norm");
    assert!(exact <= 1e-12 && by_norm <= 1e-6);
}

#[test]
fn what_there_is_no_memory_for_is_counted() {
    let options = CycleOptions { shape: Shape::V, pieces: 0 };
    let codes = [0; Cells::codes_len(8, 8)];
    let cells = Cells::resume(8, 8, &codes).unwrap();
    let mut numbers = vec![0.0_f32; Cycle::<f32>::sizes(8, 8, options).numbers];
    let (mut extra, mut weights) = ([[0.0; OF_EXTRA]; 40], [0.0; 2]);
    let (mut nodes, mut edges) = ([[0; OF_NODE]; 40], [[0; OF_EDGE]; 2]);
    let mut store = Store::new(&mut numbers, &mut extra, &mut weights, &mut nodes, &mut edges);
    store.push(layout::Level::finest(&cells).next(1, Shape::V));
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
        let mut memory = Memory::<f32>::new(n, n, options);
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
    let bytes = |options: CycleOptions, two_words: bool| {
        let (half, sizes) = (Cells::half_len(64, 64), Cycle::<f32>::sizes(64, 64, options));
        let method = Dcd::<f32, Reduced<'_, f32>, Identity>::workspace_len(half, Conjugation::Recurrence, two_words);
        let numbers = sizes.numbers + Reduced::<f32>::scratch_len(64) + 2 * half + method;
        Cells::codes_len(64, 64) + 2 * sizes.indices + 4 * numbers
    };
    let (v, w) = (CycleOptions { shape: Shape::V, pieces: 0 }, CycleOptions::GRID);
    let parts = CycleOptions { shape: Shape::W, pieces: 64 * 64 / 12 };
    let found = [v, w, parts].map(|options| bytes(options, false));
    std::println!("64 x 64: {found:?} bytes");
    assert!(found[0] <= 75_000 && found[1] <= 85_000 && found[2] <= 110_000, "{found:?}");
    for options in [v, w, parts] {
        assert!(bytes(options, true) - bytes(options, false) <= 16_000);
    }
}
