//! Small dense and banded factorisations, in place.

use crate::checks::{self, Ledger};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::factor::{Band, Cholesky, Layout, Ldlt, Packed};
use tinysolve::{Error, Field};

/// The matrix, entered in a ledger of its own.
///
/// # Safety
/// A pointer that is neither null nor misaligned shows as many elements as the layout has, and nobody else uses them.
unsafe fn matrix<'a>(layout: impl Layout, values: *mut f32) -> Result<&'a mut [f32], Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
    ledger.enter(Field::Values, values, layout.len());
    ledger.settle(&[])?;
    // SAFETY: the ledger took the pointer for this length.
    Ok(unsafe { checks::slice_mut(values, layout.len()) })
}

/// Factor and right-hand side of a solve.
///
/// # Safety
/// Pointers that are neither null nor misaligned show as many elements as the layout says.
unsafe fn system<'a>(
    layout: impl Layout,
    factor: *const f32,
    x: *mut f32,
) -> Result<(&'a [f32], &'a mut [f32]), Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
    ledger.enter(Field::RightHandSide, x, layout.dim());
    ledger.enter(Field::Values, factor, layout.len());
    ledger.settle(&[Field::RightHandSide])?;
    // SAFETY: the ledger took both, and x meets nothing else.
    Ok(unsafe { (checks::slice(factor, layout.len()), checks::slice_mut(x, layout.dim())) })
}

/// A band no wider than the matrix, as a layout.
fn band(n: u32, bandwidth: u32) -> Result<Band, Error> {
    if bandwidth != 0 && bandwidth >= n {
        return Err(Error::OutOfRange { field: Field::Size, index: 1 });
    }
    Ok(Band::new(size(n), size(bandwidth)))
}

/// A = L L' in place, for A symmetric and positive definite: `values` are the rows of the lower triangle, a00, a10, a11,
/// a20, ..., `TS_PACKED_LEN(n)` elements. About n³ / 6 multiplications.
///
/// Errors: `TOO_LARGE` (values), `PIVOT` with the row at which A is not positive definite; the rows before it are
/// overwritten then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cholesky_factor(n: u32, values: *mut f32) -> ts_status_t {
    let layout = Packed::new(size(n));
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { matrix(layout, values) }.and_then(|values| {
        Cholesky::factor(layout, values)?;
        Ok(())
    }))
}

/// Solves A x = b by what `ts_cholesky_factor` left in `factor`: b in `x`, then x. n² multiplications.
///
/// Errors: `PIVOT` for a row that no factorisation left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_cholesky_solve(n: u32, factor: *const f32, x: *mut f32) -> ts_status_t {
    let layout = Packed::new(size(n));
    // SAFETY: the pointers are as the header demands.
    status::done(
        unsafe { system(layout, factor, x) }
            .and_then(|(factor, x)| Ok(Cholesky::from_factor(layout, factor)?.solve(x)?)),
    )
}

/// `ts_cholesky_factor` for a matrix whose elements are 0 further than `bandwidth` from the diagonal: row by row the
/// `bandwidth` elements before the diagonal and the diagonal, `TS_BAND_LEN(n, bandwidth)` elements, of which those before
/// the first column are not used. About n bandwidth² / 2 multiplications. `OUT_OF_RANGE` (size, 1) for a bandwidth of n or
/// more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_band_cholesky_factor(n: u32, bandwidth: u32, values: *mut f32) -> ts_status_t {
    status::done((|| {
        let layout = band(n, bandwidth)?;
        // SAFETY: the pointer is as the header demands.
        Cholesky::factor(layout, unsafe { matrix(layout, values)? })?;
        Ok(())
    })())
}

/// Solves A x = b by what `ts_band_cholesky_factor` left in `factor`: b in `x`, then x.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_band_cholesky_solve(
    n: u32,
    bandwidth: u32,
    factor: *const f32,
    x: *mut f32,
) -> ts_status_t {
    status::done((|| {
        let layout = band(n, bandwidth)?;
        // SAFETY: the pointers are as the header demands.
        let (factor, x) = unsafe { system(layout, factor, x)? };
        Ok(Cholesky::from_factor(layout, factor)?.solve(x)?)
    })())
}

/// A = L D L' in place, without square roots, for A symmetric and positive definite or quasi-definite; stored as for
/// `ts_cholesky_factor`. `positive`, which may be null, gets the number of positive eigenvalues.
///
/// Errors: `TOO_LARGE` (values), `PIVOT` with the row whose pivot is 0 or not finite; the rows before it are overwritten
/// then. Other indefinite matrices may lose all digits: nothing is pivoted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ldlt_factor(n: u32, values: *mut f32, positive: *mut u32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { ldlt(Packed::new(size(n)), values, positive) })
}

/// Solves A x = b by what `ts_ldlt_factor` left in `factor`: b in `x`, then x. n² multiplications.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ldlt_solve(n: u32, factor: *const f32, x: *mut f32) -> ts_status_t {
    let layout = Packed::new(size(n));
    // SAFETY: the pointers are as the header demands.
    status::done(
        unsafe { system(layout, factor, x) }.and_then(|(factor, x)| Ok(Ldlt::from_factor(layout, factor)?.solve(x)?)),
    )
}

/// `ts_ldlt_factor` for a banded matrix, stored as for `ts_band_cholesky_factor`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_band_ldlt_factor(
    n: u32,
    bandwidth: u32,
    values: *mut f32,
    positive: *mut u32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(band(n, bandwidth).map_err(Refusal::from).and_then(|layout| unsafe { ldlt(layout, values, positive) }))
}

/// Solves A x = b by what `ts_band_ldlt_factor` left in `factor`: b in `x`, then x.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_band_ldlt_solve(n: u32, bandwidth: u32, factor: *const f32, x: *mut f32) -> ts_status_t {
    status::done((|| {
        let layout = band(n, bandwidth)?;
        // SAFETY: the pointers are as the header demands.
        let (factor, x) = unsafe { system(layout, factor, x)? };
        Ok(Ldlt::from_factor(layout, factor)?.solve(x)?)
    })())
}

/// # Safety
/// As the header says of all pointers.
unsafe fn ldlt(layout: impl Layout, values: *mut f32, positive: *mut u32) -> Result<(), Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
    ledger.enter(Field::Values, values, layout.len());
    ledger.enter(Field::Output, positive, usize::from(!positive.is_null()));
    ledger.settle(&[Field::Values])?;
    // SAFETY: the ledger took both, and they lie apart.
    unsafe {
        let factor = Ldlt::factor(layout, checks::slice_mut(values, layout.len()))?;
        if !positive.is_null() {
            positive.write(u32::try_from(factor.positive_pivots()).unwrap_or(u32::MAX));
        }
    }
    Ok(())
}
