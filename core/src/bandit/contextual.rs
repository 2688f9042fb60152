//! Tsallis-INF with a context: the range of the context is cut into bins, and each bin learns for itself.
//!
//! Source: Learning to Relax, algorithm 5.

use super::saved::{self, Saved, Tag};
use super::tsallis_inf::{State, TsallisInf, TsallisInfConfig};
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

    /// Puts all it knows into a container at the start of `bytes`; answers the container, of
    /// [`container_len`](ContextualTsallisInf::container_len) bytes.
    ///
    /// # Errors
    /// `Length` (output).
    pub fn store<'b>(&self, bytes: &'b mut [u8]) -> Result<&'b mut [u8], Error> {
        let place = Place { range: [self.low, self.high], bin: self.bin };
        store_bins(self.states.iter(), self.memory.as_ref(), place, bytes)
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
        let Place { range: [low, high], bin } = load_bins(states.iter_mut(), memory.as_mut(), bytes)?;
        Ok(Self { states, memory, low, high, bin })
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

/// The range of the context, and the bin that drew last.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Place {
    /// The ends of the range.
    pub range: [f32; 2],
    /// A bin that is none learns nothing, as one whose arm was not drawn.
    pub bin: usize,
}

/// Puts learners, one for each bin, into a container at the start of `bytes`; answers the container. Their memory lies one
/// after the other. For whoever keeps the learners apart; else see [`ContextualTsallisInf::store`].
///
/// # Errors
/// `Length` (output).
pub fn store_bins<'b, 's>(
    states: impl ExactSizeIterator<Item = &'s State>,
    memory: &[f32],
    Place { range: [low, high], bin }: Place,
    bytes: &'b mut [u8],
) -> Result<&'b mut [u8], Error> {
    let range = [low.to_bits(), high.to_bits(), u32::try_from(bin).unwrap_or(0)];
    saved::store(Tag::ContextualTsallisInf, states, memory, &range, bytes)
}

/// Takes learners, one for each bin, from a container. Nothing is written unless it is sound.
///
/// # Errors
/// As for [`ContextualTsallisInf::load`], the workspace apart.
pub fn load_bins<'s>(
    states: impl ExactSizeIterator<Item = &'s mut State>,
    memory: &mut [f32],
    bytes: &[u8],
) -> Result<Place, Error> {
    let (mut range, blank) = ([0; RANGE], State::new(TsallisInfConfig::default())?);
    let saved = Saved::open(Tag::ContextualTsallisInf, [states.len(), memory.len(), RANGE], blank, bytes)?;
    saved.range(&mut range)?;
    let [low, high, bin] = range;
    let (low, high) = (f32::from_bits(low), f32::from_bits(high));
    check_range(low, high)?;
    saved.take(states, memory)?;
    Ok(Place { range: [low, high], bin: bin as usize })
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
}
