//! Projections on sets; the step only has to be positive.

use crate::checks::{self, Ledger};
use crate::proximal::{Scratch, alone, none, over};
use crate::status::{self, size, ts_status_t};
use tinysolve::Field;
use tinysolve::factor::Packed;
use tinysolve::matrix::MatRef;
use tinysolve::prox::cones::{DualExponentialCone, ExponentialCone, RotatedCone, SecondOrderCone};
use tinysolve::prox::quadratic::{LeastSquares, Quadratic};
use tinysolve::prox::separable::{L1, Nonnegative};
use tinysolve::prox::sets::{
    Affine, CappedSimplex, ExtendedSimplex, Halfspace, Hyperplane, Hyperslab, L1Ball, L2Ball, Simplex, SparseVectors,
    Sphere, WeightedL1Ball,
};
use tinysolve::prox::spectral::{Eigenvalues, SingularValues};

/// Projection on x >= 0, sum of x_i = total > 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_simplex(x: *mut f32, n: u32, step: f32, total: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Simplex { total }) }
}

/// Projection on x >= 0, sum of x_i <= total > 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_extended_simplex(x: *mut f32, n: u32, step: f32, total: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &ExtendedSimplex { total }) }
}

/// Projection on low <= x_i <= high, sum of x_i = total.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_capped_simplex(
    x: *mut f32,
    n: u32,
    step: f32,
    total: f32,
    low: f32,
    high: f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &CappedSimplex { weights: &[], total, low, high }) }
}

/// Projection on the sum of |x_i| <= radius.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_l1_ball(x: *mut f32, n: u32, step: f32, radius: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &L1Ball { radius }) }
}

/// Projection on the sum of w_i |x_i| <= radius, n weights of at least 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_weighted_l1_ball(
    x: *mut f32,
    n: u32,
    step: f32,
    weights: *const f32,
    radius: f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [(Field::Weights, weights, size(n))], none(), |[weights]| {
            Ok(WeightedL1Ball { weights, radius })
        })
    }
}

/// Projection on |x| <= radius.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_l2_ball(x: *mut f32, n: u32, step: f32, radius: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &L2Ball { radius }) }
}

/// Projection on |x| = radius; of 0, the first unit vector times radius.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_sphere(x: *mut f32, n: u32, step: f32, radius: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Sphere { radius }) }
}

/// The count elements of largest magnitude stay, the others become 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_sparse_vectors(x: *mut f32, n: u32, step: f32, count: u32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &SparseVectors { count: size(count) }) }
}

/// Projection on normal'x <= offset.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_halfspace(
    x: *mut f32,
    n: u32,
    step: f32,
    normal: *const f32,
    offset: f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [(Field::Values, normal, size(n))], none(), |[normal]| Ok(Halfspace { normal, offset }))
    }
}

/// Projection on normal'x = offset.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_hyperplane(
    x: *mut f32,
    n: u32,
    step: f32,
    normal: *const f32,
    offset: f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [(Field::Values, normal, size(n))], none(), |[normal]| Ok(Hyperplane { normal, offset }))
    }
}

/// Projection on low <= normal'x <= high.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_hyperslab(
    x: *mut f32,
    n: u32,
    step: f32,
    normal: *const f32,
    low: f32,
    high: f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [(Field::Values, normal, size(n))], none(), |[normal]| Ok(Hyperslab { normal, low, high }))
    }
}

/// Projection on A x = b: matrix has rows times n elements, row after row, factor rows (rows + 1) / 2 from
/// `ts_prox_affine_factor`. Scratch: rows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_affine(
    x: *mut f32,
    n: u32,
    step: f32,
    rows: u32,
    matrix: *const f32,
    rhs: *const f32,
    factor: *const f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over(
            (x, n, step),
            [
                (Field::Matrix, matrix, size(rows).saturating_mul(size(n))),
                (Field::RightHandSide, rhs, size(rows)),
                (Field::Values, factor, Packed::elements(size(rows))),
            ],
            Scratch(scratch, scratch_len),
            |[matrix, rhs, factor]| Ok(Affine { matrix: MatRef::row_major(matrix, size(rows), size(n))?, rhs, factor }),
        )
    }
}

/// Projection on |(x_1, ...)| <= slope x_0, slope > 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_second_order_cone(x: *mut f32, n: u32, step: f32, slope: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &SecondOrderCone { slope }) }
}

/// Projection on 2 x_0 x_1 >= |(x_2, ...)|², x_0, x_1 >= 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_rotated_cone(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &RotatedCone) }
}

/// Projection of each triple (r, s, t) on the exponential cone, s e^(r/s) <= t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_exponential_cone(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &ExponentialCone) }
}

/// Projection of each triple on the dual of the exponential cone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_dual_exponential_cone(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &DualExponentialCone) }
}

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

/// Factors A A' for `ts_prox_affine`: matrix has rows times n elements, factor gets rows (rows + 1) / 2. `PIVOT` with the
/// first row that depends on those above it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_affine_factor(matrix: *const f32, rows: u32, n: u32, factor: *mut f32) -> ts_status_t {
    status::done((|| {
        let (len, elements) = (size(rows).saturating_mul(size(n)), Packed::elements(size(rows)));
        let ledger: &mut Ledger = &mut Ledger::<[_; 8]>::new();
        ledger.enter(Field::Output, factor, elements);
        ledger.enter(Field::Matrix, matrix, len);
        ledger.settle(if elements > 0 { &[Field::Output] } else { &[] })?;
        // SAFETY: the ledger took both.
        let (matrix, factor) = unsafe { (checks::slice(matrix, len), checks::slice_mut(factor, elements)) };
        Affine::factor(MatRef::row_major(matrix, size(rows), size(n))?, factor)?;
        Ok(())
    })())
}
