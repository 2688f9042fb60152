//! A stencil with constant coefficients.

use crate::checks;
use crate::operator::{Array, Body, Descriptor, View, ts_operator_t};
use crate::status::{self, size, ts_status_t};
use tinysolve::matrix::Stencil;
use tinysolve::solve::Step;
use tinysolve::{Error, Field};

/// Describes the 3-, 5- or 7-point operator on `nx` x `ny` x `nz` cells, x running fastest, with Dirichlet zero around:
/// A x = centre x + coupling\[0\] (west + east) + coupling\[1\] (south + north) + coupling\[2\] (down + up). For the
/// Laplacian in the plane: `nz` 1, `centre` 4, `coupling` -1, -1, 0. `mask` is null, or one byte a cell, 0 where x is a
/// prescribed value that no method changes.
///
/// Errors: `OUT_OF_RANGE` or `TOO_LARGE` (size), `NOT_FINITE` (values: 0 is the centre), `ZERO_DIAGONAL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_stencil_init(
    a: *mut ts_operator_t,
    nx: u32,
    ny: u32,
    nz: u32,
    centre: f32,
    coupling: *const f32,
    mask: *const u8,
) -> ts_status_t {
    status::done((|| {
        let n = cells([nx, ny, nz])?;
        // SAFETY: the pointers are as the header demands.
        let [along, across, up] = unsafe { checks::read::<[f32; 3]>(Field::Values, coupling.cast())? };
        let mut descriptor = Descriptor::new(n, view);
        descriptor.numbers = [nx, ny, nz];
        descriptor.values = [centre, along, across, up];
        if !mask.is_null() {
            descriptor.arrays[0] = Array::new(Field::Mask, mask, size(n))?;
        }
        // SAFETY: the mask was checked above and is the caller's.
        unsafe { descriptor.write(a, |descriptor| stencil(descriptor).map(drop)) }
    })())
}

/// The product of the sides, as far as it fits 32 bits.
pub(crate) fn cells([nx, ny, nz]: [u32; 3]) -> Result<u32, Error> {
    nx.checked_mul(ny).and_then(|plane| plane.checked_mul(nz)).ok_or(Error::TooLarge { field: Field::Size })
}

/// The mask at this place of a descriptor.
///
/// # Safety
/// The array was made of a pointer to bytes that are still there.
pub(crate) unsafe fn mask<'a>(array: Array) -> Option<&'a [u8]> {
    // SAFETY: the promise above.
    if array.is_none() { None } else { Some(unsafe { array.slice() }) }
}

/// # Safety
/// As for `Dispatch`.
unsafe fn stencil(descriptor: &Descriptor) -> Result<Stencil<'_, f32>, Error> {
    let [centre, coupling @ ..] = descriptor.values;
    // SAFETY: the array was made of a mask.
    let mask = unsafe { mask(descriptor.arrays[0]) };
    Stencil::new(descriptor.numbers.map(size), centre, coupling, mask)
}

/// # Safety
/// As for `Dispatch`.
unsafe fn view(descriptor: &Descriptor, body: Body<'_>) -> Result<Step, Error> {
    // SAFETY: the promise above.
    let stencil = unsafe { stencil(descriptor)? };
    body(View::Sweep(&stencil))
}
