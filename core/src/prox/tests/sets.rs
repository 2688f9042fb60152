//! Sets.

use super::norms::{absolute, norm};
use crate::factor::Packed;
use crate::matrix::MatRef;
use crate::operator::Prox;
use crate::prox::testing::{Random, Subject, whole};
use crate::prox::{separable, sets as ours};
use crate::real::Real;
use std::boxed::Box;
use std::vec;
use std::vec::Vec;

pub(super) fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn scale(x: &mut [f64], factor: f64) {
    x.iter_mut().for_each(|x| *x *= factor);
}

/// A point of the simplex: magnitudes, normalised.
fn normalise(random: &mut Random, x: &mut [f64], total: f64) {
    x.iter_mut().for_each(|x| *x = x.abs());
    if random.below(2) == 0 {
        let keep = random.below(x.len());
        x.iter_mut().enumerate().filter(|(k, _)| k % 2 == 0 && *k != keep).for_each(|(_, x)| *x = 0.0);
    }
    let sum: f64 = x.iter().sum();
    if sum > 0.0 {
        scale(x, total / sum);
    } else {
        x[0] = total;
    }
}

/// Moves along the normal until a'x is in the bounds.
fn slide(x: &mut [f64], normal: &[f64], low: f64, high: f64) {
    let at = dot(x, normal);
    let off = (at - high).max(0.0) + (at - low).min(0.0);
    let squares = dot(normal, normal);
    x.iter_mut().zip(normal).for_each(|(x, a)| *x -= off / squares * a);
}

fn normal(random: &mut Random, n: usize) -> Vec<f64> {
    let mut a = random.vector(n, -1.0, 1.0);
    a[0] = 1.0;
    a.push(random.between(-2.0, 2.0));
    a
}

/// Rows of A, then b, then the factor of A A'.
fn affine<T: Real>(n: usize, p: &[T]) -> ours::Affine<'_, T> {
    let rows = n.min(2);
    let (a, rest) = p.split_at(rows * n);
    let (rhs, factor) = rest.split_at(rows);
    ours::Affine { matrix: MatRef::row_major(a, rows, n).unwrap(), rhs, factor }
}

/// The nonnegative part of the unit ball.
fn both<T: Real>() -> ours::Dykstra<'static, T> {
    let (ball, positive): (&dyn Prox<T>, &dyn Prox<T>) =
        (Box::leak(Box::new(ours::L2Ball { radius: T::ONE })), &separable::Nonnegative);
    ours::Dykstra { parts: Box::leak(Box::new([ball, positive])), rounds: 20_000, tolerance: T::EPSILON }
}

pub(super) const ROOT: f64 = 16.0;
const SUM: f64 = 16.0;

whole! {
    L2Ball {
        const SET: bool = true;
        const FACTOR: f64 = ROOT;
        operator(_, p) ours::L2Ball { radius: p[0] };
        parameters(r, _) vec![r.between(0.1, 3.0)];
        domain(r, p, x) { let out = norm(x).max(p[0]); scale(x, p[0] / out * [1.0, 0.3][r.below(2)]) };
        violation(p, x) norm(x) - p[0];
    }
    Sphere {
        const SET: bool = true;
        const CONVEX: bool = false;
        const FACTOR: f64 = ROOT;
        operator(_, p) ours::Sphere { radius: p[0] };
        parameters(r, _) vec![r.between(0.1, 3.0)];
        domain(_, p, x) { if norm(x) == 0.0 { x[0] = 1.0; } let size = norm(x); scale(x, p[0] / size) };
        violation(p, x) (norm(x) - p[0]).abs();
    }
    L1Ball {
        const SET: bool = true;
        const ODD: bool = true;
        const SYMMETRIC: bool = true;
        const FACTOR: f64 = SUM;
        operator(_, p) ours::L1Ball { radius: p[0] };
        parameters(r, _) vec![r.between(0.1, 3.0)];
        domain(r, p, x) { let out = absolute(x).max(p[0]); scale(x, p[0] / out * [1.0, 0.3][r.below(2)]) };
        violation(p, x) absolute(x) - p[0];
    }
    WeightedL1Ball {
        const SET: bool = true;
        const ODD: bool = true;
        const FACTOR: f64 = 64.0;
        operator(n, p) ours::WeightedL1Ball { weights: &p[..n], radius: p[n] };
        parameters(r, n) {
            let mut p: Vec<f64> = (0..n).map(|_| if r.below(5) == 0 { 0.0 } else { r.between(0.25, 2.0) }).collect();
            p.push(r.between(0.1, 3.0));
            p
        };
        domain(_, p, x) {
            let size: f64 = x.iter().zip(p).map(|(x, w)| w * x.abs()).sum();
            scale(x, p[p.len() - 1] / size.max(p[p.len() - 1]));
        };
        violation(p, x) x.iter().zip(p).map(|(x, w)| w * x.abs()).sum::<f64>() - p[p.len() - 1];
    }
    Simplex {
        const SET: bool = true;
        const SYMMETRIC: bool = true;
        operator(_, p) ours::Simplex { total: p[0] };
        parameters(r, _) vec![r.between(0.1, 3.0)];
        domain(r, p, x) normalise(r, x, p[0]);
        violation(p, x) (x.iter().sum::<f64>() - p[0]).abs().max(x.iter().fold(0.0, |most: f64, x| most.max(-x)));
    }
    ExtendedSimplex {
        const SET: bool = true;
        const SYMMETRIC: bool = true;
        operator(_, p) ours::ExtendedSimplex { total: p[0] };
        parameters(r, _) vec![r.between(0.1, 3.0)];
        domain(r, p, x) { let share = [1.0, 0.5, 0.0][r.below(3)]; normalise(r, x, p[0] * share) };
        violation(p, x) (x.iter().sum::<f64>() - p[0]).max(x.iter().fold(0.0, |most: f64, x| most.max(-x)));
    }
    CappedSimplex {
        const SET: bool = true;
        const FACTOR: f64 = SUM;
        operator(n, p) ours::CappedSimplex { weights: &[], total: p[0] * T::from_u32(n as u32), low: T::ZERO, high: T::ONE };
        parameters(r, _) vec![(r.between(0.1, 0.9) * 64.0).round() / 64.0];
        domain(_, p, x) {
            // As many ones as go, and what is left.
            let mut left = p[0] * x.len() as f64;
            for x in x { *x = left.min(1.0); left -= *x; }
        };
        violation(p, x) {
            let sum = (x.iter().sum::<f64>() - p[0] * x.len() as f64).abs();
            x.iter().fold(sum, |most: f64, x| most.max(-x).max(x - 1.0))
        };
    }
    WeightedCappedSimplex {
        const SET: bool = true;
        const FACTOR: f64 = 128.0;
        operator(n, p) ours::CappedSimplex { weights: &p[..n], total: p[n], low: -T::ONE, high: T::ONE };
        parameters(r, n) {
            let mut p = r.vector(n, 0.25, 2.0);
            let sum: f64 = p.iter().sum();
            p.push(r.between(-0.9, 0.9) * sum);
            p
        };
        domain(_, p, x) {
            let sum: f64 = p[..x.len()].iter().sum();
            x.fill(p[x.len()] / sum);
        };
        violation(p, x) {
            let sum = (dot(x, p) - p[x.len()]).abs();
            x.iter().fold(sum, |most: f64, x| most.max(-x - 1.0).max(x - 1.0))
        };
    }
    Halfspace {
        const SET: bool = true;
        const FACTOR: f64 = 64.0;
        operator(n, p) ours::Halfspace { normal: &p[..n], offset: p[n] };
        parameters(r, n) normal(r, n);
        domain(_, p, x) slide(x, &p[..x.len()], f64::NEG_INFINITY, p[x.len()]);
        violation(p, x) dot(x, p) - p[x.len()];
    }
    Hyperplane {
        const SET: bool = true;
        const FACTOR: f64 = 64.0;
        operator(n, p) ours::Hyperplane { normal: &p[..n], offset: p[n] };
        parameters(r, n) normal(r, n);
        domain(_, p, x) slide(x, &p[..x.len()], p[x.len()], p[x.len()]);
        violation(p, x) (dot(x, p) - p[x.len()]).abs();
    }
    Hyperslab {
        const SET: bool = true;
        const FACTOR: f64 = 64.0;
        operator(n, p) ours::Hyperslab { normal: &p[..n], low: p[n], high: p[n] + T::ONE };
        parameters(r, n) normal(r, n);
        domain(_, p, x) slide(x, &p[..x.len()], p[x.len()], p[x.len()] + 1.0);
        violation(p, x) (dot(x, p) - p[x.len()] - 1.0).max(p[x.len()] - dot(x, p));
    }
    Affine {
        const SET: bool = true;
        const FACTOR: f64 = 1000.0;
        operator(n, p) affine(n, p);
        parameters(r, n) {
            // Rows that are far from parallel, with small integers, so that the factor in f64 is also that of f32 nearly.
            let rows = n.min(2);
            let mut a: Vec<f64> = (0..rows * n).map(|_| r.below(5) as f64 - 2.0).collect();
            for row in 0..rows { for other in 0..rows { a[row * n + other] = if row == other { 4.0 } else { 0.0 }; } }
            let rhs = r.vector(rows, -2.0, 2.0);
            let mut factor = vec![0.0; Packed::elements(rows)];
            ours::Affine::factor(MatRef::row_major(&a, rows, n).unwrap(), &mut factor).unwrap();
            a.extend(rhs);
            a.extend(factor);
            a
        };
        domain(_, p, x) {
            let n = x.len();
            let rows = n.min(2);
            for row in 0..rows {
                let rest: f64 = (0..n).filter(|k| *k != row).map(|k| p[row * n + k] * if k < rows { 0.0 } else { x[k] }).sum();
                x[row] = (p[rows * n + row] - rest) / 4.0;
            }
        };
        violation(p, x) {
            let n = x.len();
            let rows = n.min(2);
            (0..rows).fold(0.0, |most: f64, row| most.max((dot(&p[row * n..][..n], x) - p[rows * n + row]).abs()))
        };
    }
    SparseVectors {
        const SET: bool = true;
        const CONVEX: bool = false;
        const ODD: bool = true;
        operator(_, _) ours::SparseVectors { count: 2 };
        domain(r, _, x) {
            let kept = [r.below(x.len()), r.below(x.len())];
            x.iter_mut().enumerate().filter(|(k, _)| !kept.contains(k)).for_each(|(_, x)| *x = 0.0);
        };
        violation(_, x) {
            let mut sizes: Vec<f64> = x.iter().map(|x| x.abs()).collect();
            sizes.sort_by(|a, b| b.total_cmp(a));
            sizes.iter().skip(2).sum()
        };
    }
    Dykstra {
        const SET: bool = true;
        const FACTOR: f64 = 1000.0;
        const CASES: usize = 200;
        operator(_, _) both::<T>();
        domain(_, _, x) {
            x.iter_mut().for_each(|x| *x = x.max(0.0));
            let out = norm(x).max(1.0);
            scale(x, 1.0 / out);
        };
        violation(_, x) (norm(x) - 1.0).max(x.iter().fold(0.0, |most: f64, x| most.max(-x)));
    }
}
