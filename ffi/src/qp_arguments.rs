//! What every call on a quadratic program is given, looked at before anything is done.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::objects::{Kind, Object, mark};
use crate::qp::ts_qp_t;
use crate::qp_shape::ts_qp_shape_t;
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::factor::Symbolic;
use tinysolve::solve::Step;
use tinysolve::splitting::qp::{Qp, QpCheckpoint, QpPattern};
use tinysolve::{Error, Field};

pub(crate) type State = QpCheckpoint<f32>;
/// The solver over the words of an object.
pub(crate) type Lent<'a> = Qp<'a, f32, u16, &'a mut State>;

/// The arguments all calls have, as they came.
#[derive(Clone, Copy)]
pub(crate) struct Arguments {
    pub(crate) qp: *mut ts_qp_t,
    pub(crate) shape: *const ts_qp_shape_t,
    pub(crate) workspace: *mut f32,
    pub(crate) workspace_len: usize,
}

/// How many elements an array has.
#[derive(Clone, Copy)]
pub(crate) enum Count {
    Variables,
    Constraints,
    PEntries,
    AEntries,
    These(u32),
}

impl Count {
    pub(crate) const fn of(self, shape: &ts_qp_shape_t) -> usize {
        size(match self {
            Self::Variables => shape.variables,
            Self::Constraints => shape.constraints,
            Self::PEntries => shape.p_entries,
            Self::AEntries => shape.a_entries,
            Self::These(count) => count,
        })
    }
}

/// What a call does with the solver; `Running` is `TS_OK`.
pub(crate) type Act<'v> = &'v mut dyn FnMut(&mut Lent<'_>, &ts_qp_shape_t) -> Result<Step, Error>;

/// An array that a call is given beside the arguments all calls have.
pub(crate) type Array = (Field, *const f32, Count);

impl Arguments {
    /// Looks at every pointer; nothing is written. All of `arrays` are, if `writes`.
    ///
    /// # Safety
    /// As the header says of all pointers.
    #[inline(never)]
    pub(crate) unsafe fn open(
        &self,
        arrays: &[Array],
        writes: bool,
        more: &[*const c_void],
    ) -> Result<ts_qp_shape_t, Refusal> {
        // SAFETY: the promise above.
        let shape = unsafe { checks::read(Field::Matrix, self.shape)? };
        let ledger: &mut Ledger = &mut Ledger::<[_; 16]>::new();
        ledger.enter(Field::Object, self.qp, 1);
        ledger.enter(Field::Workspace, self.workspace, self.workspace_len);
        if !writes {
            ledger.only_read_from_here();
        }
        for (field, pointer, len) in arrays {
            ledger.enter(*field, *pointer, len.of(&shape));
        }
        if writes {
            ledger.only_read_from_here();
        }
        ledger.enter(Field::Matrix, self.shape, 1);
        shape.enter(ledger);
        ledger.enter(Field::Symbolic, shape.symbolic, size(shape.symbolic_len));
        for known in more {
            ledger.enter_known(*known, 1);
        }
        ledger.settle_known()?;
        Ok(shape)
    }

    pub(crate) const fn object(&self) -> *mut Object<State> {
        self.qp.cast()
    }

    /// Hands the solver where it stands to `act`: one copy of the checks for all calls, and nothing moved but what they
    /// find.
    ///
    /// # Safety
    /// As the header says of all pointers.
    #[inline(never)]
    pub(crate) unsafe fn with(&self, arrays: &[Array], writes: bool, act: Act<'_>) -> ts_status_t {
        // SAFETY: the promise above; any words are an object.
        status::outcome(unsafe {
            (|| {
                let shape = self.open(arrays, writes, &[])?;
                let object = &mut *self.object();
                checks::marked(Field::Object, mark::<f32>(Kind::Qp), object.mark)?;
                if object.size != shape.variables {
                    let (need, got) = (size(object.size), size(shape.variables));
                    return Err(Error::Length { field: Field::Matrix, need, got }.into());
                }
                let [p_starts, p_columns, a_starts, a_columns] = shape.arrays();
                let pattern = QpPattern::trusted(p_starts, p_columns, a_starts, a_columns)?;
                let symbolic = Symbolic::trusted(checks::slice(shape.symbolic, size(shape.symbolic_len)))?;
                let workspace = checks::slice_mut(self.workspace, self.workspace_len);
                Ok(act(&mut Qp::resume(pattern, symbolic, workspace, &mut object.state)?, &shape)?)
            })()
        })
    }

    /// Hands the solver and the slices of one or two arrays, which are only read, to `update`.
    ///
    /// # Safety
    /// As the header says of all pointers.
    pub(crate) unsafe fn update(
        &self,
        arrays: [Array; 2],
        update: impl Fn(&mut Lent<'_>, [&[f32]; 2]) -> Result<(), Error>,
    ) -> ts_status_t {
        let act: Act<'_> = &mut |solver, shape| {
            // SAFETY: the promise above, and the ledger took them.
            let given = arrays.map(|(_, pointer, len)| unsafe { checks::slice(pointer, len.of(shape)) });
            update(solver, given).map(|()| Step::Running)
        };
        // SAFETY: the promise above.
        unsafe { self.with(&arrays, false, act) }
    }

    /// Hands the solver and an array to be written to `read`.
    ///
    /// # Safety
    /// As the header says of all pointers.
    pub(crate) unsafe fn read(
        &self,
        out: *mut f32,
        len: Count,
        read: impl Fn(&Lent<'_>, &mut [f32]) -> Result<Step, Error>,
    ) -> ts_status_t {
        let act: Act<'_> = &mut |solver, shape| {
            // SAFETY: the promise above, and the ledger took it.
            read(solver, unsafe { checks::slice_mut(out, len.of(shape)) })
        };
        // SAFETY: the promise above.
        unsafe { self.with(&[(Field::Output, out, len)], true, act) }
    }
}

/// No array.
pub(crate) const NONE: Array = (Field::Values, core::ptr::null(), Count::These(0));
