//! Quadratic programs and linear MPC by ADMM: values, objects, reports.

use crate::checks::{self, Ledger};
use crate::objects::{Kind, Object, mark, words_for};
use crate::status::{self, ts_status_t};
use tinysolve::Field;
use tinysolve::splitting::Stopping;
use tinysolve::splitting::qp::{QpCheckpoint, QpConfig, QpReport};

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
    pub(crate) const fn get(&self) -> QpConfig<f32> {
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

const _: () = assert!(words_for::<State>() == TS_QP_WORDS);

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
