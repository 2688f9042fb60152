//! Order and variation.

use super::norms::absolute;
use crate::operator::Prox;
use crate::prox::testing::{Random, Subject, whole};
use crate::prox::{norms, ordered, separable, variation};
use crate::real::Real;
use std::vec;
use std::vec::Vec;

pub(super) fn sorted(x: &[f64]) -> Vec<f64> {
    let mut x = x.to_vec();
    x.sort_by(|a, b| b.total_cmp(a));
    x
}

fn magnitudes(x: &[f64]) -> Vec<f64> {
    sorted(&x.iter().map(|x| x.abs()).collect::<Vec<_>>())
}

fn differences(x: &[f64]) -> f64 {
    x.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum()
}

fn plane(x: &[f64]) -> f64 {
    let columns = x.len() / 2;
    let (first, second) = x.split_at(columns);
    differences(first) + differences(second) + first.iter().zip(second).map(|(a, b)| (a - b).abs()).sum::<f64>()
}

const ITERATED: f64 = 64.0;

whole! {
    Isotonic {
        const SET: bool = true;
        operator(_, _) ordered::Isotonic;
        domain(_, _, x) x.sort_by(f64::total_cmp);
        violation(_, x) x.windows(2).fold(0.0, |worst: f64, pair| worst.max(pair[0] - pair[1]));
    }
    SumOfLargest {
        const SYMMETRIC: bool = true;
        const FACTOR: f64 = 16.0;
        operator(_, p) ordered::SumOfLargest { count: p[0].to_f64() as usize };
        objective(p, x) sorted(x).iter().take(p[0] as usize).sum();
        parameters(r, n) vec![(1 + r.below(n + 1)) as f64];
    }
    SumOfLargestMagnitudes {
        const SYMMETRIC: bool = true;
        const ODD: bool = true;
        const FACTOR: f64 = 16.0;
        operator(_, p) ordered::SumOfLargestMagnitudes { count: p[0].to_f64() as usize };
        objective(p, x) magnitudes(x).iter().take(p[0] as usize).sum();
        parameters(r, n) vec![(1 + r.below(n + 1)) as f64];
    }
    SortedL1 {
        const SYMMETRIC: bool = true;
        const ODD: bool = true;
        operator(_, p) ordered::SortedL1 { weights: p };
        objective(p, x) magnitudes(x).iter().zip(p).map(|(x, w)| x * w).sum();
        parameters(r, n) sorted(&r.vector(n, 0.0, 2.0));
    }
    TotalVariation {
        const FACTOR: f64 = ITERATED;
        const SIZES: &'static [usize] = &[1, 2, 3, 8, 21];
        operator(_, _) variation::TotalVariation;
        objective(_, x) differences(x);
    }
    LinearTimeTotalVariation {
        const FACTOR: f64 = ITERATED;
        const SIZES: &'static [usize] = &[1, 2, 3, 8, 21];
        operator(_, _) variation::LinearTimeTotalVariation;
        objective(_, x) differences(x);
    }
    FusedLasso {
        const FACTOR: f64 = ITERATED;
        const SIZES: &'static [usize] = &[1, 2, 3, 8, 21];
        operator(_, p) variation::FusedLasso { variation: variation::TotalVariation, differences: p[0], absolute: p[1] };
        objective(p, x) p[0] * differences(x) + p[1] * absolute(x);
        parameters(r, _) r.vector(2, 0.1, 2.0);
    }
    PlaneTotalVariation {
        const FACTOR: f64 = 1000.0;
        const SIZES: &'static [usize] = &[2, 4, 6, 12];
        const CASES: usize = 300;
        operator(n, _) variation::PlaneTotalVariation { rows: 2, columns: n / 2, rounds: 500, tolerance: T::EPSILON / T::TWO };
        objective(_, x) plane(x);
    }
}

/// The two forms of the total variation, against each other, on long signals; the regression of a published fault.
#[test]
fn total_variations_agree_and_keep_an_old_fault_away() {
    let mut random = Random::new(4);
    for n in [64, 200, 1000] {
        for offset in [0.0, 1e4] {
            let v: Vec<f64> = random.vector(n, -1.0, 1.0).iter().map(|v| f64::from((v + offset) as f32)).collect();
            let step = random.power(-1.0, 1.5);
            let mut direct = v.clone();
            variation::TotalVariation.prox(&mut direct, step, &mut []);
            let mut linear = v.clone();
            variation::LinearTimeTotalVariation.prox(&mut linear, step, &mut vec![0.0; 5 * n]);
            let apart = direct.iter().zip(&linear).fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()));
            assert!(apart <= 1e-11 * (1.0 + offset), "{n}: {apart:e}");
            let mut single: Vec<f32> = v.iter().map(|v| *v as f32).collect();
            variation::TotalVariation.prox(&mut single, step as f32, &mut []);
            let apart = direct.iter().zip(&single).fold(0.0, |most: f64, (a, b)| most.max((a - f64::from(*b)).abs()));
            // Without taking the mean away: 1e-3 at the offset.
            assert!(apart <= if offset > 0.0 { 1e-3 } else { 1e-5 }, "{n}, {offset:e}: {apart:e}");
        }
    }
    let mut x = [-0.055_168_74, -0.028_238_59, 0.083_407_33];
    let mean = x.iter().sum::<f64>() / 3.0;
    variation::TotalVariation.prox(&mut x, 1.0, &mut []);
    assert!(x.iter().all(|x| (x - mean).abs() < 1e-15));
}

/// The dual certificate: sums of what was taken away stay within the step, and touch it where the signal jumps.
#[test]
fn total_variation_has_its_certificate() {
    let mut random = Random::new(6);
    for _ in 0..200 {
        let n = 2 + random.below(60);
        let (v, step) = (random.point(n), random.power(-2.0, 1.0));
        let mut x = v.clone();
        variation::TotalVariation.prox(&mut x, step, &mut []);
        let mut sum = 0.0;
        for k in 0..n {
            sum += v[k] - x[k];
            let jump = if k + 1 < n { x[k + 1] - x[k] } else { 0.0 };
            assert!(sum.abs() <= step + 1e-12);
            if jump.abs() > 1e-9 {
                // v - x falls where x rises.
                assert!((sum + step * jump.signum()).abs() < 1e-10, "{sum} {step} {jump}");
            }
        }
        assert!(sum.abs() < 1e-11);
    }
}

#[test]
fn sorted_l1_with_equal_weights_is_l1_and_its_ends_are_norms() {
    let mut random = Random::new(9);
    for _ in 0..500 {
        let n = 1 + random.below(12);
        let (v, step) = (random.point(n), random.power(-2.0, 1.0));
        let mut scratch = vec![0.0; 3 * n];
        let applied = |operator: &dyn Prox<f64>, scratch: &mut [f64]| {
            let mut x = v.clone();
            operator.prox(&mut x, step, scratch);
            x
        };
        let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-13);
        let ones = vec![1.0; n];
        let mut first = vec![0.0; n];
        first[0] = 1.0;
        let l1 = applied(&separable::L1, &mut []);
        let linf = applied(&norms::LInfinity, &mut []);
        assert!(close(&applied(&ordered::SortedL1 { weights: &ones }, &mut scratch), &l1));
        assert!(close(&applied(&ordered::SortedL1 { weights: &first }, &mut scratch), &linf));
        assert!(close(&applied(&ordered::SumOfLargestMagnitudes { count: n }, &mut []), &l1));
        assert!(close(&applied(&ordered::SumOfLargestMagnitudes { count: 1 }, &mut []), &linf));
        assert!(close(&applied(&ordered::SumOfLargest { count: 1 }, &mut []), &applied(&norms::Largest, &mut [])));
    }
    // The case that a published rule gets wrong.
    let mut x = [5.0, 1.0, 0.0, 0.0];
    ordered::SumOfLargest { count: 2 }.prox(&mut x, 1.0, &mut []);
    assert_eq!(x, [4.0, 0.0, 0.0, 0.0]);
}
