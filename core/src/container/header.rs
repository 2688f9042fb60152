//! The fixed header: what it says and how long the whole is.

use super::crc::Crc32;
use crate::error::{Error, Field};

/// Bytes of the header.
pub const HEADER_LEN: usize = HEADER_LEN_FIELD as usize;
/// Bytes of one record of the section table.
pub const RECORD_LEN: usize = 16;
/// Every section starts at a multiple of this, counted from the start of the container.
pub const ALIGNMENT: usize = 16;

pub(super) const MAGIC: [u8; 4] = *b"TSLV";
const HEADER_LEN_FIELD: u16 = 64;
pub(super) const FORMAT_VERSION: u16 = 1;
pub(super) const CRC_AT: usize = 20;

/// What a container holds. Numbers are never reused.
///
/// Set aside for later families, and refused until they exist: 3 checkpoint of a solver, 8 measurement operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
#[repr(u16)]
pub enum Kind {
    /// What a bandit has learned.
    LearnerState = 1,
    /// The symbolic part of a sparse factorisation.
    SymbolicFactor = 2,
    /// A quantised network.
    NetworkModel = 4,
    /// The gates of a multigrid cycle.
    CycleGates = 5,
    /// Weights of a direction network.
    DirectionNetwork = 6,
    /// Weights of a proximal network.
    ProximalNetwork = 7,
}

impl Kind {
    /// The kind with this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u16) -> Option<Self> {
        Some(match number {
            1 => Self::LearnerState,
            2 => Self::SymbolicFactor,
            4 => Self::NetworkModel,
            5 => Self::CycleGates,
            6 => Self::DirectionNetwork,
            7 => Self::ProximalNetwork,
            _ => return None,
        })
    }
}

/// The next multiple of [`ALIGNMENT`], or `usize::MAX` if there is none.
pub(super) const fn align_up(len: usize) -> usize {
    match len.checked_next_multiple_of(ALIGNMENT) {
        Some(aligned) => aligned,
        None => usize::MAX,
    }
}

/// Bytes before the first section, saturating.
pub(super) const fn preamble(sections: usize) -> usize {
    sections.saturating_mul(RECORD_LEN).saturating_add(HEADER_LEN)
}

/// Exact bytes of a container with sections of these many bytes; `usize::MAX` if that does not fit.
#[must_use]
pub const fn container_len(section_lens: &[usize]) -> usize {
    let mut len = preamble(section_lens.len());
    let mut rest = section_lens;
    while let [first, tail @ ..] = rest {
        len = align_up(len.saturating_add(*first));
        rest = tail;
    }
    len
}

/// The checksum a container of these bytes must carry.
pub(super) fn checksum(bytes: &[u8]) -> u32 {
    let head = bytes.get(..CRC_AT).unwrap_or(&[]);
    let tail = bytes.get(CRC_AT + 4..).unwrap_or(&[]);
    Crc32::new().update(head).update(tail).finish()
}

/// The fields of a header whose own rules hold: magic, format version, header length, known kind, zeros.
#[derive(Clone, Copy)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) version: u16,
    pub(super) total: u32,
    pub(super) sections: u32,
    pub(super) crc: u32,
}

impl Header {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let Some((head, _)) = bytes.split_first_chunk::<HEADER_LEN>() else {
            return Err(Error::Length { field: Field::Header, need: HEADER_LEN, got: bytes.len() });
        };
        let [m0, m1, m2, m3, f0, f1, h0, h1, k0, k1, v0, v1, t0, t1, t2, t3, s0, s1, s2, s3, c0, c1, c2, c3, rest @ ..] =
            *head;
        let refuse = |index| Err(Error::OutOfRange { field: Field::Header, index });
        if [m0, m1, m2, m3] != MAGIC {
            return Err(Error::Corrupt { field: Field::Header, index: 0 });
        }
        if u16::from_le_bytes([f0, f1]) != FORMAT_VERSION {
            return refuse(4);
        }
        if u16::from_le_bytes([h0, h1]) != HEADER_LEN_FIELD {
            return refuse(6);
        }
        let Some(kind) = Kind::from_number(u16::from_le_bytes([k0, k1])) else { return refuse(8) };
        if let Some(index) = rest.iter().position(|byte| *byte != 0) {
            return refuse(CRC_AT + 4 + index);
        }
        Ok(Self {
            kind,
            version: u16::from_le_bytes([v0, v1]),
            total: u32::from_le_bytes([t0, t1, t2, t3]),
            sections: u32::from_le_bytes([s0, s1, s2, s3]),
            crc: u32::from_le_bytes([c0, c1, c2, c3]),
        })
    }

    pub(super) fn bytes(self) -> [u8; HEADER_LEN] {
        let [f0, f1] = FORMAT_VERSION.to_le_bytes();
        let [h0, h1] = HEADER_LEN_FIELD.to_le_bytes();
        let [k0, k1] = (self.kind as u16).to_le_bytes();
        let [v0, v1] = self.version.to_le_bytes();
        let [t0, t1, t2, t3] = self.total.to_le_bytes();
        let [s0, s1, s2, s3] = self.sections.to_le_bytes();
        let [c0, c1, c2, c3] = self.crc.to_le_bytes();
        let [m0, m1, m2, m3] = MAGIC;
        let used = [m0, m1, m2, m3, f0, f1, h0, h1, k0, k1, v0, v1, t0, t1, t2, t3, s0, s1, s2, s3, c0, c1, c2, c3];
        let mut bytes = [0; HEADER_LEN];
        for (to, from) in bytes.iter_mut().zip(used) {
            *to = from;
        }
        bytes
    }
}

/// How many bytes the container that starts here says it has: for reading one out of a larger piece of flash. Nothing
/// but the header is checked; hand exactly these bytes to [`Reader::new`](super::Reader::new).
///
/// # Errors
/// `Length` if there are fewer than 64 bytes, `Corrupt` or `OutOfRange` of `Field::Header` if this is no container of a
/// version and kind known here (the index of the latter is the byte in the header).
pub fn stored_len(bytes: &[u8]) -> Result<usize, Error> {
    let header = Header::parse(bytes)?;
    usize::try_from(header.total).map_err(|_| Error::TooLarge { field: Field::Header })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_keep_their_numbers() {
        assert_eq!((Kind::LearnerState as u16, Kind::SymbolicFactor as u16, Kind::NetworkModel as u16), (1, 2, 4));
        for number in 0..100 {
            let kind = Kind::from_number(number);
            assert!(kind.is_none_or(|kind| kind as u16 == number));
            assert_eq!(kind.is_some(), [1, 2, 4, 5, 6, 7].contains(&number));
        }
    }

    #[test]
    fn lengths_are_exact_and_saturate() {
        assert_eq!(container_len(&[]), 64);
        assert_eq!(container_len(&[0]), 80);
        assert_eq!(container_len(&[1]), 96);
        assert_eq!(container_len(&[16, 17]), 64 + 32 + 16 + 32);
        assert_eq!(container_len(&[usize::MAX]), usize::MAX);
        assert_eq!(container_len(&[usize::MAX - 90, 0]), usize::MAX);
    }

    #[test]
    fn each_rule_of_the_header_names_its_byte() {
        let good = Header { kind: Kind::LearnerState, version: 3, total: 64, sections: 0, crc: 5 }.bytes();
        let parsed = Header::parse(&good).ok().unwrap();
        assert_eq!((parsed.version, parsed.total, parsed.sections, parsed.crc), (3, 64, 0, 5));
        assert_eq!(stored_len(&good), Ok(64));
        let refused = |at: usize, value: u8| {
            let mut bad = good;
            bad[at] = value;
            stored_len(&bad).err()
        };
        assert_eq!(refused(0, b'X'), Some(Error::Corrupt { field: Field::Header, index: 0 }));
        for at in [4, 6, 8, 24, 63] {
            assert_eq!(refused(at, 9), Some(Error::OutOfRange { field: Field::Header, index: at }));
        }
        assert_eq!(stored_len(&good[..63]), Err(Error::Length { field: Field::Header, need: 64, got: 63 }));
    }
}
