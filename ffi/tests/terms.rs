//! Compositions from C: every tag gives the bits of the operator it stands for, with and without factor, offset and slope; what
//! makes no sense is refused before anything is written.
#![allow(
    unsafe_code,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::std_instead_of_core,
    reason = "a test on the host, of functions of C"
)]

use std::ffi::c_void;
use std::ptr::{null, null_mut};

use tinysolve::Field;
use tinysolve::operator::Prox;
use tinysolve::prox::Weighted;
use tinysolve::prox::cones::SecondOrderCone;
use tinysolve::prox::norms::{L2, LInfinity};
use tinysolve::prox::rules::{Scale, SeparableSum, Tilt, Translate};
use tinysolve::prox::separable::{Bounds, ElasticNet, Huber, Interval, L1, Nonnegative, SquaredL2, Zero};
use tinysolve::prox::sets::{L1Ball, L2Ball, Simplex};
use tinysolve::prox::variation::TotalVariation;
use tinysolve_ffi::prox_separable::ts_prox_elastic_net;
use tinysolve_ffi::prox_terms::*;
use tinysolve_ffi::status::{TS_ERROR_LENGTH, TS_ERROR_NOT_FINITE, TS_ERROR_NULL, TS_ERROR_OUT_OF_RANGE, TS_OK};
use tinysolve_ffi::term_kinds::*;

const N: usize = 6;
const STEP: f32 = 0.7;
const LOW: [f32; N] = [-1.0, -0.5, 0.0, -2.0, f32::NEG_INFINITY, 0.25];
const HIGH: [f32; N] = [1.0, 0.5, 0.0, f32::INFINITY, 1.5, 0.5];
const WEIGHTS: [f32; N] = [0.0, 0.5, 1.0, 2.0, 0.25, 1.5];
const OFFSET: [f32; N] = [0.5, -0.25, 0.0, 1.0, -2.0, 0.125];
const SLOPE: [f32; N] = [-0.3, 0.0, 0.2, 1.0, -1.0, 0.4];

/// A term of `N` elements as the header would have it plainly.
fn term(kind: u32) -> ts_prox_term_t {
    ts_prox_term_t {
        kind,
        len: N as u32,
        factor: 1.0,
        a: 0.75,
        b: 1.25,
        first: null(),
        second: null(),
        offset: null(),
        slope: null(),
        function: Some(shrink),
        context: null_mut(),
    }
}

/// A function of the caller's.
unsafe extern "C" fn shrink(_: *mut c_void, x: *mut f32, n: u32, step: f32) -> i32 {
    // SAFETY: as the header demands.
    unsafe { ts_prox_elastic_net(x, n, step, 0.75, 1.25) }
}

/// What a term is by the library itself.
struct Case {
    term: ts_prox_term_t,
    operator: Box<dyn Prox<f32>>,
}

fn case(term: ts_prox_term_t, operator: impl Prox<f32> + 'static) -> Case {
    Case { term, operator: Box::new(operator) }
}

/// Every tag; those with two forms twice.
fn cases() -> Vec<Case> {
    let first = |kind, array: &'static [f32]| ts_prox_term_t { first: array.as_ptr(), ..term(kind) };
    vec![
        case(term(TS_PROX_ZERO), Zero),
        case(term(TS_PROX_L1), L1),
        case(first(TS_PROX_L1, &WEIGHTS), Weighted { penalty: L1, weights: &WEIGHTS }),
        case(term(TS_PROX_SQUARED_L2), SquaredL2),
        case(term(TS_PROX_L2), L2),
        case(term(TS_PROX_L_INFINITY), LInfinity),
        case(term(TS_PROX_HUBER), Huber { width: 0.75 }),
        case(term(TS_PROX_NONNEGATIVE), Nonnegative),
        case(term(TS_PROX_BOUNDS), Interval { low: 0.75, high: 1.25 }),
        case(
            ts_prox_term_t { second: HIGH.as_ptr(), ..first(TS_PROX_BOUNDS, &LOW) },
            Bounds { low: &LOW, high: &HIGH },
        ),
        case(term(TS_PROX_SIMPLEX), Simplex { total: 0.75 }),
        case(term(TS_PROX_L1_BALL), L1Ball { radius: 0.75 }),
        case(term(TS_PROX_L2_BALL), L2Ball { radius: 0.75 }),
        case(term(TS_PROX_SECOND_ORDER_CONE), SecondOrderCone { slope: 0.75 }),
        case(term(TS_PROX_TOTAL_VARIATION), TotalVariation),
        case(term(TS_PROX_FUNCTION), ElasticNet { absolute: 0.75, square: 1.25 }),
    ]
}

/// Any operator, to be wrapped.
struct By<'a>(&'a dyn Prox<f32>);

impl Prox<f32> for By<'_> {
    fn scratch_len(&self, n: usize) -> usize {
        self.0.scratch_len(n)
    }
    fn check(&self, n: usize, scratch: usize) -> Result<(), tinysolve::Error> {
        self.0.check(n, scratch)
    }
    fn prox(&self, x: &mut [f32], step: f32, scratch: &mut [f32]) {
        self.0.prox(x, step, scratch);
    }
    fn value(&self, x: &[f32]) -> f32 {
        self.0.value(x)
    }
}

/// Plain numbers, ties, both zeros, and what a tag has no say in.
fn points() -> Vec<[f32; N]> {
    let mut points = vec![
        [3.0, -0.5, 0.0, -2.0, 0.75, 1.0],
        [-0.0, 0.7, -0.7, 1.4, 1e-41, 2.0],
        [-4.0, -3.0, -2.0, -1.0, -0.5, -0.25],
        [1e20, -1e20, 1.0, 2.0, 3.0, 1e-20],
        [f32::NAN, 1.0, 2.0, -1.0, f32::INFINITY, 0.0],
    ];
    let mut seed = 1_u32;
    for _ in 0..200 {
        points.push([0; N].map(|_: i32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from(i16::try_from(seed >> 17).unwrap() - 16384) / 4096.0
        }));
    }
    points
}

fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| if x.is_nan() { u32::MAX } else { x.to_bits() }).collect()
}

fn call(x: &mut [f32], step: f32, terms: &[ts_prox_term_t]) -> i32 {
    // SAFETY: the arrays of all terms are statics of N elements.
    unsafe { ts_prox_terms(x.as_mut_ptr(), x.len() as u32, step, terms.as_ptr(), terms.len() as u32) }
}

#[test]
fn every_tag_gives_the_bits_of_its_operator() {
    let kinds: Vec<u32> = cases().iter().map(|case| case.term.kind).collect();
    assert!((TS_PROX_ZERO..=TS_PROX_FUNCTION).all(|kind| kinds.contains(&kind)), "{kinds:?}");
    for Case { term, operator } in cases() {
        for factor in [1.0, 1.7, 0.01] {
            for (offset, slope) in [(false, false), (true, false), (false, true), (true, true)] {
                let pointer = |wanted: bool, array: &'static [f32; N]| if wanted { array.as_ptr() } else { null() };
                let (by, tilt) = (pointer(offset, &OFFSET), pointer(slope, &SLOPE));
                let term = ts_prox_term_t { factor, offset: by, slope: tilt, ..term };
                for point in points() {
                    let (mut from_c, mut from_core) = (point, point);
                    assert_eq!(call(&mut from_c, STEP, &[term]), TS_OK);
                    let scaled = Scale { function: By(&*operator), factor };
                    let x = &mut from_core;
                    match (offset, slope) {
                        (false, false) => scaled.prox(x, STEP, &mut []),
                        (true, false) => Translate { function: scaled, by: &OFFSET }.prox(x, STEP, &mut []),
                        (false, true) => Tilt { function: scaled, slope: &SLOPE }.prox(x, STEP, &mut []),
                        (true, true) => {
                            let function = Translate { function: scaled, by: &OFFSET };
                            Tilt { function, slope: &SLOPE }.prox(x, STEP, &mut []);
                        }
                    }
                    assert_eq!(bits(&from_c), bits(&from_core), "kind {} at {point:?}, factor {factor}", term.kind);
                }
            }
        }
    }
}

#[test]
fn all_terms_together_are_a_separable_sum() {
    let cases = cases();
    let terms: Vec<_> = cases.iter().map(|case| case.term).collect();
    let parts: Vec<_> = cases.iter().map(|case| (N, &*case.operator)).collect();
    let sum = SeparableSum { parts: &parts };
    for round in points().windows(cases.len()) {
        let (mut from_c, mut from_core) = (round.concat(), round.concat());
        assert_eq!(call(&mut from_c, STEP, &terms), TS_OK);
        sum.prox(&mut from_core, STEP, &mut []);
        assert_eq!(bits(&from_c), bits(&from_core));
    }
}

/// The call is refused so, and x is as it was.
fn refused(n: usize, step: f32, terms: &[ts_prox_term_t], error: u32, field: Field) {
    let before: Vec<f32> = (0..n).map(|k| k as f32 - 2.5).collect();
    let mut x = before.clone();
    let code = -call(&mut x, step, terms);
    assert!(code > 0, "taken: {}", -code);
    assert_eq!((code as u32 >> 24, code as u32 >> 16 & 0xff), (error, field as u32), "code {code:#x}");
    assert_eq!(x, before);
}

#[test]
fn nonsense_is_refused_before_anything_is_written() {
    let good = term(TS_PROX_L1);
    let configuration = |bad: ts_prox_term_t, error| refused(2 * N, STEP, &[good, bad], error, Field::Configuration);
    for kind in [TS_PROX_FUNCTION + 1, 99, 1 << 16, u32::MAX] {
        configuration(term(kind), TS_ERROR_OUT_OF_RANGE);
    }
    for (len, others) in [(N as u32 - 1, 1), (N as u32 + 1, 1), (0, 1), (u32::MAX, 3)] {
        let terms = [vec![good], vec![ts_prox_term_t { len, ..term(TS_PROX_ZERO) }; others]].concat();
        refused(2 * N, STEP, &terms, TS_ERROR_LENGTH, Field::Groups);
    }
    refused(N, STEP, &[], TS_ERROR_LENGTH, Field::Groups);
    for (factor, error) in [
        (f32::NAN, TS_ERROR_NOT_FINITE),
        (f32::INFINITY, TS_ERROR_NOT_FINITE),
        (0.0, TS_ERROR_OUT_OF_RANGE),
        (-1.0, TS_ERROR_OUT_OF_RANGE),
    ] {
        configuration(ts_prox_term_t { factor, ..good }, error);
    }
    for kind in [TS_PROX_HUBER, TS_PROX_SIMPLEX, TS_PROX_L1_BALL, TS_PROX_L2_BALL, TS_PROX_SECOND_ORDER_CONE] {
        for (a, error) in
            [(f32::NAN, TS_ERROR_NOT_FINITE), (f32::INFINITY, TS_ERROR_NOT_FINITE), (-1.0, TS_ERROR_OUT_OF_RANGE)]
        {
            configuration(ts_prox_term_t { a, ..term(kind) }, error);
        }
    }
    let bounds = |bad: ts_prox_term_t, error, field| refused(2 * N, STEP, &[good, bad], error, field);
    let box_of = |first, second| ts_prox_term_t { first, second, ..term(TS_PROX_BOUNDS) };
    configuration(box_of(LOW.as_ptr(), null()), TS_ERROR_OUT_OF_RANGE);
    configuration(box_of(null(), HIGH.as_ptr()), TS_ERROR_OUT_OF_RANGE);
    bounds(box_of(HIGH.as_ptr(), LOW.as_ptr()), TS_ERROR_OUT_OF_RANGE, Field::Bounds);
    for (a, b) in [(1.0, 0.5), (f32::NAN, 1.0), (0.0, f32::NAN)] {
        bounds(ts_prox_term_t { a, b, ..term(TS_PROX_BOUNDS) }, TS_ERROR_OUT_OF_RANGE, Field::Bounds);
    }
    static BAD: [f32; N] = [0.0, 1.0, f32::NAN, 1.0, 1.0, 1.0];
    static NEGATIVE: [f32; N] = [0.0, 1.0, -1.0, 1.0, 1.0, 1.0];
    let weights = |first: &'static [f32; N]| ts_prox_term_t { first: first.as_ptr(), ..good };
    bounds(weights(&BAD), TS_ERROR_NOT_FINITE, Field::Weights);
    bounds(weights(&NEGATIVE), TS_ERROR_OUT_OF_RANGE, Field::Weights);
    bounds(ts_prox_term_t { offset: BAD.as_ptr(), ..good }, TS_ERROR_NOT_FINITE, Field::Values);
    bounds(ts_prox_term_t { slope: BAD.as_ptr(), ..good }, TS_ERROR_NOT_FINITE, Field::Values);
    for step in [f32::NAN, f32::INFINITY, 0.0, -0.0, -1.0] {
        refused(N, step, &[good], TS_ERROR_OUT_OF_RANGE, Field::Step);
    }
    let mut x = [1.0; N];
    // SAFETY: null is what is to be refused.
    let code = unsafe { ts_prox_terms(x.as_mut_ptr(), N as u32, STEP, null(), 1) };
    assert_eq!(-code as u32 >> 24, TS_ERROR_NULL);
    let nobody = ts_prox_term_t { function: None, ..term(TS_PROX_FUNCTION) };
    refused(2 * N, STEP, &[good, nobody], TS_ERROR_NULL, Field::Function);
    // An empty cone has no first element.
    let empty = ts_prox_term_t { len: 0, ..term(TS_PROX_SECOND_ORDER_CONE) };
    refused(N, STEP, &[good, empty], TS_ERROR_OUT_OF_RANGE, Field::Size);
}
