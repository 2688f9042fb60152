//! What pressure solves do whatever their hierarchy stores: build, step, run.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::cycle::sides;
use crate::objects::{InPlace, Kind, Object, mark, words_for};
use crate::pressure::{TS_PRESSURE_WORDS, ts_pressure_t};
use crate::pressure_config::ts_pressure_config_t;
use crate::pressure_memory::{Cut, Memory, Shaped, enter, ts_pressure_memory_t};
use crate::solve::{ts_go_on_t, ts_report_t};
use crate::status::{Refusal, flag};
use tinysolve::linear::Dcd;
use tinysolve::linear::cycle::{Cells, Coefficient, Cycle, Domain, Gates, Plan, Reduced};
use tinysolve::linear::dcd::Checkpoint;
use tinysolve::solve::{Solver, Step};
use tinysolve::{Error, Field};

#[repr(C)]
pub(crate) struct State {
    pub(crate) plan: Plan<f32>,
    pub(crate) solve: Checkpoint<f32>,
}

// SAFETY: both parts are made of numbers alone.
unsafe impl InPlace for State {}

pub(crate) type Place = Object<State>;

/// How a hierarchy stores coefficients.
pub(crate) trait Form {
    type Coefficient: Coefficient<f32>;
    const IS_COMPACT: bool;

    fn build(
        cells: Cells<'_>,
        gates: &Gates,
        shaped: &Shaped,
        numbers: &mut [f32],
        indices: &mut [u16],
    ) -> Result<Plan<f32>, Error>;

    fn take_up<'a>(
        cells: Cells<'a>,
        plan: &Plan<f32>,
        numbers: &'a mut [f32],
        indices: &'a mut [u16],
    ) -> Result<Cycle<'a, f32, Self::Coefficient>, Error>;
}

const MARK: u32 = mark::<f32>(Kind::Pressure);

const _: () = assert!(words_for::<State>() == TS_PRESSURE_WORDS);

/// The object of a hierarchy that was built.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn opened(pressure: *const ts_pressure_t) -> Result<*const Place, Refusal> {
    checks::usable(Field::Object, pressure)?;
    let object = pressure.cast::<Place>();
    // SAFETY: usable, and any words are an object.
    checks::marked(Field::Object, MARK, unsafe { (*object).mark })?;
    Ok(object)
}

/// Does one iteration.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn step<F: Form>(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
) -> Result<Step, Refusal> {
    // SAFETY: the promise above; any words are an object.
    unsafe {
        let shaped = Shaped::of(&(*opened(pressure)?).state.plan);
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        let given = enter(pressure, memory, shaped.sizes(false), ledger)?;
        ledger.settle_known()?;
        let (object, memory) = (&mut *pressure.cast::<Place>(), given.lend());
        let cells = Cells::resume(shaped.nx, shaped.ny, memory.codes)?;
        let Cut { scratch, rhs, black, numbers, vectors } = Cut::of(memory.workspace, &shaped)?;
        let reduced = Reduced::new(cells, scratch)?;
        let cycle = F::take_up(cells, &object.state.plan, numbers, memory.indices)?;
        Ok(Dcd::resume(&reduced, cycle, rhs, black, vectors, &mut object.state.solve)?.step())
    }
}

/// Steps to the outcome, or until `go_on` says no.
///
/// # Safety
/// As the header says of all pointers.
pub(crate) unsafe fn form_run_while<F: Form>(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> Result<Step, Refusal> {
    let go_on = go_on.ok_or(Error::Null { field: Field::Function })?;
    loop {
        // SAFETY: the promise above; the step found the object.
        let (step, report): (Step, ts_report_t) = unsafe {
            let step = step::<F>(pressure, memory)?;
            (step, (*opened(pressure)?).state.solve.report().into())
        };
        if step.is_final() {
            return Ok(step);
        }
        // SAFETY: the function was given to be asked, with this context.
        if unsafe { go_on(context, &report) } == 0 {
            return Ok(Step::Interrupted);
        }
    }
}

/// Builds a hierarchy.
///
/// # Safety
/// As the header says of all pointers; configurations and gates are made of numbers.
pub(crate) unsafe fn build<F: Form>(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
    config: *const ts_pressure_config_t,
    cells: *const u8,
    gates: *const crate::cycle::ts_gates_t,
) -> Result<(), Refusal> {
    // SAFETY: the promise above.
    unsafe {
        let given_config = checks::read(Field::Configuration, config)?;
        let given_gates = Gates::from_flat(&checks::read(Field::Values, gates)?.numbers);
        let (shaped, open) = (given_config.shaped()?, sides(given_config.open)?);
        let shaped = Shaped { is_compact: F::IS_COMPACT, ..shaped };
        let need = shaped.sizes(flag(given_config.two_words, 2)?);
        let ledger: &mut Ledger = &mut Ledger::<[_; 9]>::new();
        let given = enter(pressure, memory, need, ledger)?;
        ledger.enter(Field::Configuration, config, 1);
        ledger.enter(Field::Mask, cells, shaped.cells());
        ledger.enter(Field::Values, gates, 1);
        ledger.settle_known()?;
        given_gates.check()?;
        let domain = Domain::new(shaped.nx, shaped.ny, checks::slice(cells, shaped.cells()), open)?;
        let Memory { codes, indices, workspace } = given.lend();
        let Cut { rhs, black, numbers, vectors, .. } = Cut::of(workspace, &shaped)?;
        for part in [rhs, black, vectors] {
            part.fill(0.0);
        }
        let cells = Cells::new(&domain, codes)?;
        let plan = F::build(cells, &given_gates, &shaped, numbers, indices)?;
        let solve = Checkpoint::idle();
        pressure.cast::<Place>().write(Object { mark: MARK, size: given_config.nx, state: State { plan, solve } });
        Ok(())
    }
}
