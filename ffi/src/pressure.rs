//! Pressure on cells with walls: deep conjugate directions with a multigrid cycle whose gates are hand-set or trained.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::cycle::sides;
use crate::objects::{InPlace, Kind, Object, mark, words_for};
use crate::pressure_config::{in_units_of, ts_pressure_config_t};
use crate::pressure_memory::{Cut, Memory, Shaped, enter, ts_pressure_memory_t};
use crate::solve::{ts_go_on_t, ts_report_t};
use crate::status::{self, Refusal, flag, ts_status_t};
use tinysolve::linear::Dcd;
use tinysolve::linear::cycle::{Cells, Cycle, Domain, Gates, Plan, Reduced};
use tinysolve::linear::dcd::Checkpoint;
use tinysolve::solve::{Solver, Step};
use tinysolve::{Error, Field, vector};

/// `uint64_t` words of a `ts_pressure_t`.
pub const TS_PRESSURE_WORDS: usize = 71; // f64: 100

/// A hierarchy and a solve on it: counters and scalars, no pointer, so it may be copied, moved and saved together with
/// the memory.
#[repr(C)]
pub struct ts_pressure_t {
    words: [u64; TS_PRESSURE_WORDS],
}

#[repr(C)]
struct State {
    plan: Plan<f32>,
    solve: Checkpoint<f32>,
}

// SAFETY: both parts are made of numbers alone.
unsafe impl InPlace for State {}

type Place = Object<State>;
type Solve<'a> = Dcd<'a, f32, Reduced<'a, f32>, Cycle<'a, f32>, &'a mut Checkpoint<f32>>;

const MARK: u32 = mark::<f32>(Kind::Pressure);

const _: () = assert!(words_for::<State>() == TS_PRESSURE_WORDS);

/// The object of a hierarchy that was built.
///
/// # Safety
/// As the header says of all pointers.
unsafe fn opened(pressure: *const ts_pressure_t) -> Result<*const Place, Refusal> {
    checks::usable(Field::Object, pressure)?;
    let object = pressure.cast::<Place>();
    // SAFETY: usable, and any words are an object.
    checks::marked(Field::Object, MARK, unsafe { (*object).mark })?;
    Ok(object)
}

/// Takes the solve up and lets `work` do something with it.
///
/// # Safety
/// A ledger took the pointers, and what is written meets nothing else.
unsafe fn taken_up<R>(
    pressure: *mut ts_pressure_t,
    given: &ts_pressure_memory_t,
    work: impl FnOnce(&Reduced<'_, f32>, &mut Solve<'_>) -> Result<R, Error>,
) -> Result<R, Refusal> {
    // SAFETY: the promise above; any words are an object.
    let (object, memory) = unsafe { (&mut *pressure.cast::<Place>(), given.lend()) };
    let shaped = Shaped::of(&object.state.plan);
    let cells = Cells::resume(shaped.nx, shaped.ny, memory.codes)?;
    let Cut { scratch, rhs, black, numbers, vectors } = Cut::of(memory.workspace, &shaped)?;
    let reduced = Reduced::new(cells, scratch)?;
    let cycle = Cycle::resume(cells, &object.state.plan, numbers, memory.indices)?;
    let mut solve = Dcd::resume(&reduced, cycle, rhs, black, vectors, &mut object.state.solve)?;
    Ok(work(&reduced, &mut solve)?)
}

/// Does one iteration.
///
/// # Safety
/// As the header says of all pointers.
unsafe fn step(pressure: *mut ts_pressure_t, memory: *const ts_pressure_memory_t) -> Result<Step, Refusal> {
    // SAFETY: the promise above.
    unsafe {
        let shaped = Shaped::of(&(*opened(pressure)?).state.plan);
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        let given = enter(pressure, memory, shaped.sizes(false), ledger)?;
        ledger.settle_known()?;
        taken_up(pressure, &given, |_, solve| Ok(solve.step()))
    }
}

/// Builds the hierarchy of a region, one byte a cell, x running fastest: `TS_CELL_...`. Where walls have moved, call it
/// again on the same memory. `pressure` and the memory are written; `cells` is needed no longer.
///
/// Errors: `OUT_OF_RANGE` or `TOO_LARGE` (size), `OUT_OF_RANGE` (configuration, mask), `NOT_FINITE` (values: the gates),
/// `LENGTH` (mask: the codes, order: the indices, workspace).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_build(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
    config: *const ts_pressure_config_t,
    cells: *const u8,
    gates: *const crate::cycle::ts_gates_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands; configurations and gates are made of numbers.
    status::done((|| unsafe {
        let given_config = checks::read(Field::Configuration, config)?;
        let given_gates = Gates::from_flat(&checks::read(Field::Values, gates)?.numbers);
        let (shaped, open) = (given_config.shaped()?, sides(given_config.open)?);
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
        let plan = Cycle::new(cells, &given_gates, shaped.options, numbers, indices)?.suspend();
        let solve = Checkpoint::idle();
        pressure.cast::<Place>().write(Object { mark: MARK, size: given_config.nx, state: State { plan, solve } });
        Ok(())
    })())
}

/// Starts a solve for `b` from the starting guess `x`, nx ny elements each, x running fastest. `config` is that of
/// `ts_pressure_build`, `stopping`, `refine_at`, `safeguard` and `two_words` apart. The norms of the report are those of
/// the reduced system, on which a residual is the same as on the whole one.
///
/// Errors: `UNINITIALISED` (object), `LENGTH` (size: another region; mask, order, workspace), `NOT_FINITE` (b, x,
/// tolerance: 3 is `refine_at`), `OUT_OF_RANGE` (tolerance, iterations, configuration: 1 is another shape or number of
/// pieces).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_start(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
    config: *const ts_pressure_config_t,
    b: *const f32,
    x: *const f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands; a configuration is made of numbers.
    status::done((|| unsafe {
        let given_config = checks::read(Field::Configuration, config)?;
        let shaped = Shaped::of(&(*opened(pressure)?).state.plan);
        shaped.require(&given_config.shaped()?)?;
        let ledger: &mut Ledger = &mut Ledger::<[_; 9]>::new();
        let given = enter(pressure, memory, shaped.sizes(flag(given_config.two_words, 2)?), ledger)?;
        ledger.enter(Field::Configuration, config, 1);
        ledger.enter(Field::RightHandSide, b, shaped.cells());
        ledger.enter(Field::Iterate, x, shaped.cells());
        ledger.settle_known()?;
        let (b, x) = (checks::slice(b, shaped.cells()), checks::slice(x, shaped.cells()));
        for (field, values) in [(Field::RightHandSide, b), (Field::Iterate, x)] {
            if let Some(index) = values.iter().position(|value| !value.is_finite()) {
                return Err(Error::NotFinite { field, index }.into());
            }
        }
        let method = given_config.method()?;
        let Memory { codes, workspace, .. } = given.lend();
        let cells = Cells::resume(shaped.nx, shaped.ny, codes)?;
        let Cut { scratch, rhs, black, vectors, .. } = Cut::of(workspace, &shaped)?;
        // Of cells without an unknown nothing counts.
        cells.pack(b, rhs, black)?;
        let method = in_units_of(vector::norm(&[vector::norm(rhs), vector::norm(black)]), method);
        // Asked for an answer before its first step, a solve has the starting guess, and no second word.
        vectors.fill(0.0);
        let reduced = Reduced::new(cells, scratch)?;
        reduced.reduce(b, rhs)?;
        reduced.start_from(x, black)?;
        (*pressure.cast::<Place>()).state.solve = Dcd::<f32, Reduced<'_, f32>, Cycle<'_, f32>>::start(&method);
        Ok(())
    })())
}

/// Does one iteration: one product, one cycle, at most one recomputed residual. Answers `TS_STEP_RUNNING` or the outcome,
/// which it then repeats; `TS_STEP_BREAKDOWN` before a solve was started. `TS_STEP_HANDED_OVER` is a solve that ended
/// well without the cycle: its gates are not right.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_step(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { step(pressure, memory) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_run(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
) -> ts_status_t {
    loop {
        // SAFETY: the pointers are as the header demands.
        let outcome = unsafe { step(pressure, memory) };
        if !matches!(outcome, Ok(Step::Running)) {
            return status::outcome(outcome);
        }
    }
}

/// Steps to the outcome or until `go_on` answers 0, then `TS_STEP_INTERRUPTED`: the solve can go on later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_run_while(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> ts_status_t {
    status::outcome((|| {
        let go_on = go_on.ok_or(Error::Null { field: Field::Function })?;
        loop {
            // SAFETY: the pointers are as the header demands; the step found the object.
            let (step, report): (Step, ts_report_t) = unsafe {
                let step = step(pressure, memory)?;
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
    })())
}

/// Writes x of all cells, nx ny elements: solid and open cells become 0. `config` and `b` are those of the start: the
/// configuration says how long x is. With two words `x_low` takes the second one; null otherwise, or where it is not wanted.
/// The solve can go on after that.
///
/// Errors: `UNINITIALISED` (object), `LENGTH` (size: another region; mask, order, workspace), `OUT_OF_RANGE` (configuration).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_finish(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
    config: *const ts_pressure_config_t,
    b: *const f32,
    x: *mut f32,
    x_low: *mut f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done((|| unsafe {
        let given_config = checks::read(Field::Configuration, config)?;
        let shaped = Shaped::of(&(*opened(pressure)?).state.plan);
        shaped.require(&given_config.shaped()?)?;
        let ledger: &mut Ledger = &mut Ledger::<[_; 9]>::new();
        let low_len = if x_low.is_null() { 0 } else { shaped.cells() };
        ledger.enter(Field::Output, x_low, low_len);
        ledger.enter(Field::Iterate, x, shaped.cells());
        let given = enter(pressure, memory, shaped.sizes(flag(given_config.two_words, 2)?), ledger)?;
        ledger.enter(Field::Configuration, config, 1);
        ledger.enter(Field::RightHandSide, b, shaped.cells());
        // The solve is taken up to be read, and that writes scratch: its memory counts as written.
        ledger.settle_known()?;
        let (x, x_low) = (checks::slice_mut(x, shaped.cells()), checks::slice_mut(x_low, low_len));
        let b = checks::slice(b, shaped.cells());
        taken_up(pressure, &given, |reduced, solve| reduced.expand(b, solve.solution(), solve.correction(), x, x_low))
    })())
}

/// Writes what the solve can say of itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_report(pressure: *const ts_pressure_t, out: *mut ts_report_t) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe {
        opened(pressure).and_then(|object| checks::write(Field::Output, out, (*object).state.solve.report().into()))
    })
}
