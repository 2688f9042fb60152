//! A stencil with constant coefficients in the plane, without a mask: the operator that takes the least flash.

use crate::checks;
use crate::operator::{Array, Descriptor, Dispatch, Room, View, ts_operator_t};
use crate::status::{self, Refusal, size, ts_status_t};
use crate::stencil::cells;
use tinysolve::matrix::Plane;
use tinysolve::{Error, Field};

/// Describes the 5-point operator on `nx` x `ny` cells, x running fastest, with Dirichlet zero around:
/// A x = centre x + along (west + east) + across (south + north). For the Laplacian: 4, -1, -1. The bits are those of
/// `ts_stencil_init` with `nz` 1 and without a mask.
///
/// Errors: `OUT_OF_RANGE` or `TOO_LARGE` (size), `NOT_FINITE` (values: 0 is the centre), `ZERO_DIAGONAL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_plane_init(
    a: *mut ts_operator_t,
    nx: u32,
    ny: u32,
    centre: f32,
    along: f32,
    across: f32,
) -> ts_status_t {
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { init(a, [nx, ny, 1], [centre, along, across, 0.0], rows) })
}

/// The same for `ts_sor_...` alone, which takes less flash: other methods answer `OUT_OF_RANGE` (matrix).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_plane_init_sor(
    a: *mut ts_operator_t,
    nx: u32,
    ny: u32,
    centre: f32,
    along: f32,
    across: f32,
) -> ts_status_t {
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { init(a, [nx, ny, 1], [centre, along, across, 0.0], relaxation) })
}

/// # Safety
/// A pointer that is neither null nor misaligned shows an operator.
unsafe fn init(a: *mut ts_operator_t, sides: [u32; 3], values: [f32; 4], dispatch: Dispatch) -> Result<(), Refusal> {
    checks::usable(Field::Object, a)?;
    plane(sides, values)?;
    let none = Array::NONE;
    let descriptor = Descriptor::new(cells(sides)?, dispatch, [none; 5]);
    // SAFETY: the pointer was checked.
    unsafe { Descriptor { numbers: sides, values, ..descriptor }.write(a) };
    Ok(())
}

fn plane([nx, ny, _]: [u32; 3], [centre, along, across, _]: [f32; 4]) -> Result<Plane<f32>, Error> {
    Plane::new([size(nx), size(ny)], centre, [along, across])
}

/// # Safety
/// As for `Dispatch`.
unsafe fn rows<'a>(descriptor: &'a Descriptor, room: &'a mut Room) -> Result<View<'a>, Error> {
    Ok(View::of_rows(room.put(plane(descriptor.numbers, descriptor.values)?)))
}

/// # Safety
/// As for `Dispatch`.
unsafe fn relaxation<'a>(descriptor: &'a Descriptor, room: &'a mut Room) -> Result<View<'a>, Error> {
    Ok(View::of_relaxation(room.put(plane(descriptor.numbers, descriptor.values)?)))
}
