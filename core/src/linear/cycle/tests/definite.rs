//! Any finite gates make a cycle symmetric and positive definite.

use super::*;

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

fn judge<T: Real, C: Ready<T>>(cycle: &mut Cycle<'_, T, C>, cells: &Cells<'_>, vectors: [&[f64]; 2]) -> Judgement {
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

#[test]
fn any_finite_gates_make_a_symmetric_positive_definite_cycle() {
    any_finite_gates::<f32, f64>("as they are", 2);
}

#[test]
fn any_finite_gates_make_a_compact_symmetric_positive_definite_cycle() {
    any_finite_gates::<u16, u16>("compact", 12);
}

fn any_finite_gates<A: Ready<f32>, B: Ready<f64>>(name: &str, seed: u64) {
    let trials = if std::env::var_os("TINYSOLVE_LONG").is_some() { 10_000 } else { 1_000 };
    let mut rng = Xoshiro128::new(seed);
    let (mut by_energy, mut by_norm, mut exact): (f64, f64, f64) = (0.0, 0.0, 0.0);
    // By norm where it is worst by energy, and how often that is above 1e-6.
    let (mut there, mut above) = (0.0, 0);
    for trial in 0..trials {
        let (nx, ny) = [(16, 16), (13, 11), (24, 8)][trial % 3];
        let options = ALL[trial % 4];
        let cells = layout(nx, ny, 0.12, &mut rng);
        let domain = Domain::new(nx, ny, &cells, OPEN_BELOW).unwrap();
        let mut memory = Memory::<f32>::of(nx, ny, options, A::IS_COMPACT);
        let cells = Cells::new(&domain, &mut memory.codes).unwrap();
        if cells.black.iter().all(|code| !build::is_fluid(*code)) {
            continue;
        }
        let gates = random_gates(&mut rng);
        let (u, v) = (draw(&cells, &mut rng), draw(&cells, &mut rng));
        let mut cycle = build::<f32, A>(cells, &gates, options, &mut memory.numbers, &mut memory.indices);
        let single = judge(&mut cycle, &cells, [&u, &v]);
        let mut memory = Memory::<f64>::of(nx, ny, options, B::IS_COMPACT);
        let mut cycle = build::<f64, B>(cells, &gates, options, &mut memory.numbers, &mut memory.indices);
        let double = judge(&mut cycle, &cells, [&u, &v]);
        above += u32::from(single.by_energy > 1e-6);
        if single.by_energy > by_energy {
            (by_energy, there) = (single.by_energy, single.by_norm);
        }
        by_norm = by_norm.max(single.by_norm);
        exact = exact.max(double.by_energy);
        assert!(single.least > 0.0 && double.least > 0.0, "trial {trial}, {options:?}: {gates:?}");
    }
    std::println!("{name}: {trials} sets of gates, f64: {exact:e}; f32: {by_norm:e} by norm");
    std::println!("f32 by energy: {by_energy:e}, where it is {there:e} by norm; {above} sets above 1e-6");
    assert!(exact <= 1e-13 && by_norm <= 1e-6);
}

#[test]
fn the_smallest_eigenvalue_of_the_cycle_is_positive() {
    smallest_eigenvalue::<f64>();
    smallest_eigenvalue::<u16>();
}

fn smallest_eigenvalue<B: Ready<f64>>() {
    let mut rng = Xoshiro128::new(3);
    for trial in 0..60 {
        let (nx, ny) = (12, 12);
        let options = ALL[trial % 4];
        let cells = layout(nx, ny, 0.1, &mut rng);
        let domain = Domain::new(nx, ny, &cells, OPEN_BELOW).unwrap();
        let mut memory = Memory::<f64>::of(nx, ny, options, B::IS_COMPACT);
        let cells = Cells::new(&domain, &mut memory.codes).unwrap();
        let gates = random_gates(&mut rng);
        let mut cycle = build::<f64, B>(cells, &gates, options, &mut memory.numbers, &mut memory.indices);
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

/// As on small grids, in f32 and f64: with the gates of the library and with random ones, 64 x 64, and 128 x 128 where
/// `TINYSOLVE_LONG` is set.
#[test]
fn cycles_on_larger_grids_are_positive_definite() {
    larger_grids::<f32, f64>();
    larger_grids::<u16, u16>();
}

fn larger_grids<A: Ready<f32>, B: Ready<f64>>() {
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
            let mut memory = Memory::<f32>::of(n, n, options, A::IS_COMPACT);
            let cells = Cells::new(&domain, &mut memory.codes).unwrap();
            let (u, v) = (draw(&cells, &mut rng), draw(&cells, &mut rng));
            let mut cycle = build::<f32, A>(cells, &gates, options, &mut memory.numbers, &mut memory.indices);
            let single = judge(&mut cycle, &cells, [&u, &v]);
            let mut memory = Memory::<f64>::of(n, n, options, B::IS_COMPACT);
            let mut cycle = build::<f64, B>(cells, &gates, options, &mut memory.numbers, &mut memory.indices);
            let double = judge(&mut cycle, &cells, [&u, &v]);
            by_norm = by_norm.max(single.by_norm);
            exact = exact.max(double.by_energy);
            assert!(single.least > 0.0 && double.least > 0.0, "{n} x {n}, trial {trial}, {options:?}: {gates:?}");
        }
    }
    std::println!("larger grids, f64: {exact:e}; f32: {by_norm:e} by norm");
    assert!(exact <= 1e-12 && by_norm <= 1e-6);
}
