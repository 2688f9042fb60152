//! Reading a flatbuffer: tables, vectors and scalars by field number, every access checked.
//!
//! Offsets of a hostile file lead nowhere: what does not lie inside the file is `None`, as is what is absent.

/// The bytes of a file.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// A vector: where its elements start and how many there are.
#[derive(Clone, Copy)]
pub(super) struct Vector<'a> {
    bytes: &'a [u8],
    at: usize,
    len: usize,
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    array(bytes, at).map(|word| u32::from_le_bytes(word) as usize)
}

/// Follows the relative offset at `at`.
fn follow(bytes: &[u8], at: usize) -> Option<usize> {
    at.checked_add(word(bytes, at)?).filter(|to| *to < bytes.len())
}

impl<'a> Table<'a> {
    /// The table a file starts with.
    pub(super) fn root(bytes: &'a [u8]) -> Option<Self> {
        Some(Self { bytes, at: follow(bytes, 0)? })
    }

    /// Where a field stands.
    fn field(&self, number: usize) -> Option<usize> {
        let back = i32::from_le_bytes(array(self.bytes, self.at)?);
        let table = usize::try_from(i64::try_from(self.at).ok()? - i64::from(back)).ok()?;
        let len = usize::from(u16::from_le_bytes(array(self.bytes, table)?));
        let entry = 4 + 2 * number;
        if entry + 2 > len {
            return None;
        }
        let offset = usize::from(u16::from_le_bytes(array(self.bytes, table.checked_add(entry)?)?));
        (offset != 0).then(|| self.at + offset)
    }

    pub(super) fn byte(&self, number: usize) -> Option<u8> {
        self.bytes.get(self.field(number)?).copied()
    }

    pub(super) fn int(&self, number: usize) -> Option<i32> {
        array(self.bytes, self.field(number)?).map(i32::from_le_bytes)
    }

    pub(super) fn float(&self, number: usize) -> Option<f32> {
        array(self.bytes, self.field(number)?).map(f32::from_le_bytes)
    }

    pub(super) fn table(&self, number: usize) -> Option<Self> {
        Some(Self { bytes: self.bytes, at: follow(self.bytes, self.field(number)?)? })
    }

    /// A vector of elements of `size` bytes.
    pub(super) fn vector(&self, number: usize, size: usize) -> Option<Vector<'a>> {
        let start = follow(self.bytes, self.field(number)?)?;
        let len = word(self.bytes, start)?;
        let at = start + 4;
        let end = at.checked_add(len.checked_mul(size)?)?;
        (end <= self.bytes.len()).then_some(Vector { bytes: self.bytes, at, len })
    }

    /// Elements of a vector of four-byte integers; none if it is absent.
    pub(super) fn ints(&self, number: usize) -> Vec<i32> {
        self.vector(number, 4).map_or_else(Vec::new, |vector| {
            (0..vector.len).filter_map(|k| array(vector.bytes, vector.at + 4 * k).map(i32::from_le_bytes)).collect()
        })
    }

    pub(super) fn floats(&self, number: usize) -> Vec<f32> {
        self.ints(number).into_iter().map(|word| f32::from_bits(word.cast_unsigned())).collect()
    }

    pub(super) fn longs(&self, number: usize) -> Vec<i64> {
        self.vector(number, 8).map_or_else(Vec::new, |vector| {
            (0..vector.len).filter_map(|k| array(vector.bytes, vector.at + 8 * k).map(i64::from_le_bytes)).collect()
        })
    }

    pub(super) fn bytes(&self, number: usize) -> Option<&'a [u8]> {
        let vector = self.vector(number, 1)?;
        vector.bytes.get(vector.at..vector.at + vector.len)
    }

    pub(super) fn text(&self, number: usize) -> String {
        self.bytes(number).map_or_else(String::new, |bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    pub(super) fn tables(&self, number: usize) -> Option<Vec<Self>> {
        let vector = self.vector(number, 4)?;
        (0..vector.len)
            .map(|k| Some(Self { bytes: vector.bytes, at: follow(vector.bytes, vector.at + 4 * k)? }))
            .collect()
    }
}
