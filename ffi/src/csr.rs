//! Compressed sparse rows, with indices of 16 or 32 bits.

use crate::operator::{Array, Body, Descriptor, View, ts_operator_t};
use crate::status::{self, size, ts_status_t};
use tinysolve::matrix::{Csr, Index};
use tinysolve::solve::Step;
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
    status::done(unsafe { init(a, n, row_starts, nonzeros, columns, values) })
}

/// The same with 32-bit indices.
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
    status::done(unsafe { init(a, n, row_starts, nonzeros, columns, values) })
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
) -> Result<(), Error> {
    let mut descriptor = Descriptor::new(n, view::<I>);
    let starts = size(n).checked_add(1).ok_or(Error::TooLarge { field: Field::Size })?;
    descriptor.arrays = [
        Array::new(Field::RowPointers, row_starts, starts)?,
        Array::new(Field::Columns, columns, size(nonzeros))?,
        Array::new(Field::Values, values, size(nonzeros))?,
        Array::NONE,
        Array::NONE,
    ];
    // SAFETY: the arrays were checked above and are the caller's.
    unsafe {
        descriptor.write(a, |descriptor| {
            let [starts, columns, values, ..] = descriptor.arrays;
            Csr::<f32, I>::new(starts.slice(), columns.slice(), values.slice()).map(drop)
        })
    }
}

/// # Safety
/// As for `Dispatch`.
unsafe fn view<I: Index>(descriptor: &Descriptor, body: Body<'_>) -> Result<Step, Error> {
    let [starts, columns, values, ..] = descriptor.arrays;
    // SAFETY: `init` made the arrays of pointers to these types.
    let csr = unsafe { Csr::<f32, I>::trusted(starts.slice(), columns.slice(), values.slice())? };
    body(View::Sweep(&csr))
}
