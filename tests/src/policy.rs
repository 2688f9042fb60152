//! The ways to choose omega that are compared, as a user of the library would put them together.

use tinysolve::bandit::omega::{Guarded, Learned, Outcome, Prediction, axelsson};
use tinysolve::bandit::{Arms, ChebCb, ChebCbConfig, ContextualTsallisInf, Learner, TsallisInf, TsallisInfConfig};

/// Arms of the published grid, 1.00 to 1.95.
pub const ARMS: usize = 20;

/// What is known of a system before it is solved.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// The context.
    pub context: f32,
    /// What the analytic policy needs.
    pub spectrum: Spectrum,
    /// The residual that ends the solve over the initial one.
    pub reduction: f64,
}

/// The two numbers in Axelsson's bound for SSOR.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Spectrum {
    /// Largest eigenvalue of D A⁻¹; 1 / (1 - mu) where mu is the spectral radius of the Jacobi iteration.
    pub alpha: f64,
    /// Largest eigenvalue of (L D⁻¹ L' - D / 4) A⁻¹, at least 0; 0 for the 5-point operator.
    pub beta: f64,
}

impl Spectrum {
    /// Where no formula is asked.
    pub const UNKNOWN: Self = Self { alpha: 1.0, beta: 0.0 };
}

/// Solves one system with an omega of its choice, by calling `attempt` once, or again where that failed.
pub trait Policy: Send {
    /// One system.
    fn solve(&mut self, known: &Known, attempt: &mut dyn FnMut(f32) -> Outcome);
}

/// One omega for all.
#[derive(Clone, Copy, Debug)]
pub struct Fixed(pub f32);

impl Policy for Fixed {
    fn solve(&mut self, _: &Known, attempt: &mut dyn FnMut(f32) -> Outcome) {
        attempt(self.0);
    }
}

impl<L: Learner + Send> Policy for Learned<'static, L> {
    fn solve(&mut self, known: &Known, attempt: &mut dyn FnMut(f32) -> Outcome) {
        let _ = self.solve(known.context, attempt);
    }
}

/// Axelsson's formula, with a learner behind it in case that it does not fit.
struct Analytic<L>(Guarded<'static, L>);

impl<L: Learner + Send> Policy for Analytic<L> {
    fn solve(&mut self, known: &Known, attempt: &mut dyn FnMut(f32) -> Outcome) {
        let _ = self.0.solve(known.context, ssor_cg_prediction(known), attempt);
    }
}

/// The omega of the formula, and the iterations that the bound on the condition number allows conjugate gradients for this
/// reduction: ln(2 / reduction) over the logarithm of the rate.
#[must_use]
pub fn ssor_cg_prediction(known: &Known) -> Prediction {
    let Spectrum { alpha, beta } = known.spectrum;
    let chosen = axelsson(alpha as f32, beta as f32);
    let omega = f64::from(chosen);
    let root = ((1.0 + beta * omega) / (2.0 - omega) + alpha * (2.0 - omega) / (4.0 * omega)).sqrt();
    let iterations = (2.0 / known.reduction).ln() / ((root + 1.0) / (root - 1.0)).ln();
    Prediction { omega: chosen, cost: iterations.max(1.0) as f32 }
}

/// A learning policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Tsallis-INF with plain importance weighting.
    TsallisInf,
    /// Tsallis-INF with reduced variance.
    TsallisInfReducedVariance,
    /// One Tsallis-INF for each of a few intervals of the context.
    TsallisInfContextual,
    /// A polynomial of the context for each arm.
    ChebCb,
    /// The formula of the solver, `ChebCb` behind it.
    Analytic,
}

/// Intervals of the contextual Tsallis-INF.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bins {
    /// As for the SOR benchmark.
    Five,
    /// As for the heat equation.
    Six,
}

fn contextual<const BINS: usize>(range: [f32; 2], config: TsallisInfConfig) -> Box<dyn Policy> {
    let memory = vec![0.0; ContextualTsallisInf::workspace_len(ARMS, BINS)];
    let learner = ContextualTsallisInf::<_, BINS>::new(memory, range, config).expect("a sound range");
    Box::new(Learned::new(learner, Arms::OMEGA))
}

impl Kind {
    /// A policy that knows nothing yet, for contexts in `range`.
    #[must_use]
    pub fn start(self, [low, high]: [f32; 2], bins: Bins, seed: u64) -> Box<dyn Policy> {
        let config = TsallisInfConfig { seed, ..TsallisInfConfig::default() };
        let cheb_cb = || {
            let memory = [0.0; ChebCb::workspace_len(ARMS)];
            let config = ChebCbConfig { seed, low, high, ..ChebCbConfig::default() };
            Learned::new(ChebCb::new(memory, config).expect("a sound range"), Arms::OMEGA)
        };
        let tsallis_inf = |reduced_variance| {
            let memory = [0.0; TsallisInf::workspace_len(ARMS)];
            let config = TsallisInfConfig { reduced_variance, ..config };
            Learned::new(TsallisInf::new(memory, config).expect("a sound configuration"), Arms::OMEGA)
        };
        match self {
            Self::TsallisInf => Box::new(tsallis_inf(false)),
            Self::TsallisInfReducedVariance => Box::new(tsallis_inf(true)),
            Self::TsallisInfContextual => match bins {
                Bins::Five => contextual::<5>([low, high], config),
                Bins::Six => contextual::<6>([low, high], config),
            },
            Self::ChebCb => Box::new(cheb_cb()),
            Self::Analytic => Box::new(Analytic(Guarded::new(cheb_cb()))),
        }
    }
}
