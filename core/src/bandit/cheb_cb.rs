//! `ChebCB`: a contextual bandit that fits each arm's cost by a Chebyshev series of the context.
//!
//! Least squares an arm, bounded as the coefficients of a Lipschitz function are; draws by inverse gap weighting
//! (`SquareCB`). This is the scale-free form: the fit is in units of cost, so that a new largest cost changes the bounds and
//! the weighting and no arm has to be fitted again. Source: Learning to Relax, algorithm 3; Foster and Rakhlin 2020 for
//! the weighting.

mod fit;

use core::borrow::BorrowMut;
use core::iter;

use super::drawn::Drawn;
use super::saved::{self, Saved, Tag};
use super::{Learner, check_range};
use crate::error::{Error, Field};
use crate::math;
use crate::rng::Xoshiro128;
use crate::solve::words::{Codec, Plain};
use fit::{ARM, coefficients, dot, features, fit};

/// Values of a `ChebCB` learner.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ChebCbConfig {
    /// Seed of the draws.
    pub seed: u64,
    /// Smallest context; below it the fit is that of the end.
    pub low: f32,
    /// Largest context.
    pub high: f32,
    /// Costs above this are learned as this; at least 1.
    pub cost_cap: f32,
}

impl Default for ChebCbConfig {
    fn default() -> Self {
        Self { seed: 1, low: -1.0, high: 1.0, cost_cap: 1e6 }
    }
}

/// The scalars of a learner: numbers alone, so that any bits are a state, if not a good one.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct State {
    rng: Xoshiro128,
    rounds: u32,
    low: f32,
    high: f32,
    cost_cap: f32,
    least: f32,
    most: f32,
    /// Sum of squared prediction errors, in squares of cost.
    regret: f32,
    /// What was predicted for the arm drawn last, and for which context in [-1, 1].
    predicted: f32,
    context: f32,
    drawn: Drawn,
}

impl Plain for State {
    const WORDS: usize = Xoshiro128::WORDS + 10;

    fn visit(&mut self, codec: &mut impl Codec) -> Result<(), Error> {
        self.rng.visit(codec)?;
        codec.number(&mut self.rounds)?;
        for value in [
            &mut self.low,
            &mut self.high,
            &mut self.cost_cap,
            &mut self.least,
            &mut self.most,
            &mut self.regret,
            &mut self.predicted,
            &mut self.context,
        ] {
            codec.real(value)?;
            if !value.is_finite() {
                return Err(codec.refusal());
            }
        }
        self.drawn.visit(codec)?;
        if self.low < self.high && self.cost_cap >= 1.0 { Ok(()) } else { Err(codec.refusal()) }
    }
}

/// A learner over `S`, an array or a slice of [`workspace_len`](ChebCb::workspace_len) elements, and `H`, a [`State`] of its
/// own or a reference to one.
#[derive(Clone, Copy, Debug)]
pub struct ChebCb<S, H = State> {
    state: H,
    memory: S,
}

impl ChebCb<()> {
    /// Elements of memory for `arms` arms: 33 each.
    #[must_use]
    pub const fn workspace_len(arms: usize) -> usize {
        arms.saturating_mul(ARM)
    }

    /// Whether this many elements are the memory of some arms.
    ///
    /// # Errors
    /// `Length` or `TooLarge` (workspace) unless there are 33 elements for each of 1 to 65,535 arms.
    pub fn check_memory(len: usize) -> Result<(), Error> {
        let field = Field::Workspace;
        if len == 0 || !len.is_multiple_of(ARM) {
            return Err(Error::Length { field, need: len.next_multiple_of(ARM).max(ARM), got: len });
        }
        if len / ARM > usize::from(u16::MAX) { Err(Error::TooLarge { field }) } else { Ok(()) }
    }

    /// Bytes of a learner of `arms` arms in a container.
    #[must_use]
    pub const fn container_len(arms: usize) -> usize {
        saved::bytes_len(State::WORDS, Self::workspace_len(arms), 0)
    }
}

impl<S: AsRef<[f32]> + AsMut<[f32]>> ChebCb<S> {
    /// A learner that knows nothing yet. The memory is cleared; its length says how many arms there are.
    ///
    /// # Errors
    /// `Length` unless the memory has 33 elements for each of 1 to 65,535 arms, `NotFinite` or `OutOfRange` (context, cost).
    pub fn new(mut memory: S, config: ChebCbConfig) -> Result<Self, Error> {
        let state = State::new(config)?;
        ChebCb::check_memory(memory.as_ref().len())?;
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
        ChebCb::check_memory(memory.as_ref().len())?;
        let mut state = State::new(ChebCbConfig::default())?;
        state.load(memory.as_mut(), bytes)?;
        Ok(Self { state, memory })
    }
}

impl<S: AsRef<[f32]> + AsMut<[f32]>, H: BorrowMut<State>> ChebCb<S, H> {
    /// Goes on with scalars that were put away, or where they lie, over the memory as it was left. O(1).
    ///
    /// # Errors
    /// `Length` or `TooLarge` (workspace).
    #[inline]
    pub fn resume(memory: S, state: H) -> Result<Self, Error> {
        ChebCb::check_memory(memory.as_ref().len())?;
        Ok(Self { state, memory })
    }

    /// Puts all it knows into a container at the start of `bytes`; answers the container, of
    /// [`container_len`](ChebCb::container_len) bytes.
    ///
    /// # Errors
    /// `Length` (output).
    pub fn store<'b>(&self, bytes: &'b mut [u8]) -> Result<&'b mut [u8], Error> {
        saved::store(Tag::ChebCb, iter::once(self.state.borrow()), self.memory.as_ref(), &[], bytes)
    }

    /// Costs learned so far.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.state.borrow().rounds
    }

    /// The cost this arm is predicted to have in this context, from what it has learned; 1 for an arm never drawn.
    #[must_use]
    pub fn predict(&self, arm: usize, context: f32) -> f32 {
        let features = features(self.state.borrow().place(context));
        let arm = self.memory.as_ref().get(arm * ARM..).and_then(|arm| arm.first_chunk::<ARM>());
        arm.map_or(1.0, |arm| 1.0 + dot(coefficients(arm), &features))
    }
}

impl State {
    /// Takes stored scalars, and the memory that goes with them; nothing is written unless the container is sound.
    ///
    /// # Errors
    /// Those of [`ChebCb::load`].
    pub fn load(&mut self, memory: &mut [f32], bytes: &[u8]) -> Result<(), Error> {
        ChebCb::check_memory(memory.len())?;
        let saved = Saved::open(Tag::ChebCb, [1, memory.len(), 0], *self, bytes)?;
        saved.take(iter::once(self), memory)
    }

    /// What a learner knows before its first draw; its memory is all zeros then.
    ///
    /// # Errors
    /// `OutOfRange` or `NotFinite` (context, cost).
    pub fn new(config: ChebCbConfig) -> Result<Self, Error> {
        check_range(config.low, config.high)?;
        if !config.cost_cap.is_finite() {
            return Err(Error::NotFinite { field: Field::Cost, index: 0 });
        }
        if config.cost_cap < 1.0 {
            return Err(Error::OutOfRange { field: Field::Cost, index: 0 });
        }
        Ok(Self {
            rng: Xoshiro128::new(config.seed),
            rounds: 0,
            low: config.low,
            high: config.high,
            cost_cap: config.cost_cap,
            least: 0.0,
            most: 0.0,
            regret: 0.0,
            predicted: 0.0,
            context: 0.0,
            drawn: Drawn::NONE,
        })
    }

    /// The context in [-1, 1]; NaN is the middle.
    fn place(&self, context: f32) -> f32 {
        let place = 2.0 * (context - self.low) / (self.high - self.low) - 1.0;
        if place.is_nan() { 0.0 } else { place.clamp(-1.0, 1.0) }
    }

    /// The weight of a gap of one unit of cost.
    #[allow(clippy::cast_precision_loss, reason = "a rate")]
    fn weight(&self, arms: f32) -> f32 {
        let rounds = self.rounds as f32;
        let spread = 0.341 * (self.most - self.least);
        let noise = self.regret + 2.0 * spread * spread * rounds;
        (2.0 * rounds * math::rough_sqrt_f32(arms * rounds / noise.max(1e-6))).min(1e9)
    }
}

impl<S: AsRef<[f32]> + AsMut<[f32]>, H: BorrowMut<State>> Learner for ChebCb<S, H> {
    fn arms(&self) -> usize {
        self.memory.as_ref().len() / ARM
    }

    fn select(&mut self, context: f32) -> usize {
        let state = self.state.borrow_mut();
        let place = state.place(context);
        let features = features(place);
        let arms = self.memory.as_ref().as_chunks::<ARM>().0;
        #[allow(clippy::cast_precision_loss, reason = "arms are few")]
        let count = arms.len() as f32;
        let (mut best, mut least) = (0, f32::MAX);
        for (arm, memory) in arms.iter().enumerate() {
            let predicted = dot(coefficients(memory), &features);
            if predicted < least {
                (best, least) = (arm, predicted);
            }
        }
        let weight = state.weight(count);
        let mut left = state.rng.unit();
        let mut drawn = best;
        // The best arm has what the others leave, so it needs no place in the walk.
        for (arm, memory) in arms.iter().enumerate().filter(|(arm, _)| *arm != best) {
            left -= 1.0 / (count + weight * (dot(coefficients(memory), &features) - least));
            if left < 0.0 {
                drawn = arm;
                break;
            }
        }
        state.context = place;
        state.predicted = arms.get(drawn).map_or(0.0, |memory| dot(coefficients(memory), &features));
        state.drawn = Drawn::new(drawn);
        drawn
    }

    fn update(&mut self, cost: f32) {
        if !(cost.is_finite() && cost >= 0.0) {
            return;
        }
        let state = self.state.borrow_mut();
        let Some(arm) = state.drawn.take() else { return };
        let loss = (cost.min(state.cost_cap) - 1.0).max(0.0);
        state.least = if state.rounds == 0 { loss } else { state.least.min(loss) };
        state.most = state.most.max(loss);
        state.rounds = state.rounds.saturating_add(1);
        let error = state.predicted - loss;
        state.regret = (state.regret + error * error).min(f32::MAX);
        let (most, spread) = (state.most, state.most - state.least);
        let features = features(state.context);
        let arms = self.memory.as_mut().as_chunks_mut::<ARM>().0;
        if let Some(memory) = arms.get_mut(arm) {
            fit(memory, &features, loss, [most, spread]);
        }
    }
}

#[cfg(test)]
mod tests;
