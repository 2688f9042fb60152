//! The shape of a quadratic program, and its symbolic factorisation: indices alone, the same in both precisions.

use crate::checks::{self, Ledger};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::factor::{
    Pattern, Symbolic, analyse, minimum_degree, minimum_degree_scratch, scratch_len, symbolic_len,
};
use tinysolve::splitting::qp::{QpPattern, workspace_len};
use tinysolve::{Error, Field};

/// Where P and A of a quadratic program have entries, and the symbolic factorisation. Fill it in; the arrays must stay as
/// they are from `ts_qp_init` on: changed ones give wrong numbers, never an access out of bounds.
///
/// P is given by its lower triangle, by rows, columns ascending; diagonal entries may be missing. A is given whole, by
/// rows, columns ascending. A row of A with a single entry bounds one variable, and costs least.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_qp_shape_t {
    /// Variables: rows of P.
    pub variables: u32,
    /// Constraints: rows of A.
    pub constraints: u32,
    /// Stored entries of P.
    pub p_entries: u32,
    /// Stored entries of A.
    pub a_entries: u32,
    /// Elements of `symbolic`.
    pub symbolic_len: u32,
    /// `variables` + 1 row starts, from 0 to `p_entries`.
    pub p_starts: *const u16,
    /// Columns of the entries of P.
    pub p_columns: *const u16,
    /// `constraints` + 1 row starts, from 0 to `a_entries`.
    pub a_starts: *const u16,
    /// Columns of the entries of A.
    pub a_columns: *const u16,
    /// What `ts_qp_analyse` wrote, here or on another machine.
    pub symbolic: *const u16,
}

/// What a quadratic program of some shape takes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_qp_size_t {
    /// Elements of the symbolic factorisation.
    pub symbolic_len: u32,
    /// Elements of the numeric factor.
    pub fill: u32,
    /// Rows of A with one entry.
    pub bound_rows: u32,
    /// Elements of workspace of `ts_qp_init`.
    pub workspace_len: u32,
}

impl ts_qp_shape_t {
    /// Enters the arrays, the symbolic factorisation last, if that is to be there.
    #[inline(never)]
    pub(crate) fn enter(&self, ledger: &mut Ledger, with_symbolic: bool) {
        // In the order of the pointers; which number is the length, and whether there is one more.
        const ARRAYS: [(Field, u8, u8); 5] = [
            (Field::RowPointers, 0, 1),
            (Field::Columns, 2, 0),
            (Field::ConstraintRows, 1, 1),
            (Field::ConstraintColumns, 3, 0),
            (Field::Symbolic, 4, 0),
        ];
        let (lens, arrays) = ((&raw const self.variables), &raw const self.p_starts);
        for (k, (field, len, more)) in ARRAYS.iter().enumerate().take(4 + usize::from(with_symbolic)) {
            // SAFETY: five numbers lie side by side, and five pointers.
            let (len, pointer) = unsafe { (*lens.add(usize::from(*len)), *arrays.add(k)) };
            ledger.enter(*field, pointer, size(len).saturating_add(usize::from(*more)));
        }
    }

    /// The arrays as slices: P's starts and columns, A's starts and columns.
    ///
    /// # Safety
    /// A ledger took them.
    pub(crate) unsafe fn arrays<'a>(&self) -> [&'a [u16]; 4] {
        // SAFETY: the promise above.
        unsafe {
            [
                checks::slice(self.p_starts, size(self.variables).saturating_add(1)),
                checks::slice(self.p_columns, size(self.p_entries)),
                checks::slice(self.a_starts, size(self.constraints).saturating_add(1)),
                checks::slice(self.a_columns, size(self.a_entries)),
            ]
        }
    }
}

/// `uint32_t` words of scratch for the order of elimination, and for 16-bit indices behind them.
fn scratch_words(pattern: &QpPattern<'_, u16>) -> (usize, usize) {
    let (dim, entries) = (pattern.system_dim(), pattern.system_entries());
    let halves = dim.saturating_mul(2).saturating_add(1 + entries).saturating_add(scratch_len(dim, entries));
    (minimum_degree_scratch(dim), halves.div_ceil(2))
}

/// # Safety
/// As the header says of all pointers.
unsafe fn pattern<'a>(shape: *const ts_qp_shape_t, ledger: &mut Ledger) -> Result<QpPattern<'a, u16>, Refusal> {
    // SAFETY: the promise above.
    let of = unsafe { checks::read(Field::Matrix, shape)? };
    ledger.enter(Field::Matrix, shape, 1);
    of.enter(ledger, false);
    ledger.so_far()?;
    // SAFETY: the ledger took them.
    let [p_starts, p_columns, a_starts, a_columns] = unsafe { of.arrays() };
    Ok(QpPattern::new(p_starts, p_columns, a_starts, a_columns)?)
}

/// Writes how many `uint32_t` words of scratch `ts_qp_analyse` needs for this shape, whose `symbolic` is not looked at.
///
/// Errors: `LENGTH`, `UNORDERED`, `OUT_OF_RANGE`, `TOO_LARGE` for indices that are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_scratch_len(shape: *const ts_qp_shape_t, out: *mut usize) -> ts_status_t {
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 8]>::new();
        ledger.enter(Field::Output, out, 1);
        // SAFETY: the pointers are as the header demands, and the ledger takes `out` before it is written.
        unsafe {
            let (bits, indices) = scratch_words(&pattern(shape, ledger)?);
            ledger.settle(&[Field::Output])?;
            out.write(bits.saturating_add(indices));
        }
        Ok(())
    })())
}

/// Finds an order of elimination by minimum degree and writes the symbolic factorisation, which then is to be the
/// `symbolic` of the shape: once, at the start or on another machine. About dimension³ / 32 operations. With a
/// `symbolic_len` of 0 only `out` is written: what the program takes.
///
/// Errors: `LENGTH` (workspace: the scratch; symbolic), and those of `ts_qp_scratch_len`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_qp_analyse(
    shape: *const ts_qp_shape_t,
    scratch: *mut u32,
    scratch_len: usize,
    symbolic: *mut u16,
    symbolic_len: u32,
    out: *mut ts_qp_size_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    status::done(unsafe { write_symbolic(shape, (scratch, scratch_len), (symbolic, size(symbolic_len)), out) })
}

/// # Safety
/// As the header says of all pointers.
unsafe fn write_symbolic(
    shape: *const ts_qp_shape_t,
    (scratch, got): (*mut u32, usize),
    (symbolic, symbolic_room): (*mut u16, usize),
    out: *mut ts_qp_size_t,
) -> Result<(), Refusal> {
    let ledger: &mut Ledger = &mut Ledger::<[_; 8]>::new();
    if got == 0 {
        return Err(Error::Length { field: Field::Workspace, need: 1, got }.into());
    }
    ledger.enter(Field::Output, out, 1);
    ledger.enter(Field::Workspace, scratch, got);
    ledger.enter(Field::Symbolic, symbolic, symbolic_room);
    // SAFETY: the promise above.
    let pattern = unsafe { pattern(shape, ledger)? };
    let written = [Field::Output, Field::Workspace, Field::Symbolic];
    ledger.settle(written.get(..if symbolic_room == 0 { 2 } else { 3 }).unwrap_or(&[]))?;
    let (bits, indices) = scratch_words(&pattern);
    let need = bits.saturating_add(indices);
    if got < need {
        return Err(Error::Length { field: Field::Workspace, need, got }.into());
    }
    let (dim, entries) = (pattern.system_dim(), pattern.system_entries());
    // SAFETY: the ledger took the scratch, of which the first part is for bits and the rest, as halves, for indices.
    let (bits, halves) = unsafe {
        (checks::slice_mut(scratch, bits), checks::slice_mut(scratch.wrapping_add(bits).cast::<u16>(), 2 * indices))
    };
    let mut rest = halves;
    let mut part = |len: usize| {
        let (part, after) = core::mem::take(&mut rest).split_at_mut_checked(len).unwrap_or((&mut [], &mut []));
        rest = after;
        part
    };
    let (starts, columns, order) = (part(dim + 1), part(entries), part(dim));
    let indices = part(scratch_len(dim, entries));
    pattern.write_system(starts, columns)?;
    let system = Pattern::new(starts, columns)?;
    minimum_degree(system, bits, order)?;
    let len = symbolic_len(system, order, indices)?;
    let fill = if symbolic_room > 0 {
        // SAFETY: the ledger took it, and it meets nothing else.
        analyse(system, order, indices, unsafe { checks::slice_mut(symbolic, symbolic_room) })?.fill()
    } else {
        len.saturating_sub(Symbolic::<u16>::data_len(dim, entries, 0)) / 3
    };
    let narrow = |value: usize| u32::try_from(value).map_err(|_| Error::TooLarge { field: Field::Size });
    let (p, a) = (pattern.p_entries(), pattern.a_entries());
    let (n, m, bound_rows) = (pattern.variables(), pattern.constraints(), pattern.bound_rows());
    let sizes = ts_qp_size_t {
        symbolic_len: narrow(len)?,
        fill: narrow(fill)?,
        bound_rows: narrow(bound_rows)?,
        workspace_len: narrow(workspace_len(n, m, bound_rows, p, a, fill))?,
    };
    // SAFETY: the ledger took it.
    unsafe { out.write(sizes) };
    Ok(())
}
