//! Projections on cones; the step only has to be positive.

use crate::proximal::{alone, alone_of_some};
use crate::status::ts_status_t;
use tinysolve::prox::cones::{DualExponentialCone, ExponentialCone, RotatedCone, SecondOrderCone};

/// Projection on |(x_1, ...)| <= slope x_0, slope > 0, n at least 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_second_order_cone(x: *mut f32, n: u32, step: f32, slope: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone_of_some(x, n, step, &SecondOrderCone { slope }) }
}

/// Projection on 2 x_0 x_1 >= |(x_2, ...)|², x_0, x_1 >= 0, n at least 2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_rotated_cone(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &RotatedCone) }
}

/// Projection of each triple (r, s, t) on the exponential cone, s e^(r/s) <= t; n is a multiple of 3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_exponential_cone(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &ExponentialCone) }
}

/// Projection of each triple on the dual of the exponential cone; n is a multiple of 3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_dual_exponential_cone(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &DualExponentialCone) }
}
