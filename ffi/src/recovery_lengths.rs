//! Elements of workspace of the recovery methods, the same in both precisions.

use crate::lengths::fitting;
use crate::measurement::ts_measurement_t;
use crate::status::size;
use crate::subgm_values::TS_SUBGM_START_SPECTRAL;
use tinysolve::recovery::{Completion, Ladder, Masked, Measurement, Online, Subgm};

type Operator = dyn Measurement<f32>;

/// Elements of workspace of `ts_ladder_init` for measurements of this kind and size (`columns` 0 for a symmetric X); 0
/// where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_ladder_workspace_len(kind: u32, rows: u32, columns: u32, rank_max: u32) -> usize {
    let of = ts_measurement_t { seed: 0, kind, rows, columns, count: 1 };
    let need = Ladder::<f32, Operator>::workspace_len(of.shape(), size(rank_max));
    fitting(need.saturating_add(of.scratch_len(rank_max)))
}

/// Elements of workspace of `ts_subgm_init` for measurements of this kind of an n x n matrix, and a factor of `columns`
/// columns; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_subgm_workspace_len(kind: u32, n: u32, columns: u32, start: u32) -> usize {
    let of = ts_measurement_t { seed: 0, kind, rows: n, columns: 0, count: 1 };
    let need = Subgm::<f32, Operator>::workspace_len(size(n), size(columns), start == TS_SUBGM_START_SPECTRAL);
    fitting(need.saturating_add(of.scratch_len(columns)))
}

/// Elements of workspace of `ts_masked_init`; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_masked_workspace_len(rows: u32, columns: u32, rank_max: u32) -> usize {
    fitting(Masked::<f32>::workspace_len(size(rows), size(columns), size(rank_max)))
}

/// Elements of workspace of `ts_completion_init`; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_completion_workspace_len(rank: u32) -> usize {
    fitting(Completion::<f32>::workspace_len(size(rank)))
}

/// Elements of workspace of `ts_online_init` for columns of n entries; 0 where they do not fit the address space.
#[unsafe(no_mangle)]
pub extern "C" fn ts_online_workspace_len(n: u32, rank: u32) -> usize {
    fitting(Online::<f32>::workspace_len(size(n), size(rank)))
}
