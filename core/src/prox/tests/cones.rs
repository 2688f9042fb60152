//! Cones.

use super::norms::norm;
use super::sets::{ROOT, dot};
use crate::operator::Prox;
use crate::prox::cones;
use crate::prox::testing::{Random, Subject, whole};
use crate::real::Real;
use std::vec;
use std::vec::Vec;

/// A point of the cone of triples: the boundary and above.
fn into_exponential(random: &mut Random, x: &mut [f64]) {
    for triple in x.as_chunks_mut::<3>().0 {
        if random.below(6) == 0 {
            *triple = [-triple[0].abs(), 0.0, triple[2].abs()];
        } else {
            triple[1] = triple[1].abs() + 1e-3;
            let least = triple[1] * (triple[0] / triple[1]).exp();
            if !(triple[2] >= least) {
                triple[0] = triple[0].min(triple[1]);
                triple[2] = triple[1] * (triple[0] / triple[1]).exp();
            }
        }
    }
}

/// How far a point has to move along (-1, 1, 1), which leads into the cone from everywhere: no further than the distance times
/// a few, however steep the surface is.
fn outside_exponential(x: &[f64]) -> f64 {
    let inside =
        |r: f64, s: f64, t: f64| if s > 0.0 { s * (r / s).exp() <= t } else { s == 0.0 && r <= 0.0 && t >= 0.0 };
    let mut worst = 0.0_f64;
    for &[r, s, t] in x.as_chunks::<3>().0 {
        let (mut low, mut high) = (0.0, 4.0 * (1.0 + r.abs() + s.abs() + t.abs()));
        if inside(r, s, t) {
            continue;
        }
        for _ in 0..100 {
            let middle = (low + high) / 2.0;
            if inside(r - middle, s + middle, t + middle) { high = middle } else { low = middle }
        }
        worst = worst.max(high);
    }
    worst
}

whole! {
    SecondOrderCone {
        const SET: bool = true;
        const FACTOR: f64 = ROOT;
        operator(_, p) cones::SecondOrderCone { slope: p[0] };
        parameters(r, _) if r.below(2) == 0 { vec![1.0] } else { vec![r.between(0.2, 4.0)] };
        domain(_, p, x) { let size = norm(&x[1..]); x[0] = x[0].max(size / p[0]); };
        violation(p, x) norm(&x[1..]) - p[0] * x[0];
    }
    RotatedCone {
        const SET: bool = true;
        const FACTOR: f64 = ROOT;
        const SIZES: &'static [usize] = &[2, 3, 5, 8];
        operator(_, _) cones::RotatedCone;
        domain(_, _, x) {
            x[0] = x[0].abs() + 1e-3;
            let least = norm(&x[2..]).powi(2) / (2.0 * x[0]);
            x[1] = x[1].max(least);
        };
        violation(_, x) {
            let size = norm(&[(x[0] - x[1]) / 2.0_f64.sqrt(), norm(&x[2..])]);
            (size - (x[0] + x[1]) / 2.0_f64.sqrt()).max(-x[0]).max(-x[1])
        };
    }
    ExponentialCone {
        const SET: bool = true;
        const FACTOR: f64 = 900.0;
        const FACTOR64: f64 = 5e4;
        const SIZES: &'static [usize] = &[3, 6];
        operator(_, _) cones::ExponentialCone;
        domain(r, _, x) into_exponential(r, x);
        violation(_, x) outside_exponential(x);
    }
    DualExponentialCone {
        const SET: bool = true;
        const FACTOR: f64 = 900.0;
        const FACTOR64: f64 = 5e4;
        const SIZES: &'static [usize] = &[3, 6];
        operator(_, _) cones::DualExponentialCone;
        domain(_, _, x) {
            for triple in x.as_chunks_mut::<3>().0 {
                // Near u = 0 the surface is as steep as it likes.
                triple[0] = -triple[0].abs() - 0.2;
                triple[1] = triple[1].clamp(-3.0, 3.0);
                triple[2] = triple[2].max(-triple[0] * (triple[1] / triple[0] - 1.0).exp());
            }
        };
        violation(_, x) x.as_chunks::<3>().0.iter().fold(0.0, |worst: f64, &[u, v, w]| worst.max(if u < 0.0 {
            let slope = (v / u - 1.0).exp();
            (-u * slope - w) / (1.0 + slope * (1.0 + (v / u).abs()))
        } else {
            u.max(-v).max(-w)
        }));
    }
}

/// The projection on the exponential cone by what characterises it: in the cone, the rest in the polar, at right angles.
#[test]
fn exponential_cone_splits_into_orthogonal_parts() {
    let mut random = Random::new(8);
    let mut worst = [0.0_f64; 2];
    for _ in 0..4000 {
        let size = random.power(-1.0, 1.0);
        let v: Vec<f64> = random.vector(3, -size, size);
        let scale = 1.0 + norm(&v);
        for (k, single) in [true, false].into_iter().enumerate() {
            let p: Vec<f64> = if single {
                let mut x: Vec<f32> = v.iter().map(|v| *v as f32).collect();
                cones::ExponentialCone.prox(&mut x, 1.0, &mut []);
                x.iter().map(|x| f64::from(*x)).collect()
            } else {
                let mut x = v.clone();
                cones::ExponentialCone.prox(&mut x, 1.0, &mut []);
                x
            };
            let rest: Vec<f64> = v.iter().zip(&p).map(|(v, p)| v - p).collect();
            worst[k] = worst[k].max(dot(&p, &rest).abs() / (scale * scale));
            // -rest is in the dual cone.
            let [u, w, t] = [-rest[0], -rest[1], -rest[2]];
            let dual = if u < 0.0 { -u * (w / u - 1.0).exp() - t } else { u.max(-w).max(-t) };
            let slope = if u < 0.0 { 1.0 + (w / u - 1.0).exp() * (1.0 + (w / u).abs()) } else { 1.0 };
            worst[k] = worst[k].max(dual / slope / scale).max(outside_exponential(&p) / scale);
        }
    }
    assert!(worst[0] <= 1e-4 && worst[1] <= 1e-9, "{worst:?}");
}
