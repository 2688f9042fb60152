//! Douglas-Rachford and ADMM over terms: two functions by their proximal operators, or least squares and one.

use crate::objects::Kind;
use crate::splitting::{ts_splitting_config_t, ts_splitting_problem_t, ts_splitting_t};
use crate::splitting_method::{First, Lent, Parts, Splitting, State, init, run, step};
use crate::status::{self, ts_status_t};
use tinysolve::Error;
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::{Admm, Consensus, DouglasRachford, DouglasRachfordConfig, Lasso};

enum DouglasRachfordMethod {}

impl Splitting for DouglasRachfordMethod {
    const KIND: Kind = Kind::DouglasRachford;
    const PARTS: Parts = Parts { first: First::Terms, ..Parts::SECOND };

    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error> {
        let config =
            DouglasRachfordConfig { stopping: config.stopping(), step: config.step, relaxation: config.relaxation };
        DouglasRachford::new(&lent.first, &lent.second, lent.x, lent.workspace, &config).map(DouglasRachford::suspend)
    }

    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error> {
        Ok(DouglasRachford::resume(&lent.first, &lent.second, lent.x, lent.workspace, state)?.step())
    }
}

enum AdmmMethod {}

impl Splitting for AdmmMethod {
    const KIND: Kind = Kind::Admm;
    const PARTS: Parts = Parts { first: First::Terms, dual: true, ..Parts::SECOND };

    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error> {
        let config = config.admm();
        Admm::new(&lent.first, &lent.second, lent.x, lent.dual, lent.workspace, &config).map(Admm::suspend)
    }

    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error> {
        Ok(Admm::resume(&lent.first, &lent.second, lent.x, lent.dual, lent.workspace, state)?.step())
    }
}

enum LassoMethod {}

impl Splitting for LassoMethod {
    const KIND: Kind = Kind::Lasso;
    const PARTS: Parts = Parts { matrix: true, rhs: true, dual: true, ..Parts::SECOND };

    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error> {
        let (matrix, config) = (lent.matrix()?, config.admm());
        Lasso::new(matrix, lent.rhs, &lent.second, lent.x, lent.dual, lent.workspace, &config).map(Lasso::suspend)
    }

    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error> {
        let matrix = lent.matrix()?;
        Ok(Lasso::resume(matrix, lent.rhs, &lent.second, lent.x, lent.dual, lent.workspace, state)?.step())
    }
}

enum ConsensusMethod {}

impl Splitting for ConsensusMethod {
    const KIND: Kind = Kind::Consensus;
    const PARTS: Parts = Parts { first: First::Functions, ..Parts::SECOND };

    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error> {
        let config = config.admm();
        Consensus::new(lent.first.functions(), &lent.second, lent.x, lent.workspace, &config).map(Consensus::suspend)
    }

    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error> {
        Ok(Consensus::resume(lent.first.functions(), &lent.second, lent.x, lent.workspace, state)?.step())
    }
}

/// Checks everything and starts Douglas-Rachford splitting: minimises f(x) + g(x). `x` is what the iteration carries; the
/// answer is the n elements of the workspace from n on. No dual, no matrix. Only `solve` is written.
///
/// Errors: `LENGTH` (workspace, dual, groups: the parts of the terms), `NOT_FINITE` (iterate, dual, right-hand side),
/// `OUT_OF_RANGE` (step, penalty, omega: the relaxation, tolerance, iterations, configuration: a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_douglas_rachford_init(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
    config: *const ts_splitting_config_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init::<DouglasRachfordMethod>(solve, problem, config) })
}

/// Does one iteration: two operators. The problem is that of `ts_douglas_rachford_init`, with what is in its arrays now.
/// Answers `TS_STEP_RUNNING` or the outcome, which it then repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_douglas_rachford_step(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { step::<DouglasRachfordMethod>(solve, problem) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_douglas_rachford_run(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { run::<DouglasRachfordMethod>(solve, problem) })
}

/// Checks everything and starts ADMM: minimises f(x) + g(x); `dual` has n elements, the multipliers over rho. No matrix.
/// Only `solve` is written.
///
/// Errors: `LENGTH` (workspace, dual, groups: the parts of the terms), `NOT_FINITE` (iterate, dual, right-hand side),
/// `OUT_OF_RANGE` (step, penalty, omega: the relaxation, tolerance, iterations, configuration: a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_admm_init(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
    config: *const ts_splitting_config_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init::<AdmmMethod>(solve, problem, config) })
}

/// Does one iteration: two operators. The problem is that of `ts_admm_init`, with what is in its arrays now. Answers
/// `TS_STEP_RUNNING` or the outcome, which it then repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_admm_step(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { step::<AdmmMethod>(solve, problem) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_admm_run(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { run::<AdmmMethod>(solve, problem) })
}

/// Checks everything and starts ADMM with one factor for all iterations: minimises |matrix x - rhs|² / 2 + g(x); `dual`
/// has n elements, the multipliers over rho. Only `solve` is written.
///
/// Errors: `LENGTH` (workspace, dual, groups: the parts of the terms), `NOT_FINITE` (iterate, dual, right-hand side),
/// `OUT_OF_RANGE` (step, penalty, omega: the relaxation, tolerance, iterations, configuration: a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_lasso_init(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
    config: *const ts_splitting_config_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init::<LassoMethod>(solve, problem, config) })
}

/// Does one iteration: a solve with the factor and an operator, or a factorisation. The problem is that of
/// `ts_lasso_init`, with what is in its arrays now. Answers `TS_STEP_RUNNING` or the outcome, which it then repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_lasso_step(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { step::<LassoMethod>(solve, problem) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_lasso_run(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { run::<LassoMethod>(solve, problem) })
}

/// Checks everything and starts consensus ADMM: minimises f_1(x) + ... + g(x); each of the `first_count` terms of `first` is
/// a function of all n elements. No dual, no matrix. Only `solve` is written.
///
/// Errors: `LENGTH` (workspace, dual, groups: the parts of the terms), `NOT_FINITE` (iterate, dual, right-hand side),
/// `OUT_OF_RANGE` (step, penalty, omega: the relaxation, tolerance, iterations, configuration: a parameter of a term).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_consensus_init(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
    config: *const ts_splitting_config_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init::<ConsensusMethod>(solve, problem, config) })
}

/// Does one iteration: each operator once. The problem is that of `ts_consensus_init`, with
/// what is in its arrays now. Answers `TS_STEP_RUNNING` or the outcome, which it then repeats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_consensus_step(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { step::<ConsensusMethod>(solve, problem) })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_consensus_run(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { run::<ConsensusMethod>(solve, problem) })
}
