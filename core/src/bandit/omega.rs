//! Choosing a relaxation parameter: by a bandit, or by a formula that a bandit stands behind.
//!
//! The solver is a closure from omega to an [`Outcome`], so anything with a cost can be tuned: nothing here knows of
//! linear systems but the formulas at the end.

use super::{Arms, Learner};
use crate::math;

/// The largest omega any policy proposes.
pub const LARGEST: f32 = 2.0 - 1e-3;

/// What a solve tells its policy.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Outcome {
    /// It worked, at this cost: iterations, operations or time, at least 1.
    Solved {
        /// What it cost.
        cost: f32,
    },
    /// It did not, because of omega as far as one can tell (diverged, iteration cap). Learned as this censored cost.
    Failed {
        /// The cost it would have had at least.
        cap: f32,
    },
    /// There was nothing to do or nothing to learn: zero right-hand side, bad input, interrupted. Not learned.
    Void,
}

/// What was done in one call.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Choice {
    /// The arm drawn, or none when a formula chose.
    pub arm: Option<usize>,
    /// The omega of the last attempt.
    pub omega: f32,
    /// The outcome of the last attempt.
    pub outcome: Outcome,
}

/// A learner over a grid of omegas.
#[derive(Clone, Copy, Debug)]
pub struct Learned<'a, L> {
    learner: L,
    arms: Arms<'a>,
    /// The omega of the last solve that worked.
    last_good: f32,
}

impl<'a, L: Learner> Learned<'a, L> {
    /// The learner decides among `arms`, of which it should have as many.
    pub const fn new(learner: L, arms: Arms<'a>) -> Self {
        Self { learner, arms, last_good: 1.0 }
    }

    /// The learner, to save it or look at it.
    pub const fn learner(&self) -> &L {
        &self.learner
    }

    /// Draws an omega, solves, learns. A failed solve is repeated once with the last omega that worked.
    pub fn solve(&mut self, context: f32, mut solve: impl FnMut(f32) -> Outcome) -> Choice {
        let arm = self.learner.select(context);
        let omega = self.arms.value(arm);
        let outcome = solve(omega);
        match outcome {
            Outcome::Solved { cost } => {
                self.learner.update(cost);
                self.last_good = omega;
            }
            Outcome::Failed { cap } => {
                self.learner.update(cap);
                let omega = if self.last_good == omega { 1.0 } else { self.last_good };
                return Choice { arm: Some(arm), omega, outcome: solve(omega) };
            }
            Outcome::Void => {}
        }
        Choice { arm: Some(arm), omega, outcome }
    }
}

/// What a formula says of a context.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Prediction {
    /// The omega to use.
    pub omega: f32,
    /// The cost it expects, in any unit: only its changes are held against the truth.
    pub cost: f32,
}

/// Watches a formula: it is given up for good once its costs have been off by more than 1.5, and by more
/// than one unit, three times in a row.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Guard {
    /// Mean of true over predicted cost, over the solves counted.
    ratio: f32,
    counted: u32,
    misses: u32,
}

impl Guard {
    const PATIENCE: u32 = 3;

    /// A guard that has seen nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { ratio: 0.0, counted: 0, misses: 0 }
    }

    /// Whether the formula has been given up.
    #[must_use]
    pub const fn has_given_up(&self) -> bool {
        self.misses >= Self::PATIENCE
    }

    /// The omega of the formula, in [0.001, [`LARGEST`]]; none if it has been given up or says nothing usable.
    #[must_use]
    pub fn propose(&self, prediction: Prediction) -> Option<f32> {
        let is_usable = prediction.omega.is_finite() && prediction.cost.is_finite() && prediction.cost > 0.0;
        (is_usable && !self.has_given_up()).then(|| prediction.omega.clamp(1e-3, LARGEST))
    }

    /// Tells how the solve went for which this prediction was proposed.
    pub fn tell(&mut self, prediction: Prediction, outcome: Outcome) {
        match outcome {
            Outcome::Solved { cost } if cost.is_finite() => self.judge(cost, prediction.cost),
            Outcome::Failed { .. } => self.misses = self.misses.saturating_add(1),
            _ => {}
        }
    }

    /// All it knows, to be kept for later; any three words are a guard.
    #[must_use]
    pub const fn to_words(self) -> [u32; 3] {
        [self.ratio.to_bits(), self.counted, self.misses]
    }

    /// Takes it from words.
    #[must_use]
    pub const fn from_words([ratio, counted, misses]: [u32; 3]) -> Self {
        Self { ratio: f32::from_bits(ratio), counted, misses }
    }

    fn judge(&mut self, cost: f32, predicted: f32) {
        let expected = self.ratio * predicted;
        // Two iterations instead of one say nothing of a formula.
        if self.counted >= Self::PATIENCE && cost > 1.5 * expected && cost > expected + 1.0 {
            self.misses = self.misses.saturating_add(1);
            return;
        }
        let ratio = cost / predicted;
        self.misses = 0;
        self.counted = self.counted.saturating_add(1);
        #[allow(clippy::cast_precision_loss, reason = "a mean")]
        let counted = self.counted as f32;
        self.ratio += (ratio - self.ratio) / counted;
    }
}

/// A formula first, and the learner for good once a [`Guard`] has given the formula up.
#[derive(Clone, Copy, Debug)]
pub struct Guarded<'a, L> {
    fallback: Learned<'a, L>,
    guard: Guard,
}

impl<'a, L: Learner> Guarded<'a, L> {
    /// A formula with this learner behind it.
    pub const fn new(fallback: Learned<'a, L>) -> Self {
        Self { fallback, guard: Guard::new() }
    }

    /// Whether the formula has been given up.
    pub const fn has_given_up(&self) -> bool {
        self.guard.has_given_up()
    }

    /// Solves with the predicted omega, or by the learner once the formula has been given up.
    pub fn solve(&mut self, context: f32, prediction: Prediction, mut solve: impl FnMut(f32) -> Outcome) -> Choice {
        let Some(omega) = self.guard.propose(prediction) else { return self.fallback.solve(context, solve) };
        let outcome = solve(omega);
        self.guard.tell(prediction, outcome);
        match outcome {
            Outcome::Failed { .. } => self.fallback.solve(context, solve),
            _ => Choice { arm: None, omega, outcome },
        }
    }
}

/// Young's optimal omega of SOR for a consistently ordered matrix whose Jacobi iteration has spectral radius `mu`:
/// 2 / (1 + sqrt(1 - mu²)). `mu` is taken into [0, 1]; the result is at most [`LARGEST`].
#[must_use]
pub fn young(mu: f32) -> f32 {
    let mu = mu.clamp(0.0, 1.0);
    (2.0 / (1.0 + math::sqrt_f32((1.0 - mu) * (1.0 + mu)))).min(LARGEST)
}

/// The omega that minimises Axelsson's bound on the condition number of SSOR-preconditioned A, with
/// `alpha` = lambda_max(D A⁻¹), at least 1, and `beta` = lambda_max((L D⁻¹ L' - D / 4) A⁻¹), 0 for the 5-point operator:
/// 2 / (1 + sqrt(2 (1 + 2 beta) / alpha)), taken into [1, [`LARGEST`]]: below 1 the bound says nothing and costs 6 %.
#[must_use]
pub fn axelsson(alpha: f32, beta: f32) -> f32 {
    let spread = 2.0 * (1.0 + 2.0 * beta.max(0.0)) / alpha.max(1.0);
    (2.0 / (1.0 + math::sqrt_f32(spread))).clamp(1.0, LARGEST)
}

/// Spectral radius of the Jacobi iteration, learned from a few Gauss-Seidel solves and carried to other diagonals.
///
/// A solve at omega = 1 loses the factor mu² a sweep in its tail. For a constant diagonal d + c the radius is
/// proportional to 1 / (d + c), so one number covers all shifts c. Only omega = 1 is trusted: near the optimum the ratio
/// oscillates, and a learner that follows it runs away.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct YoungModel {
    /// Mean of mu (d + c) over the probes.
    mu_times_diagonal: f32,
    probes: u32,
}

impl YoungModel {
    /// Probes after which the model is trusted.
    pub const PROBES: u32 = 3;

    /// Takes the tail ratio |r_k| / |r_k-1| of a solve at omega = 1 on a matrix with this diagonal. Ratios outside (0, 1)
    /// are ignored.
    pub fn probe(&mut self, ratio: f32, diagonal: f32) {
        if !(ratio > 0.0 && ratio < 1.0 && diagonal.is_finite() && diagonal > 0.0) {
            return;
        }
        self.probes = self.probes.saturating_add(1);
        #[allow(clippy::cast_precision_loss, reason = "a mean")]
        let probes = self.probes as f32;
        self.mu_times_diagonal += (math::sqrt_f32(ratio) * diagonal - self.mu_times_diagonal) / probes;
    }

    /// All it knows, to be kept for later; any two words are a model.
    #[must_use]
    pub const fn to_words(self) -> [u32; 2] {
        [self.mu_times_diagonal.to_bits(), self.probes]
    }

    /// Takes it from words.
    #[must_use]
    pub const fn from_words([mu_times_diagonal, probes]: [u32; 2]) -> Self {
        Self { mu_times_diagonal: f32::from_bits(mu_times_diagonal), probes }
    }

    /// The omega for a matrix with this diagonal; none before [`PROBES`](Self::PROBES) probes.
    #[must_use]
    pub fn omega(&self, diagonal: f32) -> Option<f32> {
        (self.probes >= Self::PROBES && diagonal > 0.0).then(|| young(self.mu_times_diagonal / diagonal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bandit::{TsallisInf, TsallisInfConfig};

    type Twenty = TsallisInf<[f32; TsallisInf::workspace_len(20)]>;

    fn learned() -> Learned<'static, Twenty> {
        Learned::new(Twenty::owned(TsallisInfConfig::default()).unwrap(), Arms::OMEGA)
    }

    #[test]
    fn learns_what_works_and_retries_what_failed() {
        let mut policy = learned();
        let mut attempts = 0;
        for round in 0..2000 {
            let mut first = None;
            let choice = policy.solve(0.0, |omega| {
                attempts += 1;
                first.get_or_insert(omega);
                if omega > 1.82 { Outcome::Failed { cap: 400.0 } } else { Outcome::Solved { cost: 100.0 / omega } }
            });
            let failed_first = first > Some(1.82);
            assert!(matches!(choice.outcome, Outcome::Solved { .. }), "round {round}");
            assert!(!failed_first || Some(choice.omega) != first);
        }
        assert_eq!(policy.learner().rounds(), 2000);
        assert!(attempts < 2200, "{attempts} attempts");
    }

    #[test]
    fn nothing_is_learned_from_nothing() {
        let mut policy = learned();
        let choice = policy.solve(0.0, |_| Outcome::Void);
        assert_eq!((choice.outcome, policy.learner().rounds()), (Outcome::Void, 0));
    }

    #[test]
    fn a_wrong_formula_is_given_up() {
        let mut policy = Guarded::new(learned());
        let prediction = Prediction { omega: 1.5, cost: 10.0 };
        for _ in 0..10 {
            let choice = policy.solve(0.0, prediction, |_| Outcome::Solved { cost: 12.0 });
            assert_eq!((choice.arm, choice.omega), (None, 1.5));
        }
        for _ in 0..3 {
            assert!(!policy.has_given_up());
            let _ = policy.solve(0.0, prediction, |_| Outcome::Solved { cost: 30.0 });
        }
        assert!(policy.has_given_up());
        assert!(policy.solve(0.0, prediction, |_| Outcome::Solved { cost: 12.0 }).arm.is_some());
    }

    #[test]
    fn a_formula_is_not_given_up_for_one_iteration() {
        let mut policy = Guarded::new(learned());
        for cost in [1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0] {
            let _ = policy.solve(0.0, Prediction { omega: 1.0, cost: 3.0 }, |_| Outcome::Solved { cost });
        }
        assert!(!policy.has_given_up());
    }

    #[test]
    fn unusable_predictions_go_to_the_learner() {
        let mut policy = Guarded::new(learned());
        let prediction = Prediction { omega: f32::NAN, cost: 1.0 };
        assert!(policy.solve(0.0, prediction, |_| Outcome::Void).arm.is_some());
    }

    #[test]
    fn formulas_at_known_points() {
        // 10 x 10 Laplacian: mu = cos(pi / 11), the optimum the literature gives is 2 / (1 + sin(pi / 11)).
        let (mu, optimum) = (0.959_493, 2.0 / (1.0 + 0.281_733));
        assert!((young(mu) - optimum).abs() < 1e-5);
        assert_eq!((young(0.0), young(2.0), young(1.0)), (1.0, LARGEST, LARGEST));
        assert_eq!((axelsson(1.0, 0.0), axelsson(f32::MAX, 0.0)), (1.0, LARGEST));
        assert!((axelsson(200.0, 0.0) - 2.0 / 1.1).abs() < 1e-6);
    }

    #[test]
    fn young_carries_to_other_diagonals() {
        let mut model = YoungModel::default();
        let mu = |diagonal: f32| 4.0 * 0.959_493 / diagonal;
        for diagonal in [4.1_f32, 4.2, 4.0] {
            assert_eq!(model.omega(4.0), None);
            model.probe(mu(diagonal) * mu(diagonal), diagonal);
            model.probe(1.2, diagonal);
            model.probe(f32::NAN, diagonal);
        }
        assert!((model.omega(4.45).unwrap() - young(mu(4.45))).abs() < 1e-5);
    }
}
