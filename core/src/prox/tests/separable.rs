//! Convex functions of one number.

use crate::operator::Prox;
use crate::prox::separable as ours;
use crate::prox::testing::{Random, Subject};
use crate::prox::{Each, Labelled, Penalty, Weighted};
use crate::real::Real;
use std::vec;
use std::vec::Vec;

/// A subject whose objective is a sum over elements of a function of the element, its index and the parameters.
macro_rules! sums {
    ($($name:ident {
        $(const $constant:ident: $kind:ty = $value:expr;)*
        operator($n:pat_param, $p:pat_param) $operator:expr;
        cost($index:pat_param, $q:pat_param, $x:pat_param) $cost:expr;
        $(parameters($random:pat_param, $len:pat_param) $parameters:expr;)?
        $(domain($r:pat_param, $k:pat_param, $d:pat_param, $y:pat_param) $domain:expr;)?
        $(violation($vk:pat_param, $vd:pat_param, $vx:pat_param) $violation:expr;)?
    })*) => {$(
        pub(super) struct $name;
        impl Subject for $name {
            $(const $constant: $kind = $value;)*
            fn operator<T: Real>($n: usize, $p: &[T]) -> impl Prox<T> {
                $operator
            }
            fn objective($q: &[f64], x: &[f64]) -> f64 {
                x.iter().enumerate().map(|($index, &$x)| $cost).sum()
            }
            $(fn parameters($random: &mut Random, $len: usize) -> Vec<f64> {
                $parameters
            })?
            $(fn feasible($r: &mut Random, $d: &[f64], x: &mut [f64]) {
                for ($k, x) in x.iter_mut().enumerate() {
                    let $y = *x;
                    *x = $domain;
                }
            })?
            $(fn violation($vd: &[f64], x: &[f64]) -> f64 {
                x.iter().enumerate().map(|($vk, &$vx)| $violation).fold(0.0, f64::max)
            })?
        }
    )*};
}
pub(super) use sums;

/// A penalty of somebody else's.
struct Somebodys;

impl<T: Real> Penalty<T> for Somebodys {
    fn map(&self, step: T) -> impl Fn(T) -> T {
        move |v| v / (T::ONE + step)
    }

    fn cost(&self, x: T) -> T {
        x * x / T::TWO
    }
}

fn inside<T>(n: usize, p: &[T]) -> (&[T], &[T]) {
    p.split_at(n)
}

sums! {
    Zero {
        const ODD: bool = true;
        operator(_, _) ours::Zero;
        cost(_, _, _) 0.0;
    }
    Point {
        const SET: bool = true;
        operator(_, p) ours::Point { value: p[0] };
        cost(_, _, _) 0.0;
        parameters(r, _) r.vector(1, -2.0, 2.0);
        domain(_, _, p, _) p[0];
        violation(_, p, x) (x - p[0]).abs();
    }
    Linear {
        const FACTOR: f64 = 200.0;
        operator(_, p) ours::Linear { slope: p };
        cost(k, p, x) p[k] * x;
        parameters(r, n) r.vector(n, -1.0, 1.0);
    }
    L1 {
        const ODD: bool = true;
        const SYMMETRIC: bool = true;
        operator(_, _) ours::L1;
        cost(_, _, x) x.abs();
    }
    WeightedL1 {
        const ODD: bool = true;
        operator(_, p) Weighted { penalty: ours::L1, weights: p };
        cost(k, p, x) p[k] * x.abs();
        parameters(r, n) (0..n).map(|_| if r.below(5) == 0 { 0.0 } else { r.between(0.0, 2.0) }).collect();
    }
    PositivePart {
        operator(_, _) ours::PositivePart;
        cost(_, _, x) x.max(0.0);
    }
    SquaredL2 {
        const ODD: bool = true;
        operator(_, _) ours::SquaredL2;
        cost(_, _, x) x * x / 2.0;
    }
    Foreign {
        operator(_, _) Each(Somebodys);
        cost(_, _, x) x * x / 2.0;
    }
    ElasticNet {
        const ODD: bool = true;
        operator(_, p) ours::ElasticNet { absolute: p[0], square: p[1] };
        cost(_, p, x) p[0] * x.abs() + p[1] * x * x / 2.0;
        parameters(r, _) r.vector(2, 0.0, 2.0);
    }
    Interval {
        const SET: bool = true;
        operator(_, p) ours::Interval { low: p[0], high: p[1] };
        cost(_, _, _) 0.0;
        parameters(r, _) vec![r.between(-2.0, 0.5), r.between(0.5, 2.0)];
        domain(_, _, p, x) x.clamp(p[0], p[1]);
        violation(_, p, x) (p[0] - x).max(x - p[1]);
    }
    Bounds {
        const SET: bool = true;
        operator(n, p) {
            let (low, high) = inside(n, p);
            ours::Bounds { low, high }
        };
        cost(_, _, _) 0.0;
        parameters(r, n) {
            let mut p = r.vector(n, -2.0, 0.5);
            p.extend(r.vector(n, 0.5, 2.0));
            p
        };
        domain(_, k, p, x) x.clamp(p[k], p[p.len() / 2 + k]);
        violation(k, p, x) (p[k] - x).max(x - p[p.len() / 2 + k]);
    }
    Nonnegative {
        const SET: bool = true;
        operator(_, _) ours::Nonnegative;
        cost(_, _, _) 0.0;
        domain(_, _, _, x) x.max(0.0);
        violation(_, _, x) -x;
    }
    Nonpositive {
        const SET: bool = true;
        operator(_, _) ours::Nonpositive;
        cost(_, _, _) 0.0;
        domain(_, _, _, x) x.min(0.0);
        violation(_, _, x) x;
    }
    Binary {
        const SET: bool = true;
        const CONVEX: bool = false;
        operator(_, p) ours::Binary { first: p[0], second: p[1] };
        cost(_, _, _) 0.0;
        parameters(r, _) vec![r.between(-2.0, 0.5), r.between(0.5, 2.0)];
        domain(r, _, p, _) p[r.below(2)];
        violation(_, p, x) (x - p[0]).abs().min((x - p[1]).abs());
    }
    FiniteSet {
        const SET: bool = true;
        const CONVEX: bool = false;
        operator(_, p) ours::FiniteSet { members: p };
        cost(_, _, _) 0.0;
        parameters(r, _) r.vector(4, -3.0, 3.0);
        domain(r, _, p, _) p[r.below(4)];
        violation(_, p, x) p.iter().map(|p| (x - p).abs()).fold(f64::INFINITY, f64::min);
    }
    Huber {
        const ODD: bool = true;
        operator(_, p) ours::Huber { width: p[0] };
        cost(_, p, x) if x.abs() <= p[0] { if x == 0.0 { 0.0 } else { x * x / (2.0 * p[0]) } } else { x.abs() - p[0] / 2.0 };
        parameters(r, _) if r.below(5) == 0 { vec![0.0] } else { vec![r.between(0.01, 2.0)] };
    }
    Hinge {
        operator(_, _) ours::Hinge;
        cost(_, _, x) (1.0 - x).max(0.0);
    }
    LabelledHinge {
        operator(_, p) Labelled { penalty: ours::Hinge, labels: p };
        cost(k, p, x) (1.0 - p[k] * x).max(0.0);
        parameters(r, n) (0..n).map(|_| [1.0, -1.0, 0.5][r.below(3)]).collect();
    }
    SquaredHinge {
        operator(_, _) ours::SquaredHinge;
        cost(_, _, x) (1.0 - x).max(0.0).powi(2);
    }
    Logistic {
        const FACTOR: f64 = 32.0;
        operator(_, _) ours::Logistic;
        cost(_, _, x) x.max(0.0) + (-x.abs()).exp().ln_1p();
    }
    LabelledLogistic {
        const FACTOR: f64 = 32.0;
        operator(_, p) Labelled { penalty: ours::Logistic, labels: p };
        cost(k, p, x) (p[k] * x).max(0.0) + (-(p[k] * x).abs()).exp().ln_1p();
        parameters(r, n) (0..n).map(|_| [1.0, -1.0][r.below(2)]).collect();
    }
    CrossEntropy {
        const FACTOR: f64 = 32.0;
        operator(_, p) ours::CrossEntropy { frequencies: p };
        cost(k, p, x) {
            let part = |weight: f64, x: f64| if weight > 0.0 { -weight * x.ln() } else { 0.0 };
            part(p[k], x) + part(1.0 - p[k], 1.0 - x)
        };
        parameters(r, n) (0..n).map(|_| match r.below(6) { 0 => 0.0, 1 => 1.0, _ => r.between(0.0, 1.0) }).collect();
        domain(_, _, _, x) x.clamp(0.0, 1.0);
        violation(_, _, x) (-x).max(x - 1.0);
    }
    Exponential {
        const FACTOR: f64 = 32.0;
        operator(_, _) ours::Exponential;
        cost(_, _, x) x.exp();
    }
    Entropy {
        const FACTOR: f64 = 32.0;
        operator(_, _) ours::Entropy;
        cost(_, _, x) if x > 0.0 { x * x.ln() } else { 0.0 };
        domain(_, _, _, x) x.max(0.0);
        violation(_, _, x) -x;
    }
    KullbackLeibler {
        operator(_, p) ours::KullbackLeibler { counts: p };
        cost(k, p, x) if p[k] > 0.0 { x - p[k] * x.ln() } else { x };
        parameters(r, n) (0..n).map(|_| if r.below(4) == 0 { 0.0 } else { r.between(0.0, 5.0) }).collect();
        domain(_, _, _, x) x.max(0.0);
        violation(_, _, x) -x;
    }
    NegativeLog {
        operator(_, _) ours::NegativeLog;
        cost(_, _, x) if x > 0.0 { -x.ln() } else { f64::INFINITY };
        domain(_, _, _, x) x.max(1e-9);
    }
    Reciprocal {
        const FACTOR: f64 = 16.0;
        operator(_, _) ours::Reciprocal;
        cost(_, _, x) if x > 0.0 { 1.0 / x } else { f64::INFINITY };
        domain(_, _, _, x) x.max(1e-9);
    }
    FourThirds {
        const ODD: bool = true;
        operator(_, _) ours::Power { exponent: ours::Exponent::FourThirds };
        cost(_, _, x) x.abs().powf(4.0 / 3.0);
    }
    ThreeHalves {
        const ODD: bool = true;
        operator(_, _) ours::Power { exponent: ours::Exponent::ThreeHalves };
        cost(_, _, x) x.abs().powf(1.5);
    }
    Cube {
        const ODD: bool = true;
        operator(_, _) ours::Power { exponent: ours::Exponent::Three };
        cost(_, _, x) x.abs().powi(3);
    }
    FourthPower {
        const ODD: bool = true;
        operator(_, _) ours::Power { exponent: ours::Exponent::Four };
        cost(_, _, x) x.powi(4);
    }
}
