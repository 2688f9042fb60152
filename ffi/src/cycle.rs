//! Pressure on cells, as far as precision does not matter: kinds of cells, and the gates of the multigrid cycle.

use crate::checks::{self, Ledger};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::container::Reader;
use tinysolve::linear::cycle::{FLUID, GATES, Gates, OPEN, SOLID, seal_pockets};
use tinysolve::{Error, Field};

/// Cell of a wall, or outside the region.
pub const TS_CELL_SOLID: u8 = 0;
/// Cell whose value is unknown.
pub const TS_CELL_FLUID: u8 = 1;
/// Cell whose value is 0.
pub const TS_CELL_OPEN: u8 = 2;

/// The value is 0 beyond the side x = 0.
pub const TS_OPEN_LEFT: u32 = 1;
/// The value is 0 beyond the side x = nx.
pub const TS_OPEN_RIGHT: u32 = 2;
/// The value is 0 beyond the side y = 0.
pub const TS_OPEN_BELOW: u32 = 4;
/// The value is 0 beyond the side y = ny.
pub const TS_OPEN_ABOVE: u32 = 8;

/// Every level once.
pub const TS_SHAPE_V: u32 = 0;
/// Levels from the second coarse one on twice: more work, fewer iterations.
pub const TS_SHAPE_W: u32 = 1;

/// Numbers of a `ts_gates_t`.
pub const TS_GATES: usize = 39;

const _: () = assert!(TS_GATES == GATES);
const _: () = assert!(TS_CELL_SOLID == SOLID && TS_CELL_FLUID == FLUID && TS_CELL_OPEN == OPEN);

/// The gates of a multigrid cycle: hand-set, trained, or read from a container.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_gates_t {
    /// In the order of the container.
    pub numbers: [f32; TS_GATES],
}

/// The sides that are open, from `TS_OPEN_...`.
pub(crate) fn sides(open: u32) -> Result<[bool; 4], Error> {
    if open > 15 {
        return Err(Error::OutOfRange { field: Field::Configuration, index: 4 });
    }
    Ok([1, 2, 4, 8].map(|bit| open & bit != 0))
}

/// # Safety
/// A pointer that is neither null nor misaligned shows memory for gates.
unsafe fn put(out: *mut ts_gates_t, gates: &Gates) -> Result<(), Refusal> {
    // SAFETY: the promise above.
    unsafe { checks::write(Field::Output, out, ts_gates_t { numbers: gates.flat() }) }
}

/// The classical cycle: no damping, no scaling.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_gates_hand_set(out: *mut ts_gates_t) -> ts_status_t {
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { put(out, &Gates::HAND_SET) })
}

/// Gates trained on obstacles, porous regions and thin walls of 32 x 32 and 64 x 64 cells: less work than with hand-set
/// ones on those and on larger regions like them (`cargo xtask bench --family dcd` says how much).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_gates_trained(out: *mut ts_gates_t) -> ts_status_t {
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { put(out, &Gates::TRAINED) })
}

/// Gates from a container, as training writes it; `bytes` may lie anywhere.
///
/// Errors: those of a container (header, sections, bytes), `LENGTH` and `NOT_FINITE` (values).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_gates_read(bytes: *const u8, bytes_len: usize, out: *mut ts_gates_t) -> ts_status_t {
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 2]>::new();
        ledger.enter(Field::Output, out, 1);
        ledger.enter(Field::Bytes, bytes, bytes_len);
        ledger.settle(&[Field::Output])?;
        // SAFETY: the ledger took the pointers for these lengths.
        unsafe {
            let gates = Gates::read(&Reader::unaligned(checks::slice(bytes, bytes_len))?)?;
            put(out, &gates)
        }
    })())
}

/// Turns fluid cells that no path of fluid joins to an open cell or side into solid ones, for there the pressure is free
/// by a constant, and writes their number. `open` is a sum of `TS_OPEN_...`; `queue` has one element for each cell. What
/// moves walls calls this before `ts_pressure_build`.
///
/// Errors: `OUT_OF_RANGE` (size, mask, configuration), `TOO_LARGE` (size), `LENGTH` (workspace: the queue).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_seal_pockets(
    nx: u32,
    ny: u32,
    cells: *mut u8,
    open: u32,
    queue: *mut u16,
    queue_len: usize,
    sealed: *mut u32,
) -> ts_status_t {
    status::done((|| {
        let open = sides(open)?;
        let n = size(nx).checked_mul(size(ny)).ok_or(Error::TooLarge { field: Field::Size })?;
        let ledger: &mut Ledger = &mut Ledger::<[_; 3]>::new();
        ledger.enter(Field::Output, sealed, 1);
        if n > 0 {
            ledger.enter(Field::Mask, cells, n);
        }
        if queue_len > 0 {
            ledger.enter(Field::Workspace, queue, queue_len);
        }
        ledger.settle(&[Field::Output, Field::Mask])?;
        // SAFETY: the ledger took the pointers for these lengths, and none meets another.
        unsafe {
            let (cells, queue) = (checks::slice_mut(cells, n), checks::slice_mut(queue, queue_len));
            let count = seal_pockets(size(nx), size(ny), cells, open, queue)?;
            // A region has at most 65536 cells.
            sealed.write(u32::try_from(count).unwrap_or(u32::MAX));
        }
        Ok(())
    })())
}
