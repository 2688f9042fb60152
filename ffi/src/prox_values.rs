//! What terms are worth, and the Moreau envelope of them.

use crate::checks;
use crate::composition::Composition;
use crate::over_terms::open;
use crate::prox_terms::ts_prox_term_t;
use crate::proximal::{Array, Scratch};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::operator::Prox;
use tinysolve::prox::rules::Envelope;
use tinysolve::{Error, Field};

/// Looks at a call that reads x and writes `to` and scratch, and does it.
///
/// # Safety
/// All pointers are as the header demands.
unsafe fn read<'a>(
    (x, n): (*const f32, u32),
    (terms, count): (*const ts_prox_term_t, u32),
    (to, len): (*mut f32, usize),
    scratch: Scratch<f32>,
    call: impl FnOnce(Composition<'a>, &'a [f32], &'a mut [f32], &'a mut [f32]) -> Result<(), Refusal>,
) -> ts_status_t {
    status::done((|| {
        let scratch_len = if n > 0 { scratch.1 } else { 0 };
        let written = [(Field::Output, to.cast_const(), len), (Field::Workspace, scratch.0.cast_const(), scratch_len)];
        let point: [Array<f32>; 1] = [(Field::Iterate, x, size(n))];
        // SAFETY: as promised; what is written meets nothing else.
        unsafe {
            let (function, [x]) = open(written, (terms, count, size(n)), point)?;
            call(function, x, checks::slice_mut(to, len), checks::slice_mut(scratch.0, scratch_len))
        }
    })())
}

/// Writes f(x); f is what `count` terms are, for the parts of x as under `ts_prox_terms`. Infinity outside a set, 0 within it up to
/// rounding; NaN with a `TS_PROX_FUNCTION`. Scratch: n, or none if no term has an offset.
///
/// Errors: `LENGTH` (workspace, groups: the parts), `OUT_OF_RANGE` (configuration: a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_terms_value(
    x: *const f32,
    n: u32,
    terms: *const ts_prox_term_t,
    count: u32,
    value: *mut f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        read((x, n), (terms, count), (value, 1), Scratch(scratch, scratch_len), |function, x, to, scratch| {
            let (need, got) = (function.value_scratch_len(), scratch.len());
            if got < need {
                return Err(Error::Length { field: Field::Workspace, need, got }.into());
            }
            to.fill(function.value_with(x, scratch));
            Ok(())
        })
    }
}

/// An envelope with what it needs, checked.
fn envelope<'a>(
    function: Composition<'a>,
    width: f32,
    n: usize,
    scratch: usize,
) -> Result<Envelope<f32, Composition<'a>>, Refusal> {
    let envelope = Envelope { function, width };
    envelope.check(n, scratch)?;
    Ok(envelope)
}

/// Writes the Moreau envelope at x, min over z of f(z) + |z - x|² / (2 width), width > 0; f is what `count` terms are. NaN
/// with an offset or a `TS_PROX_FUNCTION`. Scratch: n.
///
/// Errors: `LENGTH` (workspace, groups: the parts), `NOT_FINITE` (configuration: width), `OUT_OF_RANGE` (configuration: width, or a
/// parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_envelope_value(
    x: *const f32,
    n: u32,
    terms: *const ts_prox_term_t,
    count: u32,
    width: f32,
    value: *mut f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        read((x, n), (terms, count), (value, 1), Scratch(scratch, scratch_len), |function, x, to, scratch| {
            let envelope = envelope(function, width, x.len(), scratch.len())?;
            to.fill(envelope.value_with(x, scratch));
            Ok(())
        })
    }
}

/// Writes the gradient of the Moreau envelope at x, n elements: (x - prox of width times f at x) / width, Lipschitz with
/// constant 1 / width. Scratch: n.
///
/// Errors: as for `ts_prox_envelope_value`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_envelope_gradient(
    x: *const f32,
    n: u32,
    terms: *const ts_prox_term_t,
    count: u32,
    width: f32,
    gradient: *mut f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        read((x, n), (terms, count), (gradient, size(n)), Scratch(scratch, scratch_len), |function, x, to, scratch| {
            let envelope = envelope(function, width, x.len(), scratch.len())?;
            envelope.gradient(x, to, scratch);
            Ok(())
        })
    }
}
