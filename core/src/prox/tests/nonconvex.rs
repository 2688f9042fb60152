//! Functions of one number that are not convex: global minimality, and the choice at a tie.

use super::separable::sums;
use crate::operator::Prox;
use crate::prox::nonconvex as ours;
use crate::prox::testing::{Random, Subject};
use crate::real::Real;
use std::vec;
use std::vec::Vec;

sums! {
    L0 {
        const CONVEX: bool = false;
        const ODD: bool = true;
        operator(_, _) ours::L0;
        cost(_, _, x) if x == 0.0 { 0.0 } else { 1.0 };
    }
    SquareRoot {
        const CONVEX: bool = false;
        const ODD: bool = true;
        operator(_, _) ours::SquareRoot;
        cost(_, _, x) x.abs().sqrt();
    }
    TwoThirds {
        const CONVEX: bool = false;
        const ODD: bool = true;
        operator(_, _) ours::TwoThirds;
        cost(_, _, x) x.abs().powf(2.0 / 3.0);
    }
    LogSum {
        const CONVEX: bool = false;
        const ODD: bool = true;
        operator(_, p) ours::LogSum { offset: p[0] };
        cost(_, p, x) (x.abs() / p[0]).ln_1p();
        parameters(r, _) vec![r.between(0.05, 2.0)];
    }
    Mcp {
        const CONVEX: bool = false;
        const ODD: bool = true;
        operator(_, p) ours::Mcp { slope: p[0], concavity: p[1] };
        cost(_, p, x) if x.abs() <= p[0] * p[1] { p[0] * x.abs() - x * x / (2.0 * p[1]) } else { p[1] * p[0] * p[0] / 2.0 };
        parameters(r, _) r.vector(2, 0.1, 3.0);
    }
    Scad {
        const CONVEX: bool = false;
        const ODD: bool = true;
        operator(_, p) ours::Scad { slope: p[0], reach: p[1] };
        cost(_, p, x) {
            let (l, a, x) = (p[0], p[1], x.abs());
            if x <= l {
                l * x
            } else if x <= a * l {
                (2.0 * a * l * x - x * x - l * l) / (2.0 * (a - 1.0))
            } else {
                l * l * (a + 1.0) / 2.0
            }
        };
        parameters(r, _) vec![r.between(0.1, 2.0), r.between(2.05, 5.0)];
    }
    CappedL1 {
        const CONVEX: bool = false;
        const ODD: bool = true;
        operator(_, p) ours::CappedL1 { slope: p[0] };
        cost(_, p, x) (p[0] * x.abs()).min(1.0);
        parameters(r, _) vec![r.between(0.1, 3.0)];
    }
    Geman {
        const CONVEX: bool = false;
        const ODD: bool = true;
        operator(_, p) ours::Geman { offset: p[0] };
        cost(_, p, x) x.abs() / (x.abs() + p[0]);
        parameters(r, _) vec![r.between(0.05, 2.0)];
    }
    ExponentialType {
        const CONVEX: bool = false;
        const ODD: bool = true;
        operator(_, p) ours::ExponentialType { rate: p[0] };
        cost(_, p, x) (1.0 - (-p[0] * x.abs()).exp()) / (1.0 - (-p[0]).exp());
        parameters(r, _) vec![r.between(0.1, 4.0)];
    }
    Cauchy {
        const CONVEX: bool = false;
        const ODD: bool = true;
        operator(_, p) ours::Cauchy { width: p[0] };
        cost(_, p, x) (x * x / (p[0] * p[0])).ln_1p();
        parameters(r, _) vec![r.between(0.05, 2.0)];
    }
}

/// A dense grid around what the operator says: no other local minimum is lower.
#[test]
fn the_minimum_is_global() {
    fn tried<S: Subject>() {
        let mut random = Random::new(5);
        for _ in 0..300 {
            let p = S::parameters(&mut random, 1);
            let (v, step) = (random.between(0.0, 4.0), random.power(-2.0, 1.3));
            let operator = S::operator::<f64>(1, &p);
            let mut x = [v];
            operator.prox(&mut x, step, &mut []);
            let objective = |x: f64| step * S::objective(&p, &[x]) + (x - v) * (x - v) / 2.0;
            let best = (0..=400).map(|k| objective(v * f64::from(k) / 400.0)).fold(f64::INFINITY, f64::min);
            assert!(objective(x[0]) <= best + 1e-12 * (1.0 + best), "{} v {v} step {step} {p:?}", x[0]);
        }
    }
    tried::<L0>();
    tried::<SquareRoot>();
    tried::<TwoThirds>();
    tried::<LogSum>();
    tried::<Mcp>();
    tried::<Scad>();
    tried::<CappedL1>();
    tried::<Geman>();
    tried::<ExponentialType>();
    tried::<Cauchy>();
}

fn at<T: Real>(operator: &impl Prox<T>, v: T, step: T) -> T {
    let mut x = [v];
    operator.prox(&mut x, step, &mut []);
    x[0]
}

/// Where 0 and another point are equally good, and where the numbers are exact, 0 is taken.
#[test]
fn ties_go_to_zero_or_the_smaller_magnitude() {
    assert_eq!(at(&ours::L0, 2.0_f32, 2.0), 0.0);
    assert_eq!(at(&ours::L0, 2.0_f32.next_up(), 2.0), 2.0_f32.next_up());
    assert_eq!(at(&ours::Mcp { slope: 1.0, concavity: 1.0 }, 2.0_f32, 4.0), 0.0);
    assert_eq!(at(&ours::Mcp { slope: 1.0, concavity: 1.0 }, 2.0_f32.next_up(), 4.0), 2.0_f32.next_up());
    assert_eq!(at(&ours::CappedL1 { slope: 1.0 }, 1.5_f32, 1.0), 0.5);
    assert_eq!(at(&ours::CappedL1 { slope: 1.0 }, -1.5_f32.next_up(), 1.0), -1.5_f32.next_up());
    assert_eq!(at(&ours::SquareRoot, 1.5_f32, 1.0), 0.0);
    assert!(at(&ours::SquareRoot, 1.5_f32.next_up(), 1.0) > 0.99);
    assert_eq!(at(&ours::Scad { slope: 1.0, reach: 3.0 }, 3.5_f32, 3.0), 0.5);
}

/// The published forms of the firm threshold and of the exact L0 penalty.
#[test]
fn firm_threshold_and_cel0_are_cases_of_mcp() {
    for k in -50..=50 {
        let v = f64::from(k) * 0.1;
        let firm = match v.abs() {
            size if size <= 1.0 => 0.0,
            size if size <= 3.0 => 3.0 * (size - 1.0) / 2.0 * v.signum(),
            _ => v,
        };
        assert!((at(&ours::Mcp::firm(1.0, 3.0), v, 1.0) - firm).abs() < 1e-14);
        let (lambda, norm) = (0.8_f64, 1.3);
        let edge = (2.0 * lambda).sqrt() / norm;
        let cel0 = lambda - if v.abs() <= edge { norm * norm / 2.0 * (v.abs() - edge).powi(2) } else { 0.0 };
        assert!((Prox::value(&ours::Mcp::cel0(lambda, norm), &[v]) - cel0).abs() < 1e-14);
    }
}
