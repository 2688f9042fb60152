//! What every proximal operator needs when it is called from C.

use crate::checks::{self, Ledger};
use crate::spans;
use crate::status::{self, Refusal, TS_ERROR_OUT_OF_RANGE, TS_OK, size, ts_status_t};
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

#[cold]
#[inline]
fn rare() {}

/// Applies an operator that needs no other memory.
///
/// # Safety
/// `x` is as the header demands.
#[inline]
pub(crate) unsafe fn alone<T: Real, F: Prox<T>>(x: *mut T, n: u32, step: T, operator: &F) -> ts_status_t {
    if size_of::<F>() > 2 * size_of::<T>() {
        // SAFETY: as promised.
        return unsafe { alone_of_parts(x, n, step, operator) };
    }
    let (refusal, x) = spans::refused(x, n, step);
    if refusal != TS_OK {
        return refusal;
    }
    // SAFETY: not null, aligned, and short enough; the rest is promised.
    let x = unsafe { core::slice::from_raw_parts_mut(x, size(n)) };
    if let Err(error) = operator.check(x.len(), 0) {
        rare();
        return error.code();
    }
    operator.prox(x, step, &mut []);
    TS_OK
}

/// The same of one with more to check than a few numbers, whose error is no constant.
///
/// # Safety
/// As for [`alone`].
#[inline]
unsafe fn alone_of_parts<T: Real>(x: *mut T, n: u32, step: T, operator: &impl Prox<T>) -> ts_status_t {
    let (refusal, x) = spans::refused(x, n, step);
    if refusal != TS_OK {
        return refusal;
    }
    // SAFETY: not null, aligned, and short enough; the rest is promised.
    applied(unsafe { core::slice::from_raw_parts_mut(x, size(n)) }, step, operator)
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

/// Applies an operator over an array that is as long as x, and no scratch.
///
/// # Safety
/// Both pointers are as the header demands.
#[inline]
pub(crate) unsafe fn beside<'a, const FIELD: u32, T: Real, F: Prox<T>>(
    (x, n, step): (*mut T, u32, T),
    array: *const T,
    make: impl Fn(&'a [T]) -> F,
) -> ts_status_t {
    let refusal = spans::refused_beside::<T, FIELD>((x, n, step), array);
    if refusal != TS_OK {
        return refusal;
    }
    if n == 0 {
        return of_none(&make(&[]));
    }
    // SAFETY: not null, aligned, and short enough; the rest is promised.
    let operator = make(unsafe { core::slice::from_raw_parts(array, size(n)) });
    // SAFETY: as above, and the array shares no byte with x.
    unsafe { applied(core::slice::from_raw_parts_mut(x, size(n)), step, &operator) }
}

/// The same over an array of another length, which has one element at least.
///
/// # Safety
/// Both pointers are as the header demands.
#[inline]
pub(crate) unsafe fn beside_some<'a, const FIELD: u32, T: Real, F: Prox<T>>(
    (x, n, step): (*mut T, u32, T),
    (array, len): (*const T, u32),
    make: impl Fn(&'a [T]) -> F,
) -> ts_status_t {
    let (refusal, x) = spans::refused(x, n, step);
    if refusal != TS_OK {
        return refusal;
    }
    let refusal = spans::refused_array::<T, FIELD>((x, n), (array, len));
    if refusal != TS_OK {
        return refusal;
    }
    // SAFETY: not null, aligned, and short enough; the rest is promised.
    let operator = make(unsafe { core::slice::from_raw_parts(array, size(len)) });
    // SAFETY: as above, and the array shares no byte with x.
    unsafe { applied(core::slice::from_raw_parts_mut(x, size(n)), step, &operator) }
}

/// The same over two arrays, which may be one.
///
/// # Safety
/// All pointers are as the header demands.
#[inline]
pub(crate) unsafe fn between<'a, const FIELD: u32, T: Real, F: Prox<T>>(
    (x, n, step): (*mut T, u32, T),
    [a, b]: [*const T; 2],
    make: impl Fn([&'a [T]; 2]) -> F,
) -> ts_status_t {
    for array in [a, b] {
        let refusal = spans::refused_beside::<T, FIELD>((x, n, step), array);
        if refusal != TS_OK {
            return refusal;
        }
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
    match operator.check_and_prox(x, step, &mut []) {
        Ok(()) => TS_OK,
        Err(error) => error.code(),
    }
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
