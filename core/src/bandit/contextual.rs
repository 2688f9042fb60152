//! Tsallis-INF with a context: the range of the context is cut into bins, and each bin learns for itself.
//!
//! Source: Learning to Relax, algorithm 5.

use super::saved::{self, Tag};
use super::tsallis_inf::{State, TsallisInf, TsallisInfConfig, restore, save};
use super::{Learner, check_range};
use crate::error::{self, Error, Field};
use crate::solve::words::Plain;

/// `BINS` independent learners over `S`, an array or a slice of [`workspace_len`](ContextualTsallisInf::workspace_len)
/// elements.
#[derive(Clone, Copy, Debug)]
pub struct ContextualTsallisInf<S, const BINS: usize> {
    states: [State; BINS],
    memory: S,
    low: f32,
    high: f32,
    bin: usize,
}

/// Words of the range of the context and the current bin.
const RANGE: usize = 3;

/// Err unless the memory divides into bins of 2 elements an arm.
fn check_memory<const BINS: usize>(len: usize) -> Result<(), Error> {
    let need = len.next_multiple_of(BINS.saturating_mul(2).max(1)).max(1);
    error::exact(Field::Workspace, need, len)
}

impl ContextualTsallisInf<(), 1> {
    /// Elements of memory for `arms` arms in each of `bins` bins.
    #[must_use]
    pub const fn workspace_len(arms: usize, bins: usize) -> usize {
        TsallisInf::workspace_len(arms).saturating_mul(bins)
    }

    /// Bytes of learners of `arms` arms in each of `bins` bins in a container.
    #[must_use]
    pub const fn container_len(arms: usize, bins: usize) -> usize {
        saved::bytes_len(State::WORDS.saturating_mul(bins), Self::workspace_len(arms, bins), RANGE)
    }
}

impl<S: AsRef<[f32]> + AsMut<[f32]>, const BINS: usize> ContextualTsallisInf<S, BINS> {
    /// Learners that know nothing yet, for contexts from `low` to `high`; outside, the nearest bin is taken.
    ///
    /// # Errors
    /// `Length` unless the memory divides into bins of 2 elements an arm, `OutOfRange` or `NotFinite` (context, cost).
    pub fn new(mut memory: S, [low, high]: [f32; 2], config: TsallisInfConfig) -> Result<Self, Error> {
        check_range(low, high)?;
        check_memory::<BINS>(memory.as_ref().len())?;
        let mut states = [State::new(config)?; BINS];
        for (seed, state) in (config.seed..).zip(&mut states) {
            *state = State::new(TsallisInfConfig { seed, ..config })?;
        }
        memory.as_mut().fill(0.0);
        Ok(Self { states, memory, low, high, bin: 0 })
    }

    /// 32-bit words of the saved learners.
    #[must_use]
    pub fn words_len(&self) -> usize {
        State::WORDS * BINS + self.memory.as_ref().len()
    }

    /// Saves all learners; exactly [`words_len`](Self::words_len) words.
    ///
    /// # Errors
    /// `Length` (bytes).
    pub fn save(&self, words: &mut [u32]) -> Result<(), Error> {
        error::exact(Field::Bytes, self.words_len(), words.len())?;
        let a_bin = self.memory.as_ref().len() / BINS.max(1);
        let chunks = words.chunks_exact_mut(State::WORDS + a_bin);
        for ((state, memory), words) in self.states.iter().zip(self.memory.as_ref().chunks(a_bin.max(1))).zip(chunks) {
            save(*state, memory, words)?;
        }
        Ok(())
    }

    /// Goes on where saved learners stopped. A refused word leaves the bins before it restored.
    ///
    /// # Errors
    /// `Length` or `Corrupt` (bytes).
    pub fn restore(&mut self, words: &[u32]) -> Result<(), Error> {
        error::exact(Field::Bytes, self.words_len(), words.len())?;
        let a_bin = self.memory.as_ref().len() / BINS.max(1);
        let chunks = words.chunks_exact(State::WORDS + a_bin);
        let bins = self.states.iter_mut().zip(self.memory.as_mut().chunks_mut(a_bin.max(1)));
        for ((state, memory), words) in bins.zip(chunks) {
            *state = restore(*state, memory, words)?;
        }
        Ok(())
    }

    /// Puts all it knows into a container at the start of `bytes`; answers the container, of
    /// [`container_len`](ContextualTsallisInf::container_len) bytes.
    ///
    /// # Errors
    /// `Length` (output).
    pub fn store<'b>(&self, bytes: &'b mut [u8]) -> Result<&'b mut [u8], Error> {
        let bin = u32::try_from(self.bin).unwrap_or(0);
        let range = [self.low.to_bits(), self.high.to_bits(), bin];
        saved::store(Tag::ContextualTsallisInf, &self.states, self.memory.as_ref(), &range, bytes)
    }

    /// Goes on where stored learners stopped, to the bit. The memory is written only if the container is sound.
    ///
    /// # Errors
    /// As for [`new`](Self::new) (workspace), `Length` (sections), and what
    /// [`Reader::new`](crate::container::Reader::new) says of bytes that are no such container, alignment apart.
    pub fn load(memory: S, bytes: &[u8]) -> Result<Self, Error> {
        check_memory::<BINS>(memory.as_ref().len())?;
        let mut memory = memory;
        let mut states = [State::new(TsallisInfConfig::default())?; BINS];
        let mut range = [0; RANGE];
        saved::load(Tag::ContextualTsallisInf, &mut states, memory.as_mut(), &mut range, bytes)?;
        let [low, high, bin] = range;
        let (low, high) = (f32::from_bits(low), f32::from_bits(high));
        check_range(low, high)?;
        // A bin that is none learns nothing, as one whose arm was not drawn.
        Ok(Self { states, memory, low, high, bin: bin as usize })
    }

    /// The learner of the current bin and its memory.
    fn current(&mut self) -> Option<(&mut State, &mut [f32], &mut [f32])> {
        let a_bin = self.memory.as_ref().len() / BINS.max(1);
        let memory =
            self.memory.as_mut().get_mut(self.bin.checked_mul(a_bin)?..self.bin.checked_add(1)?.checked_mul(a_bin)?)?;
        let (losses, shifts) = memory.split_at_mut_checked(a_bin / 2)?;
        Some((self.states.get_mut(self.bin)?, losses, shifts))
    }
}

/// Which of `bins` equal parts of a range a context is in; outside, the nearest, and for NaN the middle one.
#[must_use]
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bins are few")]
pub fn bin(context: f32, [low, high]: [f32; 2], bins: usize) -> usize {
    let place = (context - low) / (high - low) * bins as f32;
    let place = if place.is_nan() { bins as f32 * 0.5 } else { place };
    // A cast of a negative number is 0, of a large one the largest.
    (place as usize).min(bins.saturating_sub(1))
}

impl<S: AsRef<[f32]> + AsMut<[f32]>, const BINS: usize> Learner for ContextualTsallisInf<S, BINS> {
    fn arms(&self) -> usize {
        self.memory.as_ref().len() / (2 * BINS).max(1)
    }

    fn select(&mut self, context: f32) -> usize {
        self.bin = bin(context, [self.low, self.high], BINS);
        self.current().map_or(0, |(state, losses, shifts)| state.select(losses, shifts))
    }

    fn update(&mut self, cost: f32) {
        if let Some((state, losses, shifts)) = self.current() {
            state.update(cost, losses, shifts);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    type Bins = ContextualTsallisInf<[f32; ContextualTsallisInf::workspace_len(5, 4)], 4>;

    fn learner() -> Bins {
        ContextualTsallisInf::new([0.0; 40], [0.0, 1.0], TsallisInfConfig::default()).unwrap()
    }

    #[test]
    fn each_bin_finds_its_own_arm() {
        let mut bandit = learner();
        let mut hits = [0; 4];
        for round in 0..8000_usize {
            let bin = round % 4;
            let arm = bandit.select((bin as f32 + 0.5) / 4.0);
            hits[bin] += usize::from(round >= 4000 && arm == bin + 1);
            bandit.update(10.0 + 10.0 * arm.abs_diff(bin + 1) as f32);
        }
        assert!(hits.iter().all(|&hits| hits > 700), "{hits:?} of 1000 each");
    }

    #[test]
    fn contexts_outside_and_nan_are_taken_in() {
        let mut bandit = learner();
        for (context, bin) in [(-9.0, 0), (0.0, 0), (1.0, 3), (9e9, 3), (f32::NAN, 2), (f32::NEG_INFINITY, 0)] {
            let _ = bandit.select(context);
            assert_eq!(bandit.bin, bin, "{context}");
        }
    }

    #[test]
    fn saved_and_restored() {
        let mut whole = learner();
        for _ in 0..50 {
            let arm = whole.select(0.6);
            whole.update(3.0 + arm as f32);
        }
        let mut words = vec![0; whole.words_len()];
        whole.save(&mut words).unwrap();
        let mut moved = learner();
        moved.restore(&words).unwrap();
        for _ in 0..50 {
            let arm = whole.select(0.6);
            assert_eq!(moved.select(0.6), arm);
            whole.update(3.0 + arm as f32);
            moved.update(3.0 + arm as f32);
        }
        assert!(moved.restore(&words[1..]).is_err());
    }
}
