//! From the pattern of A and an order of elimination to the symbolic part of a sparse L D L'.

use super::pattern::Pattern;
use super::symbolic::{HEADER, Symbolic};
use crate::error::{self, Error, Field};
use crate::matrix::Index;

/// Indices of scratch that [`symbolic_len`] and [`analyse`] need: 4 n + 1 + stored entries.
#[must_use]
pub const fn scratch_len(n: usize, stored: usize) -> usize {
    n.saturating_mul(4).saturating_add(1).saturating_add(stored)
}

/// Exact indices of memory that [`analyse`] needs for this pattern and order. O(entries + fill).
///
/// # Errors
/// As [`analyse`], `Length` of `Field::Symbolic` aside.
pub fn symbolic_len<I: Index + TryFrom<usize>>(
    pattern: Pattern<'_, I>,
    order: &[I],
    scratch: &mut [I],
) -> Result<usize, Error> {
    Scratch::prepare(pattern, order, scratch).map(|(_, size)| size.data_len())
}

/// Writes the symbolic part of the factorisation of P A P' = L D L', where row `order[k]` of A is eliminated as the k-th,
/// and hands it out checked. The order decides how much fill there is: with few exceptions the natural one is poor, and
/// that of [`minimum_degree`](super::minimum_degree), made on the host, is good. O(entries + fill).
///
/// ```
/// use tinysolve::factor::{Pattern, SparseLdlt, Symbolic, analyse, scratch_len, symbolic_len};
///
/// // An arrow: eliminated from its shaft, row 0, it fills up; eliminated last, it stays sparse.
/// let (starts, columns) = ([0_u16, 1, 3, 5], [0_u16, 0, 1, 0, 2]);
/// let values = [4.0_f32, 1.0, 2.0, 1.0, 2.0];
/// let pattern = Pattern::new(&starts, &columns)?;
/// let mut scratch = [0; scratch_len(3, 5)];
/// assert_eq!(symbolic_len(pattern, &[0, 1, 2], &mut scratch)?, Symbolic::<u16>::data_len(3, 5, 3));
/// let mut memory = [0; Symbolic::<u16>::data_len(3, 5, 2)];
/// let symbolic = analyse(pattern, &[2, 1, 0], &mut scratch, &mut memory)?;
///
/// let mut workspace = [0.0; SparseLdlt::<f32, u16>::workspace_len(3, 2)];
/// let mut factor = SparseLdlt::factor(symbolic, &values, &mut workspace)?;
/// let mut x = [6.0, 3.0, 3.0];
/// factor.solve(&mut x)?;
/// assert_eq!(x, [1.0, 1.0, 1.0]);
/// # Ok::<(), tinysolve::Error>(())
/// ```
///
/// # Errors
/// Nothing is written to `memory` then.
/// - `Length` of `Field::Order` unless `order` has n elements; `OutOfRange` or `Unordered` of `Field::Order` with the first
///   element that is n or more, or came before.
/// - `Length` of `Field::Workspace` if the scratch is short, of `Field::Symbolic` if `memory` is, with the exact need.
/// - `TooLarge` of `Field::Symbolic` if the fill, or another count, does not fit the index type.
pub fn analyse<'a, I: Index + TryFrom<usize>>(
    pattern: Pattern<'_, I>,
    order: &[I],
    scratch: &mut [I],
    memory: &'a mut [I],
) -> Result<Symbolic<'a, I>, Error> {
    let (scratch, size) = Scratch::prepare(pattern, order, scratch)?;
    let need = size.data_len();
    let got = memory.len();
    let Some(memory) = memory.get_mut(..need) else {
        return Err(Error::Length { field: Field::Symbolic, need, got });
    };
    write(pattern, order, scratch, size, memory)?;
    Symbolic::new(memory)
}

#[derive(Clone, Copy)]
struct Size {
    n: usize,
    entries: usize,
    fill: usize,
}

impl Size {
    fn data_len(self) -> usize {
        Symbolic::<u16>::data_len(self.n, self.entries, self.fill)
    }
}

/// What is known before the symbolic part has a place.
struct Scratch<'s, I> {
    /// When each row of A is eliminated.
    inverse: &'s mut [I],
    /// Column counts of L.
    counts: &'s mut [I],
    /// Free for marks.
    marks: &'s mut [I],
}

impl<'s, I: Index + TryFrom<usize>> Scratch<'s, I> {
    fn prepare(pattern: Pattern<'_, I>, order: &[I], scratch: &'s mut [I]) -> Result<(Self, Size), Error> {
        let n = pattern.dim();
        let need = scratch_len(n, pattern.stored());
        error::exact(Field::Order, n, order.len())?;
        error::at_least(Field::Workspace, need, scratch.len())?;
        narrow::<I>(pattern.stored().max(n))?;
        let mut rest = scratch;
        let mut part = |len: usize| {
            let (part, after) = core::mem::take(&mut rest).split_at_mut_checked(len).unwrap_or((&mut [], &mut []));
            rest = after;
            part
        };
        let (inverse, starts, parents, marks) = (part(n), part(n + 1), part(n), part(n));
        let columns = part(pattern.stored());

        let nobody = narrow::<I>(n)?;
        inverse.fill(nobody);
        for (k, row) in order.iter().enumerate() {
            match inverse.get_mut(row.get()) {
                None => return Err(Error::OutOfRange { field: Field::Order, index: k }),
                Some(place) if *place != nobody => return Err(Error::Unordered { field: Field::Order, index: k }),
                Some(place) => *place = narrow(k)?,
            }
        }
        let entries = sort_entries(pattern, inverse, starts, |place, column, _| put(columns, place, column))?;
        let counts = count_columns(n, starts, columns, parents, marks)?;
        let fill = counts.iter().map(|count| count.get()).fold(0, usize::saturating_add);
        narrow::<I>(fill)?;
        Ok((Self { inverse, counts, marks }, Size { n, entries, fill }))
    }
}

/// Sorts the entries of P A P' by rows: `starts` is filled, and `keep` is handed place, column and source of each.
fn sort_entries<I: Index + TryFrom<usize>>(
    pattern: Pattern<'_, I>,
    inverse: &[I],
    starts: &mut [I],
    mut keep: impl FnMut(usize, I, usize) -> Result<(), Error>,
) -> Result<usize, Error> {
    let permuted = |row: usize, column: usize| {
        let (row, column) = (inverse.get(row), inverse.get(column));
        row.zip(column).map(|(row, column)| if row < column { (*column, *row) } else { (*row, *column) })
    };
    starts.fill(narrow(0)?);
    for (row, column, _) in pattern.entries() {
        if let Some((row, _)) = permuted(row, column) {
            add(starts, row.get() + 1, 1)?;
        }
    }
    let entries = accumulate(starts)?;
    // Each start runs ahead to the end of its row while the row is filled, and is set back by one row after that.
    for (row, column, source) in pattern.entries() {
        if let Some((row, column)) = permuted(row, column) {
            keep(get(starts, row.get()), column, source)?;
            add(starts, row.get(), 1)?;
        }
    }
    set_back(starts)?;
    Ok(entries)
}

/// Column counts of L, by climbing the elimination tree from each entry while the tree grows. They take the place of
/// `starts`: the count of column k begins when row k has been read.
fn count_columns<'s, I: Index + TryFrom<usize>>(
    n: usize,
    starts: &'s mut [I],
    columns: &[I],
    parents: &mut [I],
    marks: &mut [I],
) -> Result<&'s mut [I], Error> {
    let nobody = narrow::<I>(n)?;
    parents.fill(nobody);
    marks.fill(nobody);
    let mut start = 0;
    for k in 0..n {
        let end = get(starts, k + 1);
        put(marks, k, narrow(k)?)?;
        put(starts, k, narrow(0)?)?;
        for column in columns.get(start..end).unwrap_or(&[]) {
            let mut node = column.get();
            while get(marks, node) != k {
                if get(parents, node) == n {
                    put(parents, node, narrow(k)?)?;
                }
                add(starts, node, 1)?;
                put(marks, node, narrow(k)?)?;
                node = get(parents, node);
            }
        }
        start = end;
    }
    starts.get_mut(..n).ok_or(Error::TooLarge { field: Field::Symbolic })
}

/// Fills `memory`, which has the exact length.
fn write<I: Index + TryFrom<usize>>(
    pattern: Pattern<'_, I>,
    order: &[I],
    scratch: Scratch<'_, I>,
    size: Size,
    memory: &mut [I],
) -> Result<(), Error> {
    let Size { n, entries, fill } = size;
    let Scratch { inverse, counts, marks } = scratch;
    let mut rest = memory;
    let mut part = |len: usize| {
        let (part, after) = core::mem::take(&mut rest).split_at_mut_checked(len).unwrap_or((&mut [], &mut []));
        rest = after;
        part
    };
    for (place, value) in part(HEADER).iter_mut().zip([n, pattern.stored(), entries, fill]) {
        *place = narrow(value)?;
    }
    copy(order, part(n));
    copy(inverse, part(n));

    let (row_starts, columns, sources) = (part(n + 1), part(entries), part(entries));
    sort_entries(pattern, inverse, row_starts, |place, column, source| {
        put(columns, place, column)?;
        put(sources, place, narrow(source)?)
    })?;

    let (factor_starts, factor_rows) = (part(n + 1), part(fill));
    put(factor_starts, 0, narrow(0)?)?;
    for (start, count) in factor_starts.iter_mut().skip(1).zip(counts.iter()) {
        *start = *count;
    }
    accumulate(factor_starts)?;
    // The tree again, now with places: an element's column is climbed through its first row, known once it is written.
    let next = counts;
    copy(factor_starts, next);
    marks.fill(narrow(n)?);
    for k in 0..n {
        put(marks, k, narrow(k)?)?;
        for column in columns.get(get(row_starts, k)..get(row_starts, k + 1)).unwrap_or(&[]) {
            let mut node = column.get();
            while get(marks, node) != k {
                put(factor_rows, get(next, node), narrow(k)?)?;
                add(next, node, 1)?;
                put(marks, node, narrow(k)?)?;
                node = get(factor_rows, get(factor_starts, node));
            }
        }
    }

    let (pattern_starts, pattern_columns, places) = (part(n + 1), part(fill), part(fill));
    pattern_starts.fill(narrow(0)?);
    for row in factor_rows.iter() {
        add(pattern_starts, row.get() + 1, 1)?;
    }
    accumulate(pattern_starts)?;
    // Columns in ascending order give each row its columns in ascending order.
    for column in 0..n {
        for place in get(factor_starts, column)..get(factor_starts, column + 1) {
            let row = get(factor_rows, place);
            put(pattern_columns, get(pattern_starts, row), narrow(column)?)?;
            put(places, get(pattern_starts, row), narrow(place)?)?;
            add(pattern_starts, row, 1)?;
        }
    }
    set_back(pattern_starts)
}

/// The number as an index, if it fits.
fn narrow<I: Index + TryFrom<usize>>(value: usize) -> Result<I, Error> {
    I::try_from(value).map_err(|_| Error::TooLarge { field: Field::Symbolic })
}

/// As many as both have: `copy_from_slice` may panic.
fn copy<I: Index>(from: &[I], to: &mut [I]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// 0 outside the slice, which the sizes rule out.
fn get<I: Index>(items: &[I], index: usize) -> usize {
    items.get(index).map_or(0, |item| item.get())
}

fn put<I: Index>(items: &mut [I], index: usize, value: I) -> Result<(), Error> {
    *items.get_mut(index).ok_or(Error::TooLarge { field: Field::Symbolic })? = value;
    Ok(())
}

fn add<I: Index + TryFrom<usize>>(items: &mut [I], index: usize, more: usize) -> Result<(), Error> {
    let item = items.get_mut(index).ok_or(Error::TooLarge { field: Field::Symbolic })?;
    *item = narrow(item.get() + more)?;
    Ok(())
}

/// Turns counts, shifted by one, into starts; answers the total.
fn accumulate<I: Index + TryFrom<usize>>(starts: &mut [I]) -> Result<usize, Error> {
    let mut total = 0_usize;
    for start in starts {
        total = total.saturating_add(start.get());
        *start = narrow(total)?;
    }
    Ok(total)
}

/// Moves every start, run ahead to the end of its list, to where it was.
fn set_back<I: Index + TryFrom<usize>>(starts: &mut [I]) -> Result<(), Error> {
    let mut before = narrow(0)?;
    for start in starts {
        core::mem::swap(start, &mut before);
    }
    Ok(())
}
