//! The descriptor of a preconditioner, made as the one of an operator is.

use core::ffi::c_void;
use core::ptr;

use crate::checks::{self, Ledger};
use crate::function::{Function, check};
use crate::objects::{Kind, mark};
use crate::operator::{Array, Descriptor, Room, required, ts_apply_t, ts_operator_t};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::linear::SsorPreconditioner;
use tinysolve::operator::Direction;
use tinysolve::{Error, Field};

/// `uint64_t` words of a `ts_preconditioner_t`.
pub const TS_PRECONDITIONER_WORDS: usize = 14; // f64: 15

/// A preconditioner: pointers to the caller's arrays, and how to use them. Like `ts_operator_t` it must be made anew
/// after a restart.
#[repr(C)]
pub struct ts_preconditioner_t {
    words: [u64; TS_PRECONDITIONER_WORDS],
}

/// Where a direction lives while it is used, and the view of the operator it may need.
pub(crate) struct PreconditionerRoom {
    /// Of the operator, or of the weights.
    pub(crate) operator: Room,
    pub(crate) direction: Room,
}

impl PreconditionerRoom {
    pub(crate) const fn new() -> Self {
        Self { operator: Room::new(), direction: Room::new() }
    }
}

/// # Safety
/// The descriptor was filled by the init function of this kind, and what it points to is still there.
pub(crate) type Dispatch =
    for<'a> unsafe fn(&'a Preconditioner, &'a mut PreconditionerRoom) -> Result<&'a mut dyn Direction<f32>, Error>;

/// What is in the words of a `ts_preconditioner_t`.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Preconditioner {
    pub(crate) mark: u32,
    pub(crate) n: u32,
    pub(crate) dispatch: Dispatch,
    /// Of SSOR.
    pub(crate) a: *const ts_operator_t,
    /// Of SSOR: what `prepare` filled. Of a function: its context.
    pub(crate) array: Array,
    /// Of a network: its container, its mask, and its arena, which is written.
    pub(crate) arrays: [Array; 3],
    pub(crate) apply: ts_apply_t,
    pub(crate) omega: f32,
    /// Of a network: the sides of its grid.
    pub(crate) sides: [u32; 3],
}

const _: () = assert!(size_of::<Preconditioner>() <= size_of::<ts_preconditioner_t>());
const _: () = assert!(align_of::<Preconditioner>() <= align_of::<ts_preconditioner_t>());

pub(crate) const MARK: u32 = mark::<f32>(Kind::Preconditioner);

impl Preconditioner {
    /// Of dimension `n`, without any memory.
    pub(crate) const fn empty(n: u32, dispatch: Dispatch) -> Self {
        Self {
            mark: MARK,
            n,
            dispatch,
            a: ptr::null(),
            array: Array::NONE,
            arrays: [Array::NONE; 3],
            apply: None,
            omega: 1.0,
            sides: [0; 3],
        }
    }

    /// The descriptor in an object.
    ///
    /// # Safety
    /// A pointer that is neither null nor misaligned shows a `ts_preconditioner_t` that nobody writes meanwhile.
    pub(crate) unsafe fn open<'a>(pointer: *const ts_preconditioner_t) -> Result<&'a Self, Refusal> {
        checks::usable(Field::Preconditioner, pointer)?;
        // SAFETY: the memory begins with a word, whatever it holds.
        checks::marked(Field::Preconditioner, MARK, unsafe { pointer.cast::<u32>().read() })?;
        // SAFETY: the mark says that an init function put a descriptor there.
        Ok(unsafe { &*pointer.cast() })
    }

    /// Enters the memory it reads, itself included.
    ///
    /// # Safety
    /// `open` found this descriptor, and what it points to is still there.
    pub(crate) unsafe fn enter(&self, ledger: &mut Ledger) -> Result<(), Refusal> {
        ledger.enter_known(ptr::from_ref(self).cast(), size_of::<ts_preconditioner_t>());
        self.array.enter(ledger);
        if !self.a.is_null() {
            // SAFETY: the promise above.
            unsafe { Descriptor::open(self.a)? }.enter(ledger);
        }
        let [container, mask, arena] = self.arrays;
        if !arena.is_none() {
            container.enter(ledger);
            mask.enter(ledger);
            arena.enter_written(Field::Scratch, ledger);
        }
        Ok(())
    }

    /// The direction, for an operator of dimension `n`. O(1).
    ///
    /// # Safety
    /// `open` found this descriptor, and what it points to is still there.
    pub(crate) unsafe fn view<'a>(
        &'a self,
        n: usize,
        room: &'a mut PreconditionerRoom,
    ) -> Result<&'a mut dyn Direction<f32>, Error> {
        let got = size(self.n);
        if got != n {
            return Err(Error::Length { field: Field::Preconditioner, need: n, got });
        }
        // SAFETY: the function was stored by the init function that stored the rest.
        unsafe { (self.dispatch)(self, room) }
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
        let ledger: &mut Ledger = &mut Ledger::<[_; 8]>::new();
        ledger.enter(Field::Object, preconditioner, 1);
        ledger.enter(Field::Workspace, workspace, workspace_len);
        ledger.so_far()?;
        // SAFETY: the pointers are as the header demands.
        let descriptor = unsafe { Descriptor::open(a)? };
        descriptor.enter(ledger);
        ledger.settle(&[Field::Object, Field::Workspace])?;
        let mut room = Room::new();
        // SAFETY: `open` found the descriptor; the ledger took the workspace, which meets nothing that is read.
        let (sweep, scaling) = unsafe {
            let sweep = required(descriptor.view(&mut room)?.sweep)?;
            (sweep, checks::slice_mut(workspace, workspace_len))
        };
        SsorPreconditioner::new(sweep, omega, scaling)?;
        let array = Array::new(workspace, sweep.scaling_len());
        let value = Preconditioner { a, array, omega, ..Preconditioner::empty(descriptor.n, ssor) };
        // SAFETY: the ledger took the pointer; large and aligned enough by the assertions beside the type.
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
        checks::usable(Field::Object, preconditioner)?;
        check(apply)?;
        let array = Array::context(context);
        let value = Preconditioner { array, apply, ..Preconditioner::empty(n, function) };
        // SAFETY: checked above, and large and aligned enough by the assertions beside the type.
        unsafe { preconditioner.cast::<Preconditioner>().write(value) };
        Ok(())
    })())
}

/// # Safety
/// As for `Dispatch`.
unsafe fn ssor<'a>(
    preconditioner: &'a Preconditioner,
    room: &'a mut PreconditionerRoom,
) -> Result<&'a mut dyn Direction<f32>, Error> {
    let Preconditioner { a, array, omega, .. } = *preconditioner;
    // SAFETY: the operator and the workspace are where they were; the ledger found the operator initialised.
    let (sweep, scaling) = unsafe {
        let descriptor: &Descriptor = &*a.cast();
        (required(descriptor.view(&mut room.operator)?.sweep)?, array.slice())
    };
    Ok(room.direction.put(SsorPreconditioner::trusted(sweep, omega, scaling)?))
}

/// # Safety
/// As for `Dispatch`.
unsafe fn function<'a>(
    preconditioner: &'a Preconditioner,
    room: &'a mut PreconditionerRoom,
) -> Result<&'a mut dyn Direction<f32>, Error> {
    let Preconditioner { n, apply, array, .. } = *preconditioner;
    Ok(room.direction.put(Function { n, apply, context: array.as_context() }))
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
