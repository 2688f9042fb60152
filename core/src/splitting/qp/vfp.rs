//! The passes over rows and variables in assembly, for cores with a single-precision FPU and 16-bit indices.
//!
//! A row is loaded in one instruction, and no list is walked by index. The order of all operations is that of the portable
//! passes beside which these stand, and VMLA rounds twice, so the bits are the same.

#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod iteration;
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod look;

/// What a look sums up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sums<T> {
    /// Largest residual and largest term of it, primal; then dual.
    pub(super) primal: [T; 2],
    pub(super) dual: [T; 2],
    /// x'P x and q'x.
    pub(super) objective: [T; 2],
}

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod choice {
    use core::any::TypeId;

    use super::{Sums, iteration, look};
    use crate::factor::Symbolic;
    use crate::matrix::Index;
    use crate::real::Real;
    use crate::splitting::qp::memory::{Memory, Row, Variable};
    use crate::splitting::qp::pattern::QpPattern;

    /// Arguments of all passes, loaded in this order.
    #[repr(C)]
    pub(super) struct Arguments {
        variables: *mut Variable<f32>,
        n: usize,
        /// n elements of the right-hand side, then one of each general row.
        top: *mut f32,
        ends: *const u16,
        columns: *const u16,
        rows: *mut Row<f32>,
        m: usize,
        /// Entries of the bound rows.
        own: *const f32,
        /// Stored entries of the others, each row with one more behind it.
        values: *const f32,
        scalars: [f32; 3],
    }

    /// The arguments of a pass over A; with no row and no variable where a length is not what it must be.
    #[inline(never)]
    fn arguments<T: Real, I: Index>(
        pattern: &QpPattern<'_, I>,
        memory: &mut Memory<'_, T>,
        [sigma, alpha, rest]: [T; 3],
    ) -> Arguments {
        let (n, m) = (pattern.variables(), pattern.constraints());
        let (ends, columns) = pattern.lists(false);
        let Memory { values, variables, rows, rhs, .. } = memory;
        // Parts of a workspace that are taken in this order: where one is whole, so are those before it.
        let fits = rows.len() == m && rhs.len() == pattern.system_dim();
        let (n, m) = if fits { (n, m) } else { (0, 0) };
        Arguments {
            variables: variables.as_mut_ptr().cast(),
            n,
            top: rhs.as_mut_ptr().cast(),
            ends: ends.as_ptr().cast(),
            columns: columns.as_ptr().cast(),
            rows: rows.as_mut_ptr().cast(),
            m,
            own: values.as_ptr().wrapping_add(pattern.system_entries()).cast(),
            values: values.as_ptr().wrapping_add(pattern.first_of_a()).cast(),
            scalars: [sigma.to_f32(), alpha.to_f32(), rest.to_f32()],
        }
    }

    #[inline]
    fn is_made_for<T: Real, I: Index>() -> bool {
        TypeId::of::<T>() == TypeId::of::<f32>() && TypeId::of::<I>() == TypeId::of::<u16>()
    }

    // SAFETY, of both: T is f32 and I is u16. The arguments have the lengths of the pattern, or there is no row and no
    // variable. Ends of rows ascend up to the number of columns, by `QpPattern`, which borrows them since; by them its
    // numbers of bound rows and of entries are counted, so that the pointers to entries stay in `values`, and that to the
    // general rows' elements in the right-hand side. Every column is held against n before a variable is touched.

    /// An iteration, if it was done here.
    #[inline]
    pub(in super::super) fn iterate<T: Real, I: Index>(
        pattern: &QpPattern<'_, I>,
        symbolic: &Symbolic<'_, I>,
        memory: &mut Memory<'_, T>,
        (sigma, alpha): (T, T),
    ) -> bool {
        if !is_made_for::<T, I>() {
            return false;
        }
        let mut arguments = arguments(pattern, memory, [sigma, alpha, T::ONE - alpha]);
        // SAFETY: see above.
        unsafe { iteration::right_hand_side(&raw const arguments) };
        memory.factor.substitute(symbolic, memory.rhs);
        // The old pointer ended with the solve's loan.
        arguments.top = memory.rhs.as_mut_ptr().cast();
        // SAFETY: see above.
        unsafe { iteration::project(&raw const arguments) };
        true
    }

    /// The passes of a look, if they were done here; the free elements are 0 before.
    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "halves of a double word")]
    pub(in super::super) fn sums<T: Real, I: Index>(
        pattern: &QpPattern<'_, I>,
        memory: &mut Memory<'_, T>,
    ) -> Option<Sums<T>> {
        if !is_made_for::<T, I>() {
            return None;
        }
        // Written out: a loop over two is longer.
        let halves = |both: u64| [T::from_bits_u64(both & 0xffff_ffff), T::from_bits_u64(both >> 32)];
        let mut arguments = arguments(pattern, memory, [T::ZERO; 3]);
        let (ends, columns) = pattern.lists(true);
        let mut objective = [0.0; 2];
        // SAFETY: see above; P has its entries before those of A, and the sums have their place.
        let (primal, dual) = unsafe {
            let primal = look::constraints(&raw const arguments);
            (arguments.ends, arguments.columns) = (ends.as_ptr().cast(), columns.as_ptr().cast());
            arguments.values = memory.values.as_ptr().cast();
            look::curvature(&raw const arguments);
            (primal, look::gradient(&raw const arguments, &raw mut objective))
        };
        let [square, linear] = objective;
        let objective = [T::from_f32(square), T::from_f32(linear)];
        Some(Sums { primal: halves(primal), dual: halves(dual), objective })
    }
}

#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
mod choice {
    use super::Sums;
    use crate::factor::Symbolic;
    use crate::matrix::Index;
    use crate::real::Real;
    use crate::splitting::qp::memory::Memory;
    use crate::splitting::qp::pattern::QpPattern;

    pub(in super::super) fn iterate<T: Real, I: Index>(
        _: &QpPattern<'_, I>,
        _: &Symbolic<'_, I>,
        _: &mut Memory<'_, T>,
        _: (T, T),
    ) -> bool {
        false
    }

    pub(in super::super) fn sums<T: Real, I: Index>(_: &QpPattern<'_, I>, _: &mut Memory<'_, T>) -> Option<Sums<T>> {
        None
    }
}

pub(super) use choice::{iterate, sums};
