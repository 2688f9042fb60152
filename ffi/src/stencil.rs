//! A stencil with constant coefficients.

use crate::checks::Ledger;
use crate::operator::{Array, Descriptor, Dispatch, Room, View, ts_operator_t};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::matrix::Stencil;
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
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(a, [nx, ny, nz], centre, coupling, mask, rows) })
}

/// The same for `ts_sor_...` alone, which takes less flash: other methods answer `OUT_OF_RANGE` (matrix).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_stencil_init_sor(
    a: *mut ts_operator_t,
    nx: u32,
    ny: u32,
    nz: u32,
    centre: f32,
    coupling: *const f32,
    mask: *const u8,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(a, [nx, ny, nz], centre, coupling, mask, relaxation) })
}

/// # Safety
/// Pointers that are neither null nor misaligned show what `ts_stencil_init` says.
unsafe fn init(
    a: *mut ts_operator_t,
    sides: [u32; 3],
    centre: f32,
    coupling: *const f32,
    mask: *const u8,
    dispatch: Dispatch,
) -> Result<(), Refusal> {
    let n = cells(sides)?;
    let cells = if mask.is_null() { 0 } else { size(n) };
    let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
    ledger.enter(Field::Object, a, 1);
    ledger.enter(Field::Values, coupling, 3);
    ledger.enter(Field::Mask, mask, cells);
    ledger.settle(&[Field::Object])?;
    // SAFETY: the ledger took the pointers with these lengths.
    unsafe {
        let [along, across, up] = coupling.cast::<[f32; 3]>().read();
        let (mask, values) = (Array::new(mask, cells), [centre, along, across, up]);
        stencil(sides, values, mask)?;
        let arrays = [mask, Array::NONE, Array::NONE, Array::NONE, Array::NONE];
        Descriptor { numbers: sides, values, ..Descriptor::new(n, dispatch, arrays) }.write(a);
    }
    Ok(())
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
/// The array was made of a mask that is still there.
unsafe fn stencil<'a>(sides: [u32; 3], values: [f32; 4], array: Array) -> Result<Stencil<'a, f32>, Error> {
    let [centre, coupling @ ..] = values;
    // SAFETY: the promise above.
    Stencil::new(sides.map(size), centre, coupling, unsafe { mask(array) })
}

/// # Safety
/// As for `Dispatch`.
unsafe fn of<'a>(descriptor: &Descriptor) -> Result<Stencil<'a, f32>, Error> {
    // SAFETY: the promise above; the first array is the mask.
    unsafe { stencil(descriptor.numbers, descriptor.values, descriptor.arrays[0]) }
}

/// # Safety
/// As for `Dispatch`.
unsafe fn rows<'a>(descriptor: &'a Descriptor, room: &'a mut Room) -> Result<View<'a>, Error> {
    // SAFETY: the promise above.
    Ok(View::of_rows(room.put(unsafe { of(descriptor)? })))
}

/// # Safety
/// As for `Dispatch`.
unsafe fn relaxation<'a>(descriptor: &'a Descriptor, room: &'a mut Room) -> Result<View<'a>, Error> {
    // SAFETY: the promise above.
    Ok(View::of_relaxation(room.put(unsafe { of(descriptor)? })))
}
