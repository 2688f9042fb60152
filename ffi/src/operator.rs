//! The descriptor of an operator: pointers to the caller's arrays and one function that makes a view of them.
//!
//! Each kind brings its own function, so that a program is linked with the kernels of the kinds it makes and no others.

use core::ffi::c_void;
use core::ptr;

use crate::checks::{self, Span};
use crate::objects::{Kind, mark};
use crate::status::{self, ts_status_t};
use tinysolve::operator::{LinearOperator, Sweep};
use tinysolve::solve::Step;
use tinysolve::{Error, Field};

/// `uint64_t` words of a `ts_operator_t`.
pub const TS_OPERATOR_WORDS: usize = 18; // f64: 20

/// A matrix or operator A: where its arrays are, and how to use them. It is the only kind of object that holds
/// pointers; after a restart, make it anew. The arrays must stay where they are and, the values apart, unchanged as long
/// as it is used: changed indices give wrong numbers or a refusal, never an access out of bounds.
#[repr(C)]
pub struct ts_operator_t {
    words: [u64; TS_OPERATOR_WORDS],
}

/// y = A x for `n` unknowns, or z = M⁻¹ r for a preconditioner. `context` is what was given with the function. It must
/// write all of `y` and nothing else that the solve uses.
pub type ts_apply_t = Option<unsafe extern "C" fn(context: *mut c_void, x: *const f32, y: *mut f32, n: u32)>;

/// What a method gets to see.
#[derive(Clone, Copy)]
pub(crate) enum View<'a> {
    /// Rows can be visited one by one.
    Sweep(&'a dyn Sweep<f32>),
    /// Only the product is known.
    Product(&'a dyn LinearOperator<f32>),
}

impl<'a> View<'a> {
    pub(crate) fn product(self) -> &'a dyn LinearOperator<f32> {
        match self {
            Self::Sweep(operator) => operator,
            Self::Product(operator) => operator,
        }
    }

    /// `OutOfRange` (matrix) for an operator without rows.
    pub(crate) fn sweep(self) -> Result<&'a dyn Sweep<f32>, Error> {
        match self {
            Self::Sweep(operator) => Ok(operator),
            Self::Product(_) => Err(Error::OutOfRange { field: Field::Matrix, index: 0 }),
        }
    }
}

/// What a method does with a view.
pub(crate) type Body<'a> = &'a mut dyn FnMut(View<'_>) -> Result<Step, Error>;

/// Makes the view of a descriptor and hands it to the method.
///
/// # Safety
/// The descriptor was filled by the init function of this kind, and its arrays are where they were.
pub(crate) type Dispatch = unsafe fn(&Descriptor, Body<'_>) -> Result<Step, Error>;

/// An array of the caller's.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Array {
    pointer: *const c_void,
    bytes: usize,
}

impl Array {
    pub(crate) const NONE: Self = Self { pointer: ptr::null(), bytes: 0 };

    /// Checks the pointer for `len` elements.
    pub(crate) fn new<T>(field: Field, pointer: *const T, len: usize) -> Result<Self, Error> {
        Span::of(field, pointer, len)?;
        Ok(Self { pointer: pointer.cast(), bytes: len * size_of::<T>() })
    }

    /// A pointer that is only handed on.
    pub(crate) const fn context(pointer: *mut c_void) -> Self {
        Self { pointer, bytes: 0 }
    }

    pub(crate) const fn as_context(self) -> *mut c_void {
        self.pointer.cast_mut()
    }

    pub(crate) const fn is_none(self) -> bool {
        self.bytes == 0
    }

    /// # Safety
    /// `new` made this of a pointer to `T`, and the caller's memory is still there.
    pub(crate) unsafe fn slice<'a, T>(self) -> &'a [T] {
        // SAFETY: `new` checked the pointer for this length.
        unsafe { checks::slice(self.pointer.cast(), self.bytes / size_of::<T>()) }
    }

    pub(crate) fn span(self) -> Span {
        Span::behind(self.pointer, self.bytes)
    }
}

/// What is in the words of a `ts_operator_t`.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Descriptor {
    pub(crate) mark: u32,
    /// The dimension.
    pub(crate) n: u32,
    pub(crate) dispatch: Dispatch,
    /// The sides of a grid, or the strides of a dense matrix.
    pub(crate) numbers: [u32; 3],
    /// The coefficients of a constant stencil.
    pub(crate) values: [f32; 4],
    pub(crate) arrays: [Array; 5],
    pub(crate) apply: ts_apply_t,
}

const _: () = assert!(size_of::<Descriptor>() <= size_of::<ts_operator_t>());
const _: () = assert!(align_of::<Descriptor>() <= align_of::<ts_operator_t>());

const MARK: u32 = mark::<f32>(Kind::Operator);

impl Descriptor {
    pub(crate) fn new(n: u32, dispatch: Dispatch) -> Self {
        Self { mark: MARK, n, dispatch, numbers: [1; 3], values: [0.0; 4], arrays: [Array::NONE; 5], apply: None }
    }

    /// The descriptor in an object.
    ///
    /// # Safety
    /// A pointer that is neither null nor misaligned shows a `ts_operator_t` that nobody writes meanwhile.
    pub(crate) unsafe fn open<'a>(a: *const ts_operator_t) -> Result<&'a Self, Error> {
        Span::of(Field::Matrix, a, 1)?;
        // SAFETY: the memory of a `ts_operator_t` begins with a word, whatever it holds.
        checks::marked(Field::Matrix, MARK, unsafe { a.cast::<u32>().read() })?;
        // SAFETY: the mark says that `write` put a descriptor there.
        Ok(unsafe { &*a.cast() })
    }

    /// Puts it into the caller's object, if the arrays lie elsewhere and are what `check` wants.
    ///
    /// # Safety
    /// A pointer that is neither null nor misaligned shows memory for a `ts_operator_t`; the arrays are there.
    pub(crate) unsafe fn write(
        &self,
        a: *mut ts_operator_t,
        check: impl FnOnce(&Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let object = Span::of(Field::Object, a, 1)?;
        checks::disjoint(&[object], &self.spans())?;
        check(self)?;
        // SAFETY: checked above, and large and aligned enough by the assertions beside the type.
        unsafe { a.cast::<Self>().write(*self) };
        Ok(())
    }

    pub(crate) fn spans(&self) -> [Span; 5] {
        self.arrays.map(Array::span)
    }

    /// Hands the view to `body`. O(1): lengths are compared, contents are not looked at.
    ///
    /// # Safety
    /// `open` found this descriptor and its arrays are where they were.
    pub(crate) unsafe fn view(&self, body: Body<'_>) -> Result<Step, Error> {
        // SAFETY: the function was stored by the init function that stored the arrays.
        unsafe { (self.dispatch)(self, body) }
    }
}

/// Writes the dimension n: b and x have that many elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_operator_dim(a: *const ts_operator_t, out: *mut u32) -> ts_status_t {
    status::done((|| {
        // SAFETY: the pointers are as the header demands.
        unsafe { checks::write(Field::Output, out, Descriptor::open(a)?.n) }
    })())
}

/// Writes the `scaling_len` of a workspace: n, or 0 for a constant stencil. `OUT_OF_RANGE` (matrix) for an operator
/// without rows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_operator_scaling_len(a: *const ts_operator_t, out: *mut u32) -> ts_status_t {
    let mut len = 0;
    status::done((|| {
        // SAFETY: the pointers are as the header demands.
        unsafe {
            let descriptor = Descriptor::open(a)?;
            descriptor
                .view(&mut |view| {
                    // No operator asks for more than n elements, and n came as 32 bits.
                    len = u32::try_from(view.sweep()?.scaling_len()).unwrap_or(u32::MAX);
                    Ok(Step::Running)
                })
                .map(drop)?;
            checks::write(Field::Output, out, len)
        }
    })())
}
