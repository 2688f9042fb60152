//! Tsallis-INF: follow the regularised leader with the Tsallis entropy of order 1/2.
//!
//! p_i = w_i², w_i = 2 / (eta (l_i - x)), with x such that the p sum to 1. Optimal for stochastic and adversarial costs
//! alike. Source: Zimmert and Seldin, JMLR 22 (2021), section 3.3 for the reduced variance; the running-mean scale of the
//! losses is that of the code of Learning to Relax.

use core::borrow::BorrowMut;
use core::iter;

use super::Learner;
use super::drawn::Drawn;
use super::saved::{self, Saved, Tag};
use crate::error::{Error, Field};
use crate::math;
use crate::real::Real;
use crate::rng::Xoshiro128;
use crate::solve::words::{Code, Codec, Plain};

/// Probabilities below this are drawn, but not divided by.
const FLOOR: f32 = 1e-7;
/// Newton steps at most; four are usual.
const NEWTON_STEPS: u32 = 30;

/// Values of a Tsallis-INF learner.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TsallisInfConfig {
    /// Seed of the draws.
    pub seed: u64,
    /// Importance weighting with reduced variance instead of plain: the same regret with half the spread.
    pub reduced_variance: bool,
    /// Costs above this are learned as this; at least 1.
    pub cost_cap: f32,
}

impl Default for TsallisInfConfig {
    fn default() -> Self {
        Self { seed: 1, reduced_variance: true, cost_cap: 1e6 }
    }
}

/// The scalars of a learner: numbers alone, so that any bits are a state, if not a good one.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct State {
    rng: Xoshiro128,
    rounds: u32,
    /// Mean cost.
    mean: f32,
    /// The arm drawn last.
    drawn: Drawn,
    /// With what probability.
    probability: f32,
    reduced_variance: Code<bool>,
    cost_cap: f32,
}

impl Plain for State {
    const WORDS: usize = Xoshiro128::WORDS + 6;

    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        self.rng.visit(codec)?;
        codec.number(&mut self.rounds)?;
        codec.real(&mut self.mean)?;
        self.drawn.visit(codec)?;
        codec.real(&mut self.probability)?;
        codec.code(&mut self.reduced_variance)?;
        codec.real(&mut self.cost_cap)?;
        let is_sane = self.mean >= 0.0 && self.cost_cap >= 1.0 && self.probability >= 0.0 && self.probability <= 1.0;
        if is_sane && self.mean.is_finite() && self.cost_cap.is_finite() { Ok(()) } else { Err(codec.refusal()) }
    }
}

/// A learner over `S`, an array or a slice of [`workspace_len`](Self::workspace_len) elements, and `H`, a [`State`] of its
/// own or a reference to one.
#[derive(Clone, Copy, Debug)]
pub struct TsallisInf<S, H = State> {
    state: H,
    memory: S,
}

impl State {
    /// Takes stored scalars, and the memory that goes with them; nothing is written unless the container is sound.
    ///
    /// # Errors
    /// Those of [`TsallisInf::load`].
    pub fn load(&mut self, memory: &mut [f32], bytes: &[u8]) -> Result<(), Error> {
        TsallisInf::check_memory(memory.len())?;
        let saved = Saved::open(Tag::TsallisInf, [1, memory.len(), 0], *self, bytes)?;
        saved.take(iter::once(self), memory)
    }

    /// What a learner knows before its first draw; its memory is all zeros then.
    ///
    /// # Errors
    /// `NotFinite` or `OutOfRange` (cost cap).
    pub fn new(config: TsallisInfConfig) -> Result<Self, Error> {
        if !config.cost_cap.is_finite() {
            return Err(Error::NotFinite { field: Field::Cost, index: 0 });
        }
        if config.cost_cap < 1.0 {
            return Err(Error::OutOfRange { field: Field::Cost, index: 0 });
        }
        Ok(Self {
            rng: Xoshiro128::new(config.seed),
            rounds: 0,
            mean: 0.0,
            drawn: Drawn::NONE,
            probability: 1.0,
            reduced_variance: Code::new(config.reduced_variance),
            cost_cap: config.cost_cap,
        })
    }

    fn eta(&self) -> f32 {
        #[allow(clippy::cast_precision_loss, reason = "a rate")]
        let round = self.rounds.saturating_add(1) as f32;
        (if self.reduced_variance.holds() { 4.0 } else { 2.0 }) / math::rough_sqrt_f32(round)
    }

    /// Mean loss, which the losses are measured in.
    fn scale(&self) -> f32 {
        if self.mean > 1.001 { self.mean - 1.0 } else { 0.001 }
    }

    /// Draws an arm; `losses` are k_i, `shifts` the variance-reduction terms in units of the mean loss.
    pub(super) fn select(&mut self, losses: &[f32], shifts: &mut [f32]) -> usize {
        let eta = self.eta();
        let per_scale = 1.0 / self.scale();
        let least =
            losses.iter().zip(shifts.iter()).fold(f32::MAX, |least, (k, s)| Real::min(least, k * per_scale + s));
        let loss = |k: &f32, s: &f32| k * per_scale + s - least;
        let (x, sum) = normaliser(eta, || losses.iter().zip(shifts.iter()).map(|(k, s)| loss(k, s)));
        let two_per_eta = 2.0 / eta;
        let weight = |k: &f32, s: &f32| {
            let w = two_per_eta / (loss(k, s) - x);
            w * w
        };
        let mut left = self.rng.unit() * sum;
        let (mut drawn, mut probability) = (0, 1.0);
        for (arm, (k, s)) in losses.iter().zip(shifts.iter()).enumerate() {
            let p = weight(k, s);
            if p > 0.0 {
                (drawn, probability) = (arm, p / sum);
                left -= p;
                if left < 0.0 {
                    break;
                }
            }
        }
        self.probability = probability.clamp(FLOOR, 1.0);
        self.drawn = Drawn::new(drawn);
        if self.reduced_variance.holds() && self.rounds >= 15 {
            #[allow(clippy::cast_precision_loss, reason = "a threshold")]
            let threshold = 16.0 / (self.rounds + 1) as f32 * sum;
            for (k, s) in losses.iter().zip(shifts.iter_mut()) {
                if weight(k, s) >= threshold {
                    *s += 0.5;
                }
            }
            if let Some(s) = shifts.get_mut(drawn)
                && probability * sum >= threshold
            {
                *s -= 0.5 / self.probability;
            }
        }
        drawn
    }

    /// Learns the cost of the arm drawn last.
    pub(super) fn update(&mut self, cost: f32, losses: &mut [f32], shifts: &mut [f32]) {
        if !(cost.is_finite() && cost >= 0.0) {
            return;
        }
        let Some(arm) = self.drawn.take() else { return };
        let cost = Real::min(cost, self.cost_cap);
        self.rounds = self.rounds.saturating_add(1);
        #[allow(clippy::cast_precision_loss, reason = "a mean")]
        let rounds = self.rounds as f32;
        self.mean += (cost - self.mean) / rounds;
        let Some(k) = losses.get_mut(arm) else { return };
        let was_least = *k == 0.0;
        *k += Real::max(cost - 1.0, 0.0) / self.probability;
        // Only differences count, and small numbers keep their digits: the least loss is 0 after every round.
        if was_least {
            subtract_least(losses);
        }
        if self.rounds.is_multiple_of(256) {
            subtract_least(shifts);
        }
    }
}

#[inline(never)]
fn subtract_least(terms: &mut [f32]) {
    let least = terms.iter().fold(f32::MAX, |least, term| Real::min(least, *term));
    terms.iter_mut().for_each(|term| *term -= least);
}

/// The x at which the sum of (2 / (eta (l_i - x)))² is 1, for losses whose least is 0, and that sum, 1 but for rounding:
/// Newton's method on 1 / sqrt(sum), which is concave in x and nearly linear, started where the best arm alone has
/// probability 1. It comes from the right and never leaves the bracket [-2 sqrt(d) / eta, -2 / eta].
fn normaliser<I: Iterator<Item = f32>>(eta: f32, losses: impl Fn() -> I) -> (f32, f32) {
    let two_per_eta = 2.0 / eta;
    let mut x = -two_per_eta;
    let mut squares = 0.0_f32;
    for _ in 0..NEWTON_STEPS {
        squares = 0.0;
        let mut cubes = 0.0_f32;
        for loss in losses() {
            let w = two_per_eta / (loss - x);
            squares += w * w;
            cubes += w * w * w;
        }
        let excess = math::sqrt_f32(squares) - 1.0;
        if excess <= 1e-5 || excess.is_nan() {
            break;
        }
        x -= two_per_eta * squares * excess / cubes;
    }
    (x, squares)
}

impl<const N: usize> TsallisInf<[f32; N]> {
    /// A learner that owns its memory: `TsallisInf::<[f32; TsallisInf::workspace_len(20)]>` has 20 arms.
    ///
    /// # Errors
    /// `Length` if N is odd or 0, `NotFinite` or `OutOfRange` (cost cap).
    pub fn owned(config: TsallisInfConfig) -> Result<Self, Error> {
        Self::new([0.0; N], config)
    }
}

impl TsallisInf<()> {
    /// Elements of memory for `arms` arms: a loss and a shift each.
    #[must_use]
    pub const fn workspace_len(arms: usize) -> usize {
        arms.saturating_mul(2)
    }

    /// Whether this many elements are the memory of some arms.
    ///
    /// # Errors
    /// `Length` or `TooLarge` (workspace) unless there are 2 elements for each of 1 to 65,535 arms.
    pub fn check_memory(len: usize) -> Result<(), Error> {
        let field = Field::Workspace;
        match len {
            0 => Err(Error::Length { field, need: 2, got: 0 }),
            len if len % 2 == 1 => Err(Error::Length { field, need: len + 1, got: len }),
            len if len / 2 > usize::from(u16::MAX) => Err(Error::TooLarge { field }),
            _ => Ok(()),
        }
    }

    /// Bytes of a learner of `arms` arms in a container.
    #[must_use]
    pub const fn container_len(arms: usize) -> usize {
        saved::bytes_len(State::WORDS, Self::workspace_len(arms), 0)
    }
}

impl<S: AsRef<[f32]> + AsMut<[f32]>> TsallisInf<S> {
    /// A learner that knows nothing yet. The memory is cleared; its length says how many arms there are.
    ///
    /// # Errors
    /// `Length` unless the memory has 2 elements for each of 1 to 65,535 arms, `NotFinite` or `OutOfRange` (cost cap).
    pub fn new(mut memory: S, config: TsallisInfConfig) -> Result<Self, Error> {
        let state = State::new(config)?;
        TsallisInf::check_memory(memory.as_ref().len())?;
        memory.as_mut().fill(0.0);
        Ok(Self { state, memory })
    }

    /// Puts the scalars away; the memory stays with the caller.
    #[must_use]
    pub fn suspend(self) -> State {
        self.state
    }

    /// Goes on where a stored learner stopped, to the bit. The memory is written only if the container is sound.
    ///
    /// # Errors
    /// `Length` (workspace, sections), and what [`Reader::new`](crate::container::Reader::new) says of bytes that are no
    /// such container, alignment apart.
    pub fn load(mut memory: S, bytes: &[u8]) -> Result<Self, Error> {
        TsallisInf::check_memory(memory.as_ref().len())?;
        let mut state = State::new(TsallisInfConfig::default())?;
        state.load(memory.as_mut(), bytes)?;
        Ok(Self { state, memory })
    }
}

impl<S: AsRef<[f32]> + AsMut<[f32]>, H: BorrowMut<State>> TsallisInf<S, H> {
    /// Goes on with scalars that were put away, or where they lie, over the memory as it was left. O(1).
    ///
    /// # Errors
    /// `Length` or `TooLarge` (workspace).
    #[inline]
    pub fn resume(memory: S, state: H) -> Result<Self, Error> {
        TsallisInf::check_memory(memory.as_ref().len())?;
        Ok(Self { state, memory })
    }

    /// Puts all it knows into a container at the start of `bytes`; answers the container, of
    /// [`container_len`](TsallisInf::container_len) bytes.
    ///
    /// # Errors
    /// `Length` (output).
    pub fn store<'b>(&self, bytes: &'b mut [u8]) -> Result<&'b mut [u8], Error> {
        saved::store(Tag::TsallisInf, iter::once(self.state.borrow()), self.memory.as_ref(), &[], bytes)
    }

    /// Costs learned so far.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.state.borrow().rounds
    }

    /// Mean of the costs learned so far.
    #[must_use]
    pub fn mean_cost(&self) -> f32 {
        self.state.borrow().mean
    }
}

impl<S: AsRef<[f32]> + AsMut<[f32]>, H: BorrowMut<State>> Learner for TsallisInf<S, H> {
    fn arms(&self) -> usize {
        self.memory.as_ref().len() / 2
    }

    fn select(&mut self, _context: f32) -> usize {
        let memory = self.memory.as_mut();
        let (losses, shifts) = memory.split_at_mut(memory.len() / 2);
        self.state.borrow_mut().select(losses, shifts)
    }

    fn update(&mut self, cost: f32) {
        let memory = self.memory.as_mut();
        let (losses, shifts) = memory.split_at_mut(memory.len() / 2);
        self.state.borrow_mut().update(cost, losses, shifts);
    }
}

#[cfg(test)]
mod tests;
