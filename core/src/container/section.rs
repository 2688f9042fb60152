//! One section: its record in the table, and the numbers in it.

use super::cast;
use super::element::{Element, ElementType};
use super::header::RECORD_LEN;
use crate::error::{self, Error, Field};

/// What a section is to be, for [`Writer::new`](super::Writer::new).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SectionSpec {
    /// What the section is, as the kind defines.
    pub tag: u32,
    /// Type of its elements.
    pub element: ElementType,
    /// Number of its elements.
    pub len: usize,
}

impl SectionSpec {
    /// A section of `len` elements of type `T`.
    #[must_use]
    pub const fn of<T: Element>(tag: u32, len: usize) -> Self {
        Self { tag, element: T::TYPE, len }
    }

    /// Its bytes, saturating.
    #[must_use]
    pub const fn bytes(self) -> usize {
        self.len.saturating_mul(self.element.size())
    }
}

/// A record of the table, as stored.
#[derive(Clone, Copy)]
pub(super) struct Record {
    pub(super) tag: u32,
    pub(super) offset: u32,
    pub(super) len: u32,
    pub(super) element: u16,
    pub(super) reserved: u16,
}

impl Record {
    pub(super) fn parse(bytes: [u8; RECORD_LEN]) -> Self {
        let [t0, t1, t2, t3, o0, o1, o2, o3, l0, l1, l2, l3, e0, e1, r0, r1] = bytes;
        Self {
            tag: u32::from_le_bytes([t0, t1, t2, t3]),
            offset: u32::from_le_bytes([o0, o1, o2, o3]),
            len: u32::from_le_bytes([l0, l1, l2, l3]),
            element: u16::from_le_bytes([e0, e1]),
            reserved: u16::from_le_bytes([r0, r1]),
        }
    }

    pub(super) fn bytes(self) -> [u8; RECORD_LEN] {
        let [t0, t1, t2, t3] = self.tag.to_le_bytes();
        let [o0, o1, o2, o3] = self.offset.to_le_bytes();
        let [l0, l1, l2, l3] = self.len.to_le_bytes();
        let [e0, e1] = self.element.to_le_bytes();
        let [r0, r1] = self.reserved.to_le_bytes();
        [t0, t1, t2, t3, o0, o1, o2, o3, l0, l1, l2, l3, e0, e1, r0, r1]
    }
}

/// A section of a checked container.
#[derive(Clone, Copy, Debug)]
pub struct Section<'a> {
    pub(super) index: usize,
    pub(super) tag: u32,
    pub(super) element: ElementType,
    pub(super) bytes: &'a [u8],
}

impl<'a> Section<'a> {
    /// What the section is, as the kind defines.
    #[must_use]
    pub const fn tag(&self) -> u32 {
        self.tag
    }

    /// Type of the elements.
    #[must_use]
    pub const fn element_type(&self) -> ElementType {
        self.element
    }

    /// Number of elements.
    #[must_use]
    pub const fn len(&self) -> usize {
        // Sizes are powers of two: a shift, not a division.
        self.bytes.len() >> self.element.size().trailing_zeros()
    }

    /// Whether there is no element.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The stored bytes, whatever the type.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The elements where they lie, without a copy: for `T` one of the types in [`ElementType`].
    ///
    /// # Errors
    /// `OutOfRange` of `Field::Sections` with the index of this section if its elements are of another type;
    /// `Misaligned` if the container was opened by [`Reader::unaligned`](super::Reader::unaligned) and does lie
    /// unaligned, and on a big-endian host.
    pub fn values<T: Element>(&self) -> Result<&'a [T], Error> {
        self.expect::<T>()?;
        cast::view(self.bytes).ok_or(Error::Misaligned { field: Field::Bytes })
    }

    /// The elements one by one, decoded from bytes of any alignment.
    ///
    /// # Errors
    /// `OutOfRange` of `Field::Sections` with the index of this section if its elements are of another type.
    pub fn iter<T: Element>(&self) -> Result<impl ExactSizeIterator<Item = T> + 'a, Error> {
        self.expect::<T>()?;
        Ok(T::decode(self.bytes))
    }

    /// Copies all elements to memory of the caller's, from bytes of any alignment.
    ///
    /// # Errors
    /// As [`iter`](Self::iter), and `Length` of `Field::Output` unless `out` has exactly as many elements.
    pub fn copy_to<T: Element>(&self, out: &mut [T]) -> Result<(), Error> {
        let values = self.iter::<T>()?;
        error::exact(Field::Output, self.len(), out.len())?;
        for (out, value) in out.iter_mut().zip(values) {
            *out = value;
        }
        Ok(())
    }

    fn expect<T: Element>(&self) -> Result<(), Error> {
        if self.element == T::TYPE {
            Ok(())
        } else {
            Err(Error::OutOfRange { field: Field::Sections, index: self.index })
        }
    }
}
