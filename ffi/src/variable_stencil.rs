//! A stencil whose coefficients differ from cell to cell.

use crate::operator::{Array, Body, Descriptor, View, ts_operator_t};
use crate::status::{self, size, ts_status_t};
use crate::stencil::{cells, mask as mask_of};
use tinysolve::matrix::VariableStencil;
use tinysolve::solve::Step;
use tinysolve::{Error, Field};

/// Describes the symmetric operator on `nx` x `ny` x `nz` cells, x running fastest, whose row k holds `centre`\[k\] and
/// the couplings of cell k to its `east`, `north` and `up` neighbour; each array has one element a cell, and the entry
/// across a wall is 0. `up` may be null where `nz` is 1. `mask` is null, or one byte a cell, 0 where x is a prescribed
/// value that no method changes.
///
/// Errors: `OUT_OF_RANGE` or `TOO_LARGE` (size), `NOT_FINITE` (values: the index runs through centre, east, north, up),
/// `ZERO_DIAGONAL` at a free cell, `OUT_OF_RANGE` (values) for a coupling across a wall.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_variable_stencil_init(
    a: *mut ts_operator_t,
    nx: u32,
    ny: u32,
    nz: u32,
    centre: *const f32,
    east: *const f32,
    north: *const f32,
    up: *const f32,
    mask: *const u8,
) -> ts_status_t {
    status::done((|| {
        let n = cells([nx, ny, nz])?;
        let mut descriptor = Descriptor::new(n, view);
        descriptor.numbers = [nx, ny, nz];
        let array = |pointer| Array::new(Field::Values, pointer, size(n));
        descriptor.arrays = [
            array(centre)?,
            array(east)?,
            array(north)?,
            if nz > 1 { array(up)? } else { Array::NONE },
            if mask.is_null() { Array::NONE } else { Array::new(Field::Mask, mask, size(n))? },
        ];
        // SAFETY: the arrays were checked above and are the caller's.
        unsafe { descriptor.write(a, |descriptor| stencil(descriptor, VariableStencil::new).map(drop)) }
    })())
}

type Make<'a> = fn([usize; 3], &'a [f32], [&'a [f32]; 3], Option<&'a [u8]>) -> Result<VariableStencil<'a, f32>, Error>;

/// # Safety
/// As for `Dispatch`.
unsafe fn stencil<'a>(descriptor: &Descriptor, make: Make<'a>) -> Result<VariableStencil<'a, f32>, Error> {
    let [centre, east, north, up, mask] = descriptor.arrays;
    // SAFETY: the arrays were made of pointers to these types.
    unsafe {
        let coupling = [east.slice(), north.slice(), up.slice()];
        make(descriptor.numbers.map(size), centre.slice(), coupling, mask_of(mask))
    }
}

/// # Safety
/// As for `Dispatch`.
unsafe fn view(descriptor: &Descriptor, body: Body<'_>) -> Result<Step, Error> {
    // SAFETY: the promise above.
    let stencil = unsafe { stencil(descriptor, VariableStencil::trusted)? };
    body(View::Sweep(&stencil))
}
