//! A dense square matrix with any strides.

use crate::checks::Ledger;
use crate::operator::{Array, Descriptor, Dispatch, Room, View, ts_operator_t};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::matrix::MatRef;
use tinysolve::{Error, Field};

/// Describes a dense matrix of dimension `n` whose element (i, j) is `values`\[i `row_stride` + j `column_stride`\]:
/// `n` and 1 for rows one after the other, 1 and `n` for columns.
///
/// Errors: `OUT_OF_RANGE` for a stride of 0, `TOO_LARGE`, `NOT_FINITE` (values: the index is i n + j), `ZERO_DIAGONAL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_dense_init(
    a: *mut ts_operator_t,
    n: u32,
    values: *const f32,
    row_stride: u32,
    column_stride: u32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(a, n, values, [row_stride, column_stride], rows) })
}

/// The same for `ts_sor_...` alone, which takes less flash: other methods answer `OUT_OF_RANGE` (matrix).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_dense_init_sor(
    a: *mut ts_operator_t,
    n: u32,
    values: *const f32,
    row_stride: u32,
    column_stride: u32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(a, n, values, [row_stride, column_stride], relaxation) })
}

/// # Safety
/// Pointers that are neither null nor misaligned show what `ts_dense_init` says.
unsafe fn init(
    a: *mut ts_operator_t,
    n: u32,
    values: *const f32,
    strides: [u32; 2],
    dispatch: Dispatch,
) -> Result<(), Refusal> {
    let [row_stride, column_stride] = strides;
    let len = span(n, row_stride, column_stride)?;
    let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
    ledger.enter(Field::Object, a, 1);
    ledger.enter(Field::Values, values, len);
    ledger.settle(&[Field::Object])?;
    let values = Array::new(values, len);
    let mut descriptor = Descriptor::new(n, dispatch, [values, Array::NONE, Array::NONE, Array::NONE, Array::NONE]);
    descriptor.numbers = [row_stride, column_stride, 0];
    // SAFETY: the ledger took the pointers with these lengths.
    unsafe {
        check(&matrix(&descriptor)?)?;
        descriptor.write(a);
    }
    Ok(())
}

/// Elements from the first to the last.
fn span(n: u32, row_stride: u32, column_stride: u32) -> Result<usize, Error> {
    let Some(last) = n.checked_sub(1) else { return Ok(0) };
    let too_large = Error::TooLarge { field: Field::Size };
    let stride = size(row_stride).checked_add(size(column_stride)).ok_or(too_large)?;
    size(last).checked_mul(stride).and_then(|last| last.checked_add(1)).ok_or(too_large)
}

fn check(matrix: &MatRef<'_, f32>) -> Result<(), Error> {
    for row in 0..matrix.rows() {
        if let Some(column) = matrix.row(row).position(|value| !value.is_finite()) {
            return Err(Error::NotFinite { field: Field::Values, index: row * matrix.columns() + column });
        }
        if matrix.get(row, row) == Some(0.0) {
            return Err(Error::ZeroDiagonal { row });
        }
    }
    Ok(())
}

/// # Safety
/// As for `Dispatch`.
unsafe fn matrix(descriptor: &Descriptor) -> Result<MatRef<'_, f32>, Error> {
    let (n, [row_stride, column_stride, _]) = (size(descriptor.n), descriptor.numbers.map(size));
    // SAFETY: the array was made of a pointer to this type.
    MatRef::strided(unsafe { descriptor.arrays[0].slice() }, n, n, row_stride, column_stride)
}

/// # Safety
/// As for `Dispatch`.
unsafe fn rows<'a>(descriptor: &'a Descriptor, room: &'a mut Room) -> Result<View<'a>, Error> {
    // SAFETY: the promise above.
    Ok(View::of_rows(room.put(unsafe { matrix(descriptor)? })))
}

/// # Safety
/// As for `Dispatch`.
unsafe fn relaxation<'a>(descriptor: &'a Descriptor, room: &'a mut Room) -> Result<View<'a>, Error> {
    // SAFETY: the promise above.
    Ok(View::of_relaxation(room.put(unsafe { matrix(descriptor)? })))
}
