//! Quadratic functions by their matrices.

use crate::checks::{self, Ledger};
use crate::proximal::{Scratch, none, over};
use crate::status::{self, size, ts_status_t};
use tinysolve::Field;
use tinysolve::factor::Packed;
use tinysolve::matrix::MatRef;
use tinysolve::operator::Prox;
use tinysolve::prox::quadratic::{LeastSquares, PreparedQuadratic, Quadratic};

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

/// Factors I + step Q for `ts_prox_prepared_quadratic`: matrix is the lower triangle of Q, row after row, n (n + 1) / 2
/// elements; factor gets as many. n³ / 6 multiplications, once for every step that is used.
///
/// Errors: `NOT_FINITE` (values), `OUT_OF_RANGE` (step), `PIVOT` with the first row at which I + step Q is not positive definite:
/// then what is in factor is no use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_quadratic_factor(
    matrix: *const f32,
    n: u32,
    step: f32,
    factor: *mut f32,
) -> ts_status_t {
    status::done((|| {
        let elements = Packed::elements(size(n));
        let ledger: &mut Ledger = &mut Ledger::<[_; 2]>::new();
        ledger.enter(Field::Output, factor, elements);
        ledger.enter(Field::Values, matrix, elements);
        ledger.settle(&[Field::Output])?;
        // SAFETY: the ledger took both, and they share no byte.
        let (matrix, factor) = unsafe { (checks::slice(matrix, elements), checks::slice_mut(factor, elements)) };
        // The factor is that of any linear term.
        let form = Quadratic { matrix, linear: matrix.get(..size(n)).unwrap_or(&[]) };
        form.check(size(n), elements)?;
        form.prepare(step, factor)?;
        Ok(())
    })())
}

/// What `ts_prox_quadratic` gives, by n² multiplications and without scratch. factor: n (n + 1) / 2 elements from
/// `ts_prox_quadratic_factor`, which was given the same step.
///
/// Errors: `NOT_FINITE` (values: the factor, right-hand side: linear), `OUT_OF_RANGE` (step), `PIVOT` for a factor that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_prepared_quadratic(
    x: *mut f32,
    n: u32,
    step: f32,
    factor: *const f32,
    linear: *const f32,
) -> ts_status_t {
    let arrays = [(Field::Values, factor, Packed::elements(size(n))), (Field::RightHandSide, linear, size(n))];
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), arrays, none(), |[factor, linear]| {
            // Only its value would read the matrix, which so need not be kept.
            Ok(PreparedQuadratic { form: Quadratic { matrix: factor, linear }, factor, step })
        })
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
