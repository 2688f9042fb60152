//! Operators made of terms: their sum, above all the intersection of sets, and the distance to one.

use crate::checks::{self, Ledger};
use crate::composition::{Composition, Written};
use crate::prox_terms::ts_prox_term_t;
use crate::proximal::{Scratch, check_step};
use crate::status::{self, size, ts_status_t};
use tinysolve::operator::Prox;
use tinysolve::prox::distance::{Distance, SquaredDistance};
use tinysolve::prox::sets::Dykstra;
use tinysolve::{Error, Field};

/// Applies an operator made of `count` terms: over all of x each, or one after the other.
///
/// # Safety
/// All pointers are as the header demands.
unsafe fn over_terms<'a, F: Prox<f32>>(
    (x, n, step): (*mut f32, u32, f32),
    (terms, count): (*const ts_prox_term_t, u32),
    scratch: Scratch<f32>,
    all: usize,
    make: impl FnOnce(Composition<'a>) -> Result<F, Error>,
) -> ts_status_t {
    status::done((|| {
        let len = if n > 0 { scratch.1 } else { 0 };
        let ledger: &mut Ledger = &mut Ledger::<[_; 2]>::new();
        ledger.enter(Field::Iterate, x, size(n));
        ledger.enter(Field::Workspace, scratch.0, len);
        ledger.settle(&[Field::Iterate, Field::Workspace])?;
        check_step(step)?;
        let nothing = (Field::Iterate, core::ptr::null(), 0);
        let of = |field, start: *mut f32, len: usize| {
            // Of no elements any pointer will do, also one into what is written.
            if len > 0 { (field, start.cast_const().cast(), len * size_of::<f32>()) } else { nothing }
        };
        let written: [Written; 4] =
            [of(Field::Iterate, x, size(n)), of(Field::Workspace, scratch.0, len), nothing, nothing];
        // SAFETY: the promise above; the ledger took what is written.
        unsafe {
            let operator = make(Composition::open(terms, count, all, &written)?)?;
            operator.check(size(n), len)?;
            operator.prox(checks::slice_mut(x, size(n)), step, checks::slice_mut(scratch.0, len));
        }
        Ok(())
    })())
}

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
        over_terms((x, n, step), (terms, count), Scratch(scratch, scratch_len), all, |parts| {
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
        over_terms((x, n, step), (terms, count), Scratch(scratch, scratch_len), size(n), |set| Ok(Distance { set }))
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
        over_terms((x, n, step), (terms, count), Scratch(scratch, scratch_len), size(n), |set| {
            Ok(SquaredDistance { set })
        })
    }
}
