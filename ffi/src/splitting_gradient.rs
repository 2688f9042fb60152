//! Proximal gradient and PANOC over terms: least squares and a function with a proximal operator.

use crate::objects::Kind;
use crate::splitting::{ts_splitting_config_t, ts_splitting_problem_t, ts_splitting_t};
use crate::splitting_method::{Lent, Parts, Splitting, State, init, run, step};
use crate::status::{self, ts_status_t};
use tinysolve::Error;
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::{Panoc, PanocConfig, ProximalGradient, ProximalGradientConfig};

const LEAST_SQUARES: Parts = Parts { matrix: true, rhs: true, gradient: true, ..Parts::SECOND };

enum ProximalGradientMethod {}

impl Splitting for ProximalGradientMethod {
    const KIND: Kind = Kind::ProximalGradient;
    const PARTS: Parts = LEAST_SQUARES;

    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error> {
        let squares = lent.squares()?;
        let config = ProximalGradientConfig {
            stopping: config.stopping(),
            step: config.step,
            accelerated: config.accelerated != 0,
            backtracking: config.backtracking != 0,
        };
        ProximalGradient::new(&squares, &lent.second, lent.x, lent.workspace, &config).map(ProximalGradient::suspend)
    }

    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error> {
        let squares = lent.squares()?;
        Ok(ProximalGradient::resume(&squares, &lent.second, lent.x, lent.workspace, state)?.step())
    }
}

enum PanocMethod {}

impl Splitting for PanocMethod {
    const KIND: Kind = Kind::Panoc;
    const PARTS: Parts = LEAST_SQUARES;

    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error> {
        let squares = lent.squares()?;
        let config = PanocConfig { stopping: config.stopping(), step: config.step };
        Panoc::new(&squares, &lent.second, lent.x, lent.memory, lent.workspace, &config).map(Panoc::suspend)
    }

    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error> {
        let squares = lent.squares()?;
        Ok(Panoc::resume(&squares, &lent.second, lent.x, lent.memory, lent.workspace, state)?.step())
    }
}

/// Checks everything and starts proximal gradient steps, accelerated (FISTA) and with backtracking as the flags say:
/// minimises |matrix x - rhs|² / 2 + g(x), or `gradient` in place of the squares. No dual. Only `solve` is written.
///
/// Errors: `LENGTH` (workspace, dual, groups: the parts of the terms), `NOT_FINITE` (iterate, dual, right-hand side),
/// `OUT_OF_RANGE` (step, penalty, omega: the relaxation, tolerance, iterations, configuration: a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_proximal_gradient_init(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
    config: *const ts_splitting_config_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init::<ProximalGradientMethod>(solve, problem, config) })
}

/// Does one iteration: a gradient and an operator, more while the step is halved. The problem is that of
/// `ts_proximal_gradient_init`, with what is in its arrays now. Answers `TS_STEP_RUNNING` or the outcome, which it then
/// repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_proximal_gradient_step(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { step::<ProximalGradientMethod>(solve, problem) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_proximal_gradient_run(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { run::<ProximalGradientMethod>(solve, problem) })
}

/// Checks everything and starts PANOC: minimises |matrix x - rhs|² / 2 + g(x), or `gradient` in place of the squares, which need not
/// be convex, with quasi-Newton directions. No dual. Only `solve` is written. A term with an `offset` and a function have no
/// value: the steps are plain proximal gradient steps then.
///
/// Errors: `LENGTH` (workspace, dual, groups: the parts of the terms), `NOT_FINITE` (iterate, dual, right-hand side),
/// `OUT_OF_RANGE` (step, penalty, omega: the relaxation, tolerance, iterations, configuration: a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_panoc_init(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
    config: *const ts_splitting_config_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init::<PanocMethod>(solve, problem, config) })
}

/// Does one iteration: at most ten gradients and operators, more while the step is halved. The problem is that of
/// `ts_panoc_init`, with what is in its arrays now. Answers `TS_STEP_RUNNING` or the outcome, which it then repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_panoc_step(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { step::<PanocMethod>(solve, problem) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_panoc_run(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { run::<PanocMethod>(solve, problem) })
}
