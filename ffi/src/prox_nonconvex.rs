//! Penalties that are not convex; where 0 and another point tie, 0.

use crate::proximal::alone;
use crate::status::ts_status_t;
use tinysolve::prox::nonconvex::{
    CappedL1, Cauchy, ExponentialType, Geman, L0, LogSum, Mcp, Scad, SquareRoot, TwoThirds,
};

/// Hard threshold: prox of step times the number of nonzero elements; 0 at the tie.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_l0(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &L0) }
}

/// Prox of step times the sum of sqrt|x_i|; 0 at the tie.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_square_root(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &SquareRoot) }
}

/// Prox of step times the sum of |x_i|^(2/3); 0 at the tie.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_two_thirds(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &TwoThirds) }
}

/// Prox of step times the sum of ln(1 + |x_i| / offset), offset > 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_log_sum(x: *mut f32, n: u32, step: f32, offset: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &LogSum { offset }) }
}

/// Prox of step times the minimax concave penalty, slope and concavity > 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_mcp(x: *mut f32, n: u32, step: f32, slope: f32, concavity: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Mcp { slope, concavity }) }
}

/// Prox of step times the smoothly clipped absolute deviation, slope > 0, reach > 2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_scad(x: *mut f32, n: u32, step: f32, slope: f32, reach: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Scad { slope, reach }) }
}

/// Prox of step times the sum of min(slope |x_i|, 1), slope > 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_capped_l1(x: *mut f32, n: u32, step: f32, slope: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &CappedL1 { slope }) }
}

/// Prox of step times the sum of |x_i| / (|x_i| + offset), offset > 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_geman(x: *mut f32, n: u32, step: f32, offset: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Geman { offset }) }
}

/// Prox of step times the sum of (1 - e^(-rate |x_i|)) / (1 - e^-rate), rate > 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_exponential_type(x: *mut f32, n: u32, step: f32, rate: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &ExponentialType { rate }) }
}

/// Prox of step times the sum of ln(1 + x_i² / width²), width > 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_cauchy(x: *mut f32, n: u32, step: f32, width: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Cauchy { width }) }
}
