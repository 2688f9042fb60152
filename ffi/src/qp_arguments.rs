//! What every call on a quadratic program is given, looked at before anything is done.

use crate::checks::{self, Ledger};
use crate::objects::{Kind, Object, mark};
use crate::qp::ts_qp_t;
use crate::qp_shape::ts_qp_shape_t;
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::solve::Step;
use tinysolve::splitting::qp::{Qp, QpCheckpoint};
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

/// How many elements an array has, by the place of that number in a shape.
#[derive(Clone, Copy)]
pub(crate) enum Count {
    Variables = 0,
    Constraints = 1,
    PEntries = 2,
    AEntries = 3,
}

/// What a call does with the solver: its status.
pub(crate) type Act<'v> = &'v mut dyn FnMut(&mut Lent<'_>) -> ts_status_t;

/// An array that a call is given beside the arguments all calls have: what it is, where, and where its length is, which is not read
/// before the shape has been looked at.
pub(crate) type Array = (Field, *const f32, *const u32);

/// The status of what a call has done.
pub(crate) fn acted(result: Result<Step, Error>) -> ts_status_t {
    status::outcome(result.map_err(Refusal::from))
}

impl Arguments {
    /// Where the shape says how long an array is.
    pub(crate) const fn count(&self, count: Count) -> *const u32 {
        self.shape.cast::<u32>().wrapping_add(count as usize)
    }

    /// Looks at every pointer; nothing is written. All of `arrays` are, if `writes`. Then the ledger is to be settled.
    ///
    /// # Safety
    /// As the header says of all pointers.
    #[inline(never)]
    pub(crate) unsafe fn enter(&self, arrays: &[Array], writes: bool, ledger: &mut Ledger) -> Result<(), Refusal> {
        checks::usable(Field::Matrix, self.shape)?;
        ledger.enter(Field::Object, self.qp, 1);
        ledger.enter(Field::Workspace, self.workspace, self.workspace_len);
        if !writes {
            ledger.only_read_from_here();
        }
        for (field, pointer, len) in arrays {
            // SAFETY: the shape can be read, and with it the lengths.
            ledger.enter(*field, *pointer, size(unsafe { **len }));
        }
        if writes {
            ledger.only_read_from_here();
        }
        ledger.enter(Field::Matrix, self.shape, 1);
        // SAFETY: as above.
        unsafe { &*self.shape }.enter(ledger, true);
        Ok(())
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
        let ledger: &mut Ledger = &mut Ledger::<[_; 16]>::new();
        // SAFETY: the promise above; any words are an object.
        unsafe {
            let taken_up = (|| -> Result<ts_status_t, Refusal> {
                self.enter(arrays, writes, ledger)?;
                ledger.settle_known()?;
                let (shape, object) = (&*self.shape, &mut *self.object());
                checks::marked(Field::Object, mark::<f32>(Kind::Qp), object.mark)?;
                if object.size != shape.variables {
                    let (need, got) = (size(object.size), size(shape.variables));
                    return Err(Error::Length { field: Field::Matrix, need, got }.into());
                }
                let symbolic = checks::slice(shape.symbolic, size(shape.symbolic_len));
                let workspace = checks::slice_mut(self.workspace, self.workspace_len);
                Ok(Qp::resume_for(shape.arrays(), symbolic, workspace, &mut object.state, act)?)
            })();
            taken_up.unwrap_or_else(|refusal| status::done(Err(refusal)))
        }
    }

    /// Hands the solver and the slices of arrays, which are only read, to `update`.
    ///
    /// # Safety
    /// As the header says of all pointers.
    pub(crate) unsafe fn update<const K: usize>(
        &self,
        arrays: [Array; K],
        update: impl Fn(&mut Lent<'_>, [&[f32]; K]) -> Result<(), Error>,
    ) -> ts_status_t {
        let act: Act<'_> = &mut |solver| {
            // SAFETY: the promise above, and the ledger took them.
            let given = arrays.map(|(_, pointer, len)| unsafe { checks::slice(pointer, size(*len)) });
            acted(update(solver, given).map(|()| Step::Running))
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
        len: *const u32,
        read: impl Fn(&Lent<'_>, &mut [f32]) -> Result<Step, Error>,
    ) -> ts_status_t {
        let act: Act<'_> = &mut |solver| {
            // SAFETY: the promise above, and the ledger took it.
            acted(read(solver, unsafe { checks::slice_mut(out, size(*len)) }))
        };
        // SAFETY: the promise above.
        unsafe { self.with(&[(Field::Output, out, len)], true, act) }
    }
}
