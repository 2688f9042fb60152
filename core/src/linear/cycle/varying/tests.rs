use super::*;
use crate::linear::cycle::Shape;
use crate::linear::{Cg, Conjugation, Dcd, DcdConfig, Stopping};
use crate::operator::LinearOperator;
use crate::rng::Xoshiro128;
use crate::solve::{Solver, Step};
use std::vec;
use std::vec::Vec;

const ALL: [CycleOptions; 4] = [
    CycleOptions { shape: Shape::V, pieces: 0 },
    CycleOptions { shape: Shape::W, pieces: 0 },
    CycleOptions { shape: Shape::V, pieces: 200 },
    CycleOptions { shape: Shape::W, pieces: 200 },
];

fn unit(rng: &mut Xoshiro128) -> f64 {
    f64::from(rng.word()) / 4_294_967_296.0
}

/// Heat in blocks of materials, harmonic means at the faces, closed at some faces, open at y = 0.
struct Problem {
    sides: [usize; 2],
    shift: f64,
    centre: Vec<f64>,
    east: Vec<f64>,
    north: Vec<f64>,
    mask: Vec<u8>,
}

impl Problem {
    fn new(sides: [usize; 2], contrast: f64, shift: f64, closed: f64, rng: &mut Xoshiro128) -> Self {
        let [nx, ny] = sides;
        let n = nx * ny;
        let size = 1 + rng.word() as usize % 7;
        let levels: Vec<f64> = (0..n).map(|_| contrast.powf(unit(rng))).collect();
        let k = |cell: usize| levels[(cell % nx / size + cell / nx / size * nx) % n];
        let mask: Vec<u8> = (0..n).map(|_| u8::from(unit(rng) >= 0.02)).collect();
        let (mut centre, mut east, mut north) = (vec![shift; n], vec![0.0; n], vec![0.0; n]);
        for cell in 0..n {
            let (x, y) = (cell % nx, cell / nx);
            let mut join = |other: usize, values: &mut Vec<f64>| {
                if unit(rng) >= closed {
                    let weight = 2.0 / (1.0 / k(cell) + 1.0 / k(other));
                    values[cell] = -weight;
                    centre[cell] += weight;
                    centre[other] += weight;
                }
            };
            if x + 1 < nx {
                join(cell + 1, &mut east);
            }
            if y + 1 < ny {
                join(cell + nx, &mut north);
            }
            if y == 0 {
                centre[cell] += 2.0 * k(cell);
            }
        }
        // A cell that everything around it is closed to keeps something of its own.
        centre.iter_mut().for_each(|centre| *centre += if *centre == 0.0 { 1.0 } else { 0.0 });
        Self { sides, shift, centre, east, north, mask }
    }

    fn stencil(&self) -> VariableStencil<'_, f64> {
        let [nx, ny] = self.sides;
        VariableStencil::new([nx, ny, 1], &self.centre, [&self.east, &self.north, &[]], Some(&self.mask)).unwrap()
    }

    fn with<R>(&self, gates: &Gates, options: CycleOptions, work: impl FnOnce(Varying<'_, f64>) -> R) -> R {
        let [nx, ny] = self.sides;
        let sizes = Varying::<f64>::sizes(nx, ny, options);
        let (mut numbers, mut indices) = (vec![0.0; sizes.numbers + 1], vec![0; sizes.indices + 1]);
        (numbers[sizes.numbers], indices[sizes.indices]) = (7.5, 77);
        let (memory, guard) = numbers.split_at_mut(sizes.numbers);
        let (places, guard_index) = indices.split_at_mut(sizes.indices);
        let out = work(Varying::new(&self.stencil(), self.shift, gates, options, memory, places).unwrap());
        assert_eq!((guard[0], guard_index[0]), (7.5, 77));
        out
    }
}

fn random_gates(rng: &mut Xoshiro128) -> Gates {
    let mut flat = [0.0; super::super::GATES];
    let spread = [1.0, 3.0, 1e6][rng.word() as usize % 3];
    flat.iter_mut().for_each(|gate| *gate = ((unit(rng) - 0.4) * spread) as f32);
    Gates::from_flat(&flat)
}

#[test]
fn any_coefficients_and_gates_make_it_symmetric_positive_definite() {
    let mut rng = Xoshiro128::new(1);
    for trial in 0..60 {
        let sides = [[10, 8], [7, 9], [2, 2], [12, 1]][trial % 4];
        let contrast = [1.0, 1e2, 1e4][trial % 3];
        let problem = Problem::new(sides, contrast, [0.0, 0.3][trial / 4 % 2], 0.15, &mut rng);
        let n = sides[0] * sides[1];
        let free: Vec<usize> = (0..n).filter(|&cell| problem.mask[cell] != 0).collect();
        problem.with(&random_gates(&mut rng), ALL[trial % 4], |mut cycle| {
            let mut dense = nalgebra::DMatrix::<f64>::zeros(free.len(), free.len());
            for (column, &cell) in free.iter().enumerate() {
                let (mut r, mut z) = (vec![0.0; n], vec![1.0; n]);
                r[cell] = 1.0;
                cycle.direction(&r, &mut z);
                for (row, &cell) in free.iter().enumerate() {
                    dense[(row, column)] = z[cell];
                }
                assert!((0..n).all(|cell| problem.mask[cell] != 0 || z[cell] == 0.0));
            }
            let asymmetry = (&dense - dense.transpose()).amax() / dense.amax();
            assert!(asymmetry < 1e-11, "{asymmetry:e}");
            let least = dense.symmetric_eigenvalues().min();
            assert!(least > 0.0, "trial {trial}: {least:e}");
        });
    }
}

/// Iterations to 1e-8 with the cycle, and of conjugate gradients.
fn iterations(problem: &Problem, options: CycleOptions) -> (u32, u32) {
    let a = problem.stencil();
    let n = problem.centre.len();
    let b: Vec<f64> = (0..n).map(|k| if problem.mask[k] == 0 { 0.0 } else { (k as f64 * 0.7).sin() }).collect();
    let stopping = Stopping { relative: 1e-8, max_iterations: 20_000, ..Stopping::default() };
    let config = DcdConfig { stopping, conjugation: Conjugation::Recurrence, ..DcdConfig::default() };
    let (mut x, mut workspace, mut r) = (vec![0.0; n], vec![0.0; 3 * n], vec![0.0; n]);
    let with = problem.with(&Gates::HAND_SET, options, |cycle| {
        let mut solve = Dcd::new(&a, cycle, &b, &mut x, &mut workspace, config).unwrap();
        let report = solve.run();
        assert_eq!((report.step, solve.handed_over()), (Step::Converged, None), "{report:?}");
        report.iterations
    });
    a.residual(&b, &x, &mut r);
    assert!(crate::vector::norm(&r) <= 1.01e-8 * crate::vector::norm(&b));
    let (mut x, mut workspace) = (vec![0.0; n], vec![0.0; 4 * n]);
    let config = crate::linear::PcgConfig { stopping, keep_best: false };
    let plain = Cg::new(&a, &b, &mut x, &mut workspace, config).unwrap().run();
    (with, plain.iterations)
}

#[test]
fn solves_in_mixed_materials_take_few_iterations() {
    let mut rng = Xoshiro128::new(2);
    for (contrast, shift) in [(1.0, 0.0), (10.0, 0.0), (100.0, 0.0), (1e4, 0.0), (1.0, 0.01), (1.0, 1.0), (100.0, 0.1)]
    {
        let (mut worst, mut plain) = (0, 0);
        for _ in 0..5 {
            let problem = Problem::new([48, 40], contrast, shift, 0.03, &mut rng);
            let (with, without) = iterations(&problem, ALL[3]);
            worst = worst.max(with);
            plain = plain.max(without);
        }
        std::println!("contrast {contrast}, shift {shift}: {worst} iterations, conjugate gradients {plain}");
        // Beyond a contrast of 100 a block of 2 x 2 may hold what hardly touches, and iterations grow, as they do without.
        let bound = if contrast > 100.0 { plain / 20 } else { 20 };
        assert!(worst <= bound, "contrast {contrast}, shift {shift}: {worst} against {plain}");
    }
}

#[test]
fn the_unit_of_the_coefficients_does_not_matter() {
    let mut rng = Xoshiro128::new(3);
    let mut problem = Problem::new([20, 14], 30.0, 0.25, 0.05, &mut rng);
    let r: Vec<f64> = (0..280).map(|k| if problem.mask[k] == 0 { 0.0 } else { unit(&mut rng) - 0.5 }).collect();
    let (mut z, mut scaled) = (vec![0.0; 280], vec![0.0; 280]);
    problem.with(&Gates::TRAINED, ALL[1], |mut cycle| cycle.direction(&r, &mut z));
    problem.shift *= 1024.0;
    for values in [&mut problem.centre, &mut problem.east, &mut problem.north] {
        values.iter_mut().for_each(|value| *value *= 1024.0);
    }
    problem.with(&Gates::TRAINED, ALL[1], |mut cycle| cycle.direction(&r, &mut scaled));
    assert!(z.iter().zip(&scaled).all(|(a, b)| *a == *b * 1024.0));
}

#[test]
fn what_does_not_fit_is_refused() {
    let (east, north) = ([-1.0, 0.0, -1.0, 0.0], [-1.0, -1.0, 0.0, 0.0]);
    let mut centre = [2.5, 2.5, 2.5, 2.5];
    let sizes = Varying::<f64>::sizes(2, 2, ALL[1]);
    let build = |centre: &[f64], east: &[f64], shift: f64, gates: &Gates, short: usize| {
        let a = VariableStencil::new([2, 2, 1], centre, [east, &north, &[]], None).unwrap();
        let mut numbers = vec![7.0; sizes.numbers - short];
        let error = Varying::new(&a, shift, gates, ALL[1], &mut numbers, &mut []).err();
        assert!(error.is_none() || numbers.iter().all(|number| *number == 7.0));
        error
    };
    assert_eq!(build(&centre, &east, 0.5, &Gates::HAND_SET, 0), None);
    let need = sizes.numbers;
    let short = Error::Length { field: Field::Workspace, need, got: need - 1 };
    assert_eq!(build(&centre, &east, 0.5, &Gates::HAND_SET, 1), Some(short));
    let shift = |shift: f64| build(&centre, &east, shift, &Gates::HAND_SET, 0);
    assert_eq!(shift(f64::NAN), Some(Error::NotFinite { field: Field::Values, index: 39 }));
    assert_eq!(shift(-1.0), Some(Error::OutOfRange { field: Field::Values, index: 39 }));
    assert_eq!(shift(0.51), Some(Error::OutOfRange { field: Field::Matrix, index: 0 }));
    let positive = [1.0, 0.0, -1.0, 0.0];
    assert_eq!(
        build(&centre, &positive, 0.0, &Gates::HAND_SET, 0),
        Some(Error::OutOfRange { field: Field::Matrix, index: 0 })
    );
    let mut gates = Gates::HAND_SET;
    gates.red[0][1] = f32::NAN;
    assert_eq!(build(&centre, &east, 0.0, &gates, 0), Some(Error::NotFinite { field: Field::Values, index: 16 }));
    centre[3] = 1.0;
    let refused = build(&centre, &east, 0.0, &Gates::HAND_SET, 0);
    assert_eq!(refused, Some(Error::OutOfRange { field: Field::Matrix, index: 3 }));
    let (wide, none) = (vec![4.0; 65_536], vec![0.0; 65_536]);
    let a = VariableStencil::new([65_536, 1, 1], &wide, [&none, &none, &[]], None).unwrap();
    let refused = Varying::new(&a, 0.0, &Gates::HAND_SET, ALL[0], &mut [], &mut []).err();
    assert_eq!(refused, Some(Error::TooLarge { field: Field::Size }));
    assert_eq!(Varying::<f64>::sizes(usize::MAX, usize::MAX, ALL[0]).numbers, usize::MAX);
}

#[test]
fn a_plan_carries_it_from_call_to_call() {
    let mut rng = Xoshiro128::new(5);
    for trial in 0..8 {
        let sides = [[17, 12], [8, 8]][trial % 2];
        let (options, problem) = (ALL[trial % 4], Problem::new(sides, 50.0, 0.1, 0.2, &mut rng));
        let [nx, ny] = sides;
        let sizes = Varying::<f64>::sizes(nx, ny, options);
        let (mut numbers, mut indices) = (vec![0.0; sizes.numbers], vec![0; sizes.indices]);
        let (mut r, mut once, mut again) = (vec![0.0; nx * ny], vec![0.0; nx * ny], vec![0.0; nx * ny]);
        r.iter_mut().for_each(|r| *r = unit(&mut rng) - 0.5);
        let stencil = problem.stencil();
        let mut cycle = Varying::new(&stencil, 0.1, &Gates::HAND_SET, options, &mut numbers, &mut indices).unwrap();
        cycle.direction(&r, &mut once);
        let work = cycle.multiply_adds();
        let plan = cycle.suspend();
        let mut words = vec![0; Plan::<f64>::WORDS];
        plan.to_words(&mut words).unwrap();
        let plan = Plan::from_words(&words).unwrap();
        let mut cycle = Varying::resume(sides, &plan, &mut numbers, &mut indices).unwrap();
        cycle.direction(&r, &mut again);
        assert_eq!((cycle.multiply_adds(), once), (work, again));
        let other = Varying::resume([nx + 1, ny], &plan, &mut numbers, &mut indices).err().unwrap();
        assert!(matches!(other, Error::Length { field: Field::Mask, .. }));
        let short = Varying::resume(sides, &plan, &mut numbers[1..], &mut indices).err().unwrap();
        assert!(matches!(short, Error::Length { field: Field::Workspace, .. }));
        let wide = Varying::resume([usize::MAX, 2], &plan, &mut numbers, &mut indices).err().unwrap();
        assert_eq!(wide, Error::TooLarge { field: Field::Size });
    }
}
