//! What every proximal operator needs when it is called from C.

use core::ptr::NonNull;

use crate::checks::{self, Ledger};
use crate::status::{
    self, Refusal, TS_ERROR_MISALIGNED, TS_ERROR_NULL, TS_ERROR_OUT_OF_RANGE, TS_ERROR_OVERLAP, TS_ERROR_TOO_LARGE,
    TS_OK, size, ts_status_t,
};
use tinysolve::operator::Prox;
use tinysolve::{Field, Real};

/// `Err` unless the step is a finite number above 0.
pub(crate) fn check_step<T: Real>(step: T) -> Result<(), Refusal> {
    if step > T::ZERO && step <= T::MAX {
        Ok(())
    } else {
        Err(Refusal::new(TS_ERROR_OUT_OF_RANGE, Field::Step as u32, 0))
    }
}

/// 0 if x of an operator that needs no other memory can be made a slice, and the step is one; else the status. A number
/// and not a `Result`, and in line: asking is no longer than a call around which everything has to be kept.
#[inline(always)]
fn refused<T: Real>(x: *const T, len: usize, step: T) -> ts_status_t {
    let code = |error, field: Field| status::done(Err(Refusal::new(error, field as u32, 0)));
    if x.is_null() {
        return code(TS_ERROR_NULL, Field::Iterate);
    }
    if x.addr() & (align_of::<T>() - 1) != 0 {
        return code(TS_ERROR_MISALIGNED, Field::Iterate);
    }
    if len > isize::MAX.unsigned_abs() / size_of::<T>() {
        return code(TS_ERROR_TOO_LARGE, Field::Iterate);
    }
    // Above 0, finite and no NaN, by the bits.
    let bits = step.to_bits_u64();
    if bits == 0 || bits >= T::INFINITY.to_bits_u64() {
        return code(TS_ERROR_OUT_OF_RANGE, Field::Step);
    }
    TS_OK
}

/// Applies an operator that needs no other memory.
///
/// # Safety
/// `x` is as the header demands.
#[inline]
pub(crate) unsafe fn alone<T: Real>(x: *mut T, n: u32, step: T, operator: &impl Prox<T>) -> ts_status_t {
    // Of no elements, any pointer will do.
    let x = if n == 0 { NonNull::dangling().as_ptr() } else { x };
    let refusal = refused(x, size(n), step);
    if refusal != TS_OK {
        return refusal;
    }
    // SAFETY: not null, aligned, and short enough; the rest is promised.
    let x = unsafe { core::slice::from_raw_parts_mut(x, size(n)) };
    if let Err(error) = operator.check(x.len(), 0) {
        // Where it is known what can be wrong, this is a number; the general conversion is longer than most operators.
        return error.code();
    }
    operator.prox(x, step, &mut []);
    TS_OK
}

/// The same of one that needs an element at least, which is asked first.
///
/// # Safety
/// As for [`alone`].
#[inline]
pub(crate) unsafe fn alone_of_some<T: Real>(x: *mut T, n: u32, step: T, operator: &impl Prox<T>) -> ts_status_t {
    if n == 0 {
        return status::done(Err(Refusal::new(TS_ERROR_OUT_OF_RANGE, Field::Size as u32, 0)));
    }
    // SAFETY: as promised.
    unsafe { alone(x, n, step, operator) }
}

/// 0 if an array of as many elements as x can be made a slice, and shares no byte with it; else the status.
#[inline(never)]
fn unfit<T>(x: *const T, len: usize, array: *const T, field: Field) -> ts_status_t {
    let code = |error, field: Field| status::done(Err(Refusal::new(error, field as u32, 0)));
    let bytes = len * size_of::<T>();
    if array.is_null() {
        code(TS_ERROR_NULL, field)
    } else if array.addr() & (align_of::<T>() - 1) != 0 {
        code(TS_ERROR_MISALIGNED, field)
    } else if array.addr().checked_add(bytes).is_none() {
        code(TS_ERROR_TOO_LARGE, field)
    } else if x.addr().abs_diff(array.addr()) < bytes {
        code(TS_ERROR_OVERLAP, Field::Iterate)
    } else {
        TS_OK
    }
}

/// Applies an operator over an array that is as long as x, and no scratch.
///
/// # Safety
/// Both pointers are as the header demands.
#[inline]
pub(crate) unsafe fn beside<'a, T: Real, F: Prox<T>>(
    (x, n, step): (*mut T, u32, T),
    (field, array): (Field, *const T),
    make: impl FnOnce(&'a [T]) -> F,
) -> ts_status_t {
    // SAFETY: as promised.
    unsafe { between((x, n, step), field, [array; 2], |[array, _]| make(array)) }
}

/// The same over two arrays, which may be one.
///
/// # Safety
/// All pointers are as the header demands.
#[inline]
pub(crate) unsafe fn between<'a, T: Real, F: Prox<T>>(
    (x, n, step): (*mut T, u32, T),
    field: Field,
    [a, b]: [*const T; 2],
    make: impl FnOnce([&'a [T]; 2]) -> F,
) -> ts_status_t {
    let len = size(n);
    // Of no elements, any pointer will do.
    let x = if n == 0 { NonNull::dangling().as_ptr() } else { x };
    let mut refusal = refused(x, len, step);
    if refusal == TS_OK && n > 0 {
        refusal = unfit(x, len, a, field);
    }
    if refusal == TS_OK && n > 0 && !core::ptr::eq(a, b) {
        refusal = unfit(x, len, b, field);
    }
    if refusal != TS_OK {
        return refusal;
    }
    // SAFETY: not null, aligned, and short enough; the rest is promised.
    let operator = unsafe { make([checks::slice(a, len), checks::slice(b, len)]) };
    if let Err(error) = operator.check(len, 0) {
        return error.code();
    }
    // SAFETY: as above, and no array shares a byte with x.
    operator.prox(unsafe { core::slice::from_raw_parts_mut(x, len) }, step, &mut []);
    TS_OK
}

/// Scratch from C.
#[derive(Clone, Copy)]
pub(crate) struct Scratch<T>(pub(crate) *mut T, pub(crate) usize);

/// No scratch.
pub(crate) const fn none<T>() -> Scratch<T> {
    Scratch(core::ptr::null_mut(), 0)
}

/// An array of the operator's: what it is, where, how long.
pub(crate) type Array<T> = (Field, *const T, usize);

/// Applies an operator over arrays and scratch.
///
/// # Safety
/// All pointers are as the header demands.
#[inline]
pub(crate) unsafe fn over<'a, T: Real, F: Prox<T>, const K: usize>(
    (x, n, step): (*mut T, u32, T),
    arrays: [Array<T>; K],
    scratch: Scratch<T>,
    make: impl FnOnce([&'a [T]; K]) -> Result<F, Refusal>,
) -> ts_status_t {
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 8]>::new();
        // Written ones are entered first, whatever their length, so that each has its place.
        ledger.enter(Field::Iterate, x, size(n));
        if n > 0 {
            ledger.enter(Field::Workspace, scratch.0, scratch.1);
        }
        for (field, pointer, len) in arrays {
            ledger.enter(field, pointer, len);
        }
        let written: &[Field] = if scratch.1 > 0 { &[Field::Iterate, Field::Workspace] } else { &[Field::Iterate] };
        ledger.settle(if n > 0 { written } else { &[] })?;
        check_step(step)?;
        // SAFETY: the ledger took all of them.
        let operator = make(arrays.map(|(_, pointer, len)| unsafe { checks::slice(pointer, len) }))?;
        let len = if n > 0 { scratch.1 } else { 0 };
        operator.check(size(n), len)?;
        // SAFETY: the ledger took both, and they share no byte.
        unsafe { operator.prox(checks::slice_mut(x, size(n)), step, checks::slice_mut(scratch.0, len)) };
        Ok(())
    })())
}
