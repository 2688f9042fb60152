//! A multigrid cycle for coefficients that differ from face to face, and for A + c I, as a preconditioner.

use crate::checks::{self, Ledger};
use crate::cycle::{TS_SHAPE_V, ts_gates_t};
use crate::lengths::fitting;
use crate::operator::Array;
use crate::preconditioner::{Preconditioner, PreconditionerRoom, ts_preconditioner_t};
use crate::status::{self, Refusal, size, ts_status_t};
use tinysolve::linear::cycle::{CycleOptions, Gates, Plan, Shape, Varying};
use tinysolve::matrix::VariableStencil;
use tinysolve::operator::Direction;
use tinysolve::{Error, Field};

/// What a cycle for varying coefficients is built with.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_varying_config_t {
    /// The c of A + c I, which the diagonal contains, in units of it; 0 for a system without.
    pub shift: f32,
    /// `TS_SHAPE_V` or `TS_SHAPE_W`.
    pub shape: u32,
    /// Nodes off the grid there is memory for: parts of coarse cells that faces of 0 cut apart. A twelfth of the cells is
    /// enough for nearly all walls; 0 where there are none.
    pub pieces: u32,
}

impl ts_varying_config_t {
    fn options(&self) -> Result<CycleOptions, Error> {
        let shape =
            Shape::from_number(self.shape).ok_or(Error::OutOfRange { field: Field::Configuration, index: 1 })?;
        Ok(CycleOptions { shape, pieces: size(self.pieces) })
    }
}

/// Elements that hold so many bytes.
const fn elements(bytes: usize) -> usize {
    bytes.div_ceil(size_of::<f32>())
}

/// Elements of the workspace: the plan, the numbers, and the indices behind them.
const fn workspace_len(sides: [usize; 2], options: CycleOptions) -> usize {
    let [nx, ny] = sides;
    let need = Varying::<f32>::sizes(nx, ny, options);
    let indices = elements(need.indices.saturating_mul(size_of::<u16>()));
    elements(size_of::<Plan<f32>>()).saturating_add(need.numbers).saturating_add(indices)
}

/// The workspace, cut up.
///
/// # Safety
/// Nobody else uses the memory while the parts live.
unsafe fn cut(workspace: &mut [f32]) -> Result<(&mut Plan<f32>, &mut [f32]), Error> {
    let short = Error::Length { field: Field::Workspace, need: elements(size_of::<Plan<f32>>()), got: workspace.len() };
    let (plan, rest) = workspace.split_at_mut_checked(elements(size_of::<Plan<f32>>())).ok_or(short)?;
    const { assert!(align_of::<Plan<f32>>() <= align_of::<f32>()) }
    // SAFETY: long enough, aligned as asserted, and a plan is made of numbers alone: any bits are one.
    Ok((unsafe { &mut *plan.as_mut_ptr().cast::<Plan<f32>>() }, rest))
}

/// Numbers and indices, the indices in what is left.
fn halves(memory: &mut [f32], numbers_len: usize) -> (&mut [f32], &mut [u16]) {
    let (numbers, rest) = memory.split_at_mut_checked(numbers_len).unwrap_or((&mut [], &mut []));
    let len = rest.len() * (size_of::<f32>() / size_of::<u16>());
    // SAFETY: as many bytes, less aligned, and any bits are an index.
    (numbers, unsafe { core::slice::from_raw_parts_mut(rest.as_mut_ptr().cast::<u16>(), len) })
}

/// No shift, V, a twelfth of the cells as pieces. W takes about an iteration less and a fifth more multiply-adds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_varying_config_default(out: *mut ts_varying_config_t, nx: u32, ny: u32) -> ts_status_t {
    let config = ts_varying_config_t { shift: 0.0, shape: TS_SHAPE_V, pieces: nx.saturating_mul(ny) / 12 };
    // SAFETY: the pointer is as the header demands.
    status::done(unsafe { checks::write(Field::Output, out, config) })
}

/// Elements of the workspace of `ts_varying_preconditioner_init`; 0 for an unknown shape, and where they do not fit the
/// address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_varying_workspace_len(nx: u32, ny: u32, shape: u32, pieces: u32) -> usize {
    let options = ts_varying_config_t { shift: 0.0, shape, pieces }.options();
    options.map_or(0, |options| fitting(workspace_len([nx, ny].map(size), options)))
}

/// Describes one multigrid cycle for the operator of `ts_variable_stencil_init` in the plane, with the same arrays, as a
/// preconditioner: symmetric and positive definite for any gates. It builds the levels, which takes about as long as some
/// iterations; the arrays are needed no longer. Where coefficients change, call it again on the same memory. With
/// `ts_gates_hand_set`: training gains nothing here, and trained gates are for pressure on cells. The workspace has at least `ts_varying_workspace_len` elements and is
/// written by every call that uses the preconditioner. At most 32768 cells, sides rounded up to even numbers.
///
/// For coefficients that differ by up to about 100, in regions large against a cell: `cargo xtask bench --family dcd` has its
/// iterations beside others. In small or easy systems `ts_ssor_cg_...` needs less memory and no levels.
///
/// Errors: `OUT_OF_RANGE` or `TOO_LARGE` (size), `OUT_OF_RANGE` (configuration: 1 is the shape), `NOT_FINITE` or
/// `OUT_OF_RANGE` (values: the arrays, or 39 the shift, or a gate), `ZERO_DIAGONAL`, `OUT_OF_RANGE` (matrix) for a cell with a
/// positive coupling, or with less on its diagonal than couplings and shift, `LENGTH` (workspace).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_varying_preconditioner_init(
    preconditioner: *mut ts_preconditioner_t,
    nx: u32,
    ny: u32,
    centre: *const f32,
    east: *const f32,
    north: *const f32,
    mask: *const u8,
    config: *const ts_varying_config_t,
    gates: *const ts_gates_t,
    workspace: *mut f32,
    workspace_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands; configurations and gates are made of numbers.
    status::done((|| unsafe {
        let n = nx.checked_mul(ny).ok_or(Refusal::from(Error::TooLarge { field: Field::Size }))?;
        let given = checks::read(Field::Configuration, config)?;
        let given_gates = Gates::from_flat(&checks::read(Field::Values, gates)?.numbers);
        let options = given.options()?;
        let ledger: &mut Ledger = &mut Ledger::<[_; 8]>::new();
        ledger.enter(Field::Object, preconditioner, 1);
        ledger.enter(Field::Workspace, workspace, workspace_len);
        ledger.enter(Field::Values, centre, size(n));
        ledger.enter(Field::Values, east, size(n));
        ledger.enter(Field::Values, north, size(n));
        ledger.enter(Field::Mask, mask, if mask.is_null() { 0 } else { size(n) });
        ledger.enter(Field::Configuration, config, 1);
        ledger.enter(Field::Values, gates, 1);
        let written: &[Field] = if workspace_len > 0 { &[Field::Object, Field::Workspace] } else { &[Field::Object] };
        ledger.settle(written)?;
        let sides = [nx, ny].map(size);
        let need = self::workspace_len(sides, options);
        if workspace_len < need {
            return Err(Error::Length { field: Field::Workspace, need, got: workspace_len }.into());
        }
        let mask = if mask.is_null() { None } else { Some(checks::slice(mask, size(n))) };
        let coupling = [checks::slice(east, size(n)), checks::slice(north, size(n)), &[]];
        let stencil = VariableStencil::new([size(nx), size(ny), 1], checks::slice(centre, size(n)), coupling, mask)?;
        let (plan, memory) = cut(checks::slice_mut(workspace, workspace_len))?;
        let (numbers, indices) = halves(memory, Varying::<f32>::sizes(size(nx), size(ny), options).numbers);
        *plan = Varying::new(&stencil, given.shift, &given_gates, options, numbers, indices)?.suspend();
        let arrays = [Array::NONE, Array::NONE, Array::new(workspace, workspace_len)];
        let value = Preconditioner { arrays, sides: [nx, ny, 1], ..Preconditioner::empty(n, cycle) };
        preconditioner.cast::<Preconditioner>().write(value);
        Ok(())
    })())
}

/// # Safety
/// As for `Dispatch`.
unsafe fn cycle<'a>(
    preconditioner: &'a Preconditioner,
    room: &'a mut PreconditionerRoom,
) -> Result<&'a mut dyn Direction<f32>, Error> {
    let Preconditioner { sides: [nx, ny, _], arrays: [_, _, workspace], .. } = *preconditioner;
    // SAFETY: it is where it was, and meets nothing else that the call uses.
    let (plan, memory) = unsafe { cut(workspace.slice_mut())? };
    let sides = [nx, ny].map(size);
    let numbers_len = Varying::<f32>::sizes(size(nx), size(ny), plan.options()).numbers;
    let (numbers, indices) = halves(memory, numbers_len);
    Varying::resume(sides, plan, numbers, indices)?;
    Ok(room.direction.put(Kept { sides, plan, numbers, indices }))
}

/// A cycle between two calls: the view of one has no room where directions are lent.
struct Kept<'a> {
    sides: [usize; 2],
    plan: &'a Plan<f32>,
    numbers: &'a mut [f32],
    indices: &'a mut [u16],
}

impl Direction<f32> for Kept<'_> {
    fn direction(&mut self, r: &[f32], d: &mut [f32]) {
        // It was taken up once to see that it can be.
        if let Ok(mut cycle) = Varying::resume(self.sides, self.plan, self.numbers, self.indices) {
            cycle.direction(r, d);
        }
    }
}
