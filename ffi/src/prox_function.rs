//! A proximal operator that is a function of the caller's.

use core::ffi::c_void;

use crate::status::{TS_OK, size, ts_status_t};
use tinysolve::operator::Prox;
use tinysolve::{Error, Field};

/// Replaces x, `n` elements, by the prox of the caller's function at x with this step, above 0. `context` is what was given
/// with the function. It writes x, its own memory, and nothing else that the call uses. Answers `TS_OK`; anything else makes all
/// elements of x NaN, which a splitting method answers with `TS_STEP_DIVERGED`.
pub type ts_prox_function_t =
    Option<unsafe extern "C" fn(context: *mut c_void, x: *mut f32, n: u32, step: f32) -> ts_status_t>;

/// A function from C with its context.
#[derive(Clone, Copy)]
pub(crate) struct Called {
    pub(crate) function: ts_prox_function_t,
    pub(crate) context: *mut c_void,
}

impl Prox<f32> for Called {
    fn scratch_len(&self, _n: usize) -> usize {
        0
    }

    fn check(&self, _n: usize, _scratch: usize) -> Result<(), Error> {
        if self.function.is_some() { Ok(()) } else { Err(Error::Null { field: Field::Function }) }
    }

    #[inline(never)]
    fn prox(&self, x: &mut [f32], step: f32, _scratch: &mut [f32]) {
        let Some(function) = self.function else { return };
        let n = u32::try_from(x.len()).ok().filter(|n| size(*n) == x.len());
        // SAFETY: the caller gave the function for vectors of any length, with this context.
        let done = n.is_some_and(|n| unsafe { function(self.context, x.as_mut_ptr(), n, step) } == TS_OK);
        if !done {
            x.fill(f32::NAN);
        }
    }

    /// NaN: the function only knows its operator.
    fn value(&self, _x: &[f32]) -> f32 {
        f32::NAN
    }
}
