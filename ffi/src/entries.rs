//! The known entries of a matrix, for the methods that take them.

use crate::checks::{self, Ledger};
use crate::recovery::Data;
use crate::status::size;
use tinysolve::recovery::Entries;
use tinysolve::{Error, Field};

/// The known entries of a matrix: all of them, those a mask shows, or a list by rows. Fill it in once.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_entries_t {
    /// Rows of the matrix, at least 1.
    pub rows: u32,
    /// Columns, at least 1.
    pub columns: u32,
    /// Elements of `values`: rows x columns, or those of a list.
    pub count: u32,
    /// Row after row. What the mask does not show may be anything.
    pub values: *const f32,
    /// A byte for each element, 0 where it is not known; null where all are known, or for a list.
    pub mask: *const u8,
    /// For a list rows + 1 elements: row i has the entries `starts[i]` to `starts[i + 1]`; null for a dense matrix.
    pub starts: *const u32,
    /// Of a list: the column of each entry, ascending in a row. A sweep over the columns searches every row for each.
    pub indices: *const u16,
}

/// The same with slices.
#[derive(Clone, Copy)]
pub(crate) struct Slices<'a> {
    rows: usize,
    columns: usize,
    values: &'a [f32],
    mask: Option<&'a [u8]>,
    list: Option<(&'a [u32], &'a [u16])>,
}

impl<'a> Slices<'a> {
    /// Looks at everything.
    pub(crate) fn check(self) -> Result<Entries<'a, f32>, Error> {
        let Self { rows, columns, values, mask, list } = self;
        match list {
            Some((starts, indices)) => Entries::listed(rows, columns, starts, indices, values),
            None => Entries::dense(rows, columns, values, mask),
        }
    }

    /// What was looked at before.
    pub(crate) fn again(self) -> Result<Entries<'a, f32>, Error> {
        let Self { rows, columns, values, mask, list } = self;
        match list {
            Some((starts, indices)) => Entries::listed_again(rows, columns, starts, indices, values),
            None => Entries::dense_again(rows, columns, values, mask),
        }
    }
}

impl ts_entries_t {
    /// Elements of `mask`, `starts`, `indices`.
    fn lens(&self) -> [usize; 3] {
        if !self.starts.is_null() {
            return [0, size(self.rows).saturating_add(1), size(self.count)];
        }
        [if self.mask.is_null() { 0 } else { size(self.count) }, 0, 0]
    }
}

impl Data for ts_entries_t {
    type View<'a> = Slices<'a>;

    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    fn measurements(&self) -> usize {
        0
    }

    fn size(&self) -> u32 {
        self.count
    }

    fn enter(&self, ledger: &mut Ledger) {
        let [mask, starts, indices] = self.lens();
        ledger.enter(Field::Values, self.values, size(self.count));
        ledger.enter(Field::Mask, self.mask, mask);
        ledger.enter(Field::RowPointers, self.starts, starts);
        ledger.enter(Field::Columns, self.indices, indices);
    }

    unsafe fn view<'a>(&self) -> Slices<'a> {
        let [mask, starts, indices] = self.lens();
        // SAFETY: the promise of the trait.
        unsafe {
            Slices {
                rows: size(self.rows),
                columns: size(self.columns),
                values: checks::slice(self.values, size(self.count)),
                mask: (mask > 0).then(|| checks::slice(self.mask, mask)),
                list: (starts > 0).then(|| (checks::slice(self.starts, starts), checks::slice(self.indices, indices))),
            }
        }
    }
}
