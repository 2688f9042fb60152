//! Quadratic programs and linear MPC by ADMM.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::objects::{Kind, Object, mark, words_for};
use crate::qp_shape::ts_qp_shape_t;
use crate::solve::ts_go_on_t;
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::factor::Symbolic;
use tinysolve::solve::{Solver, Step};
use tinysolve::splitting::Stopping;
use tinysolve::splitting::qp::{Qp, QpCheckpoint, QpConfig, QpData, QpPattern, QpReport};
use tinysolve::{Error, Field};

/// Values of a quadratic program's solver.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_qp_config_t {
    /// Absolute tolerance of both residuals, at least 0.
    pub absolute: f32,
    /// Relative to the largest term of a residual, at least 0. In single precision less than about 1e-6 cannot be met.
    pub relative: f32,
    /// rho to begin with, positive.
    pub penalty: f32,
    /// sigma, positive: what makes the system definite in every variable.
    pub regularisation: f32,
    /// Over-relaxation, in (0, 2).
    pub relaxation: f32,
    /// Tolerance of a certificate that no point is feasible, at least 0.
    pub primal_infeasible: f32,
    /// Tolerance of a certificate that the objective falls without bound, at least 0.
    pub dual_infeasible: f32,
    /// Iterations at most; at least 1.
    pub max_iterations: u32,
    /// Iterations between two looks at the residuals; at least 1.
    pub check_every: u32,
    /// `TS_STEP_STAGNATED` after this many iterations in which no residual fell; 0 for never.
    pub stagnation_window: u32,
    /// Iterations between two chances to change rho, which costs a refactorisation; 0 for never.
    pub adapt_every: u32,
    /// Rounds of equilibration when the problem is taken up.
    pub scaling_rounds: u32,
}

impl ts_qp_config_t {
    const fn get(&self) -> QpConfig<f32> {
        let Self { absolute, relative, max_iterations, check_every, stagnation_window, .. } = *self;
        QpConfig {
            stopping: Stopping { absolute, relative, max_iterations, check_every, stagnation_window },
            penalty: self.penalty,
            regularisation: self.regularisation,
            relaxation: self.relaxation,
            primal_infeasible: self.primal_infeasible,
            dual_infeasible: self.dual_infeasible,
            adapt_every: self.adapt_every,
            scaling_rounds: self.scaling_rounds,
        }
    }
}

/// The numbers of a quadratic program: minimise 1/2 x'P x + q'x, lower <= A x <= upper.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_qp_data_t {
    /// Stored entries of P, as many as the shape says.
    pub p: *const f32,
    /// Linear term, an element a variable.
    pub q: *const f32,
    /// Stored entries of A.
    pub a: *const f32,
    /// Lower bounds, an element a constraint; minus infinity for none.
    pub lower: *const f32,
    /// Upper bounds; infinity for none.
    pub upper: *const f32,
}

/// What a solve can say of itself; residuals and objective are those of the last look.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_qp_report_t {
    /// `TS_STEP_...`: the outcome, or `TS_STEP_RUNNING`.
    pub step: ts_status_t,
    /// Iterations since the start or the last restart.
    pub iterations: u32,
    /// Factorisations so far.
    pub refactorisations: u32,
    /// Largest |A x - z|, z being A x moved into the bounds; infinite before the first look.
    pub primal: f32,
    /// Largest |P x + q + A'y|.
    pub dual: f32,
    /// Target of `primal`.
    pub primal_target: f32,
    /// Target of `dual`.
    pub dual_target: f32,
    /// 1/2 x'P x + q'x.
    pub objective: f32,
    /// rho.
    pub penalty: f32,
}

/// `uint64_t` words of a `ts_qp_t`.
pub const TS_QP_WORDS: usize = 14; // f64: 22

/// A solve under way: counters and scalars, no pointer, so it may be copied, moved and saved together with the workspace.
#[repr(C)]
pub struct ts_qp_t {
    words: [u64; TS_QP_WORDS],
}

type State = QpCheckpoint<f32>;
/// The solver over the words of an object.
type Lent<'a> = Qp<'a, f32, u16, &'a mut State>;

const _: () = assert!(words_for::<State>() == TS_QP_WORDS);

/// The arguments all calls have, as they came.
#[derive(Clone, Copy)]
struct Arguments {
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
}

/// How many elements an array has.
#[derive(Clone, Copy)]
enum Count {
    Variables,
    Constraints,
    PEntries,
    AEntries,
    These(u32),
}

impl Count {
    const fn of(self, shape: &ts_qp_shape_t) -> usize {
        size(match self {
            Self::Variables => shape.variables,
            Self::Constraints => shape.constraints,
            Self::PEntries => shape.p_entries,
            Self::AEntries => shape.a_entries,
            Self::These(count) => count,
        })
    }
}

/// An array that a call is given beside the arguments all calls have.
type Array = (Field, *const f32, Count);

impl Arguments {
    /// Looks at every pointer; nothing is written. All of `arrays` are, if `writes`.
    ///
    /// # Safety
    /// As the header says of all pointers.
    #[inline(never)]
    unsafe fn open(&self, arrays: &[Array], writes: bool, more: &[*const c_void]) -> Result<ts_qp_shape_t, Refusal> {
        // SAFETY: the promise above.
        let shape = unsafe { checks::read(Field::Matrix, self.shape)? };
        let ledger: &mut Ledger = &mut Ledger::<[_; 16]>::new();
        ledger.enter(Field::Object, self.qp, 1);
        ledger.enter(Field::Workspace, self.workspace, self.workspace_len);
        if !writes {
            ledger.only_read_from_here();
        }
        for (field, pointer, len) in arrays {
            ledger.enter(*field, *pointer, len.of(&shape));
        }
        if writes {
            ledger.only_read_from_here();
        }
        ledger.enter(Field::Matrix, self.shape, 1);
        shape.enter(ledger);
        ledger.enter(Field::Symbolic, shape.symbolic, size(shape.symbolic_len));
        for known in more {
            ledger.enter_known(*known, 1);
        }
        ledger.settle_known()?;
        Ok(shape)
    }

    const fn object(&self) -> *mut Object<State> {
        self.qp.cast()
    }

    /// The solver where it stands.
    ///
    /// # Safety
    /// As the header says of all pointers.
    unsafe fn resume<'a>(&self, arrays: &[Array], writes: bool) -> Result<(Lent<'a>, ts_qp_shape_t), Refusal> {
        // SAFETY: the promise above; any words are an object.
        unsafe {
            let shape = self.open(arrays, writes, &[])?;
            let object = &mut *self.object();
            checks::marked(Field::Object, mark::<f32>(Kind::Qp), object.mark)?;
            if object.size != shape.variables {
                let (need, got) = (size(object.size), size(shape.variables));
                return Err(Error::Length { field: Field::Matrix, need, got }.into());
            }
            let [p_starts, p_columns, a_starts, a_columns] = shape.arrays();
            let pattern = QpPattern::trusted(p_starts, p_columns, a_starts, a_columns)?;
            let symbolic = Symbolic::trusted(checks::slice(shape.symbolic, size(shape.symbolic_len)))?;
            let workspace = checks::slice_mut(self.workspace, self.workspace_len);
            Ok((Qp::resume(pattern, symbolic, workspace, &mut object.state)?, shape))
        }
    }

    /// # Safety
    /// As the header says of all pointers.
    unsafe fn step(&self) -> Result<Step, Refusal> {
        // SAFETY: the promise above.
        let (mut solver, _) = unsafe { self.resume(&[], false)? };
        Ok(solver.step())
    }

    /// Hands the solver and the slices of one or two arrays, which are only read, to `update`.
    ///
    /// # Safety
    /// As the header says of all pointers.
    unsafe fn update(
        &self,
        arrays: [Array; 2],
        update: impl FnOnce(&mut Lent<'_>, [&[f32]; 2]) -> Result<(), Error>,
    ) -> Result<(), Refusal> {
        // SAFETY: the promise above.
        unsafe {
            let (mut solver, shape) = self.resume(&arrays, false)?;
            Ok(update(&mut solver, arrays.map(|(_, pointer, len)| checks::slice(pointer, len.of(&shape))))?)
        }
    }

    /// Hands the solver and an array to be written to `read`.
    ///
    /// # Safety
    /// As the header says of all pointers.
    unsafe fn read<R>(
        &self,
        out: *mut f32,
        len: Count,
        read: impl FnOnce(&Lent<'_>, &mut [f32]) -> Result<R, Error>,
    ) -> Result<R, Refusal> {
        // SAFETY: the promise above.
        unsafe {
            let (solver, shape) = self.resume(&[(Field::Output, out, len)], true)?;
            Ok(read(&solver, checks::slice_mut(out, len.of(&shape)))?)
        }
    }
}

/// No array.
const NONE: Array = (Field::Values, core::ptr::null(), Count::These(0));

/// 1e-4 both ways, a look every 5 iterations, 4,000 at most; rho 0.1, adapted every 25; sigma 1e-6; over-relaxation 1.6; ten
/// rounds of scaling.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_config_default(out: *mut ts_qp_config_t) -> ts_status_t {
    let QpConfig {
        stopping: Stopping { absolute, relative, max_iterations, check_every, stagnation_window },
        penalty,
        regularisation,
        relaxation,
        primal_infeasible,
        dual_infeasible,
        adapt_every,
        scaling_rounds,
    } = QpConfig::<f32>::default();
    let config = ts_qp_config_t {
        absolute,
        relative,
        penalty,
        regularisation,
        relaxation,
        primal_infeasible,
        dual_infeasible,
        max_iterations,
        check_every,
        stagnation_window,
        adapt_every,
        scaling_rounds,
    };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// Checks everything and takes a problem up, scaled, into `workspace` (`TS_QP_WORKSPACE_LEN` elements), which from then on
/// belongs to the solve; `data` is not needed after that. x and the multipliers are 0 to begin with. O(entries x rounds of
/// scaling).
///
/// Errors: `LENGTH` (workspace, symbolic), `NOT_FINITE` (values, constraint values, linear term), `OUT_OF_RANGE` (bounds,
/// penalty, omega, tolerance, iterations, columns), `UNORDERED` and `OUT_OF_RANGE` for indices that are none, `CORRUPT`
/// (symbolic).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_init(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    data: *const ts_qp_data_t,
    workspace: *mut f32,
    workspace_len: usize,
    config: *const ts_qp_config_t,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { init(&arguments, data, config) })
}

/// # Safety
/// As the header says of all pointers.
unsafe fn init(arguments: &Arguments, data: *const ts_qp_data_t, config: *const ts_qp_config_t) -> Result<(), Refusal> {
    // SAFETY: the promise above; data and configuration are made of pointers and numbers.
    unsafe {
        let ts_qp_data_t { p, q, a, lower, upper } = checks::read(Field::Values, data)?;
        let given = checks::read(Field::Configuration, config)?.get();
        let arrays = [
            (Field::Values, p, Count::PEntries),
            (Field::LinearTerm, q, Count::Variables),
            (Field::ConstraintValues, a, Count::AEntries),
            (Field::Bounds, lower, Count::Constraints),
            (Field::Bounds, upper, Count::Constraints),
        ];
        let shape = arguments.open(&arrays, false, &[data.cast(), config.cast()])?;
        let [p_starts, p_columns, a_starts, a_columns] = shape.arrays();
        let pattern = QpPattern::new(p_starts, p_columns, a_starts, a_columns)?;
        let symbolic = Symbolic::new(checks::slice(shape.symbolic, size(shape.symbolic_len)))?;
        let [p, q, a, lower, upper] = arrays.map(|(_, pointer, len)| checks::slice(pointer, len.of(&shape)));
        let data = QpData { p, q, a, lower, upper };
        Qp::check(&pattern, &symbolic, &data, arguments.workspace_len, &given)?;
        let object = arguments.object();
        object.write(Object { mark: mark::<f32>(Kind::Qp), size: shape.variables, state: QpCheckpoint::new(&given) });
        let workspace = checks::slice_mut(arguments.workspace, arguments.workspace_len);
        Qp::resume(pattern, symbolic, workspace, &mut (*object).state)?.begin(&data, given.scaling_rounds);
    }
    Ok(())
}

/// Does one bounded piece of work: an iteration, or a factorisation when values, bounds or rho demand it (the first step
/// is one). Answers `TS_STEP_RUNNING` or the outcome, which it then repeats until a restart.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_step(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { Arguments { qp, shape, workspace, workspace_len }.step() })
}

/// Steps to the outcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_run(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { arguments.resume(&[], false) }.map(|(mut solver, _)| solver.run().step))
}

/// Steps to the outcome or until `go_on` answers 0, then `TS_STEP_INTERRUPTED`: the solve can go on later. The residual of
/// the report is the larger of the two, in units of its target.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_run_while(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    go_on: ts_go_on_t,
    context: *mut c_void,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    status::outcome((|| {
        let go_on = go_on.ok_or(Error::Null { field: Field::Function })?;
        loop {
            // SAFETY: the pointers are as the header demands; no reference outlives the block.
            let (step, report) = unsafe {
                let (mut solver, _) = arguments.resume(&[], false)?;
                (solver.step(), solver.report())
            };
            if step.is_final() {
                return Ok(step);
            }
            // SAFETY: the function was given to be asked, with this context.
            if unsafe { go_on(context, &report.into()) } == 0 {
                return Ok(Step::Interrupted);
            }
        }
    })())
}

/// Writes what the solve can say of itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_report(qp: *const ts_qp_t, out: *mut ts_qp_report_t) -> ts_status_t {
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 2]>::new();
        ledger.enter(Field::Output, out, 1);
        ledger.enter(Field::Object, qp, 1);
        ledger.settle(&[Field::Output])?;
        // SAFETY: the ledger took both; any words are an object.
        unsafe {
            let object = &*qp.cast::<Object<State>>();
            checks::marked(Field::Object, mark::<f32>(Kind::Qp), object.mark)?;
            let QpReport { step, iterations, residuals, objective, penalty, refactorisations } = object.state.details();
            out.write(ts_qp_report_t {
                step: step as ts_status_t,
                iterations,
                refactorisations,
                primal: residuals.primal,
                dual: residuals.dual,
                primal_target: residuals.primal_target,
                dual_target: residuals.dual_target,
                objective,
                penalty,
            });
        }
        Ok(())
    })())
}

/// Begins anew from the iterate that is there, which is the warm start, after an update as a rule: iterations count from 0
/// again, and rho stays where it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_restart(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { arguments.resume(&[], false) }.map(|(mut solver, _)| solver.restart()))
}

/// New linear term; takes effect with the next step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_update_linear(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    q: *const f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    let arrays = [(Field::LinearTerm, q, Count::Variables), NONE];
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { arguments.update(arrays, |solver, [q, _]| solver.update_linear(q)) })
}

/// New bounds; they take effect with the next step. Where a row becomes an equality or ceases to be one, or its only bound
/// comes or goes, the next step is a factorisation.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_update_bounds(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    lower: *const f32,
    upper: *const f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    let arrays = [(Field::Bounds, lower, Count::Constraints), (Field::Bounds, upper, Count::Constraints)];
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { arguments.update(arrays, |solver, [lower, upper]| solver.update_bounds(lower, upper)) })
}

/// New values of P, with the scaling that was found for the first ones; the next step is a factorisation.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_update_p(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    p: *const f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe {
        arguments.update([(Field::Values, p, Count::PEntries), NONE], |solver, [p, _]| solver.update_p(p))
    })
}

/// New values of A, with the scaling that was found for the first ones; the next step is a factorisation.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_update_a(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    a: *const f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe {
        arguments.update([(Field::ConstraintValues, a, Count::AEntries), NONE], |solver, [a, _]| solver.update_a(a))
    })
}

/// Begins anew from this x, an element a variable, and these multipliers, an element a constraint.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_warm_start(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    x: *const f32,
    y: *const f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    let arrays = [(Field::Iterate, x, Count::Variables), (Field::Dual, y, Count::Constraints)];
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { arguments.update(arrays, |solver, [x, y]| solver.warm_start(x, y)) })
}

/// Writes x, an element a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_primal(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    x: *mut f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { arguments.read(x, Count::Variables, |solver, x| solver.primal(x)) })
}

/// Writes the multipliers y, an element a constraint: P x + q + A'y = 0, y >= 0 at upper bounds, y <= 0 at lower ones.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_dual(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    y: *mut f32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { arguments.read(y, Count::Constraints, |solver, y| solver.dual(y)) })
}

/// Writes the proof of infeasibility, largest magnitude 1, and answers which: after `TS_STEP_PRIMAL_INFEASIBLE`, an element
/// a constraint, A'y = 0 and upper'max(y, 0) + lower'min(y, 0) < 0; after `TS_STEP_DUAL_INFEASIBLE`, an element a variable,
/// P x = 0, q'x < 0 and A x leads out of no bound. `TS_OK`, and nothing written, where there is none. `LENGTH` (output)
/// for another `out_len`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_certificate(
    qp: *mut ts_qp_t,
    shape: *const ts_qp_shape_t,
    workspace: *mut f32,
    workspace_len: usize,
    out: *mut f32,
    out_len: u32,
) -> ts_status_t {
    let arguments = Arguments { qp, shape, workspace, workspace_len };
    let copied = |solver: &Lent<'_>, out: &mut [f32]| {
        if solver.certificate_len().is_none() {
            return Ok(Step::Running);
        }
        solver.certificate(out)?;
        Ok(solver.details().step)
    };
    // SAFETY: the pointers are as the header demands.
    status::outcome(unsafe { arguments.read(out, Count::These(out_len), copied) })
}
