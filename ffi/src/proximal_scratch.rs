//! Operators that need scratch and no array: two pointers, asked without a ledger.

use crate::checks;
use crate::proximal::{Scratch, check_step};
use crate::status::{
    self, Refusal, TS_ERROR_MISALIGNED, TS_ERROR_NULL, TS_ERROR_OVERLAP, TS_ERROR_TOO_LARGE, TS_OK, size, ts_status_t,
};
use tinysolve::operator::Prox;
use tinysolve::{Field, Real};

/// The `TS_ERROR_...` of memory that cannot be made a slice; 0 if it can.
#[inline(never)]
fn unusable<T>(pointer: *const T, len: usize) -> u32 {
    if len == 0 {
        // Any pointer will do.
        0
    } else if pointer.is_null() {
        TS_ERROR_NULL
    } else if pointer.addr() & (align_of::<T>() - 1) != 0 {
        TS_ERROR_MISALIGNED
    } else if len > isize::MAX.unsigned_abs() / size_of::<T>()
        || pointer.addr().checked_add(len * size_of::<T>()).is_none()
    {
        TS_ERROR_TOO_LARGE
    } else {
        0
    }
}

/// Applies an operator over scratch and no array.
///
/// # Safety
/// Both pointers are as the header demands.
#[inline]
pub(crate) unsafe fn with_scratch<T: Real>(
    (x, n, step): (*mut T, u32, T),
    scratch: Scratch<T>,
    operator: &impl Prox<T>,
) -> ts_status_t {
    let (n, len) = (size(n), if n > 0 { scratch.1 } else { 0 });
    let refused = |error, field: Field| status::done(Err(Refusal::new(error, field as u32, 0)));
    let error = unusable(x, n);
    if error != 0 {
        return refused(error, Field::Iterate);
    }
    let error = unusable(scratch.0, len);
    if error != 0 {
        return refused(error, Field::Workspace);
    }
    // They meet where one begins within the other.
    let (behind, before) = (scratch.0.addr().wrapping_sub(x.addr()), x.addr().wrapping_sub(scratch.0.addr()));
    if len > 0 && (behind < n * size_of::<T>() || before < len * size_of::<T>()) {
        return refused(TS_ERROR_OVERLAP, Field::Iterate);
    }
    if let Err(refusal) = check_step(step) {
        return status::done(Err(refusal));
    }
    if let Err(error) = operator.check(n, len) {
        return error.code();
    }
    // SAFETY: both can be made slices, and they share no byte; the rest is promised.
    unsafe { operator.prox(checks::slice_mut(x, n), step, checks::slice_mut(scratch.0, len)) };
    TS_OK
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proximal::over;
    use tinysolve::Error;

    /// Three elements of scratch each, and nothing is done with them.
    struct Idle;

    impl Prox<f32> for Idle {
        fn scratch_len(&self, n: usize) -> usize {
            3 * n
        }

        fn check(&self, n: usize, got: usize) -> Result<(), Error> {
            let (field, need) = (Field::Workspace, 3 * n);
            if got < need { Err(Error::Length { field, need, got }) } else { Ok(()) }
        }

        fn prox(&self, _: &mut [f32], _: f32, _: &mut [f32]) {}

        fn value(&self, _: &[f32]) -> f32 {
            0.0
        }
    }

    #[test]
    fn answers_are_those_of_the_ledger() {
        let mut memory = [0.0_f32; 64];
        let base: *mut f32 = memory.as_mut_ptr();
        let pointers = [
            core::ptr::null_mut(),
            base,
            base.wrapping_byte_add(2),
            base.wrapping_add(4),
            base.wrapping_add(9),
            base.wrapping_add(10),
            base.wrapping_add(20),
        ];
        let mut seen = std::collections::BTreeSet::new();
        for x in pointers {
            for scratch in pointers {
                for n in [0, 1, 3, 10] {
                    for len in [0, 1, 9, 30, usize::MAX / 8, usize::MAX / 2] {
                        for step in [1.0, 0.0, -1.0, f32::NAN, f32::INFINITY] {
                            if len == usize::MAX / 8 && scratch.is_aligned() {
                                continue;
                            }
                            // SAFETY: what is taken for memory is some, and nothing is done with it.
                            let (got, expected) = unsafe {
                                (
                                    with_scratch((x, n, step), Scratch(scratch, len), &Idle),
                                    over((x, n, step), [], Scratch(scratch, len), |[]| Ok(Idle)),
                                )
                            };
                            assert_eq!(got, expected, "{x:?} {scratch:?} {n} {len} {step}");
                            seen.insert(got);
                        }
                    }
                }
            }
        }
        // Done; x: null, misaligned, meets scratch; scratch: null, misaligned, too large, of three lengths; step.
        assert!(seen.len() >= 10, "{seen:?}");
    }
}
