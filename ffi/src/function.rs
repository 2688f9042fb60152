//! A matrix-free operator: a function of the caller's.

use core::ffi::c_void;

use crate::operator::{Array, Body, Descriptor, View, ts_apply_t, ts_operator_t};
use crate::status::{self, size, ts_status_t};
use tinysolve::operator::{Direction, LinearOperator};
use tinysolve::solve::Step;
use tinysolve::{Error, Field};

/// Describes an operator of dimension `n` by the function that applies it. Conjugate gradients can use it; sweeps, which
/// want rows, answer `OUT_OF_RANGE` (matrix).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_function_operator_init(
    a: *mut ts_operator_t,
    n: u32,
    apply: ts_apply_t,
    context: *mut c_void,
) -> ts_status_t {
    status::done((|| {
        if apply.is_none() {
            return Err(Error::Null { field: Field::Function });
        }
        let mut descriptor = Descriptor::new(n, view);
        descriptor.apply = apply;
        descriptor.arrays[0] = Array::context(context);
        // SAFETY: there are no arrays.
        unsafe { descriptor.write(a, |_| Ok(())) }
    })())
}

/// A function from C with its context; x and y have `n` elements.
pub(crate) struct Function {
    pub(crate) n: u32,
    pub(crate) apply: ts_apply_t,
    pub(crate) context: *mut c_void,
}

impl Function {
    fn call(&self, x: &[f32], y: &mut [f32]) {
        if let Some(apply) = self.apply {
            // SAFETY: the caller gave the function for vectors of this length, with this context.
            unsafe { apply(self.context, x.as_ptr(), y.as_mut_ptr(), self.n) };
        }
    }
}

impl LinearOperator<f32> for Function {
    fn dim(&self) -> usize {
        size(self.n)
    }

    fn apply(&self, x: &[f32], y: &mut [f32]) {
        self.call(x, y);
    }
}

impl Direction<f32> for Function {
    fn direction(&mut self, r: &[f32], d: &mut [f32]) {
        self.call(r, d);
    }
}

/// # Safety
/// As for `Dispatch`.
unsafe fn view(descriptor: &Descriptor, body: Body<'_>) -> Result<Step, Error> {
    let context = descriptor.arrays[0].as_context();
    body(View::Product(&Function { n: descriptor.n, apply: descriptor.apply, context }))
}
