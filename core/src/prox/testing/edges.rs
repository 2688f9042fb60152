//! Inputs from the edges of the format: nothing may hang, and what is finite must stay finite and right.

use super::checks::apply;
use super::{Random, Subject};
use std::vec;
use std::vec::Vec;

pub(super) fn run<S: Subject>(random: &mut Random) {
    for n in S::SIZES.iter().copied() {
        let parameters = S::parameters(random, n);
        for step in [1e-6_f32, 0.7, 1.0, 1e6].map(f64::from) {
            for v in finite(random, n) {
                let single = apply::<S, f32>(&parameters, &v, step);
                let double = apply::<S, f64>(&parameters, &v, step);
                assert!(single.iter().all(|p| p.is_finite()), "{v:?} step {step:e} gives {single:?}");
                if !S::CONVEX || !S::ANY_STEP && !(0.01..10.0).contains(&step) {
                    continue;
                }
                let scale = 1.0 + v.iter().chain(&double).fold(0.0, |largest: f64, v| largest.max(v.abs()));
                let allowed = (S::FACTOR * f64::from(f32::EPSILON) + S::FACTOR64 * f64::EPSILON) * scale;
                let apart = single.iter().zip(&double).fold(0.0, |most: f64, (p, q)| most.max((p - q).abs()));
                assert!(apart <= allowed, "{v:?} step {step:e}: {single:?}, {double:?}, {apart:e}, {parameters:?}");
            }
            for v in wild(random, n) {
                apply::<S, f32>(&parameters, &v, step);
                apply::<S, f64>(&parameters, &v, step);
            }
        }
    }
}

fn finite(random: &mut Random, n: usize) -> Vec<Vec<f64>> {
    let tiny = f64::from(f32::from_bits(3));
    let large = f64::from(1e18_f32);
    let mixed = [0.0, -0.0, 1.0, -1.0, f64::from(1.0_f32 + f32::EPSILON), f64::from(1.0_f32 - f32::EPSILON / 2.0), 0.5];
    vec![
        vec![0.0; n],
        vec![-0.0; n],
        vec![1.0; n],
        vec![-1.0; n],
        vec![tiny; n],
        vec![-tiny; n],
        vec![large; n],
        vec![-large; n],
        (0..n).map(|k| if k % 2 == 0 { large } else { -1.0 }).collect(),
        (0..n).map(|k| if k % 2 == 0 { tiny } else { 1.0 }).collect(),
        (0..n).map(|_| mixed[random.below(mixed.len())]).collect(),
        (0..n).map(|_| 1e4 + random.between(-1.0, 1.0)).map(|v| f64::from(v as f32)).collect(),
    ]
}

fn wild(random: &mut Random, n: usize) -> Vec<Vec<f64>> {
    let (inf, nan, huge) = (f64::INFINITY, f64::NAN, f64::from(f32::MAX));
    let mut points = vec![vec![inf; n], vec![-inf; n], vec![nan; n], vec![huge; n], vec![-huge; n]];
    for _ in 0..6 {
        points.push((0..n).map(|_| [inf, -inf, nan, 1.0, -2.0, 0.0, huge][random.below(7)]).collect());
    }
    points
}
