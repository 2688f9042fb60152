//! What every proximal operator needs when it is called from C.

use crate::checks::{self, Ledger};
use crate::status::{self, Refusal, TS_ERROR_OUT_OF_RANGE, TS_ERROR_TOO_LARGE, size, ts_status_t};
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

/// x of an operator that needs no other memory.
#[inline(never)]
unsafe fn vector<'a, T: Real>(x: *mut T, n: u32, step: T) -> Result<&'a mut [T], Refusal> {
    if n > 0 {
        checks::usable(Field::Iterate, x)?;
    }
    if size(n) > isize::MAX.unsigned_abs() / size_of::<T>() {
        return Err(Refusal::new(TS_ERROR_TOO_LARGE, Field::Iterate as u32, 0));
    }
    check_step(step)?;
    // SAFETY: not null, aligned, and short enough.
    Ok(unsafe { checks::slice_mut(x, size(n)) })
}

/// Applies an operator that needs no other memory.
///
/// # Safety
/// `x` is as the header demands.
#[inline]
pub(crate) unsafe fn alone<T: Real>(x: *mut T, n: u32, step: T, operator: &impl Prox<T>) -> ts_status_t {
    status::done((|| {
        // SAFETY: as promised.
        let x = unsafe { vector(x, n, step) }?;
        operator.check(x.len(), 0)?;
        operator.prox(x, step, &mut []);
        Ok(())
    })())
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
