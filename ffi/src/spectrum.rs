//! Eigenvalues and singular values of small dense matrices, and the largest eigenvalue of an operator.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::function::{Function, check};
use crate::operator::ts_apply_t;
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::factor::{OneSidedJacobi, PowerConfig, SymmetricJacobi, power_iteration};
use tinysolve::operator::LinearOperator;
use tinysolve::solve::Step;
use tinysolve::{Error, Field};

/// What a power iteration found.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_eigenvalue_t {
    /// The eigenvalue of largest magnitude, the shift taken off.
    pub value: f32,
    /// |A x - value x|: an eigenvalue of A is no further than this from `value`.
    pub residual: f32,
    /// Applications of the operator.
    pub iterations: u32,
}

/// The product of two sizes, as far as it fits.
fn product(a: u32, b: u32) -> Result<usize, Error> {
    size(a).checked_mul(size(b)).ok_or(Error::TooLarge { field: Field::Size })
}

/// # Safety
/// A ledger took the pointer for this length, or it is null.
unsafe fn optional<'a>(pointer: *mut f32, len: usize) -> Option<&'a mut [f32]> {
    // SAFETY: the promise above.
    if pointer.is_null() { None } else { Some(unsafe { checks::slice_mut(pointer, len) }) }
}

/// Eigenvalues of a symmetric matrix by Jacobi rotations: `a` is row-major, n x n, its lower triangle is read and all of
/// it destroyed; `values` gets the n eigenvalues in ascending order, `vectors`, n x n or null, in its rows the unit
/// eigenvectors. `sweeps` at most, 30 as a rule: `TS_STEP_ITERATION_CAP` when they were not enough. In single precision
/// within 5e-7 of the largest magnitude up to n = 12.
///
/// Errors: `TOO_LARGE` (size), `NOT_FINITE` (values), `OVERLAP`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_symmetric_jacobi(
    n: u32,
    a: *mut f32,
    values: *mut f32,
    vectors: *mut f32,
    sweeps: u32,
) -> ts_status_t {
    status::outcome((|| {
        let square = product(n, n)?;
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        ledger.enter(Field::Values, a, square);
        ledger.enter(Field::Output, values, size(n));
        ledger.enter(Field::Output, vectors, if vectors.is_null() { 0 } else { square });
        ledger.settle(&[Field::Values, Field::Output, Field::Output])?;
        // SAFETY: the ledger took all of them, and they lie apart.
        let (a, values, vectors) =
            unsafe { (checks::slice_mut(a, square), checks::slice_mut(values, size(n)), optional(vectors, square)) };
        Ok(SymmetricJacobi::new(size(n), a, values, vectors, sweeps)?.run())
    })())
}

/// Singular values by one-sided Jacobi rotations: `a` holds `count` row vectors of `length` elements, `count` <= `length`
/// (a wide matrix by rows, a tall one by columns), and gets the unit vectors w_k; `values` gets the `count` singular
/// values in descending order, `rotations`, count x count or null, in its rows the vectors u_k: the sum of
/// values\[k\] u_k w_k' is the matrix. `sweeps` at most, 30 as a rule.
///
/// Errors: `OUT_OF_RANGE` or `TOO_LARGE` (size), `NOT_FINITE` (values), `OVERLAP`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_one_sided_jacobi(
    count: u32,
    length: u32,
    a: *mut f32,
    values: *mut f32,
    rotations: *mut f32,
    sweeps: u32,
) -> ts_status_t {
    status::outcome((|| {
        let (elements, square) = (product(count, length)?, product(count, count)?);
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        ledger.enter(Field::Values, a, elements);
        ledger.enter(Field::Output, values, size(count));
        ledger.enter(Field::Output, rotations, if rotations.is_null() { 0 } else { square });
        ledger.settle(&[Field::Values, Field::Output, Field::Output])?;
        // SAFETY: the ledger took all of them, and they lie apart.
        let (a, values, rotations) = unsafe {
            (checks::slice_mut(a, elements), checks::slice_mut(values, size(count)), optional(rotations, square))
        };
        Ok(OneSidedJacobi::new(size(count), size(length), a, values, rotations, sweeps)?.run())
    })())
}

/// The eigenvalue of largest magnitude of a symmetric operator, given by the function that applies it: `x`, n elements and
/// not all 0, is where it starts and gets the unit eigenvector; `work` has n elements. Ends when |A x - value x| <=
/// `tolerance` |value + shift|, or after `iterations` applications; A + shift I is iterated. `TS_STEP_BREAKDOWN` when the
/// operator gave no finite number.
///
/// Errors: `NULL` (function), `OUT_OF_RANGE` or `NOT_FINITE` (tolerance, configuration, iterate), `OVERLAP`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_power_iteration(
    n: u32,
    apply: ts_apply_t,
    context: *mut c_void,
    iterations: u32,
    tolerance: f32,
    shift: f32,
    x: *mut f32,
    work: *mut f32,
    out: *mut ts_eigenvalue_t,
) -> ts_status_t {
    status::outcome((|| -> Result<Step, Refusal> {
        check(apply)?;
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        ledger.enter(Field::Iterate, x, size(n));
        ledger.enter(Field::Workspace, work, size(n));
        ledger.enter(Field::Output, out, 1);
        ledger.settle(&[Field::Iterate, Field::Workspace, Field::Output])?;
        // SAFETY: the ledger took both, and they lie apart.
        let (x, work) = unsafe { (checks::slice_mut(x, size(n)), checks::slice_mut(work, size(n))) };
        let operator = Function { n, apply, context };
        let config = PowerConfig { iterations, tolerance, shift };
        let found = power_iteration(config, |x, y| operator.apply(x, y), x, work)?;
        let value = ts_eigenvalue_t { value: found.value, residual: found.residual, iterations: found.iterations };
        // SAFETY: the ledger took the pointer.
        unsafe { out.write(value) };
        Ok(found.step)
    })())
}
