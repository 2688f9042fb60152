//! Projections on sets; the step only has to be positive.

use crate::checks::{self, Ledger};
use crate::proximal::{Scratch, alone, beside, over};
use crate::status::{self, size, ts_status_t};
use tinysolve::Field;
use tinysolve::factor::Packed;
use tinysolve::matrix::MatRef;
use tinysolve::prox::sets::{
    Affine, CappedSimplex, ExtendedSimplex, Halfspace, Hyperplane, Hyperslab, L1Ball, L2Ball, Simplex, SparseVectors,
    Sphere, WeightedL1Ball,
};

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

/// Projection on low <= x_i <= high, sum of x_i = total, which is from n low to n high, low < high.
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

/// Projection on low <= x_i <= high, sum of a_i x_i = total, n weights a_i above 0.
///
/// Errors: `NOT_FINITE` (weights, bounds, configuration: total), `OUT_OF_RANGE` (step; weights: one of 0 or less, at the index; bounds: low
/// is not below high; configuration: no such point has that total).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_weighted_capped_simplex(
    x: *mut f32,
    n: u32,
    step: f32,
    weights: *const f32,
    total: f32,
    low: f32,
    high: f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        beside::<{ Field::Weights as u32 }, _, _>((x, n, step), weights, |weights| CappedSimplex {
            weights,
            total,
            low,
            high,
        })
    }
}

/// Projection on the sum of |x_i| <= radius, above 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_l1_ball(x: *mut f32, n: u32, step: f32, radius: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &L1Ball { radius }) }
}

/// Projection on the sum of w_i |x_i| <= radius, above 0, n weights of at least 0.
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
        beside::<{ Field::Weights as u32 }, _, _>((x, n, step), weights, |weights| WeightedL1Ball { weights, radius })
    }
}

/// Projection on |x| <= radius, above 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_l2_ball(x: *mut f32, n: u32, step: f32, radius: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &L2Ball { radius }) }
}

/// Projection on |x| = radius, above 0; of 0, the first unit vector times radius.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_sphere(x: *mut f32, n: u32, step: f32, radius: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Sphere { radius }) }
}

/// The count elements of largest magnitude stay, at least 1, the others become 0; of equal ones those that stand first stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_sparse_vectors(x: *mut f32, n: u32, step: f32, count: u32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &SparseVectors { count: size(count) }) }
}

/// Projection on normal'x <= offset, n elements of normal, not all 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_halfspace(
    x: *mut f32,
    n: u32,
    step: f32,
    normal: *const f32,
    offset: f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { beside::<{ Field::Values as u32 }, _, _>((x, n, step), normal, |normal| Halfspace { normal, offset }) }
}

/// Projection on normal'x = offset, n elements of normal, not all 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_hyperplane(
    x: *mut f32,
    n: u32,
    step: f32,
    normal: *const f32,
    offset: f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { beside::<{ Field::Values as u32 }, _, _>((x, n, step), normal, |normal| Hyperplane { normal, offset }) }
}

/// Projection on low <= normal'x <= high, n elements of normal, not all 0; low or high may be infinite.
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
    unsafe { beside::<{ Field::Values as u32 }, _, _>((x, n, step), normal, |normal| Hyperslab { normal, low, high }) }
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
