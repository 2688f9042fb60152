//! Functions of one number, summed over elements.

use crate::proximal::{alone, beside, beside_some, between};
use crate::status::ts_status_t;
use tinysolve::prox::separable::{
    Binary, Bounds, CrossEntropy, ElasticNet, Entropy, Exponent, Exponential, FiniteSet, Hinge, Huber, Interval,
    KullbackLeibler, L1, Linear, Logistic, NegativeLog, Nonnegative, Nonpositive, Point, PositivePart, Power,
    Reciprocal, SquaredHinge, SquaredL2,
};
use tinysolve::prox::{Labelled, Weighted};
use tinysolve::{Error, Field};

/// Soft threshold: prox of step times the sum of |x_i|.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_l1(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &L1) }
}

/// Soft threshold by step times w_i, n weights of at least 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_weighted_l1(x: *mut f32, n: u32, step: f32, weights: *const f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        beside::<{ Field::Weights as u32 }, _, _>((x, n, step), weights, |weights| Weighted { penalty: L1, weights })
    }
}

/// Prox of step times the sum of max(0, x_i).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_positive_part(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &PositivePart) }
}

/// Prox of step times the sum of absolute |x_i| + square / 2 x_i², both at least 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_elastic_net(
    x: *mut f32,
    n: u32,
    step: f32,
    absolute: f32,
    square: f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &ElasticNet { absolute, square }) }
}

/// Prox of step / 2 times |x|²: x / (1 + step).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_squared_l2(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &SquaredL2) }
}

/// Prox of step times slope'x, n elements of slope.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_linear(x: *mut f32, n: u32, step: f32, slope: *const f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { beside::<{ Field::Values as u32 }, _, _>((x, n, step), slope, |slope| Linear { slope }) }
}

/// Negative elements become 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_nonnegative(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Nonnegative) }
}

/// Positive elements become 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_nonpositive(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Nonpositive) }
}

/// Projection on low <= x_i <= high, low <= high; either may be infinite.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_interval(x: *mut f32, n: u32, step: f32, low: f32, high: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Interval { low, high }) }
}

/// Projection on the box low_i <= x_i <= high_i, n bounds each, which may be infinite.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_bounds(
    x: *mut f32,
    n: u32,
    step: f32,
    low: *const f32,
    high: *const f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { between::<{ Field::Bounds as u32 }, _, _>((x, n, step), [low, high], |[low, high]| Bounds { low, high }) }
}

/// The nearer of two numbers, at the middle the first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_binary(x: *mut f32, n: u32, step: f32, first: f32, second: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Binary { first, second }) }
}

/// The nearest of `count` numbers, at least 1, of two that are equally near the one that stands first. One comparison a number and
/// element.
///
/// Errors: `LENGTH` (values: no number), `NOT_FINITE` (values), `OUT_OF_RANGE` (step).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_finite_set(
    x: *mut f32,
    n: u32,
    step: f32,
    members: *const f32,
    count: u32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        beside_some::<{ Field::Values as u32 }, _, _>((x, n, step), (members, count), |members| FiniteSet { members })
    }
}

/// All elements become value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_point(x: *mut f32, n: u32, step: f32, value: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Point { value }) }
}

/// Prox of step times Huber's function of width at least 0, element by element.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_huber(x: *mut f32, n: u32, step: f32, width: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Huber { width }) }
}

/// Prox of step times the sum of max(0, 1 - y_i x_i), n labels y_i, none 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_hinge(x: *mut f32, n: u32, step: f32, labels: *const f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        beside::<{ Field::Weights as u32 }, _, _>((x, n, step), labels, |labels| Labelled { penalty: Hinge, labels })
    }
}

/// Prox of step times the sum of max(0, 1 - y_i x_i)², n labels y_i, none 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_squared_hinge(x: *mut f32, n: u32, step: f32, labels: *const f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        beside::<{ Field::Weights as u32 }, _, _>((x, n, step), labels, |labels| Labelled {
            penalty: SquaredHinge,
            labels,
        })
    }
}

/// Prox of step times the sum of ln(1 + e^x_i).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_logistic(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Logistic) }
}

/// Prox of step times the sum of ln(1 + e^(y_i x_i)), n labels y_i, none 0. The loss of logistic regression has the labels with
/// their signs turned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_labelled_logistic(x: *mut f32, n: u32, step: f32, labels: *const f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        beside::<{ Field::Weights as u32 }, _, _>((x, n, step), labels, |labels| Labelled { penalty: Logistic, labels })
    }
}

/// Prox of step times the sum of e^x_i.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_exponential(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Exponential) }
}

/// Prox of step times the sum of x_i ln x_i.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_entropy(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Entropy) }
}

/// Prox of -step times the sum of ln x_i.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_negative_log(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &NegativeLog) }
}

/// Prox of step times the sum of 1 / x_i, x_i > 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_reciprocal(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Reciprocal) }
}

/// Prox of step times the sum of |x_i|^p: exponent 0 is p = 4/3, 1 is 3/2, 2 is 3, 3 is 4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_power(x: *mut f32, n: u32, step: f32, exponent: u32) -> ts_status_t {
    match exponent_of(exponent) {
        // SAFETY: the pointers are as the header demands.
        Ok(exponent) => unsafe { alone(x, n, step, &Power { exponent }) },
        Err(error) => error.code(),
    }
}

/// Prox of step times the sum of x_i - b_i ln x_i, n counts b_i of at least 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_kullback_leibler(x: *mut f32, n: u32, step: f32, counts: *const f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { beside::<{ Field::Weights as u32 }, _, _>((x, n, step), counts, |counts| KullbackLeibler { counts }) }
}

/// Prox of -step times the sum of b_i ln x_i + (1 - b_i) ln(1 - x_i), n frequencies b_i from 0 to 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_cross_entropy(x: *mut f32, n: u32, step: f32, frequencies: *const f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        beside::<{ Field::Weights as u32 }, _, _>((x, n, step), frequencies, |frequencies| CrossEntropy { frequencies })
    }
}

fn exponent_of(exponent: u32) -> Result<Exponent, Error> {
    Ok(match exponent {
        0 => Exponent::FourThirds,
        1 => Exponent::ThreeHalves,
        2 => Exponent::Three,
        3 => Exponent::Four,
        _ => return Err(Error::OutOfRange { field: Field::Configuration, index: 0 }),
    })
}
