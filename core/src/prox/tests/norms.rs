//! Norms and groups.

use crate::operator::Prox;
use crate::prox::groups::{self as grouped, Groups};
use crate::prox::norms as ours;
use crate::prox::testing::{Random, Subject, whole};
use crate::real::Real;
use std::vec;
use std::vec::Vec;

pub(super) fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

pub(super) fn absolute(x: &[f64]) -> f64 {
    x.iter().map(|x| x.abs()).sum()
}

fn largest(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |most: f64, x| most.max(x.abs()))
}

/// Sum of weight times norm of groups of `len`.
fn norms(x: &[f64], len: usize, weights: &[f64]) -> f64 {
    x.chunks(len).zip(weights).map(|(group, weight)| weight * norm(group)).sum()
}

/// 1/2 min over u of sum d r² / u with sum u <= k, by bisection on the multiplier: independent of breakpoints.
fn envelope(d: &[f64], r: &[f64], k: f64) -> f64 {
    let terms: Vec<(f64, f64)> = d.iter().zip(r).filter(|(_, r)| **r > 0.0).map(|(d, r)| (*d, *r)).collect();
    let share = |eta: f64, (d, r): (f64, f64)| (eta * d.sqrt() * r).min(1.0);
    if terms.len() as f64 <= k {
        return terms.iter().map(|(d, r)| d * r * r).sum::<f64>() / 2.0;
    }
    let (mut low, mut high) = (0.0_f64, terms.iter().map(|(d, r)| 1.0 / (d.sqrt() * r)).fold(0.0, f64::max));
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if terms.iter().map(|term| share(middle, *term)).sum::<f64>() > k { high = middle } else { low = middle }
    }
    terms.iter().map(|&(d, r)| d * r * r / share(high, (d, r))).sum::<f64>() / 2.0
}

const ROOT: f64 = 16.0;

whole! {
    L2 {
        const FACTOR: f64 = ROOT;
        const ODD: bool = true;
        const SYMMETRIC: bool = true;
        operator(_, _) ours::L2;
        objective(_, x) norm(x);
    }
    NonnegativeL2 {
        const FACTOR: f64 = ROOT;
        const SYMMETRIC: bool = true;
        operator(_, _) ours::NonnegativeL2;
        objective(_, x) norm(x);
        domain(_, _, x) x.iter_mut().for_each(|x| *x = x.max(0.0));
        violation(_, x) x.iter().fold(0.0, |most: f64, x| most.max(-x));
    }
    HuberNorm {
        const FACTOR: f64 = ROOT;
        const ODD: bool = true;
        operator(_, p) ours::HuberNorm { width: p[0] };
        objective(p, x) if norm(x) <= p[0] { norm(x).powi(2) / (2.0 * p[0]) } else { norm(x) - p[0] / 2.0 };
        parameters(r, _) vec![r.between(0.05, 2.0)];
    }
    LInfinity {
        const ODD: bool = true;
        const SYMMETRIC: bool = true;
        operator(_, _) ours::LInfinity;
        objective(_, x) largest(x);
    }
    Largest {
        const FACTOR: f64 = ROOT;
        const SYMMETRIC: bool = true;
        operator(_, _) ours::Largest;
        objective(_, x) x.iter().fold(f64::NEG_INFINITY, |most, x| most.max(*x));
    }
    SquaredL1 {
        const ODD: bool = true;
        const SYMMETRIC: bool = true;
        operator(_, _) ours::SquaredL1;
        objective(_, x) absolute(x).powi(2) / 2.0;
    }
    L1MinusL2 {
        const CONVEX: bool = false;
        const ODD: bool = true;
        const FACTOR: f64 = ROOT;
        operator(_, p) ours::L1MinusL2 { share: p[0] };
        objective(p, x) absolute(x) - p[0] * norm(x);
        parameters(r, _) vec![r.between(0.0, 1.0)];
    }
    GroupLasso {
        const FACTOR: f64 = ROOT;
        const ODD: bool = true;
        operator(_, p) grouped::GroupLasso { groups: Groups::Equal(3), weights: p };
        objective(p, x) norms(x, 3, p);
        parameters(r, n) r.vector(n.div_ceil(3), 0.0, 2.0);
    }
    SparseGroupLasso {
        const FACTOR: f64 = ROOT;
        const ODD: bool = true;
        operator(_, p) {
            let (absolute, weights) = p.split_last().unwrap();
            grouped::SparseGroupLasso { groups: Groups::Equal(2), weights, absolute: *absolute }
        };
        objective(p, x) norms(x, 2, p) + p[p.len() - 1] * absolute(x);
        parameters(r, n) r.vector(n.div_ceil(2) + 1, 0.0, 2.0);
    }
    SparseGroups {
        const CONVEX: bool = false;
        const SET: bool = true;
        const ODD: bool = true;
        operator(_, _) grouped::SparseGroups { groups: Groups::Equal(2), count: 2 };
        domain(r, _, x) {
            let groups = x.len().div_ceil(2);
            let kept = [r.below(groups), r.below(groups)];
            x.chunks_mut(2).enumerate().filter(|(k, _)| !kept.contains(k)).for_each(|(_, group)| group.fill(0.0));
        };
        violation(_, x) {
            let mut norms: Vec<f64> = x.chunks(2).map(norm).collect();
            norms.sort_by(|a, b| b.total_cmp(a));
            norms.iter().skip(2).sum()
        };
    }
    Wgsef {
        const FACTOR: f64 = ROOT;
        const ODD: bool = true;
        operator(_, p) {
            let (count, weights) = p.split_last().unwrap();
            grouped::Wgsef { groups: Groups::Equal(2), weights, count: count.to_f64() as usize }
        };
        objective(p, x) {
            let (count, weights) = p.split_last().unwrap();
            envelope(weights, &x.chunks(2).map(norm).collect::<Vec<_>>(), *count)
        };
        parameters(r, n) {
            let groups = n.div_ceil(2);
            let mut p = r.vector(groups, 0.2, 2.0);
            p.push((1 + r.below(groups)) as f64);
            p
        };
    }
}
