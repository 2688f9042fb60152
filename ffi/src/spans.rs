//! Whether a step is one, and whether x and arrays as long as it can be made slices: asked by every proximal operator from C, and
//! on a chip longer than many of them. So it is written by hand for cores with all of Thumb-2, in line: what would be wrong stands in
//! a register before each question, and is still there if it is. Elsewhere, and as a model of it, there is a portable twin.

use core::ptr::NonNull;

use crate::status::{
    TS_ERROR_LENGTH, TS_ERROR_MISALIGNED, TS_ERROR_NULL, TS_ERROR_OUT_OF_RANGE, TS_ERROR_OVERLAP, TS_ERROR_TOO_LARGE,
    TS_OK, size, ts_status_t,
};
use tinysolve::{Field, Real};

/// What can be wrong: a field, and in the low byte a `TS_ERROR_...`, so that errors of one field are small steps apart.
const fn defect(error: u32, field: u32) -> u32 {
    field << 8 | error
}

const STEP: u32 = defect(TS_ERROR_OUT_OF_RANGE, Field::Step as u32);
const NULL: u32 = defect(TS_ERROR_NULL, Field::Iterate as u32);
const OVERLAP: u32 = defect(TS_ERROR_OVERLAP, Field::Iterate as u32);

// The assembly goes from one to the next by these steps.
const _: () = assert!(TS_ERROR_MISALIGNED == TS_ERROR_NULL + 1 && TS_ERROR_TOO_LARGE == TS_ERROR_MISALIGNED - 4);

/// The status that says so; 0 stays 0.
#[allow(clippy::cast_possible_wrap, reason = "errors are below 128")]
const fn status(defect: u32) -> ts_status_t {
    -(defect.swap_bytes() as ts_status_t)
}

/// 0 if the step is a finite number above 0, and x can be made a slice; else the status. Of no elements any pointer will do, and
/// another takes its place, which is answered with the status.
#[inline(always)]
#[allow(clippy::pointers_in_nomem_asm_block, reason = "numbers there: nothing is read through them")]
pub(crate) fn refused<T: Real>(x: *mut T, n: u32, step: T) -> (ts_status_t, *mut T) {
    #[cfg(tinysolve_thumb2)]
    if size_of::<T>() == 4 {
        let (status, usable);
        // SAFETY: arithmetic in registers.
        unsafe {
            core::arch::asm!(
                "movw r3, #{step}",
                "cbz r2, 3f",
                "lsrs r2, r2, #23",
                "cmp r2, #255",
                "bhs 3f",
                "cbnz r1, 4f",
                "movs r0, #{aligned}",
                "4: movw r3, #{null}",
                "cbz r0, 3f",
                "adds r3, #1",
                "lsls r2, r0, #30",
                "bne 3f",
                "subs r3, #4",
                "lsrs r2, r1, #29",
                "bne 3f",
                "movs r3, #0",
                "3: rev r3, r3",
                "mov r2, r0",
                "negs r0, r3",
                step = const STEP,
                null = const NULL,
                aligned = const align_of::<T>(),
                // The status where it is answered from.
                inlateout("r0") x => status,
                in("r1") n,
                inlateout("r2") bits(step) => usable,
                lateout("r3") _,
                options(pure, nomem, nostack),
            );
        }
        return (status, usable);
    }
    let usable = if n == 0 { NonNull::dangling().as_ptr() } else { x };
    (status(portable((usable, n, step), None)), usable)
}

/// The same, and 0 only if an array as long as x can be made a slice as well, and shares no byte with x.
#[inline(always)]
#[allow(clippy::pointers_in_nomem_asm_block, reason = "numbers there: nothing is read through them")]
pub(crate) fn refused_beside<T: Real, const FIELD: u32>(
    (x, n, step): (*const T, u32, T),
    array: *const T,
) -> ts_status_t {
    #[cfg(tinysolve_thumb2)]
    if size_of::<T>() == 4 {
        let status;
        // SAFETY: arithmetic in registers.
        unsafe {
            core::arch::asm!(
                "movw r4, #{step}",
                "cbz r3, 3f",
                "lsrs r3, r3, #23",
                "cmp r3, #255",
                "bhs 3f",
                "cbz r1, 2f",
                "movw r4, #{null}",
                "cbz r0, 3f",
                "adds r4, #1",
                "lsls r3, r0, #30",
                "bne 3f",
                "subs r4, #4",
                "lsrs r3, r1, #29",
                "bne 3f",
                "movw r4, #{array}",
                "cbz r2, 3f",
                "adds r4, #1",
                "lsls r3, r2, #30",
                "bne 3f",
                "subs r4, #4",
                "adds.w r3, r2, r1, lsl #2",
                "bcs 3f",
                "movw r4, #{overlap}",
                "subs r3, r0, r2",
                "bhs 4f",
                "negs r3, r3",
                "4: cmp.w r3, r1, lsl #2",
                "blo 3f",
                "2: movs r4, #0",
                "3: rev r4, r4",
                "negs r4, r4",
                step = const STEP,
                null = const NULL,
                array = const defect(TS_ERROR_NULL, FIELD),
                overlap = const OVERLAP,
                in("r0") x,
                in("r1") n,
                in("r2") array,
                inlateout("r3") bits(step) => _,
                lateout("r4") status,
                options(pure, nomem, nostack),
            );
        }
        return status;
    }
    status(portable((x, n, step), Some((FIELD, array))))
}

/// 0 if an array of `len` elements can be made a slice that has any, and shares no byte with x, of which that is known.
#[inline(always)]
pub(crate) fn refused_array<T: Real, const FIELD: u32>(
    (x, n): (*const T, u32),
    (array, len): (*const T, u32),
) -> ts_status_t {
    let code = |error, field| status(defect(error, field));
    if len == 0 {
        return code(TS_ERROR_LENGTH, FIELD);
    }
    if array.is_null() {
        return code(TS_ERROR_NULL, FIELD);
    }
    if misaligned(array) {
        return code(TS_ERROR_MISALIGNED, FIELD);
    }
    let (start, bytes) = (array.addr(), size(len).wrapping_mul(size_of::<T>()));
    let Some(end) = start.checked_add(bytes).filter(|_| size(len) <= isize::MAX.unsigned_abs() / size_of::<T>()) else {
        return code(TS_ERROR_TOO_LARGE, FIELD);
    };
    // The end of x, of which nothing is asked but that it has no bytes in the array.
    if start < x.addr().saturating_add(size(n).wrapping_mul(size_of::<T>())) && x.addr() < end {
        return code(TS_ERROR_OVERLAP, Field::Iterate as u32);
    }
    TS_OK
}

fn misaligned<T>(pointer: *const T) -> bool {
    pointer.addr() & (align_of::<T>() - 1) != 0
}

#[cfg(tinysolve_thumb2)]
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "of single precision")]
fn bits<T: Real>(number: T) -> u32 {
    number.to_bits_u64() as u32
}

/// What is wrong, the first thing in the order of the code above; or 0.
#[inline(always)]
fn portable<T: Real>((x, n, step): (*const T, u32, T), array: Option<(u32, *const T)>) -> u32 {
    let bytes = size(n).wrapping_mul(size_of::<T>());
    if !(step > T::ZERO && step <= T::MAX) {
        return STEP;
    }
    if n == 0 {
        // Any pointer will do.
        return 0;
    }
    let iterate = Field::Iterate as u32;
    if x.is_null() {
        return NULL;
    }
    if misaligned(x) {
        return defect(TS_ERROR_MISALIGNED, iterate);
    }
    if size(n) > isize::MAX.unsigned_abs() / size_of::<T>() {
        return defect(TS_ERROR_TOO_LARGE, iterate);
    }
    let Some((field, array)) = array else { return 0 };
    if array.is_null() {
        defect(TS_ERROR_NULL, field)
    } else if misaligned(array) {
        defect(TS_ERROR_MISALIGNED, field)
    } else if array.addr().checked_add(bytes).is_none() {
        defect(TS_ERROR_TOO_LARGE, field)
    } else if x.addr().abs_diff(array.addr()) < bytes {
        OVERLAP
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tinysolve::Error;

    const WEIGHTS: u32 = Field::Weights as u32;

    fn ask<T: Real>() {
        let field = Field::Iterate;
        let mut numbers = [T::ONE; 8];
        let [x, none] = [numbers.as_mut_ptr(), core::ptr::null_mut()];
        let odd = x.wrapping_byte_add(1);
        let far = core::ptr::without_provenance_mut::<T>(usize::MAX - (size_of::<T>() - 1));
        let large = u32::MAX;

        let step = Error::OutOfRange { field: Field::Step, index: 0 }.code();
        for bad in [T::ZERO, -T::ZERO, -T::ONE, T::INFINITY, -T::INFINITY, T::from_f64(f64::NAN)] {
            assert_eq!(refused(x, 8, bad).0, step);
            assert_eq!(refused(none, 0, bad).0, step);
        }
        assert_eq!(refused(x, 8, T::MAX), (TS_OK, x));
        assert_eq!(refused(none, 8, T::ONE).0, Error::Null { field }.code());
        assert_eq!(refused(odd, 8, T::ONE).0, Error::Misaligned { field }.code());
        for nothing in [none, odd, x] {
            let (status, usable) = refused(nothing, 0, T::ONE);
            assert!(status == TS_OK && !usable.is_null() && usable.is_aligned());
        }

        let beside = |x: *mut T, n, array: *const T| refused_beside::<T, WEIGHTS>((x, n, T::ONE), array);
        let array = |x: *mut T, n, array: *const T, len| refused_array::<T, WEIGHTS>((x, n), (array, len));
        let weights = Field::Weights;
        for ask in [&beside as &dyn Fn(*mut T, u32, *const T) -> ts_status_t, &|x, n, a| array(x, n, a, n)] {
            assert_eq!(ask(x, 4, none), Error::Null { field: weights }.code());
            assert_eq!(ask(x, 4, odd), Error::Misaligned { field: weights }.code());
            assert_eq!(ask(x, 2, far), Error::TooLarge { field: weights }.code());
            assert_eq!(ask(x, 4, x.wrapping_add(4)), TS_OK);
            assert_eq!(ask(x.wrapping_add(4), 4, x), TS_OK);
            for shift in 0..4 {
                assert_eq!(ask(x, 4, x.wrapping_add(shift)), Error::Overlap { field }.code());
                assert_eq!(ask(x.wrapping_add(shift), 4, x), Error::Overlap { field }.code());
            }
        }
        assert_eq!(beside(none, 0, none), TS_OK);
        assert_eq!(array(x, 0, x, 8), TS_OK, "nothing shares no byte");
        assert_eq!(array(x, 8, none, 0), Error::Length { field: weights, need: 1, got: 0 }.code());
        assert_eq!(array(x, 4, x.wrapping_add(4), 4), TS_OK);
        assert_eq!(array(x, 4, x.wrapping_add(3), 1), Error::Overlap { field }.code());
        assert_eq!(array(far, large, x, 1), TS_OK, "x that ends nowhere is the caller's");
    }

    #[test]
    fn what_is_wrong_is_said_by_kind_and_field() {
        ask::<f32>();
        ask::<f64>();
    }
}
