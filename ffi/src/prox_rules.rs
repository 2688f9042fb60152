//! What becomes of an operator when its function is changed. A factor, an offset and a slope are part of every term; the
//! sum over parts of a vector is the list of terms itself, see `ts_prox_terms`.

use crate::over_terms::over_terms;
use crate::prox_terms::ts_prox_term_t;
use crate::proximal::{Scratch, none};
use crate::status::{size, ts_status_t};
use tinysolve::matrix::MatRef;
use tinysolve::prox::rules::{Conjugate, Dilate, Envelope, Orthogonal, Regularise, Repeated};
use tinysolve::{Error, Field};

/// Prox of step times (f(x) + weight / 2 |x - centre|²), weight at least 0; f is what `count` terms are, for the parts of x as
/// under `ts_prox_terms`. centre: n elements, or null for 0.
///
/// Errors: `LENGTH` (groups: the parts), `NOT_FINITE` (configuration: weight; values: centre), `OUT_OF_RANGE` (step,
/// configuration: weight, or a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_regularise(
    x: *mut f32,
    n: u32,
    step: f32,
    terms: *const ts_prox_term_t,
    count: u32,
    weight: f32,
    centre: *const f32,
) -> ts_status_t {
    let len = if centre.is_null() { 0 } else { size(n) };
    let arrays = [(Field::Values, centre, len)];
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_terms((x, n, step), (terms, count, size(n)), arrays, none(), |function, [centre]| {
            Ok(Regularise { function, weight, centre })
        })
    }
}

/// Prox of step times f(factor x), factor not 0; f is what `count` terms are.
///
/// Errors: `LENGTH` (groups: the parts), `NOT_FINITE` (configuration: factor), `OUT_OF_RANGE` (step, configuration: factor, or a
/// parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_dilate(
    x: *mut f32,
    n: u32,
    step: f32,
    terms: *const ts_prox_term_t,
    count: u32,
    factor: f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_terms((x, n, step), (terms, count, size(n)), [], none(), |function, []| Ok(Dilate { function, factor }))
    }
}

/// Prox of step times f(matrix x), where matrix times its transpose is factor times the identity, factor > 0: 1 for
/// orthonormal rows. matrix has rows times n elements, row after row; f is what `count` terms are over `rows` elements.
/// rows² n / 2 multiplications to check the matrix, 2 rows n more. Scratch: 2 rows.
///
/// Errors: `LENGTH` (workspace, groups: the parts), `NOT_FINITE` (configuration: factor), `OUT_OF_RANGE` (step,
/// configuration: factor, or a parameter of a term; matrix: the first row that is not of such length, or not orthogonal to
/// those above it).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_orthogonal(
    x: *mut f32,
    n: u32,
    step: f32,
    terms: *const ts_prox_term_t,
    count: u32,
    rows: u32,
    matrix: *const f32,
    factor: f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    let arrays = [(Field::Matrix, matrix, size(rows).saturating_mul(size(n)))];
    let scratch = Scratch(scratch, scratch_len);
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_terms((x, n, step), (terms, count, size(rows)), arrays, scratch, |function, [matrix]| {
            Ok(Orthogonal { function, matrix: MatRef::row_major(matrix, size(rows), size(n))?, factor })
        })
    }
}

/// Prox of step times the convex conjugate of f, by Moreau's decomposition; f is what `count` terms are, all convex. Scratch:
/// n.
///
/// Errors: `LENGTH` (workspace, groups: the parts), `OUT_OF_RANGE` (step, configuration: a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_conjugate(
    x: *mut f32,
    n: u32,
    step: f32,
    terms: *const ts_prox_term_t,
    count: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    let scratch = Scratch(scratch, scratch_len);
    // SAFETY: the pointers are as the header demands.
    unsafe { over_terms((x, n, step), (terms, count, size(n)), [], scratch, |function, []| Ok(Conjugate { function })) }
}

/// Prox of step times the Moreau envelope of f, min over z of f(z) + |z - x|² / (2 width), width > 0; f is what `count` terms
/// are, all convex. Scratch: n.
///
/// Errors: `LENGTH` (workspace, groups: the parts), `NOT_FINITE` (configuration: width), `OUT_OF_RANGE` (step, configuration:
/// width, or a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_envelope(
    x: *mut f32,
    n: u32,
    step: f32,
    terms: *const ts_prox_term_t,
    count: u32,
    width: f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    let scratch = Scratch(scratch, scratch_len);
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_terms((x, n, step), (terms, count, size(n)), [], scratch, |function, []| Ok(Envelope { function, width }))
    }
}

/// The same function of every slice of x, `len` elements each, of which n is a multiple: `count` terms are that function of
/// one slice. Cones of every contact, simplices of every row.
///
/// Errors: `LENGTH` (groups: the parts do not sum up to len), `OUT_OF_RANGE` (step; groups: n is no multiple of len;
/// configuration: a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_repeated(
    x: *mut f32,
    n: u32,
    step: f32,
    terms: *const ts_prox_term_t,
    count: u32,
    len: u32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_terms((x, n, step), (terms, count, size(len)), [], none(), |function, []| -> Result<_, Error> {
            Ok(Repeated { function, len: size(len) })
        })
    }
}
