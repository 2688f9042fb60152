//! Splitting methods over terms: least squares and a matrix beside them, one object for all methods.

use core::ffi::c_void;

use crate::checks::{self, Ledger};
use crate::objects::{Kind, Object, mark, words_for};
use crate::prox_terms::ts_prox_term_t;
use crate::splitting_functions::{ts_linear_map_t, ts_smooth_function_t};
use crate::status::{self, ts_status_t};
use tinysolve::splitting::{AdmmConfig, Checkpoint, PrimalDualConfig, Stopping};
use tinysolve::{Error, Field};

/// Values of a splitting method; each reads those it knows.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_splitting_config_t {
    /// Absolute tolerance of primal and dual residual, maximum norms, at least 0.
    pub absolute: f32,
    /// Relative to the largest term of a residual, at least 0. Less than about 1e-6 cannot be met.
    pub relative: f32,
    /// Step of gradients, of Douglas-Rachford, or of the primal variables; rho of ADMM, the lasso and consensus. Positive.
    pub step: f32,
    /// Step of the dual variables, positive; with `step` times it and the squared norm of the matrix below 1.
    pub dual_step: f32,
    /// Over-relaxation of Douglas-Rachford, ADMM, the lasso and consensus, in (0, 2).
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
    /// Condat-Vu: rows of the smooth part's matrix.
    pub smooth_rows: u32,
    /// f: terms whose parts sum up to n. Consensus: the functions, a term of n elements each.
    pub first: *const ts_prox_term_t,
    /// g: terms whose parts sum up to n, or to m where g is of the image under the matrix.
    pub second: *const ts_prox_term_t,
    /// m rows of n elements. Not looked at where a function stands for it.
    pub matrix: *const f32,
    /// m elements. Not looked at where a function stands for the least squares.
    pub rhs: *const f32,
    /// Condat-Vu: the smooth part is |smooth x - target|² / 2; `smooth_rows` rows of n elements.
    pub smooth: *const f32,
    /// `smooth_rows` elements.
    pub target: *const f32,
    /// Starting guess, then the answer: n elements.
    pub x: *mut f32,
    /// Dual variables, a starting guess too, 0 without a better one.
    pub dual: *mut f32,
    /// `TS_..._WORKSPACE_LEN` of the method.
    pub workspace: *mut f32,
    /// Elements of `workspace`.
    pub workspace_len: usize,
    /// Proximal gradient, PANOC, Condat-Vu: a smooth function in place of the least squares; null for these.
    pub gradient: ts_smooth_function_t,
    /// What `gradient` is handed.
    pub gradient_context: *mut c_void,
    /// Chambolle-Pock, Condat-Vu: a linear map in place of `matrix`; null for that.
    pub map: ts_linear_map_t,
    /// What `map` is handed.
    pub map_context: *mut c_void,
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
    /// The step, or rho, as it is now: it may have been halved, doubled, adapted.
    pub step_or_penalty: f32,
}

/// `uint64_t` words of a `ts_splitting_t`.
pub const TS_SPLITTING_WORDS: usize = 12; // f64: 18

/// A solve under way by any splitting method: counters and scalars, no pointer, so it may be copied, moved and saved together
/// with x, the dual variables and the workspace.
#[repr(C)]
pub struct ts_splitting_t {
    words: [u64; TS_SPLITTING_WORDS],
}

type State = Checkpoint<f32>;

const _: () = assert!(words_for::<State>() == TS_SPLITTING_WORDS);

impl ts_splitting_config_t {
    pub(crate) const fn stopping(&self) -> Stopping<f32> {
        let Self { absolute, relative, max_iterations, check_every, stagnation_window, .. } = *self;
        Stopping { absolute, relative, max_iterations, check_every, stagnation_window }
    }

    pub(crate) const fn admm(&self) -> AdmmConfig<f32> {
        AdmmConfig {
            stopping: self.stopping(),
            penalty: self.step,
            relaxation: self.relaxation,
            adapt_every: self.adapt_every,
        }
    }

    pub(crate) const fn primal_dual(&self) -> PrimalDualConfig<f32> {
        PrimalDualConfig { stopping: self.stopping(), primal_step: self.step, dual_step: self.dual_step }
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
                Kind::Consensus,
                Kind::CondatVu,
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
                step_or_penalty: object.state.step_or_penalty(),
            });
        }
        Ok(())
    })())
}
