use super::*;
use crate::error::Field;
use crate::linear::{Conjugation, Dcd, DcdConfig, Stopping};
use crate::operator::{Direction, LinearOperator};
use crate::rng::Xoshiro128;
use crate::solve::{Solver, Step};
use crate::vector;
use std::vec;
use std::vec::Vec;

mod compact;
mod definite;
mod memory;

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
        Self::of(nx, ny, options, false)
    }

    fn of(nx: usize, ny: usize, options: CycleOptions, is_compact: bool) -> Self {
        let sizes = layout::sizes(nx, ny, options, is_compact);
        Self {
            codes: vec![0; Cells::codes_len(nx, ny)],
            numbers: vec![T::ZERO; sizes.numbers],
            indices: vec![0; sizes.indices],
            scratch: vec![T::ZERO; Reduced::<T>::scratch_len(nx)],
        }
    }
}

/// A cycle with coefficients of either form.
fn build<'a, T: Real, C: Ready<T>>(
    cells: Cells<'a>,
    gates: &Gates,
    options: CycleOptions,
    numbers: &'a mut [T],
    indices: &'a mut [u16],
) -> Cycle<'a, T, C> {
    let sizes = layout::sizes(cells.nx, cells.ny, options, C::IS_COMPACT);
    Cycle::build(cells, gates, options, sizes, numbers, indices).unwrap()
}

const ALL: [CycleOptions; 4] = [
    CycleOptions { shape: Shape::V, pieces: 0 },
    CycleOptions { shape: Shape::W, pieces: 0 },
    CycleOptions { shape: Shape::V, pieces: 300 },
    CycleOptions { shape: Shape::W, pieces: 300 },
];

const SIZES: [(usize, usize); 7] = [(16, 16), (9, 13), (1, 7), (5, 1), (2, 2), (24, 3), (32, 20)];

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

fn solve<C: Ready<f64>>(
    (nx, ny): (usize, usize),
    cells: &[u8],
    gates: &Gates,
    options: CycleOptions,
) -> (crate::solve::Report<f64>, Option<u32>) {
    let domain = Domain::new(nx, ny, cells, OPEN_BELOW).unwrap();
    let mut memory = Memory::<f64>::of(nx, ny, options, C::IS_COMPACT);
    let cells = Cells::new(&domain, &mut memory.codes).unwrap();
    let reduced = Reduced::new(cells, &mut memory.scratch).unwrap();
    let cycle = build::<f64, C>(cells, gates, options, &mut memory.numbers, &mut memory.indices);
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
            let (report, handed_over) = solve::<f64>((nx, ny), &cells, &Gates::HAND_SET, options);
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
    let (grid, _) = solve::<f64>((n, n), &cells, &Gates::HAND_SET, CycleOptions::GRID);
    let (kept, handed_over) =
        solve::<f64>((n, n), &cells, &Gates::HAND_SET, CycleOptions { pieces: 600, ..CycleOptions::GRID });
    assert_eq!((kept.step, handed_over), (Step::Converged, None));
    assert!(2 * kept.iterations < grid.iterations, "{} against {}", kept.iterations, grid.iterations);
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
