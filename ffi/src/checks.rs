//! Everything that can be wrong with pointers from C, looked at before a slice is made or a byte is written.

use core::ffi::c_void;

use tinysolve::{Error, Field};

/// The bytes behind a pointer that is not null, is aligned, and does not run over the end of the address space.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    field: Field,
    start: usize,
    bytes: usize,
}

impl Span {
    /// `len` elements from `pointer` on; of no elements, any pointer will do.
    pub(crate) fn of<T>(field: Field, pointer: *const T, len: usize) -> Result<Self, Error> {
        Self::checked(field, pointer.addr(), len, size_of::<T>(), align_of::<T>())
    }

    #[inline(never)]
    fn checked(field: Field, start: usize, len: usize, size: usize, align: usize) -> Result<Self, Error> {
        if len == 0 {
            return Ok(Self { field, start, bytes: 0 });
        }
        if start == 0 {
            return Err(Error::Null { field });
        }
        if !start.is_multiple_of(align) {
            return Err(Error::Misaligned { field });
        }
        match len.checked_mul(size) {
            Some(bytes) if bytes <= isize::MAX.unsigned_abs() && start.checked_add(bytes).is_some() => {
                Ok(Self { field, start, bytes })
            }
            _ => Err(Error::TooLarge { field }),
        }
    }

    /// Bytes that were checked before, as something that is only read.
    pub(crate) fn behind(pointer: *const c_void, bytes: usize) -> Self {
        Self { field: Field::Matrix, start: pointer.addr(), bytes }
    }

    fn meets(&self, other: &Self) -> bool {
        let apart = self.start + self.bytes <= other.start || other.start + other.bytes <= self.start;
        !(apart || self.bytes == 0 || other.bytes == 0)
    }
}

/// Err naming the first written buffer that shares a byte with another buffer.
pub(crate) fn disjoint(written: &[Span], read: &[Span]) -> Result<(), Error> {
    for (k, span) in written.iter().enumerate() {
        if written.iter().skip(k + 1).any(|other| span.meets(other)) {
            return Err(Error::Overlap { field: span.field });
        }
    }
    apart(written, read)
}

/// Err naming the first written buffer that shares a byte with one of the others.
#[inline(never)]
pub(crate) fn apart(written: &[Span], read: &[Span]) -> Result<(), Error> {
    match written.iter().find(|span| read.iter().any(|other| span.meets(other))) {
        Some(span) => Err(Error::Overlap { field: span.field }),
        None => Ok(()),
    }
}

/// The slice behind a span that was checked for this pointer and this length.
///
/// # Safety
/// `Span::of` accepted the pointer and the length, the memory is the caller's and initialised, and nobody writes it
/// while the slice lives.
pub(crate) unsafe fn slice<'a, T>(pointer: *const T, len: usize) -> &'a [T] {
    if len == 0 {
        return &[];
    }
    // SAFETY: not null, aligned and short enough, as promised; the rest is the promise itself.
    unsafe { core::slice::from_raw_parts(pointer, len) }
}

/// The same to be written.
///
/// # Safety
/// As for [`slice`], and nobody else reads the memory while the slice lives.
pub(crate) unsafe fn slice_mut<'a, T>(pointer: *mut T, len: usize) -> &'a mut [T] {
    if len == 0 {
        return &mut [];
    }
    // SAFETY: not null, aligned and short enough, as promised; the rest is the promise itself.
    unsafe { core::slice::from_raw_parts_mut(pointer, len) }
}

/// Reads what a pointer shows that has to be given.
///
/// # Safety
/// A pointer that is neither null nor misaligned shows a `T`, any bits of which are valid.
pub(crate) unsafe fn read<T: Copy>(field: Field, pointer: *const T) -> Result<T, Error> {
    Span::of(field, pointer, 1)?;
    // SAFETY: checked above; the rest is the caller's promise.
    Ok(unsafe { pointer.read() })
}

/// Writes to a pointer that has to be given.
///
/// # Safety
/// A pointer that is neither null nor misaligned shows memory for a `T`.
pub(crate) unsafe fn write<T>(field: Field, pointer: *mut T, value: T) -> Result<(), Error> {
    Span::of(field, pointer, 1)?;
    // SAFETY: checked above; the rest is the caller's promise.
    unsafe { pointer.write(value) };
    Ok(())
}

/// Err unless a flag-free object starts with this mark.
pub(crate) fn marked(field: Field, mark: u32, found: u32) -> Result<(), Error> {
    if mark == found { Ok(()) } else { Err(Error::Uninitialised { field }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_looked_at_from_all_sides() {
        let values = [0.0_f64; 4];
        let of = |pointer, len| Span::of::<f64>(Field::Iterate, pointer, len).err();
        assert_eq!(of(values.as_ptr(), 4), None);
        assert_eq!(of(core::ptr::null(), 4), Some(Error::Null { field: Field::Iterate }));
        assert_eq!(of(core::ptr::null(), 0), None);
        assert_eq!(of(values.as_ptr().wrapping_byte_add(4), 1), Some(Error::Misaligned { field: Field::Iterate }));
        assert_eq!(of(values.as_ptr(), usize::MAX / 4), Some(Error::TooLarge { field: Field::Iterate }));
        assert_eq!(
            of(core::ptr::without_provenance(usize::MAX - 7), 2),
            Some(Error::TooLarge { field: Field::Iterate })
        );
    }

    #[test]
    fn overlap_is_of_bytes_and_names_the_written_buffer() {
        let span = |field, start, bytes| Span { field, start, bytes };
        let (x, b) = (span(Field::Iterate, 100, 40), span(Field::RightHandSide, 140, 40));
        assert_eq!(disjoint(&[x], &[b]), Ok(()));
        for start in [61, 99, 100, 120, 139] {
            let other = span(Field::RightHandSide, start, 40);
            assert_eq!(disjoint(&[x], &[other]), Err(Error::Overlap { field: Field::Iterate }), "{start}");
            assert_eq!(disjoint(&[other], &[x]), Err(Error::Overlap { field: Field::RightHandSide }), "{start}");
        }
        assert_eq!(disjoint(&[x, b, x], &[]), Err(Error::Overlap { field: Field::Iterate }));
        assert_eq!(disjoint(&[b], &[b, x]), Err(Error::Overlap { field: Field::RightHandSide }));
        assert_eq!(disjoint(&[x], &[span(Field::Mask, 120, 0)]), Ok(()));
        assert_eq!(disjoint(&[], &[x, x]), Ok(()));
    }
}
