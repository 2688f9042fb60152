//! Steps with which the primal-dual methods converge, from the norm of the matrix.

use crate::checks::{self, Ledger};
use crate::splitting::ts_splitting_config_t;
use crate::status::{self, size, ts_status_t};
use tinysolve::matrix::MatRef;
use tinysolve::splitting::{PrimalDualConfig, norm_of};
use tinysolve::{Error, Field};

/// Writes an estimate of the norm of a matrix, its largest singular value, from below: so many iterations of the power
/// method, 30 are within a per cent as a rule. The matrix has rows times columns elements, row after row. Scratch: rows +
/// columns. The square of the norm is the Lipschitz constant of least squares, which the step of a gradient is one over.
///
/// Errors: `LENGTH` (workspace), `NOT_FINITE` (values: the matrix), `OUT_OF_RANGE` (iterations: 0).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_matrix_norm(
    matrix: *const f32,
    rows: u32,
    columns: u32,
    iterations: u32,
    norm: *mut f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    status::done((|| {
        let entries = size(rows).saturating_mul(size(columns));
        let ledger: &mut Ledger = &mut Ledger::<[_; 3]>::new();
        ledger.enter(Field::Output, norm, 1);
        ledger.enter(Field::Workspace, scratch, scratch_len);
        ledger.enter(Field::Values, matrix, entries);
        ledger.settle(&[Field::Output, Field::Workspace])?;
        if iterations == 0 {
            return Err(Error::OutOfRange { field: Field::Iterations, index: 0 }.into());
        }
        let need = size(rows).saturating_add(size(columns));
        if scratch_len < need {
            return Err(Error::Length { field: Field::Workspace, need, got: scratch_len }.into());
        }
        // SAFETY: the ledger took all of them, and what is written meets nothing else.
        unsafe {
            let entries = checks::slice(matrix, entries);
            if let Some(index) = entries.iter().position(|entry| !entry.is_finite()) {
                return Err(Error::NotFinite { field: Field::Values, index }.into());
            }
            let matrix = MatRef::row_major(entries, size(rows), size(columns))?;
            let scratch = checks::slice_mut(scratch, scratch_len);
            let (x, y) = scratch.split_at_mut_checked(size(columns)).unwrap_or((&mut [], &mut []));
            norm.write(norm_of(&matrix, iterations, x, y)?);
        }
        Ok(())
    })())
}

/// Puts steps into a configuration with which Chambolle and Pock's method and that of Condat and Vu converge, and leaves the rest of it
/// alone. `norm` is that of the matrix, as from `ts_matrix_norm`, at least 0; `lipschitz` is the squared norm of the smooth
/// part's matrix, 0 without one; `ratio`, above 0, is the dual step over the primal one, large if x is large against the dual variables.
///
/// Errors: `NOT_FINITE`, `OUT_OF_RANGE` (configuration: 0 norm, 1 lipschitz, 2 ratio).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_splitting_config_steps(
    config: *mut ts_splitting_config_t,
    norm: f32,
    lipschitz: f32,
    ratio: f32,
) -> ts_status_t {
    status::done((|| {
        // SAFETY: the pointer is as the header demands.
        let mut values = unsafe { checks::read(Field::Output, config.cast_const())? };
        for (index, value) in [norm, lipschitz, ratio].into_iter().enumerate() {
            let field = Field::Configuration;
            if !value.is_finite() {
                return Err(Error::NotFinite { field, index }.into());
            }
            if value < 0.0 || index == 2 && value == 0.0 {
                return Err(Error::OutOfRange { field, index }.into());
            }
        }
        let steps = PrimalDualConfig::for_norm(norm, lipschitz, ratio);
        (values.step, values.dual_step) = (steps.primal_step, steps.dual_step);
        // SAFETY: as above.
        unsafe { checks::write(Field::Output, config, values) }
    })())
}
