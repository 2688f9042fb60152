//! Direction networks of the published form, as preconditioners.

use crate::checks::{self, Ledger};
use crate::operator::Array;
use crate::preconditioner::{Preconditioner, PreconditionerRoom, ts_preconditioner_t};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::container::Reader;
use tinysolve::net::direction::{DirectionNetwork, OnGrid};
use tinysolve::operator::Direction;
use tinysolve::{Error, Field};

/// The network in a container that a ledger took.
///
/// # Safety
/// As the header says of all pointers.
unsafe fn network<'a>(container: *const u8, bytes: u32) -> Result<DirectionNetwork<'a>, Error> {
    // SAFETY: the promise above.
    DirectionNetwork::load(&Reader::new(unsafe { checks::slice(container, size(bytes)) })?)
}

/// Checks a container of a direction network, at a multiple of 16 bytes, and writes how many elements of arena it needs on a
/// grid of nx x ny x nz cells (nz = 1 for a network in 2-D). O(bytes).
///
/// Errors: `LENGTH`, `CORRUPT`, `OUT_OF_RANGE`, `UNORDERED` and `MISALIGNED` (bytes, header, sections) for what is no such
/// container; `LENGTH`, `NOT_FINITE`, `OUT_OF_RANGE` and `TOO_LARGE` (size, values, weights) for numbers that make no network;
/// `TOO_LARGE` (workspace) for an arena that cannot be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_direction_network_arena_len(
    container: *const u8,
    bytes: u32,
    nx: u32,
    ny: u32,
    nz: u32,
    arena_len: *mut u32,
) -> ts_status_t {
    status::done((|| {
        let ledger: &mut Ledger = &mut Ledger::<[_; 2]>::new();
        ledger.enter(Field::Output, arena_len, 1);
        ledger.enter(Field::Bytes, container, size(bytes));
        ledger.settle(&[Field::Output])?;
        // SAFETY: the ledger took both.
        unsafe {
            let need = network(container, bytes)?.arena_len([nx, ny, nz].map(size));
            arena_len.write(u32::try_from(need).map_err(|_| Error::TooLarge { field: Field::Workspace })?);
        }
        Ok(())
    })())
}

/// Describes a direction network as a preconditioner for `ts_dcd_init` on a grid of nx x ny x nz cells, x running fastest,
/// sides even, nz = 1 for a network in 2-D. It is not symmetric: it needs `TS_CONJUGATION_PREVIOUS` or
/// `TS_CONJUGATION_PREVIOUS_TWO`. In cells whose byte of the mask is 0 residual and direction count as 0; null for no mask.
/// Container, mask and arena must stay where they are; what is in the arena between calls does not matter. O(bytes).
///
/// Errors: those of `ts_direction_network_arena_len`; `OUT_OF_RANGE` or `TOO_LARGE` (size), `LENGTH` (workspace).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_direction_network_init(
    preconditioner: *mut ts_preconditioner_t,
    container: *const u8,
    bytes: u32,
    nx: u32,
    ny: u32,
    nz: u32,
    mask: *const u8,
    arena: *mut f32,
    arena_len: usize,
) -> ts_status_t {
    status::done((|| {
        let cells = [nx, ny, nz].into_iter().try_fold(1_u32, u32::checked_mul);
        let n = cells.ok_or(Refusal::from(Error::TooLarge { field: Field::Size }))?;
        let mask_len = if mask.is_null() { 0 } else { size(n) };
        let ledger: &mut Ledger = &mut Ledger::<[_; 4]>::new();
        ledger.enter(Field::Object, preconditioner, 1);
        ledger.enter(Field::Workspace, arena, arena_len);
        ledger.enter(Field::Bytes, container, size(bytes));
        ledger.enter(Field::Mask, mask, mask_len);
        let written: &[Field] = if arena_len > 0 { &[Field::Object, Field::Workspace] } else { &[Field::Object] };
        ledger.settle(written)?;
        let sides = [nx, ny, nz];
        // SAFETY: the ledger took all of them, and what is written meets nothing else.
        unsafe {
            let network = network(container, bytes)?;
            let mask = if mask.is_null() { None } else { Some(checks::slice(mask, mask_len)) };
            OnGrid::new(&network, sides.map(size), mask, checks::slice_mut(arena, arena_len))?;
        }
        let arrays = [Array::new(container, size(bytes)), Array::new(mask, mask_len), Array::new(arena, arena_len)];
        let value = Preconditioner { arrays, sides, ..Preconditioner::empty(n, propose) };
        // SAFETY: the ledger took the pointer; large and aligned enough by the assertions beside the type.
        unsafe { preconditioner.cast::<Preconditioner>().write(value) };
        Ok(())
    })())
}

/// # Safety
/// As for `Dispatch`.
unsafe fn propose<'a>(
    preconditioner: &'a Preconditioner,
    room: &'a mut PreconditionerRoom,
) -> Result<&'a mut dyn Direction<f32>, Error> {
    let Preconditioner { sides, arrays: [container, mask, arena], .. } = *preconditioner;
    // SAFETY: all of it is where it was, and the arena meets nothing else that the call uses.
    let (container, mask, arena) = unsafe { (container.slice(), mask.slice(), arena.slice_mut()) };
    let network = room.operator.put(DirectionNetwork::resume(container)?);
    let mask = if mask.is_empty() { None } else { Some(mask) };
    Ok(room.direction.put(OnGrid::new(&*network, sides.map(size), mask, arena)?))
}
