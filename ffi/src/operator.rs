//! The descriptor of an operator: pointers to the caller's arrays and one function that makes a view of them.
//!
//! Each kind brings its own function, so that a program is linked with the kernels of the kinds it makes and no others.

use core::ffi::c_void;
use core::mem::{self, MaybeUninit};
use core::ptr;

use crate::checks::{self, Ledger};
use crate::objects::{Kind, mark};
use crate::status::{self, Refusal, ts_status_t};
use tinysolve::operator::{LinearOperator, Relax, Sweep};
use tinysolve::{Error, Field};

/// `uint64_t` words of a `ts_operator_t`.
pub const TS_OPERATOR_WORDS: usize = 17; // f64: 19

/// A matrix or operator A: where its arrays are, and how to use them. Operators and preconditioners are the only objects
/// that hold pointers; after a restart, make them anew. The arrays must stay where they are as long as it is used.
/// Indices must also stay as they are: changed ones give wrong numbers or a refusal, never an access out of bounds.
#[repr(C)]
pub struct ts_operator_t {
    words: [u64; TS_OPERATOR_WORDS],
}

/// y = A x for `n` unknowns, or z = M⁻¹ r for a preconditioner. `context` is what was given with the function. It must
/// write all of `y`, and nothing else that the solve uses.
pub type ts_apply_t = Option<unsafe extern "C" fn(context: *mut c_void, x: *const f32, y: *mut f32, n: u32)>;

/// What methods can do with an operator.
#[derive(Clone, Copy, Default)]
pub(crate) struct View<'a> {
    pub(crate) relax: Option<&'a dyn Relax<f32>>,
    pub(crate) sweep: Option<&'a dyn Sweep<f32>>,
    pub(crate) product: Option<&'a dyn LinearOperator<f32>>,
}

impl<'a> View<'a> {
    /// Everything that rows allow.
    pub(crate) fn of_rows<A: Sweep<f32>>(operator: &'a A) -> Self {
        Self { relax: Some(operator), sweep: Some(operator), product: Some(operator) }
    }

    /// Relaxation alone.
    pub(crate) fn of_relaxation<A: Sweep<f32>>(operator: &'a A) -> Self {
        Self { relax: Some(operator), ..Self::default() }
    }
}

/// What an operator was not made for.
pub(crate) fn required<A>(part: Option<A>) -> Result<A, Error> {
    part.ok_or(Error::OutOfRange { field: Field::Matrix, index: 0 })
}

/// Where a view lives while it is used.
#[repr(C, align(8))]
pub(crate) struct Room(MaybeUninit<[usize; 14]>);

impl Room {
    pub(crate) const fn new() -> Self {
        Self(MaybeUninit::uninit())
    }

    /// Keeps a view here.
    pub(crate) fn put<V>(&mut self, view: V) -> &mut V {
        const { assert!(size_of::<V>() <= size_of::<Self>() && align_of::<V>() <= align_of::<Self>()) }
        const { assert!(!mem::needs_drop::<V>()) }
        let place = ptr::from_mut(self).cast::<V>();
        // SAFETY: large and aligned enough as asserted, and borrowed for as long as the view; what was there before needed
        // no drop.
        unsafe {
            place.write(view);
            &mut *place
        }
    }
}

/// Makes the view of a descriptor. O(1): lengths are compared, contents are not looked at.
///
/// # Safety
/// The descriptor was filled by the init function of this kind, and its arrays are where they were.
pub(crate) type Dispatch = for<'a> unsafe fn(&'a Descriptor, &'a mut Room) -> Result<View<'a>, Error>;

/// An array of the caller's that a ledger took.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Array {
    pointer: *const c_void,
    bytes: usize,
}

impl Array {
    pub(crate) const NONE: Self = Self { pointer: ptr::null(), bytes: 0 };

    pub(crate) fn new<T>(pointer: *const T, len: usize) -> Self {
        Self { pointer: pointer.cast(), bytes: len * size_of::<T>() }
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
    /// `new` made this of a pointer to `T` and a length that a ledger took, and the caller's memory is still there.
    pub(crate) unsafe fn slice<'a, T>(self) -> &'a [T] {
        // SAFETY: the promise above.
        unsafe { checks::slice(self.pointer.cast(), self.bytes / size_of::<T>()) }
    }

    /// # Safety
    /// As for [`slice`](Self::slice); the memory may be written, and nobody else reads it while the slice lives.
    pub(crate) unsafe fn slice_mut<'a, T>(self) -> &'a mut [T] {
        // SAFETY: the promise above.
        unsafe { checks::slice_mut(self.pointer.cast_mut().cast(), self.bytes / size_of::<T>()) }
    }

    pub(crate) fn enter(self, ledger: &mut Ledger) {
        ledger.enter_known(self.pointer, self.bytes);
    }

    /// As memory that is written, last of all.
    pub(crate) fn enter_written(self, field: Field, ledger: &mut Ledger) {
        ledger.enter_written(field, self.pointer, self.bytes);
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
    pub(crate) arrays: [Array; 5],
    pub(crate) apply: ts_apply_t,
    /// The coefficients of a constant stencil.
    pub(crate) values: [f32; 4],
    /// The sides of a grid, or the strides of a dense matrix.
    pub(crate) numbers: [u32; 3],
}

const _: () = assert!(size_of::<Descriptor>() <= size_of::<ts_operator_t>());
const _: () = assert!(align_of::<Descriptor>() <= align_of::<ts_operator_t>());

const MARK: u32 = mark::<f32>(Kind::Operator);

impl Descriptor {
    pub(crate) const fn new(n: u32, dispatch: Dispatch, arrays: [Array; 5]) -> Self {
        Self { mark: MARK, n, dispatch, arrays, apply: None, values: [0.0; 4], numbers: [0; 3] }
    }

    /// Puts it into the caller's object.
    ///
    /// # Safety
    /// A ledger took the pointer.
    pub(crate) unsafe fn write(self, a: *mut ts_operator_t) {
        // SAFETY: the promise above; large and aligned enough by the assertions beside the type.
        unsafe { a.cast::<Self>().write(self) }
    }

    /// The descriptor in an object.
    ///
    /// # Safety
    /// A pointer that is neither null nor misaligned shows a `ts_operator_t` that nobody writes meanwhile.
    pub(crate) unsafe fn open<'a>(a: *const ts_operator_t) -> Result<&'a Self, Refusal> {
        checks::usable(Field::Matrix, a)?;
        // SAFETY: the memory of a `ts_operator_t` begins with a word, whatever it holds.
        checks::marked(Field::Matrix, MARK, unsafe { a.cast::<u32>().read() })?;
        // SAFETY: the mark says that `write` put a descriptor there.
        Ok(unsafe { &*a.cast() })
    }

    /// Enters itself and its arrays.
    pub(crate) fn enter(&self, ledger: &mut Ledger) {
        ledger.enter_known(ptr::from_ref(self).cast(), size_of::<ts_operator_t>());
        for array in &self.arrays {
            array.enter(ledger);
        }
    }

    /// # Safety
    /// `open` found this descriptor and its arrays are where they were.
    pub(crate) unsafe fn view<'a>(&'a self, room: &'a mut Room) -> Result<View<'a>, Error> {
        // SAFETY: the function was stored by the init function that stored the arrays.
        unsafe { (self.dispatch)(self, room) }
    }
}

/// The descriptor, if it and what will be written lie apart.
///
/// # Safety
/// Pointers that are neither null nor misaligned show what they say.
unsafe fn asked<'a>(a: *const ts_operator_t, out: *mut u32) -> Result<&'a Descriptor, Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 7]>::new();
    ledger.enter(Field::Output, out, 1);
    // SAFETY: the promise above.
    let descriptor = unsafe { Descriptor::open(a)? };
    descriptor.enter(ledger);
    ledger.settle(&[Field::Output])?;
    Ok(descriptor)
}

/// Writes the dimension n: b and x have that many elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_operator_dim(a: *const ts_operator_t, out: *mut u32) -> ts_status_t {
    status::done((|| {
        // SAFETY: the pointers are as the header demands; the ledger took `out`.
        unsafe { out.write(asked(a, out)?.n) };
        Ok(())
    })())
}

/// Writes the `scaling_len` of a workspace: n, or 0 for a constant stencil. `OUT_OF_RANGE` (matrix) for an operator
/// without rows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_operator_scaling_len(a: *const ts_operator_t, out: *mut u32) -> ts_status_t {
    status::done((|| {
        let mut room = Room::new();
        // SAFETY: the pointers are as the header demands; the ledger took `out`.
        unsafe {
            let len = required(asked(a, out)?.view(&mut room)?.relax)?.scaling_len();
            // No operator asks for more than n elements, and n came as 32 bits.
            out.write(u32::try_from(len).unwrap_or(u32::MAX));
        }
        Ok(())
    })())
}
