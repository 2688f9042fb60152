//! Where a pressure solve keeps everything: sizes, the memory that C lends, and how it is cut up.

use crate::checks::{self, Ledger};
use crate::pressure::ts_pressure_t;
use crate::status::Refusal;
use tinysolve::linear::cycle::{Cells, Cycle, CycleOptions, CycleSizes, Plan, Reduced};
use tinysolve::{Error, Field};

/// Elements of the memory of a pressure solve.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_pressure_sizes_t {
    /// Elements of `codes`.
    pub codes: usize,
    /// Elements of `indices`.
    pub indices: usize,
    /// Elements of `workspace`.
    pub workspace: usize,
}

/// The memory of a pressure solve, for all calls: fill it in once. What it points to must stay as it is between calls.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_pressure_memory_t {
    /// At least as many elements as `ts_pressure_sizes` says.
    pub codes: *mut u8,
    /// Elements of `codes`.
    pub codes_len: usize,
    /// At least as many elements as `ts_pressure_sizes` says; may be null where that is 0.
    pub indices: *mut u16,
    /// Elements of `indices`.
    pub indices_len: usize,
    /// At least as many elements as `ts_pressure_sizes` says.
    pub workspace: *mut f32,
    /// Elements of `workspace`.
    pub workspace_len: usize,
}

/// What of a configuration shapes the memory.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Shaped {
    pub(crate) nx: usize,
    pub(crate) ny: usize,
    pub(crate) options: CycleOptions,
    /// Whether coefficients of coarse levels have 16 bits.
    pub(crate) is_compact: bool,
}

impl Shaped {
    pub(crate) fn of(plan: &Plan<f32>) -> Self {
        let (nx, ny) = plan.sides();
        Self { nx, ny, options: plan.options(), is_compact: plan.is_compact() }
    }

    /// Err unless a configuration is of this region, with the same levels.
    pub(crate) fn require(&self, config: &Self) -> Result<(), Error> {
        if (config.nx, config.ny) != (self.nx, self.ny) {
            Err(Error::Length { field: Field::Size, need: self.cells(), got: config.cells() })
        } else if config.options != self.options {
            Err(Error::OutOfRange { field: Field::Configuration, index: 1 })
        } else {
            Ok(())
        }
    }

    pub(crate) const fn half(&self) -> usize {
        Cells::half_len(self.nx, self.ny)
    }

    pub(crate) const fn cells(&self) -> usize {
        self.nx.saturating_mul(self.ny)
    }

    const fn cycle(&self) -> CycleSizes {
        if self.is_compact {
            Cycle::<f32, u16>::compact_sizes(self.nx, self.ny, self.options)
        } else {
            Cycle::<f32>::sizes(self.nx, self.ny, self.options)
        }
    }

    /// Elements of memory; the vectors of the method come last.
    pub(crate) const fn sizes(&self, two_words: bool) -> ts_pressure_sizes_t {
        let cycle = self.cycle();
        let vectors = self.half().saturating_mul(if two_words { 6 } else { 5 });
        ts_pressure_sizes_t {
            codes: Cells::codes_len(self.nx, self.ny),
            indices: cycle.indices,
            workspace: Reduced::<f32>::scratch_len(self.nx).saturating_add(cycle.numbers).saturating_add(vectors),
        }
    }
}

/// The memory behind the pointers.
pub(crate) struct Memory<'a> {
    pub(crate) codes: &'a mut [u8],
    pub(crate) indices: &'a mut [u16],
    pub(crate) workspace: &'a mut [f32],
}

/// The workspace, cut up.
pub(crate) struct Cut<'a> {
    pub(crate) scratch: &'a mut [f32],
    pub(crate) rhs: &'a mut [f32],
    pub(crate) black: &'a mut [f32],
    pub(crate) numbers: &'a mut [f32],
    pub(crate) vectors: &'a mut [f32],
}

impl<'a> Cut<'a> {
    pub(crate) fn of(workspace: &'a mut [f32], shaped: &Shaped) -> Result<Self, Error> {
        let numbers_len = shaped.cycle().numbers;
        let short =
            Error::Length { field: Field::Workspace, need: shaped.sizes(false).workspace, got: workspace.len() };
        let (scratch, rest) = workspace.split_at_mut_checked(Reduced::<f32>::scratch_len(shaped.nx)).ok_or(short)?;
        let (rhs, rest) = rest.split_at_mut_checked(shaped.half()).ok_or(short)?;
        let (black, rest) = rest.split_at_mut_checked(shaped.half()).ok_or(short)?;
        let (numbers, vectors) = rest.split_at_mut_checked(numbers_len).ok_or(short)?;
        Ok(Self { scratch, rhs, black, numbers, vectors })
    }
}

/// Looks at the object and the memory, and enters them; what is entered later is only read.
///
/// # Safety
/// Pointers that are neither null nor misaligned show what the header says.
pub(crate) unsafe fn enter(
    pressure: *mut ts_pressure_t,
    memory: *const ts_pressure_memory_t,
    need: ts_pressure_sizes_t,
    ledger: &mut Ledger,
) -> Result<ts_pressure_memory_t, Refusal> {
    // SAFETY: the promise above.
    let given = unsafe { checks::read(Field::Scratch, memory)? };
    let lens = [
        (Field::Mask, need.codes, given.codes_len),
        (Field::Order, need.indices, given.indices_len),
        (Field::Workspace, need.workspace, given.workspace_len),
    ];
    for (field, need, got) in lens {
        if got < need {
            return Err(Error::Length { field, need, got }.into());
        }
    }
    ledger.enter(Field::Object, pressure, 1);
    ledger.enter(Field::Mask, given.codes, given.codes_len);
    ledger.enter(Field::Workspace, given.workspace, given.workspace_len);
    ledger.enter(Field::Order, given.indices, given.indices_len);
    ledger.only_read_from_here();
    ledger.enter(Field::Scratch, memory, 1);
    Ok(given)
}

impl ts_pressure_memory_t {
    /// # Safety
    /// A ledger took the pointers, and what is written meets nothing else.
    pub(crate) unsafe fn lend<'a>(&self) -> Memory<'a> {
        // SAFETY: the promise above.
        unsafe {
            Memory {
                codes: checks::slice_mut(self.codes, self.codes_len),
                indices: checks::slice_mut(self.indices, self.indices_len),
                workspace: checks::slice_mut(self.workspace, self.workspace_len),
            }
        }
    }
}
