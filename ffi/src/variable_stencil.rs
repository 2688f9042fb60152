//! A stencil whose coefficients differ from cell to cell.

use crate::checks::Ledger;
use crate::operator::{Array, Descriptor, Dispatch, Room, View, ts_operator_t};
use crate::status::{self, Refusal, size, ts_status_t};
use crate::stencil::{cells, mask as mask_of};
use tinysolve::matrix::VariableStencil;
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
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(a, [nx, ny, nz], [centre, east, north, up], mask, rows) })
}

/// The same for `ts_sor_...` alone, which takes less flash: other methods answer `OUT_OF_RANGE` (matrix).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_variable_stencil_init_sor(
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
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(a, [nx, ny, nz], [centre, east, north, up], mask, relaxation) })
}

/// # Safety
/// Pointers that are neither null nor misaligned show what `ts_variable_stencil_init` says.
unsafe fn init(
    a: *mut ts_operator_t,
    sides: [u32; 3],
    values: [*const f32; 4],
    mask: *const u8,
    dispatch: Dispatch,
) -> Result<(), Refusal> {
    let n = cells(sides)?;
    let upper = if sides[2] > 1 { size(n) } else { 0 };
    let masked = if mask.is_null() { 0 } else { size(n) };
    let [centre, east, north, up] = values;
    let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
    ledger.enter(Field::Object, a, 1);
    for pointer in [centre, east, north] {
        ledger.enter(Field::Values, pointer, size(n));
    }
    ledger.enter(Field::Values, up, upper);
    ledger.enter(Field::Mask, mask, masked);
    ledger.settle(&[Field::Object])?;
    let array = |pointer| Array::new(pointer, size(n));
    let arrays = [array(centre), array(east), array(north), Array::new(up, upper), Array::new(mask, masked)];
    // SAFETY: the ledger took the pointers with these lengths.
    unsafe {
        let (centre, coupling, mask) = slices(&arrays);
        VariableStencil::new(sides.map(size), centre, coupling, mask)?;
        Descriptor { numbers: sides, ..Descriptor::new(n, dispatch, arrays) }.write(a);
    }
    Ok(())
}

/// Centre, east, north and up, mask.
///
/// # Safety
/// The arrays were made of pointers to these types, and the caller's memory is still there.
unsafe fn slices<'a>([centre, east, north, up, mask]: &[Array; 5]) -> (&'a [f32], [&'a [f32]; 3], Option<&'a [u8]>) {
    // SAFETY: the promise above.
    unsafe { (centre.slice(), [east.slice(), north.slice(), up.slice()], mask_of(*mask)) }
}

/// # Safety
/// As for `Dispatch`.
unsafe fn stencil(descriptor: &Descriptor) -> Result<VariableStencil<'_, f32>, Error> {
    // SAFETY: the promise above.
    let (centre, coupling, mask) = unsafe { slices(&descriptor.arrays) };
    VariableStencil::trusted(descriptor.numbers.map(size), centre, coupling, mask)
}

/// # Safety
/// As for `Dispatch`.
unsafe fn rows<'a>(descriptor: &'a Descriptor, room: &'a mut Room) -> Result<View<'a>, Error> {
    // SAFETY: the promise above.
    Ok(View::of_rows(room.put(unsafe { stencil(descriptor)? })))
}

/// # Safety
/// As for `Dispatch`.
unsafe fn relaxation<'a>(descriptor: &'a Descriptor, room: &'a mut Room) -> Result<View<'a>, Error> {
    // SAFETY: the promise above.
    Ok(View::of_relaxation(room.put(unsafe { stencil(descriptor)? })))
}
