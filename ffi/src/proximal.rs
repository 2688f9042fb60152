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

/// The number itself, of which the compiler knows nothing. On a chip, where several numbers end in one shift, one shift is shorter than
/// several large constants.
#[inline(always)]
fn veiled(number: u32) -> u32 {
    #[cfg(target_arch = "arm")]
    {
        let veiled;
        // SAFETY: no instruction at all.
        unsafe {
            core::arch::asm!("/* {0} */", inlateout(reg) number => veiled, options(pure, nomem, nostack, preserves_flags))
        };
        veiled
    }
    #[cfg(not(target_arch = "arm"))]
    number
}

/// A defect that a pointer or a step has, as a `TS_ERROR_...` and a field in one number; its status.
type Defect = u32;

const fn defect(error: u32, field: Field) -> Option<Defect> {
    Some(error << 8 | field as u32)
}

#[inline(always)]
#[allow(clippy::cast_possible_wrap, reason = "errors and fields are small")]
fn refuse(defect: Defect) -> ts_status_t {
    -((veiled(defect) << 16) as ts_status_t)
}

/// Whether it is above 0, finite and no NaN, by the bits.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the halves are taken apart")]
fn usable_step<T: Real>(step: T) -> bool {
    let bits = step.to_bits_u64();
    // Two comparisons with short constants, of which the compiler would make one with a long one.
    let same = bits >> 32 << 32 | u64::from(veiled(bits as u32));
    bits != 0 && same < T::INFINITY.to_bits_u64()
}

/// 0 if x of an operator that needs no other memory can be made a slice, and the step is one; else the status. A number
/// and not a `Result`, and in line: asking is no longer than a call around which everything has to be kept.
#[inline(always)]
fn refused_alone<T: Real>(x: *const T, len: usize, step: T, parameters: bool) -> ts_status_t {
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
    // Parameters are compared with the long constant, as a rule, so the step may be as well.
    let usable =
        if parameters { step.to_bits_u64().wrapping_sub(1) < T::INFINITY.to_bits_u64() - 1 } else { usable_step(step) };
    if usable { TS_OK } else { code(TS_ERROR_OUT_OF_RANGE, Field::Step) }
}

/// Applies an operator that needs no other memory.
///
/// # Safety
/// `x` is as the header demands.
#[inline]
pub(crate) unsafe fn alone<T: Real, F: Prox<T>>(x: *mut T, n: u32, step: T, operator: &F) -> ts_status_t {
    // Of no elements, any pointer will do.
    let x = if n == 0 { NonNull::dangling().as_ptr() } else { x };
    let refusal = refused_alone(x, size(n), step, size_of::<F>() > 0);
    if refusal != TS_OK {
        return refusal;
    }
    // SAFETY: not null, aligned, and short enough; the rest is promised.
    let x = unsafe { core::slice::from_raw_parts_mut(x, size(n)) };
    applied(x, step, operator)
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

/// What keeps the step from being one, or x and an array of as many elements from being slices that share no byte.
#[inline(always)]
fn unfit<T: Real>((x, n, step): (*mut T, u32, T), field: Field, array: *const T) -> Option<Defect> {
    let misaligned = |pointer: *const T| pointer.addr() & (align_of::<T>() - 1) != 0;
    let bytes = size(n).wrapping_mul(size_of::<T>());
    if !usable_step(step) {
        defect(TS_ERROR_OUT_OF_RANGE, Field::Step)
    } else if n == 0 {
        // Any pointer will do.
        None
    } else if x.is_null() {
        defect(TS_ERROR_NULL, Field::Iterate)
    } else if misaligned(x) {
        defect(TS_ERROR_MISALIGNED, Field::Iterate)
    } else if size(n) > isize::MAX.unsigned_abs() / size_of::<T>() {
        defect(TS_ERROR_TOO_LARGE, Field::Iterate)
    } else if array.is_null() {
        defect(TS_ERROR_NULL, field)
    } else if misaligned(array) {
        defect(TS_ERROR_MISALIGNED, field)
    } else if array.addr().checked_add(bytes).is_none() {
        defect(TS_ERROR_TOO_LARGE, field)
    } else if x.addr().abs_diff(array.addr()) < bytes {
        defect(TS_ERROR_OVERLAP, Field::Iterate)
    } else {
        None
    }
}

/// The status of the same, by itself, for those that ask twice.
#[inline(never)]
fn refused<T: Real>(x: *mut T, n: u32, step: T, array: *const T, field: Field) -> ts_status_t {
    unfit((x, n, step), field, array).map_or(TS_OK, refuse)
}

/// Applies an operator over an array that is as long as x, and no scratch.
///
/// # Safety
/// Both pointers are as the header demands.
#[inline]
pub(crate) unsafe fn beside<'a, T: Real, F: Prox<T>>(
    (x, n, step): (*mut T, u32, T),
    (field, array): (Field, *const T),
    make: impl Fn(&'a [T]) -> F,
) -> ts_status_t {
    if let Some(defect) = unfit((x, n, step), field, array) {
        return refuse(defect);
    }
    if n == 0 {
        return of_none(&make(&[]));
    }
    // SAFETY: not null, aligned, and short enough; the rest is promised.
    let operator = make(unsafe { core::slice::from_raw_parts(array, size(n)) });
    // SAFETY: as above, and the array shares no byte with x.
    unsafe { applied(core::slice::from_raw_parts_mut(x, size(n)), step, &operator) }
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
    make: impl Fn([&'a [T]; 2]) -> F,
) -> ts_status_t {
    let mut refusal = refused(x, n, step, a, field);
    if refusal == TS_OK {
        refusal = refused(x, n, step, b, field);
    }
    if refusal != TS_OK {
        return refusal;
    }
    if n == 0 {
        return of_none(&make([&[], &[]]));
    }
    // SAFETY: not null, aligned, and short enough; the rest is promised.
    let arrays = unsafe { [core::slice::from_raw_parts(a, size(n)), core::slice::from_raw_parts(b, size(n))] };
    let operator = make(arrays);
    // SAFETY: as above, and no array shares a byte with x.
    unsafe { applied(core::slice::from_raw_parts_mut(x, size(n)), step, &operator) }
}

/// What an operator that needs no scratch says of no elements.
#[inline(always)]
fn of_none<T: Real>(operator: &impl Prox<T>) -> ts_status_t {
    operator.check(0, 0).map_or_else(tinysolve::Error::code, |()| TS_OK)
}

/// Checks and applies an operator that needs no scratch. Where it is known what can be wrong, its code is a number; the general
/// conversion is longer than most operators.
#[inline(always)]
fn applied<T: Real>(x: &mut [T], step: T, operator: &impl Prox<T>) -> ts_status_t {
    if let Err(error) = operator.check(x.len(), 0) {
        return error.code();
    }
    operator.prox(x, step, &mut []);
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
