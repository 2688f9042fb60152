//! Coefficients in 16 bits: what their rounding may do, and what it does to directions and solves.

use super::*;
use coarse::Coarse;
use coefficient::Scale;

/// For each node of the grid of a level: sum of weights, the diagonal that gate and keep stand for, their relaxation, and d.
fn rows(coarse: &Coarse<'_, f64, u16>) -> Vec<[f64; 4]> {
    let Scale { weight, gate } = coarse.scale;
    let units = |value: u16| f64::from(value.cast_signed());
    let half = coarse.level.half;
    let mut rows = vec![[0.0; 4]; 2 * half];
    for y in 0..coarse.level.ny {
        for x in (0..coarse.level.nx).filter(|x| (x ^ y) & 1 == 1) {
            let black = coarse.level.slot(x, y);
            for (face, value) in coarse.faces(black).into_iter().enumerate().filter(|(_, value)| *value > 0.0) {
                let (nx, ny) = build::neighbour(x, y, face);
                rows[usize::from(black)][0] += value;
                rows[usize::from(coarse.level.slot(nx, ny))][0] += value;
            }
        }
    }
    for ([red, black, _], value) in coarse.edges.iter().zip(coarse.weights.iter()) {
        for id in [*red, *black].map(usize::from).into_iter().filter(|id| *id < 2 * half) {
            rows[id][0] += weight * units(*value);
        }
    }
    for (id, row) in rows.iter_mut().enumerate() {
        let (colour, place) = (id / half, id % half);
        let (g, keep) =
            (gate * units(coarse.grid.gate[colour][place]), weight * units(coarse.grid.keep[colour][place]));
        row[1] = 1.0 / g - keep;
        row[2] = g * row[1];
        row[3] = coarse.grid.d[colour].get(place).map_or(f64::INFINITY, |d| weight * units(*d));
    }
    rows
}

#[test]
fn rounding_keeps_levels_diagonally_dominant_and_relaxation_below_two() {
    let mut rng = Xoshiro128::new(21);
    let mut seen = 0;
    for trial in 0..400 {
        let (nx, ny) = [(16, 16), (40, 24), (13, 11)][trial % 3];
        let options = ALL[trial % 4];
        let cells = layout(nx, ny, 0.15, &mut rng);
        let domain = Domain::new(nx, ny, &cells, OPEN_BELOW).unwrap();
        let gates = if trial % 2 == 0 { random_gates(&mut rng) } else { Gates::TRAINED };
        let mut memory = Memory::<f64>::of(nx, ny, options, true);
        let cells = Cells::new(&domain, &mut memory.codes).unwrap();
        let mut cycle = build::<f64, u16>(cells, &gates, options, &mut memory.numbers, &mut memory.indices);
        let last = cycle.store.last();
        for level in 1..=last {
            for (id, [sum, diagonal, relaxation, d]) in rows(&cycle.store.coarse(level)).into_iter().enumerate() {
                if sum == 0.0 && !diagonal.is_finite() {
                    continue;
                }
                // The last level is solved with d, which its gates are at most the inverse of.
                let (least, most) = if level == last { (d, 2.2) } else { (diagonal.min(d), 1.999) };
                assert!(sum <= least, "trial {trial}, level {level}, {id}: {sum} above {least}");
                assert!(level == last || (0.0..most).contains(&relaxation) || diagonal.is_infinite(), "{relaxation}");
                seen += 1;
            }
        }
    }
    assert!(seen > 20_000, "{seen}");
}

#[test]
fn directions_are_near_those_of_exact_coefficients_and_solves_as_short() {
    let mut rng = Xoshiro128::new(22);
    let (mut farthest, mut more) = (0.0_f64, 0);
    for trial in 0..60 {
        let (nx, ny) = [(32, 32), (24, 40)][trial % 2];
        let options = ALL[trial % 4];
        let gates = if trial % 3 == 0 { Gates::HAND_SET } else { Gates::TRAINED };
        let kinds = layout(nx, ny, 0.1, &mut rng);
        let domain = Domain::new(nx, ny, &kinds, OPEN_BELOW).unwrap();
        let mut memory = Memory::<f64>::new(nx, ny, options);
        let cells = Cells::new(&domain, &mut memory.codes).unwrap();
        let r = draw(&cells, &mut rng);
        let (mut exact, mut rounded) = (vec![0.0; r.len()], vec![0.0; r.len()]);
        build::<f64, f64>(cells, &gates, options, &mut memory.numbers, &mut memory.indices).direction(&r, &mut exact);
        let mut memory = Memory::<f64>::of(nx, ny, options, true);
        build::<f64, u16>(cells, &gates, options, &mut memory.numbers, &mut memory.indices).direction(&r, &mut rounded);
        let gap: Vec<f64> = exact.iter().zip(&rounded).map(|(a, b)| a - b).collect();
        farthest = farthest.max(vector::norm(&gap) / vector::norm(&exact));
        let full = solve::<f64>((nx, ny), &kinds, &gates, options).0;
        let compact = solve::<u16>((nx, ny), &kinds, &gates, options).0;
        assert_eq!((full.step, compact.step), (Step::Converged, Step::Converged));
        assert!(compact.iterations.abs_diff(full.iterations) <= 1, "{compact:?} against {full:?}");
        more += compact.iterations.saturating_sub(full.iterations);
    }
    std::println!("rounded directions differ by {farthest:e} at most, {more} iterations more in 60 solves");
    assert!(farthest < 5e-3 && more <= 3);
}

#[test]
fn rounding_down_is_down_and_stays_in_range() {
    use coefficient::below;
    for (value, units) in [(0.0, 0), (0.9, 0), (-0.1, -1), (-1.0, -1), (7.0, 7), (4e4, 32767), (-4e4, -32768)] {
        assert_eq!(below(value).cast_signed(), units, "{value}");
        assert_eq!(below(value as f32).cast_signed(), units);
    }
    assert_eq!(below(f64::NAN), 0);
}
