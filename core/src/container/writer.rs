//! Writing a container into memory of the caller's.

use super::element::{Element, ElementType};
use super::header::{ALIGNMENT, CRC_AT, HEADER_LEN, Header, Kind, RECORD_LEN, align_up, checksum, preamble};
use super::section::{Record, SectionSpec};
use crate::error::{self, Error, Field};

/// A container being written: the sections in the order of the table, then [`finish`](Self::finish).
///
/// The header comes last, so that what a reset leaves half written is refused by every reader.
#[derive(Debug)]
pub struct Writer<'a> {
    memory: &'a mut [u8],
    kind: Kind,
    version: u16,
    sections: usize,
    written: usize,
}

impl<'a> Writer<'a> {
    /// Lays the container out at the start of `memory`. All its bytes are set to 0 first, padding included: equal
    /// contents give equal bytes.
    ///
    /// # Errors
    /// `Length` of `Field::Output` with the exact need if `memory` is short; `TooLarge` from 4 GiB on; `OutOfRange` of
    /// `Field::Header`, index 10, for version 0. Nothing has been written then.
    pub fn new(memory: &'a mut [u8], kind: Kind, version: u16, specs: &[SectionSpec]) -> Result<Self, Error> {
        let start = preamble(specs.len());
        let need = specs.iter().fold(start, |len, spec| align_up(len.saturating_add(spec.bytes())));
        if u32::try_from(need).is_err() {
            return Err(Error::TooLarge { field: Field::Size });
        }
        if version == 0 {
            return Err(Error::OutOfRange { field: Field::Header, index: 10 });
        }
        let got = memory.len();
        let Some(memory) = memory.get_mut(..need) else {
            return Err(Error::Length { field: Field::Output, need, got });
        };
        memory.fill(0);
        let (table, _) = memory.get_mut(HEADER_LEN..start).unwrap_or(&mut []).as_chunks_mut::<RECORD_LEN>();
        let mut offset = start;
        for (record, spec) in table.iter_mut().zip(specs) {
            let (tag, element) = (spec.tag, spec.element as u16);
            *record = Record { tag, offset: narrow(offset), len: narrow(spec.bytes()), element, reserved: 0 }.bytes();
            offset = align_up(offset + spec.bytes());
        }
        Ok(Self { memory, kind, version, sections: specs.len(), written: 0 })
    }

    /// Fills the next section.
    ///
    /// # Errors
    /// `OutOfRange` of `Field::Sections` with the index of the section if all are written or this one has another type,
    /// `Length` of `Field::Sections` if it has another number of elements. The section is still to be written then.
    pub fn put<T: Element>(
        &mut self,
        values: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
    ) -> Result<(), Error> {
        let index = self.written;
        let wrong = Error::OutOfRange { field: Field::Sections, index };
        let (table, _) = self.memory.get(HEADER_LEN..preamble(self.sections)).unwrap_or(&[]).as_chunks::<RECORD_LEN>();
        let record = Record::parse(*table.get(index).ok_or(wrong)?);
        let element = ElementType::from_number(record.element).ok_or(wrong)?;
        if element != T::TYPE {
            return Err(wrong);
        }
        let (start, len) = (record.offset as usize, record.len as usize);
        let values = values.into_iter();
        error::exact(Field::Sections, len / size_of::<T>(), values.len())?;
        let place = self.memory.get_mut(start..start.saturating_add(len)).ok_or(wrong)?;
        // An iterator that lied about its length is found here.
        if !T::encode(values, place) {
            return Err(wrong);
        }
        self.written += 1;
        Ok(())
    }

    /// Writes header and checksum; answers the bytes of the container.
    ///
    /// # Errors
    /// `Length` of `Field::Sections` if not all sections have been written.
    pub fn finish(self) -> Result<&'a mut [u8], Error> {
        error::exact(Field::Sections, self.sections, self.written)?;
        let Self { memory, kind, version, sections, .. } = self;
        let unsealed = Header { kind, version, total: narrow(memory.len()), sections: narrow(sections), crc: 0 };
        store(memory, unsealed);
        let crc = checksum(memory);
        store(memory, Header { crc, ..unsealed });
        Ok(memory)
    }
}

fn store(memory: &mut [u8], header: Header) {
    if let Some(place) = memory.first_chunk_mut::<HEADER_LEN>() {
        *place = header.bytes();
    }
}

/// Exact: the total was checked to fit.
#[allow(clippy::cast_possible_truncation, reason = "no part is longer than the whole, which was checked")]
const fn narrow(value: usize) -> u32 {
    value as u32
}

const _: () = assert!(HEADER_LEN.is_multiple_of(ALIGNMENT) && RECORD_LEN == ALIGNMENT && CRC_AT + 4 <= HEADER_LEN);
