//! Operators made of terms: their sum, above all the intersection of sets, and the distance to one.

use crate::over_terms::over_terms;
use crate::prox_terms::ts_prox_term_t;
use crate::proximal::Scratch;
use crate::status::{size, ts_status_t};
use tinysolve::prox::distance::{Distance, SquaredDistance};
use tinysolve::prox::sets::Dykstra;

/// Prox of step times the sum of `count` terms, each over all n elements, by Dykstra's algorithm: for sets, the projection on
/// their intersection. Ends when a round moves nothing by more than tolerance times the largest magnitude, or after `rounds`.
/// Scratch: (count + 1) n.
///
/// Errors: `LENGTH` (workspace, groups: no term, or one of another length), `OUT_OF_RANGE` (step, iterations, tolerance,
/// configuration: a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_dykstra(
    x: *mut f32,
    n: u32,
    step: f32,
    terms: *const ts_prox_term_t,
    count: u32,
    rounds: u32,
    tolerance: f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        let all = size(n).saturating_mul(size(count));
        over_terms((x, n, step), (terms, count, all), [], Scratch(scratch, scratch_len), |parts, []| {
            parts.each_over(size(n))?;
            Ok(Dykstra { parts: parts.functions(), rounds, tolerance })
        })
    }
}

/// Prox of step times the distance to the set that `count` terms are, for the parts of x as under `ts_prox_terms`: x moves by step
/// towards it, or on it if it is nearer. Scratch: n.
///
/// Errors: `LENGTH` (workspace, groups: the parts), `OUT_OF_RANGE` (step, configuration: a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_distance(
    x: *mut f32,
    n: u32,
    step: f32,
    terms: *const ts_prox_term_t,
    count: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_terms((x, n, step), (terms, count, size(n)), [], Scratch(scratch, scratch_len), |set, []| {
            Ok(Distance { set })
        })
    }
}

/// Prox of step / 2 times the squared distance to such a set: (x + step P x) / (1 + step). Scratch: n.
///
/// Errors: as for `ts_prox_distance`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_squared_distance(
    x: *mut f32,
    n: u32,
    step: f32,
    terms: *const ts_prox_term_t,
    count: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_terms((x, n, step), (terms, count, size(n)), [], Scratch(scratch, scratch_len), |set, []| {
            Ok(SquaredDistance { set })
        })
    }
}
