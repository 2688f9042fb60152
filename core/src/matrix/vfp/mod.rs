//! The hottest sweeps in assembly, for cores with a single-precision FPU.
//!
//! The compiler loads one word an instruction; a multiple load brings four, which is most of the gain. Multiplications and
//! additions stay apart where the Cortex-M4 is faster so (VMUL and VADD take 1 cycle each, VMLA 3); VMLA and VMLS round
//! twice, so the bits are those of the portable kernels beside which these stand. `asm!` refuses VFP registers on stable
//! Rust, hence naked functions. On every other core, and for `f64` or 32-bit indices, the functions answer `false` and
//! have done nothing; where they answer `true` the compiler knows it and leaves the portable kernel out.

#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod grid;
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod grid_squares;
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod lines;
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod rows;
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod squares;
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod variable;

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod choice {
    pub(in crate::matrix) use super::grid::relax_grid;
    pub(in crate::matrix) use super::grid_squares::{has_squares_of_grid, squares_of_grid};
    pub(in crate::matrix) use super::lines::relax_lines;
    pub(in crate::matrix) use super::rows::relax_rows;
    pub(in crate::matrix) use super::squares::squares_of_lines;
    pub(in crate::matrix) use super::variable::{relax_cells, squares_of_cells};

    use core::any::TypeId;
    use core::ops::Range;

    /// Four zeros: what is beside the edge of a grid, read with a stride of 0.
    static ZEROS: [f32; 4] = [0.0; 4];

    /// An array from `from` on, or zeros where there is none, and how far four cells are apart in it, in bytes.
    pub(super) fn beside<T>(cells: Option<&[T]>, from: usize) -> (*const f32, usize) {
        cells.map_or((ZEROS.as_ptr(), 0), |cells| (cells.as_ptr().cast::<f32>().wrapping_add(from), 16))
    }

    /// `#[inline]`, so that a kernel for another type is known not to be taken.
    #[inline]
    pub(super) fn is_single<T: 'static>() -> bool {
        TypeId::of::<T>() == TypeId::of::<f32>()
    }

    /// Lines of a grid as the kernels walk them.
    #[repr(C)]
    pub(super) struct Grid {
        /// Lines that are left; at least one.
        lines: usize,
        /// Groups of four cells a line, then single ones; at least one of these.
        fours: usize,
        ones: usize,
        /// How many lines are left at the one without a neighbour to the south, or to the north; 0 if none is such.
        at_south: usize,
        at_north: usize,
        /// Bytes of a line.
        pitch: usize,
    }

    impl Grid {
        /// No line.
        pub(super) const NONE: Self = Self { lines: 0, fours: 0, ones: 0, at_south: 0, at_north: 0, pitch: 0 };

        /// Takes some lines of a grid of which `len` cells are there; the place of their first cell, or `None` where there
        /// is nothing to do, or not the whole grid. In place: what is handed on by reference is not copied on the way.
        #[inline(never)]
        pub(super) fn set(&mut self, [nx, ny]: [usize; 2], lines: &Range<usize>, len: usize) -> Option<usize> {
            let is_whole = nx.checked_mul(ny).is_some_and(|cells| cells <= len);
            if !is_whole || nx == 0 || lines.is_empty() || lines.end > ny {
                return None;
            }
            let (count, fours) = (lines.end - lines.start, (nx - 1) / 4);
            *self = Self {
                lines: count,
                fours,
                ones: nx - 4 * fours,
                at_south: if lines.start == 0 { count } else { 0 },
                at_north: usize::from(lines.end == ny),
                pitch: size_of::<f32>() * nx,
            };
            Some(lines.start * nx)
        }
    }
}

#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
mod choice {
    use core::cell::Cell;
    use core::ops::Range;

    use crate::matrix::csr::Index;
    use crate::matrix::plane::kernels::Entries;
    use crate::matrix::stencil::{Layers, Pass};
    use crate::matrix::variable_stencil::Cells;
    use crate::operator::Order;
    use crate::real::Real;

    pub(in crate::matrix) fn relax_lines<T: Real>(
        _: Order,
        _: Entries<T>,
        _: T,
        _: [usize; 2],
        _: &Range<usize>,
        _: &[T],
        _: &[Cell<T>],
    ) -> bool {
        false
    }

    pub(in crate::matrix) fn squares_of_lines<T: Real>(
        _: Entries<T>,
        _: T,
        _: [usize; 2],
        _: &Range<usize>,
        _: &[T],
        _: &[T],
        _: &mut T,
    ) -> bool {
        false
    }

    pub(in crate::matrix) fn relax_grid<T: Real>(
        _: &Pass<T>,
        _: &Range<usize>,
        _: &[T],
        _: &[Cell<T>],
        _: &Layers<'_, Cell<T>>,
    ) -> bool {
        false
    }

    #[allow(clippy::extra_unused_type_parameters, reason = "as where there is an FPU")]
    pub(in crate::matrix) const fn has_squares_of_grid<T: Real>() -> bool {
        false
    }

    pub(in crate::matrix) fn squares_of_grid<T: Real>(
        _: &Pass<T>,
        _: &Range<usize>,
        _: &[T],
        _: &[T],
        _: &Layers<'_, T>,
        _: &mut T,
    ) {
    }

    pub(in crate::matrix) fn relax_cells<T: Real>(_: &Cells<'_, T, Cell<T>>) -> bool {
        false
    }

    pub(in crate::matrix) fn squares_of_cells<T: Real>(_: &Cells<'_, T, T>, _: T, _: &mut T) -> bool {
        false
    }

    pub(in crate::matrix) fn relax_rows<T: Real, I: Index>(
        _: [&[I]; 2],
        _: &[T],
        _: [&[T]; 2],
        _: &[Cell<T>],
        _: &[Cell<T>],
    ) -> bool {
        false
    }
}

pub(super) use choice::{
    has_squares_of_grid, relax_cells, relax_grid, relax_lines, relax_rows, squares_of_cells, squares_of_grid,
    squares_of_lines,
};
