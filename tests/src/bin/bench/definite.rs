//! Random numbers for gates: whether the cycle stays symmetric and positive definite in f32.
#![allow(clippy::unwrap_used, reason = "a broken set-up should stop at once")]

use crate::dcd::row;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tinysolve::linear::cycle::{Cells, Cycle, CycleOptions, Domain, FLUID, GATES, Gates, Shape};
use tinysolve::operator::Direction;
use tinysolve::real::Real;
use tinysolve_tests::layouts::{OPEN_SIDES, Problem, problems};
use tinysolve_tests::threads;

/// What one set came to: |u'Pv - v'Pu| over sqrt(|u| |Pv| |v| |Pu|), the same over sqrt(u'Pu v'Pv), and the smaller of
/// u'Pu / |u|² and v'Pv / |v|². Inner products are summed in f64.
type Judgement = [f64; 3];

fn judge<T: Real>(cells: Cells<'_>, gates: &Gates, options: CycleOptions, [u, v]: [&[f32]; 2]) -> Judgement {
    let side = (2 * u.len()).isqrt();
    let sizes = Cycle::<T>::sizes(side, side, options);
    let (mut numbers, mut indices) = (vec![T::ZERO; sizes.numbers], vec![0; sizes.indices]);
    let mut cycle = Cycle::new(cells, gates, options, &mut numbers, &mut indices).unwrap();
    let [u, v] = [u, v].map(|values| values.iter().map(|value| T::from_f32(*value)).collect::<Vec<T>>());
    let (mut pu, mut pv) = (vec![T::ZERO; u.len()], vec![T::ZERO; v.len()]);
    cycle.direction(&u, &mut pu);
    cycle.direction(&v, &mut pv);
    let dot = |a: &[T], b: &[T]| a.iter().zip(b).map(|(a, b)| a.to_f64() * b.to_f64()).sum::<f64>();
    let (upu, vpv, gap) = (dot(&u, &pu), dot(&v, &pv), (dot(&u, &pv) - dot(&v, &pu)).abs());
    let norms = [&u, &pv, &v, &pu].map(|a| dot(a, a).sqrt().sqrt()).iter().product::<f64>();
    [gap / norms, gap / (upu.abs() * vpv.abs()).sqrt(), (upu / dot(&u, &u)).min(vpv / dot(&v, &v))]
}

fn trial(problem: &Problem, seed: u64) -> [Judgement; 2] {
    let n = problem.n;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut unit = move || rng.random::<f64>();
    let domain = Domain::new(n, n, &problem.cells, OPEN_SIDES).unwrap();
    let mut codes = vec![0; Cells::codes_len(n, n)];
    let cells = Cells::new(&domain, &mut codes).unwrap();
    let spread = [1.0, 3.0, 30.0, 1e6][(4.0 * unit()) as usize];
    let mut flat = [0.0; GATES];
    flat.iter_mut().for_each(|gate| *gate = ((unit() - 0.4) * spread) as f32);
    // Noise, or a walk through the cells.
    let mut draw = || {
        let (is_rough, mut value) = (unit() < 0.5, 0.0);
        let natural: Vec<f32> = (0..n * n)
            .map(|index| {
                let fresh = unit() - 0.5;
                value = if is_rough { fresh } else { 0.9 * value + fresh };
                if problem.cells[index] == FLUID { value as f32 } else { 0.0 }
            })
            .collect();
        let (mut red, mut black) = (vec![0.0; cells.half()], vec![0.0; cells.half()]);
        cells.pack(&natural, &mut red, &mut black).unwrap();
        black
    };
    let (u, v) = (draw(), draw());
    let shape = if seed.is_multiple_of(2) { Shape::V } else { Shape::W };
    let options = CycleOptions { shape, pieces: if (seed / 2).is_multiple_of(2) { 0 } else { n * n / 6 } };
    let gates = Gates::from_flat(&flat);
    [judge::<f32>(cells, &gates, options, [&u, &v]), judge::<f64>(cells, &gates, options, [&u, &v])]
}

pub(crate) fn bench(count: usize) {
    let set: Vec<Problem> = [16, 24, 32].into_iter().flat_map(|n| problems(n, 50, 77)).collect();
    let found = threads::map(count, |index| trial(&set[index % set.len()], index as u64));
    let worst = |of: usize, which: usize| found.iter().map(|found| found[of][which]).fold(0.0, f64::max);
    let least = found.iter().flatten().map(|found| found[2]).fold(f64::INFINITY, f64::min);
    let not = found.iter().flatten().filter(|found| found[2].is_nan() || found[2] <= 0.0).count();
    let above = found.iter().filter(|found| found[0][1] > 1e-6).count();
    let case = format!("{count} sets of garbage, 16 x 16 to 32 x 32");
    let kernel = "cycle, garbage for weights";
    row(kernel, &case, "asymmetry by norm, f32, worst", worst(0, 0), "relative", Some(1e-6), true);
    row(kernel, &case, "asymmetry by energy, f32, worst", worst(0, 1), "relative", None, true);
    row(kernel, &case, "asymmetry by energy, f32, sets above 1e-6", above as f64, "sets", None, true);
    row(kernel, &case, "asymmetry by energy, f64, worst", worst(1, 1), "relative", None, true);
    row(kernel, &case, "u'Pu / u'u, least", least, "of the diagonal's unit", None, false);
    row(kernel, &case, "sets that are not positive definite", not as f64, "sets", Some(0.0), true);
}
