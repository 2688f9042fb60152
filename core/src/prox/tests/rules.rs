//! Distances and the rules of calculus, over functions whose result is known.

use super::norms::{absolute, norm};
use crate::matrix::MatRef;
use crate::operator::Prox;
use crate::prox::testing::{Random, Subject, whole};
use crate::prox::{distance, norms, rules as ours, separable, sets};
use crate::real::Real;
use std::boxed::Box;
use std::vec;
use std::vec::Vec;

/// A rotation by a known angle in every pair of elements, times 2.
fn rotation<T: Real>(n: usize) -> Vec<T> {
    let (cosine, sine) = (T::from_f64(1.2), T::from_f64(1.6));
    let mut q = vec![T::ZERO; n * n];
    for k in (0..n).step_by(2) {
        if k + 1 < n {
            (q[k * n + k], q[k * n + k + 1]) = (cosine, sine);
            (q[(k + 1) * n + k], q[(k + 1) * n + k + 1]) = (-sine, cosine);
        } else {
            q[k * n + k] = T::TWO;
        }
    }
    q
}

fn rotated(x: &[f64]) -> Vec<f64> {
    let (n, q) = (x.len(), rotation::<f64>(x.len()));
    (0..n).map(|row| (0..n).map(|column| q[row * n + column] * x[column]).sum()).collect()
}

fn turned<T: Real>(n: usize) -> ours::Orthogonal<'static, T, separable::L1> {
    let matrix = MatRef::row_major(rotation(n).leak(), n, n).unwrap();
    ours::Orthogonal { function: separable::L1, matrix, factor: T::from_f64(4.0) }
}

/// All rows of the same map but the last one.
fn turned_onto_fewer<T: Real>(n: usize) -> ours::Orthogonal<'static, T, separable::L1> {
    let matrix = MatRef::row_major(rotation(n)[..(n - 1) * n].to_vec().leak(), n - 1, n).unwrap();
    ours::Orthogonal { function: separable::L1, matrix, factor: T::from_f64(4.0) }
}

fn parts<T: Real>(n: usize) -> ours::SeparableSum<'static, T> {
    let (l1, l2): (&dyn Prox<T>, &dyn Prox<T>) = (&separable::L1, &norms::L2);
    ours::SeparableSum { parts: Box::leak(Box::new([(n / 2, l1), (n - n / 2, l2)])) }
}

fn huber(x: f64, width: f64) -> f64 {
    if x.abs() <= width { x * x / (2.0 * width) } else { x.abs() - width / 2.0 }
}

whole! {
    Translate {
        const HAS_VALUE: bool = false;
        operator(_, p) ours::Translate { function: separable::L1, by: p };
        objective(p, x) x.iter().zip(p).map(|(x, b)| (x - b).abs()).sum();
        parameters(r, n) r.vector(n, -2.0, 2.0);
    }
    Scale {
        operator(_, p) ours::Scale { function: separable::L1, factor: p[0] };
        objective(p, x) p[0] * absolute(x);
        parameters(r, _) vec![r.between(0.1, 3.0)];
    }
    Dilate {
        const HAS_VALUE: bool = false;
        operator(_, p) ours::Dilate { function: separable::Hinge, factor: p[0] };
        objective(p, x) x.iter().map(|x| (1.0 - p[0] * x).max(0.0)).sum();
        parameters(r, _) vec![if r.below(2) == 0 { r.between(0.2, 3.0) } else { r.between(-3.0, -0.2) }];
    }
    Tilt {
        const FACTOR: f64 = 64.0;
        operator(_, p) ours::Tilt { function: separable::L1, slope: p };
        objective(p, x) absolute(x) + x.iter().zip(p).map(|(x, c)| x * c).sum::<f64>();
        parameters(r, n) r.vector(n, -2.0, 2.0);
    }
    Regularise {
        operator(n, p) ours::Regularise { function: separable::L1, weight: p[n], centre: &p[..n] };
        objective(p, x) {
            let apart: Vec<f64> = x.iter().zip(p).map(|(x, c)| x - c).collect();
            absolute(x) + p[x.len()] / 2.0 * norm(&apart).powi(2)
        };
        parameters(r, n) {
            let mut p = r.vector(n, -2.0, 2.0);
            p.push(r.between(0.0, 2.0));
            p
        };
    }
    Orthogonal {
        const HAS_VALUE: bool = false;
        const FACTOR: f64 = 32.0;
        operator(n, _) turned::<T>(n);
        objective(_, x) absolute(&rotated(x));
    }
    OrthogonalRows {
        const HAS_VALUE: bool = false;
        const FACTOR: f64 = 32.0;
        const SIZES: &'static [usize] = &[2, 3, 5, 8];
        operator(n, _) turned_onto_fewer::<T>(n);
        objective(_, x) absolute(&rotated(x)[..x.len() - 1]);
    }
    Conjugate {
        const HAS_VALUE: bool = false;
        operator(_, _) ours::Conjugate { function: separable::SquaredL2 };
        objective(_, x) norm(x).powi(2) / 2.0;
    }
    Envelope {
        const HAS_VALUE: bool = false;
        operator(_, p) ours::Envelope { function: separable::L1, width: p[0] };
        objective(p, x) x.iter().map(|x| huber(*x, p[0])).sum();
        parameters(r, _) vec![r.between(0.1, 2.0)];
    }
    SeparableSum {
        const FACTOR: f64 = 16.0;
        operator(n, _) parts::<T>(n);
        objective(_, x) absolute(&x[..x.len() / 2]) + norm(&x[x.len() / 2..]);
    }
    Repeated {
        const FACTOR: f64 = 16.0;
        const SIZES: &'static [usize] = &[2, 4, 8];
        operator(_, _) ours::Repeated { function: norms::L2, len: 2 };
        objective(_, x) x.chunks(2).map(norm).sum();
    }
    Distance {
        const HAS_VALUE: bool = false;
        const FACTOR: f64 = 32.0;
        operator(_, _) distance::Distance { set: sets::L2Ball { radius: T::ONE } };
        objective(_, x) (norm(x) - 1.0).max(0.0);
    }
    SquaredDistance {
        const HAS_VALUE: bool = false;
        const FACTOR: f64 = 16.0;
        operator(_, _) distance::SquaredDistance { set: separable::Nonnegative };
        objective(_, x) x.iter().map(|x| x.min(0.0).powi(2) / 2.0).sum();
    }
}

/// What has no value without scratch has one with it.
#[test]
fn values_with_scratch() {
    let mut random = Random::new(14);
    for _ in 0..300 {
        let n = 1 + random.below(6);
        let x = random.point(n);
        let mut scratch = vec![0.0; 2 * n];
        let b = random.vector(n, -1.0, 1.0);
        let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-13 * (1.0 + b.abs()), "{a} {b}");
        let translate = ours::Translate { function: separable::L1, by: &b };
        close(translate.value_with(&x, &mut scratch), Translate::objective(&b, &x));
        let dilate = ours::Dilate { function: separable::Hinge, factor: 1.5 };
        close(dilate.value_with(&x, &mut scratch), Dilate::objective(&[1.5], &x));
        close(turned::<f64>(n).value_with(&x, &mut scratch), Orthogonal::objective(&[], &x));
        let distance = distance::Distance { set: sets::L2Ball { radius: 1.0 } };
        close(distance.value_with(&x, &mut scratch), Distance::objective(&[], &x));
        let squared = distance::SquaredDistance { set: separable::Nonnegative };
        close(squared.value_with(&x, &mut scratch), SquaredDistance::objective(&[], &x));
        let envelope = ours::Envelope { function: separable::L1, width: 0.7 };
        close(envelope.value_with(&x, &mut scratch), Envelope::objective(&[0.7], &x));
        let mut gradient = vec![0.0; n];
        envelope.gradient(&x, &mut gradient, &mut scratch);
        for (g, x) in gradient.iter().zip(&x) {
            close(*g, (x / 0.7).clamp(-1.0, 1.0));
        }
        assert!(translate.value_with(&x, &mut []).is_nan() && envelope.value_with(&x, &mut []).is_nan());
    }
}
