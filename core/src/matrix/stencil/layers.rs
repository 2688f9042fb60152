//! Sweeps over lines of a layer that may have a layer below and above it, and fixed cells.

use core::cell::Cell;
use core::ops::Range;

use crate::matrix::plane::kernels::Entries;
use crate::matrix::vfp;
use crate::operator::Order;
use crate::real::Real;

/// What a layer meets in the third dimension, and which of its cells are fixed.
pub(in crate::matrix) struct Layers<'x, E> {
    pub(in crate::matrix) down: Option<&'x [E]>,
    pub(in crate::matrix) up: Option<&'x [E]>,
    pub(in crate::matrix) mask: Option<&'x [u8]>,
    /// Whether there is a third dimension.
    pub(in crate::matrix) is_solid: bool,
}

impl<E> Layers<'_, E> {
    #[inline]
    pub(in crate::matrix) fn is_free(&self, k: usize) -> bool {
        self.mask.is_none_or(|mask| mask.get(k) != Some(&0))
    }

    /// The fewest cells that anything there is has, `len` included.
    #[cfg_attr(
        not(all(target_arch = "arm", any(target_abi = "eabihf", tinysolve_softfp_vsqrt))),
        allow(dead_code, reason = "for the assembly kernels")
    )]
    pub(in crate::matrix) fn shortest(&self, len: usize) -> usize {
        let cut = |len: usize, layer: Option<&[E]>| layer.map_or(len, |layer| layer.len().min(len));
        self.mask.map_or(len, |mask| mask.len().min(len)).min(cut(cut(len, self.down), self.up))
    }
}

/// The values of a sweep over layers of nx x ny cells: x = centre x + rhs b + across (south + north)
/// + through (down + up) + along (east + west); or of a residual, rhs (b - A x).
pub(in crate::matrix) struct Pass<T> {
    pub(in crate::matrix) shape: [usize; 2],
    pub(in crate::matrix) weights: Entries<T>,
    pub(in crate::matrix) rhs: T,
    pub(in crate::matrix) through: T,
}

impl<T: Real> Pass<T> {
    /// Over some lines of a layer.
    pub(in crate::matrix) fn relax(
        &self,
        order: Order,
        lines: Range<usize>,
        b: &[T],
        x: &[Cell<T>],
        layers: &Layers<'_, Cell<T>>,
    ) {
        match order {
            Order::Forward if vfp::relax_grid(self, &lines, b, x, layers) => {}
            Order::Forward => lines.for_each(|line| self.relax_line(order, line, b, x, layers)),
            Order::Backward => lines.rev().for_each(|line| self.relax_line(order, line, b, x, layers)),
        }
    }

    /// One line, cell by cell.
    #[inline(never)]
    fn relax_line(&self, order: Order, line: usize, b: &[T], x: &[Cell<T>], layers: &Layers<'_, Cell<T>>) {
        let ([nx, ny], weights) = (self.shape, &self.weights);
        let at = |cells: &[Cell<T>], k: usize| cells.get(k).map_or(T::ZERO, Cell::get);
        let part = |from: usize| x.get(from..from + nx).unwrap_or(&[]);
        let start = line * nx;
        let own = part(start);
        let south = if line > 0 { part(start - nx) } else { &[] };
        let north = if line + 1 < ny { part(start + nx) } else { &[] };
        let mut behind = T::ZERO;
        for step in 0..nx {
            let (k, next) = match order {
                Order::Forward => (step, step + 1),
                Order::Backward => (nx - 1 - step, (nx - 1 - step).wrapping_sub(1)),
            };
            let (Some(b), Some(cell)) = (b.get(start + k), own.get(k)) else { return };
            if layers.is_free(start + k) {
                let across = weights.across * (at(south, k) + at(north, k));
                let mut known = weights.centre * cell.get() + self.rhs * *b + across;
                if layers.is_solid {
                    let layer = |layer: Option<&[Cell<T>]>| at(layer.unwrap_or(&[]), start + k);
                    known += self.through * (layer(layers.down) + layer(layers.up));
                }
                cell.set(known + weights.along * (at(own, next) + behind));
            }
            behind = cell.get();
        }
    }
}
