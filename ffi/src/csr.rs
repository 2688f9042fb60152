//! Compressed sparse rows, with indices of 16 or 32 bits.

use crate::checks::{self, Ledger};
use crate::operator::{Array, Descriptor, Dispatch, Room, View, ts_operator_t};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::matrix::{Csr, Index};
use tinysolve::{Error, Field};

/// Describes a sparse matrix of dimension `n` by rows, with 16-bit indices: `n + 1` row starts from 0 to `nonzeros`,
/// ascending; in each row the columns ascend, and the diagonal entry is there. O(nonzeros), once.
///
/// Errors: `LENGTH`, `UNORDERED`, `OUT_OF_RANGE` (columns), `NOT_FINITE` (values), `ZERO_DIAGONAL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_csr16_init(
    a: *mut ts_operator_t,
    n: u32,
    row_starts: *const u16,
    nonzeros: u32,
    columns: *const u16,
    values: *const f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(a, n, row_starts, nonzeros, columns, values, rows::<u16>) })
}

/// The same for `ts_sor_...` alone, which takes less flash: other methods answer `OUT_OF_RANGE` (matrix).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_csr16_init_sor(
    a: *mut ts_operator_t,
    n: u32,
    row_starts: *const u16,
    nonzeros: u32,
    columns: *const u16,
    values: *const f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(a, n, row_starts, nonzeros, columns, values, relaxation::<u16>) })
}

/// As `ts_csr16_init`, with 32-bit indices.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_csr32_init(
    a: *mut ts_operator_t,
    n: u32,
    row_starts: *const u32,
    nonzeros: u32,
    columns: *const u32,
    values: *const f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(a, n, row_starts, nonzeros, columns, values, rows::<u32>) })
}

/// As `ts_csr16_init_sor`, with 32-bit indices.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_csr32_init_sor(
    a: *mut ts_operator_t,
    n: u32,
    row_starts: *const u32,
    nonzeros: u32,
    columns: *const u32,
    values: *const f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(a, n, row_starts, nonzeros, columns, values, relaxation::<u32>) })
}

/// # Safety
/// Pointers that are neither null nor misaligned show what `ts_csr16_init` says.
unsafe fn init<I: Index>(
    a: *mut ts_operator_t,
    n: u32,
    row_starts: *const I,
    nonzeros: u32,
    columns: *const I,
    values: *const f32,
    dispatch: Dispatch,
) -> Result<(), Refusal> {
    let (starts, nonzeros) = (size(n).saturating_add(1), size(nonzeros));
    let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
    ledger.enter(Field::Object, a, 1);
    ledger.enter(Field::RowPointers, row_starts, starts);
    ledger.enter(Field::Columns, columns, nonzeros);
    ledger.enter(Field::Values, values, nonzeros);
    ledger.settle(&[Field::Object])?;
    // SAFETY: the ledger took the pointers with these lengths.
    unsafe {
        let row_starts = checks::slice(row_starts, starts);
        Csr::<f32, I>::new(row_starts, checks::slice(columns, nonzeros), checks::slice(values, nonzeros))?;
    }
    let arrays = [
        Array::new(row_starts, starts),
        Array::new(columns, nonzeros),
        Array::new(values, nonzeros),
        Array::NONE,
        Array::NONE,
    ];
    // SAFETY: the ledger took the pointer.
    unsafe { Descriptor::new(n, dispatch, arrays).write(a) };
    Ok(())
}

/// # Safety
/// As for `Dispatch`.
unsafe fn csr<I: Index>(descriptor: &Descriptor) -> Result<Csr<'_, f32, I>, Error> {
    let [starts, columns, values, ..] = descriptor.arrays;
    // SAFETY: `init` made the arrays of pointers to these types.
    unsafe { Csr::trusted(starts.slice(), columns.slice(), values.slice()) }
}

/// # Safety
/// As for `Dispatch`.
unsafe fn rows<'a, I: Index>(descriptor: &'a Descriptor, room: &'a mut Room) -> Result<View<'a>, Error> {
    // SAFETY: the promise above.
    Ok(View::of_rows(room.put(unsafe { csr::<I>(descriptor)? })))
}

/// # Safety
/// As for `Dispatch`.
unsafe fn relaxation<'a, I: Index>(descriptor: &'a Descriptor, room: &'a mut Room) -> Result<View<'a>, Error> {
    // SAFETY: the promise above.
    Ok(View::of_relaxation(room.put(unsafe { csr::<I>(descriptor)? })))
}
