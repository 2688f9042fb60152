//! What a bandit has learned, in a container: version, checksum, and which learner it is.
//!
//! | section | type | content |
//! |---|---|---|
//! | 1 Tsallis-INF, 2 the same in bins, 3 `ChebCB` | u32 | the scalars of each state |
//! | 16 | f32 | the memory of all arms |
//! | 17 | u32 | bits of the ends of the context and the current bin; empty where there are no bins |

use crate::container::{Kind, Reader, Section, SectionSpec, Writer, container_len};
use crate::error::{self, Error, Field};
use crate::solve::words::{Codec, Plain};

/// Version of the sections.
const VERSION: u16 = 1;
const MEMORY: u32 = 16;
const RANGE: u32 = 17;
/// No state has more words.
const WORDS: usize = 16;

/// Which learner it is: the tag of the first section.
#[derive(Clone, Copy)]
pub(super) enum Tag {
    TsallisInf = 1,
    ContextualTsallisInf = 2,
    ChebCb = 3,
}

/// Bytes of a container with this many words of states, elements of memory and words of a range.
pub(super) const fn bytes_len(words: usize, memory: usize, range: usize) -> usize {
    container_len(&[words.saturating_mul(4), memory.saturating_mul(4), range.saturating_mul(4)])
}

/// Writes a container at the start of `bytes`.
pub(super) fn store<'b, 's, P: Plain + Copy + 's>(
    tag: Tag,
    states: impl ExactSizeIterator<Item = &'s P>,
    memory: &[f32],
    range: &[u32],
    bytes: &'b mut [u8],
) -> Result<&'b mut [u8], Error> {
    const { assert!(P::WORDS > 0 && P::WORDS <= WORDS) }
    let count = states.len().saturating_mul(P::WORDS);
    let specs = [
        SectionSpec::of::<u32>(tag as u32, count),
        SectionSpec::of::<f32>(MEMORY, memory.len()),
        SectionSpec::of::<u32>(RANGE, range.len()),
    ];
    let mut writer = Writer::new(bytes, Kind::LearnerState, VERSION, &specs)?;
    let (mut states, mut words) = (states, [0; WORDS]);
    writer.put((0..count).map(|k| {
        if k % P::WORDS == 0
            && let (Some(state), Some(place)) = (states.next(), words.get_mut(..P::WORDS))
        {
            // Exactly the words it has: that cannot fail.
            let _ = state.write(place);
        }
        words.get(k % P::WORDS).copied().unwrap_or(0)
    }))?;
    writer.put(memory.iter().copied())?;
    writer.put(range.iter().copied())?;
    writer.finish()
}

/// The checked container of a learner.
pub(super) struct Saved<'a> {
    words: Section<'a>,
    values: Section<'a>,
    limits: Section<'a>,
}

impl<'a> Saved<'a> {
    /// A container of this learner, if it is sound and everything in it makes sense for so many states and so much memory.
    /// `trial` is where states are tried: what is in it does not count.
    #[inline(never)]
    pub(super) fn open<P: Plain>(
        tag: Tag,
        [states, memory, range]: [usize; 3],
        mut trial: P,
        bytes: &'a [u8],
    ) -> Result<Self, Error> {
        let reader = Reader::unaligned(bytes)?;
        reader.require(Kind::LearnerState, VERSION)?;
        let (words, values, limits) = (reader.find(tag as u32)?, reader.find(MEMORY)?, reader.find(RANGE)?);
        let exact = |need, got| error::exact(Field::Sections, need, got);
        exact(states.saturating_mul(P::WORDS), words.len())?;
        exact(memory, values.len())?;
        exact(range, limits.iter::<u32>()?.len())?;
        let mut codec = Words(words.iter::<u32>()?);
        for _ in 0..states {
            trial.visit(&mut codec)?;
        }
        if let Some(index) = values.iter::<f32>()?.position(|value| !value.is_finite()) {
            return Err(Error::Corrupt { field: Field::Bytes, index });
        }
        Ok(Self { words, values, limits })
    }

    /// Copies the words of the range.
    pub(super) fn range(&self, range: &mut [u32]) -> Result<(), Error> {
        self.limits.copy_to(range)
    }

    /// Takes everything over, which fails only where there is another number of anything than `open` was told.
    pub(super) fn take<'s, P: Plain + 's>(
        &self,
        states: impl Iterator<Item = &'s mut P>,
        memory: &mut [f32],
    ) -> Result<(), Error> {
        self.values.copy_to(memory)?;
        let mut codec = Words(self.words.iter::<u32>()?);
        for state in states {
            state.visit(&mut codec)?;
        }
        Ok(())
    }
}

/// Reads words one after the other.
struct Words<I>(I);

impl<I: Iterator<Item = u32>> Codec for Words<I> {
    #[inline]
    fn number(&mut self, value: &mut u32) -> Result<(), Error> {
        *value = self.0.next().ok_or(self.refusal())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
