//! The flight recorder: the last records of a run in a ring that the caller owns.
//!
//! Put the ring in memory that a reset does not clear, dump it after a fault, and replay the run on the host: same seed,
//! same bits. From Rust a `heapless::HistoryBuf<Record, N>` can be filled instead; this one has a layout C can read.

use crate::error::{Error, Field};

/// One line of the flight recorder; 16 bytes on every target.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(C)]
pub struct Record {
    /// Which solve, counted by the caller.
    pub solve: u32,
    /// Iterations done.
    pub iteration: u32,
    /// The bandit's arm, or any other mark of the caller's.
    pub arm: u32,
    /// Residual norm, rounded to single precision.
    pub residual: f32,
}

/// A ring over the caller's records: the newest overwrites the oldest.
#[derive(Debug)]
pub struct Recorder<'a> {
    ring: &'a mut [Record],
    written: u32,
}

impl<'a> Recorder<'a> {
    /// An empty recorder over `ring`.
    ///
    /// # Errors
    /// `Length` if the ring has no element or 2^31 elements or more.
    pub fn new(ring: &'a mut [Record]) -> Result<Self, Error> {
        Self::resume(ring, 0)
    }

    /// Goes on after `written` records, as [`written`](Self::written) told.
    ///
    /// # Errors
    /// `Length` if the ring has no element or 2^31 elements or more.
    pub fn resume(ring: &'a mut [Record], written: u32) -> Result<Self, Error> {
        if ring.is_empty() || ring.len() >= 1 << 31 {
            return Err(Error::Length { field: Field::Output, need: 1, got: ring.len() });
        }
        Ok(Self { ring, written })
    }

    /// Adds a record, over the oldest one when the ring is full.
    pub fn push(&mut self, record: Record) {
        let slot = self.written as usize % self.ring.len().max(1);
        if let Some(place) = self.ring.get_mut(slot) {
            *place = record;
        }
        // Past 2^31 the count keeps its remainder modulo the ring, so that the slots go on in order.
        self.written = match self.written.checked_add(1) {
            Some(next) if next < 1 << 31 => next,
            _ => (self.written % self.modulus()).wrapping_add(1).wrapping_add(self.modulus()),
        };
    }

    /// Records pushed so far; the ring holds the last `min(written, len)` of them.
    #[must_use]
    pub const fn written(&self) -> u32 {
        self.written
    }

    /// The records from the oldest to the newest.
    pub fn iter(&self) -> impl Iterator<Item = &Record> {
        let len = self.ring.len();
        let start = if (self.written as usize) < len { 0 } else { self.written as usize % len.max(1) };
        let count = len.min(self.written as usize);
        self.ring.iter().cycle().skip(start).take(count)
    }

    #[allow(clippy::cast_possible_truncation, reason = "checked below 2^31 in the constructor")]
    fn modulus(&self) -> u32 {
        (self.ring.len() as u32).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapless::HistoryBuf;
    use std::vec::Vec;

    fn record(iteration: u32) -> Record {
        Record { iteration, ..Record::default() }
    }

    #[test]
    fn keeps_the_newest_like_a_history_buffer() {
        let mut memory = [Record::default(); 5];
        let mut history = HistoryBuf::<Record, 5>::new();
        let mut recorder = Recorder::new(&mut memory).unwrap();
        for iteration in 0..13 {
            recorder.push(record(iteration));
            history.write(record(iteration));
            let ours: Vec<_> = recorder.iter().copied().collect();
            let theirs: Vec<_> = history.oldest_ordered().copied().collect();
            assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn order_survives_the_wrap_of_the_count() {
        let mut memory = [Record::default(); 3];
        let mut recorder = Recorder::resume(&mut memory, (1 << 31) - 4).unwrap();
        for iteration in 0..9 {
            recorder.push(record(iteration));
            if iteration >= 3 {
                let kept: Vec<_> = recorder.iter().map(|r| r.iteration).collect();
                assert_eq!(kept, [iteration - 2, iteration - 1, iteration]);
            }
        }
    }

    #[test]
    fn an_empty_ring_is_refused() {
        assert!(Recorder::new(&mut []).is_err());
    }
}
