//! Norms, groups, order, variation.

use crate::proximal::{Scratch, alone, over};
use crate::proximal_scratch::with_scratch;
use crate::status::{size, ts_status_t};
use tinysolve::Field;
use tinysolve::prox::groups::{GroupLasso, Groups, SparseGroupLasso, SparseGroups, Wgsef};
use tinysolve::prox::norms::{HuberNorm, L1MinusL2, L2, LInfinity, Largest, NonnegativeL2, SquaredL1};
use tinysolve::prox::ordered::{Isotonic, SortedL1, SumOfLargest, SumOfLargestMagnitudes};
use tinysolve::prox::variation::{FusedLasso, LinearTimeTotalVariation, PlaneTotalVariation, TotalVariation};

/// Prox of step times |x|.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_l2(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &L2) }
}

/// Prox of step times |x| over x >= 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_nonnegative_l2(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &NonnegativeL2) }
}

/// Prox of step times Huber's function of |x|, width > 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_huber_norm(x: *mut f32, n: u32, step: f32, width: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &HuberNorm { width }) }
}

/// Prox of step times max |x_i|.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_l_infinity(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &LInfinity) }
}

/// Prox of step times max x_i.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_largest(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &Largest) }
}

/// Prox of step / 2 times the square of the sum of |x_i|.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_squared_l1(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &SquaredL1) }
}

/// Prox of step times (sum of |x_i| - share |x|), share from 0 to 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_l1_minus_l2(x: *mut f32, n: u32, step: f32, share: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &L1MinusL2 { share }) }
}

/// Prox of step times the sum of norms of groups of group_len elements, at least 1; the last one may be
/// shorter. `OUT_OF_RANGE` (groups) for a length of 0, here and below. Other lengths, weights: `ts_prox_group_lasso_of`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_group_lasso(x: *mut f32, n: u32, step: f32, group_len: u32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &GroupLasso { groups: Groups::Equal(size(group_len)), weights: &[] }) }
}

/// Prox of step times the sum of norms of such groups and absolute times the sum of |x_i|, absolute at least 0. Other lengths,
/// weights: `ts_prox_sparse_group_lasso_of`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_sparse_group_lasso(
    x: *mut f32,
    n: u32,
    step: f32,
    group_len: u32,
    absolute: f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &SparseGroupLasso { groups: Groups::Equal(size(group_len)), weights: &[], absolute }) }
}

/// The count such groups of largest norm stay, at least 1, the others become 0. Scratch: one element a group. Other lengths:
/// `ts_prox_sparse_groups_of`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_sparse_groups(
    x: *mut f32,
    n: u32,
    step: f32,
    group_len: u32,
    count: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        with_scratch(
            (x, n, step),
            Scratch(scratch, scratch_len),
            &SparseGroups { groups: Groups::Equal(size(group_len)), count: size(count) },
        )
    }
}

/// Prox of step times the group sparse envelope of count such groups, at least 1: the largest convex function below half the
/// squares where no more than count groups are not 0. Scratch: one element a group. Other lengths, weights: `ts_prox_wgsef_of`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_wgsef(
    x: *mut f32,
    n: u32,
    step: f32,
    group_len: u32,
    count: u32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        with_scratch(
            (x, n, step),
            Scratch(scratch, scratch_len),
            &Wgsef { groups: Groups::Equal(size(group_len)), weights: &[], count: size(count) },
        )
    }
}

/// Prox of step times the sum of the count largest x_i, at least 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_sum_of_largest(x: *mut f32, n: u32, step: f32, count: u32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &SumOfLargest { count: size(count) }) }
}

/// Prox of step times the sum of the count largest |x_i|, at least 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_sum_of_largest_magnitudes(x: *mut f32, n: u32, step: f32, count: u32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &SumOfLargestMagnitudes { count: size(count) }) }
}

/// Prox of step times the sorted L1 norm, n nonincreasing weights of at least 0; `UNORDERED` (weights) at the first that is
/// larger than the one before. Scratch: 3 n.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_sorted_l1(
    x: *mut f32,
    n: u32,
    step: f32,
    weights: *const f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        over((x, n, step), [(Field::Weights, weights, size(n))], Scratch(scratch, scratch_len), |[weights]| {
            Ok(SortedL1 { weights })
        })
    }
}

/// Projection on x_0 <= x_1 <= ... Scratch: n.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_isotonic(
    x: *mut f32,
    n: u32,
    step: f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { with_scratch((x, n, step), Scratch(scratch, scratch_len), &Isotonic) }
}

/// Prox of step times the sum of |x_{i+1} - x_i|, without scratch; n² / 2 visits of an element at worst.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_total_variation(x: *mut f32, n: u32, step: f32) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &TotalVariation) }
}

/// The same in a time of order n. Scratch: 5 n.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_total_variation_linear(
    x: *mut f32,
    n: u32,
    step: f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { with_scratch((x, n, step), Scratch(scratch, scratch_len), &LinearTimeTotalVariation) }
}

/// Prox of step times (differences times the sum of |x_{i+1} - x_i| + absolute times the sum of |x_i|), differences
/// above 0, absolute at least 0. n² / 2 visits of an element at worst.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_fused_lasso(
    x: *mut f32,
    n: u32,
    step: f32,
    differences: f32,
    absolute: f32,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe { alone(x, n, step, &FusedLasso { variation: TotalVariation, differences, absolute }) }
}

/// The same in a time of order n. Scratch: 5 n.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_fused_lasso_linear(
    x: *mut f32,
    n: u32,
    step: f32,
    differences: f32,
    absolute: f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        with_scratch(
            (x, n, step),
            Scratch(scratch, scratch_len),
            &FusedLasso { variation: LinearTimeTotalVariation, differences, absolute },
        )
    }
}

/// Prox of step times the anisotropic total variation of rows x columns pixels, n of them. Ends when a round
/// moves nothing by more than tolerance times the largest magnitude, or after `rounds`, at least 1. Scratch: 2 n + the longer
/// side. `OUT_OF_RANGE` (size, iterations, tolerance).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ts_prox_plane_total_variation(
    x: *mut f32,
    n: u32,
    step: f32,
    rows: u32,
    columns: u32,
    rounds: u32,
    tolerance: f32,
    scratch: *mut f32,
    scratch_len: usize,
) -> ts_status_t {
    // SAFETY: the pointers are as the header demands.
    unsafe {
        with_scratch(
            (x, n, step),
            Scratch(scratch, scratch_len),
            &PlaneTotalVariation { rows: size(rows), columns: size(columns), rounds, tolerance },
        )
    }
}
