//! What a bandit has learned, in a container: version, checksum, and which learner it is.
//!
//! | section | type | content |
//! |---|---|---|
//! | 1 Tsallis-INF, 2 the same in bins, 3 `ChebCB` | u32 | the scalars of each state |
//! | 16 | f32 | the memory of all arms |
//! | 17 | u32 | bits of the ends of the context and the current bin; empty where there are no bins |

use crate::container::{Kind, Reader, SectionSpec, Writer, container_len};
use crate::error::{self, Error, Field};
use crate::solve::words::Plain;

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
pub(super) fn store<'b, P: Plain + Copy>(
    tag: Tag,
    states: &[P],
    memory: &[f32],
    range: &[u32],
    bytes: &'b mut [u8],
) -> Result<&'b mut [u8], Error> {
    const { assert!(P::WORDS > 0 && P::WORDS <= WORDS) }
    let words = states.len().saturating_mul(P::WORDS);
    let specs = [
        SectionSpec::of::<u32>(tag as u32, words),
        SectionSpec::of::<f32>(MEMORY, memory.len()),
        SectionSpec::of::<u32>(RANGE, range.len()),
    ];
    let mut writer = Writer::new(bytes, Kind::LearnerState, VERSION, &specs)?;
    writer.put((0..words).map(|k| {
        let mut state = [0; WORDS];
        if let (Some(source), Some(place)) = (states.get(k / P::WORDS), state.get_mut(..P::WORDS)) {
            // Exactly the words it has: that cannot fail.
            let _ = source.write(place);
        }
        state.get(k % P::WORDS).copied().unwrap_or(0)
    }))?;
    writer.put(memory.iter().copied())?;
    writer.put(range.iter().copied())?;
    writer.finish()
}

/// Reads a container of this learner, with as many states and as much memory. Nothing is written unless all is sound.
pub(super) fn load<P: Plain + Copy>(
    tag: Tag,
    states: &mut [P],
    memory: &mut [f32],
    range: &mut [u32],
    bytes: &[u8],
) -> Result<(), Error> {
    const { assert!(P::WORDS > 0 && P::WORDS <= WORDS) }
    let reader = Reader::unaligned(bytes)?;
    reader.require(Kind::LearnerState, VERSION)?;
    let (words, values, limits) = (reader.find(tag as u32)?, reader.find(MEMORY)?, reader.find(RANGE)?);
    let exact = |need, got| error::exact(Field::Sections, need, got);
    exact(states.len().saturating_mul(P::WORDS), words.len())?;
    exact(memory.len(), values.len())?;
    exact(range.len(), limits.len())?;
    let read = |states: &mut dyn Iterator<Item = &mut P>, is_trial: bool| {
        let mut words = words.iter::<u32>()?;
        for state in states {
            let mut scratch = [0; WORDS];
            let place = scratch.get_mut(..P::WORDS).unwrap_or(&mut []);
            place.iter_mut().zip(&mut words).for_each(|(place, word)| *place = word);
            let found = state.read(place)?;
            if !is_trial {
                *state = found;
            }
        }
        Ok(())
    };
    read(&mut states.iter_mut(), true)?;
    if let Some(index) = values.iter::<f32>()?.position(|value| !value.is_finite()) {
        return Err(Error::Corrupt { field: Field::Bytes, index });
    }
    limits.copy_to(range)?;
    values.copy_to(memory)?;
    read(&mut states.iter_mut(), false)
}

#[cfg(test)]
mod tests;
