//! One iteration: the right-hand side, a solve with the factor, and the projection onto the bounds.

use super::memory::Memory;
use super::pattern::QpPattern;
use super::vfp;
use crate::factor::Symbolic;
use crate::matrix::Index;
use crate::real::Real;

/// Iterates once with sigma and alpha.
#[inline]
pub(super) fn iterate<T: Real, I: Index>(
    pattern: &QpPattern<'_, I>,
    symbolic: &Symbolic<'_, I>,
    memory: &mut Memory<'_, T>,
    (sigma, alpha): (T, T),
) {
    if vfp::iterate(pattern, symbolic, memory, (sigma, alpha)) {
        return;
    }
    gather(pattern, memory, sigma);
    memory.factor.substitute(symbolic, memory.rhs);
    advance(pattern, memory, alpha);
}

/// The right-hand side: sigma x - q with the share of the bound rows, then z - y / rho of the general ones.
fn gather<T: Real, I: Index>(pattern: &QpPattern<'_, I>, memory: &mut Memory<'_, T>, sigma: T) {
    let Memory { values, variables, rows, rhs, .. } = memory;
    let Some((top, bottom)) = rhs.split_at_mut_checked(variables.len()) else { return };
    for (rhs, [_, q, x, ..]) in top.iter_mut().zip(variables.iter()) {
        *rhs = sigma * *x - *q;
    }
    let (mut bottom, mut own) = (bottom.iter_mut(), pattern.own_entries(values).iter());
    for (bounded, [.., z, dual, _, weight]) in pattern.bounded().zip(rows.iter()) {
        let target = *z - *dual;
        if let Some(column) = bounded {
            let entry = own.next().copied().unwrap_or(T::ZERO);
            if let Some(rhs) = top.get_mut(column) {
                *rhs += *weight * entry * target;
            }
        } else if let Some(rhs) = bottom.next() {
            *rhs = target;
        }
    }
}

/// z, y and x from the solution.
fn advance<T: Real, I: Index>(pattern: &QpPattern<'_, I>, memory: &mut Memory<'_, T>, alpha: T) {
    let Memory { values, variables, rows, rhs, .. } = memory;
    let Some((top, bottom)) = rhs.split_at_checked(variables.len()) else { return };
    let (mut bottom, mut own) = (bottom.iter(), pattern.own_entries(values).iter());
    for (bounded, [_, lower, upper, z, dual, _, weight]) in pattern.bounded().zip(rows.iter_mut()) {
        let solved = match bounded {
            Some(column) => own.next().copied().unwrap_or(T::ZERO) * top.get(column).copied().unwrap_or(T::ZERO),
            None => *z - *dual + *weight * bottom.next().copied().unwrap_or(T::ZERO),
        };
        let moved = alpha * solved + (T::ONE - alpha) * *z + *dual;
        *z = moved.max(*lower).min(*upper);
        *dual = moved - *z;
    }
    for ([_, _, x, ..], solved) in variables.iter_mut().zip(top) {
        *x += alpha * (*solved - *x);
    }
}
