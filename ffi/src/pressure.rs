//! Pressure on cells with walls: deep conjugate directions with a multigrid cycle whose gates are hand-set or trained.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::pressure_config::{in_units_of, ts_pressure_config_t};
use crate::pressure_forms::{Form, Place, build, form_run_while, opened, step};
use crate::pressure_memory::{Cut, Memory, Shaped, enter, ts_pressure_memory_t};
use crate::solve::{ts_go_on_t, ts_report_t};
use crate::status::{self, flag, ts_status_t};
use tinysolve::linear::Dcd;
use tinysolve::linear::cg::Identity;
use tinysolve::linear::cycle::{Cells, Cycle, Gates, Plan, Reduced};
use tinysolve::solve::Step;
use tinysolve::{Error, Field, vector};

/// `uint64_t` words of a `ts_pressure_t`.
pub const TS_PRESSURE_WORDS: usize = 71; // f64: 100

/// A hierarchy and a solve on it: counters and scalars, no pointer, so it may be copied, moved and saved together with
/// the memory.
#[repr(C)]
pub struct ts_pressure_t {
    words: [u64; TS_PRESSURE_WORDS],
}

/// As they are.
struct Full;

impl Form for Full {
    type Coefficient = f32;
    const IS_COMPACT: bool = false;

    fn build(
        cells: Cells<'_>,
        gates: &Gates,
        shaped: &Shaped,
        numbers: &mut [f32],
        indices: &mut [u16],
    ) -> Result<Plan<f32>, Error> {
        Ok(Cycle::new(cells, gates, shaped.options, numbers, indices)?.suspend())
    }

    fn take_up<'a>(
        cells: Cells<'a>,
        plan: &Plan<f32>,
        numbers: &'a mut [f32],
        indices: &'a mut [u16],
    ) -> Result<Cycle<'a, f32>, Error> {
        Cycle::resume(cells, plan, numbers, indices)
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
    status::done(unsafe { build::<Full>(pressure, memory, config, cells, gates) })
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
///
/// Errors: `UNINITIALISED` (object), `LENGTH` (mask, order, workspace), `CORRUPT` (object) for one that
/// `ts_pressure_compact_build` has built.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_step(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { step::<Full>(pressure, memory) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_run(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
) -> ts_status_t {
    loop {
        // SAFETY: the pointers are as the header demands.
        let outcome = unsafe { step::<Full>(pressure, memory) };
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
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { form_run_while::<Full>(pressure, memory, go_on, context) })
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
        // Elimination writes scratch: the memory counts as written.
        ledger.settle_known()?;
        let (x, x_low) = (checks::slice_mut(x, shaped.cells()), checks::slice_mut(x_low, low_len));
        let b = checks::slice(b, shaped.cells());
        let (object, memory) = (&mut *pressure.cast::<Place>(), given.lend());
        let cells = Cells::resume(shaped.nx, shaped.ny, memory.codes)?;
        let Cut { scratch, rhs, black, vectors, .. } = Cut::of(memory.workspace, &shaped)?;
        let reduced = Reduced::new(cells, scratch)?;
        // To be read: no direction is needed for that.
        let solve = Dcd::resume(&reduced, Identity, rhs, black, vectors, &mut object.state.solve)?;
        Ok(reduced.expand(b, solve.solution(), solve.correction(), x, x_low)?)
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
