//! What every iterative method is told and tells: when to stop, and a report.

use crate::status::ts_status_t;
use core::ffi::c_void;
use tinysolve::linear::{Reference, Stopping};
use tinysolve::solve::Report;
use tinysolve::{Error, Field};

/// When to stop. The target is max(`absolute`, `relative` x reference), in the 2-norm.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_stopping_t {
    /// Relative tolerance, at least 0. Below about 10 epsilon x condition number it cannot be met.
    pub relative: f32,
    /// Absolute tolerance in units of b, at least 0.
    pub absolute: f32,
    /// A residual beyond this factor times the initial one is `TS_STEP_DIVERGED`; more than 1.
    pub divergence: f32,
    /// Iterations at most; at least 1.
    pub max_iterations: u32,
    /// `TS_STEP_STAGNATED` after this many iterations without a gain of 2 %; 0 chooses by the size of the system.
    pub stagnation_window: u32,
    /// What `relative` refers to: 0 |b|, 1 the residual norm of the starting guess.
    pub reference: u32,
}

impl ts_stopping_t {
    pub(crate) fn default() -> Self {
        let Stopping { relative, absolute, divergence, max_iterations, stagnation_window, reference } =
            Stopping::default();
        let reference = reference as u32;
        Self { relative, absolute, divergence, max_iterations, stagnation_window, reference }
    }

    /// The reference as an enumeration; the solver checks the rest.
    pub(crate) fn get(&self) -> Result<Stopping<f32>, Error> {
        let Self { relative, absolute, divergence, max_iterations, stagnation_window, reference } = *self;
        let reference =
            Reference::from_number(reference).ok_or(Error::OutOfRange { field: Field::Configuration, index: 0 })?;
        Ok(Stopping { relative, absolute, divergence, max_iterations, stagnation_window, reference })
    }
}

/// What a solve can say of itself. All norms are unpreconditioned 2-norms in the units of b.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_report_t {
    /// `TS_STEP_...`: the outcome, or `TS_STEP_RUNNING`.
    pub step: ts_status_t,
    /// Whole iterations done.
    pub iterations: u32,
    /// Last residual norm computed as |b - A x|, never by recurrence; infinite before the first one.
    pub residual: f32,
    /// Running estimate of the residual norm; equals `residual` for methods that recompute it every time.
    pub estimate: f32,
    /// Smallest residual norm seen, recomputed or estimated.
    pub best: f32,
    /// Residual norm of the starting guess.
    pub initial: f32,
    /// What the relative tolerance refers to.
    pub reference: f32,
    /// The residual norm that ends the solve.
    pub target: f32,
}

impl From<Report<f32>> for ts_report_t {
    fn from(report: Report<f32>) -> Self {
        let Report { step, iterations, residual, estimate, best, initial, reference, target } = report;
        Self { step: step as ts_status_t, iterations, residual, estimate, best, initial, reference, target }
    }
}

/// Asked before every step but the first whether to go on: not 0 for yes. It may look at x, and must not write it.
pub type ts_go_on_t = Option<unsafe extern "C" fn(context: *mut c_void, report: *const ts_report_t) -> i32>;
