//! Reading a container: everything is checked once, then sections are looked at where they lie.

use super::element::ElementType;
use super::header::{ALIGNMENT, Header, Kind, RECORD_LEN, checksum, preamble};
use super::section::{Record, Section};
use crate::error::{Error, Field};

/// A checked container over bytes of the caller's, in flash as a rule.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    table: &'a [[u8; RECORD_LEN]],
    kind: Kind,
    version: u16,
}

impl<'a> Reader<'a> {
    /// Checks a container that is to be read in place. Costs one pass over the bytes, about 10 instructions each on a
    /// Cortex-M4.
    ///
    /// # Errors
    /// - `Length` of `Field::Header`: fewer than 64 bytes; of `Field::Bytes`: not as many bytes as the header says (see
    ///   [`stored_len`](super::stored_len)).
    /// - `Corrupt` of `Field::Header`: not a container; of `Field::Bytes`: the checksum is wrong; of `Field::Sections`,
    ///   with the index of the section: offset not a multiple of 16, unknown type, bytes not a whole number of elements.
    /// - `OutOfRange` of `Field::Header`, with the byte in the header: a format or kind unknown here, a reserved byte that
    ///   is not 0, an impossible length (12) or number of sections (16); of `Field::Sections`: a section beyond the end.
    /// - `Unordered` of `Field::Sections`: a section that starts before the table or the section before it ends.
    /// - `Misaligned` of `Field::Bytes`: the bytes do not start at a multiple of the largest element's size.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Error> {
        let reader = Self::unaligned(bytes)?;
        let need = reader.sections().map(|section| section.element.size()).fold(1, usize::max);
        // The sizes are powers of two and sections lie at multiples of 16, so the start decides for all of them.
        if bytes.as_ptr().addr() & (need - 1) == 0 {
            Ok(reader)
        } else {
            Err(Error::Misaligned { field: Field::Bytes })
        }
    }

    /// As [`new`](Self::new) for bytes of any alignment, such as a buffer just received: sections are then read with
    /// [`iter`](Section::iter) and [`copy_to`](Section::copy_to).
    ///
    /// # Errors
    /// As [`new`](Self::new), without `Misaligned`.
    pub fn unaligned(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::opened(bytes, true)
    }

    /// As [`unaligned`](Self::unaligned); without the checksum for a container that has passed it before.
    pub(crate) fn opened(bytes: &'a [u8], checked: bool) -> Result<Self, Error> {
        let header = Header::parse(bytes)?;
        let refuse = |index| Error::OutOfRange { field: Field::Header, index };
        let total = usize::try_from(header.total).map_err(|_| refuse(12))?;
        if total != bytes.len() {
            return Err(Error::Length { field: Field::Bytes, need: total, got: bytes.len() });
        }
        if !total.is_multiple_of(ALIGNMENT) {
            return Err(refuse(12));
        }
        let count = usize::try_from(header.sections).map_err(|_| refuse(16))?;
        let start = preamble(count);
        let table = bytes.get(super::HEADER_LEN..start).ok_or(refuse(16))?;
        if checked && checksum(bytes) != header.crc {
            return Err(Error::Corrupt { field: Field::Bytes, index: 0 });
        }
        let (table, _) = table.as_chunks::<RECORD_LEN>();
        let mut end = start;
        for (index, record) in table.iter().enumerate() {
            end = check(Record::parse(*record), index, end, total)?;
        }
        Ok(Self { bytes, table, kind: header.kind, version: header.version })
    }

    /// What the container holds.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Version of the kind.
    #[must_use]
    pub const fn version(&self) -> u16 {
        self.version
    }

    /// The container is of this kind, and of a version from 1 to `newest`.
    ///
    /// # Errors
    /// `OutOfRange` of `Field::Header`, index 8 for another kind and 10 for another version.
    pub fn require(&self, kind: Kind, newest: u16) -> Result<(), Error> {
        if self.kind != kind {
            return Err(Error::OutOfRange { field: Field::Header, index: 8 });
        }
        if self.version == 0 || self.version > newest {
            return Err(Error::OutOfRange { field: Field::Header, index: 10 });
        }
        Ok(())
    }

    /// Number of sections.
    #[must_use]
    pub const fn section_count(&self) -> usize {
        self.table.len()
    }

    /// One section, by its place in the table.
    ///
    /// # Errors
    /// `OutOfRange` of `Field::Sections` with `index` if there are not so many.
    pub fn section(&self, index: usize) -> Result<Section<'a>, Error> {
        self.table
            .get(index)
            .and_then(|record| self.view(index, Record::parse(*record)))
            .ok_or(Error::OutOfRange { field: Field::Sections, index })
    }

    /// The first section with this tag.
    ///
    /// # Errors
    /// `OutOfRange` of `Field::Sections` with the number of sections as index if none has it.
    pub fn find(&self, tag: u32) -> Result<Section<'a>, Error> {
        self.sections()
            .find(|section| section.tag == tag)
            .ok_or(Error::OutOfRange { field: Field::Sections, index: self.table.len() })
    }

    /// All sections in order.
    pub fn sections(&self) -> impl Iterator<Item = Section<'a>> + use<'a> {
        let reader = *self;
        reader.table.iter().enumerate().filter_map(move |(index, record)| reader.view(index, Record::parse(*record)))
    }

    /// `None` never comes: every record was checked.
    fn view(&self, index: usize, record: Record) -> Option<Section<'a>> {
        let (start, len) = (usize::try_from(record.offset).ok()?, usize::try_from(record.len).ok()?);
        let bytes = self.bytes.get(start..start.checked_add(len)?)?;
        Some(Section { index, tag: record.tag, element: ElementType::from_number(record.element)?, bytes })
    }
}

/// Where the section ends, if it lies between `start` and `total` and keeps the rules.
fn check(record: Record, index: usize, start: usize, total: usize) -> Result<usize, Error> {
    let corrupt = Error::Corrupt { field: Field::Sections, index };
    let beyond = Error::OutOfRange { field: Field::Sections, index };
    let element = ElementType::from_number(record.element).ok_or(corrupt)?;
    let offset = usize::try_from(record.offset).map_err(|_| beyond)?;
    let len = usize::try_from(record.len).map_err(|_| beyond)?;
    if record.reserved != 0 || !offset.is_multiple_of(ALIGNMENT) || len & (element.size() - 1) != 0 {
        return Err(corrupt);
    }
    if offset < start {
        return Err(Error::Unordered { field: Field::Sections, index });
    }
    match offset.checked_add(len) {
        Some(end) if end <= total => Ok(end),
        _ => Err(beyond),
    }
}
