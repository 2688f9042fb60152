//! A matrix-free operator: a function of the caller's.

use core::ffi::c_void;

use crate::checks;
use crate::operator::{Array, Descriptor, Room, View, ts_apply_t, ts_operator_t};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::operator::{Direction, LinearOperator};
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
        checks::usable(Field::Object, a)?;
        check(apply)?;
        let context = Array::context(context);
        let mut descriptor = Descriptor::new(n, view, [context, Array::NONE, Array::NONE, Array::NONE, Array::NONE]);
        descriptor.apply = apply;
        // SAFETY: the pointer was checked.
        unsafe { descriptor.write(a) };
        Ok(())
    })())
}

/// `Null` for a function that is not there.
pub(crate) fn check(apply: ts_apply_t) -> Result<(), Refusal> {
    if apply.is_some() { Ok(()) } else { Err(Refusal::from(Error::Null { field: Field::Function })) }
}

/// A function from C with its context; x and y have `n` elements.
#[derive(Clone, Copy)]
pub(crate) struct Function {
    pub(crate) n: u32,
    pub(crate) apply: ts_apply_t,
    pub(crate) context: *mut c_void,
}

impl Function {
    fn call(&self, x: &[f32], y: &mut [f32]) {
        // The function knows `n` and no slices: nothing shorter may reach it, whatever a scrambled state leads to.
        if let Some(apply) = self.apply.filter(|_| x.len() == size(self.n) && y.len() == x.len()) {
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
unsafe fn view<'a>(descriptor: &'a Descriptor, room: &'a mut Room) -> Result<View<'a>, Error> {
    let context = descriptor.arrays[0].as_context();
    let function = room.put(Function { n: descriptor.n, apply: descriptor.apply, context });
    Ok(View { product: Some(function), ..View::default() })
}
