//! Sweeps in assembly, for cores with a single-precision FPU: over the nodes of one colour of a coarse level, 19 instructions a
//! node and all lines in one call, and along lines of the finest level, four cells at a time. The order of all operations is
//! that of the portable form, so the bits are the same.

#![allow(unsafe_code, reason = "naked functions and the pointers they take")]

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
#[macro_use]
mod quads;

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod finest;
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod halves;
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod lines;
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod sweep;
#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod whole;

#[cfg(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt)))]
mod choice {
    use core::any::TypeId;

    pub(in crate::linear::cycle) use super::finest::{down, product, up};
    use super::lines::{relax_lines, relax_lines_from_zero, residual_lines, subtract_lines};
    use super::sweep::Sweep;
    pub(in crate::linear::cycle) use super::whole::{Half, half_of_whole, line_of_whole};
    use crate::linear::cycle::kernels::{BLACK, RED};
    use crate::linear::cycle::layout::{Grid, Level};
    use crate::real::Real;

    /// A list of numbers as the kernels take it.
    fn list<E>(values: &[E]) -> (*const f32, usize) {
        (values.as_ptr().cast(), values.len())
    }

    /// The sweep over all nodes of one colour with values `other` of the other one, unless a list has another length.
    #[inline(always)]
    fn sweep<T, C>(
        level: Level,
        weights: &[&mut [C]; 4],
        other: &[T],
        of_node: [(*const f32, usize); 3],
        out: &mut [T],
        colour: usize,
    ) -> Option<Sweep> {
        if out.len() != level.width.wrapping_mul(level.ny) {
            return None;
        }
        sweep_to(level, weights, other, of_node, out.as_mut_ptr().cast(), colour)
    }

    /// The same for a place of any length.
    #[inline(always)]
    fn sweep_to<T, C>(
        Level { width, ny, .. }: Level,
        weights: &[&mut [C]; 4],
        other: &[T],
        of_node: [(*const f32, usize); 3],
        out: *mut f32,
        colour: usize,
    ) -> Option<Sweep> {
        let len = width.checked_mul(ny).filter(|len| *len > 0)?;
        let [up, down, same, side] = weights;
        let [(n0, l0), (n1, l1), (n2, l2)] = of_node;
        // All of them at once: each is what it has to be.
        let have =
            (up.len() ^ len) | (down.len() ^ len) | (same.len() ^ len) | (side.len() ^ len) | (other.len() ^ len);
        if have | (l0 ^ len) | (l1 ^ len) | (l2 ^ len) != 0 {
            return None;
        }
        let [(up, _), (down, _), (same, _), (side, _)] = [list(up), list(down), list(same), list(side)];
        let (other, _) = list(other);
        let is_red = colour == RED;
        // The face above a red node is the one below the black node there; at the edge of the grid the weights that are 0 serve.
        let next = up.wrapping_add(width);
        let (below, above) = if is_red { (next, down) } else { (down, next) };
        Some(Sweep {
            weights: [up, below, same, side],
            values: [other, other.wrapping_add(width), other],
            of_node: [n0, n1, n2],
            out,
            lines: ny,
            bulk: (width - 1) | if is_red { 1 << 31 } else { 0 },
            above,
            below: down.wrapping_add(len - width),
            skip: if is_red { [0, 8] } else { [4, 0] },
            back: [4 * width; 2],
            all: ny,
        })
    }

    #[inline(always)]
    pub(super) fn is_single<T: 'static, C: 'static>() -> bool {
        let single = TypeId::of::<f32>();
        TypeId::of::<T>() == single && TypeId::of::<C>() == single
    }

    /// Relaxes the nodes of one colour on the grid. Whether that is done here.
    #[inline(always)]
    pub(in crate::linear::cycle) fn relax<T: 'static, C: 'static>(
        level: Level,
        grid: &mut Grid<'_, T, C>,
        colour: usize,
        from_zero: bool,
    ) -> bool {
        let is_here = is_single::<T, C>();
        if is_here {
            relax_single(level, grid, colour, from_zero);
        }
        is_here
    }

    #[inline(never)]
    fn relax_single<T, C>(level: Level, grid: &mut Grid<'_, T, C>, colour: usize, from_zero: bool) {
        let Grid { x: [x0, x1], r: [r0, r1], gate: [g0, g1], keep: [k0, k1], weights, .. } = grid;
        let (x, other, of_node) = if colour == RED {
            (&mut **x0, &**x1, [list(g0), list(r0), list(k0)])
        } else {
            (&mut **x1, &**x0, [list(g1), list(r1), list(k1)])
        };
        let Some(mut sweep) = sweep(level, weights, other, of_node, x, colour) else { return };
        // SAFETY: T and C are f32, all lists have the length of the grid, and `out` lies in none of them.
        unsafe {
            if from_zero {
                relax_lines_from_zero(&raw mut sweep);
            } else {
                relax_lines(&raw mut sweep);
            }
        }
    }

    /// r -= A x on the grid. Whether that is done here.
    #[inline(always)]
    pub(in crate::linear::cycle) fn subtract_product<T: 'static, C: 'static>(
        level: Level,
        grid: &mut Grid<'_, T, C>,
    ) -> bool {
        let is_here = is_single::<T, C>();
        if is_here {
            subtract_single(level, grid);
        }
        is_here
    }

    #[inline(never)]
    fn subtract_single<T, C>(level: Level, grid: &mut Grid<'_, T, C>) {
        let Grid { x: [x0, x1], r: [r0, r1], d: [d0, d1], weights, .. } = grid;
        for (colour, x, other, r, d) in [(RED, &**x0, &**x1, r0, d0), (BLACK, &**x1, &**x0, r1, d1)] {
            let of_node = [list(d), list(x), list(d)];
            let Some(mut sweep) = sweep(level, weights, other, of_node, r, colour) else { return };
            // SAFETY: T and C are f32, all lists have the length of the grid, and `out` lies in none of them.
            unsafe { subtract_lines(&raw mut sweep) };
        }
    }

    /// Calls `visit` for each block of two lines with their residuals, in two `lines`. Whether that is done here.
    #[inline(always)]
    pub(in crate::linear::cycle) fn residuals<T: Real, C: 'static>(
        level: Level,
        grid: &Grid<'_, T, C>,
        lines: &mut [T],
        visit: impl FnMut(usize, &[T]),
    ) -> bool {
        let is_here = is_single::<T, C>();
        if is_here {
            residuals_single(level, grid, lines, visit);
        }
        is_here
    }

    fn residuals_single<T: Real, C>(
        level: Level,
        grid: &Grid<'_, T, C>,
        lines: &mut [T],
        mut visit: impl FnMut(usize, &[T]),
    ) {
        let Grid { x: [red, black], keep: [keep_red, keep_black], weights, .. } = grid;
        let of_node = [list(keep_red), list(red), list(keep_black)];
        let out = lines.as_mut_ptr().cast();
        let Some(mut sweep) = sweep_to(level, weights, black, of_node, out, RED) else { return };
        if lines.len() < 2 * level.width {
            return;
        }
        for block in 0..level.ny.div_ceil(2) {
            if sweep.lines == 1 {
                lines.fill(T::ZERO);
            }
            sweep.out = lines.as_mut_ptr().cast();
            // SAFETY: T and C are f32, all lists have the length of the grid, whose lines are counted down in the sweep, and
            // there are two `lines`.
            unsafe { residual_lines(&raw mut sweep) };
            visit(block, lines);
        }
    }
}

#[cfg(not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))))]
mod choice {
    use core::cell::Cell;

    use crate::linear::cycle::cells::Cells;
    use crate::linear::cycle::finest::Gate;
    use crate::linear::cycle::layout::{Grid, Level};

    #[inline(always)]
    pub(in crate::linear::cycle) fn product<T>(
        _: &Cells<'_>,
        _: [&[T; 8]; 2],
        _: &[Cell<T>],
        _: &[T],
        _: &mut [T],
    ) -> bool {
        false
    }

    #[inline(always)]
    pub(in crate::linear::cycle) fn down<T>(
        _: &Cells<'_>,
        _: &[Gate<T>; 8],
        _: &[T],
        _: &mut [T],
        _: impl FnMut(usize, &mut [T], &mut [T]),
    ) -> bool {
        false
    }

    #[inline(always)]
    pub(in crate::linear::cycle) fn up<T>(
        _: &Cells<'_>,
        _: &[Gate<T>; 8],
        _: &[T],
        _: &mut [T],
        _: &mut [T],
        _: impl FnMut(usize, [&mut [T]; 2]),
    ) -> bool {
        false
    }

    #[derive(Clone, Copy)]
    pub(in crate::linear::cycle) enum Half {
        Product,
        Smooth,
    }

    #[inline(always)]
    pub(in crate::linear::cycle) fn half_of_whole<T>(
        _: Half,
        _: &Cells<'_>,
        _: usize,
        _: &[T; 8],
        _: [&[T]; 2],
        _: &[T],
        _: &mut [T],
    ) -> bool {
        false
    }

    #[inline(always)]
    pub(in crate::linear::cycle) fn line_of_whole<T>(_: &[T; 8], _: &[u8], _: [&[T]; 3], _: &mut [T]) -> bool {
        false
    }

    #[inline(always)]
    pub(in crate::linear::cycle) fn relax<T, C>(_: Level, _: &mut Grid<'_, T, C>, _: usize, _: bool) -> bool {
        false
    }

    #[inline(always)]
    pub(in crate::linear::cycle) fn subtract_product<T, C>(_: Level, _: &mut Grid<'_, T, C>) -> bool {
        false
    }

    #[inline(always)]
    pub(in crate::linear::cycle) fn residuals<T, C>(
        _: Level,
        _: &Grid<'_, T, C>,
        _: &mut [T],
        _: impl FnMut(usize, &[T]),
    ) -> bool {
        false
    }
}

pub(super) use choice::{Half, down, half_of_whole, line_of_whole, product, relax, residuals, subtract_product, up};
