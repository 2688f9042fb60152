//! Primal-dual methods over terms: a function of the image under a matrix beside another.

use crate::objects::Kind;
use crate::splitting::{ts_splitting_config_t, ts_splitting_problem_t, ts_splitting_t};
use crate::splitting_method::{First, Lent, Parts, Splitting, State, init, run, step};
use crate::status::{self, ts_status_t};
use tinysolve::Error;
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::{ChambollePock, CondatVu, NoSmooth, PrimalDual};

enum ChambollePockMethod {}

impl Splitting for ChambollePockMethod {
    const KIND: Kind = Kind::ChambollePock;
    const PARTS: Parts = Parts { first: First::Terms, of_image: true, matrix: true, dual: true, ..Parts::SECOND };

    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error> {
        let map = lent.map()?;
        let config = config.primal_dual();
        ChambollePock::without_smooth(&lent.first, &lent.second, &map, lent.x, lent.dual, lent.workspace, &config)
            .map(ChambollePock::suspend)
    }

    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error> {
        let problem =
            PrimalDual { function: &lent.first, of_image: &lent.second, map: &lent.map()?, smooth: &NoSmooth };
        Ok(ChambollePock::resume(problem, lent.x, lent.dual, lent.workspace, state)?.step())
    }
}

enum CondatVuMethod {}

impl Splitting for CondatVuMethod {
    const KIND: Kind = Kind::CondatVu;
    const PARTS: Parts =
        Parts { first: First::Terms, of_image: true, matrix: true, dual: true, smooth: true, ..Parts::SECOND };

    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error> {
        let problem =
            PrimalDual { function: &lent.first, of_image: &lent.second, map: &lent.map()?, smooth: &lent.smooth()? };
        CondatVu::new(problem, lent.x, lent.dual, lent.workspace, &config.primal_dual()).map(CondatVu::suspend)
    }

    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error> {
        let problem =
            PrimalDual { function: &lent.first, of_image: &lent.second, map: &lent.map()?, smooth: &lent.smooth()? };
        Ok(CondatVu::resume(problem, lent.x, lent.dual, lent.workspace, state)?.step())
    }
}

/// Checks everything and starts Chambolle and Pock's method: minimises f(x) + g(matrix x), or `map` in place of the matrix;
/// `dual` has m elements. Only `solve` is written. Steps that converge: `ts_splitting_config_steps`.
///
/// Errors: `LENGTH` (workspace, dual, groups: the parts of the terms), `NOT_FINITE` (iterate, dual, right-hand side),
/// `OUT_OF_RANGE` (step, penalty, omega: the relaxation, tolerance, iterations, configuration: a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_chambolle_pock_init(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
    config: *const ts_splitting_config_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init::<ChambollePockMethod>(solve, problem, config) })
}

/// Does one iteration: two products and two operators. The problem is that of `ts_chambolle_pock_init`, with what is in
/// its arrays now. Answers `TS_STEP_RUNNING` or the outcome, which it then repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_chambolle_pock_step(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { step::<ChambollePockMethod>(solve, problem) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_chambolle_pock_run(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { run::<ChambollePockMethod>(solve, problem) })
}

/// Checks everything and starts the method of Condat and Vu: minimises f(x) + |smooth x - target|² / 2 + g(matrix x), or
/// `gradient` in place of the squares, `map` in place of the matrix; `dual` has m elements. Converges where 1 / step - dual_step |matrix|² >= |smooth|² / 2. Only `solve` is written.
///
/// Errors: `LENGTH` (workspace, dual, groups: the parts of the terms), `NOT_FINITE` (iterate, dual, right-hand side),
/// `OUT_OF_RANGE` (step, penalty, omega: the relaxation, tolerance, iterations, configuration: a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_condat_vu_init(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
    config: *const ts_splitting_config_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init::<CondatVuMethod>(solve, problem, config) })
}

/// Does one iteration: four products and two operators. The problem is that of `ts_condat_vu_init`, with
/// what is in its arrays now. Answers `TS_STEP_RUNNING` or the outcome, which it then repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_condat_vu_step(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { step::<CondatVuMethod>(solve, problem) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_condat_vu_run(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { run::<CondatVuMethod>(solve, problem) })
}
