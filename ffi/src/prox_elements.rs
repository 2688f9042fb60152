//! A term of one number, summed over elements with a weight or a label each.

use crate::composition::Composition;
use crate::over_terms::over_terms;
use crate::prox_terms::ts_prox_term_t;
use crate::proximal::none;
use crate::status::{size, ts_status_t};
use tinysolve::Field;
use tinysolve::operator::Prox;
use tinysolve::prox::{Labelled, Penalty, Weighted};

/// A term of one element as a function of that number.
#[derive(Clone, Copy)]
struct Element<'a>(Composition<'a>);

impl Penalty<f32> for Element<'_> {
    fn map(&self, step: f32) -> impl Fn(f32) -> f32 {
        move |x| {
            let mut x = [x];
            self.0.prox(&mut x, step, &mut []);
            let [x] = x;
            x
        }
    }

    fn cost(&self, x: f32) -> f32 {
        self.0.value(&[x])
    }
}

/// Prox of step times the sum of w_i f(x_i), n weights of at least 0; f is a term of one element: `len` 1. An element of weight
/// 0 stays as it is.
///
/// Errors: `LENGTH` (groups: the term has another length), `NOT_FINITE` (weights), `OUT_OF_RANGE` (step; weights: one below 0, at
/// the index; configuration: a parameter of the term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_weighted(
    x: *mut f32,
    n: u32,
    step: f32,
    term: *const ts_prox_term_t,
    weights: *const f32,
) -> ts_status_t {
    let arrays = [(Field::Weights, weights, size(n))];
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_terms((x, n, step), (term, 1, 1), arrays, none(), |function, [weights]| {
            Ok(Weighted { penalty: Element(function), weights })
        })
    }
}

/// Prox of step times the sum of f(y_i x_i), n labels y_i, none 0; f is a term of one element: `len` 1.
///
/// Errors: `LENGTH` (groups: the term has another length), `NOT_FINITE` (weights: the labels), `OUT_OF_RANGE` (step; weights: a label
/// of 0, at the index; configuration: a parameter of the term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_labelled(
    x: *mut f32,
    n: u32,
    step: f32,
    term: *const ts_prox_term_t,
    labels: *const f32,
) -> ts_status_t {
    let arrays = [(Field::Weights, labels, size(n))];
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_terms((x, n, step), (term, 1, 1), arrays, none(), |function, [labels]| {
            Ok(Labelled { penalty: Element(function), labels })
        })
    }
}
