//! Matrices by their eigenvalues and singular values, quadratic functions by their matrices.

use crate::proximal::{Scratch, over};
use crate::status::{size, ts_status_t};
use tinysolve::Field;
use tinysolve::factor::Packed;
use tinysolve::matrix::MatRef;
use tinysolve::prox::norms::LInfinity;
use tinysolve::prox::quadratic::{LeastSquares, Quadratic};
use tinysolve::prox::separable::{L1, Nonnegative};
use tinysolve::prox::sets::SparseVectors;
use tinysolve::prox::spectral::{Eigenvalues, SingularValues};

/// Projection of a symmetric matrix, row after row, on the positive semidefinite ones. Scratch: 2 n + dimension.
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

/// Prox of step times the sum of singular values of a rows x columns matrix. Scratch: n + c² + c, c the
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

/// Nearest rows x columns matrix of rank count at most. Scratch: n + c² + c, c the shorter side.
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

/// Prox of step times (x'Q x / 2 + linear'x): matrix is the lower triangle of Q, row after row, n (n + 1) / 2
/// elements. Scratch: as many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_quadratic(
    x: *mut f32,
    n: u32,
    step: f32,
    matrix: *const f32,
    linear: *const f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over(
            (x, n, step),
            [(Field::Values, matrix, Packed::elements(size(n))), (Field::RightHandSide, linear, size(n))],
            Scratch(scratch, scratch_len),
            |[matrix, linear]| Ok(Quadratic { matrix, linear }),
        )
    }
}

/// Prox of step / 2 times |A x - b|²: matrix has rows times n elements. Scratch: k (k + 1) / 2 + k, k the shorter
/// side.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_least_squares(
    x: *mut f32,
    n: u32,
    step: f32,
    rows: u32,
    matrix: *const f32,
    rhs: *const f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over(
            (x, n, step),
            [(Field::Matrix, matrix, size(rows).saturating_mul(size(n))), (Field::RightHandSide, rhs, size(rows))],
            Scratch(scratch, scratch_len),
            |[matrix, rhs]| Ok(LeastSquares { matrix: MatRef::row_major(matrix, size(rows), size(n))?, rhs }),
        )
    }
}
