//! Proximal operators: what an element costs, and the same results everywhere.

#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "sizes of cases are small")]

use crate::{Hash, Meter, Pattern, Row};
use core::hint::black_box;
use tinysolve::operator::Prox;
use tinysolve::prox::cones::{RotatedCone, SecondOrderCone};
use tinysolve::prox::groups::{GroupLasso, Groups, SparseGroupLasso, Wgsef};
use tinysolve::prox::norms::{L1MinusL2, L2, LInfinity};
use tinysolve::prox::ordered::{Isotonic, SortedL1, SumOfLargest, SumOfLargestMagnitudes};
use tinysolve::prox::separable::{Bounds, Entropy, L1, Logistic, Nonnegative};
use tinysolve::prox::sets::{ExtendedSimplex, Halfspace, Hyperslab, L1Ball, Simplex, Sphere, WeightedL1Ball};
use tinysolve::prox::spectral::Eigenvalues;
use tinysolve::prox::variation::{LinearTimeTotalVariation, TotalVariation};

fn hash_of(x: &[f32]) -> u64 {
    Hash::default().f32s(x).finish()
}

fn noise<const N: usize>(seed: u32) -> [f32; N] {
    let mut x = [0.0; N];
    Pattern::new(seed).fill(-2.0, 2.0, &mut x);
    x
}

/// Counts one call on noise, and hashes what it makes.
fn one<const N: usize>(meter: &mut dyn Meter, name: &str, row: &Row, step: f32, prox: &mut dyn FnMut(&mut [f32], f32)) {
    let mut x = noise::<N>(7);
    meter.count(row, &mut || prox(black_box(&mut x), black_box(step)));
    meter.result(name, hash_of(&x));
}

const N: usize = 256;

fn per_element(kernel: &'static str, case: &'static str) -> Row {
    Row::new("prox", kernel, case).per(N as u32, "instructions/element")
}

/// A dense operator through its trait, as a method calls it.
fn call(operator: &impl Prox<f32>, x: &mut [f32], step: f32, scratch: &mut [f32]) {
    operator.prox(x, step, scratch);
}

/// Penalties of single elements.
pub(crate) fn separable(meter: &mut dyn Meter) {
    let row = per_element("soft threshold", "n = 256").goal("m4f", "9");
    one::<N>(meter, "prox/l1", &row, 0.7, &mut |x, step| call(&L1, x, step, &mut []));
    let row = per_element("nonnegativity", "n = 256").goal("m4f", "3");
    one::<N>(meter, "prox/nonnegative", &row, 1.0, &mut |x, step| call(&Nonnegative, x, step, &mut []));
    let (mut low, mut high) = ([0.0; N], [0.0; N]);
    let mut pattern = Pattern::new(3);
    pattern.fill(-1.5, -0.5, &mut low);
    pattern.fill(0.5, 1.5, &mut high);
    let row = per_element("general box", "n = 256").goal("m4f", "10");
    let bounds = Bounds { low: &low, high: &high };
    one::<N>(meter, "prox/bounds", &row, 1.0, &mut |x, step| call(&bounds, x, step, &mut []));
    let row = per_element("logistic loss", "n = 256");
    one::<N>(meter, "prox/logistic", &row, 2.0, &mut |x, step| call(&Logistic, x, step, &mut []));
    let row = per_element("entropy", "n = 256");
    one::<N>(meter, "prox/entropy", &row, 0.5, &mut |x, step| call(&Entropy, x, step, &mut []));
}

/// Simplex, L1 ball and second-order cone.
pub(crate) fn sets(meter: &mut dyn Meter) {
    let row = Row::new("prox", "simplex", "n = 64").goal("m4f", "3500");
    one::<64>(meter, "prox/simplex", &row, 1.0, &mut |x, step| call(&Simplex { total: 1.0 }, x, step, &mut []));
    let row = Row::new("prox", "L1 ball", "n = 64");
    one::<64>(meter, "prox/l1_ball", &row, 1.0, &mut |x, step| call(&L1Ball { radius: 2.0 }, x, step, &mut []));
    let row = Row::new("prox", "second-order cone", "n = 16").goal("m4f", "200");
    one::<16>(meter, "prox/second_order_cone", &row, 1.0, &mut |x, step| {
        call(&SecondOrderCone { slope: 1.0 }, x, step, &mut []);
    });
}

/// Norms and products over more than one piece of the sum, and where squares leave the range: the same bits as on the host.
pub(crate) fn sums(meter: &mut dyn Meter) {
    const LONG: usize = 1031;
    static NORMAL: [f32; LONG] = {
        let mut normal = [0.0; LONG];
        let mut k = 0;
        while k < LONG {
            normal[k] = 0.125 * ((k * 7 % 11) as f32 - 3.0);
            k += 1;
        }
        normal
    };
    let mut x = noise::<LONG>(11);
    call(&L2, &mut x, 1.0, &mut []);
    meter.result("prox/l2_long", hash_of(&x));
    call(&Halfspace { normal: &NORMAL, offset: -9.0 }, &mut x, 1.0, &mut []);
    meter.result("prox/halfspace", hash_of(&x));
    for (name, size) in [("prox/l2_tiny", 1e-25), ("prox/l2_huge", 1e30)] {
        let mut x = noise::<19>(5).map(|x| x * size);
        call(&L2, &mut x, size, &mut []);
        meter.result(name, hash_of(&x));
    }
}

/// An operator on short vectors with every odd number, also where a kernel of a core of its own is: the same bits as on the host.
fn odd(meter: &mut dyn Meter, name: &str, prox: &mut dyn FnMut(&mut [f32])) {
    const ODD: [f32; 9] = [0.0, -0.0, 1e-45, 3e-39, 1e-25, 1e25, -3e38, f32::INFINITY, f32::NAN];
    let mut hash = Hash::default();
    for n in 1..=9 {
        for (k, odd) in ODD.iter().enumerate() {
            for at in [n, 0, n / 2] {
                let mut x = noise::<9>(n as u32 + 16 * k as u32);
                let Some(x) = x.get_mut(..n) else { return };
                if at == n {
                    // All of that size; one that is alone is odd by itself.
                    x.iter_mut().for_each(|x| *x *= *odd);
                } else if let Some(x) = x.get_mut(at) {
                    *x = *odd;
                }
                prox(x);
                hash.f32s(x);
            }
        }
    }
    meter.result(name, hash.finish());
}

/// What short vectors and odd numbers come to.
pub(crate) fn edges(meter: &mut dyn Meter) {
    odd(meter, "prox/odd/l_infinity", &mut |x| call(&LInfinity, x, 0.7, &mut []));
    odd(meter, "prox/odd/l1_ball", &mut |x| call(&L1Ball { radius: 1.5 }, x, 1.0, &mut []));
    odd(meter, "prox/odd/extended_simplex", &mut |x| call(&ExtendedSimplex { total: 0.5 }, x, 1.0, &mut []));
    odd(meter, "prox/odd/sphere", &mut |x| call(&Sphere { radius: 0.3 }, x, 1.0, &mut []));
    odd(meter, "prox/odd/rotated_cone", &mut |x| {
        if x.len() > 1 {
            call(&RotatedCone, x, 1.0, &mut []);
        }
    });
    odd(meter, "prox/odd/sum_of_largest", &mut |x| call(&SumOfLargest { count: 2 }, x, 0.4, &mut []));
    odd(meter, "prox/odd/sum_of_largest_magnitudes", &mut |x| {
        call(&SumOfLargestMagnitudes { count: 2 }, x, 0.4, &mut []);
    });
    let groups = Groups::Equal(3);
    let sparse = SparseGroupLasso { groups, weights: &[], absolute: 0.1 };
    odd(meter, "prox/odd/group_lasso", &mut |x| call(&GroupLasso { groups, weights: &[] }, x, 0.5, &mut []));
    odd(meter, "prox/odd/sparse_group_lasso", &mut |x| call(&sparse, x, 0.5, &mut []));
    odd(meter, "prox/odd/l1_minus_l2", &mut |x| call(&L1MinusL2 { share: 0.5 }, x, 0.5, &mut []));
    let weights = [0.5, 0.0, 1.0, 2.0, 1e-3, 0.25, 0.0, 3.0, 0.7];
    odd(meter, "prox/odd/weighted_l1_ball", &mut |x| {
        let weights = weights.get(..x.len()).unwrap_or(&[]);
        call(&WeightedL1Ball { weights, radius: 0.3 }, x, 1.0, &mut []);
    });
    odd(meter, "prox/odd/hyperslab", &mut |x| {
        let normal = weights.get(..x.len()).unwrap_or(&[]);
        call(&Hyperslab { normal, low: -0.1, high: 0.2 }, x, 1.0, &mut []);
    });
    let mut scratch = [0.0; 45];
    odd(meter, "prox/odd/total_variation", &mut |x| call(&LinearTimeTotalVariation, x, 0.2, &mut scratch));
}

/// Order and groups.
pub(crate) fn ordered(meter: &mut dyn Meter) {
    let mut scratch = [0.0; 3 * N];
    let row = per_element("isotonic regression", "n = 256");
    one::<N>(meter, "prox/isotonic", &row, 1.0, &mut |x, step| call(&Isotonic, x, step, &mut scratch));
    let mut weights = [0.0; N];
    for (k, weight) in weights.iter_mut().enumerate() {
        *weight = 1.0 - k as f32 / N as f32;
    }
    let row = per_element("sorted L1", "n = 256");
    let sorted = SortedL1 { weights: &weights };
    one::<N>(meter, "prox/sorted_l1", &row, 0.7, &mut |x, step| call(&sorted, x, step, &mut scratch));
    let wgsef = Wgsef { groups: Groups::Equal(4), weights: &[], count: 16 };
    let row = per_element("WGSEF", "64 groups of 4, k = 16");
    one::<N>(meter, "prox/wgsef", &row, 0.7, &mut |x, step| call(&wgsef, x, step, &mut scratch));
}

/// Total variation.
pub(crate) fn variation(meter: &mut dyn Meter) {
    let row = per_element("total variation", "n = 256, noise").goal("m4f", "40");
    one::<N>(meter, "prox/total_variation", &row, 1.0, &mut |x, step| call(&TotalVariation, x, step, &mut []));
    let mut scratch = [0.0; 5 * N];
    let row = per_element("total variation, linear time", "n = 256, noise");
    one::<N>(meter, "prox/total_variation_linear", &row, 1.0, &mut |x, step| {
        call(&LinearTimeTotalVariation, x, step, &mut scratch);
    });
    // Multiples of the smallest number, whose mean rounds to a zero: the sign of every zero counts.
    let smallest = f32::from_bits(1);
    let (mut pattern, mut hash) = (Pattern::new(31), Hash::default());
    for _ in 0..2000 {
        let mut x = [-0.0_f32; 8];
        for x in x.iter_mut().skip(1) {
            *x = pattern.between(-3.5, 3.5) * smallest;
        }
        call(&LinearTimeTotalVariation, &mut x, smallest, &mut scratch);
        hash.f32s(&x);
    }
    meter.result("prox/total_variation_linear/zeros", hash.finish());
}

/// Eigenvalues.
pub(crate) fn spectral(meter: &mut dyn Meter) {
    let semidefinite = Eigenvalues { dimension: 4, function: Nonnegative };
    let mut scratch = [0.0; 36];
    let row = Row::new("prox", "positive semidefinite", "4 x 4");
    one::<16>(meter, "prox/semidefinite", &row, 1.0, &mut |x, step| call(&semidefinite, x, step, &mut scratch));
}
