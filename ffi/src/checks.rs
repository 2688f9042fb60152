//! Everything that can be wrong with pointers from C, looked at before a slice is made or a byte is written.

use core::ffi::c_void;
use core::mem::MaybeUninit;

use crate::status::{
    Refusal, TS_ERROR_MISALIGNED, TS_ERROR_NULL, TS_ERROR_OVERLAP, TS_ERROR_TOO_LARGE, TS_ERROR_UNINITIALISED,
};
use tinysolve::Field;

/// Entries of which the first few are written.
type Entries = [MaybeUninit<Entry>];

/// The memory one call uses. Every pointer is entered, with what it is for; `settle` says whether all of them are usable
/// and whether what is written shares no byte with anything else. The first defect counts.
///
/// A ledger is made with room for so many entries, `Ledger::<[_; 6]>::new()`, and used without knowing how many.
pub(crate) struct Ledger<E: ?Sized = Entries> {
    count: usize,
    /// So many of them are written, where [`Ledger::only_read_from_here`] says so.
    written: usize,
    defect: Option<Refusal>,
    /// The first `count` are noted.
    entries: E,
}

#[derive(Clone, Copy)]
pub(crate) struct Entry {
    start: usize,
    /// First byte behind it.
    end: usize,
    field: u32,
}

impl Entry {
    /// Err naming `field` if it shares a byte with one of the others.
    fn lies_apart(self, others: &[Self], field: u32) -> Result<(), Refusal> {
        if others.iter().any(|other| self.start < other.end && other.start < self.end) {
            return Err(Refusal::new(TS_ERROR_OVERLAP, field, 0));
        }
        Ok(())
    }
}

/// What is known of an entry when the program is compiled: field, alignment, size, in one register.
#[derive(Clone, Copy)]
struct Kind(u32);

impl Kind {
    const fn of<T>(field: Field) -> Self {
        const { assert!(size_of::<T>() < 1 << 16 && align_of::<T>() < 1 << 8) }
        #[allow(clippy::cast_possible_truncation, reason = "asserted above")]
        Self((field as u32) << 24 | (align_of::<T>() as u32) << 16 | size_of::<T>() as u32)
    }

    const fn field(self) -> u32 {
        self.0 >> 24
    }

    const fn align(self) -> usize {
        (self.0 >> 16 & 0xff) as usize
    }

    const fn size(self) -> usize {
        (self.0 & 0xffff) as usize
    }

    /// Err if memory of this kind cannot begin here.
    #[inline(never)]
    fn look_at(self, start: usize) -> Result<(), Refusal> {
        if start == 0 {
            Err(Refusal::new(TS_ERROR_NULL, self.field(), 0))
        } else if start & self.align().wrapping_sub(1) != 0 {
            Err(Refusal::new(TS_ERROR_MISALIGNED, self.field(), 0))
        } else {
            Ok(())
        }
    }
}

impl<const ROOM: usize> Ledger<[MaybeUninit<Entry>; ROOM]> {
    pub(crate) const fn new() -> Self {
        Self { count: 0, written: 0, defect: None, entries: [MaybeUninit::uninit(); ROOM] }
    }
}

impl Ledger {
    /// Enters `len` elements from `pointer` on; of no elements, any pointer will do.
    pub(crate) fn enter<T>(&mut self, field: Field, pointer: *const T, len: usize) {
        self.enter_kind(Kind::of::<T>(field), pointer.addr(), len);
    }

    #[inline(never)]
    fn enter_kind(&mut self, kind: Kind, start: usize, len: usize) {
        if self.defect.is_some() {
            return;
        }
        // Nothing is nowhere: it meets nothing, and keeps its place among those that are written.
        let start = if len == 0 { 0 } else { start };
        if len > 0
            && let Err(refusal) = kind.look_at(start)
        {
            self.defect = Some(refusal);
            return;
        }
        let bytes = len.checked_mul(kind.size()).filter(|bytes| *bytes <= isize::MAX.unsigned_abs());
        match bytes.and_then(|bytes| start.checked_add(bytes)) {
            Some(end) => self.note(start, end, kind.field()),
            None => self.defect = Some(Refusal::new(TS_ERROR_TOO_LARGE, kind.field(), 0)),
        }
    }

    /// Enters bytes that were checked by an earlier call.
    pub(crate) fn enter_known(&mut self, start: *const c_void, bytes: usize) {
        self.note(start.addr(), start.addr().wrapping_add(bytes), 0);
    }

    /// As [`enter_known`](Self::enter_known) for memory that is written: it may share no byte with what was entered before
    /// it, so it comes last.
    pub(crate) fn enter_written(&mut self, field: Field, start: *const c_void, bytes: usize) {
        let (start, end, field) = (start.addr(), start.addr().wrapping_add(bytes), field as u32);
        if self.defect.is_none() {
            self.defect = Entry { start, end, field }.lies_apart(self.noted(), field).err();
        }
        self.note(start, end, field);
    }

    fn note(&mut self, start: usize, end: usize, field: u32) {
        match self.entries.get_mut(self.count) {
            Some(entry) => {
                entry.write(Entry { start, end, field });
                self.count += 1;
            }
            // Never: whoever makes a ledger knows how much goes in. It must not pass unseen all the same.
            None => self.defect = Some(Refusal::new(TS_ERROR_OVERLAP, Field::Object as u32, 0)),
        }
    }

    /// Whether all is well so far, the overlaps apart.
    pub(crate) fn so_far(&self) -> Result<(), Refusal> {
        self.defect.map_or(Ok(()), Err)
    }

    /// What was entered so far is written, what follows is only read.
    pub(crate) fn only_read_from_here(&mut self) {
        self.written = self.count;
    }

    /// Whether all is well, what is written being known.
    #[inline(never)]
    pub(crate) fn settle_known(&self) -> Result<(), Refusal> {
        self.so_far()?;
        let mut rest = self.noted();
        for _ in 0..self.written {
            let Some((one, others)) = rest.split_first() else { break };
            one.lies_apart(others, one.field)?;
            rest = others;
        }
        Ok(())
    }

    /// Whether all is well. The first entries, one for each of these fields, are written; the rest is only read.
    #[inline(never)]
    pub(crate) fn settle(&self, written: &[Field]) -> Result<(), Refusal> {
        self.so_far()?;
        let mut rest = self.noted();
        for field in written {
            let Some((one, others)) = rest.split_first() else { break };
            one.lies_apart(others, *field as u32)?;
            rest = others;
        }
        Ok(())
    }

    fn noted(&self) -> &[Entry] {
        // SAFETY: `note` counts an entry only after it has written it.
        unsafe { core::slice::from_raw_parts(self.entries.as_ptr().cast::<Entry>(), self.count) }
    }
}

/// The slice behind a pointer that a ledger took for this length.
///
/// # Safety
/// The memory is the caller's and initialised, and nobody writes it while the slice lives.
pub(crate) unsafe fn slice<'a, T>(pointer: *const T, len: usize) -> &'a [T] {
    if len == 0 {
        return &[];
    }
    // SAFETY: not null, aligned and short enough, as the ledger found; the rest is the promise itself.
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
    // SAFETY: not null, aligned and short enough, as the ledger found; the rest is the promise itself.
    unsafe { core::slice::from_raw_parts_mut(pointer, len) }
}

/// Err if this pointer to one `T` is null or misaligned.
pub(crate) fn usable<T>(field: Field, pointer: *const T) -> Result<(), Refusal> {
    Kind::of::<T>(field).look_at(pointer.addr())
}

/// Reads what a pointer shows that has to be given.
///
/// # Safety
/// A pointer that is neither null nor misaligned shows a `T`, any bits of which are valid.
pub(crate) unsafe fn read<T: Copy>(field: Field, pointer: *const T) -> Result<T, Refusal> {
    usable(field, pointer)?;
    // SAFETY: checked above; the rest is the caller's promise.
    Ok(unsafe { pointer.read() })
}

/// Writes to a pointer that has to be given.
///
/// # Safety
/// A pointer that is neither null nor misaligned shows memory for a `T`.
pub(crate) unsafe fn write<T>(field: Field, pointer: *mut T, value: T) -> Result<(), Refusal> {
    usable(field, pointer)?;
    // SAFETY: checked above; the rest is the caller's promise.
    unsafe { pointer.write(value) };
    Ok(())
}

/// Err unless an object begins with this mark.
pub(crate) fn marked(field: Field, mark: u32, found: u32) -> Result<(), Refusal> {
    if mark == found { Ok(()) } else { Err(Refusal::new(TS_ERROR_UNINITIALISED, field as u32, 0)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tinysolve::Error;

    fn refused(error: Error) -> Result<(), Refusal> {
        Err(Refusal::from(error))
    }

    #[test]
    fn a_pointer_is_looked_at_from_all_sides() {
        let values = [0.0_f64; 4];
        let enter = |pointer, len| {
            let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
            ledger.enter::<f64>(Field::Iterate, pointer, len);
            ledger.settle(&[])
        };
        let field = Field::Iterate;
        assert_eq!(enter(values.as_ptr(), 4), Ok(()));
        assert_eq!(enter(core::ptr::null(), 4), refused(Error::Null { field }));
        assert_eq!(enter(core::ptr::null(), 0), Ok(()));
        assert_eq!(enter(values.as_ptr().wrapping_byte_add(4), 1), refused(Error::Misaligned { field }));
        assert_eq!(enter(values.as_ptr(), usize::MAX / 4), refused(Error::TooLarge { field }));
        assert_eq!(enter(values.as_ptr(), isize::MAX.unsigned_abs() / 8 + 1), refused(Error::TooLarge { field }));
        assert_eq!(enter(core::ptr::without_provenance(usize::MAX - 7), 2), refused(Error::TooLarge { field }));
    }

    #[test]
    fn the_first_defect_counts() {
        let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
        ledger.enter::<f32>(Field::Iterate, core::ptr::null(), 1);
        ledger.enter::<f32>(Field::Workspace, core::ptr::null(), 1);
        assert_eq!(ledger.settle(&[]), refused(Error::Null { field: Field::Iterate }));
    }

    #[test]
    fn what_is_written_may_be_known_beforehand() {
        let settle = |spans: &[(Field, usize, usize)], written: usize| {
            let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
            for (k, &(field, start, bytes)) in spans.iter().enumerate() {
                if k == written {
                    ledger.only_read_from_here();
                }
                ledger.enter::<u8>(field, core::ptr::without_provenance(start), bytes);
            }
            ledger.settle_known()
        };
        let (x, b, a) = (Field::Iterate, Field::RightHandSide, Field::Matrix);
        assert_eq!(settle(&[(x, 100, 40), (b, 140, 40), (a, 60, 40)], 1), Ok(()));
        assert_eq!(settle(&[(x, 100, 40), (b, 139, 40), (a, 60, 40)], 1), refused(Error::Overlap { field: x }));
        // An empty array is nowhere, and what follows it still is only read.
        assert_eq!(settle(&[(x, 100, 0), (b, 100, 40), (a, 100, 40)], 1), Ok(()));
        assert_eq!(settle(&[(x, 100, 0), (b, 100, 40), (a, 100, 40)], 2), refused(Error::Overlap { field: b }));
    }

    #[test]
    fn overlap_is_of_bytes_and_names_the_written_buffer() {
        let settle = |spans: &[(usize, usize)], written: &[Field]| {
            let ledger: &mut Ledger = &mut Ledger::<[_; 6]>::new();
            for &(start, bytes) in spans {
                ledger.enter::<u8>(Field::Matrix, core::ptr::without_provenance(start), bytes);
            }
            ledger.settle(written)
        };
        let (x, b) = (Field::Iterate, Field::RightHandSide);
        assert_eq!(settle(&[(100, 40), (140, 40), (60, 40)], &[x]), Ok(()));
        for start in [61, 99, 100, 120, 139] {
            assert_eq!(settle(&[(100, 40), (start, 40)], &[x]), refused(Error::Overlap { field: x }), "{start}");
            assert_eq!(settle(&[(9, 9), (100, 40), (start, 40)], &[b, x]), refused(Error::Overlap { field: x }));
            assert_eq!(settle(&[(9, 9), (100, 40), (start, 40)], &[b]), Ok(()), "both are only read");
        }
        assert_eq!(settle(&[(100, 40), (120, 0), (139, 1)], &[x]), refused(Error::Overlap { field: x }));
        assert_eq!(settle(&[(100, 40), (120, 0)], &[x]), Ok(()));
        // Nothing is written, and the two that are the same are only read.
        assert_eq!(settle(&[(100, 0), (100, 40), (100, 40)], &[x]), Ok(()));
    }
}
