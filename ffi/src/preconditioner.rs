//! The descriptor of a preconditioner, made as the one of an operator is.

use core::ffi::c_void;
use core::ptr;

use crate::checks::{self, Span};
use crate::function::Function;
use crate::objects::{Kind, mark};
use crate::operator::{Array, Descriptor, ts_apply_t, ts_operator_t};
use crate::status::{self, size, ts_status_t};
use tinysolve::linear::SsorPreconditioner;
use tinysolve::operator::Direction;
use tinysolve::solve::Step;
use tinysolve::{Error, Field};

/// `uint64_t` words of a `ts_preconditioner_t`.
pub const TS_PRECONDITIONER_WORDS: usize = 8; // f64: 8

/// A preconditioner: pointers to the caller's arrays, and how to use them. Like `ts_operator_t` it must be made anew
/// after a restart.
#[repr(C)]
pub struct ts_preconditioner_t {
    words: [u64; TS_PRECONDITIONER_WORDS],
}

/// What a method does with a direction.
type Body<'a> = &'a mut dyn FnMut(&mut dyn Direction<f32>) -> Result<Step, Error>;

/// # Safety
/// The descriptor was filled by the init function of this kind, and what it points to is still there.
type Dispatch = unsafe fn(&Preconditioner, Body<'_>) -> Result<Step, Error>;

/// What is in the words of a `ts_preconditioner_t`.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Preconditioner {
    mark: u32,
    pub(crate) n: u32,
    dispatch: Dispatch,
    /// Of SSOR.
    a: *const ts_operator_t,
    /// Of SSOR: what `prepare` filled. Of a function: its context.
    array: Array,
    apply: ts_apply_t,
    omega: f32,
}

const _: () = assert!(size_of::<Preconditioner>() <= size_of::<ts_preconditioner_t>());
const _: () = assert!(align_of::<Preconditioner>() <= align_of::<ts_preconditioner_t>());

const MARK: u32 = mark::<f32>(Kind::Preconditioner);

impl Preconditioner {
    /// The descriptor in an object.
    ///
    /// # Safety
    /// A pointer that is neither null nor misaligned shows a `ts_preconditioner_t` that nobody writes meanwhile.
    pub(crate) unsafe fn open<'a>(pointer: *const ts_preconditioner_t) -> Result<&'a Self, Error> {
        Span::of(Field::Preconditioner, pointer, 1)?;
        // SAFETY: the memory begins with a word, whatever it holds.
        checks::marked(Field::Preconditioner, MARK, unsafe { pointer.cast::<u32>().read() })?;
        // SAFETY: the mark says that an init function put a descriptor there.
        Ok(unsafe { &*pointer.cast() })
    }

    /// The memory it reads, itself included.
    ///
    /// # Safety
    /// `open` found this descriptor, and what it points to is still there.
    pub(crate) unsafe fn spans(&self) -> Result<[Span; 8], Error> {
        let nothing = Span::behind(ptr::null(), 0);
        let (mut operator, mut arrays) = (nothing, [nothing; 5]);
        if !self.a.is_null() {
            operator = Span::of(Field::Matrix, self.a, 1)?;
            // SAFETY: the promise above.
            arrays = unsafe { Descriptor::open(self.a)? }.spans();
        }
        let [s0, s1, s2, s3, s4] = arrays;
        Ok([Span::of(Field::Preconditioner, self, 1)?, self.array.span(), operator, s0, s1, s2, s3, s4])
    }

    /// Hands the direction to `body`. O(1).
    ///
    /// # Safety
    /// `open` found this descriptor, and what it points to is still there.
    pub(crate) unsafe fn view(&self, body: Body<'_>) -> Result<Step, Error> {
        // SAFETY: the function was stored by the init function that stored the rest.
        unsafe { (self.dispatch)(self, body) }
    }
}

/// Describes the symmetric successive over-relaxation preconditioner of `a`, `omega` in (0, 2), and fills the workspace:
/// at least `ts_operator_scaling_len` elements, which must stay as they are. For SSOR alone, `ts_ssor_cg_init` is
/// faster.
///
/// Errors: `NOT_FINITE` or `OUT_OF_RANGE` (omega), `OUT_OF_RANGE` (matrix) for an operator without rows, `LENGTH`
/// (workspace), `ZERO_DIAGONAL`, `NEGATIVE_DIAGONAL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_ssor_preconditioner_init(
    preconditioner: *mut ts_preconditioner_t,
    a: *const ts_operator_t,
    omega: f32,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    status::done((|| {
        let written =
            [Span::of(Field::Object, preconditioner, 1)?, Span::of(Field::Workspace, workspace, workspace_len)?];
        // SAFETY: the pointers are as the header demands.
        let descriptor = unsafe { Descriptor::open(a)? };
        checks::disjoint(&written, &[Span::of(Field::Matrix, a, 1)?])?;
        checks::apart(&written, &descriptor.spans())?;
        let mut len = 0;
        // SAFETY: `open` found the descriptor; the workspace was checked and meets nothing that is read.
        unsafe {
            descriptor
                .view(&mut |view| {
                    let sweep = view.sweep()?;
                    len = sweep.scaling_len();
                    SsorPreconditioner::new(sweep, omega, checks::slice_mut(workspace, workspace_len))?;
                    Ok(Step::Running)
                })
                .map(drop)?;
        };
        let array = Array::new(Field::Workspace, workspace, len)?;
        let value = Preconditioner { mark: MARK, n: descriptor.n, dispatch: ssor, a, array, apply: None, omega };
        // SAFETY: checked above, and large and aligned enough by the assertions beside the type.
        unsafe { preconditioner.cast::<Preconditioner>().write(value) };
        Ok(())
    })())
}

/// Describes the preconditioner z = M⁻¹ r of dimension `n` by a function. It must be linear, symmetric and positive
/// definite; `TS_STEP_INDEFINITE_PRECONDITIONER` tells when it turns out not to be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_function_preconditioner_init(
    preconditioner: *mut ts_preconditioner_t,
    n: u32,
    apply: ts_apply_t,
    context: *mut c_void,
) -> ts_status_t {
    status::done((|| {
        Span::of(Field::Object, preconditioner, 1)?;
        if apply.is_none() {
            return Err(Error::Null { field: Field::Function });
        }
        let array = Array::context(context);
        let value = Preconditioner { mark: MARK, n, dispatch: function, a: ptr::null(), array, apply, omega: 1.0 };
        // SAFETY: checked above, and large and aligned enough by the assertions beside the type.
        unsafe { preconditioner.cast::<Preconditioner>().write(value) };
        Ok(())
    })())
}

/// # Safety
/// As for `Dispatch`.
unsafe fn ssor(preconditioner: &Preconditioner, body: Body<'_>) -> Result<Step, Error> {
    let Preconditioner { a, array, omega, .. } = *preconditioner;
    // SAFETY: the operator and the workspace are where they were.
    unsafe {
        Descriptor::open(a)?.view(&mut |view| {
            let scaling = array.slice();
            body(&mut SsorPreconditioner::trusted(view.sweep()?, omega, scaling)?)
        })
    }
}

/// # Safety
/// As for `Dispatch`.
unsafe fn function(preconditioner: &Preconditioner, body: Body<'_>) -> Result<Step, Error> {
    let Preconditioner { n, apply, array, .. } = *preconditioner;
    body(&mut Function { n, apply, context: array.as_context() })
}

/// A direction behind a pointer, as the solver takes it.
pub(crate) struct Lent<'a>(pub(crate) &'a mut dyn Direction<f32>);

impl Direction<f32> for Lent<'_> {
    fn direction(&mut self, r: &[f32], d: &mut [f32]) {
        self.0.direction(r, d);
    }

    fn is_symmetric(&self) -> bool {
        self.0.is_symmetric()
    }
}

/// Err unless the preconditioner has the dimension of the operator.
pub(crate) fn check_dimension(preconditioner: &Preconditioner, n: usize) -> Result<(), Error> {
    let got = size(preconditioner.n);
    if got == n { Ok(()) } else { Err(Error::Length { field: Field::Preconditioner, need: n, got }) }
}
