//! One harness for all operators: what must hold of a prox, whatever the function.
//!
//! An operator enters as a [`Subject`] in the list of [`subjects`](super::tests) and gets all checks; a test of its own fails
//! when an operator is not in the list. Oracles are the subject's own objective in f64 and points of its domain, never
//! the operator's `value` or projection.

mod checks;
mod edges;
mod random;
mod whole;

pub(super) use checks::run;
pub(super) use random::Random;
pub(super) use whole::whole;

use crate::operator::Prox;
use crate::real::Real;
use std::vec::Vec;

/// An operator with what is known of its function.
pub(super) trait Subject {
    /// Whether the function is convex: then the subgradient inequality and firm nonexpansiveness are tested.
    const CONVEX: bool = true;
    /// Whether it is the indicator of a set: then projecting twice is tested, and the value.
    const SET: bool = false;
    /// Whether prox(-v) = -prox(v).
    const ODD: bool = false;
    /// Whether permuting v permutes prox(v).
    const SYMMETRIC: bool = false;
    /// Whether `value` can be had without scratch.
    const HAS_VALUE: bool = true;
    /// Tolerance in units of epsilon (1 + |v|).
    const FACTOR: f64 = 8.0;
    /// Tolerance of f64, in the same units; larger where a loop stops by number.
    const FACTOR64: f64 = Self::FACTOR;
    /// Sizes that are drawn.
    const SIZES: &'static [usize] = &[1, 2, 3, 5, 8, 13];
    /// Powers of ten between which steps are drawn.
    const STEPS: (f64, f64) = (-3.0, 2.0);
    /// Whether steps beyond these cost no digits either.
    const ANY_STEP: bool = true;
    /// Random cases of a normal run.
    const CASES: usize = 1000;

    /// Parameters for n elements; they are rounded to f32.
    fn parameters(_random: &mut Random, _n: usize) -> Vec<f64> {
        Vec::new()
    }

    /// The operator.
    fn operator<T: Real>(n: usize, parameters: &[T]) -> impl Prox<T>;

    /// f(x), written down independently; of a set, not asked.
    fn objective(_parameters: &[f64], _x: &[f64]) -> f64 {
        0.0
    }

    /// Moves any point into the domain, if there is one.
    fn feasible(_random: &mut Random, _parameters: &[f64], _x: &mut [f64]) {}

    /// How far a point is outside the domain.
    fn violation(_parameters: &[f64], _x: &[f64]) -> f64 {
        0.0
    }
}
