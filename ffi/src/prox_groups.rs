//! Groups of any lengths, with weights. Where all groups have one length and no weights, the functions of the same names
//! without `_of` are smaller.

use crate::checks::{self, Ledger};
use crate::proximal::{Scratch, check_step, none};
use crate::status::{self, size, ts_status_t};
use tinysolve::operator::Prox;
use tinysolve::prox::groups::{GroupLasso, Groups, SparseGroupLasso, SparseGroups, Wgsef};
use tinysolve::{Error, Field};

/// How a vector is divided into consecutive groups, and what they weigh. Fill it in.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ts_prox_groups_t {
    /// Where `ends` is null: elements of every group, at least 1; the last one may be shorter.
    pub len: u32,
    /// Groups: elements of `ends` and of `weights`. Not looked at where both are null.
    pub count: u32,
    /// Group j ends before element `ends[j]`: strictly ascending, the last is n. Null for groups of `len` elements.
    pub ends: *const u32,
    /// An element a group; null for 1.
    pub weights: *const f32,
}

/// Applies an operator over groups.
///
/// # Safety
/// All pointers are as the header demands.
unsafe fn over_groups<'a, F: Prox<f32>>(
    (x, n, step): (*mut f32, u32, f32),
    groups: *const ts_prox_groups_t,
    scratch: Scratch<f32>,
    make: impl FnOnce(Groups<'a>, &'a [f32]) -> F,
) -> ts_status_t {
    status::done((|| {
        let len = if n > 0 { scratch.1 } else { 0 };
        // SAFETY: as promised.
        let of = unsafe { checks::read(Field::Groups, groups)? };
        let given = |is_null: bool| if is_null { 0 } else { size(of.count) };
        let (ends, weights) = (given(of.ends.is_null()), given(of.weights.is_null()));
        let ledger: &mut Ledger = &mut Ledger::<[_; 5]>::new();
        ledger.enter(Field::Iterate, x, size(n));
        ledger.enter(Field::Workspace, scratch.0, len);
        ledger.enter(Field::Groups, groups, 1);
        ledger.enter(Field::Groups, of.ends, ends);
        ledger.enter(Field::Weights, of.weights, weights);
        ledger.settle(&[Field::Iterate, Field::Workspace])?;
        check_step(step)?;
        // SAFETY: the ledger took both.
        let (ends, weights) = unsafe { (checks::slice(of.ends, ends), checks::slice(of.weights, weights)) };
        let division = if of.ends.is_null() { Groups::Equal(size(of.len)) } else { Groups::Ends(ends) };
        // None at all would stand for 1 each.
        if !of.weights.is_null() && weights.is_empty() && n > 0 {
            return Err(Error::Length { field: Field::Weights, need: division.count(size(n)), got: 0 }.into());
        }
        let operator = make(division, weights);
        operator.check(size(n), len)?;
        // SAFETY: the ledger took both, and they share no byte.
        unsafe { operator.prox(checks::slice_mut(x, size(n)), step, checks::slice_mut(scratch.0, len)) };
        Ok(())
    })())
}

/// Prox of step times the sum of w_g |x_g|, weights of at least 0, often the square roots of the lengths.
///
/// Errors: `NULL` (groups), `LENGTH` (weights: not one a group), `NOT_FINITE` (weights), `UNORDERED` (groups: an end is not above the
/// one before, at the index), `OUT_OF_RANGE` (step; groups: a length of 0, or the last end is not n; weights: one below 0, at the index).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_group_lasso_of(
    x: *mut f32,
    n: u32,
    step: f32,
    groups: *const ts_prox_groups_t,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { over_groups((x, n, step), groups, none(), |groups, weights| GroupLasso { groups, weights }) }
}

/// Prox of step times the sum of w_g |x_g| and absolute times the sum of |x_i|, weights and absolute of at least 0.
///
/// Errors: those of `ts_prox_group_lasso_of`; `NOT_FINITE`, `OUT_OF_RANGE` (configuration: absolute).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_sparse_group_lasso_of(
    x: *mut f32,
    n: u32,
    step: f32,
    groups: *const ts_prox_groups_t,
    absolute: f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_groups((x, n, step), groups, none(), |groups, weights| SparseGroupLasso { groups, weights, absolute })
    }
}

/// The `largest` groups of largest norm stay, at least 1, the others become 0; of equal ones those that stand first stay. The
/// weights are not used. Scratch: one element a group.
///
/// Errors: those of `ts_prox_group_lasso_of`; `LENGTH` (workspace), `OUT_OF_RANGE` (configuration: largest).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_sparse_groups_of(
    x: *mut f32,
    n: u32,
    step: f32,
    groups: *const ts_prox_groups_t,
    largest: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_groups((x, n, step), groups, Scratch(scratch, scratch_len), |groups, _| SparseGroups {
            groups,
            count: size(largest),
        })
    }
}

/// Prox of step times the weighted group sparse envelope of `largest` groups, at least 1; weights above 0. Scratch: one
/// element a group.
///
/// Errors: those of `ts_prox_group_lasso_of`, a weight of 0 too; `LENGTH` (workspace), `OUT_OF_RANGE` (configuration: largest).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_wgsef_of(
    x: *mut f32,
    n: u32,
    step: f32,
    groups: *const ts_prox_groups_t,
    largest: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over_groups((x, n, step), groups, Scratch(scratch, scratch_len), |groups, weights| Wgsef {
            groups,
            weights,
            count: size(largest),
        })
    }
}
