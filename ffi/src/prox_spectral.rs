//! Matrices by their eigenvalues and singular values. A symmetric matrix is given whole, row after row, and only its lower
//! triangle is read.

use crate::over_terms::over_terms;
use crate::prox_terms::ts_prox_term_t;
use crate::proximal::{Scratch, over};
use crate::status::{size, ts_status_t};
use tinysolve::prox::norms::{LInfinity, Largest};
use tinysolve::prox::separable::{Interval, L1, NegativeLog, Nonnegative, Point};
use tinysolve::prox::sets::{L1Ball, Simplex, SparseVectors};
use tinysolve::prox::spectral::{Eigenvalues, SingularValues};

/// Projection of a symmetric matrix, row after row, on the positive semidefinite ones; n is dimension², here and below, and only the
/// lower triangle is read. Scratch: 2 n + dimension.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_semidefinite(
    x: *mut f32,
    n: u32,
    step: f32,
    dimension: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [], Scratch(scratch, scratch_len), |[]| {
            Ok(Eigenvalues { dimension: size(dimension), function: Nonnegative })
        })
    }
}

/// Prox of step times the sum of singular values of a rows x columns matrix of n elements, row after row, here and below. Scratch: n + c² + c, c the
/// shorter side.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_nuclear_norm(
    x: *mut f32,
    n: u32,
    step: f32,
    rows: u32,
    columns: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [], Scratch(scratch, scratch_len), |[]| {
            Ok(SingularValues { rows: size(rows), columns: size(columns), function: L1 })
        })
    }
}

/// Prox of step times the largest singular value of a rows x columns matrix. Scratch: n + c² + c, c the shorter side.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_spectral_norm(
    x: *mut f32,
    n: u32,
    step: f32,
    rows: u32,
    columns: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [], Scratch(scratch, scratch_len), |[]| {
            Ok(SingularValues { rows: size(rows), columns: size(columns), function: LInfinity })
        })
    }
}

/// Nearest rows x columns matrix of rank count at most, at least 1. Scratch: n + c² + c, c the shorter side.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_rank(
    x: *mut f32,
    n: u32,
    step: f32,
    rows: u32,
    columns: u32,
    count: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [], Scratch(scratch, scratch_len), |[]| {
            Ok(SingularValues {
                rows: size(rows),
                columns: size(columns),
                function: SparseVectors { count: size(count) },
            })
        })
    }
}

/// Prox of step times the largest eigenvalue of a symmetric matrix. Scratch: 2 n + dimension.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_largest_eigenvalue(
    x: *mut f32,
    n: u32,
    step: f32,
    dimension: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [], Scratch(scratch, scratch_len), |[]| {
            Ok(Eigenvalues { dimension: size(dimension), function: Largest })
        })
    }
}

/// Prox of -step times the logarithm of the determinant of a symmetric matrix; the result is positive definite. Scratch: 2 n +
/// dimension.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_negative_log_det(
    x: *mut f32,
    n: u32,
    step: f32,
    dimension: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [], Scratch(scratch, scratch_len), |[]| {
            Ok(Eigenvalues { dimension: size(dimension), function: NegativeLog })
        })
    }
}

/// Projection of a symmetric matrix on the positive semidefinite ones of this trace, above 0: density matrices for 1. Scratch: 2 n +
/// dimension.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_spectraplex(
    x: *mut f32,
    n: u32,
    step: f32,
    dimension: u32,
    trace: f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [], Scratch(scratch, scratch_len), |[]| {
            Ok(Eigenvalues { dimension: size(dimension), function: Simplex { total: trace } })
        })
    }
}

/// Prox of step times f(eigenvalues) of a symmetric matrix; f is what `count` terms are over `dimension` numbers, and one that
/// their order does not matter to. Scratch: 2 n + dimension.
///
/// Errors: `LENGTH` (workspace, groups: the parts), `OUT_OF_RANGE` (step; size: n is not dimension²; configuration: a parameter of a
/// term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_eigenvalues(
    x: *mut f32,
    n: u32,
    step: f32,
    terms: *const ts_prox_term_t,
    count: u32,
    dimension: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    let (terms, scratch) = ((terms, count, size(dimension)), Scratch(scratch, scratch_len));
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_terms((x, n, step), terms, [], scratch, |function, []| {
            Ok(Eigenvalues { dimension: size(dimension), function })
        })
    }
}

/// Projection of a rows x columns matrix on those whose singular values sum up to radius > 0 at most. Scratch: n + c² + c, c the
/// shorter side.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_nuclear_ball(
    x: *mut f32,
    n: u32,
    step: f32,
    rows: u32,
    columns: u32,
    radius: f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [], Scratch(scratch, scratch_len), |[]| {
            Ok(SingularValues { rows: size(rows), columns: size(columns), function: L1Ball { radius } })
        })
    }
}

/// Projection of a rows x columns matrix on those whose largest singular value is at most radius, at least 0. Scratch: n + c² +
/// c, c the shorter side.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_spectral_ball(
    x: *mut f32,
    n: u32,
    step: f32,
    rows: u32,
    columns: u32,
    radius: f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [], Scratch(scratch, scratch_len), |[]| {
            let function = Interval { low: -radius, high: radius };
            Ok(SingularValues { rows: size(rows), columns: size(columns), function })
        })
    }
}

/// Nearest rows x columns matrix with orthonormal rows, or columns if they are fewer. Scratch: n + c² + c, c the shorter
/// side.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_orthonormal(
    x: *mut f32,
    n: u32,
    step: f32,
    rows: u32,
    columns: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [], Scratch(scratch, scratch_len), |[]| {
            Ok(SingularValues { rows: size(rows), columns: size(columns), function: Point { value: 1.0 } })
        })
    }
}

/// Prox of step times f(singular values) of a rows x columns matrix; f is what `count` terms are over as many numbers as the
/// shorter side has, and one that their order and their signs do not matter to. Scratch: n + c² + c, c the shorter side.
///
/// Errors: `LENGTH` (workspace, groups: the parts), `OUT_OF_RANGE` (step; size: n is not rows x columns; configuration: a parameter of
/// a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_singular_values(
    x: *mut f32,
    n: u32,
    step: f32,
    terms: *const ts_prox_term_t,
    count: u32,
    rows: u32,
    columns: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    let (terms, scratch) = ((terms, count, size(rows.min(columns))), Scratch(scratch, scratch_len));
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_terms((x, n, step), terms, [], scratch, |function, []| {
            Ok(SingularValues { rows: size(rows), columns: size(columns), function })
        })
    }
}
