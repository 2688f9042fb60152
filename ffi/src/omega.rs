//! Relaxation parameters from formulas, and a guard that falls back to a learner.

use crate::checks::{self, Ledger};
use crate::status::{self, Refusal, TS_ERROR_OUT_OF_RANGE, ts_status_t};
use tinysolve::Field;
use tinysolve::bandit::Arms;
use tinysolve::bandit::omega::{self, Guard, Outcome, Prediction, YoungModel};

/// The solve worked, at a cost.
pub const TS_OUTCOME_SOLVED: u32 = 0;
/// It did not, because of omega as far as one can tell; the cost is what it would have been at least.
pub const TS_OUTCOME_FAILED: u32 = 1;
/// There was nothing to do or nothing to learn.
pub const TS_OUTCOME_VOID: u32 = 2;

/// What a formula says of a context.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_prediction_t {
    /// The omega to use.
    pub omega: f32,
    /// The cost it expects, in any unit: only its changes are held against the truth.
    pub cost: f32,
}

/// Watches a formula, which is given up for good once its costs have been off by more than 1.5 three times in a row.
/// Begin with `{0}`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_guard_t {
    words: [u32; 3],
}

/// What `YoungModel` of the library knows: the spectral radius of the Jacobi iteration, learned from three solves at omega
/// = 1 and carried to other diagonals. Begin with `{0}`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_young_model_t {
    words: [u32; 2],
}

/// Value of an arm of the grid first, first + step, ...: the same bits as the library's own grids.
#[unsafe(no_mangle)]
pub extern "C" fn ts_linear_arm(first: f32, step: f32, arm: u32) -> f32 {
    Arms::Linear { first, step, count: usize::MAX }.value(status::size(arm))
}

/// Young's optimal omega of SOR, 2 / (1 + sqrt(1 - mu²)), for a consistently ordered matrix whose Jacobi iteration has
/// spectral radius `mu`; at most 1.999.
#[unsafe(no_mangle)]
pub extern "C" fn ts_young_omega(mu: f32) -> f32 {
    omega::young(mu)
}

/// The omega of Axelsson's bound for SSOR-preconditioned A, 2 / (1 + sqrt(2 (1 + 2 beta) / alpha)), in \[1, 1.999\]:
/// `alpha` = largest eigenvalue of D A⁻¹, `beta` = largest of (L D⁻¹ L' - D / 4) A⁻¹, 0 for the 5-point operator.
#[unsafe(no_mangle)]
pub extern "C" fn ts_axelsson_omega(alpha: f32, beta: f32) -> f32 {
    omega::axelsson(alpha, beta)
}

/// Takes the last ratio of residuals of a solve at omega = 1 on a matrix with this diagonal. Ratios outside (0, 1) are
/// ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_young_model_probe(model: *mut ts_young_model_t, ratio: f32, diagonal: f32) -> ts_status_t {
    status::done((|| {
        // SAFETY: the pointer is as the header demands.
        unsafe {
            let mut young = YoungModel::from_words(checks::read(Field::Object, model)?.words);
            young.probe(ratio, diagonal);
            model.write(ts_young_model_t { words: young.to_words() });
        }
        Ok(())
    })())
}

/// Writes the omega for a matrix with this diagonal. `OUT_OF_RANGE` (object) before three probes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_young_model_omega(
    model: *const ts_young_model_t,
    diagonal: f32,
    out: *mut f32,
) -> ts_status_t {
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        ledger.enter(Field::Output, out, 1);
        ledger.enter(Field::Object, model, 1);
        ledger.settle(&[Field::Output])?;
        // SAFETY: the ledger took both.
        unsafe {
            match YoungModel::from_words((*model).words).omega(diagonal) {
                Some(omega) => out.write(omega),
                None => return Err(Refusal::new(TS_ERROR_OUT_OF_RANGE, Field::Object as u32, 0)),
            }
        }
        Ok(())
    })())
}

/// Writes the omega of the formula, clamped to \[0.001, 1.999\]; or 0, and then ask the learner, if the formula has been
/// given up or says nothing usable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_guard_propose(
    guard: *const ts_guard_t,
    prediction: *const ts_prediction_t,
    out: *mut f32,
) -> ts_status_t {
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        ledger.enter(Field::Output, out, 1);
        ledger.enter(Field::Object, guard, 1);
        ledger.enter(Field::Cost, prediction, 1);
        ledger.settle(&[Field::Output])?;
        // SAFETY: the ledger took all three, which are made of numbers.
        unsafe { out.write(Guard::from_words((*guard).words).propose(prediction_of(&*prediction)).unwrap_or(0.0)) };
        Ok(())
    })())
}

/// Tells how the solve went for which this prediction was proposed: `TS_OUTCOME_...`, and its cost. After a failure ask
/// the learner and solve again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_guard_tell(
    guard: *mut ts_guard_t,
    prediction: *const ts_prediction_t,
    outcome: u32,
    cost: f32,
) -> ts_status_t {
    status::done((|| {
        let outcome = match outcome {
            TS_OUTCOME_SOLVED => Outcome::Solved { cost },
            TS_OUTCOME_FAILED => Outcome::Failed { cap: cost },
            TS_OUTCOME_VOID => Outcome::Void,
            _ => return Err(Refusal::new(TS_ERROR_OUT_OF_RANGE, Field::Cost as u32, 0)),
        };
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        ledger.enter(Field::Object, guard, 1);
        ledger.enter(Field::Cost, prediction, 1);
        ledger.settle(&[Field::Object])?;
        // SAFETY: the ledger took both, which are made of numbers.
        unsafe {
            let mut watching = Guard::from_words((*guard).words);
            watching.tell(prediction_of(&*prediction), outcome);
            guard.write(ts_guard_t { words: watching.to_words() });
        }
        Ok(())
    })())
}

fn prediction_of(prediction: &ts_prediction_t) -> Prediction {
    Prediction { omega: prediction.omega, cost: prediction.cost }
}
