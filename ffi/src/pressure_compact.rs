//! Pressure on cells with coefficients of coarse levels in 16 bits: less memory, more instructions.

use core::ffi::c_void;

use crate::checks;
use crate::pressure::ts_pressure_t;
use crate::pressure_config::ts_pressure_config_t;
use crate::pressure_forms::{Form, build, form_run_while, step};
use crate::pressure_memory::{Shaped, ts_pressure_memory_t, ts_pressure_sizes_t};
use crate::solve::ts_go_on_t;
use crate::status::{self, flag, ts_status_t};
use tinysolve::linear::cycle::{Cells, Cycle, Gates, Plan};
use tinysolve::solve::Step;
use tinysolve::{Error, Field};

/// 16 bits and a scale a level.
struct Compact;

impl Form for Compact {
    type Coefficient = u16;
    const IS_COMPACT: bool = true;

    fn build(
        cells: Cells<'_>,
        gates: &Gates,
        shaped: &Shaped,
        numbers: &mut [f32],
        indices: &mut [u16],
    ) -> Result<Plan<f32>, Error> {
        Ok(Cycle::compact(cells, gates, shaped.options, numbers, indices)?.suspend())
    }

    fn take_up<'a>(
        cells: Cells<'a>,
        plan: &Plan<f32>,
        numbers: &'a mut [f32],
        indices: &'a mut [u16],
    ) -> Result<Cycle<'a, f32, u16>, Error> {
        Cycle::resume_compact(cells, plan, numbers, indices)
    }
}

/// Writes how much memory a configuration needs for `ts_pressure_compact_build`.
///
/// Errors: `OUT_OF_RANGE` or `TOO_LARGE` (size), `OUT_OF_RANGE` (configuration).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_compact_sizes(
    config: *const ts_pressure_config_t,
    out: *mut ts_pressure_sizes_t,
) -> ts_status_t {
    status::done((|| {
        // SAFETY: the pointers are as the header demands; a configuration is made of numbers.
        unsafe {
            let config = checks::read(Field::Configuration, config)?;
            let two_words = flag(config.two_words, 2)?;
            let shaped = Shaped { is_compact: true, ..config.shaped()? };
            checks::write(Field::Output, out, shaped.sizes(two_words))
        }
    })())
}

/// As `ts_pressure_build`, with the coefficients of the coarse levels as integers of 16 bits, which lie in `indices`: about a
/// seventh less memory in all, as many iterations, and more instructions an iteration. The solve is stepped and run by the
/// functions of this name; `ts_pressure_start`, `ts_pressure_finish` and `ts_pressure_report` are for both.
///
/// Errors: those of `ts_pressure_build`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_compact_build(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
    config: *const ts_pressure_config_t,
    cells: *const u8,
    gates: *const crate::cycle::ts_gates_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands; configurations and gates are made of numbers.
    status::done(unsafe { build::<Compact>(pressure, memory, config, cells, gates) })
}

/// As `ts_pressure_step`.
///
/// Errors: `CORRUPT` (object) for one that `ts_pressure_compact_build` has not built.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_compact_step(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { step::<Compact>(pressure, memory) })
}

/// As `ts_pressure_run`.
///
/// Errors: those of `ts_pressure_compact_step`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_compact_run(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
) -> ts_status_t {
    loop {
        // SAFETY: the pointers are as the header demands.
        let outcome = unsafe { step::<Compact>(pressure, memory) };
        if !matches!(outcome, Ok(Step::Running)) {
            return status::outcome(outcome);
        }
    }
}

/// As `ts_pressure_run_while`.
///
/// Errors: those of `ts_pressure_compact_step`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_pressure_compact_run_while(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { form_run_while::<Compact>(pressure, memory, go_on, context) })
}
