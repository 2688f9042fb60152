//! Splitting methods over terms: least squares and a matrix beside them, one object for all methods.

use crate::checks::{self, Ledger};
use crate::composition::{Composition, Written};
use crate::objects::{Kind, Object, mark, words_for};
use crate::prox_terms::ts_prox_term_t;
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::matrix::MatRef;
use tinysolve::prox::quadratic::LeastSquares;
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::{
    Admm, AdmmConfig, ChambollePock, Checkpoint, DouglasRachford, DouglasRachfordConfig, Lasso, NoSmooth, Panoc,
    PanocConfig, PrimalDual, PrimalDualConfig, ProximalGradient, ProximalGradientConfig, Stopping,
};
use tinysolve::{Error, Field};

/// Values of a splitting method; each reads those it knows.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_splitting_config_t {
    /// Absolute tolerance of primal and dual residual, maximum norms, at least 0.
    pub absolute: f32,
    /// Relative to the largest term of a residual, at least 0. Less than about 1e-6 cannot be met.
    pub relative: f32,
    /// Step of gradients, of Douglas-Rachford, or of the primal variables; rho of ADMM and the lasso. Positive.
    pub step: f32,
    /// Step of the dual variables, positive; with `step` times it and the squared norm of the matrix below 1.
    pub dual_step: f32,
    /// Over-relaxation of Douglas-Rachford, ADMM and the lasso, in (0, 2).
    pub relaxation: f32,
    /// Iterations at most; at least 1.
    pub max_iterations: u32,
    /// Iterations between two looks at the residuals; at least 1.
    pub check_every: u32,
    /// `TS_STEP_STAGNATED` after this many iterations in which no residual fell; 0 for never.
    pub stagnation_window: u32,
    /// Iterations between two chances to change rho; 0 for never.
    pub adapt_every: u32,
    /// Proximal gradient: not 0 for Nesterov's momentum.
    pub accelerated: u32,
    /// Proximal gradient: not 0 to halve the step where it is too long.
    pub backtracking: u32,
}

/// What is minimised, and the memory for it: fill it in once. A part that a method does not know may be null.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_splitting_problem_t {
    /// Elements of x.
    pub n: u32,
    /// Rows of the matrix.
    pub m: u32,
    /// Terms of f.
    pub first_count: u32,
    /// Terms of g.
    pub second_count: u32,
    /// PANOC: pairs that directions are made of; 3 to 10.
    pub memory: u32,
    /// f: terms whose parts sum up to n.
    pub first: *const ts_prox_term_t,
    /// g: terms whose parts sum up to n, or to m where g is of the image under the matrix.
    pub second: *const ts_prox_term_t,
    /// m rows of n elements.
    pub matrix: *const f32,
    /// m elements.
    pub rhs: *const f32,
    /// Starting guess, then the answer: n elements.
    pub x: *mut f32,
    /// Dual variables, a starting guess too, 0 without a better one.
    pub dual: *mut f32,
    /// `TS_..._WORKSPACE_LEN` of the method.
    pub workspace: *mut f32,
    /// Elements of `workspace`.
    pub workspace_len: usize,
}

/// What a solve can say of itself, at the last look.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_splitting_report_t {
    /// `TS_STEP_...`: the outcome, or `TS_STEP_RUNNING`.
    pub step: ts_status_t,
    /// Iterations.
    pub iterations: u32,
    /// How far the two copies of the solution are apart; infinite before the first look.
    pub primal: f32,
    /// How far the gradients are from cancelling.
    pub dual: f32,
    /// Target of `primal`.
    pub primal_target: f32,
    /// Target of `dual`.
    pub dual_target: f32,
}

/// `uint64_t` words of a `ts_splitting_t`.
pub const TS_SPLITTING_WORDS: usize = 12;

/// A solve under way by any splitting method: counters and scalars, no pointer, so it may be copied, moved and saved together
/// with x, the dual variables and the workspace.
#[repr(C)]
pub struct ts_splitting_t {
    words: [u64; TS_SPLITTING_WORDS],
}

type State = Checkpoint<f32>;

const _: () = assert!(words_for::<State>() == TS_SPLITTING_WORDS);

impl ts_splitting_config_t {
    const fn stopping(&self) -> Stopping<f32> {
        let Self { absolute, relative, max_iterations, check_every, stagnation_window, .. } = *self;
        Stopping { absolute, relative, max_iterations, check_every, stagnation_window }
    }

    const fn admm(&self) -> AdmmConfig<f32> {
        AdmmConfig {
            stopping: self.stopping(),
            penalty: self.step,
            relaxation: self.relaxation,
            adapt_every: self.adapt_every,
        }
    }
}

/// Tolerances 1e-4, 4,000 iterations; steps and rho 1, over-relaxation 1.6, rho adapted every 10 iterations; accelerated and
/// with backtracking.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_splitting_config_default(out: *mut ts_splitting_config_t) -> ts_status_t {
    let AdmmConfig { stopping, penalty, relaxation, adapt_every } = AdmmConfig::<f32>::default();
    let Stopping { absolute, relative, max_iterations, check_every, stagnation_window } = stopping;
    let config = ts_splitting_config_t {
        absolute,
        relative,
        step: penalty,
        dual_step: 1.0,
        relaxation,
        max_iterations,
        check_every,
        stagnation_window,
        adapt_every,
        accelerated: 1,
        backtracking: 1,
    };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// Slices of what a problem shows.
struct Lent<'a> {
    n: usize,
    m: usize,
    memory: usize,
    first: Composition<'a>,
    second: Composition<'a>,
    matrix: &'a [f32],
    rhs: &'a [f32],
    x: &'a mut [f32],
    dual: &'a mut [f32],
    workspace: &'a mut [f32],
}

impl<'a> Lent<'a> {
    fn matrix(&self) -> Result<MatRef<'a, f32>, Error> {
        MatRef::row_major(self.matrix, self.m, self.n)
    }
}

/// Which parts of a problem a method knows.
#[derive(Clone, Copy)]
struct Parts {
    first: bool,
    /// Whether the parts of g sum up to m.
    of_image: bool,
    matrix: bool,
    rhs: bool,
    dual: bool,
}

/// One method.
trait Splitting {
    const KIND: Kind;
    const PARTS: Parts;

    /// Checks everything and answers the state to begin with.
    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error>;
    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error>;
}

/// Looks at every pointer; nothing is written.
///
/// # Safety
/// As the header says of all pointers.
#[inline(never)]
unsafe fn open<'a>(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
    config: *const ts_splitting_config_t,
    parts: Parts,
) -> Result<Lent<'a>, Refusal> {
    // SAFETY: the promise above.
    let of = unsafe { checks::read(Field::Matrix, problem)? };
    let (n, m) = (size(of.n), size(of.m));
    if n == 0 || of.workspace_len == 0 {
        let field = if n == 0 { Field::Iterate } else { Field::Workspace };
        return Err(Error::Length { field, need: 1, got: 0 }.into());
    }
    let entries = n.checked_mul(m).filter(|_| parts.matrix).unwrap_or(if parts.matrix { usize::MAX } else { 0 });
    let image = if parts.of_image { m } else { n };
    let dual_len = if parts.dual { image } else { 0 };
    let rows = if parts.rhs { m } else { 0 };
    let ledger: &mut Ledger = &mut Ledger::<[_; 8]>::new();
    ledger.enter(Field::Object, solve, 1);
    ledger.enter(Field::Iterate, of.x, n);
    ledger.enter(Field::Workspace, of.workspace, of.workspace_len);
    ledger.enter(Field::Dual, of.dual, dual_len);
    ledger.only_read_from_here();
    ledger.enter(Field::Values, of.matrix, entries);
    ledger.enter(Field::RightHandSide, of.rhs, rows);
    ledger.enter(Field::Matrix, problem, 1);
    if !config.is_null() {
        ledger.enter(Field::Configuration, config, 1);
    }
    ledger.settle_known()?;
    let written: [Written; 4] = [
        (Field::Object, solve.cast(), size_of::<ts_splitting_t>()),
        (Field::Iterate, of.x.cast(), n * size_of::<f32>()),
        (Field::Workspace, of.workspace.cast(), of.workspace_len * size_of::<f32>()),
        // Of no elements any pointer will do, also one into what is written.
        (Field::Dual, if dual_len > 0 { of.dual.cast() } else { core::ptr::null() }, dual_len * size_of::<f32>()),
    ];
    // SAFETY: the promise above; the ledger took the pointers for these lengths, and what is written meets nothing else.
    unsafe {
        let second = Composition::open(of.second, of.second_count, image, &written)?;
        let first = if parts.first { Composition::open(of.first, of.first_count, n, &written)? } else { second };
        Ok(Lent {
            n,
            m,
            memory: size(of.memory),
            first,
            second,
            matrix: checks::slice(of.matrix, entries),
            rhs: checks::slice(of.rhs, rows),
            x: checks::slice_mut(of.x, n),
            dual: checks::slice_mut(of.dual, dual_len),
            workspace: checks::slice_mut(of.workspace, of.workspace_len),
        })
    }
}

/// # Safety
/// As the header says of all pointers.
unsafe fn init<M: Splitting>(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
    config: *const ts_splitting_config_t,
) -> Result<(), Refusal> {
    // SAFETY: the promise above; a configuration is made of numbers.
    unsafe {
        let given = checks::read(Field::Configuration, config)?;
        let lent = open(solve, problem, config, M::PARTS)?;
        let length = u32::try_from(lent.n).unwrap_or(u32::MAX);
        let state = M::start(lent, &given)?;
        solve.cast::<Object<State>>().write(Object { mark: mark::<f32>(M::KIND), size: length, state });
    }
    Ok(())
}

/// # Safety
/// As the header says of all pointers.
unsafe fn step<M: Splitting>(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> Result<Step, Refusal> {
    // SAFETY: the promise above; any words are an object.
    unsafe {
        let lent = open(solve, problem, core::ptr::null(), M::PARTS)?;
        let object = &mut *solve.cast::<Object<State>>();
        checks::marked(Field::Object, mark::<f32>(M::KIND), object.mark)?;
        if size(object.size) != lent.n {
            return Err(Error::Length { field: Field::Iterate, need: size(object.size), got: lent.n }.into());
        }
        Ok(M::step(lent, &mut object.state)?)
    }
}

/// # Safety
/// As the header says of all pointers.
unsafe fn run<M: Splitting>(
    solve: *mut ts_splitting_t,
    problem: *const ts_splitting_problem_t,
) -> Result<Step, Refusal> {
    loop {
        // SAFETY: the promise above.
        let step = unsafe { step::<M>(solve, problem)? };
        if step.is_final() {
            return Ok(step);
        }
    }
}

/// Writes what a solve by any splitting method can say of itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_splitting_report(
    solve: *const ts_splitting_t,
    out: *mut ts_splitting_report_t,
) -> ts_status_t {
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 2]>::new();
        ledger.enter(Field::Output, out, 1);
        ledger.enter(Field::Object, solve, 1);
        ledger.settle(&[Field::Output])?;
        // SAFETY: the ledger took both; any words are an object.
        unsafe {
            let object = &*solve.cast::<Object<State>>();
            let kinds = [
                Kind::ProximalGradient,
                Kind::Panoc,
                Kind::DouglasRachford,
                Kind::Admm,
                Kind::Lasso,
                Kind::ChambollePock,
            ];
            if !kinds.iter().any(|kind| object.mark == mark::<f32>(*kind)) {
                return Err(Error::Uninitialised { field: Field::Object }.into());
            }
            let (report, residuals) = (object.state.report(), object.state.residuals());
            out.write(ts_splitting_report_t {
                step: report.step as ts_status_t,
                iterations: report.iterations,
                primal: residuals.primal,
                dual: residuals.dual,
                primal_target: residuals.primal_target,
                dual_target: residuals.dual_target,
            });
        }
        Ok(())
    })())
}

const LEAST_SQUARES: Parts = Parts { first: false, of_image: false, matrix: true, rhs: true, dual: false };

enum ProximalGradientMethod {}

impl Splitting for ProximalGradientMethod {
    const KIND: Kind = Kind::ProximalGradient;
    const PARTS: Parts = LEAST_SQUARES;

    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error> {
        let squares = LeastSquares { matrix: lent.matrix()?, rhs: lent.rhs };
        let config = ProximalGradientConfig {
            stopping: config.stopping(),
            step: config.step,
            accelerated: config.accelerated != 0,
            backtracking: config.backtracking != 0,
        };
        ProximalGradient::new(&squares, &lent.second, lent.x, lent.workspace, &config).map(ProximalGradient::suspend)
    }

    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error> {
        let squares = LeastSquares { matrix: lent.matrix()?, rhs: lent.rhs };
        Ok(ProximalGradient::resume(&squares, &lent.second, lent.x, lent.workspace, state)?.step())
    }
}

enum PanocMethod {}

impl Splitting for PanocMethod {
    const KIND: Kind = Kind::Panoc;
    const PARTS: Parts = LEAST_SQUARES;

    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error> {
        let squares = LeastSquares { matrix: lent.matrix()?, rhs: lent.rhs };
        let config = PanocConfig { stopping: config.stopping(), step: config.step };
        Panoc::new(&squares, &lent.second, lent.x, lent.memory, lent.workspace, &config).map(Panoc::suspend)
    }

    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error> {
        let squares = LeastSquares { matrix: lent.matrix()?, rhs: lent.rhs };
        Ok(Panoc::resume(&squares, &lent.second, lent.x, lent.memory, lent.workspace, state)?.step())
    }
}

enum DouglasRachfordMethod {}

impl Splitting for DouglasRachfordMethod {
    const KIND: Kind = Kind::DouglasRachford;
    const PARTS: Parts = Parts { first: true, of_image: false, matrix: false, rhs: false, dual: false };

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
    const PARTS: Parts = Parts { first: true, of_image: false, matrix: false, rhs: false, dual: true };

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
    const PARTS: Parts = Parts { first: false, of_image: false, matrix: true, rhs: true, dual: true };

    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error> {
        let (matrix, config) = (lent.matrix()?, config.admm());
        Lasso::new(matrix, lent.rhs, &lent.second, lent.x, lent.dual, lent.workspace, &config).map(Lasso::suspend)
    }

    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error> {
        let matrix = lent.matrix()?;
        Ok(Lasso::resume(matrix, lent.rhs, &lent.second, lent.x, lent.dual, lent.workspace, state)?.step())
    }
}

enum ChambollePockMethod {}

impl Splitting for ChambollePockMethod {
    const KIND: Kind = Kind::ChambollePock;
    const PARTS: Parts = Parts { first: true, of_image: true, matrix: true, rhs: false, dual: true };

    fn start(lent: Lent<'_>, config: &ts_splitting_config_t) -> Result<State, Error> {
        let matrix = lent.matrix()?;
        let config =
            PrimalDualConfig { stopping: config.stopping(), primal_step: config.step, dual_step: config.dual_step };
        ChambollePock::without_smooth(&lent.first, &lent.second, &matrix, lent.x, lent.dual, lent.workspace, &config)
            .map(ChambollePock::suspend)
    }

    fn step(lent: Lent<'_>, state: &mut State) -> Result<Step, Error> {
        let problem =
            PrimalDual { function: &lent.first, of_image: &lent.second, map: &lent.matrix()?, smooth: &NoSmooth };
        Ok(ChambollePock::resume(problem, lent.x, lent.dual, lent.workspace, state)?.step())
    }
}

/// Checks everything and starts proximal gradient steps, accelerated (FISTA) and with backtracking as the flags say: minimises |matrix x - rhs|² / 2 + g(x). No dual. Only `solve` is written.
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

/// Does one iteration: a gradient and an operator, more while the step is halved. The problem is that of `ts_proximal_gradient_init`, with what is in its arrays now. Answers
/// `TS_STEP_RUNNING` or the outcome, which it then repeats.
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

/// Checks everything and starts PANOC: minimises |matrix x - rhs|² / 2 + g(x) with quasi-Newton directions. No dual. Only `solve` is written. A term with an
/// `offset` has no value: the steps are plain proximal gradient steps then.
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

/// Does one iteration: at most ten gradients and operators, more while the step is halved. The problem is that of `ts_panoc_init`, with what is in its arrays now. Answers
/// `TS_STEP_RUNNING` or the outcome, which it then repeats.
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

/// Checks everything and starts Douglas-Rachford splitting: minimises f(x) + g(x). `x` is what the iteration carries; the answer is the n elements of
/// the workspace from n on. No dual, no matrix. Only `solve` is written.
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

/// Does one iteration: two operators. The problem is that of `ts_douglas_rachford_init`, with what is in its arrays now. Answers
/// `TS_STEP_RUNNING` or the outcome, which it then repeats.
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

/// Checks everything and starts ADMM: minimises f(x) + g(x); `dual` has n elements, the multipliers over rho. No matrix. Only `solve` is written.
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

/// Checks everything and starts ADMM with one factor for all iterations: minimises |matrix x - rhs|² / 2 + g(x); `dual` has n elements, the multipliers over rho. Only `solve` is written.
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

/// Does one iteration: a solve with the factor and an operator, or a factorisation. The problem is that of `ts_lasso_init`, with what is in its arrays now. Answers
/// `TS_STEP_RUNNING` or the outcome, which it then repeats.
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

/// Checks everything and starts Chambolle and Pock's method: minimises f(x) + g(matrix x); `dual` has m elements. Only `solve` is written.
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

/// Does one iteration: two products and two operators. The problem is that of `ts_chambolle_pock_init`, with what is in its arrays now. Answers
/// `TS_STEP_RUNNING` or the outcome, which it then repeats.
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
